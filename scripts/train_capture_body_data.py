"""Takes with truth for what corrects the detector's bodies: our characters, drawn and detected.

usage: python scripts/train_capture_body_data.py MOTION DATA [--takes 150] [--first 0]

Movement is that of the lifter's training (``MOTION``, see ``train_lifter_sources.py``), never a
recording that is held out; cameras stand anywhere around, lenses see 45 to 80 degrees. Takes
that are there already are kept.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent))

from train_lifter_data import _loosen, _movement, recordings

from cyberdirector.capture._tasks import Bodies
from cyberdirector.capture.observations import Observations
from cyberdirector.capture.skeleton_fit import bone_turns
from cyberdirector.capture.solve_figure import HUMAN, SIZE
from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.files import replacing
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate
from cyberdirector.render import Stage

Floats = NDArray[np.float64]

CAST = ("lin_wan", "chen_bo", "zhao_lan", "shen_mo", "xia_xiaoyou", "sun_po")
"""Who performs; the actor of the benchmark is not among them."""

STEP, FPS = 3, 30
"""Every third frame is drawn."""

PER_STAGE = 12
"""Takes after which the stage is made anew: long lives leak."""


def performed(rest: Rest, root: Floats, turns: Floats) -> tuple[Floats, Floats]:
    """Return root (n, 3) and rotations (n, 55, 4) of a body that does a movement."""
    p = rest.positions().astype(np.float64)
    hip, knee, foot = (p[BONE_INDEX[f"left{n}"]] for n in ("UpperLeg", "LowerLeg", "Foot"))
    leg = float(np.linalg.norm(hip - knee) + np.linalg.norm(knee - foot))
    ratio = leg / (1.7 * (HUMAN[SIZE["upperLeg"]] + HUMAN[SIZE["lowerLeg"]]))
    u, _, v = np.linalg.svd(turns)
    turns = u @ v
    rotations = bone_turns(turns, FPS)
    middle = (hip + p[BONE_INDEX["rightUpperLeg"]]) / 2
    root = root * ratio + turns[:, 0] @ (p[0] - middle)
    points, _ = rest.forward(root, rotations)
    feet = points[:, [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]], 1].min(axis=1)
    root[:, 1] += foot[1] - np.percentile(feet, 5)
    root[:, [0, 2]] -= points[:, 0, [0, 2]].mean(axis=0)
    return root, rotations


def view(points: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, float]:
    """Return eye, target and angle of view (long side, radians) of a camera anywhere around."""
    fov = np.radians(rng.uniform(45.0, 80.0))
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    target = (low + high) / 2 + rng.normal(0.0, 0.06, 3)
    reach = np.linalg.norm(points - target, axis=-1).max() + 0.12
    # The narrow side of the picture must hold the body too.
    narrow = 2.0 * np.arctan(np.tan(fov / 2) * 480.0 / 854.0)
    wide = max(reach / np.tan(fov / 2), 0.75 * reach / np.tan(narrow / 2))
    away = wide * rng.uniform(1.05, 1.5)
    yaw, height = rng.uniform(0.0, 2 * np.pi), rng.uniform(0.5, 2.0)
    eye = target + away * np.array([np.sin(yaw), 0.0, np.cos(yaw)])
    eye[1] = height
    return eye, target, float(fov)


def axes_of(eye: Floats, target: Floats) -> Floats:
    """Return rows x right, y up, z to the viewer of a camera in world space, (3, 3)."""
    back = (eye - target) / np.linalg.norm(eye - target)
    side = np.cross([0.0, 1.0, 0.0], back)
    side /= np.linalg.norm(side)
    return np.stack([side, np.cross(back, side), back])


def take(stage: Stage, who: Any, rest: Rest, motion: tuple[Floats, Floats],
         seed: int, path: Path) -> int:  # fmt: skip
    """Draw and detect one take and write it; return how many pictures show somebody."""
    rng = np.random.default_rng([seed, 77])
    root, rotations = performed(rest, *motion)
    points, _ = rest.forward(root, rotations)
    eye, target, fov = view(points.astype(np.float64), rng)
    n = len(range(0, len(root), STEP))
    times = np.arange(n) * STEP / FPS
    seen = Observations.empty(times, stage.size, Rate(FPS // STEP))
    heavy, full = Bodies(True), Bodies(False)
    for i, frame in enumerate(range(0, len(root), STEP)):
        who.pose(rotations[frame].astype(np.float32), root[frame].astype(np.float32))
        stage.look(eye, target, fov)
        picture = np.ascontiguousarray(stage.draw()[..., :3])
        ms = round(float(times[i]) * 1000.0) + 1
        pose, world = heavy.look(picture, ms)
        if len(pose):
            seen.pose[i], seen.world[i] = pose[0], world[0]
        other, _ = full.look(picture, ms)
        if len(other):
            seen.check[i] = other[0][:, :2]
    heavy.close()
    full.close()
    truth = (points[::STEP] - eye) @ axes_of(eye, target).T
    with replacing(path) as partial, partial.open("wb") as file:
        np.savez_compressed(
            file, pose=seen.pose, world=seen.world, check=seen.check, times=times,
            truth=truth.astype(np.float32), fov=fov, size=np.array(stage.size),
            up=axes_of(eye, target)[:, 1],
        )  # fmt: skip
    return int(seen.seen.sum())


def main() -> None:
    """Draw takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("motion", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--takes", type=int, default=150)
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args()
    args.data.mkdir(parents=True, exist_ok=True)
    pool, _ = recordings(args.motion)
    pool = [m for m in pool if len(m.root) / m.rate > 0.5]
    weights = np.array([len(m.root) / m.rate for m in pool]) ** 0.7
    weights /= weights.sum()
    for group in range(args.first, args.first + args.takes, PER_STAGE):
        name = CAST[group // PER_STAGE % len(CAST)]
        body = compile_character(shipped_recipe(name), seed=1)
        rest = body.rest()
        with Stage((480, 854), profile="draft") as stage:
            who = stage.add(body, "actor")
            for seed in range(group, min(group + PER_STAGE, args.first + args.takes)):
                path = args.data / f"take-{seed:04d}.npz"
                if path.is_file():
                    continue
                rng = np.random.default_rng([seed, 76])
                root, turns = _movement(pool, weights, rng)
                turns = _loosen(turns[None], rng)[0]
                count = take(stage, who, rest, (root, turns), seed, path)
                sys.stdout.write(f"{path.name} {name} {count}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
