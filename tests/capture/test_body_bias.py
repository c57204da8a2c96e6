"""What MediaPipe is off by from behind is taken off there, and only there."""

from __future__ import annotations

import numpy as np

from cyberdirector.capture.body_bias import JOINTS, jointed, mirrored_points, unbiased
from cyberdirector.capture.solve_figure import HUMAN, LANDMARK, SEGMENTS, landmarks
from cyberdirector.capture.solve_prior import scale_of


def _standing(yaw: float) -> np.ndarray:
    """Return someone who stands with hanging arms, turned by ``yaw``; units of the scale."""
    turns = np.tile(np.eye(3), (1, len(SEGMENTS), 1, 1))
    for i, name in enumerate(SEGMENTS):
        if "Arm" in name:
            s = 1.0 if name.startswith("left") else -1.0
            turns[:, i] = [[0.0, s, 0.0], [-s, 0.0, 0.0], [0.0, 0.0, 1.0]]
    c, s = np.cos(yaw), np.sin(yaw)
    turns = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]) @ turns
    points = landmarks(np.zeros((1, 3)), turns, (HUMAN * 1.7)[None]) / scale_of(1.7)
    hips = points[:, [LANDMARK["leftHip"], LANDMARK["rightHip"]]].mean(axis=1, keepdims=True)
    return np.asarray(points - hips)


def test_the_front_keeps_what_was_seen() -> None:
    for yaw in (0.0, 0.8, -0.8):
        points = _standing(yaw)
        assert np.allclose(unbiased(points, np.eye(3)[None]), jointed(points))


def test_the_back_is_changed_and_feet_follow_their_ankles() -> None:
    points = _standing(np.pi)
    change = (unbiased(points, np.eye(3)[None]) - jointed(points))[0]
    assert 0.005 < np.linalg.norm(change[JOINTS], axis=-1).mean() < 0.15
    for side in ("left", "right"):
        ankle, toe = (change[LANDMARK[f"{side}{n}"]] for n in ("Ankle", "Toe"))
        assert np.allclose(ankle, toe)
    assert np.allclose(change[LANDMARK["nose"]], 0.0)


def test_both_sides_are_treated_alike() -> None:
    points = _standing(2.6)
    straight = unbiased(mirrored_points(points), np.eye(3)[None])
    assert np.allclose(straight, mirrored_points(unbiased(points, np.eye(3)[None])))


def test_the_way_the_camera_looks_does_not_matter() -> None:
    points, turn = (
        _standing(2.9),
        np.array([[[0.96, 0.0, 0.28], [0, 1, 0], [-0.28, 0.0, 0.96]]]),
    )
    turned = np.einsum("nji,nkj->nki", turn, points)
    back = np.einsum("nij,nkj->nki", turn, unbiased(turned, turn))
    assert np.allclose(back, unbiased(points, np.eye(3)[None]))
