"""Landmarks, scores and pixels of a face → the 52 ARKit weights, against the actor's rest.

The model (``models/capture_face.npz``) is a small network trained on our own renders by
``scripts/train_capture_face.py``; its outputs cannot be negative.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture import face_pixels
from cyberdirector.capture.gaze import LIMIT, eye_features, held_gaze, look_weights
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES, SHAPE_COUNT
from cyberdirector.core.resources import data_dir

Floats = NDArray[np.float64]

MODEL = "capture_face.npz"

RIGID = (
    10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 1, 33, 133, 362, 263, 127, 356, 234, 454, 21, 251,
    54, 284, 103, 332, 67, 297, 109, 338, 162, 389, 93, 323, 122, 351, 193, 417,
)  # fmt: skip
"""Landmarks that hardly move with expressions: forehead, temples, bridge of the nose, eye
corners."""

STRIDE = 2
"""Every second landmark is enough for the shape of a face (all of them repeat each other)."""

_QUIET = np.array([
    ARKIT_INDEX[n]
    for n in ("jawOpen", "mouthFunnel", "mouthPucker", "mouthSmileLeft", "mouthSmileRight",
              "mouthFrownLeft", "mouthFrownRight", "browInnerUp", "browDownLeft",
              "browDownRight", "eyeBlinkLeft", "eyeBlinkRight", "mouthUpperUpLeft",
              "mouthUpperUpRight", "mouthLowerDownLeft", "mouthStretchLeft", "mouthRollLower",
              "mouthPressLeft", "eyeWideLeft", "mouthLeft", "mouthRight")
])  # fmt: skip
"""Scores that together say how far a face is from rest."""

_DEAD = 0.035
"""Weights below this are rest, beside what the model shows of the actor's rest."""


def _twin(name: str) -> str:
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


MIRRORED = [ARKIT_INDEX[_twin(name)] for name in ARKIT_NAMES]
"""For each shape its twin on the other side of the face."""

_LOOKS = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith("eyeLook")]
_QUICK = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(("eyeBlink", "eyeLook"))]


def straight(face: Floats, mean: Floats) -> Floats:
    """Return faces (n, 478, 3) turned to look ahead: x right, y up, z out; size of ``mean``.

    Parameters
    ----------
    face
        (n, 478, 3) pixels, x right, y down, z away, as in ``Observations.face``.
    mean
        (478, 3) the mean face, x right, y up, z out. The turn, scale and place that bring
        :data:`RIGID` onto it are undone (Kabsch; Umeyama, 1991).
    """
    points = np.asarray(face, np.float64) * np.array([1.0, -1.0, -1.0])
    rigid = list(RIGID)
    goal = mean[rigid] - mean[rigid].mean(axis=0)
    own = points[:, rigid]
    middle = own.mean(axis=1, keepdims=True)
    own = own - middle
    u, s, vt = np.linalg.svd(np.einsum("nki,kj->nij", own, goal))
    flip = np.sign(np.linalg.det(u @ vt))
    fix = np.ones_like(s)
    fix[:, 2] = flip
    turn = (u * fix[:, None, :]) @ vt
    scale = (s * fix).sum(axis=1) / np.maximum((own**2).sum(axis=(1, 2)), 1e-12)
    out = np.einsum("nki,nij->nkj", points - middle, turn) * scale[:, None, None]
    return np.asarray(out + mean[rigid].mean(axis=0))


@dataclass(frozen=True)
class FaceNet:
    """One network: ``layers`` two pairs of weights and biases, ReLU between; ``pixels`` what
    it reads eyes and mouth by.
    """

    layers: tuple[tuple[Floats, Floats], ...]
    pixels: face_pixels.PixelModel

    def run(self, rows: Floats, seen: Floats) -> Floats:
        """Return weights and gaze (n, 54) of rows and what pixels say (n, PART), or NaN."""
        own = seen[:, : 2 * face_pixels.EYE + face_pixels.MOUTH]
        known = np.isfinite(own).all(axis=1, keepdims=True)
        rows = np.concatenate([rows, np.where(known, own, 0.0), known], axis=1)
        (first, bias), (second, offset) = self.layers
        out = np.maximum(rows @ first + bias, 0.0) @ second + offset
        out[:, :SHAPE_COUNT] = np.clip(out[:, :SHAPE_COUNT], 0.0, 1.0)
        return np.asarray(out)


@dataclass(frozen=True)
class FaceModel:
    """The trained model.

    ``mean`` (478, 3) mean face; ``basis`` (3k, c) and ``spread`` (c,) of landmark movements;
    ``change`` (52,) the usual size of changes of scores; ``twin`` (478,) the landmark on the
    other side of the face; ``gaze`` (15, 2) from
    :func:`~cyberdirector.capture.face.look_features` and 1 to angles, for faces without
    pixels; ``pitch`` radians that the face matrix of a level head looks down; ``nets`` whose
    answers are averaged; ``tag`` names what they read from pixels, which other models cannot
    use.
    """

    mean: Floats
    basis: Floats
    spread: Floats
    change: Floats
    twin: NDArray[np.int64]
    gaze: Floats
    pitch: float
    nets: tuple[FaceNet, ...]
    tag: str

    @classmethod
    def of(cls, data: Mapping[str, NDArray[np.float32]]) -> FaceModel:
        """Return the model of named arrays, as the file holds them."""
        mean, basis, spread, change, gaze = (
            data[n].astype(np.float64) for n in ("mean", "basis", "spread", "change", "gaze")
        )
        twin = data["twin"].astype(np.int64)
        count = sum(name.endswith("_bias0") for name in data) // 3
        nets = tuple(
            FaceNet(
                tuple(
                    (
                        data[f"net{k}_weight{i}"].astype(np.float64),
                        data[f"net{k}_bias{i}"].astype(np.float64),
                    )
                    for i in range(2)
                ),
                face_pixels.PixelModel.of(data, k),
            )
            for k in range(count)
        )
        parts = [data[n].tobytes() for n in sorted(data) if "_eye_" in n or "_mouth_" in n]
        tag = hashlib.sha256(b"".join(parts)).hexdigest()[:12]
        pitch = float(data["pitch"])
        return cls(mean, basis, spread, change, twin, gaze, pitch, nets, tag)

    def row(self, shown: NDArray[np.uint8] | None) -> NDArray[np.float32]:
        """Return what all networks read from patches, (PART of each,); NaN without patches."""
        return np.concatenate([net.pixels.row(shown) for net in self.nets])

    def inputs(self, moved: Floats, scores: Floats, turn: Floats) -> Floats:
        """Return what the networks are told beside pixels.

        ``moved`` (n, 478, 3) and ``scores`` (n, 52) are differences to rest, ``turn`` (n, 2)
        yaw and pitch of the face.
        """
        flat = moved[:, ::STRIDE].reshape(len(moved), -1)
        return np.concatenate(
            [flat @ self.basis / self.spread, scores / self.change, 3.0 * turn], axis=1
        )

    def read(
        self, moved: Floats, scores: Floats, turn: Floats, seen: Floats
    ) -> tuple[Floats, Floats]:
        """Return ARKit weights (n, 52), 0..1, and gaze (n, 2), radians.

        Both are the mean of all networks, of a face and its mirror image. ``seen`` are rows of
        :meth:`row` against rest, NaN where there are none.
        """
        flipped = moved[:, self.twin] * np.array([-1.0, 1.0, 1.0])
        over = np.array([-1.0, 1.0])
        plain = self.inputs(moved, scores, turn)
        turned = self.inputs(flipped, scores[:, MIRRORED], turn * over)
        weights, gazes = [], []
        parts = np.split(seen, len(self.nets), axis=1)
        for net, part in zip(self.nets, parts, strict=True):
            own, other = net.run(plain, part), net.run(turned, face_pixels.mirrored(part))
            weights += [own[:, :SHAPE_COUNT], other[:, MIRRORED]]
            gazes += [own[:, SHAPE_COUNT:], other[:, SHAPE_COUNT:] * over]
        return np.mean(weights, axis=0), np.mean(gazes, axis=0) * LIMIT


@lru_cache(maxsize=1)
def face_model() -> FaceModel:
    """Return the shipped model."""
    with np.load(data_dir("models") / MODEL, allow_pickle=False) as data:
        return FaceModel.of({name: data[name] for name in data.files})


def rest_frames(scores: Floats) -> NDArray[np.int64]:
    """Return the frames (at least one) in which a face is nearest to rest.

    Every score is compared with its own low values in the take, because a resting face of
    one person reads as a frown of another.
    """
    quiet = np.asarray(scores, np.float64)[:, _QUIET]
    low = np.percentile(quiet, 15, axis=0)
    away = np.abs(quiet - low).sum(axis=1)
    count = max(min(5, len(away)), round(0.12 * len(away)))
    return np.sort(np.argsort(away, kind="stable")[:count])


def turn_of(matrix: Floats) -> Floats:
    """Return yaw and pitch (n, 2), radians, at which face matrices (n, 4, 4) are seen."""
    out = matrix[:, :3, 2]
    return np.stack(
        [np.arctan2(out[:, 0], out[:, 2]), np.arcsin(np.clip(-out[:, 1], -1, 1))], 1
    )


def look_features(ahead: Floats, scores: Floats, rest: NDArray[np.int64]) -> Floats:
    """Return what the gaze is told from, (n, 14): irises, lids and MediaPipe's own scores.

    All against the frames at ``rest``, in which people look ahead: irises sit differently
    in every pair of eyes.
    """
    rows = np.concatenate([eye_features(ahead), np.asarray(scores)[:, _LOOKS]], axis=1)
    return np.asarray(rows - np.median(rows[rest], axis=0))


@dataclass(frozen=True)
class FaceTake:
    """A captured face: ``weights`` (n, 52), ``gaze`` (n, 2) radians, ``rest`` frames used."""

    weights: Floats
    gaze: Floats
    rest: NDArray[np.int64]


def solve_face(
    face: Floats, scores: Floats, matrix: Floats, pixels: Floats | None = None,
    model: FaceModel | None = None,
) -> FaceTake:  # fmt: skip
    """Return the weights and gaze of frames in which a face was seen.

    Parameters
    ----------
    face, scores, matrix, pixels
        (n, 478, 3), (n, 52), (n, 4, 4) and (n, ROW) of ``Observations``, n at least 1; only
        pixels may be NaN.
    """
    model = model or face_model()
    ahead = straight(face, model.mean)
    rest = rest_frames(scores)
    moved = ahead - np.median(ahead[rest], axis=0)
    change = np.asarray(scores, np.float64) - np.median(scores[rest], axis=0)
    turn = turn_of(np.asarray(matrix, np.float64))
    seen = _against_rest(pixels, rest, len(moved))
    weights, looks = model.read(moved, change, turn, seen)
    low = np.minimum(np.median(weights[rest], axis=0) + _DEAD, 0.5)
    weights = np.maximum(weights - low, 0.0) / (1.0 - low)
    blink = weights[:, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]].mean(axis=1)
    looks -= np.median(looks[rest], axis=0)
    plain = look_features(ahead, scores, rest) @ model.gaze[:-1] + model.gaze[-1]
    known = np.isfinite(seen).all(axis=1, keepdims=True)
    gaze = held_gaze(np.where(known, looks, plain), blink)
    weights[:, _LOOKS] = look_weights(gaze)[:, _LOOKS]
    return FaceTake(weights, gaze, rest)


def _against_rest(pixels: Floats | None, rest: NDArray[np.int64], count: int) -> Floats:
    """Return rows of pixels (n, ROW) less those of rest; NaN where either is not known."""
    if pixels is None:
        return np.full((count, face_pixels.ROW), np.nan)
    rows = np.asarray(pixels, np.float64)
    known = rows[rest][np.isfinite(rows[rest]).all(axis=1)]
    return rows - (np.median(known, axis=0) if len(known) else np.nan)


def calm(weights: Floats) -> Floats:
    """Return weights (n, 52) without the tremble of landmarks; blinks and gaze stay sharp."""
    if len(weights) < 3:
        return weights
    padded = np.concatenate([weights[:1], weights, weights[-1:]])
    out = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    out[:, _QUICK] = weights[:, _QUICK]
    return np.asarray(out)
