"""The cast table beside a script: who is played by whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from cyberdirector.core.errors import InputRefused, Location

MAX_BYTES = 1 << 18
"""Largest cast table, bytes."""


class CastEntry(BaseModel):
    """Choices for one role; what is left empty is chosen by the program.

    ``recipe`` names a character of the library or a ``.vrm`` file beside the script,
    ``voice`` a voice of the library, ``seed`` varies what is left open, ``about`` helps
    the choice (age, sex, kind). ``style`` names a manner of acting, ``mouth`` is ``full`` or
    ``anime``, ``layers`` sets dials of the performance for the whole episode.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    recipe: str = ""
    voice: str = ""
    seed: int | None = None
    about: str = ""
    style: str = ""
    mouth: Literal["", "full", "anime"] = ""
    layers: dict[str, Any] = {}


class LineEntry(BaseModel):
    """What a director changes in one line; what is left empty stays as it was.

    ``layers`` sets dials of the speaker's performance, ``emotion`` is an emotion or keys along
    the line (``sad:0.2@0,anger:0.9@1``), ``seed`` rolls the whole performance of the line anew.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    layers: dict[str, Any] = {}
    emotion: str = ""
    seed: int | None = None


def cast_path(script: Path) -> Path:
    """Return where the cast table of a script lies: ``name.cast.yaml`` beside it."""
    return script.with_name(f"{script.stem}.cast.yaml")


def read_cast(script: Path) -> dict[str, CastEntry]:
    """Return the cast table beside a script, empty when there is none.

    Raises
    ------
    InputRefused
        ``cast-unreadable`` when the table is no YAML of the form ``cast: {role: {...}}``.
    """
    return _entries(script, "cast", CastEntry)


def read_lines(script: Path) -> dict[str, LineEntry]:
    """Return what the table beside a script says of single lines, by line id.

    Raises
    ------
    InputRefused
        ``cast-unreadable`` when ``lines: {line id: {...}}`` cannot be read.
    """
    return _entries(script, "lines", LineEntry)


_Entry = TypeVar("_Entry", bound=BaseModel)


def _entries(script: Path, section: str, kind: type[_Entry]) -> dict[str, _Entry]:
    """Return one section of the table as values of a kind."""
    path = cast_path(script)
    if not path.is_file():
        return {}
    data = _document(path)
    if "cast" not in data and "lines" not in data:
        raise _refused(path, "no “cast:”")
    table = data.get(section) or {}
    if not isinstance(table, dict):
        raise _refused(path, f"“{section}:” {table!r}"[:80])
    try:
        return {str(k): kind.model_validate(v or {}) for k, v in table.items()}
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _refused(path, f"{place}: {first['msg']}") from None


def _document(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_BYTES:
        raise _refused(path, f"{path.stat().st_size} bytes")
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _refused(path, str(error.problem), line) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(path, type(error).__name__) from None
    if not isinstance(data, dict):
        raise _refused(path, "no “cast:”")
    return data


def _refused(path: Path, found: str, line: int = 0) -> InputRefused:
    return InputRefused(
        "cast-unreadable",
        f"读不懂演员表（{found}），请写成“cast:”下面每行“角色: {{recipe: 名称}}”。",
        f"The cast table cannot be read ({found}); write “cast:” and below it one "
        "“role: {recipe: name}” per line.",
        Location(str(path), line),
    )
