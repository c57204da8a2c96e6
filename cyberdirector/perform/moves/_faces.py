"""Faces of a screenplay that are put on and held: frowns, pouts, blushes, coughs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.speech import Emotion
from cyberdirector.perform._expressions import EXPRESSIONS
from cyberdirector.perform._motion import Array, bump, plateau
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.moves._acting import script_moves

_DEGREE = np.pi / 180.0
_TREMOR = 8.5
"""Hertz at which people shiver (physiological tremor: 8 to 12)."""


@dataclass(frozen=True)
class HeldFace:
    """One face and what the body does with it.

    Attributes
    ----------
    face
        (52,) weights 0..1.
    head
        (3,) yaw, pitch and roll of the head, degrees.
    lift
        Degrees that the shoulders rise.
    pulses
        How often it comes and goes; 0 holds it.
    shiver
        Degrees of a tremor of trunk and head.
    feeling
        What is felt with it, for tears, blushes and sweat; None for nothing.
    """

    face: Array
    head: tuple[float, float, float]
    lift: float
    pulses: int
    shiver: float
    feeling: Emotion | None


@cache
def held_faces() -> Mapping[str, HeldFace]:
    """Return the ``faces`` of ``assetlib/lexicon/script_moves.yaml`` by name."""
    rows = script_moves()["faces"].items()
    return MappingProxyType({name: _read(row) for name, row in rows})


def _read(row: dict[str, Any]) -> HeldFace:
    face = np.zeros(SHAPE_COUNT)
    feelings = row.get("feelings", {})
    for name, strength in feelings.items():
        face += strength * EXPRESSIONS[name]
    for name, value in row.get("shapes", {}).items():
        # A name without its side means both.
        sides = (name,) if name in ARKIT_INDEX else (f"{name}Left", f"{name}Right")
        for side in sides:
            face[ARKIT_INDEX[side]] = value
    strongest = max(feelings, key=feelings.__getitem__) if feelings else ""
    yaw, pitch, roll = row.get("head", (0.0, 0.0, 0.0))
    return HeldFace(
        np.clip(face, 0.0, 1.0),
        (float(yaw), float(pitch), float(roll)),
        float(row.get("lift", 0.0)),
        int(row.get("pulses", 0)),
        float(row.get("shiver", 0.0)),
        Emotion(strongest, float(feelings[strongest])) if strongest else None,
    )


def course_of(held: HeldFace, t: Array, start: float, length: float) -> Array:
    """Return how strongly a face is shown, (n,) 0..1, in a move of ``length`` seconds."""
    if not held.pulses:
        return plateau(t, start, min(0.3, 0.3 * length), start + length, min(0.5, 0.4 * length))
    each = length / held.pulses
    starts = start + each * np.arange(held.pulses)
    hills = [bump(t, a, a + 0.3 * each, a + 0.9 * each) for a in starts]
    return np.asarray(np.sum(hills, axis=0))


def hold_face(c: Controls, t: Array, held: HeldFace, start: float, length: float) -> Array:
    """Return the face (n, 52) of a held face and move head and shoulders with it."""
    shown = course_of(held, t, start, length)
    c.head += _DEGREE * shown[:, None] * np.asarray(held.head)
    c.lift += (_DEGREE * held.lift * shown)[:, None]
    if held.shiver:
        wave = _DEGREE * held.shiver * shown * np.sin(2.0 * np.pi * _TREMOR * (t - start))
        c.spine[:, 1] += wave
        c.head[:, 0] += 0.6 * wave
        c.lift += wave[:, None]
    return np.asarray(shown[:, None] * held.face)
