"""The cast table beside a script: who is played by whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from cyberdirector.core.errors import InputRefused, Location

MAX_BYTES = 1 << 18
"""Largest cast table, bytes."""


class CastEntry(BaseModel):
    """Choices for one role; what is left empty is chosen by the program.

    ``recipe`` names a character of the library or a ``.vrm`` file beside the script,
    ``voice`` a voice of the library, ``seed`` varies what is left open, ``about`` helps
    the choice (age, sex, kind).
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    recipe: str = ""
    voice: str = ""
    seed: int | None = None
    about: str = ""


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
    path = cast_path(script)
    if not path.is_file():
        return {}
    if path.stat().st_size > MAX_BYTES:
        raise _refused(path, f"{path.stat().st_size} bytes")
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _refused(path, str(error.problem), line) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(path, type(error).__name__) from None
    table = data.get("cast") if isinstance(data, dict) else None
    if not isinstance(table, dict):
        raise _refused(path, "no “cast:”")
    try:
        return {str(k): CastEntry.model_validate(v or {}) for k, v in table.items()}
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _refused(path, f"{place}: {first['msg']}") from None


def _refused(path: Path, found: str, line: int = 0) -> InputRefused:
    return InputRefused(
        "cast-unreadable",
        f"读不懂演员表（{found}），请写成“cast:”下面每行“角色: {{recipe: 名称}}”。",
        f"The cast table cannot be read ({found}); write “cast:” and below it one "
        "“role: {recipe: name}” per line.",
        Location(str(path), line),
    )
