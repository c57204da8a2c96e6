"""Render labelled pictures of random characters for the part finder.

Every file ``<seed>.npz`` in the output folder holds the pictures of one character; what is
there already is kept, so the command can be stopped and started again.

usage: python scripts/train_perceive_data.py OUT [--first SEED] [--count N] [--seconds S]
       [--extras X] [--wearing KIND,KIND ...]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import cyberdirector.character.compile as compiler
from cyberdirector.character.atlas import Item
from cyberdirector.character.body import Body
from cyberdirector.character.recipe import Recipe
from cyberdirector.core.files import replacing
from cyberdirector.core.model import Character
from cyberdirector.core.pose import arms_down, node_matrices, skin_matrices
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_multiply
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.perceive.model import body_of, model_face
from cyberdirector.perceive.parts import (
    FACE_POINTS,
    PART_INDEX,
    POINTS,
    part_of,
    training_classes,
)
from cyberdirector.perceive.sample import random_recipe
from cyberdirector.render import Stage
from cyberdirector.render.camera import View
from cyberdirector.render.cryptomatte import identity

SIZE = 224
"""Pixels of a side."""

VIEWS = ("body",) * 6 + ("bust",) * 3 + ("head",) * 4
STYLES = ("cel", "guoman", "comic", "ink")
STYLE_SHARES = (0.55, 0.25, 0.12, 0.08)


@dataclass(frozen=True)
class Doll:
    """A compiled character whose materials say what part a triangle is."""

    recipe: Recipe
    character: Character
    body: Body
    lift: float
    face: NDArray[np.float64]
    """(points, 3) of the face in the T-pose, model space, metres."""


def _named(items: list[Item]) -> list[Item]:
    """Return items whose materials carry the name of their piece, so that none are joined."""
    return [
        replace(i, material=replace(i.material, name=f"{i.part.name}|{i.material.name}"))
        for i in items
    ]


def _bone_of(character: Character) -> list[str]:
    """Return for every node the humanoid bone that it is or hangs on."""
    names = {node: bone for bone, node in character.humanoid.items()}
    out: list[str] = []
    for i, node in enumerate(character.nodes):
        out.append(names.get(i) or (out[node.parent] if node.parent >= 0 else "hips"))
    return out


def _split(character: Character) -> Character:
    """Return the character with one material for each (material, part of the picture)."""
    bones = _bone_of(character)
    hip = character.node_positions()[character.humanoid["leftUpperLeg"]][1]
    parts, materials = [], []
    for part in character.parts:
        material = character.materials[part.material]
        piece = material.name.split("|")[0]
        main = part.joints[np.arange(len(part.joints)), part.weights.argmax(1)]
        corner = part.triangles[:, 0]
        height = part.positions[part.triangles][:, :, 1].mean(1) - hip
        found = np.array([
            PART_INDEX[part_of(piece, material.role, bones[main[c]], float(h))]
            for c, h in zip(corner, height, strict=True)
        ])  # fmt: skip
        for number in np.unique(found):
            materials.append(replace(material, name=f"p{number}|{len(materials)}"))
            parts.append(replace(
                part, triangles=part.triangles[found == number], material=len(materials) - 1,
            ))  # fmt: skip
    return replace(character, parts=parts, materials=materials)


def label_character(character: Character) -> Character:
    """Return a character with one material for each (material, part of the picture)."""
    return _split(character)


def make_doll(seed: int, extras: float = 1.0) -> Doll:
    """Return the character of a seed with labelled materials."""
    recipe = random_recipe(seed, extras)
    character = compiler.compile_character(recipe, seed)
    body = body_of(recipe)
    lift = character.nodes[0].translation[1] - body.nodes[0].translation[1]
    face = np.array(list(model_face(body).values())) + np.array([0.0, lift, 0.0])
    return Doll(recipe, _split(character), body, lift, face)


# Pieces keep their own materials here, so that a triangle still knows what it belongs to.
compiler.share_materials = _named  # type: ignore[assignment]


def wearers(first: int, count: int, extras: float, kinds: list[str]) -> list[int]:
    """Return seeds from ``first`` on whose characters wear the kinds of garment in turn."""
    if not kinds:
        return list(range(first, first + count))
    out, seed = [], first
    for number in range(count):
        while not any(
            g.kind == kinds[number % len(kinds)] for g in random_recipe(seed, extras).wardrobe
        ):
            seed += 1
        out.append(seed)
        seed += 1
    return out


def _pose(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a standing pose: from T to relaxed arms, a turn of head, hips and elbows."""
    angle = float(rng.choice([0.05, 0.75, 1.2])) + float(rng.normal(0.0, 0.12))
    pose = arms_down(1, angle)[0]

    def turn(bone: str, yaw: float, pitch: float, roll: float) -> None:
        q = quat_from_yaw_pitch_roll(yaw, pitch, roll)
        pose[BONE_INDEX[bone]] = quat_multiply(pose[BONE_INDEX[bone]], q)

    turn("head", *(rng.normal(0.0, [0.16, 0.08, 0.08])))
    turn("spine", *(rng.normal(0.0, [0.08, 0.04, 0.04])))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        if rng.random() < 0.35:
            bend = rng.uniform(0.2, 1.9)
            turn(f"{side}LowerArm", -sign * bend, 0.0, rng.normal(0.0, 0.3))
        turn(f"{side}UpperLeg", *(rng.normal(0.0, [0.10, 0.06, 0.05])))
        if rng.random() < 0.25:
            lean = rng.uniform(0.0, 0.35)
            turn(f"{side}UpperLeg", 0.0, -lean, 0.0)
            turn(f"{side}LowerLeg", 0.0, 1.6 * lean, 0.0)
    return pose


def _light(rng: np.random.Generator) -> LightRig:
    def colour(low: float, high: float) -> tuple[float, float, float]:
        base = rng.uniform(low, high)
        r, g, b = base * (1.0 + rng.normal(0.0, 0.06, 3))
        return float(r), float(g), float(b)

    key = rng.normal([0.0, 0.7, 0.8], [0.7, 0.4, 0.3])
    sky = colour(0.3, 0.9)
    return LightRig(
        "random", tuple(float(v) for v in key), colour(0.75, 1.1),  # type: ignore[arg-type]
        (colour(0.28, 0.5), colour(0.18, 0.35)), (sky, sky),
    )  # fmt: skip


def _camera(rng: np.random.Generator, kind: str, doll: Doll) -> Camera:
    points = doll.character.node_positions()
    head = doll.face.mean(0)
    top = float(doll.face[-1][1]) + 0.12
    yaw = float(rng.normal(0.0, 0.28 if rng.random() < 0.8 else 0.8))
    if kind == "body":
        middle, half = top / 2.0, top / 2.0 * rng.uniform(1.02, 1.35)
    elif kind == "bust":
        low = points[doll.character.humanoid["hips"]][1] + rng.uniform(-0.1, 0.3)
        middle, half = (low + top) / 2.0, (top - low) / 2.0 * rng.uniform(0.95, 1.2)
    else:
        middle, half = head[1] + rng.normal(0.01, 0.02), rng.uniform(0.15, 0.30)
    fov = float(rng.uniform(0.15, 0.55))
    far = half / np.tan(fov / 2.0)
    x = float(rng.normal(0.0, 0.06)) * half
    target = (x, float(middle), 0.0)
    rise = float(rng.normal(0.0, 0.07)) * far
    eye = (float(x + far * np.sin(yaw)), float(middle + rise), float(far * np.cos(yaw)))
    return Camera(eye, target, fov, float(rng.normal(0.0, 0.03)))


def _weights(rng: np.random.Generator) -> dict[str, float]:
    mood = rng.random()
    if mood < 0.4:
        return {}
    if mood < 0.7:
        v = float(rng.uniform(0.2, 0.9))
        return {"mouthSmileLeft": v, "mouthSmileRight": v}
    if mood < 0.85:
        return {"jawOpen": float(rng.uniform(0.1, 0.6))}
    v = float(rng.uniform(0.2, 0.8))
    return {"browDownLeft": v, "browDownRight": v, "eyeBlinkLeft": 0.3, "eyeBlinkRight": 0.3}


def labels_of(pairs: NDArray[np.float32], character: Character) -> NDArray[np.uint8]:
    """Return the part (h, w) that covers most of each pixel."""
    first = np.ascontiguousarray(pairs[..., 0]).view(np.uint32)
    out = np.zeros(first.shape, np.uint8)
    for material in character.materials:
        key = identity(f"figure/{material.name}")
        out[first == key] = int(material.name[1:].split("|")[0])
    return out


def _places(doll: Doll, pose: NDArray[np.float32], view: View) -> NDArray[np.float32]:
    """Return (points, 2) pixels of all points of the figure."""
    person = doll.character
    root = person.node_positions()[[person.humanoid["hips"]]]
    nodes = node_matrices(person, root, pose[None])
    head = skin_matrices(person, nodes)[0][person.humanoid["head"]].astype(np.float64)
    face = doll.face @ head[:, :3].T + head[:, 3]
    bones = {
        "shoulder": "UpperArm", "elbow": "LowerArm", "wrist": "Hand", "hip": "UpperLeg",
        "knee": "LowerLeg", "ankle": "Foot",
    }  # fmt: skip
    body = []
    for name in POINTS[len(FACE_POINTS) :]:
        side, _, joint = name.partition("_")
        bone = side + bones[joint] if joint else name
        body.append(nodes[0, person.humanoid[bone], :3, 3])
    world = np.concatenate([face, np.array(body, np.float64)])
    clip = np.c_[world, np.ones(len(world))] @ view.matrix.T
    ndc = clip[:, :2] / clip[:, 3:]
    return ((ndc * [0.5, -0.5] + 0.5) * SIZE).astype(np.float32)


def render_doll(doll: Doll, stages: dict[str, Stage], seed: int) -> dict[str, Any]:
    """Return pictures (n, 224, 224, 4), labels (n, 224, 224), points (n, p, 2)."""
    rng = np.random.default_rng([seed, 90210])
    out: dict[str, list[Any]] = {"images": [], "labels": [], "points": [], "kinds": []}
    pair = rng.choice(STYLES, 2, p=STYLE_SHARES, replace=False)
    actors = {name: stages[name].add(doll.character, "figure") for name in pair}
    for i, kind in enumerate(VIEWS):
        style = str(pair[int(i % 3 == 2)])
        stage, actor, pose = stages[style], actors[style], _pose(rng)
        actor.pose(pose)
        actor.weights[:] = 0.0
        actor.weigh(_weights(rng))
        stage.camera, stage.light = _camera(rng, kind, doll), _light(rng)
        image = stage.draw().copy()
        layers = stage.draw_aovs(["material", "alpha"])
        image[..., 3] = np.rint(layers["alpha"] * 255.0)
        out["images"].append(image)
        out["labels"].append(labels_of(layers["material"], doll.character))
        out["points"].append(_places(doll, pose, View(stage.camera, (SIZE, SIZE))))
        out["kinds"].append(("body", "bust", "head").index(kind))
    for name in pair:
        stages[name].remove("figure")
    return {name: np.array(values) for name, values in out.items()}


def main(words: list[str]) -> int:
    """Render until the count or the time is used up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--first", type=int, default=10_000)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--extras", type=float, default=1.0, help="more hats, coats, glasses")
    parser.add_argument("--wearing", default="", help="kinds of garments, worn in turn")
    asked = parser.parse_args(words)
    kinds = [name for name in asked.wearing.split(",") if name]
    asked.out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + asked.seconds
    stages: dict[str, Stage] = {}
    try:
        first = Stage((SIZE, SIZE), style=STYLES[0], profile="cpu")
        stages[STYLES[0]] = first
        for style in STYLES[1:]:
            stages[style] = Stage((SIZE, SIZE), style=style, profile="cpu")
        for seed in wearers(asked.first, asked.count, asked.extras, kinds):
            path = asked.out / f"{seed}.npz"
            if path.exists():
                continue
            if time.monotonic() > end:
                break
            doll = make_doll(seed, asked.extras)
            data = render_doll(doll, stages, seed)
            text = json.dumps(training_classes(doll.recipe), ensure_ascii=False)
            with replacing(path) as temporary, temporary.open("wb") as stream:
                np.savez_compressed(stream, attributes=np.array(text), **data)
            sys.stdout.write(f"{seed} {doll.recipe.hair.style} {len(data['images'])}\n")
            sys.stdout.flush()
    finally:
        for stage in stages.values():
            stage.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
