"""The face beyond speech: emotion, brows on accents and blinks."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.speech import Emotion
from cyberdirector.perform._expressions import (
    CORNER_SHAPES,
    EXPRESSIONS,
    MOUTH_SHAPES,
    PULLING_SHAPES,
    YIELDING,
)
from cyberdirector.perform._motion import Array, bump, ramp
from cyberdirector.perform.lips import Mouth

RESIDUE = 0.45
"""Share of an emotion that stays on the face across a segment boundary."""

_BROW_EASE = 0.24
"""Share of an emotion's brows that a talker lets go of between accents."""

_BLINK_CLOSE, _BLINK_OPEN = 0.080, 0.160
"""Seconds in which the lid falls and rises."""

_AT_PAUSES = 0.7
"""Share of the blinks near a pause that fall on it."""

BLINKING = MappingProxyType(
    {
        "sad": (14.0, 1.5), "fear": (12.0, 0.75), "anger": (13.0, 0.85), "shy": (26.0, 0.9),
        "tender": (15.0, 1.5), "surprise": (12.0, 0.8), "joy": (20.0, 0.95),
        "cold": (11.0, 1.3), "calm": (16.0, 1.25), "disgust": (20.0, 1.1),
        "contempt": (14.0, 1.5),
    }
)  # fmt: skip
"""Blinks a minute while talking in a feeling, where it is not 18, and how slow lids are."""


def envelope(
    t: Array, duration: float, first: float, last: float, before: float, after: float
) -> Array:
    """Return how strongly an emotion shows over a segment, (frames,) 0..1.

    Parameters
    ----------
    t
        Frame centres in seconds, local to the segment.
    duration
        Length of the segment in seconds.
    first, last
        Start and end of the emotional phrase in seconds.
    before, after
        Strength carried in from and out to the neighbours, the same for both sides of
        each boundary.
    """
    start = max(first - 0.32, 0.0)
    rise = ramp(t, start, first + 0.22)
    release = max(last - 0.1, first + 0.3)
    fall = ramp(t, min(release, duration - 0.3), duration)
    return np.asarray(before * (1 - rise) + rise * (1 - fall) + after * fall)


def living(t: Array, accents: list[tuple[float, float]], rng: np.random.Generator) -> Array:
    """Return how an emotion breathes over a line, (frames,) about 0.8..1.

    It swells with each accent (up in 0.22 s, down in 0.5 s, by its prominence) and drifts a
    little between them: a face that is held looks like a mask.
    """
    swell = np.zeros(len(t))
    for time, prominence in accents:
        size = 0.16 * (0.5 + 0.5 * prominence)
        swell = np.maximum(swell, size * bump(t, time - 0.22, time + 0.02, time + 0.52))
    drift = sum(
        rng.uniform(0.012, 0.022) * np.sin(2 * np.pi * (rate * t + rng.uniform()))
        for rate in (0.31, 0.53, 0.83)
    )
    # At the ends it is the same for the neighbours: nothing may jump there.
    last = float(t[-1]) if len(t) else 0.0
    ends = ramp(t, 0.0, 0.3) * (1.0 - ramp(t, last - 0.3, last))
    return np.asarray(0.82 + (swell + drift) * ends)


def course(
    t: Array,
    first: float,
    last: float,
    keys: tuple[tuple[float, Emotion], ...],
    plain: Emotion,
) -> list[tuple[Emotion, Array]]:
    """Return emotions with their shares (frames,) as the feeling changes along a line.

    Parameters
    ----------
    first, last
        Start and end of the line in seconds.
    keys
        (share of the line 0..1, emotion), in order; empty: ``plain`` all through.

    Notes
    -----
    Between two keys one feeling hands over to the next with the slope of a smooth step.
    """
    if not keys:
        return [(plain, np.ones(len(t)))]
    times = [first + min(max(at, 0.0), 1.0) * (last - first) for at, _ in keys]
    out = []
    for i, (_, emotion) in enumerate(keys):
        share = np.ones(len(t))
        if i:
            share = share * ramp(t, times[i - 1], times[i])
        if i + 1 < len(keys):
            share = share * (1.0 - ramp(t, times[i], times[i + 1]))
        out.append((emotion, share))
    return out


def blend_emotions(parts: list[tuple[Emotion, Array]], mouth: Mouth, gain: float) -> Array:
    """Return the emotional face, (frames, 52), with the mouth yielding to speech.

    ``parts`` are emotions with their envelopes. The mouth part of the expression shows by
    a third while talking (:data:`YIELDING`) and not at all where lips touch; its corners keep
    about two thirds.
    """
    out = np.zeros((len(mouth.talking), SHAPE_COUNT))
    inner = MOUTH_SHAPES & ~CORNER_SHAPES
    for emotion, strength in parts:
        face = (strength * emotion.intensity * gain)[:, None] * EXPRESSIONS[emotion.name]
        yielding = 1.0 - YIELDING.get(emotion.name, 2.0 / 3.0) * mouth.talking
        face[:, inner] *= (yielding * (1.0 - mouth.contact))[:, None]
        out += face
    # Lips meet in a smile as well: its corners only ease, or they would flicker.
    corners = (1.0 - 0.38 * mouth.talking) * (1.0 - 0.3 * mouth.contact)
    out[:, CORNER_SHAPES] *= corners[:, None]
    if mouth.onset >= 0:
        # Shapes that read as speech may not move before the sound does.
        out[: mouth.onset, PULLING_SHAPES] = 0.0
    return out


def brow_accents(
    t: Array, accents: list[tuple[float, float]], gain: float, rng: np.random.Generator
) -> Array:
    """Return how far inner, left and right brows move on the stronger accents, (frames, 3).

    ``accents`` are (seconds local to the segment, prominence 0..1). There in 140 ms, back in
    300 ms; the strongest third moves in full, the next third by half.
    """
    out = np.zeros((len(t), 3))
    if not accents:
        return out
    half, full = np.quantile([p for _, p in accents], [0.33, 0.65])
    for time, prominence in accents:
        size = gain * rng.uniform(0.2, 0.45) * (0.6 + 0.4 * prominence)
        side = rng.uniform(-0.15, 0.15)
        if prominence >= half:
            size *= 1.0 if prominence >= full else 0.5
            hill = size * bump(t, time - 0.14, time, time + 0.30)
            shape = hill[:, None] * np.array([1.0, 0.7 + side, 0.7 - side])
            out = np.maximum(out, shape)
    return out


def move_brows(feeling: Array, accents: Array, talking: Array) -> None:
    """Let the brows and widened lids of an emotional face speak along, in place.

    Parameters
    ----------
    feeling
        (frames, 52) face of the emotion.
    accents
        (frames, 3) from :func:`brow_accents`.
    talking
        (frames,) 0..1, without jumps.

    Notes
    -----
    Between accents a talker's brows let go of some of the emotion, so that there is way to
    go when one comes: raised brows rise, knit brows knit further.
    """
    up = [ARKIT_INDEX[n] for n in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")]
    down = [ARKIT_INDEX[n] for n in ("browDownLeft", "browDownRight")]
    raised, knit = feeling[:, up].mean(axis=1), feeling[:, down].mean(axis=1)
    frown = knit / np.maximum(raised + knit, 0.05)
    stress = np.clip(accents.max(axis=1, initial=0.0) / 0.4, 0.0, 1.0)
    keep = 1.0 - _BROW_EASE * talking * (1.0 - stress)
    eased = [*up, *down, ARKIT_INDEX["eyeWideLeft"], ARKIT_INDEX["eyeWideRight"]]
    feeling[:, eased] = np.clip(feeling[:, eased], 0.0, 1.0) * keep[:, None]
    rise = accents * (1.0 - frown)[:, None]
    feeling[:, up] += rise * (1.0 - 0.6 * feeling[:, up])
    drop = accents[:, 1:] * frown[:, None]
    feeling[:, down] += drop * (1.0 - 0.6 * feeling[:, down])


def blink_times(
    duration: float,
    per_minute: float,
    pauses: list[float],
    accents: list[float],
    rng: np.random.Generator,
) -> list[float]:
    """Return blink centres in seconds, local to the segment.

    A rate of 0 gives none. Gaps are log-normal around ``60 / per_minute`` seconds (Doughty
    2001 gives the rates); seven in ten snap to a pause within 0.4 s, and all keep 0.15 s away
    from accents and boundaries.
    """
    if per_minute <= 0.0:
        return []
    mean = 60.0 / max(per_minute, 1.0)
    sigma = 0.55
    out: list[float] = []
    time = mean * rng.uniform(0.05, 1.0)
    while time < duration - 0.22:
        spot = min(pauses, key=lambda p: abs(p - time), default=time)
        when = spot if abs(spot - time) < 0.4 and rng.random() < _AT_PAUSES else time
        clash = any(abs(when - a) < 0.15 for a in accents)
        when += 0.2 if clash else 0.0
        if 0.15 < when < duration - 0.22 and (not out or when - out[-1] > 0.45):
            out.append(when)
        time += mean * float(np.exp(rng.normal(-sigma * sigma / 2, sigma)))
    return out


def blink_curve(t: Array, times: list[float], fps: float, slow: float = 1.0) -> Array:
    """Return lid closure (frames,) 0..1; each blink is fully shut for a frame or two.

    ``slow`` is a factor on the time in which lids fall and rise.
    """
    out = np.zeros(len(t))
    if len(t) == 0:
        return out
    for time in times:
        centre = t[int(np.argmin(np.abs(t - time)))]
        hold = 0.4 / fps
        close, open_ = slow * _BLINK_CLOSE, slow * _BLINK_OPEN
        fall = np.clip((t - (centre - hold - close)) / close, 0.0, 1.0)
        rise = np.clip(1.0 - (t - centre - hold) / open_, 0.0, 1.0)
        out = np.maximum(out, np.minimum(fall, rise**1.5))
    return out


def compose(mouth: Mouth, feeling: Array, blink: Array, skew: float) -> NDArray[np.float32]:
    """Return the whole face (frames, 52) float32, 0..1.

    ``skew`` (about ±0.08) makes the left side a little stronger or weaker than the right.
    Lids never add up beyond shut, and lip contact of the mouth is kept as it is.
    """
    sides = np.ones(SHAPE_COUNT)
    for name, index in ARKIT_INDEX.items():
        if name.endswith("Left"):
            sides[index] += skew
        elif name.endswith("Right"):
            sides[index] -= skew
    out = feeling * sides
    for side in ("Left", "Right"):
        lid, wide, squint = (
            ARKIT_INDEX[f"eye{part}{side}"] for part in ("Blink", "Wide", "Squint")
        )
        out[:, lid] += (1.0 - out[:, lid]) * blink
        out[:, wide] *= 1.0 - blink
        out[:, squint] *= 1.0 - blink
    close = ARKIT_INDEX["mouthClose"]
    out += mouth.weights
    jaw = ARKIT_INDEX["jawOpen"]
    # mouthClose is defined against jawOpen: equal weights bring the lips together.
    shut = np.minimum(mouth.contact, 1.0) * (mouth.weights[:, close] > 0.0)
    out[:, close] = np.where(shut >= 1.0, out[:, jaw], out[:, close])
    return np.asarray(np.clip(out, 0.0, 1.0), dtype=np.float32)
