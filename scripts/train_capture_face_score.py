"""Drawn heads as they are read, and how well they are (see train_capture_face.py)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from train_capture_face_data import unpack

from cyberdirector.capture import face as faces
from cyberdirector.capture import face_pixels
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES, SHAPE_COUNT

Floats = NDArray[np.float64]

REPORTED = 1000
"""First of the heads that are only reported on."""


@dataclass(frozen=True)
class Head:
    """Observations of one head with the truth; ``patches`` (n, 3, s, s, 3) or None."""

    face: Floats
    scores: Floats
    matrix: Floats
    truth: Floats
    gaze: Floats
    neutral: NDArray[np.bool_]
    patches: NDArray[np.uint8] | None

    @classmethod
    def load(cls, path: Path) -> Head:
        """Return a head as ``train_capture_face_data.py`` wrote it."""
        with np.load(path, allow_pickle=False) as data:
            values = [data[n].astype(np.float64) for n in ("face", "scores", "matrix",
                                                           "truth", "gaze")]  # fmt: skip
            shown = None
            if "pictures" in data:
                packed, ends = data["pictures"], data["ends"]
                found = [
                    face_pixels.patches(unpack(packed[a:b].tobytes()), points)
                    for a, b, points in zip([0, *ends[:-1]], ends, values[0], strict=True)
                ]
                shown = np.array(found)
            return cls(*values, data["neutral"] > 0, shown)

    @property
    def rest(self) -> NDArray[np.int64]:
        """Frames that a take would take for rest."""
        return faces.rest_frames(self.scores)


def seed_of(path: Path) -> int:
    """Return the number of a head's file."""
    return int(path.stem.removeprefix("head-"))


@dataclass(frozen=True)
class Score:
    """How well unseen heads are read.

    ``likeness`` and ``raw`` (52,) are correlations with the truth, of what is read and of
    MediaPipe's own scores; ``miss`` and ``missed`` mean errors of weights, of all and of those
    shown; ``rest`` (52,) mean weights at rest; ``gaze`` (2,) degrees, eyes open.
    """

    likeness: Floats
    raw: Floats
    miss: float
    missed: float
    rest: Floats
    gaze: Floats


def score(model: faces.FaceModel, heads: list[Head]) -> Score:
    """Return how well heads are read, through the same steps as a take."""
    found, rest, gaze = [], [], []
    for head in heads:
        rows = None
        if head.patches is not None:
            rows = np.stack([model.row(p) for p in head.patches]).astype(np.float64)
        take = faces.solve_face(head.face, head.scores, head.matrix, rows, model)
        found.append(take.weights)
        rest.append(take.weights[head.neutral])
        shut = head.truth[:, ARKIT_INDEX["eyeBlinkLeft"]] > 0.3
        gaze.append(np.degrees(np.abs(take.gaze - head.gaze))[~shut])
    said, true = np.concatenate(found), np.concatenate([h.truth for h in heads])
    raw = np.concatenate([h.scores for h in heads])

    def likeness(values: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(
                [np.corrcoef(values[:, i], true[:, i])[0, 1] for i in range(SHAPE_COUNT)]
            )

    off = np.abs(said - true)
    return Score(
        likeness(said), likeness(raw), float(off.mean()), float(off[true > 0.1].mean()),
        np.concatenate(rest).mean(axis=0), np.concatenate(gaze).mean(axis=0),
    )  # fmt: skip


def report(model: faces.FaceModel, heads: list[Head]) -> None:
    """Print how well unseen heads are read."""
    found = score(model, heads)
    own, raw = found.likeness, found.raw
    worst = [f"{ARKIT_NAMES[i]} {own[i]:.2f}" for i in np.argsort(own)[:14]]
    sys.stdout.write(
        f"{len(heads)} unseen heads\n"
        f"mean correlation {own.mean():.3f} (MediaPipe {raw.mean():.3f}), "
        f"below 0.3: {int((own < 0.3).sum())} (MediaPipe {int((raw < 0.3).sum())})\n"
        f"mean error {found.miss:.3f}, where shown {found.missed:.3f}\n"
        f"rest: mean {found.rest.mean():.4f}, worst channel {found.rest.max():.3f}\n"
        f"gaze off by {found.gaze.round(1).tolist()} degrees\n"
        f"worst: {', '.join(worst)}\n"
    )
