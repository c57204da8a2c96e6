"""From what was seen to a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.perceive.choose import Choice, Outfit, best_class
from cyberdirector.perceive.colour import hex_of, lab_from_rgb, rgb_from_lab, rgb_of
from cyberdirector.perceive.dress import garment_colours
from cyberdirector.perceive.palette import Palette

Classes = Mapping[str, Mapping[str, float]]

_AGES = {"young": 21, "adult": 36, "old": 67}
_HEIGHTS = {"female": 1.64, "male": 1.76}

SKIN_RANGE = (28.0, 95.0)
"""Lightness that skin may have: blue or green skin is kept, black holes are not."""


@dataclass(frozen=True)
class Draft:
    """A recipe before lengths and face are fitted, and how sure each slot is."""

    recipe: Recipe
    confidence: dict[str, float]
    guessed: list[str]


def darker(text: str, by: float) -> str:
    """Return a colour with its lightness lowered by ``by`` (CIELAB)."""
    lab = lab_from_rgb(rgb_of(text))
    lab[0] = max(lab[0] - by, 6.0)
    return hex_of(rgb_from_lab(lab))


def _coloured(text: str) -> bool:
    """Tell whether a colour has a hue: skin in a grey photograph has none to follow."""
    return float(np.hypot(*lab_from_rgb(rgb_of(text))[1:])) > 4.0


def _skin(text: str) -> str:
    lab = lab_from_rgb(rgb_of(text))
    lab[0] = np.clip(lab[0], *SKIN_RANGE)
    return hex_of(rgb_from_lab(lab))


def compose(
    classes: Classes, outfit: Outfit, palette: Palette, name: str, digest: str, style: float,
    read: Mapping[str, Mapping[str, str]],
) -> Draft:  # fmt: skip
    """Return a recipe of classes, catalogue names and colours.

    Parameters
    ----------
    name
        Shown name (the stem of the picture's file).
    digest
        SHA-256 of the picture; the id of the recipe comes from it.
    style
        Stylisation 0..1.25.
    read
        Garment → role → colour where that was read by itself.
    """
    sure: dict[str, float] = {}
    guessed: list[str] = []

    def pick(attribute: str, default: str) -> str:
        found = best_class(classes, attribute, default)
        sure[attribute] = found.sure
        if found.sure < 0.5:
            guessed.append(attribute)
        return found.name

    age = pick("age", "young")
    sex, era = outfit.sex.name, outfit.era.name
    sure |= {
        "sex": outfit.sex.sure, "era": outfit.era.sure, "hair.style": outfit.hair.sure,
        "wardrobe": min((g.sure for g in outfit.garments), default=0.0),
    }  # fmt: skip
    guessed += [n for n in ("sex", "era") if sure[n] < 0.7]
    for slot in ("hair", "skin", "iris", "top", "bottom", "shoes"):
        sure[f"colour.{slot}"] = 0.85 if slot in palette.colours else 0.0
        if slot not in palette.colours:
            guessed.append(f"colour.{slot}")
    beard = best_class(classes, "beard", "")
    if beard.sure < 0.55:
        beard = Choice("", beard.sure)
    data: dict[str, Any] = {
        "schema": "cyberdirector.character", "version": 1, "id": f"picture_{digest[:10]}",
        "name": {"zh": name, "en": name}, "sex": sex, "age": _AGES[age], "era": era,
        "height": _HEIGHTS[sex], "stylisation": style,
        "paint": _paint(palette), "face": _face(palette, age),
        "hair": _hair(palette, outfit.hair, beard.name if sex == "male" else ""),
        "wardrobe": [
            _garment(g, palette, outfit.dials.get(g.name, {}), read.get(g.name, {}))
            for g in outfit.garments
        ],
    }  # fmt: skip
    guessed.append("height")
    return Draft(Recipe.model_validate(data), sure, guessed)


def _paint(palette: Palette) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if "skin" in palette.colours and _coloured(palette.colours["skin"]):
        out["skin"] = _skin(palette.colours["skin"])
        light = lab_from_rgb(rgb_of(out["skin"]))[0]
        if light < 70.0:
            out["line"] = darker(out["skin"], 38.0)
            out["blush"] = darker(out["skin"], 10.0)
    if "lip" in palette.colours and _coloured(palette.colours["lip"]):
        out["lip"] = palette.colours["lip"]
    return out


def _face(palette: Palette, age: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if "iris" in palette.colours:
        out["iris"] = palette.colours["iris"]
    if "hair" in palette.colours:
        tone = lab_from_rgb(rgb_of(palette.colours["hair"]))[0]
        out["brow"] = darker(palette.colours["hair"], 16.0 if tone > 30.0 else 4.0)
        out["lash"] = darker(palette.colours["hair"], 60.0) if age != "old" else "#3a2c28"
    if "skin" in palette.colours:
        lab = lab_from_rgb(rgb_of(palette.colours["skin"]))
        if lab[0] < 70.0:
            # Shade of dark skin turns less red than that of pale skin.
            out["shade"] = "#d9a48c"
    return out


def _hair(palette: Palette, style: Choice, beard: str) -> dict[str, Any]:
    out: dict[str, Any] = {"style": style.name, "beard": beard}
    if "hair" in palette.colours:
        out["colour"] = palette.colours["hair"]
    if "tip" in palette.colours:
        out["tip"] = palette.colours["tip"]
    return out


def _garment(
    choice: Choice, palette: Palette, dials: Mapping[str, float], read: Mapping[str, str]
) -> dict[str, Any]:
    kind = CATALOGUE[choice.name]
    seen = (
        replace(palette, colours={**palette.colours, "top": read["main"]}, tones={})
        if ("main" in read)
        else palette
    )
    known = {role: text for role, text in read.items() if role in kind.colours}
    return {
        "kind": choice.name,
        "params": dict(dials),
        "colours": garment_colours(kind, seen) | known,
    }
