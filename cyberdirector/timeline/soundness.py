"""What must hold over the whole timeline: names are unique, scenes contain no circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.touched import Touch

_UNIQUE = {
    "scenes": "scene", "segments": "scene", "shots": "shot", "motion": "motion",
    "lines": "line", "audio": "sound", "lights": "light", "sets": "set", "nested": "nested",
    "markers": "marker",
}  # fmt: skip
"""Track whose items have names of their own → kind of touch that changes it."""


def check_sound(timeline: Timeline, place: str, about: Iterable[Touch] | None = None) -> None:
    """Refuse a timeline that contradicts itself; ``about`` limits it to what was touched.

    Raises
    ------
    ProjectError
        ``timeline-unsound`` naming track, item and frame.
    """
    kinds = None if about is None else {touch.kind for touch in about}
    for zh, en, track, frame in _faults(timeline, kinds):
        raise ProjectError(
            "timeline-unsound",
            f"{zh}。",
            f"{en}.",
            Location(place, path=track),
            track=track,
            frame=frame,
        )


def _faults(timeline: Timeline, kinds: set[str] | None) -> Iterator[tuple[str, str, str, int]]:
    for name, kind in _UNIQUE.items():
        items = getattr(timeline, name) if kinds is None or kind in kinds else []
        yield from _twice(((x.id, getattr(x, "start", 0)) for x in items), name)
    yield from _twice(((x.role, 0) for x in timeline.characters), "characters")
    if kinds is None or "role" in kinds:
        yield from _layers(timeline)
    if kinds is None or kinds & {"shot", "scene"}:
        yield from _shots(timeline)
    yield from _twice(((f"{x.kind} {x.id}".strip(), 0) for x in timeline.locks), "locks")
    yield from _circle(timeline)


def _twice(items: Iterable[tuple[str, int]], track: str) -> Iterator[tuple[str, str, str, int]]:
    rows = list(items)
    count = Counter(name for name, _ in rows)
    if len(count) == len(rows):
        return
    for name, frame in rows:
        if count[name] > 1:
            yield f"{track} 里“{name}”出现了两次", f"'{name}' is twice in {track}", track, frame


def _layers(timeline: Timeline) -> Iterator[tuple[str, str, str, int]]:
    clips: list[tuple[str, int]] = []
    for one in timeline.characters:
        yield from _twice(((x.id, 0) for x in one.layers), one.role)
        for layer in one.layers:
            clips += [(clip.id, clip.start) for clip in layer.clips]
            for clip in layer.clips:
                if clip.start < 0 or clip.end > timeline.frames:
                    track = f"{one.role}/{layer.id}"
                    yield (
                        f"{track} 的片段 {clip.id}（{clip.start}–{clip.end}）超出时间线的 "
                        f"{timeline.frames} 帧",
                        f"{track}, clip {clip.id} ({clip.start}:{clip.end}) goes past the "
                        f"{timeline.frames} frames of the timeline",
                        track,
                        clip.end,
                    )
    yield from _twice(clips, "clips")


def _shots(timeline: Timeline) -> Iterator[tuple[str, str, str, int]]:
    scenes = {x.id for x in timeline.scenes}
    for shot in timeline.shots:
        if shot.scene not in scenes:
            yield (
                f"镜头 {shot.id} 的场景“{shot.scene}”不存在",
                f"shot {shot.id} is of scene '{shot.scene}', which is not there",
                shot.id,
                shot.start,
            )


def _circle(timeline: Timeline) -> Iterator[tuple[str, str, str, int]]:
    """Find scenes that contain themselves through others."""
    inside: dict[str, list[str]] = {}
    for item in timeline.nested:
        inside.setdefault(item.scene, []).append(item.source)
    for item in timeline.nested:
        todo, seen = [item.source], set()
        while todo:
            name = todo.pop()
            if name == item.scene:
                way = f"{item.scene} → {item.source} → … → {item.scene}"
                yield (
                    f"嵌套 {item.id}：场景包含了自己（{way}）",
                    f"nested {item.id}: a scene contains itself ({way})",
                    item.id,
                    item.start,
                )
                return
            if name not in seen:
                seen.add(name)
                todo += inside.get(name, [])
