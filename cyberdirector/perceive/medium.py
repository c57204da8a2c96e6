"""Photograph or drawing: skin that light models smoothly, or skin in a few flat tones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import lab_from_rgb
from cyberdirector.perceive.photo import SeenFace

_TONE, _OPEN, _FLAT, _LIMIT = 0.17, 0.10, 0.15, 3.65
"""Units of the three signs and the limit of their sum.

Measured: faces of photographs have 0.06 … 0.33 of one tone, eyes open by 0.05 … 0.18 of the
distance between them and 0.1 … 0.57 of flat patches (sum -2.2 … 3.4); our renders in four
styles 0.22 … 0.86, 0.12 … 0.33 and 0.55 … 0.86 (sum 3.9 and more for faces of 50 pixels)."""


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


def flat_share(pixels: NDArray[np.uint8], face: SeenFace) -> float:
    """Return the share of 3×3 patches around a face without any grain.

    Sensors, skin and cloth leave at least a level of variation that no slope explains.
    """
    from PIL import Image
    from scipy.ndimage import uniform_filter

    left, top, right, bottom = face.box
    air = right - left
    box = [int(max(v, 0)) for v in (left - air, top - air, right + air, bottom + air)]
    image = Image.fromarray(pixels[box[1] : box[3], box[0] : box[2]]).convert("L")
    image.thumbnail((384, 384), Image.Resampling.BILINEAR)
    grey = np.asarray(image, np.float64)
    if min(grey.shape) < 4:
        return 1.0
    mean = uniform_filter(grey, 3)
    spread = np.maximum(uniform_filter(grey * grey, 3) - mean * mean, 0.0)
    slope_y, slope_x = np.gradient(mean)
    grain = np.maximum(spread - (slope_x**2 + slope_y**2) * 2.0 / 3.0, 0.0)
    return float((np.sqrt(grain) < 0.9).mean())


def is_photo(pixels: NDArray[np.uint8], face: SeenFace) -> bool:
    """Tell whether a face belongs to a photograph."""
    tone, wide = tone_share(pixels, face), open_eyes(face)
    flat = flat_share(pixels, face)
    return tone / _TONE + (wide - 0.12) / _OPEN + (flat - 0.4) / _FLAT < _LIMIT
