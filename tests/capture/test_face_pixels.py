"""Pixels of faces: the same patches wherever, however large and however lit the face is."""

from __future__ import annotations

import numpy as np

from cyberdirector.capture import face as faces
from cyberdirector.capture import face_pixels

MEAN = faces.face_model().mean
MODEL = faces.face_model().nets[0].pixels


def drawn(scale: float, roll: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return a smooth picture (600, 600, 3) that lies on a face, and the face's points."""
    side = 600
    cos, sin = np.cos(roll), np.sin(roll)
    turn = np.array([[cos, -sin], [sin, cos]])
    y, x = np.mgrid[:side, :side] + 0.5
    place = np.stack([x - side / 2, side / 2 - y], axis=-1) @ turn / scale
    waves = np.stack(
        [
            np.sin(3.1 * place[..., 0] + k) * np.cos(2.3 * place[..., 1] + 2 * k)
            for k in (0, 1, 2)
        ],
        axis=-1,
    )
    points = MEAN.copy()
    points[:, :2] = points[:, :2] @ turn.T
    points = points * scale * np.array([1.0, -1.0, -1.0]) + np.array([side / 2, side / 2, 0.0])
    return (140 + 80 * waves).astype(np.uint8), points


def test_patches_follow_size_and_roll() -> None:
    small = face_pixels.patches(*drawn(40.0))
    large = face_pixels.patches(*drawn(95.0, roll=0.4))
    assert small is not None
    assert large is not None
    assert small.shape == (3, face_pixels.SIDE, face_pixels.SIDE, 3)
    assert np.abs(small.astype(float) - large).mean() < 4.0


def test_light_and_tint_are_taken_off() -> None:
    shown = face_pixels.patches(*drawn(60.0))
    assert shown is not None
    dim = shown * np.array([0.5, 0.4, 0.6])
    np.testing.assert_allclose(face_pixels.evened(shown), face_pixels.evened(dim), atol=1e-4)


def test_a_face_in_a_mirror_has_a_mirrored_row() -> None:
    shown = face_pixels.patches(*drawn(60.0))
    assert shown is not None
    row = MODEL.row(shown)
    other = MODEL.row(np.stack([shown[1], shown[0], shown[2, :, ::-1]]))
    np.testing.assert_allclose(
        face_pixels.mirrored(row.astype(float)), other, atol=1e-4 * np.abs(row).max()
    )


def test_faces_too_small_or_outside_say_nothing() -> None:
    picture, points = drawn(60.0)
    assert face_pixels.patches(picture, points + np.array([2000.0, 0.0, 0.0])) is None
    assert face_pixels.patches(picture, points * 0.02) is None
    assert np.isnan(MODEL.row(None)).all()


def test_the_shipped_model_reads_what_observations_keep() -> None:
    shown = np.zeros((3, face_pixels.SIDE, face_pixels.SIDE, 3), np.uint8)
    assert faces.face_model().row(shown).shape == (face_pixels.ROW,)
