"""Clocks, bars and memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

QUICK = os.environ.get("QUICK") == "1"
_missed: list[str] = []


@dataclass(frozen=True)
class Cost:
    """Times of one frame in milliseconds: processor (all threads) and wall clock."""

    cpu: float
    cpu_least: float
    wall: float
    wall_least: float

    def __str__(self) -> str:
        return (
            f"{self.cpu:6.1f} (least {self.cpu_least:5.1f}) CPU-ms, "
            f"{self.wall:6.1f} (least {self.wall_least:5.1f}) ms wall"
        )


def cost(frames: int, draw: Callable[[int], object], warm: int = 4) -> Cost:
    """Return the median and least cost of a frame; the first ``warm`` are left out."""
    walls, cpus = [], []
    for i in range(frames + warm):
        wall, cpu = time.perf_counter(), time.process_time()
        draw(i)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    w, c = np.array(walls[warm:]) * 1e3, np.array(cpus[warm:]) * 1e3
    return Cost(float(np.median(c)), float(c.min()), float(np.median(w)), float(w.min()))


def bar(name: str, figure: float, limit: float, unit: str = "", least: bool = False) -> None:
    """Print one bar; ``least`` means that more is better."""
    good = figure >= limit if least else figure <= limit
    sign = "≥" if least else "≤"
    print(f"{'ok  ' if good else 'MISS'} {name}: {figure:.3g}{unit} ({sign} {limit:g}{unit})")
    if not good:
        _missed.append(name)


def missed() -> list[str]:
    """Return the names of the bars that were missed."""
    return list(_missed)


def title(text: str) -> None:
    """Print the heading of a group."""
    print(f"\n{text}", flush=True)


def peak_mb() -> float:
    """Return the most memory that this program ever had, MB (of 2^20 bytes).

    Not ``getrusage``: its figure starts with that of the process that started this one.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kilobytes) / 1024.0


def resident_mb() -> float:
    """Return the resident memory of this process in MB."""
    return psutil.Process().memory_info().rss / 2**20
