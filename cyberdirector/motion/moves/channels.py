"""What a pose of the library is made of: numbers that fit any body."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from cyberdirector.core.rotations import Array
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.motion.feet import SIDES, measure_soles
from cyberdirector.motion.handshapes import HAND_CHANNELS, HANDSHAPES

# Name → (first column, width). Lengths of hips and feet in leg lengths, of wrists in arm
# lengths; angles in radians; arms in the mirrored chest frame (+x outward, +z ahead).
_LAYOUT = {
    "hips": 3, "turn": 3, "spine": 3, "head": 3,
    "left.wrist": 3, "left.pole": 3, "left.palm": 3, "left.bend": 2, "left.hand": HAND_CHANNELS,
    "right.wrist": 3, "right.pole": 3, "right.palm": 3, "right.bend": 2,
    "right.hand": HAND_CHANNELS,
    "left.foot": 5, "right.foot": 5, "knees": 2,
}  # fmt: skip


def _spans() -> dict[str, slice]:
    out, at = {}, 0
    for name, width in _LAYOUT.items():
        out[name] = slice(at, at + width)
        at += width
    return out


COLUMNS = MappingProxyType(_spans())
"""Columns of each part of a pose. ``foot`` is x, z, yaw, pitch, lift; ``bend`` flexion and
deviation of the wrist; ``turn`` yaw, pitch and roll of the hips."""

WIDTH = sum(_LAYOUT.values())

# From the head joint and shares of the trunk, as measured on shipped characters (metres for
# an adult of 0.92 m hip height).
_HEAD_MARKS = {
    "chin": (0.0, -0.055, 0.112), "mouth": (0.0, -0.012, 0.128), "cheek": (0.05, 0.015, 0.112),
    "eyes": (0.0, 0.055, 0.13), "brow": (0.0, 0.115, 0.125), "ear": (0.095, 0.03, 0.0),
    "temple": (0.085, 0.085, 0.07), "crown": (0.06, 0.16, -0.02),
}  # fmt: skip
_TRUNK_MARKS = {"heart": (0.0, 0.80, 0.14), "belly": (0.0, 0.24, 0.14), "hip": (0.15, 0.1, 0.0)}

LANDMARKS: tuple[str, ...] = (*_HEAD_MARKS, *_TRUNK_MARKS)
"""Places on the body from which a wrist can be counted."""


@dataclass(frozen=True)
class Frame:
    """Lengths of a body that poses are scaled by, metres; arrays left, right.

    ``hip`` and ``shoulder`` are joints against hips and upper chest; ``stand`` is the height
    of the hips over soft knees, ``half`` how far each foot stands from the middle.
    """

    rest: Rest
    points: Array
    leg: float
    arm: float
    stand: float
    half: float

    @property
    def scale(self) -> float:
        """Size against an adult of 0.92 m hip height."""
        return self.rest.hip_height / 0.92

    def joint(self, bone: str) -> Array:
        """Return the rest place (3,) of a bone."""
        return np.asarray(self.points[BONE_INDEX[bone]])

    def landmark(self, name: str, side: int) -> Array:
        """Return a landmark (3,) from the shoulder joint, arm lengths, mirrored frame."""
        sign = 1.0 if side == 0 else -1.0
        shoulder = self.joint(f"{SIDES[side]}UpperArm") * (sign, 1.0, 1.0)
        if name in _HEAD_MARKS:
            at = (
                self.joint("head") * (sign, 1.0, 1.0) + np.array(_HEAD_MARKS[name]) * self.scale
            )
        else:
            x, share, z = _TRUNK_MARKS[name]
            hips, top = self.points[0, 1], shoulder[1]
            chest = self.joint("upperChest")[2]
            at = np.array([x * self.scale, hips + share * (top - hips), chest + z * self.scale])
        return np.asarray((at - shoulder) / self.arm)


def measure_frame(rest: Rest) -> Frame:
    """Return the lengths of a rest pose."""
    points = rest.positions().astype(np.float64)

    def length(a: str, b: str) -> float:
        return min(
            float(np.linalg.norm(points[BONE_INDEX[s + a]] - points[BONE_INDEX[s + b]]))
            for s in SIDES
        )

    leg = length("UpperLeg", "LowerLeg") + length("LowerLeg", "Foot")
    arm = length("UpperArm", "LowerArm") + length("LowerArm", "Hand")
    soles = measure_soles(rest)
    down = points[0, 1] - float(np.mean([points[BONE_INDEX[f"{s}UpperLeg"], 1] for s in SIDES]))
    half = float(np.mean([abs(points[BONE_INDEX[f"{s}UpperLeg"], 0]) for s in SIDES]))
    stand = float(soles.ankle.mean()) + 0.995 * leg + down
    return Frame(rest, points, leg, arm, stand, 1.1 * half)


def standing(frame: Frame) -> Array:
    """Return quiet standing, (WIDTH,)."""
    out = np.zeros(WIDTH)
    side = frame.half / frame.leg
    for name, sign in (("left", 1.0), ("right", -1.0)):
        out[COLUMNS[f"{name}.wrist"]] = (0.10, -0.93, 0.12)
        out[COLUMNS[f"{name}.pole"]] = (0.45, -0.2, -1.0)
        out[COLUMNS[f"{name}.palm"]] = (-1.0, 0.0, -0.3)
        out[COLUMNS[f"{name}.hand"]] = HANDSHAPES["relaxed"]
        out[COLUMNS[f"{name}.foot"]] = (sign * side, 0.0, sign * np.radians(8.0), 0.0, 0.0)
    return out
