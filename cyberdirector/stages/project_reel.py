"""Finished takes of a project, drawn again: nothing is performed anew, nothing is written."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.progress import SilentProgress
from cyberdirector.core.time import Rate
from cyberdirector.project import Project, Settings
from cyberdirector.project.ledger import Ledger
from cyberdirector.stages.desk import open_device, open_painter, settled_profile
from cyberdirector.stages.production import Production
from cyberdirector.stages.reel import Moment, ReelTask
from cyberdirector.stages.shot_player import ShotPlayer, stored_set, stored_take
from cyberdirector.stages.shot_task import ShotTask
from cyberdirector.stages.shots import make_tasks, task_key
from cyberdirector.timeline import Timeline
from cyberdirector.timeline.nesting import views
from cyberdirector.timeline.store import read_project

if TYPE_CHECKING:
    from cyberdirector.render import FrameState, RenderScene
    from cyberdirector.render.painter import Painter


def project_tasks(root: Path, shot: str = "") -> list[tuple[int, ShotTask]]:
    """Return (first frame in the film, task) of the shots of a project, in order.

    Parameters
    ----------
    root
        A project folder; its lock is not taken, nothing in it changes.
    shot
        Only the shot with this id, counted from 0.

    Raises
    ------
    InputRefused
        ``shot-unknown``, ``project-incomplete`` when a file that a shot needs is missing.
    ProjectError
        When project, timeline or ledger are damaged.
    """
    timeline = read_project(root)
    if shot:
        chosen = timeline.shot(shot)
        if chosen is None:
            raise InputRefused(
                "shot-unknown",
                f"时间线里没有镜头“{shot}”；编号见 timeline.json 的 shots。",
                f"The timeline has no shot '{shot}'; ids are under `shots` in timeline.json.",
                Location(str(root / "timeline.json")),
            )
        timeline = timeline.model_copy(update={"shots": [chosen], "nested": []})
    _check_files(root, timeline)
    project = Project(root)
    project.ledger = Ledger(root)
    settings = project.load_settings() or Settings()
    production = Production(project, settings, SilentProgress(), clock=lambda: 0.0)
    scenes = {scene.id: scene.set for scene in timeline.scenes}
    places = {}
    for name in dict.fromkeys(scenes[item.scene] for item in timeline.shots):
        path = project.path("sets", f"{name}.glb")
        places[name] = stored_set(str(path), project.ledger.sha256(path))
    tasks = make_tasks(production, timeline, places)
    starts = [0] if shot else [view.shot.start for view in views(timeline)]
    return list(zip(starts, tasks, strict=True))


def _check_files(root: Path, timeline: Timeline) -> None:
    """Refuse a project in which a file of a shot is missing."""
    scenes = {scene.id: scene.set for scene in timeline.scenes}
    needed: dict[Path, None] = {}
    for shot in timeline.shots:
        needed[root / "sets" / f"{scenes[shot.scene]}.glb"] = None
        for item in timeline.motion:
            if item.start <= shot.start < item.end:
                needed[root / item.file] = None
                needed[root / "cast" / f"{item.role}.vrm"] = None
    missing = [path for path in needed if not path.is_file()]
    if missing:
        raise InputRefused(
            "project-incomplete",
            f"项目缺少 {len(missing)} 个文件（如 {missing[0].relative_to(root)}）；"
            "请先运行 cyberdirector produce。",
            f"The project lacks {len(missing)} files ({missing[0].relative_to(root)}, say); "
            "run cyberdirector produce first.",
            Location(str(root)),
        )


class ProjectReel:
    """The frames of a project or of one of its shots; see :class:`~.reel.Reel`."""

    still = False

    def __init__(self, task: ReelTask) -> None:
        self._task = task
        rows = project_tasks(Path(task.source), task.shot)
        size = task.size or rows[0][1].size
        self.size = size
        self._starts = [start for start, _ in rows]
        self._shots = [
            replace(shot, size=size, style=task.style or shot.style) for _, shot in rows
        ]
        self.rate = Rate(*self._shots[0].rate)
        self.frames = self._starts[-1] + self._shots[-1].frames
        self.notes: dict[tuple[str, str], dict[str, str]] = {}
        self._keys: dict[int, str] = {}
        self._now: tuple[int, ShotPlayer, Painter] | None = None
        self._scene: RenderScene

    def spans(self) -> list[tuple[str, int, int]]:
        """Return (shot id, first frame, end) of all shots, in order."""
        return [
            (shot.id, start, start + shot.frames)
            for start, shot in zip(self._starts, self._shots, strict=True)
        ]

    def _find(self, frame: int) -> tuple[int, int]:
        """Return (number of the shot, local frame)."""
        number = bisect_right(self._starts, frame) - 1
        return number, frame - self._starts[number]

    def key(self, frame: int) -> str:
        """Return the key of a frame: the shot's own key, the frame in it and how to draw."""
        number, local = self._find(frame)
        if number not in self._keys:
            shot = self._shots[number]
            clips: dict[str, Clip] = {
                f.take: stored_take(f.take, f.take_hash) for f in shot.figures
            }
            self._keys[number] = task_key(shot, clips)
        profile = settled_profile(self._task.profile)
        how = (profile, self.device, self._task.words, self._task.aovs)
        return content_hash(self._keys[number], local, *how)

    def _play(self, frame: int) -> tuple[ShotPlayer, Painter, int]:
        """Return the player and painter of the shot of a frame, and the local frame."""
        number, local = self._find(frame)
        if self._now is None or self._now[0] != number:
            player = ShotPlayer(self._shots[number], self._task.words)
            self._scene, style = player.scene(), self._shots[number].style
            painter = open_painter(self._scene, self.size, self._task.profile, style)
            self._now = (number, player, painter)
        return self._now[1], self._now[2], local

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """Return a finished frame, (height, width, 3) uint8, sRGB."""
        player, painter, local = self._play(frame)
        image, remarks = painter.draw_rgb(player.state(local))
        for remark in remarks:
            self.notes[remark.code, remark.where] = remark.as_dict()
        return player.finish(image, local)

    def moment(self, frame: int) -> Moment:
        """Return what is drawn in a frame; motion looks back within the shot."""
        player, painter, local = self._play(frame)

        def shot() -> list[FrameState]:
            return [player.state(i) for i in range(player.task.frames)]

        before = player.state(local - 1) if local > 0 else None
        return Moment(painter, self._scene, player.state(local), before, shot)

    @property
    def device(self) -> str:
        """Name of the device that draws."""
        return open_device().renderer

    def close(self) -> None:
        """Forget the shot that is played; the device stays open for the next reel."""
        self._now = None
