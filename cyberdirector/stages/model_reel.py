"""A character that turns or moves, or a set, as frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.hashing import content_hash, file_sha256
from cyberdirector.core.model import Character
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.core.time import Rate
from cyberdirector.stages.desk import open_device, open_painter, settled_profile
from cyberdirector.stages.production import code_hash, data_hash
from cyberdirector.stages.reel import Moment, ReelTask

if TYPE_CHECKING:
    from cyberdirector.render import FigureState, FrameState, RenderScene
    from cyberdirector.render.painter import Painter

TURN = 96
"""Frames of a full turn: four seconds."""
PORTRAIT, WIDE = (720, 1280), (1280, 720)
VIEWS = ("body", "bust", "face")
"""Views of a character; a set has its cameras, and ``around``."""

CameraAt = Callable[[float], Camera]


class ModelReel:
    """The frames of a VRM or GLB file; see :class:`~.reel.Reel`."""

    def __init__(self, task: ReelTask) -> None:
        from cyberdirector.render import load_model
        from cyberdirector.render.remarks import Remark, place_light

        self._task = task
        self._path = Path(task.source)
        model = load_model(self._path)
        self.rate = Rate(24)
        self.notes: dict[tuple[str, str], dict[str, str]] = {}
        self._role = "figure"
        self._states: list[FigureState] = []
        self._light: LightRig
        if isinstance(model, Character):
            self.size = task.size or PORTRAIT
            self._open_character(model)
            self._light, remarks = place_light(None)
        else:
            self.size = task.size or WIDE
            self._open_set(model)
            self._light, remarks = place_light(model, task.light)
        for text in model.extras.get("import_notes", []):
            remarks.append(Remark("import-note", f"导入：{text}", f"import: {text}", text[:60]))
        for remark in remarks:
            self.notes[remark.code, remark.where] = remark.as_dict()
        self._painter: Painter | None = None
        self._keyed: str = ""

    def _open_character(self, character: Character) -> None:
        from cyberdirector.render import RenderScene
        from cyberdirector.render.still import stand

        task = self._task
        if task.light:
            raise _refuse("light", task.light, (), self._path)
        if task.view and task.view not in VIEWS:
            raise _refuse("view", task.view, VIEWS, self._path)
        self._scene: RenderScene = RenderScene(None, {self._role: character})
        if task.motion:
            clip = _read_motion(Path(task.motion))
            self.rate, self.frames, self.still = clip.rate, clip.frames, False
            self._states = _play(character, clip)
            self._camera = self._follow(character, clip)
            return
        self.frames, self.still = TURN, True
        self._states = [stand(character)]
        self._camera = self._circle(character)

    def _circle(self, character: Character) -> CameraAt:
        """Return the camera that goes once around a standing character."""
        from cyberdirector.render.still import face_camera

        view, shape = self._task.view, self.size
        if view == "face":
            return lambda frame: face_camera(character, _yaw(frame))
        if view == "bust":
            return lambda frame: face_camera(character, _yaw(frame), 0.42)
        from cyberdirector.render.overview import overview
        from cyberdirector.render.plain import posed_meshes

        body = list(posed_meshes(character, self._states[0]))
        return lambda frame: overview(body, shape, _yaw(frame))

    def _follow(self, character: Character, clip: Clip) -> CameraAt:
        """Return the camera that goes along with the hips of a motion."""
        from cyberdirector.core.rotations import quat_rotate
        from cyberdirector.render.still import stand

        shown, self._states = self._states, [stand(character)]
        ahead = quat_rotate(clip.rotations[0, 0], [0.0, 0.0, 1.0])
        turn = float(np.arctan2(ahead[0], ahead[2])) / (2.0 * np.pi) * TURN
        base = self._circle(character)(turn)
        self._states = shown
        roots = _fitted(character, clip)
        # Arms reach out and people sit: a little farther away than for a portrait.
        away = 1.25 if self._task.view in ("", "body") else 1.0

        def camera(frame: float) -> Camera:
            x, _, z = (float(v) for v in roots[int(frame)])
            (ex, ey, ez), (tx, ty, tz) = base.eye, base.target
            eye = (tx + (ex - tx) * away + x, ey, tz + (ez - tz) * away + z)
            return replace(base, eye=eye, target=(tx + x, ty, tz + z))

        return camera

    def _open_set(self, place: Set) -> None:
        from cyberdirector.render import RenderScene
        from cyberdirector.render.overview import overview
        from cyberdirector.render.plain import set_meshes

        view = self._task.view
        known = (*place.cameras, "around")
        if self._task.motion:
            raise _refuse("motion", self._task.motion, (), self._path)
        if view and view not in known:
            raise _refuse("view", view, known, self._path)
        self._scene = RenderScene(place, {})
        self.still = True
        name = view or ("establish" if "establish" in place.cameras else "")
        name = name or next(iter(place.cameras), "around")
        if name != "around":
            self.frames = 1
            self._camera = lambda _: place.cameras[name]
            return
        meshes, shape = list(set_meshes(place)), self.size
        self.frames = TURN
        self._camera = lambda frame: overview(meshes, shape, _yaw(frame))

    def _state(self, frame: int) -> FrameState:
        from cyberdirector.render import FrameState

        figures = {}
        if self._states:
            figures[self._role] = self._states[min(frame, len(self._states) - 1)]
        seconds = self.rate.seconds(frame)
        return FrameState(self._camera(frame), self._light, figures, seconds, 0)

    def key(self, frame: int) -> str:
        """Return the key of a frame: the files, the code, the frame and how to draw."""
        if not self._keyed:
            task = self._task
            files = [file_sha256(Path(p)) for p in (task.source, task.motion) if p]
            self._keyed = content_hash(
                code_hash("render", "character", "formats", "stages"),
                data_hash("shaders", "*"),
                files,
                (self.size, task.style, task.aovs, task.view, task.light, self.device),
                settled_profile(task.profile),
            )
        return content_hash(self._keyed, frame)

    def _open(self) -> Painter:
        if self._painter is None:
            self._painter = open_painter(
                self._scene, self.size, self._task.profile, self._task.style or "cel"
            )
        return self._painter

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """Return a frame, (height, width, 3) uint8, sRGB."""
        image, remarks = self._open().draw_rgb(self._state(frame))
        for remark in remarks:
            self.notes[remark.code, remark.where] = remark.as_dict()
        return image

    def moment(self, frame: int) -> Moment:
        """Return what is drawn in a frame."""

        def shot() -> list[FrameState]:
            return [self._state(i) for i in range(self.frames)]

        before = self._state(frame - 1) if frame > 0 else None
        return Moment(self._open(), self._scene, self._state(frame), before, shot)

    @property
    def device(self) -> str:
        """Name of the device that draws."""
        return open_device().renderer

    def close(self) -> None:
        """Forget the painter; the device stays open for the next reel."""
        self._painter = None


def _yaw(frame: float) -> float:
    return 2.0 * float(np.pi) * frame / TURN


def _read_motion(path: Path) -> Clip:
    from cyberdirector.formats import read_vrma

    if not path.is_file():
        raise InputRefused(
            "motion-missing",
            "找不到这个动作文件，请检查路径。",
            "There is no such motion file; look at the path.",
            Location(str(path)),
        )
    return read_vrma(path)


def _fitted(character: Character, clip: Clip) -> NDArray[np.float32]:
    """Return the path of the hips (frames, 3), scaled to the body by its hip height."""
    scale = character.rest().hip_height / max(clip.hip_height, 1e-3)
    return clip.root * np.float32(scale)


def _play(character: Character, clip: Clip) -> list[FigureState]:
    """Return one state per frame, with springs."""
    from cyberdirector.character import simulate_springs
    from cyberdirector.core.pose import node_matrices
    from cyberdirector.render import pose_figures

    root = _fitted(character, clip)
    bones = node_matrices(character, root, clip.rotations)
    springs = simulate_springs(character, bones, clip.rate)
    return pose_figures(character, root, clip.rotations, clip.weights, springs)


def _refuse(kind: str, asked: str, known: tuple[str, ...], path: Path) -> InputRefused:
    choices = ", ".join(known) or "-"
    return InputRefused(
        f"{kind}-unknown",
        f"这个模型没有“{asked}”（--{kind}），可选：{choices}。",
        f"This model has no {kind} '{asked}'; choose one of: {choices}.",
        Location(str(path)),
    )
