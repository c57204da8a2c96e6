"""Eyes: a white card and an iris card behind the lids, lashes on the rims.

The iris never turns: it slides over the front of the eye, the way eyes are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.materials import CREASE_U, EYE, LASH_U, LINE
from cyberdirector.character.face.shapes import Deltas
from cyberdirector.character.face.strip import Binding, along_rows, grid_triangles, head_part
from cyberdirector.character.face.topology import face_loops
from cyberdirector.core.model import MeshPart

Points = NDArray[np.float64]

SIDES = (("Left", 0, 1.0), ("Right", 1, -1.0))


@dataclass(frozen=True)
class EyeLook:
    """How the eyes are drawn.

    ``iris`` is the height of the iris over the height of the opening, ``iris_aspect`` its
    width over its height; ``lash`` the weight of the upper lash, ``wing`` the length of
    its outer tail, ``crease`` the weight of the fold line, ``fold`` which ring over the
    rim it lies on, ``lower_lash`` the weight of the lower one (1 is a young woman's).
    """

    iris: float = 1.14
    iris_aspect: float = 0.90
    iris_up: float = 0.05
    lash: float = 1.0
    wing: float = 1.0
    crease: float = 1.0
    fold: int = 4
    lower_lash: float = 1.0


@dataclass(frozen=True)
class _Opening:
    """One lid opening: centre (3,), half width and height, and the surface of its rim."""

    centre: Points
    half_w: float
    half_h: float
    surface: Points
    rim: Points

    def depth(self, x: Points, y: Points) -> Points:
        """Return z (metres) of the smooth surface through the rim at (x, y)."""
        dx, dy = x - self.centre[0], y - self.centre[1]
        a, b, c, d = self.surface
        outside = np.hypot(dx / self.half_w, dy / self.half_h) - 0.92
        # What slides under the lids also draws back, so that it never pierces them.
        away = 1.1 * self.half_h * np.maximum(outside, 0.0)
        return a + b * dx + c * dy + d * dx * dx - away


def _opening(body: Body, index: int) -> _Opening:
    loops = face_loops(body.template)
    upper, lower = loops.upper_lid[index], loops.lower_lid[index]
    rim = body.positions[np.concatenate([upper, lower[-2:0:-1]])]
    low, high = rim.min(0), rim.max(0)
    centre = 0.5 * (low + high)
    d = rim - centre
    terms = np.stack([np.ones(len(d)), d[:, 0], d[:, 1], d[:, 0] ** 2], axis=1)
    surface = np.linalg.lstsq(terms, rim[:, 2], rcond=None)[0]
    half_w, half_h = 0.5 * (high - low)[:2]
    return _Opening(centre, float(half_w), float(half_h), surface, rim)


def _disc(rings: int, spokes: int) -> tuple[Points, NDArray[np.int64]]:
    """Return points (n, 2) of a unit disc, ring by ring, and its triangles (CCW)."""
    r = np.sqrt(np.linspace(0.0, 1.0, rings + 1)[1:])
    a = np.linspace(0.0, 2.0 * np.pi, spokes, endpoint=False)
    ring = np.stack([np.cos(a), np.sin(a)], axis=1)
    points = np.concatenate([[[0.0, 0.0]], *(k * ring for k in r)])
    j = np.arange(spokes)
    fan = np.stack([np.zeros(spokes, np.int64), 1 + j, 1 + (j + 1) % spokes], axis=1)
    strips = grid_triangles(rings, spokes, closed=True)[:, [0, 2, 1]] + 1
    return points, np.concatenate([fan, strips])


def eye_parts(body: Body, deltas: Deltas, look: EyeLook) -> list[MeshPart]:
    """Return whites, irises and lashes of both eyes."""
    parts = []
    for side, index, sign in SIDES:
        opening = _opening(body, index)
        parts.append(_white(body, deltas, opening, side, index))
        parts.append(_iris(body, opening, look, side, sign))
        parts.append(_upper_lash(body, deltas, look, side, index, sign))
        parts.append(_lower_lash(body, deltas, look, side, index, sign))
        parts.append(_crease(body, deltas, look, side, index, sign))
    return parts


def _retreat(count: int, amount: float, side: str) -> dict[str, Points]:
    """Return shapes that draw the eye back where a closing lid needs the room."""
    back = np.zeros((count, 3))
    back[:, 2] = -amount
    return {f"eyeBlink{side}": back, f"eyeSquint{side}": 0.4 * back}


def _forward(count: int) -> Points:
    normal = np.array([0.0, 0.25, 1.0])
    return np.tile(normal / np.linalg.norm(normal), (count, 1))


def _white(body: Body, deltas: Deltas, opening: _Opening, side: str, index: int) -> MeshPart:
    """Return the white: the lid opening itself, set back and a little larger."""
    loops = face_loops(body.template)
    rows = np.concatenate([loops.upper_lid[index], loops.lower_lid[index][-2:0:-1]])
    reach = np.array([0.35, 0.7, 0.95, 1.12])
    out = opening.rim - opening.centre
    rings = [opening.centre + k * out for k in reach]
    points = np.concatenate([[opening.centre], *rings])
    points[:, 2] = opening.depth(points[:, 0], points[:, 1]) - 0.0022 * body.scale
    over = np.concatenate([[0.0], np.repeat(np.maximum(reach - 1.0, 0.0), len(rows))])
    radius = np.linalg.norm(out[:, :2], axis=1)
    points[1:, 2] -= 1.3 * over[1:] * np.tile(radius, len(reach))
    n = len(rows)
    j = np.arange(n)
    fan = np.stack([np.zeros(n, np.int64), 1 + j, 1 + (j + 1) % n], axis=1)
    triangles = np.concatenate(
        [fan, grid_triangles(len(reach), n, closed=True)[:, [0, 2, 1]] + 1]
    )
    a, b = points[triangles[0, 1:], :2] - points[triangles[0, 0], :2]
    if a[0] * b[1] - a[1] * b[0] < 0:
        triangles = triangles[:, ::-1]
    d = (points - opening.centre)[:, :2] / [opening.half_w, opening.half_h]
    uvs = np.stack([0.25 + 0.24 * d[:, 0] / 1.35, 0.5 - 0.48 * d[:, 1] / 1.35], axis=1)
    follow = _retreat(len(points), 0.0025 * body.scale, side)
    for name in (f"eyeWide{side}", "browInnerUp"):
        moved = np.concatenate(
            [[np.zeros(3)], *(np.minimum(k, 1) * deltas[name][rows] for k in reach)]
        )
        follow[name] = moved * [1.0, 1.0, 0.0]
    return head_part(
        f"eye_white_{side}", points, _forward(len(points)), uvs, triangles, EYE, follow
    )


def _iris(body: Body, opening: _Opening, look: EyeLook, side: str, sign: float) -> MeshPart:
    disc, triangles = _disc(5, 40)
    tall = look.iris * opening.half_h
    wide = tall * look.iris_aspect
    lift = -0.0014 * body.scale

    def at(dx: float, dy: float) -> Points:
        x = opening.centre[0] - sign * 0.04 * opening.half_w + dx + wide * disc[:, 0]
        y = opening.centre[1] + look.iris_up * opening.half_h + dy + tall * disc[:, 1]
        return np.stack([x, y, opening.depth(x, y) + lift], axis=1)

    points = at(0.0, 0.0)
    side_way, up_way = 0.52 * opening.half_w, 0.42 * opening.half_h
    deltas = {
        f"eyeLookOut{side}": at(sign * side_way, 0.0) - points,
        f"eyeLookIn{side}": at(-sign * side_way, 0.0) - points,
        f"eyeLookUp{side}": at(0.0, up_way) - points,
        f"eyeLookDown{side}": at(0.0, -up_way) - points,
    }
    deltas |= _retreat(len(points), 0.0025 * body.scale, side)
    uvs = np.stack([0.75 + 0.24 * disc[:, 0], 0.5 - 0.48 * disc[:, 1]], axis=1)
    return head_part(f"iris_{side}", points, _forward(len(points)), uvs, triangles, EYE, deltas)


def _upper_lash(
    body: Body, deltas: Deltas, look: EyeLook, side: str, index: int, sign: float
) -> MeshPart:
    """Return the thick line of the upper lid with its outer wing."""
    rows = face_loops(body.template).upper_lid[index]
    n = 26
    t = np.linspace(0.0, 1.0, n)
    place = along_rows(rows, body.positions, t)
    unit = body.scale * body.style.head
    thick = (
        unit * look.lash * (0.0006 + 0.0026 * np.sin(np.pi * np.clip(0.10 + 0.68 * t, 0, 1)))
    )
    thick *= 0.55 + 0.45 * t
    inside = unit * look.lash * 0.0012 * np.sin(np.pi * np.clip(0.12 + 0.76 * t, 0, 1))
    reach = np.clip((t - 0.72) / 0.28, 0.0, 1.0) ** 1.6 * look.wing * unit
    outward = np.stack([sign * 0.0042 * reach, 0.0016 * reach, -0.0022 * reach], axis=1)
    up = np.stack([sign * (0.35 * t - 0.08), np.ones(n), 0.60 + 0 * t], axis=1)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    base = place.at(body.positions) + np.array([0.0, 0.0, 0.0014]) * unit
    tip = np.clip((1.0 - t) / 0.10, 0.0, 1.0) ** 0.7
    offsets = [
        outward * 0.9 - np.array([0.0, 1.0, 0.0]) * (inside * tip)[:, None],
        outward * 0.95 + up * (0.45 * thick * tip)[:, None],
        outward + up * (thick * tip)[:, None],
    ]
    # A closed lid carries its lashes lower and in front of the lid.
    ahead = np.array([0.0, 0.0, 0.0022 * unit])
    extra = {f"eyeBlink{side}": [o * [0.0, -0.5, 0.0] + ahead for o in offsets]}
    return _ribbon(f"lash_{side}", place, base, offsets, deltas, extra, LASH_U)


def _lower_lash(
    body: Body, deltas: Deltas, look: EyeLook, side: str, index: int, sign: float
) -> MeshPart:
    """Return the thin line of the lower lid, outer part only."""
    rows = face_loops(body.template).lower_lid[index]
    n = 18
    t = np.linspace(0.0, 1.0, n)
    place = along_rows(rows, body.positions, 0.28 + 0.72 * t)
    unit = body.scale * body.style.head
    thick = (
        unit * look.lower_lash * 0.0010 * np.sin(np.pi * np.clip(0.02 + 0.80 * t, 0, 1)) ** 0.8
    )
    down = np.stack([sign * 0.25 * t, -np.ones(n), 0.4 + 0 * t], axis=1)
    down /= np.linalg.norm(down, axis=1, keepdims=True)
    base = place.at(body.positions) + np.array([0.0, 0.0, 0.0006]) * unit
    offsets = [0.0 * down, 0.5 * thick[:, None] * down, thick[:, None] * down]
    return _ribbon(f"lash_low_{side}", place, base, offsets, deltas, {}, LASH_U)


def _crease(
    body: Body, deltas: Deltas, look: EyeLook, side: str, index: int, sign: float
) -> MeshPart:
    """Return the fine line of the fold over the upper lid."""
    ring = face_loops(body.template).lid_rings[index][look.fold]
    points = body.positions[ring]
    rim = body.positions[face_loops(body.template).upper_lid[index]]
    middle = 0.4 * rim[:, 1].max() + 0.6 * rim[0, 1]
    ring = ring[points[:, 1] > middle]
    ring = ring[np.argsort(body.positions[ring, 0] * sign)]
    n = 22
    t = np.linspace(0.0, 1.0, n)
    place = along_rows(ring, body.positions, 0.06 + 0.90 * t)
    unit = body.scale * body.style.head
    thick = unit * look.crease * 0.0008 * np.sin(np.pi * np.clip(0.05 + 0.85 * t, 0, 1))
    base = place.at(body.positions) + np.array([0.0, 0.0, 0.0007]) * unit
    lift = np.stack([0 * t, thick, 0 * t], axis=1)
    # The fold is smoothed away while the lid closes.
    extra = {f"eyeBlink{side}": [0.0 * lift, -lift]}
    return _ribbon(f"crease_{side}", place, base, [0.0 * lift, lift], deltas, extra, CREASE_U)


def _ribbon(
    name: str,
    place: Binding,
    base: Points,
    offsets: list[Points],
    deltas: Deltas,
    extra: dict[str, list[Points]],
    u: float,
) -> MeshPart:
    """Return a ribbon of rows ``base + offset`` that follows the places in every shape."""
    points = np.concatenate([base + o for o in offsets])
    count = len(offsets)
    follow = {k: np.tile(place.at(d), (count, 1)) for k, d in deltas.items()}
    for k, more in extra.items():
        follow[k] = follow[k] + np.concatenate(more)
    triangles = grid_triangles(count, len(base))
    uvs = np.tile([u, 0.5], (len(points), 1))
    return head_part(name, points, _forward(len(points)), uvs, triangles, LINE, follow)
