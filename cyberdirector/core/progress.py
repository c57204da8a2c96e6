"""How long work tells how far it has come, whoever listens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """One stage's progress."""

    def advance(self, amount: int = 1, note: str = "") -> None:
        """Say that ``amount`` more of the total is done, and what is at hand."""
        ...


class Progress(Protocol):
    """Listens to the stages of a job."""

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Bar]:
        """Open a stage of ``total`` steps."""
        ...


class _SilentBar:
    def advance(self, amount: int = 1, note: str = "") -> None:
        return


class SilentProgress:
    """Listens to nothing (tests, ``--json`` without a terminal)."""

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Bar]:
        """Open a stage that shows nothing."""
        yield _SilentBar()
