"""Small painted textures and colours of hair, cloth and metal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Color3, Texture

Floats = NDArray[np.float64]


def srgb(colour: str) -> Floats:
    """Return (3,) sRGB 0..1 of ``#rrggbb``.

    Raises
    ------
    InputRefused
        The text is not a colour.
    """
    digits = colour.lstrip("#")
    try:
        value = int(digits, 16)
    except ValueError:
        value = -1
    if len(digits) != 6 or value < 0:
        raise InputRefused(
            "colour-unreadable",
            f"颜色“{colour}”无法识别；请写成 #rrggbb，例如 #3a5f8a。",
            f"The colour “{colour}” cannot be read; write it as #rrggbb, such as #3a5f8a.",
        )
    return np.array([value >> 16, (value >> 8) & 255, value & 255]) / 255.0


def to_linear(colour: Floats) -> Floats:
    """Return linear values of sRGB 0..1 (IEC 61966-2-1)."""
    c = np.clip(colour, 0.0, 1.0)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def linear3(colour: Floats) -> Color3:
    """Return an sRGB colour as a linear RGB tuple."""
    r, g, b = (float(x) for x in to_linear(colour))
    return r, g, b


def texture(name: str, image: Floats) -> Texture:
    """Return a texture of (h, w, 3 or 4) sRGB values 0..1."""
    h, w, c = image.shape
    if c == 3:
        image = np.concatenate([image, np.ones((h, w, 1))], axis=2)
    return Texture(name, np.round(np.clip(image, 0, 1) * 255).astype(np.uint8))


def mix(a: Floats, b: Floats, t: Floats | float) -> Floats:
    """Blend two colours; ``t`` may be an array, then the result has shape (..., 3)."""
    share = np.asarray(t)[..., None]
    return a * (1 - share) + b * share


def luma(colour: Floats) -> float:
    """Return the brightness of an sRGB colour, 0..1 (Rec. 709 weights)."""
    return float(colour @ np.array([0.2126, 0.7152, 0.0722]))
