"""Styles: how surfaces are painted, which lines are drawn and how the picture is finished.

A style is data. ``cel`` is what the engine draws when nothing is said; the others change
its numbers. Light, camera and content of a shot are not part of a style.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from cyberdirector.core.errors import InputRefused, Location

Medium = Literal["screen", "ink", "print"]
Highlight = Literal["drawn", "ggx"]


@dataclass(frozen=True)
class Style:
    """Everything that makes the look of a film besides its light.

    Attributes
    ----------
    name, zh, en
        Identifier and what people read.
    softness
        0..1: widens the edge between light and shade on figures.
    ramps
        (kind of surface, ramp): which shading ramp (see ``render/ramps.py``) the kinds
        ``face``, ``skin``, ``cloth`` and ``hair`` take where their material names none.
    highlight
        ``drawn`` (cel rings and steps) or ``ggx`` (microfacet highlights on hair, cloth,
        skin and metal).
    gloss
        Strength of ``ggx`` highlights, about 1.
    outline
        Factor on the width of the lines around figures; 0 draws none.
    outline_vary
        0..1: how much that width swells and thins along a line, as of a brush.
    outline_tone
        How far those lines go from a dark tone of the surface: to black (1) or to its own
        colour (-1).
    inner_lines
        0..1: lines where surfaces bend or end, on the set too.
    occlusion
        0..1: darkening of corners found in the depth buffer (SSAO).
    aperture
        F-number for cameras that name none; 0 keeps everything sharp.
    bloom
        Added to the glow that the light asks for.
    lut, lut_strength
        Table of colours for lights that name none (see ``render/luts.py``), 0..1.
    vignette
        0..1 darkening of the corners.
    grain
        Film grain, standard deviation about this share of full scale.
    medium
        ``screen``; ``ink`` (washes and brush on paper); ``print`` (steps of tone, dots).
    ink
        Strength of brushwork, bleeding of washes (pixels at 720), darkening at their
        borders, how far distant things dissolve in the paper 0..1.
    mist
        Distances behind the subject, in metres, where that begins and ends.
    dots
        Strength of halftone dots, their distance (pixels at 720), steps of tone, strength
        of black lines.
    """

    name: str
    zh: str
    en: str
    softness: float = 0.0
    ramps: tuple[tuple[str, str], ...] = ()
    highlight: Highlight = "drawn"
    gloss: float = 0.0
    outline: float = 1.0
    outline_vary: float = 0.0
    outline_tone: float = 0.0
    inner_lines: float = 0.0
    occlusion: float = 0.0
    aperture: float = 0.0
    bloom: float = 0.0
    lut: str = ""
    lut_strength: float = 1.0
    vignette: float = 0.22
    grain: float = 0.0
    medium: Medium = "screen"
    ink: tuple[float, float, float, float] = (0.9, 5.0, 1.4, 1.0)
    mist: tuple[float, float] = (0.8, 12.0)
    dots: tuple[float, float, float, float] = (0.85, 7.0, 4.0, 1.0)


CEL = Style("cel", "赛璐璐", "Cel")

STYLES: Mapping[str, Style] = MappingProxyType(
    {
        style.name: style
        for style in (
            CEL,
            Style(
                "guoman",
                "三维国漫",
                "Guoman",
                softness=0.75,
                ramps=(("face", "skin"), ("skin", "skin"), ("cloth", "silk"), ("hair", "hair")),
                highlight="ggx",
                gloss=1.0,
                outline=0.85,
                outline_tone=-0.6,
                occlusion=0.85,
                aperture=2.0,
                bloom=0.35,
                lut="cinema",
                lut_strength=0.7,
                vignette=0.34,
            ),
            Style(
                "ink",
                "水墨",
                "Ink",
                softness=0.35,
                outline=1.25,
                outline_vary=0.85,
                outline_tone=0.8,
                inner_lines=0.8,
                occlusion=0.7,
                lut="ink",
                lut_strength=0.35,
                vignette=0.0,
                medium="ink",
            ),
            Style(
                "comic",
                "漫画",
                "Comic",
                outline=1.7,
                outline_tone=0.85,
                inner_lines=1.0,
                lut="print",
                lut_strength=0.8,
                vignette=0.1,
                medium="print",
            ),
        )
    }
)
"""The shipped styles by name."""


def style_named(name: str) -> Style:
    """Return a shipped style.

    Raises
    ------
    InputRefused
        ``style-unknown`` for other names.

    Examples
    --------
    >>> style_named("guoman").highlight
    'ggx'
    """
    if name not in STYLES:
        raise InputRefused(
            "style-unknown",
            f"没有名为“{name}”的画风；可用：{'、'.join(STYLES)}。",
            f"There is no style '{name}'; use one of {', '.join(STYLES)}.",
            Location(path="style"),
        )
    return STYLES[name]


def marks_wanted(style: Style) -> bool:
    """Return whether the last passes must tell skin, clothes and the set apart."""
    return style.medium != "screen" or style.occlusion > 0.0


def figure_defines(style: Style) -> dict[str, float]:
    """Return what the programs of figures are compiled with; nothing for ``cel``."""
    out: dict[str, float] = {}
    if style.softness > 0.0:
        out["SOFTNESS"] = style.softness
    if style.highlight == "ggx":
        out["GLOSS"] = style.gloss
    if marks_wanted(style):
        out["MARKED"] = 1
    return out


def outline_defines(style: Style) -> dict[str, float]:
    """Return what the program of outlines is compiled with; nothing for ``cel``."""
    out: dict[str, float] = {}
    if style.outline != 1.0:
        out["OUTLINE"] = style.outline
    if style.outline_vary > 0.0:
        out["OUTLINE_VARY"] = style.outline_vary
    if style.outline_tone != 0.0:
        out["OUTLINE_TONE"] = style.outline_tone
    if marks_wanted(style):
        out["MARKED"] = 1
    return out


def foreign_defines(style: Style, outline: bool = False) -> dict[str, float]:
    """Return what the programs of foreign (MToon) figures are compiled with."""
    out: dict[str, float] = {}
    if style.softness > 0.0:
        out["SOFTNESS"] = style.softness
    if marks_wanted(style):
        out["MARKED"] = 1
    if outline and style.outline != 1.0:
        out["LINE_GAIN"] = style.outline
    return out
