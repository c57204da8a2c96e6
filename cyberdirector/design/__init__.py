"""Characters from words: what a description says, and the recipe it becomes.

>>> from cyberdirector.design import design_characters
>>> design = design_characters("二十岁女剑客，高马尾，月白色交领襦裙，清冷")
>>> design.recipes[0].hair.style
'high_ponytail'
"""

from __future__ import annotations

from cyberdirector.design.compose import recipe_from_slots
from cyberdirector.design.people import Design, design_characters
from cyberdirector.design.random import random_recipe
from cyberdirector.design.reading import read_text
from cyberdirector.design.recipe_file import recipe_yaml, write_recipe
from cyberdirector.design.report import Reading, Span
from cyberdirector.design.slots import CharacterSlots

__all__ = [
    "CharacterSlots",
    "Design",
    "Reading",
    "Span",
    "design_characters",
    "random_recipe",
    "read_text",
    "recipe_from_slots",
    "recipe_yaml",
    "write_recipe",
]
