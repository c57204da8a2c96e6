"""Scenes inside scenes, laid out as one row of shots."""

from __future__ import annotations

from dataclasses import dataclass

from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import CameraItem, NestedItem, ShotItem


@dataclass(frozen=True)
class View:
    """A shot at its place in the film; its motion and light lie ``shift`` frames later."""

    shot: ShotItem
    shift: int = 0


def views(timeline: Timeline) -> list[View]:
    """Return the shots of the film in order, nested scenes in place of what they cover.

    Sounds and subtitles stay those of the scene around: what is nested is seen, as a memory
    is.
    """
    if not timeline.nested:
        return [View(shot) for shot in timeline.shots]
    known: dict[str, list[View]] = {}
    return [view for scene in timeline.scenes for view in _scene(timeline, scene.id, known)]


def unfolded(timeline: Timeline) -> Timeline:
    """Return the timeline with its shots as they are seen one after the other."""
    return timeline.model_copy(update={"shots": [view.shot for view in views(timeline)]})


def _scene(timeline: Timeline, scene: str, known: dict[str, list[View]]) -> list[View]:
    if scene not in known:
        rows = [View(shot) for shot in timeline.shots if shot.scene == scene]
        for item in timeline.nested:
            if item.scene == scene:
                rows = _insert(timeline, rows, item, known)
        known[scene] = rows
    return known[scene]


def _insert(
    timeline: Timeline, rows: list[View], item: NestedItem, known: dict[str, list[View]]
) -> list[View]:
    """Return the views of a scene with a span of another one over them."""
    source = next(x for x in timeline.scenes if x.id == item.source)
    first = source.start + item.offset
    late = first - item.start
    inner = []
    for view in _scene(timeline, item.source, known):
        part = _part(view, first, first + item.frames)
        if part is not None:
            shot = part.shot.model_copy(
                update={
                    "id": f"{part.shot.id}@{item.id}",
                    "start": part.shot.start - late,
                    "end": part.shot.end - late,
                }
            )
            inner.append(View(shot, part.shift + late))
    before = [_part(view, -1, item.start) for view in rows]
    after = [_part(view, item.end, 1 << 60, f"@{item.id}") for view in rows]
    return [view for view in (*before, *inner, *after) if view is not None]


def _part(view: View, start: int, end: int, suffix: str = "") -> View | None:
    """Return what frames ``start:end`` show of a view; a cut-off beginning takes a suffix."""
    shot = view.shot
    first, last = max(shot.start, start), min(shot.end, end)
    if last <= first:
        return None
    if (first, last) == (shot.start, shot.end):
        return view
    update: dict[str, object] = {"start": first, "end": last}
    if first > shot.start:
        update["cameras"] = _later(shot.cameras, first - shot.start)
        update["id"] = f"{shot.id}{suffix}"
    return View(shot.model_copy(update=update), view.shift)


def _later(cameras: list[CameraItem], by: int) -> list[CameraItem]:
    if len(cameras) == 1:
        return cameras
    return [key.model_copy(update={"frame": key.frame - by}) for key in cameras]
