"""Frames as people write them: numbers, seconds, clock times, places in a line or shot."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NoReturn

from cyberdirector.core.errors import InputRefused
from cyberdirector.timeline.document import Timeline

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+)(?::(\d+))?")


def parse_frame(timeline: Timeline, text: str) -> int:
    """Return the project frame of ``120``, ``5.5s``, ``1:02`` (minutes, seconds), ``1:02:05``.

    ``1:02:05`` are minutes, seconds and frames. ``1-1-L03`` is the first frame of a line, shot,
    scene or marker, ``1-1-L03+12`` twelve frames later, ``1-1-L03.end`` its end.

    Raises
    ------
    InputRefused
        ``frame-unreadable``.
    """
    text = text.strip()
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    rate = timeline.exact_rate
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)s", text):
        return round(Fraction(found[1]) * rate.fraction)
    if found := _CLOCK.fullmatch(text):
        parts = [int(x) for x in found.groups() if x is not None]
        frames = parts.pop() if len(parts) > 2 else 0
        minutes, seconds = parts[-2:]
        hours = parts[0] if len(parts) > 2 else 0
        return round((hours * 3600 + minutes * 60 + seconds) * rate.fraction) + frames
    return _place(timeline, text)


def _place(timeline: Timeline, text: str) -> int:
    found = re.fullmatch(r"(.+?)(\.end)?([+-]\d+)?", text)
    rows = {
        item.id: (item.start, item.end)
        for track in (timeline.scenes, timeline.segments, timeline.shots, timeline.lines)
        for item in track
    }
    rows |= {x.name: (x.frame, x.frame + 1) for x in timeline.markers}
    name = text
    if found is None or name in rows:
        part, end, by = name, None, None
    else:
        part, end, by = found.groups()
    if part not in rows:
        _unreadable(text)
    return rows[part][1 if end else 0] + int(by or 0)


def _unreadable(text: str) -> NoReturn:
    raise InputRefused(
        "frame-unreadable",
        f"看不懂的帧“{text}”；可写 120、5.5s、1:02、1:02:05，"
        "或台词、镜头编号（可加 +12 或 .end）。",
        f"'{text}' is no frame; write 120, 5.5s, 1:02, 1:02:05, or the id of a line or shot "
        "(with +12 or .end).",
    )
