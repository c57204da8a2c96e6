"""Breaking a spoken line into subtitle lines and pages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

MAX_LINES = 2
"""A viewer reads two lines at a glance, not three."""

_CLOSING = frozenset("，。！？、；：”’）》」』…—,.!?;:)]}%·～")
_OPENING = frozenset("“‘（《「『([{")
_STOPS = frozenset("，。！？、；：…—,.!?;:")
_UNDRAWABLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")


def drawable(text: str) -> str:
    """Return text that the font can show: no emoji, no invisible marks, single spaces."""
    kept = (c for c in _UNDRAWABLE.sub("", text) if not _is_symbol(c))
    return " ".join("".join(kept).split())


def _is_symbol(c: str) -> bool:
    return ord(c) >= 0x1F000 or unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn")


def _breaks(text: str) -> list[int]:
    """Return the indices before which a line may begin."""
    found = []
    for i in range(1, len(text)):
        before, after = text[i - 1], text[i]
        if after in _CLOSING or after == " " or before in _OPENING:
            continue
        latin = before.isascii() and after.isascii() and before != " "
        if not (latin and before not in _STOPS):
            found.append(i)
    return found


def split_pages(text: str, width: Callable[[str], float], limit: float) -> list[list[str]]:
    """Return pages of at most two lines, each line narrower than ``limit``.

    Breaks fall after punctuation where that leaves the lines alike in length, and never
    inside a Latin word or before closing punctuation.

    Parameters
    ----------
    text
        One spoken line.
    width
        Gives the width of a string, pixels.
    limit
        Widest line, pixels.
    """
    text = drawable(text)
    if not text:
        return []
    count = max(1, round(width(text) / (limit * MAX_LINES) + 0.499))
    while True:
        pages = [_split(part, width, limit, MAX_LINES) for part in _cut(text, width, count)]
        if all(width(line) <= limit for page in pages for line in page) or count >= len(text):
            return pages
        count += 1


def _cut(text: str, width: Callable[[str], float], parts: int) -> list[str]:
    """Cut a text into parts of about equal width, best after punctuation."""
    found: list[str] = []
    rest = text
    for left in range(parts, 1, -1):
        at = _best(rest, width, 1.0 / left)
        if at is None:
            break
        found.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [*found, rest]


def _best(text: str, width: Callable[[str], float], share: float) -> int | None:
    """Return the break nearest to ``share`` of the width, punctuation preferred."""
    total = width(text)
    if total <= 0:
        return None

    def cost(i: int) -> float:
        away = abs(width(text[:i]) / total - share)
        last = text[:i].rstrip()[-1:]
        return away - (0.18 if last in "。！？!?…" else 0.13 if last in _STOPS else 0.0)

    return min(_breaks(text), key=cost, default=None)


def _split(text: str, width: Callable[[str], float], limit: float, lines: int) -> list[str]:
    if width(text) <= limit or lines == 1:
        return [text]
    fitting = [
        i
        for i in _breaks(text)
        if width(text[:i].rstrip()) <= limit and width(text[i:].lstrip()) <= limit
    ]
    if not fitting:
        at = _best(text, width, 0.5)
        return [text] if at is None else [text[:at].strip(), text[at:].strip()]
    total = width(text)

    def cost(i: int) -> float:
        away = abs(width(text[:i]) / total - 0.5)
        last = text[:i].rstrip()[-1:]
        return away - (0.3 if last in "。！？!?…" else 0.2 if last in _STOPS else 0.0)

    at = min(fitting, key=cost)
    return [text[:at].strip(), text[at:].strip()]
