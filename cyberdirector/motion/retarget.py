"""A motion made on one body, performed by another: steps, feet, hands on the body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.model import Character
from cyberdirector.core.rotations import (
    Array,
    quat_conjugate,
    quat_continuous,
    quat_multiply,
    quat_normalize,
    quat_rotate,
    quat_slerp,
)
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.motion.contacts import find_contacts
from cyberdirector.motion.feet import SIDES
from cyberdirector.motion.plant import plant_feet
from cyberdirector.motion.surface import measure_surface, usual_surface
from cyberdirector.motion.touches import find_touches, keep_touches, move_hand, push_out

_SPINE = ("spine", "chest", "upperChest")
_NECK_SHARE = 0.4
"""Share of the head's turn that the neck takes where the source has no neck."""

_TWIST_SHARE = 0.5
"""Share of the whole twist between elbow and hand that the forearm takes: sleeves and skin
wring least when it is halved."""


@dataclass(frozen=True)
class RetargetOptions:
    """What is kept of a motion.

    Attributes
    ----------
    arms
        0: joints turn as on the source; 1: hands keep their place against the trunk.
    plant
        Hold planted feet.
    touches
        Keep hands on what they touched, and out of the body.
    """

    arms: float = 0.0
    plant: bool = True
    touches: bool = True


def _share_spine(local: Array, source: Rest, target: Rest) -> None:
    """Move the turns of the trunk onto the trunk bones that the target has, in place."""
    bones = [BONE_INDEX[b] for b in _SPINE]
    lacking = [b for b in bones if not source.present[b]]
    if lacking and len(lacking) < 3 and target.present[lacking].any():
        whole = local[:, bones[0]].copy()
        for b in bones[1:]:
            whole = quat_multiply(whole, local[:, b])
        kept = [b for b in bones if target.present[b]]
        for number, b in enumerate(kept):
            before, after = number / len(kept), (number + 1) / len(kept)
            low, high = _part(whole, before), _part(whole, after)
            local[:, b] = quat_multiply(quat_conjugate(low), high)
        for b in bones:
            if b not in kept:
                local[:, b] = (0.0, 0.0, 0.0, 1.0)
        return
    for above, b in reversed(list(pairwise(bones))):
        if not target.present[b]:
            local[:, above] = quat_multiply(local[:, above], local[:, b])
            local[:, b] = (0.0, 0.0, 0.0, 1.0)


def _part(turn: Array, share: float) -> Array:
    none = np.zeros_like(turn)
    none[:, 3] = 1.0
    return quat_slerp(none, turn, np.full(len(turn), share))


def _share_neck(local: Array, source: Rest, target: Rest) -> None:
    neck, head = BONE_INDEX["neck"], BONE_INDEX["head"]
    if target.present[neck] and not source.present[neck]:
        whole = quat_multiply(local[:, neck], local[:, head])
        local[:, neck] = _part(whole, _NECK_SHARE)
        local[:, head] = quat_multiply(quat_conjugate(local[:, neck]), whole)


def _twist(turn: Array) -> Array:
    """Return the angle (n,) by which rotations turn about the x axis (swing left out)."""
    return np.asarray(2.0 * np.arctan2(turn[:, 0], turn[:, 3]))


def _share_twist(local: Array) -> None:
    """Halve the twist of each forearm between its bone and the hand, in place."""
    for name in SIDES:
        lower, hand = BONE_INDEX[f"{name}LowerArm"], BONE_INDEX[f"{name}Hand"]
        parts = [_twist(quat_normalize(local[:, b])) for b in (lower, hand)]
        parts = [np.unwrap((p + np.pi) % (2.0 * np.pi) - np.pi) for p in parts]
        move = _TWIST_SHARE * (parts[0] + parts[1]) - parts[0]
        half = 0.5 * np.clip(move, -1.6, 1.6)
        turn = np.stack([np.sin(half), 0 * half, 0 * half, np.cos(half)], axis=-1)
        local[:, lower] = quat_multiply(local[:, lower], turn)
        local[:, hand] = quat_multiply(quat_conjugate(turn), local[:, hand])


def _reach_alike(clip: Clip, source: tuple[Clip, Rest], target: Rest, amount: float) -> Clip:
    """Return the clip with wrists where they are on the source, sizes of trunks apart."""
    local = clip.rotations.astype(np.float64)
    points, turns = target.forward(clip.root, local)
    old, old_turns = source[1].forward(source[0].root, source[0].rotations)
    scale = _trunk(target) / _trunk(source[1])
    chest, head = BONE_INDEX["upperChest"], BONE_INDEX["head"]
    for side, name in enumerate(SIDES):
        hand = BONE_INDEX[f"{name}Hand"]
        wanted = np.zeros((clip.frames, 3))
        weights = np.zeros(clip.frames)
        for bone in (chest, head, 0):
            own = quat_rotate(quat_conjugate(old_turns[:, bone]), old[:, hand] - old[:, bone])
            near = 1.0 / np.maximum(np.linalg.norm(own, axis=-1), 0.05) ** 4
            there = points[:, bone] + quat_rotate(turns[:, bone], own * scale)
            wanted += near[:, None] * there
            weights += near
        shift = wanted / weights[:, None] - points[:, hand]
        move_hand(local, points, turns, side, amount * shift)
    return replace(clip, rotations=local.astype(np.float32))


def _trunk(rest: Rest) -> float:
    """Return the height of the shoulders over the hips, metres."""
    points = rest.positions()
    arms = [BONE_INDEX[f"{s}UpperArm"] for s in SIDES]
    return max(float(points[arms, 1].mean() - points[0, 1]), 1e-3)


def retarget(
    clip: Clip,
    source: Rest,
    target: Character | Rest,
    options: RetargetOptions | None = None,
) -> Clip:
    """Return a clip performed by another body.

    Rotations are those against the T-pose; bones that one of both lacks share their turn with
    their neighbours; the way of the hips is scaled by their height. Then hands that touched
    the body touch it again, hands leave the body, and planted feet stand still.

    Parameters
    ----------
    clip
        The motion, with contacts (none at all: they are told from it).
    source
        The body that it was made on.
    target
        Who performs it; a character's own girth is measured, a bare rest pose has the usual
        one.
    options
        What is kept.
    """
    o = options or RetargetOptions()
    rest = target if isinstance(target, Rest) else target.rest()
    if not clip.frames:
        return clip
    if not clip.contacts.any():
        clip = replace(clip, contacts=find_contacts(clip, source))
    scale = rest.hip_height / source.hip_height
    local = clip.rotations.astype(np.float64)
    _share_spine(local, source, rest)
    _share_neck(local, source, rest)
    _share_twist(local)
    out = replace(
        clip,
        root=(clip.root * scale).astype(np.float32),
        rotations=quat_continuous(local).astype(np.float32),
        hip_height=rest.hip_height,
    )
    if o.arms > 0.0:
        out = _reach_alike(out, (clip, source), rest, o.arms)
    if o.plant:
        out = plant_feet(out, rest)
    if o.touches:
        skin = usual_surface(rest) if isinstance(target, Rest) else measure_surface(target)
        touches = find_touches(clip, source, usual_surface(source))
        out = keep_touches(out, rest, skin, touches, scale)
        out = push_out(out, rest, skin, allowed=0.004, touches=touches)
    return out
