"""Posing: known angles, absent bones, springs and one frame alone."""

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Character, Node
from cyberdirector.core.pose import arms_down, node_matrices, skin_matrices
from cyberdirector.core.rotations import quat_from_axis_angle
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX


def figure(without: tuple[str, ...] = ()) -> Character:
    """A stick of hips, spine, chest, head with a hair joint under the head."""
    chain = [("hips", 1.0), ("spine", 0.2), ("chest", 0.2), ("neck", 0.2), ("head", 0.1)]
    nodes = [Node("root", -1)]
    humanoid: dict[str, int] = {}
    gap = 0.0
    for name, height in chain:
        if name in without:
            gap += height
            continue
        nodes.append(Node(name, len(nodes) - 1, (0.0, height + gap, 0.0)))
        humanoid[name] = len(nodes) - 1
        gap = 0.0
    nodes.append(Node("hair", len(nodes) - 1, (0.0, 0.1, 0.0)))
    return Character("stick", nodes, humanoid, [], [])


def identity(frames: int = 1) -> np.ndarray:
    rotations = np.zeros((frames, BONE_COUNT, 4))
    rotations[..., 3] = 1.0
    return rotations


def test_rest_pose_is_rest_positions_and_identity_skin() -> None:
    c = figure()
    g = node_matrices(c, np.array([[0.0, 1.0, 0.0]]), identity())
    assert g.dtype == np.float32
    np.testing.assert_allclose(g[0, :, :3, 3], c.node_positions(), atol=1e-6)
    skin = skin_matrices(c, g)
    np.testing.assert_allclose(skin[0], np.tile(np.eye(4)[:3], (len(c.nodes), 1, 1)), atol=1e-6)


def test_bend_of_the_spine_carries_the_head_sideways() -> None:
    c = figure()
    rotations = identity()
    rotations[0, BONE_INDEX["spine"]] = quat_from_axis_angle([0.0, 0.0, 1.0], np.pi / 2)
    g = node_matrices(c, np.array([[2.0, 1.0, 0.0]]), rotations)
    # Spine joint at (2, 1.2); half a metre of chest, neck and head now lie along -X.
    np.testing.assert_allclose(g[0, c.humanoid["head"], :3, 3], [1.5, 1.2, 0.0], atol=1e-6)


def test_rotation_of_an_absent_bone_is_carried_on() -> None:
    c = figure(without=("chest",))
    rotations = identity()
    rotations[0, BONE_INDEX["upperChest"]] = quat_from_axis_angle([0.0, 1.0, 0.0], 0.7)
    g = node_matrices(c, np.array([[0.0, 1.0, 0.0]]), rotations)
    expected = [np.cos(0.7), 0.0, -np.sin(0.7)]
    np.testing.assert_allclose(g[0, c.humanoid["head"], :3, 0], expected, atol=1e-6)


def test_extra_rotates_a_spring_node_only() -> None:
    c = figure()
    turn = quat_from_axis_angle([1.0, 0.0, 0.0], 0.5)[None]
    hair = len(c.nodes) - 1
    g = node_matrices(c, np.array([[0.0, 1.0, 0.0]]), identity(), {hair: turn})
    np.testing.assert_allclose(g[0, hair, 2, 1], np.sin(0.5), atol=1e-6)
    np.testing.assert_allclose(g[0, hair - 1, :3, :3], np.eye(3), atol=1e-6)


def test_a_frame_alone_has_the_bits_of_the_sequence() -> None:
    c = figure()
    rng = np.random.default_rng(3)
    rotations = rng.normal(size=(40, BONE_COUNT, 4))
    rotations /= np.linalg.norm(rotations, axis=-1, keepdims=True)
    root = rng.normal(size=(40, 3))
    whole = skin_matrices(c, node_matrices(c, root, rotations))
    alone = skin_matrices(c, node_matrices(c, root[17:18], rotations[17:18]))
    assert whole[17].tobytes() == alone[0].tobytes()


def test_arms_down_lowers_both_hands() -> None:
    rotations = arms_down(2)
    assert rotations.shape == (2, BONE_COUNT, 4)
    np.testing.assert_allclose(np.linalg.norm(rotations, axis=-1), 1.0, atol=1e-6)
    assert (
        rotations[0, BONE_INDEX["leftUpperArm"], 2]
        < 0
        < rotations[0, BONE_INDEX["rightUpperArm"], 2]
    )


def test_missing_hips_and_wrong_shape_are_named() -> None:
    c = figure()
    with pytest.raises(ValueError, match="expected"):
        node_matrices(c, np.zeros((2, 3)), identity(1))
    del c.humanoid["hips"]
    with pytest.raises(InputRefused, match="pose-no-hips"):
        node_matrices(c, np.zeros((1, 3)), identity(1))
