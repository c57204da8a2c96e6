"""Where hands and face are looked for: squares that follow the landmarks of the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

LEFT, RIGHT = 0, 1

_WRIST, _ELBOW = (15, 16), (13, 14)
_KNUCKLES = ((17, 19), (18, 20))
"""Little finger and index knuckle of BlazePose, left and right."""

_LEAST = 32
"""Smaller squares hold no hand or face that a model could read, pixels."""


@dataclass(frozen=True)
class Square:
    """A square of the picture: ``corner`` (x, y) of its top left, ``side``, pixels."""

    corner: tuple[int, int]
    side: int

    def cut(self, pixels: Pixels) -> Pixels:
        """Return the pixels in it, black outside the picture."""
        (x, y), side = self.corner, self.side
        height, width = pixels.shape[:2]
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + side, width), min(y + side, height)
        if (x0, y0, x1, y1) == (x, y, x + side, y + side):
            return np.ascontiguousarray(pixels[y0:y1, x0:x1])
        out = np.zeros((side, side, 3), np.uint8)
        out[y0 - y : y1 - y, x0 - x : x1 - x] = pixels[y0:y1, x0:x1]
        return out

    def out(self, points: Floats) -> Floats:
        """Return points (..., 3) of the square in pixels of the picture."""
        moved = points.copy()
        moved[..., :2] += np.array(self.corner, np.float32)
        return moved


def _square(centre: Floats, half: float, size: tuple[int, int]) -> Square | None:
    if not np.isfinite(centre).all() or 2 * half < _LEAST:
        return None
    x, y = (float(v) for v in centre)
    # A square mostly outside the picture shows nothing.
    if not (-0.3 * half < x < size[0] + 0.3 * half and -0.3 * half < y < size[1] + 0.3 * half):
        return None
    half = min(half, max(size))
    return Square((int(x - half), int(y - half)), int(2 * half))


def _trunk(pose: Floats) -> float:
    shoulders, hips = pose[11:13, :2], pose[23:25, :2]
    long = float(np.linalg.norm(shoulders.mean(0) - hips.mean(0)))
    return max(long, 1.3 * float(np.linalg.norm(shoulders[0] - shoulders[1])))


def hand_square(pose: Floats, side: int, size: tuple[int, int]) -> Square | None:
    """Return the square around a hand of the pose (33, 4), or None where it is not seen.

    It is as large as the forearm promises; a forearm that points at the camera looks
    short, so the trunk (a hand is 0.37 of it) sets the least.
    """
    wrist, elbow = pose[_WRIST[side]], pose[_ELBOW[side]]
    if wrist[3] < 0.3:
        return None
    fore = wrist[:2] - elbow[:2]
    knuckles = pose[list(_KNUCKLES[side]), :2].mean(0) - wrist[:2]
    half = max(0.62 * float(np.linalg.norm(fore)), 0.3 * _trunk(pose))
    return _square(wrist[:2] + 0.2 * fore + 0.4 * knuckles, half, size)


def head_square(pose: Floats, size: tuple[int, int]) -> Square | None:
    """Return the square around the head of the pose (33, 4), or None outside the picture."""
    head = pose[:11, :2]
    half = max(0.42 * _trunk(pose), 1.5 * float(np.ptp(head, axis=0).max()))
    return _square(head.mean(0), half, size)


def own_hand(wrist: Floats, pose: Floats, side: int) -> bool:
    """Tell whether a wrist (2,) px found in the square of a side is that side's own.

    The pose decides, not the name that the hand model gives: it mistakes backs for palms.
    """
    own = float(np.linalg.norm(wrist - pose[_WRIST[side], :2]))
    other = float(np.linalg.norm(wrist - pose[_WRIST[1 - side], :2]))
    near = 0.35 * _trunk(pose)
    return own < near and own <= 1.15 * other
