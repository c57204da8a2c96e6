"""The journal of edits: append-only, hash-chained, in SQLite with a write-ahead log.

An edit is acknowledged when its row is committed. A process that is killed loses nothing that
was acknowledged; with ``sync`` ``full`` a power cut does not either. Nothing is ever removed:
an undo is a row too.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.timeline._errors import journal_refusal
from cyberdirector.timeline.changes import Change
from cyberdirector.timeline.touched import Touch

NAME = "timeline.db"
SCHEMA = "cyberdirector.journal"
VERSION = 1

_KEPT = 4
"""Newest snapshots that are kept beside the first."""

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, command TEXT NOT NULL, args TEXT NOT NULL,
    author TEXT NOT NULL, time TEXT NOT NULL, target INTEGER NOT NULL, about TEXT NOT NULL,
    changes BLOB NOT NULL, chain TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots (seq INTEGER PRIMARY KEY, state BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS generated (seq INTEGER PRIMARY KEY, state BLOB NOT NULL);
"""

_COLUMNS = "seq, kind, command, args, author, time, target, about, chain"


@dataclass(frozen=True)
class Entry:
    """One row: who did what when.

    ``kind`` is ``edit``, ``undo`` or ``redo``; the latter two name the edit in ``target``.
    ``about`` says which frames of which tracks it touches. ``chain`` is a hash over this row
    and all before it.
    """

    seq: int
    kind: Literal["edit", "undo", "redo"]
    command: str
    args: dict[str, Any]
    author: str
    time: str
    target: int = 0
    about: tuple[Touch, ...] = ()
    chain: str = ""


def _chain(before: str, entry: Entry, args: str, about: str, changes: bytes) -> str:
    h = hashlib.blake2b(before.encode(), digest_size=16)
    for part in (
        str(entry.seq), entry.kind, entry.command, args, entry.author, entry.time,
        str(entry.target), about,
    ):  # fmt: skip
        data = part.encode()
        h.update(f"{len(data)};".encode())
        h.update(data)
    h.update(changes)
    return h.hexdigest()


def pack(data: Any) -> bytes:
    """Return plain data as small bytes."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 1)


def unpack(data: bytes) -> Any:
    """Return the data of :func:`pack`.

    Raises
    ------
    ValueError, zlib.error
        When the bytes are damaged.
    """
    return json.loads(zlib.decompress(data))


class Journal:
    """The rows of one ``timeline.db``.

    Parameters
    ----------
    path
        The file; it is made when ``token`` is given and it is not there.
    token
        The word of the writer who holds the folder's lock; empty opens for reading only.
    sync
        ``full`` waits for the disk at every edit; ``normal`` only for the operating system
        (enough against a killed process, not against a power cut).

    Raises
    ------
    ProjectError
        ``journal-damaged``, ``journal-newer``, ``project-unwritable``, ``disk-full``.
    """

    def __init__(
        self, path: Path, token: str = "", sync: Literal["full", "normal"] = "full"
    ) -> None:
        self.path = path
        self._token = token
        with self._told():
            self._db = self._open(sync)
            try:
                row = self._db.execute(
                    "SELECT COUNT(*) FROM sqlite_master WHERE name = 'snapshots'"
                ).fetchone()
                self.begun = bool(row[0])
                """Whether the file has its tables: its first writer may have been killed."""
                if self.begun:
                    self._check_version()
                self.torn = self._drop_torn() if token else 0
            except BaseException:
                self._db.close()
                raise

    def _open(self, sync: str) -> sqlite3.Connection:
        if self._token:
            db = sqlite3.connect(self.path, timeout=10.0, isolation_level=None)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {sync.upper()}")
            db.executescript(_TABLES)
            self._check_length(db)
            return db
        # A folder that cannot be written has no place for the log's index: if there is no
        # log, the file alone is everything.
        alone = not self.path.with_name(f"{self.path.name}-wal").exists()
        mode = "immutable=1" if alone else "mode=ro"
        return sqlite3.connect(f"{self.path.resolve().as_uri()}?{mode}", uri=True, timeout=10.0)

    def _check_length(self, db: sqlite3.Connection) -> None:
        """Refuse a file that is shorter than its first page says (a copy that was cut off)."""
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        pages, size = (
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
        if self.path.stat().st_size < pages * size:
            db.close()
            raise sqlite3.DatabaseError(f"{self.path.stat().st_size} of {pages * size} bytes")

    def _check_version(self) -> None:
        row = self._db.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
        if row is None:
            if self._token:
                self._set("schema", SCHEMA)
                self._set("version", str(VERSION))
                self._set("writer", self._token)
            return
        if int(row[0]) > VERSION:
            raise ProjectError(
                "journal-newer",
                f"编辑日志版本 {row[0]} 比本程序支持的 {VERSION} 新，请升级程序。",
                f"The journal has version {row[0]}, newer than {VERSION}; please upgrade.",
                Location(str(self.path)),
            )
        if self._token:
            self._set("writer", self._token)

    def _set(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _drop_torn(self) -> int:
        """Drop a last row that was not written whole; return its number, or 0."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS}, changes FROM entries ORDER BY seq DESC LIMIT 2"
        ).fetchall()
        if not rows:
            return 0
        before = rows[1][8] if len(rows) > 1 else ""
        if _sound(rows[0], before):
            return 0
        seq = int(rows[0][0])
        with self._transaction():
            for table in ("entries", "snapshots", "generated"):
                self._db.execute(f"DELETE FROM {table} WHERE seq >= ?", (seq,))
        return seq

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite says into a typed error."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise journal_refusal(self.path, error) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Open a transaction in which this writer is certainly the only one."""
        with self._transaction():
            row = self._db.execute("SELECT value FROM meta WHERE name = 'writer'").fetchone()
            if not self._token or row is None or row[0] != self._token:
                raise ProjectError(
                    "project-taken-over",
                    "另一个程序接管了这个项目，你的更改没有写入。请重新打开。",
                    "Another writer took this project over; this change was not written. "
                    "Open it again.",
                    Location(str(self.path)),
                )
            yield

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def append(
        self, entry: Entry, changes: list[Change], generated: bytes | None = None
    ) -> Entry:
        """Write one row; when this returns, the edit is safe. Return it with its chain."""
        args = json.dumps(entry.args, ensure_ascii=False, sort_keys=True)
        about = json.dumps(entry.about, ensure_ascii=False)
        data = pack([change.plain() for change in changes])
        with self._writing():
            last = self._db.execute(
                "SELECT seq, chain FROM entries ORDER BY seq DESC LIMIT 1"
            ).fetchone()
            seq, before = (int(last[0]) + 1, str(last[1])) if last else (1, "")
            entry = replace(entry, seq=seq)
            chain = _chain(before, entry, args, about, data)
            self._db.execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (seq, entry.kind, entry.command, args, entry.author, entry.time,
                 entry.target, about, data, chain),
            )  # fmt: skip
            if generated is not None:
                self._db.execute("INSERT INTO generated VALUES (?, ?)", (seq, generated))
        return replace(entry, chain=chain)

    def outline(self) -> list[tuple[int, str, int]]:
        """Return (row, kind, target) of all rows, in order."""
        with self._told():
            return self._db.execute(
                "SELECT seq, kind, target FROM entries ORDER BY seq"
            ).fetchall()

    def generated_rows(self) -> set[int]:
        """Return the numbers of the rows with which something newly generated came."""
        with self._told():
            return {row[0] for row in self._db.execute("SELECT seq FROM generated")}

    def entries(self, after: int = 0, last: int = 1 << 60) -> list[Entry]:
        """Return the rows after number ``after`` and up to ``last``, in order."""
        with self._told():
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM entries WHERE seq > ? AND seq <= ? ORDER BY seq",
                (after, last),
            ).fetchall()
        return [_entry(row) for row in rows]

    def entry(self, seq: int) -> Entry:
        """Return one row."""
        return self.entries(after=seq - 1, last=seq)[0]

    def changes(self, seq: int) -> list[Change]:
        """Return what an edit changed.

        Raises
        ------
        ProjectError
            ``journal-damaged`` when the row cannot be read.
        """
        with self._told():
            row = self._db.execute(
                "SELECT changes FROM entries WHERE seq = ?", (seq,)
            ).fetchone()
        try:
            return [Change.of(change) for change in unpack(row[0])]
        except (TypeError, ValueError, zlib.error) as error:
            found = sqlite3.DatabaseError(f"edit {seq}: {error}")
            raise journal_refusal(self.path, found) from error

    def snapshot(self, seq: int, state: bytes) -> None:
        """Store the state after row ``seq``; of older ones the first and a few are kept."""
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", (seq, state))
            self._db.execute(
                "DELETE FROM snapshots WHERE seq > (SELECT MIN(seq) FROM snapshots) AND seq "
                "NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?)",
                (_KEPT,),
            )

    def latest_snapshot(self) -> tuple[int, bytes] | None:
        """Return (row, state) of the newest snapshot."""
        with self._told():
            row = self._db.execute(
                "SELECT seq, state FROM snapshots ORDER BY seq DESC LIMIT 1"
            ).fetchone()
        return (int(row[0]), bytes(row[1])) if row else None

    def put_generated(self, seq: int, state: bytes) -> None:
        """Store what was generated, as of row ``seq``."""
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO generated VALUES (?, ?)", (seq, state))

    def generated(self, seq: int) -> bytes | None:
        """Return what was generated as of row ``seq``, if that row brought something new."""
        with self._told():
            row = self._db.execute(
                "SELECT state FROM generated WHERE seq = ?", (seq,)
            ).fetchone()
        return bytes(row[0]) if row else None

    def get(self, name: str) -> str:
        """Return a remembered word, or an empty string."""
        with self._told():
            row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def put(self, name: str, value: str) -> None:
        """Remember a word."""
        with self._writing():
            self._set(name, value)

    def verify(self) -> int:
        """Check the chain of hashes over all rows; return how many there are.

        Raises
        ------
        ProjectError
            ``journal-altered`` with the first row that is not as it was written.
        """
        before, count = "", 0
        with self._told():
            for row in self._db.execute(
                f"SELECT {_COLUMNS}, changes FROM entries ORDER BY seq"
            ):
                if not _sound(row, before):
                    raise ProjectError(
                        "journal-altered",
                        f"编辑日志第 {row[0]} 条与写入时不同（{row[5]}，{row[4]}）。",
                        f"Row {row[0]} of the journal is not as it was written ({row[5]}, "
                        f"{row[4]}).",
                        Location(str(self.path)),
                        seq=row[0],
                    )
                before, count = row[8], count + 1
        return count


def _entry(row: tuple[Any, ...]) -> Entry:
    about = tuple(Touch(*item) for item in json.loads(row[7]))
    seq, kind, name, args, author, time, target = row[:7]
    return Entry(seq, kind, name, json.loads(args), author, time, target, about, row[8])


def _sound(row: tuple[Any, ...], before: str) -> bool:
    """Return whether a row (columns, then changes) has the hash that was written with it."""
    try:
        entry = _entry(row)
        return bool(_chain(before, entry, row[3], row[7], bytes(row[9])) == row[8])
    except (ValueError, TypeError, AttributeError):
        return False
