"""The sound of the film: voices at exact samples, beds under them, small effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.hashing import seed_of
from cyberdirector.core.speech import SAMPLE_RATE
from cyberdirector.deliver import grains
from cyberdirector.deliver.ambience import PIECE, Bed
from cyberdirector.deliver.loudness import AUDIO_RATE, Stereo

DUCK_DB = -7.0
"""How far beds go down under speech, dB."""

_ATTACK, _RELEASE = 0.25, 0.7  # seconds
_CROSS = 0.5  # seconds over which beds of neighbouring scenes cross
_CONTROL = 480  # samples per point of the ducking curve: 100 points a second
_VOICE_DB = -21.0
_EVEN = 0.6  # share of the difference to the usual level that is taken away
_EFFECT_DB = {"door": -17.0, "step": -25.0, "cloth": -33.0, "paper": -29.0, "sword": -20.0,
              "thunder": -16.0, "thud": -15.0, "cup": -27.0,
              "slap": -16.0}  # fmt: skip

TREATMENTS = ("", "os", "vo", "off", "phone")
"""How a voice is heard: in the room, inside the head, told, from outside, by telephone."""


@dataclass(frozen=True)
class Voice:
    """A spoken line in the mix.

    Attributes
    ----------
    audio
        (samples,) float32 mono at 24 kHz.
    start
        First sample at 48 kHz.
    pan
        -1 (left) to 1 (right).
    treatment
        One of :data:`TREATMENTS`.
    room
        Size of the room that answers, 0 (open air) to 1 (hall).
    level_db
        Louder or softer than its usual level, dB.
    """

    audio: NDArray[np.float32]
    start: int
    pan: float = 0.0
    treatment: str = ""
    room: float = 0.25
    level_db: float = 0.0

    @property
    def end(self) -> int:
        """Sample at 48 kHz at which the dry voice ends."""
        return self.start + 2 * len(self.audio)


@dataclass(frozen=True)
class Place:
    """The bed of a scene over samples ``start:end`` at 48 kHz."""

    tags: tuple[str, ...]
    start: int
    end: int
    seed: int
    level_db: float = 0.0


@dataclass(frozen=True)
class Effect:
    """A small sound: ``name`` is one of :data:`EFFECTS`; ``start`` at 48 kHz."""

    name: str
    start: int
    pan: float = 0.0
    level_db: float = 0.0
    seed: int = 0


EFFECTS = tuple(_EFFECT_DB)
"""Names that :class:`Effect` takes."""


def _sides(pan: float) -> NDArray[np.float64]:
    """Return the gains of left and right, constant power, 1 in the middle."""
    angle = np.pi / 4 * (1.0 + float(np.clip(pan, -1.0, 1.0)))
    return np.sqrt(2.0) * np.array([np.cos(angle), np.sin(angle)])


def _active_level(sound: NDArray[np.float64]) -> float:
    """Return the level of the louder parts of a voice, dB RMS over 20 ms frames."""
    n = SAMPLE_RATE // 50
    frames = sound[: len(sound) // n * n].reshape(-1, n)
    power = (frames**2).mean(axis=1) if len(frames) else np.zeros(0)
    loud = power[power > max(1e-7, power.max(initial=0.0) * 1e-3)]
    return float(10.0 * np.log10(loud.mean())) if len(loud) else float("-inf")


def _treated(sound: NDArray[np.float64], treatment: str) -> NDArray[np.float64]:
    from scipy.signal import butter, sosfilt

    bands = {"phone": (320.0, 3200.0), "off": (110.0, 2300.0)}
    if treatment not in bands:
        return sound
    sos = butter(2, bands[treatment], "band", fs=AUDIO_RATE, output="sos")
    return np.asarray(sosfilt(sos, sound)) * (1.25 if treatment == "phone" else 0.8)


def _tail(treatment: str, room: float) -> NDArray[np.float64]:
    """Return the answer of a room, (samples, 2): decaying noise, dark, no direct sound."""
    from scipy.signal import butter, sosfilt

    long = {"os": 1.5, "vo": 0.0, "phone": 0.0}.get(treatment, 0.25 + 0.5 * room)
    level = {"os": 0.30, "off": 0.20}.get(treatment, 0.16 * room)
    if long <= 0.0 or level <= 0.0:
        return np.zeros((0, 2))
    t = np.arange(round(long * AUDIO_RATE)) / AUDIO_RATE
    noise = np.random.default_rng(seed_of("room", treatment)).standard_normal((len(t), 2))
    sos = butter(1, (180.0, 4200.0), "band", fs=AUDIO_RATE, output="sos")
    shape = np.exp(-t / (long / 6.9)) * np.minimum(1.0, t / 0.012)
    answer = np.asarray(sosfilt(sos, noise, axis=0)) * shape[:, None]
    return answer * level / np.sqrt((answer**2).sum(axis=0))


def render_voice(voice: Voice) -> Stereo:
    """Return a line as it is heard, (samples, 2) float32 at 48 kHz, with its room."""
    from scipy.signal import fftconvolve, resample_poly

    dry = np.asarray(voice.audio, np.float64)
    level = _active_level(dry)
    if not np.isfinite(level):
        return np.zeros((2 * len(dry), 2), np.float32)
    gain = 10.0 ** ((_EVEN * (_VOICE_DB - level) + voice.level_db) / 20.0)
    sound = _treated(np.asarray(resample_poly(dry, 2, 1)) * gain, voice.treatment)
    out = sound[:, None] * _sides(voice.pan)
    answer = _tail(voice.treatment, voice.room)
    if len(answer):
        wet = np.stack([fftconvolve(sound, answer[:, side]) for side in (0, 1)], axis=1)
        wet[: len(out)] += out
        out = wet
    return out.astype(np.float32)


def _ducking(voices: Sequence[Voice], samples: int) -> NDArray[np.float32]:
    """Return the gain of the beds, 100 points a second."""
    points = samples // _CONTROL + 2
    depth = np.zeros(points, np.float32)
    attack, release = round(_ATTACK * 100), round(_RELEASE * 100)
    for voice in voices:
        first, last = voice.start // _CONTROL, -(-voice.end // _CONTROL)
        x = np.arange(max(0, first - attack), min(points, last + release))
        rise = np.clip((x - first + attack) / attack, 0.0, 1.0)
        fall = np.clip((last + release - x) / release, 0.0, 1.0)
        ramp = np.minimum(rise, fall)
        depth[x] = np.maximum(depth[x], ramp * ramp * (3.0 - 2.0 * ramp))
    return np.asarray(10.0 ** (DUCK_DB * depth / 20.0), np.float32)


def _add_bed(out: Stereo, place: Place, duck: NDArray[np.float32]) -> None:
    """Add a bed piece by piece; it begins and ends in a crossing with its neighbours."""
    cross = round(_CROSS * AUDIO_RATE)
    end = min(len(out), place.end + cross)
    bed, gain = Bed(place.tags, place.seed), 10.0 ** (place.level_db / 20.0)
    control = np.arange(len(duck)) * float(_CONTROL)
    for at in range(place.start, end, PIECE):
        sound = bed.piece()
        first, stop = max(0, at), min(end, at + PIECE)
        if first >= stop:
            continue
        t = np.arange(first, stop)
        rise = np.clip((t - place.start) / cross, 0.0, 1.0)
        fall = np.clip((place.end + cross - t) / cross, 0.0, 1.0)
        shape = np.sin(np.pi / 2 * np.minimum(rise, fall)) * gain * np.interp(t, control, duck)
        out[first:stop] += sound[first - at : stop - at] * shape[:, None].astype(np.float32)


def _add(out: Stereo, sound: Stereo, start: int) -> None:
    first, last = max(0, start), min(len(out), start + len(sound))
    if first < last:
        out[first:last] += sound[first - start : last - start]


def mix_samples(
    out: Stereo,
    voices: Sequence[Voice],
    places: Sequence[Place] = (),
    effects: Sequence[Effect] = (),
) -> None:
    """Add all sounds to an array, before mastering.

    Parameters
    ----------
    out
        (samples, 2) float32 at 48 kHz, changed in place; a memory map keeps memory flat.
    voices, places, effects
        What is heard. Beds go down under voices by :data:`DUCK_DB`.
    """
    duck = _ducking(voices, len(out))
    for place in places:
        _add_bed(out, place, duck)
    for effect in effects:
        bank = grains.bank(effect.name, seed_of("effect", effect.seed), 1)
        level = 10.0 ** ((_EFFECT_DB[effect.name] + effect.level_db) / 20.0)
        sound = bank[0][:, None] * _sides(effect.pan) * level
        _add(out, sound.astype(np.float32), effect.start)
    for voice in voices:
        _add(out, render_voice(voice), voice.start)
