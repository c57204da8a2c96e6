"""A known movement, projected, is found again; what is not seen is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.capture import solve_fit
from cyberdirector.capture.camera import focal_of, to_rays, turns_of
from cyberdirector.capture.confidence import FLAGGED, PARTS
from cyberdirector.capture.contacts import in_flight
from cyberdirector.capture.observations import Observations
from cyberdirector.capture.online import OnlineSolver
from cyberdirector.capture.skeleton_fit import bone_turns, rest_of
from cyberdirector.capture.solve import SolveOptions, solve_clip
from cyberdirector.capture.solve_figure import (
    BLAZEPOSE,
    FREE,
    HUMAN,
    LANDMARK,
    SEGMENT,
    SEGMENTS,
    exp_turns,
    jacobian,
    joints,
    landmarks,
    size_jacobian,
    step,
)
from cyberdirector.capture.solve_fit import GRAVITY, fit
from cyberdirector.capture.solve_problem import FEET, Problem, State, Weights
from cyberdirector.capture.swaps import exchange, find_swaps
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.time import Rate

HEIGHT, SIZE = 1.7, (720, 1280)
SIDES = [(11, 12), (13, 14), (15, 16), (23, 24), (25, 26), (27, 28), (29, 30), (31, 32)]


def _movement(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Someone stands 3.5 m away, waves the left arm and turns the trunk."""
    turns = np.tile(np.eye(3), (n, len(SEGMENTS), 1, 1))
    t = np.arange(n) / 30.0
    wave = 0.5 * np.sin(2.0 * t)
    for side, s in (("left", 1.0), ("right", -1.0)):
        down = np.zeros((n, 3))
        down[:, 2] = -s * 1.2
        if side == "left":
            down[:, 2] = 0.3 + wave
        turns[:, SEGMENT[f"{side}UpperArm"]] = exp_turns(down)
        bent = down.copy()
        bent[:, 1] -= s * 0.5
        turns[:, SEGMENT[f"{side}LowerArm"]] = exp_turns(bent)
    yaw = np.zeros((n, 3))
    yaw[:, 1] = 0.3 + 0.2 * np.sin(1.3 * t)
    around = exp_turns(yaw)
    root = np.tile([0.1, -0.25, -3.5], (n, 1))
    return root, around[:, None] @ turns


def _observed(n: int = 60, rate: int = 30) -> tuple[Observations, np.ndarray]:
    root, turns = _movement(n)
    points = landmarks(root, turns, HUMAN * HEIGHT)
    focal = focal_of(SIZE)
    flat = points[..., :2] / -points[..., 2:]
    pixels = flat * focal * [1.0, -1.0] + np.array(SIZE) / 2
    seen = Observations.empty(np.arange(n) / rate, SIZE, Rate(rate))
    seen.pose[:] = 0.0
    seen.world[:] = 0.0
    # The points that the solve does not use lie between those it uses.
    seen.pose[:, :, :2] = pixels.mean(axis=1)[:, None]
    seen.pose[:, BLAZEPOSE, :2] = pixels
    seen.pose[:, :, 3] = 0.95
    seen.check[:] = seen.pose[..., :2]
    hips = [LANDMARK["leftHip"], LANDMARK["rightHip"]]
    local = points - points[:, hips].mean(axis=1, keepdims=True)
    seen.world[:, BLAZEPOSE] = local * [1.0, -1.0, -1.0]
    return seen, points


def test_jacobian_is_the_derivative():
    rng = np.random.default_rng(0)
    turns, root = exp_turns(rng.normal(size=(2, 16, 3))), rng.normal(size=(2, 3))
    sizes = HUMAN * HEIGHT
    here, slope = landmarks(root, turns, sizes), jacobian(turns, sizes)
    for column in range(FREE):
        change = np.zeros((2, FREE))
        change[:, column] = 1e-6
        there = landmarks(*step(root, turns, change), sizes)
        np.testing.assert_allclose((there - here) / 1e-6, slope[..., column], atol=1e-5)
    grown = sizes + 1e-6
    total = (landmarks(root, turns, grown) - here) / 1e-6
    np.testing.assert_allclose(total, size_jacobian(turns).sum(-1), atol=1e-5)


def test_fit_finds_a_figure_again():
    root, turns = _movement(12)
    sizes = HUMAN * HEIGHT
    points = landmarks(root, turns, sizes)
    problem = Problem(
        30.0, points[..., :2] / -points[..., 2:], np.ones((12, 19)), [],
        np.ones(11, np.bool_), np.zeros((12, 4)),
    )  # fmt: skip
    rng = np.random.default_rng(1)
    moved = turns @ exp_turns(0.1 * rng.normal(size=(12, 16, 3)))
    weights = Weights(smooth=1e-5)
    found = fit(problem, State(root + 0.05, moved, sizes), weights, 12).points()
    flat = found[..., :2] / -found[..., 2:]
    assert np.abs(flat - problem.flat).max() * 3.5 < 0.012


def test_known_movement_is_solved():
    seen, points = _observed()
    solved = solve_clip(seen, SolveOptions(height=HEIGHT, lifter=False))
    assert solved.clip.frames == seen.frames
    assert solved.confidence.shape == (seen.frames, len(PARTS))
    turn, shift = solved.camera.place
    found = (solved.landmarks - shift) @ turn
    hips = [LANDMARK["leftHip"], LANDMARK["rightHip"]]
    error = (found - found[:, hips].mean(1, keepdims=True)) - (
        points - points[:, hips].mean(1, keepdims=True)
    )
    assert np.linalg.norm(error, axis=-1).mean() < 0.035
    assert np.abs(np.linalg.norm(solved.clip.rotations, axis=-1) - 1.0).max() < 1e-4
    assert solved.clip.contacts.mean() > 0.9
    feet = [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]]
    world, _ = solved.rest.forward(solved.clip.root, solved.clip.rotations)
    speed = np.linalg.norm(np.diff(world[:, feet], axis=0), axis=-1) * 30.0
    assert speed.mean() < 0.02
    assert (solved.confidence > FLAGGED).mean() > 0.9
    # The picture of the solved figure lies on what was seen.
    again = solved.camera.project(solved.landmarks)
    assert np.abs(again - seen.pose[:, BLAZEPOSE, :2]).mean() < 8.0


def test_who_is_in_the_air_falls_freely():
    """A jump whose feet are hidden and whose body trembles in depth still is a parabola."""
    n, rate = 30, 30.0
    root, turns = _movement(n)
    t = np.arange(n) / rate
    air = (t > 0.25) & (t < 0.70)
    root[:, 1] += np.where(air, 0.5 * GRAVITY * (t - 0.25) * (0.70 - t), 0.0)
    points = landmarks(root, turns, HUMAN * HEIGHT)
    flat = points[..., :2] / -points[..., 2:]
    rng = np.random.default_rng(4)
    flat = flat + rng.normal(0.0, 0.004, (n, 1, 2))
    planted = np.repeat(1.0 - air[:, None], 4, axis=1)
    problem = Problem(
        rate, flat, np.ones((n, 19)), [], np.ones(n - 1, bool), planted, flight=air
    )
    loose = replace(problem, flight=None)
    misses = []
    for one in (problem, loose):
        state = fit(one, State(root, turns, HUMAN * HEIGHT), Weights(), 4)
        inside = np.flatnonzero(air)[2:-2]
        bend = np.diff(state.root[:, 1], 2)[inside - 1] * rate**2
        misses.append(float(np.abs(bend + GRAVITY).mean()))
    assert misses[0] < 1.0
    assert misses[0] < 0.7 * misses[1]
    heights = np.where(air[:, None], 0.2, 0.0) * np.ones((1, 4))
    assert in_flight(heights, planted, rate).tolist() == air.tolist()
    assert not in_flight(heights[:2] + 0.2, planted[:2] * 0.0, rate).any()


def test_who_stands_still_stands_over_the_feet():
    """Depth that leans a body back by a fifth of its height is no way to stand."""
    n = 20
    turns = np.tile(np.eye(3), (n, len(SEGMENTS), 1, 1))
    root = np.tile([0.0, -0.25, -3.5], (n, 1))
    lean = np.zeros((n, 3))
    lean[:, 0] = -0.2
    leaning = exp_turns(lean)[:, None] @ turns
    points = landmarks(root, leaning, HUMAN * HEIGHT)
    flat = points[..., :2] / -points[..., 2:]
    floor = float(points[:, FEET, 1].min())
    problem = Problem(30.0, flat, np.full((n, 19), 0.05), [], np.ones(n - 1, bool),
                      np.ones((n, 4)), floor=floor)  # fmt: skip
    off = []
    for balance in (60.0, 0.0):
        weights = Weights(balance=balance)
        state = fit(problem, State(root, leaning, HUMAN * HEIGHT), weights, 6)
        found = state.points()
        hips = found[:, [LANDMARK["leftHip"], LANDMARK["rightHip"]], 2].mean(axis=1)
        off.append(float(np.abs(hips - found[:, FEET, 2].mean(axis=1)).mean()))
    assert off[0] < 0.1
    assert off[0] < 0.7 * off[1]


def test_bones_have_constant_length_and_the_order_is_kept():
    seen, _ = _observed(20)
    one = solve_clip(seen, SolveOptions(height=HEIGHT, lifter=False))
    two = solve_clip(seen, SolveOptions(height=HEIGHT, lifter=False))
    assert one.clip.rotations.tobytes() == two.clip.rotations.tobytes()
    small = solve_clip(seen, SolveOptions(height=0.85, lifter=False))
    ratio = small.rest.hip_height / one.rest.hip_height
    assert 0.45 < ratio < 0.55


def test_long_takes_are_solved_in_windows(monkeypatch):
    seen, _ = _observed(120)
    whole = solve_clip(seen, SolveOptions(height=HEIGHT, lifter=False))
    monkeypatch.setattr(solve_fit, "WINDOW", 70)
    monkeypatch.setattr(solve_fit, "MARGIN", 15)
    parts = solve_clip(seen, SolveOptions(height=HEIGHT, lifter=False))
    assert np.abs(parts.landmarks - whole.landmarks).max() < 0.03
    seams = np.linalg.norm(np.diff(parts.landmarks, axis=0), axis=-1)
    assert seams.max() < np.linalg.norm(np.diff(whole.landmarks, axis=0), axis=-1).max() + 0.01


def test_uneven_frames_become_even():
    seen, _ = _observed(60)
    keep = np.ones(60, np.bool_)
    keep[np.random.default_rng(3).choice(np.arange(1, 59), 15, replace=False)] = False
    part = {
        name: getattr(seen, name)[keep]
        for name in ("pose", "world", "check", "hands", "hands_world", "face", "face_scores",
                     "face_matrix", "background", "people")
    }  # fmt: skip
    uneven = Observations(seen.times[keep], SIZE, Rate(30), **part, cuts=seen.cuts)
    solved = solve_clip(uneven, SolveOptions(height=HEIGHT, lifter=False))
    whole = solve_clip(seen, SolveOptions(height=HEIGHT, lifter=False))
    assert solved.clip.frames == 60
    assert np.abs(solved.landmarks - whole.landmarks).max() < 0.05


def test_what_is_not_seen_is_flagged():
    seen, _ = _observed(60)
    gone = seen.pose.copy()
    gone[20:45, [25, 27, 29, 31], 3] = 0.02
    hidden = Observations(
        seen.times, SIZE, Rate(30), gone, seen.world, seen.check, seen.hands, seen.hands_world,
        seen.face, seen.face_scores, seen.face_matrix, seen.cuts,
    )  # fmt: skip
    solved = solve_clip(hidden, SolveOptions(height=HEIGHT, lifter=False))
    leg = PARTS.index("leftLeg")
    assert (solved.confidence[22:43, leg] < FLAGGED).all()
    assert (solved.confidence[:17, leg] > FLAGGED).all()


def test_nobody_and_impossible_options_are_refused():
    empty = Observations.empty(np.arange(5) / 30.0, SIZE, Rate(30))
    with pytest.raises(InputRefused, match="capture-nobody"):
        solve_clip(empty)
    seen, _ = _observed(5)
    with pytest.raises(InputRefused, match="capture-height"):
        solve_clip(seen, SolveOptions(height=17.0))
    with pytest.raises(InputRefused, match="capture-fov"):
        solve_clip(seen, SolveOptions(fov=3.1))


def test_one_and_two_frames_are_solved():
    for n in (1, 2, 3):
        seen, _ = _observed(n)
        solved = solve_clip(seen, SolveOptions(height=HEIGHT, lifter=False))
        assert solved.clip.frames == n
        assert np.isfinite(solved.clip.root).all()


def test_exchanged_sides_are_put_back():
    seen, _ = _observed(60)
    wrong = seen.pose[..., :2].astype(float).copy()
    for a, b in SIDES:
        wrong[25:40, [a, b]] = wrong[25:40, [b, a]]
    tall = np.full(60, 500.0)
    states = find_swaps(wrong, tall, 30.0)
    right = exchange(wrong, states)
    np.testing.assert_allclose(
        right[:, [11, 25, 27]], seen.pose[:, [11, 25, 27], :2], atol=1e-3
    )
    assert not find_swaps(seen.pose[..., :2].astype(float), tall, 30.0).any()


def test_camera_that_turns_is_undone():
    focal = focal_of(SIZE)
    background = np.tile(np.eye(2, 3), (10, 1, 1))
    background[0] = np.nan
    background[1:, 0, 2] = focal * 0.01
    turns, drift = turns_of(background, SIZE, focal)
    assert drift < 1e-6
    still = np.array([0.0, 0.0, -3.0])
    # Ten steps to the left: what stood ahead is seen on the right and comes back.
    seen = turns[9].T @ still
    assert seen[0] > 0.25
    rays = to_rays(np.array([[SIZE[0] / 2, SIZE[1] / 2]]), SIZE, focal)
    np.testing.assert_allclose(rays, 0.0)


def test_rest_stands_on_the_floor_and_bends_its_joints():
    rest = rest_of(HUMAN * HEIGHT)
    points = rest.positions()
    assert points[BONE_INDEX["leftToes"], 1] > 0.0
    assert 0.75 < rest.hip_height < 1.0
    root, turns = _movement(3)
    rotations = bone_turns(turns, 30.0)
    world, _ = rest.forward(root, rotations)
    names = ("leftElbow", "leftWrist", "rightWrist", "leftLowerLeg", "rightFoot")
    bones = ("leftLowerArm", "leftHand", "rightHand", "leftLowerLeg", "rightFoot")
    expected = joints(root, turns, HUMAN * HEIGHT, names)
    found = world[:, [BONE_INDEX[b] for b in bones]]
    np.testing.assert_allclose(found, expected, atol=0.012)


def test_preview_follows():
    seen, points = _observed(40)
    online = OnlineSolver(SIZE, HEIGHT)
    for i in range(40):
        posed = online.feed(float(seen.times[i]), seen.pose[i], seen.world[i])
    assert posed.seen
    world, _ = online.rest.forward(posed.root, posed.rotations)
    arm = world[BONE_INDEX["leftHand"]] - world[BONE_INDEX["leftUpperArm"]]
    wrist, shoulder = LANDMARK["leftWrist"], LANDMARK["leftShoulder"]
    true = points[39, wrist] - points[39, shoulder]
    cosine = arm @ true / np.linalg.norm(arm) / np.linalg.norm(true)
    assert cosine > 0.95
    nothing = np.full((33, 4), np.nan)
    held = online.feed(2.0, nothing, nothing[:, :3])
    assert not held.seen
    np.testing.assert_array_equal(held.rotations, posed.rotations)
