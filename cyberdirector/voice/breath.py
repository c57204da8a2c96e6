"""Breaths: shaped noise, soft enough to be felt more than heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.hashing import seed_of
from cyberdirector.core.speech import SAMPLE_RATE
from cyberdirector.voice.acoustics import speech_rms

if TYPE_CHECKING:
    from cyberdirector.voice.line import LinePlan
    from cyberdirector.voice.timing import Segment

_BANDS = (
    (620.0, 150.0, 0.5),
    (1550.0, 220.0, 1.0),
    (2650.0, 300.0, 0.7),
    (3900.0, 450.0, 0.35),
    (5600.0, 900.0, 0.18),
)
"""Centre and width in Hz and strength of the resonances of an open, unvoiced mouth."""

_HISS, _ROLL = 0.3, 1800.0
"""Strength of the stream itself, and the frequency in Hz over which it falls off by 6 dB an
octave: air that is drawn in rushes, it does not hiss like s."""

_GLIDE = 0.12
"""How far the resonances rise from the middle of a breath to its end, as a share."""

_FLUTTER, _FLUTTERS = 0.16, 24.0
"""Spread of the strength of the stream, and how often a second it changes: air is turbulent."""

_BEFORE = 0.04  # seconds between the end of the breath and the first phone


def draw_breath(seconds: float, formant: float, seed: int) -> NDArray[np.float32]:
    """Return (samples,) float32 of an inhalation with RMS 1 at its middle.

    Parameters
    ----------
    seconds
        Length; it swells over two thirds and breaks off softly.
    formant
        The resonances of the speaker, 1 as they are.
    """
    count = max(2, round(seconds * SAMPLE_RATE))
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(count)
    place = np.linspace(0.0, 1.0, count)
    # The mouth opens while air comes in: the same noise through a lower and a higher throat.
    low, high = (_throat(noise, formant * (1.0 + way * _GLIDE)) for way in (-1.0, 1.0))
    wind = (1.0 - place) * low + place * high
    swell = np.sin(0.5 * np.pi * np.clip(place / 0.66, 0, 1)) ** 2
    swell *= np.sin(0.5 * np.pi * np.clip((1.0 - place) / 0.34, 0, 1)) ** 2
    knots = 1.0 + _FLUTTER * rng.standard_normal(2 + round(seconds * _FLUTTERS))
    swell *= np.interp(place, np.linspace(0.0, 1.0, len(knots)), knots).clip(0.4)
    return (wind / np.sqrt(np.mean(wind**2)) * swell).astype(np.float32)


def _throat(noise: NDArray[np.float64], formant: float) -> NDArray[np.float64]:
    """Return noise (n,) through the resonances of an open mouth."""
    frequency = np.fft.rfftfreq(len(noise), 1.0 / SAMPLE_RATE) / formant
    shape = sum(w * np.exp(-0.5 * ((frequency - f) / b) ** 2) for f, b, w in _BANDS)
    shape = shape + _HISS / np.sqrt(1.0 + (frequency / _ROLL) ** 2)
    shape *= frequency**2 / (frequency**2 + 250.0**2)  # no wind in the lows
    return np.fft.irfft(np.fft.rfft(noise) * shape, len(noise))


def add_breaths(
    audio: NDArray[np.float32], plan: LinePlan, segments: list[Segment]
) -> NDArray[np.float32]:
    """Return the audio with the plan's breaths in its pauses; none touches a phone."""
    if not plan.breaths:
        return audio
    audio = audio.copy()
    speech = speech_rms(audio)
    for breath in plan.breaths:
        place = next((i for i, s in enumerate(segments) if s.sound >= breath.before), None)
        if place is None:
            continue
        end = segments[place].start - _BEFORE
        room = end - (segments[place - 1].end + _BEFORE if place else 0.0)
        seconds = min(breath.seconds, room)
        if seconds < 0.08:
            continue
        seed = seed_of("breath", plan.take.seed, plan.reading.text, breath.before)
        wind = draw_breath(seconds, plan.voice.formant, seed)
        first = round((end - seconds) * SAMPLE_RATE)
        last = min(first + len(wind), len(audio))
        audio[first:last] += wind[: last - first] * np.float32(
            speech * 10.0 ** (breath.level / 20.0)
        )
    return audio
