"""How the fingers of one hand follow each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.motion.handshapes import FLEX, HANDSHAPES

__all__ = ["HANDSHAPES", "LAG", "SEQUENCE", "reach_of_hand"]

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
    straight = hand[:, 3:12].reshape(-1, 3, 3).sum(axis=-1) / FLEX.sum()
    # The finger that sticks out farthest decides.
    return np.asarray(np.clip(straight.min(axis=-1), 0.0, 1.0))
