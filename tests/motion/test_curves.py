"""Curves through keys: exact on keys, in one piece, and never past what the keys say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_exp,
    quat_log,
    quat_multiply,
    quat_slerp,
)
from cyberdirector.motion.curves import Bank, Tangent, Track, evaluate

KINDS = list(Tangent)


def random_track(seed: int, rotation: bool, count: int = 0, width: int = 3) -> Track:
    rng = np.random.default_rng(seed)
    n = count or int(rng.integers(1, 12))
    frames = np.cumsum(rng.uniform(0.1, 9.0, n)) - 5.0
    if rotation:
        values = quat_exp(np.cumsum(rng.normal(0.0, 0.7, (n, 3)), axis=0))
        values *= rng.choice([-1.0, 1.0], n)[:, None]
    else:
        values = rng.normal(0.0, 2.0, (n, width))
    handles = rng.normal(0.0, 0.4, (n, 2, 4 if rotation else 1 + width))
    handles[:, 0, 0], handles[:, 1, 0] = -rng.uniform(0, 4, n), rng.uniform(0, 4, n)
    kinds = rng.choice(KINDS, n).astype(np.uint8)
    return Track(frames, values, kinds, rotation, rng.uniform(-1, 1, (n, 3)), handles)


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_key_gives_its_value_bit_for_bit(seed: int, rotation: bool) -> None:
    track = random_track(seed, rotation)
    assert np.array_equal(evaluate(track, track.frames), track.values)
    outside = evaluate(track, [track.frames[0] - 3.0, track.frames[-1] + 1e6])
    assert np.array_equal(outside, track.values[[0, -1]])


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_bank_gives_what_each_track_gives(seed: int, rotation: bool) -> None:
    tracks = [random_track(seed + i, rotation) for i in range(5)]
    frames = np.concatenate([np.linspace(-8.0, 90.0, 57), tracks[0].frames])
    together = Bank(tracks).at(frames)
    for i, track in enumerate(tracks):
        assert np.array_equal(together[:, i], evaluate(track, frames))
    one = Bank(tracks).at(frames[20])
    assert np.array_equal(one[0], together[20])


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_rotations_stay_unit_and_do_not_jump(seed: int) -> None:
    track = random_track(seed, True)
    kinds = np.where(track.kinds == Tangent.STEP, Tangent.AUTO, track.kinds).astype(np.uint8)
    track = Track(track.frames, track.values, kinds, True, track.tcb, track.handles)
    fine = np.linspace(track.frames[0] - 1.0, track.frames[-1] + 1.0, 4001)
    values = evaluate(track, fine)
    assert np.abs(np.linalg.norm(values, axis=1) - 1.0).max() < 1e-9
    # Arriving at a key from the left meets the key (up to its sign).
    near = evaluate(track, track.frames[1:] - 1e-9) if len(track) > 1 else track.values[:0]
    gap = quat_log(quat_multiply(quat_conjugate(near), track.values[1:]))
    assert np.abs(gap).max(initial=0.0) < 1e-6


@given(st.integers(0, 10_000), st.integers(2, 10))
@settings(max_examples=40, deadline=None)
def test_automatic_curves_stay_between_their_keys(seed: int, count: int) -> None:
    track = random_track(seed, False, count, width=2)
    track = Track.of(track.frames, track.values)
    for i in range(count - 1):
        between = np.linspace(track.frames[i], track.frames[i + 1], 33)
        values = evaluate(track, between)
        low, high = track.values[i : i + 2].min(axis=0), track.values[i : i + 2].max(axis=0)
        assert (values >= low - 1e-9).all()
        assert (values <= high + 1e-9).all()
        steps = np.diff(values, axis=0) * np.sign(track.values[i + 1] - track.values[i])
        assert (steps >= -1e-9).all()


def test_lines_are_lines_and_slerps() -> None:
    line = Track.of([0.0, 10.0, 12.0], [0.0, 5.0, -1.0], Tangent.LINEAR)
    at = np.linspace(0.0, 12.0, 49)
    assert evaluate(line, at)[:, 0] == pytest.approx(np.interp(at, [0, 10, 12], [0, 5, -1]))
    turns = quat_exp(np.array([[0.0, 0.0, 0.0], [0.3, -2.0, 0.4]]))
    track = Track.of([0.0, 8.0], turns * [[1.0], [-1.0]], Tangent.LINEAR, rotation=True)
    at = np.linspace(0.0, 7.99, 20)
    expected = quat_slerp(np.repeat(turns[:1], 20, 0), np.repeat(turns[1:], 20, 0), at / 8.0)
    assert np.abs(evaluate(track, at) - expected).max() < 1e-12


def test_steps_hold_until_the_next_key() -> None:
    track = Track.of([0.0, 4.0, 6.0], [1.0, 2.0, 3.0], Tangent.STEP)
    assert evaluate(track, [0.0, 3.999, 4.0, 5.999, 6.0, 99.0])[:, 0].tolist() == [
        1.0, 1.0, 2.0, 2.0, 3.0, 3.0,
    ]  # fmt: skip


def test_tension_one_is_flat_and_zero_is_catmull_rom() -> None:
    frames, values = [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 4.0, 9.0]
    base = Track.of(frames, values, Tangent.TCB)
    assert evaluate(base, [1.5])[0, 0] == pytest.approx(2.25)  # a parabola is kept
    flat = Track(base.frames, base.values, base.kinds, tcb=np.tile([1.0, 0.0, 0.0], (4, 1)))
    eps = 1e-5
    near = evaluate(flat, [1.0 - eps, 1.0, 1.0 + eps])[:, 0]
    assert np.abs(np.diff(near)).max() < 1e-8


def test_bezier_handles_bend_time_as_drawn() -> None:
    handles = np.zeros((2, 2, 2))
    handles[0, 1] = [9.0, 0.0]  # stays low for long
    handles[1, 0] = [-1.0, 0.0]
    kinds = np.full(2, Tangent.BEZIER, np.uint8)
    track = Track(np.array([0.0, 10.0]), np.array([[0.0], [1.0]]), kinds, handles=handles)
    at = np.linspace(0.0, 10.0, 400)
    values = evaluate(track, at)[:, 0]
    assert (np.diff(values) >= 0.0).all()
    # The point of the drawn curve at parameter s lies on it.
    s = np.linspace(0.0, 1.0, 23)
    x = 3 * s * (1 - s) ** 2 * 9.0 + 3 * s**2 * (1 - s) * 9.0 + 10.0 * s**3
    y = 3 * s**2 * (1 - s) + s**3
    assert evaluate(track, x)[:, 0] == pytest.approx(y, abs=1e-9)


def test_neighbouring_rotation_segments_share_their_velocity() -> None:
    rng = np.random.default_rng(4)
    turns = quat_exp(np.cumsum(rng.normal(0, 0.4, (6, 3)), axis=0))
    track = Track.of(np.arange(6) * 5.0, turns, Tangent.TCB, rotation=True)
    eps = 1e-4
    for key in track.frames[1:-1]:
        a, b, c = evaluate(track, [key - eps, key, key + eps])
        before = quat_log(quat_multiply(quat_conjugate(a), b)) / eps
        after = quat_log(quat_multiply(quat_conjugate(b), c)) / eps
        assert np.abs(before - after).max() < 1e-3


@pytest.mark.parametrize(
    ("frames", "values"),
    [
        ([0.0, 0.0], [1.0, 2.0]),
        ([1.0, 0.0], [1.0, 2.0]),
        ([0.0, np.nan], [1.0, 2.0]),
        ([0.0, 1.0], [1.0, np.inf]),
        ([], []),
    ],
)
def test_keys_that_make_no_curve_are_refused(frames: list[float], values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"keys|Track"):
        Track.of(frames, values)
