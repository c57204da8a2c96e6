"""Observations in even time: what a solve works on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.observations import Observations
from cyberdirector.core.time import Rate

Floats = NDArray[np.float64]

FASTEST = 60.0
"""Frames per second above which a take is solved at this rate."""

LONGEST_GAP = 0.2
"""Seconds without a frame after which the take is not continued across the gap."""


@dataclass(frozen=True)
class EvenSeen:
    """Observations in even time, without gaps."""

    rate: Rate
    pixels: Floats
    visibility: Floats
    check: Floats
    world: Floats
    background: Floats
    joined: NDArray[np.bool_]


def resampled(values: Floats, good: NDArray[np.bool_], where: Floats, times: Floats) -> Floats:
    """Return rows at ``times``, from the good rows at ``where``."""
    from scipy.interpolate import interp1d

    known = values[good]
    if len(known) == 1:
        return np.repeat(known, len(times), axis=0)
    line = interp1d(
        where[good], known, axis=0, bounds_error=False, fill_value=(known[0], known[-1])
    )
    return np.asarray(line(times))


def in_even_time(seen: Observations) -> EvenSeen:
    """Return observations at a constant rate; what lies in gaps has no visibility."""
    rate = seen.rate
    if rate.fps > FASTEST:
        rate = Rate(60)
    span = float(seen.times[-1] - seen.times[0])
    count = max(1, round(span * rate.fps) + 1)
    times = seen.times[0] + np.arange(count) / rate.fps
    good = seen.seen & np.isfinite(seen.world).all(axis=(1, 2))
    pose = resampled(seen.pose.astype(float), good, seen.times, times)
    world = resampled(seen.world.astype(float), good, seen.times, times)
    nearest = np.clip(np.searchsorted(seen.times, times), 1, max(len(seen.times) - 1, 1))
    if len(seen.times) > 1:
        left = times - seen.times[nearest - 1] < seen.times[nearest] - times
        before = nearest - 1
        nearest = np.where(left, before, nearest)
    else:
        nearest = before = np.zeros(count, int)
    visible = np.where(good[nearest][:, None], pose[..., 3], 0.0)
    gap = np.zeros(count, np.bool_)
    if len(seen.times) > 1:
        after = np.clip(before + 1, 0, len(seen.times) - 1)
        gap = (seen.times[after] - seen.times[before]) > LONGEST_GAP
    visible[gap] = 0.0
    check = np.where(good[nearest][:, None, None], _filled_check(seen, good, times), np.nan)
    joined = np.ones(max(count - 1, 0), np.bool_)
    for cut in seen.cuts:
        index = int(np.clip(round((seen.times[cut] - seen.times[0]) * rate.fps), 1, count - 1))
        if count > 1:
            joined[index - 1] = False
    background = seen.background.astype(float)[nearest]
    return EvenSeen(rate, pose[..., :2], visible, check, world, background, joined)


def _filled_check(seen: Observations, good: NDArray[np.bool_], times: Floats) -> Floats:
    known = good & np.isfinite(seen.check).all(axis=(1, 2))
    if not known.any():
        return np.full((len(times), 33, 2), np.nan)
    return resampled(seen.check.astype(float), known, seen.times, times)
