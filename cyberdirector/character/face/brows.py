"""Brows: tapered ribbons that ride on the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.character.body import Body
from cyberdirector.character.face.materials import BROW_U, LINE
from cyberdirector.character.face.shapes import Deltas
from cyberdirector.character.face.strip import grid_triangles, head_part, on_front
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.style import smooth
from cyberdirector.core.model import MeshPart


@dataclass(frozen=True)
class BrowLook:
    """Brows on a head of natural size (metres) before the head is enlarged.

    ``gap`` from the upper lid rim to the brow, ``thick`` the greatest thickness,
    ``inner`` and ``outer`` the ends in half widths of the eye from its centre, ``arch``
    the rise in the middle, ``tilt`` the slope upwards to the outside, ``droop`` the fall
    of the tail, ``square`` 0 pointed … 1 blunt inner end.
    """

    gap: float = 0.0125
    thick: float = 0.0040
    inner: float = -0.95
    outer: float = 1.30
    arch: float = 0.0032
    tilt: float = 0.06
    droop: float = 0.0035
    square: float = 0.35


_LIDS = ("eyeBlink", "eyeLook", "eyeSquint")
"""Shapes of the lids, which low brows must not follow."""


_MOVES = {
    "browDown": (-0.0052, 0.0016),
    "browInnerUp": (0.0050, -0.0022),
    "browOuterUp": (0.0004, 0.0034),
}
"""What drawn brows move beyond the skin: inner and outer end, metres on a natural head."""

_PINCH = {"browDown": 0.0016}
"""How far the inner ends draw together, metres."""


SLIT = (0.62, 0.70)
"""Where an old cut parts a brow, shares of its length from the inner end."""


def brow_parts(body: Body, deltas: Deltas, look: BrowLook, slit: str = "") -> list[MeshPart]:
    """Return the left and the right brow; ``slit`` (``Left`` or ``Right``) has a gap (断眉)."""
    loops = face_loops(body.template)
    unit = body.scale * body.style.head
    front = body.faces()
    front = front[(body.head_weight[front] > 0.9).all(1)]
    parts = []
    for side, index, sign in (("Left", 0, 1.0), ("Right", 1, -1.0)):
        n = 24
        t = np.linspace(0.0, 1.0, n) ** 1.25
        cut = -1
        if side == slit:
            cut = int(np.searchsorted(t, SLIT[0]))
            t = np.concatenate([t[:cut], SLIT, t[t > SLIT[1]]])
            n = len(t)
        rim = body.positions[loops.upper_lid[index]]
        low, high = rim[:, 0].min(), rim[:, 0].max()
        half, middle = 0.5 * (high - low), 0.5 * (high + low)
        s = look.inner + (look.outer - look.inner) * t
        x = middle + sign * half * s
        rise = look.arch * np.sin(np.pi * np.clip(0.12 + 0.62 * t, 0, 1)) - look.droop * t**3
        y = rim[:, 1].max() + unit * (look.gap + rise) + look.tilt * half * s
        width = unit * look.thick * np.sin(np.pi * (0.04 + 0.96 * t) ** 0.66) ** 0.75
        blunt = look.square * np.clip(t / 0.10, 0.0, 1.0) ** 0.5 * (1.0 - t) ** 2
        width = np.maximum(width, unit * look.thick * blunt)
        place = on_front(front, body.positions, x, y)
        base = place.at(body.positions) + body.normals[place.rows[:, 0]] * 0.0010 * unit
        base[:, 2] += 0.0006 * unit
        lift = np.stack([0 * t, 0.5 * width, 0 * t], axis=1)
        points = np.concatenate([base - lift, base, base + lift])
        follow = {
            k: np.tile(place.at(d), (3, 1))
            for k, d in deltas.items()
            if not k.startswith(_LIDS)
        }
        for name, (inner, outer) in _MOVES.items():
            key = name if name in follow else f"{name}{side}"
            more = np.zeros((n, 3))
            more[:, 1] = unit * (inner * (1.0 - t) ** 1.4 + outer * t)
            more[:, 0] = -sign * unit * _PINCH.get(name, 0.0) * (1.0 - t)
            # The forehead under a moved brow is not flat: the brow keeps clear of it.
            more[:, 2] = 0.30 * np.abs(more[:, 1])
            follow[key] = follow[key] + np.tile(more, (3, 1))
        triangles = grid_triangles(3, n)
        if cut >= 0:
            place_of = triangles % n
            between = (place_of.min(axis=1) == cut) & (place_of.max(axis=1) == cut + 1)
            triangles = triangles[~between]
        fade = np.tile(0.02 + 0.35 * smooth(0.14, 0.0, t), 3)
        uvs = np.stack([np.full(len(points), BROW_U), fade], axis=1)
        normals = np.tile([0.0, 0.24, 0.97], (len(points), 1))
        parts.append(head_part(f"brow_{side}", points, normals, uvs, triangles, LINE, follow))
    return parts
