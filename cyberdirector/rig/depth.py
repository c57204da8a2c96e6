"""Depth views of a mesh, and how deep a point lies behind what can be seen.

Views look from eight level directions, from above and from half above. What no view sees
counts as inside, so that skirts, sleeves and shells without a bottom are solid, and layers
under the clothes do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SAMPLES = 80_000
"""Points that a surface is sampled at."""

_RESOLUTION = 128
_LEVEL = 8


def _directions() -> Floats:
    angle = np.arange(_LEVEL) * (2.0 * np.pi / _LEVEL)
    level = np.stack([-np.sin(angle), 0.0 * angle, -np.cos(angle)], axis=1)
    down = level[::2] * np.sqrt(0.5) - [0.0, np.sqrt(0.5), 0.0]
    return np.concatenate([level, down, [[0.0, -1.0, 0.0]]])


DIRECTIONS = _directions()
"""(13, 3) where each view looks; the first looks along -Z, at the front of a figure."""


def _frames() -> Floats:
    out = []
    for d in DIRECTIONS:
        up = np.array([0.0, 1.0, 0.0]) if abs(d[1]) < 0.9 else np.array([0.0, 0.0, -1.0])
        right = np.cross(d, up)
        right /= np.linalg.norm(right)
        out.append(np.stack([right, np.cross(right, d), d]))
    return np.array(out)


FRAMES = _frames()
"""(13, 3, 3) rows: right, up, ahead of each view."""


def sample_surface(
    points: Floats, triangles: NDArray[np.integer], count: int, rng: np.random.Generator
) -> Floats:
    """Return ``count`` points (n, 3) spread evenly by area over triangles."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    total = np.cumsum(area)
    at = (np.arange(count) + rng.random(count)) * (total[-1] / count)
    face = np.minimum(np.searchsorted(total, at), len(triangles) - 1)
    u, v = rng.random((2, count, 1))
    fold = u + v > 1.0
    u, v = np.where(fold, 1.0 - u, u), np.where(fold, 1.0 - v, v)
    return np.asarray(a[face] * (1.0 - u - v) + b[face] * u + c[face] * v)


@dataclass(frozen=True)
class Views:
    """Depth maps around a box.

    Attributes
    ----------
    centre, half
        Middle (3,) and half side of the cube that the views cover.
    maps
        (views, n, n) float32, how far ahead of ``centre`` the first surface lies; inf
        where there is none. Rows run upwards.
    """

    centre: Floats
    half: float
    maps: NDArray[np.float32]

    def depth_of(self, queries: Floats, reach: Floats | float) -> NDArray[np.float32]:
        """Return how deep points (..., 3) lie inside, -1 outside … 1 at ``reach`` and deeper.

        ``reach`` is a length or an array that fits the points (...,).
        """
        shape = np.shape(queries)[:-1]
        local = _columns(np.asarray(queries, np.float64).reshape(-1, 3) - self.centre)
        n = self.maps.shape[1]
        limit = np.broadcast_to(np.asarray(reach, np.float32), shape).ravel()
        best = limit.copy()
        flat = self.maps.reshape(len(self.maps), -1)
        for frame, depth in zip(FRAMES.astype(np.float32), flat, strict=True):
            turned = frame @ local
            np.minimum(best, turned[2] - depth[_cells(turned, self.half, n)], out=best)
        return np.asarray(np.maximum(best, -limit) / limit, np.float32).reshape(shape)


def _columns(points: Floats) -> NDArray[np.float32]:
    """Return points (n, 3) as rows x, y, z (3, n): turned many times faster so."""
    return np.ascontiguousarray(points.T, np.float32)


def _cells(turned: NDArray[np.float32], half: float, n: int) -> NDArray[np.int64]:
    """Return which cell of an n × n view each column (3, k) falls into."""
    at = turned[:2] * np.float32(n / (2.0 * half)) + np.float32(n / 2)
    column, row = np.clip(at, 0, n - 1).astype(np.int64)
    return row * n + column


def look_around(
    samples: Floats, centre: Floats, half: float, resolution: int = _RESOLUTION
) -> Views:
    """Return the depth views of surface points within a cube."""
    local = _columns(samples - centre)
    local = local[:, (np.abs(local) < half).all(axis=0)]
    maps = np.full((len(FRAMES), resolution * resolution), np.inf, np.float32)
    for frame, depth in zip(FRAMES.astype(np.float32), maps, strict=True):
        turned = frame @ local
        np.minimum.at(depth, _cells(turned, half, resolution), turned[2])
    square = maps.reshape(len(FRAMES), resolution, resolution)
    return Views(centre, half, np.stack([_closed(m) for m in square]))


def _closed(depth: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a depth map without the pin holes that sampling leaves (a closing, 3 × 3)."""
    from scipy.ndimage import maximum_filter, minimum_filter

    out: NDArray[np.float32] = maximum_filter(minimum_filter(depth, 3), 3)
    return out
