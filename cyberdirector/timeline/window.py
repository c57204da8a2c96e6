"""The part of a timeline that says how one role moves over some frames, and nothing else."""

from __future__ import annotations

import numpy as np

from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import ClipItem, LayerItem
from cyberdirector.timeline.keys import KeyTrack
from cyberdirector.timeline.touched import content_spans

_AROUND = 3
"""Keys kept on both sides: smooth tangents look that far."""


def window(timeline: Timeline, role: str, start: int, end: int) -> Timeline | None:
    """Return a small timeline with what moves a role in frames ``start:end``.

    None when nothing but its generated take does.
    """
    one = timeline.character(role)
    operated = [x for x in timeline.motion if x.role == role and x.operators]
    layers = [
        layer
        for layer in (one.layers if one is not None else [])
        if not layer.muted
        and any(a < end and start < b for a, b in content_spans(layer, timeline.frames))
    ]
    if not layers and not any(x.start < end and start < x.end for x in operated):
        return None
    first, last = start, end
    for layer in layers:
        for clip in layer.clips:
            if clip.anchor is not None and _meets(clip, start, end):
                first, last = min(first, clip.anchor), max(last, clip.anchor + 1)
    if one is not None and (first, last) != (start, end):
        layers = [layer for layer in one.layers if not layer.muted]
    cut = [_cut(layer, first, last) for layer in layers]
    update = {
        "motion": [x for x in timeline.motion if x.role == role],
        "characters": [] if one is None else [one.model_copy(update={"layers": cut})],
    }
    bare = Timeline(rate=timeline.rate, size=timeline.size, frames=timeline.frames)
    return bare.model_copy(update=update)


def _meets(clip: ClipItem, start: int, end: int) -> bool:
    return clip.start < end and start < clip.end


def _cut(layer: LayerItem, start: int, end: int) -> LayerItem:
    return layer.model_copy(
        update={
            "clips": [clip for clip in layer.clips if _meets(clip, start, end)],
            "keys": {name: _rows(track, start, end) for name, track in layer.keys.items()},
            "weight": _rows(layer.weight, start, end),
        }
    )


def _rows(track: KeyTrack, start: int, end: int) -> KeyTrack:
    first, last = np.searchsorted(track.frames, [start, end]).tolist()
    return track.rows(max(first - _AROUND, 0), last + _AROUND)
