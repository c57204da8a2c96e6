"""The rounded surface over the skull on which hair lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates, median_filter
from scipy.spatial import cKDTree

from cyberdirector.character._figure import CROWN, MENTON, Figure, smooth_step

Floats = NDArray[np.float64]

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
        return map_coordinates(self.radius, [row, col], order=1, mode="nearest")

    def hair(self, direction: Floats, lift: Floats | float) -> Floats:
        """Return points (..., 3) ``lift`` metres over the skull, with crown volume."""
        d = direction / np.maximum(np.linalg.norm(direction, axis=-1, keepdims=True), 1e-12)
        crown = self.volume * smooth_step(0.35, 1.05, d[..., 1])
        return self.centre + d * (self.skull(d) + lift + crown)[..., None]

    def at(self, az: float, el: float, lift: float = 0.0) -> Floats:
        """Return one point (3,) of the shell; angles in degrees."""
        d = self.direction(np.radians(np.array([az])), np.radians(np.array([el])))
        return self.hair(d, lift)[0]

    def elevation_of(self, height: float, az: float) -> float:
        """Return the elevation in degrees where the shell at ``az`` degrees has a height."""
        el = np.linspace(EL_LOW, np.pi / 2, 200)
        p = self.hair(self.direction(np.full(200, np.radians(az)), el), 0.0)
        return float(np.degrees(np.interp(height, p[:, 1], el)))

    def push_out(self, points: Floats, clearance: Floats | float) -> Floats:
        """Return points moved off the skin so that they keep the clearance (metres)."""
        for _ in range(2):
            distance, i = self.tree.query(points)
            n = self.skin_normals[i]
            depth = np.sum((points - self.skin[i]) * n, axis=-1)
            near = distance < 0.12
            gap = np.where(near, np.clip(clearance - depth, 0.0, 0.06), 0.0)
            points = points + n * gap[..., None]
        return points


def _outer_radius(points: Floats, directions: Floats) -> Floats:
    """Return the radius of the outermost points near each direction.

    Twelve neighbours on the unit sphere are averaged with weights that fall with the
    angle (0.05 rad) and rise with the radius (8 mm per factor e), so that the inside of
    the mouth and the eye sockets does not count.
    """
    radius = np.linalg.norm(points, axis=1)
    distance, i = cKDTree(points / radius[:, None]).query(directions, k=12)
    r = radius[i]
    w = np.exp(-((distance / 0.05) ** 2) + (r - r.max(axis=-1, keepdims=True)) / 0.008)
    w += 1e-9
    return np.sum(w * r, axis=-1) / w.sum(axis=-1)


def build_shell(figure: Figure, volume: float) -> Shell:
    """Measure the skull of a body; ``volume`` metres are added at the crown."""
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
        tree=cKDTree(figure.points[skin]),
        skin=figure.points[skin],
        skin_normals=figure.skin_normals[skin],
    )
