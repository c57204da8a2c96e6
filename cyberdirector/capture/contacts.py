"""When feet bear: from the speed of heel and toe, with hysteresis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.lifter import Lifted

Floats = NDArray[np.float64]

STILL = 0.45
"""Metres a second below which a foot may stand: noise of the landmarks alone moves a standing
foot by 0.1 to 0.3, a foot that swings reaches 2 to 4."""

SURE, DOUBT = 0.51, 0.05
"""Where the lifter's opinion turns from swinging to standing, and how sharply."""

SHORTEST = 0.10
"""Seconds: a shorter contact is noise, a shorter gap between two is none."""


def _mean5(values: Floats, rate: float) -> Floats:
    from scipy.ndimage import uniform_filter1d

    width = max(3, 2 * round(rate / 12.0) + 1)
    return np.asarray(uniform_filter1d(values, width, axis=0, mode="nearest"))


def planted_points(
    flat: Floats, depth: Floats, rate: float, trust: Floats, lifted: Lifted | None
) -> Floats:
    """Return how surely heels and toes stand still, (n, 4), 0..1.

    Parameters
    ----------
    flat
        (n, 4, 2) left heel, left toe, right heel, right toe as seen, at distance one.
    depth
        (n,) distance of the actor, metres: speed is taken across the picture, because along
        the view it is mostly noise.
    rate
        Frames per second.
    trust
        (n, 4) confidence of these landmarks.
    lifted
        Its opinion on each foot; None takes the speed alone.
    """
    if len(flat) < 3:
        return np.ones((len(flat), 4)) * 0.5
    speed = np.linalg.norm(np.gradient(flat, 1.0 / rate, axis=0), axis=-1) * depth[:, None]
    speed = _mean5(speed, rate)
    slow = 1.0 / (1.0 + np.exp((speed - STILL) / 0.1))
    seen = np.clip(trust * 2.0, 0.0, 1.0)
    if lifted is None:
        return np.asarray(slow * seen)
    said = 1.0 / (1.0 + np.exp((SURE - np.repeat(lifted.planted, 2, axis=1)) / DOUBT))
    # Landmarks of feet jump more often than the lifter errs, which sees the whole body move:
    # speed alone takes a contact away only in part, and nothing where feet are not seen.
    both = (0.45 + 0.55 * slow) ** 0.3 * said**0.7
    return np.asarray(seen * both + (1.0 - seen) * said)


def runs_of(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return half-open spans in which ``flags`` (n,) is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def settle(sure: Floats, rate: float) -> NDArray[np.bool_]:
    """Return contacts (n, 2) of probabilities (n, 2): two thresholds, no blinks."""
    out = np.zeros(sure.shape, np.bool_)
    least = max(2, round(SHORTEST * rate))
    for side in range(sure.shape[1]):
        wide = sure[:, side] > 0.35
        for start, end in runs_of(wide):
            if sure[start:end, side].max() > 0.6:
                out[start:end, side] = True
        for start, end in runs_of(~out[:, side]):
            if end - start < least and start > 0 and end < len(out):
                out[start:end, side] = True
        for start, end in runs_of(out[:, side]):
            if end - start < least:
                out[start:end, side] = False
    return out


def in_flight(heights: Floats, planted: Floats, rate: float) -> NDArray[np.bool_]:
    """Return in which frames nobody bears the body, (n,): no foot is down for 0.08 s or more.

    Parameters
    ----------
    heights
        (n, 4) of heels and toes over the floor, metres.
    planted
        (n, 4) of :func:`planted_points`.
    """
    up = (heights.min(axis=1) > _OFF) & (planted.max(axis=1) < 0.35)
    out = np.zeros(len(up), np.bool_)
    for start, end in runs_of(up):
        # Longer than any jump: hanging, carried, or a floor that was taken for too low.
        if _FLIGHT[0] <= (end - start) / rate <= _FLIGHT[1]:
            out[start:end] = True
    return out


_OFF = 0.06
"""Metres over the floor from which a foot does not bear: standing feet are off by 3 to 5."""

_FLIGHT = (0.08, 0.9)
"""Seconds that a jump lasts; 0.9 is a height of a metre."""


def foot_contacts(
    feet: Floats, rate: float, planted: Floats, floor: float, still_below: float = 0.35
) -> NDArray[np.bool_]:
    """Return whether the left and right foot bear, (n, 2).

    Parameters
    ----------
    feet
        (n, 4, 3) solved heels and toes, world space, +Y up.
    planted
        (n, 4) of :func:`planted_points`.
    floor
        Height of the floor, metres.
    """
    if len(feet) < 3:
        return np.ones((len(feet), 2), np.bool_)
    speed = _mean5(np.linalg.norm(np.gradient(feet, 1.0 / rate, axis=0), axis=-1), rate)
    still = 1.0 / (1.0 + np.exp((speed - still_below) / 0.04))
    low = 1.0 / (1.0 + np.exp((feet[..., 1] - floor - 0.07) / 0.015))
    sure = np.sqrt(still * np.maximum(planted, 0.3 * still)) * low
    return settle(np.maximum(sure[:, 0::2], sure[:, 1::2]), rate)
