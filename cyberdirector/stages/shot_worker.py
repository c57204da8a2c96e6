"""Draws one shot in a worker process and writes it as a closed piece of video."""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.model import Character
from cyberdirector.core.pose import node_matrices
from cyberdirector.core.scene import Set
from cyberdirector.core.time import Rate
from cyberdirector.stages.production import peak_memory_mb
from cyberdirector.stages.shot_task import FigureTask, ShotResult, ShotTask

if TYPE_CHECKING:
    from cyberdirector.render import FigureState
    from cyberdirector.render.renderer import Renderer

Quality = Literal["draft", "final"]


@functools.lru_cache(maxsize=12)
def _character(path: str, digest: str) -> Character:
    from cyberdirector.formats import read_vrm

    return read_vrm(Path(path))


@functools.lru_cache(maxsize=2)
def _place(path: str, digest: str) -> Set:
    from cyberdirector.formats import read_set

    return read_set(Path(path))


@functools.lru_cache(maxsize=8)
def _take(path: str, digest: str) -> Clip:
    from cyberdirector.formats import read_vrma

    return read_vrma(Path(path))


class _Desk:
    """The renderer of this process: it stays open from shot to shot."""

    renderer: Renderer | None = None
    form: tuple[tuple[int, int], str] | None = None


def _renderer(task: ShotTask) -> Renderer:
    """Return the renderer with the scene of a shot loaded."""
    from cyberdirector.render import RenderScene
    from cyberdirector.render.renderer import Renderer

    characters = {f.role: _character(f.vrm, f.vrm_hash) for f in task.figures}
    scene = RenderScene(_place(task.place, task.place_hash), characters)
    form = (task.size, task.quality)
    if _Desk.renderer is not None and _Desk.form == form:
        _Desk.renderer.load(scene)
        return _Desk.renderer
    if _Desk.renderer is not None:
        _Desk.renderer.close()
    quality: Quality = "draft" if task.quality == "draft" else "final"
    _Desk.renderer = Renderer(scene, task.size, quality)
    _Desk.form = form
    return _Desk.renderer


def _figure_states(task: ShotTask, figure: FigureTask) -> list[FigureState]:
    """Return one state per frame, springs settled on the first pose of the shot."""
    from cyberdirector.character import simulate_springs
    from cyberdirector.render import pose_figures

    character = _character(figure.vrm, figure.vrm_hash)
    clip = _take(figure.take, figure.take_hash).slice(figure.first, figure.first + task.frames)
    bones = node_matrices(character, clip.root, clip.rotations)
    springs = simulate_springs(character, bones, Rate(*task.rate))
    return pose_figures(character, clip.root, clip.rotations, clip.weights, springs)


def _fade(task: ShotTask, frame: int) -> float:
    """Return the brightness 0..1 of a local frame."""
    level = 1.0
    if task.fade_in and frame < task.fade_in:
        level = (frame + 1) / (task.fade_in + 1)
    left = task.frames - 1 - frame
    if task.fade_out and left < task.fade_out:
        level = min(level, left / task.fade_out)
    return level


def draw_frames(task: ShotTask, renderer: Renderer) -> Iterator[NDArray[np.uint8]]:
    """Yield the finished pictures of a shot, (height, width, 3) uint8 sRGB."""
    from cyberdirector.deliver import Lettering
    from cyberdirector.render import FrameState

    rate = Rate(*task.rate)
    # Of those who are never seen in this shot nothing may count (see task_key).
    seen = [f for f in task.figures if f.visible[0] < task.frames and f.visible[1] > 0]
    states = {figure.role: _figure_states(task, figure) for figure in seen}
    lettering = Lettering(task.size)
    for frame in range(task.frames):
        figures = {
            figure.role: states[figure.role][frame]
            for figure in seen
            if figure.visible[0] <= frame < figure.visible[1]
        }
        state = FrameState(
            task.camera(frame), task.light, figures, rate.seconds(frame), task.seed
        )
        picture = renderer.draw_rgb(state)
        level = _fade(task, frame)
        if level < 1.0:
            picture = (picture * level + 0.5).astype(np.uint8)
        yield lettering.write(picture, task.texts, frame, rate)


def render_shot(task: ShotTask) -> ShotResult:
    """Draw and encode one shot; the file appears only when it is whole."""
    from cyberdirector.deliver import SegmentWriter

    start = time.monotonic()
    digest = hashlib.blake2b(digest_size=16)
    renderer = _renderer(task)
    quality: Quality = "draft" if task.quality == "draft" else "final"
    with SegmentWriter(Path(task.output), task.size, Rate(*task.rate), quality) as writer:
        for picture in draw_frames(task, renderer):
            digest.update(picture.tobytes())
            writer.write(picture)
    return ShotResult(
        task.id,
        task.frames,
        round(time.monotonic() - start, 3),
        digest.hexdigest(),
        renderer.device.renderer,
        peak_memory_mb(),
    )
