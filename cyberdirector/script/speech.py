"""Spoken lines as written in a 剧本: ``林晚（冷笑）：台词``, ``林晚 OS：…``, ``A、B：…``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cyberdirector.script.document import Aside

_DIRECTION = re.compile(r"[（(]([^（）()]*)[）)]")
_MARK = re.compile(
    r"(?:(?<=[^A-Za-z])|(?<=\s))[\s·]*(O\.?S\.?|V\.?O\.?|画外音|内心独白|内心|心声|画外|独白)$",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W_][\w·•’'.&\- ]{0,39}")
_QUOTES = {"“": "”", "「": "」", "『": "』", '"': '"'}


@dataclass(frozen=True)
class Spoken:
    """The head and the words of a spoken line."""

    names: tuple[str, ...]
    parenthetical: str
    text: str
    asides: tuple[Aside, ...]
    open_paren: bool = False


def _colon(line: str) -> int:
    """Return the index of the first colon outside round brackets, or -1."""
    depth = 0
    for index, c in enumerate(line):
        if c in "（(":
            depth += 1
        elif c in "）)":
            depth = max(0, depth - 1)
        elif c in "：:" and depth == 0:
            return index
    return -1


def split_words(words: str) -> tuple[str, str, tuple[Aside, ...]]:
    """Return (leading directions, spoken text, inner directions) of words after a colon."""
    lead: list[str] = []
    rest = words.strip()
    while match := _DIRECTION.match(rest):
        if match[1].strip():
            lead.append(match[1].strip())
        rest = rest[match.end() :].lstrip()
    text, asides, done = "", [], 0
    for match in _DIRECTION.finditer(rest):
        text += rest[done : match.start()]
        if match[1].strip():
            asides.append(Aside(offset=len(text), text=match[1].strip()))
        done = match.end()
    text += rest[done:]
    bare = text.rstrip()
    asides = [a.model_copy(update={"offset": min(a.offset, len(bare))}) for a in asides]
    if not asides and len(bare) > 2 and _QUOTES.get(bare[0]) == bare[-1]:
        inner = bare[1:-1]
        if not any(q in inner for q in (bare[0], bare[-1])) and inner.strip():
            bare = inner.strip()
    return "，".join(lead), bare, tuple(asides)


def _names(head: str) -> tuple[str, ...] | None:
    parts = [" ".join(p.split()) for p in re.split(r"[、/＆&和与]|\s?[,，+]\s?", head)]
    if len(parts) > 1 and all(_is_name(p) and len(p) > 1 for p in parts):
        return tuple(dict.fromkeys(parts))
    whole = " ".join(head.split())
    return (whole,) if _is_name(whole) else None


def _is_name(text: str) -> bool:
    limit = 12 if re.search(r"[\u3400-\u9fff]", text) else 40
    return (
        0 < len(text) <= limit
        and _NAME.fullmatch(text) is not None
        and not text.replace(" ", "").isdecimal()
        and len(text.split()) <= 4
    )


def split_head(head: str) -> tuple[tuple[str, ...], str] | None:
    """Return (names, directions) of what stands before the colon, or None."""
    directions = [d.strip() for d in _DIRECTION.findall(head) if d.strip()]
    bare = _DIRECTION.sub(" ", head).strip().strip("@")
    if mark := _MARK.search(bare):
        directions.insert(0, mark[1])
        bare = bare[: mark.start()].strip()
    names = _names(bare)
    return (names, "，".join(directions)) if names else None


def parse_speech(line: str) -> Spoken | None:
    """Return the spoken line that a text is, or None when it is something else.

    ``text`` is empty when only a name stands there (the words follow on the next line).
    """
    at, open_paren = _colon(line), False
    if at < 0:
        match = re.match(r"([^：:]*)[（(]([^（）()：:]*)[：:]", line)
        if not match or not match[1].strip():
            return None
        head, words, open_paren = f"{match[1]}（{match[2]}）", line[match.end() :], True
    else:
        head, words = line[:at], line[at + 1 :]
    if words.startswith("//") or len(head) > 120:
        return None
    parts = split_head(head)
    if parts is None:
        return None
    lead, text, asides = split_words(words)
    directions = "，".join(d for d in (parts[1], lead) if d)
    return Spoken(parts[0], directions, text, asides, open_paren)
