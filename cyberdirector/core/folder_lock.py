"""One writer at a time for a folder, with a way to take the place of one who is gone."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from cyberdirector.core.errors import Location, ProjectError

NAME = ".lock"


def now() -> str:
    """Return the time as ``2026-01-31T12:00:00Z``: for locks and journals, never in keys."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Holder:
    """Who holds a folder: process, machine, name, since when, and a word that is theirs."""

    pid: int
    host: str = ""
    owner: str = ""
    since: str = ""
    token: str = ""
    started: float = 0.0
    """When the process began, seconds since 1970: process numbers are used again."""

    def gone(self) -> bool:
        """Return whether the process has certainly ended; one of another machine never has."""
        if self.pid <= 0:
            return True
        if self.host and self.host != socket.gethostname():
            return False
        if not self.token and self.pid == os.getpid():
            return True
        began = _began(self.pid)
        return began is None or (self.started > 0.0 and abs(began - self.started) > 1.0)

    def __str__(self) -> str:
        owner = self.owner or "?"
        return f"{owner} ({self.host or 'this machine'}, {self.pid}, {self.since or '?'})"


class FolderLock:
    """The lock of a folder; take it, look whether it is still yours, give it back.

    Parameters
    ----------
    root
        The folder.
    owner
        Name of the person, for others to read.
    clock
        Gives the time that is written into the lock.
    """

    def __init__(self, root: Path, owner: str = "", clock: Callable[[], str] = now) -> None:
        self._root = root
        self._path = root / NAME
        self._clock = clock
        self._owner = owner
        self.holder: Holder | None = None
        """This writer while it holds the lock."""
        self.ousted: Holder | None = None
        """Whose lock was taken over, if anyone's."""

    def take(self, take_over: bool = False) -> Holder:
        """Take the lock; with ``take_over`` also from a writer who still holds it.

        Raises
        ------
        ProjectError
            ``project-locked``, ``project-unwritable``.
        """
        mine = Holder(
            os.getpid(), socket.gethostname(), self._owner, self._clock(), secrets.token_hex(8),
            round(_began(os.getpid()) or 0.0, 2),
        )  # fmt: skip
        for _ in range(2):
            try:
                self._write(mine)
            except FileExistsError:
                found = read_holder(self._path)
                if found is not None and not found.gone():
                    if not take_over:
                        break
                    self.ousted = found
                self._path.unlink(missing_ok=True)
                continue
            except OSError as error:
                raise unwritable(self._root, error) from error
            self.holder = mine
            return mine
        holder = read_holder(self._path) or Holder(0)
        raise ProjectError(
            "project-locked",
            f"{holder} 正在写这个项目；请等它结束，或用 --take-over 接管（对方会收到通知）。",
            f"{holder} is writing this project; wait until it has ended, or take over with "
            "--take-over (they will be told).",
            Location(str(self._root)),
            holder=asdict(holder),
        )

    def _write(self, mine: Holder) -> None:
        """Put the lock there in one step: nobody ever reads half of it."""
        draft = self._path.with_name(f"{NAME}.{mine.token}")
        try:
            text = json.dumps(asdict(mine), ensure_ascii=False)
            draft.write_text(text + "\n", encoding="utf-8")
            os.link(draft, self._path)
        finally:
            draft.unlink(missing_ok=True)

    def check(self) -> None:
        """Look whether the lock is still ours; call it before anything is written.

        Raises
        ------
        ProjectError
            ``project-taken-over`` with who took it and when.
        """
        if self.holder is None:
            raise RuntimeError("the lock is not held")
        found = read_holder(self._path)
        if found == self.holder:
            return
        who = found or Holder(0)
        raise ProjectError(
            "project-taken-over",
            f"{who} 接管了这个项目，你的更改没有写入；已确认的编辑都在。请重新打开。",
            f"{who} took this project over, so this change was not written; edits that were "
            "confirmed are all there. Open it again.",
            Location(str(self._root)),
            holder=asdict(who),
        )

    def release(self) -> None:
        """Give the lock back, unless somebody took it over."""
        if self.holder is not None and read_holder(self._path) == self.holder:
            self._path.unlink(missing_ok=True)
        self.holder = None


def read_holder(path: Path) -> Holder | None:
    """Return who holds a lock file: None when there is none, pid 0 when it is unreadable."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return Holder(0)
    try:
        data = json.loads(text)
        if isinstance(data, int):
            return Holder(data)
        return Holder(
            int(data["pid"]),
            host=str(data.get("host", "")),
            owner=str(data.get("owner", "")),
            since=str(data.get("since", "")),
            token=str(data.get("token", "")),
            started=float(data.get("started", 0.0)),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return Holder(0)


def _began(pid: int) -> float | None:
    """Return when a process of this machine began, or None when there is no such process."""
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return 0.0


def unwritable(root: Path, error: OSError) -> ProjectError:
    """Return the error for a folder in which nothing can be written."""
    return ProjectError(
        "project-unwritable",
        f"无法写入项目文件夹（{error.strerror}），请换一个位置或检查权限和磁盘空间。",
        f"The project folder cannot be written ({error.strerror}); choose another place, or "
        "look at its permissions and the free space.",
        Location(str(root)),
    )
