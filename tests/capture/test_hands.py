"""Fingers: angles and rotations agree, gaps are filled, wrists turn to the palm."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.capture import hands
from cyberdirector.capture.attach import Grid, put_hand
from cyberdirector.capture.camera import CaptureCamera
from cyberdirector.capture.observations import Observations
from cyberdirector.capture.skeleton_fit import rest_of
from cyberdirector.capture.solve_prior import human
from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
    quat_to_matrix,
)
from cyberdirector.core.time import Rate

PALM = np.array([[0.09, 0, 0.03], [0.095, 0, 0.01], [0.09, 0, -0.01], [0.08, 0, -0.03]])


def points_of(angles: np.ndarray, side: int) -> np.ndarray:
    """Place the 21 points (21, 3) of a hand by its finger bones, +Y up, rest frame."""
    turns = hands.finger_rotations(angles[None], side)
    name, sign = ("left", 1.0) if side == 0 else ("right", -1.0)
    mirror = np.array([sign, 1.0, 1.0])
    out = np.zeros((21, 3))
    roots = np.vstack([[0.02, -0.005, 0.03], PALM]) * mirror
    for f, finger in enumerate(hands.FINGERS):
        way = np.array([0.8, 0, 0.6]) * mirror if f == 0 else np.array([1.0, 0, 0]) * mirror
        at, turn = roots[f], np.array([0.0, 0, 0, 1])
        out[1 + 4 * f] = at
        for j, part in enumerate(hands._JOINTS[finger]):
            turn = quat_multiply(turn, turns[f"{name}{finger}{part}"][0])
            at = at + quat_rotate(turn, way) * (0.04, 0.025, 0.02)[j]
            out[2 + 4 * f + j] = at
    return out


def seen_as(points: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Return points (21, 3) as MediaPipe tells them: y down, z away."""
    return quat_rotate(turn, points) * np.array([1.0, -1.0, -1.0])


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("pose", ["open", "relaxed", "fist", "point", "two"])
def test_raw_angles_of_a_known_hand(side: int, pose: str) -> None:
    """Flexions of the fingers are read back whatever side the camera sees."""
    angles = hands.POSES[pose]
    points = points_of(angles, side)
    for turn in ([0, 0, 0, 1], [0.5, 0.5, 0.5, 0.5], [0.1, -0.7, 0.2, 0.67]):
        q = np.array(turn) / np.linalg.norm(turn)
        world = seen_as(points, q)
        found = hands.raw_angles(hands.upright(world[None]), side)[0]
        np.testing.assert_allclose(found[3:15], angles[3:15], atol=0.03)
        palm = hands.palm_turn(world[None], side)[0]
        np.testing.assert_allclose(quat_to_matrix(palm), quat_to_matrix(q), atol=0.06)


def test_shipped_model_stays_within_what_hands_can_do() -> None:
    rng = np.random.default_rng(0)
    world = rng.normal(0, 0.05, (50, 21, 3))
    for side in (0, 1):
        found = hands.finger_angles(world, side)
        assert np.isfinite(found).all()
        assert (found >= hands.LEAST).all()
        assert (found <= hands.MOST).all()


def test_fists_and_open_hands_are_told_apart() -> None:
    still = np.array([0.0, 0, 0, 1])
    for side in (0, 1):
        bent = [
            hands.finger_angles(seen_as(points_of(hands.POSES[p], side), still)[None], side)[0]
            for p in ("open", "fist")
        ]
        assert bent[1][3:12].mean() - bent[0][3:12].mean() > 0.5


def test_gaps_are_bridged_held_and_eased() -> None:
    fist, n, rate = hands.POSES["fist"], 90, 30.0
    angles = np.tile(fist * 0.55, (n, 1))
    seen = np.ones(n, bool)
    seen[10:14] = False
    seen[30:] = False
    angles[10:14] = 9.0
    angles[30:] = 9.0
    out, share = hands.fill(angles, seen, rate)
    np.testing.assert_allclose(out[10:14], angles[5:9])
    np.testing.assert_allclose(out[30:33], angles[:3], atol=1e-9)
    assert share[:33].min() > 0.99
    assert share[60:].max() == 0.0
    poses = np.stack(list(hands.POSES.values()))
    assert np.abs(poses - out[-1]).sum(axis=1).min() < 1e-9
    assert np.abs(np.diff(out, axis=0)).max() < 0.3


def test_nothing_seen_is_a_relaxed_hand() -> None:
    out, share = hands.fill(np.zeros((5, 20)), np.zeros(5, bool), 30.0)
    np.testing.assert_allclose(out, np.tile(hands.POSES["relaxed"], (5, 1)))
    assert share.max() == 0.0


@pytest.mark.parametrize("side", [0, 1])
def test_wrist_brings_the_palm_where_it_is(side: int) -> None:
    rng = np.random.default_rng(2)
    forearm = rng.normal(size=(20, 4))
    forearm /= np.linalg.norm(forearm, axis=1, keepdims=True)
    twist = quat_from_axis_angle([1.0, 0, 0], rng.uniform(-1.4, 1.4, 20))
    bend = quat_from_axis_angle([0, 0.3, 0.95], rng.uniform(-0.9, 0.9, 20))
    palm = quat_multiply(forearm, quat_multiply(bend, twist))
    hand, half = hands.wrist_rotation(palm, forearm, side)
    back = quat_multiply(quat_multiply(forearm, half), hand)
    np.testing.assert_allclose(np.abs(np.sum(back * palm, axis=1)), 1.0, atol=1e-6)


@pytest.mark.parametrize("side", [0, 1])
def test_the_wrong_reading_in_depth_strains_fingers_or_wrist(side: int) -> None:
    """A fist seen from the side of the thumb, told with its depth turned inside out."""
    turn = quat_from_axis_angle([0.0, 1.0, 0.0], np.array(0.3))
    world = seen_as(points_of(hands.POSES["grip"], side), turn)[None]
    wrong = hands.mirrored(world)
    forearm = turn[None]
    right_way = hands.discomfort(hands.palm_turn(world, side), forearm)[0]
    wrong_way = hands.discomfort(hands.palm_turn(wrong, side), forearm)[0]
    assert right_way < 0.05
    assert hands.strain(world, side)[0] == 0.0
    assert wrong_way + (hands.strain(wrong, side)[0] / 0.35) ** 2 > right_way + 1.0


@pytest.mark.parametrize("frames", [2, 6, 40])
def test_takes_of_any_length_get_hands(frames: int) -> None:
    seen = Observations.empty(np.arange(frames) / 30.0, (720, 1280), Rate(30))
    rng = np.random.default_rng(0)
    for side in (0, 1):
        seen.hands_world[:, side] = rng.normal(0.0, 0.03, (21, 3))
        seen.hands[:, side] = rng.normal(300.0, 30.0, (21, 3))
    rest = rest_of(human(1.7))
    clip = Clip.rest(frames, seen.rate, rest.hip_height)
    place = (np.eye(3), np.zeros(3))
    camera = CaptureCamera((720, 1280), 1000.0, np.array([0.0, 1.0, 0.0]), 0.0, None, place)
    grid = Grid.of(seen.times, frames, seen.rate)
    sure = np.zeros((frames, 9), np.float32)
    out = put_hand(clip, rest, seen, grid, camera, 0, sure, {})
    assert np.isfinite(out.rotations).all()
    assert not np.array_equal(out.rotations, clip.rotations)
