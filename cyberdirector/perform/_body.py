"""Lengths and directions of a body that the solver and the poses are scaled by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.perform._girth import Girth, usual_girth
from cyberdirector.perform._motion import Array

SIDES = ("left", "right")

LANDMARKS: tuple[str, ...] = (
    "heart", "midriff", "belly", "hip", "back",
    "chin", "mouth", "cheek", "eyes", "brow", "temple", "ear", "crown", "nape",
)  # fmt: skip
"""Places on the body that a hand can be laid on; those after ``back`` go with the head."""

# From the head joint, metres for an adult, x away from the middle; measured on the faces of
# shipped characters. The height of the eyes fits them to other heads.
_HEAD_MARKS = {
    "chin": (0.0, -0.055, 0.112),
    "mouth": (0.0, -0.012, 0.128),
    "cheek": (0.05, 0.015, 0.112),
    "eyes": (0.0, 0.055, 0.13),
    "brow": (0.0, 0.115, 0.125),
    "temple": (0.085, 0.085, 0.07),
    "ear": (0.095, 0.03, 0.0),
    "crown": (0.09, 0.11, -0.06),
    "nape": (0.06, -0.07, -0.01),
}
# Share of the way from hips to shoulders, and how far to the side in half-widths.
_TRUNK_MARKS = {
    "heart": (0.80, 0.0), "midriff": (0.62, 0.0), "belly": (0.24, 0.0),
    "hip": (0.16, 1.0), "back": (0.22, 0.0),
}  # fmt: skip


@dataclass(frozen=True)
class Body:
    """Measures of a rest pose; arrays with a leading 2 are left, right. Metres.

    Attributes
    ----------
    rest
        The rest pose itself.
    points
        (55, 3) rest positions, model space.
    thigh, shin, upper, fore
        (2,) lengths of thigh, shin, upper arm and forearm.
    thigh_dir, shin_dir, upper_dir, fore_dir
        (2, 3) unit rest directions of those bones.
    hip_joint
        (2, 3) thigh joints relative to the hips.
    shoulder_joint
        (2, 3) upper-arm joints relative to the upper chest (or the last trunk bone).
    ankle
        Height of the ankle over the floor.
    ball
        (2, 3) from ankle to the ball of the foot.
    spread
        (2, 5) how far each finger of the rest hand points towards the thumb, seen from the
        middle finger, radians (0 for the thumb).
    eye
        (3,) middle of the eyes relative to the hips, rest pose.
    girth
        Depth and width of the clothed trunk.
    """

    rest: Rest
    points: Array
    thigh: Array
    shin: Array
    upper: Array
    fore: Array
    thigh_dir: Array
    shin_dir: Array
    upper_dir: Array
    fore_dir: Array
    hip_joint: Array
    shoulder_joint: Array
    ankle: float
    ball: Array
    spread: Array
    eye: Array
    girth: Girth

    @property
    def leg(self) -> float:
        """Length of the straight leg, hip joint to ankle."""
        return float((self.thigh + self.shin).min())

    @property
    def arm(self) -> float:
        """Length of the straight arm, shoulder to wrist."""
        return float((self.upper + self.fore).min())

    @property
    def chest(self) -> Array:
        """Rest position of the upper chest joint, (3,) model space."""
        return np.asarray(self.points[BONE_INDEX["upperChest"]])

    def landmark(self, name: str) -> tuple[Array, bool]:
        """Return a landmark (3,) from the upper chest, x away from the middle, and whether
        it goes with the head.
        """
        if name in _HEAD_MARKS:
            x, y, z = _HEAD_MARKS[name]
            up = float((self.eye + self.points[0] - self.head)[1]) / 0.054
            at = np.array([x * self.scale, y * up, z * self.scale])
            return at + self.head - self.chest, True
        share, aside = _TRUNK_MARKS[name]
        front, back, half = self.girth.at(np.array([share]))[0]
        height = self.points[0, 1] + share * (self.shoulder_height - self.points[0, 1])
        depth = back if name == "back" else 0.5 * (front + back) if aside else front
        return np.array([aside * half, height - self.chest[1], depth]), False

    @property
    def head(self) -> Array:
        """Rest position of the head joint, (3,) model space."""
        return np.asarray(self.points[BONE_INDEX["head"]])

    @property
    def shoulder_height(self) -> float:
        """Rest height of the shoulder joints, metres."""
        return float(self.chest[1] + self.shoulder_joint[:, 1].mean())

    @property
    def scale(self) -> float:
        """Size against an adult of 0.92 m hip height."""
        return self.rest.hip_height / 0.92


def _unit(v: Array) -> Array:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


def _finger_spread(offsets: Array) -> Array:
    out = np.zeros((2, 5))
    for side, name in enumerate(SIDES):
        for f, finger in enumerate(("Index", "Middle", "Ring", "Little"), start=1):
            x, _, z = offsets[BONE_INDEX[f"{name}{finger}Intermediate"]]
            out[side, f] = np.arctan2(z, abs(x)) if abs(x) > 1e-5 else 0.0
    out[:, 1:] -= out[:, 2:3]
    return np.clip(out, -0.6, 0.6)


def measure_body(rest: Rest, girth: Girth | None = None) -> Body:
    """Return the measures of ``rest``; ``girth`` when its clothes were measured."""
    points = rest.positions().astype(np.float64)
    offsets = rest.offsets.astype(np.float64)

    def pair(name: str) -> Array:
        return np.stack([offsets[BONE_INDEX[f"{s}{name}"]] for s in SIDES])

    def at(name: str) -> Array:
        return np.stack([points[BONE_INDEX[f"{s}{name}"]] for s in SIDES])

    shins, feet, fores, hands = (
        pair("LowerLeg"), pair("Foot"), pair("LowerArm"), pair("Hand"),
    )  # fmt: skip
    ball = pair("Toes")
    ball[np.linalg.norm(ball, axis=-1) < 1e-6] = (0.0, -0.06, 0.12)
    eyes = [BONE_INDEX["leftEye"], BONE_INDEX["rightEye"]]
    if rest.present[eyes].all():
        eye = points[eyes].mean(axis=0)
    else:
        eye = points[BONE_INDEX["head"]] + np.array([0.0, 0.07, 0.07])
    joints = at("UpperArm") - points[BONE_INDEX["upperChest"]]
    return Body(
        rest=rest,
        points=points,
        thigh=np.linalg.norm(shins, axis=-1),
        shin=np.linalg.norm(feet, axis=-1),
        upper=np.linalg.norm(fores, axis=-1),
        fore=np.linalg.norm(hands, axis=-1),
        thigh_dir=_unit(shins),
        shin_dir=_unit(feet),
        upper_dir=_unit(fores),
        fore_dir=_unit(hands),
        hip_joint=at("UpperLeg") - points[0],
        shoulder_joint=joints,
        ankle=float(at("Foot")[:, 1].mean()),
        ball=ball,
        spread=_finger_spread(offsets),
        eye=eye - points[0],
        girth=girth or usual_girth(joints, rest.hip_height / 0.92),
    )
