"""Moves of head and face: nod, shake, look down, sigh, smile, laugh, start, weep."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.speech import Emotion
from cyberdirector.perform._expressions import EXPRESSIONS
from cyberdirector.perform._motion import Array, bump, plateau
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.head import nod, shake
from cyberdirector.perform.moves._faces import held_faces, hold_face

_DEGREE = np.pi / 180.0


_TIPPED = {"lower_head": 17.0, "raise_head": -13.0}
"""Degrees of pitch at which the head is held."""

_LEANT = {"lean_in": 13.0, "lean_back": -9.0, "halt": -1.5}
"""Degrees of pitch at which the trunk is held; the head stays level."""

_WEPT = Emotion("sad", 0.9)
"""What is felt by who weeps, so that tears are drawn."""


def felt_in(faces: list[tuple[str, float, float]], t: Array) -> list[tuple[Emotion, Array]]:
    """Return the feelings of moves of the face (name, start, seconds) with envelopes (n,)."""
    out = []
    for name, start, length in faces:
        held = held_faces().get(name)
        feeling = _WEPT if name == "weep" else held.feeling if held else None
        if feeling is not None:
            out.append((feeling, plateau(t, start, 0.4, start + length, 0.8)))
    return out


def act_head(c: Controls, t: Array, name: str, start: float, length: float) -> None:
    """Write a move of the head that lasts ``length`` seconds from ``start``, in place."""
    end = start + length
    if name in _TIPPED:
        held = plateau(t, start, 0.45, end, 0.6)
        c.head[:, 1] += _DEGREE * _TIPPED[name] * held
        c.spine[:, 1] += _DEGREE * 0.25 * _TIPPED[name] * held
    elif name in _LEANT:
        held = _DEGREE * _LEANT[name] * plateau(t, start, 0.5, end, 0.7)
        c.spine[:, 1] += held
        c.head[:, 1] -= 0.6 * held
    elif name == "nod":
        first = start + 0.3 * length
        c.head[:, 1] += nod(t, first, 13.0, 0.45 * length)
        c.head[:, 1] += nod(t, first + 0.4 * length, 7.0, 0.35 * length)
    else:
        c.head[:, 0] += shake(t, start, length, 13.0, 2.0)


def act_face(c: Controls, t: Array, name: str, start: float, length: float) -> Array:
    """Return the face (n, 52) of a move of the face and move the body with it."""
    if name in held_faces():
        return hold_face(c, t, held_faces()[name], start, length)
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
    if name == "startle":
        return _startle(c, t, start, length)
    if name in ("weep", "pant"):
        return _heave(c, t, start, end, name)
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


def _startle(c: Controls, t: Array, start: float, length: float) -> Array:
    """Return the face of a start: lids and brows up within a tenth of a second, shoulders
    too, the head drawn back; all eases off (Landis & Hunt 1939 on the startle pattern).
    """
    shock = bump(t, start, start + 0.14, start + 0.7)
    after = plateau(t, start, 0.12, start + length, 0.7)
    c.lift += (_DEGREE * (9.0 * shock + 2.0 * after))[:, None]
    c.head[:, 1] -= _DEGREE * (7.0 * shock + 2.0 * after)
    c.spine[:, 1] -= _DEGREE * (4.0 * shock + 1.0 * after)
    return np.asarray((0.35 * shock + 0.65 * after)[:, None] * EXPRESSIONS["surprise"])


def _heave(c: Controls, t: Array, start: float, end: float, name: str) -> Array:
    """Return the face of weeping or of being out of breath; shoulders and chest heave."""
    body = plateau(t, start, 0.35, end, 0.6)
    rate, tip = (2.6, 12.0) if name == "weep" else (1.7, 5.0)
    wave = body * (0.5 - 0.5 * np.cos(2.0 * np.pi * rate * (t - start)))
    c.lift += (_DEGREE * (5.0 if name == "weep" else 6.0) * wave)[:, None]
    c.spine[:, 1] += _DEGREE * (3.0 * body - 2.5 * wave)
    c.head[:, 1] += _DEGREE * (tip * body - 1.5 * wave)
    if name == "weep":
        out = np.asarray(body[:, None] * EXPRESSIONS["sad"])
        for side in ("Left", "Right"):
            out[:, ARKIT_INDEX[f"eyeSquint{side}"]] += 0.35 * body
        return np.clip(out, 0.0, 1.0)
    out = np.zeros((len(t), SHAPE_COUNT))
    out[:, ARKIT_INDEX["jawOpen"]] = body * (0.14 + 0.12 * wave)
    out[:, ARKIT_INDEX["browInnerUp"]] = 0.3 * body
    return out
