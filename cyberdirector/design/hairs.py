"""The hair of a character: what was said, what is usual for the role, what suits."""

from __future__ import annotations

from typing import Any

import numpy as np

from cyberdirector.character.hair import catalogue as hairstyles
from cyberdirector.character.hair import kind_of
from cyberdirector.character.recipe import Hair
from cyberdirector.design.colours import colour_hex, lighter, varied
from cyberdirector.design.draw import coin
from cyberdirector.design.lexicon import Role
from cyberdirector.design.slots import CharacterSlots

_HAIRS = ("#1f1b22", "#2a2027", "#2d221e", "#33241f", "#3a2a26", "#241d1c")
_DYED = ("#5a3d2c", "#7a4a34", "#6e3f2a", "#8a5a3c")
_CHILD = 15


def compose_hair(
    slots: CharacterSlots,
    roles: list[Role],
    sex: str,
    era: str,
    age: int,
    rng: np.random.Generator,
) -> Hair:
    """Return the ``hair`` block of a recipe."""
    said = slots.hair
    style = said.style or _hairstyle(slots, roles, sex, era, age, rng)
    grey = "#8f9298" if age < 68 else "#cfccc8"
    if said.colour:
        colour = colour_hex(said.colour)
    elif age >= 58:
        colour = varied(grey, rng)
    else:
        dyed = era == "modern" and sex == "female" and age < 45 and rng.random() < 0.35
        colour = varied(coin(rng, *(_DYED if dyed else _HAIRS)), rng, 0.6)
    out: dict[str, Any] = {"style": style, "colour": colour}
    out["tip"] = colour_hex(said.tip) if said.tip else lighter(colour, 0.14)
    if said.ornament:
        out["ornament"] = colour_hex(said.ornament)
        if said.ornament in ("gold", "silver"):
            out["gem"] = coin(rng, "#b02838", "#3f8f7f", "#3b6fb0")
    kind = kind_of(style)
    if said.length and kind is not None and kind.length == "long":
        out["length"] = {"long": 1.15, "medium": 0.7, "short": 0.6}[said.length]
    elif kind is not None and kind.length == "long":
        out["length"] = round(float(rng.uniform(0.92, 1.08)), 3)
    if said.beard and said.beard not in ("none", "stubble"):
        out["beard"] = said.beard
    elif not said.beard and sex == "male" and era == "ancient" and age >= 55:
        out["beard"] = coin(rng, "beard_long", "goatee", "moustache")
    return Hair(**out)


def _hairstyle(
    slots: CharacterSlots,
    roles: list[Role],
    sex: str,
    era: str,
    age: int,
    rng: np.random.Generator,
) -> str:
    """Return a style that has what was said, is usual for the role, or suits the person."""
    said = slots.hair
    told = said.length or said.fringe or said.curl
    usual = [s for r in roles for s in role_hair(r, sex, era)]
    usual = [s for s in usual if kind_of(s) is not None]
    fits = [
        k
        for k in hairstyles()
        if k.sex in (sex, "any") and k.era in (era, "any") and k.name != "bald"
    ]
    if told:
        scored = [(_fit(k, slots), i, k.name) for i, k in enumerate(fits or hairstyles())]
        best = max(s for s, _, _ in scored)
        names = [n for s, _, n in scored if s == best]
        both = [n for n in names if n in usual]
        return coin(rng, *(both or names))
    if usual:
        return coin(rng, *usual)
    if age >= 60:
        old = (
            ("old_bun",)
            if era == "ancient"
            else ("office_updo", "bob")
            if sex == "female"
            else ("side_part_male", "short_male")
        )
        return coin(rng, *(s for s in old if kind_of(s) is not None))
    if age <= _CHILD and era == "ancient":
        return "double_bun" if sex == "female" else "boy_topknot"
    adult = [k.name for k in fits if k.name not in ("old_bun", "boy_topknot")]
    return coin(rng, *adult)


def _fit(kind: Any, slots: CharacterSlots) -> int:
    said = slots.hair
    return (
        4 * (said.length == kind.length)
        + 2 * (said.fringe == kind.fringe)
        + 3 * (bool(said.curl) == (kind.name in ("curls", "wolf_cut", "wuxia_loose")))
    )


def role_hair(role: Role, sex: str, era: str) -> tuple[str, ...]:
    """Return the hairstyles that are usual for a role."""
    if era == "modern" and role.hair_modern:
        return role.hair_modern
    if sex == "female" and role.hair_f:
        return role.hair_f
    if sex == "male" and role.hair_m:
        return role.hair_m
    kinds = tuple(s for s in role.hair if (k := kind_of(s)) is None or k.sex in (sex, "any"))
    return tuple(
        s for s in kinds if (k := kind_of(s)) is None or era in (k.era, "any") or k.era == "any"
    )
