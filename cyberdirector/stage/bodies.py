"""Where people's eyes, faces and feet are, read from the motion that was performed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.stage.framing import Subject

_HEAD = BONE_INDEX["head"]
_CHEST = BONE_INDEX["upperChest"]
_EYES = [BONE_INDEX["leftEye"], BONE_INDEX["rightEye"]]


@dataclass(frozen=True)
class Body:
    """What staging must know of a character: rest pose, full height (hair included)."""

    rest: Rest
    height: float

    @property
    def eye_height(self) -> float:
        """Height of the eyes over the floor in the rest pose, metres."""
        points = self.rest.positions()
        if self.rest.present[_EYES].all():
            return float(points[_EYES, 1].mean())
        return float(points[_HEAD, 1]) + 0.06


class Performer:
    """One role's motion, asked frame by frame.

    Parameters
    ----------
    role
        Name.
    body
        Of the character.
    clip
        Motion in world space, frames counted from the scene's start.
    """

    def __init__(self, role: str, body: Body, clip: Clip) -> None:
        self.role = role
        self.body = body
        self.clip = clip

    def track(
        self, frames: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return eye positions and facing directions, (n, 3) each, world space."""
        positions, turns = self.body.rest.forward(
            self.clip.root[frames], self.clip.rotations[frames]
        )
        if self.body.rest.present[_EYES].all():
            eyes = positions[:, _EYES].mean(axis=1)
        else:
            eyes = positions[:, _HEAD] + quat_rotate(turns[:, _HEAD], [0.0, 0.06, 0.08])
        ahead = quat_rotate(turns[:, _HEAD], [0.0, 0.0, 1.0])
        ahead = ahead + quat_rotate(turns[:, _CHEST], [0.0, 0.0, 1.0])
        ahead[:, 1] = 0.0
        length = np.linalg.norm(ahead, axis=1, keepdims=True)
        return eyes, np.where(length > 1e-6, ahead / np.maximum(length, 1e-6), [0.0, 0.0, 1.0])

    def subject(self, start: int, end: int) -> Subject:
        """Return the person as framed over ``start:end``: the middle of where they are."""
        frames = np.unique(np.linspace(start, max(start, end - 1), 9).astype(np.int64))
        eyes, facing = self.track(frames)
        middle = np.median(eyes, axis=0)
        ahead = facing.mean(axis=0)
        length = float(np.linalg.norm(ahead))
        ahead = ahead / length if length > 1e-6 else facing[0]
        feet = np.median(self.clip.root[frames].astype(np.float64), axis=0)
        feet[1] = 0.0
        over_eyes = self.body.height - self.body.eye_height
        return Subject(self.role, middle, ahead, feet, float(middle[1]) + over_eyes)

    def travel(self, start: int, end: int) -> float:
        """Return how far the hips move on the floor over ``start:end``, metres."""
        root = self.clip.root[[start, max(start, end - 1)]][:, [0, 2]]
        return float(np.linalg.norm(root[1] - root[0]))
