"""One shot as frame states and finished pictures, any frame of it alone."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.model import Character
from cyberdirector.core.pose import node_matrices
from cyberdirector.core.scene import Set
from cyberdirector.core.time import Rate
from cyberdirector.stages.shot_task import FigureTask, ShotTask
from cyberdirector.stages.shown_motion import figure_clip

if TYPE_CHECKING:
    from cyberdirector.render import FigureState, FrameState, RenderScene


@functools.lru_cache(maxsize=12)
def stored_character(path: str, digest: str) -> Character:
    """Return the character of a file whose bytes have this hash."""
    from cyberdirector.formats import read_vrm

    return read_vrm(Path(path))


@functools.lru_cache(maxsize=2)
def stored_set(path: str, digest: str) -> Set:
    """Return the set of a file whose bytes have this hash."""
    from cyberdirector.formats import read_set

    return read_set(Path(path))


@functools.lru_cache(maxsize=8)
def stored_take(path: str, digest: str) -> Clip:
    """Return the motion of a file whose bytes have this hash."""
    from cyberdirector.formats import read_vrma

    return read_vrma(Path(path))


def _figure_states(task: ShotTask, figure: FigureTask) -> list[FigureState]:
    """Return one state per frame, springs settled on the first pose of the shot."""
    from cyberdirector.character import simulate_springs
    from cyberdirector.render import pose_figures

    character = stored_character(figure.vrm, figure.vrm_hash)
    take = stored_take(figure.take, figure.take_hash)
    clip = figure_clip(figure, take, task.frames)
    bones = node_matrices(character, clip.root, clip.rotations)
    springs = simulate_springs(character, bones, Rate(*task.rate))
    return pose_figures(character, clip.root, clip.rotations, clip.weights, springs, clip.signs)


class ShotPlayer:
    """What is seen in each frame of a shot.

    Parameters
    ----------
    task
        The shot. Of those who are never seen in it nothing counts.
    words
        Whether subtitles and captions are written into the picture.
    """

    def __init__(self, task: ShotTask, words: bool = True) -> None:
        self.task = task
        self._rate = Rate(*task.rate)
        self._seen = [
            f for f in task.figures if f.visible[0] < task.frames and f.visible[1] > 0
        ]
        self._states = {figure.role: _figure_states(task, figure) for figure in self._seen}
        self._words = words
        self._lettering: object = None

    def scene(self) -> RenderScene:
        """Return set and characters of the shot."""
        return shot_scene(self.task)

    def state(self, frame: int) -> FrameState:
        """Return what the renderer is told for a local frame.

        On twos and threes all but the camera stands still between the steps.
        """
        from cyberdirector.render import FrameState

        task = self.task
        held = frame // task.step * task.step
        figures = {
            figure.role: self._states[figure.role][held]
            for figure in self._seen
            if figure.visible[0] <= frame < figure.visible[1]
        }
        seconds = self._rate.seconds(held)
        return FrameState(task.camera(frame), task.light, figures, seconds, task.seed)

    def finish(self, picture: NDArray[np.uint8], frame: int) -> NDArray[np.uint8]:
        """Return a drawn frame (h, w, 3) uint8 sRGB with its fade and its words."""
        level = fade_level(self.task, frame)
        if level < 1.0:
            picture = (picture * level + 0.5).astype(np.uint8)
        if not self._words:
            return picture
        from cyberdirector.deliver import Lettering

        if not isinstance(self._lettering, Lettering):
            self._lettering = Lettering(self.task.size)
        return self._lettering.write(picture, self.task.texts, frame, self._rate)


def shot_scene(task: ShotTask) -> RenderScene:
    """Return set and characters of a shot, read once per process."""
    from cyberdirector.render import RenderScene

    characters = {f.role: stored_character(f.vrm, f.vrm_hash) for f in task.figures}
    return RenderScene(stored_set(task.place, task.place_hash), characters)


def fade_level(task: ShotTask, frame: int) -> float:
    """Return the brightness 0..1 of a local frame."""
    level = 1.0
    if task.fade_in and frame < task.fade_in:
        level = (frame + 1) / (task.fade_in + 1)
    left = task.frames - 1 - frame
    if task.fade_out and left < task.fade_out:
        level = min(level, left / task.fade_out)
    return level
