"""Executors: where independent pieces of work run."""

from __future__ import annotations

from cyberdirector.farm.local import Executor, LocalExecutor

__all__ = ["Executor", "LocalExecutor"]
