"""Smooth, retime, mirror and foot-lock: what they change and what they leave alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.rotations import quat_conjugate, quat_log, quat_multiply
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.time import Rate
from cyberdirector.motion._peaks import find_peaks
from cyberdirector.motion.footlock import footlock, with_contacts
from cyberdirector.motion.mirror import heading_of, mirror, mirror_in_place, other_side
from cyberdirector.motion.retime import (
    accents,
    beat_frames,
    change_speed,
    retime,
    sample_clip,
    time_warp,
    to_beats,
)
from cyberdirector.motion.smooth import smooth
from tests.motion.bodies import acted, body


def same(a: Clip, b: Clip) -> bool:
    arrays = ("root", "rotations", "weights", "gaze", "contacts")
    return all(getattr(a, n).tobytes() == getattr(b, n).tobytes() for n in arrays)


def angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.norm(quat_log(quat_multiply(quat_conjugate(a), b)), axis=-1)


def jitter(clip: Clip, bone: str) -> float:
    q = clip.rotations[:, BONE_INDEX[bone]].astype(float)
    step = quat_log(quat_multiply(quat_conjugate(q[:-1]), q[1:]))
    return float(np.linalg.norm(np.diff(step, axis=0), axis=-1).mean())


@given(st.integers(0, 500), st.integers(0, 30))
@settings(max_examples=15, deadline=None)
def test_mirroring_twice_is_the_same_motion_bit_for_bit(seed: int, frames: int) -> None:
    clip = acted(seed, frames)
    clip = replace(clip, signs={"eyeHappyLeft": np.linspace(0, 1, frames, dtype=np.float32)})
    assert list(mirror(clip).signs) == ["eyeHappyRight"]
    assert same(mirror(mirror(clip)), clip)


def test_the_mirror_image_stands_where_the_picture_does() -> None:
    clip, rest = acted(1, 10), body()
    points, _ = rest.forward(clip.root, clip.rotations)
    swapped = mirror(clip)
    seen, _ = rest.forward(swapped.root, swapped.rotations)
    order = [BONE_INDEX[other_side(name)] for name in BONE_INDEX]
    assert np.abs(seen[:, order] - points * [-1.0, 1.0, 1.0]).max() < 1e-5
    blink = np.zeros((10, 52), np.float32)
    blink[:, ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
    shapes = mirror(replace(clip, weights=blink)).weights
    assert shapes[0, ARKIT_INDEX["eyeBlinkRight"]] == 1.0
    assert shapes.sum() == 10.0


def test_mirrored_in_place_keeps_where_the_body_stands_and_looks() -> None:
    clip = acted(2, 30)
    swapped = mirror_in_place(clip, 11)
    assert swapped.root[11] == pytest.approx(clip.root[11], abs=1e-5)
    assert heading_of(swapped.rotations[11, 0]) == pytest.approx(
        heading_of(clip.rotations[11, 0]), abs=1e-5
    )


def test_smoothing_calms_legs_more_than_arms() -> None:
    clip = acted(4, 90, 0.01)
    calm = smooth(clip)
    leg = jitter(calm, "leftLowerLeg") / jitter(clip, "leftLowerLeg")
    trunk = jitter(calm, "chest") / jitter(clip, "chest")
    arm = jitter(calm, "leftLowerArm") / jitter(clip, "leftLowerArm")
    assert leg < trunk < arm < 1.0
    assert leg < 0.35
    assert np.array_equal(calm.weights, clip.weights)
    assert np.array_equal(calm.gaze, clip.gaze)
    assert np.array_equal(calm.contacts, clip.contacts)


def test_smoothing_keeps_the_ends_and_a_steady_turn() -> None:
    clip = acted(5, 60)
    calm = smooth(clip)
    assert angle(calm.rotations[[0, -1]], clip.rotations[[0, -1]]).max() < 1e-3
    t = np.arange(60) * 0.05
    turning = np.stack([0 * t, np.sin(t / 2), 0 * t, np.cos(t / 2)], 1).astype(np.float32)
    clip.rotations[:, 0] = turning
    assert angle(smooth(clip).rotations[:, 0], turning).max() < 1e-3


@given(st.integers(0, 200))
@settings(max_examples=8, deadline=None)
def test_no_strength_changes_nothing(seed: int) -> None:
    clip = acted(seed, 12)
    assert angle(smooth(clip, 0.0).rotations, clip.rotations).max() < 1e-6
    assert np.array_equal(smooth(clip, 0.0).root, clip.root)
    assert footlock(clip, body(), strength=0.0) is clip


def test_smoothed_feet_stand_as_still_as_they_were_planted() -> None:
    rest = body()
    clip = Clip.rest(40, Rate(24), rest.hip_height)
    rng = np.random.default_rng(0)
    clip.root[:] += rng.normal(0.0, 0.01, (40, 3)).astype(np.float32)
    held = smooth(clip, rest=rest)
    points, _ = rest.forward(held.root, held.rotations)
    foot = points[5:-5, BONE_INDEX["leftFoot"]]
    assert np.ptp(foot, axis=0).max() < 0.002


@given(st.integers(0, 300), st.integers(2, 30))
@settings(max_examples=15, deadline=None)
def test_whole_frames_are_taken_bit_for_bit(seed: int, frames: int) -> None:
    clip = acted(seed, frames)
    assert same(sample_clip(clip, np.arange(frames, dtype=float)), clip)
    half = sample_clip(clip, np.arange(0.0, frames - 0.5, 0.5))
    assert np.array_equal(half.rotations[::2], clip.rotations)
    assert np.abs(np.linalg.norm(half.rotations, axis=-1) - 1.0).max() < 1e-5


def test_between_frames_the_motion_is_where_it_was() -> None:
    fine = acted(6, 81)
    coarse = sample_clip(fine, np.arange(0.0, 81.0, 2.0))
    again = sample_clip(coarse, np.arange(0.0, 40.5, 0.5))
    assert angle(again.rotations, fine.rotations)[2:-2].max() < np.radians(0.5)
    assert np.abs(again.root - fine.root)[2:-2].max() < 0.002


@given(st.lists(st.integers(1, 98), min_size=1, max_size=4, unique=True), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_time_goes_through_the_pins_and_never_back(now: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    wanted = np.sort(rng.choice(np.arange(1, 99), len(now), replace=False))
    x = np.concatenate([[0.0], wanted, [99.0]])
    y = np.concatenate([[0.0], np.sort(now), [99.0]])
    course = time_warp(y, x, np.linspace(0.0, 99.0, 991))
    assert (np.diff(course) >= -1e-9).all()
    assert time_warp(y, x, x) == pytest.approx(y)


def test_moments_are_moved_to_their_markers() -> None:
    clip = acted(8, 50)
    moved = retime(clip, [(0, 0), (20, 30), (49, 49)])
    assert moved.frames == 50
    assert angle(moved.rotations[30], clip.rotations[20]).max() < 1e-5
    assert change_speed(clip, 2.0).frames == 25  # frames 0, 2 … 48
    with pytest.raises(ValueError, match="forward"):
        retime(clip, [(10, 0), (5, 20)])


def test_accents_land_on_beats() -> None:
    clip = acted(9, 120)
    beats = beat_frames(120.0, clip.rate, clip.frames)
    assert beats[:3].tolist() == [0.0, 12.0, 24.0]
    moments = accents(clip)
    assert len(moments) > 2
    on_beat = to_beats(clip, [27.0], beats.tolist())
    assert on_beat.frames == clip.frames
    assert angle(on_beat.rotations[24], clip.rotations[27]).max() < 1e-4


def test_locked_feet_do_not_slide() -> None:
    rest = body()
    clip = Clip.rest(40, Rate(24), rest.hip_height)
    clip.root[:, 0] = np.linspace(0.0, 0.08, 40)
    locked = footlock(clip, rest)
    points, _ = rest.forward(locked.root, locked.rotations)
    assert np.ptp(points[:, BONE_INDEX["leftFoot"]], axis=0).max() < 0.002
    half = footlock(clip, rest, strength=0.5)
    points, _ = rest.forward(half.root, half.rotations)
    assert 0.01 < np.ptp(points[:, BONE_INDEX["leftFoot"], 0]) < 0.06
    free = with_contacts(clip, [(0, 99)], 0, planted=False)
    assert not free.contacts[:, 0].any()
    assert free.contacts[:, 1].all()


@given(st.lists(st.integers(0, 9), min_size=3, max_size=40), st.sampled_from([0.5, 2.0]))
@settings(max_examples=60, deadline=None)
def test_peaks_are_those_of_scipy(rows: list[int], prominence: float) -> None:
    from scipy.signal import find_peaks as theirs

    course = np.array(rows) + np.linspace(0.0, 0.01, len(rows))  # no plateaus
    expected, _ = theirs(course, prominence=prominence)
    assert find_peaks(course, prominence).tolist() == expected.tolist()
    far = find_peaks(course, prominence, 4)
    assert (np.diff(far) >= 4).all()
