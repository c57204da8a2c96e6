"""Random people of our own, stripped to a mesh, that rigging is learnt from and measured on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character import Recipe, compile_character, recipe_names, shipped_recipe
from cyberdirector.character.hair import STYLES
from cyberdirector.core.model import Character
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX
from cyberdirector.design.random import random_recipe as random_person

Floats = NDArray[np.float64]

INFLUENCES = 4
"""Skin weights kept for each vertex."""


@dataclass(frozen=True)
class Person:
    """A character as one mesh with its true skeleton.

    Attributes
    ----------
    points
        (v, 3) float32, metres, T-pose, +Y up, facing +Z.
    triangles
        (t, 3) int32.
    joints, weights
        (v, 4) humanoid bone and weight, sum 1; springs count as the bone they hang from.
    bones
        (55, 3) float64 T-pose joint positions, metres.
    """

    points: NDArray[np.float32]
    triangles: NDArray[np.int32]
    joints: NDArray[np.uint8]
    weights: NDArray[np.float32]
    bones: Floats


def random_recipe(rng: np.random.Generator) -> Recipe:
    """Return somebody in random proportions: of the cast we ship, or of the whole catalogues.

    The cast swaps hair and clothes; people of the catalogues wear whatever there is, hats,
    fans and swords too.
    """
    base = (
        _of_the_cast(rng) if rng.random() < 0.5 else random_person(int(rng.integers(1 << 30)))
    )
    shape = {
        **base.shape,
        "weight": float(rng.uniform(0.15, 0.85)),
        "muscle": float(rng.uniform(0.25, 0.8)),
        "tall": float(rng.uniform(0.2, 0.8)),
    }
    style = {
        **base.style,
        "head": float(rng.uniform(1.0, 1.55)),
        "limb": float(rng.uniform(0.78, 1.0)),
        "torso": float(rng.uniform(0.86, 1.02)),
        "neck": float(rng.uniform(0.8, 1.02)),
        "hand": float(rng.uniform(0.88, 1.1)),
    }
    local = {
        **base.local,
        "upperlegs-height-incr": float(rng.uniform(0.0, 0.9)),
        "lowerlegs-height-incr": float(rng.uniform(0.0, 0.9)),
        "measure-shoulder-dist-decr": float(rng.uniform(0.0, 0.4)),
    }
    return base.model_copy(update={
        "shape": shape, "style": style, "local": local,
        "height": float(rng.uniform(1.35, 1.95)),
    })  # fmt: skip


@lru_cache(maxsize=1)
def _cast() -> tuple[Recipe, ...]:
    """Return all shipped recipes."""
    return tuple(map(shipped_recipe, recipe_names()))


def _of_the_cast(rng: np.random.Generator) -> Recipe:
    """Return a shipped recipe with any hair and the clothes of another one, or none."""
    cast = _cast()
    base = cast[int(rng.integers(len(cast)))]
    same = [r for r in cast if r.sex == base.sex]
    other = same[int(rng.integers(len(same)))]
    styles = sorted(STYLES)
    bald, bare = rng.random() < 0.12, rng.random() < 0.10
    hair = base.hair.model_copy(update={
        "style": "bald" if bald else styles[int(rng.integers(len(styles)))],
        "length": float(rng.uniform(0.8, 1.2)), "volume": float(rng.uniform(0.8, 1.3)),
    })  # fmt: skip
    return base.model_copy(update={"hair": hair, "wardrobe": () if bare else other.wardrobe})


def strip_character(character: Character) -> Person:
    """Return the mesh of a character and its true skeleton, springs folded into bones."""
    home = np.zeros(len(character.nodes), np.int64)
    of = {node: BONE_INDEX[bone] for bone, node in character.humanoid.items()}
    for i, node in enumerate(character.nodes):
        home[i] = of.get(i, home[node.parent] if node.parent >= 0 else 0)
    points, triangles, joints, weights = [], [], [], []
    first = 0
    for part in character.parts:
        if part.joints is None or part.weights is None:
            continue
        dense = np.zeros((len(part.positions), BONE_COUNT), np.float32)
        rows = np.arange(len(dense))
        for k in range(part.joints.shape[1]):
            np.add.at(dense, (rows, home[part.joints[:, k]]), part.weights[:, k])
        order = np.argsort(-dense, axis=1, kind="stable")[:, :INFLUENCES]
        best = np.take_along_axis(dense, order, axis=1)
        points.append(part.positions)
        triangles.append(part.triangles.astype(np.int32) + first)
        joints.append(order.astype(np.uint8))
        weights.append(best / best.sum(axis=1, keepdims=True))
        first += len(part.positions)
    at = character.node_positions()
    bones = np.array([at[character.humanoid[b]] for b in BONE_INDEX])
    return Person(
        np.concatenate(points), np.concatenate(triangles), np.concatenate(joints),
        np.concatenate(weights).astype(np.float32), bones,
    )  # fmt: skip


def make_person(seed: int) -> Person:
    """Return a random person (deterministic in ``seed``, two to five seconds)."""
    rng = np.random.default_rng([seed, 0x52494721])
    return strip_character(compile_character(random_recipe(rng), seed))


def save_person(person: Person, path: Path) -> None:
    """Write a person as ``.npz``."""
    np.savez(path, allow_pickle=False, **vars(person))


def load_person(path: Path) -> Person:
    """Read what :func:`save_person` wrote."""
    with np.load(path, allow_pickle=False) as data:
        return Person(**{name: data[name] for name in data.files})
