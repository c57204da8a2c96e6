"""Colours of garments: which of a kind's colour roles shows in which part of a picture."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.wardrobe.kinds import GarmentKind
from cyberdirector.perceive.colour import delta_e, hex_of, lab_from_rgb, rgb_from_lab, rgb_of
from cyberdirector.perceive.palette import Palette

_BOTTOM = ("skirt", "trousers", "jeans", "shorts", "pants", "bottom")
_LEGS = ("sock", "stocking", "wrap", "tights")
_SHOES = ("shoe", "boot", "sneaker")
_INNER = ("inner", "shirt", "blouse", "collar")
_WAIST = ("sash", "belt", "obi")
_FRONT = ("tie", "scarf", "bow", "ribbon", "string")
_EDGES = ("trim", "hem", "accent", "stripe", "rib", "edge", "lining")


def _lab(text: str) -> np.ndarray:
    return lab_from_rgb(rgb_of(text))


def _differs(one: str, two: str) -> bool:
    return float(delta_e(_lab(one), _lab(two))) > 9.0


def _shifted(text: str, level: float, chroma: float = 1.0) -> str:
    """Return the colour with its lightness moved and its chroma scaled."""
    lab = _lab(text)
    lab[0] = np.clip(lab[0] + level, 6.0, 97.0)
    lab[1:] *= chroma
    return hex_of(rgb_from_lab(lab))


def _other(palette: Palette, slot: str, than: str) -> str | None:
    """Return the largest tone of a slot that differs from a colour."""
    for text, share in palette.tones.get(slot, []):
        dark = float(_lab(text)[0]) < 18.0  # a little of it is outline
        if share > (0.12 if dark else 0.03) and _differs(text, than):
            return text
    return None


def _main(kind: GarmentKind, palette: Palette) -> str | None:
    """Return the colour of the largest piece of a garment."""
    colours = palette.colours
    slot = {"bottom": "bottom", "shoes": "shoes"}.get(kind.slot)
    if slot:
        return colours.get(slot)
    return colours.get("top") or colours.get("sleeve") or colours.get("bottom")


def garment_colours(kind: GarmentKind, palette: Palette) -> dict[str, str]:
    """Return a colour for each role of a garment whose colour can be told or follows.

    Roles that are not seen take a colour that goes with the main one, so that a shipped
    default never clashes with the picture.
    """
    if kind.slot == "head":
        seen = [text for text, share in palette.tones.get("hat", []) if share > 0.04]
        return dict(zip(kind.colours, seen, strict=False))
    if kind.slot in ("face", "hand", "jewellery", "armour"):
        return {}
    main = _main(kind, palette)
    if main is None:
        return {}
    out: dict[str, str] = {}
    for role in kind.colours:
        found = _role(role, kind, palette, main)
        if found is not None:
            out[role] = found
    return out


def _role(role: str, kind: GarmentKind, palette: Palette, main: str) -> str | None:
    colours = palette.colours
    bottom = colours.get("bottom")
    if role == kind.colours[0] or role == "main":
        return main
    if role.startswith(_BOTTOM):
        return bottom or main
    if role.startswith(_LEGS):
        return colours.get("legwear") or colours.get("skin") or _shifted(main, 20.0, 0.3)
    if role.startswith(_SHOES):
        return colours.get("shoes") or _shifted(main, -30.0, 0.5)
    if role.startswith("sole"):
        return _other(palette, "shoes", colours.get("shoes", main)) or "#e8e4de"
    if role.startswith("sleeve"):
        return colours.get("sleeve") or main
    if role.startswith(_WAIST):
        return _other(palette, "sash", main) or _shifted(bottom or main, -14.0)
    if role.startswith(_INNER):
        seen = "inner" in palette.tones or role.startswith("collar")
        return _other(palette, "inner", main) or (main if seen else "#f4efe6")
    if role.startswith(_FRONT):
        return _other(palette, "front", main) or _shifted(main, -18.0)
    if role.startswith(_EDGES):
        if role.startswith("hem") and bottom:
            return colours.get("hem") or _shifted(bottom, -10.0)
        return _other(palette, "top", main) or _shifted(main, -12.0)
    return None
