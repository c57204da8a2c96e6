"""A character as arrays for skinning: rest vertices, joints, sparse shapes, head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Character, MeshPart, Morph
from cyberdirector.core.pose import bent_matrices
from cyberdirector.render._level_store import Corners, kept_levels
from cyberdirector.render.geometry import (
    MOST_INFLUENCES,
    Draw,
    check_part,
    draw_of,
    join_runs,
    normals_of,
    role_of,
    vertex_normals,
    weld_groups,
)
from cyberdirector.render.hidden import never_seen
from cyberdirector.render.lod import Level, coarser_levels, order_levels
from cyberdirector.render.mtoon import queue_of

_FACE_NORMAL_SHARE = 0.35
"""How far shapes turn the normals of a face: drawn faces stay clean while they speak."""

_SPEAKING = {"jawOpen": 0.7, "eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0, "browInnerUp": 0.6}
"""Weights of the face that coarser levels must be able to make."""

_BARE = 3
"""Rings of the scalp that are kept around what can be seen of it."""

_ORDER = {"face": 0, "skin": 1, "cloth": 2, "hair": 3, "eye": 4, "mtoon": 5}


@dataclass(frozen=True)
class FigureMesh:
    """Vertex arrays of one character.

    Attributes
    ----------
    rest
        Structured array with the inputs of ``pass/skin.vert``.
    uvs
        (vertices, 2) float32.
    levels
        Triangles in full and in coarser levels; their draws have opaque families first,
        blended ones last.
    shapes
        Names of all shapes; the ARKit 52 first, in their order.
    entries
        (2 × entries, 4) float32: (offset, shape), (normal offset, 0).
    head_center, head_radii
        (3,) float64, metres, relative to the head node in the rest pose.
    """

    rest: NDArray[np.void]
    uvs: NDArray[np.float32]
    levels: list[Level]
    shapes: list[str]
    entries: NDArray[np.float32]
    head_center: NDArray[np.float64]
    head_radii: NDArray[np.float64]

    @property
    def indices(self) -> NDArray[np.uint32]:
        """Return the flat corners of all triangles in full detail."""
        return self.levels[0].indices

    @property
    def draws(self) -> list[Draw]:
        """Return the draws in full detail."""
        return self.levels[0].draws


REST = np.dtype(
    [
        ("position", "3f4"),
        ("normal", "3f4"),
        ("outline", "4f4"),
        ("joints", "8u2"),
        ("weights", "8f4"),
        ("morphs", "2u4"),
    ]
)
REST_FORMAT = "3f4 3f4 4f4 4u2 4u2 4f4 4f4 2u4"
REST_NAMES = (
    "rest_position",
    "rest_normal",
    "rest_outline",
    "rest_joints0",
    "rest_joints1",
    "rest_weights0",
    "rest_weights1",
    "rest_morphs",
)


def _rest_block(part: MeshPart) -> NDArray[np.void]:
    """Return the rest vertices of one part, without shapes."""
    block = np.zeros(len(part.positions), dtype=REST)
    block["position"], block["normal"] = part.positions, normals_of(part)
    block["outline"][:, :3] = (
        vertex_normals(part.positions, part.triangles)
        if part.outline_normals is None
        else part.outline_normals
    )
    block["outline"][:, 3] = 1.0 if part.outline_scale is None else part.outline_scale
    if part.joints is None or part.weights is None:
        block["weights"][:, 0] = 1.0
        return block
    # Largest first: the shader stops early when the second four are empty.
    order = np.argsort(-part.weights, axis=1, kind="stable")
    weights = np.take_along_axis(part.weights, order, axis=1)
    total = weights.sum(axis=1, keepdims=True)
    k = min(part.joints.shape[1], MOST_INFLUENCES)
    block["joints"][:, :k] = np.take_along_axis(part.joints, order, axis=1)
    block["weights"][:, :k] = weights / np.where(total > 0.0, total, 1.0)
    return block


def _normal_offsets(
    part: MeshPart, morph: Morph, share: float, groups: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return how a shape turns the normals of its vertices, (n, 3)."""
    if morph.normals is not None:
        return np.asarray(morph.normals, np.float32)
    touched = np.zeros(len(part.positions), dtype=bool)
    touched[morph.indices] = True
    near = part.triangles[touched[part.triangles].any(axis=1)]
    if not len(near):
        return np.zeros((len(morph.indices), 3), np.float32)
    moved = part.positions.astype(np.float64)
    before = vertex_normals(moved, near, groups)
    moved[morph.indices] += morph.positions
    after = vertex_normals(moved, near, groups)
    turn = (after - before)[morph.indices] * share
    return turn.astype(np.float32)


def _shape_table(
    parts: list[MeshPart], shares: list[float], names: dict[str, int]
) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """Return CSR entries (2 × n, 4) and spans (vertices, 2): first entry, count."""
    vertices, ids, offsets, turns = [], [], [], []
    base = 0
    for part, share in zip(parts, shares, strict=True):
        groups = weld_groups(part.positions) if part.morphs else np.zeros(0, np.int64)
        for name, morph in part.morphs.items():
            if len(morph.indices):
                vertices.append(morph.indices.astype(np.int64) + base)
                ids.append(np.full(len(morph.indices), names[name], np.float32))
                offsets.append(np.asarray(morph.positions, np.float32))
                turns.append(_normal_offsets(part, morph, share, groups))
        base += len(part.positions)
    spans = np.zeros((base, 2), np.uint32)
    if not vertices:
        return np.zeros((2, 4), np.float32), spans
    vertex = np.concatenate(vertices)
    order = np.argsort(vertex, kind="stable")
    counts = np.bincount(vertex, minlength=base)
    spans[:, 1] = counts
    spans[1:, 0] = np.cumsum(counts)[:-1]
    entries = np.zeros((len(vertex), 2, 4), np.float32)
    entries[:, 0, :3] = np.concatenate(offsets)[order]
    entries[:, 0, 3] = np.concatenate(ids)[order]
    entries[:, 1, :3] = np.concatenate(turns)[order]
    return entries.reshape(-1, 4), spans


def head_box(
    character: Character, parts: list[MeshPart]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return centre and half sizes of the head, metres, relative to the head node."""
    node = character.humanoid.get("head", 0)
    at = character.node_positions()[node]
    points = []
    for part in parts:
        if part.joints is None or part.weights is None:
            continue
        if role_of(character.materials[part.material]) not in ("face", "skin"):
            continue
        held = np.where(part.joints == node, part.weights, 0.0).sum(axis=1) > 0.6
        points.append(part.positions[held])
    cloud = np.concatenate(points) if points else np.zeros((0, 3))
    if len(cloud) < 8:
        return np.array([0.0, 0.09, 0.02]), np.array([0.08, 0.12, 0.1])
    low, high = cloud.min(axis=0), cloud.max(axis=0)
    return (low + high) / 2.0 - at, np.maximum((high - low) / 2.0, 0.02)


def pack_figure(character: Character) -> FigureMesh:
    """Merge all parts of a character for skinning in one go.

    Raises
    ------
    InputRefused
        ``mesh-invalid`` with the name of the part whose arrays cannot be drawn.
    """
    for part in character.parts:
        check_part(character.name, part, character.materials)

    def order(part: MeshPart) -> tuple[bool, int, int, int, int]:
        material = character.materials[part.material]
        family = draw_of(part, 0, character.materials, figure=True).family
        blended = material.alpha_mode == "BLEND"
        queue = (0, material.render_queue_offset) if material.role else queue_of(material)
        return blended, *queue, _ORDER[family], part.material

    parts = sorted((p for p in character.parts if len(p.triangles)), key=order)
    names = {name: i for i, name in enumerate(ARKIT_NAMES)}
    for part in parts:
        for name in part.morphs:
            names.setdefault(name, len(names))
    faces = [role_of(character.materials[p.material]) == "face" for p in parts]
    entries, spans = _shape_table(
        parts, [_FACE_NORMAL_SHARE if f else 1.0 for f in faces], names
    )
    rest = np.concatenate([_rest_block(p) for p in parts]) if parts else np.zeros(1, REST)
    if parts:
        rest["morphs"] = spans
    indices, draws = [], []
    base = first = 0
    for part in parts:
        indices.append(part.triangles.reshape(-1) + np.uint32(base))
        draws.append(draw_of(part, first, character.materials, figure=True))
        base += len(part.positions)
        first += part.triangles.size
    flat = np.concatenate(indices).astype(np.uint32) if parts else np.zeros(3, np.uint32)
    uvs = np.concatenate([p.uvs for p in parts]) if parts else np.zeros((1, 2), np.float32)
    center, radii = head_box(character, parts)
    runs = join_runs(draws)
    poses = _poses(character, rest, entries, names)
    crown = float(center[1] + character.node_positions()[character.humanoid.get("head", 0), 1])
    double = [character.materials[d.material].double_sided for d in runs]

    def simplified() -> Corners:
        hidden = _hidden(poses[0], flat, runs, double, crown)
        return coarser_levels(poses, rest["normal"], uvs, flat, runs, hidden)

    known = (poses, rest["normal"], uvs, flat, runs, double, crown)
    coarse = kept_levels(simplified, *known) if parts else []
    place, levels = order_levels(flat, runs, coarse, len(rest))
    uvs = uvs[place].astype(np.float32)
    return FigureMesh(rest[place], uvs, levels, list(names), entries, center, radii)


def _hidden(
    points: NDArray[np.float64],
    indices: NDArray[np.uint32],
    draws: list[Draw],
    double: list[bool],
    crown: float,
) -> NDArray[np.bool_]:
    """Return (triangles,) which nobody can see: hair under hair, its backs, the scalp.

    ``double`` tells draws that show both sides, ``crown`` is the height above which hair does
    not swing, metres.
    """
    corners = indices.reshape(-1, 3).astype(np.int64)
    out = np.zeros(len(corners), np.bool_)

    def solid(*roles: str) -> NDArray[np.int64]:
        single = [d for d, both in zip(draws, double, strict=True) if not both]
        chosen = [d for d in single if d.role in roles and not (d.cutout or d.blended)]
        runs = [np.arange(d.first // 3, (d.first + d.count) // 3) for d in chosen]
        return np.concatenate([np.zeros(0, np.int64), *runs])

    hair, flesh = solid("hair"), solid("face", "skin")
    if not len(hair):
        return out
    lowest = points[corners[flesh], 1].min(axis=1)
    tested = np.concatenate([hair, flesh[lowest > crown]])
    others = flesh[(lowest <= crown) & (lowest > points[corners[hair], 1].min())]
    unseen = never_seen(points, corners[tested], corners[others])
    out[tested[: len(hair)]] = unseen[: len(hair)]
    # Where hair ends, coarser locks may lay the scalp bare.
    scalp, bare = tested[len(hair) :], ~unseen[len(hair) :]
    for _ in range(_BARE):
        near = np.zeros(len(points), np.bool_)
        near[corners[scalp[bare]]] = True
        bare = near[corners[scalp]].any(axis=1)
    out[scalp[~bare]] = True
    return out


def _poses(
    character: Character,
    rest: NDArray[np.void],
    entries: NDArray[np.float32],
    names: dict[str, int],
) -> list[NDArray[np.float64]]:
    """Return (vertices, 3) positions in rest, with a speaking face, and seated."""
    points = rest["position"].astype(np.float64)
    weights = np.zeros(max(len(names), 1))
    for name, weight in _SPEAKING.items():
        weights[names[name]] = weight
    owner = np.repeat(np.arange(len(rest)), rest["morphs"][:, 1].astype(np.int64))
    table = entries.reshape(-1, 2, 4)[: len(owner), 0].astype(np.float64)
    speaking = points.copy()
    np.add.at(speaking, owner, weights[table[:, 3].astype(int)][:, None] * table[:, :3])
    if "hips" not in character.humanoid:
        return [points, speaking]
    matrices = bent_matrices(character).astype(np.float64)
    seated = np.zeros_like(points)
    for slot in range(MOST_INFLUENCES):
        share = rest["weights"][:, slot]
        used = np.flatnonzero(share > 0.0)
        m, p = matrices[rest["joints"][used, slot]], points[used]
        moved = np.einsum("nij,nj->ni", m[:, :, :3], p) + m[:, :, 3]
        seated[used] += share[used, None] * moved
    return [points, speaking, seated]
