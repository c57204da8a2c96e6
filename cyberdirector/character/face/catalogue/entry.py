"""One named choice of a face: what it is called and which dials it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def _frozen() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Entry:
    """A named preset.

    Attributes
    ----------
    name
        Stable id, lower case.
    zh, en
        What people call it.
    tags
        Other words for it and what it suits, both languages; text search matches them.
    sets
        ``section.dial`` → value that replaces the default. Sections are the blocks of a
        recipe: ``style``, ``eyes``, ``brows``, ``paint``, ``face``.
    factors
        ``section.dial`` → factor on what the stylisation gives.
    shifts
        ``section.dial`` → what is added afterwards, in the dial's own unit.
    """

    name: str
    zh: str
    en: str
    tags: tuple[str, ...] = ()
    sets: Mapping[str, float | str] = field(default_factory=lambda: MappingProxyType({}))
    factors: Mapping[str, float] = field(default_factory=_frozen)
    shifts: Mapping[str, float] = field(default_factory=_frozen)
