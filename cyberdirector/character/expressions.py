"""VRM expressions as mixes of ARKit shapes."""

from __future__ import annotations

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import Expression


def _both(**weights: float) -> list[tuple[str, float]]:
    return [(f"{name}{side}", w) for name, w in weights.items() for side in ("Left", "Right")]


_PRESETS: dict[str, list[tuple[str, float]]] = {
    "neutral": [],
    "happy": _both(mouthSmile=0.85, cheekSquint=0.6, eyeSquint=0.35, browOuterUp=0.2),
    "angry": _both(
        browDown=0.9, eyeSquint=0.35, mouthFrown=0.45, noseSneer=0.35, mouthPress=0.3
    ),
    "sad": [
        ("browInnerUp", 0.85),
        *_both(mouthFrown=0.6, eyeBlink=0.18),
        ("mouthShrugLower", 0.3),
    ],
    "relaxed": _both(mouthSmile=0.35, eyeBlink=0.22),
    "surprised": [
        ("browInnerUp", 0.7),
        ("jawOpen", 0.35),
        *_both(eyeWide=0.8, browOuterUp=0.7),
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


def vrm_expressions() -> dict[str, Expression]:
    """Return the VRM 1.0 presets and the 52 ARKit shapes as custom expressions."""
    out = {name: Expression(list(binds)) for name, binds in _PRESETS.items()}
    out |= {name: Expression([(name, 1.0)], preset=False) for name in ARKIT_NAMES}
    return out
