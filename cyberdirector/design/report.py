"""What was understood of a description, and from which words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from cyberdirector.design.slots import CharacterSlots


@dataclass(frozen=True)
class Span:
    """A stretch of the text and the slot that was filled from it."""

    start: int
    end: int
    text: str
    slot: str
    value: str


@dataclass
class Reading:
    """What was understood.

    Attributes
    ----------
    slots
        The character.
    spans
        Where each slot was read.
    unresolved
        Words that say something which was not understood.
    lacking
        Words that were understood, but for which the library has nothing.
    """

    text: str
    slots: CharacterSlots
    spans: list[Span] = field(default_factory=list)
    unresolved: list[Span] = field(default_factory=list)
    lacking: list[Span] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return {
            "slots": self.slots.model_dump(exclude_defaults=True),
            "spans": [asdict(s) for s in self.spans],
            "unresolved": [asdict(s) for s in self.unresolved],
            "lacking": [asdict(s) for s in self.lacking],
        }
