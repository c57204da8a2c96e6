"""What a spoken line tells the body: accents, pauses, pitch, on the segment's clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.speech import Speech
from cyberdirector.perform._motion import Array, plateau, smooth
from cyberdirector.perform.lips import audio_onset


@dataclass(frozen=True)
class Prosody:
    """A line on the segment's clock, seconds.

    Attributes
    ----------
    start, end
        First and last sound.
    accents
        (time, prominence 0..1) of stressed peaks.
    phrases
        (start, end) of stretches without a pause of 0.18 s or more.
    pitch
        (n,) slow course of the pitch around its mean, semitones; 0 outside the line.
    question
        Whether the line asks something.
    """

    start: float
    end: float
    accents: tuple[tuple[float, float], ...]
    phrases: tuple[tuple[float, float], ...]
    pitch: Array
    question: bool = False


def _phrases(speech: Speech, offset: float) -> tuple[tuple[float, float], ...]:
    spoken = [p for p in speech.phones if p.kind != "SIL"]
    out: list[list[float]] = []
    for phone in spoken:
        if out and phone.start - out[-1][1] < 0.18:
            out[-1][1] = phone.end
        else:
            out.append([phone.start, phone.end])
    return tuple((a + offset, b + offset) for a, b in out)


def _accents(speech: Speech) -> list[tuple[float, float]]:
    """Return the accents of the speech, or loud stressed vowels when it names none."""
    if speech.accents:
        return list(speech.accents)
    return [
        ((p.start + p.end) / 2, 0.6)
        for p in speech.phones
        if p.stress == 1 and p.end - p.start > 0.08
    ]


def _pitch(t: Array, speech: Speech, offset: float, fps: float) -> Array:
    """Return slow F0 movement (n,) in semitones; below 1.5 Hz."""
    f0 = speech.f0.astype(np.float64)
    voiced = f0 > 55.0
    if voiced.sum() < 3:
        return np.zeros(len(t))
    tones = 12.0 * np.log2(f0[voiced])
    grid = (np.arange(len(f0)) + 0.5)[voiced] * speech.step + offset
    course = np.interp(t, grid, tones - tones.mean())
    return smooth(course, fps, 0.11)


def read_prosody(
    t: Array, speech: Speech, offset: float, fps: float, text: str
) -> Prosody | None:
    """Return the prosody of a line whose audio starts at ``offset`` seconds, or None."""
    phrases = _phrases(speech, offset)
    if not phrases:
        return None
    start, end = audio_onset(speech) + offset, phrases[-1][1]
    inside = plateau(t, start - 0.1, 0.3, min(end + 0.3, t[-1] if len(t) else end), 0.4)
    accents = tuple((a + offset, float(np.clip(p, 0.0, 1.0))) for a, p in _accents(speech))
    return Prosody(
        start=start,
        end=end,
        accents=accents,
        phrases=phrases,
        pitch=_pitch(t, speech, offset, fps) * inside,
        question=text.rstrip("」”\"')）】 ").endswith(("?", "？", "吗", "呢", "か")),
    )
