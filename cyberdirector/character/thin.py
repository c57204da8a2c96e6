"""Fewer triangles: interior vertices slide along an edge into a neighbour and vanish.

Only the triangle list changes. The vertices that stay keep their position, normal, texture
coordinate, weights, outline and shapes to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Character, MeshPart, Morph
from cyberdirector.core.pose import bent_matrices
from cyberdirector.core.simplify import Simplifier, open_edges

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


def thin_parts(character: Character) -> list[MeshPart]:
    """Return the parts of a character with hair, cloth and skin thinned.

    The shape is kept both in the rest pose and seated with bent arms and fingers.

    Parameters
    ----------
    character
        Skinned; faces, eyes, lashes and ornaments are returned as they are, for the rest
        the role of the material decides the limit (:data:`LIMITS`).
    """
    matrices = bent_matrices(character)
    parts = []
    for part in character.parts:
        role = character.materials[part.material].role
        if role in LIMITS:
            # Hair hangs from the head and does not bend with the limbs.
            poses = [] if role == "hair" else [_skinned(part, matrices)]
            part = thin_part(part, LIMITS[role], SHARE, poses)
        parts.append(part)
    return parts


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
    triangles = part.triangles.astype(np.int64)
    traits = np.hstack([_dense_weights(part) * _BEND, part.normals * _TURN], dtype=np.float32)
    rest = part.positions.astype(np.float64)
    mesh = Simplifier([rest, *poses], traits, triangles, _locked(part, triangles))
    mesh.reduce(limit, int(share * len(triangles)))
    return _kept(part, mesh.triangles)


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
    for ends in open_edges(triangles, count):
        locked[ends] = True
    return locked


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
