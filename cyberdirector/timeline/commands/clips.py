"""Commands on clips: add, move, trim, split, blend, remove, warp."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from cyberdirector.timeline.commands._edit import HAND, Edit, Placed, changed, refuse
from cyberdirector.timeline.commands._registry import command
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import ClipItem, LayerItem

BLEND = 6
"""Frames of the cross-fade at the ends of a clip that is added."""


def source_at(clip: ClipItem, frame: float) -> float:
    """Return the frame of the file that plays at a project frame, through the time-warp."""
    local, warp = frame - clip.start, clip.warp
    if not warp:
        return clip.offset + local
    if local <= warp[0][0]:
        return clip.offset + warp[0][1] + (local - warp[0][0])
    for (x0, y0), (x1, y1) in pairwise(warp):
        if local <= x1:
            return clip.offset + y0 + (y1 - y0) * (local - x0) / (x1 - x0)
    return clip.offset + warp[-1][1] + (local - warp[-1][0])


def with_span(clip: ClipItem, start: int, end: int) -> ClipItem:
    """Return a clip over other frames that shows at each frame what it showed before."""
    if start == clip.start and end == clip.end:
        return clip
    warp, offset = clip.warp, clip.offset + (start - clip.start)
    if warp:
        moved = start - clip.start
        first = source_at(clip, start)
        rows = [(x - moved, y + clip.offset - first) for x, y in warp]
        warp = sorted({*rows, (0.0, 0.0)})
        offset = first
    length = end - start
    blend_in = min(clip.blend_in, length)
    return changed(
        clip, start=start, end=end, offset=offset, warp=warp,
        blend_in=blend_in, blend_out=min(clip.blend_out, length - blend_in),
    )  # fmt: skip


def check_clip(edit: Edit, role: str, layer: str, clip: ClipItem) -> ClipItem:
    """Refuse a clip that lies past the timeline or plays past the end of its file."""
    track = f"{role}/{layer}"
    edit.check_span(clip.start, clip.end, track, clip.id)
    length = edit.source_frames(clip.file)
    last = source_at(clip, clip.end - 1)
    if last > length - 1 + 1e-6 or source_at(clip, clip.start) < -1e-6:
        frame = clip.end - 1
        refuse(
            "clip-past-end",
            f"{track} 的片段 {clip.id}：第 {frame} 帧要播放文件的第 {last:g} 帧，"
            f"但 {clip.file} 只有 {length} 帧。请缩短片段，或减小偏移。",
            f"{track}, clip {clip.id}: frame {frame} would play frame {last:g} of "
            f"{clip.file}, which has {length}; shorten the clip or start it earlier.",
            track=track, clip=clip.id, frame=frame,
        )  # fmt: skip
    return clip


def layer_or_new(edit: Edit, role: str, layer: str, mode: str = "override") -> LayerItem:
    """Return a layer of a role, or a new empty one of that name."""
    found = edit.timeline.layer(edit.role(role), layer)
    return found or LayerItem.model_validate({"id": layer, "name": layer, "mode": mode})


@command("add")
def add_clip(
    edit: Edit,
    role: str,
    file: str,
    at: int,
    layer: str = HAND,
    offset: float = 0.0,
    frames: int | None = None,
    blend: int = BLEND,
    mask: dict[str, float] | None = None,
    mode: Literal["override", "additive"] = "override",
    align: bool = True,
    clip: str = "",
    source: str = "import",
) -> Timeline:
    """Place motion of a file on a layer of a role; the layer is made when it is not there."""
    target = layer_or_new(edit, role, layer, mode)
    if mask is not None:
        target = changed(target, mask=mask)
    track = f"{role}/{layer}"
    edit.check_frame(at, track)
    whole = edit.source_frames(file)
    if not 0.0 <= offset <= whole - 1:
        refuse(
            "clip-past-end",
            f"{track}：{file} 只有 {whole} 帧，没有第 {offset:g} 帧。",
            f"{track}: {file} has {whole} frames; there is no frame {offset:g}.",
            track=track, clip=clip, frame=at,
        )  # fmt: skip
    left = int(whole - offset)
    length = left if frames is None else frames
    if frames is None:
        length = min(length, edit.timeline.frames - at)
    used = [placed.clip.id for placed in edit.clips()]
    name = clip or edit.fresh("c", used)
    if name in used:
        refuse(
            "clip-exists",
            f"已有名为“{name}”的片段。",
            f"there is already a clip '{name}'.",
            track=f"{role}/{layer}", clip=name,
        )  # fmt: skip
    edit.check_span(at, at + length, f"{role}/{layer}", name)
    fade = min(blend, length // 2)
    item = ClipItem(
        id=name, file=file, start=at, end=at + length, offset=offset, blend_in=fade,
        blend_out=fade, anchor=at if align else None, source=source,
    )  # fmt: skip
    check_clip(edit, role, layer, item)
    rows = sorted([*target.clips, item], key=lambda x: (x.start, x.id))
    return edit.put_layer(role, target.model_copy(update={"clips": rows}))


@command("move")
def move_clip(
    edit: Edit, clip: str, by: int = 0, to: int | None = None, layer: str = ""
) -> Timeline:
    """Move a clip in time, or to another layer of its role."""
    placed = edit.clip(clip)
    start = placed.clip.start + by if to is None else to
    anchor = placed.clip.anchor
    moved = changed(
        placed.clip,
        start=start,
        end=start + placed.clip.frames,
        anchor=None if anchor is None else anchor + start - placed.clip.start,
    )
    if not layer or layer == placed.layer.id:
        check_clip(edit, placed.role, placed.layer.id, moved)
        return edit.put_clip(placed, moved)
    target = layer_or_new(edit, placed.role, layer)
    check_clip(edit, placed.role, layer, moved)
    without = edit.on(edit.put_clip(placed))
    rows = sorted([*target.clips, moved], key=lambda x: (x.start, x.id))
    return without.put_layer(placed.role, target.model_copy(update={"clips": rows}))


@command("trim")
def trim_clip(
    edit: Edit, clip: str, start: int | None = None, end: int | None = None
) -> Timeline:
    """Give a clip another first frame or end; what it shows at a frame stays."""
    placed = edit.clip(clip)
    first = placed.clip.start if start is None else start
    last = placed.clip.end if end is None else end
    edit.check_span(first, last, f"{placed.role}/{placed.layer.id}", clip)
    source = source_at(placed.clip, first)
    if source < 0.0:
        refuse(
            "clip-past-end",
            f"{placed.role}/{placed.layer.id} 的片段 {clip}：第 {first} 帧在文件开头之前。",
            f"{placed.role}/{placed.layer.id}, clip {clip}: frame {first} lies before the "
            "beginning of the file.",
            track=f"{placed.role}/{placed.layer.id}", clip=clip, frame=first,
        )  # fmt: skip
    item = with_span(placed.clip, first, last)
    check_clip(edit, placed.role, placed.layer.id, item)
    return edit.put_clip(placed, item)


@command("split")
def split_clip(edit: Edit, clip: str, at: int) -> Timeline:
    """Cut a clip in two at a frame; the picture stays as it is."""
    placed = edit.clip(clip)
    whole = placed.clip
    if not whole.start < at < whole.end:
        refuse(
            "split-outside",
            f"片段 {clip} 在第 {whole.start}–{whole.end} 帧，第 {at} 帧不在其中。",
            f"clip {clip} has frames {whole.start}:{whole.end}; frame {at} is not inside.",
            track=f"{placed.role}/{placed.layer.id}", clip=clip, frame=at,
        )  # fmt: skip
    name = edit.fresh("c", [p.clip.id for p in edit.clips()])
    left = changed(with_span(whole, whole.start, at), blend_out=0)
    right = changed(with_span(whole, at, whole.end), id=name, blend_in=0)
    return edit.put_clip(placed, left, right)


@command("blend")
def blend_clip(
    edit: Edit, clip: str, into: int | None = None, out: int | None = None
) -> Timeline:
    """Set the frames over which a clip comes in and goes out."""
    placed = edit.clip(clip)
    old, track = placed.clip, f"{placed.role}/{placed.layer.id}"
    first = old.blend_in if into is None else into
    last = old.blend_out if out is None else out
    if first < 0 or last < 0 or first + last > old.frames:
        refuse(
            "blend-outside",
            f"{track} 的片段 {clip}：淡入 {first} 帧、淡出 {last} 帧放不进第 "
            f"{old.start}–{old.end} 帧。",
            f"{track}, clip {clip}: blends of {first} and {last} frames do not fit into frames "
            f"{old.start}:{old.end}.",
            track=track, clip=clip, frame=old.start,
        )  # fmt: skip
    return edit.put_clip(placed, changed(old, blend_in=first, blend_out=last))


@command("remove")
def remove_clip(edit: Edit, clip: str) -> Timeline:
    """Take a clip off its layer; its file stays."""
    return edit.put_clip(edit.clip(clip))


def put_clip(edit: Edit, placed: Placed, item: ClipItem) -> Timeline:
    """Return the timeline with a changed clip, checked against its file."""
    check_clip(edit, placed.role, placed.layer.id, item)
    return edit.put_clip(placed, item)
