"""How words are brought out beside their emotion: whispered, shouted, laughed, sobbed."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.speech import Emotion
from cyberdirector.perform._motion import Array, bump, plateau, ramp
from cyberdirector.perform.controls import Controls

LOUDNESS = {"shout": 1.3, "whisper": 0.72, "low": 0.85, "phone": 0.95}
"""Factor on the opening of the mouth."""

_DEGREE = np.pi / 180.0

_CARRIAGE = {
    #           lean, head pitch, shoulders (degrees)
    "shout": (5.0, -5.0, 2.5),
    "whisper": (5.0, 4.0, -0.5),
    "low": (1.5, 4.0, 0.0),
}
"""Lean of the trunk, pitch of the head and lift of the shoulders while the words last."""

_FACE = {
    "shout": {"browDown": 0.25, "noseSneer": 0.2},
    "whisper": {"browOuterUp": 0.15, "eyeSquint": 0.15},
    "laugh": {"mouthSmile": 0.45, "cheekSquint": 0.6, "eyeSquint": 0.4},
    "cry": {"browInnerUp": 0.6, "cheekSquint": 0.3, "eyeSquint": 0.25, "mouthFrown": 0.25},
}

_LAUGHS = 4.6
"""Bounces of the shoulders per second of laughter (about five in spontaneous laughter)."""


def open_more(delivery: tuple[str, ...]) -> float:
    """Return the factor on the opening of the mouth."""
    return float(np.prod([LOUDNESS.get(word, 1.0) for word in delivery]))


def carry_delivery(
    c: Controls,
    t: Array,
    span: tuple[float, float],
    delivery: tuple[str, ...],
    gain: float,
    rng: np.random.Generator,
) -> None:
    """Let trunk, head and shoulders follow the delivery, in place.

    Parameters
    ----------
    t
        Frame centres, seconds local to the segment.
    span
        First and last sound of the line, seconds.
    delivery
        Words of :class:`~cyberdirector.script.Line`; unknown ones do nothing.
    gain
        Strength of the body's part, 0..2.
    rng
        Of the fits.
    """
    first, last = span
    end = float(t[-1]) if len(t) else 0.0
    during = plateau(t, max(first - 0.45, 0.02), 0.4, min(last + 0.4, end), 0.4)
    for word in delivery:
        lean, pitch, lift = _CARRIAGE.get(word, (0.0, 0.0, 0.0))
        c.spine[:, 1] += gain * lean * _DEGREE * during
        c.head[:, 1] += gain * pitch * _DEGREE * during
        c.lift += (gain * lift * _DEGREE * during)[:, None]
    if "laugh" in delivery:
        shake = during * (0.5 + 0.5 * np.sin(2 * np.pi * (_LAUGHS * t + rng.uniform())))
        c.lift += (gain * 2.6 * _DEGREE * shake)[:, None]
        c.spine[:, 1] += gain * 1.6 * _DEGREE * shake
        c.head[:, 1] -= gain * 3.0 * _DEGREE * during
    if "cry" in delivery:
        sobs = _sobs(t, first, min(last + 0.3, end - 0.1), rng)
        c.lift += (gain * 4.0 * _DEGREE * sobs)[:, None]
        c.spine[:, 1] += gain * (4.0 * during + 1.8 * sobs) * _DEGREE
        c.head[:, 1] += gain * (7.0 * during - 2.0 * sobs) * _DEGREE


def _sobs(t: Array, first: float, last: float, rng: np.random.Generator) -> Array:
    """Return jerks of the chest 0..1: quick in, slow out, in twos and threes."""
    out, time = np.zeros(len(t)), first + rng.uniform(0.0, 0.3)
    while time < last - 0.2:
        for _ in range(int(rng.integers(1, 4))):
            size = rng.uniform(0.5, 1.0)
            out = np.maximum(out, size * bump(t, time, time + 0.11, time + 0.42))
            time += rng.uniform(0.26, 0.38)
        time += rng.uniform(0.5, 1.3)
    return out


def face_of_delivery(t: Array, span: tuple[float, float], delivery: tuple[str, ...]) -> Array:
    """Return what the delivery adds to the face, (frames, 52) 0..1."""
    out = np.zeros((len(t), SHAPE_COUNT))
    first, last = span
    end = float(t[-1]) if len(t) else 0.0
    shown = ramp(t, first - 0.3, first + 0.1) * (1.0 - ramp(t, last, min(last + 0.5, end)))
    for word in delivery:
        for name, value in _FACE.get(word, {}).items():
            both = (f"{name}Left", f"{name}Right")
            for full in both if both[0] in ARKIT_INDEX else (name,):
                column = ARKIT_INDEX[full]
                out[:, column] = np.maximum(out[:, column], value * shown)
    return out


_FRIGHT = {"fear": 1.0, "surprise": 0.5}
"""How small the irises of drawn eyes become at full strength."""


def signs_of(
    feelings: list[tuple[Emotion, Array]],
    delivery: tuple[str, ...],
    speaking: bool,
    dial: float,
) -> dict[str, np.ndarray]:
    """Return the drawn signs of strong feeling: sign → (frames,) float32, 0..1.

    Parameters
    ----------
    feelings
        Emotions with their envelopes.
    delivery, speaking
        Of the line, where this actor says it.
    dial
        How much of signs the character's style allows, 0..1; 0 gives none.

    Notes
    -----
    A sign appears only from a strength on, so that mild feeling does not blush: blush lines
    from 0.45 of shyness, tears from 0.75 of sadness or with sobs, sweat from 0.7 of fear.
    Irises grow small with fear and surprise from 0.3 on.
    """
    out: dict[str, np.ndarray] = {}
    if dial <= 0.0:
        return out
    floors = {
        "shy": ("blushLines", 0.45),
        "sad": ("tearDrops", 0.75),
        "fear": ("sweatDrop", 0.7),
    }
    for emotion, envelope in feelings:
        sign, floor = floors.get(emotion.name, ("", 1.0))
        sobbing = emotion.name == "sad" and speaking and "cry" in delivery
        floor = 0.3 if sobbing else floor
        if sign and emotion.intensity >= floor:
            shown = ramp(np.asarray(envelope) * emotion.intensity, 0.5 * floor, floor)
            before = out.get(sign, np.zeros(len(envelope), np.float32))
            out[sign] = np.maximum(before, dial * shown).astype(np.float32)
        if emotion.name in _FRIGHT:
            small = _FRIGHT[emotion.name] * np.clip(
                (np.asarray(envelope) * emotion.intensity - 0.3) / 0.6, 0.0, 1.0
            )
            before = out.get("pupilShrink", np.zeros(len(envelope), np.float32))
            out["pupilShrink"] = np.maximum(before, dial * small).astype(np.float32)
    return {name: values for name, values in out.items() if float(values.max(initial=0)) > 0.01}
