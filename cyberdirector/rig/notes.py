"""What a person should know about a result: short sentences with a stable code."""

from __future__ import annotations

from typing import NamedTuple


class Note(NamedTuple):
    """One sentence in Chinese and in English under a stable code in kebab case."""

    code: str
    zh: str
    en: str

    def text(self, language: str = "en") -> str:
        """Return the sentence in ``zh`` or ``en``."""
        return self.zh if language.startswith("zh") else self.en
