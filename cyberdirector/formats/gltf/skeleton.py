"""Turns any skinned glTF into the normalised pose: rest rotations become identity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.limits import MAX_COORDINATE, MAX_JOINTS
from cyberdirector.core.model import MeshPart, Morph, Node
from cyberdirector.formats.gltf._view import View, refuse
from cyberdirector.formats.gltf.document import Gltf
from cyberdirector.formats.gltf.meshes import Source, read_primitive, unit_normals
from cyberdirector.formats.gltf.nodes import Matrices, global_matrices, inverse_binds

_SAME = 1e-6
"""A bind matrix this near to identity moves nothing (metres)."""


@dataclass
class Skeleton:
    """Kept nodes in normalised pose.

    Attributes
    ----------
    nodes
        Parents before children, rest rotations identity, scale 1.
    index
        glTF node → place in ``nodes``.
    matrices
        (glTF nodes, 4, 4) original transforms into model space.
    """

    nodes: list[Node]
    index: dict[int, int]
    matrices: Matrices

    def vector(self, node: int, value: tuple[float, ...]) -> tuple[float, float, float]:
        """Return an offset in the original node's space in that of the normalised node."""
        linear = self.matrices[node, :3, :3]
        if np.array_equal(linear, np.eye(3)):
            return (value[0], value[1], value[2])
        x, y, z = (linear @ np.array(value)).tolist()
        return (x, y, z)

    def scale(self, node: int) -> float:
        """Return the largest scale of a node in model space (for radii)."""
        linear = self.matrices[node, :3, :3]
        if np.array_equal(linear, np.eye(3)):
            return 1.0
        return float(np.linalg.norm(linear, axis=0).max())

    def nearest(self, gltf: Gltf, node: int) -> int:
        """Return the place of the nearest kept node at or above ``node`` (-1: none)."""
        while node >= 0:
            if node in self.index:
                return self.index[node]
            node = gltf.parents[node]
        return -1


def _kept(gltf: Gltf, wanted: set[int]) -> list[int]:
    """Return wanted nodes and their ancestors, parents first, in file order if possible."""
    shown = set(gltf.order)
    keep: set[int] = set()
    for start in wanted & shown:
        at = start
        while at >= 0 and at not in keep:
            keep.add(at)
            at = gltf.parents[at]
    for i in keep - wanted:  # the root that our own writer puts over several roots
        view = gltf.nodes[i]
        if view.own().raw("wrapper") is True and "translation" not in view:
            keep.discard(i)
    by_number = sorted(keep)
    if all(gltf.parents[i] < i or gltf.parents[i] not in keep for i in by_number):
        return by_number
    return [i for i in gltf.order if i in keep]


def build_skeleton(gltf: Gltf, wanted: set[int], turn: bool) -> Skeleton:
    """Return the normalised skeleton of the wanted nodes.

    Parameters
    ----------
    wanted
        Joints, humanoid bones, springs; ancestors are kept with them.
    turn
        Turn the model by 180° about +Y (VRM 0.x).
    """
    matrices = global_matrices(gltf, turn)
    order = _kept(gltf, wanted)
    if len(order) > MAX_JOINTS:
        raise refuse(
            "vrm-joints",
            f"骨骼超过 {MAX_JOINTS} 个，请减少。",
            f"more than {MAX_JOINTS} joints; reduce them.",
            gltf.file,
            "/nodes",
        )
    index = {node: i for i, node in enumerate(order)}
    nodes = []
    for i in order:
        parent = index.get(gltf.parents[i], -1)
        above = matrices[gltf.parents[i]] if parent >= 0 else np.eye(4)
        view = gltf.nodes[i]
        plain = np.array_equal(above[:3, :3], np.eye(3)) and view.raw("matrix") is None
        if plain and not (turn and parent < 0):
            offset = view.numbers("translation", 3, (0.0, 0.0, 0.0))
        else:
            offset = tuple((matrices[i, :3, 3] - above[:3, 3]).tolist())
        name = view.text("name", f"node{i}")
        nodes.append(Node(name, parent, (offset[0], offset[1], offset[2])))
    return Skeleton(nodes, index, matrices)


def _blend(
    bind: Matrices, joints: NDArray[np.uint16], weights: NDArray[np.float32]
) -> Matrices:
    """Return (vertices, 3, 4) blended transforms of linear blend skinning."""
    out = np.zeros((len(joints), 3, 4))
    for column in range(joints.shape[1]):
        out += weights[:, column, None, None] * bind[joints[:, column], :3]
    return out


def _bake(part: MeshPart, matrix: Matrices, view: View) -> None:
    """Move vertices, normals and shapes by ``matrix``, (3, 4) or (vertices, 3, 4)."""
    linear, offset = matrix[..., :3], matrix[..., 3]
    each = linear.ndim == 3

    def turned(values: NDArray[np.float32], rows: NDArray[np.uint32] | None) -> Matrices:
        m = linear if not each or rows is None else linear[rows]
        return np.einsum("...ij,...j->...i", m, values.astype(np.float64))

    moved = turned(part.positions, None) + offset
    if bool((np.abs(moved) > MAX_COORDINATE).any()):
        raise view.bad("skin", f"a pose that keeps vertices within {MAX_COORDINATE:g} m")
    part.positions = moved.astype(np.float32)
    part.normals = unit_normals(turned(part.normals, None).astype(np.float32))
    if part.outline_normals is not None:
        part.outline_normals = unit_normals(
            turned(part.outline_normals, None).astype(np.float32)
        )
    for name, morph in part.morphs.items():
        normals = morph.normals
        part.morphs[name] = Morph(
            morph.indices,
            turned(morph.positions, morph.indices).astype(np.float32),
            None if normals is None else turned(normals, morph.indices).astype(np.float32),
        )
    flipped = np.linalg.det(linear.reshape(-1, 3, 3)[0]) < 0.0
    if flipped:
        part.triangles = np.ascontiguousarray(part.triangles[:, ::-1])


@dataclass(frozen=True)
class _Skin:
    """Joints (glTF nodes) and (joints, 4, 4) transforms from mesh to model space."""

    joints: list[int]
    bind: Matrices


_NO_SKIN = _Skin([], np.zeros((0, 4, 4)))


def _bind(gltf: Gltf, skin: View, matrices: Matrices) -> _Skin:
    joints = skin.indices("joints", len(gltf.nodes))
    gltf.spend(len(joints) * 384, skin.path)
    return _Skin(joints, matrices[joints] @ inverse_binds(gltf, skin, len(joints)))


def read_parts(
    gltf: Gltf, skeleton: Skeleton | None, compact: bool = True
) -> tuple[list[MeshPart], list[Source], list[int]]:
    """Return all triangles of the scene in model space of the normalised pose.

    Parameters
    ----------
    skeleton
        Joints to bind to; None bakes everything as static geometry.
    compact
        Drop vertices without triangles.

    Returns
    -------
    parts, sources
        One entry per primitive, in file order.
    nodes
        glTF node that carries each part.
    """
    skins = gltf.root.views("skins")
    matrices = global_matrices(gltf) if skeleton is None else skeleton.matrices
    parts: list[MeshPart] = []
    sources: list[Source] = []
    carriers: list[int] = []
    known: dict[int, _Skin] = {}
    for node in sorted(gltf.order):
        view = gltf.nodes[node]
        mesh = view.optional_index("mesh", len(gltf.meshes))
        if mesh is None:
            continue
        skin = _NO_SKIN
        if view.raw("skin") is not None:
            which = view.index("skin", len(skins))
            if which not in known:
                known[which] = _bind(gltf, skins[which], matrices)
            skin = known[which]
        for primitive in gltf.meshes[mesh].views("primitives", 4096):
            found = read_primitive(gltf, mesh, primitive, len(skin.joints), compact)
            if found is None:
                continue
            part, source = found
            _place(gltf, skeleton, part, skin, matrices[node], node)
            parts.append(part)
            sources.append(source)
            carriers.append(node)
    return parts, sources, carriers


def _place(
    gltf: Gltf,
    skeleton: Skeleton | None,
    part: MeshPart,
    skin: _Skin,
    matrix: Matrices,
    node: int,
) -> None:
    """Bring one part into model space and bind it to the kept nodes."""
    if part.joints is not None and part.weights is not None:
        used = np.unique(part.joints)
        still = np.abs(skin.bind[used] - np.eye(4)).max() <= _SAME
        if not still:
            gltf.spend(len(part.positions) * 96, gltf.nodes[node].path)
            _bake(part, _blend(skin.bind, part.joints, part.weights), gltf.nodes[node])
        if skeleton is None:
            part.joints = part.weights = None
        else:
            table = np.array([skeleton.index.get(j, 0) for j in skin.joints], np.uint16)
            part.joints = table[part.joints]
        return
    if not np.array_equal(matrix, np.eye(4)):
        _bake(part, matrix[:3], gltf.nodes[node])
    holder = -1 if skeleton is None else skeleton.nearest(gltf, node)
    if holder >= 0:
        part.joints = np.full((len(part.positions), 1), holder, np.uint16)
        part.weights = np.ones((len(part.positions), 1), np.float32)
