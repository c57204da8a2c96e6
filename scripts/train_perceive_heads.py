"""Learn shape dials of heads from the landmarks that are seen on renders of them.

Bald heads of random shape are drawn without stylisation from the front; what MediaPipe sees
is kept in a folder, so the command can be stopped and started again.

usage: python scripts/train_perceive_heads.py SEEN OUT.npz [--first SEED] [--count N]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from train_perceive_face import head_recipe

from cyberdirector.character.compile import compile_character
from cyberdirector.character.recipe import Recipe, age_dial
from cyberdirector.core.files import replacing
from cyberdirector.perceive.heads import learn, regress
from cyberdirector.perceive.likeness import dials_of, face_model, features_of, mean_landmarks
from cyberdirector.perceive.photo import SeenFace, see_faces
from cyberdirector.render import Stage
from cyberdirector.render.still import STUDIO, face_camera

Floats = NDArray[np.float64]

SIZE = 384
TURN = 0.15
"""Deviation of the yaw of every other head, radians; the rest face the camera."""

RIDGE = 0.1
HELD_OUT = 6


def draw_heads(folder: Path, seeds: range, seconds: float) -> None:
    """Draw and look at the heads that are not in the folder yet."""
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + seconds
    with Stage((SIZE, SIZE), profile="cpu") as stage:
        for seed in seeds:
            path = folder / f"{seed}.npz"
            if path.exists():
                continue
            if time.monotonic() > end:
                return
            rng = np.random.default_rng([seed, 5])
            person = compile_character(head_recipe(seed))
            yaw = 0.0 if seed % 2 else float(rng.normal(0.0, TURN))
            stage.add(person, "head")
            stage.camera, stage.light = face_camera(person, yaw, 0.25), STUDIO
            faces = see_faces(stage.draw()[..., :3].copy())
            stage.remove("head")
            if faces:
                scores = np.array(list(faces[0].scores.values()))
                with replacing(path) as temporary, temporary.open("wb") as stream:
                    np.savez_compressed(
                        stream, points=faces[0].points[None], scores=scores[None],
                        names=np.array(list(faces[0].scores)),
                    )  # fmt: skip


def read(folder: Path, used: NDArray[np.int64]) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Return features (n, f), dials (n, d) and the names of the dials."""
    features, dials = [], []
    names: tuple[str, ...] = ()
    for path in sorted(folder.glob("[0-9]*.npz")):
        recipe = head_recipe(int(path.stem))
        with np.load(path) as data:
            scores = dict(zip(data["names"].tolist(), data["scores"][0].tolist(), strict=True))
            face = SeenFace(data["points"][0], scores, np.eye(3))
        features.append(features_of(face, _mean(recipe), used))
        own = dials_of(recipe)
        names = tuple(own)
        dials.append(list(own.values()))
    return np.array(features), np.array(dials), names


def _mean(recipe: Recipe) -> Floats:
    sex = 0.0 if recipe.sex == "female" else 1.0
    return mean_landmarks(sex, round(age_dial(recipe.age), 2))


def error(found: Floats, dials: Floats, names: tuple[str, ...]) -> float:
    """Return the error of dials over that of the mean, in landmarks of the head model."""
    model = face_model(0.5, age_dial(30))
    order = [names.index(n) for n in model.names]
    off = np.tensordot((found - dials)[:, order], model.identity, 1)
    whole = np.tensordot(dials[:, order], model.identity, 1)
    each = [np.linalg.norm((v - v.mean(1, keepdims=True))[:, model.good], axis=2).mean()
            for v in (off, whole)]  # fmt: skip
    return float(each[0] / each[1])


def main(words: list[str]) -> int:
    """Draw, learn, measure on heads held out, store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seen", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--first", type=int, default=300_000)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=1e9)
    asked = parser.parse_args(words)
    draw_heads(asked.seen, range(asked.first, asked.first + asked.count), asked.seconds)
    used = np.nonzero(face_model(0.5, age_dial(30)).good)[0]
    features, dials, names = read(asked.seen, used)
    held = np.arange(len(dials)) % HELD_OUT == 0
    for ridge in (0.03, RIDGE, 0.3):
        own = learn(features[~held], dials[~held], names, used, ridge)
        found = np.array([regress(own, f) for f in features[held]])
        sys.stdout.write(
            f"ridge {ridge}: {error(found, dials[held], names):.3f} of the mean head's error\n"
        )
    best = learn(features, dials, names, used, RIDGE)
    sys.stdout.write(f"{len(dials)} heads\n")
    with replacing(asked.out) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(
            stream, names=np.array(best.names), used=best.used.astype(np.int16),
            mean=best.mean.astype(np.float32), weights=best.weights.astype(np.float16),
            middle=best.middle.astype(np.float32), left=best.left.astype(np.float32),
        )  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
