"""Train what turns landmarks of hands into finger angles, on renders with known hands.

Hands of random people in random shapes are drawn from random sides; what is reported is the
error on people that were left out.

usage: python scripts/train_capture_hands.py DATA [models/capture_hands.npz] [--people 12]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture import hands
from cyberdirector.capture._tasks import Hands
from cyberdirector.character.compile import compile_character
from cyberdirector.character.recipe import Recipe
from cyberdirector.core.files import replacing
from cyberdirector.core.rotations import quat_from_axis_angle
from cyberdirector.core.scene import Camera
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.render import Stage
from cyberdirector.render.still import STUDIO

Floats = NDArray[np.float64]

SIZE, SHOWN = 256, 120

RIDGE = 100.0


def person(seed: int) -> Recipe:
    """Return a naturally shaped person."""
    rng = np.random.default_rng([seed, 21])
    return Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "hand",
        "name": {"zh": "手", "en": "hand"}, "sex": str(rng.choice(["female", "male"])),
        "age": int(rng.integers(16, 50)), "era": "modern", "stylisation": 0.0,
        "hair": {"style": "bald"},
    })  # fmt: skip


def random_hand(rng: np.random.Generator) -> Floats:
    """Return angles (20,) between two library shapes, each finger a little on its own."""
    names = list(hands.POSES)
    a, b = (hands.POSES[str(n)] for n in rng.choice(names, 2))
    out = np.zeros(hands.CHANNELS)
    share = np.clip(rng.uniform(0, 1) + rng.normal(0, 0.15, 5), 0, 1)
    for finger in range(5):
        own = [3 * finger, 3 * finger + 1, 3 * finger + 2, 15 + finger]
        out[own] = a[own] * (1 - share[finger]) + b[own] * share[finger]
    out[15:] += np.radians(rng.normal(0, 2.5, 5))
    return out


def make(folder: Path, people: int, first: int = 0) -> None:
    """Draw hands of people from ``first`` on, write world landmarks, truth and sides."""
    folder.mkdir(parents=True, exist_ok=True)
    model = Hands(video=False)
    with Stage((SIZE, SIZE), style="guoman", profile="cpu") as stage:
        for seed in range(first, first + people):
            path = folder / f"hand-{seed:03d}.npz"
            if path.is_file():
                continue
            body = compile_character(person(seed))
            stage.remove("figure")
            actor = stage.add(body, "figure")
            stage.light = STUDIO
            rest = body.rest()
            rng = np.random.default_rng([seed, 3])
            world, truth, sides, seen = [], [], [], []
            for _ in range(SHOWN):
                side = int(rng.integers(2))
                name, sign = ("left", 1.0) if side == 0 else ("right", -1.0)
                shape = random_hand(rng)
                pose: dict[str, list[float]] = {
                    k: v[0].tolist()
                    for k, v in hands.finger_rotations(shape[None], side).items()
                }
                # Raise the forearm so that the hand stands free; turn it about its length.
                up = quat_from_axis_angle([0, 0, 1], sign * rng.uniform(0.9, 1.5))
                roll = quat_from_axis_angle([1, 0, 0], rng.uniform(-1.4, 1.4))
                pose[f"{name}UpperArm"] = [0.0, 0.0, 0.0, 1.0]
                pose[f"{name}LowerArm"] = up.tolist()
                pose[f"{name}Hand"] = roll.tolist()
                actor.pose(pose)
                full = np.tile([0.0, 0.0, 0.0, 1.0], (1, 55, 1))
                full[0] = actor.rotations
                points, _ = rest.forward(actor.root[None], full)
                at = points[0, BONE_INDEX[f"{name}MiddleProximal"]]
                yaw, pitch = rng.normal(0, 0.7), rng.normal(0, 0.3)
                way = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch),
                                np.cos(yaw) * np.cos(pitch)])  # fmt: skip
                eye = at + 1.2 * way
                stage.camera = Camera(tuple(eye.tolist()), tuple(at.tolist()), 0.30)
                found = model.look(stage.draw()[..., :3], 0)
                seen.append(bool(found))
                if found:
                    world.append(found[0][1])
                    truth.append(shape)
                    sides.append(side)
            with replacing(path) as temporary, temporary.open("wb") as stream:
                np.savez_compressed(
                    stream, world=np.array(world), truth=np.array(truth), sides=np.array(sides)
                )
            sys.stdout.write(f"{path.name} seen {np.mean(seen):.2f}\n")
            sys.stdout.flush()
    model.close()


def load(path: Path) -> tuple[Floats, Floats, Floats, list[int]]:
    """Return features (n, 104), truth (n, 20), world points and sides of one person."""
    with np.load(path, allow_pickle=False) as data:
        world, truth, sides = data["world"].astype(float), data["truth"], data["sides"]
    for i, side in enumerate(sides):
        # In a take wrist and fingers say which reading is right; here the fingers alone.
        both = np.stack([world[i], hands.mirrored(world[i])])
        bent = hands.strain(both, int(side))
        world[i] = both[int(bent[1] < bent[0] - 0.05)]
    rows = [
        hands.features(hands.upright(w[None]), int(s))[0]
        for w, s in zip(world, sides, strict=True)
    ]
    return np.array(rows), truth, world, [int(s) for s in sides]


def told(model: dict[str, Floats]) -> tuple[Floats, Floats, Floats]:
    """Return a regression as :func:`~cyberdirector.capture.hands.finger_angles` takes it."""
    return model["middle"], model["spread"], model["matrix"]


def fit(people: list[tuple[Floats, Floats, Floats, list[int]]]) -> dict[str, Floats]:
    """Return the ridge regression of some people."""
    rows = np.concatenate([p[0] for p in people])
    truth = np.concatenate([p[1] for p in people])
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    rows = np.clip((rows - middle) / spread, -3.5, 3.5)
    mean = truth.mean(axis=0)
    square = rows.T @ rows + RIDGE * np.eye(rows.shape[1])
    matrix = np.linalg.solve(square, rows.T @ (truth - mean))
    out = {"middle": middle, "spread": spread, "matrix": np.vstack([matrix, mean])}
    return {name: values.astype(np.float32) for name, values in out.items()}


def miss(
    model: tuple[Floats, Floats, Floats], people: list[tuple[Floats, Floats, Floats, list[int]]]
) -> Floats:
    """Return how far all angles (n, 20) of people are off, degrees."""
    out = []
    for _, truth, world, sides in people:
        for points, true, side in zip(world, truth, sides, strict=True):
            found = hands.finger_angles(points[None], side, model)[0]
            out.append(np.degrees(np.abs(found - true)))
    return np.array(out)


def main(words: list[str]) -> int:
    """Draw, report on people who are left out in turn, fit on all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--people", type=int, default=12)
    asked = parser.parse_args(words)
    make(asked.data, asked.people)
    if asked.out is None:
        return 0
    people = [load(p) for p in sorted(asked.data.glob("hand-*.npz"))]
    apart = [
        miss(told(fit([p for k, p in enumerate(people) if k != i])), [people[i]])
        for i in range(len(people))
    ]
    off = np.concatenate(apart)
    sys.stdout.write(
        f"{len(people)} people, {len(off)} hands, each person unseen in training\n"
        f"flexion {off[:, :15].mean():.1f}, spread {off[:, 15:].mean():.1f} degrees; "
        f"per channel {np.round(off.mean(0), 0).astype(int).tolist()}\n"
    )
    with replacing(asked.out) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **fit(people))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
