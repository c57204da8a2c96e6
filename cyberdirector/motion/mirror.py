"""Left and right of a motion swapped: body, face, gaze, signs and contacts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.rotations import quat_from_axis_angle, quat_multiply, quat_rotate
from cyberdirector.core.skeleton import HUMANOID_BONES


def other_side(name: str) -> str:
    """Return the name of the same thing on the other side: ``leftHand`` → ``rightHand``.

    Works for bones, ARKit shapes and signs; names without a side come back unchanged.
    """
    for a, b in (("left", "right"), ("right", "left")):
        if name.startswith(a) and name[len(a) : len(a) + 1].isupper():
            return b + name[len(a) :]
    for a, b in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(a):
            return name.removesuffix(a) + b
    return name


def _order(names: tuple[str, ...]) -> NDArray[np.intp]:
    return np.array([names.index(other_side(name)) for name in names])


_BONES = _order(HUMANOID_BONES)
_SHAPES = _order(ARKIT_NAMES)
_FLIP = np.array([1.0, -1.0, -1.0, 1.0], np.float32)
"""A rotation seen in the mirror x = 0."""


def mirror(clip: Clip) -> Clip:
    """Return the motion seen in the mirror plane x = 0 of the world.

    Twice gives the same clip bit for bit.
    """
    signs = {other_side(name): values for name, values in clip.signs.items()}
    return replace(
        clip,
        root=clip.root * np.array([-1.0, 1.0, 1.0], np.float32),
        rotations=clip.rotations[:, _BONES] * _FLIP,
        weights=clip.weights[:, _SHAPES],
        gaze=clip.gaze * np.array([-1.0, 1.0], np.float32),
        contacts=clip.contacts[:, ::-1],
        signs=signs,
    )


def heading_of(turn: NDArray[np.floating]) -> float:
    """Return where a rotation (4,) turns +Z to, as yaw about +Y in radians."""
    x, _, z = quat_rotate(turn, [0.0, 0.0, 1.0])
    return float(np.arctan2(x, z))


def place(clip: Clip, yaw: float, move: NDArray[np.floating]) -> Clip:
    """Return a clip turned about the vertical through the origin, then moved.

    Parameters
    ----------
    yaw
        Radians about +Y.
    move
        (3,) metres.
    """
    turn = quat_from_axis_angle([0.0, 1.0, 0.0], yaw)
    turns = clip.rotations.copy()
    turns[:, 0] = quat_multiply(turn, clip.rotations[:, 0])
    root = quat_rotate(turn, clip.root) + np.asarray(move, np.float64)
    return replace(clip, root=root.astype(np.float32), rotations=turns)


def mirror_in_place(clip: Clip, frame: int = 0) -> Clip:
    """Return the mirrored motion in the character's own plane: place and heading are kept.

    Parameters
    ----------
    frame
        Where the hips stand and look the same before and after.
    """
    if not clip.frames:
        return clip
    swapped = mirror(clip)
    yaw = heading_of(clip.rotations[frame, 0]) - heading_of(swapped.rotations[frame, 0])
    turn = quat_from_axis_angle([0.0, 1.0, 0.0], yaw)
    move = clip.root[frame] - quat_rotate(turn, swapped.root[frame])
    move[1] = 0.0
    return place(swapped, yaw, move)
