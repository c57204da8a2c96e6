"""What a project's files refuse, as typed errors."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cyberdirector.core.errors import Location, ProjectError


def missing(root: Path) -> ProjectError:
    """Return the error for a folder without a timeline."""
    return ProjectError(
        "timeline-missing",
        "这个文件夹里没有时间线；请先运行 cyberdirector produce。",
        "there is no timeline in this folder; run cyberdirector produce first.",
        Location(str(root)),
    )


def unsaved(path: Path, error: OSError) -> ProjectError:
    """Return the error for a ``timeline.json`` that could not be written."""
    return ProjectError(
        "disk-full" if error.errno == errno.ENOSPC else "project-unwritable",
        f"无法写入 {path.name}（{error.strerror}）；所有编辑都在日志里，"
        "腾出空间或检查权限后再打开。",
        f"{path.name} cannot be written ({error.strerror}); all edits are in the journal: make "
        "room or look at the permissions, then open it again.",
        Location(str(path)),
    )


def journal_refusal(path: Path, error: sqlite3.DatabaseError) -> ProjectError:
    """Return the typed error for what SQLite says of a journal."""
    text, place = str(error), Location(str(path))
    if "full" in text:
        return ProjectError(
            "disk-full",
            "磁盘已满，这次编辑没有写入；之前的编辑都在。请腾出空间后再试。",
            "The disk is full, so this edit was not written; all edits before it are "
            "there. Make room and try again.",
            place,
        )
    if isinstance(error, sqlite3.OperationalError) and any(
        word in text for word in ("readonly", "unable to open", "disk I/O", "locked")
    ):
        return ProjectError(
            "project-unwritable",
            f"无法写入编辑日志（{text}）；之前的编辑都在。请检查权限和磁盘。",
            f"The journal cannot be written ({text}); all edits before this one are "
            "there. Look at permissions and disk.",
            place,
        )
    return ProjectError(
        "journal-damaged",
        f"编辑日志已损坏（{text}）。timeline.json 是最后保存的状态；把 {path.name} 移走后"
        "可从它继续，但撤销历史会丢失。",
        f"The journal is damaged ({text}). timeline.json is the state that was saved "
        f"last; move {path.name} away to go on from it without its history.",
        place,
    )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell a place outside the project that cannot be written as a typed error."""
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise ProjectError(
            "disk-full" if full else "export-unwritable",
            f"无法写入 {path}（{error.strerror}）；请换一个位置，或检查权限和剩余空间。",
            f"{path} cannot be written ({error.strerror}); choose another place, or look "
            "at its permissions and the free space.",
            Location(str(path)),
        ) from error
