"""Silence inside a piece: where the voice model pauses, and how long it may."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cyberdirector.voice.contour import SILENT
from cyberdirector.voice.g2p.sounds import Sound
from cyberdirector.voice.graph import FRAME_SECONDS

LIMITS: dict[str, tuple[float, float]] = {
    ",": (0.10, 0.50), ":": (0.15, 0.60), ";": (0.18, 0.60), "—": (0.15, 0.60),
    "…": (0.40, 1.00), ".": (0.28, 0.80), "!": (0.25, 0.70), "?": (0.28, 0.80),
}  # fmt: skip
"""Shortest and longest pause in seconds at each mark, before emotion and pace."""

LONGEST = 5.0
"""Seconds of silence that a plan may ask for at one mark."""

_LEAD, _TAIL = 0.15, 0.25  # seconds of silence kept around a piece for the vocoder

Run = tuple[int, int]


def silent_runs(energy: NDArray[np.float32]) -> list[Run]:
    """Return half-open runs of frames in which both energy steps are silent."""
    mask = energy.reshape(-1, 2).max(1) < SILENT
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def pause_runs(
    runs: list[Run], count: int, sounds: tuple[Sound, ...], bounds: NDArray[np.int64]
) -> dict[int, int]:
    """Return sound index → index of the silent run that is heard at that mark.

    Parameters
    ----------
    runs, count
        Silent runs among ``count`` frames.
    bounds
        (len(sounds) + 1,) frame at which each sound begins.
    """
    found = {}
    for index, sound in enumerate(sounds[:-1]):
        if not sound.pause:
            continue
        before = bounds[max(index - 1, 0)]
        near = [
            number
            for number, (first, last) in enumerate(runs)
            if first > 0 and last < count and first < bounds[index + 1] + 4 and last > before
        ]
        if near:
            found[index] = max(near, key=lambda n: runs[n][1] - runs[n][0])
    return found


def pause_columns(
    energy: NDArray[np.float32],
    sounds: tuple[Sound, ...],
    bounds: NDArray[np.int64],
    factors: NDArray[np.float64],
    formant: float,
    fixed: Mapping[int, int] | None = None,
) -> NDArray[np.int64]:
    """Return the frames to keep or repeat so that every pause gets its length.

    Silence is stationary for the vocoder, so frames can be cut from or put into the middle
    of a silent run without touching the speech around it.

    Parameters
    ----------
    factors
        (len(sounds),) factor on the limits of the pause at each mark.
    fixed
        Frames that the pause at a sound is to have, whatever the limits.
    """
    runs = silent_runs(energy)
    count = len(energy) // 2
    wanted: dict[int, int] = {}

    def frames(seconds: float) -> int:
        return max(1, round(seconds * formant / FRAME_SECONDS))

    for index, number in pause_runs(runs, count, sounds, bounds).items():
        shortest, longest = LIMITS[sounds[index].symbols]
        factor = factors[index]
        first, last = runs[number]
        asked = round((last - first) * max(factor, 0.1))
        fitted = int(np.clip(asked, frames(shortest * factor), frames(longest * factor)))
        wanted[number] = max(1, (fixed or {}).get(index, fitted))
    if runs and runs[0][0] == 0:
        wanted[0] = min(runs[0][1], frames(_LEAD))
    if runs and runs[-1][1] == count:
        wanted[len(runs) - 1] = min(count - runs[-1][0], frames(_TAIL))
    return _columns(runs, count, wanted)


def _columns(runs: list[Run], count: int, wanted: dict[int, int]) -> NDArray[np.int64]:
    pieces, place = [], 0
    for number, (first, last) in enumerate(runs):
        pieces.append(np.arange(place, first))
        length = wanted.get(number, last - first)
        if first == 0:
            pieces.append(np.arange(last - length, last))
        elif last == count:
            pieces.append(np.arange(first, first + length))
        else:
            pieces.append(_fit_run(first, last, length))
        place = last
    pieces.append(np.arange(place, count))
    return np.concatenate(pieces).astype(np.int64)


def _fit_run(first: int, last: int, length: int) -> NDArray[np.int64]:
    """Return ``length`` frame numbers out of ``first..last``, both ends kept."""
    have = last - first
    if length <= have:
        head = (length + 1) // 2
        return np.concatenate(
            [np.arange(first, first + head), np.arange(last - (length - head), last)]
        )
    middle = first + have // 2
    filler = np.full(length - have, middle)
    return np.concatenate([np.arange(first, middle), filler, np.arange(middle, last)])
