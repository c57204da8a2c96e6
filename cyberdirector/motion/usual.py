"""A usual body: rest pose of an adult, for motions that come without one."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, Rest

# Offsets of an adult of 0.92 m hip height, metres (means of measured adults, rounded); the
# right side mirrors the left one.
_MIDDLE = {
    "hips": (0.0, 0.92, 0.0), "spine": (0.0, 0.08, -0.01), "chest": (0.0, 0.12, 0.0),
    "upperChest": (0.0, 0.12, 0.0), "neck": (0.0, 0.18, -0.01), "head": (0.0, 0.08, 0.01),
    "jaw": (0.0, 0.01, 0.03),
}  # fmt: skip
_LEFT = {
    "Eye": (0.03, 0.06, 0.08), "UpperLeg": (0.09, -0.04, 0.0), "LowerLeg": (0.0, -0.41, 0.005),
    "Foot": (0.0, -0.39, -0.01), "Toes": (0.0, -0.06, 0.13), "Shoulder": (0.03, 0.12, 0.0),
    "UpperArm": (0.13, 0.0, 0.0), "LowerArm": (0.26, 0.0, 0.0), "Hand": (0.24, 0.0, 0.0),
    "ThumbMetacarpal": (0.03, -0.01, 0.03), "ThumbProximal": (0.03, 0.0, 0.02),
    "ThumbDistal": (0.025, 0.0, 0.01),
}  # fmt: skip
_FINGERS = ("Index", "Middle", "Ring", "Little")
_JOINTS = (("Proximal", 0.09), ("Intermediate", 0.035), ("Distal", 0.025))


def usual_rest(height: float = 0.92, legs: float = 1.0, arms: float = 1.0) -> Rest:
    """Return the rest pose of a body with all 55 bones.

    Parameters
    ----------
    height
        Of the hips over the floor, metres.
    legs, arms
        Factors on the lengths of these limbs before the body is brought to ``height``.
    """
    offsets = np.zeros((BONE_COUNT, 3))
    for name, at in _MIDDLE.items():
        offsets[BONE_INDEX[name]] = at
    for name, at in _LEFT.items():
        factor = legs if name in ("LowerLeg", "Foot") else 1.0
        factor = arms if name in ("LowerArm", "Hand") else factor
        for side, sign in (("left", 1.0), ("right", -1.0)):
            offsets[BONE_INDEX[side + name]] = np.array(at) * (sign, 1.0, 1.0) * factor
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for i, finger in enumerate(_FINGERS):
            for joint, x in _JOINTS:
                aside = 0.03 - 0.02 * i if joint == "Proximal" else 0.0
                offsets[BONE_INDEX[f"{side}{finger}{joint}"]] = (sign * x, 0.0, aside)
    offsets[0, 1] = 0.12 + 0.8 * legs
    offsets *= height / offsets[0, 1]
    return Rest(offsets.astype(np.float32), np.ones(BONE_COUNT, np.bool_))
