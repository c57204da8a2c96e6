"""The main job: a screenplay goes in, a finished episode comes out.

Read :func:`produce` first: it is the product in one page. Each stage is a file of
:mod:`cyberdirector.stages`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.core.progress import Progress, SilentProgress
from cyberdirector.deliver import LABEL_TEXT
from cyberdirector.project import Project, Settings
from cyberdirector.render.style import style_named
from cyberdirector.script import (
    Episode,
    ParseResult,
    parse_script,
    read_cast,
    read_lines,
    save_episode,
)
from cyberdirector.script.cast import cast_path
from cyberdirector.stages.casting import build_sets, cast_roles, compile_cast
from cyberdirector.stages.delivery import deliver_episode
from cyberdirector.stages.directing import read_directions, with_feelings
from cyberdirector.stages.production import Production
from cyberdirector.stages.report import write_report
from cyberdirector.stages.scenes import stage_scenes
from cyberdirector.stages.shots import draw, make_tasks
from cyberdirector.stages.shown_motion import shown_takes
from cyberdirector.stages.timeline import assemble
from cyberdirector.stages.timeline_file import hold_locked, settle_timeline
from cyberdirector.stages.voices import speak_lines
from cyberdirector.timeline.nesting import unfolded


@dataclass(frozen=True)
class Options:
    """What a user may ask of :func:`produce`; None keeps what the project has.

    ``shots`` (first, last), counted from 1, draws only those shots and delivers a
    preview of them. ``author`` is who others see holding the folder; ``take_over`` takes it
    from a writer who still does.
    """

    project: Path | None = None
    size: tuple[int, int] | None = None
    rate: tuple[int, int] | None = None
    seed: int | None = None
    quality: str | None = None
    style: str | None = None
    step: int | None = None
    subtitles: str | None = None
    shots: tuple[int, int] | None = None
    workers: int = 0
    author: str = ""
    take_over: bool = False


def produce(
    script: Path,
    output: Path,
    options: Options | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Make a finished episode from a screenplay.

    Parameters
    ----------
    script
        剧本 or Fountain text; a cast table may lie beside it. For a project that was
        produced before see :func:`reopened`.
    output
        The MP4 to write; subtitles go beside it.
    options
        Size, frame rate, seed, quality …
    progress, clock
        Who is told how far the work is; seconds for the report.

    Returns
    -------
    The report, as in ``report.json`` of the project folder.

    Raises
    ------
    CyberDirectorError
        With a code, a place and what to do, in Chinese and English.
    """
    options = options or Options()
    parsed = parse_script(script)
    table = read_cast(script)
    _check_output(output)
    root = options.project or output.with_suffix(".cdir")
    with Project(root, options.author, options.take_over) as project:
        settings = _settings(project, script, parsed, options, output)
        production = Production(
            project, settings, progress or SilentProgress(), clock, options.workers,
            films=script.parent,
        )  # fmt: skip
        start = clock()
        hold_locked(production)
        episode = parsed.episode
        directions = read_directions(production, episode, read_lines(script), script)
        episode = with_feelings(episode, directions)
        save_episode(project.path("episode.json"), episode)

        members = cast_roles(production, episode, table, script)
        characters, casters = compile_cast(production, members)
        where = build_sets(production, episode.scenes)
        voices = {role: member.voice for role, member in members.items()}
        speeches = speak_lines(production, episode, voices, script, directions)
        scenes, clips = stage_scenes(
            production, episode.scenes, where, casters, speeches, directions, characters
        )
        generated = assemble(scenes, production.rate, settings.size, LABEL_TEXT)
        timeline, edits = settle_timeline(production, generated)
        places = {spot.name: spot.place for spot in where.values()}
        tasks = make_tasks(production, timeline, places)
        segments = draw(production, timeline, tasks, clips, options.shots, edits)
        seen, film = shown_takes(production, timeline, clips), unfolded(timeline)
        deliver_episode(
            production, film, speeches, segments, output, options.shots, episode.language
        )

        production.report["problems"] = [p.as_dict() for p in parsed.problems]
        return write_report(
            production, film, scenes, speeches, characters, seen, tasks, clock() - start
        )


def perform_script(
    script: Path,
    scene: str = "",
    project: Path | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Perform the scenes of a screenplay without drawing them: speech and takes.

    Parameters
    ----------
    script
        As for :func:`produce`.
    scene
        Id of one scene, for example ``1-1``; empty performs all.
    project
        Project folder; by default that of ``produce``.

    Returns
    -------
    ``takes`` (scene, role, file, frames) and ``notes``.

    Raises
    ------
    CyberDirectorError
        ``scene-unknown``, and what the stages refuse.
    """
    parsed = parse_script(script)
    table = read_cast(script)
    with Project(project or Path(f"{script.stem}.cdir")) as opened:
        settings = _settings(opened, script, parsed, Options())
        production = Production(
            opened, settings, progress or SilentProgress(), clock, films=script.parent
        )
        episode = _only(parsed.episode, scene, script)
        directions = read_directions(production, episode, read_lines(script), script)
        episode = with_feelings(episode, directions)
        members = cast_roles(production, parsed.episode, table, script)
        characters, casters = compile_cast(production, members)
        where = build_sets(production, episode.scenes)
        voices = {role: member.voice for role, member in members.items()}
        speeches = speak_lines(production, episode, voices, script, directions)
        staged, clips = stage_scenes(
            production, episode.scenes, where, casters, speeches, directions, characters
        )
        takes = [
            {
                "scene": one.scene.id,
                "role": role,
                "file": str(opened.path(*take.split("/"))),
                "frames": clips[str(opened.path(*take.split("/")))].frames,
            }
            for one in staged
            for role, take in one.motion.items()
        ]
    return {"takes": takes, "notes": production.report.get("notes", [])}


def reopened(root: Path) -> tuple[Path, Path]:
    """Return script and output of a project folder, for making it again as it was asked for.

    A script that is no longer where it was is taken from the folder's own copy.

    Raises
    ------
    InputRefused
        ``project-without-script``.
    """
    settings = Project(root).load_settings()
    if settings is not None and settings.script:
        places = [root / settings.source] if settings.source else []
        for script in (*places, root / "script" / settings.script):
            if script.is_file():
                output = root / settings.output if settings.output else root.with_suffix(".mp4")
                return Path(os.path.normpath(script)), Path(os.path.normpath(output))
    raise InputRefused(
        "project-without-script",
        "这个文件夹里没有剧本，也没有记录剧本在哪里；请给出剧本文件。",
        "this folder has no script and does not say where it lies; give the script.",
        Location(str(root)),
    )


def _way(root: Path, path: Path) -> str:
    """Return the path from a folder to a file; absolute when they are on other drives."""
    try:
        return Path(os.path.relpath(path.resolve(), root.resolve())).as_posix()
    except ValueError:
        return str(path.resolve())


def _only(episode: Episode, scene: str, script: Path) -> Episode:
    """Return the episode with one scene, or all of it when none is named."""
    if not scene:
        return episode
    chosen = tuple(one for one in episode.scenes if one.id == scene)
    if not chosen:
        known = "、".join(one.id for one in episode.scenes)
        raise InputRefused(
            "scene-unknown",
            f"剧本里没有场景“{scene}”；有：{known}。",
            f"the script has no scene '{scene}'; it has {known}.",
            Location(str(script)),
        )
    return episode.model_copy(update={"scenes": chosen})


def _check_output(output: Path) -> None:
    if output.suffix.lower() != ".mp4":
        raise InputRefused(
            "output-not-mp4",
            f"输出文件必须以 .mp4 结尾，现在是“{output.name}”。",
            f"The output must end in .mp4; it is “{output.name}”.",
            Location(str(output)),
        )


def _settings(
    project: Project,
    script: Path,
    parsed: ParseResult,
    options: Options,
    output: Path | None = None,
) -> Settings:
    """Return the project's settings with what the user asks for now, and store them."""
    settings = project.load_settings() or Settings()
    asked = {
        "size": options.size,
        "rate": options.rate,
        "seed": options.seed,
        "quality": options.quality,
        "style": options.style,
        "step": options.step,
        "subtitles": options.subtitles,
    }
    update = {name: value for name, value in asked.items() if value is not None}
    settings = settings.model_copy(
        update={
            "title": parsed.episode.title or script.stem,
            "script": script.name,
            "source": _way(project.root, script),
            **({"output": _way(project.root, output)} if output is not None else {}),
            **update,
        }
    )
    style_named(settings.style)
    project.save_settings(settings)
    for file in (script, cast_path(script)):
        kept = project.path("script", file.name)
        if file.exists() and file.resolve() != kept.resolve():
            write_bytes(kept, file.read_bytes())
    return settings
