"""The VRM 1.0 humanoid: bone names, parents, rest pose and forward kinematics."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import quat_multiply, quat_rotate

_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_THUMB = ("Metacarpal", "Proximal", "Distal")
_FINGER = ("Proximal", "Intermediate", "Distal")


def _hand(side: str) -> list[tuple[str, str]]:
    pairs = []
    for finger in _FINGERS:
        parent = f"{side}Hand"
        for joint in _THUMB if finger == "Thumb" else _FINGER:
            name = f"{side}{finger}{joint}"
            pairs.append((name, parent))
            parent = name
    return pairs


def _leg(side: str) -> list[tuple[str, str]]:
    return [
        (f"{side}UpperLeg", "hips"),
        (f"{side}LowerLeg", f"{side}UpperLeg"),
        (f"{side}Foot", f"{side}LowerLeg"),
        (f"{side}Toes", f"{side}Foot"),
    ]


def _arm(side: str) -> list[tuple[str, str]]:
    return [
        (f"{side}Shoulder", "upperChest"),
        (f"{side}UpperArm", f"{side}Shoulder"),
        (f"{side}LowerArm", f"{side}UpperArm"),
        (f"{side}Hand", f"{side}LowerArm"),
    ]


_TREE: list[tuple[str, str]] = [
    ("hips", ""), ("spine", "hips"), ("chest", "spine"), ("upperChest", "chest"),
    ("neck", "upperChest"), ("head", "neck"),
    ("leftEye", "head"), ("rightEye", "head"), ("jaw", "head"),
    *_leg("left"), *_leg("right"), *_arm("left"), *_arm("right"),
    *_hand("left"), *_hand("right"),
]  # fmt: skip

HUMANOID_BONES: tuple[str, ...] = tuple(name for name, _ in _TREE)
"""The 55 VRM 1.0 humanoid bones, parents before children."""

BONE_INDEX = MappingProxyType({name: i for i, name in enumerate(HUMANOID_BONES)})
"""Index of each bone in :data:`HUMANOID_BONES`."""

BONE_PARENTS: NDArray[np.int32] = np.array(
    [BONE_INDEX[parent] if parent else -1 for _, parent in _TREE], dtype=np.int32
)
"""Parent of each bone when all 55 are present, shape (55,); -1 for the hips."""

BONE_COUNT = len(HUMANOID_BONES)

REQUIRED_BONES: frozenset[str] = frozenset(
    ["hips", "spine", "head"]
    + [f"{s}{b}" for s in ("left", "right") for b in ("UpperLeg", "LowerLeg", "Foot")]
    + [f"{s}{b}" for s in ("left", "right") for b in ("UpperArm", "LowerArm", "Hand")]
)
"""Bones that VRM 1.0 requires (VRMC_vrm-1.0, humanoid.md)."""


@dataclass(frozen=True)
class Rest:
    """Rest pose (T-pose) of a humanoid; all rest rotations are identity in model space.

    Attributes
    ----------
    offsets
        (55, 3) float32, metres, from the parent bone (for the hips: from the floor
        under the origin), model space. Absent bones repeat (0, 0, 0).
    present
        (55,) bool. An absent bone has no length; its rotation is still carried on.
    """

    offsets: NDArray[np.float32]
    present: NDArray[np.bool_]

    @property
    def hip_height(self) -> float:
        """Height of the hips over the floor in metres."""
        return float(self.offsets[0, 1])

    def positions(self) -> NDArray[np.float32]:
        """Return the rest position of each bone, (55, 3) float32, metres, model space."""
        points = self.offsets.astype(np.float32).copy()
        for bone in range(1, BONE_COUNT):
            points[bone] += points[BONE_PARENTS[bone]]
        return points

    def forward(
        self, root: NDArray[np.floating], rotations: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return world positions and rotations of all bones (forward kinematics).

        Parameters
        ----------
        root
            (..., 3) hips position in metres, world space.
        rotations
            (..., 55, 4) unit quaternions xyzw, local to parent, rest = identity.

        Returns
        -------
        positions
            (..., 55, 3) float64, metres, world space.
        rotations
            (..., 55, 4) float64, unit quaternions xyzw, world space.
        """
        local = np.asarray(rotations, dtype=np.float64)
        turns = np.empty_like(local)
        points = np.empty((*local.shape[:-1], 3), dtype=np.float64)
        turns[..., 0, :] = local[..., 0, :]
        points[..., 0, :] = root
        for bone in range(1, BONE_COUNT):
            parent = BONE_PARENTS[bone]
            turns[..., bone, :] = quat_multiply(turns[..., parent, :], local[..., bone, :])
            arm = quat_rotate(turns[..., parent, :], self.offsets[bone].astype(np.float64))
            points[..., bone, :] = points[..., parent, :] + arm
        return points, turns
