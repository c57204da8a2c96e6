"""Left and right exchanged by the detector: found over time and put back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BODY = ((11, 12), (13, 14), (15, 16), (17, 18), (19, 20), (21, 22))
_LEGS = ((23, 24), (25, 26), (27, 28), (29, 30), (31, 32))
_FACE = ((1, 4), (2, 5), (3, 6), (7, 8), (9, 10))

STATES: tuple[tuple[tuple[int, int], ...], ...] = (
    (), _LEGS, _BODY + _FACE, _BODY + _LEGS + _FACE,
)  # fmt: skip
"""What may be exchanged: nothing, the legs, the upper body, all."""


def _exchange(values: Floats, state: int) -> Floats:
    out = values.copy()
    for a, b in STATES[state]:
        out[:, [a, b]] = values[:, [b, a]]
    return out


def find_swaps(points: Floats, height: Floats, rate: float) -> NDArray[np.intp]:
    """Return the index into :data:`STATES` of each frame: which sides to exchange.

    Parameters
    ----------
    points
        (n, 33, 2) pixels, gaps filled.
    height
        (n,) apparent size of the person, pixels.
    rate
        Frames per second.

    Notes
    -----
    Viterbi (1967) over the four states. A frame follows the prediction of the two before it in
    its own labels; changing the labels costs as much as a jump of a quarter of the body, and
    exchanged labels cost a little all the time, so that the detector is believed over a take.
    """
    n, k = len(points), len(STATES)
    if n < 3:
        return np.zeros(n, np.intp)
    versions = np.stack([_exchange(points, s) for s in range(k)])
    used = [i for pair in _BODY[:3] + _LEGS[:4] for i in pair]
    versions = versions[:, :, used]
    size = np.maximum(height, 1.0)
    stay = np.array([0.0, 0.004, 0.006, 0.004]) * (30.0 / rate)
    cost = stay.copy()
    back = np.zeros((n, k), np.intp)
    for t in range(1, n):
        jump = np.linalg.norm(versions[:, None, t] - versions[None, :, t - 1], axis=-1)
        # A quarter of the body in one frame is a jump whatever the reason.
        move = np.minimum(jump / size[t], 0.25).mean(axis=-1)
        change = 0.012 * (1.0 - np.eye(k))
        total = cost[None, :] + move + change
        back[t] = np.argmin(total, axis=1)
        cost = total[np.arange(k), back[t]] + stay
    states = np.zeros(n, np.intp)
    states[-1] = int(np.argmin(cost))
    for t in range(n - 1, 0, -1):
        states[t - 1] = back[t, states[t]]
    return states


def exchange(values: Floats, states: NDArray[np.intp]) -> Floats:
    """Return rows (n, 33, ...) with the sides exchanged as ``states`` say."""
    out = values.copy()
    for state in range(1, len(STATES)):
        rows = states == state
        if rows.any():
            out[rows] = _exchange(values[rows], state)
    return out
