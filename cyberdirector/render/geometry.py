"""Parts become vertex arrays: merged, checked, with what the passes need to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Material, MeshPart

MOST_INFLUENCES = 8

_NAME_HINTS: tuple[tuple[str, str], ...] = (
    ("eyebrow", "brow"), ("brow", "brow"), ("lash", "lash"), ("eyeline", "lash"),
    ("mouth", "mouth"), ("teeth", "mouth"), ("tongue", "mouth"),
    ("iris", "eye"), ("eye", "eye"), ("hair", "hair"), ("face", "face"),
    ("skin", "skin"), ("body", "skin"), ("cloth", "cloth"),
)  # fmt: skip

_FAMILY = {
    "face": "face", "skin": "skin", "hair": "hair", "eye": "eye", "brow": "eye",
    "lash": "eye", "mouth": "eye",
}  # fmt: skip

THROUGH_HAIR = frozenset(("brow", "lash", "eye"))
"""Roles that shine through the fringe."""


def role_of(material: Material) -> str:
    """Return the role of a material: its own, or one told by its name (VRoid and others).

    A told role says what a surface is; it is drawn as MToon says all the same.
    """
    if material.role:
        return material.role
    name = material.name.lower()
    return next((role for hint, role in _NAME_HINTS if hint in name), "cloth")


def kind_of(material: Material) -> str:
    """Return the paint of a material of a figure, as the families of ours are named."""
    return _FAMILY.get(role_of(material), "cloth")


@dataclass(frozen=True)
class Draw:
    """One run of triangles with one material.

    ``first`` and ``count`` are in indices; ``family`` names the fragment shader;
    ``low`` and ``high`` bound it in metres (world for sets, rest pose for figures);
    ``decal`` is transparent paint on other surfaces of a set; ``level`` tells a material of a
    set that is used on floors alone, which are seen at low angles.
    """

    name: str
    first: int
    count: int
    material: int
    role: str
    family: str
    blended: bool
    cutout: bool
    outlined: bool
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    decal: bool = False
    level: bool = False


def _refuse(owner: str, part: str, zh: str, en: str) -> InputRefused:
    return InputRefused(
        "mesh-invalid",
        f"“{owner}”的网格“{part}”{zh}",
        f"Mesh '{part}' of '{owner}' {en}",
        Location(path=f"{owner}/{part}"),
    )


def check_part(owner: str, part: MeshPart, materials: Sequence[Material]) -> None:
    """Raise ``mesh-invalid`` with the name of the part for arrays that cannot be drawn."""
    n = len(part.positions)
    shapes = {
        "positions": (part.positions, (n, 3)),
        "uvs": (part.uvs, (n, 2)),
        "triangles": (part.triangles, (len(part.triangles), 3)),
    }
    if len(part.normals):
        shapes["normals"] = (part.normals, (n, 3))
    for name, (array, shape) in shapes.items():
        if np.shape(array) != shape:
            raise _refuse(
                owner,
                part.name,
                f"的 {name} 形状为 {np.shape(array)}，应为 {shape}。",
                f"has {name} of shape {np.shape(array)}, expected {shape}.",
            )
    if not np.isfinite(part.positions).all():
        raise _refuse(
            owner,
            part.name,
            "含有非有限的坐标，请修复模型。",
            "has positions that are not finite.",
        )
    if len(part.triangles) and int(part.triangles.max()) >= n:
        raise _refuse(
            owner,
            part.name,
            f"的三角形引用了第 {int(part.triangles.max())} 个顶点，但只有 {n} 个。",
            f"has a triangle that names vertex {int(part.triangles.max())} of {n}.",
        )
    if not 0 <= part.material < len(materials):
        raise _refuse(
            owner,
            part.name,
            f"使用材质 {part.material}，但只有 {len(materials)} 个。",
            f"uses material {part.material} of {len(materials)}.",
        )
    if part.joints is not None and part.joints.shape[1] > MOST_INFLUENCES:
        raise _refuse(
            owner,
            part.name,
            f"每个顶点有 {part.joints.shape[1]} 个骨骼权重，最多 {MOST_INFLUENCES} 个。",
            f"has {part.joints.shape[1]} influences a vertex, {MOST_INFLUENCES} at most.",
        )


def weld_groups(positions: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return a group number for each vertex: equal positions (to 10 µm) share one."""
    if not len(positions):
        return np.zeros(0, np.int64)
    keys = np.round(np.asarray(positions, np.float64) * 1e5).astype(np.int64)
    return np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def vertex_normals(
    positions: NDArray[np.floating],
    triangles: NDArray[np.integer],
    groups: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Return area-weighted unit normals (vertices, 3), smooth within ``groups``.

    ``groups`` are those of :func:`weld_groups` unless given; a vertex without area
    gets +Y.
    """
    p = np.asarray(positions, dtype=np.float64)
    group = weld_groups(p) if groups is None else groups
    t = triangles.astype(np.int64)
    cross = np.cross(p[t[:, 1]] - p[t[:, 0]], p[t[:, 2]] - p[t[:, 0]])
    total = np.zeros((int(group.max(initial=0)) + 1, 3))
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(
                group[t[:, corner]], weights=cross[:, axis], minlength=len(total)
            )
    n = total[group]
    length = np.linalg.norm(n, axis=1, keepdims=True)
    return np.where(length > 1e-14, n / np.where(length > 1e-14, length, 1.0), [0.0, 1.0, 0.0])


def normals_of(part: MeshPart) -> NDArray[np.float32]:
    """Return the normals of a part; missing ones are made from the triangles."""
    if len(part.normals):
        return np.asarray(part.normals, dtype=np.float32)
    return vertex_normals(part.positions, part.triangles).astype(np.float32)


def draw_of(part: MeshPart, first: int, materials: Sequence[Material], figure: bool) -> Draw:
    """Return the :class:`Draw` of a part whose indices start at ``first``."""
    material = materials[part.material]
    if figure:
        role = role_of(material)
        family = _FAMILY.get(role, "cloth") if material.role else "mtoon"
    else:
        role = material.role or "set"
        family = "water" if role == "water" else "set"
    empty = not len(part.positions)
    zero = np.zeros(3)
    return Draw(
        part.name,
        first,
        int(part.triangles.size),
        part.material,
        role,
        family,
        material.alpha_mode == "BLEND",
        material.alpha_mode == "MASK",
        material.outline_mode != "none" and material.outline_width > 0.0,
        zero if empty else part.positions.min(axis=0).astype(np.float64),
        zero if empty else part.positions.max(axis=0).astype(np.float64),
        not figure and material.alpha_mode == "BLEND" and material.extras.get("decal") is True,
    )


def join_runs(draws: list[Draw]) -> list[Draw]:
    """Join neighbouring draws whose indices follow each other in one material."""
    out: list[Draw] = []
    for draw in draws:
        last = out[-1] if out else None
        if last and last.material == draw.material and last.first + last.count == draw.first:
            out[-1] = replace(
                last,
                count=last.count + draw.count,
                low=np.minimum(last.low, draw.low),
                high=np.maximum(last.high, draw.high),
            )
        else:
            out.append(draw)
    return out


_CELL = 3.0
"""Side in metres of the columns into which a set is cut for culling."""


def _cells(part: MeshPart) -> list[NDArray[np.uint32]]:
    """Return the triangles of a part in groups that lie in one column of the ground."""
    middle = part.positions[part.triangles].mean(axis=1)
    cell = np.floor(middle[:, [0, 2]] / _CELL).astype(np.int64)
    group = np.unique(cell, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.argsort(group, kind="stable")
    cuts = np.nonzero(np.diff(group[order]))[0] + 1
    return np.split(part.triangles[order], cuts)


@dataclass(frozen=True)
class StaticMesh:
    """All parts of a set: (vertices, 8) float32 position, normal, uv; uint32 indices."""

    vertices: NDArray[np.float32]
    indices: NDArray[np.uint32]
    draws: list[Draw]


def _floors(parts: list[MeshPart], materials: Sequence[Material]) -> set[int]:
    """Return the materials of which nearly all that they cover faces straight up."""
    up, total = np.zeros(len(materials)), np.zeros(len(materials))
    for part in parts:
        a, b, c = (part.positions[part.triangles[:, i]].astype(np.float64) for i in range(3))
        area = np.cross(b - a, c - a)
        size = np.linalg.norm(area, axis=1)
        up[part.material] += size[area[:, 1] > 0.95 * size].sum()
        total[part.material] += size.sum()
    flat = (up > 0.8 * total) & (total > 0.0)
    return {i for i, m in enumerate(materials) if flat[i] and m.role in ("", "set")}


def pack_set(owner: str, parts: list[MeshPart], materials: list[Material]) -> StaticMesh:
    """Merge the parts of a set into one vertex and one index array, by material."""
    for part in parts:
        check_part(owner, part, materials)
    ordered = sorted((p for p in parts if len(p.triangles)), key=lambda p: p.material)
    blocks, indices, draws = [], [], []
    base = first = 0
    floors = _floors(ordered, materials)
    for part in ordered:
        blocks.append(np.hstack([part.positions, normals_of(part), part.uvs]))
        # Blended parts stay whole: their own order of triangles is what the maker meant.
        whole = materials[part.material].alpha_mode == "BLEND"
        for faces in [part.triangles] if whole else _cells(part):
            indices.append(faces.reshape(-1) + np.uint32(base))
            points = part.positions[faces.reshape(-1)].astype(np.float64)
            draw = draw_of(part, first, materials, figure=False)
            bounds = {"low": points.min(axis=0), "high": points.max(axis=0)}
            level = part.material in floors
            draws.append(replace(draw, count=int(faces.size), level=level, **bounds))
            first += faces.size
        base += len(part.positions)
    vertices = np.concatenate(blocks) if blocks else np.zeros((0, 8))
    flat = np.concatenate(indices) if indices else np.zeros(0)
    return StaticMesh(vertices.astype(np.float32), flat.astype(np.uint32), draws)
