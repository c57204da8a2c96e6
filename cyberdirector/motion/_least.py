"""The cubic curve with given keys that lies nearest to dense samples (least squares)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.motion.curves import Array

_PINNED = 1e4
"""Weight of the sample itself at keys whose value must be kept."""

_SLOPE_PRIOR = 1e-2
"""Weight of the samples' own slope at keys: decides where a span is too short to say."""


def fit_spline(
    data: Array, slopes: Array, at: NDArray[np.intp], pinned: NDArray[np.bool_]
) -> tuple[Array, Array, Array]:
    """Return values and slopes at the keys, and the curve on each frame.

    Parameters
    ----------
    data, slopes
        (n, width) float64: samples on each frame and their change per frame.
    at
        (k,) rising frames of the keys; the first is 0 and the last n - 1.
    pinned
        (k,) bool: keys that keep the value of their sample.

    Returns
    -------
    values, slopes, curve
        (k, width), (k, width), (n, width) float64.
    """
    from scipy.linalg import solveh_banded

    n, count = len(data), 2 * len(at)
    frames = np.arange(n)
    segment = np.minimum(np.searchsorted(at, frames, "right") - 1, len(at) - 2)
    span = (at[segment + 1] - at[segment]).astype(np.float64)
    s = (frames - at[segment]) / span
    square, cube = s * s, s * s * s
    basis = np.stack(
        [
            2.0 * cube - 3.0 * square + 1.0,
            (cube - 2.0 * square + s) * span,
            3.0 * square - 2.0 * cube,
            (cube - square) * span,
        ],
        axis=1,
    )
    index = 2 * segment[:, None] + np.arange(4)
    bands: Array = np.zeros((4, count))
    for i in range(4):
        for j in range(i, 4):
            bands[3 - (j - i)] += np.bincount(index[:, j], basis[:, i] * basis[:, j], count)
    right: Array = np.stack(
        [
            np.bincount(index.reshape(-1), (basis * column[:, None]).reshape(-1), count)
            for column in data.T
        ],
        axis=1,
    )
    weight = np.empty(count)
    weight[0::2], weight[1::2] = np.where(pinned, _PINNED, 1e-3), _SLOPE_PRIOR
    goal = np.empty_like(right)
    goal[0::2], goal[1::2] = data[at], slopes[at]
    bands[3] += weight
    right = right + weight[:, None] * goal
    found = solveh_banded(bands, right, check_finite=False)
    curve = np.einsum("nk,nkc->nc", basis, found[index])
    return found[0::2], found[1::2], curve
