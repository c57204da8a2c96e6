"""Handshapes: finger angles by name."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perform.controls import HAND_CHANNELS

# Curl 0..1 of thumb, index, middle, ring, little; then spread of the fingers from the middle
# one (0: parallel, 1: wide).
_SHAPES: dict[str, tuple[float, float, float, float, float, float]] = {
    "relaxed": (0.42, 0.24, 0.31, 0.36, 0.38, 0.25),
    "open": (0.1, 0.06, 0.05, 0.08, 0.10, 0.75),
    "flat": (0.4, 0.03, 0.02, 0.03, 0.05, 0.0),
    "fist": (1.0, 1.0, 1.0, 1.0, 1.0, 0.0),
    "point": (0.75, 0.02, 0.95, 1.0, 1.0, 0.0),
    "two": (0.8, 0.03, 0.03, 1.0, 1.0, 0.5),
    "three": (0.8, 0.03, 0.03, 0.03, 1.0, 0.45),
    "sword_fingers": (0.85, 0.02, 0.02, 1.0, 1.0, 0.0),
    "pinch": (0.55, 0.5, 0.45, 0.35, 0.3, 0.2),
    "cup": (0.35, 0.42, 0.42, 0.45, 0.48, 0.1),
    "grip": (0.7, 0.82, 0.85, 0.85, 0.85, 0.0),
    "claw": (0.3, 0.5, 0.5, 0.5, 0.5, 0.6),
    "thumb_up": (0.0, 1.0, 1.0, 1.0, 1.0, 0.0),
    "soft": (0.32, 0.14, 0.18, 0.24, 0.3, 0.15),
    "four": (1.0, 0.03, 0.02, 0.03, 0.05, 0.5),
    "six": (0.0, 1.0, 1.0, 1.0, 0.05, 0.3),
    "eight": (0.0, 0.03, 1.0, 1.0, 1.0, 0.0),
    "ring": (0.62, 0.56, 0.3, 0.18, 0.12, 0.4),
}
_FLEX = np.radians([70.0, 85.0, 60.0])
_THUMB = np.radians([25.0, 45.0, 50.0])
_SPREAD = np.radians([0.0, 14.0, 0.0, -9.0, -20.0])


def _angles(shape: tuple[float, ...]) -> NDArray[np.float64]:
    out = np.zeros(HAND_CHANNELS)
    out[0:3] = shape[0] * _THUMB
    for finger in range(1, 5):
        out[3 * finger : 3 * finger + 3] = shape[finger] * _FLEX
    out[15:20] = shape[5] * _SPREAD
    return out


HANDSHAPES = MappingProxyType({name: _angles(shape) for name, shape in _SHAPES.items()})
"""(20,) float64 radians per handshape: 15 flexions and 5 spreads."""

SEQUENCE = 0.020
"""Seconds by which each finger follows its neighbour, from the index to the little one."""

LAG = np.concatenate(
    [np.repeat([0.0, 0.0, 1.0, 2.0, 3.0], 3), [0.0, 0.0, 1.0, 2.0, 3.0]]
) * SEQUENCE  # fmt: skip
"""(20,) seconds by which each hand channel follows the index finger."""


def reach_of_hand(hand: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the fingertips are from straight, 0 (straight) .. 1 (fist), (n,).

    Parameters
    ----------
    hand
        (n, 20) finger angles, radians.
    """
    straight = hand[:, 3:12].reshape(-1, 3, 3).sum(axis=-1) / _FLEX.sum()
    # The finger that sticks out farthest decides.
    return np.asarray(np.clip(straight.min(axis=-1), 0.0, 1.0))
