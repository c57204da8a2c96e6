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


def statue_of(name, stance, scale=1.0, turn=None):
    """Return a shipped character without rig, in a stance, as a statue."""
    from dataclasses import replace

    from cyberdirector.character.body import vertex_normals
    from cyberdirector.rig.mesh import Statue

    character = character_of(name)
    points, _, _ = standing(name, stance)
    points = scale * (points if turn is None else points @ turn.T)
    parts, at = [], 0
    for part in character.parts:
        rows = points[at : at + len(part.positions)]
        at += len(rows)
        normals = vertex_normals(rows, part.triangles.astype(np.int64))
        parts.append(
            replace(
                part, positions=rows.astype(np.float32), normals=normals.astype(np.float32),
                joints=None, weights=None, morphs={}, outline_normals=None, outline_scale=None,
            )
        )  # fmt: skip
    materials = [replace(m, role="") for m in character.materials]
    return Statue(name, parts, materials, list(character.textures))
