"""Controls become bone rotations: trunk, legs on planted feet, arms, fingers."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_from_axis_angle,
    quat_from_yaw_pitch_roll,
    quat_multiply,
    quat_rotate,
    quat_slerp,
)
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX
from cyberdirector.motion.ik import two_bone
from cyberdirector.perform._body import SIDES, Body
from cyberdirector.perform._motion import Array
from cyberdirector.perform.collide import Frame
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.reach import solve_arms

SPINE_SHARE = (("spine", 0.35), ("chest", 0.35), ("upperChest", 0.30))
"""How the turn of the trunk is shared by its bones."""

NECK_SHARE = 0.4
"""Share of the head's turn that the neck takes."""

KNEE_LIMIT = np.radians(25.0)
"""Largest turn of a knee against the pelvis when a foot is turned in or out."""

_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_REACH = 0.9995


def _ypr(angles: Array) -> Array:
    return quat_from_yaw_pitch_roll(angles[..., 0], angles[..., 1], angles[..., 2])


def solve_pose(c: Controls, width: float = 0.0) -> tuple[Array, Array]:
    """Return root (n, 3) metres and local rotations (n, 55, 4) of the controls.

    ``width`` is the half-width of wide clothes at the hips, metres (hands stay outside).
    The hips are lowered where a leg could not reach its planted foot, so feet never slip.
    """
    body = c.body
    n = len(c.root)
    local = np.zeros((n, BONE_COUNT, 4))
    local[..., 3] = 1.0
    heading = quat_from_axis_angle([0.0, 1.0, 0.0], c.heading)
    pelvis = quat_multiply(heading, _ypr(c.hips))
    local[:, 0] = pelvis
    root = _lower_to_reach(body, c.root, pelvis, c.ankle)
    knee = _solve_legs(body, c, root, pelvis, local)
    chest, chest_at = _solve_trunk(body, c, root, pelvis, local)
    head, head_at = _solve_head(c, heading, chest, chest_at, local)
    hip = np.stack([root + quat_rotate(pelvis, body.hip_joint[side]) for side in range(2)], 1)
    frame = Frame(body, chest_at, chest, head_at, head, hip, knee, width)
    solve_arms(c, heading, frame, local)
    _solve_fingers(c, local)
    return root, local


def _lower_to_reach(body: Body, root: Array, pelvis: Array, ankle: Array) -> Array:
    out = root.copy()
    for side in range(2):
        joint = root + quat_rotate(pelvis, body.hip_joint[side])
        flat = ankle[:, side] - joint
        reach = (body.thigh[side] + body.shin[side]) * _REACH
        away = np.sum(flat[:, [0, 2]] ** 2, axis=-1)
        highest = ankle[:, side, 1] + np.sqrt(np.maximum(reach * reach - away, 1e-4))
        out[:, 1] = np.minimum(out[:, 1], highest - (joint[:, 1] - root[:, 1]))
    return out


def _solve_legs(body: Body, c: Controls, root: Array, pelvis: Array, local: Array) -> Array:
    """Write the legs into ``local``; return the knees (n, 2, 3), world metres."""
    knees = np.zeros_like(c.ankle)
    for side, name in enumerate(SIDES):
        joint = root + quat_rotate(pelvis, body.hip_joint[side])
        sign = 1.0 if side == 0 else -1.0
        # The thigh follows half of the foot's turn; the ankle takes the rest.
        front = c.heading + c.hips[:, 0]
        away = (c.foot[:, side, 0] - front + np.pi) % (2.0 * np.pi) - np.pi
        yaw = front + np.clip(0.5 * away, -KNEE_LIMIT, KNEE_LIMIT) + sign * c.knee[:, side]
        # Knees point along the feet, and a little forward of straight up when lying low.
        pole = np.stack([np.sin(yaw), np.full(len(yaw), 0.05), np.cos(yaw)], axis=-1)
        thigh, shin, _ = two_bone(
            joint,
            c.ankle[:, side],
            pole,
            (float(body.thigh[side]), float(body.shin[side])),
            (body.thigh_dir[side], body.shin_dir[side]),
            np.array([0.0, 0.0, -1.0]),
        )
        knees[:, side] = joint + quat_rotate(thigh, body.thigh_dir[side] * body.thigh[side])
        foot = quat_from_yaw_pitch_roll(c.foot[:, side, 0], c.foot[:, side, 1], 0.0)
        local[:, BONE_INDEX[f"{name}UpperLeg"]] = quat_multiply(quat_conjugate(pelvis), thigh)
        local[:, BONE_INDEX[f"{name}LowerLeg"]] = quat_multiply(quat_conjugate(thigh), shin)
        local[:, BONE_INDEX[f"{name}Foot"]] = quat_multiply(quat_conjugate(shin), foot)
        local[:, BONE_INDEX[f"{name}Toes"]] = quat_from_axis_angle(
            [1.0, 0.0, 0.0], c.foot[:, side, 2]
        )
    return knees


def _solve_trunk(
    body: Body, c: Controls, root: Array, pelvis: Array, local: Array
) -> tuple[Array, Array]:
    turn, point = pelvis, root
    for name, share in SPINE_SHARE:
        index = BONE_INDEX[name]
        point = point + quat_rotate(turn, body.rest.offsets[index].astype(np.float64))
        local[:, index] = _ypr(c.spine * share)
        turn = quat_multiply(turn, local[:, index])
    return turn, point


def _solve_head(
    c: Controls, heading: Array, chest: Array, chest_at: Array, local: Array
) -> tuple[Array, Array]:
    """Write neck and head into ``local``; return the head's world rotation and joint."""
    offsets = c.body.rest.offsets.astype(np.float64)
    wanted = quat_multiply(heading, _ypr(c.head))
    relative = quat_multiply(quat_conjugate(chest), wanted)
    one = np.zeros_like(relative)
    one[:, 3] = 1.0
    neck = quat_slerp(one, relative, np.full(len(one), NECK_SHARE))
    local[:, BONE_INDEX["neck"]] = neck
    local[:, BONE_INDEX["head"]] = quat_multiply(quat_conjugate(neck), relative)
    joint = chest_at + quat_rotate(chest, offsets[BONE_INDEX["neck"]])
    joint = joint + quat_rotate(quat_multiply(chest, neck), offsets[BONE_INDEX["head"]])
    return wanted, joint


def _solve_fingers(c: Controls, local: Array) -> None:
    for side, name in enumerate(SIDES):
        sign = 1.0 if side == 0 else -1.0
        for f, finger in enumerate(_FINGERS):
            joints = ("Metacarpal", "Proximal", "Distal") if f == 0 else (
                "Proximal", "Intermediate", "Distal")  # fmt: skip
            # The thumb folds across the palm, the fingers towards it.
            axis = (0.35, sign * 0.85, sign * -0.3) if f == 0 else (0.0, 0.0, -sign)
            for j, joint in enumerate(joints):
                turn = quat_from_axis_angle(axis, c.hand[:, side, 3 * f + j])
                if j == 0 and f > 0:
                    spread = quat_from_axis_angle(
                        [0.0, -sign, 0.0], c.hand[:, side, 15 + f] - c.body.spread[side, f]
                    )
                    turn = quat_multiply(spread, turn)
                local[:, BONE_INDEX[f"{name}{finger}{joint}"]] = turn
