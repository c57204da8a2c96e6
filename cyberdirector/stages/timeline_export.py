"""The edited timeline for other programs: cuts, subtitles, motion, whole scenes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.scene import Camera
from cyberdirector.deliver import Cue, write_srt
from cyberdirector.project import Project, Settings
from cyberdirector.stages.shot_player import stored_character, stored_set
from cyberdirector.stages.shot_sight import shot_cameras, shot_set
from cyberdirector.timeline import ShotItem, Timeline
from cyberdirector.timeline._errors import writing
from cyberdirector.timeline.clip_files import BodyFiles, ClipFiles
from cyberdirector.timeline.store import read_project

FORMATS = (".otio", ".fcpxml", ".edl", ".srt", ".glb", ".vrma")


def export_timeline(root: Path, output: Path, role: str = "", scene: str = "") -> Path:
    """Write a project's timeline in the form that the ending of ``output`` names.

    ``.otio``, ``.fcpxml`` and ``.edl`` are cuts, ``.srt`` subtitles, ``.vrma`` the motion of
    ``role`` with all its layers, ``.glb`` a ``scene`` with set, characters and cameras.

    Raises
    ------
    InputRefused
        ``export-unknown``, ``role-unknown``, ``scene-unknown``, ``project-incomplete``.
    ProjectError
        ``export-unwritable``, ``disk-full``.
    """
    timeline = read_project(root)
    with writing(output):
        _write(timeline, root, output, role, scene)
    return output


def _write(timeline: Timeline, root: Path, output: Path, role: str, scene: str) -> None:
    kind = output.suffix.lower()
    if kind in (".otio", ".fcpxml", ".edl"):
        _write_cuts(timeline, root, output)
    elif kind == ".srt":
        cues = [
            Cue(text.start, text.end, text.text, text.speaker)
            for text in timeline.texts
            if text.kind == "subtitle"
        ]
        write_srt(output, cues, timeline.exact_rate)
    elif kind == ".vrma":
        _write_role(timeline, root, output, role)
    elif kind == ".glb":
        _write_scene(timeline, root, output, scene)
    else:
        raise InputRefused(
            "export-unknown",
            f"不能导出“{output.suffix or output.name}”；可用：{'、'.join(FORMATS)}。",
            f"there is no export '{output.suffix or output.name}'; use {', '.join(FORMATS)}.",
            Location(str(output)),
        )


def _write_cuts(timeline: Timeline, root: Path, output: Path) -> None:
    from cyberdirector.timeline.export_cuts import CutList, cut_list
    from cyberdirector.timeline.export_edl import write_edl
    from cyberdirector.timeline.export_fcpxml import write_fcpxml
    from cyberdirector.timeline.export_otio import write_otio

    writers: dict[str, Callable[[Path, CutList], None]] = {
        ".otio": write_otio, ".fcpxml": write_fcpxml, ".edl": write_edl,
    }  # fmt: skip
    settings = Project(root).load_settings() or Settings()
    film = cut_list(timeline, settings.title or root.stem, root)
    writers[output.suffix.lower()](output, film)


def _write_role(timeline: Timeline, root: Path, output: Path, role: str) -> None:
    from cyberdirector.timeline.export_scene import write_role

    _known("role", role, timeline.roles(), output)
    files = ClipFiles(root, timeline.exact_rate)
    write_role(output, timeline, role, BodyFiles(root)(role), files)


def _write_scene(timeline: Timeline, root: Path, output: Path, name: str) -> None:
    from cyberdirector.timeline.evaluate import evaluate_track
    from cyberdirector.timeline.export_scene import ShotCamera, write_scene

    _known("scene", name, [x.id for x in timeline.scenes], output)
    scene = next(x for x in timeline.scenes if x.id == name)
    shots = [x for x in timeline.shots if x.scene == name]
    files, bodies = ClipFiles(root, timeline.exact_rate), BodyFiles(root)

    def moved(role: str) -> Clip:
        span = slice(scene.start, scene.end)
        return evaluate_track(timeline, role, span, files, lambda: bodies(role))

    roles = [x.role for x in timeline.motion if x.start < scene.end and scene.start < x.end]
    actors = []
    for role in roles:
        path = _there(root, f"cast/{role}.vrm")
        person = stored_character(str(path), str(path.stat().st_mtime_ns))
        actors.append((role, person, moved(role)))
    cameras = [
        ShotCamera(shot.id, shot.start - scene.start, _every(shot, timeline.size))
        for shot in shots
    ]
    place = _there(root, f"sets/{shot_set(timeline, shots[0], scene.start)}.glb")
    set_ = stored_set(str(place), str(place.stat().st_mtime_ns))
    write_scene(output, set_, actors, cameras, timeline.exact_rate)


def _every(shot: ShotItem, size: tuple[int, int]) -> list[Camera]:
    """Return one camera for each frame of a shot."""
    cameras = list(shot_cameras(shot, size))
    return cameras * shot.frames if len(cameras) == 1 else cameras


def _known(kind: str, name: str, known: list[str], output: Path) -> None:
    if name in known:
        return
    zh = {"role": "角色", "scene": "场景"}[kind]
    raise InputRefused(
        f"{kind}-unknown",
        f"导出 {output.suffix} 需要{zh}（--{kind}）；有：{'、'.join(known)}，现在是“{name}”。",
        f"{output.suffix} needs a {kind} (--{kind}): one of {', '.join(known)}, not '{name}'.",
        Location(str(output)),
    )


def _there(root: Path, name: str) -> Path:
    path = root / name
    if not path.is_file():
        raise InputRefused(
            "project-incomplete",
            f"项目缺少 {name}；请先运行 cyberdirector produce。",
            f"the project lacks {name}; run cyberdirector produce first.",
            Location(str(root)),
        )
    return path
