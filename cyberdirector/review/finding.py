"""What a check says: findings with a code, and a report of all."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """One thing found, with a stable code and a sentence in Chinese and English."""

    code: str
    level: Level
    zh: str
    en: str
    where: str = ""


@dataclass
class Report:
    """All findings about a file and the figures that were measured."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def error(self, code: str, zh: str, en: str, where: str = "") -> None:
        """Add something that breaks a rule."""
        self.findings.append(Finding(code, "error", zh, en, where))

    def warn(self, code: str, zh: str, en: str, where: str = "") -> None:
        """Add something that works but falls short."""
        self.findings.append(Finding(code, "warning", zh, en, where))

    def info(self, code: str, zh: str, en: str, where: str = "") -> None:
        """Add something that is good to know."""
        self.findings.append(Finding(code, "info", zh, en, where))

    def count(self, level: Level) -> int:
        """Return the number of findings of a level."""
        return sum(f.level == level for f in self.findings)

    @property
    def ok(self) -> bool:
        """True when there is no error."""
        return self.count("error") == 0

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return {
            "ok": self.ok,
            "file": self.file,
            "errors": self.count("error"),
            "warnings": self.count("warning"),
            "findings": [asdict(f) for f in self.findings],
            "figures": self.figures,
        }
