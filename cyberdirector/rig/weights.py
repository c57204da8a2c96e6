"""Skin weights of a figure from the template fitted to it.

What lies close to the template and looks the same way takes its weights (robust transfer
after Abdrashitov et al., "Robust Skin Weights Transfer via Weight Inpainting", SIGGRAPH Asia
2023); the rest is filled in smoothly over the mesh. Small and loose pieces are rigid, hair
hangs on the head, and what spans both legs is cloth between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import vertex_normals
from cyberdirector.character.template import BODY_COUNT
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX
from cyberdirector.rig.fit import Fitted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

INFLUENCES = 4
"""Weights per vertex (one glTF attribute set)."""

_NEAR = 0.03
"""Share of the height within which the template's weights are believed."""
_FACING = 0.35
"""Least cosine between normals for them to be believed."""
_SMALL = 0.06
"""A piece of this size (share of the height) or less is rigid."""
_COVER = 0.02
"""Share of the height within which a hidden layer wholly follows what covers it."""
_AROUND = 8
"""Vertices of a cover that a hidden vertex looks at."""
_HEM_GAP = 6
"""Levels (0.015 of the height each) without surface in the middle that end a skirt."""
_FILL = 1e-3
"""How strongly unsure vertices still hold to the template."""
_HEAD = tuple(BONE_INDEX[n] for n in ("head", "jaw", "leftEye", "rightEye"))
_ARMS = tuple(i for n, i in BONE_INDEX.items()
              if "Arm" in n or "Hand" in n or n.endswith(("Proximal", "Distal")))  # fmt: skip


@dataclass(frozen=True)
class Skin:
    """Weights of the vertices of a figure.

    Attributes
    ----------
    table
        (v, 55) weights, rows sum to 1.
    sure
        (v,) whether the weights come from the template directly.
    pieces
        (v,) number of the connected piece of each vertex.
    rigid, hair, skirt
        (v,) what was treated as such.
    """

    table: Floats
    sure: Bools
    pieces: Ints
    rigid: Bools
    hair: Bools
    skirt: Bools

    def packed(self) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
        """Return the four strongest joints and weights (sum 1) of each vertex."""
        order = np.argsort(-self.table, axis=1, kind="stable")[:, :INFLUENCES]
        best = np.take_along_axis(self.table, order, axis=1)
        best = np.where(best > 0.004, best, 0.0)
        best /= best.sum(axis=1, keepdims=True)
        return np.where(best > 0, order, 0).astype(np.uint16), best.astype(np.float32)


def nearest(among: Floats, points: Floats, count: int) -> tuple[Floats, Ints]:
    """Return distance and row of the ``count`` (2 or more) nearest of ``among``, (n, count)."""
    from scipy.spatial import cKDTree

    distance, rows = cKDTree(among).query(points, k=count)
    return np.asarray(distance, np.float64), np.asarray(rows, np.int64)


def weld(points: Floats, triangles: Ints, grain: float) -> tuple[Ints, Ints]:
    """Return the place of each vertex (v,), and triangles (t, 3) of places without slivers.

    Vertices closer than about ``grain`` share a place.
    """
    cell = np.rint(points / grain).astype(np.int64)
    _, place = np.unique(cell, axis=0, return_inverse=True)
    place = place.ravel()
    joined = place[triangles]
    whole = (joined[:, 0] != joined[:, 1]) & (joined[:, 1] != joined[:, 2])
    return place, joined[whole & (joined[:, 2] != joined[:, 0])]


def connected_pieces(triangles: Ints, count: int) -> Ints:
    """Return the number (v,) of the connected piece of each of ``count`` vertices."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    a, b = triangles[:, [0, 1]].T
    c = triangles[:, 2]
    rows, columns = np.r_[a, b], np.r_[b, c]
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), (count, count))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, np.int64)


def skin_figure(
    points: Floats,
    triangles: Ints,
    fitted: Fitted,
    joints: Floats,
    height: float,
    outer: Bools,
    hair_hint: Bools | None = None,
) -> Skin:
    """Return the skin weights of a figure (deterministic).

    Parameters
    ----------
    points, triangles
        The figure, metres, upright, facing +Z.
    fitted
        The template on it.
    joints
        (55, 3) its joints, metres.
    height
        Metres.
    outer
        (v,) vertices that can be seen from outside.
    hair_hint
        (v,) vertices that the file calls hair.
    """
    place, faces = weld(points, triangles, 1e-5 * height)
    count = int(place.max()) + 1
    spots = np.zeros((count, 3))
    spots[place] = points
    pieces = connected_pieces(faces, count)
    normals = vertex_normals(spots, faces) if len(faces) else np.zeros_like(spots)
    first, cost, closest = _closest(spots, normals, fitted, height)
    sure = cost < 1.0
    table = _fill(spots, faces, first, sure, pieces, height)
    hinted = np.zeros(count, np.bool_)
    if hair_hint is not None:
        hinted[place[hair_hint]] = True
    hair = _hair(spots, pieces, first, closest, fitted, joints, hinted)
    table[hair] = 0.0
    table[hair, BONE_INDEX["head"]] = 1.0
    skirt = _skirt(spots, normals, pieces, first, joints, height) & ~hair
    table[skirt] = _between_legs(spots[skirt], table[skirt], joints)
    rigid = _stiffen(spots, pieces, table, height)
    table = _smoothed(table, faces, ~(rigid | hair), 2)
    shown = np.zeros(count, np.bool_)
    shown[place[outer]] = True
    _follow_cover(spots, normals, table, shown, hair | rigid, height)
    return Skin(
        table[place], sure[place], pieces[place], rigid[place], hair[place], skirt[place]
    )


def _closest(
    spots: Floats, normals: Floats, fitted: Fitted, height: float
) -> tuple[Floats, Floats, Ints]:
    """Return per place the template's weights near it, a cost (below 1: sure), the vertex."""
    rows = np.unique(fitted.triangles)
    body = fitted.body
    dense = np.zeros((len(rows), BONE_COUNT))
    at = np.arange(len(rows))
    for k in range(body.joints.shape[1]):
        np.add.at(dense, (at, body.joints[rows, k]), body.weights[rows, k])
    skin, facing = fitted.points[rows], fitted.normals[rows]
    distance, near = nearest(skin, spots, 6)
    turn = np.einsum("nkc,nc->nk", facing[near], normals)
    cost = distance / (_NEAR * height) + np.maximum(0.0, _FACING - turn)
    best = np.sort(cost, axis=1)[:, :1]
    mix = np.exp(-4.0 * (cost - best)) / (distance + 0.002 * height)
    mix /= mix.sum(axis=1, keepdims=True)
    vertex = rows[near[np.arange(len(near)), cost.argmin(axis=1)]]
    return np.einsum("nk,nkb->nb", mix, dense[near]), best[:, 0], vertex


def _fill(
    spots: Floats, faces: Ints, table: Floats, sure: Bools, pieces: Ints, height: float
) -> Floats:
    """Return weights that keep the sure rows and spread them smoothly over the others."""
    from scipy.sparse import coo_matrix, diags
    from scipy.sparse.linalg import splu

    unknown = np.flatnonzero(~sure)
    if not len(unknown):
        return table.copy()
    count = len(spots)
    a, b = faces[:, [0, 1, 2]].ravel(), faces[:, [1, 2, 0]].ravel()
    length = np.linalg.norm(spots[a] - spots[b], axis=1)
    pull = 1.0 / np.maximum(length, 1e-4 * height)
    # Loose pieces are tied to what lies near them.
    loose = unknown[:: max(1, len(unknown) // 20_000)]
    far, near = nearest(spots, spots[loose], 5)
    ties = 0.05 / np.maximum(far[:, 1:], 1e-3 * height)
    c, d = np.repeat(loose, 4), near[:, 1:].ravel()
    rows, columns = np.r_[a, b, c, d], np.r_[b, a, d, c]
    values = np.r_[pull, pull, ties.ravel(), ties.ravel()]
    graph = coo_matrix((values, (rows, columns)), (count, count)).tocsr()
    degree = np.asarray(graph.sum(axis=1)).ravel()
    laplace = diags(degree) - graph
    inner = laplace[unknown][:, unknown] + diags(np.full(len(unknown), _FILL * degree.mean()))
    known = graph[unknown][:, np.flatnonzero(sure)] @ table[sure]
    right = known + _FILL * degree.mean() * table[unknown]
    out = table.copy()
    out[unknown] = np.maximum(splu(inner.tocsc()).solve(right), 0.0)
    return out / np.maximum(out.sum(axis=1, keepdims=True), 1e-12)


def _hair(
    spots: Floats,
    pieces: Ints,
    first: Floats,
    closest: Ints,
    fitted: Fitted,
    joints: Floats,
    hinted: Bools,
) -> Bools:
    """Return which places are hair: named so, or in loose pieces that hang on the head.

    The piece with the face is skin, however much of it lies on the head.
    """
    head = first[:, _HEAD].sum(axis=1)
    count = int(pieces.max()) + 1
    size = np.bincount(pieces, minlength=count)
    share = np.bincount(pieces, weights=head, minlength=count) / np.maximum(size, 1)
    top = np.full(count, -np.inf)
    np.maximum.at(top, pieces, spots[:, 1])
    face = np.bincount(pieces[face_rows(fitted)[closest]], minlength=count)
    chin = joints[BONE_INDEX["head"]][1]
    loose = (share > 0.55) & (top > chin) & (size < 0.5 * len(spots))
    loose &= face < max(0.2 * float(face.max()), 1.0)
    return loose[pieces] | hinted


def face_rows(fitted: Fitted) -> Bools:
    """Return which template vertices (13380,) lie around nose and mouth."""
    body = fitted.body
    skin = body.positions[:BODY_COUNT]
    reach = 0.35 * body.head_radius
    middle = 0.5 * (body.landmarks["nose_tip"] + body.landmarks["lips"])
    return np.asarray(np.linalg.norm(skin - middle, axis=1) < reach)


def _skirt(
    spots: Floats, normals: Floats, pieces: Ints, first: Floats, joints: Floats, height: float
) -> Bools:
    """Return which places below the hips belong to cloth that goes round both legs.

    Per piece and level: where there is surface in the middle plane that looks forwards or
    backwards (the insides of two trouser legs look sideways), from the hips downwards
    without a gap (feet that stand close together are no hem).
    """
    hips = joints[BONE_INDEX["hips"]]
    legs = [joints[BONE_INDEX[f"{s}UpperLeg"]] for s in ("left", "right")]
    crotch = min(float(leg[1]) for leg in legs) - 0.05 * height
    below = (spots[:, 1] < crotch) & (first[:, _ARMS].sum(axis=1) < 0.3)
    middle = (np.abs(spots[:, 0] - hips[0]) < 0.012 * height) & (np.abs(normals[:, 2]) > 0.75)
    level = np.floor((crotch - spots[:, 1]) / (0.015 * height)).astype(np.int64)
    out = np.zeros(len(spots), np.bool_)
    for piece in np.unique(pieces[below & middle]):
        mine = below & (pieces == piece)
        closed = np.flatnonzero(np.bincount(level[mine & middle]))
        gap = np.flatnonzero(np.diff(closed, prepend=0) > _HEM_GAP)
        closed = closed[: gap[0]] if len(gap) else closed
        if len(closed) >= 3:
            out |= mine & (level <= int(closed.max()))
    return out


def _between_legs(spots: Floats, table: Floats, joints: Floats) -> Floats:
    """Return weights of cloth around both legs: hips above, then each leg by its side."""
    left, right = (joints[BONE_INDEX[f"{s}UpperLeg"]] for s in ("left", "right"))
    knee = 0.5 * sum(joints[BONE_INDEX[f"{s}LowerLeg"]][1] for s in ("left", "right"))
    top, middle = 0.5 * (left[1] + right[1]), 0.5 * (left + right)
    half = max(0.5 * float(np.abs(left[0] - right[0])), 1e-6)
    side = 0.5 + 0.5 * np.tanh((spots[:, 0] - middle[0]) / (0.7 * half))
    down = np.clip((top - spots[:, 1]) / max(top - knee, 1e-6), 0.0, 2.0)
    legs = np.clip(down / 0.25, 0.0, 1.0)
    lower = 0.8 * np.clip((down - 0.75) / 0.6, 0.0, 1.0)
    out = np.zeros_like(table)
    out[:, BONE_INDEX["hips"]] = 1.0 - legs
    for name, share in (("left", side), ("right", 1.0 - side)):
        out[:, BONE_INDEX[f"{name}UpperLeg"]] = legs * share * (1.0 - lower)
        out[:, BONE_INDEX[f"{name}LowerLeg"]] = legs * share * lower
    keep = np.clip(1.0 - down / 0.15, 0.0, 1.0)[:, None]
    return keep * table + (1.0 - keep) * out


def _stiffen(spots: Floats, pieces: Ints, table: Floats, height: float) -> Bools:
    """Give small pieces one weight for all their places; return which places those are."""
    count = int(pieces.max()) + 1
    low = np.full((count, 3), np.inf)
    high = np.full((count, 3), -np.inf)
    np.minimum.at(low, pieces, spots)
    np.maximum.at(high, pieces, spots)
    small = np.linalg.norm(high - low, axis=1) < _SMALL * height
    size = np.maximum(np.bincount(pieces, minlength=count), 1)
    rigid = small[pieces]
    mean = np.zeros((count, BONE_COUNT))
    np.add.at(mean, pieces[rigid], table[rigid])
    table[rigid] = (mean / size[:, None])[pieces[rigid]]
    return rigid


def _follow_cover(
    spots: Floats, normals: Floats, table: Floats, shown: Bools, apart: Bools, height: float
) -> None:
    """Give layers under others the weights of what covers them, so that they stay under it."""
    cover = np.flatnonzero(shown & ~apart)
    under = np.flatnonzero(~shown & ~apart)
    if len(cover) < _AROUND or not len(under):
        return
    distance, near = nearest(spots[cover], spots[under], _AROUND)
    facing = np.einsum("nkc,nc->nk", normals[cover[near]], normals[under])
    share = np.clip(2.0 - distance / (_COVER * height), 0.0, 1.0) * (facing > _FACING)
    mix = share / (distance + 1e-3 * height)
    mix /= np.maximum(mix.sum(axis=1, keepdims=True), 1e-12)
    above = np.einsum("nk,nkb->nb", mix, table[cover[near]])
    most = share.max(axis=1, keepdims=True)
    table[under] = most * above + (1.0 - most) * table[under]


def _smoothed(table: Floats, faces: Ints, free: Bools, rounds: int) -> Floats:
    """Return weights averaged with their neighbours where free."""
    from scipy.sparse import coo_matrix, diags

    count = len(table)
    a, b = faces[:, [0, 1, 2]].ravel(), faces[:, [1, 2, 0]].ravel()
    one = np.ones(2 * len(a))
    graph = coo_matrix((one, (np.r_[a, b], np.r_[b, a])), (count, count)).tocsr()
    mean = diags(1.0 / np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1.0)) @ graph
    alone = np.asarray(graph.sum(axis=1)).ravel() == 0
    for _ in range(rounds):
        new = 0.5 * table + 0.5 * (mean @ table)
        table = np.where((free & ~alone)[:, None], new, table)
    return table / table.sum(axis=1, keepdims=True)
