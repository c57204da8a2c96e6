"""Melody of a piece: register, range, question rises, emphasis, small variations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.voice.graph import FRAME_SECONDS

VOICED = 55.0
"""F0 below this (Hz) marks an unvoiced step of the model's contour."""

SILENT = 1.0
"""Energy below this on the model's scale is heard as silence or a stop closure."""

RANGE_LOSS = 0.90
"""Share of an asked change of range that the vocoder's sound shows (0.6 and 1.4 measured on
four voices in three languages); what is asked is divided by it."""

_STEP = FRAME_SECONDS / 2.0
_EMPHASIS = 2.5  # semitones at the peak of an emphasised syllable


def shape_f0(
    f0: NDArray[np.float32],
    energy: NDArray[np.float32],
    mean: float | NDArray[np.float64],
    spread: float | NDArray[np.float64],
) -> NDArray[np.float32]:
    """Scale F0 by ``mean`` and its excursions by ``spread``, affine in log F0.

    Only voiced steps change, so that tone shapes stay as they are and unvoiced sound stays
    unvoiced. Results stay in 75..600 Hz unless the model itself was beyond.

    Parameters
    ----------
    f0, energy
        (n,) float32: Hz and the model's effort, which weighs the centre of the line.
    mean, spread
        One factor, or (n,) factors.
    """
    voiced = f0 > VOICED
    if not voiced.any() or (np.all(mean == 1.0) and np.all(spread == 1.0)):
        return f0
    log = np.log(f0[voiced].astype(np.float64))
    weight = np.maximum(energy[voiced].astype(np.float64), 0.1)
    centre = float(np.sum(log * weight) / np.sum(weight))
    lift = np.broadcast_to(np.log(mean), f0.shape)[voiced]
    widen = np.broadcast_to(spread, f0.shape)[voiced]
    shaped = np.exp(centre + lift + widen * (log - centre))
    low = np.minimum(75.0, f0[voiced])
    high = np.maximum(600.0, f0[voiced])
    result = f0.copy()
    result[voiced] = np.clip(shaped, low, high)
    return result


def sounded_range(asked: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the spread of the contour whose sound has the range that is ``asked``."""
    return 1.0 + (asked - 1.0) / RANGE_LOSS


def raise_end(
    f0: NDArray[np.float32], semitones: float, register: float = 0.0
) -> NDArray[np.float32]:
    """Add a rise that grows over the last 250 ms of voice.

    ``register`` semitones more grow over all of it: a Mandarin question lifts the whole phrase
    towards its end, and its tones ride on it (Yuan 2006).
    """
    voiced = np.flatnonzero(f0 > VOICED)
    if not semitones or not len(voiced):
        return f0
    steps = round(0.25 / _STEP)
    last = voiced[-1] + 1
    place = np.arange(len(f0))
    ramp = np.clip((place - (last - steps)) / steps, 0.0, 1.0)
    slow = np.clip((place - voiced[0]) / max(last - voiced[0], 1), 0.0, 1.0)
    return _lifted(f0, semitones * ramp + register * slow)


def emphasise(
    f0: NDArray[np.float32], spans: list[tuple[int, int, float]]
) -> NDArray[np.float32]:
    """Lift (or, with a negative sign, lower) F0 over syllables as a raised cosine.

    Parameters
    ----------
    spans
        (first, last, sign): half-open steps of a syllable and +1 or −1.
    """
    shift = np.zeros(len(f0))
    for first, last, sign in spans:
        width = max(last - first, 8)
        place = np.arange(first - width // 2, last + width // 2)
        inside = (place >= 0) & (place < len(f0))
        bump = 0.5 - 0.5 * np.cos(2.0 * np.pi * (np.arange(len(place)) + 0.5) / len(place))
        shift[place[inside]] += sign * _EMPHASIS * bump[inside]
    return _lifted(f0, shift) if spans else f0


def vary(f0: NDArray[np.float32], seed: int, depth: float = 0.2) -> NDArray[np.float32]:
    """Add a slow seeded wander (knots every 0.4 s, ``depth`` semitones SD) to voiced steps."""
    rng = np.random.default_rng(seed)
    every = round(0.4 / _STEP)
    knots = rng.normal(0.0, depth, len(f0) // every + 2)
    place = np.arange(len(f0)) / every
    index = place.astype(np.int64)
    blend = 0.5 - 0.5 * np.cos(np.pi * (place - index))
    return _lifted(f0, knots[index] * (1 - blend) + knots[index + 1] * blend)


def _lifted(f0: NDArray[np.float32], semitones: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.where(f0 > VOICED, f0 * 2.0 ** (semitones / 12.0), f0).astype(np.float32)
