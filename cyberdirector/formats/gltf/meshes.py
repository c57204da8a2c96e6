"""Reads mesh primitives into parts: triangles, skin weights and sparse shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.limits import MAX_COORDINATE, MAX_MORPHS, MAX_VERTICES
from cyberdirector.core.model import MeshPart, Morph
from cyberdirector.formats.gltf import accessors
from cyberdirector.formats.gltf._view import View
from cyberdirector.formats.gltf.document import Gltf
from cyberdirector.formats.gltf.influences import read_influences

_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_UNIT_TOLERANCE = 1e-3
"""A normal this near to unit length is left as it is."""


@dataclass
class Source:
    """Where a part came from: the mesh, and its shapes in file order."""

    mesh: int
    targets: list[str] = field(default_factory=list)


def smooth_normals(
    positions: NDArray[np.float32], triangles: NDArray[np.uint32]
) -> NDArray[np.float32]:
    """Return area-weighted vertex normals (vertices, 3) float32, unit length."""
    corners = positions[triangles].astype(np.float64)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out = np.zeros((len(positions), 3))
    for corner in range(3):
        for axis in range(3):
            out[:, axis] += np.bincount(
                triangles[:, corner], weights=flat[:, axis], minlength=len(positions)
            )
    return unit_normals(out.astype(np.float32))


def unit_normals(normals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return normals of unit length; those that already are stay bit for bit."""
    length = np.linalg.norm(normals.astype(np.float64), axis=1, keepdims=True)
    off = np.abs(length - 1.0) > _UNIT_TOLERANCE
    if not bool(off.any()):
        return normals
    scaled = normals / np.where(length > 1e-20, length, 1.0)
    scaled = np.where(length > 1e-20, scaled, [0.0, 0.0, 1.0])
    return np.where(off, scaled, normals).astype(np.float32)


def target_names(mesh: View, count: int) -> list[str]:
    """Return unique names of the shapes of a mesh, from ``extras.targetNames``."""
    extras = mesh.raw("extras")
    given = extras.get("targetNames") if isinstance(extras, dict) else None
    if given is None:  # some exporters put the names on the first primitive
        first = mesh.views("primitives")[0].raw("extras")
        given = first.get("targetNames") if isinstance(first, dict) else None
    names: list[str] = []
    used: set[str] = set()
    for i in range(count):
        name = given[i] if isinstance(given, list) and i < len(given) else None
        text = str(name)[:200].encode("utf-8", "replace").decode() if name else f"shape{i}"
        unique, n = text, 2
        while unique in used:
            unique, n = f"{text}.{n}", n + 1
        used.add(unique)
        names.append(unique)
    return names


def _triangles(gltf: Gltf, view: View, vertices: int) -> NDArray[np.uint32] | None:
    """Return (triangles, 3) indices, None for points and lines."""
    mode = view.integer("mode", 0, 6, _TRIANGLES)
    if mode < _TRIANGLES:
        gltf.note("points and lines are not drawn")
        return None
    which = view.optional_index("indices", len(gltf.accessors))
    if which is None:
        gltf.spend(vertices * 4, view.path)
        flat = np.arange(vertices, dtype=np.uint32)
    else:
        flat = accessors.integers(gltf, which, 1)[:, 0]
        if len(flat) and int(flat.max()) >= vertices:
            raise view.bad("indices", f"indices below {vertices}")
    if mode == _TRIANGLES:
        return flat[: len(flat) // 3 * 3].reshape(-1, 3)
    gltf.spend(len(flat) * 12, view.path)
    if len(flat) < 3:
        return np.zeros((0, 3), np.uint32)
    if mode == _FAN:
        rest = [np.full(len(flat) - 2, flat[0], np.uint32), flat[1:-1], flat[2:]]
        return np.stack(rest, axis=1)
    out = np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
    out[1::2] = out[1::2, ::-1]
    return out


def _note_empty(
    gltf: Gltf, view: View, positions: NDArray[np.float32], triangles: NDArray[np.uint32]
) -> None:
    """Note triangles without area; they stay, for a shape may open them."""
    corners = positions[triangles]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    empty = len(flat) - int(flat.any(axis=1).sum())
    if empty:
        gltf.note(f"{empty} triangles have no area", "triangles-empty", view.path)


def _only_sparse(gltf: Gltf, at: int | None) -> accessors.Sparse | None:
    if at is None or accessors.has_base(gltf, at):
        return None
    return accessors.sparse_of(gltf, at)


def _dense(gltf: Gltf, at: int | None, count: int) -> NDArray[np.float32] | None:
    """Return a shape's offsets for all vertices; None when absent or all zero by form."""
    if at is None:
        return None
    if not accessors.has_base(gltf, at) and "sparse" not in gltf.accessors[at]:
        return None
    return accessors.floats(gltf, at, 3)


def _finite(values: NDArray[Any], view: View, key: str) -> NDArray[np.float32]:
    out = np.asarray(values, np.float32)
    if out.ndim != 2 or out.shape[1] != 3 or not bool(np.isfinite(out).all()):
        raise view.bad(key, "finite vectors")
    return out


def _morph(gltf: Gltf, target: View, count: int) -> Morph:
    """Return one shape with only the vertices that it moves."""
    where = [target.optional_index(k, len(gltf.accessors)) for k in ("POSITION", "NORMAL")]
    for key, at in zip(("POSITION", "NORMAL"), where, strict=True):
        if at is not None:
            shape = accessors.shape_of(gltf, at)
            if shape.count != count or shape.width != 3:
                raise target.bad(key, f"{count} vectors")
    moves = _only_sparse(gltf, where[0])
    turns = _only_sparse(gltf, where[1])
    quantised = moves is not None and moves.values.dtype != np.float32
    if moves is not None and not quantised:
        positions = _finite(moves.values, target, "POSITION")
        if where[1] is None or _dense_free(gltf, where[1]):
            return Morph(moves.indices, positions)
        if turns is not None and np.array_equal(turns.indices, moves.indices):
            return Morph(moves.indices, positions, _finite(turns.values, target, "NORMAL"))
    gltf.spend(count * 16, target.path)
    dense = _dense(gltf, where[0], count)
    normal = _dense(gltf, where[1], count)
    moved = np.zeros(count, np.bool_)
    for values in (dense, normal):
        if values is not None:
            moved |= (values != 0.0).any(axis=1)
    rows = np.flatnonzero(moved).astype(np.uint32)
    offsets = np.zeros((len(rows), 3), np.float32) if dense is None else dense[rows]
    return Morph(rows, offsets, None if normal is None or not len(rows) else normal[rows])


def _dense_free(gltf: Gltf, at: int) -> bool:
    """Tell whether an accessor is zero by form: no data and no sparse part."""
    return not accessors.has_base(gltf, at) and "sparse" not in gltf.accessors[at]


def _compact(part: MeshPart) -> MeshPart:
    """Drop vertices that no triangle uses (primitives often share one vertex buffer)."""
    used = np.zeros(len(part.positions), np.bool_)
    used[part.triangles] = True
    if bool(used.all()):
        return part
    new = (np.cumsum(used) - 1).astype(np.uint32)
    part.triangles = new[part.triangles]
    arrays = ("positions", "normals", "uvs", "joints", "weights")
    for name in (*arrays, "outline_normals", "outline_scale"):
        values = getattr(part, name)
        if values is not None:
            setattr(part, name, values[used])
    for morph in part.morphs.values():
        keep = used[morph.indices]
        morph.indices = new[morph.indices[keep]]
        morph.positions = morph.positions[keep]
        if morph.normals is not None:
            morph.normals = morph.normals[keep] if keep.any() else None
    return part


def _attribute(
    gltf: Gltf, attributes: View, key: str, width: int, count: int
) -> NDArray[np.float32] | None:
    at = attributes.optional_index(key, len(gltf.accessors))
    if at is None:
        return None
    values = accessors.floats(gltf, at, width)
    if len(values) != count:
        raise attributes.bad(key, f"{count} vertices")
    return values


def read_primitive(
    gltf: Gltf, mesh: int, view: View, joints: int, compact: bool
) -> tuple[MeshPart, Source] | None:
    """Return one primitive as a part, None when it holds no triangles.

    Parameters
    ----------
    mesh, view
        Index of the mesh, and the primitive in it.
    joints
        Number of joints of the skin (0: no skin); ``MeshPart.joints`` index the skin.
    compact
        Drop vertices without triangles.
    """
    owner = gltf.meshes[mesh]
    attributes = view.view("attributes")
    at = attributes.index("POSITION", len(gltf.accessors))
    count = accessors.shape_of(gltf, at).count
    if count > MAX_VERTICES:
        raise attributes.bad("POSITION", f"at most {MAX_VERTICES} vertices")
    positions = accessors.floats(gltf, at, 3)
    if bool((np.abs(positions) > MAX_COORDINATE).any()):
        raise attributes.bad("POSITION", f"coordinates below {MAX_COORDINATE:g}")
    triangles = _triangles(gltf, view, count)
    if triangles is None or not len(triangles):
        return None
    if compact:
        _note_empty(gltf, view, positions, triangles)
    gltf.spend(count * 64, view.path)
    normals = _attribute(gltf, attributes, "NORMAL", 3, count)
    uvs = _attribute(gltf, attributes, "TEXCOORD_0", 2, count)
    targets = view.views("targets", MAX_MORPHS)
    names = target_names(owner, len(targets))
    scale = _attribute(gltf, attributes, "_OUTLINE_SCALE", 1, count)
    part = MeshPart(
        name=owner.text("name", f"mesh{mesh}"),
        positions=positions,
        normals=smooth_normals(positions, triangles) if normals is None else normals,
        uvs=np.zeros((count, 2), np.float32) if uvs is None else uvs,
        triangles=triangles,
        material=-1,
        morphs={n: _morph(gltf, t, count) for n, t in zip(names, targets, strict=True)},
        outline_normals=_attribute(gltf, attributes, "_OUTLINE_NORMAL", 3, count),
        outline_scale=None if scale is None else scale[:, 0],
    )
    part.normals = unit_normals(part.normals)
    material = view.optional_index("material", len(gltf.materials))
    if material is not None:
        part.material = material
    skin = read_influences(gltf, attributes, count, joints) if joints else None
    if skin is not None:
        part.joints, part.weights = skin
    if compact:
        part = _compact(part)
    return part, Source(mesh, names)
