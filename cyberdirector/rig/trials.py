"""Poses that show bad weights, and how much they stretch the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import Character
from cyberdirector.core.pose import arms_down, node_matrices, skin_matrices
from cyberdirector.core.rotations import quat_exp, quat_multiply
from cyberdirector.core.skeleton import BONE_INDEX

Floats = NDArray[np.float64]

TOO_FAR = 1.75
"""An edge this many times as long as at rest counts as stretched."""

_SHORT = 0.004
"""Edges shorter than this share of the height are not measured: they say nothing."""

_POSES: dict[str, dict[str, tuple[float, float, float]]] = {
    "walk": {
        "leftUpperLeg": (-0.55, 0, 0), "leftLowerLeg": (0.25, 0, 0),
        "rightUpperLeg": (0.45, 0, 0), "rightLowerLeg": (0.45, 0, 0),
        "rightFoot": (0.25, 0, 0), "leftUpperArm": (0, 0.45, 0),
        "rightUpperArm": (0, 0.45, 0), "leftLowerArm": (0, -0.4, 0),
        "rightLowerArm": (0, 0.4, 0), "spine": (0, 0.08, 0),
    },
    "arms-up": {
        "leftUpperArm": (0, 0, 2.5), "rightUpperArm": (0, 0, -2.5),
        "leftShoulder": (0, 0, 0.2), "rightShoulder": (0, 0, -0.2),
    },
    "sit": {
        "leftUpperLeg": (-1.5, 0.08, 0), "rightUpperLeg": (-1.5, -0.08, 0),
        "leftLowerLeg": (1.5, 0, 0), "rightLowerLeg": (1.5, 0, 0),
        "leftLowerArm": (0, -1.0, 0), "rightLowerArm": (0, 1.0, 0),
    },
    "wave": {
        "rightUpperArm": (0, 0.3, -1.45), "rightLowerArm": (0, 0, -1.5),
        "rightHand": (0, 0, -0.2), "head": (0, -0.2, -0.08), "spine": (0, -0.1, 0.0),
    },
    "head-turn": {
        "neck": (0.0, 0.45, 0), "head": (0.15, 0.5, 0.1), "upperChest": (0, 0.12, 0),
    },
    "crouch": {
        "hips": (0.35, 0, 0), "spine": (0.25, 0, 0), "chest": (0.15, 0, 0),
        "leftUpperLeg": (-1.75, 0.25, 0), "rightUpperLeg": (-1.75, -0.25, 0),
        "leftLowerLeg": (2.0, 0, 0), "rightLowerLeg": (2.0, 0, 0),
        "leftFoot": (-0.55, 0, 0), "rightFoot": (-0.55, 0, 0), "head": (-0.3, 0, 0),
        "leftLowerArm": (0, -0.9, 0), "rightLowerArm": (0, 0.9, 0),
    },
}  # fmt: skip
"""Rotation vectors, radians, local to the parent, on top of hanging arms."""

POSES = tuple(_POSES)


def trial_pose(name: str) -> NDArray[np.float32]:
    """Return the rotations (1, 55, 4) of a trial pose, unit quaternions xyzw."""
    out = arms_down(1).astype(np.float64)
    for bone, turn in _POSES[name].items():
        i = BONE_INDEX[bone]
        out[0, i] = quat_multiply(out[0, i], quat_exp(np.array(turn, np.float64)))
    return out.astype(np.float32)


def trial_root(character: Character, name: str) -> Floats:
    """Return where the hips (1, 3) stand in a trial pose, metres: so that the feet touch."""
    at = character.node_positions()[character.humanoid["hips"]]
    low = {"sit": 0.45, "crouch": 0.55, "walk": 0.03}.get(name, 0.0)
    return np.array([[at[0], at[1] * (1.0 - low), at[2]]])


@dataclass(frozen=True)
class Stretch:
    """What a pose does to the edges of a character.

    Attributes
    ----------
    p99
        The 99th percentile of length over length at rest.
    over
        Share of the edges that are stretched more than :data:`TOO_FAR` times.
    """

    p99: float
    over: float


def stretches(character: Character) -> dict[str, Stretch]:
    """Return the stretch in every trial pose."""
    height = max(float(p.positions[:, 1].max()) for p in character.parts)
    found: dict[str, list[Floats]] = {name: [] for name in POSES}
    moves = {
        name: skin_matrices(
            character,
            node_matrices(character, trial_root(character, name), trial_pose(name)),
        )[0].astype(np.float64)
        for name in POSES
    }
    for part in character.parts:
        a = part.triangles.astype(np.int64).ravel()
        b = part.triangles.astype(np.int64)[:, [1, 2, 0]].ravel()
        rest = np.linalg.norm(part.positions[a] - part.positions[b], axis=1)
        long = rest > _SHORT * height
        for name, matrices in moves.items():
            posed = _skinned(part.positions, part.joints, part.weights, matrices)
            length = np.linalg.norm(posed[a[long]] - posed[b[long]], axis=1)
            found[name].append(length / rest[long])
    out = {}
    for name, ratios in found.items():
        every = np.concatenate(ratios) if ratios else np.ones(1)
        every = every if len(every) else np.ones(1)
        out[name] = Stretch(float(np.quantile(every, 0.99)), float((every > TOO_FAR).mean()))
    return out


def _skinned(
    points: NDArray[np.float32],
    joints: NDArray[np.uint16] | None,
    weights: NDArray[np.float32] | None,
    matrices: Floats,
) -> Floats:
    at = points.astype(np.float64)
    if joints is None or weights is None:
        return at
    out = np.zeros_like(at)
    for k in range(joints.shape[1]):
        m = matrices[joints[:, k]]
        moved = np.einsum("nij,nj->ni", m[:, :, :3], at) + m[:, :, 3]
        out += weights[:, k, None] * moved
    return out
