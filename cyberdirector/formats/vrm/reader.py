"""Reads VRM 1.0 and 0.x into the canonical character (normalised pose, facing +Z)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyberdirector.core.model import (
    Character,
    Expression,
    LookAt,
    Material,
    MeshPart,
    Texture,
)
from cyberdirector.core.skeleton import HUMANOID_BONES, REQUIRED_BONES
from cyberdirector.formats.gltf._view import View, refuse
from cyberdirector.formats.gltf.document import Gltf, parse_gltf, read_gltf
from cyberdirector.formats.gltf.materials import bake_transforms, read_materials
from cyberdirector.formats.gltf.meshes import Source
from cyberdirector.formats.gltf.skeleton import Skeleton, build_skeleton, read_parts
from cyberdirector.formats.vrm import version0
from cyberdirector.formats.vrm.arkit import adopt
from cyberdirector.formats.vrm.expressions import bind_expressions, read_raw, read_raw_0
from cyberdirector.formats.vrm.mtoon0 import read_materials_0
from cyberdirector.formats.vrm.names import CHARACTER_SCHEMA, CHARACTER_VERSION
from cyberdirector.formats.vrm.springs import read_springs, read_springs_0, spring_nodes


def _bones(gltf: Gltf) -> dict[str, int]:
    """Return humanoid bone → glTF node of the scene, of either version."""
    vrm = gltf.root.extension("VRMC_vrm")
    if vrm is None:
        found = version0.bones(gltf)
    else:
        humans = vrm.view("humanoid").view("humanBones")
        found = {
            name: humans.view(name).index("node", len(gltf.nodes))
            for name in HUMANOID_BONES
            if name in humans
        }
    shown = set(gltf.order)
    return {name: node for name, node in found.items() if node in shown}


def _check_bones(gltf: Gltf, bones: dict[str, int]) -> None:
    missing = sorted(REQUIRED_BONES - set(bones))
    twice = len(set(bones.values())) != len(bones)
    if missing or twice:
        what = "、".join(missing) if missing else "同一骨骼被用了两次"
        found = ", ".join(missing) if missing else "one node for two bones"
        raise refuse(
            "vrm-bones-missing",
            f"角色的人形骨骼不完整（{what}），请在导出工具中完成骨骼映射。",
            f"the humanoid is not complete ({found}); map the bones in the exporting tool.",
            gltf.file,
            "/extensions/VRMC_vrm/humanoid",
        )


def _skin_joints(gltf: Gltf) -> set[int]:
    joints: set[int] = set()
    for skin in gltf.root.views("skins"):
        joints.update(skin.indices("joints", len(gltf.nodes)))
    return joints


def _look_at(gltf: Gltf, skeleton: Skeleton, head: int) -> LookAt:
    vrm = gltf.root.extension("VRMC_vrm") or View({}, gltf.file)
    view = vrm.view("lookAt")
    kind = view.choice("type", ("bone", "expression"), "bone")
    x, y, z = view.numbers("offsetFromHeadBone", 3, (0.0, 0.0, 0.0))
    out = LookAt(kind, skeleton.vector(head, (x, y, z)))

    def span(key: str, default: tuple[float, float]) -> tuple[float, float]:
        values = view.view(key)
        return (
            values.number("inputMaxValue", default[0]),
            values.number("outputScale", default[1]),
        )

    rest = (90.0, 10.0) if kind == "bone" else (90.0, 1.0)
    out.horizontal_inner = span("rangeMapHorizontalInner", rest)
    out.horizontal_outer = span("rangeMapHorizontalOuter", rest)
    out.vertical_down = span("rangeMapVerticalDown", rest)
    out.vertical_up = span("rangeMapVerticalUp", rest)
    return out


def _own(gltf: Gltf) -> View:
    """Return the data that our own writer left in the scene (empty for foreign files)."""
    scenes = gltf.root.views("scenes")
    own = scenes[0].own() if scenes else View({}, gltf.file)
    if own.raw("schema") != CHARACTER_SCHEMA:
        return View({}, gltf.file)
    if own.integer("version", 1, 1 << 30) > CHARACTER_VERSION:
        raise refuse(
            "character-newer",
            "这个角色由更新版本的程序保存，请升级本程序。",
            "this character was saved by a newer version of the program; upgrade it.",
            gltf.file,
            own.path,
        )
    return own


def _meta(gltf: Gltf, old: bool) -> dict[str, Any]:
    if old:
        return version0.meta(gltf)
    vrm = gltf.root.extension("VRMC_vrm")
    meta = dict(vrm.view("meta").data()) if vrm is not None else {}
    meta.pop("thumbnailImage", None)
    return meta


def _is_old(gltf: Gltf) -> bool:
    """Tell whether the file is VRM 0.x; refuse what is no VRM at all."""
    if gltf.root.extension("VRMC_vrm") is not None:
        return False
    if gltf.root.extension("VRM") is not None:
        return True
    raise refuse(
        "vrm-not-humanoid",
        "文件里没有 VRM 信息，不知道哪根骨骼是什么，请导出为 VRM 1.0 或 0.x。",
        "the file has no VRM data that says which bone is which; export VRM 1.0 or 0.x.",
        gltf.file,
        "/extensions",
    )


def _surfaces(
    gltf: Gltf, skeleton: Skeleton, old: bool, ours: bool
) -> tuple[list[Material], list[Texture], list[MeshPart], list[Source]]:
    """Return materials, textures and parts; every part has a material."""
    materials, textures = read_materials_0(gltf) if old else read_materials(gltf, ours)
    parts, sources, _ = read_parts(gltf, skeleton, compact=not ours)
    if not ours:
        bake_transforms(gltf, parts, materials)
    bare = [part for part in parts if part.material < 0]
    for part in bare:
        part.material = len(materials)
    if bare:
        materials.append(Material("default"))
    return materials, textures, parts, sources


def _expressions(
    gltf: Gltf, parts: list[MeshPart], sources: list[Source], old: bool, ours: bool
) -> dict[str, Expression]:
    """Return the expressions; foreign faces get the ARKit shapes they can have."""
    raws = read_raw_0(gltf) if old else read_raw(gltf)
    expressions = bind_expressions(raws, parts, sources)
    made = [] if ours else adopt(parts, expressions)
    if made:
        gltf.note("ARKit shapes made from the avatar's own: " + ", ".join(made))
    return expressions


def character_from(gltf: Gltf) -> Character:
    """Return the character of a checked glTF; see :func:`read_vrm`."""
    old = _is_old(gltf)
    bones = _bones(gltf)
    _check_bones(gltf, bones)
    own = _own(gltf)
    ours = bool(own.keys())
    if any(node.extension("VRMC_node_constraint") for node in gltf.nodes):
        gltf.note("node constraints (twist and aim bones) are not solved")
    wanted = set(bones.values()) | _skin_joints(gltf) | spring_nodes(gltf)
    skeleton = build_skeleton(gltf, wanted, turn=old)
    materials, textures, parts, sources = _surfaces(gltf, skeleton, old, ours)
    springs = read_springs_0(gltf, skeleton) if old else read_springs(gltf, skeleton)
    look_at = version0.look_at if old else _look_at
    meta = _meta(gltf, old)
    title = meta.get("name")
    character = Character(
        name=own.text("name", title if isinstance(title, str) else "character"),
        nodes=skeleton.nodes,
        humanoid={b: skeleton.index[bones[b]] for b in HUMANOID_BONES if b in bones},
        parts=parts,
        materials=materials,
        textures=textures,
        expressions=_expressions(gltf, parts, sources, old, ours),
        colliders=springs.colliders,
        collider_groups=springs.groups,
        springs=springs.springs,
        look_at=look_at(gltf, skeleton, bones["head"]),
        meta=meta,
        extras=dict(own.view("extras").data()),
    )
    if gltf.notes:
        character.extras["import_notes"] = sorted(gltf.notes)
    return character


def parse_vrm(data: bytes, file: str = "") -> Character:
    """Return the character of a VRM file in memory; see :func:`read_vrm`."""
    return character_from(parse_gltf(data, file))


def read_vrm(path: Path) -> Character:
    """Return the character of a VRM 1.0 or 0.x file.

    The rest pose is normalised: rest rotations become identity and the mesh, shapes,
    colliders and look-at offsets are turned with them. Models of VRM 0.x, which face -Z,
    are turned to +Z. What cannot be taken over is listed in ``extras["import_notes"]``.

    Raises
    ------
    InputRefused
        When the file is damaged, too large, no VRM, or its humanoid is not complete.
    """
    return character_from(read_gltf(path))
