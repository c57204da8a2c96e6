"""``report.json``: what was done, how long it took, what was guessed, what it measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyberdirector.core.clip import Clip
from cyberdirector.core.files import write_json
from cyberdirector.core.model import Character
from cyberdirector.core.speech import Speech
from cyberdirector.perform.lip_probe import LipProbe
from cyberdirector.stages.lips import measure_line
from cyberdirector.stages.production import Production, peak_memory_mb
from cyberdirector.stages.shot_task import ShotTask
from cyberdirector.stages.timeline import StagedScene
from cyberdirector.timeline import Timeline

SCHEMA = "cyberdirector.report"
VERSION = 1


def write_report(
    production: Production,
    timeline: Timeline,
    scenes: list[StagedScene],
    speeches: dict[str, Speech],
    characters: dict[str, Character],
    clips: dict[str, Clip],
    tasks: list[ShotTask],
    seconds: float,
) -> dict[str, Any]:
    """Complete the report, write it to the project folder and return it."""
    project = production.project
    lines = _line_rows(production, timeline, scenes, speeches, characters, clips)
    report = {
        "schema": SCHEMA,
        "version": VERSION,
        "title": production.settings.title,
        "seconds": round(seconds, 3),
        "frames": timeline.frames,
        "shots": len(timeline.shots),
        "peak_mb": peak_memory_mb(),
        **production.report,
        "lips": _summary(lines),
        "lines": lines,
        "files": {
            name: project.ledger.sha256(project.path(name))
            for name in sorted(_made(production, tasks))
        },
        "outcomes": {
            name: str(value) for name, value in sorted(project.ledger.outcomes.items())
        },
    }
    write_json(project.path("report.json"), report)
    return report


def _made(production: Production, tasks: list[ShotTask]) -> list[str]:
    project = production.project
    found = [*project.path("cast").glob("*.vrm"), *project.path("sets").glob("*.glb")]
    found += [Path(task.output) for task in tasks if Path(task.output).exists()]
    return [path.relative_to(project.root).as_posix() for path in found]


def _line_rows(
    production: Production,
    timeline: Timeline,
    scenes: list[StagedScene],
    speeches: dict[str, Speech],
    characters: dict[str, Character],
    clips: dict[str, Clip],
) -> list[dict[str, Any]]:
    probes = {
        role: LipProbe(character)
        for role, character in characters.items()
        if "lip_probe" in character.extras
    }
    starts = {scene.id: scene.start for scene in timeline.scenes}
    rows = []
    for staged in scenes:
        for item in timeline.audio:
            line = next((x for x in staged.scene.lines() if x.id == item.id), None)
            if line is None:
                continue
            speech = speeches[item.id]
            row = _line_row(production, timeline, speech, item.id, item.start, item.role)
            take = staged.motion.get(item.role)
            if take is not None and not line.off_screen and item.role in probes:
                clip = clips[str(production.project.path(take))]
                measure = measure_line(
                    probes[item.role],
                    clip,
                    speech,
                    item.start - starts[staged.scene.id],
                    production.rate,
                )
                row["lips"] = {
                    "closures": measure.closures,
                    "closed": measure.closed,
                    "worst_gap_mm": round(1000.0 * measure.worst_gap, 3),
                    "onset_frames": None
                    if measure.onset_frames is None
                    else round(measure.onset_frames, 2),
                }
            rows.append(row)
    return rows


def _line_row(
    production: Production, timeline: Timeline, speech: Speech, name: str, start: int, role: str
) -> dict[str, Any]:
    offset = production.rate.seconds(start)
    segments = [shot.id for shot in timeline.shots if name in shot.segments]
    return {
        "id": name,
        "role": role,
        "start": round(offset, 4),
        "end": round(offset + speech.duration, 4),
        "shots": segments,
        "phonemes": [
            [p.symbol, p.kind, round(offset + p.start, 4), round(offset + p.end, 4)]
            for p in speech.phones
        ],
    }


def _summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    measured = [row["lips"] for row in lines if "lips" in row]
    onsets = [abs(m["onset_frames"]) for m in measured if m["onset_frames"] is not None]
    return {
        "closures": sum(m["closures"] for m in measured),
        "closed": sum(m["closed"] for m in measured),
        "worst_gap_mm": max((m["worst_gap_mm"] for m in measured), default=0.0),
        "worst_onset_frames": max(onsets, default=0.0),
    }
