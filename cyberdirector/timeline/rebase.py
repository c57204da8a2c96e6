"""A newly generated plan under the edits of people: three-way, item by item, field by field.

What nobody touched follows the script; what somebody touched stays as they left it, at the
place where its line is now. Layers, keys, markers and takes move along with their segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import CharacterItem, ClipItem, LayerItem, ShotItem
from cyberdirector.timeline.keys import KeyTrack
from cyberdirector.timeline.locks import lock_hash, refusal
from cyberdirector.timeline.time_map import TimeMap

Note = dict[str, Any]
T = TypeVar("T", bound=Any)

_GENERATED = ("scenes", "motion", "lines", "audio", "effects", "texts")
_ADDED = ("lights", "sets", "nested")


def rebase(old: Timeline, mine: Timeline, new: Timeline) -> tuple[Timeline, list[Note]]:
    """Return ``mine`` brought onto ``new``, and notes on what had to give way.

    Parameters
    ----------
    old
        What was generated when ``mine`` was last rebased.
    mine
        The edited timeline.
    new
        What is generated now.

    Raises
    ------
    ProjectError
        ``locked`` when the words of a locked line changed in the script, or it is gone.
    """
    at = TimeMap(old, new)
    notes: list[Note] = []
    fields: dict[str, Any] = {
        name: _merged(
            getattr(old, name), getattr(mine, name), getattr(new, name), at, name, notes
        )
        for name in _GENERATED
    }
    fields["segments"] = new.segments
    fields["shots"] = _shots(old, mine, new, at, notes)
    fields["characters"] = [_character(one, at, notes) for one in mine.characters]
    for name in _ADDED:
        rows = [_placed(item, at) for item in getattr(mine, name)]
        scenes = {scene.id for scene in new.scenes}
        fields[name] = [x for x in rows if x is not None and x.scene in scenes]
        _count_lost(getattr(mine, name), fields[name], name, notes)
    fields["markers"] = [
        x.model_copy(update={"frame": min(at(x.frame), new.frames - 1)})
        for x in mine.markers
        if at.has(x.frame)
    ]
    _count_lost(mine.markers, fields["markers"], "markers", notes)
    extra = {**(new.model_extra or {}), **(mine.model_extra or {})}
    fields |= {"locks": mine.locks, **extra}
    merged = new.model_copy(update=fields)
    _check_lines(mine, merged)
    return merged, notes


def _count_lost(
    before: Sequence[Any], after: Sequence[Any], track: str, notes: list[Note]
) -> None:
    if len(after) < len(before):
        kept = {item.id for item in after}
        lost = [item.id for item in before if item.id not in kept]
        notes.append({"code": "edits-gone", "track": track, "items": lost})


def _merged(
    old: list[T], mine: list[T], new: list[T], at: TimeMap, track: str, notes: list[Note]
) -> list[T]:
    """Return the items of a generated track, edited ones with what was changed in them."""
    olds, mines = {x.id: x for x in old}, {x.id: x for x in mine}
    out: list[T] = []
    for item in new:
        before, edited = olds.get(item.id), mines.get(item.id)
        if before is None:
            out.append(item)
        elif edited is not None:
            out.append(item if edited == before else _fields(before, edited, item, at))
    fresh = {x.id for x in new}
    for item in mine:
        if item.id in fresh:
            continue
        if item.id not in olds:
            placed = _placed(item, at)
            out += [placed] if placed is not None else []
        elif item != olds[item.id]:
            notes.append({"code": "edits-gone", "track": track, "items": [item.id]})
    return out


def _fields(before: T, edited: T, item: T, at: TimeMap) -> T:
    """Return ``item`` with the fields in which ``edited`` differs from ``before``."""
    update: dict[str, Any] = {}
    for name in type(item).model_fields:
        value = getattr(edited, name)
        if value != getattr(before, name):
            update[name] = at(value) if name in ("start", "end") else value
    extra = {k: v for k, v in (edited.model_extra or {}).items()}
    return item.model_copy(update={**update, **extra})


def _placed(item: T, at: TimeMap) -> T | None:
    """Return an item at its new place; None when its segment is gone."""
    if not hasattr(item, "start"):
        return item
    if not at.has(item.start):
        return None
    start = at(item.start)
    if not hasattr(item, "end"):
        return item.model_copy(update={"start": start})
    end = at(item.end)
    return item.model_copy(update={"start": start, "end": end}) if end > start else None


def _shots(
    old: Timeline, mine: Timeline, new: Timeline, at: TimeMap, notes: list[Note]
) -> list[ShotItem]:
    out: list[ShotItem] = []
    held = {x.id for x in mine.shots if x.locked}
    held |= {x.id for x in mine.locks if x.kind == "shot"}
    for scene in new.scenes:
        olds, mines, news = (
            [x for x in timeline.shots if x.scene == scene.id] for timeline in (old, mine, new)
        )
        tiles = [[(x.id, x.start, x.end) for x in rows] for rows in (olds, mines)]
        recut = tiles[0] != tiles[1]
        if recut and _segments(old, scene.id) == _segments(new, scene.id):
            rows = _recut(olds, mines, news, at, held)
        else:
            rows = _follow(olds, mines, news, held)
            if recut and mines:
                notes.append({"code": "cuts-renewed", "scene": scene.id})
        out += rows
    kept = {shot.id for shot in out}
    edited = {x.id: x for x in old.shots}
    notes += [
        {"code": "locked-shot-gone", "shot": shot.id}
        for shot in mine.shots
        if shot.id not in kept and (shot.id in held or shot != edited.get(shot.id))
    ]
    return out


def _segments(timeline: Timeline, scene: str) -> list[str]:
    return [x.id for x in timeline.segments if x.scene == scene]


_SIGHT = ("cameras", "light", "framing", "locked", "made_for")


def _follow(
    olds: list[ShotItem], mines: list[ShotItem], news: list[ShotItem], held: set[str]
) -> list[ShotItem]:
    """Return the new shots with what people changed in those of the same name."""
    before, edited = {x.id: x for x in olds}, {x.id: x for x in mines}
    out = []
    for shot in news:
        was, now = before.get(shot.id), edited.get(shot.id)
        if now is None:
            out.append(shot)
            continue
        update = {
            name: getattr(now, name)
            for name in _SIGHT
            if shot.id in held or was is None or getattr(now, name) != getattr(was, name)
        }
        update |= now.model_extra or {}
        out.append(shot.model_copy(update=update) if update else shot)
    return out


def _recut(
    olds: list[ShotItem],
    mines: list[ShotItem],
    news: list[ShotItem],
    at: TimeMap,
    held: set[str],
) -> list[ShotItem]:
    """Return shots whose cuts people moved, cameras fresh where nobody touched them."""
    fresh = {x.id: x for x in _follow(olds, mines, news, held)}
    out = []
    for shot in mines:
        start, end = at(shot.start), at(shot.end)
        if end <= start:
            continue
        base = fresh.get(shot.id, shot)
        out.append(
            base.model_copy(update={"start": start, "end": end, "segments": shot.segments})
        )
    return out


def _character(one: CharacterItem, at: TimeMap, notes: list[Note]) -> CharacterItem:
    if at.still:
        return one
    layers = [_layer(one.role, layer, at, notes) for layer in one.layers]
    return one.model_copy(update={"layers": layers})


def _layer(role: str, layer: LayerItem, at: TimeMap, notes: list[Note]) -> LayerItem:
    track = f"{role}/{layer.id}"
    clips = [x for x in (_clip(clip, at) for clip in layer.clips) if x is not None]
    _count_lost(layer.clips, clips, track, notes)
    keys, lost = {}, 0
    for channel, rows in layer.keys.items():
        moved = at.keys(rows)
        lost += len(rows) - len(moved)
        if len(moved):
            keys[channel] = moved
    if lost:
        notes.append({"code": "keys-gone", "track": track, "keys": lost})
    weight = layer.weight
    if len(weight) > 1:
        weight = at.keys(weight)
        if not len(weight):
            weight = KeyTrack.constant(float(layer.weight.values[0, 0]))
    return layer.model_copy(update={"clips": clips, "keys": keys, "weight": weight})


def _clip(clip: ClipItem, at: TimeMap) -> ClipItem | None:
    """Return a clip that begins at the same moment of its segment, as long as before."""
    if not at.has(clip.start):
        return None
    start = at(clip.start)
    end = start + clip.frames
    last = int(at.moved(np.array([1 << 40]))[0])
    if end > last:
        end = last
    if end <= start:
        return None
    length = end - start
    fade = min(clip.blend_in, length)
    anchor = clip.anchor
    return clip.model_copy(
        update={
            "start": start,
            "end": end,
            "blend_in": fade,
            "blend_out": min(clip.blend_out, length - fade),
            "anchor": None if anchor is None else anchor + start - clip.start,
        }
    )


def _check_lines(mine: Timeline, merged: Timeline) -> None:
    """Refuse a plan in which a locked line says something else or is gone."""
    there = {line.id for line in merged.lines}
    for lock in mine.locks:
        if lock.kind != "line":
            continue
        if lock.id not in there:
            raise refusal(
                lock, None, "但剧本里已没有这句", "the script has no such line any more"
            )
        if lock.hash and lock_hash(merged, "line", lock.id) != lock.hash:
            raise refusal(
                lock, None, "但剧本里这句的文字变了", "its words have changed in the script"
            )
