"""Locks: what is signed off refuses edits and says who set the lock when."""

from __future__ import annotations

from typing import Any

from cyberdirector.core.errors import Location, ProjectError
from cyberdirector.core.hashing import content_hash
from cyberdirector.timeline.document import Timeline
from cyberdirector.timeline.items import LockItem
from cyberdirector.timeline.touched import Touch

_SEEN = ("role", "light", "set", "nested", "text", "scene", "motion")
"""Kinds of tracks that change the pictures of the shots over their frames."""


def locked_by(timeline: Timeline, touches: list[Touch]) -> tuple[LockItem, Touch] | None:
    """Return the first lock that what is touched runs into, and what runs into it."""
    for lock in timeline.locks:
        for touch in touches:
            if _hits(timeline, lock, touch):
                return lock, touch
    return None


def _hits(timeline: Timeline, lock: LockItem, touch: Touch) -> bool:
    if lock.kind == "shot":
        shot = timeline.shot(lock.id)
        if touch.kind == "shot":
            return touch.name == lock.id
        seen = touch.kind in _SEEN and shot is not None
        return bool(seen and shot and touch.start < shot.end and shot.start < touch.end)
    if lock.kind == "line":
        if touch.kind in ("text", "sound", "line"):
            return touch.name == lock.id
        line = next((x for x in timeline.lines if x.id == lock.id), None)
        mine = line is not None and touch.name.partition("/")[0] == line.role
        return bool(
            mine and line and touch.kind == "role"
            and touch.start < line.end and line.start < touch.end
        )  # fmt: skip
    return lock.kind == "look" and touch.kind in ("light", "set")


def check_locks(timeline: Timeline, touches: list[Touch]) -> None:
    """Refuse an edit of something locked.

    Raises
    ------
    ProjectError
        ``locked`` with the lock, who set it when, and the track and frame that run into it.
    """
    found = locked_by(timeline, touches)
    if found is not None:
        raise refusal(*found)


_NAMES = {"look": "画风", "cast": "角色", "shot": "镜头", "line": "台词"}


def refusal(
    lock: LockItem, touch: Touch | None = None, zh: str = "", en: str = ""
) -> ProjectError:
    """Return the error that says what is locked by whom, since when and why."""
    what = f"{_NAMES[lock.kind]} {lock.id}".strip()
    thing = f"{lock.kind} {lock.id}".strip()
    who, since = lock.author or "?", lock.time or "?"
    note = f"（{lock.note}）" if lock.note else ""
    remark = f" ({lock.note})" if lock.note else ""
    if touch is not None:
        zh = zh or f"{touch.name} 第 {touch.start}–{touch.end} 帧不能改"
        en = en or f"{touch.name}, frames {touch.start}:{touch.end}, cannot be changed"
    details: dict[str, Any] = {"lock": lock.model_dump(mode="json")}
    if touch is not None:
        details |= {"track": touch.name, "frame": touch.start}
    return ProjectError(
        "locked",
        f"{what} 由 {who} 于 {since} 锁定{note}，{zh or '不能改'}；先 timeline unlock。",
        f"{thing} was locked by {who} at {since}{remark}; {en or 'it cannot be changed'}: "
        "use timeline unlock first.",
        Location("timeline", path=touch.name if touch is not None else thing),
        **details,
    )


def lock_hash(timeline: Timeline, kind: str, name: str) -> str:
    """Return what a line or a shot is at the moment, for noticing that it changed."""
    if kind == "line":
        words = [x.text for x in timeline.texts if x.id == name and x.kind == "subtitle"]
        chosen = [x.chosen for x in timeline.lines if x.id == name]
        return content_hash(words, chosen)
    if kind == "shot":
        shot = timeline.shot(name)
        cameras = [x.model_dump() for x in shot.cameras] if shot is not None else []
        return content_hash(cameras, shot.light if shot is not None else "")
    return ""
