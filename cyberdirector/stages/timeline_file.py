"""Writing ``timeline.json`` without losing what a person changed in it."""

from __future__ import annotations

import json

from cyberdirector.core.files import write_json
from cyberdirector.stages.production import Production
from cyberdirector.stages.timeline import camera_hash, keep_locked
from cyberdirector.timeline import Timeline


def save_timeline(production: Production, timeline: Timeline) -> None:
    """Keep edited and locked cameras of the timeline on disk, then write the new one."""
    path = production.project.path("timeline.json")
    memory = production.project.path(".cameras.json")
    last = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    kept, notes = keep_locked(timeline, path, last)
    for note in notes:
        production.note(stage="timeline", **note)
    production.report["shots_locked"] = kept
    timeline.save(path)
    write_json(memory, {shot.id: camera_hash(shot) for shot in timeline.shots})
