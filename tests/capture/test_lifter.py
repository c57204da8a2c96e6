"""The shipped lifter: the same everywhere in the picture, and it knows depth."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.capture.lifter import body_scale, lift, lifter_here, mirrored, view
from cyberdirector.capture.solve_figure import (
    HUMAN,
    LANDMARK,
    MIRROR,
    SEGMENT,
    SEGMENTS,
    exp_turns,
    landmarks,
)


def _standing(yaw: float, reach: float) -> np.ndarray:
    """Return 40 frames of someone who stands and reaches with the right arm."""
    turns = np.tile(np.eye(3), (40, len(SEGMENTS), 1, 1))
    for side, s in (("left", 1.0), ("right", -1.0)):
        angles = np.array([0.0, 0.0, -s * 1.4])
        if side == "right":
            angles = np.array([0.0, reach, 0.0])
        for part in ("UpperArm", "LowerArm"):
            turns[:, SEGMENT[f"{side}{part}"]] = exp_turns(angles)
    turns = exp_turns(np.array([0.0, yaw, 0.0])) @ turns
    root = np.tile([0.0, -0.3, -3.6], (40, 1))
    root[:, 0] += 0.02 * np.sin(np.arange(40) / 5.0)
    return landmarks(root, turns, HUMAN * 1.7)


def test_view_is_the_same_everywhere_in_the_picture():
    points = _standing(0.2, 0.4)
    turn = exp_turns(np.array([0.0, 0.25, 0.0]))
    flat = points[..., :2] / -points[..., 2:]
    aside = points @ turn.T
    other = aside[..., :2] / -aside[..., 2:]
    one, _ = view(flat, np.ones(flat.shape[:2]))
    two, _ = view(other, np.ones(flat.shape[:2]))
    np.testing.assert_allclose(one, two, atol=0.02)


def test_unseen_points_are_not_looked_at():
    points = _standing(0.0, 0.0)
    flat = points[..., :2] / -points[..., 2:]
    seen = np.ones(flat.shape[:2])
    seen[:, LANDMARK["leftWrist"]] = 0.0
    one, _ = view(flat, seen)
    flat[:, LANDMARK["leftWrist"]] += 7.0
    two, _ = view(flat, seen)
    np.testing.assert_array_equal(one, two)


def test_mirror_twice_is_nothing():
    rng = np.random.default_rng(0)
    features, _ = view(rng.normal(0, 0.1, (5, 19, 2)), rng.random((5, 19)))
    np.testing.assert_allclose(mirrored(mirrored(features)), features)


@pytest.mark.skipif(not lifter_here(), reason="models/lifter.onnx is not in this checkout")
def test_depth_of_a_reach_and_the_way_up():
    unit = float(body_scale(HUMAN * 1.7))
    points = _standing(0.15, 0.9)
    flat = points[..., :2] / -points[..., 2:]
    said = lift(flat, np.ones(flat.shape[:2]))
    arm = said.points[:, LANDMARK["rightWrist"]] - said.points[:, LANDMARK["rightShoulder"]]
    assert arm[:, 2].mean() > 0.05
    hips = points[:, [LANDMARK["leftHip"], LANDMARK["rightHip"]]].mean(1, keepdims=True)
    error = np.linalg.norm(said.points * unit - (points - hips), axis=-1).mean()
    assert error < 0.13
    assert said.up[:, 1].min() > 0.93
    assert said.planted.mean() > 0.5


@pytest.mark.skipif(not lifter_here(), reason="models/lifter.onnx is not in this checkout")
def test_the_mirror_image_gives_the_mirrored_body():
    points = _standing(0.3, 0.5)
    flat = points[..., :2] / -points[..., 2:]
    seen = np.ones(flat.shape[:2])
    one = lift(flat, seen)
    two = lift(flat[:, MIRROR] * [-1.0, 1.0], seen)
    np.testing.assert_allclose(two.points[:, MIRROR] * [-1.0, 1.0, 1.0], one.points, atol=1e-4)
