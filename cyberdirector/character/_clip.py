"""Triangle meshes: cutting on iso-lines, refining, welding, normals.

All functions are pure and vectorised over triangles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TINY = 1e-12


def compact(triangles: Ints, *arrays: Floats) -> tuple[Ints, list[Floats]]:
    """Return the triangles and per-vertex arrays without unused vertices."""
    used, inverse = np.unique(triangles, return_inverse=True)
    return inverse.reshape(triangles.shape).astype(np.int64), [a[used] for a in arrays]


def unique_edges(pairs: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the distinct undirected edges of pairs (n, 2).

    Returns
    -------
    edges (e, 2) with the smaller vertex first, the edge number (n,) of each pair, and how
    often each edge occurs (e,).
    """
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    span = int(high.max(initial=0)) + 1
    key, inverse, count = np.unique(low * span + high, return_inverse=True, return_counts=True)
    edges = np.stack([key // span, key % span], axis=1)
    return edges.astype(np.int64), inverse.reshape(-1).astype(np.int64), count.astype(np.int64)


def clip(
    vertices: Floats,
    triangles: Ints,
    field: Floats,
    attributes: Sequence[Floats] = (),
) -> tuple[Floats, Ints, list[Floats]]:
    """Keep the part of a mesh where a scalar field is not negative.

    Triangles are cut on the zero line of the linearly interpolated field (marching
    triangles), so the new border is as smooth as the field and has no steps.

    Parameters
    ----------
    vertices
        (v, 3) float, metres.
    triangles
        (t, 3) int.
    field
        (v,) float; kept where ≥ 0.
    attributes
        Per-vertex arrays (v, …) that are interpolated along.

    Returns
    -------
    vertices, triangles, attributes
        Of the kept part, without unused vertices. Orientation is preserved. Cut edges
        shared by two triangles share the new vertex.
    """
    vertices = np.asarray(vertices, dtype=np.float64)
    level = np.where(np.abs(field) < _TINY, _TINY, np.asarray(field, dtype=np.float64))
    inside = level >= 0
    count = inside[triangles].sum(axis=1)
    one = _lonely_first(triangles[count == 1], inside, wanted=True)
    two = _lonely_first(triangles[count == 2], inside, wanted=False)

    edges = np.concatenate([one[:, [0, 1]], one[:, [0, 2]], two[:, [0, 1]], two[:, [0, 2]]])
    unique, inverse, _ = unique_edges(edges)
    number = len(vertices) + inverse
    n1, n2 = len(one), len(two)
    p1, q1 = number[:n1], number[n1 : 2 * n1]
    p2, q2 = number[2 * n1 : 2 * n1 + n2], number[2 * n1 + n2 :]
    kept = np.concatenate(
        [
            triangles[count == 3],
            np.stack([one[:, 0], p1, q1], axis=1),
            np.stack([p2, two[:, 1], two[:, 2]], axis=1),
            np.stack([p2, two[:, 2], q2], axis=1),
        ]
    )
    a, b = unique[:, 0], unique[:, 1]
    share = level[a] / (level[a] - level[b]) if len(unique) else np.zeros(0)

    def mix(values: Floats) -> Floats:
        values = np.asarray(values, dtype=np.float64)
        t = share.reshape(-1, *([1] * (values.ndim - 1)))
        return np.concatenate([values, values[a] * (1 - t) + values[b] * t])

    kept, arrays = compact(kept, mix(vertices), *[mix(x) for x in attributes])
    return arrays[0], kept, arrays[1:]


def _lonely_first(triangles: Ints, inside: NDArray[np.bool_], wanted: bool) -> Ints:
    """Rotate each triangle so that its one corner with ``inside == wanted`` is first."""
    first = (inside[triangles] == wanted).argmax(axis=1) if len(triangles) else np.zeros(0, int)
    order = (first[:, None] + np.arange(3)) % 3
    return np.take_along_axis(triangles, order, axis=1)


def clip_all(
    vertices: Floats,
    triangles: Ints,
    fields: Sequence[Floats],
    attributes: Sequence[Floats] = (),
) -> tuple[Floats, Ints, list[Floats]]:
    """Keep the part of a mesh where every field is not negative (see :func:`clip`)."""
    n = len(attributes)
    rest = [*attributes, *fields]
    for i in range(len(fields)):
        vertices, triangles, rest = clip(vertices, triangles, rest[n + i], rest)
    return vertices, triangles, rest[:n]


def refine(
    vertices: Floats, triangles: Ints, attributes: Sequence[Floats] = (), bend: float = 0.0
) -> tuple[Floats, Ints, list[Floats]]:
    """Split every triangle into four at the edge middles.

    ``bend`` 0 keeps the shape; 1 moves the new points onto the curved surface that the
    vertex normals suggest (Phong tessellation, Boubekeur and Alexa 2008).
    """
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    unique, inverse, _ = unique_edges(edges)
    number = inverse.reshape(3, -1) + len(vertices)
    a, b = unique[:, 0], unique[:, 1]
    middle = 0.5 * (vertices[a] + vertices[b])
    if bend > 0:
        n = vertex_normals(vertices, triangles)
        half = 0.5 * (vertices[b] - vertices[a])
        lift = 0.5 * (
            np.sum(half * n[a], 1)[:, None] * n[a] - np.sum(half * n[b], 1)[:, None] * n[b]
        )
        middle = middle - bend * lift
    ab, bc, ca = number
    v0, v1, v2 = triangles.T
    split = np.concatenate(
        [
            np.stack([v0, ab, ca], axis=1),
            np.stack([ab, v1, bc], axis=1),
            np.stack([ca, bc, v2], axis=1),
            np.stack([ab, bc, ca], axis=1),
        ]
    )
    more = [np.concatenate([x, 0.5 * (x[a] + x[b])]) for x in attributes]
    return np.concatenate([vertices, middle]), split, more


def vertex_normals(vertices: Floats, triangles: Ints) -> Floats:
    """Return unit vertex normals (v, 3), weighted by triangle area."""
    corner = vertices[triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    total = np.stack(
        [
            np.bincount(triangles.ravel(), np.repeat(face[:, k], 3), minlength=len(vertices))
            for k in range(3)
        ],
        axis=1,
    )
    length = np.linalg.norm(total, axis=1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0])
    return np.where(length > 1e-15, total / np.maximum(length, 1e-15), up)


def smooth(
    vertices: Floats,
    triangles: Ints,
    rounds: int,
    amount: float = 0.5,
    pin: Floats | None = None,
) -> Floats:
    """Return vertices after Laplacian smoothing; border vertices stay.

    ``pin`` (v,) in 0..1 holds vertices back (1 = fixed).
    """
    from scipy.sparse import coo_matrix

    n = len(vertices)
    half = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    unique, _, count = unique_edges(half)
    i = np.concatenate([unique[:, 0], unique[:, 1]])
    j = np.concatenate([unique[:, 1], unique[:, 0]])
    matrix = coo_matrix((np.ones(len(i)), (i, j)), shape=(n, n)).tocsr()
    degree = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1.0)
    free = np.ones(n) if pin is None else 1.0 - pin
    free = free.copy()
    free[unique[count == 1].ravel()] = 0.0
    gain = (amount * free)[:, None]
    for _ in range(rounds):
        vertices = vertices + gain * ((matrix @ vertices) / degree[:, None] - vertices)
    return vertices


def quads_to_triangles(quads: Ints) -> Ints:
    """Return the triangles of quads (q, 4); repeated corners are dropped."""
    t = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int64)
    good = (t[:, 0] != t[:, 1]) & (t[:, 1] != t[:, 2]) & (t[:, 0] != t[:, 2])
    return t[good]


def cast_rays(
    origins: Floats, directions: Floats, vertices: Floats, triangles: Ints, last: bool = False
) -> Floats:
    """Return the distance along each ray to the first (or last) triangle it meets.

    Moeller-Trumbore, all rays against all triangles in blocks; both sides count.

    Parameters
    ----------
    origins, directions
        (r, 3) float; distances are in units of the direction's length.

    Returns
    -------
    (r,) float64, NaN where nothing is met.
    """
    corner = vertices[triangles].astype(np.float32)
    a, e1, e2 = corner[:, 0], corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    out = np.full(len(origins), np.nan)
    block = max(1, 1_000_000 // max(1, len(triangles)))
    for start in range(0, len(origins), block):
        o = origins[start : start + block, None].astype(np.float32)
        d = directions[start : start + block, None].astype(np.float32)
        p = np.cross(d, e2)
        det = np.sum(p * e1, axis=2)
        inv = 1.0 / np.where(np.abs(det) < 1e-14, np.float32(1e-14), det)
        s = o - a
        u = np.sum(s * p, axis=2) * inv
        q = np.cross(s, e1)
        v = np.sum(d * q, axis=2) * inv
        t = np.sum(q * e2, axis=2) * inv
        hit = (u >= -1e-4) & (v >= -1e-4) & (u + v <= 1.0002) & (t > 1e-6)
        hit &= np.abs(det) > 1e-14
        far = np.where(hit, t, -np.inf if last else np.inf)
        best = far.max(axis=1) if last else far.min(axis=1)
        out[start : start + block] = np.where(np.isfinite(best), best, np.nan)
    return out
