"""Why a shot is drawn again or kept: the parts of its key, told apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.hashing import content_hash
from cyberdirector.project import Outcome
from cyberdirector.render.luts import find_lut
from cyberdirector.stages.production import code_hash, data_hash
from cyberdirector.stages.shot_task import FigureTask, ShotTask
from cyberdirector.stages.shown_motion import figure_clip
from cyberdirector.timeline.journal import Entry
from cyberdirector.timeline.touched import Touch

Parts = dict[str, str]

_PICTURE = ("text", "light", "set", "scene", "nested")
"""Tracks whose items change every shot over their frames."""


def task_parts(task: ShotTask, clips: dict[str, Clip]) -> Parts:
    """Return the hash of each thing that a shot shows, not where it lies in the scene.

    The motion counts by its values over the shot's frames, so that a longer line
    elsewhere in the scene changes nothing here; of figures that are never seen only the
    absence counts. Of a table of colours in a file the values count, not the name.

    Raises
    ------
    InputRefused
        ``lut-missing`` or ``lut-invalid``.
    """
    table = find_lut(task.light.lut).table if task.light.lut else None
    seen = [f for f in task.figures if f.visible[0] < task.frames and f.visible[1] > 0]
    parts = {
        "program": content_hash(
            code_hash("render", "character", "deliver", "stages"), data_hash("shaders", "*")
        ),
        "picture": content_hash(task.size, task.style, task.quality),
        "set": task.place_hash,
        "light": content_hash(task.light, table),
        "camera": content_hash(task.cameras),
        "words": content_hash(task.texts),
        "length, rate, fades": content_hash(
            task.frames, task.rate, task.step, task.fade_in, task.fade_out, task.seed
        ),
    }
    return parts | {figure.role: _figure(task, figure, clips) for figure in seen}


def _figure(task: ShotTask, figure: FigureTask, clips: dict[str, Clip]) -> str:
    clip = figure_clip(figure, clips[figure.take], task.frames)
    window = (max(figure.visible[0], 0), min(figure.visible[1], task.frames))
    # A quaternion and its negative are the same pose; adding 0 removes negative zeros.
    flip = clip.rotations[..., 3:] < 0.0
    turns = np.where(flip, -clip.rotations, clip.rotations) + np.float32(0.0)
    motion = (clip.root, turns, clip.weights, dict(clip.signs))
    return content_hash(figure.role, figure.vrm_hash, window, motion)


def parts_key(parts: Parts) -> str:
    """Return the key of a shot with these parts."""
    return content_hash(parts)


def stored(path: Path) -> dict[str, Any]:
    """Return what was stored beside a shot when it was drawn; empty when nothing was."""
    try:
        data = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def reason(
    task: ShotTask,
    state: Outcome,
    parts: Parts,
    before: dict[str, Any],
    edits: Sequence[Entry],
    first: int,
) -> dict[str, Any]:
    """Return the row of the report for one shot.

    Parameters
    ----------
    before
        :func:`stored` of its last drawing.
    edits, first
        The journal, and the shot's first frame on the timeline.
    """
    row: dict[str, Any] = {"id": task.id, "outcome": str(state)}
    if state is Outcome.EDITED:
        return {**row, "because": ["its file was changed by hand"], "edits": []}
    if state is Outcome.CACHED:
        return {**row, "because": [], "edits": []}
    old = before.get("parts")
    if not isinstance(old, dict):
        because = ["new"]
    else:
        because = [name for name in {**old, **parts} if old.get(name) != parts.get(name)]
        because = because or ["its file is gone"]
    head = int(before.get("journal", 0))
    roles = {figure.role for figure in task.figures}
    mine = [
        {"row": entry.seq, "command": entry.command, "author": entry.author, "time": entry.time}
        for entry in edits
        if entry.seq > head
        and isinstance(old, dict)
        and any(_touches(touch, task, roles, first) for touch in entry.about)
    ]
    return {**row, "because": because, "edits": mine}


def _touches(touch: Touch, task: ShotTask, roles: set[str], first: int) -> bool:
    if touch.kind == "shot":
        return touch.name == task.id
    if touch.kind == "role" and touch.name.partition("/")[0] not in roles:
        return False
    if touch.kind != "role" and touch.kind not in _PICTURE:
        return False
    return touch.start < first + task.frames and first < touch.end
