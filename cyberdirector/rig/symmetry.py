"""The plane that mirrors a figure onto itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SAMPLES = 1200
_ROUNDS = 12
_GRID = 32
"""Directions of the half sphere that are tried besides the axes."""


def _starts(points: Floats) -> Floats:
    """Return unit normals to start from: the axes, the principal axes, a spiral of others."""
    _, axes = np.linalg.eigh(np.cov(points.T))
    k = np.arange(_GRID) + 0.5
    height, turn = k / _GRID, np.pi * (1.0 + 5.0**0.5) * k
    flat = np.sqrt(1.0 - height**2)
    spiral = np.stack([np.cos(turn) * flat, np.sin(turn) * flat, height], axis=1)
    return np.concatenate([np.eye(3), axes.T, spiral])


def mirror_planes(samples: Floats, count: int = 3) -> list[tuple[Floats, float, float]]:
    """Return the best mirror planes of surface points, best first.

    Each plane is (normal (3,), offset along it, residual in shares of the size). The normal
    is refined by pairing every point with the point nearest to its mirror image (an
    iterated closest point with a mirror instead of a turn) and taking the direction in
    which pairs differ.

    Parameters
    ----------
    samples
        (n, 3) points spread evenly over the surface.
    count
        How many different planes to return.
    """
    from scipy.spatial import cKDTree

    points = samples[:: max(1, len(samples) // _SAMPLES)]
    centre = points.mean(axis=0)
    points = points - centre
    size = float(np.linalg.norm(points, axis=1).mean())
    tree = cKDTree(points)
    found: list[tuple[Floats, float, float]] = []
    for start in _starts(points):
        normal, offset, residual = _refine(points, tree, start)
        if all(abs(float(normal @ other)) < 0.97 for other, _, _ in found):
            found.append((normal, offset, residual / size))
            continue
        for i, (other, _, rest) in enumerate(found):
            if abs(float(normal @ other)) >= 0.97 and residual / size < rest:
                found[i] = (normal, offset, residual / size)
                break
    found.sort(key=lambda plane: plane[2])
    return [(n, d + float(n @ centre), r) for n, d, r in found[:count]]


def _refine(points: Floats, tree: object, start: Floats) -> tuple[Floats, float, float]:
    normal, offset = start, 0.0
    residual = np.inf
    for _ in range(_ROUNDS):
        image = points - 2.0 * ((points @ normal) - offset)[:, None] * normal
        distance, near = tree.query(image)  # type: ignore[attr-defined]
        close = distance <= np.quantile(distance, 0.8)
        residual = float(distance[close].mean())
        gap = points[close] - points[near[close]]
        middle = 0.5 * (points[close] + points[near[close]])
        apart = np.linalg.norm(gap, axis=1) > 1e-9
        if not apart.any():
            break
        _, axes = np.linalg.eigh(gap[apart].T @ gap[apart])
        new = axes[:, -1]
        new = new if new @ normal > 0.0 else -new
        offset = float(np.median(middle @ new))
        if float(new @ normal) > 1.0 - 1e-9:
            normal = new
            break
        normal = new
    return normal, offset, residual
