"""Parts of a body that layers act on: which bones, shapes and channels belong to which."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.skeleton import HUMANOID_BONES
from cyberdirector.timeline.items import PARTS

PART_INDEX = MappingProxyType({name: i for i, name in enumerate(PARTS)})
"""Column of each part."""

_LEG = ("UpperLeg", "LowerLeg", "Foot", "Toes")
_ARM = ("Shoulder", "UpperArm", "LowerArm")


def _part_of_bone(bone: str) -> str:
    if bone == "hips":
        return "root"
    if bone in ("spine", "chest", "upperChest"):
        return "torso"
    if bone in ("neck", "head"):
        return "head"
    if bone == "jaw":
        return "mouth"
    side = "Left" if bone.startswith("left") else "Right"
    bare = bone.removeprefix("left").removeprefix("right")
    if bare == "Eye":
        return "gaze"
    if bare in _LEG:
        return "legs"
    return f"arm{side}" if bare in _ARM else f"hand{side}"


def _part_of_shape(shape: str) -> str:
    if shape.startswith("eyeLook"):
        return "gaze"
    return "mouth" if shape.startswith(("mouth", "jaw", "tongue")) else "upperFace"


BONE_PARTS: NDArray[np.intp] = np.array([PART_INDEX[_part_of_bone(b)] for b in HUMANOID_BONES])
"""Part of each of the 55 bones; ``root`` is the hips: where they are and how they turn."""

SHAPE_PARTS: NDArray[np.intp] = np.array([PART_INDEX[_part_of_shape(s)] for s in ARKIT_NAMES])
"""Part of each of the 52 shapes; drawn signs belong to ``upperFace``."""

ROOT, LEGS, FACE, GAZE = (PART_INDEX[p] for p in ("root", "legs", "upperFace", "gaze"))

PRESETS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "all": MappingProxyType({}),
        # Camera for the body, voice for the lips.
        "body": MappingProxyType({p: 1.0 for p in PARTS if p != "mouth"}),
        # An actor at a table: hips and legs stay what they were.
        "seated": MappingProxyType(
            {p: 1.0 for p in PARTS if p not in ("root", "legs", "mouth")}
        ),
        "hands": MappingProxyType({"handLeft": 1.0, "handRight": 1.0}),
        "arms": MappingProxyType({p: 1.0 for p in PARTS if p.startswith(("arm", "hand"))}),
        "face": MappingProxyType({"upperFace": 1.0, "mouth": 1.0, "gaze": 1.0}),
        "lips": MappingProxyType({"mouth": 1.0}),
    }
)
"""Masks by name. ``body`` is camera for the body, voice for the lips."""


def mask_row(mask: Mapping[str, float]) -> NDArray[np.float64]:
    """Return a mask as (11,) shares in the order of the parts; an empty one is all 1."""
    if not mask:
        return np.ones(len(PARTS))
    return np.array([float(mask.get(part, 0.0)) for part in PARTS])


@functools.cache
def channel_part(channel: str) -> int:
    """Return the column of the part that a key channel belongs to.

    Raises
    ------
    KeyError
        For a channel that is none (see :func:`cyberdirector.timeline.keys.channel_width`).
    """
    kind, _, name = channel.partition(":")
    if kind == "bone":
        return PART_INDEX[_part_of_bone(name)]
    if kind == "weight":
        return PART_INDEX[_part_of_shape(name)]
    return {"root": ROOT, "gaze": GAZE, "contact": LEGS, "sign": FACE}[kind]
