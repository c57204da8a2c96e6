"""Looking at a character: card, pages, turntable; and checking that it is sound."""

from __future__ import annotations

from cyberdirector.review.check import check_file
from cyberdirector.review.finding import Finding, Report

__all__ = ["Finding", "Report", "check_file"]
