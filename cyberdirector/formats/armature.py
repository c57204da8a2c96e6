"""A foreign skeleton and its motion as a file tells it, before it becomes a humanoid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import Array, quat_multiply, quat_rotate
from cyberdirector.core.time import Rate

MAX_MOTION_BYTES = 256 << 20
"""A motion file. An hour of 51 joints at 60 frames a second is 250 MB of BVH text."""

MAX_MOTION_JOINTS = 2048
"""Joints of one file. Bodies with toes, face, hair and helpers have up to 500."""

MAX_MOTION_VALUES = 24_000_000
"""Numbers (frames × channels) of one file; 192 MB as float64."""

MAX_MOTION_DEPTH = 256
"""Length of a chain of joints. Long braids have 40."""

_RATES = (
    *(Rate(n) for n in (24, 25, 30, 48, 50, 60, 72, 90, 100, 120, 144, 200, 240)),
    *(Rate(n, 1001) for n in (24000, 30000, 60000, 120000)),
)


@dataclass(frozen=True)
class Armature:
    """Joints, parents before children.

    Attributes
    ----------
    names
        Names as in the file; equal names are allowed.
    parents
        (joints,) int32, -1 for roots.
    offsets
        (joints, 3) float64, place in the parent's space at rest, file units.
    turns
        (joints, 4) float64, rotation xyzw in the parent's space at rest.
    """

    names: tuple[str, ...]
    parents: NDArray[np.int32]
    offsets: Array
    turns: Array


@dataclass(frozen=True)
class ArmatureMotion:
    """Motion of an armature.

    Attributes
    ----------
    armature
        Its joints.
    rate
        Frames per second.
    rotations
        (frames, joints, 4) float64, whole local rotation xyzw (rest included).
    moves
        Joint → (frames, 3) place in the parent's space, file units, of joints that move.
    metres
        Metres per unit when the file says so, else None.
    up
        Axis (0 x, 1 y, 2 z) that points up when the file says so, else None.
    humanoid
        VRM bone → joint when the file says so.
    weights
        Shape name → (frames,) 0..1.
    notes
        What was odd about the file, plain English.
    """

    armature: Armature
    rate: Rate
    rotations: Array
    moves: Mapping[int, Array]
    metres: float | None = None
    up: int | None = None
    humanoid: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, Array] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """Number of frames."""
        return len(self.rotations)

    def world(self, only: Iterable[int] | None = None) -> tuple[Array, Array]:
        """Return places (frames, joints, 3), file units, and turns (frames, joints, 4)."""
        return forward(self.armature, self.rotations, self.moves, only)


def forward(
    armature: Armature,
    rotations: Array,
    moves: Mapping[int, Array],
    only: Iterable[int] | None = None,
) -> tuple[Array, Array]:
    """Return world places (frames, joints, 3) and turns (frames, joints, 4) of local ones.

    With ``only``, just these joints and those above them are right.
    """
    turns = np.array(rotations, dtype=np.float64)
    points = np.zeros((*turns.shape[:2], 3))
    wanted = set(range(len(armature.names)) if only is None else only)
    for joint in tuple(wanted):
        above = int(armature.parents[joint])
        while above >= 0 and above not in wanted:
            wanted.add(above)
            above = int(armature.parents[above])
    for j in sorted(wanted):
        parent = int(armature.parents[j])
        arm = moves.get(j, armature.offsets[j])
        if parent < 0:
            points[:, j] = arm
            continue
        turns[:, j] = quat_multiply(turns[:, parent], turns[:, j])
        points[:, j] = points[:, parent] + quat_rotate(turns[:, parent], arm)
    return points, turns


def rate_of_seconds(seconds: float) -> Rate:
    """Return the rate of a frame time, one of the usual rates when it is near to one."""
    fps = 1.0 / seconds
    near = min(_RATES, key=lambda r: abs(r.fps - fps))
    if abs(near.fps - fps) < 4e-4 * fps:
        return near
    ratio = Fraction(fps).limit_denominator(1001)
    return Rate(max(ratio.numerator, 1), ratio.denominator)
