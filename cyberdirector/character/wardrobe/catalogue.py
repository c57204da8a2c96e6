"""Every garment that recipes can name."""

from __future__ import annotations

from cyberdirector.character.wardrobe.clothing import (
    BOTTOMS,
    DRESSES,
    OUTFITS,
    ROBES,
    TOPS,
)
from cyberdirector.character.wardrobe.kinds import GarmentKind, by_name
from cyberdirector.character.wardrobe.outerwear import ARMOUR, OUTERS
from cyberdirector.character.wardrobe.pieces import SHOES, SMALL

CATALOGUE: dict[str, GarmentKind] = by_name(
    (*OUTFITS, *ROBES, *DRESSES, *TOPS, *BOTTOMS, *OUTERS, *ARMOUR, *SHOES, *SMALL)
)
"""All kinds by name, in the order in which they are listed."""


def catalogue() -> list[GarmentKind]:
    """Return every kind of garment that can be built."""
    return list(CATALOGUE.values())
