"""Lengths and directions of a body that the solver and the poses are scaled by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.perform._motion import Array

SIDES = ("left", "right")


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

    @property
    def leg(self) -> float:
        """Length of the straight leg, hip joint to ankle."""
        return float((self.thigh + self.shin).min())

    @property
    def arm(self) -> float:
        """Length of the straight arm, shoulder to wrist."""
        return float((self.upper + self.fore).min())

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


def measure_body(rest: Rest) -> Body:
    """Return the measures of ``rest``."""
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
        shoulder_joint=at("UpperArm") - points[BONE_INDEX["upperChest"]],
        ankle=float(at("Foot")[:, 1].mean()),
        ball=ball,
        spread=_finger_spread(offsets),
        eye=eye - points[0],
    )
