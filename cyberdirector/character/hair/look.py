"""The painted hair texture and the hair and ornament materials."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._paint import linear3, luma, mix, srgb, texture
from cyberdirector.character.hair.spec import HairSpec
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.model import Material, Texture

Floats = NDArray[np.float64]

TONES, VARIANTS = 5, 3
COLUMN, HEIGHT = 64, 384
"""Pixels across one column and along the hair (root on top, longest tip below)."""

DARK_GAIN = 0.8
"""How much stronger strands are drawn on black hair."""

SHADES = (0.80, 1.0, 1.10, 1.0, 1.0)
"""Brightness of the columns: dark, plain, light, inner colour, streak colour."""


DARK_SHADES = (0.0, 0.10, 0.42, 0.0, 0.0)
"""What the columns of black hair are brighter by: its locks would not be told apart."""


def _darkness(base: Floats) -> float:
    """Return 1 for black, falling to 0 for brown hair."""
    return float(np.clip(1.0 - luma(base) / 0.22, 0.0, 1.0))


def column(tone: int, lock: int) -> tuple[float, float]:
    """Return the range of u (0..1) across which a lock of this tone is painted."""
    first = (tone * VARIANTS + lock % VARIANTS) * COLUMN
    whole = TONES * VARIANTS * COLUMN
    return (first + 2) / whole, (first + COLUMN - 2) / whole


def hair_name(spec: HairSpec) -> str:
    """Return the name that all hair of these colours shares."""
    return f"hair-{content_hash(spec.colour, spec.tip, spec.inner, spec.streak, size=4)}"


def _strands(rng: np.random.Generator) -> Floats:
    """Return the brightness (HEIGHT, COLUMN) of painted strands across one lock.

    Soft bundles, then the thin lines by which hair is drawn, most of them dark; they bend
    together towards the tip.
    """
    x = np.linspace(-1, 1, COLUMN)
    v = np.linspace(0, 1, HEIGHT)[:, None]
    bow = rng.uniform(-0.10, 0.10) * np.sin(np.pi * v)
    out = np.ones((HEIGHT, COLUMN))
    places = np.linspace(-0.72, 0.72, 7) + rng.uniform(-0.09, 0.09, 7)
    soft = [(rng.uniform(-0.8, 0.8), rng.uniform(0.10, 0.20), rng.uniform(-0.10, 0.09))
            for _ in range(5)]  # fmt: skip
    fine = [(at, rng.uniform(0.018, 0.034), rng.choice([-0.34, -0.26, -0.20, 0.12]))
            for at in places]  # fmt: skip
    for at, width, deep in (*soft, *fine):
        begin = rng.choice([-0.2, rng.uniform(0.0, 0.55)])
        end = begin + rng.uniform(0.35, 1.2)
        fade = np.clip((v - begin) / 0.16, 0, 1) * np.clip((end - v) / 0.16, 0, 1)
        line = x - at * (1.0 - 0.25 * v) - bow
        out += deep * fade * np.exp(-((line / (width * (0.4 + 0.6 * fade))) ** 2))
    # Locks turn away towards their edges; a line there parts them from their neighbours.
    return out * (1.0 - 0.10 * x**2 - 0.34 * np.clip((np.abs(x) - 0.80) / 0.20, 0, 1) ** 2)


def hair_texture(spec: HairSpec) -> Texture:
    """Paint the gradient from root to tip and fine strands, one column per tone."""
    image = _painted(spec.colour, spec.tip, spec.inner, spec.streak)
    return texture(hair_name(spec), image)


@lru_cache(maxsize=4)
def _painted(colour: str, tip_colour: str, inner_colour: str, streak_colour: str) -> Floats:
    """Return the picture (HEIGHT, width, 3), sRGB 0..1; all hair of a character has one."""
    base = srgb(colour)
    tip = srgb(tip_colour) if tip_colour else mix(base, np.ones(3), 0.10)
    inner = srgb(inner_colour) if inner_colour else base * 0.86
    streak = srgb(streak_colour) if streak_colour else mix(base, tip, 0.5)
    rng = np.random.default_rng(7)
    v = (np.arange(HEIGHT) + 0.5) / HEIGHT
    # Strands of black hair would be lost: they are drawn stronger.
    dark = _darkness(base)
    gain = 1.0 + DARK_GAIN * dark
    tones = np.array(SHADES) + dark * np.array(DARK_SHADES)
    # On pale hair dark locks would look like dirt.
    tones[0] += 0.10 * float(np.clip((luma(base) - 0.3) / 0.3, 0.0, 1.0))
    columns = []
    for tone in range(TONES):
        root = (base, base, base, inner, streak)[tone]
        end = tip if tone < 3 else mix(root, tip, 0.25)
        way = mix(root, end, np.clip((v - 0.12) / 0.88, 0, 1) ** 1.2)
        way = way * (0.84 + 0.16 * np.clip(v / 0.16, 0, 1))[:, None] * tones[tone]
        drawn = [1.0 + gain * (_strands(rng) - 1.0) for _ in range(VARIANTS)]
        columns += [way[:, None] * np.maximum(strands, 0.2)[..., None] for strands in drawn]
    return np.concatenate(columns, axis=1)


def hair_material(spec: HairSpec) -> Material:
    """Return the material of the locks (texture 0 of their piece)."""
    base = srgb(spec.colour)
    shade = mix(np.array([0.60, 0.53, 0.66]), np.array([0.76, 0.735, 0.80]), luma(base))
    shade = mix(shade, np.array([0.80, 0.78, 0.92]), 0.7 * _darkness(base))
    return Material(
        name=hair_name(spec),
        base_texture=0,
        shade_color=linear3(shade),
        shade_texture=0,
        shading_toony=0.88,
        shading_shift=0.0,
        rim_color=linear3(base * 0.25 + 0.05),
        outline_mode="worldCoordinates",
        outline_width=0.0012,
        outline_color=linear3(base * 0.32),
        double_sided=False,
        role="hair",
    )


def metal_material(name: str, colour: str) -> Material:
    """Return a plain shiny material for pins, crowns and stones."""
    base = srgb(colour)
    return Material(
        name=f"{name}-{colour.lstrip('#')}",
        base_color=(*linear3(base), 1.0),
        shade_color=linear3(base * np.array([0.62, 0.52, 0.50])),
        shading_toony=0.92,
        rim_color=linear3(mix(base, np.ones(3), 0.5)),
        rim_fresnel_power=3.0,
        outline_mode="worldCoordinates",
        outline_width=0.0008,
        outline_color=linear3(base * 0.3),
        role="metal",
    )


def ribbon_material(name: str, colour: str) -> Material:
    """Return the material of ribbons and bows."""
    base = srgb(colour)
    return Material(
        name=f"{name}-{colour.lstrip('#')}",
        base_color=(*linear3(base), 1.0),
        shade_color=linear3(base * np.array([0.74, 0.64, 0.70])),
        shading_toony=0.9,
        outline_mode="worldCoordinates",
        outline_width=0.0009,
        outline_color=linear3(base * 0.35),
        role="cloth",
    )
