"""Named choices of a face that words and pictures can ask for.

>>> from cyberdirector.character.face.catalogue import CATALOGUE, find_entry
>>> find_entry("eye_shape", "phoenix").zh
'丹凤眼'
>>> len(CATALOGUE["iris_kind"])
12

The keys of :data:`CATALOGUE` are fields of the recipe's ``face`` block; ``beard`` is the
one exception, its entries say which dials of ``hair`` and ``paint`` to set.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cyberdirector.character.face.catalogue.entry import Entry
from cyberdirector.character.face.catalogue.eyes import EYE_SHAPES, IRISES, LASHES
from cyberdirector.character.face.catalogue.features import BROWS, FACE_SHAPES, LIPS, NOSES
from cyberdirector.character.face.catalogue.marks import (
    BEARDS,
    BLUSHES,
    FOREHEAD_MARKS,
    MAKEUPS,
    MOLES,
    SCARS,
)
from cyberdirector.core.errors import InputRefused

CATALOGUE: Mapping[str, tuple[Entry, ...]] = MappingProxyType({
    "shape": FACE_SHAPES,
    "eye_shape": EYE_SHAPES,
    "iris_kind": IRISES,
    "lash_kind": LASHES,
    "brow_kind": BROWS,
    "lip_kind": LIPS,
    "nose_kind": NOSES,
    "blush_kind": BLUSHES,
    "mole": MOLES,
    "makeup": MAKEUPS,
    "mark": FOREHEAD_MARKS,
    "scar": SCARS,
    "beard": BEARDS,
})  # fmt: skip
"""Field of the recipe's ``face`` block → its choices."""

FACE_FIELDS: tuple[str, ...] = tuple(name for name in CATALOGUE if name != "beard")
"""Fields of the recipe's ``face`` block that take a name of the catalogue."""


def find_entry(field: str, name: str) -> Entry:
    """Return one entry by field and name.

    Raises
    ------
    InputRefused
        ``face-choice``: the field has no entry of that name.
    """
    for item in CATALOGUE[field]:
        if item.name == name:
            return item
    known = ", ".join(item.name for item in CATALOGUE[field])
    raise InputRefused(
        "face-choice",
        f"face.{field} 没有“{name}”；可选：{known}。",
        f"face.{field} has no “{name}”; choose one of: {known}.",
    )


__all__ = ["CATALOGUE", "FACE_FIELDS", "Entry", "find_entry"]
