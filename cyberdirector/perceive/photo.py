"""What MediaPipe sees: faces, people and their masks in photographs."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector import modelstore
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.modelstore.tflite import quiet_start, task_bundle, with_metadata
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.mask import Mask

Floats = NDArray[np.float64]

FACE_MODEL, POSE_MODEL = "face-landmarker", "pose-landmarker"

_POSE_POINTS = {
    "left_shoulder": 11, "right_shoulder": 12, "left_elbow": 13, "right_elbow": 14,
    "left_wrist": 15, "right_wrist": 16, "left_hip": 23, "right_hip": 24, "left_knee": 25,
    "right_knee": 26, "left_ankle": 27, "right_ankle": 28, "left_eye": 2, "right_eye": 5,
    "nose": 0, "mouth_left": 9, "mouth_right": 10, "left_ear": 7, "right_ear": 8,
}  # fmt: skip
"""Our points by the numbers of BlazePose's 33."""

_FACE_POINTS = {
    "left_eye_outer": 263, "left_eye_inner": 362, "right_eye_inner": 133,
    "right_eye_outer": 33, "nose": 4, "mouth_left": 291, "mouth_right": 61, "chin": 152,
    "crown": 10, "left_eye": 473, "right_eye": 468,
}  # fmt: skip
"""Our points by the numbers of the 478 of the face mesh; ``crown`` is the hairline."""


_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The outline of the face in the mesh of 478 points, clockwise from the hairline."""


@dataclass(frozen=True)
class SeenFace:
    """One face: ``points`` (478, 3) pixels (z towards the picture is negative, same scale),
    ``scores`` of ARKit shapes by name, and ``turn`` (3, 3) from the mean face to the camera.
    """

    points: Floats
    scores: dict[str, float]
    turn: Floats

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of the points, pixels."""
        low, high = self.points[:, :2].min(0), self.points[:, :2].max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @property
    def oval(self) -> Floats:
        """The outline of the face, (36, 2) pixels."""
        return self.points[list(_OVAL), :2]

    def named(self) -> dict[str, tuple[float, float, float]]:
        """Return our points: x, y in pixels and a score of 1."""
        return {
            name: (float(self.points[i, 0]), float(self.points[i, 1]), 1.0)
            for name, i in _FACE_POINTS.items()
        }


@dataclass(frozen=True)
class SeenPerson:
    """One person: named points (x, y pixels, visibility) and a soft mask (h, w)."""

    points: dict[str, tuple[float, float, float]]
    mask: NDArray[np.float32]


def _vision() -> tuple[Any, Any]:
    try:
        import mediapipe
        from mediapipe.tasks.python import vision
    except ImportError as error:
        raise AdapterUnavailable(
            "mediapipe-missing",
            "看照片需要 mediapipe，请运行 pip install mediapipe。",
            "Photographs need mediapipe; run pip install mediapipe.",
        ) from error
    return mediapipe, vision


def _options(data: bytes) -> Any:
    from mediapipe.tasks.python import BaseOptions

    return BaseOptions(model_asset_buffer=data)


@lru_cache(maxsize=1)
def _face_task() -> Any:
    _, vision = _vision()
    options = vision.FaceLandmarkerOptions(
        base_options=_options(modelstore.get(FACE_MODEL).read_bytes()),
        num_faces=6, min_face_detection_confidence=0.4, output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )  # fmt: skip
    return vision.FaceLandmarker.create_from_options(options)


def _member(name: str) -> bytes:
    with zipfile.ZipFile(modelstore.get(POSE_MODEL)) as archive:
        return archive.read(name)


@lru_cache(maxsize=1)
def _pose_task() -> Any:
    _, vision = _vision()
    detector = _member("pose_detection/pose_detection.tflite")
    bundle = task_bundle({
        "pose_detector.tflite": with_metadata(detector, 127.5, 127.5),
        "pose_landmarks_detector.tflite": with_metadata(
            _member("pose_landmark/pose_landmark_full.tflite"), 0.0, 255.0
        ),
    })  # fmt: skip
    options = vision.PoseLandmarkerOptions(
        base_options=_options(bundle), num_poses=5, output_segmentation_masks=True,
        min_pose_detection_confidence=0.4,
    )  # fmt: skip
    return vision.PoseLandmarker.create_from_options(options)


@lru_cache(maxsize=1)
def _selfie_task() -> Any:
    _, vision = _vision()
    data = with_metadata(_member("selfie_segmentation/selfie_segmentation.tflite"), 0.0, 255.0)
    options = vision.ImageSegmenterOptions(
        base_options=_options(data), output_confidence_masks=True, output_category_mask=False
    )
    return vision.ImageSegmenter.create_from_options(options)


def _image(pixels: NDArray[np.uint8]) -> Any:
    mediapipe, _ = _vision()
    data = np.ascontiguousarray(pixels)
    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=data)


def see_faces(pixels: NDArray[np.uint8]) -> list[SeenFace]:
    """Return the faces in a picture (h, w, 3) uint8, the largest first.

    The detector knows faces that fill a fifth of its view, so where it finds none in the
    whole picture it looks again through overlapping square windows.

    Raises
    ------
    AdapterUnavailable
        ``mediapipe-missing`` or ``model-missing``.
    """
    found = _faces_in(pixels, 0, 0)
    height, width = pixels.shape[:2]
    for share in _WINDOWS:
        if found:
            break
        side = max(96, int(share * min(height, width)))
        for top in _starts(height, side):
            for left in _starts(width, side):
                window = pixels[top : top + side, left : left + side]
                found += _faces_in(window, left, top)
    return _distinct(sorted(found, key=lambda f: f.box[0] - f.box[2]))


_WINDOWS = (1.0, 0.5, 0.28)
"""Sides of the windows as shares of the shorter side of the picture."""


def _starts(length: int, side: int) -> list[int]:
    """Return where windows begin that cover a length, each half over the next."""
    if length <= side:
        return [0]
    steps = -(-(length - side) * 2 // side)
    return [round(i * (length - side) / steps) for i in range(steps + 1)]


def _distinct(faces: list[SeenFace]) -> list[SeenFace]:
    """Return faces (largest first) without those whose nose lies in a larger one."""
    out: list[SeenFace] = []
    for face in faces:
        x, y = face.points[4, :2]
        if not any(f.box[0] < x < f.box[2] and f.box[1] < y < f.box[3] for f in out):
            out.append(face)
    return out


def _faces_in(window: NDArray[np.uint8], left: int, top: int) -> list[SeenFace]:
    height, width = window.shape[:2]
    with quiet_start():
        result = _face_task().detect(_image(window))
    out = []
    for i, marks in enumerate(result.face_landmarks):
        points = np.array([[p.x * width, p.y * height, p.z * width] for p in marks])
        points[:, :2] += (left, top)
        scores = {c.category_name: float(c.score) for c in result.face_blendshapes[i]}
        turn = np.asarray(result.facial_transformation_matrixes[i], np.float64)[:3, :3]
        out.append(SeenFace(points, scores, turn))
    return out


def see_people(pixels: NDArray[np.uint8]) -> list[SeenPerson]:
    """Return the people in a picture (h, w, 3) uint8, the largest mask first."""
    height, width = pixels.shape[:2]
    with quiet_start():
        result = _pose_task().detect(_image(pixels))
    out = []
    for i, marks in enumerate(result.pose_landmarks):
        points = {
            name: (marks[k].x * width, marks[k].y * height, float(marks[k].visibility))
            for name, k in _POSE_POINTS.items()
        }
        mask = np.array(result.segmentation_masks[i].numpy_view(), np.float32)
        out.append(SeenPerson(points, mask.reshape(height, width)))
    return sorted(out, key=lambda p: -float(p.mask.sum()))


def person_mask(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how much each pixel (h, w) belongs to people, 0..1."""
    with quiet_start():
        result = _selfie_task().segment(_image(pixels))
    mask = np.array(result.confidence_masks[0].numpy_view(), np.float32)
    return mask.reshape(pixels.shape[:2])


def skull_layout(layout: Layout) -> Layout:
    """Return the layout with the crown moved from the hairline to the top of the skull.

    On the mean head (MakeHuman base mesh) chin to hairline is 0.77 of chin to crown.
    """
    chin, line = layout.at("chin"), layout.at("crown")
    top = chin + (line - chin) / 0.77
    return replace(
        layout, points={**layout.points, "crown": (float(top[0]), float(top[1]), 0.8)}
    )


def solid_part(mask: Mask, face: SeenFace) -> Mask:
    """Return the connected part of a mask that holds the face."""
    from scipy.ndimage import binary_opening, label

    clean = binary_opening(mask, iterations=1)
    regions, count = label(clean)
    left, top, right, bottom = (int(max(v, 0)) for v in face.box)
    inside = regions[top:bottom, left:right]
    names = np.bincount(inside[inside > 0].ravel()) if (inside > 0).any() else np.zeros(0)
    return regions == int(names.argmax()) if count and names.size else mask
