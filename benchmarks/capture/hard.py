"""What makes a take hard: the same movement, filmed badly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KINDS = ("occluder", "leaving", "second", "handheld", "vfr", "fov48", "fov75")


@dataclass
class Setting:
    """Camera, place and faults of a take."""

    kind: str
    eye: Floats
    target: Floats
    fov: float
    times: Floats
    place: Any = None
    second: Any = None

    def path(self) -> Floats:
        """Return how the actor is moved aside, (n, 3) metres, world space."""
        side = np.cross([0.0, 1.0, 0.0], self.eye - self.target)
        side /= np.linalg.norm(side)
        share = np.clip((self.times / max(float(self.times[-1]), 1e-6) - 0.35) / 0.3, 0.0, 1.0)
        return (1.9 * share if self.kind == "leaving" else 0.0 * share)[:, None] * side

    def prepare(self, stage: Any, frame: int) -> None:
        """Set the stage for a frame."""
        t = self.times[frame]
        eye, target, roll = self.eye, self.target, 0.0
        span = self.times[-1] if len(self.times) > 1 else 1.0
        side = np.cross([0.0, 1.0, 0.0], eye - target)
        side /= np.linalg.norm(side)
        if self.kind == "handheld":
            shake = np.radians(2.0) * np.linalg.norm(eye - target)
            target = target + side * shake * np.sin(2.1 * t) + np.array([0.0, 1.0, 0.0]) * (
                shake * 0.7 * np.sin(3.3 * t + 1.0))  # fmt: skip
            roll = float(np.radians(1.0) * np.sin(1.7 * t))
        stage.look(eye, target, self.fov, roll)
        if self.kind == "occluder":
            place = 1.6 * (t / span) - 0.8
            middle = target * 0.55 + eye * 0.45 + side * place * 0.9
            corners = [
                middle + side * dx + np.array([0.0, dy, 0.0])
                for dx, dy in ((-0.17, -0.9), (0.17, -0.9), (0.17, 0.35), (-0.17, 0.35))
            ]
            stage.add_mesh(corners, [[0, 1, 2], [0, 2, 3], [0, 2, 1], [0, 3, 2]],
                           (0.35, 0.25, 0.2, 1.0), name="card")  # fmt: skip
        if self.kind == "second" and self.second is not None:
            if "other" not in stage.actors:
                stage.add(self.second, "other")
            rotations = np.tile([0.0, 0.0, 0.0, 1.0], (55, 1)).astype(np.float32)
            from cyberdirector.core.skeleton import BONE_INDEX

            for bone, sign in (("leftUpperArm", -1.0), ("rightUpperArm", 1.0)):
                rotations[BONE_INDEX[bone]] = (0.0, 0.0, sign * 0.6, 0.8)
            where = (
                self.target - (self.eye - self.target) * 0.25 + side * (1.2 - 2.4 * t / span)
            )
            root = np.array([where[0], self.second.rest().hip_height, where[2]], np.float32)
            stage.actors["other"].pose(rotations, root)

    def finish(self, picture: NDArray[np.uint8], frame: int) -> NDArray[np.uint8]:
        """Return the picture as the camera's file has it."""
        return picture


def setting(kind: str, frames: int, eye: Floats, target: Floats, fov: float) -> Setting:
    """Return how a take of a kind is filmed."""
    times = np.arange(frames) / 30.0
    out = Setting(kind, eye, target, fov, times)
    if kind == "vfr":
        rng = np.random.default_rng(5)
        keep = np.ones(frames)
        keep[rng.random(frames) < 0.3] = 2.0
        out.times = np.cumsum(keep) / 30.0
        out.times -= out.times[0]
    if kind.startswith("fov"):
        out.fov = float(np.radians(float(kind[3:])))
        scale = np.tan(np.radians(29.0)) / np.tan(out.fov / 2)
        out.eye = target + (eye - target) * scale
    if kind == "second":
        import truth

        out.second = truth.actor("lin_wan")
    return out
