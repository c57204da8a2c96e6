"""The timeline of a project: what was generated now, brought under what people edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cyberdirector.core.hashing import content_hash, file_sha256
from cyberdirector.project import Project, Settings
from cyberdirector.stages.production import Production
from cyberdirector.stages.timeline import camera_hash
from cyberdirector.timeline import LockItem, Timeline
from cyberdirector.timeline.journal import NAME, Entry
from cyberdirector.timeline.locks import refusal
from cyberdirector.timeline.rebase import rebase
from cyberdirector.timeline.store import FILE, Editor, read_project

AUTHOR = "produce"


def settle_timeline(
    production: Production, generated: Timeline
) -> tuple[Timeline, list[Entry]]:
    """Return the timeline that is produced and the journal of its edits; both are stored.

    What nobody touched follows the script; edits stay on top. Nothing is written when
    nothing changed.
    """
    project = production.project
    with Editor(project.root, AUTHOR, lock=project.lock, initial=generated) as editor:
        _take_in_memory(production, editor)
        old = editor.generated()
        merged, notes = rebase(old, editor.timeline, generated)
        for note in notes:
            production.note(stage="timeline", **note)
        if merged != editor.timeline or generated != old:
            args: dict[str, Any] = {"frames": generated.frames, "notes": notes}
            editor.put(AUTHOR, merged, args, over_locks=True, generated=generated)
        timeline, edits = editor.timeline, editor.history()
    fresh = {shot.id: camera_hash(shot) for shot in generated.shots}
    production.report["shots_locked"] = [
        shot.id
        for shot in timeline.shots
        if shot.locked or camera_hash(shot) != fresh.get(shot.id, "")
    ]
    return timeline, edits


def _take_in_memory(production: Production, editor: Editor) -> None:
    """Lock shots that were edited by hand before there was a journal."""
    memory = production.project.path(".cameras.json")
    if not memory.exists():
        return
    last = json.loads(memory.read_text(encoding="utf-8"))
    shots = [
        shot.model_copy(update={"locked": True})
        if shot.id in last and camera_hash(shot) != last[shot.id]
        else shot
        for shot in editor.timeline.shots
    ]
    locked = editor.timeline.model_copy(update={"shots": shots})
    editor.put("by-hand", locked, {"file": FILE}, author=FILE)
    memory.unlink()


def project_locks(production: Production) -> list[LockItem]:
    """Return the locks of a project that may not have a timeline yet."""
    root = production.project.root
    if not ((root / NAME).exists() or (root / FILE).exists()):
        return []
    return list(read_project(root).locks)


def look_hash(production: Production) -> str:
    """Return what a locked look is: style, steps and quality of the picture."""
    settings = production.settings
    return content_hash(settings.style, settings.step)


def now_hash(root: Path, kind: str, name: str) -> str:
    """Return what a look or a character is now, for a lock; empty for shots and lines."""
    if kind == "cast":
        path = root / "cast" / f"{name}.vrm"
        return file_sha256(path) if path.is_file() else ""
    if kind == "look":
        settings = Project(root).load_settings() or Settings()
        return content_hash(settings.style, settings.step)
    return ""


def hold_locked(production: Production) -> None:
    """Keep locked characters as they are and refuse another look, before anything is made.

    Raises
    ------
    ProjectError
        ``locked`` with who set the lock when.
    """
    project = production.project
    for lock in project_locks(production):
        if lock.kind == "look" and lock.hash and lock.hash != look_hash(production):
            raise refusal(
                lock, None, "但这次要求的画风或步进不同", "this run asks for another style"
            )
        if lock.kind == "cast":
            path = project.path("cast", f"{lock.id}.vrm")
            found = project.ledger.sha256(path) if path.exists() else ""
            if lock.hash and lock.hash != found:
                raise refusal(
                    lock,
                    None,
                    f"但 cast/{lock.id}.vrm 已变或不见了",
                    f"cast/{lock.id}.vrm has changed or is gone",
                )
            project.ledger.hold(path)
