"""Which foot bears, told from the motion alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import Array
from cyberdirector.core.skeleton import Rest
from cyberdirector.motion.feet import FootPath, foot_paths, measure_soles, runs

_HEIGHT = 0.16
"""A bearing sole is lower than this share of the foot's length (4 cm of 25)."""

_SPEED = 0.9
"""A bearing sole is slower than this many foot lengths a second (0.22 m/s; a swinging foot
moves at 2 to 4 m/s)."""

_SHORTEST, _GAP = 0.09, 0.06
"""Seconds: shorter contacts are touches in passing, shorter gaps are noise."""


def _speed(points: Array, fps: float) -> Array:
    """Return the horizontal speed (n,) of points (n, 3) over two frames, metres a second."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    step = np.linalg.norm((padded[2:] - padded[:-2])[:, [0, 2]], axis=-1)
    span = np.full(len(points), 2.0)
    span[[0, -1]] = 1.0
    return np.asarray(step * fps / span)


def _bears(path: FootPath, length: float, fps: float, floor: float) -> NDArray[np.bool_]:
    out = np.zeros(len(path.ankle), np.bool_)
    for point in (path.heel, path.ball):
        low = point[:, 1] - floor < _HEIGHT * length
        out |= low & (_speed(point, fps) < _SPEED * length)
    return out


def _steady(mask: NDArray[np.bool_], fps: float) -> NDArray[np.bool_]:
    """Return a mask without gaps and spans that are too short."""
    out = mask.copy()
    for start, end in runs(~out):
        if 0 < start and end < len(out) and end - start <= round(_GAP * fps):
            out[start:end] = True
    for start, end in runs(out):
        if end - start < round(_SHORTEST * fps) and start > 0 and end < len(out):
            out[start:end] = False
    return out


def find_contacts(clip: Clip, rest: Rest, floor: float = 0.0) -> NDArray[np.bool_]:
    """Return (frames, 2) bool: left and right foot bear, from height and speed of the sole.

    Parameters
    ----------
    clip
        Root and rotations are looked at only.
    rest
        The body that performs it.
    floor
        Height of the floor, metres.
    """
    if not clip.frames:
        return np.zeros((0, 2), np.bool_)
    length = measure_soles(rest).length
    fps = clip.rate.fps
    sides = [_steady(_bears(path, length, fps, floor), fps) for path in foot_paths(clip, rest)]
    return np.stack(sides, axis=-1)
