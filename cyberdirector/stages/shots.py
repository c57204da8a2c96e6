"""The pictures: which shots must be drawn, drawing them side by side, keeping the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.files import write_json
from cyberdirector.core.hashing import content_hash, seed_of
from cyberdirector.core.scene import LightRig, Set
from cyberdirector.farm import LocalExecutor
from cyberdirector.project import Outcome
from cyberdirector.render.luts import find_lut
from cyberdirector.stage.shot import CameraKey, camera_at
from cyberdirector.stages.production import Production, code_hash, data_hash
from cyberdirector.stages.shot_task import FigureTask, ShotTask, TextTask
from cyberdirector.timeline import ShotItem, Timeline
from cyberdirector.timeline.document import to_camera

FADE = 8
"""Frames of the fade from and to black at the ends of a scene."""


def _texts(timeline: Timeline, shot: ShotItem, burn: bool) -> tuple[TextTask, ...]:
    found = []
    for text in timeline.texts:
        if text.kind == "subtitle" and not burn:
            continue
        start, end = max(text.start, shot.start), min(text.end, shot.end)
        if start < end:
            found.append(
                TextTask(
                    text.kind, text.text, text.speaker, start - shot.start, end - shot.start
                )
            )
    return tuple(found)


FALLING = ("snow", "petals", "leaves", "bamboo", "fireflies", "embers", "ash")
"""Weather words of a scene that fill the air; rain has a light of its own."""


def weathered(light: LightRig, words: Sequence[str]) -> LightRig:
    """Return the light with what falls in the scene; rain stays rain."""
    falling = next((word for word in FALLING if word in words), "")
    return light if light.weather or not falling else replace(light, weather=falling)


def make_tasks(
    production: Production, timeline: Timeline, places: dict[str, Set]
) -> list[ShotTask]:
    """Return one task per shot of the timeline, in order."""
    project, settings = production.project, production.settings
    scenes = {scene.id: scene for scene in timeline.scenes}
    tasks = []
    for shot in timeline.shots:
        scene = scenes[shot.scene]
        set_path = project.path("sets", f"{scene.set}.glb")
        place = places[scene.set]
        keys = tuple(CameraKey(c.frame, to_camera(c)) for c in shot.cameras)
        frames = shot.end - shot.start
        cameras = tuple(camera_at(keys, f) for f in range(frames))
        if all(camera == cameras[0] for camera in cameras):
            cameras = cameras[:1]
        figures = tuple(
            FigureTask(
                item.role,
                str(project.path("cast", f"{item.role}.vrm")),
                project.ledger.sha256(project.path("cast", f"{item.role}.vrm")),
                str(project.path(item.file)),
                project.ledger.sha256(project.path(item.file)),
                shot.start - item.start,
                (item.visible_from - shot.start, item.visible_to - shot.start),
            )
            for item in timeline.motion
            if item.start <= shot.start < item.end
        )
        tasks.append(
            ShotTask(
                id=shot.id,
                seed=seed_of(settings.seed, shot.id),
                output=str(project.path("shots", f"{shot.id}.mp4")),
                frames=frames,
                place=str(set_path),
                place_hash=project.ledger.sha256(set_path),
                light=weathered(place.lights[shot.light], scene.ambience),
                cameras=cameras,
                figures=figures,
                texts=_texts(timeline, shot, settings.subtitles == "burn"),
                size=settings.size,
                rate=settings.rate,
                quality=settings.quality,
                style=settings.style,
                step=settings.step,
                fade_in=FADE if shot.start == scene.start else 0,
                fade_out=FADE if shot.end == scene.end else 0,
            )
        )
    return tasks


def task_key(task: ShotTask, clips: dict[str, Clip]) -> str:
    """Return the key of a shot: what is seen in it, not where it lies in the scene.

    The motion counts by its values over the shot's frames, so that a longer line
    elsewhere in the scene changes nothing here; of figures that are never seen only the
    absence counts. Of a table of colours in a file the values count, not the name.

    Raises
    ------
    InputRefused
        ``lut-missing`` or ``lut-invalid``.
    """
    table = find_lut(task.light.lut).table if task.light.lut else None
    seen = [f for f in task.figures if f.visible[0] < task.frames and f.visible[1] > 0]
    motion = []
    for figure in seen:
        clip = clips[figure.take].slice(figure.first, figure.first + task.frames)
        window = (max(figure.visible[0], 0), min(figure.visible[1], task.frames))
        # A quaternion and its negative are the same pose; adding 0 removes negative zeros.
        flip = clip.rotations[..., 3:] < 0.0
        turns = np.where(flip, -clip.rotations, clip.rotations) + np.float32(0.0)
        motion.append((figure.role, figure.vrm_hash, window, clip.root, turns, clip.weights))
    return content_hash(
        code_hash("render", "character", "deliver", "stages"),
        data_hash("shaders", "*"),
        replace(task, figures=(), output="", place=""),
        table,
        motion,
    )


def draw(
    production: Production,
    timeline: Timeline,
    tasks: list[ShotTask],
    clips: dict[str, Clip],
    only: tuple[int, int] | None,
) -> list[Path]:
    """Draw the shots that are not there yet; return the segments in order.

    ``only`` (first, last; from 1) leaves the other shots undrawn.
    """
    ledger = production.project.ledger
    chosen = tasks if only is None else tasks[only[0] - 1 : only[1]]
    keys = {task.id: task_key(task, clips) for task in chosen}
    todo: list[ShotTask] = []
    rows: list[dict[str, Any]] = []
    with production.stage("render", sum(task.frames for task in chosen)) as log:
        for task in chosen:
            state = ledger.state(Path(task.output), keys[task.id])
            if state is Outcome.MADE:
                todo.append(task)
            else:
                log.done(state, task.id, task.frames)
        # The longest first, so that both processes end at about the same time.
        todo.sort(key=lambda task: -task.frames)
        executor = LocalExecutor(production.workers)
        from cyberdirector.stages.shot_worker import render_shot

        for i, result in executor.run(render_shot, todo):
            task = todo[i]
            path = Path(task.output)
            write_json(path.with_suffix(".json"), {"key": keys[task.id], **asdict(result)})
            ledger.record(path, keys[task.id])
            ledger.save()
            rows.append(asdict(result))
            for note in result.notes:
                code, _, about = note.partition(": ")
                production.note(stage="render", shot=task.id, code=code, text=about)
            log.done(Outcome.MADE, task.id, task.frames)
        _summarise(production, log.more, rows)
    if only is None:
        keep = {Path(task.output) for task in tasks}
        production.report["shots_removed"] = ledger.forget_except(
            keep, production.project.path("shots")
        )
    return [Path(task.output) for task in chosen]


def _summarise(
    production: Production, more: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    frames = sum(row["frames"] for row in rows)
    more["frames_drawn"] = frames
    if rows:
        seconds = sum(row["seconds"] for row in rows)
        more["ms_per_frame_per_process"] = round(1000.0 * seconds / max(frames, 1), 1)
        more["device"] = rows[0]["device"]
        more["peak_mb"] = max(row["peak_mb"] for row in rows)
        production.report["device"] = rows[0]["device"]
