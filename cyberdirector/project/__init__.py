"""The project folder: settings, ledger of what was made from what, and a lock."""

from __future__ import annotations

from cyberdirector.project.folder import Project, Settings
from cyberdirector.project.ledger import Ledger, Outcome

__all__ = ["Ledger", "Outcome", "Project", "Settings"]
