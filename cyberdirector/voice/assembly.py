"""Placed segments → phones, words and contours of a spoken line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import SAMPLE_RATE, Phone, Speech, Word
from cyberdirector.voice.accents import Accent, find_accents, place_accents
from cyberdirector.voice.acoustics import level
from cyberdirector.voice.g2p import Reading
from cyberdirector.voice.timing import Segment

CONTOUR_STEP = 0.01
"""Seconds between values of the F0 and energy contours of a speech."""


def assemble(
    reading: Reading,
    audio: NDArray[np.float32],
    segments: list[Segment],
    f0: NDArray[np.float32],
    accents: tuple[Accent, ...] | None = None,
    energy: NDArray[np.float32] | None = None,
) -> Speech:
    """Return the speech of a reading whose spoken ``segments`` are placed on ``audio``.

    Parameters
    ----------
    segments
        In order, without silences; ``sound`` indexes ``reading.sounds``.
    f0
        (n,) float32 Hz every 10 ms, 0 where unvoiced.
    accents
        Syllables that stand out; found from the contours when None.
    energy
        (n,) float32 dB every 10 ms; measured on the audio when None.
    """
    if energy is None:
        energy = level(audio, CONTOUR_STEP)
    count = min(len(energy), len(f0))
    f0, energy = f0[:count], energy[:count]
    phones, syllables = _phones(reading, segments, len(audio) / SAMPLE_RATE)
    f0 = np.where(energy > energy.max() - 45.0, f0, 0.0).astype(np.float32)
    for phone in phones:
        if phone.kind == "SIL":
            f0[round(phone.start / CONTOUR_STEP) : round(phone.end / CONTOUR_STEP)] = 0.0
    if accents is None:
        accents = find_accents(phones, syllables, f0, energy, CONTOUR_STEP)
    placed = place_accents(accents, phones, syllables, energy, CONTOUR_STEP)
    words = _words(reading, phones)
    return Speech(audio, phones, words, f0, energy, CONTOUR_STEP, placed, reading.language)


def accents_of(
    reading: Reading,
    segments: list[Segment],
    f0: NDArray[np.float32],
    energy: NDArray[np.float32],
) -> tuple[Accent, ...]:
    """Return the syllables that stand out in placed segments (contours every 10 ms)."""
    phones, syllables = _phones(reading, segments, len(f0) * CONTOUR_STEP)
    return find_accents(phones, syllables, f0, energy, CONTOUR_STEP)


def _phones(
    reading: Reading, segments: list[Segment], total: float
) -> tuple[tuple[Phone, ...], tuple[int, ...]]:
    """Return phones with ``SIL`` in the gaps, and the syllable of each."""
    phones: list[Phone] = []
    syllables: list[int] = []
    place = 0.0
    for segment in segments:
        sound = reading.sounds[segment.sound]
        start, end = round(segment.start, 4), round(segment.end, 4)
        if start - place > 1e-3:
            phones.append(Phone("", "SIL", place, start))
            syllables.append(-1)
        phones.append(
            Phone(
                sound.symbols, segment.kind, start, end,
                sound.word, sound.stress, sound.tone, sound.rounded,
            )
        )  # fmt: skip
        syllables.append(sound.syllable)
        place = end
    if total - place > 1e-3:
        phones.append(Phone("", "SIL", place, round(total, 4)))
        syllables.append(-1)
    return tuple(phones), tuple(syllables)


def _words(reading: Reading, phones: tuple[Phone, ...]) -> tuple[Word, ...]:
    """Return the words with the times of their phones."""
    spans: dict[int, tuple[float, float]] = {}
    for phone in phones:
        if phone.word >= 0:
            spans[phone.word] = (spans.get(phone.word, (phone.start, 0.0))[0], phone.end)
    return tuple(
        Word(spelled.text, *spans[index], spelled.first, spelled.last)
        for index, spelled in enumerate(reading.words)
        if index in spans
    )
