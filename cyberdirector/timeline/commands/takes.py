"""Commands on takes and locks."""

from __future__ import annotations

import string

from cyberdirector.timeline.commands._edit import Edit, changed, refuse
from cyberdirector.timeline.commands._registry import command
from cyberdirector.timeline.commands.shots import ratio_of
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import (
    ClipItem,
    LayerItem,
    LineItem,
    LockItem,
    LockKind,
    TakeItem,
)
from cyberdirector.timeline.locks import lock_hash, refusal

LAYER = "takes"
"""Lowest layer of a role: chosen takes of its lines."""

GENERATED = "A"
"""Name of the take that ``produce`` makes."""

_PARTS = ("torso", "armLeft", "armRight", "handLeft", "handRight", "head", "upperFace", "mouth")
"""What a take of a line brings; where the role stands, walks and looks stays with the scene."""


def _line(edit: Edit, line: str) -> LineItem:
    found = next((x for x in edit.timeline.lines if x.id == line), None)
    if found is None:
        known = [x.id for x in edit.timeline.lines]
        refuse(
            "line-unknown",
            f"没有台词“{line}”；有：{'、'.join(known[:12])}。",
            f"there is no line '{line}'; there are {', '.join(known[:12])}.",
            track=line,
        )
    return found


@command("take-add")
def add_take(
    edit: Edit,
    line: str,
    file: str,
    take: str = "",
    sound: str = "",
    seed: int = 0,
    offset: float = 0.0,
    note: str = "",
) -> Timeline:
    """Put another take of a line beside the others."""
    mine = _line(edit, line)
    rows = mine.takes or [TakeItem(id=GENERATED)]
    used = [x.id for x in rows]
    free = [x for x in string.ascii_uppercase if x not in used]
    name = take or (free[0] if free else edit.fresh("T", used))
    if name in used:
        refuse(
            "take-exists",
            f"台词 {line} 已有条目“{name}”。",
            f"line {line} has a take '{name}' already.",
            track=line,
        )
    length = edit.source_frames(file)
    if offset > length - 1:
        refuse(
            "clip-past-end",
            f"台词 {line}：{file} 只有 {length} 帧，没有第 {offset:g} 帧。",
            f"line {line}: {file} has {length} frames; there is no frame {offset:g}.",
            track=line, clip=name, frame=mine.start,
        )  # fmt: skip
    item = TakeItem(
        id=name, file=file, sound=sound, seed=seed, offset=offset, note=note,
        author=edit.author, made=edit.time,
    )  # fmt: skip
    new = changed(mine, takes=[*rows, item], chosen=mine.chosen or GENERATED)
    return edit.with_(lines=[new if x is mine else x for x in edit.timeline.lines])


@command("take")
def choose_take(edit: Edit, line: str, take: str) -> Timeline:
    """Choose the take of a line that is seen; hand keys stay on top of it."""
    mine = _line(edit, line)
    chosen = next((x for x in mine.takes if x.id == take), None)
    if chosen is None:
        known = "、".join(x.id for x in mine.takes) or GENERATED
        refuse(
            "take-unknown",
            f"台词 {line} 没有条目“{take}”；有：{known}。",
            f"line {line} has no take '{take}'; it has {known}.",
            track=line,
        )
    new = changed(mine, chosen=take)
    lines = [new if x is mine else x for x in edit.timeline.lines]
    voice = chosen.sound or f"takes/{line}.wav"
    audio = [
        changed(x, file=voice) if x.id == line and x.file != voice else x
        for x in edit.timeline.audio
    ]
    inner = edit.on(edit.with_(lines=lines, audio=audio))
    return place_take(inner, new, chosen)


def place_take(edit: Edit, line: LineItem, take: TakeItem) -> Timeline:
    """Return the timeline with a take's motion over its line, or with nothing there."""
    name = f"take-{line.id}"
    layer = edit.timeline.layer(line.role, LAYER)
    clips = [x for x in layer.clips if x.id != name] if layer is not None else []
    if take.file:
        left = int(edit.source_frames(take.file) - take.offset)
        frames = min(line.frames, left)
        fade = min(take.blend, frames // 2)
        clips.append(
            ClipItem(
                id=name,
                file=take.file,
                start=line.start,
                end=line.start + frames,
                offset=take.offset,
                blend_in=fade,
                blend_out=fade,
                anchor=line.start,
                source="take",
            )
        )
    clips.sort(key=lambda x: (x.start, x.id))
    if layer is not None:
        return edit.put_layer(line.role, layer.model_copy(update={"clips": clips}))
    if not clips:
        return edit.timeline
    new = LayerItem(id=LAYER, name=LAYER, mask=dict.fromkeys(sorted(_PARTS), 1.0), clips=clips)
    one = edit.timeline.character(line.role)
    return edit.put_layers(line.role, [new, *(one.layers if one is not None else [])])


@command("lock", over_locks=True)
def set_lock(
    edit: Edit, kind: LockKind, name: str = "", note: str = "", hash: str = ""
) -> Timeline:
    """Lock the look, a character, a shot or a line."""
    if kind == "shot":
        edit.shot(name)
    elif kind == "line":
        _line(edit, name)
    elif kind == "cast":
        edit.role(name)
    elif name:
        refuse("lock-name", "画风锁没有编号。", "a look lock has no id.", track=name)
    old = _lock(edit, kind, name)
    if old is not None:
        raise refusal(old, None, "不能再锁一次", "it cannot be locked twice")
    lock = LockItem(
        kind=kind, id=name, author=edit.author, time=edit.time, note=note,
        hash=hash or lock_hash(edit.timeline, kind, name),
    )  # fmt: skip
    locked = edit.with_(locks=[*edit.timeline.locks, lock])
    if kind != "shot":
        return locked
    seen = ratio_of(edit.timeline.size)
    return edit.on(locked).put_shot(changed(edit.shot(name), made_for=seen))


@command("unlock", over_locks=True)
def drop_lock(edit: Edit, kind: LockKind, name: str = "", force: bool = False) -> Timeline:
    """Take a lock away; that of somebody else only with ``force``."""
    lock = _lock(edit, kind, name)
    if lock is None:
        refuse(
            "lock-unknown",
            f"没有锁 {kind} {name}。",
            f"there is no lock on {kind} {name}.".replace(" .", "."),
            track=name,
        )
    if lock.author != edit.author and not force:
        raise refusal(
            lock, None, f"{edit.author or '?'} 不能解锁（可用 --force）",
            f"{edit.author or '?'} cannot unlock it (use --force)",
        )  # fmt: skip
    return edit.with_(locks=[x for x in edit.timeline.locks if x is not lock])


def _lock(edit: Edit, kind: str, name: str) -> LockItem | None:
    locks = edit.timeline.locks
    return next((x for x in locks if (x.kind, x.id) == (kind, name)), None)
