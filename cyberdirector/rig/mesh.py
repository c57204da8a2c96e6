"""Static meshes from GLB, glTF, VRM and OBJ files: checked, in one piece, still unturned."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Material, MeshPart, Texture
from cyberdirector.rig.notes import Note

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SUFFIXES = (".glb", ".gltf", ".vrm", ".obj")
"""Files that can be rigged."""

LEAST_TRIANGLES = 200
"""A body with limbs needs at least this many triangles."""


@dataclass
class Statue:
    """Geometry without a rig.

    Attributes
    ----------
    name
        Of the file.
    parts
        Static parts (no joints, no shapes); units and axes are those of the file.
    materials, textures
        As in :class:`~cyberdirector.core.model.Character`.
    colours
        Part number → (vertices, 4) float32 linear RGBA, for parts with vertex colours.
    meta
        What the file says about its licence: VRM meta, or ``copyright`` and ``generator``.
    notes
        What was changed or left out, one sentence each.
    """

    name: str
    parts: list[MeshPart]
    materials: list[Material]
    textures: list[Texture] = field(default_factory=list)
    colours: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def joined(self) -> tuple[Floats, Ints]:
        """Return all vertices (v, 3) and triangles (t, 3) in one list each."""
        points = np.concatenate([p.positions for p in self.parts]).astype(np.float64)
        first = np.cumsum([0] + [len(p.positions) for p in self.parts])
        triangles = [
            p.triangles.astype(np.int64) + n
            for p, n in zip(self.parts, first[:-1], strict=True)
        ]
        return points, np.concatenate(triangles)


def load_statue(path: Path) -> Statue:
    """Return the geometry of a model file.

    Raises
    ------
    InputRefused
        ``rig-suffix``, ``rig-missing``, ``rig-empty``, ``rig-too-coarse``, and all that the
        readers of the formats refuse.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputRefused(
            "rig-suffix",
            f"“{path.name}”不是能绑定的模型，可用：{'、'.join(SUFFIXES)}。",
            f"'{path.name}' is no model that can be rigged; use {', '.join(SUFFIXES)}.",
            Location(str(path)),
        )
    if not path.is_file():
        raise InputRefused(
            "rig-missing",
            "找不到这个文件，请检查路径。",
            "There is no such file; look at the path.",
            Location(str(path)),
        )
    if suffix == ".obj":
        from cyberdirector.rig.obj import read_obj

        statue = read_obj(path)
    else:
        from cyberdirector.formats.gltf.document import read_gltf

        statue = statue_from(read_gltf(path), path.stem)
    return checked(statue, str(path))


def parse_statue(data: bytes, name: str = "statue") -> Statue:
    """Return the geometry of a GLB in memory; see :func:`load_statue`."""
    from cyberdirector.formats.gltf.document import parse_gltf

    return checked(statue_from(parse_gltf(data, name), name), name)


def statue_from(gltf: Any, name: str) -> Statue:
    """Return the geometry of a checked glTF; skins are baked as they stand."""
    from cyberdirector.formats.gltf.materials import bake_transforms, read_materials
    from cyberdirector.formats.gltf.skeleton import read_parts

    materials, textures = read_materials(gltf, False)
    parts, _, carriers = read_parts(gltf, None, compact=False)
    colours = _vertex_colours(gltf, parts, carriers)
    for part in parts:
        part.joints = part.weights = None
        part.morphs = {}
        part.outline_normals = part.outline_scale = None
    bake_transforms(gltf, parts, materials, always=True)
    if gltf.root.extension("VRM") is not None:  # VRM 0.x faces -Z
        for part in parts:
            part.positions = part.positions * np.array([-1.0, 1.0, -1.0], np.float32)
            part.normals = part.normals * np.array([-1.0, 1.0, -1.0], np.float32)
    if any(part.material < 0 for part in parts):
        for part in parts:
            part.material = len(materials) if part.material < 0 else part.material
        materials.append(Material("default", base_color=(0.8, 0.8, 0.8, 1.0)))
    notes = [Note("import", text, text) for text in gltf.notes]
    return Statue(name, parts, materials, textures, colours, _licence(gltf), notes)


def _licence(gltf: Any) -> dict[str, Any]:
    asset = gltf.root.view("asset")
    out = {k: asset.text(k, "") for k in ("copyright", "generator")}
    vrm = gltf.root.extension("VRMC_vrm")
    if vrm is not None:
        out["vrm"] = dict(vrm.view("meta").data())
    return {k: v for k, v in out.items() if v}


def _vertex_colours(
    gltf: Any, parts: list[MeshPart], carriers: list[int]
) -> dict[int, NDArray[np.float32]]:
    """Return COLOR_0 of the parts that have it, linear RGBA (glTF 2.0, section 3.7.2.1)."""
    from cyberdirector.formats.gltf import accessors

    out: dict[int, NDArray[np.float32]] = {}
    at = 0
    for node in sorted(gltf.order):
        mesh = gltf.nodes[node].optional_index("mesh", len(gltf.meshes))
        if mesh is None:
            continue
        for view in gltf.meshes[mesh].views("primitives", 4096):
            attributes = view.view("attributes")
            count = accessors.shape_of(
                gltf, attributes.index("POSITION", len(gltf.accessors))
            ).count
            if at == len(parts) or carriers[at] != node or len(parts[at].positions) != count:
                continue  # points or lines: no part was made of it
            which = attributes.optional_index("COLOR_0", len(gltf.accessors))
            if which is not None:
                width = accessors.shape_of(gltf, which).width
                if width not in (3, 4):
                    raise attributes.bad("COLOR_0", "three or four numbers per vertex")
                values = accessors.floats(gltf, which, width)
                if len(values) != count:
                    raise attributes.bad("COLOR_0", f"{count} vertices")
                alpha = np.ones((count, 4 - width), np.float32)
                out[at] = np.clip(np.hstack([values, alpha]), 0.0, 1.0).astype(np.float32)
            at += 1
    return out


def checked(statue: Statue, file: str) -> Statue:
    """Return the statue without empty triangles and unused vertices, or refuse it.

    Raises
    ------
    InputRefused
        ``rig-empty`` or ``rig-too-coarse``.
    """
    parts: list[MeshPart] = []
    colours: dict[int, NDArray[np.float32]] = {}
    dropped = 0
    for i, part in enumerate(statue.parts):
        corners = part.positions[part.triangles]
        area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        keep = area.any(axis=1)
        dropped += int((~keep).sum())
        if not keep.any():
            continue
        rows, local = np.unique(part.triangles[keep], return_inverse=True)
        if i in statue.colours:
            colours[len(parts)] = statue.colours[i][rows]
        parts.append(
            replace(
                part,
                positions=part.positions[rows],
                normals=part.normals[rows],
                uvs=part.uvs[rows],
                triangles=local.reshape(-1, 3).astype(np.uint32),
            )
        )
    if dropped:
        statue.notes.append(
            Note(
                "rig-empty-triangles",
                f"去掉了 {dropped} 个没有面积的三角形。",
                f"{dropped} triangles without area were dropped.",
            )
        )
    total = sum(len(p.triangles) for p in parts)
    if not total:
        raise InputRefused(
            "rig-empty",
            "模型里没有三角形（或全是没有面积的三角形），请重新导出网格。",
            "The model has no triangles with an area; export the mesh again.",
            Location(file),
        )
    if total < LEAST_TRIANGLES:
        raise InputRefused(
            "rig-too-coarse",
            f"模型只有 {total} 个三角形，绑定人形至少需要 {LEAST_TRIANGLES} 个。",
            f"The model has {total} triangles; a humanoid needs {LEAST_TRIANGLES} or more.",
            Location(file),
        )
    return replace(statue, parts=parts, colours=colours)
