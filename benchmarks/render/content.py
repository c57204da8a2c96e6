"""What is drawn: a body of Anny's class, two shipped characters, sets, moving poses.

What compiles characters is imported where it is used: drawing processes have no need of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES
from cyberdirector.core.model import Character, Material, MeshPart, Node
from cyberdirector.core.pose import arms_down
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_multiply
from cyberdirector.core.scene import Camera, Set
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.render import FigureState, pose_figures
from cyberdirector.render.still import stand

if TYPE_CHECKING:
    from cyberdirector.character.face.build import Face

BONES = 104
"""Joints of Anny's rig (MakeHuman's default rig less the toes)."""

ACTIVE = (
    "jawOpen", "browInnerUp", "eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft",
    "mouthSmileRight", "mouthPucker", "mouthFunnel", "cheekPuff", "browDownLeft",
    "browDownRight", "mouthStretchLeft", "mouthStretchRight", "eyeSquintLeft",
    "eyeSquintRight",
)  # fmt: skip
"""The 15 shapes that move in every frame."""

CAST = ("lin_wan", "shen_mo")
SET_TRIANGLES = 180_000


def anny_class() -> Character:
    """Return the whole CC0 body that Anny is made of: 27k triangles, 104 joints, 52 shapes.

    The skin is not thinned; shorts and a top take the place of some of it. 49 twist joints
    carry every other vertex of the first 49 bones, so that 104 matrices move it.
    """
    from cyberdirector.character import shipped_recipe
    from cyberdirector.character.body import BODY_COUNT, build_body
    from cyberdirector.character.expressions import vrm_expressions
    from cyberdirector.character.face.build import build_face
    from cyberdirector.character.modesty import modesty_part
    from cyberdirector.character.template import load_template

    recipe = shipped_recipe("lin_wan")
    body = build_body(load_template(), recipe.body_shape(), recipe.body_style())
    face = build_face(body, recipe.face_look(), np.zeros(BODY_COUNT, bool))
    nodes = [Node(n.name, n.parent, n.translation) for n in body.nodes]
    twists = BONES - len(nodes)
    nodes += [Node(f"twist{bone}", bone, (0.0, 0.0, 0.0)) for bone in range(twists)]
    worn = modesty_part(body, np.zeros(BODY_COUNT, bool))
    if worn is not None:
        _put_on(*worn, face)
    for part in face.parts:
        if part.joints is not None:
            joints = part.joints.copy()
            moved = (joints < twists) & (np.arange(len(joints)) % 2 == 1)[:, None]
            joints[moved] += np.uint16(BONES - twists)
            part.joints = joints
    for material in face.materials:
        if material.role in ("skin", "face"):
            material.outline_mode, material.outline_width = "worldCoordinates", 0.002
    character = Character(
        "anny-class", nodes, body.humanoid, face.parts, face.materials, face.textures,
        vrm_expressions(),
    )  # fmt: skip
    return character


def _put_on(cloth: MeshPart, material: Material, face: Face) -> None:
    """Put an underlayer in the place of the skin under it."""
    from scipy.spatial import cKDTree

    under = cKDTree(cloth.positions)
    for part in face.parts:
        covered = under.query(part.positions)[0] < 0.002
        part.triangles = part.triangles[~covered[part.triangles].all(axis=1)]
    material.outline_mode, material.outline_width = "worldCoordinates", 0.002
    cloth.material = len(face.materials)
    face.parts.append(cloth)
    face.materials.append(material)


def count(parts: list[MeshPart]) -> int:
    """Return the number of triangles."""
    return sum(len(part.triangles) for part in parts)


def move(character: Character, frames: int) -> list[FigureState]:
    """Return states in which all limbs, fingers and 15 shapes move in every frame."""
    t = np.arange(frames) / 30.0 * 2.0 * np.pi
    turns = arms_down(frames).astype(np.float64)

    def turn(bone: str, yaw: object, pitch: object, roll: object) -> None:
        zero = np.zeros(frames)
        extra = quat_from_yaw_pitch_roll(zero + yaw, zero + pitch, zero + roll)
        index = BONE_INDEX[bone]
        turns[:, index] = quat_multiply(turns[:, index], extra)

    for side, sign in (("left", 1.0), ("right", -1.0)):
        turn(f"{side}UpperArm", 0.0, 0.3 * np.sin(t), sign * 0.2 * np.sin(0.5 * t))
        turn(f"{side}LowerArm", -sign * (0.5 + 0.4 * np.sin(t + 1.0)), 0.0, 0.0)
        turn(f"{side}UpperLeg", 0.0, 0.15 * np.sin(t + (0.0 if sign > 0 else np.pi)), 0.0)
        for finger in ("Index", "Middle", "Ring", "Little"):
            for joint in ("Proximal", "Intermediate", "Distal"):
                turn(f"{side}{finger}{joint}", 0.0, 0.0, -sign * (0.2 + 0.15 * np.sin(t)))
    turn("spine", 0.05 * np.sin(0.5 * t), 0.0, 0.0)
    turn("head", 0.12 * np.sin(0.7 * t), 0.06 * np.sin(t), 0.0)
    root = np.zeros((frames, 3))
    root[:, 1] = character.rest().hip_height
    weights = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    for k, name in enumerate(ACTIVE):
        weights[:, ARKIT_INDEX[name]] = 0.4 * (1.0 + np.sin(t * (1.0 + 0.13 * k) + k))
    return pose_figures(character, root, turns, weights)


def full_length(character: Character) -> Camera:
    """Return a camera that holds a standing figure from head to toe (35°, 3.4 m away)."""
    tall = max(float(part.positions[:, 1].max()) for part in character.parts)
    return Camera((0.5, 0.6 * tall, 3.4), (0.0, 0.5 * tall, 0.0), float(np.radians(35.0)))


def two_shot(place: Set) -> Camera:
    """Return a camera that holds the people on the marks a and b at full length."""
    a, b = (np.array(place.marks[m].position) for m in "ab")
    x, y, z = ((a + b) / 2.0).tolist()
    return Camera((x, y + 1.45, z + 4.7), (x, y + 1.15, z), 0.5)


def cast() -> dict[str, Character]:
    """Return two shipped characters."""
    from cyberdirector.character import compile_character, shipped_recipe

    return {name: compile_character(shipped_recipe(name), 0) for name in CAST}


def stand_at_marks(
    people: dict[str, Character], place: Set, frames: int = 8
) -> list[dict[str, FigureState]]:
    """Return states of people who stand on the marks a, b and talk."""
    return [
        {
            role: stand(
                character,
                place.marks[mark].position,
                place.marks[mark].yaw,
                {"jawOpen": 0.3 * abs(np.sin(i)), "eyeBlinkLeft": 0.1 * (i % 8)},
            )
            for (role, character), mark in zip(people.items(), "ab", strict=True)
        }
        for i in range(frames)
    ]


@cache
def shipped_set() -> Set:
    """Return the teahouse as it ships; built once."""
    from cyberdirector.backlot import build_set

    return build_set("teahouse", 0)


def large_set() -> Set:
    """Return the teahouse with its largest triangles split until there are 180,000."""
    place = shipped_set()
    missing = SET_TRIANGLES - count(place.parts)
    areas = [_areas(part) for part in place.parts]
    limit = np.sort(np.concatenate(areas))[::-1][missing // 3]
    parts = [_split(part, area > limit) for part, area in zip(place.parts, areas, strict=True)]
    return replace(place, parts=parts)


def _areas(part: MeshPart) -> np.ndarray:
    a, b, c = (part.positions[part.triangles[:, i]] for i in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1)


def _split(part: MeshPart, chosen: np.ndarray) -> MeshPart:
    """Return a part whose chosen triangles are four each."""
    corners = part.triangles[chosen].astype(np.int64)
    base, n = len(part.positions), len(corners)

    def middles(values: np.ndarray) -> np.ndarray:
        pairs = [
            (values[corners[:, i]] + values[corners[:, (i + 1) % 3]]) / 2 for i in range(3)
        ]
        return np.concatenate([values, *pairs]).astype(np.float32)

    a, b, c = corners.T
    ab, bc, ca = (base + k * n + np.arange(n) for k in range(3))
    quarters = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    added = [np.stack(corner, axis=1) for corner in quarters]
    triangles = np.concatenate([part.triangles[~chosen].astype(np.int64), *added])
    normals = middles(part.normals)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return replace(
        part,
        positions=middles(part.positions),
        normals=normals,
        uvs=middles(part.uvs),
        triangles=triangles.astype(np.uint32),
    )
