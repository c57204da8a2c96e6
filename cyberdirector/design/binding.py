"""Whose colour it is: what takes one, and where it goes in the slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cyberdirector.design.lexicon import Sense
from cyberdirector.design.segment import Piece
from cyberdirector.design.slots import CharacterSlots, GarmentSlots

HAIR_SLOTS = ("hair", "length", "fringe", "curl", "said_hair")
"""What a word may say of hair."""
_EYE_SLOTS = ("face.eye_shape", "face.iris_kind")
_SKIN = {
    "white": "fair",
    "plain_white": "fair",
    "black": "dark",
    "brown": "dark",
    "chestnut": "dark",
    "ink_black": "dark",
    "yellow": "yellowish",
    "wheat": "wheat",
}


_BETWEEN = ("and", "&", "with", "和", "与", "相间", "-", "")
_WHITES = ("white", "plain_white", "moon_white", "pearl_white", "off_white", "cream")
_BLACKS = ("black", "ink_black", "xuan", "raven", "charcoal")


@dataclass
class Target:
    """Something that can take a colour."""

    kind: str
    """``garment``, ``hair``, ``iris``, ``lips``, ``skin``, ``beard``, ``tip``, ``ornament``."""
    clause: int
    garment: GarmentSlots | None = None
    part: str = "main"
    coloured: bool = False
    place: int = 0


def paint(slots: CharacterSlots, target: Target, name: str, degree: str = "") -> str:
    """Give a colour to a target; return the name of the slot."""
    target.coloured = True
    face, hair = slots.face, slots.hair
    if target.kind == "garment" and target.garment is not None:
        target.garment.colours = {**target.garment.colours, target.part: name}
        return f"{target.garment.kind}.{target.part}"
    if target.kind == "hair":
        hair.colour = name
    elif target.kind == "tip":
        hair.tip = name
    elif target.kind == "ornament":
        hair.ornament = name
    elif target.kind == "beard":
        hair.beard_colour = name
    elif target.kind == "iris":
        face.iris = name
    elif target.kind == "lips":
        face.lips = name
    elif target.kind == "skin":
        face.skin = _SKIN.get(name, name)
        face.skin_degree = degree or face.skin_degree  # type: ignore[assignment]
    return target.kind


def takes_colour(sense: Sense) -> bool:
    """Tell whether a colour may belong to what a word says."""
    return (
        sense.slot in ("wear", "generic", "part", "noun", "beard", *HAIR_SLOTS, *_EYE_SLOTS)
        or sense.slot == "face.lip_kind"
    )


def colour_follows(pieces: Sequence[Piece], place: int) -> bool:
    """Tell whether the next piece is the word of a colour."""
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    return after is not None and after.kind == "word" and after.sense("colour") is not None


def partner_of(pieces: Sequence[Piece], place: int) -> int:
    """Return where the second colour of a pair stands (蓝白, blue and white), or 0."""
    for after in range(place + 1, min(place + 3, len(pieces))):
        piece = pieces[after]
        if piece.kind == "word" and piece.sense("colour"):
            return after
        if piece.kind not in ("ignored", "soft") and piece.text.strip() not in _BETWEEN:
            return 0
    return 0


def two_coloured(colours: Mapping[str, str], first: str) -> dict[str, str]:
    """Return the colours of a garment that was given ``first`` before its main colour.

    The first named is the main one; beside anything but black it is the white that covers
    most of a garment (蓝白校服, a red and white dress).
    """
    main = colours.get("main", "")
    if not first or not main:
        return dict(colours)
    pair = [first, main]
    if main in _WHITES and first not in _BLACKS:
        pair.reverse()
    return {**colours, "main": pair[0], "second": pair[1]}
