"""Measure finger angles from landmarks against renders with known hands; fit gains and shifts.

Hands of random people in random shapes are drawn from random sides; the last third of the
people is only reported.

usage: python scripts/train_capture_hands.py DATA [--people 12]
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

SIZE, SHOWN = 256, 60


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


def make(folder: Path, people: int) -> None:
    """Draw hands and write world landmarks, truth and sides."""
    folder.mkdir(parents=True, exist_ok=True)
    model = Hands(video=False)
    with Stage((SIZE, SIZE), style="guoman", profile="cpu") as stage:
        for seed in range(people):
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


def load(paths: list[Path]) -> tuple[Floats, Floats, Floats]:
    """Return raw angles, truth (n, 20) and final angles of files."""
    raw, truth, final = [], [], []
    for path in paths:
        with np.load(path) as data:
            for world, true, side in zip(
                data["world"], data["truth"], data["sides"], strict=True
            ):
                raw.append(hands.raw_angles(hands.upright(world[None]), int(side))[0])
                final.append(hands.finger_angles(world[None], int(side))[0])
                truth.append(true)
    return np.array(raw), np.array(truth), np.array(final)


def main(words: list[str]) -> int:
    """Draw, fit and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=int, default=12)
    asked = parser.parse_args(words)
    make(asked.data, asked.people)
    files = sorted(asked.data.glob("hand-*.npz"))
    cut = max(1, len(files) * 2 // 3)
    raw, truth, _ = load(files[:cut])
    gain, shift = np.ones(20), np.zeros(20)
    for c in range(20):
        x, y = raw[:, c], truth[:, c]
        gain[c] = np.clip(np.cov(x, y)[0, 1] / max(np.var(x), 1e-4), 0.2, 1.5)
        shift[c] = np.median(y - gain[c] * x)
    out = sys.stdout.write
    out(f"gain {np.round(gain, 2).tolist()}\nshift {np.round(shift, 3).tolist()}\n")
    raw, truth, final = load(files[cut:])
    for name, angles in (("raw", raw), ("fitted", raw * gain + shift), ("as shipped", final)):
        miss = np.degrees(np.abs(angles - truth))
        out(f"{name}: flexion {miss[:, :15].mean():.1f}, spread {miss[:, 15:].mean():.1f}, "
            f"per joint {np.round(miss.mean(0), 0).astype(int).tolist()}\n")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
