"""Commands on keys: set, remove, shift, tangents."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_normalize
from cyberdirector.timeline.commands._edit import HAND, Edit, changed, refuse
from cyberdirector.timeline.commands._registry import command
from cyberdirector.timeline.commands.clips import layer_or_new
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import LayerItem
from cyberdirector.timeline.keys import (
    BEZIER,
    TCB,
    KeyTrack,
    channel_width,
    ease_number,
    reach,
)


def with_key(
    track: KeyTrack,
    frame: int,
    value: NDArray[Any],
    ease: str,
    handles: NDArray[Any] | None = None,
    tcb: NDArray[Any] | None = None,
) -> KeyTrack:
    """Return a track with a key at ``frame``, in place of the one there, if any."""
    at = int(np.searchsorted(track.frames, frame))
    there = at < len(track) and int(track.frames[at]) == frame
    row = KeyTrack(
        track.channel,
        np.array([frame], np.int32),
        np.asarray(value, np.float32).reshape(1, -1),
        np.array([ease_number(ease)], np.uint8),
        None if handles is None else np.asarray(handles, np.float32)[None],
        None if tcb is None else np.asarray(tcb, np.float32)[None],
    )
    return track.replace_rows(at, at + int(there), row)


def value_of(
    edit: Edit, channel: str, value: list[float] | float, track: str, frame: int
) -> NDArray[np.float64]:
    """Return the stored value of a key; 3 numbers for a bone are degrees yaw, pitch, roll."""
    row = np.atleast_1d(np.asarray(value, np.float64))
    width = channel_width(channel)
    if not np.isfinite(row).all():
        refuse(
            "key-not-a-number",
            f"{track} {channel}：第 {frame} 帧的关键帧不是数字。",
            f"{track} {channel}: the key at frame {frame} is not a number.",
            track=f"{track}/{channel}", frame=frame,
        )  # fmt: skip
    if width == 4 and row.shape == (3,):
        row = quat_from_yaw_pitch_roll(*np.radians(row))
    if row.shape != (width,):
        refuse(
            "key-width",
            f"{track} {channel}：第 {frame} 帧需要 {width} 个数，给了 {len(row)} 个。",
            f"{track} {channel}: a key needs {width} numbers, frame {frame} got {len(row)}.",
            track=f"{track}/{channel}", frame=frame,
        )  # fmt: skip
    if width == 4:
        length = float(np.linalg.norm(row))
        if length < 1e-6:
            refuse(
                "key-not-a-rotation",
                f"{track} {channel}：第 {frame} 帧的四元数长度为 0。",
                f"{track} {channel}: the quaternion at frame {frame} has length 0.",
                track=f"{track}/{channel}", frame=frame,
            )  # fmt: skip
        row = quat_normalize(row)
    return row


def neutral(channel: str) -> NDArray[np.float64]:
    """Return the value that adds nothing: no turn, no shift, no weight."""
    row = np.zeros(channel_width(channel))
    if len(row) == 4:
        row[3] = 1.0
    return row


@command("key")
def set_key(
    edit: Edit,
    role: str,
    channel: str,
    frame: int,
    value: list[float] | float,
    layer: str = HAND,
    ease: str = "auto",
    fade: int = 0,
) -> Timeline:
    """Set a key of a channel; ``fade`` frames before and after it the change is nothing.

    A layer that is not there is made, additive. ``value``: degrees yaw, pitch and roll or a
    quaternion xyzw for bones, metres for the root, 0..1 for shapes, radians for the gaze.
    """
    item = layer_or_new(edit, role, layer, "additive")
    track = f"{role}/{layer}"
    edit.check_frame(frame, f"{track}/{channel}")
    row = value_of(edit, channel, value, track, frame)
    keys = item.keys.get(channel) or KeyTrack.of(channel, [], np.zeros((0, len(row))))
    if fade > 0:
        if item.mode != "additive":
            refuse(
                "fade-needs-additive",
                f"{track} 不是叠加图层，不能用 fade；请设权重曲线。",
                f"{track} is no additive layer, so a key cannot fade; set its weight.",
                track=track, frame=frame,
            )  # fmt: skip
        for edge in (frame - fade, frame + fade):
            inside = 0 <= edge < edit.timeline.frames
            if inside and not _between(keys, min(edge, frame), max(edge, frame)):
                keys = with_key(keys, edge, neutral(channel), ease)
    keys = with_key(keys, frame, row, ease)
    return edit.put_layer(role, changed(item, keys={**item.keys, channel: keys}))


def _between(keys: KeyTrack, start: int, end: int) -> bool:
    """Return whether there are keys strictly inside, or at, the frames ``start`` … ``end``."""
    return bool(((keys.frames >= start) & (keys.frames <= end)).any())


def track_of(edit: Edit, role: str, layer: str, channel: str) -> tuple[LayerItem, KeyTrack]:
    """Return a layer and the keys of one of its channels, which must be there."""
    item = edit.layer(role, layer)
    keys = item.keys.get(channel)
    if keys is None:
        known = ", ".join(item.keys) or "none"
        refuse(
            "channel-unknown",
            f"{role}/{layer} 没有通道“{channel}”；有：{known}。",
            f"{role}/{layer} has no channel '{channel}'; it has {known}.",
            track=f"{role}/{layer}/{channel}",
        )
    return item, keys


def _number(keys: KeyTrack, frame: int, track: str) -> int:
    at = int(np.searchsorted(keys.frames, frame))
    if at < len(keys) and int(keys.frames[at]) == frame:
        return at
    near = keys.frames[max(0, at - 1) : at + 2].tolist()
    refuse(
        "key-unknown",
        f"{track} 在第 {frame} 帧没有关键帧；附近的在 {near}。",
        f"{track} has no key at frame {frame}; those nearby are at {near}.",
        track=track, frame=frame,
    )  # fmt: skip


def put_keys(edit: Edit, role: str, item: LayerItem, keys: KeyTrack) -> Timeline:
    """Return the timeline with other keys of a channel; none at all removes the channel."""
    tracks = {**item.keys, keys.channel: keys}
    if not len(keys):
        del tracks[keys.channel]
    return edit.put_layer(role, changed(item, keys=tracks))


@command("unkey")
def remove_keys(
    edit: Edit, role: str, layer: str, channel: str, frame: int, end: int | None = None
) -> Timeline:
    """Remove the key at a frame, or all keys of frames ``frame:end``."""
    item, keys = track_of(edit, role, layer, channel)
    if end is None:
        at = _number(keys, frame, f"{role}/{layer}/{channel}")
        first, last = at, at + 1
    else:
        edit.check_span(frame, end, f"{role}/{layer}/{channel}")
        first, last = np.searchsorted(keys.frames, [frame, end]).tolist()
    return put_keys(edit, role, item, keys.replace_rows(first, last, keys.rows(0, 0)))


@command("shift")
def shift_keys(
    edit: Edit, role: str, layer: str, channel: str, start: int, end: int, by: int
) -> Timeline:
    """Move the keys of frames ``start:end`` in time; keys that they land on give way."""
    item, keys = track_of(edit, role, layer, channel)
    track = f"{role}/{layer}/{channel}"
    edit.check_span(start, end, track)
    first, last = np.searchsorted(keys.frames, [start, end]).tolist()
    if first == last:
        return edit.timeline
    moved = keys.rows(first, last)
    moved = KeyTrack(
        channel,
        moved.frames + np.int32(by),
        moved.values,
        moved.eases,
        moved.handles,
        moved.tcb,
    )
    edit.check_frame(int(moved.frames[0]), track)
    edit.check_frame(int(moved.frames[-1]), track)
    rest = keys.replace_rows(first, last, keys.rows(0, 0))
    a = int(np.searchsorted(rest.frames, moved.frames[0]))
    b = int(np.searchsorted(rest.frames, moved.frames[-1], "right"))
    return put_keys(edit, role, item, rest.replace_rows(a, b, moved))


@command("tangent")
def set_tangent(
    edit: Edit,
    role: str,
    layer: str,
    channel: str,
    frame: int,
    ease: str,
    tcb: tuple[float, float, float] | None = None,
    arriving: list[float] | None = None,
    leaving: list[float] | None = None,
) -> Timeline:
    """Say how the curve passes a key: its kind, tension/continuity/bias, or Bézier handles.

    A handle is (frames, value …) away from the key; arriving frames are negative. For bones
    the value is a rotation vector in degrees.
    """
    item, keys = track_of(edit, role, layer, channel)
    track = f"{role}/{layer}/{channel}"
    at = _number(keys, frame, track)
    number, handles, rows = ease_number(ease), None, None
    if number == BEZIER:
        handles = np.zeros((2, 1 + reach(channel)))
        for side, given in enumerate((arriving, leaving)):
            if given is not None:
                handles[side] = _handle(channel, given, side, track, frame)
    if number == TCB:
        rows = np.array(tcb or (0.0, 0.0, 0.0))
        if not (np.abs(rows) <= 1.0).all():
            refuse(
                "tangent-outside",
                f"{track} 第 {frame} 帧：张力、连续性、偏移要在 -1 到 1 之间。",
                f"{track}, frame {frame}: tension, continuity and bias must be -1 to 1.",
                track=track, frame=frame,
            )  # fmt: skip
    new = with_key(keys, frame, keys.values[at], ease, handles, rows)
    return put_keys(edit, role, item, new)


def _handle(
    channel: str, given: list[float], side: int, track: str, frame: int
) -> NDArray[np.float64]:
    row = np.asarray(given, np.float64)
    good = row.shape == (1 + reach(channel),) and bool(np.isfinite(row).all())
    if not good or (row[0] > 0.0 if side == 0 else row[0] < 0.0):
        refuse(
            "handle-wrong",
            f"{track} 第 {frame} 帧：手柄需要 1+{reach(channel)} 个数（帧，数值），"
            "进入侧的帧为负，离开侧为正。",
            f"{track}, frame {frame}: a handle is 1 + {reach(channel)} numbers: frames, value; "
            "frames are negative on the arriving side, positive on the leaving side.",
            track=track, frame=frame,
        )  # fmt: skip
    if channel.startswith("bone:"):
        row[1:] = np.radians(row[1:])
    return row
