"""Openings of eyes and mouth in the skin of a face: where lids and lips end.

Lids and lips are looked for near those of the fitted template, on the piece of the mesh that
has the nose: their edges are open borders of the surface or sharp folds inwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.face.topology import face_loops
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.rig.fit import Fitted
from cyberdirector.rig.weights import connected_pieces, face_rows, nearest, weld

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_FOLD = 0.35
"""Cosine between the normals of two triangles below which their edge is a fold."""
_CREASE = -0.2
"""The same where lips turn into the mouth."""
_BINS = 28
"""Directions around an eye that are looked at."""
_SLICES = 16
"""Slices across a mouth that are looked at."""
_FINE = 160
"""Directions in which the rim of an eye is then measured."""
_AHEAD = 0.5
"""Least z of the normals of skin around lids; the edges of the lids look up and down."""
_FILLED = 0.6
"""Share of them that must show an edge."""
_WIDE = (0.45, 2.2)
"""Width of an opening over that of the fitted template's."""
_LEAST_VERTICES = 250
"""Vertices that the skin of a face needs for shapes to be worth while."""


@dataclass(frozen=True)
class Openings:
    """Edges of lids and lips of a figure, metres.

    Attributes
    ----------
    eyes
        Left and right: the rim (n, 3) of the hole between the lids as seen from the front,
        or None where the eye is closed or painted.
    mouth
        The line (n, 3) where the lips meet, from the right to the left corner, or None.
    skin
        (v,) vertices of the piece of mesh that has the face.
    """

    eyes: tuple[Floats | None, Floats | None]
    mouth: Floats | None
    skin: Bools

    @property
    def enough(self) -> bool:
        """Whether the skin of the face has vertices enough to make faces with."""
        return int(self.skin.sum()) >= _LEAST_VERTICES


def find_openings(points: Floats, triangles: Ints, fitted: Fitted, height: float) -> Openings:
    """Return the openings of the face of an upright figure (metres)."""
    place, faces = weld(points, triangles, 1e-5 * height)
    count = int(place.max()) + 1
    spots = np.zeros((count, 3))
    spots[place] = points
    pieces = connected_pieces(faces, count)
    near_face = fitted.points[face_rows(fitted)]
    distance, _ = nearest(near_face, spots, 2)
    radius = _size(fitted)
    mine = distance[:, 0] < 0.12 * radius
    hits = np.bincount(pieces[mine], minlength=int(pieces.max()) + 1)
    skin = pieces == int(hits.argmax())
    own = faces[skin[faces[:, 0]]]
    edges = _feature_rows(spots, own)
    head = fitted.points[fitted.body.head_weight[: len(fitted.points)] > 0.9]
    front = head[:, 2].min() + 0.45 * float(np.ptp(head[:, 2]))
    edges = edges[spots[edges, 2] > front]
    loops = face_loops(fitted.body.template)
    around = own[nearest(near_face, spots[own[:, 0]], 2)[0][:, 0] < radius]
    ahead = _dense(spots, around[_facing(spots, around) > _AHEAD])
    ahead = ahead[ahead[:, 2] > front]
    eyes = [
        _eye(
            spots[edges],
            ahead,
            fitted.points[loops.upper_lid[k]],
            fitted.points[loops.lower_lid[k]],
        )
        for k in (0, 1)
    ]
    sharp = _feature_rows(spots, own, _CREASE)
    sharp = sharp[spots[sharp, 2] > front]
    line = fitted.points[loops.upper_lip]
    mouth = _mouth(spots[sharp], ahead, line)
    if mouth is None:
        mouth = _mouth(spots[edges], ahead, line)
    face = skin & (distance[:, 0] < 0.6 * radius)
    return Openings((eyes[0], eyes[1]), mouth, face[place])


def _size(fitted: Fitted) -> float:
    """Return the radius of the fitted head, metres."""
    scale = float(np.linalg.norm(fitted.frames[BONE_INDEX["head"]], axis=0).mean())
    return fitted.body.head_radius * scale


def _feature_rows(spots: Floats, faces: Ints, fold: float = _FOLD) -> Ints:
    """Return vertices on open borders and sharp folds of a surface."""
    ends = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    owner = np.repeat(np.arange(len(faces)), 3)
    key = ends[:, 0] * len(spots) + ends[:, 1]
    order = np.argsort(key, kind="stable")
    key, owner, ends = key[order], owner[order], ends[order]
    a, b, c = (spots[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20)
    _, first, shared = np.unique(key, return_index=True, return_counts=True)
    border = ends[first[shared == 1]]
    twin = first[shared == 2]
    turn = np.einsum("ij,ij->i", normal[owner[twin]], normal[owner[twin + 1]])
    crossing = ends[first[shared > 2]]
    return np.unique(np.concatenate([border, ends[twin[turn < fold]], crossing]))


def _eye(edges: Floats, close: Floats, upper: Floats, lower: Floats) -> Floats | None:
    """Return the rim of an eye near that of the template, or None."""
    rim = np.concatenate([upper, lower])
    centre = 0.5 * (rim.min(axis=0) + rim.max(axis=0))
    half = 0.5 * np.ptp(rim, axis=0)
    local = (edges - centre)[:, :2] / half[:2]
    distance = np.linalg.norm(local, axis=1)
    near = (
        (distance > 0.25) & (distance < 1.9) & (np.abs(edges[:, 2] - centre[2]) < 1.2 * half[0])
    )
    if near.sum() < _BINS:
        return None
    edges, local, distance = edges[near], local[near], distance[near]
    shift = 0.5 * (local.min(axis=0) + local.max(axis=0))
    local = local - shift
    distance = np.linalg.norm(local, axis=1)
    angle = np.arctan2(local[:, 1], local[:, 0])
    if len(np.unique(_bin_of(angle))) < _FILLED * _BINS:
        return None
    loop = _hole(close, centre + np.append(shift * half[:2], 0.0), half)
    if loop is None:
        return None
    width = float(np.ptp(loop[:, 0])) / (2.0 * half[0])
    tall = float(np.ptp(loop[:, 1])) / (2.0 * half[1])
    if not (_WIDE[0] < width < _WIDE[1] and 0.3 < tall < 3.0):
        return None
    return loop


def _bin_of(angle: Floats, count: int = _BINS) -> Ints:
    return np.floor((angle + np.pi) / (2.0 * np.pi) * count).astype(np.int64) % count


def _hole(close: Floats, centre: Floats, half: Floats) -> Floats | None:
    """Return the rim (n, 3) of the hole that surface points leave around a place, or None.

    Seen from the front; per direction the point that lies nearest to the middle.
    """
    local = (close - centre)[:, :2] / half[:2]
    distance = np.linalg.norm(local, axis=1)
    near = (distance < 2.2) & (np.abs(close[:, 2] - centre[2]) < 1.5 * half[0])
    close, local, distance = close[near], local[near], distance[near]
    number = _bin_of(np.arctan2(local[:, 1], local[:, 0]), _FINE)
    order = np.lexsort((distance, number))
    first = order[np.flatnonzero(np.diff(number[order], prepend=-1))]
    if len(first) < 0.8 * _FINE or float(np.median(distance[first])) < 0.2:
        return None
    return close[first]


def _facing(spots: Floats, faces: Ints) -> Floats:
    """Return how far (t,) triangles look forwards: the z of their unit normals."""
    a, b, c = (spots[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    return np.asarray(normal[:, 2] / np.maximum(np.linalg.norm(normal, axis=1), 1e-20))


def _dense(spots: Floats, faces: Ints) -> Floats:
    """Return points (n, 3) spread over triangles, 28 in each."""
    steps = np.arange(7) / 6.0
    u, v = (g.ravel() for g in np.meshgrid(steps, steps))
    inside = u + v <= 1.0 + 1e-9
    mix = np.stack([1.0 - u - v, u, v], axis=1)[inside]
    return np.einsum("mk,fkc->fmc", mix, spots[faces]).reshape(-1, 3)


def _mouth(edges: Floats, close: Floats, line: Floats) -> Floats | None:
    """Return the line where the lips meet near that of the template, or None."""
    low, high = line.min(axis=0), line.max(axis=0)
    half = 0.5 * float(high[0] - low[0])
    middle = 0.5 * (low + high)
    near = np.abs(edges[:, 0] - middle[0]) < 1.7 * half
    near &= np.abs(edges[:, 1] - middle[1]) < 1.1 * half
    near &= np.abs(edges[:, 2] - middle[2]) < 0.8 * half
    found = edges[near]
    if len(found) < _SLICES // 2:
        return None
    slices = np.floor((found[:, 0] - middle[0]) / half * 0.5 * _SLICES).astype(np.int64)
    best, level = -np.inf, middle[1]
    for y in middle[1] + half * np.linspace(-1.0, 1.0, 41):
        filled = len(np.unique(slices[np.abs(found[:, 1] - y) < 0.16 * half]))
        score = filled - 6.0 * abs(float(y - middle[1])) / half
        if score > best:
            best, level = score, float(y)
    found = found[np.abs(found[:, 1] - level) < 0.25 * half]
    found = _unbroken(found, float(middle[0]), 0.3 * half)
    if len(found) < _SLICES // 2:
        return None
    left, right = float(found[:, 0].max()), float(found[:, 0].min())
    reach = 1.06 * min(left - float(middle[0]), float(middle[0]) - right)
    left, right = min(left, float(middle[0]) + reach), max(right, float(middle[0]) - reach)
    found = found[(found[:, 0] <= left) & (found[:, 0] >= right)]
    if not _WIDE[0] < (left - right) / (2.0 * half) < _WIDE[1]:
        return None
    number = np.floor((found[:, 0] - right) / (left - right + 1e-9) * _SLICES).astype(np.int64)
    rows = []
    for k in range(_SLICES):
        those = found[number == k]
        if len(those):
            front = those[those[:, 2] > those[:, 2].max() - 0.06 * half]
            x, y, z = np.median(front, axis=0)
            around = close[np.hypot(close[:, 0] - x, close[:, 1] - y) < 0.05 * half]
            rows.append(np.array([x, y, float(around[:, 2].max()) if len(around) else z]))
    return np.array(rows) if len(rows) >= 0.5 * _SLICES else None


def _unbroken(found: Floats, start: float, gap: float) -> Floats:
    """Return the points on both sides of x = ``start`` up to the first gap in x."""
    found = found[np.argsort(found[:, 0], kind="stable")]
    if not len(found):
        return found
    middle = int(np.abs(found[:, 0] - start).argmin())
    breaks = np.flatnonzero(np.diff(found[:, 0]) > gap)
    low = breaks[breaks < middle]
    high = breaks[breaks >= middle]
    return found[(low[-1] + 1 if len(low) else 0) : (high[0] + 1 if len(high) else None)]


def anchors_of(openings: Openings, fitted: Fitted) -> tuple[Ints, Floats]:
    """Return template vertices on lids and lips and where they belong on the figure."""
    loops = face_loops(fitted.body.template)
    rows, places = [], []
    for k, rim in enumerate(openings.eyes):
        own = None if rim is None else _own_rim(fitted, k)
        if rim is None or own is None:
            continue
        lids = [
            loops.upper_lid[k],
            loops.lower_lid[k],
            *loops.lid_edges[k],
            loops.lid_rings[k][0],
        ]
        vertices = np.unique(np.concatenate(lids))
        vertices = vertices[np.isin(vertices, fitted.triangles)]
        rows.append(vertices)
        places.append(_onto(fitted.points[vertices], own, rim))
    if openings.mouth is not None:
        for vertices in (loops.upper_lip, loops.lower_lip):
            rows.append(vertices)
            places.append(_along(fitted.points[vertices], openings.mouth))
    if not rows:
        return np.zeros(0, np.int64), np.zeros((0, 3))
    every, first = np.unique(np.concatenate(rows), return_index=True)
    return every, np.concatenate(places)[first]


def _own_rim(fitted: Fitted, side: int) -> Floats | None:
    """Return the rim of an eye of the fitted template, measured like that of the figure."""
    loops = face_loops(fitted.body.template)
    lids = fitted.points[np.concatenate([loops.upper_lid[side], loops.lower_lid[side]])]
    centre = 0.5 * (lids.min(axis=0) + lids.max(axis=0))
    half = 0.5 * np.ptp(lids, axis=0)
    local = np.abs(fitted.points[fitted.triangles[:, 0]] - centre)
    faces = fitted.triangles[(local < 2.5 * half[0]).all(axis=1)]
    faces = faces[_facing(fitted.points, faces) > _AHEAD]
    return _hole(_dense(fitted.points, faces), centre, half) if len(faces) else None


def _onto(vertices: Floats, before: Floats, after: Floats) -> Floats:
    """Return vertices around one rim carried to where they lie around another.

    Both rims are seen as a radius and a depth per direction from the middle of their box,
    in shares of its sides.
    """
    boxes = [(0.5 * (r.min(0) + r.max(0)), 0.5 * np.ptp(r, axis=0)) for r in (before, after)]
    at = np.linspace(-np.pi, np.pi, 73)
    curves = []
    for rim, (centre, half) in zip((before, after), boxes, strict=True):
        local = (rim - centre)[:, :2] / half[:2]
        angle = np.arctan2(local[:, 1], local[:, 0])
        order = np.argsort(angle)
        radius = np.linalg.norm(local, axis=1)
        curves.append(
            [
                np.interp(at, angle[order], v[order], period=2.0 * np.pi)
                for v in (radius, rim[:, 2])
            ]
        )
    local = (vertices - boxes[0][0])[:, :2] / boxes[0][1][:2]
    angle = np.arctan2(local[:, 1], local[:, 0])
    grow = np.interp(angle, at, curves[1][0] / np.maximum(curves[0][0], 1e-6))
    out = vertices.copy()
    out[:, :2] = boxes[1][0][:2] + local * grow[:, None] * boxes[1][1][:2]
    out[:, 2] += np.interp(angle, at, curves[1][1] - curves[0][1])
    return out


def _along(vertices: Floats, curve: Floats) -> Floats:
    """Return for vertices in a row the places of the same share of the width on a curve."""
    x = vertices[:, 0]
    share = (x - x.min()) / max(float(np.ptp(x)), 1e-9)
    at = curve[:, 0].min() + share * float(np.ptp(curve[:, 0]))
    return np.stack([np.interp(at, curve[:, 0], curve[:, k]) for k in range(3)], axis=1)
