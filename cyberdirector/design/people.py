"""A description becomes recipes: one, or as many people as it speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from cyberdirector.character.recipe import Recipe
from cyberdirector.design.compose import recipe_from_slots
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
    recipes: list[Recipe] = []
    looks: set[tuple[object, ...]] = set()
    index = 0
    while len(recipes) < many:
        recipe = recipe_from_slots(slots, seed, index)
        index += 1
        look = _look(recipe)
        # Where words leave little open some may look alike: after ten tries they may.
        if look in looks and index < 10 * many:
            continue
        looks.add(look)
        recipes.append(recipe)
    return Design(tuple(recipes), reading)


def _look(recipe: Recipe) -> tuple[object, ...]:
    """Return what people tell each other apart by at first sight."""
    return (
        recipe.sex,
        recipe.hair.style,
        recipe.face.get("shape"),
        recipe.face.get("eye_shape"),
        tuple(g.kind for g in recipe.wardrobe),
    )
