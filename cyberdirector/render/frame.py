"""What the passes of one frame know."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.camera import View
from cyberdirector.render.figure import Figure
from cyberdirector.render.graph import Pictures
from cyberdirector.render.lights import Lighting
from cyberdirector.render.locked import Changes, EmptyPicture
from cyberdirector.render.scene import FrameState
from cyberdirector.render.style import CEL, Style
from cyberdirector.render.tiles import Rect


@dataclass
class Frame(Pictures):
    """One frame on its way through the graph.

    Attributes
    ----------
    state, view, lighting
        What is asked for.
    shown
        Figures that can be seen or throw a shadow into the picture, nearest first.
    on_screen
        Those of them that can be seen.
    key_matrix, key_texel, key_share
        World → shadow map of the figures (0..1), the size of a texel (metres), and the share
        of the side of the map that is in use.
    locked
        Whether camera and light stand still, so that the set comes from its plate.
    empty, changes
        The finished picture without figures, and what they change of it; None where all of
        the picture is drawn.
    left
        The rectangles that were finished in this frame; None for all of the picture.
    keeps
        Whether this frame becomes such an empty picture.
    style
        How figures are painted and the picture is finished.
    """

    state: FrameState
    view: View
    lighting: Lighting
    shown: list[Figure] = field(default_factory=list)
    on_screen: list[Figure] = field(default_factory=list)
    key_matrix: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))
    key_texel: float = 0.0
    key_share: float = 1.0
    locked: bool = False
    empty: EmptyPicture | None = None
    changes: Changes | None = None
    left: list[Rect] | None = None
    keeps: bool = False
    style: Style = CEL
