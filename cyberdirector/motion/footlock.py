"""Feet that are planted stand still: contacts found, edited or given, then held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_slerp
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.motion.curves import Array
from cyberdirector.motion.plant import plant_feet

_LEG = [
    BONE_INDEX[side + bone]
    for side in ("left", "right")
    for bone in ("UpperLeg", "LowerLeg", "Foot", "Toes")
]


def footlock(
    clip: Clip,
    rest: Rest,
    contacts: NDArray[np.bool_] | None = None,
    strength: float = 1.0,
    floor: float = 0.0,
) -> Clip:
    """Return a clip whose planted feet do not slide.

    Parameters
    ----------
    clip, rest
        The motion and the body that performs it.
    contacts
        (frames, 2) bool, left and right; None: those of the clip, and where it has none those
        found from height and speed of the feet.
    strength
        0 leaves the motion (bit for bit), 1 holds the feet; between, hips and legs go part of
        the way.
    floor
        Height of the floor, metres.
    """
    if strength <= 0.0 or not clip.frames:
        return clip
    bear = clip.contacts if contacts is None else contacts
    if contacts is None and not bear.any():
        from cyberdirector.motion.contacts import find_contacts

        bear = find_contacts(clip, rest, floor)
    locked = plant_feet(clip, rest, bear, floor=floor)
    if strength >= 1.0:
        return locked
    turns = clip.rotations.copy()
    share: Array = np.full(turns[:, _LEG].shape[:-1], strength)
    turns[:, _LEG] = quat_slerp(clip.rotations[:, _LEG], locked.rotations[:, _LEG], share)
    root = clip.root + np.float32(strength) * (locked.root - clip.root)
    return replace(locked, root=root, rotations=turns)


def with_contacts(
    clip: Clip, spans: Sequence[tuple[int, int]], foot: int, planted: bool = True
) -> Clip:
    """Return a clip whose foot (0 left, 1 right) is planted, or free, over frame spans."""
    contacts = clip.contacts.copy()
    for start, end in spans:
        contacts[max(start, 0) : max(end, 0), foot] = planted
    return replace(clip, contacts=contacts)
