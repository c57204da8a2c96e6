"""What an edit did to a timeline: small differences that apply forwards and backwards.

A command is a function from one timeline to the next. The journal does not trust that it will
do the same tomorrow: it stores the difference, and undo is the difference read backwards.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.keys import KeyTrack, common_ends, plain_keys, read_keys

Kind = Literal["set", "extra", "list", "track", "rows"]
Path = tuple[str | int, ...]

_ABSENT = {"absent": True}
"""Stands for a field or a track that is not there."""


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes
    ----------
    kind
        ``set`` a field, ``extra`` an unknown field, ``list`` rows of a list, ``track`` a whole
        key track, ``rows`` keys of a track.
    path
        Field names, list numbers and channel names from the timeline down.
    at
        First row, for ``list`` and ``rows``.
    out, into
        Plain data before and after.
    """

    kind: Kind
    path: Path
    at: int
    out: Any
    into: Any

    def inverse(self) -> Change:
        """Return the change that takes this one back."""
        return Change(self.kind, self.path, self.at, self.into, self.out)

    def plain(self) -> list[Any]:
        """Return the change as a JSON list."""
        return [self.kind, list(self.path), self.at, self.out, self.into]

    @classmethod
    def of(cls, row: Sequence[Any]) -> Change:
        """Return the change of :meth:`plain` data."""
        return cls(row[0], tuple(row[1]), row[2], row[3], row[4])


@functools.cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    kind: Any = model.model_fields[name].annotation
    return TypeAdapter(kind)


def _plain(model: type[BaseModel], name: str, value: Any) -> Any:
    return _adapter(model, name).dump_python(value, mode="json", by_alias=True)


def difference(before: Timeline, after: Timeline) -> list[Change]:
    """Return the changes that turn ``before`` into ``after``; what is shared costs nothing."""
    return list(_of_models(before, after, ()))


def _of_models(a: BaseModel, b: BaseModel, path: Path) -> Iterator[Change]:
    if a is b:
        return
    kind = type(a)
    for name in kind.model_fields:
        yield from _of_values(kind, name, getattr(a, name), getattr(b, name), (*path, name))
    old, new = a.model_extra or {}, b.model_extra or {}
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if was != now:
            yield Change("extra", (*path, name), 0, was, now)


def _of_values(
    model: type[BaseModel], name: str, a: Any, b: Any, path: Path
) -> Iterator[Change]:
    if a is b:
        return
    if isinstance(a, KeyTrack) and isinstance(b, KeyTrack):
        yield from _of_tracks(a, b, path)
    elif isinstance(a, dict) and any(
        isinstance(v, KeyTrack) for v in (*a.values(), *b.values())
    ):
        yield from _of_track_dicts(a, b, path)
    elif isinstance(a, list) and any(isinstance(v, BaseModel) for v in (*a, *b)):
        yield from _of_lists(model, name, a, b, path)
    elif a != b or type(a) is not type(b):
        yield Change("set", path, 0, _plain(model, name, a), _plain(model, name, b))


def _name_of(item: Any) -> Any:
    return getattr(item, "role", None) if not hasattr(item, "id") else item.id


def _of_lists(
    model: type[BaseModel], name: str, a: list[Any], b: list[Any], path: Path
) -> Iterator[Change]:
    first, last = 0, 0
    while first < min(len(a), len(b)) and _equal(a[first], b[first]):
        first += 1
    while last < min(len(a), len(b)) - first and _equal(a[-1 - last], b[-1 - last]):
        last += 1
    out, into = a[first : len(a) - last], b[first : len(b) - last]
    if len(out) == len(into) and all(
        _name_of(x) == _name_of(y) for x, y in zip(out, into, strict=True)
    ):
        for i, (x, y) in enumerate(zip(out, into, strict=True)):
            yield from _of_models(x, y, (*path, first + i))
        return
    if out or into:
        yield Change("list", path, first, _plain(model, name, out), _plain(model, name, into))


def _equal(a: Any, b: Any) -> bool:
    return a is b or bool(a == b)


def _of_track_dicts(
    a: dict[str, KeyTrack], b: dict[str, KeyTrack], path: Path
) -> Iterator[Change]:
    for channel in sorted(a.keys() | b.keys()):
        old, new = a.get(channel), b.get(channel)
        if old is not None and new is not None:
            yield from _of_tracks(old, new, (*path, channel))
        else:
            was = _ABSENT if old is None else plain_keys(old)
            now = _ABSENT if new is None else plain_keys(new)
            yield Change("track", (*path, channel), 0, was, now)


def _of_tracks(a: KeyTrack, b: KeyTrack, path: Path) -> Iterator[Change]:
    if a is b or a == b:
        return
    if a.channel != b.channel:
        yield Change("track", path, 0, plain_keys(a), plain_keys(b))
        return
    first, last = common_ends(a, b)
    out, into = a.rows(first, len(a) - last), b.rows(first, len(b) - last)
    yield Change("rows", path, first, plain_keys(out), plain_keys(into))


def apply_changes(timeline: Timeline, changes: Sequence[Change]) -> Timeline:
    """Return the timeline after the changes; ``timeline`` itself stays as it is."""
    for change in changes:
        timeline = _apply(timeline, change, change.path)
    return timeline


def undo_changes(timeline: Timeline, changes: Sequence[Change]) -> Timeline:
    """Return the timeline from before the changes."""
    return apply_changes(timeline, [change.inverse() for change in reversed(changes)])


def _apply(node: Any, change: Change, path: Path) -> Any:
    """Return a copy of a node in which the change at ``path`` below it has been made."""
    head, rest = path[0], path[1:]
    if isinstance(node, BaseModel):
        name = str(head)
        if not rest and change.kind == "extra":
            return _with_extra(node, name, change.into)
        value = getattr(node, name)
        if rest:
            value = _apply(value, change, rest)
        elif change.kind == "rows":
            value = _with_rows(value, change)
        elif change.kind == "track":
            value = read_keys(change.into)
        else:
            value = _replaced(type(node), name, value, change)
        return node.model_copy(update={name: value})
    if isinstance(node, list):
        number = int(head)
        return [*node[:number], _apply(node[number], change, rest), *node[number + 1 :]]
    return _with_track(node, str(head), change)


def _replaced(model: type[BaseModel], name: str, value: Any, change: Change) -> Any:
    into = _adapter(model, name).validate_python(change.into)
    if change.kind == "set":
        return into
    return [*value[: change.at], *into, *value[change.at + len(change.out) :]]


def _with_extra(node: BaseModel, name: str, value: Any) -> BaseModel:
    copy = node.model_copy()
    extra = dict(copy.model_extra or {})
    extra.pop(name, None)
    if value != _ABSENT:
        extra[name] = value
    object.__setattr__(copy, "__pydantic_extra__", dict(sorted(extra.items())))
    return copy


def _with_track(
    tracks: dict[str, KeyTrack], channel: str, change: Change
) -> dict[str, KeyTrack]:
    found = dict(tracks)
    if change.kind == "rows":
        found[channel] = _with_rows(found[channel], change)
    elif change.into == _ABSENT:
        del found[channel]
    else:
        found[channel] = read_keys(change.into)
    return dict(sorted(found.items()))


def _with_rows(track: KeyTrack, change: Change) -> KeyTrack:
    out, into = read_keys(change.out), read_keys(change.into)
    return track.replace_rows(change.at, change.at + len(out), into)
