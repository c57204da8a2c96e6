"""The way of the body over the floor: start, heading, moving whole clips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    Array,
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
)


def heading(turns: Array) -> Array:
    """Return the yaw (n,), radians, in which hips turned by ``turns`` (n, 4) look.

    0 looks along +Z, positive to the left (+X).
    """
    ahead = quat_rotate(turns, np.array([0.0, 0.0, 1.0]))
    up = quat_rotate(turns, np.array([0.0, 1.0, 0.0]))
    # Lying hips look by their belly only when it is not turned to the sky or the floor.
    steep = np.abs(ahead[..., 1]) > 0.9
    flat = np.where(steep[..., None], -np.sign(ahead[..., 1:2]) * up, ahead)
    return np.asarray(np.arctan2(flat[..., 0], flat[..., 2]))


def move_clip(clip: Clip, yaw: float, pivot: Array, shift: Array) -> Clip:
    """Return the clip turned by ``yaw`` about ``pivot`` (3,) and moved by ``shift`` (3,)."""
    turn = quat_from_axis_angle([0.0, 1.0, 0.0], yaw)
    root = quat_rotate(turn, clip.root - pivot) + pivot + shift
    rotations = clip.rotations.copy()
    rotations[:, 0] = quat_multiply(turn, clip.rotations[:, 0])
    return replace(clip, root=root.astype(np.float32), rotations=rotations)


def to_origin(clip: Clip) -> Clip:
    """Return the clip that starts over the origin and looks along +Z there."""
    if not clip.frames:
        return clip
    yaw = float(heading(clip.rotations[:1, 0].astype(np.float64))[0])
    start = clip.root[0].astype(np.float64) * np.array([1.0, 0.0, 1.0])
    return move_clip(clip, -yaw, start, -start)
