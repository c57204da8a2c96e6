"""Soles: where heel, ball and toe tip of a body are, at rest and while it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import Array, quat_from_axis_angle, quat_multiply, quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX, Rest

SIDES = ("left", "right")

_HEEL_BACK = 0.30
"""Heel behind the ankle, in shares of the way from ankle to ball (adult foot: 4 to 5 cm)."""

_TIP_AHEAD = 0.45
"""Toe tip ahead of the ball, in shares of the way from ankle to ball."""

_BALL_AHEAD = 0.16
"""Ball ahead of the ankle in shares of the shin, for bodies without toes (12 cm of 39)."""


@dataclass(frozen=True)
class Soles:
    """Measures of both feet at rest; arrays (2, 3) or (2,), left first, metres.

    ``heel``, ``ball`` and ``tip`` are points on the floor seen from the ankle; ``ball`` lies
    under the toe joint, ``joint`` is that joint itself, and ``ahead`` leads from it to the
    tip. ``ankle`` is the height of the ankle.
    """

    ankle: Array
    heel: Array
    ball: Array
    tip: Array
    joint: Array
    ahead: Array

    @property
    def length(self) -> float:
        """Length of a foot, heel to tip."""
        return float(np.linalg.norm(self.tip - self.heel, axis=-1).mean())


def measure_soles(rest: Rest) -> Soles:
    """Return the measures of the feet of a rest pose that stands on y = 0."""
    points = rest.positions().astype(np.float64)
    joint, ankles = np.zeros((2, 3)), np.zeros((2, 3))
    for side, name in enumerate(SIDES):
        ankles[side] = points[BONE_INDEX[f"{name}Foot"]]
        toes = BONE_INDEX[f"{name}Toes"]
        joint[side] = points[toes] - ankles[side]
        if not rest.present[toes] or np.linalg.norm(joint[side, [0, 2]]) < 1e-3:
            shin = float(np.linalg.norm(ankles[side] - points[BONE_INDEX[f"{name}LowerLeg"]]))
            joint[side] = (0.0, -0.75 * ankles[side, 1], _BALL_AHEAD * shin * 2.0)
    ball = joint.copy()
    ball[:, 1] = -ankles[:, 1]
    flat = joint * np.array([1.0, 0.0, 1.0])
    heel = ball - (1.0 + _HEEL_BACK) * flat
    tip = ball + _TIP_AHEAD * flat
    return Soles(ankles[:, 1], heel, ball, tip, joint, tip - joint)


@dataclass(frozen=True)
class FootPath:
    """One moving foot: ankle, sole points (n, 3) metres and the foot's turn (n, 4), world."""

    ankle: Array
    turn: Array
    heel: Array
    ball: Array
    tip: Array

    @property
    def lowest(self) -> Array:
        """Height (n,) of the lowest point of the sole."""
        return np.min([self.heel[:, 1], self.ball[:, 1], self.tip[:, 1]], axis=0)


def foot_path(
    soles: Soles, side: int, points: Array, turns: Array, tip: bool = True
) -> FootPath:
    """Return the path of one foot.

    Parameters
    ----------
    points, turns
        (n, 55, 3) metres and (n, 55, 4) xyzw, world, from :meth:`Rest.forward`.
    tip
        Whether the tip follows the toe bone; False: it stays in line with the foot.
    """
    name = SIDES[side]
    ankle, turn = points[:, BONE_INDEX[f"{name}Foot"]], turns[:, BONE_INDEX[f"{name}Foot"]]
    toes = turns[:, BONE_INDEX[f"{name}Toes"]] if tip else turn
    joint = ankle + quat_rotate(turn, soles.joint[side])
    return FootPath(
        ankle,
        turn,
        ankle + quat_rotate(turn, soles.heel[side]),
        ankle + quat_rotate(turn, soles.ball[side]),
        joint + quat_rotate(toes, soles.ahead[side]),
    )


def foot_paths(clip: Clip, rest: Rest) -> tuple[FootPath, FootPath]:
    """Return the paths of the left and the right foot of a clip on a body."""
    points, turns = rest.forward(clip.root, clip.rotations)
    soles = measure_soles(rest)
    left, right = (foot_path(soles, side, points, turns) for side in range(2))
    return left, right


def split_turn(turn: Array) -> tuple[Array, Array]:
    """Return yaw and pitch (n,) of a foot, radians; pitch > 0 lifts the heel.

    Roll is left out. Pitch lies in -90°..90°; a foot that lies upside down has none of use.
    """
    ahead = quat_rotate(turn, np.array([0.0, 0.0, 1.0]))
    up = quat_rotate(turn, np.array([0.0, 1.0, 0.0]))
    pitch = np.arcsin(np.clip(-ahead[..., 1], -1.0, 1.0))
    # A foot that points straight down shows its yaw by the instep.
    steep = np.abs(ahead[..., 1]) > 0.97
    flat = np.where(steep[..., None], np.sign(-ahead[..., 1:2]) * up, ahead)
    return np.arctan2(flat[..., 0], flat[..., 2]), pitch


def turn_foot(yaw: Array, pitch: Array) -> Array:
    """Return the rotation (n, 4) of a foot from yaw and pitch; see :func:`split_turn`."""
    level = quat_from_axis_angle([0.0, 1.0, 0.0], yaw)
    return quat_multiply(level, quat_from_axis_angle([1.0, 0.0, 0.0], pitch))


def tip_over(soles: Soles, side: int, flat: Array, yaw: Array, pitch: Array) -> Array:
    """Return the ankle of a foot that tips over its ball (pitch > 0) or its heel (< 0)."""
    arm = np.where(pitch[:, None] > 0.0, soles.ball[side], soles.heel[side])
    zero = np.zeros_like(pitch)
    return np.asarray(
        flat + quat_rotate(turn_foot(yaw, zero), arm) - quat_rotate(turn_foot(yaw, pitch), arm)
    )


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the half-open spans ``(start, end)`` in which ``mask`` (n,) is true."""
    steps = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
