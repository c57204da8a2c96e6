"""Fewer triangles: interior vertices slide along an edge into a neighbour and vanish.

Only the triangle list changes. The vertices that stay keep their position, normal, texture
coordinate, weights, outline and shapes to the bit. The error of a slide is the quadric of
Garland & Heckbert, "Surface Simplification Using Quadric Error Metrics" (SIGGRAPH 1997),
plus what the neighbour bends and shades differently. Slides run in rounds; those of one
round touch no common triangle, so a round is a handful of array operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Character, MeshPart, Morph
from cyberdirector.core.pose import arms_down, node_matrices, skin_matrices
from cyberdirector.core.rotations import quat_from_axis_angle
from cyberdirector.core.skeleton import BONE_INDEX

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LIMITS = {"cloth": 0.0012, "hair": 0.0013, "skin": 0.0006}
"""Role of a material → how far its surface may move, metres (root mean square)."""

SHARE = 0.45
"""Share of the triangles at which thinning stops."""

_BEND = 0.01
"""Metres that a vertex goes astray when it gets entirely other weights."""
_TURN = 0.001
"""Metres that a unit change of the normal counts."""
_STEEPEST = 0.5
"""Least cosine between the normals of a triangle before and after one slide."""
_LEAST_TRIED = 0.02
"""Share of the vertices that a round must try to slide to be followed by another."""
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


@dataclass
class _Edges:
    """Directed edges of all triangles, sorted by start and end."""

    keys: Ints
    start: Ints
    end: Ints
    first: Ints
    """Index of the first edge of every vertex that has any."""


def thin_parts(character: Character) -> list[MeshPart]:
    """Return the parts of a character with hair, cloth and skin thinned.

    The shape is kept both in the rest pose and seated with bent arms and fingers.

    Parameters
    ----------
    character
        Skinned; faces, eyes, lashes and ornaments are returned as they are, for the rest
        the role of the material decides the limit (:data:`LIMITS`).
    """
    matrices = _bent_matrices(character)
    parts = []
    for part in character.parts:
        role = character.materials[part.material].role
        if role in LIMITS:
            # Hair hangs from the head and does not bend with the limbs.
            poses = [] if role == "hair" else [_skinned(part, matrices)]
            part = thin_part(part, LIMITS[role], SHARE, poses)
        parts.append(part)
    return parts


def _bent_matrices(character: Character) -> NDArray[np.float32]:
    """Return (nodes, 3, 4) skin matrices of sitting with bent elbows and fingers."""
    pose = arms_down(1)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        turns = [("UpperLeg", 0, -1.4), ("LowerLeg", 0, 1.4), ("LowerArm", 1, -1.5 * sign)]
        turns += [
            (finger + joint, 2, -0.8 * sign)
            for finger in ("Index", "Middle", "Ring", "Little")
            for joint in ("Proximal", "Intermediate", "Distal")
        ]
        for bone, axis, angle in turns:
            pose[0, BONE_INDEX[side + bone]] = quat_from_axis_angle(np.eye(3)[axis], angle)
    root = character.node_positions()[[character.humanoid["hips"]]]
    return skin_matrices(character, node_matrices(character, root, pose))[0]


def _skinned(part: MeshPart, matrices: NDArray[np.float32]) -> Floats:
    """Return (vertices, 3) positions carried by the matrices of their nodes."""
    points = np.pad(part.positions.astype(np.float64), ((0, 0), (0, 1)), constant_values=1.0)
    out = np.zeros((len(points), 3))
    if part.joints is None or part.weights is None:
        return points[:, :3]
    for slot in range(part.joints.shape[1]):
        moved = np.einsum("nij,nj->ni", matrices[part.joints[:, slot]], points)
        out += part.weights[:, slot, None] * moved
    return out


def thin_part(
    part: MeshPart, limit: float, share: float = SHARE, poses: Sequence[Floats] = ()
) -> MeshPart:
    """Return the part with fewer triangles and without the vertices that none needs.

    Borders, seams (several vertices at one place) and vertices with shapes stay.

    Parameters
    ----------
    part
        Skinned or static.
    limit
        Largest error of one slide, metres (root mean square over the surface it carries).
    share
        Stop at this share of the triangles, 0..1.
    poses
        (vertices, 3) positions in more poses, metres; the limit holds in each.
    """
    mesh = _mesh(part, [part.positions.astype(np.float64), *poses])
    target, few = int(share * len(part.triangles)), _LEAST_TRIED * len(part.positions)
    for _ in range(_ROUNDS):
        if len(mesh.triangles) <= target or _slide_round(mesh, limit, target) <= few:
            break
    return _kept(part, mesh.triangles)


def _mesh(part: MeshPart, poses: Sequence[Floats]) -> _Mesh:
    points = [p - p.mean(axis=0) for p in poses]
    triangles = part.triangles.astype(np.int64)
    found = [_quadrics(p, triangles) for p in points]
    quadrics, areas = [q for q, _ in found], [np.maximum(a, 1e-20) for _, a in found]
    area, count = areas[0], len(part.positions)
    traits = np.hstack([_dense_weights(part) * _BEND, part.normals * _TURN], dtype=np.float32)
    return _Mesh(
        points,
        traits,
        traits * area[:, None].astype(np.float32),
        np.einsum("ij,ij->i", traits, traits, dtype=np.float64) * area,
        _locked(part, triangles),
        quadrics,
        areas,
        triangles,
        np.full(1, -1, np.int64),
        np.arange(count),
        np.full(count, np.inf),
        np.ones(count, np.bool_),
    )


def _dense_weights(part: MeshPart) -> NDArray[np.float32]:
    count = len(part.positions)
    if part.joints is None or part.weights is None:
        return np.zeros((count, 1), np.float32)
    _, column = np.unique(part.joints, return_inverse=True)
    slots = column.reshape(len(part.joints), -1)
    dense = np.zeros((count, int(column.max()) + 1), np.float32)
    rows = np.arange(count)
    for slot in range(slots.shape[1]):
        dense[rows, slots[:, slot]] += part.weights[:, slot]
    return dense


def _locked(part: MeshPart, triangles: Ints) -> Bools:
    """Return (vertices,) bool: on a border, a seam or a crooked edge, or with shapes."""
    count = len(part.positions)
    locked = np.zeros(count, np.bool_)
    for morph in part.morphs.values():
        locked[morph.indices] = True
    exact = np.ascontiguousarray(part.positions).view([("", part.positions.dtype)] * 3).ravel()
    _, place, shared = np.unique(exact, return_inverse=True, return_counts=True)
    locked |= shared[place.ravel()] > 1
    edges = _edges(triangles, count)
    alone = ~_has(edges.keys, edges.end * count + edges.start)
    locked[edges.start[alone]] = True
    locked[edges.end[alone]] = True
    _lock_crooked(edges, locked)
    return locked


def _lock_crooked(edges: _Edges, locked: Bools) -> None:
    """Lock the ends of edges that two triangles run through in the same direction."""
    twice = np.flatnonzero(edges.keys[1:] == edges.keys[:-1])
    locked[edges.start[twice]] = True
    locked[edges.end[twice]] = True


def _quadrics(points: Floats, triangles: Ints) -> tuple[Floats, Floats]:
    """Return (vertices, 10) summed plane quadrics × area, and (vertices,) the area."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    length = np.linalg.norm(cross, axis=1)
    n = cross / np.maximum(length, 1e-20)[:, None]
    plane = np.column_stack([n, -(n * a).sum(axis=1)])
    rows, columns = np.array([(0, 0, 0, 1, 1, 2, 0, 1, 2, 3), (0, 1, 2, 1, 2, 2, 3, 3, 3, 3)])
    twice = np.where(rows == columns, 1.0, 2.0)
    area = length / 2.0
    terms = plane[:, rows] * plane[:, columns] * twice * area[:, None]
    corners = triangles.ravel()
    count = len(points)
    out = np.stack([np.bincount(corners, np.repeat(t, 3), count) for t in terms.T], axis=1)
    around = np.bincount(corners, np.repeat(area, 3), count)
    return out.astype(np.float64), around.astype(np.float64)


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
    _lock_crooked(edges, mesh.locked)
    _find_slides(mesh, edges, limit)
    goal, cost = mesh.goal, mesh.cost
    rank = _ranks(cost, limit)
    least = np.full(count, count, np.int64)
    least[edges.start[edges.first]] = np.minimum.reduceat(rank[edges.end], edges.first)
    taken = np.isfinite(cost) & (rank < least)
    tried = taken.copy()
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
    fresh = ~_has(mesh.barred, edges.keys[open_])
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
        bad = cosine < _STEEPEST
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
    mesh.triangles = new[alive]
    everything: list[NDArray[Any]] = [*mesh.quadrics, *mesh.areas, mesh.squares, mesh.carried]
    for sums in everything:
        np.add.at(sums, goal, sums[chosen])


def _kept(part: MeshPart, triangles: Ints) -> MeshPart:
    """Return the part with these triangles and only the vertices that they use."""
    used = np.zeros(len(part.positions), np.bool_)
    used[triangles] = True
    number = np.cumsum(used) - 1
    morphs = {}
    for name, morph in part.morphs.items():
        keep = used[morph.indices]
        normals = None if morph.normals is None else morph.normals[keep]
        indices = number[morph.indices[keep]].astype(np.uint32)
        morphs[name] = Morph(indices, morph.positions[keep], normals)
    return replace(
        part,
        positions=part.positions[used],
        normals=part.normals[used],
        uvs=part.uvs[used],
        triangles=number[triangles].astype(np.uint32),
        joints=None if part.joints is None else part.joints[used],
        weights=None if part.weights is None else part.weights[used],
        morphs=morphs,
        outline_normals=None if part.outline_normals is None else part.outline_normals[used],
        outline_scale=None if part.outline_scale is None else part.outline_scale[used],
    )
