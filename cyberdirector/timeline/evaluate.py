"""What a role does on each frame: its generated motion under all layers of the timeline.

From below: the generated take, then every layer as it lies in the document. In a layer clips
come first (time-warp, operators, alignment, fades), then keys. Feet that keys plant are held
last. All is computed for many
frames at once; a frame is the same alone or among others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.rotations import quat_from_axis_angle, quat_rotate
from cyberdirector.core.skeleton import Rest
from cyberdirector.motion.curves import Array, Bank
from cyberdirector.motion.keyed import CONTACTS
from cyberdirector.motion.mirror import heading_of, place
from cyberdirector.motion.plant import EDGE, plant_feet
from cyberdirector.motion.retime import sample_clip
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import ClipItem, LayerItem, MotionItem, OperatorItem
from cyberdirector.timeline.keys import KeyTrack
from cyberdirector.timeline.layers import (
    add,
    copied,
    difference,
    fade,
    join,
    override,
    to_track,
    write_keys,
)
from cyberdirector.timeline.masks import channel_part, mask_row

Load = Callable[[str], Clip]
"""Gives the motion of a file at the rate of the timeline."""

Frames = slice | Sequence[int] | NDArray[np.integer[Any]]

_HIP = 0.9
"""Height of the hips, metres, of a role that has no motion at all."""

_PACKED = 64
"""Packed key tracks that are kept in memory, by layer."""


def evaluate_track(
    document: Timeline,
    role: str,
    frames: Frames,
    load: Load,
    rest: Callable[[], Rest] | None = None,
) -> Clip:
    """Return how a role moves.

    Parameters
    ----------
    document
        The timeline.
    role
        Who; one without motion stands at the origin.
    frames
        Project frames, as a slice or whole numbers; one row of the clip each.
    load
        Motion files by their name in the document.
    rest
        Gives the body of the role; only asked where feet are to be held. With it feet stand
        still wherever keys of ``contact:left`` and ``contact:right`` say so, and under the
        operator ``smooth`` where the clip says so.

    Raises
    ------
    InputRefused
        ``operator-unknown``, ``body-missing``, and what ``load`` refuses.
    """
    stop = frames.indices(1 << 31) if isinstance(frames, slice) else None
    at = np.arange(*stop) if stop is not None else np.asarray(frames, np.int64)
    scene = _Scene(document, role, load, rest)
    return scene.planted(at.astype(np.float64))


def evaluate_weight(keys: KeyTrack, frames: Array) -> Array:
    """Return a weight curve at frames (n,), 0..1."""
    if len(keys) == 1:
        return np.full(len(frames), min(max(float(keys.values[0, 0]), 0.0), 1.0))
    return np.clip(_packed({keys.channel: keys}, frames)[keys.channel][:, 0], 0.0, 1.0)


class _Scene:
    """One role of a timeline while it is evaluated."""

    def __init__(
        self, document: Timeline, role: str, load: Load, rest: Callable[[], Rest] | None
    ) -> None:
        one = document.character(role)
        self.role = role
        self.rate = document.exact_rate
        self.layers = one.layers if one is not None else []
        self.motion = sorted(
            (item for item in document.motion if item.role == role), key=lambda x: x.start
        )
        self.load = load
        self.rest = rest
        self._done: dict[str, Clip] = {}

    def planted(self, frames: Array) -> Clip:
        """Return the motion of all layers; feet that keys plant are held still, last of all.

        A contact is held as a whole, however few of its frames are asked for.
        """
        count = len(self.layers)
        tracks = [
            (side, layer.keys[name])
            for layer in self.layers
            for side, name in enumerate(CONTACTS)
            if not layer.muted and len(layer.keys.get(name, ()))
        ]
        if not tracks or self.rest is None or not len(frames):
            return self.upto(frames, count)
        margin = 4.0 * np.ceil(EDGE * self.rate.fps)
        start, end = float(frames.min()) - margin, float(frames.max()) + margin
        spans = [
            (side, first, last)
            for side, keys in tracks
            for first, last in _planted_spans(keys, frames)
            if first < end and start < last
        ]
        if not spans:
            return self.upto(frames, count)
        first = min([start, *(span[1] - margin for span in spans)])
        last = max([end, *(span[2] + margin for span in spans)])
        around = np.arange(np.floor(first), np.ceil(last) + 1.0)
        contacts = np.zeros((len(around), 2), np.bool_)
        for side, a, b in spans:
            contacts[(around >= a) & (around < b), side] = True
        whole = self.upto(around, count)
        held = plant_feet(whole, self.rest(), contacts)
        return sample_clip(replace(held, contacts=whole.contacts), frames - around[0])

    def upto(self, frames: Array, count: int) -> Clip:
        """Return the motion of the generated take and the first ``count`` layers."""
        out = self.base(frames)
        for number, layer in enumerate(self.layers[:count]):
            if not layer.muted:
                out = self._lay(out, layer, number, frames)
        return out

    def base(self, frames: Array) -> Clip:
        """Return the generated motion; outside of all takes the nearest one holds."""
        if not self.motion:
            return Clip.rest(len(frames), self.rate, self._height())
        starts = np.array([item.start for item in self.motion])
        which = np.clip(np.searchsorted(starts, frames, "right") - 1, 0, None)
        if not len(frames) or (which == which[0]).all():
            return self._take(self.motion[int(which[0]) if len(which) else 0], frames)
        out: Clip | None = None
        for number in np.unique(which):
            mine = which == number
            part = self._take(self.motion[int(number)], frames)
            if out is None:
                out = part
            else:
                out = override(out, part, np.repeat(mine[:, None].astype(float), 11, axis=1))
        assert out is not None  # np.unique of frames is not empty
        return out

    def _height(self) -> float:
        files = [clip.file for layer in self.layers for clip in layer.clips]
        return self.load(files[0]).hip_height if files else _HIP

    def _take(self, item: MotionItem, frames: Array) -> Clip:
        source = self.load(item.file)
        at = frames - item.start
        if item.operators:
            length = item.end - item.start
            placed = sample_clip(source, np.arange(length, dtype=np.float64))
            source = self._operated(placed, item.operators, item.file)
        return sample_clip(source, at)

    def _lay(self, below: Clip, layer: LayerItem, number: int, frames: Array) -> Clip:
        weight = evaluate_weight(layer.weight, frames)
        mask = mask_row(layer.mask)
        if not weight.any() or not mask.any():
            return below
        shares = weight[:, None] * mask
        out = below
        motion, alpha = self._clips(layer, number, frames)
        if motion is not None:
            lay = add if layer.mode == "additive" else override
            out = lay(out, motion, shares * alpha[:, None])
        keys = {
            name: track
            for name, track in layer.keys.items()
            if len(track) and mask[channel_part(name)] > 0.0
        }
        if keys:
            out = copied(out)
            write_keys(out, _packed(keys, frames), shares, layer.mode == "additive")
        return out

    def _clips(
        self, layer: LayerItem, number: int, frames: Array, before: ClipItem | None = None
    ) -> tuple[Clip | None, Array]:
        """Return the clips of a layer cross-faded, and how much there is of them (n,)."""
        motion: Clip | None = None
        alpha = np.zeros(len(frames))
        for clip in sorted(layer.clips, key=lambda x: (x.start, x.id)):
            if clip is before:
                break
            share = fade(frames, clip.start, clip.end, clip.blend_in, clip.blend_out)
            if share.any():
                placed = self._placed(layer, number, clip, frames)
                motion, alpha = join(motion, alpha, placed, share)
        return motion, alpha

    def _placed(self, layer: LayerItem, number: int, clip: ClipItem, frames: Array) -> Clip:
        """Return a clip at project frames: warped, operated, aligned or made a difference."""
        local = self._local(clip, frames)
        if layer.mode == "additive":
            home = float(clip.start if clip.anchor is None else clip.anchor)
            return difference(local, self._local(clip, np.array([home])))
        return self._aligned(layer, number, clip, local)

    def _local(self, clip: ClipItem, frames: Array) -> Clip:
        """Return a clip at project frames: warped, as large as the role, operated."""
        source = self.load(clip.file)
        if not clip.operators:
            return self._sized(sample_clip(source, source_frames(clip, frames)))
        if clip.id not in self._done:
            inside = np.arange(clip.start, clip.end, dtype=np.float64)
            whole = self._sized(sample_clip(source, source_frames(clip, inside)))
            self._done[clip.id] = self._operated(whole, clip.operators, clip.id)
        return sample_clip(self._done[clip.id], frames - clip.start)

    def _sized(self, clip: Clip) -> Clip:
        """Return a clip whose hips move as far as legs of the role carry them."""
        if not self.motion:
            return clip
        height = self.load(self.motion[0].file).hip_height
        if height == clip.hip_height:
            return clip
        size = np.float32(height / clip.hip_height)
        return replace(clip, root=clip.root * size, hip_height=height)

    def _aligned(self, layer: LayerItem, number: int, clip: ClipItem, local: Clip) -> Clip:
        """Return a clip whose hips stand and look, at its anchor, as those below do."""
        if clip.anchor is None:
            return local
        at = np.array([float(clip.anchor)])
        under = self.upto(at, number)
        motion, alpha = self._clips(layer, number, at, before=clip)
        if motion is not None:
            under = override(under, motion, mask_row(layer.mask) * alpha[:, None])
        mine = self._local(clip, at)
        yaw = heading_of(under.rotations[0, 0]) - heading_of(mine.rotations[0, 0])
        turn = quat_from_axis_angle([0.0, 1.0, 0.0], yaw)
        move = under.root[0] - quat_rotate(turn, mine.root[0])
        move[1] = 0.0
        return place(local, yaw, move)

    def _operated(self, clip: Clip, operators: Sequence[OperatorItem], name: str) -> Clip:
        for operator in operators:
            clip = self._operate(clip, operator, name)
        return clip

    def _operate(self, clip: Clip, operator: OperatorItem, name: str) -> Clip:
        from cyberdirector.motion.footlock import footlock
        from cyberdirector.motion.mirror import mirror_in_place
        from cyberdirector.motion.smooth import smooth

        strength = float(operator.args.get("strength", 1.0))
        if operator.name == "smooth":
            known = self.rest is not None and bool(clip.contacts.any())
            return smooth(clip, 2.0 * strength, self._body(name) if known else None)
        if operator.name == "mirror":
            return mirror_in_place(clip)
        if operator.name == "footlock":
            return footlock(clip, self._body(name), strength=strength)
        raise InputRefused(
            "operator-unknown",
            f"{self.role} 的片段 {name} 有未知的处理“{operator.name}”；可用 smooth、mirror、"
            "footlock。",
            f"clip {name} of {self.role} has an operator '{operator.name}'; there are smooth, "
            "mirror and footlock.",
            Location(path=f"{self.role}/{name}"),
        )

    def _body(self, name: str) -> Rest:
        if self.rest is None:
            raise InputRefused(
                "body-missing",
                f"{self.role} 的片段 {name} 要锁定双脚，却没有角色的身材，请放入 cast。",
                f"clip {name} of {self.role} locks its feet, but the body of the role is not "
                "known; give its character in cast.",
                Location(path=f"{self.role}/{name}"),
            )
        return self.rest()


def _planted_spans(keys: KeyTrack, frames: Array) -> list[tuple[float, float]]:
    """Return the spans from a key that plants a foot to the next one that frees it.

    A contact that no key ends lasts until the last of ``frames``.
    """
    spans: list[tuple[float, float]] = []
    for i, planted in enumerate(keys.values[:, 0] >= 0.5):
        if not planted:
            continue
        start = float(keys.frames[i])
        more = i + 1 < len(keys)
        end = float(keys.frames[i + 1]) if more else max(float(frames.max()), start) + 1.0
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def source_frames(clip: ClipItem, frames: Array) -> Array:
    """Return the frames of the file that play at project frames (n,), through the warp."""
    local = frames - clip.start
    if not clip.warp:
        return clip.offset + local
    x, y = np.array(clip.warp, np.float64).T
    inside = np.interp(local, x, y)
    beyond = np.minimum(local - x[0], 0.0) + np.maximum(local - x[-1], 0.0)
    return np.asarray(clip.offset + inside + beyond)


_banks: OrderedDict[tuple[int, ...], tuple[list[KeyTrack], list[tuple[list[str], Bank]]]]
_banks = OrderedDict()


def _packed(keys: Mapping[str, KeyTrack], frames: Array) -> dict[str, Array]:
    """Return channel → (n, width) of keys; the packed tracks are kept for the next frames.

    The tracks never change and are held here, so that their identity tells them apart.
    """
    name = tuple(map(id, keys.values()))
    if name not in _banks:
        groups: dict[tuple[bool, int], list[str]] = {}
        for channel, track in keys.items():
            kind = (channel.startswith("bone:"), track.values.shape[1])
            groups.setdefault(kind, []).append(channel)
        packed = [
            (channels, Bank([to_track(keys[channel]) for channel in channels]))
            for channels in groups.values()
        ]
        _banks[name] = (list(keys.values()), packed)
        while len(_banks) > _PACKED:
            _banks.popitem(last=False)
    _banks.move_to_end(name)
    out: dict[str, Array] = {}
    for channels, bank in _banks[name][1]:
        values = bank.at(frames)
        out.update({channel: values[:, i] for i, channel in enumerate(channels)})
    return out
