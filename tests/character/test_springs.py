from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.character.springs import simulate_springs, spring_nodes
from cyberdirector.core.model import Character, Collider, Node, Spring, SpringJoint
from cyberdirector.core.pose import node_matrices
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll
from cyberdirector.core.skeleton import BONE_COUNT
from cyberdirector.core.time import Rate

LINKS = 4


def _chain(colliders=(), stiffness=0.2, gravity=1.0):
    """A hips node with a chain that stands out to the front."""
    nodes = [Node("hips", -1, (0.0, 1.0, 0.0))]
    nodes += [Node(f"c{i}", i, (0.0, 0.0, 0.1)) for i in range(LINKS)]
    joints = [SpringJoint(i + 1, 0.01, stiffness, gravity) for i in range(LINKS)]
    groups = [list(range(len(colliders)))]
    return Character(
        "x", nodes, {"hips": 0}, [], [], colliders=list(colliders), collider_groups=groups,
        springs=[Spring("c", joints, [0])],
    )  # fmt: skip


def _still(frames):
    root = np.tile([0.0, 1.0, 0.0], (frames, 1))
    turns = np.zeros((frames, BONE_COUNT, 4))
    turns[..., 3] = 1.0
    return root, turns


def _tips(character, root, turns, springs):
    return node_matrices(character, root, turns, springs)[:, 1:, :3, 3]


def test_a_soft_chain_hangs_down():
    character = _chain(stiffness=0.02)
    root, turns = _still(24)
    springs = simulate_springs(
        character, node_matrices(character, root, turns), Rate(24), settle=4
    )
    assert sorted(springs) == spring_nodes(character)
    at = _tips(character, root, turns, springs)
    assert at[-1, -1, 1] < 1.0 - 0.25
    lengths = np.linalg.norm(np.diff(at, axis=1), axis=2)
    np.testing.assert_allclose(lengths, 0.1, atol=1e-5)


def test_it_is_at_rest_from_the_first_frame():
    character = _chain()
    root, turns = _still(48)
    springs = simulate_springs(
        character, node_matrices(character, root, turns), Rate(24), settle=5
    )
    at = _tips(character, root, turns, springs)
    assert np.abs(at - at[0]).max() < 2e-3


def test_it_lags_behind_a_turn_and_comes_to_rest():
    character = _chain()
    root, turns = _still(96)
    yaw = np.clip((np.arange(96) - 12) / 6, 0, 1) * 1.2
    turns[:, 0] = quat_from_yaw_pitch_roll(yaw, 0.0, 0.0)
    pose = node_matrices(character, root, turns)
    springs = simulate_springs(character, pose, Rate(24))
    at = _tips(character, root, turns, springs)
    heading = np.arctan2(at[:, -1, 0], at[:, -1, 2])
    assert heading[16] < yaw[16] - 0.05
    assert heading[-1] == pytest.approx(1.2, abs=0.03)


def test_colliders_push_the_chain_out():
    ball = Collider(0, (0.0, -0.25, 0.18), 0.12)
    character = _chain([ball], stiffness=0.02)
    root, turns = _still(24)
    springs = simulate_springs(
        character, node_matrices(character, root, turns), Rate(24), settle=4
    )
    at = _tips(character, root, turns, springs)[-1, 1:]
    centre = np.array([0.0, 0.75, 0.18])
    assert np.linalg.norm(at - centre, axis=1).min() > 0.12


def test_two_runs_are_equal_and_a_lead_is_cut_off():
    character = _chain()
    root, turns = _still(30)
    root[:, 0] = 0.2 * np.sin(np.arange(30) / 3)
    pose = node_matrices(character, root, turns)
    a = simulate_springs(character, pose, Rate(24))
    b = simulate_springs(character, pose, Rate(24))
    assert all(np.array_equal(a[n], b[n]) for n in a)
    c = simulate_springs(character, pose, Rate(24), lead=6)
    assert all(np.array_equal(a[n][6:], c[n]) for n in a)


def test_no_springs_no_work():
    character = _chain()
    character.springs = []
    root, turns = _still(3)
    assert simulate_springs(character, node_matrices(character, root, turns), Rate(24)) == {}


def test_a_real_character_stays_in_bounds(heroine):
    frames = 24
    turns = np.zeros((frames, BONE_COUNT, 4))
    turns[..., 3] = 1.0
    root = np.tile(heroine.node_positions()[0], (frames, 1))
    root[:, 2] += np.linspace(0, 1.0, frames)
    springs = simulate_springs(heroine, node_matrices(heroine, root, turns), Rate(24))
    for turn in springs.values():
        assert np.isfinite(turn).all()
        np.testing.assert_allclose(np.linalg.norm(turn, axis=1), 1.0, atol=1e-5)
