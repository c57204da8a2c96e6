"""What an edit touches: tracks, ids and frames; for locks, history and the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import CharacterItem, LayerItem
from cyberdirector.timeline.keys import STEP, KeyTrack, common_ends


class Touch(NamedTuple):
    """Frames ``start:end`` of a track.

    ``kind`` is ``shot``, ``role``, ``line``, ``text``, ``sound``, ``light``, ``set``,
    ``scene``, ``marker`` or ``lock``; ``name`` its id, for roles ``role/layer``.
    """

    kind: str
    name: str
    start: int
    end: int


def touched(before: Timeline, after: Timeline) -> list[Touch]:
    """Return what differs between two timelines, in the order of the tracks."""
    end = max(before.frames, after.frames)
    found: list[Touch] = []
    for kind, name in _TRACKS.items():
        a, b = getattr(before, name), getattr(after, name)
        if a is not b:
            found += [Touch(kind, *row) for row in _items(a, b, end)]
    lit = {shot.id: shot.light for shot in before.shots}
    found += [
        Touch("light", shot.id, shot.start, shot.end)
        for shot in after.shots
        if after.shots is not before.shots and lit.get(shot.id, shot.light) != shot.light
    ]
    if before.characters is not after.characters:
        found += _characters(before.characters, after.characters, end)
    return list(dict.fromkeys(found))


_TRACKS = {
    "scene": "scenes", "shot": "shots", "motion": "motion", "line": "lines", "sound": "audio",
    "text": "texts", "effect": "effects", "light": "lights", "set": "sets", "nested": "nested",
    "marker": "markers", "lock": "locks",
}  # fmt: skip


def _span(item: Any, end: int) -> tuple[int, int]:
    if hasattr(item, "start"):
        return item.start, getattr(item, "end", item.start + 1)
    if hasattr(item, "frame"):
        return item.frame, item.frame + 1
    return 0, end


def _name(item: Any) -> str:
    kind = getattr(item, "kind", "")
    return f"{kind} {item.id}".strip() if hasattr(item, "author") and kind else str(item.id)


def _items(a: list[Any], b: list[Any], end: int) -> Iterator[tuple[str, int, int]]:
    old, new = {_name(x): x for x in a}, {_name(x): x for x in b}
    for name in dict.fromkeys([*old, *new]):
        pair = old.get(name), new.get(name)
        if pair[0] is pair[1] or pair[0] == pair[1]:
            continue
        spans = [_span(x, end) for x in pair if x is not None]
        yield name, min(s for s, _ in spans), max(e for _, e in spans)


def _characters(a: list[CharacterItem], b: list[CharacterItem], end: int) -> Iterator[Touch]:
    old, new = {x.role: x for x in a}, {x.role: x for x in b}
    for role in dict.fromkeys([*old, *new]):
        one, two = old.get(role), new.get(role)
        if one is two:
            continue
        layers = [{x.id: x for x in y.layers} if y else {} for y in (one, two)]
        common = [[i for i in side if i in layers[0] and i in layers[1]] for side in layers]
        reordered = common[0] != common[1]
        for name in dict.fromkeys([*layers[0], *layers[1]]):
            pair = layers[0].get(name), layers[1].get(name)
            for start, stop in _layer_spans(*pair, end, reordered):
                yield Touch("role", f"{role}/{name}", start, stop)


def _layer_spans(
    a: LayerItem | None, b: LayerItem | None, end: int, reordered: bool
) -> list[tuple[int, int]]:
    """Return the frames in which a layer may show something else."""
    if a is not None and b is not None:
        if a is b and not reordered:
            return []
        whole = (a.mode, a.mask, a.muted) != (b.mode, b.mask, b.muted)
        if not whole and not reordered:
            return _merged([*_clip_spans(a, b), *_key_spans(a, b, end)])
    spans = [
        span for layer in (a, b) if layer is not None for span in content_spans(layer, end)
    ]
    return _merged(spans) or [(0, 0)]


def _clip_spans(a: LayerItem, b: LayerItem) -> Iterator[tuple[int, int]]:
    old, new = {x.id: x for x in a.clips}, {x.id: x for x in b.clips}
    for name in old.keys() | new.keys():
        pair = old.get(name), new.get(name)
        if pair[0] != pair[1]:
            yield from ((x.start, x.end) for x in pair if x is not None)


def _key_spans(a: LayerItem, b: LayerItem, end: int) -> Iterator[tuple[int, int]]:
    for channel in a.keys.keys() | b.keys.keys():
        yield from _track_span(a.keys.get(channel), b.keys.get(channel), end)
    if a.weight == b.weight:
        return
    # A weight matters where the layer has something to weigh.
    whole = KeyTrack.constant(1.0)
    there = [x.model_copy(update={"weight": whole}) for x in (a, b)]
    content = _merged(span for x in there for span in content_spans(x, end))
    yield from _common(_track_span(a.weight, b.weight, end), content)


def content_spans(layer: LayerItem, end: int) -> list[tuple[int, int]]:
    """Return the frames in which a layer does anything at all: content and weight."""
    spans = [(clip.start, clip.end) for clip in layer.clips]
    for track in layer.keys.values():
        spans += _track_span(track, None, end)
    return _common(_merged(spans), _weighed(layer.weight, end))


def _weighed(weight: KeyTrack, end: int) -> list[tuple[int, int]]:
    """Return the frames in which a weight is not 0."""
    frames, on = weight.frames.tolist(), (weight.values[:, 0] != 0.0).tolist()
    spans = [(0, frames[0])] if on[0] else []
    for i, frame in enumerate(frames):
        last = i + 1 == len(frames)
        stop = end if last else frames[i + 1]
        rising = not last and on[i + 1] and weight.eases[i] != STEP
        if on[i] or rising:
            spans.append((frame, stop))
    return _merged(spans)


def _common(
    a: Iterable[tuple[int, int]], b: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the frames that lie in spans of both."""
    rows = list(b)
    return [(max(x, u), min(y, v)) for x, y in a for u, v in rows if max(x, u) < min(y, v)]


def _track_span(a: KeyTrack | None, b: KeyTrack | None, end: int) -> Iterator[tuple[int, int]]:
    """Return the frames between the keys around those that differ.

    Smooth tangents look one key further, so a change is felt across two gaps; before the
    first and after the last key a curve holds, which matters unless it holds nothing.
    """
    tracks = [x for x in (a, b) if x is not None and len(x)]
    if a is b or not tracks:
        return
    first, last = common_ends(a, b) if a is not None and b is not None else (0, 0)
    if all(first == len(x) for x in tracks):
        return
    start, stop = 0, end
    if first:
        start = int(tracks[0].frames[max(first - 2, 0)])
    elif all(_neutral(x, 0) for x in tracks):
        start = min(int(x.frames[0]) for x in tracks)
    if last:
        stop = int(tracks[0].frames[min(len(tracks[0]) - last + 1, len(tracks[0]) - 1)]) + 1
    elif all(_neutral(x, -1) for x in tracks):
        stop = max(int(x.frames[-1]) for x in tracks) + 1
    yield start, stop


def _neutral(track: KeyTrack, number: int) -> bool:
    """Return whether a key adds nothing, so that holding it changes nothing."""
    value = track.values[number]
    still = np.zeros_like(value)
    if len(value) == 4:
        still[3] = 1.0
    return bool((value == still).all())


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that meet joined."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
