"""Which file was made from which inputs, and whether a person has changed it since."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.files import write_json
from cyberdirector.core.hashing import file_sha256


class Outcome(StrEnum):
    """What :meth:`Ledger.step` did."""

    MADE = "made"
    CACHED = "cached"
    EDITED = "edited"


class Ledger:
    """Remembers for each file of a project the key it was made with and its hash.

    A file whose bytes differ from what was recorded belongs to the person who changed
    it: it is used as it is until that person deletes it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = root / "ledger.json"
        self._rows: dict[str, dict[str, Any]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self._held: set[str] = set()
        if self._path.exists():
            try:
                rows = json.loads(self._path.read_text(encoding="utf-8"))
                self._rows = dict(rows["files"])
            except (ValueError, KeyError, TypeError) as error:
                raise ProjectError(
                    "ledger-damaged",
                    "台账 ledger.json 已损坏；删除它后重新运行即可（会重新生成各文件）。",
                    "ledger.json is damaged; delete it and run again (files are made anew).",
                    Location(str(self._path)),
                ) from error

    def save(self) -> None:
        """Write the ledger in one step."""
        write_json(
            self._path, {"schema": "cyberdirector.ledger", "version": 1, "files": self._rows}
        )

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def sha256(self, path: Path) -> str:
        """Return the hash of a file, reading it only when size or time have changed."""
        stat = path.stat()
        row = self._rows.get(self._name(path), {})
        stamp = [stat.st_size, stat.st_mtime_ns]
        if row.get("stamp") == stamp:
            return str(row["sha256"])
        digest = file_sha256(path)
        if row.get("sha256") == digest:
            row["stamp"] = stamp
        return digest

    def hold(self, path: Path) -> None:
        """Keep a file as it is in this run, whatever its inputs are now (it is locked)."""
        self._held.add(self._name(path))

    def state(self, path: Path, key: str) -> Outcome:
        """Return CACHED, EDITED or MADE (= must be made) for a file and its key."""
        if self._name(path) in self._held and path.exists():
            return Outcome.CACHED
        row = self._rows.get(self._name(path))
        if not path.exists():
            return Outcome.MADE
        if row is None or self.sha256(path) != row["sha256"]:
            return Outcome.EDITED
        return Outcome.CACHED if row["key"] == key else Outcome.MADE

    def record(self, path: Path, key: str) -> None:
        """Note that ``path`` has just been made from inputs with hash ``key``."""
        stat = path.stat()
        self._rows[self._name(path)] = {
            "key": key,
            "sha256": file_sha256(path),
            "stamp": [stat.st_size, stat.st_mtime_ns],
        }

    def step(self, path: Path, key: str, make: Callable[[Path], None]) -> Outcome:
        """Make ``path`` unless it is there with the same key, or a person changed it."""
        outcome = self.state(path, key)
        if outcome is Outcome.MADE:
            make(path)
            self.record(path, key)
            self.save()
        self.outcomes[self._name(path)] = outcome
        return outcome

    def forget_except(self, keep: set[Path], folder: Path) -> list[str]:
        """Delete files of ``folder`` that we made and no longer need; return their names.

        Files that a person put there or changed stay.
        """
        gone = []
        for path in sorted(folder.glob("*")):
            name = self._name(path)
            row = self._rows.get(name)
            if path in keep or row is None or self.sha256(path) != row["sha256"]:
                continue
            path.unlink()
            del self._rows[name]
            gone.append(name)
        return gone
