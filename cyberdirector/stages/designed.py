"""Roles whose description fits nobody in the library: dressed or designed from their words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.backlot import CastChoice, RoleHint, read_profile
from cyberdirector.character import Recipe
from cyberdirector.character.wardrobe import CATALOGUE
from cyberdirector.core.hashing import content_hash, seed_of
from cyberdirector.design import CharacterSlots, read_text, recipe_from_slots
from cyberdirector.design.colours import colour_distance, colour_hex
from cyberdirector.design.outfits import outfit_of
from cyberdirector.design.slots import GarmentSlots

CLEAR = 2
"""Looks (hair, face, clothes, build) that a description must name to call for a design."""

_SAME_COLOUR = 0.2
"""Distance (see ``colour_distance``) up to which clothes have the colour that was told."""
_LONG_AGO = {"dress": "ruqun", "skirt_a": "ruqun"}
"""What a plain word for clothes means in an ancient story."""
_BODY = frozenset({"dress", "armour", "top", "bottom", "outer"})
"""Clothes that make an outfit of their own."""


def designed_role(hint: RoleHint, choice: CastChoice, seed: int) -> CastChoice:
    """Return the choice, or a character designed from the role's own words.

    A character is designed when the description says how the role looks (at least two of
    hair, face, clothes and build, or one of them where casting found only the nearest).
    Where it tells no more than clothes, the one who was cast puts them on, unless they are
    of another age of the world. Whoever was named in the cast table or was written for that
    very name stays.

    Parameters
    ----------
    hint
        The role's name and description.
    choice
        Who would play it.
    seed
        Of the production; the same role of the same production looks the same.
    """
    if choice.settled or not hint.about.strip():
        return choice
    slots = read_text(hint.about).slots
    told = looks_told(slots)
    profile = read_profile(hint)
    usual = choice.recipe
    sex = slots.sex or profile.sex or usual.sex
    if (slots.era or profile.era or usual.era) == "ancient":
        slots.garments = [
            garment.model_copy(update={"kind": _LONG_AGO.get(garment.kind, garment.kind)})
            for garment in slots.garments
        ]
    era = slots.era or _era_of(slots.garments) or profile.era or usual.era
    if told < (1 if choice.nearest else CLEAR):
        if all(_wears(usual, garment) for garment in slots.garments):
            return choice
        if era == usual.era:
            return _dressed(hint, choice, slots, seed)
    slots.sex = "female" if sex == "female" else "male"
    slots.era = "ancient" if era == "ancient" else "modern"
    if slots.age is None and not slots.age_class:
        slots.age = profile.age
    slots.name = hint.name
    slots.count = 1
    recipe = recipe_from_slots(slots, seed_of("designed role", seed, hint.name))
    reason = f"{hint.name}: designed from its words / 按描述设计 ({told} looks) → {recipe.id}"
    return replace(choice, recipe=recipe, seed=0, sex=recipe.sex, age=recipe.age, reason=reason)


def _era_of(garments: list[GarmentSlots]) -> str:
    """Return the age of the world that clothes belong to, or nothing."""
    eras = {CATALOGUE[g.kind].era for g in garments if g.kind in CATALOGUE} - {"any"}
    return eras.pop() if len(eras) == 1 else ""


def _wears(recipe: Recipe, told: GarmentSlots) -> bool:
    """Tell whether somebody wears a garment already, in the colour that was told."""
    for garment in recipe.wardrobe:
        if garment.kind == told.kind:
            wanted = told.colours.get("main", "")
            own = garment.colours.get("main", "")
            near = wanted and own and colour_distance(colour_hex(wanted), own) <= _SAME_COLOUR
            return not wanted or bool(near)
    return False


def _dressed(
    hint: RoleHint, choice: CastChoice, slots: CharacterSlots, seed: int
) -> CastChoice:
    """Return the one who was cast in the clothes that a description tells."""
    usual = choice.recipe
    rng = np.random.default_rng(seed_of("dressed role", seed, hint.name))
    clothes = outfit_of(slots, usual.sex, usual.era, rng)
    asked = {garment.kind for garment in slots.garments}
    gone: set[str] = {"shoes", *_BODY}
    if not any(CATALOGUE[kind].slot in _BODY for kind in asked):
        clothes, gone = [garment for garment in clothes if garment.kind in asked], set()
    gone |= {CATALOGUE[garment.kind].slot for garment in clothes}
    kept = [g for g in usual.wardrobe if CATALOGUE[g.kind].slot not in gone]
    wardrobe = (*clothes, *kept)
    digest = content_hash([garment.model_dump() for garment in wardrobe])[:6]
    recipe = usual.model_copy(update={"wardrobe": wardrobe, "id": f"{usual.id}_{digest}"})
    reason = f"{choice.reason}; dressed from the words / 按描述着装"
    return replace(choice, recipe=recipe, reason=reason)


def looks_told(slots: CharacterSlots) -> int:
    """Return how many looks a description names."""
    face = slots.face.model_dump(exclude_defaults=True)
    hair = slots.hair.model_dump(exclude_defaults=True)
    body = [slots.build, slots.stature, slots.height]
    return len(face) + len(hair) + len(slots.garments) + sum(bool(b) for b in body)
