"""What the joint finder sees: how solid a figure is, on the whole and around a joint."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.skeleton import (
    BONE_COUNT,
    BONE_INDEX,
    BONE_PARENTS,
    HUMANOID_BONES,
)
from cyberdirector.rig.depth import Views

Floats = NDArray[np.float64]

_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
FINGER_BONES = {
    side: np.array([i for n, i in BONE_INDEX.items()
                    if n.startswith(side) and any(f in n for f in _FINGERS)])
    for side in ("left", "right")
}  # fmt: skip
"""Indices of the 15 finger bones of each hand."""

MAIN = np.array([i for i in range(BONE_COUNT)
                 if not any(i in rows for rows in FINGER_BONES.values())])  # fmt: skip
"""Indices of all bones that are no finger bones."""

_AHEAD = {
    "hips": "spine", "spine": "chest", "chest": "upperChest", "upperChest": "neck",
    "neck": "head", "head": "leftEye", "jaw": "head", "leftEye": "head", "rightEye": "head",
    **{s + a: s + b for s in ("left", "right") for a, b in (
        ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"), ("Foot", "LowerLeg"), ("Toes", "Foot"),
        ("Shoulder", "UpperArm"), ("UpperArm", "LowerArm"), ("LowerArm", "Hand"),
        ("Hand", "LowerArm"))},
}  # fmt: skip
"""The bone that gives the direction of a joint's frame."""

_UPRIGHT = frozenset(("hips", "spine", "chest", "upperChest", "neck", "head", "jaw",
                      "leftEye", "rightEye"))  # fmt: skip

SCALES = (0.015, 0.04, 0.10)
"""Steps of the lattices around a joint, in shares of the height."""


@lru_cache(maxsize=1)
def _lattice() -> Floats:
    axis = np.arange(-1.0, 1.1)
    cube = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    return cube


@lru_cache(maxsize=1)
def _whole() -> Floats:
    x, y = np.linspace(-0.52, 0.52, 30), np.linspace(0.01, 0.99, 36)
    z = np.linspace(-0.12, 0.12, 5)
    return np.stack(np.meshgrid(x, y, z, indexing="ij"), -1)


@lru_cache(maxsize=1)
def _hand() -> Floats:
    along, across = np.linspace(-0.01, 0.14, 11), np.linspace(-0.05, 0.05, 9)
    return np.stack(
        np.meshgrid(along, np.linspace(-0.03, 0.03, 5), across, indexing="ij"), -1
    ).reshape(-1, 3)


def whole_features(views: Views) -> NDArray[np.float32]:
    """Return (5400,) how solid the figure is on a lattice over its whole body."""
    return views.depth_of(_whole(), 0.08).ravel()


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Return for :data:`MAIN` the bone ahead, whether upright, and the three centres (n, 3)."""
    names = [HUMANOID_BONES[i] for i in MAIN]
    ahead = np.array([BONE_INDEX[_AHEAD[n]] for n in names])
    upright = np.array([n in _UPRIGHT for n in names])
    centres = []
    for i in MAIN:
        parent = (
            int(BONE_PARENTS[i]) if BONE_PARENTS[i] >= 0 else int(BONE_INDEX["leftUpperLeg"])
        )
        children = [j for j in MAIN if BONE_PARENTS[j] == i]
        other = int(BONE_PARENTS[parent]) if BONE_PARENTS[parent] >= 0 else 1
        centres.append([i, parent, children[0] if children else other])
    return ahead, upright, np.array(centres)


def joint_frames(joints: Floats) -> Floats:
    """Return (main, 3, 3) axes (rows) of the frames of the main joints: along, side, front."""
    ahead, upright, _ = _tables()
    along = joints[ahead] - joints[MAIN]
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    along[upright] = [0.0, 1.0, 0.0]
    front = np.array([0.0, 0.0, 1.0]) - along[:, 2:] * along
    length = np.linalg.norm(front, axis=1, keepdims=True)
    front = np.where(length > 0.2, front, np.cross(along, [1.0, 0.0, 0.0]))
    front /= np.maximum(np.linalg.norm(front, axis=1, keepdims=True), 1e-9)
    return np.stack([along, np.cross(front, along), front], axis=1)


def joint_features(views: Views, joints: Floats, frames: Floats) -> NDArray[np.float32]:
    """Return (main, n) what lies around each joint and its neighbours, in its frame.

    ``joints`` (55, 3) are the present guesses in shares of the height.
    """
    _, _, centres = _tables()
    lattice = np.concatenate([scale * _lattice() for scale in SCALES])
    reach = np.repeat(1.5 * np.array(SCALES), len(_lattice()))
    around = np.einsum("ki,jic->jkc", lattice, frames)
    queries = joints[centres][:, :, None, :] + around[:, None]
    solid = views.depth_of(queries, reach).reshape(len(MAIN), -1)
    near = np.einsum("kjc,kic->kji", joints[MAIN] - joints[MAIN][:, None], frames)
    near = (4.0 * near).reshape(len(MAIN), -1).astype(np.float32)
    return np.concatenate([solid, near, np.ones((len(MAIN), 1), np.float32)], axis=1)


def hand_frame(joints: Floats, side: str) -> Floats:
    """Return (3, 3) axes (rows) of a hand: along the forearm, up, front."""
    wrist, elbow = (joints[BONE_INDEX[side + n]] for n in ("Hand", "LowerArm"))
    knuckles = joints[BONE_INDEX[f"{side}MiddleProximal"]]
    along = knuckles - wrist if np.linalg.norm(knuckles - wrist) > 0.01 else wrist - elbow
    along = along / max(float(np.linalg.norm(along)), 1e-9)
    front = np.array([0.0, 0.0, 1.0]) - along[2] * along
    front /= max(float(np.linalg.norm(front)), 1e-9)
    return np.stack([along, np.cross(front, along), front])


def hand_features(views: Views, joints: Floats, side: str, frame: Floats) -> Floats:
    """Return how solid the hand is on a lattice, and the guesses of its joints."""
    wrist = joints[BONE_INDEX[f"{side}Hand"]]
    solid = views.depth_of(wrist + _hand() @ frame, 0.02)
    rows = FINGER_BONES[side]
    near = (joints[rows] - wrist) @ frame.T
    elbow = (joints[BONE_INDEX[f"{side}LowerArm"]] - wrist) @ frame.T
    return np.concatenate([solid, 8.0 * near.ravel(), 4.0 * elbow, [1.0]]).astype(np.float64)
