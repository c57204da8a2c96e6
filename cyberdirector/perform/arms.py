"""Arm poses: a small value type and the blending of poses over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.rotations import (
    cross,
    quat_conjugate,
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
)
from cyberdirector.motion.ik import two_bone
from cyberdirector.perform._body import Body
from cyberdirector.perform._motion import Array
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.hands import HANDSHAPES

TWIST_LIMIT = np.radians(85.0)
"""Pronation and supination of the forearm from the neutral hand."""

WRIST_FLEX, WRIST_BACK, WRIST_SIDE = np.radians([65.0, 60.0, 24.0])
"""Bending of the wrist to palm and back, and to either side, radians (comfortable range)."""

LONGEST = 0.985
"""Largest distance of a wrist from its shoulder, arm lengths: elbows do not lock."""

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
    at
        Landmark of the body that ``wrist`` counts from instead of the shoulder, or empty
        (:data:`~cyberdirector.perform._body.LANDMARKS`).
    fingers
        Direction of the straight fingers; when given it replaces ``flex`` and ``side``
        as far as the wrist bends.
    """

    wrist: Vector
    pole: Vector = (0.35, -0.3, -1.0)
    palm: Vector = (-1.0, 0.0, -0.2)
    flex: float = 0.0
    side: float = 0.0
    hand: str = "relaxed"
    hang: float = 0.0
    lift: float = 0.0
    at: str = ""
    fingers: Vector | None = None


def pose_wrist(body: Body, side: int, pose: ArmPose) -> Array:
    """Return the wrist (3,) of a pose from the shoulder, arm lengths, mirrored frame."""
    wrist = np.array(pose.wrist)
    if pose.at:
        point, _ = body.landmark(pose.at)
        mirror = np.array([1.0 if side == 0 else -1.0, 1.0, 1.0])
        wrist = wrist + (point - body.shoulder_joint[side] * mirror) / body.arm
    length = float(np.linalg.norm(wrist))
    return np.asarray(wrist * min(1.0, LONGEST / max(length, 1e-6)))


def pose_hand(body: Body, side: int, pose: ArmPose) -> tuple[float, float, float]:
    """Return twist of the forearm, flexion and deviation of the wrist, radians."""
    sign = 1.0 if side == 0 else -1.0
    mirror = np.array([sign, 1.0, 1.0])
    _, fore, _ = two_bone(
        np.zeros((1, 3)),
        pose_wrist(body, side, pose)[None] * mirror * body.arm,
        np.array([pose.pole]) * mirror,
        (float(body.upper[side]), float(body.fore[side])),
        (body.upper_dir[side], body.fore_dir[side]),
        np.array([0.0, 0.0, 1.0]),
    )
    axis = body.fore_dir[side]
    twist = float(_forearm_twist(fore, axis, np.array([pose.palm]) * mirror)[0])
    if pose.fingers is None:
        return twist, pose.flex, pose.side
    turned = quat_multiply(fore, quat_from_axis_angle(axis, np.array([twist])))
    x, y, z = quat_rotate(quat_conjugate(turned), np.array([pose.fingers]) * mirror)[0]
    flex = np.arctan2(-y, max(x * sign, 1e-3))
    aside = np.arctan2(z, np.hypot(x, y))
    return (
        twist,
        float(np.clip(flex, -WRIST_BACK, WRIST_FLEX)),
        float(np.clip(aside, -WRIST_SIDE, WRIST_SIDE)),
    )


def _forearm_twist(fore: Array, axis: Array, palm: Array) -> Array:
    """Return the turn (n,) about the forearm that points the palm along ``palm``."""
    aim = quat_rotate(quat_conjugate(fore), palm)
    neutral = np.array([0.0, -1.0, 0.0])
    neutral = neutral - np.dot(neutral, axis) * axis
    neutral /= np.linalg.norm(neutral)
    third = cross(axis, neutral)
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

    ``fingers`` is the course of the handshape when it differs from that of the arm: (n,), or
    (n, 20) for each channel of the hand.
    """
    if fingers is None:
        fingers = amount
    if fingers.ndim == 1:
        fingers = fingers[:, None]
    active = (amount > 0.0) | (fingers > 0.0).any(axis=1)
    if not active.any():
        return
    x = amount[active]
    goal = np.broadcast_to(pose_wrist(c.body, side, pose), (len(x), 3))
    c.wrist[active, side] = _slerp_reach(c.wrist[active, side], goal, x)
    twist, flex, aside = pose_hand(c.body, side, pose)
    for array, value in (
        (c.pole, np.array(pose.pole) / np.linalg.norm(pose.pole)),
        (c.bend, np.array([flex, aside])),
    ):
        array[active, side] += x[:, None] * (value - array[active, side])
    c.twist[active, side] += x * (twist - c.twist[active, side])
    y = fingers[active]
    c.hand[active, side] += y * (HANDSHAPES[pose.hand] - c.hand[active, side])
    c.hang[active, side] += x * (pose.hang - c.hang[active, side])
    c.lift[active, side] += x * (pose.lift - c.lift[active, side])
    pinned = 1.0 if pose.at and c.body.landmark(pose.at)[1] else 0.0
    c.pin[active, side] += x * (pinned - c.pin[active, side])


def set_arm(c: Controls, side: int, pose: ArmPose) -> None:
    """Hold one arm in ``pose`` on all frames."""
    n = len(c.root)
    c.wrist[:, side] = pose_wrist(c.body, side, pose)
    c.pole[:, side] = np.array(pose.pole) / np.linalg.norm(pose.pole)
    twist, flex, aside = pose_hand(c.body, side, pose)
    c.twist[:, side] = twist
    c.bend[:, side] = (flex, aside)
    c.hand[:, side] = np.broadcast_to(HANDSHAPES[pose.hand], (n, c.hand.shape[-1]))
    c.hang[:, side] = pose.hang
    c.lift[:, side] = pose.lift
