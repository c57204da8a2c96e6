"""Commands that work on motion as a whole: smooth, mirror, foot-lock, retime."""

from __future__ import annotations

import math
from typing import Any

from cyberdirector.timeline.commands._edit import Edit, changed, refuse
from cyberdirector.timeline.commands._registry import command
from cyberdirector.timeline.commands.clips import check_clip, source_at
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import CharacterItem, ClipItem, LayerItem, OperatorItem
from cyberdirector.timeline.keys import KeyTrack


def _operate(edit: Edit, clip: str, name: str, args: dict[str, Any], off: bool) -> Timeline:
    """Return the timeline with an operator on a clip, in place of the one of its name."""
    placed = edit.clip(clip)
    rows = [x for x in placed.clip.operators if x.name != name]
    if off and len(rows) == len(placed.clip.operators):
        refuse(
            "operator-unknown",
            f"片段 {clip} 没有 {name}。",
            f"clip {clip} has no {name}.",
            track=f"{placed.role}/{placed.layer.id}", clip=clip,
        )  # fmt: skip
    if not off:
        rows.append(OperatorItem(name=name, args=args))
    return edit.put_clip(placed, changed(placed.clip, operators=rows))


@command("smooth")
def smooth_clip(edit: Edit, clip: str, strength: float = 0.5, off: bool = False) -> Timeline:
    """Calm the jitter of a clip; 0 leaves it, 1 is very calm."""
    _share(edit, clip, strength)
    return _operate(edit, clip, "smooth", {"strength": strength}, off)


@command("mirror")
def mirror_clip(edit: Edit, clip: str, off: bool = False) -> Timeline:
    """Swap left and right in a clip."""
    return _operate(edit, clip, "mirror", {}, off)


@command("footlock")
def lock_feet(edit: Edit, clip: str, strength: float = 1.0, off: bool = False) -> Timeline:
    """Hold the planted feet of a clip still and out of the floor."""
    _share(edit, clip, strength)
    return _operate(edit, clip, "footlock", {"strength": strength}, off)


def _share(edit: Edit, clip: str, strength: float) -> None:
    if not 0.0 <= strength <= 1.0:
        placed = edit.clip(clip)
        track = f"{placed.role}/{placed.layer.id}"
        refuse(
            "strength-outside",
            f"{track} 的片段 {clip}：强度 {strength:g} 不在 0–1 之内。",
            f"{track}, clip {clip}: strength {strength:g} is not within 0..1.",
            track=track, clip=clip, frame=placed.clip.start,
        )  # fmt: skip


@command("retime")
def retime_clip(
    edit: Edit,
    clip: str,
    speed: float | None = None,
    pins: list[tuple[int, int]] | None = None,
    reset: bool = False,
) -> Timeline:
    """Play a clip faster or slower, or move moments of it to other frames (pins).

    A pin (frame now, frame wanted) shows at the second what is seen at the first; start and
    end of the clip stay.
    """
    placed = edit.clip(clip)
    track, old = f"{placed.role}/{placed.layer.id}", placed.clip
    if reset:
        return edit.put_clip(placed, _unwarped(edit, track, old))
    if speed is not None:
        if not 0.05 <= speed <= 20.0:
            refuse(
                "speed-outside",
                f"{track} 的片段 {clip}：速度 {speed:g} 不在 0.05–20 之内。",
                f"{track}, clip {clip}: speed {speed:g} is not within 0.05..20.",
                track=track, clip=clip, frame=old.start,
            )  # fmt: skip
        return edit.put_clip(placed, _faster(edit, placed.role, placed.layer.id, old, speed))
    if not pins:
        refuse(
            "retime-empty",
            "retime 需要速度或定位点。",
            "retime needs a speed or pins.",
            track=track, clip=clip,
        )  # fmt: skip
    return edit.put_clip(placed, _pinned(track, old, pins))


def _faster(edit: Edit, role: str, layer: str, old: ClipItem, speed: float) -> ClipItem:
    frames = max(1, round(old.frames / speed))
    rows = old.warp or [(0.0, 0.0), (float(old.frames), float(old.frames))]
    scale = frames / old.frames
    new = changed(
        old, end=old.start + frames, warp=[(x * scale, y) for x, y in rows],
        blend_in=min(old.blend_in, frames // 2), blend_out=min(old.blend_out, frames // 2),
    )  # fmt: skip
    last = source_at(new, new.end - 1)
    length = edit.source_frames(old.file)
    if last > length - 1:
        # The last frame of a stretched clip is held rather than sought past the end.
        share = (length - 1 - new.offset) / (last - new.offset)
        new = changed(new, warp=[(x, y * share) for x, y in new.warp])
    return check_clip(edit, role, layer, new)


def _unwarped(edit: Edit, track: str, old: ClipItem) -> ClipItem:
    left = int(edit.source_frames(old.file) - old.offset)
    frames = min(old.frames, left)
    edit.check_span(old.start, old.start + frames, track, old.id)
    return changed(
        old, warp=[], end=old.start + frames, blend_in=min(old.blend_in, frames // 2),
        blend_out=min(old.blend_out, frames // 2),
    )  # fmt: skip


def _pinned(track: str, old: ClipItem, pins: list[tuple[int, int]]) -> ClipItem:
    ends = [(old.start, old.start), (old.end - 1, old.end - 1)]
    rows = []
    for now, wanted in sorted({*ends, *pins}, key=lambda pin: pin[1]):
        if not (old.start <= now < old.end and old.start <= wanted < old.end):
            refuse(
                "pin-outside",
                f"{track} 的片段 {old.id}：定位点 {now}→{wanted} 不在 "
                f"{old.start}–{old.end - 1} 之内。",
                f"{track}, clip {old.id}: pin {now} to {wanted} is not within "
                f"{old.start}..{old.end - 1}.",
                track=track, clip=old.id, frame=now,
            )  # fmt: skip
        rows.append((float(wanted - old.start), source_at(old, now) - old.offset))
    unique = dict(rows)
    return changed(old, warp=sorted(unique.items()))


@command("reduce")
def reduce_clip(
    edit: Edit,
    clip: str,
    mm: float = 4.0,
    degrees: float = 1.0,
    layer: str = "",
    face: bool = True,
    fewest: bool = False,
) -> Timeline:
    """Turn what is seen of a clip into few keys on a layer over it; the clip stays below.

    ``mm`` and ``degrees`` are how far hands, feet and head may be off on any frame; ``fewest``
    takes its time to find as few keys as it can.
    """
    from cyberdirector.motion.reduce import Tolerance
    from cyberdirector.motion.reduce import reduce_clip as reduce
    from cyberdirector.timeline.evaluate import evaluate_track
    from cyberdirector.timeline.layers import to_keys
    from cyberdirector.timeline.masks import channel_part, mask_row

    placed = edit.clip(clip)
    role, under = placed.role, placed.layer
    name = layer or f"{under.id}-keys"
    if edit.timeline.layer(role, name) is not None:
        refuse(
            "layer-exists",
            f"{role} 已有图层“{name}”；请用 --layer 给新的名字。",
            f"{role} has a layer '{name}' already; name another with --layer.",
            track=f"{role}/{name}", clip=clip,
        )  # fmt: skip
    if not (0.1 <= mm <= 1000.0 and 0.01 <= degrees <= 90.0):
        refuse(
            "tolerance-outside",
            f"片段 {clip}：容差要在 0.1–1000 毫米、0.01–90 度之内。",
            f"clip {clip}: tolerances must be 0.1 to 1000 mm and 0.01 to 90 degrees.",
            track=f"{role}/{under.id}", clip=clip,
        )  # fmt: skip
    one = edit.timeline.character(role) or CharacterItem(role=role)
    place = one.layers.index(under) + 1
    below = edit.put_layers(role, one.layers[:place])
    span = slice(placed.clip.start, placed.clip.end)
    seen = evaluate_track(below, role, span, edit.load, lambda: edit.body(role))
    allowed = Tolerance(metres=mm / 1000.0, radians=math.radians(degrees))
    tracks = reduce(seen, edit.body(role), allowed, face, fewest)
    parts = mask_row(under.mask)
    new = LayerItem(
        id=name,
        name=name,
        mask={part: 1.0 for part, share in under.mask.items() if share > 0.0},
        weight=_during(placed.clip),
        keys={
            x: to_keys(x, track, placed.clip.start)
            for x, track in tracks.items()
            if parts[channel_part(x)] > 0.0
        },
    )
    return edit.put_layers(role, [*one.layers[:place], new, *one.layers[place:]])


def _during(clip: ClipItem) -> KeyTrack:
    """Return a weight that is 1 over the frames of a clip and 0 elsewhere."""
    rows = {0: 0.0, clip.start: 1.0, clip.end: 0.0}
    return KeyTrack.of("value", list(rows), [[x] for x in rows.values()], "step")
