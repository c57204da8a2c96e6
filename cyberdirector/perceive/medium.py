"""Photograph or drawing: skin that light models smoothly, or skin in a few flat tones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import lab_from_rgb
from cyberdirector.perceive.photo import SeenFace

_TONE, _OPEN, _LIMIT = 0.17, 0.10, 2.3
"""Units of the two signs and the limit of their sum.

Measured: faces of photographs have 0.06 … 0.33 of one tone and eyes open by 0.05 … 0.18 of
the distance between them (sum 0.4 … 2.3); our renders in four styles 0.19 … 0.86 and
0.13 … 0.33 (sum 2.4 and more)."""


def tone_share(pixels: NDArray[np.uint8], face: SeenFace) -> float:
    """Return the share of a face (h, w, 3 uint8) within 1.5 L* of its commonest lightness."""
    from PIL import Image, ImageDraw

    height, width = pixels.shape[:2]
    image = Image.new("1", (width, height))
    ImageDraw.Draw(image).polygon([(float(x), float(y)) for x, y in face.oval], fill=1)
    inside = np.asarray(image)
    if not inside.any():
        return 1.0
    level = lab_from_rgb(pixels[inside])[:, 0]
    counts, _ = np.histogram(level, np.arange(0.0, 101.0))
    near = np.convolve(counts, [1, 1, 1], "same")
    return float(near.max() / len(level))


def open_eyes(face: SeenFace) -> float:
    """Return the height of the eye openings over the distance between the eyes."""
    at = face.points[:, :2]
    apart = float(np.hypot(*(at[468] - at[473])))
    return 0.5 * float(np.hypot(*(at[159] - at[145])) + np.hypot(*(at[386] - at[374]))) / apart


def is_photo(pixels: NDArray[np.uint8], face: SeenFace) -> bool:
    """Tell whether a face belongs to a photograph."""
    tone, wide = tone_share(pixels, face), open_eyes(face)
    return tone / _TONE + (wide - 0.12) / _OPEN < _LIMIT
