"""Collars that stand up or fold over, and ribbed necks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character.wardrobe.collar import Neckline, add_band, ring_path
from cyberdirector.character.wardrobe.form import Form
from cyberdirector.character.wardrobe.loft import (
    grid_normals,
    grid_triangles,
    grid_uvs,
    orient,
)
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.tailor import Tailor

Floats = NDArray[np.float64]


def neck_ring(form: Form, line: Neckline, azimuth: Floats, lift: float = 0.0) -> Floats:
    """Return points (n, 3) of the form on the ring of a neckline; 0 is the front."""
    wrapped = (azimuth + np.pi) % (2 * np.pi) - np.pi
    ring = form.around(line.axis, azimuth, line.ring(wrapped) + lift)
    return gaussian_filter1d(ring, 2.0, axis=0, mode="nearest")


def _add_grid(tailor: Tailor, name: str, grid: Floats, look: Look, axis: Floats) -> None:
    """Add a collar grid (rows, cols, 3) that faces away from an axis."""
    rows, cols = grid.shape[:2]
    p = grid.reshape(-1, 3)
    n = grid_normals(grid, closed=False).reshape(-1, 3)
    t = grid_triangles(rows, cols, closed=False)
    faced = orient(p, t, p - axis)
    if faced is not t:
        n = -n
    tailor.add(name, p, faced, tailor.weights_at(p), look, grid_uvs(rows, cols), n)


def add_stand(
    tailor: Tailor, name: str, line: Neckline, height: float, look: Look, *,
    offset: float = 0.006, gap: float = 0.06, lean: float = 0.10, round_front: float = 0.5,
) -> Floats:  # fmt: skip
    """Add a collar that stands around the neck, open in front by ``gap`` radians.

    ``lean`` is the share by which it closes towards the top; ``round_front`` lowers its
    front corners. Returns its upper edge (n, 3).
    """
    form = tailor.form
    k = form.size
    cols = 49
    azimuth = np.linspace(gap, 2 * np.pi - gap, cols)
    base = neck_ring(form, line, azimuth)
    spoke = base - line.axis
    spoke[:, 1] = 0.0
    reach = np.linalg.norm(spoke, axis=1, keepdims=True)
    spoke /= reach
    near = np.minimum(azimuth, 2 * np.pi - azimuth) - gap
    tall = height * k * (1.0 - round_front * np.exp(-((near / 0.12) ** 2)))
    rows = []
    for s in (-0.15, 0.0, 0.35, 0.7, 1.0, 0.99):
        r = reach + offset * k - lean * reach * max(s, 0.0) ** 1.2
        if s == 0.99:
            r = r - 0.003 * k
        point = line.axis + spoke * r
        point[:, 1] = base[:, 1] + s * tall
        rows.append(point)
    grid = np.stack(rows)
    _add_grid(tailor, name, grid, look, line.axis)
    return grid[4]


def add_fold_collar(
    tailor: Tailor, name: str, line: Neckline, look: Look, *, height: float = 0.028,
    leaf: float = 0.036, point: float = 0.026, offset: float = 0.007, gap: float = 0.10,
    spread: float = 0.35,
) -> None:  # fmt: skip
    """Add a collar that folds over: a stand, and a leaf that ends in two points in front.

    ``leaf`` is the depth of the leaf at the back, ``point`` how much longer it is in front,
    ``spread`` how far the points swing apart (radians).
    """
    form = tailor.form
    k = form.size
    cols = 53
    azimuth = np.linspace(gap, 2 * np.pi - gap, cols)
    base = neck_ring(form, line, azimuth)
    spoke = base - line.axis
    spoke[:, 1] = 0.0
    reach = np.linalg.norm(spoke, axis=1, keepdims=True)
    spoke /= reach
    near = np.minimum(azimuth, 2 * np.pi - azimuth) - gap
    front = np.exp(-((near / 0.50) ** 2))
    dip = 0.022 * k * np.exp(-((near / 0.55) ** 2))
    tall = height * k - dip
    long = (leaf * (0.80 + 0.20 * front) + point * front) * k
    turn = np.where(azimuth < np.pi, 1.0, -1.0) * spread * front
    rows = []
    for s in (-0.35, 0.0, 0.6, 1.0):
        at = line.axis + spoke * (reach + offset * k - 0.08 * reach * s)
        at[:, 1] = base[:, 1] + s * tall
        rows.append(at)
    for q in (0.06, 0.35, 0.7, 1.0, 0.97):
        swing = azimuth + turn * q
        out = np.stack([np.sin(swing), 0 * swing, np.cos(swing)], axis=1)
        r = reach * (0.94 + 0.06 * q) + (offset + 0.005 + 0.011 * q) * k
        r = r + 0.30 * point * k * (front * q)[:, None]
        if q == 0.97:
            r = r - 0.004 * k
        at = line.axis + out * r
        at[:, 1] = base[:, 1] + tall + 0.003 * k * (1 - q) - (long + 0.2 * tall) * q
        rows.append(_outside(form, at, (offset + 0.004) * k))
    _add_grid(tailor, name, np.stack(rows), look, line.axis)


def collar_look(colour: str) -> Look:
    """Return the look of a folded collar: its edge is drawn, so that white lies on white."""
    return Look(
        colour,
        "skirt",
        rim=0.79,
        edge=0.010,
        trim=nuance(colour, -0.16),
        outline=0.0009,
        reach=(0.4, 0.1),
    )


def _outside(form: Form, points: Floats, least: float) -> Floats:
    """Return points moved out so that they are ``least`` metres off the form."""
    from scipy.spatial import cKDTree

    _, i = cKDTree(form.base).query(points, k=4)
    n = form.normals[i].mean(axis=1)
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    depth = np.sum((points - form.base[i].mean(axis=1)) * n, axis=1)
    push = gaussian_filter1d(np.maximum(least - depth, 0.0), 2.5, mode="nearest")
    n = gaussian_filter1d(n, 2.5, axis=0, mode="nearest")
    return points + n * push[:, None]


def add_rib_neck(
    tailor: Tailor, name: str, line: Neckline, width: float, offset: float, look: Look
) -> None:
    """Add a ribbed band around a closed neckline."""
    k = tailor.form.size
    add_band(
        tailor, name, ring_path(tailor.form, line), width * k, offset * k, look, 0.0, 0.003
    )
