"""How deep and wide a clothed trunk is, from the thighs to the neck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.perform._motion import Array

HEIGHTS = np.array([-0.6, -0.3, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2])
"""Where the trunk is measured: 0 at the hips, 1 at the shoulder joints."""

# (front, back, half-width) against the shoulder joints, metres for an adult: a plain body
# in a shirt.
_USUAL = np.array(
    [
        (0.13, -0.10, 0.15), (0.14, -0.12, 0.165), (0.14, -0.13, 0.165), (0.14, -0.11, 0.15),
        (0.135, -0.10, 0.135), (0.14, -0.10, 0.14), (0.14, -0.10, 0.15),
        (0.105, -0.08, 0.15), (0.06, -0.05, 0.06),
    ]
)  # fmt: skip
_USUAL_SHOULDER = 0.16


@dataclass(frozen=True)
class Girth:
    """Rows (front z, back z, half-width) at :data:`HEIGHTS`, metres from the upper chest."""

    rows: Array

    def at(self, share: Array) -> Array:
        """Return (n, 3) front, back and half-width at heights (n,), 0 hips .. 1 shoulders."""
        return np.stack([np.interp(share, HEIGHTS, self.rows[:, i]) for i in range(3)], -1)


def usual_girth(shoulders: Array, scale: float) -> Girth:
    """Return the girth of a plain body.

    Parameters
    ----------
    shoulders
        (2, 3) shoulder joints from the upper chest, metres.
    scale
        Size against an adult.
    """
    middle = float(shoulders[:, 2].mean())
    wide = float(np.abs(shoulders[:, 0]).mean()) / _USUAL_SHOULDER
    rows = _USUAL * np.array([scale, scale, wide])
    rows[:, :2] += middle
    return Girth(rows)


def measure_girth(rest: Rest, vertices: Array) -> Girth:
    """Return the girth of what is worn, from rest-pose vertices (n, 3) without hair.

    Arms are left out by looking at what lies between the shoulder joints; where nothing is
    found the plain body stands in.
    """
    points = rest.positions().astype(np.float64)
    chest = points[BONE_INDEX["upperChest"]]
    arms = [BONE_INDEX["leftUpperArm"], BONE_INDEX["rightUpperArm"]]
    low, high = float(points[0, 1]), float(points[arms, 1].mean())
    half = float(np.abs(points[arms, 0]).mean())
    rows = usual_girth(points[arms] - chest, rest.hip_height / 0.92).rows.copy()
    for i, share in enumerate(HEIGHTS[:-1]):
        near = np.abs(vertices[:, 1] - (low + share * (high - low))) < 0.05 * (high - low)
        ring = vertices[near & (np.abs(vertices[:, 0]) < (1.6 if share < 0.5 else 0.95) * half)]
        core = ring[np.abs(ring[:, 0]) < 0.5 * half]
        if len(core) < 8:
            continue
        front, back = np.quantile(core[:, 2], (0.97, 0.03)) - chest[2]
        wide = float(np.quantile(np.abs(ring[:, 0]), 0.97))
        rows[i] = (
            max(front, rows[i, 0] - 0.03),
            min(back, rows[i, 1] + 0.03),
            np.clip(wide, 0.7 * rows[i, 2], 2.0 * rows[i, 2]),
        )
    return Girth(rows)


_DIAL = ("girth_front", "girth_back", "girth_half")


def girth_dials(girth: Girth) -> dict[str, float]:
    """Return the girth as dials of a style: metres, by height from low to high."""
    return {
        f"{name}_{i}": round(float(girth.rows[i, k]), 4)
        for i in range(len(HEIGHTS))
        for k, name in enumerate(_DIAL)
    }


def told_girth(style: Mapping[str, float]) -> Girth | None:
    """Return the girth that :func:`girth_dials` wrote into a style, or None."""
    if f"{_DIAL[0]}_0" not in style:
        return None
    rows = [[style[f"{name}_{i}"] for name in _DIAL] for i in range(len(HEIGHTS))]
    return Girth(np.array(rows, dtype=np.float64))
