"""Draw heads with known weights and gaze, and what MediaPipe sees of them.

Heads of random shape, from people (stylisation 0) to drawn figures, with and without hair,
are drawn from random sides in random light, made as bad as phone films are (blur, noise,
packing), and looked at as a video is. Pictures are kept with the truth.

usage: python scripts/train_capture_face_data.py DATA --heads 150
       python scripts/train_capture_face_data.py DATA --first 1000 --heads 12 --plain
       python scripts/train_capture_face_data.py DATA --first 2000 --heads 12

Heads from 1000 on are those of the report: ``--plain`` shows bald people in even light, all
shapes equally often.
"""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from cyberdirector.capture._tasks import Face
from cyberdirector.capture.gaze import LIMIT as GAZE
from cyberdirector.character.compile import compile_character
from cyberdirector.character.hair import STYLES
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.template import load_template
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES, SHAPE_COUNT
from cyberdirector.core.files import replacing
from cyberdirector.core.scene import LightRig
from cyberdirector.perceive.likeness import dial_names, local_of
from cyberdirector.render import Stage
from cyberdirector.render.camera import Camera
from cyberdirector.render.still import STUDIO, face_camera

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]

SIZE = 288
NEUTRAL, SHOWN = 6, 90
"""Pictures of each head: at rest from different sides, and with expressions."""

ALONE = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
"""Shapes whose other side is the opposite, not a twin."""

FAINT = {"cheekSquint": 2.5, "jawForward": 4.0, "mouthShrugUpper": 3.0, "tongueOut": 3.0,
         "cheekPuff": 2.0, "noseSneer": 1.5}  # fmt: skip
"""Shapes that faces hardly show: so many times as often in training."""

PER_STAGE = 8
"""Heads after which the stage is made anew: long lives leak."""

INKS = ("cel", "guoman", "guoman", "comic")
SKINS = ("#fde7dc", "#f4d5bb", "#e8c0a0", "#d9a57c", "#b07a54", "#7a4e34")
IRISES = ("#5a3a22", "#2c1d14", "#7a5a3a", "#3a5a8a", "#4a7a4a", "#8a8f98", "#8a3a4a")


def head_recipe(seed: int, plain: bool) -> Recipe:
    """Return a head of random shape; ``plain``: bald and without stylisation."""
    rng = np.random.default_rng([seed, 52])
    names = dial_names(load_template())
    values = np.clip(rng.normal(0.0, 0.3, len(names)), -0.8, 0.8)
    told: dict[str, Any] = {
        "schema": "cyberdirector.character", "version": 1, "id": "head",
        "name": {"zh": "头", "en": "head"}, "sex": str(rng.choice(["female", "male"])),
        "age": int(rng.integers(16, 50)), "era": "modern", "stylisation": 0.0,
        "shape": {
            "asian": float(rng.uniform(0, 1)), "weight": float(rng.uniform(0.2, 0.7)),
            "ideal": float(rng.uniform(0.3, 0.9)), "muscle": float(rng.uniform(0.35, 0.6)),
        },
        "hair": {"style": "bald"},
    }  # fmt: skip
    if not plain:
        kind = rng.random()
        style = 0.0 if kind < 0.3 else rng.uniform(0, 0.5) if kind < 0.75 else 1.0
        told["stylisation"] = float(style)
        values *= 1.0 - 0.6 * style
        told["paint"] = {
            "skin": str(rng.choice(SKINS)), "lip_amount": float(rng.uniform(0.1, 0.9)),
            "lip": str(rng.choice(["#e2837f", "#c85a5a", "#b86a64", "#e0a090"])),
            "blush_amount": float(rng.uniform(0, 0.3)),
        }  # fmt: skip
        told["face"] = {"iris": str(rng.choice(IRISES))}
        if rng.random() < 0.35:
            told["hair"] = {"style": str(rng.choice(sorted(STYLES)))}
    told["local"] = local_of(dict(zip(names, values.tolist(), strict=True)))
    return Recipe.model_validate(told)


def random_weights(rng: np.random.Generator, plain: bool = False) -> Floats:
    """Return weights (52,) of a few shapes, both sides of a face mostly alike.

    The eyeLook shapes are left to the gaze; ``mouthClose`` closes an open jaw, so it is no
    more than ``jawOpen``.
    """
    out = np.zeros(SHAPE_COUNT)
    names = [n for n in ARKIT_NAMES if not n.startswith("eyeLook")]
    often = np.array([next((v for n, v in FAINT.items() if name.startswith(n)), 1.0)
                      for name in names]) if not plain else np.ones(len(names))  # fmt: skip
    some = int(rng.integers(1, 6))
    for name in rng.choice(names, some, replace=False, p=often / often.sum()):
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


def camera_of(base: Camera, yaw: float, pitch: float, near: float = 1.0) -> Camera:
    """Return a camera moved around its target, ``near`` times as far."""
    target, eye = np.array(base.target), np.array(base.eye)
    away = float(np.linalg.norm(eye - target)) * near
    way = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    x, y, z = target + away * way
    return Camera((float(x), float(y), float(z)), base.target, base.fov)


def random_light(rng: np.random.Generator) -> LightRig:
    """Return light from somewhere in front, warm or cold, hard or soft."""
    side, up = rng.uniform(-1.2, 1.2), rng.uniform(-0.2, 1.1)
    warm = rng.uniform(-0.12, 0.12)
    soft = rng.uniform(0.6, 1.6)
    key = rng.uniform(0.6, 1.15) * np.array([1.0 + warm, 1.0, 1.0 - warm])
    ambient = [soft * np.array(c) for c in STUDIO.ambient]
    return replace(
        STUDIO,
        key_direction=(float(np.sin(side)), float(up), float(np.cos(side))),
        key_color=tuple(float(v) for v in key),
        ambient=tuple(tuple(float(v) for v in c) for c in ambient),
    )


@dataclass(frozen=True)
class Film:
    """How a phone spoils the pictures of one film: size, blur, colours, noise, packing."""

    size: int
    blur: float
    gain: Floats
    gamma: float
    noise: float
    quality: int

    @classmethod
    def random(cls, rng: np.random.Generator) -> Film:
        """Return some film; three in ten are nearly clean."""
        if rng.random() < 0.3:
            return cls(SIZE, 0.0, np.ones(3), 1.0, 0.0, 95)
        return cls(
            int(SIZE * rng.uniform(0.6, 1.0)),
            float(rng.uniform(0.2, 0.8)) * (rng.random() < 0.4),
            rng.uniform(0.75, 1.1) * rng.uniform(0.94, 1.06, 3),
            float(rng.uniform(0.8, 1.3)), float(rng.uniform(0, 6)), int(rng.integers(45, 95)),
        )  # fmt: skip

    def pack(self, pixels: Pixels, rng: np.random.Generator) -> bytes:
        """Return a picture of this film (JPEG); exposure wavers a little."""
        image = Image.fromarray(pixels)
        if self.noise:
            image = image.resize((self.size, self.size), Image.Resampling.BILINEAR)
            if self.blur:
                image = image.filter(ImageFilter.GaussianBlur(self.blur))
            values = 255.0 * (np.asarray(image, np.float64) / 255.0) ** self.gamma
            values *= self.gain * rng.normal(1.0, 0.02)
            values += rng.normal(0, self.noise, values.shape)
            image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
        stream = io.BytesIO()
        chroma = 0 if self.quality > 80 else 2
        image.save(stream, "jpeg", quality=self.quality, subsampling=chroma)
        return stream.getvalue()


def unpack(picture: bytes) -> Pixels:
    """Return the pixels (h, w, 3) of a kept picture."""
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def make_head(stage: Stage, model: Face, seed: int, path: Path, plain: bool) -> None:
    """Draw one head and write what was seen of it with the truth."""
    person = compile_character(head_recipe(seed, plain))
    stage.remove("figure")
    actor = stage.add(person, "figure")
    front = face_camera(person, 0.0, 0.13)
    rng, film = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    stage.light = STUDIO if plain else random_light(film)
    near = 1.0 if plain else float(film.uniform(0.82, 1.1))
    kind = Film.random(film)
    names = ("face", "scores", "truth", "gaze", "matrix")
    rows: dict[str, list[NDArray[np.floating]]] = {name: [] for name in names}
    neutral, pictures = [], []
    for k in range(NEUTRAL + SHOWN):
        rest = k < NEUTRAL or rng.random() < 0.08
        weights = np.zeros(SHAPE_COUNT) if rest else random_weights(rng, plain)
        away = float(rng.random() < 0.5 and not rest)
        yaw = rng.normal(0, 0.28) * away
        pitch = rng.normal(0, 0.28 if plain else 0.26) * away
        yaw, pitch = (
            float(np.clip(v, -g, g))
            for v, g in zip((yaw, pitch), GAZE * [1.0, 0.7], strict=True)
        )
        for name, value in gaze_weights(yaw, pitch).items():
            weights[ARKIT_INDEX[name]] = value
        actor.weigh(weights)
        side = 0.08 if k < 2 else 0.3
        turn = float(rng.normal(0, side)), float(rng.normal(0, 0.14))
        stage.camera = camera_of(front, *turn, near)
        drawn = stage.draw()[..., :3]
        picture = _packed(drawn) if plain else kind.pack(drawn, film)
        found = model.look(drawn if plain else unpack(picture), 0)
        if found is None:
            continue
        values = (*found[:2], weights, np.array([yaw, pitch]), found[2])
        for row, value in zip(rows.values(), values, strict=True):
            row.append(value)
        neutral.append(rest)
        pictures.append(picture)
    data = {name: np.array(values, np.float32) for name, values in rows.items()}
    ends = np.cumsum([len(p) for p in pictures])
    packed = np.frombuffer(b"".join(pictures), np.uint8)
    with replacing(path) as temporary, temporary.open("wb") as stream:
        np.savez(stream, **data, neutral=np.array(neutral), pictures=packed, ends=ends)


def _packed(pixels: Pixels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "png", compress_level=1)
    return stream.getvalue()


def make_data(folder: Path, first: int, heads: int, plain: bool) -> None:
    """Write one file of observations and truth for each head; those there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    model = Face(video=False)
    missing = [
        seed for seed in range(first, first + heads)
        if not (folder / f"head-{seed:04d}.npz").is_file()
    ]  # fmt: skip
    for start in range(0, len(missing), PER_STAGE):
        ink = "guoman" if plain else INKS[missing[start] // PER_STAGE % len(INKS)]
        with Stage((SIZE, SIZE), style=ink, profile="cpu") as stage:
            for seed in missing[start : start + PER_STAGE]:
                path = folder / f"head-{seed:04d}.npz"
                make_head(stage, model, seed, path, plain)
                sys.stdout.write(f"{path.name}\n")
                sys.stdout.flush()
    model.close()


def main(words: list[str]) -> int:
    """Draw heads."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--heads", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--plain", action="store_true")
    asked = parser.parse_args(words)
    make_data(asked.data, asked.first, asked.heads, asked.plain)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
