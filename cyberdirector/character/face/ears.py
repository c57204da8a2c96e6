"""The rim of the ears: a drawn line that tells them from cheek and nape in the shade."""

from __future__ import annotations

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.materials import CREASE_U, LINE
from cyberdirector.character.face.shapes import Deltas
from cyberdirector.character.face.strip import along_rows, grid_triangles, head_part
from cyberdirector.character.template import BODY_COUNT, Template
from cyberdirector.core.model import MeshPart

Points = NDArray[np.float64]
Ints = NDArray[np.int64]

_MIDDLE = (0.713, 0.049)
"""Height and depth of the middle of the ears on the mean body, metres."""

_REACH = (0.010, 0.036)
"""Least and greatest distance of the rim from there, metres."""

_FROM, _TO, _STEPS = 2.2, -1.65, 15
"""Angles of the rim from the front of the helix over the back to the lobe, radians from the
back, and how many places of it are looked for."""

_WIDTH = 0.0013
"""Width of the line on a head of natural size, metres."""


@functools.lru_cache(maxsize=2)
def ear_rims(template: Template) -> tuple[Ints, Ints]:
    """Return the vertices along the rim of the left and of the right ear, front to lobe."""
    points = template.base[:BODY_COUNT]
    triangles = template.faces("body").astype(np.int64)
    near = np.hypot(points[:, 1] - _MIDDLE[0], points[:, 2] - _MIDDLE[1]) < _REACH[1]
    rims = []
    for sign in (1.0, -1.0):
        ear = near & (sign * points[:, 0] > 0.05)
        own = triangles[ear[triangles].all(1)]
        rims.append(_silhouette(points * [sign, 1.0, 1.0], own, sign))
    return rims[0], rims[1]


def _silhouette(points: Points, triangles: Ints, sign: float) -> Ints:
    """Return the outermost vertices between triangles that look outwards and those that don't.

    ``sign`` is -1 where the points are mirrored.
    """
    a, b, c = (points[triangles[:, k]] for k in range(3))
    outward = sign * np.cross(b - a, c - a)[:, 0] > 0.0
    edge = np.intersect1d(triangles[outward], triangles[~outward])
    up, back = points[edge, 1] - _MIDDLE[0], _MIDDLE[1] - points[edge, 2]
    radius, angle = np.hypot(up, back), np.arctan2(up, back)
    borders = np.linspace(_FROM, _TO, _STEPS + 1)
    rim = []
    for high, low in itertools.pairwise(borders):
        here = np.flatnonzero((angle <= high) & (angle > low) & (radius > _REACH[0]))
        if len(here):
            rim.append(here[radius[here].argmax()])
    # What lies within its neighbours is a fold of the ear, not its rim.
    r = radius[rim]
    kept = np.concatenate([[True], r[1:-1] > 0.985 * 0.5 * (r[:-2] + r[2:]), [True]])
    return edge[np.array(rim)[kept]]


def ear_parts(body: Body, deltas: Deltas) -> list[MeshPart]:
    """Return the line along the rim of both ears."""
    unit = body.scale * body.style.head
    n = 40
    t = np.linspace(0.0, 1.0, n)
    width = _WIDTH * unit * np.sin(np.pi * np.clip(0.02 + 0.97 * t, 0.0, 1.0)) ** 0.6
    parts = []
    for side, sign, rows in zip(
        ("Left", "Right"), (1.0, -1.0), ear_rims(body.template), strict=True
    ):
        place = along_rows(rows, body.positions, t)
        line = place.at(body.positions) + np.array([0.0006 * sign * unit, 0.0, 0.0])
        away = line - line.mean(0)
        away[:, 0] = 0.0
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        rows_of = [line - 0.35 * width[:, None] * away, line + 0.65 * width[:, None] * away]
        points = np.concatenate(rows_of)
        follow = {k: np.tile(place.at(d), (2, 1)) for k, d in deltas.items()}
        uvs = np.tile([CREASE_U, 0.5], (2 * n, 1))
        normals = np.tile([0.90 * sign, 0.20, np.sqrt(0.15)], (2 * n, 1))
        parts.append(
            head_part(
                f"ear_rim_{side}", points, normals, uvs, grid_triangles(2, n), LINE, follow
            )
        )
    return parts
