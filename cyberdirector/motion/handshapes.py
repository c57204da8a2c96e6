"""Handshapes: finger angles by name."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import Array, quat_from_axis_angle, quat_multiply
from cyberdirector.core.skeleton import BONE_INDEX

HAND_CHANNELS = 20
"""Angles of one hand: three flexions of each finger, thumb first, then five spreads."""

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
FLEX = np.radians([70.0, 85.0, 60.0])
"""Flexion of the three joints of a finger in a fist, radians."""

_THUMB = np.radians([25.0, 45.0, 50.0])
_SPREAD = np.radians([0.0, 14.0, 0.0, -9.0, -20.0])


def _angles(shape: tuple[float, ...]) -> NDArray[np.float64]:
    out = np.zeros(HAND_CHANNELS)
    out[0:3] = shape[0] * _THUMB
    for finger in range(1, 5):
        out[3 * finger : 3 * finger + 3] = shape[finger] * FLEX
    out[15:20] = shape[5] * _SPREAD
    return out


HANDSHAPES = MappingProxyType({name: _angles(shape) for name, shape in _SHAPES.items()})
"""(20,) float64 radians per handshape: 15 flexions and 5 spreads."""

_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_THUMB_JOINTS = ("Metacarpal", "Proximal", "Distal")
_JOINTS = ("Proximal", "Intermediate", "Distal")


def write_fingers(local: Array, side: int, hand: NDArray[np.float64]) -> None:
    """Write the fingers of one side (0 left) into ``local`` (n, 55, 4), in place.

    Parameters
    ----------
    hand
        (n, 20) angles as in :data:`HANDSHAPES`, radians.
    """
    name, sign = ("left", 1.0) if side == 0 else ("right", -1.0)
    for f, finger in enumerate(_FINGERS):
        # The thumb folds across the palm, the fingers towards it.
        axis = (0.35, sign * 0.85, sign * -0.3) if f == 0 else (0.0, 0.0, -sign)
        for j, joint in enumerate(_THUMB_JOINTS if f == 0 else _JOINTS):
            turn = quat_from_axis_angle(axis, hand[:, 3 * f + j])
            if j == 0 and f > 0:
                spread = quat_from_axis_angle([0.0, -sign, 0.0], hand[:, 15 + f])
                turn = quat_multiply(spread, turn)
            local[:, BONE_INDEX[f"{name}{finger}{joint}"]] = turn
