"""Motion at other times: speed, moments moved to markers, accents on beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_continuous,
    quat_exp,
    quat_log,
    quat_multiply,
)
from cyberdirector.core.time import Rate
from cyberdirector.motion._peaks import find_peaks
from cyberdirector.motion.curves import Array, Track, evaluate


def sample_clip(clip: Clip, at: NDArray[np.floating] | Sequence[float]) -> Clip:
    """Return a clip whose frame i shows ``clip`` at the fractional frame ``at[i]``.

    Bodies move on cubic curves (no corners when slowed down); shapes and gaze are joined
    linearly, contacts and what happens in steps is taken from the nearest frame. Times outside
    hold the ends; whole frames are taken bit for bit.
    """
    wanted = np.clip(np.asarray(at, np.float64), 0.0, max(clip.frames - 1, 0))
    left = np.floor(wanted).astype(np.intp)
    share = wanted - left
    if not share.any():
        return _take(clip, left)
    right = np.minimum(left + 1, clip.frames - 1)
    near = _take(clip, np.rint(wanted).astype(np.intp))
    part = share.astype(np.float32)[:, None]
    return replace(
        near,
        root=_cubic(clip.root, left, right, share),
        rotations=_cubic_turns(clip.rotations, left, right, share),
        weights=_linear(clip.weights, left, right, part),
        gaze=_linear(clip.gaze, left, right, part),
        signs={
            name: _linear(values[:, None], left, right, part)[:, 0]
            for name, values in clip.signs.items()
        },
    )


def _take(clip: Clip, rows: NDArray[np.intp]) -> Clip:
    return replace(
        clip,
        root=clip.root[rows], rotations=clip.rotations[rows], weights=clip.weights[rows],
        gaze=clip.gaze[rows], contacts=clip.contacts[rows],
        signs={name: values[rows] for name, values in clip.signs.items()},
    )  # fmt: skip


def _linear(
    values: NDArray[np.float32],
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    share: NDArray[np.float32],
) -> NDArray[np.float32]:
    return values[left] + (values[right] - values[left]) * share


def _cubic(
    values: NDArray[np.float32], left: NDArray[np.intp], right: NDArray[np.intp], share: Array
) -> NDArray[np.float32]:
    """Return Catmull-Rom values between frames."""
    v = values.astype(np.float64)
    p0, p1 = v[left], v[right]
    m0 = 0.5 * (p1 - v[np.maximum(left - 1, 0)])
    m1 = 0.5 * (v[np.minimum(right + 1, len(v) - 1)] - p0)
    s = share[:, None]
    out = p0 + s * (
        m0 + s * (3.0 * (p1 - p0) - 2.0 * m0 - m1 + s * (m0 + m1 - 2.0 * (p1 - p0)))
    )
    return out.astype(np.float32)


def _cubic_turns(
    turns: NDArray[np.float32], left: NDArray[np.intp], right: NDArray[np.intp], share: Array
) -> NDArray[np.float32]:
    """Return rotations between frames on cumulative cubics (Kim, Kim & Shin 1995)."""
    q = quat_continuous(turns)
    step = quat_log(quat_multiply(quat_conjugate(q[:-1]), q[1:]))
    step = np.concatenate([step[:1], step, step[-1:]])
    speed = 0.5 * (step[:-1] + step[1:])
    a, b = speed[left] / 3.0, speed[right] / 3.0
    whole = quat_exp(step[left + 1])
    inner = quat_log(quat_multiply(quat_multiply(quat_exp(-a), whole), quat_exp(-b)))
    s = share[:, None, None]
    square, cube = s * s, s**3
    out = quat_multiply(q[left], quat_exp(a * s * (3.0 - 3.0 * s + square)))
    out = quat_multiply(out, quat_exp(inner * (3.0 * square - 2.0 * cube)))
    out = quat_multiply(out, quat_exp(b * cube))
    found = out.astype(np.float32)
    exact = share == 0.0
    found[exact] = turns[left[exact]]
    return found


def retime(clip: Clip, pins: Sequence[tuple[float, float]]) -> Clip:
    """Return a clip in which moments happen at other frames.

    Parameters
    ----------
    pins
        (frame now, frame wanted), at least two, both rising. Between them time runs smoothly
        and never backwards (a monotone cubic); the result starts at the first wanted frame
        and ends after the last.

    Raises
    ------
    ValueError
        When pins do not rise.
    """
    rows = sorted(pins, key=lambda pin: pin[1])
    now = np.array([pin[0] for pin in rows], np.float64)
    wanted = np.array([pin[1] for pin in rows], np.float64)
    if len(rows) < 2 or (np.diff(now) < 0.0).any() or (np.diff(wanted) <= 0.0).any():
        raise ValueError("pins need two frames or more, and time must run forward")
    frames = np.arange(np.ceil(wanted[0]), np.floor(wanted[-1]) + 1.0)
    return sample_clip(clip, time_warp(now, wanted, frames))


def time_warp(now: Array, wanted: Array, frames: Array) -> Array:
    """Return what frames of the source play at ``frames``: through all pins, never back.

    The slope at inner pins is the harmonic mean of both sides, at the ends that of the side.
    """
    if len(now) == 2:
        return np.interp(frames, wanted, now)
    slope = np.diff(now) / np.diff(wanted)
    # A pin beyond either end with the same speed keeps the ends from easing.
    x = np.concatenate([[wanted[0] - 1.0], wanted, [wanted[-1] + 1.0]])
    y = np.concatenate([[now[0] - slope[0]], now, [now[-1] + slope[-1]]])
    return evaluate(Track.of(x, y), frames)[:, 0]


def change_speed(clip: Clip, speed: float) -> Clip:
    """Return a clip that runs ``speed`` times as fast (2 halves its length).

    Raises
    ------
    ValueError
        When the speed is not above 0.
    """
    if not speed > 0.0:
        raise ValueError(f"speed must be above 0, found {speed}")
    frames = max(1, round((clip.frames - 1) / speed) + 1) if clip.frames else 0
    return sample_clip(clip, np.arange(frames) * speed)


def beat_frames(bpm: float, rate: Rate, frames: int, offset: float = 0.0) -> Array:
    """Return the frames (float) of beats from frame ``offset`` up to ``frames``.

    Parameters
    ----------
    bpm
        Beats a minute, above 0.
    """
    if not bpm > 0.0:
        raise ValueError(f"beats a minute must be above 0, found {bpm}")
    return np.arange(offset, frames, 60.0 * rate.fps / bpm)


def accents(clip: Clip, least: float = 0.35) -> NDArray[np.intp]:
    """Return frames at which a movement lands: hips and hands brake and stand a moment.

    Parameters
    ----------
    least
        Shortest time between two accents, seconds.
    """
    if clip.frames < 5:
        return np.zeros(0, np.intp)
    q = quat_continuous(clip.rotations)
    step = quat_log(quat_multiply(quat_conjugate(q[:-1]), q[1:]))
    speed = np.linalg.norm(step, axis=-1).sum(axis=1) * clip.rate.fps
    kernel = np.hanning(7)[1:-1]
    calm = np.convolve(np.pad(speed, 2, mode="edge"), kernel / kernel.sum(), mode="valid")
    brake = -np.gradient(calm)
    apart = max(1, round(least * clip.rate.fps))
    return find_peaks(brake, 0.5 * float(brake.std()), apart) + 1


def to_beats(clip: Clip, moments: Sequence[float], beats: Sequence[float]) -> Clip:
    """Return a clip of the same length whose moments fall on the nearest free beats.

    Parameters
    ----------
    moments, beats
        Frames of the clip; each moment goes to the nearest beat that no nearer one has taken,
        and the order stays.
    """
    last = float(clip.frames - 1)
    pairs = sorted(
        (abs(moment - beat), moment, beat)
        for moment in moments
        for beat in beats
        if 0.0 < beat < last and 0.0 < moment < last
    )
    pins = [(0.0, 0.0), (last, last)]
    for _, moment, beat in pairs:
        fits = all((moment - a) * (beat - b) > 0.0 for a, b in pins)
        if fits:
            pins.append((moment, beat))
    return retime(clip, pins)
