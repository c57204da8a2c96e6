"""Learns the joint finder: ``python -m cyberdirector.rig.training.learn --people 250``.

People of our own are made, stretched and posed at random; their depth views and true joints
teach the first guess (principal components and a small network), the refining steps (ridge
regression) and the judge of orientations. Everything is seeded; the result is written to
``models/rig-joints.npz``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import quat_exp, quat_to_matrix
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.rig.depth import SAMPLES, Views, sample_surface
from cyberdirector.rig.features import (
    FINGER_BONES,
    MAIN,
    hand_features,
    hand_frame,
    joint_features,
    joint_frames,
    whole_features,
)
from cyberdirector.rig.joints import MIRRORED, MODEL, Frame, frame_of, views_of
from cyberdirector.rig.orient import COARSE, axis_turns
from cyberdirector.rig.training.network import Network, components, ridge
from cyberdirector.rig.training.people import Person, load_person, make_person, save_person
from cyberdirector.rig.training.stances import STANCES, deform, random_scales, random_turns

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Arrays = dict[str, NDArray[Any]]

_STEPS = 3
_BASIS_ROWS = 3000
"""Samples that principal components are taken of."""
_WOBBLE = np.array([0.04, 0.08, 0.04])
"""Deviation of a figure's own axes from the true ones, radians."""


def pose_sample(
    person: Person, rng: np.random.Generator, stance: str, amount: float
) -> tuple[Floats, Floats]:
    """Return surface points and joints of a person in a random stance, mirrored or not."""
    points, joints = deform(person, random_turns(rng, stance), random_scales(rng, amount))
    turn = quat_to_matrix(quat_exp(rng.normal(0.0, 1.0, 3) * _WOBBLE))
    points, joints = points @ turn.T, joints @ turn.T
    if rng.random() < 0.5:
        mirror = np.array([-1.0, 1.0, 1.0])
        points, joints = points * mirror, (joints * mirror)[MIRRORED]
    return sample_surface(points, person.triangles, SAMPLES, rng), joints


def _shaken(frame: Frame, rng: np.random.Generator) -> Frame:
    """Return the measure of a figure, every other time a little off.

    Buns, hats and long hair make the height and the middle of a figure uncertain.
    """
    if rng.random() < 0.5:
        return frame
    shift = frame.height * rng.normal(0.0, 0.01, 3) * [1.0, 0.0, 1.0]
    return Frame(frame.origin + shift, frame.height * float(rng.uniform(0.9, 1.05)))


def samples_of(people: list[Path], each: int) -> Iterator[tuple[int, Views, Floats]]:
    """Yield person number, depth views and joints (shares of the height)."""
    for number, path in enumerate(people):
        person = load_person(path)
        rng = np.random.default_rng([number, 7])
        for k in range(each):
            amount = 0.0 if (k // len(STANCES)) % 4 == 3 else 1.0
            samples, joints = pose_sample(person, rng, STANCES[k % len(STANCES)], amount)
            frame = _shaken(frame_of(samples), rng)
            views = views_of(frame.inside(samples))
            small = Views(views.centre, views.half, views.maps.astype(np.float16))
            yield number, small, frame.inside(joints)


def orientation_rows(number: int, path: Path) -> tuple[NDArray[np.float16], Singles]:
    """Return features and wanted scores (-1 … 1) of a person stood in right and wrong ways."""
    person = load_person(path)
    rng = np.random.default_rng([number, 99])
    features, wanted = [], []
    for k in range(2):
        samples, _ = pose_sample(person, rng, STANCES[(number + k) % 3], 1.0)
        samples = samples[:: max(1, len(samples) // COARSE)]
        for turn, score in _ways(rng):
            turned = samples @ turn.T
            features.append(whole_features(views_of(frame_of(turned).inside(turned))))
            wanted.append(score)
    return np.array(features, np.float16), np.array(wanted, np.float32)


def _ways(rng: np.random.Generator) -> list[tuple[Floats, float]]:
    """Return turns of a figure that stands right, and how right each is (-1 … 1)."""
    signs = ([-1.0, 1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0], [1.0, -1.0, -1.0])
    flips = [np.diag(sign) for sign in signs]
    out = [(np.eye(3), 1.0), (np.eye(3), 1.0), *((flip, -1.0) for flip in flips)]
    turns = axis_turns()
    out += [(turns[i], -1.0) for i in rng.choice(np.arange(1, 24), 2, replace=False)]
    for base in (np.eye(3), np.eye(3), *flips[1:3]):
        axis = np.eye(3)[0] if rng.random() < 0.6 else rng.normal(size=3)
        angle = rng.uniform(0.1, 1.2) * rng.choice([-1.0, 1.0])
        turn = quat_to_matrix(quat_exp(angle * axis / np.linalg.norm(axis)))
        near = 2.0 * np.exp(-((angle / 0.25) ** 2)) - 1.0
        right = near if np.allclose(base, np.eye(3)) else -1.0
        out.append((turn @ base, float(right)))
    for _ in range(2):
        turn = quat_to_matrix(quat_exp(rng.normal(0.0, 2.0, 3)))
        angle = float(np.arccos(np.clip((np.trace(turn) - 1.0) / 2.0, -1.0, 1.0)))
        out.append((turn, 2.0 * float(np.exp(-((angle / 0.25) ** 2))) - 1.0))
    return out


def learn_orientation(rows: list[tuple[NDArray[np.float16], Singles]]) -> Arrays:
    """Return the judge of orientations, learnt from right and wrong ways to stand."""
    x = np.concatenate([f for f, _ in rows]).astype(np.float32)
    wanted = np.concatenate([w for _, w in rows])[:, None]
    some = np.random.default_rng(3).permutation(len(x))[:_BASIS_ROWS]
    mean, basis = components(x[some], 128)
    network = Network(np.random.default_rng(0), [128, 96, 1])
    network.train(((x - mean) @ basis).astype(np.float32), wanted, 40)
    return {
        "turn_mean": mean, "turn_basis": basis,
        "turn_w0": network.weights[0], "turn_b0": network.biases[0],
        "turn_w1": network.weights[1], "turn_b1": network.biases[1],
    }  # fmt: skip


def learn_joints(people: list[Path], each: int) -> Arrays:
    """Return the first guess and the refining steps."""
    numbers, views, truth = zip(*samples_of(people, each), strict=True)
    number, joints = np.array(numbers), np.array(truth)
    rng = np.random.default_rng(1)
    x = np.array([whole_features(_full(v)) for v in views], np.float32)
    mean, basis = components(x, 160)
    z = ((x - mean) @ basis).astype(np.float32)
    middle = joints.mean(axis=0)
    y = ((joints - middle) * 10.0).reshape(len(joints), -1).astype(np.float32)
    guess = np.zeros_like(joints)
    for fold in range(4):  # the steps must learn from guesses about people never seen
        held = number % 4 == fold
        network = Network(np.random.default_rng(fold), [160, 192, 192, y.shape[1]])
        network.train(z[~held], y[~held], 100)
        guess[held] = network.apply(z[held]).reshape(-1, *middle.shape) / 10.0 + middle
    network = Network(np.random.default_rng(9), [160, 192, 192, y.shape[1]])
    network.train(z, y, 120)
    out: Arrays = {"mean": mean, "basis": basis, "joints": middle}
    for k, (w, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        last = k == len(network.weights) - 1
        out[f"w{k}"], out[f"b{k}"] = (w / 10.0, b / 10.0) if last else (w, b)
    rows = np.tile(np.arange(len(joints)), 2)
    shaken = guess + rng.normal(0.0, 0.006, guess.shape)
    shaken += rng.normal(0.0, 0.008, (len(guess), 1, 3))
    present = np.concatenate([guess, shaken])
    for k in range(_STEPS):
        present = _learn_step(out, k, [views[i] for i in rows], joints[rows], present)
        present[len(joints) :] += rng.normal(0.0, 0.004, present[len(joints) :].shape)
    return out


def _full(views: Views) -> Views:
    return Views(views.centre, views.half, views.maps.astype(np.float32))


def _learn_step(
    out: Arrays, k: int, views: list[Views], joints: Floats, present: Floats
) -> Floats:
    """Learn step ``k`` and return the guesses after it."""
    frames = np.array([joint_frames(p) for p in present])
    seen = np.array(
        [
            joint_features(_full(v), p, f)
            for v, p, f in zip(views, present, frames, strict=True)
        ],
        np.float32,
    )
    goal = np.einsum("njc,njic->nji", joints[:, MAIN] - present[:, MAIN], frames)
    fits = [ridge(seen[:, j].astype(np.float64), goal[:, j], 3e-3) for j in range(len(MAIN))]
    out[f"step_w{k}"] = np.array([w for w, _ in fits])
    out[f"step_b{k}"] = np.array([b for _, b in fits])
    moves = np.einsum("njf,jfi->nji", seen, out[f"step_w{k}"]) + out[f"step_b{k}"]
    new = present.copy()
    new[:, MAIN] += np.einsum("nji,njic->njc", moves, frames)
    for side, rows in FINGER_BONES.items():
        wrist = BONE_INDEX[f"{side}Hand"]
        new[:, rows] += (new - present)[:, [wrist]]
        axes = np.array([hand_frame(p, side) for p in new])
        hands = np.array(
            [
                hand_features(_full(v), p, side, a)
                for v, p, a in zip(views, new, axes, strict=True)
            ]
        )
        local = np.einsum("njc,nic->nji", joints[:, rows] - new[:, [wrist]], axes)
        w, b = ridge(hands, local.reshape(len(local), -1), 1e-2)
        out[f"{side}_w{k}"], out[f"{side}_b{k}"] = w, b
        there = (hands @ w + b).reshape(len(local), -1, 3)
        new[:, rows] = new[:, [wrist]] + np.einsum("nji,nic->njc", there, axes)
    return new


def main() -> None:
    """Make people, learn, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=250)
    parser.add_argument("--each", type=int, default=15, help="stances of each person")
    parser.add_argument("--cache", type=Path, default=Path("out/rig-people"))
    parser.add_argument("--output", type=Path, default=Path("models") / MODEL)
    chosen = parser.parse_args()
    chosen.cache.mkdir(parents=True, exist_ok=True)
    paths = [chosen.cache / f"{seed}.npz" for seed in range(chosen.people)]
    for seed, path in enumerate(paths):
        if not path.is_file():
            save_person(make_person(seed), path)
    model = learn_joints(paths, chosen.each)
    model |= learn_orientation([orientation_rows(i, path) for i, path in enumerate(paths)])
    coarse = ("mean", "basis", "turn_mean", "turn_basis")
    np.savez_compressed(
        chosen.output,
        allow_pickle=False,
        **{k: v.astype(np.float16 if k in coarse else np.float32) for k, v in model.items()},
    )


if __name__ == "__main__":
    main()
