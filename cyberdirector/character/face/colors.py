"""Colours as people write them (``#rrggbb``) and as the renderer wants them (linear)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Color3


def srgb(text: str) -> NDArray[np.float64]:
    """Return the three sRGB values 0..1 of ``#rrggbb``.

    Raises
    ------
    InputRefused
        The text is not a colour.
    """
    digits = text.removeprefix("#")
    if len(digits) != 6 or any(c not in "0123456789abcdefABCDEF" for c in digits):
        raise InputRefused(
            "character-colour",
            f"“{text}”不是颜色；请写成 #rrggbb，例如 #f6dcc8。",
            f"“{text}” is not a colour; write #rrggbb, for example #f6dcc8.",
        )
    return np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)]) / 255.0


def to_linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return linear light of sRGB values 0..1 (IEC 61966-2-1)."""
    v = np.asarray(values, np.float64)
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def linear(text: str) -> Color3:
    """Return the linear RGB triple of ``#rrggbb``."""
    r, g, b = to_linear(srgb(text))
    return float(r), float(g), float(b)


def mix(a: NDArray[np.float64], b: NDArray[np.float64], t: float) -> NDArray[np.float64]:
    """Return ``a`` moved towards ``b`` by ``t``."""
    return np.asarray(a) * (1.0 - t) + np.asarray(b) * t
