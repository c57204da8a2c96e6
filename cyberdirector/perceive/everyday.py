"""Clothes in photographs that end above the knees: what jackets, shirts and necklines show.

The catalogue has garments for every age; who is photographed wears everyday ones. Which of
them is told by the colours of three places: the sides of the chest, its middle, and the
neckline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.by_colour import far_in_shade, skin_colour
from cyberdirector.perceive.choose import Choice, Outfit
from cyberdirector.perceive.colour import delta_e, hex_of, lab_from_rgb, rgb_from_lab
from cyberdirector.perceive.parts import PART_INDEX
from cyberdirector.perceive.regions import Regions

Floats = NDArray[np.float64]

_LEAST = 30
"""Pixels that a place needs."""

_OPEN, _NECK = 16.0, 22.0
"""CIEDE2000 from which the middle of a chest is another garment than its sides, and a
neckline a garment under the first."""

_SHIRT, _GREY, _SOME = 58.0, 22.0, 0.12
"""Least lightness and greatest chroma of a shirt under a jacket, and the share of the middle
of the chest that it fills at least."""

_LIKE_SKIN = 1.5
"""Distance from the skin's colour within which cloth beside bare skin is skin too."""

_DARKER = 14.0
"""L* by which a jacket is darker than the shirt at least."""

_DARK = "#3a3f4a"
"""Colour of what is not seen."""


@dataclass(frozen=True)
class Chest:
    """What places of a chest show: median colours (3,) CIELAB, None where they are not seen.

    Attributes
    ----------
    sides, middle, neckline
        Of cloth beside the middle, in it, and around the neck.
    shirt
        Of what is pale in the middle, where that is a good part of it.
    tie
        Of the stripe between pale halves, where there is one.
    bare
        Share of skin in the middle; 1 where the sides have the colour of skin.
    sleeve
        Class of the sleeves.
    """

    sides: Floats | None
    middle: Floats | None
    neckline: Floats | None
    shirt: Floats | None
    tie: Floats | None
    bare: float
    sleeve: str


def _knees_shown(regions: Regions) -> bool:
    knees = 0.5 * (regions.layout.at("left_knee")[1] + regions.layout.at("right_knee")[1])
    rows = np.nonzero(regions.mask.any(1))[0]
    return bool(len(rows) and knees < rows[-1])


def read_chest(regions: Regions, sleeve: str) -> Chest:
    """Return what a chest shows; ``sleeve`` is the class of its sleeves."""
    layout, labels = regions.layout, regions.labels
    head, chin = layout.head_height, layout.at("chin")
    shoulders = 0.5 * (layout.at("left_shoulder") + layout.at("right_shoulder"))
    y, x = np.mgrid[0 : labels.shape[0], 0 : labels.shape[1]]
    line = chin[0] + (shoulders[0] - chin[0]) * np.clip(
        (y - chin[1]) / max(float(shoulders[1] - chin[1]), 1.0), 0.0, 1.0
    )
    off = np.abs(x - line) / head
    down = (y - chin[1]) / head
    cloth = np.isin(labels, [PART_INDEX["top"], PART_INDEX["sleeve"]])
    skin = labels == PART_INDEX["skin"]
    lab = lab_from_rgb(regions.picture.flat)
    pale = cloth & (lab[..., 0] > _SHIRT) & (np.hypot(lab[..., 1], lab[..., 2]) < _GREY)

    def tone(zone: NDArray[np.bool_]) -> Floats | None:
        own = lab[zone & cloth]
        return np.median(own, axis=0) if len(own) >= _LEAST else None

    centre = (off < 0.22) & (down > 0.25) & (down < 0.95)
    beside = (off > 0.55) & (off < 1.0) & (down > 0.5) & (down < 1.3)
    sides = tone(beside)
    shown = centre & (cloth | skin)
    collar = (off < 0.22) & (down > 0.08) & (down < 0.65) & (cloth | skin)
    share = float((pale & collar).sum()) / max(int(collar.sum()), 1)
    stripe = (off < 0.06) & (down > 0.3) & (down < 0.75) & cloth
    flanks = (off > 0.06) & (off < 0.18) & (down > 0.1) & (down < 0.38) & cloth
    tied = (
        share > _SOME and stripe.sum() >= _LEAST and pale[stripe].mean() < 0.4
        and flanks.sum() >= _LEAST and pale[flanks].mean() > 0.3
    )  # fmt: skip
    bare = float((skin & centre).sum()) / max(int(shown.sum()), 1)
    if sides is not None and bare > 0.45 and skin_like(lab, regions, sides):
        bare = 1.0
    return Chest(
        sides, tone(centre & (off > 0.05)),
        tone((off < 0.32) & (down > 0.12) & (down < 0.4)),
        tone(pale & collar) if share > _SOME else None,
        tone(stripe & ~pale) if tied else None, bare, sleeve,
    )  # fmt: skip


def skin_like(lab: Floats, regions: Regions, colour: Floats) -> bool:
    """Tell whether a colour (3,) CIELAB is the skin's of the face, lit or in shade."""
    skin = skin_colour(lab, regions.mask, regions.layout)
    return bool(far_in_shade(colour[None], skin)[0] < _LIKE_SKIN)


def _apart(one: Floats | None, two: Floats | None) -> float:
    return 0.0 if one is None or two is None else float(delta_e(one, two))


def _text(lab: Floats) -> str:
    return hex_of(rgb_from_lab(lab))


def garments_of(chest: Chest, sex: str) -> dict[str, dict[str, str]]:
    """Return garment → role → colour of what an upper body wears; nothing where it shows
    no cloth.
    """
    if chest.sides is None:
        return {}
    main, under = _text(chest.sides), chest.neckline
    if chest.shirt is not None and chest.sides[0] < chest.shirt[0] - _DARKER:
        return _formal(chest, sex, main, _text(chest.shirt))
    if chest.bare == 1.0:
        return {"dress" if sex == "female" else "t_shirt": {"main": _DARK}}
    if _apart(chest.sides, chest.middle) > _OPEN and chest.middle is not None:
        if chest.bare < 0.5 and chest.sleeve == "long":
            return {"t_shirt": {"main": _text(chest.middle)}, "jacket": {"main": main}}
    if chest.sleeve == "none" and sex == "female":
        return {"dress": {"main": main}}
    if _apart(chest.sides, under) > _NECK and under is not None and chest.sleeve == "long":
        return {"t_shirt": {"main": _text(under)}, "jacket": {"main": main}}
    if chest.sleeve in ("none", "short"):
        return {"t_shirt": {"main": main}}
    if sex == "male" and chest.bare > 0.12:
        return {"shirt": {"main": main, "collar": main}}
    return {"sweater": {"main": main}}


def _formal(chest: Chest, sex: str, main: str, light: str) -> dict[str, dict[str, str]]:
    """Return a jacket over a shirt, with a tie where the middle has a stripe of its own."""
    if sex == "female":
        return {"office_dress": {"main": main, "skirt": main, "blouse": light, "bow": light}}
    if chest.tie is not None:
        tie = _text(chest.tie)
        return {"suit": {"main": main, "trousers": main, "shirt": light, "tie": tie}}
    return {"shirt": {"main": light, "collar": light}, "blazer": {"main": main, "shirt": light}}


def everyday(
    regions: Regions, outfit: Outfit, classes: Mapping[str, Mapping[str, float]]
) -> tuple[Outfit, dict[str, dict[str, str]]]:
    """Return the outfit with everyday clothes, and the colours that were read for them; as
    it was where a photograph shows the knees too, or no cloth.
    """
    if regions.medium != "photo" or _knees_shown(regions):
        return outfit, {}
    shares = classes.get("sleeve", {"long": 1.0})
    sleeve = max(shares, key=lambda w: shares[w])
    found = garments_of(read_chest(regions, sleeve), outfit.sex.name)
    if not found:
        return outfit, {}
    whole = any(name in ("suit", "office_dress", "dress") for name in found)
    colours = dict(found)
    names = list(found)
    dials: dict[str, dict[str, float]] = {}
    if "office_dress" in found:
        dials["office_dress"] = {"blazer": 1.0}
    if "dress" in found:
        dials["dress"] = {"sleeve": 0.0}
    if not whole:
        names += ["trousers", "loafers" if "blazer" in found else "sneakers"]
        if regions.part("bottom").sum() <= _LEAST:
            colours["trousers"] = {"main": found.get("blazer", {"main": _DARK})["main"]}
    worn = [Choice(name, 0.6 if name in found else 0.3) for name in names]
    kept = [g for g in outfit.garments if g.name in ("cap",)]
    era = Choice("modern", max(outfit.era.sure, 0.8))
    return replace(outfit, era=era, garments=worn + kept, dials=dials), colours
