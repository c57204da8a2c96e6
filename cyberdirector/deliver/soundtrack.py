"""The finished soundtrack of a film, told in frames."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.hashing import seed_of
from cyberdirector.core.time import Rate
from cyberdirector.deliver.loudness import AUDIO_RATE, Stereo, master
from cyberdirector.deliver.mix import EFFECTS, TREATMENTS, Effect, Place, Voice, mix_samples

ROOM = 0.25
"""Size of the room that answers a voice indoors, 0..1."""

MAX_SECONDS = 4 * 3600
"""Longest film, seconds: 10 GB of sound on disk while it is mixed."""


@dataclass(frozen=True)
class MixLine:
    """A spoken line.

    Attributes
    ----------
    audio
        (samples,) float32 mono at 24 kHz.
    start
        Frame in which it begins (may be negative in a preview).
    pan
        -1 (left) to 1 (right); keep it slight.
    gain
        dB.
    treatment
        ``""`` in the room, ``os`` inside the head, ``vo`` told, ``off`` from outside the
        frame, ``phone``.
    """

    audio: NDArray[np.float32]
    start: int
    pan: float = 0.0
    gain: float = 0.0
    treatment: str = ""


@dataclass(frozen=True)
class MixScene:
    """The sound of a place over frames ``start:end``; ``id`` varies it."""

    tags: tuple[str, ...]
    start: int
    end: int
    id: str = ""


@dataclass(frozen=True)
class MixEffect:
    """A small sound that begins in frame ``start``; names in ``deliver.EFFECTS``."""

    name: str
    start: int
    pan: float = 0.0
    gain: float = 0.0
    id: str = ""


def _check(lines: Sequence[MixLine], effects: Sequence[MixEffect], seconds: float) -> None:
    names = [e.name for e in effects if e.name not in EFFECTS]
    names += [line.treatment for line in lines if line.treatment not in TREATMENTS]
    if names:
        there = [*EFFECTS, *TREATMENTS[1:]]
        raise InputRefused(
            "mix-name",
            f"不认识声音“{names[0]}”，可用的有：{'、'.join(there)}。",
            f"The sound “{names[0]}” is not known; there are: {', '.join(there)}.",
        )
    if seconds > MAX_SECONDS:
        raise InputRefused(
            "film-too-long",
            f"影片有 {seconds:.0f} 秒，最长 {MAX_SECONDS} 秒，请分集。",
            f"The film has {seconds:.0f} s, the longest is {MAX_SECONDS}; split it.",
        )


def mix(
    lines: Sequence[MixLine],
    scenes: Sequence[MixScene],
    frames: int,
    rate: Rate,
    seed: int,
    effects: Sequence[MixEffect] = (),
) -> Stereo:
    """Return the finished soundtrack: -16 LUFS, true peak under the ceiling.

    Parameters
    ----------
    lines, scenes, effects
        What is heard.
    frames, rate
        Length of the film.
    seed
        Varies beds and effects.

    Returns
    -------
    (samples, 2) float32 at 48 kHz, kept in a nameless temporary file.

    Raises
    ------
    InputRefused
        ``mix-name`` or ``film-too-long``.
    """
    _check(lines, effects, rate.seconds(frames))

    def at(frame: int) -> int:
        return rate.samples(frame, AUDIO_RATE)

    def room(line: MixLine) -> float:
        here = [s for s in scenes if s.start <= line.start < s.end]
        return ROOM if any("room" in s.tags for s in here) else 0.0

    voices = [Voice(n.audio, at(n.start), n.pan, n.treatment, room(n), n.gain) for n in lines]
    places = [Place(s.tags, at(s.start), at(s.end), seed_of("bed", seed, s.id)) for s in scenes]
    sounds = [
        Effect(e.name, at(e.start), e.pan, e.gain, seed_of("effect", seed, e.id or e.name))
        for e in effects
    ]
    shape = (max(1, at(frames)), 2)
    with tempfile.TemporaryFile() as draft:
        dry = np.memmap(draft, np.float32, "w+", shape=shape)
        mix_samples(dry, voices, places, sounds)
        with tempfile.TemporaryFile() as done:
            out: Stereo = np.memmap(done, np.float32, "w+", shape=shape)
        return master(dry, out)[0]
