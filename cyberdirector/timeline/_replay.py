"""From the rows of a journal to a state, and which of them are in force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.timeline.changes import apply_changes, undo_changes
from cyberdirector.timeline.document import Timeline, read_timeline
from cyberdirector.timeline.journal import Journal

_LONG = 4000
"""Arguments longer than this are shortened in the history; the changes have them all."""


def short(args: dict[str, Any]) -> dict[str, Any]:
    """Return arguments as plain data that fit into the history."""
    plain: dict[str, Any] = to_jsonable_python(args)
    if len(json.dumps(plain)) <= _LONG:
        return plain
    return {
        name: value if len(json.dumps(value)) <= 200 else f"… {len(json.dumps(value))} bytes"
        for name, value in plain.items()
    }


def stacks(outline: Sequence[tuple[int, str, int]]) -> tuple[list[int], list[int]]:
    """Return the rows that are in force and those that can be made again."""
    done: list[int] = []
    undone: list[int] = []
    for seq, kind, _ in outline:
        if kind == "undo":
            undone.append(done.pop())
        elif kind == "redo":
            done.append(undone.pop())
        else:
            done.append(seq)
            undone.clear()
    return done, undone


def replay(journal: Journal) -> tuple[Timeline, int, int]:
    """Return the state at the end of a journal, its last row, and the row of the snapshot."""
    found = journal.latest_snapshot()
    if found is None:
        raise ProjectError(
            "journal-damaged",
            "编辑日志没有任何快照；请移走 timeline.db。",
            "the journal has no snapshot; move timeline.db away.",
            Location(str(journal.path)),
        )
    snapshot, state = found
    timeline, head = read_timeline(json.loads(state), str(journal.path)), snapshot
    for entry in journal.entries(after=snapshot):
        if entry.kind == "undo":
            timeline = undo_changes(timeline, journal.changes(entry.target))
        elif entry.kind == "redo":
            timeline = apply_changes(timeline, journal.changes(entry.target))
        else:
            timeline = apply_changes(timeline, journal.changes(entry.seq))
        head = entry.seq
    return timeline, head, snapshot
