"""Characters of our own without their rig."""

from functools import lru_cache

import numpy as np

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.rig.training.people import Person, strip_character
from cyberdirector.rig.training.stances import deform, random_turns


@lru_cache(maxsize=4)
def character_of(name):
    """Return a shipped character."""
    return compile_character(shipped_recipe(name))


@lru_cache(maxsize=4)
def person_of(name) -> Person:
    """Return the mesh and the true skeleton of a shipped character."""
    return strip_character(character_of(name))


@lru_cache(maxsize=8)
def standing(name, stance):
    """Return vertices, joints (metres) and triangles of a character in a stance."""
    person = person_of(name)
    turns = random_turns(np.random.default_rng(5), stance)
    points, joints = deform(person, turns, np.ones((55, 3)))
    return points, joints, person.triangles
