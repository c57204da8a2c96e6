"""What a kind of garment is, as data for casting, text and perception."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Slot = Literal[
    "top", "bottom", "dress", "outer", "shoes", "head", "face", "hand", "jewellery", "armour"
]
"""Where a garment is worn; ``dress`` is a whole outfit."""

Sleeve = Literal["", "none", "short", "long", "wide", "huge"]
"""Length and width of sleeves; empty where the garment does not decide it."""

Lower = Literal[
    "", "none", "shorts", "trousers", "skirt_short", "skirt_knee", "skirt_long", "robe"
]
"""What covers the legs; empty where the garment does not decide it."""


@dataclass(frozen=True)
class Dial:
    """A number that shapes a garment: its name, default and range."""

    name: str
    default: float
    low: float
    high: float


@dataclass(frozen=True)
class GarmentKind:
    """A kind of garment.

    Attributes
    ----------
    name
        What recipes call it.
    zh, en
        What people call it.
    slot
        Where it is worn. ``holds`` lists further slots that it fills by itself; a garment
        given for one of them replaces that part.
    sleeve, lower
        Classes that a viewer can tell apart.
    era
        ``ancient``, ``modern`` or ``any``.
    sex
        ``female``, ``male`` or ``any``: who usually wears it (anyone may).
    colours
        Colour roles, the most visible first.
    params
        Dials.
    tags
        Words for search, Chinese and English.
    """

    name: str
    zh: str
    en: str
    slot: Slot
    sleeve: Sleeve
    lower: Lower
    era: Literal["ancient", "modern", "any"]
    sex: Literal["female", "male", "any"]
    colours: tuple[str, ...]
    params: tuple[Dial, ...] = ()
    tags: tuple[str, ...] = ()
    holds: tuple[Slot, ...] = ()


def held_in(garments: Iterable[tuple[str, Mapping[str, float]]]) -> tuple[str, ...]:
    """Return the hands that hold something (``right``), from kinds and dials of garments.

    A fan is held; a sword is when it is drawn.
    """
    held = any(
        kind == "fan" or (kind == "sword" and params.get("drawn", 0.0) > 0.5)
        for kind, params in garments
    )
    return ("right",) if held else ()


def by_name(kinds: Iterable[GarmentKind]) -> dict[str, GarmentKind]:
    """Return kinds by name."""
    return {kind.name: kind for kind in kinds}
