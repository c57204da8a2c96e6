"""Cubic curves through keys, and how to change them to take back most of a weighted error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.motion import _quats
from cyberdirector.motion.curves import Array

_STEADY = 1e-3, 0.05
"""Share of the mean weight that holds values and slopes where the frames say too little."""


_FIRM = 1e6
"""Weight, in mean weights, of keys whose value stays."""


@dataclass(frozen=True)
class Spans:
    """Frames between keys, each with its share of the way.

    Attributes
    ----------
    at
        (k,) rising frames of the keys, at least two; the first is 0 and the last n - 1.
    segment
        (n,) number of the key before each frame.
    basis
        (n, 4) shares of value and slope of the key before and after each frame.
    legs
        (3, n, 1) how much of the first, middle and last leg of a Bézier segment is run.
    """

    at: NDArray[np.intp]
    segment: NDArray[np.intp]
    basis: Array
    legs: Array

    @classmethod
    def of(cls, at: NDArray[np.intp], count: int) -> Spans:
        """Return the spans of keys for ``count`` frames."""
        frames = np.arange(count)
        segment = np.minimum(np.searchsorted(at, frames, "right") - 1, len(at) - 2)
        span = (at[segment + 1] - at[segment]).astype(np.float64)
        s = (frames - at[segment]) / span
        square, cube = s * s, s * s * s
        middle = 3.0 * square - 2.0 * cube
        basis = np.stack(
            [1.0 - middle, (cube - 2.0 * square + s) * span, middle, (cube - square) * span],
            axis=1,
        )
        legs = np.stack([s * (3.0 - 3.0 * s + square), middle, cube])[..., None]
        return cls(at, segment, basis, legs)

    def curve(self, values: Array, slopes: Array, rotation: bool) -> Array:
        """Return the curve (n, width) through values and slopes (per frame) at the keys.

        The same as :func:`cyberdirector.motion._fit.bezier_track` of them on each frame.
        """
        gap = np.diff(self.at)[:, None] / 3.0
        a, b = slopes[:-1] * gap, slopes[1:] * gap
        start, k = values[:-1], self.segment
        first, middle, last = self.legs
        if not rotation:
            way = values[1:] - start
            return start[k] + a[k] * first + (way - a - b)[k] * middle + b[k] * last
        way = _quats.between(start, values[1:])
        back_a, whole, back_b = _quats.exp(np.stack([-a, way, -b]))
        c = _quats.log(_quats.turn(_quats.turn(back_a, whole), back_b))
        legs = _quats.exp(np.stack([a[k] * first, c[k] * middle, b[k] * last]))
        pairs = _quats.turn(np.stack([start[k], legs[1]]), np.stack([legs[0], legs[2]]))
        return _quats.turn(pairs[0], pairs[1])


def fit_correction(
    weight: Array, pull: Array, spans: Spans, firm: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Return the change of values and slopes at the keys that lowers the error most.

    The error of a change ``x`` on a frame is ``x·weight·x - 2 pull·x``; the change between two
    keys is a cubic Hermite curve.

    Parameters
    ----------
    weight
        (n, 3, 3) float64, symmetric, on each frame.
    pull
        (n, 3) float64.
    spans
        Where the keys lie.
    firm
        (k,) bool: keys whose value stays.

    Returns
    -------
    values, slopes
        (k, 3) float64; slopes per frame.
    """
    from scipy.linalg import solveh_banded

    at, basis = spans.at, spans.basis
    count = len(at) - 1
    outer = basis[:, :, None, None, None] * basis[:, None, None, :, None]
    blocks = np.add.reduceat(outer * weight[:, None, :, None, :], at[:-1], axis=0)
    blocks = blocks.reshape(count, 12, 12)
    sides = np.add.reduceat(basis[:, :, None] * pull[:, None], at[:-1], axis=0)
    sides = sides.reshape(count, 12)
    bands, right = np.zeros((12, 6 * count + 6)), np.zeros(6 * count + 6)
    for j in range(12):
        right[j : j + 6 * count : 6] += sides[:, j]
        for i in range(j + 1):
            bands[11 + i - j, j : j + 6 * count : 6] += blocks[:, i, j]
    mean = float(np.trace(weight, axis1=1, axis2=2).mean()) / 3.0
    diagonal = bands[11].reshape(-1, 2, 3)
    diagonal += mean * np.array(_STEADY)[:, None]
    diagonal[firm, 0] += mean * _FIRM
    found = solveh_banded(bands, right, check_finite=False).reshape(-1, 2, 3)
    return found[:, 0], found[:, 1]
