"""How a role moves in a shot: its generated take under the layers of the timeline."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

from cyberdirector.core.clip import Clip
from cyberdirector.core.time import Rate
from cyberdirector.stages.production import Production
from cyberdirector.stages.shot_task import FigureTask
from cyberdirector.timeline import MotionItem, Timeline, read_timeline
from cyberdirector.timeline.clip_files import BodyFiles, ClipFiles
from cyberdirector.timeline.window import window


def edits_of(timeline: Timeline, role: str, start: int, end: int) -> str:
    """Return what edits a role in frames ``start:end`` as text, empty when nothing does."""
    part = window(timeline, role, start, end)
    if part is None:
        return ""
    return json.dumps(part.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@functools.lru_cache(maxsize=4)
def _files(root: str, rate: Rate) -> ClipFiles:
    return ClipFiles(Path(root), rate)


@functools.lru_cache(maxsize=4)
def _bodies(root: str) -> BodyFiles:
    return BodyFiles(Path(root))


@functools.lru_cache(maxsize=32)
def _evaluated(edits: str, root: str, role: str, start: int, end: int) -> Clip:
    from cyberdirector.timeline.evaluate import evaluate_track

    timeline = read_timeline(json.loads(edits), root)
    files = _files(root, timeline.exact_rate)
    return evaluate_track(timeline, role, slice(start, end), files, lambda: _bodies(root)(role))


def figure_clip(figure: FigureTask, take: Clip, frames: int) -> Clip:
    """Return the motion of a figure over the frames of its shot.

    Parameters
    ----------
    take
        Its generated take.
    """
    if not figure.edits:
        return take.slice(figure.first, figure.first + frames)
    start = figure.start
    return _evaluated(figure.edits, figure.root, figure.role, start, start + frames)


def shown_takes(
    production: Production, timeline: Timeline, clips: Mapping[str, Clip]
) -> dict[str, Clip]:
    """Return whole takes (path → motion) as they are seen, edited where they are."""
    root = str(production.project.root)

    def shown(item: MotionItem, clip: Clip) -> Clip:
        edits = edits_of(timeline, item.role, item.start, item.end)
        if not edits:
            return clip
        return _evaluated(edits, root, item.role, item.start, item.end)

    items = {str(production.project.path(item.file)): item for item in timeline.motion}
    return {
        path: shown(items[path], clip) if path in items else clip
        for path, clip in clips.items()
    }
