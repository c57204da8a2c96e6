"""A plain body and random motion for tests of motion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_exp, quat_multiply
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, HUMANOID_BONES, Rest
from cyberdirector.core.time import Rate

_UP = {"hips": 0.9, "spine": 0.1, "chest": 0.12, "upperChest": 0.12, "neck": 0.14, "head": 0.09}
_ALONG = {"Shoulder": 0.06, "UpperArm": 0.1, "LowerArm": 0.24, "Hand": 0.23}
_DOWN = {"LowerLeg": 0.42, "Foot": 0.4}


def body() -> Rest:
    """Return a T-pose of 1.6 m."""
    offsets = np.zeros((BONE_COUNT, 3), np.float32)
    for name, index in BONE_INDEX.items():
        side = 1.0 if name.startswith("left") else -1.0
        bare = name.removeprefix("left").removeprefix("right")
        if name in _UP:
            offsets[index, 1] = _UP[name]
        elif bare in _ALONG:
            offsets[index, 0] = side * _ALONG[bare]
        elif bare == "UpperLeg":
            offsets[index] = side * 0.09, -0.05, 0.0
        elif bare in _DOWN:
            offsets[index, 1] = -_DOWN[bare]
        elif bare == "Toes":
            offsets[index] = 0.0, -0.07, 0.13
        elif bare == "Eye":
            offsets[index] = side * 0.03, 0.06, 0.08
        elif bare != "jaw":
            offsets[index, 0] = side * (0.08 if "Proximal" in bare else 0.03)
    return Rest(offsets, np.ones(BONE_COUNT, np.bool_))


def acted(seed: int, frames: int, noise: float = 0.0, rate: Rate | None = None) -> Clip:
    """Return smooth random motion of all bones, face and gaze, with noise in radians."""
    rng = np.random.default_rng(seed)
    t = np.arange(frames)[:, None, None] / 24.0
    pace = rng.uniform(0.15, 0.7, (3, BONE_COUNT, 1))
    size = rng.normal(0.0, 0.18, (3, BONE_COUNT, 3))
    size[:, [i for i, n in enumerate(HUMANOID_BONES) if "Eye" in n or n == "jaw"]] = 0.0
    shift = rng.uniform(0.0, 6.3, (3, BONE_COUNT, 3))
    angle = sum(size[k] * np.sin(6.283 * pace[k] * t + shift[k]) for k in range(3))
    turns = quat_exp(angle + rng.normal(0.0, noise, (frames, BONE_COUNT, 3)))
    turns[:, 0] = quat_multiply(
        quat_exp(np.array([0.0, 1.0, 0.0]) * t[:, 0] * 0.8), turns[:, 0]
    )
    clip = Clip.rest(frames, rate or Rate(24), 0.9)
    flat = t[:, 0, 0]
    clip.root[:] += np.stack([0.4 * flat, 0.02 * np.sin(9.0 * flat), 0.1 * flat**2], 1)
    clip.weights[:] = np.clip(0.6 * np.sin(3.0 * t[:, 0] + rng.uniform(0, 6.3, (1, 52))), 0, 1)
    clip.gaze[:] = 0.2 * np.sin(2.0 * t[:, 0] + rng.uniform(0.0, 6.3, (1, 2)))
    contacts = np.sin(4.0 * t[:, 0] + np.array([0.0, 3.14])) > 0.0
    return replace(clip, rotations=turns.astype(np.float32), contacts=contacts)
