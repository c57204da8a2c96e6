"""Peaks of a course that stand out of what surrounds them.

Own few lines: ``scipy.signal`` takes seconds to import, because it brings ``scipy.stats``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def find_peaks(course: Array, prominence: float, apart: int = 1) -> NDArray[np.intp]:
    """Return the rising indices of inner peaks of ``course`` (n,).

    Parameters
    ----------
    prominence
        How far the course must fall on both sides before it rises above the peak (or ends).
    apart
        Least distance; of peaks that are nearer the highest stays.
    """
    rise = np.diff(course)
    found = [
        int(i)
        for i in np.flatnonzero((rise[:-1] > 0.0) & (rise[1:] <= 0.0)) + 1
        if course[i] - _base(course, int(i)) >= prominence
    ]
    kept: list[int] = []
    for i in sorted(found, key=lambda k: (-course[k], k)):
        if all(abs(i - k) >= apart for k in kept):
            kept.append(i)
    return np.array(sorted(kept), np.intp)


def _base(course: Array, peak: int) -> float:
    """Return the higher one of the lowest points on both sides, up to where it is higher."""
    higher = np.flatnonzero(course > course[peak])
    at = int(np.searchsorted(higher, peak))
    left = int(higher[at - 1]) if at else 0
    right = int(higher[at]) if at < len(higher) else len(course) - 1
    return float(max(course[left : peak + 1].min(), course[peak : right + 1].min()))
