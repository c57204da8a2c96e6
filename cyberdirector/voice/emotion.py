"""How an emotion colours the voice: melody, pace, loudness, brightness and pauses.

Signs and sizes follow Murray & Arnott (1993) and Burkhardt & Sendlmeier (2000), set by ear
and measurement for this voice model; the range of F0 says more than its mean.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import Emotion


@dataclass(frozen=True)
class Colour:
    """Changes against the neutral voice.

    Attributes
    ----------
    pitch, range
        Factors on the mean of F0 and on its excursions around the mean (log domain).
    rate
        Factor on speaking rate.
    gain, tilt
        Level in dB, and slope of the spectrum in dB per kHz around 1 kHz.
    pause
        Factor on the length of pauses.
    effort
        Added to the model's own voice-effort contour (quality more than loudness).
    """

    pitch: float = 1.0
    range: float = 1.0
    rate: float = 1.0
    gain: float = 0.0
    tilt: float = 0.0
    pause: float = 1.0
    effort: float = 0.0


_FULL: dict[str, Colour] = {
    "neutral": Colour(),
    "joy": Colour(1.15, 1.4, 1.05, 2.0, 1.0, 0.9, 0.5),
    "anger": Colour(1.12, 1.5, 1.12, 4.0, 2.0, 0.7, 1.0),
    "cold": Colour(0.95, 0.8, 0.95, 0.0, 1.0, 1.4, 0.0),
    "sad": Colour(0.92, 0.6, 0.85, -3.0, -2.0, 1.5, -1.0),
    "fear": Colour(1.2, 1.1, 1.15, 0.0, 1.0, 1.1, 0.3),
    "surprise": Colour(1.2, 1.6, 1.05, 1.0, 1.0, 1.0, 0.3),
    "disgust": Colour(0.92, 0.9, 0.9, 0.0, 0.0, 1.2, 0.0),
    "contempt": Colour(0.94, 0.85, 0.92, -1.0, 0.5, 1.2, 0.0),
    "tender": Colour(1.03, 0.85, 0.86, -4.0, -1.5, 1.35, -0.8),
    "shy": Colour(1.04, 0.75, 0.95, -4.0, -1.0, 1.3, -0.7),
    "calm": Colour(1.0, 0.8, 0.95, -1.0, 0.0, 1.2, 0.0),
}

_DELIVERIES: dict[str, Colour] = {
    "": Colour(),
    "shout": Colour(1.22, 1.2, 0.95, 4.0, 2.0, 0.8, 1.5),
    "whisper": Colour(1.0, 1.0, 0.92, -8.0, 1.0, 1.1, -1.0),
    "murmur": Colour(0.94, 0.75, 0.95, -6.0, -1.0, 1.1, -1.0),
}

DELIVERIES: tuple[str, ...] = tuple(name for name in _DELIVERIES if name)
"""Ways of delivery that :func:`colour_of` knows besides the plain one."""


def colour_of(emotion: Emotion, delivery: str = "") -> Colour:
    """Return the changes for ``emotion`` at its intensity, joined with a delivery.

    Raises
    ------
    InputRefused
        ``voice-emotion`` or ``voice-delivery`` for a name that is not known.
    """
    full = _known(_FULL, emotion.name, "voice-emotion")
    style = _known(_DELIVERIES, delivery, "voice-delivery")
    share = min(max(emotion.intensity, 0.0), 1.0)
    values = {}
    for field in fields(Colour):
        neutral = field.default
        a, b = getattr(full, field.name), getattr(style, field.name)
        if neutral == 1.0:
            values[field.name] = a**share * b
        else:
            values[field.name] = a * share + b
    return Colour(**values)


def _known(table: dict[str, Colour], name: str, code: str) -> Colour:
    if name in table:
        return table[name]
    names = "、".join(key for key in table if key)
    raise InputRefused(
        code,
        f"不认识 {name!r}；可用：{names}。",
        f"{name!r} is not known; use one of {', '.join(key for key in table if key)}.",
    )
