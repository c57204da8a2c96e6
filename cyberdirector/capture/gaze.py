"""Where the eyes look, from the irises."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT

Floats = NDArray[np.float64]

LIMIT = np.radians([30.0, 30.0])
"""Yaw and pitch of the eyes at which an eyeLook shape is 1, as in performances."""

_EYES = (
    {"iris": 473, "inner": 362, "outer": 263, "upper": 386, "lower": 374},
    {"iris": 468, "inner": 133, "outer": 33, "upper": 159, "lower": 145},
)
"""Landmarks of the left and right eye in the mesh of 478 points."""

_SHUT = 0.5
"""Blink from which an iris is a guess."""

FEATURES = 6


def eye_features(face: Floats) -> Floats:
    """Return where the irises lie in the lids, (n, 6): x and y, left and right, and openings.

    All in widths of the eye; ``face`` (n, 478, 3) looks straight ahead
    (:func:`cyberdirector.capture.face.straight`).
    """
    out = np.zeros((len(face), FEATURES))
    for i, eye in enumerate(_EYES):
        inner, outer = face[:, eye["inner"], :2], face[:, eye["outer"], :2]
        width = np.maximum(np.linalg.norm(inner - outer, axis=1, keepdims=True), 1e-6)
        away = (face[:, eye["iris"], :2] - (inner + outer) / 2) / width
        out[:, 2 * i : 2 * i + 2] = away
        open_ = face[:, eye["upper"], 1] - face[:, eye["lower"], 1]
        out[:, 4 + i] = open_ / width[:, 0]
    return out


def held_gaze(angles: Floats, blink: Floats) -> Floats:
    """Return yaw and pitch (n, 2) of the eyes, radians, as in ``Clip.gaze``.

    Parameters
    ----------
    angles
        (n, 2) as they were read.
    blink
        (n,) 0..1; while the eyes are shut the gaze before is kept. Nothing is smoothed:
        eyes jump.
    """
    angles = np.clip(angles, -1.3 * LIMIT, 1.3 * LIMIT)
    good = np.nonzero(blink < _SHUT)[0]
    if not len(good):
        return np.zeros_like(angles)
    at = np.clip(np.searchsorted(good, np.arange(len(angles)), "right") - 1, 0, None)
    return np.asarray(angles[good[at]])


def look_weights(gaze: Floats) -> Floats:
    """Return the eyeLook shapes (n, 52) of gazes (n, 2), radians; all other shapes are 0."""
    left, down = (gaze / LIMIT).T
    out = np.zeros((len(gaze), SHAPE_COUNT))
    for name, value in {
        "eyeLookOutLeft": left, "eyeLookInRight": left, "eyeLookInLeft": -left,
        "eyeLookOutRight": -left, "eyeLookDownLeft": down, "eyeLookDownRight": down,
        "eyeLookUpLeft": -down, "eyeLookUpRight": -down,
    }.items():  # fmt: skip
        out[:, ARKIT_INDEX[name]] = np.clip(value, 0.0, 1.0)
    return out
