"""What a reduced motion is held to: the ends of the body, and frames that keep a key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_continuous,
    quat_log,
    quat_multiply,
)
from cyberdirector.core.skeleton import (
    BONE_COUNT,
    BONE_INDEX,
    BONE_PARENTS,
    HUMANOID_BONES,
    Rest,
)
from cyberdirector.motion._fit import Bools
from cyberdirector.motion._peaks import find_peaks
from cyberdirector.motion.curves import Array

_SIDES = ("left", "right")
_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")

ENDS: tuple[str, ...] = (
    "head",
    *(f"{side}{bone}" for side in _SIDES for bone in ("Hand", "Foot", "Toes")),
    *(f"{side}{finger}Distal" for side in _SIDES for finger in _FINGERS),
)
"""End effectors: the bones whose place and turn in the world are held to the tolerance."""

AIM = {
    BONE_INDEX[side + bone]: BONE_INDEX[side + below]
    for side in _SIDES
    for bone, below in (
        ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"),
        ("UpperArm", "LowerArm"), ("LowerArm", "Hand"),
    )
}  # fmt: skip
"""Bones that aim at where the joint below them was."""

_LEGS = [BONE_INDEX["hips"]] + [
    BONE_INDEX[side + bone]
    for side in _SIDES
    for bone in ("UpperLeg", "LowerLeg", "Foot", "Toes")
]

_TURNING = 1.5
"""A bone that slows down and speeds up again by this much, rad/s, has a pose worth a key."""


@dataclass(frozen=True)
class Tolerance:
    """How far re-baked motion may be from the dense one, on any frame.

    Attributes
    ----------
    metres, radians
        Of the end effectors in the world.
    planted
        Share of ``metres`` for a foot on frames where it is planted.
    weight
        Of face shapes (0..1).
    gaze
        Of the eyes, radians.
    """

    metres: float = 0.004
    radians: float = float(np.radians(1.0))
    planted: float = 0.5
    weight: float = 0.02
    gaze: float = float(np.radians(0.5))


@dataclass
class Body:
    """The dense motion, and which bones lead to which end."""

    rest: Rest
    turns: Array
    root: Array
    points: Array
    world: Array
    ends: NDArray[np.intp]
    moving: list[int]
    below: NDArray[np.intp]
    """(ends, 55): the next bone on the way to an end, -1 off the way and at the end."""
    limit: Array
    """(n, ends): largest error of place, metres."""


def moves(turns: Array) -> Bools:
    """Return which bones (55,) of rotations (n, 55, 4) change at all."""
    return np.asarray((turns != turns[:1]).any(axis=(0, 2)))


def measure_body(clip: Clip, rest: Rest, allowed: Tolerance) -> Body:
    """Return the dense motion of a body with its ends and their limits on each frame."""
    turns = quat_continuous(clip.rotations)
    root = clip.root.astype(np.float64)
    points, world = rest.forward(root, turns)
    ends = np.array([BONE_INDEX[name] for name in ENDS if rest.present[BONE_INDEX[name]]])
    below: NDArray[np.intp] = np.full((len(ends), BONE_COUNT), -1)
    used = np.zeros(BONE_COUNT, np.bool_)
    for i in range(len(ends)):
        bone = int(ends[i])
        used[bone] = True
        while int(BONE_PARENTS[bone]) >= 0:
            above = int(BONE_PARENTS[bone])
            below[i, above], used[above] = bone, True
            bone = above
    limit = np.full((clip.frames, len(ends)), allowed.metres)
    for i, end in enumerate(ends):
        for side, name in enumerate(_SIDES):
            if HUMANOID_BONES[end] in (f"{name}Foot", f"{name}Toes"):
                limit[clip.contacts[:, side], i] *= allowed.planted
    moving = [int(b) for b in np.flatnonzero(moves(turns) & used)]
    return Body(rest, turns, root, points, world, ends, moving, below, limit)


def find_stops(clip: Clip, body: Body) -> Bools:
    """Return frames (n, 56) that get a key: contacts for the legs, poses that turn back.

    The last column is the place of the hips.
    """
    out = np.zeros((clip.frames, BONE_COUNT + 1), np.bool_)
    edges = np.flatnonzero((clip.contacts[1:] != clip.contacts[:-1]).any(axis=1)) + 1
    for bone in [*_LEGS, BONE_COUNT]:
        out[edges, bone] = True
    if clip.frames < 5:
        return out
    step = quat_log(quat_multiply(quat_conjugate(body.turns[:-1]), body.turns[1:]))
    speed = np.linalg.norm(0.5 * (step[:-1] + step[1:]), axis=-1) * clip.rate.fps
    for bone in body.moving:
        turning = find_peaks(-speed[:, bone], _TURNING)
        out[turning + 1, bone] = True
    return out
