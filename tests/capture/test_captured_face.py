"""Faces: straightened whatever the view, measured against the actor's own rest."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.capture import face as faces
from cyberdirector.capture import face_pixels
from cyberdirector.capture.gaze import held_gaze, look_weights
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES, SHAPE_COUNT
from cyberdirector.core.resources import data_dir
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_rotate

MODEL = faces.face_model()


def seen(ahead: np.ndarray, yaw: float, pitch: float, scale: float = 90.0) -> np.ndarray:
    """Return a face (478, 3), x right, y up, z out, as pixels of a picture."""
    turned = quat_rotate(quat_from_yaw_pitch_roll(yaw, pitch, 0.1), ahead)
    return turned * scale * np.array([1.0, -1.0, -1.0]) + np.array([640.0, 360.0, 5.0])


def test_faces_are_straightened() -> None:
    ahead = MODEL.mean.copy()
    ahead[[61, 291]] += (0.0, 0.2, 0.0)
    views = np.stack(
        [seen(ahead, y, p, s) for y, p, s in ((0, 0, 50), (0.5, 0.2, 90), (-0.4, -0.3, 200))]
    )
    found = faces.straight(views, MODEL.mean)
    np.testing.assert_allclose(found, np.stack([ahead] * 3), atol=1e-6)


def _take(n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A face at rest that trembles a little, its jaw open in frames 30 to 40."""
    rng = np.random.default_rng(0)
    own = MODEL.mean + rng.normal(0, 0.03, MODEL.mean.shape)
    face = np.stack([seen(own, 0.02 * np.sin(i / 9), 0.0) for i in range(n)])
    face += rng.normal(0, 0.05, face.shape)
    scores = rng.uniform(0.02, 0.06, (n, SHAPE_COUNT))
    scores[:, ARKIT_INDEX["browInnerUp"]] += 0.5
    scores[30:40, ARKIT_INDEX["jawOpen"]] = 0.6
    matrix = np.tile(np.eye(4), (n, 1, 1))
    return face, scores, matrix


def test_rest_is_found_and_reads_as_rest() -> None:
    face, scores, matrix = _take()
    take = faces.solve_face(face, scores, matrix)
    assert not set(range(30, 40)) & set(take.rest.tolist())
    quiet = np.delete(take.weights, np.s_[28:42], axis=0)
    shapes = [i for i, n in enumerate(ARKIT_NAMES) if not n.startswith("eyeLook")]
    # A brow that reads raised at rest is this actor's own brow.
    assert quiet[:, shapes].mean() < 0.05
    assert take.weights.min() >= 0.0
    assert take.weights.max() <= 1.0


@pytest.mark.parametrize("frames", [1, 3])
def test_few_frames_are_enough_to_run(frames: int) -> None:
    face, scores, matrix = _take(60)
    take = faces.solve_face(face[:frames], scores[:frames], matrix[:frames])
    assert take.weights.shape == (frames, SHAPE_COUNT)
    assert np.isfinite(take.gaze).all()


def test_calm_keeps_blinks_and_softens_the_rest() -> None:
    weights = np.zeros((20, SHAPE_COUNT))
    weights[10, ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
    weights[10, ARKIT_INDEX["mouthSmileLeft"]] = 1.0
    out = faces.calm(weights)
    assert out[10, ARKIT_INDEX["eyeBlinkLeft"]] == 1.0
    assert out[10, ARKIT_INDEX["mouthSmileLeft"]] == 0.5


def test_a_blink_holds_the_gaze() -> None:
    angles = np.zeros((6, 2))
    angles[:, 0] = [0.1, 0.1, 9.0, 9.0, 0.2, 0.2]
    blink = np.array([0.0, 0.0, 1.0, 0.9, 0.0, 0.0])
    found = held_gaze(angles, blink)
    np.testing.assert_allclose(found[:, 0], [0.1, 0.1, 0.1, 0.1, 0.2, 0.2])


def test_pixels_that_are_not_known_change_nothing() -> None:
    face, scores, matrix = _take()
    without = faces.solve_face(face, scores, matrix)
    blank = faces.solve_face(face, scores, matrix, np.full((60, face_pixels.ROW), np.nan))
    np.testing.assert_array_equal(without.weights, blank.weights)
    np.testing.assert_array_equal(without.gaze, blank.gaze)
    # Pixels that never change say that nothing moves.
    still = faces.solve_face(face, scores, matrix, np.full((60, face_pixels.ROW), 0.7))
    assert np.abs(still.gaze).max() < np.radians(12)


def test_looking_left_turns_the_eyes_to_the_own_left() -> None:
    weights = look_weights(np.array([[0.3, -0.2]]))[0]
    assert weights[ARKIT_INDEX["eyeLookOutLeft"]] > 0.5
    assert weights[ARKIT_INDEX["eyeLookInRight"]] > 0.5
    assert weights[ARKIT_INDEX["eyeLookUpLeft"]] > 0.3
    assert weights[ARKIT_INDEX["eyeLookOutRight"]] == 0.0


def test_model_is_small() -> None:
    assert (data_dir("models") / faces.MODEL).stat().st_size < 1_000_000
