"""The MediaPipe landmarkers that capture runs, made anew for every take (they remember)."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector import modelstore
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.modelstore.tflite import quiet_start, task_bundle, with_metadata

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

POSE, HEAVY, HAND, FACE = (
    "pose-landmarker",
    "pose-landmarker-heavy",
    "hand-landmarker",
    "face-landmarker",
)

_TRUST = 0.3
"""Least score of hands and faces: crops come from the body, so little is mistaken."""


def _vision() -> Any:
    try:
        from mediapipe.tasks.python import vision
    except ImportError as error:
        raise AdapterUnavailable(
            "mediapipe-missing",
            "从视频捕捉需要 mediapipe，请运行 pip install mediapipe。",
            "Capture from video needs mediapipe; run pip install mediapipe.",
        ) from error
    return vision


def _base(data: bytes) -> Any:
    from mediapipe.tasks.python import BaseOptions

    return BaseOptions(model_asset_buffer=data)


def image(pixels: Pixels) -> Any:
    """Return pixels (h, w, 3) sRGB as MediaPipe's image (a view where they are in a row)."""
    import mediapipe

    data = np.ascontiguousarray(pixels)
    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=data)


def has_heavy() -> bool:
    """Tell whether the heavy body model is here."""
    return modelstore.has(HEAVY)


@lru_cache(maxsize=2)
def _pose_bundle(heavy: bool) -> bytes:
    with zipfile.ZipFile(modelstore.get(POSE)) as archive:
        detector = archive.read("pose_detection/pose_detection.tflite")
        full = archive.read("pose_landmark/pose_landmark_full.tflite")
    model = modelstore.get(HEAVY).read_bytes() if heavy else full
    return task_bundle({
        "pose_detector.tflite": with_metadata(detector, 127.5, 127.5),
        "pose_landmarks_detector.tflite": with_metadata(model, 0.0, 255.0),
    })  # fmt: skip


class Bodies:
    """Landmarks of up to ``count`` people; with ``video`` it follows them over frames."""

    def __init__(self, heavy: bool, count: int = 1, video: bool = True) -> None:
        vision = _vision()
        mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
        options = vision.PoseLandmarkerOptions(
            base_options=_base(_pose_bundle(heavy)), running_mode=mode, num_poses=count
        )
        with quiet_start():
            self._task = vision.PoseLandmarker.create_from_options(options)
        self._video, self.count = video, count

    def look(self, pixels: Pixels, ms: int) -> tuple[Floats, Floats]:
        """Return pose (k, 33, 4) and world (k, 33, 3) as in ``Observations``."""
        picture = image(pixels)
        task = self._task
        found = task.detect_for_video(picture, ms) if self._video else task.detect(picture)
        height, width = pixels.shape[:2]
        pose = np.array(
            [[(p.x, p.y, p.z, p.visibility) for p in body] for body in found.pose_landmarks],
            np.float32,
        ).reshape(-1, 33, 4) * np.array([width, height, width, 1], np.float32)
        world = np.array(
            [[(p.x, p.y, p.z) for p in body] for body in found.pose_world_landmarks], np.float32
        ).reshape(-1, 33, 3)
        return pose, world

    def close(self) -> None:
        """Free the model."""
        self._task.close()


class Hands:
    """Landmarks of the hands in crops that follow one wrist."""

    def __init__(self, video: bool = True) -> None:
        vision = _vision()
        mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
        options = vision.HandLandmarkerOptions(
            base_options=_base(modelstore.get(HAND).read_bytes()), num_hands=1,
            running_mode=mode, min_hand_detection_confidence=_TRUST,
            min_hand_presence_confidence=_TRUST, min_tracking_confidence=_TRUST,
        )  # fmt: skip
        with quiet_start():
            self._task = vision.HandLandmarker.create_from_options(options)
        self._video = video

    def look(self, crop: Pixels, ms: int) -> list[tuple[Floats, Floats, bool]]:
        """Return (points (21, 3) px of the crop, world (21, 3) m, called a left hand) each."""
        picture, task = image(crop), self._task
        found = task.detect_for_video(picture, ms) if self._video else task.detect(picture)
        scale = np.array([crop.shape[1], crop.shape[0], crop.shape[1]], np.float32)
        out = []
        for marks, world, names in zip(
            found.hand_landmarks, found.hand_world_landmarks, found.handedness, strict=True
        ):
            points = np.array([(p.x, p.y, p.z) for p in marks], np.float32) * scale
            metres = np.array([(p.x, p.y, p.z) for p in world], np.float32)
            out.append((points, metres, names[0].category_name == "Left"))
        return out

    def close(self) -> None:
        """Free the model."""
        self._task.close()


class Face:
    """Landmarks, scores and turn of one face in crops that follow the head."""

    def __init__(self, video: bool = True) -> None:
        vision = _vision()
        mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
        options = vision.FaceLandmarkerOptions(
            base_options=_base(modelstore.get(FACE).read_bytes()),
            running_mode=mode, output_face_blendshapes=True,
            output_facial_transformation_matrixes=True, min_tracking_confidence=_TRUST,
            min_face_detection_confidence=_TRUST, min_face_presence_confidence=_TRUST,
        )  # fmt: skip
        with quiet_start():
            self._task = vision.FaceLandmarker.create_from_options(options)
        self._video = video

    def look(self, crop: Pixels, ms: int) -> tuple[Floats, Floats, Floats] | None:
        """Return points (478, 3) px of the crop, scores (52,), matrix (4, 4); None: no face."""
        picture, task = image(crop), self._task
        found = task.detect_for_video(picture, ms) if self._video else task.detect(picture)
        if not found.face_landmarks:
            return None
        scale = np.array([crop.shape[1], crop.shape[0], crop.shape[1]], np.float32)
        marks = found.face_landmarks[0]
        points = np.array([(p.x, p.y, p.z) for p in marks], np.float32) * scale
        scores = np.zeros(SHAPE_COUNT, np.float32)
        for shape in found.face_blendshapes[0]:
            if shape.category_name in ARKIT_INDEX:
                scores[ARKIT_INDEX[shape.category_name]] = shape.score
        matrix = np.asarray(found.facial_transformation_matrixes[0], np.float32)
        return points, scores, matrix

    def close(self) -> None:
        """Free the model."""
        self._task.close()
