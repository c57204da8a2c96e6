"""The inside of the mouth: cavity, teeth and tongue."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.materials import MOUTH
from cyberdirector.character.face.shapes import Deltas
from cyberdirector.character.face.strip import head_part
from cyberdirector.character.face.topology import face_loops, flood
from cyberdirector.character.template import Template
from cyberdirector.core.model import MeshPart

_INSIDE_SEED = 540
"""A vertex of the mouth cavity just behind the lower lip."""

CAVITY_UV, TEETH_UV, TONGUE_UV = (0.125, 0.5), (0.375, 0.5), (0.625, 0.5)
"""Where the palette of the mouth picture has its colours (four columns)."""


_TONGUE_FALLS = 0.50
"""Share of the lower lip's way that the tongue goes down with the jaw."""


@lru_cache(maxsize=1)
def cavity(template: Template) -> NDArray[np.bool_]:
    """Return which vertices (19158,) lie in the mouth cavity, lip line excluded."""
    loops = face_loops(template)
    return flood(template, _INSIDE_SEED, np.concatenate([loops.upper_lip, loops.lower_lip]))


def mouth_parts(body: Body, deltas: Deltas) -> list[MeshPart]:
    """Return cavity, upper teeth and tongue (lower teeth stay unseen in drawn mouths)."""
    inside = cavity(body.template)
    skin = body.faces()
    bag = skin[inside[skin].any(1)]
    size = body.scale * body.style.head
    return [
        _group(body, deltas, "cavity", bag, CAVITY_UV, np.zeros(3)),
        _group(
            body,
            deltas,
            "teeth_upper",
            body.faces("helper-upper-teeth"),
            TEETH_UV,
            np.array([0.0, -0.0020, -0.0045]) * size,
        ),
        _group(
            body,
            deltas,
            "tongue",
            body.faces("helper-tongue"),
            TONGUE_UV,
            np.array([0.0, -0.0100, -0.0070]) * size,
            flat=0.45,
        ),
    ]


def _group(
    body: Body,
    deltas: Deltas,
    name: str,
    triangles: NDArray[np.integer],
    uv: tuple[float, float],
    shift: NDArray[np.float64],
    flat: float = 1.0,
) -> MeshPart:
    """Return one group as a part; ``flat`` scales its height about its floor."""
    rows, local = np.unique(triangles, return_inverse=True)
    points = body.positions[rows] + shift
    floor = points[:, 1].min()
    points[:, 1] = floor + flat * (points[:, 1] - floor)
    normals = np.tile([0.0, 0.2, 0.98], (len(rows), 1))
    follow = {k: d[rows] for k, d in deltas.items()}
    uvs = np.tile(uv, (len(rows), 1))
    if name == "teeth_upper":
        # The lip shades the roots.
        uvs[:, 1] = np.interp(points[:, 1], [floor, points[:, 1].max()], [0.97, 0.03])
    if name == "tongue":
        # It lies on the floor of the mouth and comes out over the lower lip.
        lip = face_loops(body.template).lower_lip
        fall = deltas["jawOpen"][lip].min(0) * [0.0, _TONGUE_FALLS, 0.0]
        follow["jawOpen"] = np.tile(fall, (len(rows), 1))
        follow["tongueOut"] = follow["tongueOut"] - shift
    return head_part(name, points, normals, uvs, local.reshape(-1, 3), MOUTH, follow)
