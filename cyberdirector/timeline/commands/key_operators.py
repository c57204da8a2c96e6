"""Commands on the keys of a layer as a whole: smooth, mirror, retime."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import (
    quat_conjugate,
    quat_from_axis_angle,
    quat_log,
    quat_multiply,
    quat_slerp,
)
from cyberdirector.timeline.commands._edit import Edit, changed, refuse
from cyberdirector.timeline.commands._registry import command
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import LayerItem
from cyberdirector.timeline.keys import KeyTrack

Floats = NDArray[np.float64]

_FLIP = np.array([1.0, -1.0, -1.0, 1.0])
"""A rotation seen in the mirror x = 0; its first three numbers flip a rotation vector."""


def _span(
    edit: Edit, role: str, layer: str, start: int | None, end: int | None, channel: str
) -> tuple[LayerItem, dict[str, KeyTrack], int, int]:
    """Return a layer, those of its channels that are meant, and the span of their keys."""
    item, track = edit.layer(role, layer), f"{role}/{layer}"
    if channel and channel not in item.keys:
        known = ", ".join(item.keys) or "none"
        refuse(
            "channel-unknown",
            f"{track} 没有通道“{channel}”；有：{known}。",
            f"{track} has no channel '{channel}'; it has {known}.",
            track=f"{track}/{channel}",
        )
    tracks = {name: keys for name, keys in item.keys.items() if channel in ("", name)}
    if not tracks:
        refuse(
            "layer-without-keys",
            f"图层 {track} 没有关键帧。",
            f"layer {track} has no keys.",
            track=track,
        )
    first = min(int(keys.frames[0]) for keys in tracks.values()) if start is None else start
    last = max(int(keys.frames[-1]) for keys in tracks.values()) + 1 if end is None else end
    edit.check_span(first, last, track)
    return item, tracks, first, last


def _rows(keys: KeyTrack, start: int, end: int) -> tuple[int, int]:
    first, last = np.searchsorted(keys.frames, [start, end]).tolist()
    return first, last


def _put(edit: Edit, role: str, item: LayerItem, tracks: dict[str, KeyTrack]) -> Timeline:
    kept = {name: keys for name, keys in {**item.keys, **tracks}.items() if len(keys)}
    return edit.put_layer(role, changed(item, keys=kept))


@command("smooth-keys")
def smooth_keys(
    edit: Edit,
    role: str,
    layer: str,
    strength: float = 0.5,
    start: int | None = None,
    end: int | None = None,
    channel: str = "",
) -> Timeline:
    """Calm keys: each goes a share of the way to the line between its neighbours.

    The first and the last key of the span stay, as do contacts.
    """
    item, tracks, first, last = _span(edit, role, layer, start, end, channel)
    if not 0.0 <= strength <= 1.0:
        refuse(
            "strength-outside",
            f"{role}/{layer}：强度 {strength:g} 不在 0–1 之内。",
            f"{role}/{layer}: strength {strength:g} is not within 0..1.",
            track=f"{role}/{layer}", frame=first,
        )  # fmt: skip
    new = {
        name: _calmed(keys, *_rows(keys, first, last), strength)
        for name, keys in tracks.items()
        if not name.startswith("contact:")
    }
    return _put(edit, role, item, new)


def _calmed(keys: KeyTrack, start: int, end: int, strength: float) -> KeyTrack:
    """Return a track whose keys number ``start + 1`` to ``end - 2`` are calmed."""
    at = np.arange(max(start, 0) + 1, end - 1)
    if not len(at) or strength == 0.0:
        return keys
    frames, values = keys.frames.astype(np.float64), keys.values.astype(np.float64)
    gap = frames[at + 1] - frames[at - 1]
    share = (frames[at] - frames[at - 1]) / gap
    before, here, after = values[at - 1], values[at], values[at + 1]
    if keys.channel.startswith("bone:"):
        line = quat_slerp(before, after, share)
        moved = quat_slerp(here, line, np.full(len(at), strength))
        slope = quat_log(quat_multiply(quat_conjugate(before), after)) / gap[:, None]
    else:
        line = before + (after - before) * share[:, None]
        moved = here + strength * (line - here)
        slope = (after - before) / gap[:, None]
    values[at] = moved
    handles = None if keys.handles is None else keys.handles.astype(np.float64)
    if handles is not None:
        straight = slope[:, None] * handles[at, :, :1]
        handles[at, :, 1:] += strength * (straight - handles[at, :, 1:])
    sides = None if handles is None else handles.astype(np.float32)
    return replace(keys, values=values.astype(np.float32), handles=sides)


@command("mirror-keys")
def mirror_keys(
    edit: Edit, role: str, layer: str, start: int | None = None, end: int | None = None
) -> Timeline:
    """Swap left and right in the keys of a layer, in the plane of the role itself."""
    from cyberdirector.motion.mirror import other_side

    item, tracks, first, last = _span(edit, role, layer, start, end, "")
    mask = {other_side(part): share for part, share in item.mask.items()}
    whole = start is None and end is None
    if not whole and mask != item.mask:
        refuse(
            "mask-one-sided",
            f"图层 {role}/{layer} 的遮罩左右不同，只能整层镜像；请去掉帧范围，或先改遮罩。",
            f"the mask of {role}/{layer} differs left and right, so only the whole layer can "
            "be mirrored; leave the frames out or change the mask.",
            track=f"{role}/{layer}", frame=first,
        )  # fmt: skip
    seen = _mirror_of(edit, role, item, first)
    cut = {name: _rows(keys, first, last) for name, keys in tracks.items()}
    inside = {name: keys.rows(*cut[name]) for name, keys in tracks.items()}
    new: dict[str, KeyTrack] = {}
    for name in {*tracks, *(_other(name) for name in tracks)}:
        keys, taken = tracks.get(name), inside.get(_other(name))
        come = seen(name, taken) if taken is not None else None
        if keys is None:
            new[name] = come if come is not None else KeyTrack.of(name, [], [])
        else:
            rows = come if come is not None else keys.rows(0, 0)
            new[name] = keys.replace_rows(*cut[name], rows)
    return _put(edit, role, changed(item, mask=mask), new)


def _other(channel: str) -> str:
    """Return the channel of the other side."""
    from cyberdirector.motion.mirror import other_side

    kind, _, name = channel.partition(":")
    if kind == "contact":
        return "contact:right" if name == "left" else "contact:left"
    return f"{kind}:{other_side(name)}" if name else channel


def _mirror_of(
    edit: Edit, role: str, item: LayerItem, frame: int
) -> Callable[[str, KeyTrack], KeyTrack]:
    """Return what mirrors keys: in the plane in which the role looks at ``frame``."""
    from cyberdirector.motion.mirror import heading_of
    from cyberdirector.timeline.evaluate import evaluate_track

    pose = evaluate_track(edit.timeline, role, [frame], edit.load, lambda: edit.body(role))
    yaw = heading_of(pose.rotations[0, 0])
    side = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    additive = item.mode == "additive"

    def across(rows: Floats) -> Floats:
        return np.asarray(rows - 2.0 * (rows @ side)[..., None] * side)

    def mirrored(name: str, keys: KeyTrack) -> KeyTrack:
        values = keys.values.astype(np.float64)
        handles = None if keys.handles is None else keys.handles.astype(np.float64)
        if name.startswith("bone:"):
            values = values * _FLIP
            if name == "bone:hips" and not additive and len(values):
                turn = quat_from_axis_angle([0.0, 1.0, 0.0], 2.0 * yaw)
                values = quat_multiply(turn, values)
            if handles is not None:
                handles[..., 1:] *= _FLIP[:3]
        elif name == "root":
            home = np.zeros(3) if additive else pose.root[0].astype(np.float64)
            values = across(values - home) + home
            if handles is not None:
                handles[..., 1:] = across(handles[..., 1:])
        elif name == "gaze":
            values = values * (-1.0, 1.0)
            if handles is not None:
                handles[..., 1:] *= (-1.0, 1.0)
        return KeyTrack(
            name, keys.frames, values.astype(np.float32), keys.eases,
            None if handles is None else handles.astype(np.float32), keys.tcb,
        )  # fmt: skip

    return mirrored


@command("retime-keys")
def retime_keys(
    edit: Edit,
    role: str,
    layer: str,
    speed: float | None = None,
    pins: list[tuple[int, int]] | None = None,
    start: int | None = None,
    end: int | None = None,
    channel: str = "",
) -> Timeline:
    """Play keys faster or slower from the first on, or move moments of them (pins).

    A pin (frame now, frame wanted) moves what is at the first to the second; the first and the
    last key of the span stay. Keys that others land on give way.
    """
    item, tracks, first, last = _span(edit, role, layer, start, end, channel)
    track = f"{role}/{layer}"
    if speed is not None:
        if not 0.05 <= speed <= 20.0:
            refuse(
                "speed-outside",
                f"{track}：速度 {speed:g} 不在 0.05–20 之内。",
                f"{track}: speed {speed:g} is not within 0.05..20.",
                track=track, frame=first,
            )  # fmt: skip
        x, y = [first, last - 1], [float(first), first + (last - 1 - first) / speed]
    else:
        x, y = _pins(track, first, last - 1, pins or [])
    new = {
        name: _retimed(keys, *_rows(keys, first, last), x, y) for name, keys in tracks.items()
    }
    for name, keys in new.items():
        edit.check_frame(int(keys.frames[-1]), f"{track}/{name}")
    return _put(edit, role, item, new)


def _pins(
    track: str, first: int, last: int, pins: Iterable[tuple[int, int]]
) -> tuple[list[int], list[float]]:
    """Return frames now and wanted, both rising, with the ends of the span held."""
    rows = sorted({(first, first), (last, last), *((a, b) for a, b in pins)})
    wrong = len(rows) <= 2 or any(b[0] <= a[0] or b[1] <= a[1] for a, b in pairwise(rows))
    if wrong:
        said = "、".join(f"{a}→{b}" for a, b in rows) if len(rows) > 2 else ""
        refuse(
            "pin-outside" if said else "retime-empty",
            f"{track}：定位点 {said} 必须在 {first}–{last} 之内并且先后不变。"
            if said else f"{track}：retime 需要速度或定位点。",
            f"{track}: pins {said} must lie within {first}..{last} and keep their order."
            if said else f"{track}: retime needs a speed or pins.",
            track=track, frame=first,
        )  # fmt: skip
    return [a for a, _ in rows], [float(b) for _, b in rows]


def _retimed(keys: KeyTrack, start: int, end: int, x: list[int], y: list[float]) -> KeyTrack:
    """Return a track whose keys ``start:end`` lie where frames ``x`` → ``y`` put them."""
    moved = keys.rows(start, end)
    if not len(moved):
        return keys
    frames = np.rint(np.interp(moved.frames, x, y)).astype(np.int32)
    handles = None if moved.handles is None else moved.handles.copy()
    if handles is not None:
        middle = np.clip(moved.frames, x[0] + 0.5, max(x[-1] - 0.5, x[0] + 0.5))
        pace = np.interp(middle + 0.5, x, y) - np.interp(middle - 0.5, x, y)
        handles[..., 0] *= np.maximum(pace, 1e-3)[:, None].astype(np.float32)
    last = np.append(np.diff(frames) > 0, True)
    moved = KeyTrack(keys.channel, frames, moved.values, moved.eases, handles, moved.tcb)
    columns = [None if c is None else c[last] for c in moved.columns()]
    moved = KeyTrack(keys.channel, *columns)  # type: ignore[arg-type]
    rest = keys.replace_rows(start, end, keys.rows(0, 0))
    a = int(np.searchsorted(rest.frames, moved.frames[0]))
    b = int(np.searchsorted(rest.frames, moved.frames[-1], "right"))
    return rest.replace_rows(a, b, moved)
