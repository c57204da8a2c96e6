"""The 52 ARKit shapes carried from the fitted template onto a figure's own face.

A smooth map of space (thin plate splines) takes the template's head onto the figure's. A
shape moves a vertex by ``map(x + delta) - map(x)``, where ``x`` is the place on the template
that the vertex lies on: what touches on the template touches on the figure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.face.shapes import arkit_deltas
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.template import BODY_COUNT
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Morph
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.rig.fit import Fitted
from cyberdirector.rig.lids import lids_of
from cyberdirector.rig.openings import Openings
from cyberdirector.rig.weights import Skin, nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_CONTROLS = 420
"""Template vertices that the map of space is hung on besides lids and lips."""

_LEAST = 4e-5
"""Offsets below this length (metres) are left out."""

_SMOOTHINGS = 3
"""Rounds of averaging that even out what moves along with other neighbours."""

_REACH = 0.35
"""Share of the head's radius within which a vertex follows the template's face."""

_FURNITURE = 0.75
"""Pieces up to this size (radii of the head) may be eyes, lashes, brows or teeth."""

_GROUPS = ("helper-upper-teeth", "helper-lower-teeth", "helper-tongue",
           "helper-l-eyelashes-1", "helper-l-eyelashes-2",
           "helper-r-eyelashes-1", "helper-r-eyelashes-2")  # fmt: skip
"""Template layers besides the skin that pieces in the face may follow."""


@dataclass
class FaceShapes:
    """Shapes of a figure.

    Attributes
    ----------
    rows
        (n,) vertices that any shape may move.
    offsets
        Shape → (n, 3) metres, standing figure.
    found
        What there is to report: ``left_eye``, ``right_eye``, ``mouth``, ``shapes``.
    """

    rows: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    offsets: dict[str, Floats] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)

    def morphs(self, first: int, count: int) -> dict[str, Morph]:
        """Return the sparse shapes of the vertices ``first`` … ``first + count - 1``."""
        mine = (self.rows >= first) & (self.rows < first + count)
        out = {}
        for name, offset in self.offsets.items():
            moved = mine & (np.linalg.norm(offset, axis=1) > _LEAST)
            if moved.any():
                rows = (self.rows[moved] - first).astype(np.uint32)
                order = np.argsort(rows)
                out[name] = Morph(rows[order], offset[moved][order].astype(np.float32))
        return out


def wanted_shapes(openings: Openings) -> list[str]:
    """Return the ARKit shapes that a face with these openings can make."""
    out = []
    for name in ARKIT_NAMES:
        if name.startswith("eye"):
            eye = openings.eyes[0 if name.endswith("Left") else 1]
            if eye is None:
                continue
        elif name.startswith(("mouth", "jaw", "tongue", "cheekPuff")):
            if openings.mouth is None:
                continue
        out.append(name)
    return out


def face_shapes(
    points: Floats,
    triangles: Ints,
    fitted: Fitted,
    skin: Skin,
    openings: Openings,
) -> FaceShapes:
    """Return the shapes of an upright figure's face (metres).

    Parameters
    ----------
    points, triangles
        The figure.
    fitted
        The template on it, with lids and lips in place.
    skin
        Its weights (pieces and hair).
    openings
        Of its face.
    """
    names = wanted_shapes(openings) if openings.enough else []
    found: dict[str, Any] = {
        "left_eye": openings.eyes[0] is not None,
        "right_eye": openings.eyes[1] is not None,
        "mouth": openings.mouth is not None,
        "shapes": names,
    }
    if not names or not (found["left_eye"] or found["right_eye"] or found["mouth"]):
        found["shapes"] = []
        return FaceShapes(found=found)
    carry = _space_map(fitted)
    body = fitted.body
    rows = _template_rows(fitted)
    there = carry(body.positions[rows])
    mine = np.flatnonzero(_moving(points, there, skin, fitted))
    balls = _eye_pieces(points, mine, skin, openings)
    eyes = {
        side: (lids_of(rim, side), ball)
        for side, rim, ball in zip(("Left", "Right"), openings.eyes, balls, strict=True)
        if rim is not None and ball is not None
    }
    graph = _graph(triangles, mine, len(points))
    behind = np.any([ball for _, ball in eyes.values()], axis=0) if eyes else None
    bound, mix = _bind(points, triangles, mine, openings, rows, there, fitted)
    before = np.einsum("nk,nkc->nc", mix, body.positions[bound])
    base = carry(before)
    deltas = arkit_deltas(body)
    offsets = {}
    for name in names:
        if name.startswith("eye"):
            side = "Left" if name.endswith("Left") else "Right"
            lids, ball = eyes[side]
            offsets[name] = lids.offsets(
                name.removesuffix(side), points[mine], skin.pieces[mine],
                openings.skin[mine], ball,
            )  # fmt: skip
            continue
        delta = np.einsum("nk,nkc->nc", mix, deltas[name][bound])
        moved = np.linalg.norm(delta, axis=1) > 1e-6
        out = np.zeros_like(base)
        if moved.any():
            out[moved] = carry(before[moved] + delta[moved]) - base[moved]
        out = _smooth(out, graph)
        if behind is not None:
            out[behind] = 0.0
        offsets[name] = out
    return FaceShapes(mine, offsets, found)


def _space_map(fitted: Fitted):  # type: ignore[no-untyped-def]
    """Return the function that takes places on the template's head onto the figure's."""
    from scipy.interpolate import RBFInterpolator

    body = fitted.body
    loops = face_loops(body.template)
    used = np.unique(fitted.triangles)
    head = used[body.head_weight[used] > 0.5]
    some = head[:: max(1, len(head) // _CONTROLS)]
    rims = [*loops.upper_lid, *loops.lower_lid, loops.upper_lip, loops.lower_lip]
    rims += [ring for side in loops.lid_rings for ring in side[:3]]
    rims += list(loops.lip_rings[:4])
    chosen = np.unique(np.concatenate([some, *rims]))
    chosen = chosen[np.isin(chosen, used)]
    source = body.positions[chosen]
    _, first = np.unique(np.rint(source * 1e5).astype(np.int64), axis=0, return_index=True)
    chosen = chosen[np.sort(first)]
    return RBFInterpolator(
        body.positions[chosen], fitted.points[chosen], smoothing=1e-9, degree=1
    )


def _template_rows(fitted: Fitted) -> Ints:
    """Return the template vertices of head skin, mouth, lashes, teeth and tongue."""
    body = fitted.body
    rows = [np.flatnonzero(body.head_weight[:BODY_COUNT] > 0.5)]
    names = set(body.template.group_names)
    rows += [np.unique(body.faces(g)).astype(np.int64) for g in _GROUPS if g in names]
    return np.unique(np.concatenate(rows))


def _head_size(fitted: Fitted) -> float:
    scale = np.linalg.norm(fitted.frames[BONE_INDEX["head"]], axis=0).mean()
    return float(fitted.body.head_radius * scale)


def _moving(points: Floats, there: Floats, skin: Skin, fitted: Fitted) -> Bools:
    """Return which vertices lie so near the template's head that they may follow it.

    Of the loose pieces on the head only small ones do: eyes, lashes, brows, teeth.
    """
    size = _head_size(fitted)
    count = int(skin.pieces.max()) + 1
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, skin.pieces, points)
    np.maximum.at(high, skin.pieces, points)
    large = np.linalg.norm(high - low, axis=1) > _FURNITURE * size
    near = points[:, 1] > there[:, 1].min() - 0.02
    near &= ~(skin.hair & large[skin.pieces])
    out = np.zeros(len(points), np.bool_)
    rows = np.flatnonzero(near)
    if len(rows):
        distance, _ = nearest(there, points[rows], 2)
        out[rows] = distance[:, 0] < _REACH * size
    return out


def _bind(
    points: Floats,
    triangles: Ints,
    mine: Ints,
    openings: Openings,
    rows: Ints,
    there: Floats,
    fitted: Fitted,
) -> tuple[Ints, Floats]:
    """Return for each moving vertex four template vertices and their mix.

    Around the mouth a vertex takes only template vertices of its own lip.
    """
    distance, near = nearest(there, points[mine], 12)
    cost = distance.copy()
    if openings.mouth is not None:
        above = _above(points, triangles, openings.mouth)[mine]
        upper = _template_above(fitted)[rows]
        cost = cost + np.where(upper[near] == above[:, None], 0.0, 1.0)
    order = np.argsort(cost, axis=1, kind="stable")[:, :4]
    best = np.take_along_axis(near, order, axis=1)
    far = np.take_along_axis(cost, order, axis=1)
    mix = 1.0 / (far + 2e-4) ** 2
    return rows[best], mix / mix.sum(axis=1, keepdims=True)


def _above(points: Floats, triangles: Ints, mouth: Floats) -> Bools:
    """Return which vertices (v,) belong to what lies over the line of the lips.

    A vertex on the line belongs to the side on which its triangles lie.
    """
    level = np.interp(points[:, 0], mouth[:, 0], mouth[:, 1])
    side = points[:, 1] - level
    middle = side[triangles].mean(axis=1)
    total = np.bincount(triangles.ravel(), np.repeat(middle, 3), len(points))
    count = np.maximum(np.bincount(triangles.ravel(), minlength=len(points)), 1)
    width = float(np.ptp(mouth[:, 0]))
    near = np.abs(side) < 0.04 * width
    return np.asarray(np.where(near, total / count, side) > 0.0)


def _template_above(fitted: Fitted) -> Bools:
    """Return which template vertices (all,) belong to what lies over the line of the lips."""
    body = fitted.body
    loops = face_loops(body.template)
    line = body.positions[loops.upper_lip]
    order = np.argsort(line[:, 0])
    level = np.interp(body.positions[:, 0], line[order, 0], line[order, 1])
    out = body.positions[:, 1] > level
    out[loops.upper_lip[1:-1]] = True
    out[loops.lower_lip[1:-1]] = False
    return np.asarray(out)


def _eye_pieces(
    points: Floats, mine: Ints, skin: Skin, openings: Openings
) -> tuple[Bools | None, Bools | None]:
    """Return which of the moving vertices belong to each eye behind its lids."""
    out: list[Bools | None] = []
    for eye in openings.eyes:
        if eye is None:
            out.append(None)
            continue
        low, high = eye.min(axis=0), eye.max(axis=0)
        centre, half = 0.5 * (low + high), 0.5 * (high - low)
        local = (points - centre)[:, :2] / half[:2]
        inside = (np.abs(local) < 1.35).all(axis=1) & (
            np.abs(points[:, 2] - centre[2]) < half[0]
        )
        inside &= ~openings.skin
        chosen = np.zeros(len(mine), np.bool_)
        count = int(skin.pieces.max()) + 1
        size = np.bincount(skin.pieces, minlength=count)
        within = np.bincount(skin.pieces[inside], minlength=count) > 0.95 * size
        behind = np.full(count, -np.inf)
        np.maximum.at(behind, skin.pieces, points[:, 2])
        body = within & (behind < high[2] + 0.05 * half[0])
        chosen[body[skin.pieces[mine]]] = True
        out.append(chosen)
    return out[0], out[1]


def _smooth(offset: Floats, graph: Any) -> Floats:
    """Return offsets averaged over the edges of the mesh, which lips do not share."""
    for _ in range(_SMOOTHINGS):
        offset = 0.5 * offset + 0.5 * (graph @ offset)
    return offset


def _graph(triangles: Ints, mine: Ints, count: int) -> Any:
    """Return the averaging matrix over neighbours among the moving vertices (sparse)."""
    from scipy.sparse import coo_matrix, diags

    local = np.full(count, -1, np.int64)
    local[mine] = np.arange(len(mine))
    faces = local[triangles]
    faces = faces[(faces >= 0).all(axis=1)]
    a, b = faces.ravel(), faces[:, [1, 2, 0]].ravel()
    one = np.ones(2 * len(a))
    graph = coo_matrix((one, (np.r_[a, b], np.r_[b, a])), (len(mine), len(mine))).tocsr()
    graph.data[:] = 1.0
    degree = np.asarray(graph.sum(axis=1)).ravel()
    alone = diags((degree == 0).astype(np.float64))
    return diags(1.0 / np.maximum(degree, 1.0)) @ graph + alone
