"""Train what turns landmarks of a face into the 52 ARKit weights, on our own renders.

Bald heads of random shape are drawn without stylisation with known weights and gaze, from
many sides; MediaPipe looks at them as it looks at a video, and a small network learns to
tell the weights from what it saw. Heads of the test are never trained on.

usage: python scripts/train_capture_face.py data DATA [--heads 60] [--first 0]
       python scripts/train_capture_face.py train DATA models/capture_face.npz
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture._tasks import Face
from cyberdirector.character.compile import compile_character
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.template import load_template
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES, SHAPE_COUNT
from cyberdirector.core.files import replacing
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll
from cyberdirector.perceive.likeness import dial_names, local_of
from cyberdirector.render import Stage
from cyberdirector.render.camera import Camera
from cyberdirector.render.still import STUDIO, face_camera

Floats = NDArray[np.float64]

SIZE = 288
NEUTRAL, SHOWN = 6, 90
"""Pictures of each head: at rest from different sides, and with expressions."""

ALONE = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
"""Shapes whose other side is the opposite, not a twin."""

GAZE = np.radians([28.0, 20.0])
"""Yaw and pitch of the eyes at which the eyeLook shapes of ARKit are 1."""


def head_recipe(seed: int) -> Recipe:
    """Return a bald head of random shape without stylisation."""
    rng = np.random.default_rng([seed, 52])
    names = dial_names(load_template())
    values = np.clip(rng.normal(0.0, 0.3, len(names)), -0.8, 0.8)
    return Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "head",
        "name": {"zh": "头", "en": "head"}, "sex": str(rng.choice(["female", "male"])),
        "age": int(rng.integers(16, 50)), "era": "modern", "stylisation": 0.0,
        "shape": {
            "asian": float(rng.uniform(0, 1)), "weight": float(rng.uniform(0.2, 0.7)),
            "ideal": float(rng.uniform(0.3, 0.9)), "muscle": float(rng.uniform(0.35, 0.6)),
        },
        "local": local_of(dict(zip(names, values.tolist(), strict=True))),
        "hair": {"style": "bald"},
    })  # fmt: skip


def random_weights(rng: np.random.Generator) -> Floats:
    """Return weights (52,) of a few shapes, both sides of a face mostly alike.

    The eyeLook shapes are left to the gaze; ``mouthClose`` closes an open jaw, so it is no
    more than ``jawOpen``.
    """
    out = np.zeros(SHAPE_COUNT)
    names = [n for n in ARKIT_NAMES if not n.startswith("eyeLook")]
    for name in rng.choice(names, int(rng.integers(1, 6)), replace=False):
        value = float(rng.uniform(0.15, 1.0))
        out[ARKIT_INDEX[name]] = value
        for side, other in (("Left", "Right"), ("Right", "Left")):
            alike = name.endswith(side) and not name.startswith(ALONE) and rng.random() < 0.7
            if alike:
                twin = name.removesuffix(side) + other
                out[ARKIT_INDEX[twin]] = np.clip(value * rng.uniform(0.8, 1.1), 0, 1)
    close, jaw = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
    if out[close] > out[jaw]:
        out[jaw] = out[close]
    return out


def gaze_weights(yaw: float, pitch: float) -> dict[str, float]:
    """Return the eyeLook shapes of a gaze, radians (+yaw to the own left, +pitch down)."""
    left, down = yaw / GAZE[0], pitch / GAZE[1]
    return {
        "eyeLookOutLeft": max(left, 0.0), "eyeLookInRight": max(left, 0.0),
        "eyeLookInLeft": max(-left, 0.0), "eyeLookOutRight": max(-left, 0.0),
        "eyeLookDownLeft": max(down, 0.0), "eyeLookDownRight": max(down, 0.0),
        "eyeLookUpLeft": max(-down, 0.0), "eyeLookUpRight": max(-down, 0.0),
    }  # fmt: skip


def camera_of(base: Camera, yaw: float, pitch: float) -> Camera:
    """Return a camera moved around its target."""
    target, eye = np.array(base.target), np.array(base.eye)
    away = float(np.linalg.norm(eye - target))
    way = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    x, y, z = target + away * way
    return Camera((float(x), float(y), float(z)), base.target, base.fov)


def make_head(stage: Stage, model: Face, seed: int, path: Path) -> None:
    """Draw one head and write what was seen of it with the truth."""
    person = compile_character(head_recipe(seed))
    stage.remove("figure")
    actor = stage.add(person, "figure")
    stage.light = STUDIO
    front = face_camera(person, 0.0, 0.13)
    rng = np.random.default_rng([seed, 1])
    rows: dict[str, list[NDArray[np.floating]]] = {"face": [], "scores": [], "truth": [],
                                                   "gaze": [], "matrix": []}  # fmt: skip
    neutral = []
    for k in range(NEUTRAL + SHOWN):
        rest = k < NEUTRAL or rng.random() < 0.08
        weights = np.zeros(SHAPE_COUNT) if rest else random_weights(rng)
        away = float(rng.random() < 0.5 and not rest)
        yaw, pitch = rng.normal(0, 0.28) * away, rng.normal(0, 0.16) * away
        yaw, pitch = (float(np.clip(v, -g, g)) for v, g in zip((yaw, pitch), GAZE, strict=True))
        turn = quat_from_yaw_pitch_roll(yaw, pitch, 0.0).tolist()
        actor.pose({"leftEye": turn, "rightEye": turn}).weigh(weights)
        side = 0.08 if k < 2 else 0.3
        stage.camera = camera_of(front, float(rng.normal(0, side)), float(rng.normal(0, 0.14)))
        found = model.look(stage.draw()[..., :3], 0)
        if found is None:
            continue
        for name, value in gaze_weights(yaw, pitch).items():
            weights[ARKIT_INDEX[name]] = value
        values = (*found[:2], weights, np.array([yaw, pitch]), found[2])
        for row, value in zip(rows.values(), values, strict=True):
            row.append(value)
        neutral.append(rest)
    data = {name: np.array(values, np.float32) for name, values in rows.items()}
    with replacing(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **data, neutral=np.array(neutral))


def make_data(folder: Path, first: int, heads: int) -> None:
    """Write one file of observations and truth for each head; those there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    model = Face(video=False)
    with Stage((SIZE, SIZE), style="guoman", profile="cpu") as stage:
        for seed in range(first, first + heads):
            path = folder / f"head-{seed:04d}.npz"
            if not path.is_file():
                make_head(stage, model, seed, path)
                sys.stdout.write(f"{path.name}\n")
                sys.stdout.flush()
    model.close()


def main(words: list[str]) -> int:
    """Make data or train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["data", "train"])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--heads", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args(words)
    if asked.what == "data":
        make_data(asked.data, asked.first, asked.heads)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
