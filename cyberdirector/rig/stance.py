"""How a figure stands, and the way from there to the T-pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.bones import POINT_NAMES
from cyberdirector.character.pose import pose_joints, t_pose_rotations, unpose
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS

Floats = NDArray[np.float64]

_LEVEL, _HANGING = np.radians(22.0), np.radians(62.0)
"""Arms that point less than this below the level are a T-pose, more than that hang down."""

_WELDED = 0.52
"""Arm span over height below which arms that hang down touch the trunk."""


@dataclass(frozen=True)
class Stance:
    """How the arms are held.

    Attributes
    ----------
    kind
        ``t``, ``a`` or ``down``.
    arms
        Degrees below the level, left and right.
    span
        Distance between the hands' ends over the height.
    """

    kind: str
    arms: tuple[float, float]
    span: float

    @property
    def welded(self) -> bool:
        """Whether arms and trunk probably touch, so that they may hang together."""
        return self.kind == "down" and self.span < _WELDED


def find_stance(joints: Floats, samples: Floats) -> Stance:
    """Return how a figure stands.

    Parameters
    ----------
    joints
        (55, 3) metres, upright, facing +Z.
    samples
        (n, 3) points of its surface, metres.
    """
    drops = []
    for side in ("left", "right"):
        arm = joints[BONE_INDEX[f"{side}Hand"]] - joints[BONE_INDEX[f"{side}UpperArm"]]
        drops.append(float(np.arctan2(-arm[1], np.hypot(arm[0], arm[2]))))
    height = float(np.ptp(samples[:, 1]))
    hands = [joints[BONE_INDEX[f"{s}MiddleDistal"]] for s in ("left", "right")]
    span = float(abs(hands[0][0] - hands[1][0])) / height
    mean = 0.5 * (drops[0] + drops[1])
    kind = "t" if mean < _LEVEL else "down" if mean > _HANGING else "a"
    return Stance(kind, (float(np.degrees(drops[0])), float(np.degrees(drops[1]))), span)


def with_tips(joints: Floats) -> Floats:
    """Return joints and finger tips (65, 3); a tip lies as far on as the joint before it."""
    out = np.zeros((len(POINT_NAMES), 3))
    out[:BONE_COUNT] = joints
    for i, name in enumerate(POINT_NAMES[BONE_COUNT:], BONE_COUNT):
        last = BONE_INDEX[name.replace("Tip", "Distal")]
        out[i] = joints[last] + 0.8 * (joints[last] - joints[BONE_PARENTS[last]])
    return out


def to_t_pose(
    points: Floats, bones: NDArray[np.integer], weights: Floats, joints: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return vertices (v, 3) and joints (55, 3) in the T-pose, and the turns (55, 3, 3).

    Parameters
    ----------
    points
        (v, 3) metres, as the figure stands.
    bones, weights
        (v, k) skin.
    joints
        (55, 3) metres, as the figure stands.
    """
    turns = t_pose_rotations(with_tips(joints))
    after = pose_joints(joints, turns)
    return unpose(points, bones, weights, joints, after, turns), after, turns


def turned_normals(
    normals: Floats, bones: NDArray[np.integer], weights: Floats, turns: Floats
) -> Floats:
    """Return unit normals (v, 3) carried into the T-pose.

    A vertex stands at ``M x`` where its T-pose vertex is ``x`` and ``M`` blends the inverse
    turns; normals go back with the transpose of ``M``.
    """
    back = np.transpose(turns, (0, 2, 1))
    blend = np.einsum("vk,vkij->vij", weights, back[bones])
    out = np.einsum("vij,vi->vj", blend, normals)
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
