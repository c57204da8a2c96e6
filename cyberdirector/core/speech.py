"""Spoken sound with its phonemes: what the voice gives and the performance reads."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 24_000
"""Audio rate inside the engine, Hz (delivery resamples to 48 kHz)."""

PHONE_CLASSES: tuple[str, ...] = (
    "SIL", "BMP", "FV", "TH", "TD", "L", "S", "SH", "CJ", "R", "KG", "W", "Y",
    "AA", "AE", "AH", "EH", "IY", "OW", "UW", "YY",
)  # fmt: skip
"""Articulatory classes shared by Mandarin, English and Japanese (21)."""


@dataclass(frozen=True)
class Phone:
    """One articulatory segment; times in seconds from the start of the audio.

    ``symbol`` is the voice model's own symbol(s) or pinyin part, ``kind`` one of
    :data:`PHONE_CLASSES`, ``word`` the index of the word it belongs to (-1: none),
    ``stress`` 0 (none), 1 (primary) or 2 (secondary), ``tone`` 0..5 (0: none),
    ``rounded`` 0..1 the lip rounding that its syllable calls for.
    """

    symbol: str
    kind: str
    start: float
    end: float
    word: int = -1
    stress: int = 0
    tone: int = 0
    rounded: float = 0.0


@dataclass(frozen=True)
class Word:
    """A word as written, with its time in seconds and its character span in the text."""

    text: str
    start: float
    end: float
    first: int
    last: int


@dataclass(frozen=True)
class Emotion:
    """A named emotion and its strength 0..1.

    Names: neutral, joy, anger, cold, sad, fear, surprise, disgust, contempt, tender,
    shy, calm.
    """

    name: str = "neutral"
    intensity: float = 0.0


EMOTIONS: tuple[str, ...] = (
    "neutral", "joy", "anger", "cold", "sad", "fear", "surprise", "disgust",
    "contempt", "tender", "shy", "calm",
)  # fmt: skip


@dataclass(frozen=True)
class Speech:
    """A spoken line.

    Attributes
    ----------
    audio
        (samples,) float32 mono at :data:`SAMPLE_RATE`, full scale ±1.
    phones
        In order, contiguous or with gaps that are silence; times match the sound.
    words
        In order.
    f0, energy
        (n,) float32 contours every ``step`` seconds: F0 in Hz (0 where unvoiced) and
        level in dB relative to full scale.
    accents
        Times in seconds of stressed peaks with their prominence 0..1.
    language
        ``zh``, ``en`` or ``ja``.
    """

    audio: NDArray[np.float32]
    phones: tuple[Phone, ...]
    words: tuple[Word, ...]
    f0: NDArray[np.float32]
    energy: NDArray[np.float32]
    step: float
    accents: tuple[tuple[float, float], ...] = field(default=())
    language: str = "zh"

    @property
    def duration(self) -> float:
        """Length of the audio in seconds."""
        return len(self.audio) / SAMPLE_RATE
