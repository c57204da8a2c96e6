"""Timed phones become mouth shapes with coarticulation and guaranteed lip contact."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.speech import SAMPLE_RATE, Phone, Speech
from cyberdirector.perform._motion import Array, frame_times, plateau
from cyberdirector.perform._targets import (
    APERTURE,
    CHANNELS,
    DECAY,
    DOMINANCE,
    JAW,
    LEAD,
    ROUND,
    SPREAD,
    TARGETS,
    VOWELS,
)

MIN_CLOSURE = 0.050
"""Least time in seconds for which the lips meet on b, p and m."""

CLOSED_JAW = 0.04
"""Largest jawOpen while the lips are closed: thin drawn mouths gape above it."""

CLOSE_FRAMES = 3
"""The mouth is shut this many frames after the last phone."""

_VARIETY = 0.09
"""Relative spread of targets and dominances between two readings of one line."""

_AFTER_REST = 2.6
"""How much faster the lips come to phones after a pause than within speech: there is no
vowel to be rounded on the way, so a mouth that is ready 0.1 s before the sound is enough."""

_BREATH = 0.1
"""Seconds of sound before the first phone from which it is a breath and not the phone."""

_LONGEST_BREATH = 0.6
"""Seconds: what is heard earlier (in a recording) is no breath before the line."""

_PARTED = (0.085, 0.07, 0.03)
"""Jaw, lower and upper lip of a mouth that draws breath."""

_REACH = 2.0
"""Seconds around a time within which phones are heard of at all."""

_BLOCK = 640
"""Times that are blended together."""

_JAW, _LOW, _UP, _PUCKER, _FUNNEL, _STRETCH, _SMILE, _ROLL, _TONGUE = range(9)


@dataclass(frozen=True)
class Mouth:
    """Mouth of one segment.

    Attributes
    ----------
    weights
        (frames, 52) float64, 0..1, only mouth, jaw and tongue shapes are set.
    talking
        (frames,) float64, 1 while the mouth is busy with speech (emotion yields to it).
    contact
        (frames,) float64, 1 where lips or teeth touch (emotion must not pull them apart).
    onset, end
        First and last frame of the articulation, local to the segment; -1 when silent.
    """

    weights: Array
    talking: Array
    contact: Array
    onset: int
    end: int


def audio_onset(speech: Speech) -> float:
    """Return the time in seconds at which sound begins.

    The first 5 ms window whose level is within 35 dB of the loudest one and above
    -55 dB full scale; when the audio is silent, the start of the first spoken phone.
    """
    spoken = [p.start for p in speech.phones if p.kind != "SIL"]
    first = spoken[0] if spoken else 0.0
    size = SAMPLE_RATE // 200
    count = len(speech.audio) // size
    if count == 0:
        return first
    blocks = speech.audio[: count * size].reshape(count, size).astype(np.float64)
    level = np.sqrt(np.mean(blocks * blocks, axis=1))
    loud = float(level.max())
    if loud < 1e-4:
        return first
    above = level > max(loud * 10 ** (-35 / 20), 10 ** (-55 / 20))
    return float(np.argmax(above)) * size / SAMPLE_RATE


def _spoken(speech: Speech) -> list[Phone]:
    return [p for p in speech.phones if p.kind != "SIL" and p.kind in TARGETS]


def _with_rests(phones: list[Phone], onset: float, end: float) -> list[Phone]:
    """Put silence before, after and into gaps over 60 ms, and start with the sound.

    A sound well before the first phone is a breath: it stays silence here.
    """
    breathes = phones[0].start - onset > _BREATH
    head = phones[0] if breathes else replace(phones[0], start=min(phones[0].start, onset))
    out = [Phone("", "SIL", head.start - 1.0, head.start), head]
    for phone in phones[1:]:
        if phone.start - out[-1].end > 0.06:
            out.append(Phone("", "SIL", out[-1].end, phone.start))
        out.append(phone)
    out.append(Phone("", "SIL", max(end, out[-1].end), end + 2.0))
    return out


def _language_target(phone: Phone, language: str, after: str) -> list[float]:
    """Return the channel targets of one phone with the rules of its language."""
    t = list(TARGETS[phone.kind])
    kind = phone.kind
    if language == "zh":
        if kind == "SH":
            t[_FUNNEL], t[_PUCKER] = 0.25, 0.0
        if kind == "AH" and any(c in phone.symbol for c in "ɤe"):
            t[_STRETCH] = 0.18
        if kind in VOWELS and phone.tone == 3:
            t[_JAW] += 0.03
    elif language == "ja":
        if kind == "UW":
            t[_PUCKER], t[_FUNNEL], t[_JAW] = 0.25, 0.06, 0.12
        elif kind == "W":
            t[_PUCKER] = 0.35
        elif kind == "AA":
            t[_JAW] = 0.47
        elif kind == "IY":
            t[_STRETCH] = 0.25
        elif kind == "OW":
            t[_JAW], t[_FUNNEL] = 0.31, 0.3
    if phone.rounded > 0.0 and kind not in ("UW", "YY", "OW", "W"):
        # The whole syllable is rounded: the consonant wears the vowel's lips.
        t[_PUCKER] = max(t[_PUCKER], 0.58 * phone.rounded)
        t[_STRETCH] *= 1.0 - phone.rounded
        t[_SMILE] *= 1.0 - phone.rounded
    if kind == "BMP" and after in ("UW", "OW", "W", "YY"):
        t[_PUCKER] = max(t[_PUCKER], 0.3)
    return t


def _tables(phones: list[Phone], language: str, brisk: float) -> tuple[Array, Array]:
    """Return targets (phones, 9) and dominances (phones, 6)."""
    targets, powers = [], []
    for i, phone in enumerate(phones):
        after = phones[i + 1].kind if i + 1 < len(phones) else "SIL"
        target = _language_target(phone, language, after)
        power = list(DOMINANCE[phone.kind])
        if phone.rounded > 0.3 and phone.kind not in VOWELS:
            power[ROUND] = max(power[ROUND], 1.5)
        if phone.kind in VOWELS:
            weak = 1.0 if phone.stress == 1 or language != "en" else 0.85
            target[_JAW] *= brisk * weak
            if phone.end - phone.start < 0.07:
                power[JAW] *= 0.8
        targets.append(target)
        powers.append(power)
    return np.array(targets), np.array(powers)


def _since_rest(phones: list[Phone]) -> Array:
    """Return for each phone when the lips set out after the last pause before it, seconds."""
    out, begun = [], -np.inf
    for before, phone in zip([phones[0], *phones], phones, strict=False):
        if before.kind == "SIL" and phone.kind != "SIL":
            begun = phone.start
        out.append(-np.inf if phone.kind == "SIL" else begun)
    return np.array(out)


def _blend(t: Array, phones: list[Phone], targets: Array, powers: Array) -> Array:
    """Return channels (times, 9): targets averaged by dominance at each time.

    Only phones within :data:`_REACH` of a time count: further ones weigh less than 1e-7.
    """
    out = np.empty((len(t), len(CHANNELS)))
    starts, ends = (np.array([getattr(p, name) for p in phones]) for name in ("start", "end"))
    begun = _since_rest(phones)
    for first in range(0, len(t), _BLOCK):
        block = t[first : first + _BLOCK]
        near = (starts < block[-1] + _REACH) & (ends > block[0] - _REACH)
        one = slice(int(np.argmax(near)), len(near) - int(np.argmax(near[::-1])))
        out[first : first + _BLOCK] = _blend_near(
            block, starts[one], ends[one], begun[one], targets[one], powers[one]
        )
    return out


def _blend_near(
    t: Array, start: Array, end: Array, begun: Array, targets: Array, powers: Array
) -> Array:
    out = np.empty((len(t), len(CHANNELS)))
    for articulator in range(6):
        columns = [i for i, (_, a) in enumerate(CHANNELS) if a == articulator]
        early = start - LEAD[articulator]
        distance = np.maximum(np.maximum(early - t[:, None], t[:, None] - end), 0.0)
        resting = np.maximum(begun - LEAD[articulator] - t[:, None], 0.0)
        distance += (_AFTER_REST - 1.0) * resting
        distance -= np.maximum(distance.min(axis=1, keepdims=True) - 1.0, 0.0)  # no underflow
        d = powers[:, articulator] * np.exp(-distance / DECAY[articulator])
        out[:, columns] = (d @ targets[:, columns]) / d.sum(axis=1, keepdims=True)
    return out


def _hold(t: Array, phone: Phone, share: float, least: float, period: float) -> Array:
    """Return 1 in the middle of a phone (at least one frame), falling to 0 over 35 ms."""
    middle = (phone.start + phone.end) / 2
    half = max(least, share * (phone.end - phone.start)) / 2
    distance = np.abs(t - middle)
    w = np.clip(1.0 - (distance - half) / 0.035, 0.0, 1.0)
    # A phone shorter than a frame may hold no frame centre: take the nearest one.
    nearest = int(np.argmin(distance))
    if distance[nearest] <= period:
        w[nearest] = 1.0
    return w


def _level(t: Array, speech: Speech) -> Array:
    """Return loudness 0..1 at times ``t``: 30 dB under the loudest frame to it."""
    if len(speech.energy) == 0:
        return np.full(len(t), 0.6)
    energy = speech.energy.astype(np.float64)
    top = float(np.max(energy))
    grid = (np.arange(len(energy)) + 0.5) * speech.step
    value = np.interp(t, grid, energy)
    return np.clip((value - (top - 30.0)) / 30.0, 0.0, 1.0)


def _breathe(c: Array, t: Array, onset: float, first: float) -> None:
    """Part the lips for a breath that is heard before the first phone, in place."""
    if first - onset <= _BREATH:
        return
    air = plateau(t, max(onset, first - _LONGEST_BREATH) - 0.02, 0.08, first + 0.02, 0.09)
    for channel, size in zip((_JAW, _LOW, _UP), _PARTED, strict=True):
        c[:, channel] = np.maximum(c[:, channel], size * air)


def _contacts(c: Array, t: Array, phones: list[Phone], onset: float, period: float) -> Array:
    """Close the lips on BMP and set teeth to lip on FV in ``c`` (in place); return contact."""
    bite = np.zeros(len(t))
    shut = np.zeros(len(t))
    for i, phone in enumerate(phones):
        if phone.kind == "FV":
            np.maximum(bite, _hold(t, phone, 0.5, 0.030, period), out=bite)
        elif phone.kind == "BMP":
            w = _hold(t, phone, 0.6, MIN_CLOSURE, period)
            if i == 1:  # a line that starts closed presses the lips as the sound starts
                since = max(onset, phone.start) - period / 2
                w = np.maximum(w, ((t >= since) & (t < phone.end - 0.02)) * 1.0)
            np.maximum(shut, w, out=shut)
    bite *= 1.0 - shut
    for channel, value in ((_JAW, 0.0), (_LOW, 0.0), (_UP, 0.42), (_ROLL, 0.62)):
        c[:, channel] += bite * (value - c[:, channel])
    c[:, _PUCKER] *= 1.0 - 0.6 * bite
    c[:, _FUNNEL] *= 1.0 - 0.8 * bite
    c[:, _JAW] += shut * (np.minimum(c[:, _JAW], CLOSED_JAW) - c[:, _JAW])
    for channel, keep in (
        (_LOW, 0.0), (_UP, 0.0), (_PUCKER, 0.5), (_FUNNEL, 0.0), (_STRETCH, 0.15),
        (_SMILE, 0.3), (_ROLL, 0.0), (_TONGUE, 0.0),
    ):  # fmt: skip
        c[:, channel] *= 1.0 - shut * (1.0 - keep)
    return np.stack([shut, bite])


def _paint(c: Array, shut: Array) -> Array:
    """Spread the 9 channels and the closure over the 52 shapes."""
    weights = np.zeros((len(c), SHAPE_COUNT))
    for i, (name, articulator) in enumerate(CHANNELS):
        pair = articulator in (APERTURE, SPREAD)
        for full in (f"{name}Left", f"{name}Right") if pair else (name,):
            weights[:, ARKIT_INDEX[full]] = c[:, i]
    weights[:, ARKIT_INDEX["mouthClose"]] = shut * c[:, _JAW]
    for name, value in (
        ("mouthPressLeft", 0.25), ("mouthPressRight", 0.25),
        ("mouthRollUpper", 0.12), ("mouthRollLower", 0.15),
    ):  # fmt: skip
        index = ARKIT_INDEX[name]
        weights[:, index] = np.maximum(weights[:, index], shut * value)
    return weights


def articulate(
    speech: Speech,
    frames: int,
    start: int,
    fps: float,
    gain: float = 1.0,
    strength: float = 1.0,
    rng: np.random.Generator | None = None,
    spills: bool = False,
) -> Mouth:
    """Return the mouth of a segment of ``frames`` frames whose audio begins at ``start``.

    Parameters
    ----------
    speech
        The spoken line.
    frames, start
        Length of the segment and first frame of the audio, frames; below 0 for audio that
        began before the segment.
    fps
        Frames per second.
    gain
        Factor on the jaw (arousal, manner of the character).
    strength
        Factor on all articulation; contact is kept. 0: the mouth does not speak.
    rng
        When given, vowels and consonants vary by a few per cent, as between two readings.
    spills
        The line goes on after the segment: the mouth does not close with it.

    Notes
    -----
    Curves are sampled at five points around each frame centre and averaged (about 10 ms
    of smoothing); lip contact is set after that, so smoothing can never open it.
    """
    silent = np.zeros(frames)
    phones = _spoken(speech)
    if not phones or frames == 0 or strength <= 0.0:
        return Mouth(np.zeros((frames, SHAPE_COUNT)), silent, silent.copy(), -1, -1)
    period = 1.0 / fps
    onset = audio_onset(speech)
    end = phones[-1].end
    t = frame_times(frames, fps) - start * period
    chain = _with_rests(phones, onset, end)
    voiced = sum(p.kind in VOWELS for p in phones)
    brisk = 0.8 if voiced / max(end - onset, 0.2) > 7.0 else 1.0
    targets, powers = _tables(chain, speech.language, brisk)
    if rng is not None:
        targets *= rng.normal(1.0, _VARIETY, (len(targets), 1)).clip(0.7, 1.3)
        powers *= rng.normal(1.0, _VARIETY, powers.shape).clip(0.7, 1.3)
    fine = t[:, None] + np.array([-0.4, -0.2, 0.0, 0.2, 0.4]) * period
    c = _blend(fine.reshape(-1), chain, targets, powers)
    kernel = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    c = np.einsum("k,fkc->fc", kernel, c.reshape(frames, 5, -1))
    c *= strength
    c[:, _JAW] *= gain * (0.75 + 0.5 * _level(t, speech))
    _breathe(c, t, onset, chain[1].start)

    first = start + int(np.floor(onset * fps + 1e-6))
    last = start + int(np.ceil(end * fps - 1e-6))
    if not spills:
        last = min(last, frames - 1)
    index = np.arange(frames)
    # Nothing moves before the frame that shows the sound; all is shut soon after the end.
    gate = np.where(index < first, 0.0, 1.0)
    shut_at = last + CLOSE_FRAMES if spills else min(last + CLOSE_FRAMES, frames)
    gate *= np.clip((shut_at - index) / CLOSE_FRAMES, 0.0, 1.0)
    shut, bite = _contacts(c, t, chain, onset, period)
    c *= gate[:, None]
    shut *= gate > 0.0
    weights = np.clip(_paint(c, shut), 0.0, 1.0)
    last = max(min(last, frames - 1), -1)
    return Mouth(weights, gate, np.maximum(shut, bite * gate), max(first, 0), last)


__all__ = ["CLOSED_JAW", "CLOSE_FRAMES", "MIN_CLOSURE", "Mouth", "articulate", "audio_onset"]
