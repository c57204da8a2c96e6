"""What MediaPipe's bodies are off by when they are seen from behind: taken off.

Its trunk is drawn to face the camera, and legs seen from behind bend as if seen from the front.
A linear map (``models/capture_body.npz``, trained on our own takes by
``scripts/train_capture_body.py``) tells the error of each joint from the whole pose. Drawn
people err otherwise than filmed ones where the front is seen (there the map makes real film
worse), so it counts as far as the back is turned.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import HUMAN, LANDMARK, MIRROR, SIZE
from cyberdirector.core.resources import data_dir

Floats = NDArray[np.float64]

MODEL = "capture_body.npz"

JOINTS = [
    LANDMARK[f"{side}{name}"]
    for name in ("Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle")
    for side in ("left", "right")
]
"""Landmarks that are corrected."""

_HIPS = [LANDMARK["leftHip"], LANDMARK["rightHip"]]
_SHOULDERS = [LANDMARK["leftShoulder"], LANDMARK["rightShoulder"]]
_FLIP = np.array([-1.0, 1.0, 1.0])

HANGS = {"left": ("leftHeel", "leftToe"), "right": ("rightHeel", "rightToe")}
"""Landmarks that follow the ankle of their side."""


def jointed(points: Floats) -> Floats:
    """Return landmarks (n, 19, 3) with those of the hips moved up to the joints."""
    trunk = points[:, _SHOULDERS].mean(axis=1) - points[:, _HIPS].mean(axis=1)
    length = HUMAN[SIZE["loin"]] + HUMAN[SIZE["trunk"]]
    share = -HUMAN[SIZE["hipUp"]] / (length - HUMAN[SIZE["hipUp"]])
    out = points.copy()
    out[:, _HIPS] += share * trunk[:, None]
    return out


def joints_of(points: Floats) -> Floats:
    """Return the 12 joints (n, 12, 3) of landmarks (n, 19, 3), relative to the hips."""
    own = jointed(points)[:, JOINTS]
    return np.asarray(own - own[:, 6:8].mean(axis=1, keepdims=True))


def mirrored_points(points: Floats) -> Floats:
    """Return landmarks (n, 19, 3) of the mirror image."""
    return np.asarray(points[:, MIRROR] * _FLIP)


def features(points: Floats) -> Floats:
    """Return what the error is told from, (n, 65): the pose, how it is turned, and 1."""
    across = []
    for left, right in (_HIPS, _SHOULDERS):
        v = points[:, left] - points[:, right]
        v = v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)
        across.append(v[:, [0, 2]])
    hips, shoulders = across
    parts = [
        points.reshape(len(points), -1), hips, shoulders, hips[:, :1] * hips[:, 1:],
        shoulders[:, :1] * shoulders[:, 1:], hips[:, :1] ** 2, np.ones((len(points), 1)),
    ]  # fmt: skip
    return np.concatenate(parts, axis=1)


def _back_turned(points: Floats) -> Floats:
    """Return how far the back is turned to the camera, (n,), 0 (from the side on) to 1."""
    across = points[:, _SHOULDERS[0]] - points[:, _SHOULDERS[1]]
    wide = np.maximum(np.linalg.norm(across[:, [0, 2]], axis=-1), 1e-9)
    return np.asarray(np.clip(-across[:, 0] / wide, 0.0, 1.0))


@lru_cache(maxsize=1)
def _weights() -> Floats | None:
    path = data_dir("models") / MODEL
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as data:
        return np.asarray(data["weights"], np.float64)


def unbiased(points: Floats, turn: Floats) -> Floats:
    """Return landmarks (n, 19, 3), hips at the joints, without what they are usually off by.

    Parameters
    ----------
    points
        Camera space, relative to the hips, units of the body's scale
        (:func:`~cyberdirector.capture.solve_prior.scaled_world`).
    turn
        (n, 3, 3) camera space → the virtual camera of the lifter
        (:func:`~cyberdirector.capture.lifter.view`).
    """
    weights = _weights()
    out = jointed(points)
    if weights is None:
        return out
    seen = np.einsum("nij,nkj->nki", turn, points)
    own = (features(seen) @ weights).reshape(len(seen), -1, 3)
    other = (features(mirrored_points(seen)) @ weights).reshape(len(seen), -1, 3)
    twin = np.arange(len(JOINTS)) ^ 1
    change = (own + other[:, twin] * _FLIP) / 2.0 * _back_turned(seen)[:, None, None]
    change = np.einsum("nji,nkj->nki", turn, change)
    out[:, JOINTS] += change
    for side, names in HANGS.items():
        ankle = JOINTS.index(LANDMARK[f"{side}Ankle"])
        out[:, [LANDMARK[n] for n in names]] += change[:, ankle, None]
    return out
