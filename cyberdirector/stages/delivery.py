"""The finished file: pictures joined, sound mixed, subtitles, labels, and a check of it all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.files import write_bytes, write_json
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.speech import Speech
from cyberdirector.deliver import (
    LABEL_TEXT,
    Cue,
    MixEffect,
    MixLine,
    MixScene,
    aigc_fields,
    check_delivery,
    join_segments,
    mix,
    write_srt,
)
from cyberdirector.formats.audio import read_audio
from cyberdirector.project import Outcome
from cyberdirector.stages.production import Production, code_hash
from cyberdirector.timeline import AudioItem, Timeline

_UNHEARD = {"characters", "lines", "segments", "lights", "sets", "markers", "locks"}
"""Tracks that pictures, sound and subtitles of the finished file do not come from directly."""


def deliver_episode(
    production: Production,
    timeline: Timeline,
    speeches: dict[str, Speech],
    segments: list[Path],
    output: Path,
    only: tuple[int, int] | None,
    language: str = "zh",
) -> None:
    """Write the episode to ``deliver/`` and to ``output``, with subtitles beside both.

    ``only`` (first, last shot; from 1) delivers a preview of those shots.
    """
    project = production.project
    first, last = _span(timeline, only)
    cues = [
        Cue(max(t.start, first) - first, min(t.end, last) - first, t.text, t.speaker)
        for t in timeline.texts
        if t.kind == "subtitle" and t.start < last and t.end > first
    ]
    name = output.stem if only is None else f"{output.stem}-{only[0]}-{only[1]}"
    target = project.path("deliver", f"{name}.mp4")
    soft = production.settings.subtitles == "soft"
    with production.stage("deliver", 1) as log:
        key = content_hash(
            code_hash("deliver", "stages"),
            [project.ledger.sha256(path) for path in segments],
            timeline.model_dump(mode="json", exclude=_UNHEARD),
            {item.id: _voice(production, item, speeches) for item in timeline.audio},
            soft,
            production.settings.title,
        )

        def make(path: Path) -> None:
            audio = _mix(production, timeline, speeches, first, last)
            frames = join_segments(
                segments,
                audio,
                path,
                production.rate,
                title=production.settings.title,
                aigc=aigc_fields(key),
                subtitles=cues if soft else (),
                language=language,
            )
            if frames != last - first:
                raise RuntimeError(f"joined {frames} frames, expected {last - first}")

        outcome = project.ledger.step(target, key, make)
        if outcome is Outcome.EDITED:
            # A delivered file is nobody's source: it is always ours to write again.
            make(target)
            project.ledger.record(target, key)
            outcome = Outcome.MADE
        srt = target.with_suffix(".srt")
        write_srt(srt, cues, production.rate)
        _copy(target, output)
        _copy(srt, output.with_suffix(".srt"))
        check = _check(production, target, last - first, outcome, only is not None)
        log.done(outcome, output.name)
    production.report["delivery"] = {
        "file": str(output),
        "frames": last - first,
        "seconds": round(production.rate.seconds(last - first), 3),
        "size": list(timeline.size),
        "fps": round(production.rate.fps, 3),
        "check": check,
    }


def _span(timeline: Timeline, only: tuple[int, int] | None) -> tuple[int, int]:
    if only is None:
        return 0, timeline.frames
    shots = timeline.shots[only[0] - 1 : only[1]]
    return shots[0].start, shots[-1].end


def _mix(
    production: Production,
    timeline: Timeline,
    speeches: dict[str, Speech],
    first: int,
    last: int,
) -> Any:
    """Return the stereo sound of frames ``first:last`` at 48 kHz."""
    lines = [
        MixLine(
            _voice(production, item, speeches),
            item.start - first,
            item.pan,
            item.gain,
            item.treatment,
        )
        for item in timeline.audio
        if item.start < last and item.end > first
    ]
    scenes = [
        MixScene(tuple(scene.ambience), scene.start - first, scene.end - first, scene.id)
        for scene in timeline.scenes
        if scene.start < last and scene.end > first
    ]
    effects = [
        MixEffect(item.name, item.start - first, item.pan, item.gain, item.id)
        for item in timeline.effects
        if first <= item.start < last
    ]
    return mix(lines, scenes, last - first, production.rate, production.settings.seed, effects)


def _voice(
    production: Production, item: AudioItem, speeches: dict[str, Speech]
) -> NDArray[np.float32]:
    """Return the sound of a line: its voice, or the file of the take that was chosen."""
    if item.file == f"takes/{item.id}.wav":
        return speeches[item.id].audio
    return read_audio(production.project.path(item.file))


def _copy(source: Path, target: Path) -> None:
    """Write a copy in one step, unless it is there already."""
    data = source.read_bytes()
    if not target.exists() or target.read_bytes() != data:
        write_bytes(target, data)


def _check(
    production: Production, target: Path, frames: int, outcome: Outcome, preview: bool
) -> dict[str, Any]:
    """Return the check of the encoded file, read back once per file."""
    path = target.with_suffix(".check.json")
    if outcome is Outcome.MADE or not path.exists():
        size = production.settings.size
        found = check_delivery(
            target, frames, production.rate, size, label=LABEL_TEXT, preview=preview
        )
        write_json(path, found)
    check: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return check
