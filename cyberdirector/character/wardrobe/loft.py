"""Rings, tubes and strips: skirts, sleeves, sashes, collars, ribbons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._figure import smooth_step

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def grid_triangles(rows: int, cols: int, closed: bool, flip: bool = False) -> Ints:
    """Return triangles of a (rows, cols) grid; ``closed`` joins last and first column.

    Without ``flip`` the outside is where rows run down and columns run from right to
    left seen from outside (azimuth grows to the left of the wearer, +X).
    """
    i = np.arange(rows - 1)[:, None] * cols
    j = np.arange(cols if closed else cols - 1)[None]
    a, b = (i + j).ravel(), (i + (j + 1) % cols).ravel()
    c, d = a + cols, b + cols
    t = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    return (t[:, [0, 2, 1]] if flip else t).astype(np.int64)


def ring_grid(radius: Floats, heights: Floats, centre: Floats) -> Floats:
    """Return points (rows, cols + 1, 3) of horizontal rings; the last column repeats.

    ``radius`` (rows, cols) over azimuths 0..2 pi; ``heights`` (rows,) or (rows, cols);
    ``centre`` (rows, 2) x and z of each ring.
    """
    rows, cols = radius.shape
    a = 2 * np.pi * np.arange(cols + 1) / cols
    r = np.concatenate([radius, radius[:, :1]], axis=1)
    y = np.broadcast_to(heights if heights.ndim == 2 else heights[:, None], (rows, cols))
    y = np.concatenate([y, y[:, :1]], axis=1)
    return np.stack([centre[:, :1] + r * np.sin(a), y, centre[:, 1:] + r * np.cos(a)], axis=-1)


def grid_normals(points: Floats, closed: bool) -> Floats:
    """Return unit normals (rows, cols, 3) of a grid whose last column repeats if closed."""
    if closed:
        body = points[:, :-1]
        across = np.roll(body, -1, axis=1) - np.roll(body, 1, axis=1)
        across = np.concatenate([across, across[:, :1]], axis=1)
    else:
        across = np.gradient(points, axis=1)
    down = np.gradient(points, axis=0)
    n = np.cross(down, across)
    return n / np.maximum(np.linalg.norm(n, axis=-1, keepdims=True), 1e-12)


def grid_uvs(rows: int, cols: int) -> Floats:
    """Return (rows * cols, 2) texture coordinates, u across and v down, 0..1."""
    u, v = np.meshgrid(np.linspace(0, 1, cols), np.linspace(0, 1, rows))
    return np.stack([u.ravel(), v.ravel()], axis=1)


def tangents(path: Floats) -> Floats:
    """Return unit tangents (n, 3) of a path."""
    t = np.gradient(path, axis=0)
    return t / np.maximum(np.linalg.norm(t, axis=1, keepdims=True), 1e-12)


def resample(path: Floats, step: float) -> Floats:
    """Return points evenly along a polyline, about ``step`` metres apart."""
    s = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    n = max(4, int(np.ceil(s[-1] / step)) + 1)
    share = np.linspace(0, s[-1], n)
    return np.stack([np.interp(share, s, path[:, k]) for k in range(3)], axis=1)


def relax(path: Floats, sigma: float) -> Floats:
    """Return a path with small wiggles removed; the ends stay."""
    out = gaussian_filter1d(path, sigma, axis=0, mode="nearest")
    n = len(path)
    hold = np.minimum(np.arange(n), np.arange(n)[::-1]) / max(1.0, 2.0 * sigma)
    share = np.clip(hold, 0, 1)[:, None]
    return path * (1 - share) + out * share


def band(
    path: Floats, normals: Floats, width: Floats | float, thickness: float = 0.0025,
    shift: Floats | float = 0.0, crown: float = 0.0015,
) -> tuple[Floats, Ints, Floats, Floats]:  # fmt: skip
    """Return a flat band with rounded edges along a path on a surface, ends closed.

    Parameters
    ----------
    path, normals
        (n, 3) points on the surface and outward unit normals.
    width
        Metres, one value or (n,).
    shift
        Metres sideways (to the left of the path seen from outside), one value or (n,).

    Returns
    -------
    positions, triangles, uvs (u across, v along), share along the path per vertex.
    """
    n = len(path)
    t = tangents(path)
    up = normals - np.sum(normals * t, axis=1, keepdims=True) * t
    up /= np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-9)
    side = np.cross(up, t)
    half = np.broadcast_to(np.asarray(width, dtype=np.float64), (n,)) * 0.5
    off = np.broadcast_to(np.asarray(shift, dtype=np.float64), (n,))
    across = np.array([-1.0, -0.92, -0.35, 0.35, 0.92, 1.0])
    lift = np.array([-0.6, 1.0, 1.0, 1.0, 1.0, -0.6]) * thickness
    lift = lift + np.array([0, 0, 1.0, 1.0, 0, 0]) * crown
    x = off[:, None] + half[:, None] * across
    p = path[:, None] + side[:, None] * x[..., None] + up[:, None] * lift[None, :, None]
    k = len(across)
    faces = grid_triangles(n, k, closed=False)
    ends = []
    for row, flip in ((0, False), (n - 1, True)):
        ring = row * k + np.arange(k)
        fan = np.stack([np.full(k - 2, ring[0]), ring[1:-1], ring[2:]], axis=1)
        ends.append(fan[:, [0, 2, 1]] if flip else fan)
    share = np.repeat(np.linspace(0, 1, n), k)
    uv = np.stack([np.tile((across + 1) / 2, n), share], axis=1)
    return p.reshape(-1, 3), np.concatenate([faces, *ends]), uv, share


def orient(points: Floats, triangles: Ints, outward: Floats) -> Ints:
    """Return triangles turned so that they face along ``outward`` (v, 3) on the whole."""
    c = points[triangles]
    n = np.cross(c[:, 1] - c[:, 0], c[:, 2] - c[:, 0])
    facing = np.sum(n * outward[triangles].mean(axis=1))
    return triangles if facing >= 0 else triangles[:, [0, 2, 1]]


def pleats(azimuth: Floats, count: int, sharp: float = 0.5) -> Floats:
    """Return a pleat wave -1..1 over azimuth (radians); ``sharp`` 0 sine … 1 knife."""
    phase = azimuth * count / (2 * np.pi)
    saw = 2 * (phase - np.floor(phase)) - 1
    knife = np.where(saw < 0.7, (saw + 1) / 1.7 * 2 - 1, 1 - (saw - 0.7) / 0.3 * 2)
    return (1 - sharp) * np.sin(2 * np.pi * phase) + sharp * knife


def hang_line(
    top: Floats, length: float, out: Floats, points: int, bow: float = 0.02, sway: float = 0.0
) -> Floats:
    """Return a ribbon's centre line that falls from ``top``, bowed along ``out``."""
    q = np.linspace(0, 1, points)[:, None]
    side = np.cross(out, np.array([0.0, 1.0, 0.0]))
    fall = top - q * np.array([0.0, length, 0.0])
    return fall + out * bow * smooth_step(0, 0.6, q) + side * sway * np.sin(q * 6.0) * q
