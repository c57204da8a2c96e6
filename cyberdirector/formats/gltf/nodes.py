"""Transforms of the nodes of a checked glTF."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.limits import MAX_COORDINATE
from cyberdirector.core.rotations import quat_normalize, quat_to_matrix
from cyberdirector.formats.gltf import accessors
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.document import Gltf

Matrices = NDArray[np.float64]

HALF_TURN: Matrices = np.diag([-1.0, 1.0, -1.0, 1.0])
"""180° about +Y: VRM 0.x avatars face -Z, ours face +Z."""


def local_matrix(node: View) -> Matrices:
    """Return the (4, 4) transform of a node relative to its parent, metres."""
    if node.raw("matrix") is not None:
        out = np.array(node.numbers("matrix", 16)).reshape(4, 4).T
        out[3] = [0.0, 0.0, 0.0, 1.0]
    else:
        out = np.eye(4)
        turn = quat_normalize(node.numbers("rotation", 4, (0.0, 0.0, 0.0, 1.0)))
        out[:3, :3] = quat_to_matrix(turn) * np.array(node.numbers("scale", 3, (1.0, 1.0, 1.0)))
        out[:3, 3] = node.numbers("translation", 3, (0.0, 0.0, 0.0))
    if bool((np.abs(out) > MAX_COORDINATE).any()):
        raise node.bad("matrix" if "matrix" in node else "translation", "a sane transform")
    return out


def global_matrices(gltf: Gltf, turn: bool = False) -> Matrices:
    """Return the (nodes, 4, 4) transforms into model space; identity outside the scene.

    Parameters
    ----------
    turn
        Turn everything by 180° about +Y.
    """
    out = np.tile(np.eye(4), (len(gltf.nodes), 1, 1))
    for i in gltf.order:
        local = local_matrix(gltf.nodes[i])
        parent = gltf.parents[i]
        if parent >= 0:
            out[i] = out[parent] @ local
        else:
            out[i] = HALF_TURN @ local if turn else local
        if not bool((np.abs(out[i]) <= MAX_COORDINATE).all()):
            raise gltf.nodes[i].bad("translation", f"positions below {MAX_COORDINATE:g} m")
    return out


def inverse_binds(gltf: Gltf, skin: View, joints: int) -> Matrices:
    """Return the (joints, 4, 4) inverse bind matrices of a skin."""
    at = skin.optional_index("inverseBindMatrices", len(gltf.accessors))
    if at is None:
        return np.tile(np.eye(4), (joints, 1, 1))
    flat = accessors.floats(gltf, at, 16)
    if len(flat) < joints:
        raise skin.bad("inverseBindMatrices", f"{joints} matrices")
    return flat[:joints].astype(np.float64).reshape(-1, 4, 4).transpose(0, 2, 1)


def node_item(
    name: str,
    translation: tuple[float, ...] = (0.0, 0.0, 0.0),
    rotation: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0),
    scale: tuple[float, ...] = (1.0, 1.0, 1.0),
) -> dict[str, object]:
    """Return the JSON of a node; parts that change nothing are left out."""
    item: dict[str, object] = {"name": name}
    for key, value, rest in (
        ("translation", translation, (0.0, 0.0, 0.0)),
        ("rotation", rotation, (0.0, 0.0, 0.0, 1.0)),
        ("scale", scale, (1.0, 1.0, 1.0)),
    ):
        numbers = tuple(float(v) for v in value)
        if numbers != rest:
            item[key] = list(numbers)
    return item
