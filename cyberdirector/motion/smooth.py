"""Calmer motion: legs hard, torso mild, arms little; planted feet and blinks stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_continuous,
    quat_exp,
    quat_log,
    quat_multiply,
)
from cyberdirector.core.skeleton import HUMANOID_BONES, Rest
from cyberdirector.motion.curves import Array
from cyberdirector.motion.plant import plant_feet

SECONDS: Mapping[str, float] = {"legs": 0.10, "torso": 0.055, "arms": 0.025, "hands": 0.02}
"""Standard deviation of the filter per part at strength 1, seconds.

Legs carry the body and show jitter as sliding; arms lose their accents first.
"""

_LEG = ("UpperLeg", "LowerLeg", "Foot", "Toes")
_ARM = ("Shoulder", "UpperArm", "LowerArm", "Hand")
_TRUNK = ("hips", "spine", "chest", "upperChest", "neck", "head")


def part_of(bone: str) -> str:
    """Return the part of :data:`SECONDS` that a bone belongs to; empty for eyes and jaw."""
    bare = bone.removeprefix("left").removeprefix("right")
    if bone in _TRUNK:
        return "torso"
    if bare in _LEG:
        return "legs"
    if bare in _ARM:
        return "arms"
    return "" if bare in ("Eye", "jaw") else "hands"


def smooth(
    clip: Clip,
    strength: float | Mapping[str, float] = 1.0,
    rest: Rest | None = None,
) -> Clip:
    """Return a clip without jitter; no lag, the first and last pose stay.

    Parameters
    ----------
    clip
        The motion; face, gaze and contacts are kept as they are.
    strength
        0 leaves the motion, 1 is calm; one number, or part → number (``legs``, ``torso``,
        ``arms``, ``hands``; parts not named keep 1).
    rest
        The body that performs it; with it planted feet are held still again afterwards.
    """
    if clip.frames < 3:
        return clip
    turns = quat_continuous(clip.rotations)
    for part, seconds in SECONDS.items():
        share = strength.get(part, 1.0) if isinstance(strength, Mapping) else strength
        size = seconds * share * clip.rate.fps
        bones = [i for i, name in enumerate(HUMANOID_BONES) if part_of(name) == part]
        if size > 0.05:
            turns[:, bones] = _calm_turns(turns[:, bones], size)
    share = strength.get("torso", 1.0) if isinstance(strength, Mapping) else strength
    size = SECONDS["torso"] * share * clip.rate.fps
    root = clip.root.astype(np.float64)
    if size > 0.05:
        root = _calm_values(root, size)
    out = replace(clip, root=root.astype(np.float32), rotations=turns.astype(np.float32))
    return out if rest is None or not clip.contacts.any() else plant_feet(out, rest)


def _kernel(size: float) -> Array:
    """Return Gaussian weights -k..k for a standard deviation in frames."""
    k = max(1, int(np.ceil(3.0 * size)))
    weights = np.exp(-0.5 * (np.arange(-k, k + 1) / size) ** 2)
    return np.asarray(weights / weights.sum())


def _neighbours(frames: int, step: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the frame ``step`` away and whether it is beyond an end (then reflected)."""
    at = np.arange(frames) + step
    beyond = (at < 0) | (at >= frames)
    at = np.where(at < 0, -at, at)
    at = np.where(at >= frames, 2 * (frames - 1) - at, at)
    return np.clip(at, 0, frames - 1), beyond


def _calm_values(values: Array, size: float) -> Array:
    """Return values (n, k) filtered; beyond the ends the course is reflected through them."""
    weights = _kernel(size)
    out = np.zeros_like(values)
    n = len(values)
    for step, weight in enumerate(weights, -(len(weights) // 2)):
        at, beyond = _neighbours(n, step)
        end = values[0] if step < 0 else values[-1]
        out += weight * np.where(beyond[:, None], 2.0 * end - values[at], values[at])
    return out


def _calm_turns(turns: Array, size: float) -> Array:
    """Return rotations (n, bones, 4): the weighted mean of the turns to all neighbours."""
    weights = _kernel(size)
    n = len(turns)
    back = quat_conjugate(turns)
    mean = np.zeros((*turns.shape[:-1], 3))
    for step, weight in enumerate(weights, -(len(weights) // 2)):
        at, beyond = _neighbours(n, step)
        way = quat_log(quat_multiply(back, turns[at]))
        if beyond.any():
            end = turns[:1] if step < 0 else turns[-1:]
            to_end = quat_log(quat_multiply(back, np.broadcast_to(end, turns.shape)))
            way = np.where(beyond[:, None, None], 2.0 * to_end - way, way)
        mean += weight * way
    return quat_multiply(turns, quat_exp(mean))
