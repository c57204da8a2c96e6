"""Clothes: layers cut from a dress form, skirts, sleeves, collars, shoes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cyberdirector.character._figure import figure_of
from cyberdirector.character.body import Body
from cyberdirector.character.piece import Outfit
from cyberdirector.character.wardrobe.armour import ARMOUR
from cyberdirector.character.wardrobe.carried import CARRIED
from cyberdirector.character.wardrobe.catalogue import CATALOGUE, catalogue
from cyberdirector.character.wardrobe.classic import CLASSIC
from cyberdirector.character.wardrobe.dresses import DRESSES
from cyberdirector.character.wardrobe.footwear import FOOTWEAR
from cyberdirector.character.wardrobe.form import Layers, build_form
from cyberdirector.character.wardrobe.gloves import GLOVES
from cyberdirector.character.wardrobe.headgear import HEADGEAR
from cyberdirector.character.wardrobe.jewels import JEWELS
from cyberdirector.character.wardrobe.kinds import Dial, GarmentKind
from cyberdirector.character.wardrobe.legwear import LEGWEAR
from cyberdirector.character.wardrobe.modern import MODERN
from cyberdirector.character.wardrobe.outers import OUTERS
from cyberdirector.character.wardrobe.robes import ROBES
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.tops import TOPS
from cyberdirector.character.wardrobe.youth import YOUTH
from cyberdirector.core.errors import InputRefused

GARMENTS: dict[str, Maker] = {
    **CLASSIC,
    **MODERN,
    **YOUTH,
    **TOPS,
    **LEGWEAR,
    **FOOTWEAR,
    **DRESSES,
    **OUTERS,
    **ROBES,
    **ARMOUR,
    **HEADGEAR,
    **JEWELS,
    **CARRIED,
    **GLOVES,
}
"""Garments by kind."""

__all__ = [
    "CATALOGUE",
    "GARMENTS",
    "Dial",
    "GarmentKind",
    "GarmentSpec",
    "build_outfit",
    "catalogue",
]


_ORDER: dict[str, int] = {"bottom": 1, "top": 2, "dress": 3, "armour": 4, "outer": 5}
"""What is put on first; the rest comes last."""


def _tucked(spec: Sequence[GarmentSpec]) -> list[GarmentSpec]:
    """Return garments of known kinds, tops tucked into skirts."""
    for garment in spec:
        if garment.kind not in CATALOGUE:
            names = ", ".join(CATALOGUE)
            raise InputRefused(
                "garment-unknown",
                f"没有名为“{garment.kind}”的服装；可选：{names}。",
                f"There is no garment “{garment.kind}”; choose one of {names}.",
            )
    if not _skirted(spec):
        return list(spec)
    tuck = {"tuck": 1.0}
    return [
        replace(g, params={**g.params, **tuck}) if CATALOGUE[g.kind].slot == "top" else g
        for g in spec
    ]


def _skirted(spec: Sequence[GarmentSpec]) -> bool:
    kinds = [CATALOGUE[garment.kind] for garment in spec]
    return any(k.slot == "bottom" and k.lower.startswith("skirt") for k in kinds)


def _order(spec: GarmentSpec) -> int:
    """Return when a garment is put on; a tucked top goes below what it is tucked into."""
    kind = CATALOGUE[spec.kind]
    tuck = next((dial.default for dial in kind.params if dial.name == "tuck"), 0.0)
    if spec.params.get("tuck", tuck) > 0.5:
        return 0
    return _ORDER.get(kind.slot, 6)


def layers_of(kind: GarmentKind) -> Layers:
    """Return how much thicker the figure is with a garment on."""
    arms = {"": 0.0, "none": 0.0, "short": 0.004}.get(kind.sleeve, 0.008)
    legs = 0.010 if kind.lower == "trousers" else 0.0
    match kind.slot:
        case "top":
            return Layers(0.010, 0.006, 0.0, arms)
        case "bottom":
            return Layers(0.0, 0.008, legs, 0.0)
        case "dress":
            return Layers(0.014, 0.010, legs, arms)
        case "outer" | "armour":
            return Layers(0.020, 0.016, 0.0, 1.5 * arms)
        case _:
            return Layers()


def build_outfit(body: Body, spec: Sequence[GarmentSpec], barefoot: bool = False) -> Outfit:
    """Return the pieces of all garments and the skin vertices that they hide.

    ``hidden`` covers all template vertices (helper layers are False). ``barefoot`` leaves out
    the shoes that belong to whole outfits.

    Raises
    ------
    InputRefused
        A garment kind is unknown or a colour cannot be read.
    """
    figure = figure_of(body)
    tailor = Tailor(build_form(figure), build_form(figure, fine=False))
    spec = _tucked(spec)
    tailor.worn = frozenset(CATALOGUE[garment.kind].slot for garment in spec)
    if barefoot:
        tailor.worn |= {"shoes"}
    tailor.skirted = _skirted(spec)
    tailor.draped = any(CATALOGUE[g.kind].sleeve in ("wide", "huge") for g in spec)
    for garment in sorted(spec, key=_order):
        kind = CATALOGUE[garment.kind]
        tailor.given = tailor.worn & set(kind.holds)
        tailor.over_skirts = kind.slot in ("top", "outer", "armour")
        GARMENTS[garment.kind](tailor, garment)
        tailor.put_on(layers_of(kind))
    hidden = np.zeros(len(body.positions), dtype=np.bool_)
    under = tailor.form.hidden()
    hidden[: len(under)] = under
    return Outfit([piece for piece in tailor.pieces if len(piece.triangles)], hidden)
