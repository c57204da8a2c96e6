"""Facial expressions of the emotions as ARKit shapes at full strength.

Action units per emotion follow EMFACS (Ekman & Friesen); the weights are our own.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT

_PAIRED = frozenset(n[:-4] for n in ARKIT_INDEX if n.endswith("Left") and len(n) > 9)

_PROTOTYPES: dict[str, dict[str, float]] = {
    "neutral": {},
    "calm": {"mouthSmile": 0.1, "eyeSquint": 0.08},
    "joy": {
        "cheekSquint": 0.9, "eyeSquint": 0.6, "mouthSmile": 0.95, "mouthDimple": 0.25,
        "browInnerUp": 0.3, "browOuterUp": 0.35,
    },
    "sad": {
        "browInnerUp": 1.0, "browDown": 0.08, "mouthFrown": 0.95, "mouthShrugLower": 0.4,
        "eyeSquint": 0.12, "eyeBlink": 0.22, "eyeLookDown": 0.3,
    },
    "anger": {
        "browDown": 1.0, "eyeWide": 0.6, "eyeSquint": 0.25, "mouthPress": 0.3,
        "noseSneer": 0.75, "jawForward": 0.3, "mouthFrown": 0.6, "mouthStretch": 0.6,
        "mouthUpperUp": 0.6, "mouthLowerDown": 0.6,
    },
    "cold": {
        "browDown": 0.7, "eyeSquint": 0.45, "mouthFrown": 0.3, "mouthPress": 0.2,
        "eyeBlink": 0.12,
    },
    "fear": {
        "browInnerUp": 1.0, "browOuterUp": 0.1, "browDown": 0.12, "eyeWide": 1.0,
        "mouthStretch": 1.0, "mouthFrown": 0.85, "jawOpen": 0.2, "mouthLowerDown": 0.75,
        "mouthUpperUp": 0.3,
    },
    "surprise": {
        "browInnerUp": 1.0, "browOuterUp": 0.9, "eyeWide": 1.0, "jawOpen": 0.34,
        "mouthFunnel": 0.35,
    },
    "disgust": {
        "noseSneer": 1.0, "mouthUpperUp": 0.75, "mouthFrown": 0.45, "eyeSquint": 1.0,
        "cheekSquint": 0.6, "browDown": 0.35,
    },
    "contempt": {
        "mouthSmileRight": 0.65, "mouthDimpleRight": 0.5, "browOuterUpRight": 0.6,
        "browDownLeft": 0.35, "eyeBlink": 0.18, "eyeSquint": 0.25,
    },
    "tender": {
        "mouthSmile": 0.75, "mouthDimple": 0.1, "cheekSquint": 0.35, "eyeSquint": 0.2,
        "eyeBlink": 0.06, "browInnerUp": 1.0, "browOuterUp": 0.1,
    },
    "shy": {"mouthSmile": 0.4, "browInnerUp": 0.55, "eyeLookDown": 0.3, "mouthPress": 0.1},
}  # fmt: skip

YIELDING = MappingProxyType(
    {"surprise": 0.25, "fear": 0.3, "disgust": 0.5, "anger": 0.4, "tender": 0.4}
)
"""Share of the mouth of an emotion that gives way to speech, where it is not two thirds: who
is surprised speaks with a dropped jaw, who is disgusted with a raised lip, who is angry or
afraid shows teeth, who is tender goes on smiling."""

AROUSAL = MappingProxyType(
    {
        "neutral": 0.0, "calm": -0.2, "joy": 0.5, "anger": 0.8, "cold": -0.1, "sad": -0.6,
        "fear": 0.6, "surprise": 0.6, "disgust": 0.2, "contempt": 0.0, "tender": -0.35,
        "shy": -0.2,
    }
)  # fmt: skip
"""How much an emotion livens (+) or dampens (-) movement, -1..1."""

POSTURE = MappingProxyType(
    {
        #            head pitch, head roll, spine pitch, shoulder lift (degrees)
        "neutral": (0.0, 0.0, 0.0, 0.0),
        "calm": (0.0, 0.0, 0.0, 0.0),
        "joy": (-2.0, 2.0, -1.5, 1.0),
        "sad": (8.0, 3.0, 6.0, -1.0),
        "anger": (3.0, 0.0, 4.0, 3.0),
        "cold": (-3.0, 0.0, -2.0, 0.0),
        "fear": (7.0, -4.0, -4.0, 6.0),
        "surprise": (-4.0, 0.0, -4.0, 3.0),
        "disgust": (-2.0, 3.0, -3.0, 1.0),
        "contempt": (-5.0, 3.0, -2.0, 0.0),
        "tender": (3.0, 8.0, 4.5, -1.0),
        "shy": (8.0, 4.0, 3.0, 2.0),
    }
)
"""Carriage of head and trunk at full strength, degrees (positive pitch bends forward)."""


def _vector(shapes: dict[str, float]) -> NDArray[np.float64]:
    out = np.zeros(SHAPE_COUNT)
    for name, value in shapes.items():
        names = (f"{name}Left", f"{name}Right") if name in _PAIRED else (name,)
        for full in names:
            out[ARKIT_INDEX[full]] = value
    return out


EXPRESSIONS = MappingProxyType({name: _vector(s) for name, s in _PROTOTYPES.items()})
"""(52,) float64 weights 0..1 of each emotion at full strength."""

MOUTH_SHAPES: NDArray[np.bool_] = np.array(
    [n.startswith(("mouth", "jaw", "tongue")) for n in ARKIT_INDEX]
)
"""(52,) bool: shapes that speech has the first claim to."""

PULLING_SHAPES: NDArray[np.bool_] = np.array(
    [
        n.startswith(
            ("jaw", "mouthStretch", "mouthPress", "mouthUpper", "mouthLower", "mouthRoll")
        )
        for n in ARKIT_INDEX
    ]
)
"""(52,) bool: shapes that look like articulation; an expression may not start them early."""

CORNER_SHAPES: NDArray[np.bool_] = np.array(
    [
        n.startswith(("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch"))
        for n in ARKIT_INDEX
    ]
)
"""(52,) bool: the corners of the mouth, which can keep more of an emotion in speech."""
