"""Canonical motion: one clip drives any humanoid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import SHAPE_COUNT
from cyberdirector.core.skeleton import BONE_COUNT
from cyberdirector.core.time import Rate


@dataclass(frozen=True)
class Clip:
    """Motion of one character, one row per frame.

    Attributes
    ----------
    rate
        Frames per second.
    root
        (frames, 3) float32, metres, hips position in world space.
    rotations
        (frames, 55, 4) float32, unit quaternions xyzw, local to parent, rest = identity;
        the hips carry the orientation in the world.
    weights
        (frames, 52) float32, 0..1, ARKit order (:data:`~cyberdirector.core.face.ARKIT_NAMES`).
    gaze
        (frames, 2) float32, radians, yaw and pitch of the eyes relative to the head
        (signs as in :func:`~cyberdirector.core.rotations.quat_from_yaw_pitch_roll`).
    contacts
        (frames, 2) bool, left and right foot planted.
    hip_height
        Rest height of the hips of the body this motion was made on, metres.
    signs
        Shape → (frames,) float32, 0..1: what drawn faces show beside the ARKit shapes (tears,
        sweat, blush lines). A character without the shape does not show it.
    """

    rate: Rate
    root: NDArray[np.float32]
    rotations: NDArray[np.float32]
    weights: NDArray[np.float32]
    gaze: NDArray[np.float32]
    contacts: NDArray[np.bool_]
    hip_height: float
    signs: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.root)
        for name, values in self.signs.items():
            if np.shape(values) != (n,):
                raise ValueError(
                    f"Clip.signs[{name!r}] has shape {np.shape(values)}, not ({n},)"
                )
        expected = {
            "root": (n, 3),
            "rotations": (n, BONE_COUNT, 4),
            "weights": (n, SHAPE_COUNT),
            "gaze": (n, 2),
            "contacts": (n, 2),
        }
        for name, shape in expected.items():
            found = np.shape(getattr(self, name))
            if found != shape:
                raise ValueError(f"Clip.{name} has shape {found}, expected {shape}")

    @property
    def frames(self) -> int:
        """Number of frames."""
        return len(self.root)

    @classmethod
    def rest(cls, frames: int, rate: Rate, hip_height: float) -> Clip:
        """Return a clip that stands in the rest pose at the origin."""
        root = np.zeros((frames, 3), np.float32)
        root[:, 1] = hip_height
        rotations = np.zeros((frames, BONE_COUNT, 4), np.float32)
        rotations[..., 3] = 1.0
        return cls(
            rate,
            root,
            rotations,
            np.zeros((frames, SHAPE_COUNT), np.float32),
            np.zeros((frames, 2), np.float32),
            np.ones((frames, 2), np.bool_),
            hip_height,
        )

    def slice(self, start: int, end: int) -> Clip:
        """Return frames ``start:end`` (half-open)."""
        return replace(
            self,
            root=self.root[start:end],
            rotations=self.rotations[start:end],
            weights=self.weights[start:end],
            gaze=self.gaze[start:end],
            contacts=self.contacts[start:end],
            signs={name: values[start:end] for name, values in self.signs.items()},
        )
