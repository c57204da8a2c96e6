"""Poses of the library on a body: hips, trunk, legs to their feet, arms to their wrists."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import SHAPE_COUNT
from cyberdirector.core.rotations import (
    Array,
    quat_conjugate,
    quat_continuous,
    quat_from_axis_angle,
    quat_from_yaw_pitch_roll,
    quat_multiply,
    quat_rotate,
)
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX
from cyberdirector.core.time import Rate
from cyberdirector.motion.feet import SIDES, measure_soles, tip_over, turn_foot
from cyberdirector.motion.handshapes import write_fingers
from cyberdirector.motion.ik import two_bone
from cyberdirector.motion.moves.channels import COLUMNS, Frame
from cyberdirector.motion.plant import plant_feet

_SPINE = (("spine", 0.35), ("chest", 0.35), ("upperChest", 0.30))
_NECK = 0.45
_FOREARM = 0.5
"""Share of the forearm's twist that its own bone takes."""

_TWIST = np.radians(100.0)
_COLLAR = np.radians(16.0)
"""Lift of the shoulder when the arm points straight up."""

_WRIST_LOW = 0.045
"""Least height of a wrist over the floor, metres for an adult: hands lie on it, not in it."""

_STILL = 2e-4
"""Leg lengths between two frames below which a foot stands still."""

_LOW = 0.004
_TIPPED = np.radians(75.0)
_TOES = np.radians(82.0)


def _ypr(angles: Array) -> Array:
    return quat_from_yaw_pitch_roll(angles[:, 0], angles[:, 1], angles[:, 2])


def _unit(v: Array) -> Array:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


class _Solver:
    def __init__(self, poses: Array, frame: Frame) -> None:
        self.poses, self.frame = poses, frame
        self.n = len(poses)
        self.local = np.zeros((self.n, BONE_COUNT, 4))
        self.local[..., 3] = 1.0
        self.soles = measure_soles(frame.rest)

    def get(self, name: str) -> Array:
        return np.asarray(self.poses[:, COLUMNS[name]])

    def feet(self) -> tuple[list[Array], list[Array]]:
        """Return ankles (n, 3) and foot turns (n, 4) of both sides, world."""
        ankles, turns = [], []
        for side, name in enumerate(SIDES):
            x, z, yaw, pitch, lift = self.get(f"{name}.foot").T
            height = self.soles.ankle[side] + lift * self.frame.leg
            flat = np.stack([x * self.frame.leg, height, z * self.frame.leg], axis=-1)
            ankles.append(tip_over(self.soles, side, flat, yaw, pitch))
            turns.append(turn_foot(yaw, pitch))
        return ankles, turns

    def hips(self, ankles: list[Array]) -> Array:
        """Return the hips (n, 3): where the pose wants them, lowered to where legs reach."""
        place, turn = self.get("hips") * self.frame.leg, _ypr(self.get("turn"))
        place[:, 1] += self.frame.stand
        self.local[:, 0] = turn
        for ankle, name in zip(ankles, SIDES, strict=True):
            joint = self.frame.joint(f"{name}UpperLeg") - self.frame.points[0]
            arm = quat_rotate(turn, np.broadcast_to(joint, (self.n, 3)))
            away = ankle - (place + arm)
            reach = 0.9985 * self._length(name, ("UpperLeg", "LowerLeg", "Foot"))
            flat = np.sum(away[:, [0, 2]] ** 2, axis=-1)
            highest = ankle[:, 1] + np.sqrt(np.maximum(reach**2 - flat, 1e-4)) - arm[:, 1]
            place[:, 1] = np.minimum(place[:, 1], highest)
        return place

    def _length(self, side: str, bones: tuple[str, str, str]) -> float:
        a, b, c = (self.frame.joint(side + bone) for bone in bones)
        return float(np.linalg.norm(b - a) + np.linalg.norm(c - b))

    def legs(self, place: Array, ankles: list[Array], turns: list[Array]) -> None:
        pelvis = self.local[:, 0]
        knees = self.get("knees")
        for side, name in enumerate(SIDES):
            hip, knee, ankle = (
                self.frame.joint(name + b) for b in ("UpperLeg", "LowerLeg", "Foot")
            )
            origin = place + quat_rotate(pelvis, hip - self.frame.points[0])
            sign = 1.0 if side == 0 else -1.0
            out = quat_from_axis_angle([0.0, 1.0, 0.0], sign * knees[:, side])
            ahead = quat_rotate(out, np.array([0.0, 0.0, 1.0]))
            foot = quat_rotate(turns[side], np.array([0.0, 0.0, 1.0]))
            flat = foot * np.array([1.0, 0.0, 1.0])
            pole = quat_rotate(pelvis, ahead) + 0.8 * flat + np.array([0.0, 0.02, 0.0])
            thigh, shin, _ = two_bone(
                origin, ankles[side], pole,
                (float(np.linalg.norm(knee - hip)), float(np.linalg.norm(ankle - knee))),
                (_unit(knee - hip), _unit(ankle - knee)), np.array([0.0, 0.0, -1.0]),
            )  # fmt: skip
            self._write(f"{name}UpperLeg", pelvis, thigh)
            self._write(f"{name}LowerLeg", thigh, shin)
            self._write(f"{name}Foot", shin, turns[side])
            pitch = self.get(f"{name}.foot")[:, 3]
            bend = np.where(self.get(f"{name}.foot")[:, 4] < 0.03, pitch, 0.3 * pitch)
            self.local[:, BONE_INDEX[f"{name}Toes"]] = quat_from_axis_angle(
                [1.0, 0.0, 0.0], -np.clip(bend, 0.0, _TOES)
            )

    def _write(self, bone: str, above: Array, turn: Array) -> None:
        self.local[:, BONE_INDEX[bone]] = quat_multiply(quat_conjugate(above), turn)

    def trunk(self, place: Array) -> tuple[Array, Array]:
        """Write spine, neck and head; return the upper chest's place and turn."""
        turn, point = self.local[:, 0], place
        offsets = self.frame.rest.offsets.astype(np.float64)
        spine, head = self.get("spine"), self.get("head")
        for name, share in _SPINE:
            point = point + quat_rotate(turn, offsets[BONE_INDEX[name]])
            self.local[:, BONE_INDEX[name]] = _ypr(spine * share)
            turn = quat_multiply(turn, self.local[:, BONE_INDEX[name]])
        self.local[:, BONE_INDEX["neck"]] = _ypr(head * _NECK)
        self.local[:, BONE_INDEX["head"]] = _ypr(head * (1.0 - _NECK))
        return point, turn

    def arm(self, side: int, chest_at: Array, chest: Array) -> None:
        name, sign = SIDES[side], 1.0 if side == 0 else -1.0
        mirror = np.array([sign, 1.0, 1.0])
        wrist = self.get(f"{name}.wrist")
        collar = quat_from_axis_angle(
            [0.0, 0.0, 1.0], sign * _COLLAR * np.clip(wrist[:, 1], 0.0, 1.0)
        )
        shoulder, upper, lower, hand = (
            self.frame.joint(name + b) for b in ("Shoulder", "UpperArm", "LowerArm", "Hand")
        )
        top = self.frame.joint("upperChest")
        clavicle = quat_multiply(chest, collar)
        origin = chest_at + quat_rotate(chest, shoulder - top)
        origin = origin + quat_rotate(clavicle, upper - shoulder)
        size = np.linalg.norm(wrist, axis=-1, keepdims=True)
        reach = wrist * np.minimum(1.0, 0.985 / np.maximum(size, 1e-6)) * mirror
        target = origin + quat_rotate(chest, reach * self.frame.arm)
        target[:, 1] = np.maximum(target[:, 1], _WRIST_LOW * self.frame.scale)
        first, fore, _ = two_bone(
            origin, target,
            quat_rotate(chest, self.get(f"{name}.pole") * mirror),
            (float(np.linalg.norm(lower - upper)), float(np.linalg.norm(hand - lower))),
            (_unit(lower - upper), _unit(hand - lower)), np.array([0.0, 0.0, 1.0]),
        )  # fmt: skip
        axis = _unit(hand - lower)
        palm = quat_rotate(chest, self.get(f"{name}.palm") * mirror)
        twist = self._twist(fore, axis, palm)
        bend = self.get(f"{name}.bend")
        turned = quat_multiply(fore, quat_from_axis_angle(axis, _FOREARM * twist))
        rest = quat_from_axis_angle(axis, (1.0 - _FOREARM) * twist)
        flex = quat_from_axis_angle([0.0, 0.0, 1.0], -sign * bend[:, 0])
        aside = quat_from_axis_angle([0.0, 1.0, 0.0], -sign * bend[:, 1])
        self.local[:, BONE_INDEX[f"{name}Shoulder"]] = collar
        self._write(f"{name}UpperArm", clavicle, first)
        self._write(f"{name}LowerArm", first, turned)
        self.local[:, BONE_INDEX[f"{name}Hand"]] = quat_multiply(
            rest, quat_multiply(flex, aside)
        )
        write_fingers(self.local, side, self.get(f"{name}.hand"))

    def _twist(self, fore: Array, axis: Array, palm: Array) -> Array:
        """Return the turn (n,) of the forearm about itself that points the palm there."""
        own = quat_rotate(quat_conjugate(fore), palm)
        own = own - np.sum(own * axis, axis=-1, keepdims=True) * axis
        down = np.array([0.0, -1.0, 0.0]) + axis[1] * axis
        aside = np.cross(axis, down)
        angle = np.unwrap(np.arctan2(own @ aside, own @ down))
        angle -= 2.0 * np.pi * np.round(np.median(angle) / (2.0 * np.pi))
        return np.clip(angle, -_TWIST, _TWIST)

    def contacts(self) -> NDArray[np.bool_]:
        out = np.zeros((self.n, 2), np.bool_)
        for side, name in enumerate(SIDES):
            foot = self.get(f"{name}.foot")
            step = np.abs(np.diff(foot[:, [0, 1, 4]], axis=0)).max(axis=1) < _STILL
            still = np.concatenate([step[:1], step]) & np.concatenate([step, step[-1:]])
            low = (foot[:, 4] < _LOW) & (np.abs(foot[:, 3]) < _TIPPED)
            out[:, side] = still & low
        return out


def solve_poses(poses: Array, frame: Frame, rate: Rate) -> Clip:
    """Return the clip of poses (n, WIDTH) on a body; the face is at rest."""
    solver = _Solver(poses, frame)
    ankles, turns = solver.feet()
    place = solver.hips(ankles)
    solver.legs(place, ankles, turns)
    chest_at, chest = solver.trunk(place)
    for side in range(2):
        solver.arm(side, chest_at, chest)
    clip = Clip(
        rate,
        place.astype(np.float32),
        quat_continuous(solver.local).astype(np.float32),
        np.zeros((solver.n, SHAPE_COUNT), np.float32),
        np.zeros((solver.n, 2), np.float32),
        solver.contacts(),
        frame.rest.hip_height,
    )
    return plant_feet(clip, frame.rest)
