"""Draw random figures as label maps, without a graphics device, for the judge of clothes.

Every file ``<seed>.npz`` in the output folder holds two views of one character: standing as
the loop test draws it, and posed and turned at random. What is there already is kept.

usage: python scripts/train_perceive_figures.py OUT [--first SEED] [--count N]
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cyberdirector.character.body import Body
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.hair import build_hair
from cyberdirector.character.piece import Piece
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe import build_outfit
from cyberdirector.core.files import replacing
from cyberdirector.core.pose import arms_down
from cyberdirector.core.rotations import (
    quat_from_yaw_pitch_roll,
    quat_multiply,
    quat_to_matrix,
)
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS
from cyberdirector.perceive.model import body_of, model_face
from cyberdirector.perceive.parts import (
    FACE_POINTS,
    PART_INDEX,
    POINTS,
    part_of,
    training_classes,
)
from cyberdirector.perceive.sample import random_recipe

Floats = NDArray[np.float64]

CELL = 0.005
"""Metres of a pixel."""

_BONES = {
    "shoulder": "UpperArm", "elbow": "LowerArm", "wrist": "Hand", "hip": "UpperLeg",
    "knee": "LowerLeg", "ankle": "Foot",
}  # fmt: skip
_PAPER = 230


@dataclass(frozen=True)
class _Cloud:
    """Vertices with their skin, triangles with part and colour; ``closed`` ones are seen from
    outside only.
    """

    positions: Floats
    joints: NDArray[np.int64]
    weights: Floats
    triangles: NDArray[np.int64]
    parts: NDArray[np.uint8]
    colours: NDArray[np.uint8]
    closed: bool


def _matrices(body: Body, pose: NDArray[np.floating]) -> Floats:
    """Return what moves vertices of the T-pose with each bone, (55, 3, 4)."""
    at, turns = body.joint_positions, quat_to_matrix(np.asarray(pose, np.float64))
    basis, place = np.zeros((BONE_COUNT, 3, 3)), np.zeros((BONE_COUNT, 3))
    for i, parent in enumerate(BONE_PARENTS):
        if parent < 0:
            basis[i], place[i] = turns[i], at[i]
            continue
        basis[i] = basis[parent] @ turns[i]
        place[i] = place[parent] + basis[parent] @ (at[i] - at[parent])
    shift = place - np.einsum("bij,bj->bi", basis, at)
    return np.concatenate([basis, shift[:, :, None]], axis=2)


def _pose(rng: np.random.Generator) -> NDArray[np.floating]:
    angle = float(rng.choice([0.05, 0.75, 1.2], p=[0.15, 0.2, 0.65])) + rng.normal(0.0, 0.1)
    pose = arms_down(1, float(angle))[0]

    def turn(bone: str, yaw: float, pitch: float, roll: float) -> None:
        q = quat_from_yaw_pitch_roll(yaw, pitch, roll)
        pose[BONE_INDEX[bone]] = quat_multiply(pose[BONE_INDEX[bone]], q)

    turn("head", *rng.normal(0.0, [0.12, 0.06, 0.06]))
    turn("spine", *rng.normal(0.0, [0.06, 0.03, 0.03]))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        if rng.random() < 0.25:
            turn(f"{side}LowerArm", -sign * rng.uniform(0.2, 1.6), 0.0, rng.normal(0.0, 0.3))
        turn(f"{side}UpperLeg", *rng.normal(0.0, [0.08, 0.05, 0.04]))
    return pose


def _colours(piece: Piece) -> NDArray[np.uint8]:
    """Return the colour (t, 3) sRGB of each triangle of a piece."""
    material = piece.material
    base = np.clip(material.base_color[:3], 0.0, 1.0) ** (1.0 / 2.2)
    if material.base_texture is None or not piece.textures:
        return np.repeat(np.uint8(base * 255.0)[None], len(piece.triangles), 0)
    pixels = piece.textures[material.base_texture].pixels
    height, width = pixels.shape[:2]
    u, v = (piece.uvs[piece.triangles].mean(1) % 1.0).T
    row = np.minimum((v * height).astype(int), height - 1)
    column = np.minimum((u * width).astype(int), width - 1)
    return np.uint8(pixels[row, column, :3] * base)


def _cloud_of(piece: Piece, names: list[str], hip: float) -> _Cloud:
    """Return a piece whose chains hang still from their bones."""
    main = piece.joints[np.arange(len(piece.joints)), piece.weights.argmax(1)]
    corner = main[piece.triangles[:, 0]]
    height = piece.positions[piece.triangles][:, :, 1].mean(1) - hip
    bones = [chain.parent for chain in piece.chains for _ in chain.points]
    free = np.array([0, *(BONE_INDEX.get(b, BONE_INDEX["hips"]) for b in bones)])
    known: dict[tuple[int, bool, bool], int] = {}
    parts = np.zeros(len(corner), np.uint8)
    for i, (joint, level) in enumerate(zip(corner.tolist(), height.tolist(), strict=True)):
        key = (joint, level < -0.04, level < 0.0)
        if key not in known:
            bone = names[joint] if joint >= 0 else bones[-1 - joint]
            bone = bone if bone in names else "hips"
            known[key] = PART_INDEX[part_of(piece.name, piece.material.role, bone, level)]
        parts[i] = known[key]
    joints = np.where(piece.joints < 0, free[np.where(piece.joints < 0, -piece.joints, 0)],
                      piece.joints)  # fmt: skip
    return _Cloud(
        piece.positions, np.clip(joints, 0, BONE_COUNT - 1), piece.weights, piece.triangles,
        parts, _colours(piece), piece.material.role == "hair",
    )  # fmt: skip


def _moved(cloud: _Cloud, matrices: Floats, view: Floats) -> Floats:
    both = np.einsum("vk,vkij->vij", cloud.weights, matrices[cloud.joints])
    moved = np.einsum("vij,vj->vi", both[:, :, :3], cloud.positions) + both[:, :, 3]
    return np.asarray(moved @ view.T)


def _spots(steps: int) -> Floats:
    grid = [(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]
    return np.array(grid) / steps


def raster(triangles: Floats, closed: NDArray[np.bool_]) -> tuple[NDArray[np.int64], Floats]:
    """Return the number of the foremost triangle (h, w), -1 for none, and the left upper
    corner of the picture in metres.

    Parameters
    ----------
    triangles
        (t, 3, 3) metres, seen along -Z.
    closed
        (t,) bool: not drawn where they face away.
    """
    facing = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    numbers = np.nonzero(~closed | (facing[:, 2] > 0.0))[0]
    own = triangles[numbers]
    low, high = own.reshape(-1, 3).min(0) - 0.05, own.reshape(-1, 3).max(0) + 0.05
    width, height = np.ceil((high - low)[:2] / CELL).astype(int) + 1
    buffer = np.zeros(width * height, np.int64)
    sides = np.linalg.norm(np.diff(own[:, [0, 1, 2, 0], :2], axis=1), axis=2).max(1)
    steps = np.clip(np.ceil(1.25 * sides / CELL).astype(int), 1, 24)
    for count in np.unique(steps):
        spots, some = _spots(int(count)), np.nonzero(steps == count)[0]
        for part in np.array_split(some, max(1, len(some) * len(spots) // 400_000)):
            points = np.einsum("sc,tcx->tsx", spots, own[part])
            number = np.repeat(numbers[part], len(spots)).reshape(len(part), -1)
            column = ((points[..., 0] - low[0]) / CELL).astype(int)
            row = ((high[1] - points[..., 1]) / CELL).astype(int)
            depth = ((points[..., 2] - low[2]) * 20_000.0).astype(np.int64)
            packed = (depth << 22) | (number + 1)
            np.maximum.at(buffer, (row * width + column).ravel(), packed.ravel())
    found = (buffer & ((1 << 22) - 1)).reshape(height, width) - 1
    return found, np.array([low[0], high[1]])


def _view(rng: np.random.Generator) -> Floats:
    turn = quat_from_yaw_pitch_roll(
        float(rng.normal(0.0, 0.2)), float(rng.normal(0.0, 0.06)), 0
    )
    return np.asarray(quat_to_matrix(np.asarray(turn, np.float64)))


def _skin_of(recipe: Recipe) -> NDArray[np.uint8]:
    text = str(recipe.paint.get("skin", "#f0d0b4"))
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)


def draw_figure(seed: int) -> dict[str, Any]:
    """Return labels, pictures and points of both views of a character, and its classes."""
    recipe = random_recipe(seed)
    body = body_of(recipe)
    names, hip = [n.name for n in body.nodes], float(body.bone("leftUpperLeg")[1])
    outfit = build_outfit(body, recipe.garments(0))
    pieces = [*build_hair(body, recipe.hair_spec(0)), *outfit.pieces]
    skin = body.faces("body")
    skin = skin[~outfit.hidden[skin].all(1)]
    tone = np.repeat(_skin_of(recipe)[None], len(skin), 0)
    bare = np.full(len(skin), PART_INDEX["skin"], np.uint8)
    clouds = [_Cloud(body.positions, body.joints, body.weights, skin, bare, tone, True)]
    clouds += [_cloud_of(piece, names, hip) for piece in pieces]
    rng = np.random.default_rng([seed, 555])
    out: dict[str, Any] = {"attributes": json.dumps(training_classes(recipe))}
    for number in range(2):
        pose = _pose(rng) if number else arms_down(1)[0]
        seen = _seen(body, clouds, _matrices(body, pose), _view(rng) if number else np.eye(3))
        out |= {f"{name}{number}": value for name, value in seen.items()}
    return out


def _seen(body: Body, clouds: list[_Cloud], matrices: Floats, view: Floats) -> dict[str, Any]:
    moved = [_moved(cloud, matrices, view) for cloud in clouds]
    triangles = np.concatenate([m[c.triangles] for m, c in zip(moved, clouds, strict=True)])
    closed = np.concatenate([np.full(len(c.triangles), c.closed) for c in clouds])
    parts = np.concatenate([c.parts for c in clouds])
    colours = np.concatenate([c.colours for c in clouds])
    number, corner = raster(triangles, closed)
    labels = np.where(number >= 0, parts[number], 0).astype(np.uint8)
    image = np.where((number >= 0)[..., None], colours[number], np.uint8(_PAPER))

    def pixels(points: Floats) -> Floats:
        return np.stack(
            [(points[:, 0] - corner[0]) / CELL, (corner[1] - points[:, 1]) / CELL], axis=1
        )

    loops, eyes = face_loops(body.template), Image.new("1", labels.shape[::-1])
    for side in (0, 1):
        rim = np.concatenate([loops.upper_lid[side], loops.lower_lid[side][::-1]])
        ImageDraw.Draw(eyes).polygon([tuple(p) for p in pixels(moved[0][rim])], fill=1)
    labels[np.asarray(eyes) & (labels == PART_INDEX["skin"])] = PART_INDEX["eyes"]
    head = matrices[BONE_INDEX["head"]]
    points = [p @ head[:, :3].T + head[:, 3] for p in model_face(body).values()]
    for name in POINTS[len(FACE_POINTS) :]:
        side_, _, joint = name.partition("_")
        bone = BONE_INDEX[side_ + _BONES[joint] if joint else name]
        points.append(matrices[bone, :, :3] @ body.joint_positions[bone] + matrices[bone, :, 3])
    return {
        "labels": labels, "image": image,
        "points": pixels(np.array(points) @ view.T).astype(np.float32),
    }  # fmt: skip


def main(words: list[str]) -> int:
    """Draw until the count is reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--first", type=int, default=70_001)
    parser.add_argument("--count", type=int, default=413)
    asked = parser.parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    for seed in range(asked.first, asked.first + asked.count):
        path = asked.out / f"{seed}.npz"
        if path.exists():
            continue
        data = draw_figure(seed)
        with replacing(path) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, **data)
        sys.stdout.write(f"{seed}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
