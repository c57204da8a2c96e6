"""Small curves of motion: easing, bumps and noise that is fixed at segment boundaries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def frame_times(frames: int, fps: float) -> Array:
    """Return the centre of each frame in seconds from the segment's start, (frames,)."""
    return np.asarray((np.arange(frames) + 0.5) / fps, dtype=np.float64)


def min_jerk(x: Array | float) -> Array:
    """Return the minimum-jerk course 0..1 of ``x`` clipped to 0..1 (Flash & Hogan 1985)."""
    u = np.clip(x, 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


def ramp(t: Array, start: float, end: float) -> Array:
    """Return a minimum-jerk rise from 0 at ``start`` to 1 at ``end`` (seconds)."""
    return min_jerk((t - start) / max(end - start, 1e-6))


def bump(t: Array, start: float, peak: float, end: float) -> Array:
    """Return a smooth hill: 0 at ``start``, 1 at ``peak``, 0 at ``end`` (seconds)."""
    return np.where(t < peak, ramp(t, start, peak), 1.0 - ramp(t, peak, end))


def plateau(t: Array, start: float, rise: float, end: float, fall: float) -> Array:
    """Return 0 before ``start``, 1 from ``start + rise`` to ``end - fall``, 0 after."""
    return ramp(t, start, start + rise) * (1.0 - ramp(t, end - fall, end))


def pinned_noise(
    t: Array, duration: float, knot: float, rng: np.random.Generator, channels: int = 1
) -> Array:
    """Return smooth noise of about ±1 that is 0 with zero slope at both segment ends.

    Value noise: random knots every ``knot`` seconds (jittered by a quarter), joined by
    smoothsteps, so that neighbouring segments meet whatever their lengths and seeds. Short
    segments get smaller noise, not faster.

    Returns
    -------
    (frames, channels) float64.
    """
    out = np.zeros((len(t), channels))
    if duration < 0.7:
        return out
    inner = max(1, round(duration / knot - 0.3))
    size = min(1.0, duration / (inner + 1) / (0.6 * knot))
    base = np.arange(1, inner + 1) * duration / (inner + 1)
    for channel in range(channels):
        times = base + rng.uniform(-0.25, 0.25, inner) * duration / (inner + 1)
        signs = np.where(rng.random(inner) < 0.5, -1.0, 1.0)
        values = size * signs * rng.uniform(0.35, 1.0, inner)
        knots = np.concatenate([[0.0], times, [duration]])
        heights = np.concatenate([[0.0], values, [0.0]])
        i = np.clip(np.searchsorted(knots, t, side="right") - 1, 0, inner)
        u = (t - knots[i]) / (knots[i + 1] - knots[i])
        u = np.clip(u, 0.0, 1.0)
        out[:, channel] = heights[i] + (heights[i + 1] - heights[i]) * (u * u * (3 - 2 * u))
    return out


def smooth(values: Array, fps: float, seconds: float) -> Array:
    """Return ``values`` (frames, ...) low-passed forth and back (no lag), time constant given.

    A first-order filter run in both directions; the ends keep their values.
    """
    if len(values) < 2:
        return values
    keep = float(np.exp(-1.0 / (fps * max(seconds, 1e-6))))
    out = np.array(values, dtype=np.float64)
    for order in (1, -1):
        view = out[::order]
        for i in range(1, len(view)):
            view[i] = keep * view[i - 1] + (1.0 - keep) * view[i]
    return out
