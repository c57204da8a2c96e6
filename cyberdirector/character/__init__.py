"""Characters: body, face, hair, clothes, springs.

>>> from cyberdirector.character import compile_character, shipped_recipe
>>> character = compile_character(shipped_recipe("lin_wan"), seed=1)  # doctest: +SKIP
"""

from cyberdirector.character.compile import compile_character
from cyberdirector.character.recipe import Recipe, load_recipe, recipe_names, shipped_recipe
from cyberdirector.character.springs import simulate_springs, spring_nodes

__all__ = [
    "Recipe",
    "compile_character",
    "load_recipe",
    "recipe_names",
    "shipped_recipe",
    "simulate_springs",
    "spring_nodes",
]
