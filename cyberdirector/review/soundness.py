"""Whether a character is fit for the screen: numbers, skin, shapes, face, hidden skin."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Character, MeshPart
from cyberdirector.formats.vrm.names import PRESETS
from cyberdirector.review.finding import Report

MOST_TRIANGLES, HERO_TRIANGLES = 60_000, 160_000
"""Triangles of a figure that stands in a crowd, and of one that fills the screen."""
MOST_PARTS = 12
"""Draw calls: one for each part."""
MOST_TEXTURE = 2048
"""Pixels along a side."""
LIP_GAP = 0.0015
"""Metres between inner lips that lie on each other in a closed mouth."""
JAW_OPENS = 0.006
"""Least way in metres that the lips part at jawOpen."""
COVERED_SKIN = 0.25
"""Share of skin vertices right under cloth; a margin behind hems is wanted."""
_TIPS = ("leftHand", "rightHand")


def check_character(character: Character, report: Report) -> None:
    """Add what is wrong with a character to the report."""
    _check_size(character, report)
    if not _check_numbers(character, report):
        return  # nothing can be measured
    _check_weights(character, report)
    _check_stance(character, report)
    _check_shapes(character, report)
    _check_lips(character, report)
    _check_springs(character, report)
    _check_hidden_skin(character, report)


def _check_numbers(character: Character, report: Report) -> bool:
    """Check the arrays; return whether all numbers are finite."""
    finite = True
    for part in character.parts:
        arrays = [part.positions, part.normals, part.uvs]
        arrays += [m.positions for m in part.morphs.values()]
        if part.weights is not None:
            arrays.append(part.weights)
        if not all(bool(np.isfinite(a).all()) for a in arrays):
            finite = False
            report.error(
                "not-finite", "网格含有非数值（NaN）。", "The mesh holds NaN.", part.name
            )
        length = np.linalg.norm(part.normals, axis=1)
        if bool((np.abs(length - 1.0) > 0.01).any()):
            report.error(
                "normals", "法线不是单位长度。", "Normals are not of unit length.", part.name
            )
        flat = _flat_share(part)
        if flat > 0.01:
            report.warn(
                "flat-triangles",
                f"{flat:.1%} 的三角形没有面积。",
                f"{flat:.1%} of the triangles have no area.",
                part.name,
            )
    return finite


def _flat_share(part: MeshPart) -> float:
    a, b, c = (part.positions[part.triangles[:, k]].astype(np.float64) for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return float((area < 1e-12).mean())


def _check_size(character: Character, report: Report) -> None:
    triangles = sum(len(p.triangles) for p in character.parts)
    parts = len(character.parts)
    side = max((max(t.pixels.shape[:2]) for t in character.textures), default=0)
    report.figures |= {
        "triangles": triangles, "vertices": sum(len(p.positions) for p in character.parts),
        "draw_calls": parts, "materials": len(character.materials),
        "textures": len(character.textures), "largest_texture": side,
        "joints": len(character.nodes),
    }  # fmt: skip
    if triangles > HERO_TRIANGLES:
        report.error(
            "triangles",
            f"有 {triangles} 个三角形，超过主角上限 {HERO_TRIANGLES}。",
            f"{triangles} triangles are more than a hero's {HERO_TRIANGLES}.",
        )
    elif triangles > MOST_TRIANGLES:
        report.warn(
            "triangles",
            f"有 {triangles} 个三角形，配角建议不超过 {MOST_TRIANGLES}。",
            f"{triangles} triangles; stay below {MOST_TRIANGLES} unless this is a hero.",
        )
    if parts > MOST_PARTS:
        report.warn(
            "draw-calls",
            f"需要 {parts} 次绘制，建议不超过 {MOST_PARTS}。",
            f"{parts} draw calls; stay within {MOST_PARTS}.",
        )
    if side > MOST_TEXTURE:
        report.warn(
            "texture-size",
            f"贴图边长 {side}，建议不超过 {MOST_TEXTURE}。",
            f"A texture is {side} pixels wide; stay within {MOST_TEXTURE}.",
        )


def _check_weights(character: Character, report: Report) -> None:
    most = 0
    for part in character.parts:
        if part.weights is None or part.joints is None:
            report.error(
                "no-skin", "部件没有蒙皮。", "The part has no skin weights.", part.name
            )
            continue
        most = max(most, int((part.weights > 0.0).sum(1).max()))
        if bool((np.abs(part.weights.sum(1) - 1.0) > 2e-3).any()):
            report.error(
                "weights-sum", "蒙皮权重之和不是 1。", "Weights do not sum to 1.", part.name
            )
        if bool((part.weights < 0.0).any()):
            report.error(
                "weights-sign", "蒙皮权重有负值。", "There are negative weights.", part.name
            )
    report.figures["influences"] = most
    if most > 4:
        report.info(
            "influences",
            f"有顶点受 {most} 根骨骼影响；只用 4 根的播放器会取最大的 4 根。",
            f"Vertices hang on up to {most} bones; players that take 4 use the greatest.",
        )


def _check_stance(character: Character, report: Report) -> None:
    """Check the T-pose, the way it faces and the floor."""
    points = character.node_positions()
    at = {name: points[node] for name, node in character.humanoid.items()}
    for tip in _TIPS:
        side = tip.removesuffix("Hand")
        arm = at[tip] - at[f"{side}UpperArm"]
        slope = np.degrees(np.arctan2(abs(arm[1]), abs(arm[0])))
        if slope > 12.0:
            report.error(
                "t-pose",
                f"静止姿势不是 T 型：{side} 手臂倾斜 {slope:.0f} 度。",
                f"The rest pose is no T-pose: the {side} arm slopes by {slope:.0f} degrees.",
            )
    if at["leftUpperArm"][0] <= at["rightUpperArm"][0]:
        report.error("facing", "角色没有面向 +Z。", "The character does not face +Z.")
    if any(np.abs(n.rotation[:3]).max() > 1e-4 for n in character.nodes):
        report.warn(
            "rest-rotations",
            "骨骼的静止旋转不为零。",
            "Rest rotations of bones are not identity.",
        )
    low = min(float(p.positions[:, 1].min()) for p in character.parts)
    if abs(low) > 0.02:
        report.warn(
            "floor",
            f"最低点离地 {low * 100:.1f} 厘米。",
            f"The lowest point is {low * 100:.1f} cm over the floor.",
        )
    high = max(float(p.positions[:, 1].max()) for p in character.parts)
    report.figures["height"] = round(high - low, 4)


def _check_shapes(character: Character, report: Report) -> None:
    shapes = {name for part in character.parts for name in part.morphs}
    lacking = [name for name in ARKIT_NAMES if name not in shapes]
    report.figures["shapes"] = len(shapes)
    if lacking:
        report.warn(
            "arkit",
            f"缺少 {len(lacking)} 个 ARKit 表情：{'、'.join(lacking[:6])}。",
            f"{len(lacking)} ARKit shapes are missing: {', '.join(lacking[:6])}.",
        )
    # A shape may be empty on purpose (the neutral face); presets that move nothing are not.
    moving = {
        name
        for part in character.parts
        for name, morph in part.morphs.items()
        if len(morph.indices) and float(np.abs(morph.positions).max()) > 1e-5
    }
    for name in PRESETS:
        expression = character.expressions.get(name)
        if name == "neutral":
            continue
        if expression is None or not expression.binds:
            report.warn(
                "preset-missing",
                f"缺少预设表情 {name}。",
                f"The preset expression {name} is missing.",
            )
        elif all(shape not in moving for shape, _ in expression.binds):
            report.error(
                "preset-empty",
                f"预设表情 {name} 什么也不动。",
                f"The preset expression {name} moves nothing.",
            )


def _check_lips(character: Character, report: Report) -> None:
    probe = character.extras.get("lip_probe")
    if not isinstance(probe, list) or not probe:
        return
    rows = np.array(probe, np.int64)
    part = character.parts[int(rows[0, 0])]

    def gap(weights: dict[str, float]) -> NDArray[np.float64]:
        points = part.positions.astype(np.float64)
        for name, weight in weights.items():
            morph = part.morphs.get(name)
            if morph is not None:
                points[morph.indices] += weight * morph.positions
        return np.asarray(np.linalg.norm(points[rows[:, 1]] - points[rows[:, 2]], axis=1))

    closed, opened = float(gap({}).max()), float(gap({"jawOpen": 1.0}).max())
    sealed = float(gap({"jawOpen": 0.5, "mouthClose": 0.5}).max())
    report.figures |= {
        "lip_gap_mm": round(closed * 1e3, 3), "lip_gap_sealed_mm": round(sealed * 1e3, 3),
        "jaw_opens_mm": round(opened * 1e3, 2),
    }  # fmt: skip
    if closed > LIP_GAP:
        report.error(
            "lips-open",
            f"闭嘴时双唇相距 {closed * 1e3:.1f} 毫米。",
            f"The lips of the closed mouth are {closed * 1e3:.1f} mm apart.",
        )
    if sealed > 2.0 * LIP_GAP:
        report.warn(
            "lips-seal",
            f"jawOpen 加 mouthClose 时双唇相距 {sealed * 1e3:.1f} 毫米。",
            f"At jawOpen with mouthClose the lips are {sealed * 1e3:.1f} mm apart.",
        )
    if opened < JAW_OPENS:
        report.error(
            "jaw-stuck",
            f"jawOpen 只张开 {opened * 1e3:.1f} 毫米。",
            f"jawOpen parts the lips by {opened * 1e3:.1f} mm only.",
        )


def _check_springs(character: Character, report: Report) -> None:
    used: dict[int, str] = {}
    for spring in character.springs:
        for joint in spring.joints:
            if joint.node in used:
                report.error(
                    "spring-shared",
                    f"节点同属两条弹簧：{used[joint.node]} 与 {spring.name}。",
                    f"A node is in two springs: {used[joint.node]} and {spring.name}.",
                )
            used[joint.node] = spring.name
        if len(spring.joints) < 2:
            report.warn(
                "spring-short", "弹簧链少于两节。", "A spring has one joint only.", spring.name
            )
    if not character.springs:
        report.info("no-springs", "没有弹簧骨骼。", "There are no spring bones.")


def _check_hidden_skin(character: Character, report: Report) -> None:
    """Measure how much skin lies deep under clothes (T-pose): it would poke through."""
    from scipy.spatial import cKDTree

    roles = [m.role for m in character.materials]
    skin = [p for p in character.parts if roles[p.material] in ("skin", "face")]
    cloth = [p for p in character.parts if roles[p.material] == "cloth"]
    if not skin or not cloth:
        return
    points = np.concatenate([p.positions for p in skin]).astype(np.float64)
    normals = np.concatenate([p.normals for p in skin]).astype(np.float64)
    over = np.concatenate([p.positions for p in cloth]).astype(np.float64)
    near, rows = cKDTree(over).query(points, distance_upper_bound=0.03)
    hit = np.isfinite(near)
    away = over[np.asarray(rows)[hit]] - points[hit]
    out = (away * normals[hit]).sum(1)
    aside = np.sqrt(np.maximum((away**2).sum(1) - out**2, 0.0))
    covered = (out > 0.004) & (aside < 0.004)
    share = float(covered.sum()) / len(points)
    report.figures["covered_skin"] = round(share, 4)
    if share > COVERED_SKIN:
        report.warn(
            "covered-skin",
            f"{share:.0%} 的皮肤藏在衣服下，动作大时可能穿出。",
            f"{share:.0%} of the skin lies under clothes and may poke through in wide moves.",
        )


def sparse_share(root: dict[str, Any]) -> float:
    """Return the share of shape accessors of a glTF that are sparse or empty (1 is best)."""
    accessors = root.get("accessors") or []
    targets = [
        index
        for mesh in root.get("meshes") or ()
        for primitive in mesh.get("primitives") or ()
        for target in primitive.get("targets") or ()
        for index in target.values()
    ]
    if not targets:
        return 1.0
    sparse = sum("sparse" in accessors[i] or "bufferView" not in accessors[i] for i in targets)
    return sparse / len(targets)
