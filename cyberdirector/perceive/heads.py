"""Shape dials of a face by a regressor that was learnt on drawn heads of known shape.

The landmarks of MediaPipe lean towards its own mean face and its depth is a guess; how they
move with each dial is learnt from renders (``scripts/train_perceive_heads.py``) by ridge
regression on landmarks that are brought onto the mean head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.resources import data_dir

Floats = NDArray[np.float64]

FILE = "perceive_heads.npz"

SHOWN, FOLLOWED = 0.25, 0.7
"""Score of an expression from which it is taken off the face, and how much of the rest."""


@dataclass(frozen=True)
class Regressor:
    """Names of the dials, landmarks used, mean features (f,), weights (f, dials), and the
    mean dials (dials,); deviations (dials,) are what is left unexplained.
    """

    names: tuple[str, ...]
    used: NDArray[np.int64]
    mean: Floats
    weights: Floats
    middle: Floats
    left: Floats


@lru_cache(maxsize=1)
def load_regressor() -> Regressor:
    """Return the regressor that ships.

    Raises
    ------
    AdapterUnavailable
        ``perceive-model-missing``.
    """
    path = data_dir("models") / FILE
    if not path.is_file():
        raise AdapterUnavailable(
            "perceive-model-missing",
            f"缺少人脸模型 {FILE}，请重新安装本程序。",
            f"The face model {FILE} is missing; install the program again.",
        )
    with np.load(path) as data:
        return Regressor(
            tuple(str(n) for n in data["names"]), data["used"].astype(np.int64),
            *(data[n].astype(np.float64) for n in ("mean", "weights", "middle", "left")),
        )  # fmt: skip


def align(source: Floats, target: Floats, weight: Floats) -> tuple[float, Floats, Floats]:
    """Return scale, rotation (3, 3) and shift (3,) that bring source onto target.

    Umeyama: "Least-squares estimation of transformation parameters" (1991).
    """
    w = weight / weight.sum()
    a, b = w @ source, w @ target
    cross = ((target - b) * w[:, None]).T @ (source - a)
    u, s, vt = np.linalg.svd(cross)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    turn = u @ flip @ vt
    scale = float((s * np.diag(flip)).sum() / (w @ ((source - a) ** 2).sum(1)))
    return scale, turn, b - scale * turn @ a


def head_features(
    points: Floats,
    scores: Mapping[str, float],
    mean: Floats,
    expressions: Mapping[str, Floats],
    used: NDArray[np.int64],
) -> Floats:
    """Return how landmarks differ from the mean head, (3 · used,) metres.

    Parameters
    ----------
    points
        (478, 3) as MediaPipe gives them, pixels.
    scores
        ARKit shape → 0..1; what is shown is taken off.
    mean
        (478, 3) landmarks of the mean head of that sex and age, metres.
    expressions
        ARKit shape → (478, 3) directions, metres.
    used
        Landmarks that count.
    """
    shown = np.zeros_like(mean)
    for name, way in expressions.items():
        shown += FOLLOWED * max(scores.get(name, 0.0) - SHOWN, 0.0) * way
    seen = points * [1.0, -1.0, -1.0]
    scale, turn, shift = align(seen[used], (mean + shown)[used], np.ones(len(used)))
    moved = scale * seen[used] @ turn.T + shift
    out: Floats = (moved - (mean + shown)[used]).ravel()
    return out


def learn(
    features: Floats,
    dials: Floats,
    names: tuple[str, ...],
    used: NDArray[np.int64],
    ridge: float,
) -> Regressor:
    """Return the ridge regression from features (n, f) to dials (n, d).

    ``ridge`` is the penalty over the mean variance of a head (Hoerl, Kennard 1970, in its
    dual form: heads are fewer than features).
    """
    mean, middle = features.mean(0), dials.mean(0)
    a, b = features - mean, dials - middle
    gram = a @ a.T
    penalty = ridge * np.trace(gram) / len(gram) * np.eye(len(gram))
    inner = np.linalg.solve(gram + penalty, b)
    # Residuals of heads left out (leave-one-out by the hat matrix).
    hat = np.linalg.solve(gram + penalty, gram)
    left = (b - gram @ inner) / np.maximum(1.0 - np.diag(hat), 1e-3)[:, None]
    return Regressor(names, used, mean, a.T @ inner, middle, left.std(0))


def regress(regressor: Regressor, features: Floats) -> Floats:
    """Return the dials (d,) of features (f,)."""
    out: Floats = (features - regressor.mean) @ regressor.weights + regressor.middle
    return out
