"""Joints, orientation and stance of stripped characters."""

import numpy as np
import pytest
from rig_samples import person_of, standing

from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.rig.depth import SAMPLES, sample_surface
from cyberdirector.rig.joints import MIRRORED, find_joints
from cyberdirector.rig.orient import axis_turns, find_stand
from cyberdirector.rig.stance import find_stance
from cyberdirector.rig.symmetry import mirror_planes


def error(found, true, height):
    """Return the mean joint error in shares of the height."""
    return float(np.linalg.norm(found - true, axis=1).mean()) / height


@pytest.mark.parametrize("stance", ["t", "a", "down"])
def test_joints_are_found_in_every_stance(stance):
    points, joints, triangles = standing("su_qing", stance)
    samples = sample_surface(points, triangles, SAMPLES, np.random.default_rng(0))
    found = find_joints(samples)
    assert error(found.positions, joints, np.ptp(points[:, 1])) < 0.02
    assert find_stance(found.positions, samples).kind == stance
    assert found.confidence.mean() > 0.7


def test_a_marker_stays_and_moves_what_hangs_on_it():
    points, joints, triangles = standing("su_qing", "a")
    samples = sample_surface(points, triangles, SAMPLES, np.random.default_rng(0))
    wrong = joints[BONE_INDEX["leftHand"]] + [0.02, 0.03, 0.0]
    free = find_joints(samples)
    found = find_joints(samples, {"leftHand": wrong})
    assert np.allclose(found.positions[BONE_INDEX["leftHand"]], wrong, atol=1e-9)
    assert found.confidence[BONE_INDEX["leftHand"]] == 1.0
    knuckle = BONE_INDEX["leftMiddleProximal"]
    moved = found.positions[knuckle] - free.positions[knuckle]
    assert moved @ [0.02, 0.03, 0.0] > 0.0


def test_every_turn_along_the_axes_is_undone():
    points, joints, triangles = standing("gu_chen", "a")
    height = np.ptp(points[:, 1])
    for turn in axis_turns()[[3, 10, 17]]:
        file = 100.0 * (points @ turn.T) + [5.0, -3.0, 70.0]
        stand = find_stand(file, triangles, np.random.default_rng(0))
        assert stand.unit == "cm"
        assert stand.axes
        assert stand.sure
        there = stand.apply(100.0 * (joints @ turn.T) + [5.0, -3.0, 70.0])
        shift = (there - joints).mean(axis=0)
        assert error(there - shift, joints, height) < 1e-6


def test_a_figure_turned_off_the_axes_stands_up():
    points, joints, triangles = standing("gu_chen", "a")
    axis = np.array([0.36, 0.48, 0.80])
    k = np.cross(np.eye(3), axis)
    turn = np.eye(3) + np.sin(0.9) * k + (1.0 - np.cos(0.9)) * k @ k
    stand = find_stand(points @ turn.T, triangles, np.random.default_rng(0))
    assert not stand.axes
    assert np.trace(stand.turn @ turn) > 1.0 + 2.0 * np.cos(np.radians(7.0))
    assert "rig-turned" in [note.code for note in stand.notes]
    assert joints.shape == (55, 3)


def test_the_mirror_plane_of_a_person_is_found():
    points, _, triangles = standing("gu_chen", "t")
    samples = sample_surface(points, triangles, 4000, np.random.default_rng(0))
    normal, _, rest = mirror_planes(samples, 1)[0]
    assert abs(normal[0]) > np.cos(np.radians(3.0))
    assert rest < 0.1


def test_an_unknown_unit_is_told():
    points, _, triangles = standing("gu_chen", "a")
    stand = find_stand(points * 0.31, triangles, np.random.default_rng(0))
    assert stand.unit == "unknown"
    assert "rig-unit-guessed" in [note.code for note in stand.notes]
    given = find_stand(points * 0.31, triangles, np.random.default_rng(0), 1.2)
    assert np.ptp(given.apply(points * 0.31)[:, 1]) == pytest.approx(1.2, abs=0.02)


def test_mirrored_bones_are_their_own_mirror():
    assert np.array_equal(MIRRORED[MIRRORED], np.arange(55))
    assert person_of("gu_chen").bones.shape == (55, 3)
