"""Lengths by matching heights: hair and skirts end where they end in the picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from cyberdirector.character.body import Body
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.perceive.model import (
    Ladder,
    body_of,
    falling,
    hair_reach,
    model_ladder,
    skirt_reach,
)
from cyberdirector.perceive.regions import Regions

HAIR_RANGE = (0.5, 1.6)
_STEPS = 2


def picture_ladder(regions: Regions) -> Ladder:
    """Return the ladder of the figure in a picture (heights are minus y, pixels)."""
    layout = regions.layout

    def mean(joint: str) -> float:
        return -0.5 * float(layout.at(f"left_{joint}")[1] + layout.at(f"right_{joint}")[1])

    heights = [-layout.at("crown")[1], -layout.at("chin")[1], -layout.at("neck")[1],
               mean("hip"), mean("knee"), mean("ankle")]  # fmt: skip
    return Ladder(falling([float(h) for h in heights]))


def lowest(regions: Regions, part: str) -> float | None:
    """Return the rung down to which a part hangs in the picture, or None if not seen."""
    mask = regions.part(part)
    rows = mask.sum(1)
    if rows.sum() < 30:
        return None
    kept = np.nonzero(rows > max(1.0, 0.02 * rows.max()))[0]
    if not len(kept) or kept[-1] >= mask.shape[0] - 2:
        return None  # cut by the frame: it may go on
    return picture_ladder(regions).rung(-float(kept[-1]))


def _scaled(
    value: float, top: float, now: float, wanted: float, low: float, high: float
) -> float:
    ratio = (top - wanted) / max(top - now, 1e-3)
    return float(np.clip(value * np.clip(ratio, 0.5, 2.0), low, high))


_TRUST_HEADS = 0.7
"""Share of a measured difference in heads that is followed: hats hide the crown."""


def match_proportion(regions: Regions, recipe: Recipe) -> Recipe:
    """Return the recipe with as many heads of height as the figure, if it is shown whole."""
    layout, mask = regions.layout, regions.mask
    rows = np.nonzero(mask.any(1))[0]
    ankles = ("left_ankle", "right_ankle", "chin", "crown")
    if not len(rows) or rows[-1] >= mask.shape[0] - 2 or not layout.sure(*ankles):
        return recipe
    seen = float(rows[-1] - layout.at("crown")[1]) / layout.head_height
    at = body_of(recipe).landmarks
    top, chin = float(at["head_top"][1]), float(at["menton"][1])
    own = top / (top - chin)
    ratio = (seen / own) ** _TRUST_HEADS
    if not 0.45 < ratio < 1.6 or abs(ratio - 1.0) < 0.03:
        return recipe
    heads = round(float(np.clip(own * ratio, 2.8, 8.0)), 2)
    return _with(recipe, proportion=heads)


def match_lengths(regions: Regions, recipe: Recipe) -> Recipe:
    """Return the recipe with the length of hair and skirt as in the picture."""
    body = body_of(recipe)
    ladder = model_ladder(body)
    eyes = float(body.landmarks["leftEyeFront"][1])
    hair = lowest(regions, "hair")
    if hair is not None and recipe.hair.style != "bald":
        recipe = _match_hair(recipe, body, eyes, ladder.height(hair))
    skirt = lowest(regions, "bottom")
    if skirt is not None:
        recipe = _match_skirt(recipe, ladder.height(skirt))
    return recipe


def _match_hair(recipe: Recipe, body: Body, eyes: float, wanted: float) -> Recipe:
    """Return the recipe with hair that ends at a height; as it was where length does
    not decide that (hair put up, or lost behind the shoulders).
    """
    now = hair_reach(recipe, body)
    for _ in range(_STEPS):
        if now is None or abs(now - wanted) < 0.012 or wanted > eyes - 0.02:
            break
        length = _scaled(recipe.hair.length, eyes, now, wanted, *HAIR_RANGE)
        other = _with(recipe, hair={"length": round(length, 3)})
        then = hair_reach(other, body)
        if then is None or (then - now) * np.sign(wanted - now) < 0.25 * abs(wanted - now):
            break
        recipe, now = other, then
    return recipe


def _match_skirt(recipe: Recipe, wanted: float) -> Recipe:
    body = body_of(recipe)
    hip = float(body.bone("hips")[1])
    for number, garment in enumerate(recipe.wardrobe):
        kind = CATALOGUE.get(garment.kind)
        dial = next((d for d in kind.params if d.name == "length"), None) if kind else None
        if kind is None or dial is None or not kind.lower or kind.slot == "top":
            continue
        now = skirt_reach(recipe, body)
        if now is None or wanted > hip - 0.03:
            return recipe
        value = garment.params.get("length", dial.default)
        length = _scaled(value, hip, now, wanted, dial.low, dial.high)
        garments = [g.model_dump() for g in recipe.wardrobe]
        garments[number]["params"] = {**garment.params, "length": round(length, 3)}
        return _with(recipe, wardrobe=garments)
    return recipe


def _with(recipe: Recipe, **changes: Any) -> Recipe:
    """Return the recipe with some values changed; mappings are merged."""
    data = recipe.model_dump(by_alias=True)
    for name, value in changes.items():
        data[name] = {**data[name], **value} if isinstance(value, dict) else value
    return Recipe.model_validate(data)
