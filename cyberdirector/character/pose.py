"""From the A-pose of the data to the T-pose of VRM, and back exactly.

The T-pose vertices are the inverse of linear blend skinning: where the pose that turns
T into A blends matrices ``M = sum(w_i M_i)``, the T-pose vertex is ``M^-1 x_A``. Turning
the arms down again then reproduces the modelled A-pose without the collapse that
skinning a bent shoulder the forward way would leave.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.bones import POINT_NAMES
from cyberdirector.core.rotations import quat_between, quat_to_matrix
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX, BONE_PARENTS

Points = NDArray[np.float64]

_FINGERS = ("Index", "Middle", "Ring", "Little")
_AT = {name: i for i, name in enumerate(POINT_NAMES)}


def _turn(a: Points, b: Points) -> Points:
    """Return the matrix of the shortest rotation from direction ``a`` to ``b``."""
    return quat_to_matrix(quat_between(a, b))


def _about(axis: int, angle: float) -> Points:
    """Return the matrix of a rotation about X (0), Y (1) or Z (2), radians."""
    c, s = np.cos(angle), np.sin(angle)
    m = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    m[i, i], m[j, j], m[i, j], m[j, i] = c, c, -s, s
    return m


def t_pose_rotations(points: Points) -> Points:
    """Return the model-space rotation (55, 3, 3) of each bone from the A-pose to the T-pose.

    Arms lie along ±X with the palms down, fingers are straight and keep their spread,
    legs stand vertical with the feet pointing to +Z; trunk and head do not move.

    Parameters
    ----------
    points
        (65, 3) A-pose joint positions in the order of ``bones.POINT_NAMES``.
    """
    turns = np.tile(np.eye(3), (BONE_COUNT, 1, 1))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        _turn_arm(points, turns, side, sign)
        _turn_leg(points, turns, side)
    return turns


def _turn_arm(points: Points, turns: Points, side: str, sign: float) -> None:
    def at(name: str) -> Points:
        return points[_AT[side + name]]

    out = np.array([sign, 0.0, 0.0])
    upper = _turn(at("LowerArm") - at("UpperArm"), out)
    lower = _turn(upper @ (at("Hand") - at("LowerArm")), out) @ upper
    knuckles = np.mean([at(f"{f}Proximal") for f in _FINGERS], axis=0)
    hand = _turn(lower @ (knuckles - at("Hand")), out) @ lower
    across = hand @ (at("LittleProximal") - at("IndexProximal"))
    roll = np.arctan2(across[1], -across[2])
    hand = _about(0, roll) @ hand
    turns[BONE_INDEX[f"{side}UpperArm"]] = upper
    turns[BONE_INDEX[f"{side}LowerArm"]] = lower
    turns[BONE_INDEX[f"{side}Hand"]] = hand
    for part in ("Metacarpal", "Proximal", "Distal"):
        turns[BONE_INDEX[f"{side}Thumb{part}"]] = hand
    for finger in _FINGERS:
        chain = [f"{finger}{p}" for p in ("Proximal", "Intermediate", "Distal", "Tip")]
        current = hand
        flat = current @ (at(chain[1]) - at(chain[0]))
        flat = np.array([flat[0], 0.0, flat[2] * 0.7])
        for here, there in pairwise(chain):
            current = _turn(current @ (at(there) - at(here)), flat) @ current
            turns[BONE_INDEX[side + here]] = current


def _turn_leg(points: Points, turns: Points, side: str) -> None:
    def at(name: str) -> Points:
        return points[_AT[side + name]]

    leg = at("Foot") - at("UpperLeg")
    upright = _about(2, -np.arctan2(leg[0], -leg[1]))
    foot = at("Toes") - at("Foot")
    ahead = _about(1, -np.arctan2(foot[0], foot[2]))
    for name in ("UpperLeg", "LowerLeg"):
        turns[BONE_INDEX[side + name]] = upright
    for name in ("Foot", "Toes"):
        turns[BONE_INDEX[side + name]] = ahead


def pose_joints(points: Points, turns: Points) -> Points:
    """Return T-pose positions (55, 3) of the bones under the rotations of the bones."""
    out = np.array(points[:BONE_COUNT])
    for bone in range(1, BONE_COUNT):
        parent = BONE_PARENTS[bone]
        out[bone] = out[parent] + turns[parent] @ (points[bone] - points[parent])
    return out


def unpose(
    points: Points,
    joints: NDArray[np.integer],
    weights: NDArray[np.floating],
    before: Points,
    after: Points,
    turns: Points,
) -> Points:
    """Return T-pose vertices whose skinning back to the A-pose gives ``points`` exactly.

    Parameters
    ----------
    points
        (v, 3) A-pose vertices, metres.
    joints, weights
        (v, 8) skin.
    before, after
        (55, 3) joint positions in the A-pose and the T-pose.
    turns
        (55, 3, 3) rotations from A to T.
    """
    back = np.transpose(turns, (0, 2, 1))
    shift = before - np.einsum("bij,bj->bi", back, after)
    w = weights.astype(np.float64)
    blend = np.einsum("vk,vkij->vij", w, back[joints])
    offset = np.einsum("vk,vki->vi", w, shift[joints])
    return np.linalg.solve(blend, (points - offset)[..., None])[..., 0]
