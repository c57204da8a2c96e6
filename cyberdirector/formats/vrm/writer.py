"""Writes a character as VRM 1.0, the same bytes for the same character."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.files import write_bytes
from cyberdirector.core.model import (
    Character,
    Collider,
    Expression,
    Material,
    Spring,
    UvBind,
    UvTransform,
)
from cyberdirector.core.rotations import quat_to_matrix
from cyberdirector.core.skeleton import HUMANOID_BONES, REQUIRED_BONES
from cyberdirector.formats.gltf.builder import Builder
from cyberdirector.formats.gltf.materials import write_material, write_textures
from cyberdirector.formats.gltf.mesh_writer import write_mesh
from cyberdirector.formats.gltf.nodes import node_item
from cyberdirector.formats.vrm.names import (
    CHARACTER_SCHEMA,
    CHARACTER_VERSION,
    LICENCE_URL,
    PRESETS,
)

Parts = list[tuple[int, list[str]]]
"""Node and shape names of each part."""


def _globals(character: Character) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return (nodes, 4, 4) rest transforms in model space, metres."""
    out = np.tile(np.eye(4), (len(character.nodes), 1, 1))
    for i, node in enumerate(character.nodes):
        if node.parent >= i:
            raise ValueError(f"node {node.name!r} stands before its parent")
        local = np.eye(4)
        local[:3, :3] = quat_to_matrix(node.rotation) * np.array(node.scale)
        local[:3, 3] = node.translation
        out[i] = local if node.parent < 0 else out[node.parent] @ local
    return out


def _write_nodes(builder: Builder, character: Character) -> list[int]:
    """Add the joints, node i of the character as node i; return the roots."""
    for node in character.nodes:
        builder.add("nodes", node_item(node.name, node.translation, node.rotation, node.scale))
    roots = []
    for i, node in enumerate(character.nodes):
        if node.parent < 0:
            roots.append(i)
        else:
            builder.json["nodes"][node.parent].setdefault("children", []).append(i)
    if len(roots) > 1:  # the joints of a skin need one common root
        item = node_item("Root")
        item["children"] = roots
        item["extras"] = {"cyberdirector": {"wrapper": True}}
        roots = [builder.add("nodes", item)]
    return roots


def _write_skin(builder: Builder, character: Character) -> int:
    inverse = np.linalg.inv(_globals(character))
    inverse[:, 3] = [0.0, 0.0, 0.0, 1.0]
    columns = (inverse.transpose(0, 2, 1) + 0.0).reshape(-1, 16).astype(np.float32)
    skin: dict[str, Any] = {
        "name": "skin",
        "joints": list(range(len(character.nodes))),
        "inverseBindMatrices": builder.accessor(columns),
    }
    return builder.add("skins", skin)


def _write_parts(builder: Builder, character: Character) -> Parts:
    skin: int | None = None
    parts: Parts = []
    for part in character.parts:
        item: dict[str, Any] = {"name": part.name, "mesh": write_mesh(builder, part)}
        if part.joints is not None:
            if int(part.joints.max()) >= len(character.nodes):
                raise ValueError(f"part {part.name!r} names a joint that does not exist")
            if skin is None:
                skin = _write_skin(builder, character)
            item["skin"] = skin
        parts.append((builder.add("nodes", item), list(part.morphs)))
    return parts


def _meta(character: Character) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "name": character.name or "character",
        "authors": ["CyberDirector"],
        "licenseUrl": LICENCE_URL,
    }
    meta |= {k: v for k, v in character.meta.items() if v not in (None, "", [])}
    meta.pop("thumbnailImage", None)  # an index into another file's pictures
    return meta


def expressions_of(character: Character) -> dict[str, Expression]:
    """Return the expressions with one custom expression for each ARKit shape added."""
    out = dict(character.expressions)
    shapes = {name for part in character.parts for name in part.morphs}
    for name in ARKIT_NAMES:
        if name in shapes and name not in out:
            out[name] = Expression([(name, 1.0)], preset=False)
    return out


def _move(bind: UvBind, material: Material) -> dict[str, Any]:
    """Return a textureTransformBind; an axis that is left alone keeps what the material has."""
    own = next(iter(material.transforms.values()), UvTransform())

    def whole(wanted: tuple[float | None, ...], kept: tuple[float, ...]) -> list[float]:
        return [k if v is None else float(v) for v, k in zip(wanted, kept, strict=True)]

    return {
        "material": bind.material,
        "offset": whole(bind.offset, own.offset),
        "scale": whole(bind.scale, own.scale),
    }


def _expression(
    expression: Expression, parts: Parts, materials: list[Material]
) -> dict[str, Any]:
    item: dict[str, Any] = {
        "isBinary": bool(expression.is_binary),
        "overrideBlink": expression.override_blink,
        "overrideLookAt": expression.override_look_at,
        "overrideMouth": expression.override_mouth,
    }
    binds = [
        {"node": node, "index": shapes.index(shape), "weight": float(weight)}
        for shape, weight in expression.binds
        for node, shapes in parts
        if shape in shapes
    ]
    if binds:
        item["morphTargetBinds"] = binds
    if expression.colours:
        item["materialColorBinds"] = [
            {
                "material": c.material,
                "type": c.kind,
                "targetValue": [float(v) for v in c.target],
            }
            for c in expression.colours
        ]
    if expression.moves:
        item["textureTransformBinds"] = [
            _move(move, materials[move.material]) for move in expression.moves
        ]
    return item


def _expressions(character: Character, parts: Parts) -> dict[str, Any]:
    preset: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, expression in expressions_of(character).items():
        home = preset if expression.preset and name in PRESETS else custom
        home[name] = _expression(expression, parts, character.materials)
    return {k: v for k, v in (("preset", preset), ("custom", custom)) if v}


def _look_at(character: Character) -> dict[str, Any]:
    look = character.look_at

    def span(values: tuple[float, float]) -> dict[str, float]:
        return {"inputMaxValue": float(values[0]), "outputScale": float(values[1])}

    return {
        "type": look.kind,
        "offsetFromHeadBone": [float(v) for v in look.offset_from_head],
        "rangeMapHorizontalInner": span(look.horizontal_inner),
        "rangeMapHorizontalOuter": span(look.horizontal_outer),
        "rangeMapVerticalDown": span(look.vertical_down),
        "rangeMapVerticalUp": span(look.vertical_up),
    }


def _vrm(character: Character, parts: Parts) -> dict[str, Any]:
    """Return the VRMC_vrm-1.0 object."""
    missing = sorted(REQUIRED_BONES - set(character.humanoid))
    if missing:
        raise InputRefused(
            "vrm-bones-missing",
            f"角色缺少 VRM 必需的骨骼：{'、'.join(missing)}。",
            f"the character lacks bones that VRM requires: {', '.join(missing)}.",
        )
    bones = {
        name: {"node": character.humanoid[name]}
        for name in HUMANOID_BONES
        if name in character.humanoid
    }
    vrm: dict[str, Any] = {
        "specVersion": "1.0",
        "meta": _meta(character),
        "humanoid": {"humanBones": bones},
        "lookAt": _look_at(character),
    }
    if parts:
        notes = [{"node": node, "type": "auto"} for node, _ in parts]
        vrm["firstPerson"] = {"meshAnnotations": notes}
    expressions = _expressions(character, parts)
    if expressions:
        vrm["expressions"] = expressions
    return vrm


def _collider(collider: Collider) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "offset": [float(v) for v in collider.offset],
        "radius": float(collider.radius),
    }
    kind = "sphere"
    if collider.tail is not None:
        kind = "capsule"
        shape["tail"] = [float(v) for v in collider.tail]
    return {"node": collider.node, "shape": {kind: shape}}


def _spring(spring: Spring, groups: dict[int, int]) -> dict[str, Any]:
    item: dict[str, Any] = {
        "name": spring.name,
        "joints": [
            {
                "node": joint.node,
                "hitRadius": float(joint.hit_radius),
                "stiffness": float(joint.stiffness),
                "gravityPower": float(joint.gravity_power),
                "gravityDir": [float(v) for v in joint.gravity_dir],
                "dragForce": float(joint.drag_force),
            }
            for joint in spring.joints
        ],
    }
    used = [groups[g] for g in spring.collider_groups if g in groups]
    if used:
        item["colliderGroups"] = used
    return item


def _spring_bone(character: Character) -> dict[str, Any]:
    """Return the VRMC_springBone-1.0 object; empty lists are not allowed in it."""
    filled = [i for i, group in enumerate(character.collider_groups) if group]
    groups = {old: new for new, old in enumerate(filled)}
    lists = {
        "colliders": [_collider(c) for c in character.colliders],
        "colliderGroups": [{"colliders": list(character.collider_groups[i])} for i in filled],
        "springs": [_spring(s, groups) for s in character.springs if s.joints],
    }
    return {"specVersion": "1.0", **{k: v for k, v in lists.items() if v}}


def build_vrm(character: Character) -> tuple[Builder, Parts]:
    """Return the VRM 1.0 of a character before its bytes are fixed, and its mesh nodes.

    Node i of the character is node i of the file; more (animations) may be added.

    Raises
    ------
    InputRefused
        ``vrm-bones-missing`` when a bone that VRM requires is not there.
    ValueError
        For arrays that do not fit together.
    """
    builder = Builder()
    write_textures(builder, character.textures)
    for material in character.materials:
        write_material(builder, material)
    roots = _write_nodes(builder, character)
    parts = _write_parts(builder, character)
    own = {
        "schema": CHARACTER_SCHEMA,
        "version": CHARACTER_VERSION,
        "name": character.name,
        "extras": character.extras,
    }
    builder.add(
        "scenes",
        {
            "name": character.name,
            "nodes": [*roots, *(node for node, _ in parts)],
            "extras": {"cyberdirector": own},
        },
    )
    builder.json["scene"] = 0
    extensions: dict[str, Any] = {"VRMC_vrm": _vrm(character, parts)}
    if character.springs or character.colliders:
        extensions["VRMC_springBone"] = _spring_bone(character)
    for name in extensions:
        builder.use(name)
    builder.json["extensions"] = extensions
    return builder, parts


def vrm_bytes(character: Character) -> bytes:
    """Return the VRM 1.0 file of a character; errors as in :func:`build_vrm`."""
    return build_vrm(character)[0].glb()


def write_vrm(path: Path, character: Character) -> None:
    """Write a character as VRM 1.0 in one step; see :func:`vrm_bytes`."""
    write_bytes(path, vrm_bytes(character))
