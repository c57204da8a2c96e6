"""Arms brought to where the controls want them, without going through the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
    quat_slerp,
)
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.motion.ik import two_bone
from cyberdirector.perform._body import SIDES, Body
from cyberdirector.perform._motion import Array
from cyberdirector.perform.collide import Frame, out_of_arm, out_of_body, probes, wrist_push
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.hands import reach_of_hand

FOREARM_SHARE = 0.4
"""Share of the forearm's twist that its bone takes (the sleeve turns with it); the hand
takes the rest."""

ROUNDS = 7
"""How often the arms are pushed further out of what they touch."""

GIVE = 0.6
"""Share of an overlap by which each of two arms that meet gives way at a time."""

TOUCH = 2e-4
"""Arms that had to move by less (metres) are left alone."""

_MIRROR = np.array([[1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]])


@dataclass
class _Arm:
    """One arm over the frames; world metres and rotations."""

    side: int
    origin: Array
    target: Array
    pole: Array
    turn: Array
    """Turn of the forearm bone about itself."""
    hand: Array
    """Turn of the hand against the forearm bone."""
    curl: Array
    upper: Array
    fore: Array

    def rows(self, chosen: NDArray[np.intp]) -> _Arm:
        """Return the arm on some frames only."""
        names = ("origin", "target", "pole", "turn", "hand", "curl", "upper", "fore")
        return _Arm(self.side, *(getattr(self, name)[chosen] for name in names))


def _arm(c: Controls, heading: Array, frame: Frame, collar: Array, side: int) -> _Arm:
    body, chest = frame.body, frame.chest_turn
    name, sign = SIDES[side], 1.0 if side == 0 else -1.0
    hanging = quat_slerp(chest, heading, c.hang[:, side])
    offsets = body.rest.offsets.astype(np.float64)
    origin = (
        frame.chest
        + quat_rotate(chest, offsets[BONE_INDEX[f"{name}Shoulder"]])
        + quat_rotate(quat_multiply(chest, collar), offsets[BONE_INDEX[f"{name}UpperArm"]])
    )
    reach = c.wrist[:, side] * _MIRROR[side] * body.arm
    target = origin + quat_rotate(hanging, reach)
    if (c.pin[:, side] > 0.0).any():
        # A hand at the face goes where the face goes.
        still = body.shoulder_joint[side] + body.chest - body.head + reach
        there = frame.head + quat_rotate(frame.head_turn, still)
        target = target + c.pin[:, side, None] * (there - target)
    pole = quat_rotate(hanging, c.pole[:, side] * _MIRROR[side])
    axis, twist = body.fore_dir[side], c.twist[:, side]
    # Palm faces -Y at rest: flexion turns the fingers down, deviation to the thumb.
    flex = quat_from_axis_angle([0.0, 0.0, 1.0], -sign * c.bend[:, side, 0])
    aside = quat_from_axis_angle([0.0, 1.0, 0.0], -sign * c.bend[:, side, 1])
    rest = quat_from_axis_angle(axis, (1.0 - FOREARM_SHARE) * twist)
    arm = _Arm(
        side, origin, target, pole,
        turn=quat_from_axis_angle(axis, FOREARM_SHARE * twist),
        hand=quat_multiply(rest, quat_multiply(flex, aside)),
        curl=reach_of_hand(c.hand[:, side]),
        upper=np.zeros_like(chest), fore=np.zeros_like(chest),
    )  # fmt: skip
    _bend(body, arm)
    return arm


def _bend(body: Body, arm: _Arm) -> None:
    side = arm.side
    arm.upper, arm.fore, _ = two_bone(
        arm.origin,
        arm.target,
        arm.pole,
        (float(body.upper[side]), float(body.fore[side])),
        (body.upper_dir[side], body.fore_dir[side]),
        np.array([0.0, 0.0, 1.0]),
    )


def _points(body: Body, arm: _Arm) -> Array:
    side = arm.side
    elbow = arm.origin + quat_rotate(arm.upper, body.upper_dir[side] * body.upper[side])
    wrist = elbow + quat_rotate(arm.fore, body.fore_dir[side] * body.fore[side])
    straight = np.array([1.0 if side == 0 else -1.0, 0.0, 0.0])
    hand = quat_multiply(quat_multiply(arm.fore, arm.turn), arm.hand)
    return probes(body, elbow, wrist, quat_rotate(hand, straight), arm.curl)


def _push_apart(body: Body, frame: Frame, arms: list[_Arm]) -> Array:
    """Move both arms out of what they touch, in place; return by how much, (n,) metres."""
    points = [_points(body, arm) for arm in arms]
    meets = [out_of_arm(body, points[side], points[1 - side]) for side in range(2)]
    moved = np.zeros(len(points[0]))
    for arm in arms:
        out = out_of_body(frame, points[arm.side]) + GIVE * meets[arm.side]
        # The arm that is touched gives way as well.
        push = wrist_push(out) - 0.5 * GIVE * wrist_push(meets[1 - arm.side])
        arm.target = arm.target + push
        arm.pole = arm.pole + out[:, 0] / body.fore[arm.side]
        moved = np.maximum(moved, np.linalg.norm(push, axis=-1))
        _bend(body, arm)
    return moved


def solve_arms(c: Controls, heading: Array, frame: Frame, local: Array) -> None:
    """Write the rotations of shoulders, arms and hands into ``local``, in place."""
    body = frame.body
    collars = [
        quat_from_axis_angle([0.0, 0.0, 1.0], sign * c.lift[:, side])
        for side, sign in enumerate((1.0, -1.0))
    ]
    arms = [_arm(c, heading, frame, collars[side], side) for side in range(2)]
    near = np.flatnonzero(_push_apart(body, frame, arms) > TOUCH)
    if len(near):
        there = frame.rows(near)
        part = [arm.rows(near) for arm in arms]
        for _ in range(ROUNDS):
            _push_apart(body, there, part)
        for arm, done in zip(arms, part, strict=True):
            arm.upper[near], arm.fore[near] = done.upper, done.fore
    for arm, collar in zip(arms, collars, strict=True):
        name = SIDES[arm.side]
        shoulder = quat_multiply(frame.chest_turn, collar)
        local[:, BONE_INDEX[f"{name}Shoulder"]] = collar
        local[:, BONE_INDEX[f"{name}UpperArm"]] = quat_multiply(
            quat_conjugate(shoulder), arm.upper
        )
        local[:, BONE_INDEX[f"{name}LowerArm"]] = quat_multiply(
            quat_conjugate(arm.upper), quat_multiply(arm.fore, arm.turn)
        )
        local[:, BONE_INDEX[f"{name}Hand"]] = arm.hand
