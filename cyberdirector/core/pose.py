"""From joint rotations to the matrices that carry nodes and skin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Character
from cyberdirector.core.rotations import quat_from_axis_angle, quat_multiply, quat_to_matrix
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS, HUMANOID_BONES


def local_rotations(
    character: Character,
    rotations: NDArray[np.floating],
    extra: Mapping[int, NDArray[np.floating]],
) -> dict[int, NDArray[np.float64]]:
    """Return the local rotation (frames, 4), xyzw, of every node that has one.

    ``rotations`` and ``extra`` are those of :func:`node_matrices`. A bone that the character
    lacks has no length, yet its rotation is carried on by the bones under it (see
    :class:`~cyberdirector.core.skeleton.Rest`).
    """
    bones: NDArray[np.float64] = np.array(rotations, dtype=np.float64)
    carried: dict[int, NDArray[np.float64]] = {}
    local: dict[int, NDArray[np.float64]] = {}
    for bone, name in enumerate(HUMANOID_BONES):
        turn: NDArray[np.float64] = bones[:, bone]
        parent = int(BONE_PARENTS[bone])
        if parent in carried:
            turn = quat_multiply(carried[parent], turn)
        if name in character.humanoid:
            local[character.humanoid[name]] = turn
        else:
            carried[bone] = turn
    for node, spring in extra.items():
        local[node] = np.asarray(spring, dtype=np.float64)
    return local


def _check(character: Character, rotations: NDArray[np.floating], frames: int) -> None:
    """Refuse arrays and skeletons that cannot be posed."""
    if "hips" not in character.humanoid:
        raise InputRefused(
            "pose-no-hips",
            f"角色“{character.name}”没有 hips 骨骼，请检查它的 humanoid 映射。",
            f"Character '{character.name}' has no hips bone; map one in its humanoid table.",
            Location(path=character.name),
        )
    if np.shape(rotations) != (frames, BONE_COUNT, 4):
        raise ValueError(
            f"rotations have shape {np.shape(rotations)}, expected {(frames, BONE_COUNT, 4)}"
        )


def node_matrices(
    character: Character,
    root: NDArray[np.floating],
    rotations: NDArray[np.floating],
    extra: Mapping[int, NDArray[np.floating]] | None = None,
) -> NDArray[np.float32]:
    """Return the global matrices of all nodes of a posed character.

    Parameters
    ----------
    character
        Its nodes have parents before children and identity rest rotations.
    root
        (frames, 3) position of the hips, metres, world space.
    rotations
        (frames, 55, 4) unit quaternions xyzw, local to the parent bone, rest = identity;
        the hips carry the orientation in the world.
    extra
        Node index → (frames, 4) local quaternions xyzw of nodes that are no humanoid
        bones (springs, say), or that replace those of a bone.

    Returns
    -------
    (frames, nodes, 4, 4) float32, column-vector matrices, node space → world, metres.

    Raises
    ------
    InputRefused
        ``pose-no-hips`` when the character has no hips bone.
    ValueError
        When ``rotations`` has another shape than ``root`` calls for.
    """
    frames = len(root)
    _check(character, rotations, frames)
    local = local_rotations(character, rotations, extra or {})
    turns = {node: quat_to_matrix(turn) for node, turn in local.items()}
    hips = character.humanoid["hips"]
    shift = np.asarray(root, dtype=np.float64) - character.node_positions()[hips]
    out = np.zeros((frames, len(character.nodes), 4, 4), dtype=np.float64)
    out[..., 3, 3] = 1.0
    for i, node in enumerate(character.nodes):
        turn = turns.get(i)
        if i == hips or node.parent < 0:
            # The hips stand where `root` says whatever is above them.
            out[:, i, :3, :3] = np.eye(3) if turn is None else turn
            out[:, i, :3, 3] = root if i == hips else np.asarray(node.translation) + shift
            continue
        basis = out[:, node.parent, :3, :3]
        arm = np.asarray(node.translation, dtype=np.float64)
        out[:, i, :3, :3] = basis if turn is None else _product(basis, turn)
        # Written out (no BLAS) so that a frame alone has the bits it has in a sequence.
        out[:, i, :3, 3] = (
            out[:, node.parent, :3, 3]
            + basis[:, :, 0] * arm[0]
            + basis[:, :, 1] * arm[1]
            + basis[:, :, 2] * arm[2]
        )
    return out.astype(np.float32)


def _product(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix products of (frames, 3, 3) arrays, summed in a fixed order."""
    return (
        a[:, :, 0, None] * b[:, None, 0, :]
        + a[:, :, 1, None] * b[:, None, 1, :]
        + a[:, :, 2, None] * b[:, None, 2, :]
    )


def skin_matrices(character: Character, globals_: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the matrices that carry rest vertices into the pose.

    Rest rotations are identity, so the inverse bind matrix of a node is the translation
    by minus its rest position.

    Parameters
    ----------
    character
        The owner of the nodes.
    globals_
        (frames, nodes, 4, 4) from :func:`node_matrices`.

    Returns
    -------
    (frames, nodes, 3, 4) float32, model space of the rest pose → world, metres.
    """
    rest = character.node_positions()
    matrices = np.asarray(globals_, dtype=np.float64)
    out = matrices[:, :, :3, :].copy()
    basis = out[:, :, :, :3]
    out[:, :, :, 3] -= (
        basis[:, :, :, 0] * rest[:, 0, None]
        + basis[:, :, :, 1] * rest[:, 1, None]
        + basis[:, :, :, 2] * rest[:, 2, None]
    )
    return out.astype(np.float32)


def arms_down(frames: int = 1, angle: float = 1.22) -> NDArray[np.float32]:
    """Return rotations of a relaxed standing pose with the arms beside the body.

    Parameters
    ----------
    frames
        Number of equal frames.
    angle
        How far the upper arms turn down from the T-pose, radians.

    Returns
    -------
    (frames, 55, 4) float32, unit quaternions xyzw, local to parent, rest = identity.
    """
    rotations = np.zeros((frames, BONE_COUNT, 4), dtype=np.float32)
    rotations[..., 3] = 1.0
    # The left arm points along +X (characters face +Z), so -Z turns it down.
    for side, sign in (("left", -1.0), ("right", 1.0)):
        for bone, axis, turn in (
            ("UpperArm", 2, sign * angle),
            ("LowerArm", 1, sign * 0.22),
            ("Hand", 2, sign * -0.05),
        ):
            q = np.zeros(4)
            q[axis], q[3] = np.sin(turn / 2.0), np.cos(turn / 2.0)
            rotations[:, BONE_INDEX[side + bone]] = q
        for finger in ("Index", "Middle", "Ring", "Little"):
            for joint in ("Proximal", "Intermediate", "Distal"):
                q = np.array([0.0, 0.0, np.sin(sign * 0.12), np.cos(0.12)])
                rotations[:, BONE_INDEX[f"{side}{finger}{joint}"]] = q
    return rotations


def bent_matrices(character: Character) -> NDArray[np.float32]:
    """Return (nodes, 3, 4) float32 skin matrices of sitting with bent elbows and fingers.

    A pose that shows what a change of a mesh does to it where it bends most.
    """
    pose = arms_down(1)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        turns = [("UpperLeg", 0, -1.4), ("LowerLeg", 0, 1.4), ("LowerArm", 1, -1.5 * sign)]
        turns += [
            (finger + joint, 2, -0.8 * sign)
            for finger in ("Index", "Middle", "Ring", "Little")
            for joint in ("Proximal", "Intermediate", "Distal")
        ]
        for bone, axis, angle in turns:
            pose[0, BONE_INDEX[side + bone]] = quat_from_axis_angle(np.eye(3)[axis], angle)
    root = character.node_positions()[[character.humanoid["hips"]]]
    return skin_matrices(character, node_matrices(character, root, pose))[0]
