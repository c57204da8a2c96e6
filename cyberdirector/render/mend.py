"""Meshes made fit for drawing: what can be mended is, with a remark; the rest is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.limits import MAX_COORDINATE
from cyberdirector.core.model import Character, MeshPart
from cyberdirector.render.remarks import Remark

MOST_INFLUENCES = 8
"""Influences of a vertex that are skinned."""

MOST_NODES = 8192
"""Nodes of a character: one row each of a texture, and drivers take at least so many."""


def _remark(code: str, owner: str, part: MeshPart, zh: str, en: str) -> Remark:
    return Remark(
        code,
        f"“{owner}”的网格“{part.name}”{zh}",
        f"Mesh '{part.name}' of '{owner}' {en}",
        f"{owner}/{part.name}",
    )


def _refuse(owner: str, part: str, zh: str, en: str) -> InputRefused:
    return InputRefused(
        "mesh-invalid",
        f"“{owner}”的网格“{part}”{zh}",
        f"Mesh '{part}' of '{owner}' {en}",
        Location(path=f"{owner}/{part}"),
    )


def _mend_weights(
    owner: str, part: MeshPart, nodes: int, remarks: list[Remark]
) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """Return joints and weights (vertices, k ≤ 8) that sum to 1."""
    joints, weights = part.joints, part.weights
    count = len(part.positions)
    if (
        joints is None
        or weights is None
        or joints.shape != weights.shape
        or joints.ndim != 2
        or len(joints) != count
    ):
        found = [None if a is None else a.shape for a in (joints, weights)]
        raise _refuse(
            owner,
            part.name,
            f"的骨骼与权重形状为 {found}，应各为（{count}，k）。",
            f"has joints and weights of shape {found}, expected ({count}, k) each.",
        )
    sound = np.isfinite(weights) & (weights >= 0.0)
    if not sound.all():
        bad = int((~sound).any(axis=1).sum())
        zh, en = (
            f"有 {bad} 个顶点的权重无效，已置零。",
            f"has {bad} vertices with weights that ",
        )
        en += "are negative or not finite; those count as 0."
        remarks.append(_remark("weights-invalid", owner, part, zh, en))
        weights = np.where(sound, weights, 0.0).astype(np.float32)
    if bool((joints[weights > 0.0] >= nodes).any()):
        raise _refuse(
            owner,
            part.name,
            f"引用骨骼 {int(joints[weights > 0.0].max())}，但只有 {nodes} 个。",
            f"names joint {int(joints[weights > 0.0].max())} of {nodes}.",
        )
    many = int((weights > 0.0).sum(axis=1).max(initial=0))
    if many > MOST_INFLUENCES:
        zh = f"每个顶点最多 {many} 个骨骼权重，只保留最大的 {MOST_INFLUENCES} 个。"
        en = f"has up to {many} influences a vertex; the {MOST_INFLUENCES} largest are kept."
        remarks.append(_remark("influences-reduced", owner, part, zh, en))
    if weights.shape[1] > MOST_INFLUENCES:
        order = np.argsort(-weights, axis=1, kind="stable")[:, :MOST_INFLUENCES]
        joints = np.take_along_axis(joints, order, axis=1)
        weights = np.take_along_axis(weights, order, axis=1)
    total = weights.sum(axis=1, keepdims=True, dtype=np.float64)
    bare = total[:, 0] <= 1e-12
    if bare.any():
        zh = f"有 {int(bare.sum())} 个顶点没有权重，已固定在根骨骼上。"
        en = f"has {int(bare.sum())} vertices without weights; they hang on the root."
        remarks.append(_remark("weights-missing", owner, part, zh, en))
        joints, weights = joints.copy(), weights.copy()
        joints[bare], weights[bare] = 0, 0.0
        weights[bare, 0] = 1.0
    scaled = weights / np.where(bare[:, None], 1.0, total)
    return joints.astype(np.uint16), scaled.astype(np.float32)


def _needs_weights(part: MeshPart, nodes: int) -> bool:
    """Tell whether the joints or weights of a part cannot be taken as they are."""
    joints, weights = part.joints, part.weights
    if joints is None and weights is None:
        return False
    if joints is None or weights is None or joints.shape != weights.shape or joints.ndim != 2:
        return True
    with np.errstate(invalid="ignore"):
        total = weights.sum(axis=1, dtype=np.float64)
        fit = bool((weights >= 0.0).all() and (np.abs(total - 1.0) < 0.01).all())
    small = joints.shape[1] <= MOST_INFLUENCES and len(joints) == len(part.positions)
    return not (fit and small and int(joints.max(initial=0)) < nodes)


def _mend_vectors(owner: str, part: MeshPart, remarks: list[Remark]) -> MeshPart:
    """Return a part whose normals and texture coordinates are finite."""
    if len(part.normals) and not np.isfinite(part.normals).all():
        zh = "的法线含有非数值，已按三角形重算。"
        en = "has normals that are not finite; they are made from its triangles."
        remarks.append(_remark("normals-invalid", owner, part, zh, en))
        part = replace(part, normals=np.zeros((0, 3), np.float32))
    if not np.isfinite(part.uvs).all():
        zh = "的贴图坐标含有非数值，已置零。"
        en = "has texture coordinates that are not finite; those count as 0."
        remarks.append(_remark("uvs-invalid", owner, part, zh, en))
        part = replace(part, uvs=np.nan_to_num(part.uvs, posinf=0.0, neginf=0.0))
    held = [a for a in (part.outline_normals, part.outline_scale) if a is not None]
    if not all(np.isfinite(a).all() for a in held):
        zh = "的描边数据含有非数值，已略去。"
        en = "has outline data that are not finite; they are left out."
        remarks.append(_remark("outline-invalid", owner, part, zh, en))
        part = replace(part, outline_normals=None, outline_scale=None)
    return part


def _mend_shapes(owner: str, part: MeshPart, remarks: list[Remark]) -> MeshPart:
    """Return a part without shapes that cannot be blended."""
    kept = {}
    for name, morph in part.morphs.items():
        if len(morph.indices) and int(morph.indices.max()) >= len(part.positions):
            raise _refuse(
                owner,
                part.name,
                f"的形变“{name}”引用顶点 {int(morph.indices.max())}，"
                f"但只有 {len(part.positions)} 个。",
                f"has the shape '{name}' that names vertex {int(morph.indices.max())} of "
                f"{len(part.positions)}.",
            )
        fine = np.isfinite(morph.positions).all() and (
            morph.normals is None or np.isfinite(morph.normals).all()
        )
        if fine:
            kept[name] = morph
            continue
        zh = f"的形变“{name}”含有非数值，已略去。"
        en = f"has the shape '{name}' that is not finite; it is left out."
        remarks.append(_remark("shape-invalid", owner, part, zh, en))
    return part if len(kept) == len(part.morphs) else replace(part, morphs=kept)


def _note_empty(owner: str, part: MeshPart, remarks: list[Remark]) -> None:
    """Remark triangles without area: they are drawn as nothing."""
    t = part.triangles
    if not len(t) or int(t.max()) >= len(part.positions):
        return
    twice = (t[:, 0] == t[:, 1]) | (t[:, 1] == t[:, 2]) | (t[:, 2] == t[:, 0])
    if twice.any():
        zh = f"有 {int(twice.sum())} 个三角形没有面积，画面上看不到它们。"
        en = f"has {int(twice.sum())} triangles without area; nothing is seen of them."
        remarks.append(_remark("triangles-empty", owner, part, zh, en))


def mend_parts(
    owner: str, parts: Sequence[MeshPart], nodes: int = 0
) -> tuple[list[MeshPart], list[Remark]]:
    """Return parts that can be drawn, and what was changed; sound parts are the same objects.

    Parameters
    ----------
    owner
        Name of the set or character, for messages.
    nodes
        Number of nodes that joints may name; 0 for sets.

    Raises
    ------
    InputRefused
        ``mesh-invalid`` with the name of the part for joints or shapes that name what is
        not there, and for arrays that do not fit together.
    """
    out: list[MeshPart] = []
    remarks: list[Remark] = []
    for found in parts:
        far = np.abs(found.positions[np.isfinite(found.positions)])
        if far.size and float(far.max()) > MAX_COORDINATE:
            raise _refuse(
                owner,
                found.name,
                f"的坐标达到 {far.max():.3g} 米，最多 {MAX_COORDINATE:g} 米。",
                f"has coordinates of {far.max():.3g} m, at most {MAX_COORDINATE:g} m.",
            )
        part = _mend_vectors(owner, found, remarks)
        part = _mend_shapes(owner, part, remarks)
        if nodes and _needs_weights(part, nodes):
            joints, weights = _mend_weights(owner, part, nodes, remarks)
            part = replace(part, joints=joints, weights=weights)
        _note_empty(owner, part, remarks)
        out.append(part)
    return out, remarks


def mend_character(character: Character) -> tuple[Character, list[Remark]]:
    """Return a character that can be drawn, and what was changed; see :func:`mend_parts`.

    Raises
    ------
    InputRefused
        ``figure-nodes`` for more than :data:`MOST_NODES` nodes, and ``mesh-invalid``.
    """
    nodes = len(character.nodes)
    if nodes > MOST_NODES:
        raise InputRefused(
            "figure-nodes",
            f"角色“{character.name}”有 {nodes} 个节点，最多 {MOST_NODES} 个，请合并骨骼。",
            f"Character '{character.name}' has {nodes} nodes, at most {MOST_NODES} can be "
            "drawn; merge joints.",
            Location(path=character.name),
        )
    parts, remarks = mend_parts(character.name, character.parts, nodes)
    same = all(a is b for a, b in zip(parts, character.parts, strict=True))
    return character if same else replace(character, parts=parts), remarks
