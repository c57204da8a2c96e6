"""The character recipes of the library, and which of them plays which role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cyberdirector.backlot.hints import (
    Profile,
    RoleHint,
    default_sex,
    read_profile,
)
from cyberdirector.backlot.words import find_words, library_files, normal, read_yaml, story_era
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.hashing import seed_of

if TYPE_CHECKING:
    from cyberdirector.character import Recipe

_WRONG_SEX, _WRONG_ERA, _AGAIN = 40.0, 24.0, 9.0
"""Costs of the assignment: another sex, another era, a recipe used once more."""
_TAG = 2.5
"""What each dress tag in common takes off."""
_USUAL_AGE = 25
"""Years of a role of which nothing is said."""
_NAMESAKE = 30.0
"""What a recipe made for a role of that very name takes off."""


@dataclass(frozen=True)
class RecipeFacts:
    """What casting needs to know of a recipe file."""

    id: str
    path: Path
    sex: str
    age: int
    era: str
    tags: frozenset[str]
    names: tuple[str, ...]


@dataclass(frozen=True)
class CastChoice:
    """Who plays a role.

    Attributes
    ----------
    recipe
        The recipe to compile.
    seed
        Seed for the compiler; 0 is the recipe as designed, others vary it.
    sex, age
        Of the recipe (``female`` or ``male``, years), for the choice of a voice.
    reason
        One sentence for the report.
    settled
        True where the cast table or the recipe's own name decided.
    nearest
        True where nobody of the library fits well, or somebody plays twice.
    """

    recipe: Recipe
    seed: int
    sex: str
    age: int
    reason: str
    settled: bool = False
    nearest: bool = False


def list_recipes() -> list[RecipeFacts]:
    """Return the facts of all character recipes of the library, sorted by file name."""
    return [_facts(path, read_yaml(path)) for path in library_files("characters")]


def _facts(path: Path, data: Mapping[str, Any]) -> RecipeFacts:
    names = data.get("name", {})
    listed = names.values() if isinstance(names, Mapping) else [names]
    tags = [
        str(data.get(k, "")) for k in ("dress", "role", "kind") if isinstance(data.get(k), str)
    ]
    tags += [str(tag) for k in ("tags", "roles") for tag in data.get(k) or ()]
    text = " ".join([str(data.get("era", "")), *tags])
    era = {"ancient": "ancient", "modern": "modern"}.get(str(data.get("era")), story_era(text))
    return RecipeFacts(
        id=str(data.get("id", path.stem)),
        path=path,
        sex=str(data.get("sex", "female")),
        age=int(data.get("age", 24)),
        era=era,
        tags=frozenset(normal(tag) for tag in tags if tag),
        names=tuple(str(name) for name in listed),
    )


def choose_cast(
    hints: Sequence[RoleHint],
    places: str = "",
    recipes: Sequence[RecipeFacts] | None = None,
    seed: int = 0,
    table: Mapping[str, tuple[str, int | None]] | None = None,
) -> dict[str, CastChoice]:
    """Return a distinct character for every role.

    Parameters
    ----------
    hints
        Roles in the order of their importance, each name once.
    places
        All places and times of the script as one text: they tell the era.
    recipes
        Recipes to choose from; None for the whole library.
    seed
        Decides what nothing else decides.
    table
        Role → (recipe id or empty, seed or None): the user's own choices.

    Returns
    -------
    dict
        Role → choice. When there are more roles than recipes, the same recipe comes again
        with another seed, so that no two look the same.

    Raises
    ------
    InputRefused
        ``recipe-unknown`` when the table names a recipe that is not in the library;
        ``library-empty`` when there are no recipes.
    """
    from cyberdirector.character import load_recipe

    offered = list(list_recipes() if recipes is None else recipes)
    if not offered:
        raise InputRefused(
            "library-empty",
            "素材库里没有角色配方，请重新安装。",
            "The asset library has no character recipes; install again.",
        )
    wanted = table or {}
    era = story_era(places + " " + " ".join(f"{h.name} {h.about}" for h in hints))
    profiles = {hint.name: _completed(hint, era) for hint in hints}
    picked = _assign(hints, profiles, offered, wanted, places, seed)
    used: dict[str, int] = {}
    out = {}
    for hint in hints:
        facts = picked[hint.name]
        copy = used.get(facts.id, 0)
        used[facts.id] = copy + 1
        own = wanted.get(hint.name, ("", None))
        variation = seed_of("look", seed, hint.name, copy) % (1 << 31) + 1 if copy else 0
        chosen = own[1] if own[1] is not None else variation
        reason = _reason(hint, profiles[hint.name], facts, copy, bool(own[0]))
        namesake = normal(hint.name) in map(normal, facts.names)
        out[hint.name] = CastChoice(
            load_recipe(facts.path), chosen, facts.sex, facts.age, reason,
            settled=bool(own[0]) or own[1] is not None or namesake,
            nearest=bool(copy) or _misses(profiles[hint.name], facts),
        )  # fmt: skip
    return out


def _completed(hint: RoleHint, era: str) -> Profile:
    """Return the profile of a role with the era of the story where it tells none."""
    read = read_profile(hint)
    return Profile(read.sex, read.age, era or read.era, read.tags, read.words)


def _assign(
    hints: Sequence[RoleHint],
    profiles: Mapping[str, Profile],
    offered: Sequence[RecipeFacts],
    wanted: Mapping[str, tuple[str, int | None]],
    places: str,
    seed: int,
) -> dict[str, RecipeFacts]:
    """Return the cheapest assignment of recipes to roles (Hungarian method)."""
    from scipy.optimize import linear_sum_assignment

    picked: dict[str, RecipeFacts] = {}
    uses = {facts.id: 0 for facts in offered}
    for hint in hints:
        name = wanted.get(hint.name, ("", None))[0]
        if name:
            picked[hint.name] = _named(name, offered)
            uses[picked[hint.name].id] += 1
    free = [hint for hint in hints if hint.name not in picked]
    if not free:
        return picked
    copies = -(-len(free) // len(offered)) + 1
    seats = [(facts, uses[facts.id] + k) for k in range(copies) for facts in offered]
    cost = np.array(
        [
            [
                _cost(hint, profiles[hint.name], facts, places, seed) + _AGAIN * k
                for facts, k in seats
            ]
            for hint in free
        ]
    )
    rows, columns = linear_sum_assignment(cost)
    for row, column in zip(rows, columns, strict=True):
        picked[free[row].name] = seats[column][0]
    return picked


def _cost(hint: RoleHint, wish: Profile, facts: RecipeFacts, places: str, seed: int) -> float:
    """Return how badly a recipe fits a role.

    What nothing tells counts little: a seeded sex, a young grown-up, someone who belongs
    to the places of the story.
    """
    if wish.sex:
        total = _WRONG_SEX if wish.sex != facts.sex else 0.0
    else:
        total = 2.0 if default_sex(hint.name, seed) != facts.sex else 0.0
    if wish.age is not None:
        total += abs(wish.age - facts.age) * 0.45
    else:
        total += abs(_USUAL_AGE - facts.age) * 0.30
    total += _WRONG_ERA if wish.era and facts.era and wish.era != facts.era else 0.0
    told = {*(wish.tags & facts.tags), *find_words(f"{hint.name} {hint.about}", facts.tags)}
    total -= _TAG * min(len(told), 4) + 1.0 * len(find_words(places, facts.tags))
    total -= _NAMESAKE if normal(hint.name) in map(normal, facts.names) else 0.0
    return total + (seed_of("cast", seed, hint.name, facts.id) % 1000) * 1e-3


def _named(name: str, offered: Sequence[RecipeFacts]) -> RecipeFacts:
    wanted = normal(name)
    for facts in offered:
        if wanted in {normal(facts.id), *map(normal, facts.names)}:
            return facts
    known = ", ".join(facts.id for facts in offered)
    raise InputRefused(
        "recipe-unknown",
        f"素材库里没有角色“{name}”，可选：{known}。",
        f"There is no character “{name}” in the library; choose one of: {known}.",
    )


def _misses(wish: Profile, facts: RecipeFacts) -> bool:
    """Tell whether a recipe is far in age, of another sex or of another era."""
    far = wish.age is not None and abs(wish.age - facts.age) > 15
    other = bool(wish.sex) and wish.sex != facts.sex
    return far or other or (bool(wish.era and facts.era) and wish.era != facts.era)


def _reason(
    hint: RoleHint, wish: Profile, facts: RecipeFacts, copy: int, by_table: bool
) -> str:
    if by_table:
        return f"cast table → {facts.id}"
    told = "、".join(wish.words) if wish.words else "nothing told / 没有线索"
    again = f", variation {copy}" if copy else ""
    miss = " (nearest / 最接近)" if _misses(wish, facts) else ""
    wanted = ", ".join(str(part) for part in (wish.sex, wish.age, wish.era) if part)
    return f"{hint.name}: {told}; {wanted} → {facts.id}{again}{miss}"
