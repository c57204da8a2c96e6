"""The camera of a take: pixels to rays, and what its movement does to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FOV = math.radians(60.0)
"""Angle of view along the long side of a phone's picture when nothing is known of it."""


@dataclass(frozen=True)
class CaptureCamera:
    """A pinhole camera that may turn in place.

    Attributes
    ----------
    size
        Width and height of the picture, pixels.
    focal
        Focal length, pixels; the axis goes through the middle of the picture.
    up
        (3,) unit vector up in the camera's space (x right, y up, z towards the viewer) of
        the first frame.
    floor
        Height of the floor along ``up`` relative to the camera, metres.
    turns
        (n, 3, 3) from the space of each frame to that of the first; None when still.
    place
        (3, 3) turn and (3,) shift from the space of the first frame to the clip's world.
    """

    size: tuple[int, int]
    focal: float
    up: Floats
    floor: float
    turns: Floats | None
    place: tuple[Floats, Floats]

    def project(self, points: Floats) -> Floats:
        """Return pixels (n, k, 2) of world points (n, k, 3), metres; NaN behind the camera."""
        turn, shift = self.place
        seen = (np.asarray(points, np.float64) - shift) @ turn
        if self.turns is not None:
            seen = np.einsum("nji,nkj->nki", self.turns, seen)
        depth = np.where(seen[..., 2:] < -1e-3, -seen[..., 2:], np.nan)
        flat = seen[..., :2] / depth * self.focal
        return flat * np.array([1.0, -1.0]) + np.array(self.size) / 2.0


def focal_of(size: tuple[int, int], fov: float | None = None) -> float:
    """Return the focal length in pixels of an angle of view along the longer side, radians."""
    return max(size) / 2.0 / math.tan((FOV if fov is None else fov) / 2.0)


def to_rays(pixels: Floats, size: tuple[int, int], focal: float) -> Floats:
    """Return points at distance one (x right, y up) of pixels (..., 2)."""
    return (pixels - np.array(size) / 2.0) / focal * np.array([1.0, -1.0])


def turns_of(background: Floats, size: tuple[int, int], focal: float) -> tuple[Floats, float]:
    """Return how a camera turned, from the movement of the background.

    Parameters
    ----------
    background
        (n, 2, 3) affine maps of pixels from the frame before, NaN where not measured.

    Returns
    -------
    turns
        (n, 3, 3) from the space of each frame to that of the first.
    drift
        Largest change of the picture's scale: what turning cannot explain (the camera was
        carried towards or away from something).

    Notes
    -----
    A small turn moves the middle of the picture by focal length × angle and rolls it; the
    remainder of the map is left alone.
    """
    from cyberdirector.capture.solve_figure import exp_turns

    n = len(background)
    middle = np.array(size) / 2.0
    known = np.asarray(np.isfinite(background).all(axis=(1, 2)))
    maps = np.where(known[:, None, None], background, np.eye(2, 3))
    moved = np.einsum("nij,j->ni", maps[:, :, :2], middle) + maps[:, :, 2] - middle
    roll = np.arctan2(maps[:, 1, 0] - maps[:, 0, 1], maps[:, 0, 0] + maps[:, 1, 1])
    scale = np.sqrt(np.abs(np.linalg.det(maps[:, :, :2])))
    # The picture moves right and down when the camera turns left (+y) and up (+x).
    angles = np.stack([moved[:, 1] / focal, moved[:, 0] / focal, roll], axis=-1)
    steps = exp_turns(angles)
    turns = np.tile(np.eye(3), (n, 1, 1))
    for i in range(1, n):
        turns[i] = turns[i - 1] @ steps[i]
    drift = float(np.max(np.abs(np.cumsum(np.log(np.maximum(scale, 1e-3)))), initial=0.0))
    return turns, drift
