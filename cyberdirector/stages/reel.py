"""Frames that can be drawn one by one, in any order, by any process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.time import Rate

if TYPE_CHECKING:
    from cyberdirector.render import FrameState, RenderScene
    from cyberdirector.render.painter import Painter


@dataclass(frozen=True)
class ReelTask:
    """What to draw, as plain data.

    Attributes
    ----------
    source
        Project folder or model file.
    shot
        Only this shot of the project; empty for all.
    size
        (width, height) in pixels; None takes the project's, or one that fits the model.
    profile
        ``auto``, ``draft``, ``cpu``, ``gpu`` or ``final``.
    style
        The look; empty takes the project's (``cel`` for models).
    aovs
        Data layers to draw beside the picture.
    words
        Whether a project's subtitles are written into the picture.
    view
        Models: ``body``, ``bust``, ``face``, or a camera of the set.
    light
        Models: a preset of the set.
    motion
        Characters: a ``.vrma`` to play.
    """

    source: str
    shot: str = ""
    size: tuple[int, int] | None = None
    profile: str = "auto"
    style: str = ""
    aovs: tuple[str, ...] = ()
    words: bool = True
    view: str = ""
    light: str = ""
    motion: str = ""


@dataclass(frozen=True)
class Moment:
    """A frame without its finish.

    Attributes
    ----------
    painter
        With the scene loaded.
    scene, state, before
        What is drawn now, and the state one frame earlier in the same shot, if any.
    shot
        All states of the shot (``range`` of a depth picture).
    """

    painter: Painter
    scene: RenderScene
    state: FrameState
    before: FrameState | None
    shot: Callable[[], list[FrameState]]


class Reel(Protocol):
    """A row of frames ``0:frames`` (a shot counts its own, a project those of the film).

    Attributes
    ----------
    size, rate, frames
        Picture size in pixels, frames per second, how many.
    still
        Whether one picture is what is usually wanted of it.
    profile
        Name of the profile that is drawn with.
    device
        Name of the device.
    notes
        (code, about whom) of what was drawn otherwise than asked, with both sentences.
    """

    size: tuple[int, int]
    rate: Rate
    frames: int
    still: bool
    notes: dict[tuple[str, str], dict[str, str]]

    def key(self, frame: int) -> str:
        """Return the key of a frame: equal keys, equal files."""
        ...

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """Return a frame, (height, width, 3) uint8, sRGB."""
        ...

    def moment(self, frame: int) -> Moment:
        """Return what is drawn in a frame, for data layers and control pictures."""
        ...

    @property
    def device(self) -> str:
        """Name of the device that draws."""
        ...

    def close(self) -> None:
        """Free the device."""
        ...


def split_source(source: Path) -> tuple[Path, str]:
    """Return (project folder or model file, shot id or "").

    A shot is named as ``PROJECT/shots/<id>``, with or without ``.mp4``.

    Raises
    ------
    InputRefused
        ``render-source`` when it is neither project, shot nor model.
    """
    from cyberdirector.render.api import MODEL_SUFFIXES

    if source.suffix.lower() in MODEL_SUFFIXES:
        return source, ""
    if (source / "timeline.json").is_file():
        return source, ""
    if (source.parent.parent / "timeline.json").is_file() and source.parent.name == "shots":
        name = source.name
        for suffix in (".mp4", ".json"):
            name = name.removesuffix(suffix)
        return source.parent.parent, name
    raise InputRefused(
        "render-source",
        "这里没有可渲染的内容；请给出项目文件夹、“项目/shots/镜头编号”，或 .vrm、.glb 文件。",
        "There is nothing to draw here; name a project folder, PROJECT/shots/<id>, or a .vrm "
        "or .glb file.",
        Location(str(source)),
    )


def open_reel(task: ReelTask) -> Reel:
    """Return the reel of a task; the device opens with the first frame that is drawn."""
    from cyberdirector.stages.model_reel import ModelReel
    from cyberdirector.stages.project_reel import ProjectReel

    if Path(task.source).is_dir():
        return ProjectReel(task)
    return ModelReel(task)
