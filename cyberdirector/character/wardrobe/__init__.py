"""Clothes: layers cut from a dress form, skirts, sleeves, collars, shoes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cyberdirector.character._figure import figure_of
from cyberdirector.character.body import Body
from cyberdirector.character.piece import Outfit
from cyberdirector.character.wardrobe.catalogue import CATALOGUE, catalogue
from cyberdirector.character.wardrobe.classic import CLASSIC
from cyberdirector.character.wardrobe.form import build_form
from cyberdirector.character.wardrobe.kinds import Dial, GarmentKind
from cyberdirector.character.wardrobe.modern import MODERN
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.youth import YOUTH
from cyberdirector.core.errors import InputRefused

GARMENTS: dict[str, Maker] = {**CLASSIC, **MODERN, **YOUTH}
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


def build_outfit(body: Body, spec: Sequence[GarmentSpec]) -> Outfit:
    """Return the pieces of all garments and the skin vertices that they hide.

    ``hidden`` covers all template vertices (helper layers are False).

    Raises
    ------
    InputRefused
        A garment kind is unknown or a colour cannot be read.
    """
    figure = figure_of(body)
    tailor = Tailor(build_form(figure), build_form(figure, fine=False))
    for garment in spec:
        maker = GARMENTS.get(garment.kind)
        if maker is None:
            names = ", ".join(sorted(GARMENTS))
            raise InputRefused(
                "garment-unknown",
                f"没有名为“{garment.kind}”的服装；可选：{names}。",
                f"There is no garment “{garment.kind}”; choose one of {names}.",
            )
        maker(tailor, garment)
    hidden = np.zeros(len(body.positions), dtype=np.bool_)
    under = tailor.form.hidden()
    hidden[: len(under)] = under
    return Outfit(tailor.pieces, hidden)
