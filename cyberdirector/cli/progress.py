"""Progress bars on standard error, one per stage, with the time that is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from cyberdirector.core.progress import Bar


class _RichBar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def advance(self, amount: int = 1, note: str = "") -> None:
        self._progress.update(self._task, advance=amount, note=note)


class RichProgress:
    """Shows each stage as a line: name, bar, count, elapsed and remaining time."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._started = False
        self._progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(bar_width=28),
            TextColumn("{task.completed:>5.0f}/{task.total:<5.0f}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[note]}"),
            console=self._console,
            refresh_per_second=4,
        )

    def __enter__(self) -> RichProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._started:
            self._progress.stop()

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Bar]:
        """Open a line for a stage of ``total`` steps."""
        self._progress.start()
        self._started = True
        task = self._progress.add_task(name, total=max(total, 1), note="")
        bar = _RichBar(self._progress, task)
        yield bar
        if total == 0:
            bar.advance(1)
        self._progress.update(task, note="")
