"""Where the shadow map of the figures lies and where their shadows can fall."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.camera import View, orthographic, view_matrix

_STEP = 0.25
"""Size of the map changes in steps of this many metres, so that it does not swim."""
_TEXELS_FOR_PIXEL = 0.5
_AROUND = 0.35
"""Metres from a joint to the farthest surface around it."""
_FALL = 7.0
"""Metres that a shadow is followed away from the figure."""


def corners(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the eight corners (8, 3) of a box."""
    return np.array(list(itertools.product(*zip(low, high, strict=True))))


def key_map_texels(density: float, meters: float, most: int) -> int:
    """Return the side in texels that suits figures of ``density`` pixels for a metre.

    From a quarter to all of ``most`` in eighths: few steps, so that a moving camera seldom
    changes it.

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
    return most * int(np.clip(np.ceil(wanted * 8.0), 2, 8)) // 8


def fit_key_map(
    joints: NDArray[np.float64],
    direction: NDArray[np.float64],
    density: float,
    most: int,
    picture: View,
) -> tuple[NDArray[np.float64], int, float]:
    """Return world → clip of a light that just sees figures, its texels a side and their size.

    The centre is rounded to texels and the size to steps, so that edges stand still while
    figures move.

    Parameters
    ----------
    joints
        (n, 3) in all limbs of the figures, metres.
    direction
        (3,) unit, towards the light.
    density, most
        As for :func:`key_map_texels`.
    picture
        The map holds no more of the figures than is needed for the shadows that it shows.
    """
    view = view_matrix(direction * 60.0, -direction, np.array([0.0, 1.0, 0.0]))
    box = corners(joints.min(axis=0) - _AROUND, joints.max(axis=0) + _AROUND)
    points = box @ view[:3, :3].T + view[:3, 3]
    near, far = points[:, 2].max(), points[:, 2].min()
    shown = _shown(joints, direction, picture, view)
    flat = points[:, :2] if shown is None else shown
    size = flat.max(axis=0) - flat.min(axis=0)
    side = float(np.ceil(size.max() / _STEP) * _STEP) + _STEP
    texels = key_map_texels(density, side, most)
    texel = side / texels
    middle = (flat.max(axis=0) + flat.min(axis=0)) / 2.0
    middle = np.round(middle / texel) * texel
    box_low = np.array([*(middle - side / 2.0), far - _FALL])
    box_high = np.array([*(middle + side / 2.0), near + 0.5])
    return orthographic(box_low, box_high, view), texels, texel


def _shown(
    joints: NDArray[np.float64],
    direction: NDArray[np.float64],
    picture: View,
    light: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    """Return the corners (2, 2) of what a map from ``light`` must hold for a picture.

    That is: figures whose shadow falls into the picture, as far as the picture sees it; None
    when there are none.
    """
    planes = picture.planes()
    way = np.arange(0.0, _FALL + _AROUND, _AROUND)
    path = joints[:, None, :] - way[:, None] * direction
    inside = np.all(path @ planes[:, :3].T + planes[:, 3] > -2.0 * _AROUND, axis=2)
    if not np.any(inside):
        return None
    depth = (path[inside] - picture.eye) @ picture.forward
    seen = picture.slice(max(float(depth.min()) - _AROUND, 0.0), float(depth.max()) + _AROUND)
    thrown = joints[np.any(inside, axis=1)] @ light[:2, :3].T
    fallen = seen @ light[:2, :3].T
    low = np.maximum(thrown.min(axis=0) - _AROUND, fallen.min(axis=0))
    high = np.minimum(thrown.max(axis=0) + _AROUND, fallen.max(axis=0))
    return np.array([low, np.maximum(high, low)]) + light[:2, 3]


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
