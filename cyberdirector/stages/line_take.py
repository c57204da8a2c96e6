"""Another take of one line of a project: the same voice, the body and face anew."""

from __future__ import annotations

from pathlib import Path

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.hashing import content_hash
from cyberdirector.formats import read_vrm, write_vrma
from cyberdirector.perform.styles import style_named
from cyberdirector.perform.take import Acting, perform_line
from cyberdirector.script import Line
from cyberdirector.script.document import load_episode
from cyberdirector.stages.speech_file import load_speech
from cyberdirector.timeline.store import read_project
from cyberdirector.voice.curve import read_emotion


def perform_take(
    root: Path, line_id: str, seed: int, emotion: str = "", style: str = ""
) -> tuple[str, float]:
    """Perform a line of a project once more and write it beside its other takes.

    Parameters
    ----------
    root
        The project folder; its voice of the line is kept.
    seed
        Another number, another take.
    emotion, style
        As for ``cyberdirector perform``; empty keeps what the script says.

    Returns
    -------
    The file in the project, and the frame of it at which the line begins.

    Raises
    ------
    InputRefused
        ``line-unknown``, ``project-incomplete``, ``style-unknown`` …
    """
    line = _line(root, line_id)
    sound, timing = (root / "takes" / f"{line_id}{end}" for end in (".wav", ".json"))
    body = root / "cast" / f"{line.speaker}.vrm"
    for path in (sound, timing, body):
        if not path.is_file():
            raise InputRefused(
                "project-incomplete",
                f"项目缺少 {path.relative_to(root)}；请先运行 cyberdirector produce。",
                f"the project lacks {path.relative_to(root)}; run cyberdirector produce first.",
                Location(str(root)),
            )
    character = read_vrm(body)
    feeling = read_emotion(emotion).keys if emotion else ((0.0, line.emotion),)
    manner = Acting(feeling, seed, read_project(root).exact_rate, style_named(style))
    take = perform_line(character, load_speech(sound, timing), line.text, manner)
    name = f"{line_id}@{content_hash(seed, emotion, style, size=4)}"
    file = f"takes/{name}.vrma"
    write_vrma(root / file, take.clip, character.rest())
    return file, float(take.start)


def _line(root: Path, line_id: str) -> Line:
    path = root / "episode.json"
    lines = [x for scene in load_episode(path).scenes for x in scene.lines()]
    found = next((x for x in lines if x.id == line_id), None)
    if found is None:
        known = "、".join(x.id for x in lines[:12])
        raise InputRefused(
            "line-unknown",
            f"剧本里没有台词“{line_id}”；有：{known}。",
            f"the script has no line '{line_id}'; it has {known}.",
            Location(str(path)),
        )
    return found
