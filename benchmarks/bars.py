"""Figures against bars, and the list of everything that is measured.

A module of a folder adds what it measures with :func:`measure`; ``python benchmarks/<folder>``
runs all (or those named on the command line), ``QUICK=1`` with less of everything::

    from bars import QUICK, bar, measure

    @measure("loop")
    def loop() -> None:
        bar("silhouette IoU, median of 100 seeds", iou, "≥", 0.85)
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from pathlib import Path

QUICK = os.environ.get("QUICK", "") not in ("", "0")
"""Everything within 50 s."""

MEASURES: dict[str, Callable[[], None]] = {}
"""What is measured, in the order in which it is run."""

_missed: list[str] = []


def measure(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Add a function to what is measured."""

    def add(function: Callable[[], None]) -> Callable[[], None]:
        MEASURES[name] = function
        return function

    return add


def bar(name: str, value: float, sense: str, limit: float, unit: str = "") -> bool:
    """Print a figure and its bar (``≤`` or ``≥``); return whether it is kept."""
    kept = value <= limit if sense == "≤" else value >= limit
    if not kept:
        _missed.append(name)
    mark = "ok  " if kept else "MISS"
    print(f"  {mark} {name}: {value:.4g}{unit} ({sense} {limit:g}{unit})", flush=True)
    return kept


def note(text: str) -> None:
    """Print something that has no bar."""
    print(f"       {text}", flush=True)


def load(folder: Path, order: tuple[str, ...]) -> None:
    """Import every module of a folder, those of ``order`` first: they add what they measure."""
    here = {p.stem for p in folder.glob("*.py")} - {"__main__"}
    for name in [n for n in order if n in here] + sorted(here - set(order)):
        importlib.import_module(name)


def run(names: list[str]) -> int:
    """Run the named measures (all when none is named); return the exit status."""
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"there is no {unknown[0]!r}; choose from {', '.join(MEASURES)}")
        return 2
    for name in names or list(MEASURES):
        start = time.perf_counter()
        print(f"{name}", flush=True)
        MEASURES[name]()
        note(f"{time.perf_counter() - start:.1f} s")
    if _missed:
        print("missed: " + "; ".join(_missed))
    return 1 if _missed else 0
