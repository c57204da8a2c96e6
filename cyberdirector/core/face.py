"""The 52 ARKit face shapes in the order used by every array of this project."""

from __future__ import annotations

from types import MappingProxyType

ARKIT_NAMES: tuple[str, ...] = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight",
    "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
    "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight",
    "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight",
    "eyeWideLeft", "eyeWideRight",
    "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight",
    "mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight",
    "tongueOut",
)  # fmt: skip
"""ARKit blendshape names (Apple ``ARFaceAnchor.BlendShapeLocation``), alphabetical."""

ARKIT_INDEX = MappingProxyType({name: i for i, name in enumerate(ARKIT_NAMES)})
"""Index of each name in :data:`ARKIT_NAMES`."""

SHAPE_COUNT = len(ARKIT_NAMES)

SIGNS: tuple[str, ...] = (
    "eyeHappyLeft", "eyeHappyRight", "eyePain", "sweatDrop", "tearDrops", "tearStreams",
    "blushLines", "gloomLines", "angerVein", "pupilShrink",
)  # fmt: skip
"""Shapes of drawn faces that ARKit lacks: ^_^, ><, sweat, tears, blush, gloom, anger, and the
small irises of fright."""
