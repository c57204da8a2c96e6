"""Arm poses: a small value type and the blending of poses over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.rotations import quat_conjugate, quat_rotate
from cyberdirector.perform._body import Body
from cyberdirector.perform._motion import Array
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.hands import HANDSHAPES
from cyberdirector.perform.ik import two_bone

TWIST_LIMIT = np.radians(85.0)
"""Pronation and supination of the forearm from the neutral hand."""

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class ArmPose:
    """One arm held in a way; vectors in the mirrored chest frame (+x outward, +z forward).

    Attributes
    ----------
    wrist
        From the shoulder, in arm lengths.
    pole
        Direction in which the elbow points.
    palm
        Normal of the palm.
    flex, side
        Wrist flexion towards the palm and deviation towards the thumb, radians.
    hand
        Name of a handshape.
    hang
        1: follows gravity, 0: follows the chest.
    lift
        Shoulder lift in radians.
    """

    wrist: Vector
    pole: Vector = (0.35, -0.3, -1.0)
    palm: Vector = (-1.0, 0.0, -0.2)
    flex: float = 0.0
    side: float = 0.0
    hand: str = "relaxed"
    hang: float = 0.0
    lift: float = 0.0


def pose_twist(body: Body, side: int, pose: ArmPose) -> float:
    """Return the turn of the forearm, radians, that faces the palm as the pose wants it."""
    mirror = np.array([1.0 if side == 0 else -1.0, 1.0, 1.0])
    _, fore, _ = two_bone(
        np.zeros((1, 3)),
        np.array([pose.wrist]) * mirror * body.arm,
        np.array([pose.pole]) * mirror,
        (float(body.upper[side]), float(body.fore[side])),
        (body.upper_dir[side], body.fore_dir[side]),
        np.array([0.0, 0.0, 1.0]),
    )
    return float(_forearm_twist(fore, body.fore_dir[side], np.array([pose.palm]) * mirror)[0])


def _forearm_twist(fore: Array, axis: Array, palm: Array) -> Array:
    """Return the turn (n,) about the forearm that points the palm along ``palm``."""
    aim = quat_rotate(quat_conjugate(fore), palm)
    neutral = np.array([0.0, -1.0, 0.0])
    neutral = neutral - np.dot(neutral, axis) * axis
    neutral /= np.linalg.norm(neutral)
    third = np.cross(axis, neutral)
    y, x = aim @ third, aim @ neutral
    # Where the wanted normal runs along the arm there is nothing to choose.
    trust = np.clip(np.hypot(x, y) / 0.3, 0.0, 1.0)
    return np.asarray(np.clip(np.arctan2(y, x), -TWIST_LIMIT, TWIST_LIMIT) * trust)


def _slerp_reach(a: Array, b: Array, x: Array) -> Array:
    """Move wrists from ``a`` to ``b`` on an arc about the shoulder; (n, 3) and (n,)."""
    ra = np.linalg.norm(a, axis=-1, keepdims=True)
    rb = np.linalg.norm(b, axis=-1, keepdims=True)
    ua, ub = a / np.maximum(ra, 1e-9), b / np.maximum(rb, 1e-9)
    dot = np.clip(np.sum(ua * ub, axis=-1, keepdims=True), -1.0, 1.0)
    theta = np.arccos(dot)
    sin = np.sin(theta)
    s = x[:, None]
    near = sin < 1e-4
    safe = np.where(near, 1.0, sin)
    wa = np.where(near, 1.0 - s, np.sin((1.0 - s) * theta) / safe)
    wb = np.where(near, s, np.sin(s * theta) / safe)
    return np.asarray((wa * ua + wb * ub) * (ra + (rb - ra) * s))


def blend_arm(
    c: Controls, side: int, pose: ArmPose, amount: Array, fingers: Array | None = None
) -> None:
    """Move one arm of ``c`` towards ``pose`` by ``amount`` (n,) 0..1, in place.

    ``fingers`` is the course of the handshape when it differs from that of the arm.
    """
    active = amount > 0.0
    if fingers is None:
        fingers = amount
    active |= fingers > 0.0
    if not active.any():
        return
    x = amount[active]
    goal = np.broadcast_to(np.array(pose.wrist), (len(x), 3))
    c.wrist[active, side] = _slerp_reach(c.wrist[active, side], goal, x)
    for array, value in (
        (c.pole, np.array(pose.pole) / np.linalg.norm(pose.pole)),
        (c.bend, np.array([pose.flex, pose.side])),
    ):
        array[active, side] += x[:, None] * (value - array[active, side])
    twist = pose_twist(c.body, side, pose)
    c.twist[active, side] += x * (twist - c.twist[active, side])
    y = fingers[active, None]
    c.hand[active, side] += y * (HANDSHAPES[pose.hand] - c.hand[active, side])
    c.hang[active, side] += x * (pose.hang - c.hang[active, side])
    c.lift[active, side] += x * (pose.lift - c.lift[active, side])


def set_arm(c: Controls, side: int, pose: ArmPose) -> None:
    """Hold one arm in ``pose`` on all frames."""
    n = len(c.root)
    c.wrist[:, side] = pose.wrist
    c.pole[:, side] = np.array(pose.pole) / np.linalg.norm(pose.pole)
    c.twist[:, side] = pose_twist(c.body, side, pose)
    c.bend[:, side] = (pose.flex, pose.side)
    c.hand[:, side] = np.broadcast_to(HANDSHAPES[pose.hand], (n, c.hand.shape[-1]))
    c.hang[:, side] = pose.hang
    c.lift[:, side] = pose.lift
