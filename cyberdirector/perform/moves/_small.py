"""Moves of head and face: nod, shake, sigh, smile, sneer, laugh."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.perform._expressions import EXPRESSIONS
from cyberdirector.perform._motion import Array, bump, plateau
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.head import nod, shake

_DEGREE = np.pi / 180.0


def act_head(c: Controls, t: Array, name: str, start: float, length: float) -> None:
    """Write a nod or a head shake that lasts ``length`` seconds from ``start``, in place."""
    if name == "nod":
        first = start + 0.3 * length
        c.head[:, 1] += nod(t, first, 13.0, 0.45 * length)
        c.head[:, 1] += nod(t, first + 0.4 * length, 7.0, 0.35 * length)
    else:
        c.head[:, 0] += shake(t, start, length, 13.0, 2.0)


def act_face(c: Controls, t: Array, name: str, start: float, length: float) -> Array:
    """Return the face (n, 52) of a sigh, smile, sneer or laugh and move the body with it."""
    out = np.zeros((len(t), SHAPE_COUNT))
    end = start + length
    if name == "sigh":
        air = bump(t, start, start + 0.38 * length, start + 0.62 * length)
        fall = bump(t, start + 0.4 * length, start + 0.7 * length, end)
        c.lift += (_DEGREE * (5.0 * air - 2.5 * fall))[:, None]
        c.spine[:, 1] += _DEGREE * (-4.0 * air + 5.0 * fall)
        c.head[:, 1] += _DEGREE * (-3.0 * air + 8.0 * fall)
        out[:, ARKIT_INDEX["jawOpen"]] = 0.12 * fall
        out[:, ARKIT_INDEX["mouthFunnel"]] = 0.15 * fall
        out[:, ARKIT_INDEX["browInnerUp"]] = 0.35 * np.maximum(air, fall)
        for side in ("Left", "Right"):
            out[:, ARKIT_INDEX[f"eyeBlink{side}"]] = 0.45 * fall
        return out
    body = plateau(t, start, 0.25, end, 0.5)
    if name == "smile":
        out += body[:, None] * (0.4 * EXPRESSIONS["joy"] + 0.5 * EXPRESSIONS["tender"])
        return np.clip(out, 0.0, 1.0)
    if name == "sneer":
        out += body[:, None] * EXPRESSIONS["contempt"]
        c.head[:, 1] -= _DEGREE * 4.0 * body
        c.head[:, 2] += _DEGREE * 3.0 * body
        return out
    shaking = body * (0.5 + 0.5 * np.sin(2.0 * np.pi * 4.2 * (t - start)))
    out += (0.9 * body)[:, None] * EXPRESSIONS["joy"]
    out[:, ARKIT_INDEX["jawOpen"]] += body * (0.12 + 0.12 * shaking)
    out[:, ARKIT_INDEX["mouthUpperUpLeft"]] += 0.2 * body
    out[:, ARKIT_INDEX["mouthUpperUpRight"]] += 0.2 * body
    c.head[:, 1] -= _DEGREE * (4.0 * body - 1.5 * shaking)
    c.spine[:, 1] += _DEGREE * 1.6 * shaking
    c.lift += (_DEGREE * 2.0 * shaking)[:, None]
    return out
