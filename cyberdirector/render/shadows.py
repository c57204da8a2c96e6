"""Where the shadow map of the figures lies and where their shadows can fall."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.camera import View, orthographic, view_matrix

_STEP = 0.25
"""Size of the map changes in steps of this many metres, so that it does not swim."""
_TEXELS_FOR_PIXEL = 0.5
_FALL = 7.0
"""Metres that a shadow is followed away from the figure."""


def corners(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the eight corners (8, 3) of a box."""
    return np.array(list(itertools.product(*zip(low, high, strict=True))))


def key_map_texels(density: float, meters: float, most: int) -> int:
    """Return the side in texels that suits figures of ``density`` pixels for a metre.

    A quarter, half, three quarters or all of ``most``: few steps, so that a moving camera
    seldom changes it.

    Parameters
    ----------
    density
        Of the figure that looks largest.
    meters
        Side of the map.
    most
        Texels of the whole map.
    """
    wanted = density * meters * _TEXELS_FOR_PIXEL / most
    return most * int(np.clip(np.ceil(wanted * 4.0), 1, 4)) // 4


def fit_key_map(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    direction: NDArray[np.float64],
    density: float,
    most: int,
) -> tuple[NDArray[np.float64], int, float]:
    """Return world → clip of a light that just sees a box, its texels a side and their size.

    ``density`` and ``most`` are those of :func:`key_map_texels`; sizes in metres. The
    centre is rounded to texels and the size to steps, so that edges stand still while
    figures move.
    """
    view = view_matrix(direction * 60.0, -direction, np.array([0.0, 1.0, 0.0]))
    points = corners(low, high) @ view[:3, :3].T + view[:3, 3]
    near, far = points[:, 2].max(), points[:, 2].min()
    size = points[:, :2].max(axis=0) - points[:, :2].min(axis=0)
    side = float(np.ceil(size.max() / _STEP) * _STEP) + _STEP
    texels = key_map_texels(density, side, most)
    texel = side / texels
    middle = (points[:, :2].max(axis=0) + points[:, :2].min(axis=0)) / 2.0
    middle = np.round(middle / texel) * texel
    box_low = np.array([*(middle - side / 2.0), far - _FALL])
    box_high = np.array([*(middle + side / 2.0), near + 0.5])
    return orthographic(box_low, box_high, view), texels, texel


def shadow_reach(
    joints: NDArray[np.float64], flesh: float, direction: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return points (n, 3) whose hull holds a figure and its shadow down to the floor.

    Parameters
    ----------
    joints
        (joints, 3) in the world, metres.
    flesh
        Metres from a joint to the farthest surface around it.
    direction
        (3,) unit, towards the light.
    """
    around = corners(np.full(3, -flesh), np.full(3, flesh))
    body = (joints[:, None, :] + around[None]).reshape(-1, 3)
    steep = max(float(direction[1]), 0.15)
    length = np.minimum(np.maximum(body[:, 1:2] + 0.1, 0.0) / steep, _FALL)
    return np.concatenate([body, body - direction * length])


def screen_box(
    points: NDArray[np.float64], view: View, size: tuple[int, int]
) -> tuple[int, int, int, int] | None:
    """Return (x, y, width, height) in pixels that holds ``points``, None when off screen.

    Points behind the eye make it the whole picture.
    """
    width, height = size
    clip = points @ view.matrix[:, :3].T + view.matrix[:, 3]
    if (clip[:, 3] < 0.05).any():
        return (0, 0, width, height)
    ndc = clip[:, :2] / clip[:, 3:]
    low = np.floor((ndc.min(axis=0) * 0.5 + 0.5) * [width, height]).astype(int) - 1
    high = np.ceil((ndc.max(axis=0) * 0.5 + 0.5) * [width, height]).astype(int) + 1
    x0, y0 = max(int(low[0]), 0), max(int(low[1]), 0)
    x1, y1 = min(int(high[0]), width), min(int(high[1]), height)
    return None if x1 <= x0 or y1 <= y0 else (x0, y0, x1 - x0, y1 - y0)
