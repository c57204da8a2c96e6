"""Whether a camera really sees what it is pointed at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import Set

Point = NDArray[np.float64]

_SEE_THROUGH = frozenset({"sky", "water", "emissive"})


class Obstacles:
    """The opaque triangles of a set, ready for segment tests.

    Parameters
    ----------
    place
        The set; parts with alpha, sky and glowing surfaces do not block.
    """

    def __init__(self, place: Set) -> None:
        corners = []
        for part in place.parts:
            material = place.materials[part.material]
            if material.alpha_mode == "OPAQUE" and material.role not in _SEE_THROUGH:
                corners.append(part.positions.astype(np.float64)[part.triangles])
        triangles = np.concatenate(corners) if corners else np.zeros((0, 3, 3))
        self._origin = triangles[:, 0]
        self._edge1 = triangles[:, 1] - triangles[:, 0]
        self._edge2 = triangles[:, 2] - triangles[:, 0]
        self._low = triangles.min(axis=1) if len(triangles) else np.zeros((0, 3))
        self._high = triangles.max(axis=1) if len(triangles) else np.zeros((0, 3))

    def hit(self, start: Point, end: Point, skin: float = 0.02) -> float:
        """Return where the segment first meets the set, 0..1 along it; 1 when it is free.

        Möller and Trumbore, "Fast, Minimum Storage Ray/Triangle Intersection" (1997),
        both sides of each triangle count.
        """
        low = np.minimum(start, end) - skin
        high = np.maximum(start, end) + skin
        near = np.all((self._low <= high) & (self._high >= low), axis=1)
        if not near.any():
            return 1.0
        ray = end - start
        e1, e2 = self._edge1[near], self._edge2[near]
        p = np.cross(ray, e2)
        det = np.einsum("ij,ij->i", e1, p)
        ok = np.abs(det) > 1e-12
        inverse = np.where(ok, 1.0 / np.where(ok, det, 1.0), 0.0)
        s = start - self._origin[near]
        u = np.einsum("ij,ij->i", s, p) * inverse
        q = np.cross(s, e1)
        v = (q @ ray) * inverse
        t = np.einsum("ij,ij->i", e2, q) * inverse
        inside = ok & (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0) & (t > 1e-6) & (t < 1.0)
        return float(t[inside].min()) if inside.any() else 1.0

    def clear(self, camera: Point, subject: Point, slack: float = 0.3) -> bool:
        """Return True when nothing stands between ``camera`` and a subject's surface.

        ``slack`` metres before the subject are left out, so that the table a person
        leans on does not count.
        """
        distance = float(np.linalg.norm(subject - camera))
        return self.hit(camera, subject) >= 1.0 - slack / max(distance, slack)


def passes_body(
    camera: Point, subject: Point, feet: Point, height: float, radius: float
) -> bool:
    """Return True when the line of sight runs through a standing body (vertical capsule).

    Parameters
    ----------
    camera, subject, feet
        (3,) float64, metres, world space.
    height, radius
        Of the body, metres.
    """
    a, b = camera[[0, 2]], subject[[0, 2]]
    ray = b - a
    t = float(np.clip((feet[[0, 2]] - a) @ ray / max(float(ray @ ray), 1e-9), 0.0, 1.0))
    near = float(np.linalg.norm(a + ray * t - feet[[0, 2]]))
    at = float(camera[1] + (subject[1] - camera[1]) * t)
    return near < radius and feet[1] - 0.1 < at < feet[1] + height and t < 0.98
