"""Roles whose description fits nobody in the library are designed from their words."""

from __future__ import annotations

from dataclasses import replace

from cyberdirector.backlot import CastChoice, RoleHint, read_profile
from cyberdirector.core.hashing import seed_of
from cyberdirector.design import CharacterSlots, read_text, recipe_from_slots

CLEAR = 2
"""Looks (hair, face, clothes, build) that a description must name to call for a design."""


def designed_role(hint: RoleHint, choice: CastChoice, seed: int) -> CastChoice:
    """Return the choice, or a character designed from the role's own words.

    A character is designed when the description says how the role looks (at least two of
    hair, face, clothes and build, or one of them where casting found only the nearest).
    Whoever was named in the cast table or was written for that very name stays.

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
    if told < (1 if choice.nearest else CLEAR):
        return choice
    profile = read_profile(hint)
    usual = choice.recipe
    sex = slots.sex or profile.sex or usual.sex
    era = slots.era or profile.era or usual.era
    slots.sex = "female" if sex == "female" else "male"
    slots.era = "ancient" if era == "ancient" else "modern"
    if slots.age is None and not slots.age_class:
        slots.age = profile.age
    slots.name = hint.name
    slots.count = 1
    recipe = recipe_from_slots(slots, seed_of("designed role", seed, hint.name))
    reason = f"{hint.name}: designed from its words / 按描述设计 ({told} looks) → {recipe.id}"
    return replace(choice, recipe=recipe, seed=0, sex=recipe.sex, age=recipe.age, reason=reason)


def looks_told(slots: CharacterSlots) -> int:
    """Return how many looks a description names."""
    face = slots.face.model_dump(exclude_defaults=True)
    hair = slots.hair.model_dump(exclude_defaults=True)
    body = [slots.build, slots.stature, slots.height]
    return len(face) + len(hair) + len(slots.garments) + sum(bool(b) for b in body)
