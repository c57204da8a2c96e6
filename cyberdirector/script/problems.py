"""What the reader of a script noticed, with the place and a sentence in two languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from cyberdirector.script.document import Episode, Source

Severity = Literal["warning", "error"]


@dataclass(frozen=True)
class Problem:
    """One remark on a script; ``line`` and ``column`` count from 1."""

    line: int
    column: int
    code: str
    zh: str
    en: str
    severity: Severity = "warning"

    def message(self, language: str = "en") -> str:
        """Return the sentence in ``zh`` or ``en``."""
        return self.zh if language.startswith("zh") else self.en

    def as_dict(self, language: str = "en") -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "severity": self.severity,
            "message": self.message(language),
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(frozen=True)
class ParseResult:
    """A parsed script and everything that was noticed on the way."""

    episode: Episode
    problems: tuple[Problem, ...] = ()


@dataclass
class Problems:
    """Collects remarks while a script is read."""

    items: list[Problem] = field(default_factory=list)

    def warn(self, at: Source, code: str, zh: str, en: str) -> None:
        """Remember something doubtful that does not stop the work."""
        self.items.append(Problem(at.line, at.column, code, zh, en))

    def sorted(self) -> tuple[Problem, ...]:
        """Return all remarks in the order of the script."""
        return tuple(sorted(self.items, key=lambda p: (p.line, p.column)))
