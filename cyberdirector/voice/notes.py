"""What a user should know of a line that was spoken otherwise than written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """A remark with a stable code and one sentence in each language."""

    code: str
    zh: str
    en: str

    def text(self, language: str = "en") -> str:
        """Return ``[code] sentence`` in ``zh`` or ``en``."""
        return f"[{self.code}] {self.zh if language.startswith('zh') else self.en}"
