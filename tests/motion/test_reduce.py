"""Few keys that give the motion back: within the tolerance at the ends, on every frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_conjugate, quat_exp, quat_log, quat_multiply
from cyberdirector.core.skeleton import BONE_INDEX, HUMANOID_BONES, Rest
from cyberdirector.core.time import Rate
from cyberdirector.motion.keyed import bake, count_keys
from cyberdirector.motion.reduce import ENDS, Tolerance, reduce_clip, step_track
from cyberdirector.motion.smooth import part_of
from tests.motion.bodies import acted, body


def worst(clip: Clip, baked: Clip, rest: Rest) -> tuple[float, float]:
    """Return the largest error of the ends: metres, radians."""
    a, x = rest.forward(clip.root, clip.rotations)
    b, y = rest.forward(baked.root, baked.rotations)
    ends = [BONE_INDEX[name] for name in ENDS]
    turn = quat_log(quat_multiply(x, quat_conjugate(y)))[:, ends]
    place = np.linalg.norm((a - b)[:, ends], axis=-1)
    return float(place.max()), float(np.linalg.norm(turn, axis=-1).max())


@given(st.integers(0, 1000), st.integers(1, 40), st.sampled_from([0.0, 0.004]))
@settings(max_examples=5, deadline=None)
def test_baked_keys_stay_within_the_tolerance(seed: int, frames: int, noise: float) -> None:
    clip, rest = acted(seed, frames, noise), body()
    tracks = reduce_clip(clip, rest)
    baked = bake(tracks, np.arange(frames), clip.rate, clip.hip_height)
    place, turn = worst(clip, baked, rest)
    allowed = Tolerance()
    assert place <= allowed.metres
    assert turn <= allowed.radians
    assert np.abs(baked.weights - clip.weights).max() <= allowed.weight
    assert np.abs(baked.gaze - clip.gaze).max() <= allowed.gaze
    assert np.array_equal(baked.contacts, clip.contacts)


def test_smooth_motion_needs_an_eighth_of_the_keys() -> None:
    clip, rest = acted(3, 150, 0.0), body()
    tracks = reduce_clip(clip, rest, face=False)
    moving = [t for name, t in tracks.items() if len(t) > 1 and "contact" not in name]
    assert 150 * len(moving) >= 8 * sum(len(t) for t in moving)


def test_fitted_together_fewer_keys_stay_within_the_tolerance() -> None:
    clip, rest = acted(3, 40, 0.0), body()
    still = clip.rotations.copy()
    hands = [i for i, name in enumerate(HUMANOID_BONES) if part_of(name) == "hands"]
    still[:, hands] = still[:1, hands]
    clip = replace(clip, rotations=still)
    quick = reduce_clip(clip, rest, face=False)
    few = reduce_clip(clip, rest, face=False, fewest=True)
    baked = bake(few, np.arange(40), clip.rate, clip.hip_height)
    place, turn = worst(clip, baked, rest)
    assert place <= Tolerance().metres
    assert turn <= Tolerance().radians
    assert count_keys(few) <= count_keys(quick)


def test_a_tighter_tolerance_takes_more_keys() -> None:
    clip, rest = acted(5, 40, 0.0), body()
    loose = count_keys(reduce_clip(clip, rest, Tolerance(metres=0.02, radians=0.08)))
    tight = count_keys(reduce_clip(clip, rest, Tolerance(metres=0.001, radians=0.004)))
    assert tight > loose


def test_contacts_put_a_key_on_legs_and_hips() -> None:
    clip = acted(7, 60, 0.0)
    contacts = np.zeros((60, 2), np.bool_)
    contacts[17:41, 0] = True
    tracks = reduce_clip(replace(clip, contacts=contacts), body())
    for name in ("root", "bone:leftUpperLeg", "bone:rightFoot"):
        assert {17.0, 41.0} <= set(tracks[name].frames.tolist())
    assert tracks["contact:left"].frames.tolist() == [0.0, 17.0, 41.0]


def test_one_pose_is_one_key() -> None:
    clip = Clip.rest(50, Rate(24), 0.9)
    clip.rotations[:, BONE_INDEX["head"]] = quat_exp(np.array([0.1, 0.2, 0.0]))
    tracks = reduce_clip(clip, body())
    assert all(len(track) == 1 for track in tracks.values())
    baked = bake(tracks, np.arange(50), clip.rate, clip.hip_height)
    assert np.array_equal(baked.rotations, clip.rotations)


def test_a_blink_is_kept() -> None:
    clip = Clip.rest(30, Rate(24), 0.9)
    clip.weights[10:15, 8] = [0.4, 1.0, 1.0, 0.6, 0.2]
    baked = bake(reduce_clip(clip, body()), np.arange(30), clip.rate, clip.hip_height)
    assert np.abs(baked.weights - clip.weights).max() <= Tolerance().weight


def test_steps_change_where_the_values_do() -> None:
    assert step_track(np.array([0, 0, 1, 1, 0])).frames.tolist() == [0.0, 2.0, 4.0]


def test_unknown_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="no channel"):
        bake({"tail": step_track(np.zeros(2))}, [0.0], Rate(24), 1.0)
