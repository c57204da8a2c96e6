"""A bare head is round: the coarse triangles of the scalp are divided along its curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.core.model import MeshPart, Morph

Points = NDArray[np.float64]
Ints = NDArray[np.int64]


def round_scalp(parts: list[MeshPart], body: Body) -> None:
    """Divide the triangles over brows and ears of skin parts into four, in place.

    New corners lie on the curve through two old ones and their normals (the edges of curved
    PN triangles, Vlachos et al. 2001). An edge is divided by its ends alone, so that parts
    which share it stay joined.
    """
    level = float(body.landmarks["leftEyeFront"][1]) + 0.30 * body.head_radius
    behind = float(body.head_centre[2]) - 0.25 * body.head_radius
    ear = 0.92 * abs(float(body.landmarks["leftEar"][0]))
    nape = float(body.landmarks["leftEyeFront"][1]) - 0.65 * body.head_radius
    head = body.humanoid["head"]
    for part in parts:
        p = part.positions.astype(np.float64)
        back = (p[:, 2] < behind) & (p[:, 1] > nape) & (np.abs(p[:, 0]) < ear)
        if part.joints is None or part.weights is None:
            continue
        held = np.where(part.joints == head, part.weights, 0.0).sum(axis=1) > 0.9
        _divide(part, ((p[:, 1] > level) | back) & held)


def _divide(part: MeshPart, inside: NDArray[np.bool_]) -> None:
    tri = part.triangles.astype(np.int64)
    edges = np.sort(np.stack([tri, np.roll(tri, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    split = inside[edges].all(axis=1)
    pairs, number = np.unique(edges[split], axis=0, return_inverse=True)
    if not len(pairs):
        return
    middle = np.full(len(edges), -1, np.int64)
    middle[split] = len(part.positions) + number.ravel()
    part.triangles = _cut(tri, middle.reshape(-1, 3)).astype(np.uint32)
    _add_rows(part, pairs[:, 0], pairs[:, 1])


def _cut(tri: Ints, mid: Ints) -> Ints:
    """Return triangles cut at the middles (t, 3) of their edges 01, 12, 20; -1 is whole."""
    count = (mid >= 0).sum(axis=1)
    out = [tri[count == 0]]
    t, m = tri[count == 3], mid[count == 3]
    for a, b, c in ((t[:, 0], m[:, 0], m[:, 2]), (t[:, 1], m[:, 1], m[:, 0]),
                    (t[:, 2], m[:, 2], m[:, 1]), (m[:, 0], m[:, 1], m[:, 2])):  # fmt: skip
        out.append(np.stack([a, b, c], axis=1))
    for k in range(3):
        turned, cut = np.roll(tri, -k, axis=1), np.roll(mid, -k, axis=1)
        one = (count == 1) & (cut[:, 0] >= 0)
        t, m = turned[one], cut[one]
        out += [
            np.stack([t[:, 0], m[:, 0], t[:, 2]], 1),
            np.stack([m[:, 0], t[:, 1], t[:, 2]], 1),
        ]
        two = (count == 2) & (cut[:, 2] < 0)
        t, m = turned[two], cut[two]
        out += [
            np.stack([m[:, 0], t[:, 1], m[:, 1]], 1),
            np.stack([t[:, 0], m[:, 0], m[:, 1]], 1),
            np.stack([t[:, 0], m[:, 1], t[:, 2]], 1),
        ]
    return np.concatenate(out)


def _add_rows(part: MeshPart, a: Ints, b: Ints) -> None:
    """Add the vertices between the vertices ``a`` and ``b`` of a part."""
    first = len(part.positions)
    true = part.normals if part.outline_normals is None else part.outline_normals
    p, n = part.positions.astype(np.float64), true.astype(np.float64)
    way = p[b] - p[a]
    bulge = (
        np.sum(way * n[b], axis=1)[:, None] * n[b] - np.sum(way * n[a], axis=1)[:, None] * n[a]
    )
    part.positions = np.concatenate([p, 0.5 * (p[a] + p[b]) + bulge / 8.0]).astype(np.float32)
    part.normals = _between(part.normals, a, b)
    if part.outline_normals is not None:
        part.outline_normals = _between(part.outline_normals, a, b)
    if part.outline_scale is not None:
        scale = part.outline_scale
        part.outline_scale = np.concatenate([scale, 0.5 * (scale[a] + scale[b])])
    part.uvs = np.concatenate([part.uvs, 0.5 * (part.uvs[a] + part.uvs[b])]).astype(np.float32)
    if part.joints is not None and part.weights is not None:
        part.joints = np.concatenate([part.joints, part.joints[a]])
        part.weights = np.concatenate([part.weights, part.weights[a]])
    part.morphs = {k: _wider(m, a, b, first) for k, m in part.morphs.items()}


def _between(normals: NDArray[np.float32], a: Ints, b: Ints) -> NDArray[np.float32]:
    middle = normals[a] + normals[b]
    middle /= np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-9)
    return np.concatenate([normals, middle]).astype(np.float32)


def _wider(morph: Morph, a: Ints, b: Ints, first: int) -> Morph:
    dense = np.zeros((first, 3))
    dense[morph.indices] = morph.positions
    more = 0.5 * (dense[a] + dense[b])
    rows = np.flatnonzero(np.abs(more).max(axis=1) > 0)
    return Morph(
        np.concatenate([morph.indices, (first + rows).astype(np.uint32)]),
        np.concatenate([morph.positions, more[rows].astype(np.float32)]),
    )
