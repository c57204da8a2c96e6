"""The creation record: who made which edit of a project when, with the chain that proves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyberdirector.timeline._errors import missing
from cyberdirector.timeline.journal import NAME, Entry, Journal

SCHEMA = "cyberdirector.record"
VERSION = 1


def creation_record(root: Path, last: int | None = None) -> dict[str, Any]:
    """Return the journal of a project as plain data, checked row by row.

    Parameters
    ----------
    root
        The project folder; it is only read.
    last
        Only so many of the newest rows; the check covers all.

    Raises
    ------
    ProjectError
        ``timeline-missing``, ``journal-altered`` with the first row that is not as written.
    """
    if not (root / NAME).exists():
        raise missing(root)
    journal = Journal(root / NAME)
    try:
        rows = journal.verify()
        entries = journal.entries()
    finally:
        journal.close()
    authors: dict[str, int] = {}
    for entry in entries:
        authors[entry.author] = authors.get(entry.author, 0) + 1
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "project": root.stem,
        "rows": rows,
        "authors": authors,
        "first": entries[0].time if entries else "",
        "last": entries[-1].time if entries else "",
        "chain": entries[-1].chain if entries else "",
        "edits": [_row(entry) for entry in (entries[-last:] if last else entries)],
    }


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "row": entry.seq,
        "kind": entry.kind,
        "command": entry.command,
        "args": entry.args,
        "author": entry.author,
        "time": entry.time,
        "of": entry.target or None,
        "about": [list(touch) for touch in entry.about],
        "chain": entry.chain,
    }
