"""The shared paint box of small props: upright gradients, light above, deep below."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.solids import Rect
from cyberdirector.backlot.kit.surfaces import swatch_rect, swatches

SWATCHES: dict[str, tuple[str, str, str]] = {
    "celadon": ("#d3e4d0", "#9dbfa9", "#55786b"),
    "white": ("#fbf6ea", "#e6dccb", "#a39a92"),
    "clay": ("#b9714a", "#8d4a30", "#4d261d"),
    "ink": ("#4a4d58", "#2b2c36", "#15151c"),
    "brass": ("#ffe3a0", "#c08a3c", "#5f3a1c"),
    "red": ("#d8523c", "#a52a22", "#561416"),
    "blue": ("#7fa3cf", "#48669c", "#23325a"),
    "green": ("#a5bf78", "#64874c", "#2f4a32"),
    "straw": ("#e8cd92", "#bf9656", "#74522d"),
    "grey": ("#d8dbe2", "#a2a8b4", "#5c6270"),
    "cream": ("#fff2d2", "#ead3a2", "#b48d5c"),
    "plum": ("#a06a86", "#6d3f5e", "#361f38"),
    "teal": ("#7fc4c0", "#3f8a8c", "#1d4a54"),
    "orange": ("#ffb066", "#e07a34", "#8a3f1c"),
    "steel": ("#eef2f7", "#bcc6d2", "#7a8696"),
    "slate": ("#7d8796", "#545d6c", "#2d333f"),
}
"""Name → top, middle and bottom colour (sRGB)."""

_NAMES = tuple(SWATCHES)


@cache
def swatch_pixels() -> NDArray[np.uint8]:
    """Return the texture of all swatches, (256, 256, 4) uint8 sRGB."""
    return swatches(tuple(SWATCHES.values()))


def swatch(name: str, top: float = 0.02, bottom: float = 0.98) -> Rect:
    """Return the texture rectangle of a swatch, or of a part of its height."""
    return swatch_rect(_NAMES.index(name), len(_NAMES), top, bottom)
