"""The mountain itself: slope, rocks, pines, peaks and the sea of cloud."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.builder import Builder
from cyberdirector.backlot.kit.mesh import Mesh
from cyberdirector.backlot.kit.plants import pine
from cyberdirector.backlot.kit.solids import Point, Rect
from cyberdirector.backlot.kit.terrain import distance_band, height_field, polar_field, rock
from cyberdirector.backlot.places.gate_building import LANDING, Z1, X
from cyberdirector.backlot.places.gate_paint import DISTANCE

SEA = -6.0
"""Mean height of the sea of cloud, metres."""


def slope_height(x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the height of the ground behind the terrace, metres."""
    climb = np.interp(
        -z,
        [5.0, 7.9, 12.2, 24.0, 38.0, 60.0],
        [-0.6, LANDING - 0.12, LANDING - 0.1, 7.0, 8.0, 15.0],
    )
    side = np.clip((np.abs(x) - 3.0) / 6.0, 0, 1)
    swell = 1.4 * np.sin(x * 0.55 + 1.0) * np.cos(z * 0.42) + 0.7 * np.sin(x * 1.3 + z * 0.9)
    rise = climb + side * (0.9 + 0.10 * np.clip(-z - 12, 0, 30) + 0.5 * swell) * np.clip(
        (-z - 11.0) / 4.0, 0, 1
    )
    fall = np.clip((np.abs(x) - 8.5) / 9.0, 0, 1.6)
    shore = np.clip((-z - 24.0) / 20.0, 0, 1)
    return np.asarray(rise - (14.0 - 9.0 * shore) * fall**1.5)


def add_slope(made: Builder, rng: np.random.Generator) -> None:
    """Add the ground behind the terrace and boulders along it."""
    made.add("grass", height_field((-26.0, 26.0), (-60.0, -7.6), slope_height, (40, 36), 5.0))
    spots = [
        (-8.6, -6.3, 2.6),
        (8.7, -6.2, 2.4),
        (-9.6, -9.4, 3.2),
        (9.8, -9.6, 3.4),
        (-5.2, -15.0, 2.2),
        (5.6, -16.5, 2.6),
        (-7.0, -20.5, 3.0),
        (7.2, -22.0, 2.6),
        (-12.0, -14.0, 4.0),
        (12.5, -13.0, 4.2),
    ]
    for x, z, size in spots:
        y = float(slope_height(np.array(x), np.array(z))) if z < -7.5 else -0.6
        grow = size * (0.85 + 0.3 * rng.random())
        made.add(
            "rock",
            rock(
                (x, y + 0.1 * size, z),
                (grow * 1.3, grow * 1.1, grow),
                int(rng.integers(1 << 30)),
            ),
        )
    for i in range(26):
        side = -1 if i % 2 else 1
        z = Z1 - 15.0 * (i // 2) / 12
        x = side * (X + 0.9 + 0.9 * rng.random())
        drop = -2.2 - 2.5 * rng.random()
        made.add("rock", rock((x, drop, z), (3.4, 5.0, 3.0), int(rng.integers(1 << 30)), 8))
    for i in range(10):
        x = (i - 4.5) * 1.55
        if abs(x) > 2.6:
            made.add(
                "rock",
                rock(
                    (x, -3.2 - rng.random(), Z1 + 0.9 + 0.6 * rng.random()),
                    (3.0, 5.0, 2.8),
                    int(rng.integers(1 << 30)),
                    8,
                ),
            )


def add_trees(made: Builder, rng: np.random.Generator) -> None:
    """Add hero pines beside the terrace and smaller ones up the slope."""
    heroes = [
        (-8.2, -0.3, -4.3, 6.4, 0.30),
        (8.3, -0.3, -3.6, 7.0, 0.26),
        (-9.2, -1.2, 3.2, 5.4, 0.3),
        (9.6, -1.2, 2.2, 5.8, 0.25),
        (-6.3, 1.1, -10.6, 6.2, 0.2),
        (6.6, 1.1, -10.8, 6.8, 0.2),
    ]
    for x, y, z, height, lean in heroes:
        trunk, cards = pine((x, y, z), height, int(rng.integers(1 << 30)), lean)
        made.add("rock", trunk)
        made.add("needles", cards)
    for i in range(16):
        side = -1 if i % 2 else 1
        z = -13.5 - 1.7 * (i // 2) - rng.random()
        x = side * (4.4 + 5.5 * rng.random())
        y = float(slope_height(np.array(x), np.array(z)))
        trunk, cards = pine(
            (x, y - 0.2, z), 4.0 + 3.0 * rng.random(), int(rng.integers(1 << 30)), 0.18
        )
        made.add("rock", trunk)
        made.add("needles", cards)


def _veil(at: Point, width: float, height: float, rect: Rect) -> Mesh:
    """Return an oval cloud card that faces +Z, lit as if it lay flat, from above."""
    turn = np.linspace(0, 2 * np.pi, 13)[:-1]
    x, y = np.append(np.cos(turn), 0.0), np.append(np.sin(turn), 0.0)
    flat = np.stack([x * width / 2, y * height / 2, np.zeros(13)], axis=-1) + np.asarray(at)
    left, top, right, bottom = rect
    u, v = left + (right - left) * (x + 1) / 2, top + (bottom - top) * (1 - y) / 2
    k = np.arange(12)
    return Mesh(
        flat.astype(np.float32),
        np.tile(np.array([0.0, 0.8, 0.6], dtype=np.float32), (13, 1)),
        np.stack([u, v], axis=-1).astype(np.float32),
        np.stack([np.full(12, 12), k, (k + 1) % 12], axis=-1).astype(np.uint32),
    )


def add_distance(made: Builder, contours: Mapping[str, NDArray[np.float32]]) -> None:
    """Add the sea of cloud, the bands of peaks and clouds all round, mist on the stairs.

    ``contours`` are the upper edges of the bands (see :data:`gate_paint.DISTANCE`).
    """

    def swell(x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        r = np.hypot(x, z)
        wave = np.sin(x * 0.21 + 1.3 * np.sin(z * 0.13)) + np.sin(
            z * 0.24 + 1.1 * np.sin(x * 0.17)
        )
        fine = np.sin(x * 0.71 + z * 0.37) * np.cos(z * 0.63)
        return np.asarray(SEA + 0.55 * wave * np.clip(r / 30, 0.5, 2.2) + 0.25 * fine)

    made.add("sea", polar_field(6.0, 170.0, swell, (16, 64), 22.0))
    bands = (
        ("far_peaks", 160.0, SEA - 2.0, 62.0, 2, 0.5),
        ("mid_cloud", 125.0, SEA - 4.0, 15.0, 2, 0.9),
        ("mid_peaks", 105.0, SEA - 2.0, 34.0, 3, 2.1),
        ("mid_cloud", 80.0, SEA - 3.0, 6.5, 2, 2.0),
        ("near_peaks", 60.0, SEA - 2.0, 8.5, 2, 1.2),
        ("mid_cloud", 52.0, SEA - 2.0, 3.4, 2, 3.0),
        ("near_cloud", 38.0, SEA - 1.5, 1.2, 2, 0.2),
        ("near_cloud", 28.0, SEA - 1.2, -0.4, 2, 1.0),
        ("near_cloud", 20.0, SEA - 1.0, -1.6, 2, 2.3),
    )
    for name, radius, foot, top, repeat, shift in bands:
        band = distance_band(
            radius,
            foot,
            top,
            repeat,
            shift,
            DISTANCE[name],
            contours[name],
            0.30 + radius / 250,
        )
        made.add("distance", band)
    for i, (x, y, z, width, height) in enumerate(VEILS):
        rect = (0.25 * (i % 4), 0.01, 0.25 * (i % 4) + 0.25, 0.99)
        made.add("mist", _veil((x, y, z), width, height, rect))


VEILS = (
    (1.5, 7.9, -26.5, 22.0, 4.6),
    (-6.5, 4.6, -18.0, 17.0, 4.0),
    (6.8, 3.4, -14.6, 14.0, 3.4),
    (-9.0, 1.6, -11.4, 9.0, 3.0),
)
"""Patches of mist on the far stairs, from far to near: middle x y z, width, height (metres)."""
