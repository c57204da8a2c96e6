"""A turntable: the character turns once, alive, as a short film."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.model import Character
from cyberdirector.core.progress import Progress, SilentProgress
from cyberdirector.core.time import Rate
from cyberdirector.deliver.encode import SegmentWriter
from cyberdirector.render.painter import Painter
from cyberdirector.render.scene import FigureState, FrameState, RenderScene
from cyberdirector.review.paper import palette_of
from cyberdirector.review.pose import posed
from cyberdirector.review.poses import RELAXED
from cyberdirector.review.sheet import stance_of
from cyberdirector.review.studio import LIGHT, ROLE, tall, view

RATE = Rate(24)
FRAMES = 120
"""Five seconds for a turn."""
BLINKS = (14, 92)
"""Frames at which the eyes begin to close."""
_LIDS = (0.35, 0.9, 1.0, 0.75, 0.4, 0.12)


def write_turntable(
    character: Character,
    path: Path,
    size: tuple[int, int] = (720, 1080),
    style: str = "cel",
    frames: int = FRAMES,
    progress: Progress | None = None,
) -> Path:
    """Write one turn of a character standing at ease as MP4 and return the path.

    Parameters
    ----------
    size
        (width, height), even.
    frames
        Of the turn, at 24 frames a second; it starts and ends at three-quarter view.
    """
    still = posed(character, RELAXED[stance_of(character)])
    span = tall(character) / 0.92
    paper = palette_of(character).linear_panel
    light = replace(LIGHT, sky=(paper, paper))
    painter = Painter(RenderScene(None, {ROLE: character}), size, "cpu", style=style)
    with painter, SegmentWriter(path, size, RATE) as out:
        with (progress or SilentProgress()).stage("turntable", frames) as bar:
            for frame in range(frames):
                turn = 0.35 + 2.0 * np.pi * _eased(frame / frames)
                camera = view((0.0, span * 0.47, 0.0), span, float(turn), 0.03)
                figure = {ROLE: _blinking(still, frame)}
                state = FrameState(camera, light, figure, frame / 24.0, 0)
                out.write(painter.draw_rgb(state)[0])
                bar.advance()
    return path


def _eased(x: float) -> float:
    """Return the share of the turn done: slower where the face is seen."""
    return float(x - 0.09 * np.sin(2.0 * np.pi * x) / np.pi * 2.0)


def _blinking(state: FigureState, frame: int) -> FigureState:
    weights = state.weights.copy()
    for start in BLINKS:
        if 0 <= frame - start < len(_LIDS):
            weights[[ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]] = _LIDS[
                frame - start
            ]
    return FigureState(state.palette, weights, state.head, state.visible, state.shapes)
