"""Depth from the movement of landmarks: a small temporal network, ours (``models/lifter.md``).

The network sees the landmarks in a virtual camera that looks at the body's middle, so that its
answer does not depend on where in the picture the actor stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import LANDMARK, LANDMARKS, MIRROR, SIZE

Floats = NDArray[np.float64]

_TRUNK = [LANDMARK[n] for n in ("leftShoulder", "rightShoulder", "leftHip", "rightHip")]
_HIPS = [LANDMARK["leftHip"], LANDMARK["rightHip"]]

SEEN = 0.05
"""Confidence from which a landmark counts as seen."""

INPUTS = len(LANDMARKS) * 3 + 1
"""x, y (scaled), confidence of each landmark, and the log of the apparent size."""

OUTPUTS = len(LANDMARKS) * 4 + 5
"""x, y, z and log spread of each landmark, the direction up, two feet planted."""


@dataclass(frozen=True)
class Lifted:
    """What the network says of a take.

    Attributes
    ----------
    points
        (n, 19, 3) landmarks relative to the middle of the hips, camera space, in units of
        :func:`body_scale`.
    spread
        (n, 19) expected error of each point, same units.
    up
        (n, 3) unit vector up in camera space.
    planted
        (n, 2) probability that the left and right foot stand still.
    """

    points: Floats
    spread: Floats
    up: Floats
    planted: Floats


def body_scale(sizes: Floats) -> Floats:
    """Return leg + arm + trunk of bodies (..., 24) in metres: the unit of the network."""
    names = ("upperLeg", "lowerLeg", "upperArm", "lowerArm", "loin", "trunk")
    return np.sum(np.asarray(sizes)[..., [SIZE[n] for n in names]], axis=-1)


def view(points: Floats, confidence: Floats) -> tuple[Floats, Floats]:
    """Return what the network sees and the turn into its virtual camera.

    Parameters
    ----------
    points
        (..., 19, 2) landmarks at distance one, x right, y up.
    confidence
        (..., 19) 0..1; below :data:`SEEN` a point is not looked at.

    Returns
    -------
    features
        (..., 58).
    turn
        (..., 3, 3), camera space → virtual camera.
    """
    middle = points[..., _TRUNK, :].mean(axis=-2)
    back = np.concatenate([-middle, np.ones_like(middle[..., :1])], axis=-1)
    back /= np.linalg.norm(back, axis=-1, keepdims=True)
    side = np.cross(np.array([0.0, 1.0, 0.0]), back)
    side /= np.linalg.norm(side, axis=-1, keepdims=True)
    turn = np.stack([side, np.cross(back, side), back], axis=-2)
    rays = np.concatenate([points, -np.ones_like(points[..., :1])], axis=-1)
    seen = np.einsum("...ij,...kj->...ki", turn, rays)
    flat = seen[..., :2] / np.maximum(-seen[..., 2:], 0.1)
    there = (confidence > SEEN)[..., None]
    top = np.where(there, flat, -np.inf).max(axis=-2)
    low = np.where(there, flat, np.inf).min(axis=-2)
    size = np.clip(np.max(top - low, axis=-1), 0.02, 10.0)
    size = np.where(np.isfinite(size), size, 0.3)
    scaled = np.where(there, np.clip(flat / size[..., None, None], -2.0, 2.0), 0.0)
    heard = np.where(there[..., 0], confidence, 0.0)
    parts = [scaled.reshape(*scaled.shape[:-2], -1), heard, np.log(size)[..., None]]
    return np.concatenate(parts, axis=-1), turn


def mirrored(features: Floats) -> Floats:
    """Return features of the mirrored picture."""
    k = len(LANDMARKS)
    flat = features[..., : 2 * k].reshape(*features.shape[:-1], k, 2)[..., MIRROR, :]
    flat = (flat * np.array([-1.0, 1.0])).reshape(*features.shape[:-1], 2 * k)
    heard = features[..., 2 * k : 3 * k][..., MIRROR]
    return np.concatenate([flat, heard, features[..., 3 * k :]], axis=-1)


def _split(out: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    k = len(LANDMARKS)
    points = out[..., : 3 * k].reshape(*out.shape[:-1], k, 3)
    spread = np.exp(np.clip(out[..., 3 * k : 4 * k], -6.0, 1.0))
    up = out[..., 4 * k : 4 * k + 3]
    planted = 1.0 / (1.0 + np.exp(-np.clip(out[..., 4 * k + 3 :], -30.0, 30.0)))
    return points, spread, up, planted


def _path() -> Path:
    from cyberdirector.core.resources import data_dir

    return data_dir("models") / "lifter.onnx"


def lifter_here() -> bool:
    """Tell whether the network is installed."""
    return _path().is_file()


@cache
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(str(_path()), options, providers=providers)


def lift(points: Floats, confidence: Floats) -> Lifted:
    """Return depth of a take, averaged over the picture and its mirror image.

    Parameters
    ----------
    points
        (n, 19, 2) landmarks at distance one in even time, 30 a second, x right, y up.
    confidence
        (n, 19), 0..1.
    """
    features, turn = view(points, confidence)
    both = np.stack([features, mirrored(features)]).astype(np.float32)
    (out,) = _session().run(None, {"views": both})
    here, there = _split(out[0].astype(np.float64)), _split(out[1].astype(np.float64))
    flip = np.array([-1.0, 1.0, 1.0])
    body = (here[0] + there[0][:, MIRROR] * flip) / 2
    spread = (here[1] + there[1][:, MIRROR]) / 2
    up = here[2] + there[2] * flip
    planted = (here[3] + there[3][:, ::-1]) / 2
    body = np.einsum("nji,nkj->nki", turn, body)
    body -= body[:, _HIPS].mean(axis=1, keepdims=True)
    up = np.einsum("nji,nj->ni", turn, up)
    up /= np.maximum(np.linalg.norm(up, axis=-1, keepdims=True), 1e-6)
    return Lifted(body, spread, up, planted)
