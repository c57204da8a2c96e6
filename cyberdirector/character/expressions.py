"""VRM expressions as mixes of ARKit shapes."""

from __future__ import annotations

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Expression


def _both(**weights: float) -> list[tuple[str, float]]:
    return [(f"{name}{side}", w) for name, w in weights.items() for side in ("Left", "Right")]


_PRESETS: dict[str, list[tuple[str, float]]] = {
    "neutral": [],
    "happy": [
        ("jawOpen", 0.14),
        ("browInnerUp", 0.25),
        *_both(mouthSmile=0.9, cheekSquint=0.7, eyeSquint=0.45, browOuterUp=0.35),
    ],
    "angry": _both(browDown=1.0, eyeSquint=0.3, mouthFrown=0.75, noseSneer=0.5, mouthPress=0.3),
    "sad": [
        ("browInnerUp", 1.0),
        *_both(mouthFrown=0.85, eyeBlink=0.24),
        ("mouthShrugLower", 0.4),
    ],
    "relaxed": _both(mouthSmile=0.45, eyeBlink=0.28),
    "surprised": [
        ("browInnerUp", 0.9),
        ("jawOpen", 0.42),
        ("pupilShrink", 0.35),
        *_both(eyeWide=0.9, browOuterUp=0.9),
    ],
    "aa": [("jawOpen", 0.62), *_both(mouthLowerDown=0.2, mouthUpperUp=0.1)],
    "ih": [("jawOpen", 0.16), *_both(mouthSmile=0.25, mouthStretch=0.25, mouthLowerDown=0.25)],
    "ou": [("jawOpen", 0.14), ("mouthPucker", 0.65), ("mouthFunnel", 0.25)],
    "ee": [("jawOpen", 0.24), *_both(mouthSmile=0.35, mouthLowerDown=0.25, mouthUpperUp=0.1)],
    "oh": [("jawOpen", 0.40), ("mouthFunnel", 0.55), ("mouthPucker", 0.2)],
    "blink": _both(eyeBlink=1.0),
    "blinkLeft": [("eyeBlinkLeft", 1.0)],
    "blinkRight": [("eyeBlinkRight", 1.0)],
    "lookUp": _both(eyeLookUp=1.0),
    "lookDown": _both(eyeLookDown=1.0),
    "lookLeft": [("eyeLookOutLeft", 1.0), ("eyeLookInRight", 1.0)],
    "lookRight": [("eyeLookInLeft", 1.0), ("eyeLookOutRight", 1.0)],
}


_DRAWN: dict[str, list[tuple[str, float]]] = {
    "eyeHappy": [("eyeHappyLeft", 1.0), ("eyeHappyRight", 1.0)],
    "eyePain": [("eyePain", 1.0)],
    "pupilShrink": [("pupilShrink", 1.0)],
    "eyeDull": [("eyeGlintHide", 1.0)],
    "sweatDrop": [("sweatDrop", 1.0)],
    "tearDrops": [("tearDrops", 1.0)],
    "tearStreams": [("tearStreams", 1.0)],
    "blushLines": [("blushLines", 1.0)],
    "gloomLines": [("gloomLines", 1.0)],
    "angerVein": [("angerVein", 1.0)],
}
"""Custom expressions of drawn faces: ^_^, >_<, shock, lost light, and signs on the skin."""

_CLOSED = ("eyeHappy", "eyePain")


def vrm_expressions() -> dict[str, Expression]:
    """Return the VRM 1.0 presets and the 52 ARKit shapes as custom expressions."""
    out = {name: Expression(list(binds)) for name, binds in _PRESETS.items()}
    for name, binds in _DRAWN.items():
        block = "block" if name in _CLOSED else "none"
        out[name] = Expression(list(binds), False, block, block, preset=False)
    out |= {name: Expression([(name, 1.0)], preset=False) for name in ARKIT_NAMES}
    return out
