"""Fewer triangles: vertices slide along an edge into a neighbour and vanish.

Only the triangle list changes. The error of a slide is the quadric of Garland & Heckbert,
"Surface Simplification Using Quadric Error Metrics" (SIGGRAPH 1997), plus what the neighbour
bends and shades differently. Slides run in rounds; those of one round touch no common
triangle, so a round is a handful of array operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_ROUNDS = 40


@dataclass
class _Mesh:
    """What a round reads and changes."""

    points: list[Floats]
    """Per pose (vertices, 3), metres, around their mean; the rest pose first."""
    traits: NDArray[np.float32]
    """(vertices, nodes + 3), skin weights and normal, scaled to metres."""
    carried: NDArray[np.float32]
    """Traits × area, summed over the vertices that each has taken up."""
    squares: Floats
    """Squared traits × area, summed likewise, (vertices,)."""
    locked: Bools
    quadrics: list[Floats]
    """Per pose (vertices, 10): xx, xy, xz, yy, yz, zz, x, y, z, 1 of area × distance²."""
    areas: list[Floats]
    """Per pose (vertices,), of the triangles around all that each vertex has taken up."""
    triangles: Ints
    barred: Ints
    """-1 and the sorted keys (start × vertices + end) of the slides that were refused."""
    goal: Ints
    """Best neighbour of every vertex, known where not stale."""
    cost: Floats
    """Squared error of sliding there, m², inf where above the limit."""
    stale: Bools
    """Whose goal and cost must be found again."""
    steepest: float
    """Least cosine between the normals of a triangle before and after one slide."""
    closed: bool
    """Whether slides that pinch the surface are refused (the link condition)."""
    rank: Ints
    """A vertex slides only into one of the same or a higher rank."""
    faces: Ints
    """The number that each triangle had at first."""


@dataclass
class _Edges:
    """Directed edges of all triangles, sorted by start and end."""

    keys: Ints
    start: Ints
    end: Ints
    first: Ints
    """Index of the first edge of every vertex that has any."""


class Simplifier:
    """Takes triangles out of a mesh, a limit at a time.

    Parameters
    ----------
    poses
        Per pose (vertices, 3), metres; the rest pose first. The limit holds in each.
    traits
        (vertices, n) float32: what else a vertex must share with the one that takes its
        place, scaled to metres.
    triangles
        (triangles, 3) vertex numbers.
    locked
        (vertices,) bool, vertices that stay.
    steepest
        Least cosine between the normals of a triangle before and after one slide.
    closed
        Refuse slides that pinch the surface (the link condition), and lock vertices where
        two triangles run through an edge in the same direction.
    rim
        How strongly open borders keep their line (0: they are not treated apart), in
        shares of the surface around them.
    rank
        (vertices,) int; a vertex slides only into one of the same or a higher rank.
    weights
        (triangles,) how much the error at each triangle counts; None: 1 everywhere.

    Attributes
    ----------
    triangles
        (left, 3) int64, what is left.
    faces
        (left,) int64, the number that each had at first.
    """

    def __init__(
        self,
        poses: Sequence[Floats],
        traits: NDArray[np.float32],
        triangles: NDArray[np.integer],
        locked: Bools,
        *,
        steepest: float = 0.5,
        closed: bool = True,
        rim: float = 0.0,
        rank: Ints | None = None,
        weights: Floats | None = None,
    ) -> None:
        points = [p - p.mean(axis=0) for p in poses]
        corners = triangles.astype(np.int64)
        counts = np.ones(len(corners)) if weights is None else weights
        found = [_quadrics(p, corners, counts) for p in points]
        areas = [np.maximum(a, 1e-20) for _, a in found]
        quadrics = [q for q, _ in found]
        if rim > 0.0:
            quadrics = [
                q + rim * _rim_quadrics(p, corners, counts)
                for p, q in zip(points, quadrics, strict=True)
            ]
        area, count = areas[0], len(points[0])
        self._mesh = _Mesh(
            points,
            traits,
            traits * area[:, None].astype(np.float32),
            np.einsum("ij,ij->i", traits, traits, dtype=np.float64) * area,
            locked,
            quadrics,
            areas,
            corners,
            np.full(1, -1, np.int64),
            np.arange(count),
            np.full(count, np.inf),
            np.ones(count, np.bool_),
            steepest,
            closed,
            np.zeros(count, np.int64) if rank is None else rank,
            np.arange(len(corners)),
        )

    @property
    def triangles(self) -> Ints:
        """Return the triangles that are left."""
        return self._mesh.triangles

    @property
    def faces(self) -> Ints:
        """Return the number that each triangle had at first."""
        return self._mesh.faces

    def reduce(self, limit: float, target: int = 0, least: float = 0.02) -> None:
        """Slide vertices until no slide is cheap enough or few triangles are left.

        Parameters
        ----------
        limit
            Largest error of one slide, metres (root mean square over the surface it
            carries). Later calls may raise it.
        target
            Stop at this number of triangles.
        least
            Share of the vertices that a round must try to slide to be followed by another.
        """
        mesh = self._mesh
        mesh.stale[:] = True
        few = least * len(mesh.goal)
        for _ in range(_ROUNDS):
            if len(mesh.triangles) <= target or _slide_round(mesh, limit, target) <= few:
                break


def open_edges(triangles: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the start and end vertices of edges that only one triangle has."""
    edges = _edges(triangles, count)
    alone = ~_has(edges.keys, edges.end * count + edges.start)
    return edges.start[alone], edges.end[alone]


def _lock_crooked(edges: _Edges, locked: Bools) -> None:
    """Lock the ends of edges that two triangles run through in the same direction."""
    twice = np.flatnonzero(edges.keys[1:] == edges.keys[:-1])
    locked[edges.start[twice]] = True
    locked[edges.end[twice]] = True


def _quadrics(points: Floats, triangles: Ints, weights: Floats) -> tuple[Floats, Floats]:
    """Return (vertices, 10) summed plane quadrics × area × weight, and (vertices,) the area."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    length = np.linalg.norm(cross, axis=1)
    n = cross / np.maximum(length, 1e-20)[:, None]
    plane = np.column_stack([n, -(n * a).sum(axis=1)])
    area = length / 2.0
    terms = _plane_terms(plane) * (area * weights)[:, None]
    corners = triangles.ravel()
    count = len(points)
    out = np.stack([np.bincount(corners, np.repeat(t, 3), count) for t in terms.T], axis=1)
    around = np.bincount(corners, np.repeat(area, 3), count)
    return out.astype(np.float64), around.astype(np.float64)


def _rim_quadrics(points: Floats, triangles: Ints, weights: Floats) -> Floats:
    """Return (vertices, 10) quadrics × length² × weight of planes that stand on borders."""
    count = len(points)
    ends = np.concatenate([triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    faces = np.tile(np.arange(len(triangles)), 3)
    keys = ends[:, 0] * count + ends[:, 1]
    alone = ~_has(np.sort(keys), ends[:, 1] * count + ends[:, 0])
    ends, corners = ends[alone], triangles[faces[alone]]
    a, b, c = (points[corners[:, k]] for k in range(3))
    start, along = points[ends[:, 0]], points[ends[:, 1]] - points[ends[:, 0]]
    n = np.cross(along, np.cross(b - a, c - a))
    n /= np.maximum(np.linalg.norm(n, axis=1), 1e-20)[:, None]
    plane = np.column_stack([n, -(n * start).sum(axis=1)])
    heavy = (along**2).sum(axis=1) * weights[faces[alone]]
    terms = _plane_terms(plane) * heavy[:, None]
    both = ends.ravel()
    out = np.stack([np.bincount(both, np.repeat(t, 2), count) for t in terms.T], axis=1)
    return np.asarray(out, np.float64)


def _plane_terms(plane: Floats) -> Floats:
    """Return (n, 10) coefficients of the squared distance from planes (n, 4)."""
    rows, columns = np.array([(0, 0, 0, 1, 1, 2, 0, 1, 2, 3), (0, 1, 2, 1, 2, 2, 3, 3, 3, 3)])
    return np.asarray(plane[:, rows] * plane[:, columns] * np.where(rows == columns, 1.0, 2.0))


def _edges(triangles: Ints, count: int) -> _Edges:
    start, end = triangles.ravel(), triangles[:, [1, 2, 0]].ravel()
    keys = np.sort(start * count + end)
    start, end = np.divmod(keys, count)
    first = np.flatnonzero(np.diff(start, prepend=-1))
    return _Edges(keys, start, end, first)


def _has(keys: Ints, wanted: Ints) -> Bools:
    """Return which of the wanted are in the sorted keys."""
    at = np.searchsorted(keys, wanted)
    return np.asarray(keys[np.minimum(at, len(keys) - 1)] == wanted)


def _slide_round(mesh: _Mesh, limit: float, target: int) -> int:
    """Slide vertices that share no triangle; return how many were tried."""
    count = len(mesh.goal)
    edges = _edges(mesh.triangles, count)
    if mesh.closed:
        _lock_crooked(edges, mesh.locked)
    _find_slides(mesh, edges, limit)
    goal, cost = mesh.goal, mesh.cost
    rank = _ranks(cost, limit)
    least = np.full(count, count, np.int64)
    least[edges.start[edges.first]] = np.minimum.reduceat(rank[edges.end], edges.first)
    taken = np.isfinite(cost) & (rank < least)
    tried = taken.copy()
    if mesh.closed:
        _drop_pinching(edges, goal, taken)
    _drop_turning(mesh, goal, taken)
    refused = np.flatnonzero(tried & ~taken)
    mesh.barred = np.sort(np.concatenate([mesh.barred, refused * count + goal[refused]]))
    excess = -(-(len(mesh.triangles) - target) // 2)
    chosen = np.flatnonzero(taken)
    chosen = chosen[np.argsort(rank[chosen])][:excess]
    mesh.stale = tried
    mesh.stale[edges.end[np.isin(edges.start, chosen)]] = True
    _apply(mesh, chosen, goal[chosen])
    return int(tried.sum())


def _find_slides(mesh: _Mesh, edges: _Edges, limit: float) -> None:
    """Find the best neighbour and its cost again for every stale vertex."""
    mesh.cost[mesh.stale] = np.inf
    open_ = np.flatnonzero((mesh.stale & ~mesh.locked)[edges.start])
    v, u = edges.start[open_], edges.end[open_]
    fresh = ~_has(mesh.barred, edges.keys[open_]) & (mesh.rank[u] >= mesh.rank[v])
    v, u = v[fresh], u[fresh]
    error = np.zeros(len(v))
    for pose in range(len(mesh.points)):
        within = error < limit**2
        v, u, error = v[within], u[within], error[within]
        error = np.maximum(error, _shape_errors(mesh, pose, v, u))
    near = np.flatnonzero(error < limit**2)
    error[near] += _trait_errors(mesh, v[near], u[near])
    near = near[error[near] < limit**2]
    v, u, error = v[near], u[near], error[near]
    order = np.argsort(-error, kind="stable")  # the cheapest is written last
    mesh.goal[v[order]], mesh.cost[v[order]] = u[order], error[order]


def _shape_errors(mesh: _Mesh, pose: int, v: Ints, u: Ints) -> Floats:
    """Return the mean squared distance of u from the planes of all that v has taken up."""
    x, y, z = mesh.points[pose][u].T
    monomials = np.array((x * x, x * y, x * z, y * y, y * z, z * z, x, y, z, np.ones_like(x)))
    error = np.einsum("ij,ji->i", mesh.quadrics[pose][v], monomials)
    return np.asarray(np.maximum(error, 0.0) / mesh.areas[pose][v])


def _trait_errors(mesh: _Mesh, v: Ints, u: Ints) -> Floats:
    """Return the mean squared difference of the traits of u from all that v has taken up."""
    there = mesh.traits[u]
    own = np.einsum("ij,ij->i", there, there, dtype=np.float64)
    cross = np.einsum("ij,ij->i", there, mesh.carried[v], dtype=np.float64)
    return np.asarray(np.maximum(own + (mesh.squares[v] - 2.0 * cross) / mesh.areas[0][v], 0.0))


def _ranks(cost: Floats, limit: float) -> Ints:
    """Return a rank for every vertex, distinct where the cost is finite: cheap first.

    Cost counts in bands of a factor of four; within a band the order is a fixed scramble of
    the numbers (finaliser of Murmur3), so that a round finds many local minima where the
    cost changes slowly over the surface.
    """
    able = np.flatnonzero(np.isfinite(cost))
    band = np.ceil(np.log(np.maximum(cost[able] / limit**2, 4.0**-8)) / np.log(4.0))
    x = able.astype(np.uint64) + np.uint64(1)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x = ((x ^ (x >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    rank = np.full(len(cost), len(cost), np.int64)
    rank[able[np.lexsort((x, band))]] = np.arange(len(able))
    return rank


def _drop_pinching(edges: _Edges, goal: Ints, taken: Bools) -> None:
    """Untake slides whose two ends share more than two neighbours (the link condition)."""
    count = len(goal)
    of = np.flatnonzero(taken[edges.start])
    v, w = edges.start[of], edges.end[of]
    u = goal[v]
    common = _has(edges.keys, u * count + w) | _has(edges.keys, w * count + u)
    shared = np.bincount(v, common & (w != u), count)
    taken &= shared == 2


def _drop_turning(mesh: _Mesh, goal: Ints, taken: Bools) -> None:
    """Untake slides that turn over a triangle or leave a sliver without a normal."""
    old = mesh.triangles
    touched = taken[old]
    old = old[touched.any(axis=1)]
    touched = taken[old]
    new = np.where(touched, goal[old], old)
    alive = (new[:, 0] != new[:, 1]) & (new[:, 1] != new[:, 2]) & (new[:, 2] != new[:, 0])
    old, new, touched = old[alive], new[alive], touched[alive]
    for points in mesh.points:
        cosine = (_unit_normals(points, old) * _unit_normals(points, new)).sum(axis=1)
        bad = cosine < mesh.steepest
        taken[old[bad][touched[bad]]] = False


def _unit_normals(points: Floats, triangles: Ints) -> Floats:
    """Return (triangles, 3) unit normals, zero where a triangle is thinner than 1 : 50."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    length = np.linalg.norm(cross, axis=1)
    longest = np.max([((p - q) ** 2).sum(axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    fine = length > 0.02 * longest
    return np.asarray(np.where(fine[:, None], cross / np.maximum(length, 1e-20)[:, None], 0.0))


def _apply(mesh: _Mesh, chosen: Ints, goal: Ints) -> None:
    to = np.arange(len(mesh.goal))
    to[chosen] = goal
    new = to[mesh.triangles]
    alive = (new[:, 0] != new[:, 1]) & (new[:, 1] != new[:, 2]) & (new[:, 2] != new[:, 0])
    mesh.triangles, mesh.faces = new[alive], mesh.faces[alive]
    everything: list[NDArray[Any]] = [*mesh.quadrics, *mesh.areas, mesh.squares, mesh.carried]
    for sums in everything:
        np.add.at(sums, goal, sums[chosen])
