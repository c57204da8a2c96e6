"""The rounded surface over the skull on which hair lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._figure import CROWN, MENTON, Figure, smooth_step

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Floats = NDArray[np.float64]

Spot = tuple[float, float]
"""Azimuth and elevation on the head, degrees."""

AZ_STEPS, EL_STEPS = 72, 40
EL_LOW = -1.25
"""Lowest elevation of the radius map, radians."""


@dataclass
class Shell:
    """A radius map of the skull around its centre, without ears, plus crown volume.

    Azimuth 0 is the front (+Z), positive to the left (+X); elevation is up; radians.
    """

    centre: Floats
    radius: Floats
    """(EL_STEPS, AZ_STEPS + 1), metres, elevation from EL_LOW to pi/2, azimuth -pi..pi."""
    size: float
    """Mean radius of the upper skull, metres: the unit for widths and lengths."""
    volume: float
    eye_height: float
    eye_top: float
    eye_x: float
    chin: Floats
    neck: Floats
    tree: cKDTree
    skin: Floats
    skin_normals: Floats
    cover: cKDTree
    """Of ``over``: the skin, and the cloth over which hair hangs."""
    over: Floats
    over_normals: Floats

    def direction(self, az: Floats, el: Floats) -> Floats:
        """Return unit vectors (..., 3) of the given angles."""
        return np.stack(
            [np.sin(az) * np.cos(el), np.sin(el) + 0 * az, np.cos(az) * np.cos(el)], axis=-1
        )

    def angles(self, direction: Floats) -> tuple[Floats, Floats]:
        """Return azimuth and elevation of directions (..., 3)."""
        d = direction / np.maximum(np.linalg.norm(direction, axis=-1, keepdims=True), 1e-12)
        return np.arctan2(d[..., 0], d[..., 2]), np.arcsin(np.clip(d[..., 1], -1, 1))

    def skull(self, direction: Floats) -> Floats:
        """Return the skull radius (...,) in the given directions, metres."""
        az, el = self.angles(direction)
        row = (el - EL_LOW) / (np.pi / 2 - EL_LOW) * (EL_STEPS - 1)
        col = (az + np.pi) / (2 * np.pi) * AZ_STEPS
        return bilinear(self.radius, row, col)

    def hair(self, direction: Floats, lift: Floats | float) -> Floats:
        """Return points (..., 3) ``lift`` metres over the skull and its volume of hair."""
        d = direction / np.maximum(np.linalg.norm(direction, axis=-1, keepdims=True), 1e-12)
        return self.centre + d * (self.skull(d) + lift + self.mass(d))[..., None]

    def mass(self, d: Floats) -> Floats:
        """Return the volume of hair (...,) over the skull in unit directions, metres.

        Most of it lies on the crown, a third on the back of the head and a little over
        the ears: drawn heads are rounder than skulls.
        """
        top = smooth_step(0.42, 1.0, d[..., 1])
        back = smooth_step(0.1, 0.9, -d[..., 2]) * smooth_step(-0.45, 0.25, d[..., 1])
        side = smooth_step(0.55, 0.95, np.abs(d[..., 0])) * smooth_step(-0.05, 0.45, d[..., 1])
        return self.volume * np.maximum(top, np.maximum(0.40 * back, 0.20 * side))

    def at(self, az: float, el: float, lift: float = 0.0) -> Floats:
        """Return one point (3,) of the shell; angles in degrees."""
        d = self.direction(np.radians(np.array([az])), np.radians(np.array([el])))
        return self.hair(d, lift)[0]

    def elevation_of(self, height: float, az: float) -> float:
        """Return the elevation in degrees where the shell at ``az`` degrees has a height."""
        el = np.linspace(EL_LOW, np.pi / 2, 200)
        p = self.hair(self.direction(np.full(200, np.radians(az)), el), 0.0)
        return float(np.degrees(np.interp(height, p[:, 1], el)))

    def along(self, root: Spot, tip: Spot, share: float) -> Spot:
        """Return the spot a share of the great circle from one spot to another."""
        a, b = (
            self.direction(*np.radians(np.array([s], np.float64).T))[0] for s in (root, tip)
        )
        omega = max(float(np.arccos(np.clip(a @ b, -1, 1))), 1e-6)
        d = (np.sin((1 - share) * omega) * a + np.sin(share * omega) * b) / np.sin(omega)
        az, el = self.angles(d)
        return float(np.degrees(az)), float(np.degrees(el))

    def lay(self, points: Floats, height: Floats | float) -> Floats:
        """Return points (n, 3) moved along the skin normal to a height over the skin."""
        distance, i = self.tree.query(points, k=4)
        w = 1.0 / (np.asarray(distance, dtype=np.float64) + 1e-4) ** 2
        w /= w.sum(axis=1, keepdims=True)
        n = np.einsum("pk,pkc->pc", w, self.skin_normals[i])
        n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
        rise = np.einsum("pk,pkc,pc->p", w, points[:, None] - self.skin[i], n)
        return points + n * np.asarray(height - rise)[:, None]

    def push_out(self, points: Floats, clearance: Floats | float) -> Floats:
        """Return points moved off skin and cloth so that they keep the clearance (metres)."""
        for _ in range(2):
            distance, i = self.cover.query(points)
            n = self.over_normals[i]
            depth = np.sum((points - self.over[i]) * n, axis=-1)
            near = distance < 0.12
            gap = np.where(near, np.clip(clearance - depth, 0.0, 0.06), 0.0)
            points = points + n * gap[..., None]
        return points


def bilinear(table: Floats, row: Floats, col: Floats) -> Floats:
    """Return values of a table (rows, columns) between its entries, held at its edges."""
    row = np.clip(row, 0, table.shape[0] - 1.000001)
    col = np.clip(col, 0, table.shape[1] - 1.000001)
    i, j = row.astype(np.int64), col.astype(np.int64)
    y, x = row - i, col - j
    top = table[i, j] * (1 - x) + table[i, j + 1] * x
    low = table[i + 1, j] * (1 - x) + table[i + 1, j + 1] * x
    return top * (1 - y) + low * y


def _outer_radius(points: Floats, directions: Floats) -> Floats:
    """Return the radius of the outermost points near each direction.

    Twelve neighbours on the unit sphere are averaged with weights that fall with the
    angle (0.05 rad) and rise with the radius (8 mm per factor e), so that the inside of
    the mouth and the eye sockets does not count.
    """
    from scipy.spatial import cKDTree

    radius = np.linalg.norm(points, axis=1)
    distance, i = cKDTree(points / radius[:, None]).query(directions, k=12)
    r = radius[i]
    w = np.exp(-((distance / 0.05) ** 2) + (r - r.max(axis=-1, keepdims=True)) / 0.008)
    w += 1e-9
    return np.sum(w * r, axis=-1) / w.sum(axis=-1)


def build_shell(figure: Figure, volume: float) -> Shell:
    """Measure the skull of a body; ``volume`` metres are added at the crown."""
    from scipy.ndimage import gaussian_filter, median_filter
    from scipy.spatial import cKDTree

    body = figure.groups["body"]
    head = body[figure.head_weight[body].min(axis=1) > 0.55]
    menton, crown = figure.points[MENTON], figure.points[CROWN]
    eye = 0.5 * (figure.eyes[0] + figure.eyes[1])
    height = crown[1] - menton[1]
    back = figure.points[np.unique(head)][:, 2].min()
    front = eye[2]
    centre = np.array([0.0, menton[1] + 0.56 * height, back + 0.48 * (front - back)])
    az = np.linspace(-np.pi, np.pi, AZ_STEPS + 1)
    el = np.linspace(EL_LOW, np.pi / 2, EL_STEPS)
    grid_el, grid_az = np.meshgrid(el, az, indexing="ij")
    d = np.stack(
        [np.sin(grid_az) * np.cos(grid_el), np.sin(grid_el), np.cos(grid_az) * np.cos(grid_el)],
        axis=-1,
    )
    r = _outer_radius(figure.points[np.unique(head)] - centre, d)
    ears = median_filter(r, (1, 17), mode="wrap") * 1.02
    r = gaussian_filter(np.minimum(r, ears), (1.0, 1.3), mode=("nearest", "wrap"))
    skin = np.unique(body)
    points, normals = figure.points[skin], figure.skin_normals[skin]
    tree = cKDTree(points)
    return Shell(
        centre=centre,
        radius=r,
        size=float(r[EL_STEPS // 2 :].mean()),
        volume=volume,
        eye_height=float(eye[1]),
        eye_top=max(figure.eye_top, float(eye[1]) + 0.010),
        eye_x=float(figure.eyes[0][0]),
        chin=menton,
        neck=figure.joint("neck"),
        tree=tree,
        skin=points,
        skin_normals=normals,
        cover=tree,
        over=points,
        over_normals=normals,
    )
