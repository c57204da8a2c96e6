"""Laying motion over motion: override, add and cross-fade, part by part, frame by frame.

A share of 0 leaves what lies below bit for bit, a share of 1 puts the layer in its place bit
for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_exp,
    quat_log,
    quat_multiply,
    quat_slerp,
)
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.motion.curves import Array, Tangent, Track
from cyberdirector.motion.keyed import CONTACTS
from cyberdirector.timeline.keys import KeyTrack
from cyberdirector.timeline.masks import (
    BONE_PARTS,
    FACE,
    GAZE,
    LEGS,
    ROOT,
    SHAPE_PARTS,
    channel_part,
)

Floats = NDArray[np.float32]


def ease(x: Array) -> Array:
    """Return the minimum-jerk course 0..1 of ``x`` clipped to 0..1 (Flash & Hogan 1985)."""
    u = np.clip(x, 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


def fade(frames: Array, start: int, end: int, rise: int, fall: int) -> Array:
    """Return how much (n,) a span ``start:end`` counts at frames: eased in and out.

    The first frame of a rise of k frames counts already a little, the frame after it whole.
    """
    up = ease((frames - start + 1.0) / (rise + 1.0)) if rise else np.ones(len(frames))
    down = ease((end - frames) / (fall + 1.0)) if fall else np.ones(len(frames))
    inside = (frames >= start) & (frames < end)
    return np.where(inside, np.minimum(up, down), 0.0)


def copied(clip: Clip) -> Clip:
    """Return a clip with arrays of its own, to be written into."""
    return replace(
        clip,
        root=clip.root.copy(), rotations=clip.rotations.copy(), weights=clip.weights.copy(),
        gaze=clip.gaze.copy(), contacts=clip.contacts.copy(),
        signs={name: values.copy() for name, values in clip.signs.items()},
    )  # fmt: skip


def mix(below: Floats, above: Floats, share: Array) -> Floats:
    """Return values (n, k) between two, by shares (n, k) or (n, 1); exact at 0 and 1."""
    part = below + (above - below) * share
    whole = np.where(share >= 1.0, above, part)
    return np.where(share <= 0.0, below, whole).astype(np.float32)


def mix_turns(below: Floats, above: Floats, share: Array) -> Floats:
    """Return rotations (n, k, 4) between two, by shares (n, k), on the short arc."""
    out = below.copy()
    whole, part = share >= 1.0, (share > 0.0) & (share < 1.0)
    out[whole] = above[whole]
    if part.any():
        out[part] = quat_slerp(below[part], above[part], share[part])
    return out


def override(below: Clip, above: Clip, parts: Array) -> Clip:
    """Put a clip in place of what lies below.

    Parameters
    ----------
    below, above
        Clips of n frames.
    parts
        (n, 11) shares 0..1 per part of :data:`~cyberdirector.timeline.items.PARTS`.
    """
    used = np.asarray((parts > 0.0).any(axis=0))
    turns = below.rotations.copy()
    bones = np.flatnonzero(used[BONE_PARTS])
    turns[:, bones] = mix_turns(
        turns[:, bones], above.rotations[:, bones], parts[:, BONE_PARTS[bones]]
    )
    out = replace(below, rotations=turns)
    if used[ROOT]:
        out = replace(out, root=mix(below.root, above.root, parts[:, [ROOT]]))
    if used[SHAPE_PARTS].any():
        out = replace(out, weights=mix(below.weights, above.weights, parts[:, SHAPE_PARTS]))
    if used[GAZE]:
        out = replace(out, gaze=mix(below.gaze, above.gaze, parts[:, [GAZE]]))
    if used[LEGS]:
        taken = parts[:, [LEGS]] >= 0.5
        out = replace(out, contacts=np.where(taken, above.contacts, below.contacts))
    if used[FACE] and (below.signs or above.signs):
        out = replace(out, signs=_mix_signs(below.signs, above.signs, parts[:, FACE]))
    return out


def _mix_signs(
    below: Mapping[str, Floats], above: Mapping[str, Floats], share: Array
) -> dict[str, Floats]:
    none = np.zeros(len(share), np.float32)
    return {
        name: mix(below.get(name, none), above.get(name, none), share)
        for name in sorted({*below, *above})
    }


def difference(clip: Clip, reference: Clip) -> Clip:
    """Return what a clip adds to a pose: rotations in the frame of the bone, metres, shapes.

    Parameters
    ----------
    reference
        One frame.
    """
    turns = quat_multiply(quat_conjugate(reference.rotations), clip.rotations)
    return replace(
        clip,
        root=clip.root - reference.root,
        rotations=turns.astype(np.float32),
        weights=clip.weights - reference.weights,
        gaze=clip.gaze - reference.gaze,
        signs={
            name: values - reference.signs.get(name, np.zeros(1, np.float32))
            for name, values in clip.signs.items()
        },
    )


def add(below: Clip, delta: Clip, parts: Array) -> Clip:
    """Add a :func:`difference` to what lies below, by shares ``parts`` (n, 11)."""
    used = np.asarray((parts > 0.0).any(axis=0))
    turns = below.rotations.copy()
    bones = np.flatnonzero(used[BONE_PARTS])
    turns[:, bones] = _add_turns(
        turns[:, bones], delta.rotations[:, bones], parts[:, BONE_PARTS[bones]]
    )
    share = parts.astype(np.float32)
    signs = {
        name: np.clip(values + share[:, FACE] * delta.signs[name], 0.0, 1.0)
        if name in delta.signs
        else values
        for name, values in below.signs.items()
    }
    for name, values in delta.signs.items():
        signs.setdefault(name, np.clip(share[:, FACE] * values, 0.0, 1.0))
    weights = below.weights
    if used[SHAPE_PARTS].any() and delta.weights.any():
        weights = np.clip(weights + share[:, SHAPE_PARTS] * delta.weights, 0.0, 1.0)
    return replace(
        below,
        root=below.root + share[:, [ROOT]] * delta.root,
        rotations=turns,
        weights=weights,
        gaze=below.gaze + share[:, [GAZE]] * delta.gaze,
        signs=signs,
    )


def _add_turns(below: Floats, delta: Floats, share: Array) -> Floats:
    """Return rotations (n, k, 4) turned further by a share (n, k) of ``delta``."""
    out = below.copy()
    used = share > 0.0
    if used.any():
        way = quat_log(delta[used]) * share[used][:, None]
        out[used] = quat_multiply(below[used], quat_exp(way))
    return out


def join(first: Clip | None, alpha: Array, then: Clip, share: Array) -> tuple[Clip, Array]:
    """Cross-fade to the next clip of a layer; return motion and how much there is (n,).

    Where only one of them is, it stays whole and ``share`` says how much it counts.
    """
    total = np.minimum(alpha + share, 1.0)
    if first is None:
        return then, total
    rest = share + alpha * (1.0 - share)
    ratio = np.where(share > 0.0, share / np.where(rest > 0.0, rest, 1.0), 0.0)
    return override(first, then, np.repeat(ratio[:, None], 11, axis=1)), total


def write_keys(clip: Clip, values: Mapping[str, Array], shares: Array, additive: bool) -> None:
    """Lay evaluated keys over a clip, in place.

    Parameters
    ----------
    clip
        Arrays of its own (:func:`copied`).
    values
        Channel → (n, width); bones unit quaternions.
    shares
        (n, 11) per part.
    additive
        Whether values are added to the clip or put in place of its own.
    """
    bones = [name for name in values if name.startswith("bone:")]
    if bones:
        index = [BONE_INDEX[name[5:]] for name in bones]
        turns = np.stack([values[name] for name in bones], axis=1)
        share = shares[:, BONE_PARTS[index]]
        lay = _add_turns if additive else mix_turns
        clip.rotations[:, index] = lay(
            clip.rotations[:, index], turns.astype(np.float32), share
        )
    for name, rows in values.items():
        kind, _, which = name.partition(":")
        if kind == "bone":
            continue
        share = shares[:, [channel_part(name)]]
        if name in CONTACTS:
            side = CONTACTS.index(name)
            planted = np.where(share[:, 0] >= 0.5, rows[:, 0] >= 0.5, clip.contacts[:, side])
            clip.contacts[:, side] = planted
            continue
        own = _channel(clip, kind, which)
        above = rows.astype(np.float32)
        found = own + share.astype(np.float32) * above if additive else mix(own, above, share)
        own[:] = np.clip(found, 0.0, 1.0) if kind in ("weight", "sign") else found


def _channel(clip: Clip, kind: str, which: str) -> Floats:
    """Return a view (n, width) of a channel."""
    if kind == "root":
        return clip.root
    if kind == "gaze":
        return clip.gaze
    if kind == "weight":
        column = ARKIT_INDEX[which]
        return clip.weights[:, column : column + 1]
    signs = clip.signs
    if which not in signs:
        assert isinstance(signs, dict)  # copied() makes a dict
        signs[which] = np.zeros(clip.frames, np.float32)
    return signs[which][:, None]


def to_track(keys: KeyTrack) -> Track:
    """Return stored keys (at least one) as a curve."""
    return Track(
        keys.frames.astype(np.float64),
        keys.values.astype(np.float64),
        keys.eases,
        keys.channel.startswith("bone:"),
        None if keys.tcb is None else keys.tcb.astype(np.float64),
        None if keys.handles is None else keys.handles.astype(np.float64),
    )


def to_keys(channel: str, track: Track, shift: int = 0) -> KeyTrack:
    """Return a curve with keys on whole frames as stored keys, ``shift`` frames later."""
    at = np.rint(track.frames).astype(np.int32) + shift
    bezier = track.handles is not None and bool((track.kinds == Tangent.BEZIER).any())
    return KeyTrack(
        channel,
        at,
        track.values.astype(np.float32),
        track.kinds,
        track.handles.astype(np.float32) if bezier and track.handles is not None else None,
        None if track.tcb is None else track.tcb.astype(np.float32),
    )
