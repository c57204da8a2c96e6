"""Longest cubic segments through dense samples: where keys are needed, for many tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_continuous,
    quat_exp,
    quat_log,
    quat_multiply,
)
from cyberdirector.motion.curves import Array, Tangent, Track

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

LONGEST = 120
"""Most frames between two keys that are tried."""


@dataclass(frozen=True)
class Samples:
    """Tracks with a value on each frame, and how fast they run there.

    Attributes
    ----------
    values
        (n, tracks, width) float64; continuous unit quaternions when ``rotation``.
    arrive, leave
        (n, tracks, d) float64: velocity per frame before and after each frame. d = width;
        3 for rotations: a rotation vector in the frame of the pose.
    rotation
        Whether the values are rotations.
    """

    values: Array
    arrive: Array
    leave: Array
    rotation: bool

    def error(self, found: Array, frames: Ints, tracks: Ints) -> Array:
        """Return how far (m,) values are from those of these frames: radians or units."""
        true = self.values[frames, tracks]
        if self.rotation:
            gap = quat_log(quat_multiply(quat_conjugate(found), true))
        else:
            gap = found - true
        return np.asarray(np.sqrt(np.sum(gap * gap, axis=-1)))


def sample_rotations(rotations: NDArray[np.floating], breaks: Bools) -> Samples:
    """Return samples of rotations (n, tracks, 4).

    Parameters
    ----------
    breaks
        (n, tracks) bool: frames at which the velocity may jump, as at a foot's impact.
    """
    q = quat_continuous(rotations)
    step = np.zeros((len(q) + 1, q.shape[1], 3))
    if len(q) > 1:
        step[1:-1] = quat_log(quat_multiply(quat_conjugate(q[:-1]), q[1:]))
    return Samples(q, *_velocities(step, breaks), True)


def sample_values(values: NDArray[np.floating], breaks: Bools) -> Samples:
    """Return samples of numbers (n, tracks, width); see :func:`sample_rotations`."""
    v = np.asarray(values, np.float64)
    step = np.zeros((len(v) + 1, *v.shape[1:]))
    step[1:-1] = np.diff(v, axis=0)
    return Samples(v, *_velocities(step, breaks), False)


def _velocities(step: Array, breaks: Bools) -> tuple[Array, Array]:
    """Return arriving and leaving velocities (n, ...) of steps (n + 1, ...) between frames."""
    before, after = step[:-1], step[1:]
    smooth = 0.5 * (before + after)
    ends = breaks.copy()
    ends[0] = ends[-1] = True
    cut = ends[..., None]
    arrive, leave = np.where(cut, before, smooth), np.where(cut, after, smooth)
    arrive[0], leave[-1] = leave[0], arrive[-1]
    return arrive, leave


def segment_values(samples: Samples, a: Ints, b: Ints, track: Ints, s: Array) -> Array:
    """Return cubic segments from frames ``a`` to ``b`` of tracks at shares ``s``, (m, width).

    The same curve as between two Bézier keys with handles of a third of the span.
    """
    span = (b - a)[:, None] / 3.0
    first_leg = samples.leave[a, track] * span
    last_leg = samples.arrive[b, track] * span
    start, end = samples.values[a, track], samples.values[b, track]
    s = s[:, None]
    square, cube = s * s, s * s * s
    first, middle = s * (3.0 - 3.0 * s + square), 3.0 * square - 2.0 * cube
    if not samples.rotation:
        way = end - start
        return (
            start + first_leg * first + (way - first_leg - last_leg) * middle + last_leg * cube
        )
    outer = quat_exp(np.stack([-first_leg, -last_leg]))
    whole = quat_multiply(quat_conjugate(start), end)
    inner = quat_log(quat_multiply(quat_multiply(outer[0], whole), outer[1]))
    turns = quat_exp(np.stack([first_leg * first, inner * middle, last_leg * cube]))
    return quat_multiply(quat_multiply(start, turns[0]), quat_multiply(turns[1], turns[2]))


def _worst(samples: Samples, a: Ints, b: Ints, track: Ints) -> Array:
    """Return the largest error (k,) inside each segment."""
    inner = np.maximum(b - a - 1, 0)
    owner = np.repeat(np.arange(len(a)), inner)
    out = np.zeros(len(a))
    if not len(owner):
        return out
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(inner) - inner, inner) + 1
    start, end, which = a[owner], b[owner], track[owner]
    found = segment_values(samples, start, end, which, offset / (end - start))
    np.maximum.at(out, owner, samples.error(found, start + offset, which))
    return out


def find_keys(samples: Samples, tolerance: Array, stops: Bools) -> Bools:
    """Return the frames (n, tracks) that need a key: the longest segments, first to last.

    All tracks advance together, so that one evaluation serves them all; the reach of a
    segment is found by doubling and halving from the length of the one before.

    Parameters
    ----------
    tolerance
        (tracks,) largest error inside a segment, in the samples' unit.
    stops
        (n, tracks) frames that get a key in any case.
    """
    n, count = stops.shape
    keep = stops.copy()
    keep[0] = keep[-1] = True
    if n < 3:
        return keep
    after = _next_stop(keep)
    start = np.zeros(count, np.intp)
    good, guess = start + 1, np.full(count, 8)
    limit = np.minimum(after[start, np.arange(count)], start + LONGEST)
    bad = limit + 1
    trial = np.minimum(start + guess, limit)
    active = np.arange(count)
    while len(active):
        k = active
        fine = _worst(samples, start[k], trial[k], k) <= tolerance[k]
        good[k] = np.where(fine, trial[k], good[k])
        bad[k] = np.where(fine, bad[k], trial[k])
        grown = start[k] + 2 * (trial[k] - start[k])
        half = (good[k] + bad[k]) // 2
        trial[k] = np.where(bad[k] > limit[k], np.minimum(grown, limit[k]), half)
        done = k[(good[k] >= limit[k]) | (bad[k] - good[k] <= 1)]
        keep[good[done], done] = True
        guess[done] = good[done] - start[done]
        start[done] = good[done]
        more = start < n - 1
        fresh = done[more[done]]
        limit[fresh] = np.minimum(after[start[fresh], fresh], start[fresh] + LONGEST)
        bad[fresh], good[fresh] = limit[fresh] + 1, start[fresh] + 1
        trial[fresh] = np.minimum(start[fresh] + np.maximum(guess[fresh], 2), limit[fresh])
        active = active[more[active]]
    return keep


def _next_stop(keep: Bools) -> Ints:
    """Return for each frame and track the first stop after it (the last frame at the end)."""
    n = len(keep)
    marks = np.where(keep, np.arange(n)[:, None], n - 1)
    out = np.full(keep.shape, n - 1, np.intp)
    out[:-1] = np.minimum.accumulate(marks[:0:-1], axis=0)[::-1]
    return out


def key_track(samples: Samples, track: int, keep: Bools) -> Track:
    """Return the keys of one track on the frames ``keep`` (n,), with the samples' slopes.

    A track that never moves gets one key.
    """
    values = samples.values[:, track]
    if bool((values == values[:1]).all()):
        return Track.of([0.0], values[:1], Tangent.LINEAR, samples.rotation)
    at = np.flatnonzero(keep)
    arrive, leave = samples.arrive[at, track], samples.leave[at, track]
    return bezier_track(at, values[at], arrive, leave, samples.rotation)


def bezier_track(at: Ints, values: Array, arrive: Array, leave: Array, rotation: bool) -> Track:
    """Return Bézier keys with handles of a third of the span and these slopes per frame.

    Parameters
    ----------
    at
        (k,) rising frames.
    values
        (k, width) float64; unit quaternions when ``rotation``.
    arrive, leave
        (k, d) slopes before and after each key; rotation vectors when ``rotation``.
    """
    gap = np.diff(at, prepend=at[0], append=at[-1])[:, None] / 3.0
    handles = np.zeros((len(at), 2, 1 + arrive.shape[1]))
    handles[:, 0, :1], handles[:, 1, :1] = -gap[:-1], gap[1:]
    handles[:, 0, 1:], handles[:, 1, 1:] = -arrive * gap[:-1], leave * gap[1:]
    kinds = np.full(len(at), Tangent.BEZIER, np.uint8)
    return Track(at.astype(np.float64), values, kinds, rotation, handles=handles)
