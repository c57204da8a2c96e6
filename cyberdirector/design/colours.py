"""Colours by name, shades of them, and colours that go together (sRGB)."""

from __future__ import annotations

import colorsys
import math
import re

import numpy as np

from cyberdirector.core.errors import InputRefused
from cyberdirector.design.lexicon import load_lexicon

_HEX = re.compile(r"#[0-9a-fA-F]{6}")

PALETTES: dict[str, tuple[tuple[str, ...], ...]] = {
    "ancient female": (
        ("#bcdcf0", "#e58a96"),
        ("#f7c9ac", "#6aa56a"),
        ("#d6ecf0", "#c89bb0"),
        ("#e4c6d0", "#8a6aa0"),
        ("#cfe0c4", "#d9927a"),
        ("#f7e8b8", "#b0646a"),
        ("#b8323e", "#e0ac48"),
        ("#7f9bb8", "#d9b25a"),
        ("#c8aed6", "#6b4a8a"),
        ("#e9e3d4", "#7aa39a"),
        ("#5f9ea0", "#e3d6b0"),
        ("#f0a8a0", "#8f4a5a"),
    ),
    "ancient male": (
        ("#2f3a55", "#7c2230"),
        ("#dfe9e2", "#4f7a6c"),
        ("#4a2026", "#1e1c20"),
        ("#8a6a48", "#3f342c"),
        ("#e9e6de", "#56708a"),
        ("#3c5f5a", "#c9b27a"),
        ("#26242c", "#8e1420"),
        ("#6d7f98", "#2b3346"),
        ("#5b4a72", "#c8a860"),
        ("#a9b8b0", "#5a4a3c"),
        ("#7a2a30", "#d0a850"),
        ("#45515f", "#b8b0a0"),
    ),
    "modern female": (
        ("#f5efe0", "#6a5a5c"),
        ("#39415c", "#e9c9c4"),
        ("#d98ca0", "#4a3a4a"),
        ("#a9b89a", "#5a4a3c"),
        ("#e6c05a", "#44608a"),
        ("#6e1f33", "#2a2630"),
        ("#9fbfd8", "#f0f0f0"),
        ("#c8aed6", "#5a4f72"),
        ("#2a2a30", "#b03048"),
        ("#e8ddd0", "#a8623f"),
        ("#4f7a6c", "#efe6d4"),
        ("#f0a890", "#3f5a78"),
    ),
    "modern male": (
        ("#2a3350", "#7d2334"),
        ("#e0a83f", "#44608a"),
        ("#8f9298", "#2a2a30"),
        ("#4f6a58", "#c9b58a"),
        ("#7a3038", "#2a2c36"),
        ("#f0efea", "#3f5a78"),
        ("#3c3f46", "#8a96a8"),
        ("#5a7fa8", "#e8e4da"),
        ("#b98d5f", "#33303a"),
        ("#6f7240", "#2e2c30"),
        ("#a8b4c4", "#26365c"),
        ("#26242a", "#d0a040"),
    ),
}
"""Main colour and accent of outfits that nobody described."""


def colour_hex(name: str) -> str:
    """Return ``#rrggbb`` of a colour of the lexicon, or a colour as it is.

    ``dark_``, ``light_`` and ``bright_`` may stand before a name.

    Raises
    ------
    InputRefused
        ``colour-unknown``: neither a name of the lexicon nor ``#rrggbb``.
    """
    if _HEX.fullmatch(name):
        return name.lower()
    tones = load_lexicon().colours
    shade, _, rest = name.partition("_")
    if name in tones:
        return tones[name]
    if shade in ("dark", "light", "bright") and rest in tones:
        return shaded(tones[rest], shade)
    raise InputRefused(
        "colour-unknown",
        f"没有名为“{name}”的颜色；请用 #rrggbb 或颜色表里的名字。",
        f"There is no colour “{name}”; use #rrggbb or a name of the lexicon.",
    )


def shaded(colour: str, shade: str) -> str:
    """Return a ``dark``, ``light`` or ``bright`` shade of a colour."""
    h, l, s = _hls(colour)  # noqa: E741
    if shade == "dark":
        return _hex(h, l * 0.58, min(s * 1.05, 1.0))
    if shade == "light":
        return _hex(h, l + (1.0 - l) * 0.58, s * 0.85)
    return _hex(h, min(l * 1.06, 1.0), min(s * 1.3, 1.0))


def lighter(colour: str, amount: float) -> str:
    """Return the colour moved towards white (or black for negative amounts), -1..1."""
    h, l, s = _hls(colour)  # noqa: E741
    goal = 1.0 if amount > 0 else 0.0
    return _hex(h, l + (goal - l) * abs(amount), s * (1.0 - 0.3 * abs(amount)))


def varied(colour: str, rng: np.random.Generator, amount: float = 1.0) -> str:
    """Return a neighbour of the colour: hue ± 3 %, lightness ± 4 %."""
    h, l, s = _hls(colour)  # noqa: E741
    dh, dl, ds = (amount * rng.uniform(-1.0, 1.0, 3)).tolist()
    return _hex((h + 0.012 * dh) % 1.0, l + 0.035 * dl, s * (1.0 + 0.12 * ds))


def lightness(colour: str) -> float:
    """Return the lightness 0..1 of a colour."""
    return _hls(colour)[1]


def colour_distance(a: str, b: str) -> float:
    """Return how unlike two colours are at first sight: 0 alike, 1 as black and white.

    A distance in the double cone of hue, chroma and lightness (HLS), chroma at full weight.
    """
    (ax, ay, az), (bx, by, bz) = (_cone(c) for c in (a, b))
    return math.hypot(ax - bx, ay - by, az - bz)


def _cone(colour: str) -> tuple[float, float, float]:
    h, l, s = _hls(colour)  # noqa: E741
    chroma = s * (1.0 - abs(2.0 * l - 1.0))
    return chroma * math.cos(math.tau * h), chroma * math.sin(math.tau * h), l


def _hls(colour: str) -> tuple[float, float, float]:
    r, g, b = (int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))
    return colorsys.rgb_to_hls(r, g, b)


def _hex(h: float, l: float, s: float) -> str:  # noqa: E741
    rgb = colorsys.hls_to_rgb(h, min(max(l, 0.0), 1.0), min(max(s, 0.0), 1.0))
    return "#" + "".join(f"{round(255 * c):02x}" for c in rgb)
