"""A plain underlayer wherever clothes would leave the trunk bare."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.colors import linear
from cyberdirector.character.template import BODY_COUNT
from cyberdirector.core.model import Material, MeshPart

OFFSET = 0.0012
"""Metres over the skin."""

LEAST_AREA = 0.002
"""Bare patches of less than 20 cm² are seams between clothes, not bare skin."""


def modesty_part(body: Body, hidden: NDArray[np.bool_]) -> tuple[MeshPart, Material] | None:
    """Return shorts and a top over skin that no cloth hides, or None when all is covered."""
    points, landmarks = body.positions, body.landmarks
    y = points[:, 1]
    trunk = body.bone_weight(
        "hips", "spine", "chest", "upperChest", "leftUpperLeg", "rightUpperLeg"
    )
    waist = landmarks["waist"][1]
    knee = landmarks["leftLowerLeg"][1]
    hip = landmarks["leftUpperLeg"][1]
    shorts = (y > hip - 0.35 * (hip - knee)) & (y < waist)
    shoulder = landmarks["leftUpperArm"][1]
    top = (y > landmarks["chest"][1]) & (y < shoulder - 0.035)
    wanted = (shorts | top) & (trunk > 0.7)
    bare = wanted.copy()
    bare[:BODY_COUNT] &= ~hidden[:BODY_COUNT]
    bare[BODY_COUNT:] = False
    triangles = body.faces()
    triangles = triangles[bare[triangles].all(1)]
    a, b, c = (points[triangles[:, k]] for k in range(3))
    if 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() < LEAST_AREA:
        return None
    rows, local = np.unique(triangles, return_inverse=True)
    part = MeshPart(
        "underwear",
        (points[rows] + OFFSET * body.normals[rows]).astype(np.float32),
        body.normals[rows].astype(np.float32),
        np.full((len(rows), 2), 0.5, np.float32),
        local.reshape(-1, 3).astype(np.uint32),
        0,
        body.joints[rows].astype(np.uint16),
        body.weights[rows].astype(np.float32),
        outline_scale=np.zeros(len(rows), np.float32),
    )
    white = linear("#e9e4e0")
    shade = linear("#b9b0b6")
    return part, Material(
        "underwear",
        (*white, 1.0),
        shade_color=shade,
        outline_mode="worldCoordinates",
        role="cloth",
    )
