"""Which triangles of layered things (hair) can be seen from nowhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DIRECTIONS = 48
_SPACING = 0.006
"""Metres between samples on a surface, and the side of a cell of the depth picture."""
_CELL = 0.012
_NEAR = 0.005
"""Metres: what lies no deeper than this behind the nearest sample counts as seen."""


def never_seen(
    points: Floats, triangles: NDArray[np.int64], others: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which triangles (n, 3), drawn from their front only, nothing outside can see.

    Depth pictures of points on the surface are taken from all around. Holes between the points
    and everything seen through them count as seen, and so do the neighbours of what is seen.

    Parameters
    ----------
    points
        (vertices, 3), metres.
    triangles
        (n, 3) vertices; triangles that share one are neighbours.
    others
        (m, 3): what else stands in the way.
    """
    everything = np.concatenate([triangles, others])
    a, b, c = (points[everything[:, k]] for k in range(3))
    facing = np.cross(b - a, c - a)
    spots, owner = _sampled(points, everything)
    found = np.zeros(len(everything), np.bool_)
    for way in _around(_DIRECTIONS):
        near = owner[_nearest(spots, way)]
        found[near[facing[near] @ way > 0.0]] = True
    seen = np.zeros(len(points), np.bool_)
    seen[triangles[found[: len(triangles)]]] = True
    return ~np.asarray(seen[triangles].any(axis=1))


def _sampled(points: Floats, triangles: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """Return spots (n, 3) evenly over triangles, and the triangle of each."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2.0
    count = np.maximum(np.ceil(area / _SPACING**2).astype(np.int64), 3)
    owner = np.repeat(np.arange(len(triangles)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    # The two-dimensional golden sequence (Roberts 2018), folded into the triangle.
    u = np.modf((number + 0.5) * 0.7548776662466927)[0]
    v = np.modf((number + 0.5) * 0.5698402909980532)[0]
    flip = u + v > 1.0
    u, v = np.where(flip, 1.0 - u, u)[:, None], np.where(flip, 1.0 - v, v)[:, None]
    return a[owner] + u * (b - a)[owner] + v * (c - a)[owner], owner


def _around(count: int) -> Floats:
    """Return directions (count, 3) evenly over the sphere (Fibonacci)."""
    k = np.arange(count) + 0.5
    height = 1.0 - 2.0 * k / count
    turn = k * np.pi * (1.0 + 5.0**0.5)
    flat = np.sqrt(1.0 - height**2)
    return np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], axis=1)


def _nearest(spots: Floats, way: Floats) -> NDArray[np.bool_]:
    """Return which spots (n, 3) lie nearest along a direction that looks at them."""
    side = np.cross(way, np.eye(3)[int(np.argmin(np.abs(way)))])
    side /= np.linalg.norm(side)
    place = spots @ np.stack([side, np.cross(way, side), way], axis=1)
    cell = np.floor((place[:, :2] - place[:, :2].min(axis=0)) / _CELL).astype(np.int64)
    width = int(cell[:, 0].max()) + 1
    number = cell[:, 1] * width + cell[:, 0]
    depth = np.full(int(number.max()) + 1, -np.inf)
    np.maximum.at(depth, number, place[:, 2])
    return np.asarray(place[:, 2] > depth[number] - _NEAR)
