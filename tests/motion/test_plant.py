"""Planted feet: still, above the floor, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_from_axis_angle
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.core.time import Rate
from cyberdirector.motion.feet import foot_paths, runs
from cyberdirector.motion.plant import plant_feet

from .strolls import body, stroll


@pytest.fixture
def rest() -> Rest:
    return body(0.9)


def _speeds(clip: Clip, rest: Rest) -> list[float]:
    """Return the greatest ball speed, m/s, of each foot while it bears."""
    out = []
    for side, path in enumerate(foot_paths(clip, rest)):
        both = clip.contacts[1:, side] & clip.contacts[:-1, side]
        speed = np.linalg.norm(np.diff(path.ball, axis=0), axis=1) * clip.rate.fps
        out.append(float(speed[both].max()))
    return out


def test_bearing_feet_stand_still(rest: Rest) -> None:
    clip = stroll(rest, slip=0.25)
    assert min(_speeds(clip, rest)) > 0.1
    assert max(_speeds(plant_feet(clip, rest), rest)) < 1e-4


def test_nothing_under_the_floor(rest: Rest) -> None:
    clip = stroll(rest, slip=0.2)
    sunk = replace(clip, root=clip.root - np.float32([0.0, 0.06, 0.0]))
    planted = plant_feet(sunk, rest)
    assert min(float(p.lowest.min()) for p in foot_paths(planted, rest)) > -1e-4


def test_flight_stays_flight(rest: Rest) -> None:
    clip = Clip.rest(40, Rate(30), rest.hip_height)
    root = clip.root.copy()
    t = np.arange(20) / 19.0
    root[10:30, 1] += (0.5 * 4.0 * t * (1.0 - t)).astype(np.float32)
    contacts = np.ones((40, 2), np.bool_)
    contacts[11:29] = False
    jump = replace(clip, root=root, contacts=contacts)
    planted = plant_feet(jump, rest)
    assert np.abs(planted.root - jump.root).max() < 1e-5
    high = [float(p.lowest.max()) for p in foot_paths(planted, rest)]
    assert min(high) > 0.45


def test_a_still_clip_is_not_changed(rest: Rest) -> None:
    clip = Clip.rest(10, Rate(30), rest.hip_height)
    planted = plant_feet(clip, rest)
    assert np.abs(planted.rotations - clip.rotations).max() < 1e-4
    assert np.array_equal(planted.root, clip.root)


def test_edges_have_no_jump(rest: Rest) -> None:
    clip = stroll(rest, slip=0.25)
    planted = plant_feet(clip, rest)
    for before, after in zip(foot_paths(clip, rest), foot_paths(planted, rest), strict=True):
        jerk = [np.abs(np.diff(p.ankle, 2, axis=0)).max() for p in (before, after)]
        assert jerk[1] < jerk[0] + 0.03


def test_a_step_keeps_its_height(rest: Rest) -> None:
    clip = Clip.rest(20, Rate(30), rest.hip_height)
    stair = replace(clip, root=clip.root + np.float32([0.0, 0.2, 0.0]))
    lows = [float(p.lowest.mean()) for p in foot_paths(plant_feet(stair, rest), rest)]
    assert lows == pytest.approx([0.2, 0.2], abs=1e-3)


def test_hips_give_way_to_reach_the_floor(rest: Rest) -> None:
    clip = Clip.rest(20, Rate(30), rest.hip_height)
    high = replace(clip, root=clip.root + np.float32([0.0, 0.03, 0.0]))
    planted = plant_feet(high, rest)
    assert max(abs(float(p.lowest.mean())) for p in foot_paths(planted, rest)) < 1e-3
    assert float(planted.root[:, 1].mean()) == pytest.approx(rest.hip_height, abs=0.002)


def test_heel_off_tips_over_the_ball(rest: Rest) -> None:
    clip = Clip.rest(20, Rate(30), rest.hip_height)
    rotations = clip.rotations.copy()
    lift = np.linspace(0.0, 0.7, 20)
    turn = quat_from_axis_angle([1.0, 0.0, 0.0], lift)
    rotations[:, BONE_INDEX["leftFoot"]] = turn
    planted = plant_feet(replace(clip, rotations=rotations.astype(np.float32)), rest)
    left = foot_paths(planted, rest)[0]
    assert np.linalg.norm(np.diff(left.ball, axis=0), axis=1).max() < 1e-4
    assert float(np.ptp(left.heel[:, 1])) > 0.05
    assert float(np.abs(left.tip[-1, 1])) < 0.02


def test_runs_are_half_open() -> None:
    assert runs(np.array([1, 1, 0, 1], bool)) == [(0, 2), (3, 4)]
    assert runs(np.zeros(0, bool)) == []
