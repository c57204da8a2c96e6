"""A timeline in words: tracks, layers, clips and keys, as rows and as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from cyberdirector.core.time import Rate
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import ClipItem, LayerItem
from cyberdirector.timeline.keys import EASES, KeyTrack

_KEYS = 8
"""So many frames of keys are written out; of more the first and last ones."""


def clock(rate: Rate, frame: int) -> str:
    """Return a frame as minutes, seconds and frames: ``1:02:05``."""
    per = round(rate.fps)
    seconds, left = divmod(frame, per)
    return f"{seconds // 60}:{seconds % 60:02d}:{left:02d}"


def outline(timeline: Timeline) -> dict[str, Any]:
    """Return the timeline as plain rows for ``--json``: keys by channel, frames as numbers."""
    return {
        "rate": list(timeline.rate),
        "frames": timeline.frames,
        "scenes": [x.model_dump(mode="json") for x in timeline.scenes],
        "shots": [x.model_dump(mode="json") for x in timeline.shots],
        "characters": [
            {
                "role": role,
                "base": [x.model_dump(mode="json") for x in timeline.motion if x.role == role],
                "layers": [_layer_row(x) for x in layers_of(timeline, role)],
            }
            for role in timeline.roles()
        ],
        **{
            name: [x.model_dump(mode="json") for x in getattr(timeline, name)]
            for name in ("lines", "texts", "audio", "effects", "lights", "sets", "nested",
                         "markers", "locks")
        },
    }  # fmt: skip


def layers_of(timeline: Timeline, role: str) -> list[LayerItem]:
    """Return the layers of a role, lowest first; none when it has none."""
    one = timeline.character(role)
    return one.layers if one is not None else []


def _layer_row(layer: LayerItem) -> dict[str, Any]:
    return {
        "id": layer.id,
        "mode": layer.mode,
        "mask": layer.mask,
        "muted": layer.muted,
        "weight": key_row(layer.weight),
        "clips": [x.model_dump(mode="json") for x in layer.clips],
        "keys": [key_row(x) for x in layer.keys.values()],
    }


def key_row(track: KeyTrack) -> dict[str, Any]:
    """Return what keys a track has: frames and kinds of tangents."""
    return {
        "channel": track.channel,
        "count": len(track),
        "frames": track.frames.tolist(),
        "tangents": sorted({EASES[int(x)] for x in track.eases}),
    }


def text(timeline: Timeline, only: str = "") -> str:
    """Return the timeline as text; ``only`` a scene or a role."""
    return "\n".join(_lines(timeline, only)) + "\n"


def _lines(timeline: Timeline, only: str) -> Iterator[str]:
    rate, (width, height) = timeline.exact_rate, timeline.size
    length = f"{timeline.frames} frames ({clock(rate, timeline.frames)})"
    yield f"{rate.num}/{rate.den} fps · {length} · {width}×{height}"
    yield from _locks(timeline)
    for scene in timeline.scenes:
        if only in ("", scene.id):
            yield from _scene(timeline, scene.id)
    for role in timeline.roles():
        if only in ("", role):
            yield from _role(timeline, role)
    for marker in timeline.markers:
        yield f"marker {marker.id} {marker.frame:>7} {marker.name}"


def _locks(timeline: Timeline) -> Iterator[str]:
    for lock in timeline.locks:
        what = f"{lock.kind} {lock.id}".strip()
        note = f" {lock.note}" if lock.note else ""
        yield f"locked {what} · {lock.author} {lock.time}{note}"


def _scene(timeline: Timeline, name: str) -> Iterator[str]:
    scene = next(x for x in timeline.scenes if x.id == name)
    yield ""
    yield f"{scene.id} {scene.place} ({scene.set}, {scene.light}) {scene.start}–{scene.end}"
    locked = {x.id for x in timeline.locks if x.kind == "shot"}
    for shot in timeline.shots:
        if shot.scene != name:
            continue
        words = [shot.size, "·".join(shot.subjects), shot.light]
        if len(shot.cameras) > 1:
            words.append(f"{len(shot.cameras)} camera keys")
        words += [f"framing {', '.join(shot.framing)}"] if shot.framing else []
        words += ["locked"] if shot.locked or shot.id in locked else []
        yield f"  {pad(shot.id, 18)} {span(shot)}  {'  '.join(x for x in words if x)}"
    for line in timeline.lines:
        if scene.start <= line.start < scene.end:
            said = next((x.text for x in timeline.texts if x.id == line.id), "")
            takes = "".join(
                f" [{take.id}]" if take.id == line.chosen else f" {take.id}"
                for take in line.takes
            )
            yield f"  {pad(line.id, 18)} {span(line)}  {line.role}：{said}{takes}"
    for kind in ("lights", "sets", "nested"):
        for item in getattr(timeline, kind):
            if item.scene == name:
                what = item.model_dump(exclude={"id", "start", "end", "scene"}, mode="json")
                told = " ".join(f"{k}={v}" for k, v in what.items() if v)
                yield f"  {pad(item.id, 18)} {span(item)}  {told}"


def _role(timeline: Timeline, role: str) -> Iterator[str]:
    yield ""
    yield role
    for layer in reversed(layers_of(timeline, role)):
        mask = ", ".join(
            part if share == 1.0 else f"{part} {share:g}" for part, share in layer.mask.items()
        )
        weight = _weight(layer) + ("  muted" if layer.muted else "")
        yield f"  {pad(layer.id, 12)} {layer.mode:<9} {mask or 'whole body'}  {weight}"
        for clip in layer.clips:
            yield f"    {pad(clip.id, 16)} {span(clip)}  {_clip(clip)}"
        for track in layer.keys.values():
            yield f"    {pad(track.channel, 16)} {_frames(track)}"
    for item in timeline.motion:
        if item.role == role:
            yield f"  {pad('base', 12)} {span(item)}  {item.file}"


def _weight(layer: LayerItem) -> str:
    if len(layer.weight) == 1:
        return f"weight {float(layer.weight.values[0, 0]):g}"
    return f"weight {len(layer.weight)} keys"


def _clip(clip: ClipItem) -> str:
    words = [clip.file]
    words += [f"+{clip.offset:g}"] if clip.offset else []
    words += (
        [f"blend {clip.blend_in}/{clip.blend_out}"] if clip.blend_in + clip.blend_out else []
    )
    words += [f"warp {len(clip.warp)}"] if clip.warp else []
    return "  ".join([*words, *(x.name for x in clip.operators)])


def _frames(track: KeyTrack) -> str:
    frames = track.frames.tolist()
    if len(frames) > _KEYS:
        shown = [*map(str, frames[: _KEYS - 2]), "…", str(frames[-1])]
    else:
        shown = [str(x) for x in frames]
    return f"{len(frames):>5} keys  {' '.join(shown)}"


def span(item: Any) -> str:
    """Return ``start–end`` in columns."""
    return f"{item.start:>7}–{item.end:<7}"


def pad(word: str, width: int) -> str:
    """Return a word filled to a width in columns; Chinese takes two."""
    wide = sum(2 if unicodedata.east_asian_width(x) in "WF" else 1 for x in word)
    return word + " " * max(0, width - wide)
