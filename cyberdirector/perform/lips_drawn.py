"""Mouths as drawn animation shows them: few shapes, held, closed on b, p and m."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.speech import Speech
from cyberdirector.perform._motion import Array
from cyberdirector.perform.lips import CLOSED_JAW, Mouth

DRAWINGS_PER_SECOND = 12.0
"""Rate at which a new mouth may be drawn ("on twos" at 24 frames a second)."""

_PAIRED = ("mouthLowerDown", "mouthUpperUp", "mouthStretch", "mouthSmile", "mouthPress")

_DRAWN: dict[str, dict[str, float]] = {
    "closed": {},
    "N": {"jawOpen": 0.10, "mouthLowerDown": 0.05, "mouthStretch": 0.05},
    "a": {"jawOpen": 0.32, "mouthLowerDown": 0.12, "mouthSmile": 0.05},
    "A": {"jawOpen": 0.62, "mouthLowerDown": 0.22, "mouthUpperUp": 0.08, "mouthSmile": 0.06},
    "I": {"jawOpen": 0.16, "mouthLowerDown": 0.14, "mouthStretch": 0.40, "mouthSmile": 0.15},
    "U": {"jawOpen": 0.14, "mouthPucker": 0.65, "mouthFunnel": 0.22},
    "E": {"jawOpen": 0.36, "mouthLowerDown": 0.20, "mouthStretch": 0.25, "mouthSmile": 0.08},
    "O": {"jawOpen": 0.38, "mouthPucker": 0.32, "mouthFunnel": 0.45},
}
DRAWN_MOUTHS = MappingProxyType(_DRAWN)
"""The mouths: closed, N (between), small a, A, I, U, E, O; weights 0..1."""

_NAMES = tuple(DRAWN_MOUTHS)


def _weights(shapes: dict[str, float]) -> Array:
    out = np.zeros(SHAPE_COUNT)
    for name, value in shapes.items():
        both = (f"{name}Left", f"{name}Right") if name in _PAIRED else (name,)
        for full in both:
            out[ARKIT_INDEX[full]] = value
    return out


_TABLE = np.stack([_weights(DRAWN_MOUTHS[name]) for name in _NAMES])


def _traits(weights: Array) -> Array:
    """Return (…, 3): how open, how round, how wide a mouth is."""
    at = ARKIT_INDEX
    opened = weights[..., at["jawOpen"]] - weights[..., at["mouthClose"]]
    round_ = weights[..., at["mouthPucker"]] + 0.7 * weights[..., at["mouthFunnel"]]
    wide = weights[..., at["mouthStretchLeft"]] + 0.6 * weights[..., at["mouthSmileLeft"]]
    return np.stack([1.5 * opened, round_, wide], axis=-1)


def nearest_mouth(weights: Array) -> tuple[str, ...]:
    """Return the name of the drawn mouth that is most like each row of weights (n, 52)."""
    gap = np.linalg.norm(_traits(weights)[:, None] - _traits(_TABLE)[None], axis=-1)
    return tuple(_NAMES[i] for i in gap.argmin(axis=1))


def hold_mouths(mouth: Mouth, speech: Speech, start: int, fps: float) -> Mouth:
    """Return the mouth of a segment as held drawings.

    Parameters
    ----------
    mouth
        From :func:`~cyberdirector.perform.lips.articulate`.
    speech
        The same line.
    start
        Frame of the segment at which the audio begins; below 0 when it began before.
    fps
        Frames per second.

    Notes
    -----
    A drawing stands for one cell of the grid of :data:`DRAWINGS_PER_SECOND` that begins with
    the first sound; it is the one nearest to the cell's most telling frame (the most open).
    Frames of lip contact show the closed mouth wherever they fall in a cell, so that short
    b, p and m are never drawn over.
    """
    if mouth.onset < 0:
        return mouth
    size = max(1, round(fps / DRAWINGS_PER_SECOND))
    out = np.zeros_like(mouth.weights)
    end = min(mouth.end + 1, len(out))
    open_ = _traits(mouth.weights)[:, 0]
    for first in range(mouth.onset, end, size):
        cell = slice(first, min(first + size, end))
        best = first + int(np.argmax(open_[cell]))
        name = nearest_mouth(mouth.weights[best : best + 1])[0]
        out[cell] = _TABLE[_NAMES.index(name)]
    lips = ("mouthPressLeft", "mouthPressRight", "mouthRollLower", "mouthRollUpper")
    shut = mouth.weights[:, ARKIT_INDEX["mouthClose"]] > 0.5 * CLOSED_JAW
    bitten = (mouth.contact >= 0.99) & ~shut
    out[shut] = 0.0
    out[bitten] = mouth.weights[bitten]
    for name in lips:
        out[shut, ARKIT_INDEX[name]] = mouth.weights[shut, ARKIT_INDEX[name]]
    for frame in _bilabials(speech, start, fps, len(out)):
        out[frame] = 0.0
        out[frame, ARKIT_INDEX["mouthPressLeft"]] = 0.25
        out[frame, ARKIT_INDEX["mouthPressRight"]] = 0.25
    return replace(mouth, weights=out)


def _bilabials(speech: Speech, start: int, fps: float, frames: int) -> list[int]:
    """Return for each b, p, m the frame nearest to its middle."""
    middles = [(p.start + p.end) / 2 for p in speech.phones if p.kind == "BMP"]
    found = [start + round(m * fps - 0.5) for m in middles]
    return [f for f in found if 0 <= f < frames]
