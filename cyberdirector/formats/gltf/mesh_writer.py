"""Writes parts as glTF meshes: eight influences, sparse shapes, outline attributes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import MeshPart, Morph
from cyberdirector.formats.gltf.builder import ARRAY_BUFFER, ELEMENT_BUFFER, Builder
from cyberdirector.formats.gltf.meshes import unit_normals

WEIGHT_ONE = 65_535
"""The weights of a vertex are stored as 16-bit numbers that sum exactly to this."""

MAX_INFLUENCES = 8


def quantise_weights(
    joints: NDArray[np.integer[Any]], weights: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return joints and 16-bit weights, largest first, each row summing to 65535.

    Parameters
    ----------
    joints, weights
        (vertices, k), k ≤ 8; joints that repeat in a row are merged.

    Returns
    -------
    joints, weights
        (vertices, 4 or 8) uint16. Entries without weight have joint 0. A reader that
        knows four influences gets the four largest.
    """
    if joints.shape != weights.shape or joints.shape[1] > MAX_INFLUENCES:
        raise ValueError(
            f"joints {joints.shape} and weights {weights.shape}: at most 8 columns"
        )
    index = joints.astype(np.int64)
    weight = np.maximum(weights.astype(np.float64), 0.0)
    columns = index.shape[1]
    for a in range(columns):
        for b in range(a + 1, columns):
            same = (index[:, a] == index[:, b]) & (weight[:, b] > 0.0)
            weight[same, a] += weight[same, b]
            weight[same, b] = 0.0
    total = weight.sum(axis=1, keepdims=True)
    weight[total[:, 0] <= 0.0, 0] = 1.0
    weight /= np.where(total > 0.0, total, 1.0)
    stored = np.floor(weight * WEIGHT_ONE + 0.5).astype(np.int64)
    largest = np.argmax(stored, axis=1)
    stored[np.arange(len(stored)), largest] += WEIGHT_ONE - stored.sum(axis=1)
    order = np.argsort(-stored, axis=1, kind="stable")
    stored = np.take_along_axis(stored, order, axis=1)
    index = np.take_along_axis(index, order, axis=1)
    index = np.where(stored > 0, index, 0)
    width = 8 if columns > 4 and bool((stored[:, 4:] > 0).any()) else 4
    padded = [np.zeros((len(index), width), np.uint16) for _ in range(2)]
    kept = min(columns, width)
    padded[0][:, :kept] = index[:, :kept]
    padded[1][:, :kept] = stored[:, :kept]
    return padded[0], padded[1]


def _check(part: MeshPart) -> None:
    n = len(part.positions)
    if not n or not len(part.triangles):
        raise ValueError(f"part {part.name!r} has no triangles")
    if int(part.triangles.max()) >= n or len(part.normals) != n or len(part.uvs) != n:
        raise ValueError(f"part {part.name!r}: array lengths or indices do not fit")
    for name in ("positions", "normals", "uvs"):
        if not bool(np.isfinite(getattr(part, name)).all()):
            raise ValueError(f"part {part.name!r}: {name} holds NaN or infinity")


def _sorted(morph: Morph) -> Morph:
    """Return the shape with rising, distinct vertex indices (the last of equals wins)."""
    rows = np.asarray(morph.indices, np.uint32)
    if len(rows) < 2 or bool((np.diff(rows.astype(np.int64)) > 0).all()):
        return morph
    unique, last = np.unique(rows[::-1], return_index=True)
    pick = len(rows) - 1 - last
    normals = None if morph.normals is None else morph.normals[pick]
    return Morph(unique, morph.positions[pick], normals)


def _targets(builder: Builder, part: MeshPart) -> list[dict[str, int]]:
    count = len(part.positions)
    shapes = [_sorted(m) for m in part.morphs.values()]
    with_normals = any(m.normals is not None for m in shapes)
    targets = []
    for shape in shapes:
        rows = np.asarray(shape.indices, np.uint32)
        offsets = np.asarray(shape.positions, np.float32)
        target = {"POSITION": builder.sparse(count, rows, offsets, bounds=True)}
        if shape.normals is not None:
            turns = np.asarray(shape.normals, np.float32)
            target["NORMAL"] = builder.sparse(count, rows, turns)
        elif with_normals:  # readers want the same attributes in every target
            none = np.zeros((0, 3), np.float32)
            target["NORMAL"] = builder.sparse(count, np.zeros(0, np.uint32), none)
        targets.append(target)
    return targets


def write_mesh(builder: Builder, part: MeshPart) -> int:
    """Add a part as a mesh of one primitive and return the index of the mesh.

    Raises
    ------
    ValueError
        For arrays that do not fit together or hold NaN.
    """
    _check(part)
    vertex = {
        "POSITION": builder.accessor(
            np.asarray(part.positions, np.float32), ARRAY_BUFFER, bounds=True
        ),
        "NORMAL": builder.accessor(
            unit_normals(np.asarray(part.normals, np.float32)), ARRAY_BUFFER
        ),
        "TEXCOORD_0": builder.accessor(np.asarray(part.uvs, np.float32), ARRAY_BUFFER),
    }
    if part.joints is not None and part.weights is not None:
        joints, weights = quantise_weights(part.joints, part.weights)
        small = np.uint8 if int(joints.max()) < 256 else np.uint16
        for n in range(joints.shape[1] // 4):
            four = slice(4 * n, 4 * n + 4)
            vertex[f"JOINTS_{n}"] = builder.accessor(
                joints[:, four].astype(small), ARRAY_BUFFER
            )
            vertex[f"WEIGHTS_{n}"] = builder.accessor(
                weights[:, four], ARRAY_BUFFER, normalized=True
            )
    if part.outline_normals is not None:
        vertex["_OUTLINE_NORMAL"] = builder.accessor(
            np.asarray(part.outline_normals, np.float32), ARRAY_BUFFER
        )
    if part.outline_scale is not None:
        vertex["_OUTLINE_SCALE"] = builder.accessor(
            np.asarray(part.outline_scale, np.float32), ARRAY_BUFFER
        )
    wide = np.uint32 if len(part.positions) > 0xFFFF else np.uint16
    flat = np.asarray(part.triangles).reshape(-1).astype(wide)
    primitive: dict[str, Any] = {
        "attributes": vertex,
        "indices": builder.accessor(flat, ELEMENT_BUFFER),
    }
    if part.material >= 0:
        primitive["material"] = part.material
    mesh: dict[str, Any] = {"name": part.name, "primitives": [primitive]}
    if part.morphs:
        primitive["targets"] = _targets(builder, part)
        mesh["extras"] = {"targetNames": list(part.morphs)}
    return builder.add("meshes", mesh)
