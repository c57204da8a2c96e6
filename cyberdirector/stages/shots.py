"""The pictures: which shots must be drawn, drawing them side by side, keeping the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import remove_unfinished, write_json
from cyberdirector.core.hashing import seed_of
from cyberdirector.core.scene import LightRig, Set
from cyberdirector.farm import LocalExecutor
from cyberdirector.project import Outcome
from cyberdirector.stages.auto_framing import heads_of
from cyberdirector.stages.production import Production
from cyberdirector.stages.shot_player import stored_set
from cyberdirector.stages.shot_reasons import parts_key, reason, stored, task_parts
from cyberdirector.stages.shot_sight import shot_cameras, shot_light, shot_set
from cyberdirector.stages.shot_task import FigureTask, ShotTask, TextTask
from cyberdirector.stages.shown_motion import edits_of
from cyberdirector.timeline import ShotItem, Timeline
from cyberdirector.timeline.journal import Entry
from cyberdirector.timeline.nesting import View, views

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
    """Return one task per shot that is seen, in order; nested scenes in their place.

    ``places`` are sets by name; others of the project are read.
    """
    known = dict(places)
    return [_task(production, timeline, view, known) for view in views(timeline)]


def _task(
    production: Production, timeline: Timeline, view: View, places: dict[str, Set]
) -> ShotTask:
    project, settings, shot = production.project, production.settings, view.shot
    scene = next(scene for scene in timeline.scenes if scene.id == shot.scene)
    first = shot.start + view.shift
    name = shot_set(timeline, shot, first)
    set_path = project.path("sets", f"{name}.glb")
    if name not in places:
        places[name] = _other_set(production, set_path, shot)
    inside = view.shift == 0
    return ShotTask(
        id=shot.id,
        seed=seed_of(settings.seed, shot.id),
        output=str(project.path("shots", f"{shot.id}.mp4")),
        frames=shot.end - shot.start,
        place=str(set_path),
        place_hash=project.ledger.sha256(set_path),
        light=weathered(shot_light(timeline, shot, places[name], first), scene.ambience),
        cameras=shot_cameras(
            shot, settings.size, lambda: heads_of(project.root, timeline, shot, first)
        ),
        figures=_figures(production, timeline, shot, first),
        texts=_texts(timeline, shot, settings.subtitles == "burn"),
        size=settings.size,
        rate=settings.rate,
        quality=settings.quality,
        style=settings.style,
        step=settings.step,
        fade_in=FADE if inside and shot.start == scene.start else 0,
        fade_out=FADE if inside and shot.end == scene.end else 0,
    )


def _other_set(production: Production, path: Path, shot: ShotItem) -> Set:
    """Return a set that the script did not ask for, from the project's folder.

    Raises
    ------
    InputRefused
        ``set-missing``.
    """
    if not path.is_file():
        known = "、".join(sorted(x.stem for x in path.parent.glob("*.glb")))
        raise InputRefused(
            "set-missing",
            f"镜头 {shot.id}：项目里没有布景“{path.stem}”；有：{known}。",
            f"shot {shot.id}: the project has no set '{path.stem}'; it has {known}.",
            Location(str(path), path=shot.id),
        )
    return stored_set(str(path), production.project.ledger.sha256(path))


def _figures(
    production: Production, timeline: Timeline, shot: ShotItem, first: int
) -> tuple[FigureTask, ...]:
    """Return who is in a shot; ``first`` is where its motion begins on the timeline."""
    project, late = production.project, first - shot.start
    return tuple(
        FigureTask(
            item.role,
            str(project.path("cast", f"{item.role}.vrm")),
            project.ledger.sha256(project.path("cast", f"{item.role}.vrm")),
            str(project.path(item.file)),
            project.ledger.sha256(project.path(item.file)),
            first - item.start,
            (item.visible_from - first, item.visible_to - first),
            edits_of(timeline, item.role, first, shot.end + late),
            str(project.root),
            first,
        )
        for item in timeline.motion
        if item.start <= first < item.end
    )


def task_key(task: ShotTask, clips: dict[str, Clip]) -> str:
    """Return the key of a shot: what is seen in it, see :func:`~.shot_reasons.task_parts`."""
    return parts_key(task_parts(task, clips))


@contextmanager
def _whole_files(production: Production) -> Iterator[None]:
    """Leave no piece of a shot behind, whether we or the processes that draw are ended."""
    folder = production.project.path("shots")
    remove_unfinished(folder)
    try:
        yield
    finally:
        remove_unfinished(folder)


def draw(
    production: Production,
    timeline: Timeline,
    tasks: list[ShotTask],
    clips: dict[str, Clip],
    only: tuple[int, int] | None,
    edits: Sequence[Entry] = (),
) -> list[Path]:
    """Draw the shots that are not there yet; return the segments in order.

    ``only`` (first, last; from 1) leaves the other shots undrawn.
    """
    ledger = production.project.ledger
    chosen = tasks if only is None else tasks[only[0] - 1 : only[1]]
    parts = {task.id: task_parts(task, clips) for task in chosen}
    keys = {name: parts_key(part) for name, part in parts.items()}
    starts = {view.shot.id: view.shot.start + view.shift for view in views(timeline)}
    why: list[dict[str, Any]] = []
    todo: list[ShotTask] = []
    rows: list[dict[str, Any]] = []
    with production.stage("render", sum(task.frames for task in chosen)) as log:
        for task in chosen:
            path = Path(task.output)
            state = ledger.state(path, keys[task.id])
            first = starts[task.id]
            why.append(reason(task, state, parts[task.id], stored(path), edits, first))
            if state is Outcome.MADE:
                todo.append(task)
            else:
                log.done(state, task.id, task.frames)
        # The longest first, so that both processes end at about the same time.
        todo.sort(key=lambda task: -task.frames)
        executor = LocalExecutor(production.workers)
        from cyberdirector.stages.shot_worker import render_shot

        with _whole_files(production), closing(executor.run(render_shot, todo)) as results:
            for i, result in results:
                task = todo[i]
                path = Path(task.output)
                production.project.lock.check()
                head = edits[-1].seq if edits else 0
                row = {"key": keys[task.id], **asdict(result), "parts": parts[task.id]}
                write_json(path.with_suffix(".json"), {**row, "journal": head})
                ledger.record(path, keys[task.id])
                ledger.save()
                rows.append(asdict(result))
                for note in result.notes:
                    code, _, about = note.partition(": ")
                    production.note(stage="render", shot=task.id, code=code, text=about)
                log.done(Outcome.MADE, task.id, task.frames)
        _summarise(production, log.more, rows)
    production.report["shots_why"] = why
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
