"""Takes of a line side by side: each as it would be seen, and a fresh one under hand keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.rotations import quat_conjugate, quat_log, quat_multiply
from cyberdirector.core.skeleton import Rest
from cyberdirector.timeline.commands._edit import Edit
from cyberdirector.timeline.commands.takes import GENERATED, LAYER, place_take
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.evaluate import Load, evaluate_track
from cyberdirector.timeline.items import LineItem, TakeItem
from cyberdirector.timeline.masks import BONE_PARTS, PART_INDEX

Body = Callable[[str], Rest]
"""Gives the rest pose of a role."""


@dataclass(frozen=True)
class Shown:
    """One take of a line as it would be seen in the film.

    Attributes
    ----------
    take
        Its entry in the document.
    clip
        Motion over the frames of the line, with all layers over it.
    chosen
        Whether it is the one that is seen.
    apart
        How far arms and head are from the chosen take, mean degrees per bone.
    """

    take: TakeItem
    clip: Clip
    chosen: bool
    apart: float


def find_line(timeline: Timeline, line: str) -> LineItem:
    """Return a line by its id.

    Raises
    ------
    InputRefused
        ``line-unknown``.
    """
    found = next((item for item in timeline.lines if item.id == line), None)
    if found is None:
        raise InputRefused(
            "line-unknown",
            f"时间线上没有台词“{line}”。",
            f"the timeline has no line '{line}'.",
            Location(path=line),
        )
    return found


def with_take(timeline: Timeline, line: str, take: str, load: Load, body: Body) -> Timeline:
    """Return the timeline as if another take of a line were chosen; nothing is stored.

    Raises
    ------
    InputRefused
        ``line-unknown``, ``take-unknown``.
    """
    mine = find_line(timeline, line)
    rows = mine.takes or [TakeItem(id=GENERATED)]
    wanted = next((item for item in rows if item.id == take), None)
    if wanted is None:
        known = "、".join(item.id for item in rows)
        raise InputRefused(
            "take-unknown",
            f"台词 {line} 没有条目“{take}”；有：{known}。",
            f"line {line} has no take '{take}'; it has {known}.",
            Location(path=line),
        )
    return place_take(Edit(timeline, load, body), mine, wanted)


def compare_takes(timeline: Timeline, line: str, load: Load, body: Body) -> list[Shown]:
    """Return all takes of a line, each under the layers that lie over it.

    Hand keys and other layers are the same for all of them: only the take below changes.
    """
    mine = find_line(timeline, line)
    rows = mine.takes or [TakeItem(id=GENERATED)]
    chosen = mine.chosen or rows[0].id
    span = slice(mine.start, mine.end)
    clips = {}
    for row in rows:
        shown = with_take(timeline, line, row.id, load, body)
        clips[row.id] = evaluate_track(shown, mine.role, span, load, lambda: body(mine.role))
    return [
        Shown(row, clips[row.id], row.id == chosen, _apart(clips[row.id], clips[chosen]))
        for row in rows
    ]


_SEEN = np.array(
    [PART_INDEX[p] for p in ("torso", "armLeft", "armRight", "handLeft", "handRight", "head")]
)


def _apart(a: Clip, b: Clip) -> float:
    bones = np.flatnonzero(np.isin(BONE_PARTS, _SEEN))
    delta = quat_multiply(quat_conjugate(a.rotations[:, bones]), b.rotations[:, bones])
    return float(np.degrees(np.linalg.norm(quat_log(delta), axis=-1)).mean())


def hand_layers(timeline: Timeline, role: str) -> list[str]:
    """Return the layers over the takes of a role: what a fresh take keeps on top of it."""
    one = timeline.character(role)
    return [layer.id for layer in (one.layers if one is not None else []) if layer.id != LAYER]
