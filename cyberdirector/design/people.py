"""A description becomes recipes: one, or as many people as it speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from cyberdirector.character.recipe import Recipe
from cyberdirector.design.compose import recipe_from_slots
from cyberdirector.design.crowd import crowd_of
from cyberdirector.design.reading import read_text
from cyberdirector.design.report import Reading


@dataclass(frozen=True)
class Design:
    """Recipes and what was understood of the words."""

    recipes: tuple[Recipe, ...]
    reading: Reading


def design_characters(
    text: str, seed: int = 0, count: int | None = None, stylisation: float | None = None
) -> Design:
    """Return the characters of a description, all different (deterministic).

    Parameters
    ----------
    text
        Chinese, English or both.
    seed
        Decides what the words leave open.
    count
        How many; None takes what the words say (``10 个路人甲``), else one.
    stylisation
        0 real … 1.25 moe; None takes what the words say, else 1.

    Raises
    ------
    InputRefused
        ``text-empty``, ``text-too-long``.
    """
    reading = read_text(text)
    slots = reading.slots
    if stylisation is not None:
        slots = slots.model_copy(update={"stylisation": stylisation})
    many = count if count is not None else slots.count
    if many > 1:
        return Design(tuple(crowd_of(slots, seed, many)), reading)
    return Design((recipe_from_slots(slots, seed),), reading)
