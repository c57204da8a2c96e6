"""Draws one shot in a worker process and writes it as a closed piece of video."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.time import Rate
from cyberdirector.stages.production import peak_memory_mb
from cyberdirector.stages.shot_player import ShotPlayer, shot_scene
from cyberdirector.stages.shot_task import ShotResult, ShotTask

if TYPE_CHECKING:
    from cyberdirector.render.renderer import Renderer

Quality = Literal["draft", "final"]


class _Desk:
    """The renderer of this process: it stays open from shot to shot."""

    renderer: Renderer | None = None
    form: tuple[tuple[int, int], str, str] | None = None


def _renderer(task: ShotTask) -> Renderer:
    """Return the renderer with the scene of a shot loaded."""
    from cyberdirector.render.renderer import Renderer

    scene = shot_scene(task)
    form = (task.size, task.quality, task.style)
    if _Desk.renderer is not None and _Desk.form == form:
        _Desk.renderer.load(scene)
        return _Desk.renderer
    if _Desk.renderer is not None:
        _Desk.renderer.close()
    quality: Quality = "draft" if task.quality == "draft" else "final"
    _Desk.renderer = Renderer(scene, task.size, quality, style=task.style)
    _Desk.form = form
    return _Desk.renderer


def draw_frames(
    task: ShotTask, renderer: Renderer, notes: set[tuple[str, str]]
) -> Iterator[NDArray[np.uint8]]:
    """Yield the finished pictures of a shot, (height, width, 3) uint8 sRGB.

    ``notes`` collects (code, role or light) of what is drawn otherwise than asked.
    """
    from cyberdirector.render.remarks import Watch

    player = ShotPlayer(task)
    watch = Watch(shot_scene(task).characters)
    notes.update((remark.code, remark.where) for remark in renderer.remarks)
    for frame in range(task.frames):
        state, remarks = watch.settle(player.state(frame))
        notes.update((remark.code, remark.where) for remark in remarks)
        yield player.finish(renderer.draw_rgb(state), frame)


def render_shot(task: ShotTask) -> ShotResult:
    """Draw and encode one shot; the file appears only when it is whole."""
    from cyberdirector.deliver import SegmentWriter

    start = time.monotonic()
    digest = hashlib.blake2b(digest_size=16)
    renderer = _renderer(task)
    notes: set[tuple[str, str]] = set()
    quality: Quality = "draft" if task.quality == "draft" else "final"
    with SegmentWriter(Path(task.output), task.size, Rate(*task.rate), quality) as writer:
        for picture in draw_frames(task, renderer, notes):
            digest.update(picture.tobytes())
            writer.write(picture)
    return ShotResult(
        task.id,
        task.frames,
        round(time.monotonic() - start, 3),
        digest.hexdigest(),
        renderer.device.renderer,
        peak_memory_mb(),
        tuple(f"{code}: {where}" for code, where in sorted(notes)),
    )
