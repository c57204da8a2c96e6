"""Typed errors with a stable code and one sentence in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """Exit status of the command line (the same for every command)."""

    OK = 0
    CHECK_FAILED = 1
    USAGE = 2
    REFUSED = 3
    MISSING = 4
    INTERRUPTED = 130


@dataclass(frozen=True)
class Location:
    """Where something was found: a file position or a path inside a document."""

    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        return f"{place} {self.path}".strip()


class CyberDirectorError(Exception):
    """Base of all errors that a user can cause or mend.

    Parameters
    ----------
    code
        Stable identifier in kebab case, for example ``script-empty``.
    zh, en
        What was found, what was expected and what to do next, one sentence each.
    location
        Where it was found, if anywhere.
    details
        Extra values for ``--json`` output.
    """

    exit_code: ExitCode = ExitCode.CHECK_FAILED

    def __init__(
        self,
        code: str,
        zh: str,
        en: str,
        location: Location | None = None,
        **details: Any,
    ) -> None:
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en
        self.location = location or Location()
        self.details = details

    def text(self, language: str = "en") -> str:
        """Return ``[code] place: sentence`` in ``zh`` or ``en``."""
        sentence = self.zh if language.startswith("zh") else self.en
        place = str(self.location)
        return f"[{self.code}] {place + ': ' if place else ''}{sentence}"

    def __str__(self) -> str:
        return self.text()

    def as_dict(self) -> dict[str, Any]:
        """Return the error as plain JSON data."""
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "file": self.location.file,
            "line": self.location.line,
            "column": self.location.column,
            "path": self.location.path,
            **self.details,
        }


class InputRefused(CyberDirectorError):
    """A file or text given by the user cannot be used."""

    exit_code = ExitCode.REFUSED


class ProjectError(CyberDirectorError):
    """A project folder is damaged, locked or of a newer version."""

    exit_code = ExitCode.REFUSED


class AdapterUnavailable(CyberDirectorError):
    """A model, library, font or driver that this step needs is not there."""

    exit_code = ExitCode.MISSING


class RenderFailed(CyberDirectorError):
    """The rasterizer or the encoder could not make the frames."""


class IntegrityError(CyberDirectorError):
    """Bytes do not have the hash that was promised for them."""
