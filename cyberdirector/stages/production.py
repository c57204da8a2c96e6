"""What all stages of one run share: project, settings, clock and report."""

from __future__ import annotations

import functools
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cyberdirector.core.hashing import content_hash
from cyberdirector.core.progress import Bar, Progress
from cyberdirector.core.resources import data_dir
from cyberdirector.core.time import Rate
from cyberdirector.project import Outcome, Project, Settings

_PACKAGE = Path(__file__).resolve().parent.parent


@functools.cache
def code_hash(*packages: str) -> str:
    """Return the hash of the source of our packages: part of the key of what they make."""
    sources = [
        (path.relative_to(_PACKAGE).as_posix(), path.read_bytes())
        for name in ("core", *packages)
        for path in sorted((_PACKAGE / name).rglob("*.py"))
    ]
    return content_hash(sources)


@functools.cache
def data_hash(name: str, pattern: str) -> str:
    """Return the hash of data files that ship with the program."""
    root = data_dir(name)
    files = [
        (path.relative_to(root).as_posix(), path.read_bytes())
        for path in sorted(root.rglob(pattern))
        if path.is_file()
    ]
    return content_hash(files)


def peak_memory_mb() -> float:
    """Return the peak resident memory in MB of this process, or of its largest child."""
    kilo = 1024.0 if sys.platform != "darwin" else 1024.0 * 1024.0
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round(max(own, children) / kilo, 1)


@dataclass
class Production:
    """One run of ``produce``.

    Attributes
    ----------
    project, settings
        The open folder and what the episode is made with.
    progress
        Who is told how far the run is.
    clock
        Seconds that only ever grow; used for the report alone.
    workers
        Processes for rendering; 0 takes one per processor.
    report
        What goes to ``report.json``.
    films
        Folder of the script: a film ``takes/<line id>.mp4`` there gives a line its body.
    """

    project: Project
    settings: Settings
    progress: Progress
    clock: Callable[[], float]
    workers: int = 0
    report: dict[str, Any] = field(default_factory=dict)
    films: Path | None = None

    @property
    def rate(self) -> Rate:
        """Frames per second of the episode."""
        return Rate(*self.settings.rate)

    @property
    def aspect(self) -> float:
        """Width / height of the picture."""
        return self.settings.size[0] / self.settings.size[1]

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[StageLog]:
        """Open a stage: a progress bar and a row of the report."""
        start = self.clock()
        with self.progress.stage(name, total) as bar:
            log = StageLog(bar)
            yield log
        row = {
            "seconds": round(self.clock() - start, 3),
            "steps": total,
            "made": log.count[Outcome.MADE],
            "cached": log.count[Outcome.CACHED],
            "edited": log.count[Outcome.EDITED],
            **log.more,
        }
        self.report.setdefault("stages", {})[name] = row

    def note(self, **row: Any) -> None:
        """Add a note to the report: something dropped, clamped or guessed."""
        self.report.setdefault("notes", []).append(row)


class StageLog:
    """Counts what a stage made, found in the cache, or left as a person edited it."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self.count = dict.fromkeys(Outcome, 0)
        self.more: dict[str, Any] = {}

    def done(self, outcome: Outcome, note: str = "", amount: int = 1) -> None:
        """Count one finished step."""
        self.count[outcome] += 1
        self._bar.advance(amount, note)
