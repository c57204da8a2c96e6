"""Screenplays: 剧本 and Fountain text to an Episode, and back."""

from __future__ import annotations

import re
from pathlib import Path

from cyberdirector.script.cast import CastEntry, LineEntry, read_cast, read_lines
from cyberdirector.script.document import (
    Action,
    Aside,
    Beat,
    Caption,
    Episode,
    Line,
    Note,
    Role,
    Scene,
    Song,
    Source,
    Time,
    load_episode,
    save_episode,
)
from cyberdirector.script.problems import ParseResult, Problem
from cyberdirector.script.reading import detect_language, read_script, split_lines
from cyberdirector.script.writing import format_script

__all__ = [
    "Action",
    "Aside",
    "Beat",
    "Caption",
    "CastEntry",
    "Episode",
    "Line",
    "LineEntry",
    "Note",
    "ParseResult",
    "Problem",
    "Role",
    "Scene",
    "Song",
    "Source",
    "Time",
    "detect_format",
    "detect_language",
    "format_script",
    "load_episode",
    "parse_script",
    "parse_text",
    "read_cast",
    "read_lines",
    "save_episode",
]

_FOUNTAIN_SIGNS = re.compile(
    r"^(?:(?:INT|EXT|EST|I/E)[./ ].*|Title:.*|内[.．].*|外[.．].*|FADE IN:|@\S+)$", re.M
)
_CHINESE_SIGNS = re.compile(
    r"^\s*(?:[△▲∆].*|[^：:\n，。]{1,20}[：:].+|第.{1,4}集.*|【.*】|场?\d+-\d+\s.*)$", re.M
)


def detect_format(text: str, suffix: str = "") -> str:
    """Return ``fountain`` or ``chinese`` by the file's suffix, else by its notation."""
    if suffix.lower() in (".fountain", ".spmd"):
        return "fountain"
    fountain = len(_FOUNTAIN_SIGNS.findall(text))
    chinese = len(_CHINESE_SIGNS.findall(text))
    spoken = re.search(r"^[^\W\d_][^：:\n]{0,30}[：:][^\n]+$", text.replace("Title:", ""), re.M)
    return "fountain" if fountain and (not spoken or fountain > chinese) else "chinese"


def parse_text(
    text: str, file: str = "", notation: str | None = None, title: str = ""
) -> ParseResult:
    """Read a screenplay from a string.

    Parameters
    ----------
    text
        The whole script.
    file
        Name for messages; its suffix helps to tell the notation.
    notation
        ``chinese`` or ``fountain``; found out when None.
    title
        Title to take when the script states none.

    Raises
    ------
    InputRefused
        ``script-no-line``, ``script-line-too-long`` or ``script-too-long``.
    """
    lines = split_lines(text, file)
    if (notation or detect_format(text, Path(file).suffix)) == "fountain":
        from cyberdirector.script.fountain import parse_fountain

        return parse_fountain(lines, file, title)
    from cyberdirector.script.chinese import parse_chinese

    return parse_chinese(lines, file, title)


def parse_script(path: Path | str) -> ParseResult:
    """Read a screenplay file, 剧本 or Fountain.

    Raises
    ------
    InputRefused
        See :func:`~cyberdirector.script.reading.read_script` and :func:`parse_text`.
    """
    path = Path(path)
    return parse_text(read_script(path), str(path), title=path.stem)
