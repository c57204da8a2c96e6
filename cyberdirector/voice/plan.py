"""The plan of a line: which sound when, how high and with how much effort, before it sounds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.voice.emotion import Colour
from cyberdirector.voice.g2p.sounds import Sound
from cyberdirector.voice.graph import FRAME_SECONDS, KokoroGraph, Prosody
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.styles import style_row, tokens_of

VOICED = 55.0
"""F0 below this (Hz) marks an unvoiced step of the model's contour."""

LABEL_LEAD = 0.065
"""Seconds by which the sound comes before its token frames (measured on strident onsets,
offsets and hand labels of three languages)."""

_SILENT = 1.0
"""Energy below this on the model's scale is heard as silence or a stop closure."""

_PAUSES: dict[str, tuple[float, float]] = {
    ",": (0.10, 0.50), ":": (0.15, 0.60), ";": (0.18, 0.60), "—": (0.15, 0.60),
    "…": (0.40, 1.00), ".": (0.28, 0.80), "!": (0.25, 0.70), "?": (0.28, 0.80),
}  # fmt: skip
"""Shortest and longest pause in seconds at each mark, before emotion and pace."""

_LEAD, _TAIL = 0.15, 0.25  # seconds of silence kept around a piece for the vocoder


@dataclass(frozen=True)
class Plan:
    """A piece of a line, ready for the vocoder; change it with ``dataclasses.replace``.

    Attributes
    ----------
    sounds
        The sounds of the piece, pauses and spaces included.
    bounds
        (len(sounds) + 1,) float64 seconds: where the token frames of each sound start and
        the last one ends, in the time of the finished audio.
    prosody
        F0 (Hz, 2 per frame), energy and features as the vocoder will get them.
    style
        (1, 256) float32.
    formant
        The audio is to be resampled by this factor; F0 and durations allow for it.
    """

    sounds: tuple[Sound, ...]
    bounds: NDArray[np.float64]
    prosody: Prosody
    style: NDArray[np.float32]
    formant: float

    @property
    def step(self) -> float:
        """Seconds of finished audio per value of F0 and energy."""
        return FRAME_SECONDS / 2.0 / self.formant

    @property
    def f0(self) -> NDArray[np.float32]:
        """F0 as it will sound, in Hz every :attr:`step`, 0 where unvoiced."""
        f0 = self.prosody.f0 * self.formant
        return np.where(self.prosody.f0 > VOICED, f0, 0.0).astype(np.float32)


def make_plan(
    graph: KokoroGraph,
    sounds: tuple[Sound, ...],
    language: str,
    voice: VoiceProfile,
    colour: Colour,
    pace: float = 1.0,
    seed: int = 0,
    rise: float = 0.0,
) -> Plan:
    """Plan a piece of at most 510 tokens.

    Parameters
    ----------
    sounds
        The piece, with its pauses.
    colour
        Emotion and delivery.
    pace
        Factor on speaking rate.
    seed
        Gives each take a melody that differs by about 0.2 semitones.
    rise
        Semitones added over the last 250 ms of voice (questions).
    """
    tokens = tokens_of("".join(sound.symbols for sound in sounds))
    timbre, prosody_mix = voice.mixes(language)
    style = style_row(timbre, prosody_mix, len(tokens) - 2)
    encoded = graph.encode(tokens, style)
    stretch = voice.formant / (voice.rate * colour.rate * pace)
    if stretch == 1.0:
        frames = encoded.rounded.astype(np.int64)
    else:
        frames = round_durations(encoded.durations * stretch)
    prosody = graph.intone(encoded, frames, style)
    edges = np.concatenate([[0], np.cumsum(frames)])
    starts = np.cumsum([1, *(len(sound.symbols) for sound in sounds)])
    bounds = edges[starts]
    columns = _pause_columns(
        prosody.energy, sounds, bounds, colour.pause * stretch, voice.formant
    )
    prosody = take_columns(prosody, columns)
    bounds = np.searchsorted(columns, bounds)
    f0 = shape_f0(
        prosody.f0,
        prosody.energy,
        mean=voice.pitch * colour.pitch / voice.formant,
        spread=voice.range * colour.range,
    )
    f0 = _vary(_raise_end(f0, rise), seed)
    energy = np.where(prosody.energy > _SILENT, prosody.energy + colour.effort, prosody.energy)
    return Plan(
        sounds,
        bounds * FRAME_SECONDS / voice.formant,
        replace(prosody, f0=f0, energy=energy.astype(np.float32)),
        style,
        voice.formant,
    )


def round_durations(durations: NDArray[np.float32]) -> NDArray[np.int64]:
    """Round frames per token so that the running total stays true; each at least 1.

    Parameters
    ----------
    durations
        (tokens,) float32 wanted frames.
    """
    frames = np.ones(len(durations), np.int64)
    owed = 0.0
    for index, wanted in enumerate(durations):
        owed += float(wanted)
        frames[index] = max(1, int(np.floor(owed + 0.5)))
        owed -= float(frames[index])
    return frames


def shape_f0(
    f0: NDArray[np.float32], energy: NDArray[np.float32], mean: float, spread: float
) -> NDArray[np.float32]:
    """Scale F0 by ``mean`` and its excursions by ``spread``, affine in log F0.

    Only voiced steps change, so that tone shapes stay as they are and unvoiced sound stays
    unvoiced. Results stay in 75..600 Hz unless the model itself was beyond.

    Parameters
    ----------
    f0, energy
        (n,) float32: Hz and the model's effort, which weighs the centre of the line.
    """
    voiced = f0 > VOICED
    if not voiced.any() or (mean == 1.0 and spread == 1.0):
        return f0
    log = np.log(f0[voiced].astype(np.float64))
    weight = np.maximum(energy[voiced].astype(np.float64), 0.1)
    centre = float(np.sum(log * weight) / np.sum(weight))
    shaped = np.exp(centre + np.log(mean) + spread * (log - centre))
    low = np.minimum(75.0, f0[voiced])
    high = np.maximum(600.0, f0[voiced])
    result = f0.copy()
    result[voiced] = np.clip(shaped, low, high)
    return result


def take_columns(prosody: Prosody, columns: NDArray[np.int64]) -> Prosody:
    """Return the prosody at the frame numbers ``columns`` (n,), in that order."""
    halves = (2 * columns[:, None] + np.arange(2)).reshape(-1)
    return Prosody(
        prosody.f0[halves],
        prosody.energy[halves],
        np.ascontiguousarray(prosody.features[:, :, columns]),
    )


def _pause_columns(
    energy: NDArray[np.float32],
    sounds: tuple[Sound, ...],
    bounds: NDArray[np.int64],
    factor: float,
    formant: float,
) -> NDArray[np.int64]:
    """Return the frames to keep or repeat so that every pause gets its length.

    Silence is stationary for the vocoder, so frames can be cut from or put into the middle
    of a silent run without touching the speech around it.
    """
    silent = energy.reshape(-1, 2).max(1) < _SILENT
    runs = _runs(silent)
    count = len(silent)
    wanted: dict[int, int] = {}

    def frames(seconds: float) -> int:
        return max(1, round(seconds * formant / FRAME_SECONDS))

    for index, sound in enumerate(sounds[:-1]):
        if not sound.pause:
            continue
        before = bounds[max(index - 1, 0)]
        near = [
            number
            for number, (first, last) in enumerate(runs)
            if first > 0 and last < count and first < bounds[index + 1] + 4 and last > before
        ]
        if near:
            number = max(near, key=lambda n: runs[n][1] - runs[n][0])
            shortest, longest = _PAUSES[sound.symbols]
            first, last = runs[number]
            asked = (last - first) * max(factor, 0.1)
            wanted[number] = int(
                np.clip(round(asked), frames(shortest * factor), frames(longest * factor))
            )
    if runs and runs[0][0] == 0:
        wanted[0] = min(runs[0][1], frames(_LEAD))
    if runs and runs[-1][1] == count:
        wanted[len(runs) - 1] = min(count - runs[-1][0], frames(_TAIL))
    pieces, place = [], 0
    for number, (first, last) in enumerate(runs):
        pieces.append(np.arange(place, first))
        length = wanted.get(number, last - first)
        if first == 0:
            pieces.append(np.arange(last - length, last))
        elif last == count:
            pieces.append(np.arange(first, first + length))
        else:
            pieces.append(_fit_run(first, last, length))
        place = last
    pieces.append(np.arange(place, count))
    return np.concatenate(pieces).astype(np.int64)


def _fit_run(first: int, last: int, length: int) -> NDArray[np.int64]:
    """Return ``length`` frame numbers out of ``first..last``, both ends kept."""
    have = last - first
    if length <= have:
        head = (length + 1) // 2
        return np.concatenate(
            [np.arange(first, first + head), np.arange(last - (length - head), last)]
        )
    middle = first + have // 2
    filler = np.full(length - have, middle)
    return np.concatenate([np.arange(first, middle), filler, np.arange(middle, last)])


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return half-open runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _raise_end(f0: NDArray[np.float32], semitones: float) -> NDArray[np.float32]:
    """Add a rise that grows over the last 250 ms of voice."""
    voiced = np.flatnonzero(f0 > VOICED)
    if not semitones or not len(voiced):
        return f0
    steps = round(0.25 / (FRAME_SECONDS / 2))
    last = voiced[-1] + 1
    ramp = np.clip((np.arange(len(f0)) - (last - steps)) / steps, 0.0, 1.0)
    lifted = f0 * 2.0 ** (semitones * ramp / 12.0)
    return np.where(f0 > VOICED, lifted, f0).astype(np.float32)


def _vary(f0: NDArray[np.float32], seed: int, depth: float = 0.2) -> NDArray[np.float32]:
    """Add a slow seeded wander (knots every 0.4 s, ``depth`` semitones SD) to voiced steps."""
    rng = np.random.default_rng(seed)
    every = round(0.4 / (FRAME_SECONDS / 2))
    knots = rng.normal(0.0, depth, len(f0) // every + 2)
    place = np.arange(len(f0)) / every
    index = place.astype(np.int64)
    blend = 0.5 - 0.5 * np.cos(np.pi * (place - index))
    wander = knots[index] * (1 - blend) + knots[index + 1] * blend
    return np.where(f0 > VOICED, f0 * 2.0 ** (wander / 12.0), f0).astype(np.float32)
