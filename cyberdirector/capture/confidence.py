"""How far landmarks and solved parts can be believed.

The detector's own visibility is a weak witness (it stays at 0.96 while the legs jump by 300
pixels): agreement of two models, jumps, bone lengths and the solve itself are asked as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import BLAZEPOSE, LANDMARK

Floats = NDArray[np.float64]

PARTS = ("trunk", "head", "leftArm", "rightArm", "leftLeg", "rightLeg")
"""Columns of the confidence of a take."""

FLAGGED = 0.5
"""Confidence below which a part is marked as guessed."""

_ALIKE = 0.45
"""How far a landmark that is not visible is believed where both models see it in one place: it
helps the solve and is still flagged."""

_OF_PART: tuple[tuple[str, ...], ...] = (
    ("leftShoulder", "rightShoulder", "leftHip", "rightHip"),
    ("nose", "leftEar", "rightEar"),
    ("leftElbow", "leftWrist"),
    ("rightElbow", "rightWrist"),
    ("leftKnee", "leftAnkle", "leftToe"),
    ("rightKnee", "rightAnkle", "rightToe"),
)
PART_POINTS = [[LANDMARK[n] for n in names] for names in _OF_PART]


def _ramp(values: Floats, good: float, bad: float) -> Floats:
    return np.clip((bad - values) / (bad - good), 0.0, 1.0)


def person_height(pixels: Floats) -> Floats:
    """Return the apparent size of the person in each frame, (n,), pixels, steady over time.

    Twice the trunk or the extent of all points, whichever is larger, as a running median.
    """
    from scipy.ndimage import median_filter

    trunk = np.linalg.norm(
        pixels[:, [11, 12]].mean(axis=1) - pixels[:, [23, 24]].mean(axis=1), axis=-1
    )
    span = np.linalg.norm(pixels[:, BLAZEPOSE].max(1) - pixels[:, BLAZEPOSE].min(1), axis=-1)
    size = np.maximum(3.0 * trunk, span)
    return np.maximum(np.asarray(median_filter(size, 31, mode="nearest")), 1.0)


def landmark_trust(
    pixels: Floats, visibility: Floats, check: Floats, size: tuple[int, int], rate: float
) -> Floats:
    """Return how far each landmark is believed, (n, 19), 0..1.

    Parameters
    ----------
    pixels
        (n, 33, 2), gaps filled.
    visibility
        (n, 33), 0 where nothing was seen.
    check
        (n, 33, 2) the second model's points, NaN where it saw nothing.
    size
        Width and height of the picture.
    rate
        Frames per second.
    """
    points, tall = pixels[:, BLAZEPOSE], person_height(pixels)[:, None]
    trust = np.clip((visibility[:, BLAZEPOSE] - 0.1) / 0.5, 0.0, 1.0)
    other = check[:, BLAZEPOSE]
    apart = np.linalg.norm(points - other, axis=-1) / tall
    agree = np.where(np.isfinite(apart), _ramp(apart, 0.05, 0.15), 0.8)
    # Where two models put a limb that is hidden in one place, it mostly is there.
    alike = _ALIKE * np.where(np.isfinite(apart), _ramp(apart, 0.03, 0.08), 0.0)
    trust = np.maximum(trust, np.where(visibility[:, BLAZEPOSE] > 0.0, alike, 0.0))
    out = np.maximum(np.maximum(-points, points - np.array(size)).max(axis=-1) / tall, 0.0)
    inside = _ramp(out, 0.0, 0.04)
    jump = np.zeros(points.shape[:2])
    if len(points) > 2:
        # A point that leaves the line of its neighbours in time and comes back.
        middle = (points[2:] + points[:-2]) / 2
        jump[1:-1] = np.linalg.norm(points[1:-1] - middle, axis=-1) / tall[1:-1] * (rate / 30.0)
    steady = _ramp(jump, 0.04, 0.12)
    # Detectors push a body that is leaving back into the picture, limbs and all.
    middle = pixels[:, [11, 12, 23, 24]].mean(axis=1)
    margin = np.minimum(middle, np.array(size) - middle)[:, :1] / tall
    staying = _ramp(-margin, -0.12, -0.02)
    # Either of the two models may be the one that fails: disagreement is no verdict.
    return np.asarray(trust * (0.35 + 0.65 * agree) * inside * steady * staying)


def part_confidence(trust: Floats, apart: Floats, miss: Floats, spread: Floats) -> Floats:
    """Return the confidence of each part, (n, 6), 0..1; below :data:`FLAGGED` it is guessed.

    Parameters
    ----------
    trust
        (n, 19) of :func:`landmark_trust`.
    apart
        (n, 6) radians between MediaPipe's and the lifter's direction of the part.
    miss
        (n, 19) metres between the solved and the seen landmark at the actor.
    spread
        (n, 19) metres, expected error of the lifter.
    """
    from scipy.ndimage import uniform_filter1d

    cols = []
    fits = _ramp(miss, 0.05, 0.16)
    sure = _ramp(spread, 0.12, 0.40)
    for i, points in enumerate(PART_POINTS):
        seen = trust[:, points].mean(axis=1)
        agree = _ramp(apart[:, i], np.radians(35.0), np.radians(110.0))
        value = (
            seen
            * (0.35 + 0.65 * agree)
            * fits[:, points].mean(1)
            * (0.3 + 0.7 * sure[:, points].min(1))
        )
        cols.append(value)
    out = np.stack(cols, axis=-1)
    width = 5
    return np.asarray(np.clip(uniform_filter1d(out, width, axis=0, mode="nearest"), 0.0, 1.0))
