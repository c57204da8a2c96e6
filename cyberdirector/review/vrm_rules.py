"""Rules of VRM 1.0 that a file's JSON must keep (VRMC_vrm, VRMC_springBone, MToon 1.0).

Read from the specification of the VRM Consortium: required members, ranges of enumerations,
references that exist, one node per bone, parents of bones, chains that run downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from cyberdirector.core.skeleton import BONE_INDEX, BONE_PARENTS, HUMANOID_BONES, REQUIRED_BONES
from cyberdirector.formats.vrm.names import OVERRIDES, PRESETS
from cyberdirector.review.finding import Report

Json = dict[str, Any]

_META_CHOICES: dict[str, tuple[str, ...]] = {
    "avatarPermission": ("onlyAuthor", "onlySeparatelyLicensedPerson", "everyone"),
    "commercialUsage": ("personalNonProfit", "personalProfit", "corporation"),
    "creditNotation": ("required", "unnecessary"),
    "modification": ("prohibited", "allowModification", "allowModificationRedistribution"),
}
_META_FLAGS = (
    "allowExcessivelyViolentUsage", "allowExcessivelySexualUsage",
    "allowPoliticalOrReligiousUsage", "allowAntisocialOrHateUsage", "allowRedistribution",
)  # fmt: skip
_OUTLINES = ("none", "worldCoordinates", "screenCoordinates")
_FIRST_PERSON = ("auto", "both", "thirdPersonOnly", "firstPersonOnly")
_UNIT = ("shadingToonyFactor", "giEqualizationFactor", "rimLightingMixFactor",
         "outlineLightingMixFactor")  # fmt: skip


def check_vrm(root: Json, report: Report) -> None:
    """Add what the JSON of a VRM file breaks to the report."""
    used = root.get("extensionsUsed") or []
    extensions = root.get("extensions") or {}
    vrm = extensions.get("VRMC_vrm")
    if not isinstance(vrm, dict):
        old = "VRM" in extensions
        report.error(
            "vrm-extension",
            "文件是 VRM 0.x，请升级为 VRM 1.0。" if old else "文件没有 VRMC_vrm 扩展。",
            "The file is VRM 0.x; bring it to VRM 1.0."
            if old
            else "The file has no extension VRMC_vrm.",
        )
        return
    for name in extensions:
        if name not in used:
            _rule(report, f"extensionsUsed lacks {name}", "/extensionsUsed")
    if vrm.get("specVersion") != "1.0":
        _rule(report, f"specVersion is {vrm.get('specVersion')!r}, not '1.0'", "/VRMC_vrm")
    nodes = root.get("nodes") or []
    parents = _parents(nodes)
    _check_meta(vrm.get("meta") or {}, root, report)
    _check_bones(vrm.get("humanoid") or {}, len(nodes), parents, report)
    _check_expressions(vrm.get("expressions") or {}, root, report)
    _check_look(vrm, len(nodes), report)
    if "VRMC_springBone" in extensions:
        _check_springs(extensions["VRMC_springBone"], len(nodes), parents, report)
    for i, material in enumerate(root.get("materials") or []):
        toon = (material.get("extensions") or {}).get("VRMC_materials_mtoon")
        if toon is not None:
            _check_mtoon(toon, f"/materials/{i}", report)


def _rule(report: Report, text: str, where: str) -> None:
    report.error(
        "vrm-rule", f"不符合 VRM 1.0 规范：{text}。", f"Breaks VRM 1.0: {text}.", where
    )


def _parents(nodes: list[Json]) -> list[int]:
    out = [-1] * len(nodes)
    for i, node in enumerate(nodes):
        for child in node.get("children") or ():
            if 0 <= child < len(out):
                out[child] = i
    return out


def _check_meta(meta: Json, root: Json, report: Report) -> None:
    where = "/VRMC_vrm/meta"
    for key in ("name", "licenseUrl"):
        if not isinstance(meta.get(key), str) or not meta[key]:
            _rule(report, f"meta.{key} must be a text", where)
    authors = meta.get("authors")
    if (
        not isinstance(authors, list)
        or not authors
        or not all(isinstance(a, str) and a for a in authors)
    ):
        _rule(report, "meta.authors must name at least one author", where)
    for key, choices in _META_CHOICES.items():
        if key in meta and meta[key] not in choices:
            _rule(report, f"meta.{key} is {meta[key]!r}", where)
    for key in _META_FLAGS:
        if key in meta and not isinstance(meta[key], bool):
            _rule(report, f"meta.{key} must be true or false", where)
    picture = meta.get("thumbnailImage")
    if picture is not None and not 0 <= picture < len(root.get("images") or []):
        _rule(report, f"meta.thumbnailImage {picture} does not exist", where)


def _check_bones(humanoid: Json, count: int, parents: list[int], report: Report) -> None:
    where = "/VRMC_vrm/humanoid/humanBones"
    bones: dict[str, int] = {}
    for name, item in (humanoid.get("humanBones") or {}).items():
        node = item.get("node") if isinstance(item, dict) else None
        if name not in BONE_INDEX:
            _rule(report, f"there is no humanoid bone {name!r}", where)
        elif not isinstance(node, int) or not 0 <= node < count:
            _rule(report, f"bone {name} names node {node!r}", where)
        elif node in bones.values():
            _rule(report, f"bone {name} shares a node with another bone", where)
        else:
            bones[name] = node
    missing = sorted(REQUIRED_BONES - set(bones))
    if missing:
        _rule(report, f"required bones are missing: {', '.join(missing)}", where)
    for name, node in bones.items():
        above = BONE_PARENTS[BONE_INDEX[name]]
        while above >= 0 and HUMANOID_BONES[above] not in bones:
            above = BONE_PARENTS[above]
        if above >= 0 and bones[HUMANOID_BONES[above]] not in _up(node, parents):
            _rule(report, f"bone {name} does not hang under {HUMANOID_BONES[above]}", where)
    report.figures["bones"] = len(bones)


def _up(node: int, parents: list[int]) -> Iterator[int]:
    steps = 0
    while parents[node] >= 0 and steps <= len(parents):
        node, steps = parents[node], steps + 1
        yield node


def _check_expressions(expressions: Json, root: Json, report: Report) -> None:
    nodes, meshes = root.get("nodes") or [], root.get("meshes") or []
    preset, custom = expressions.get("preset") or {}, expressions.get("custom") or {}
    for name in preset:
        if name not in PRESETS:
            _rule(report, f"there is no preset {name!r}", "/VRMC_vrm/expressions/preset")
    for name in custom:
        if name in PRESETS:
            _rule(report, f"{name!r} is a preset", "/VRMC_vrm/expressions/custom")
    for kind, group in (("preset", preset), ("custom", custom)):
        for name, item in group.items():
            where = f"/VRMC_vrm/expressions/{kind}/{name}"
            for key in ("overrideBlink", "overrideLookAt", "overrideMouth"):
                if item.get(key, "none") not in OVERRIDES:
                    _rule(report, f"{key} is {item[key]!r}", where)
            for bind in item.get("morphTargetBinds") or ():
                _check_bind(bind, nodes, meshes, where, report)
    report.figures["presets"], report.figures["custom_expressions"] = len(preset), len(custom)


def _check_bind(
    bind: Json, nodes: list[Json], meshes: list[Json], where: str, report: Report
) -> None:
    node, index, weight = bind.get("node"), bind.get("index"), bind.get("weight")
    if not isinstance(node, int) or not 0 <= node < len(nodes) or "mesh" not in nodes[node]:
        _rule(report, f"a bind names node {node!r}, which has no mesh", where)
        return
    targets = meshes[nodes[node]["mesh"]]["primitives"][0].get("targets") or []
    if not isinstance(index, int) or not 0 <= index < len(targets):
        _rule(report, f"a bind names shape {index!r} of {len(targets)}", where)
    if not isinstance(weight, int | float) or not 0.0 <= weight <= 1.0:
        _rule(report, f"a bind has weight {weight!r}", where)


def _check_look(vrm: Json, count: int, report: Report) -> None:
    look = vrm.get("lookAt") or {}
    if look.get("type", "bone") not in ("bone", "expression"):
        _rule(report, f"lookAt.type is {look['type']!r}", "/VRMC_vrm/lookAt")
    for note in (vrm.get("firstPerson") or {}).get("meshAnnotations") or ():
        where = "/VRMC_vrm/firstPerson"
        if note.get("type") not in _FIRST_PERSON:
            _rule(report, f"first person type {note.get('type')!r}", where)
        if not 0 <= note.get("node", -1) < count:
            _rule(report, f"first person node {note.get('node')!r}", where)


def _check_springs(item: Json, count: int, parents: list[int], report: Report) -> None:
    where = "/VRMC_springBone"
    if item.get("specVersion") != "1.0":
        _rule(report, f"specVersion is {item.get('specVersion')!r}", where)
    colliders = item.get("colliders") or []
    groups = item.get("colliderGroups") or []
    for i, collider in enumerate(colliders):
        shape = collider.get("shape") or {}
        if not 0 <= collider.get("node", -1) < count or len(shape) != 1:
            _rule(report, "a collider needs a node and one shape", f"{where}/colliders/{i}")
    for i, group in enumerate(groups):
        members = group.get("colliders") or []
        if not members or any(not 0 <= c < len(colliders) for c in members):
            _rule(report, "a group names colliders that do not exist", f"{where}/groups/{i}")
    taken: set[int] = set()
    for i, spring in enumerate(item.get("springs") or []):
        place = f"{where}/springs/{i}"
        line = [joint.get("node", -1) for joint in spring.get("joints") or ()]
        if not line or any(not 0 <= node < count for node in line):
            _rule(report, "a spring names nodes that do not exist", place)
            continue
        for upper, lower in pairwise(line):
            if upper not in _up(lower, parents):
                _rule(report, f"joint {lower} does not hang under {upper}", place)
        if taken.intersection(line):
            _rule(report, "a node belongs to two springs", place)
        taken.update(line)
        if any(not 0 <= g < len(groups) for g in spring.get("colliderGroups") or ()):
            _rule(report, "a spring names groups that do not exist", place)
    report.figures["springs"] = len(item.get("springs") or [])
    report.figures["colliders"] = len(colliders)


def _check_mtoon(toon: Json, where: str, report: Report) -> None:
    if toon.get("specVersion") != "1.0":
        _rule(report, f"MToon specVersion is {toon.get('specVersion')!r}", where)
    if toon.get("outlineWidthMode", "none") not in _OUTLINES:
        _rule(report, f"outlineWidthMode is {toon['outlineWidthMode']!r}", where)
    for key in _UNIT:
        if not 0.0 <= toon.get(key, 0.5) <= 1.0:
            _rule(report, f"{key} is {toon[key]!r}, not within 0..1", where)
    if not -1.0 <= toon.get("shadingShiftFactor", 0.0) <= 1.0:
        _rule(report, f"shadingShiftFactor is {toon['shadingShiftFactor']!r}", where)
    if toon.get("outlineWidthFactor", 0.0) < 0.0:
        _rule(report, "outlineWidthFactor is negative", where)
