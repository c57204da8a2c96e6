"""Scene headings: ``1-1 夜 内 云来茶馆``, ``内景 茶馆 - 夜``, ``INT. OFFICE - DAY``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cyberdirector.script.document import Time
from cyberdirector.script.lexicon import lexicon

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_WIDE = str.maketrans("０１２３４５６７８９－—–―‐．", "0123456789-----.")
_NUMERAL = r"[0-9零〇一二两三四五六七八九十百]+"

_NUMBER = re.compile(
    rf"(?P<mark>场景|场次|场|第|scene\s|sc\.)?\s*(?P<a>{_NUMERAL})"
    rf"(?:\s*[-.]\s*(?P<b>[0-9]+))?(?P<letter>[A-Za-z](?![A-Za-z]))?\s*(?P<end>场|幕)?"
    rf"(?=[\s.、：:,，/|】\]]|$)\s*[.、：:,，]?\s*",
    re.IGNORECASE,
)
_INSIDE = {
    "内": True, "内景": True, "室内": True, "int": True,
    "外": False, "外景": False, "室外": False, "ext": False, "est": False,
}  # fmt: skip
_BOTH = frozenset(
    ["内外", "外内", "内/外", "外/内", "内外景", "int/ext", "ext/int", "int./ext", "i/e"]
)
_SPLIT = re.compile(r"[\s,，、|·]+|\s[-–—]+\s")
_EDGE = "-–—/.．:：;；【】[]*"


def number_of(numeral: str) -> int:
    """Return the value of ``12`` or ``十二`` (0 when it is neither)."""
    if numeral.isdecimal():
        return int(numeral[:6])
    total = digit = 0
    for c in numeral:
        if c in "十百":
            total += (digit or (1 if total == 0 else 0)) * (10 if c == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + _DIGITS.get(c, int(c) if c.isdecimal() else 0)
        if total + digit > 999_999:
            return 0
    return total + digit


@dataclass(frozen=True)
class Heading:
    """A parsed heading; ``id`` is empty when the script gives no number."""

    id: str
    place: str
    time: Time | None
    inside: bool | None
    both: bool
    weather_words: tuple[str, ...]
    same_time: bool = False


def _number(text: str, episode: int) -> tuple[str, str, bool]:
    """Return (id, rest, certain): the number at the start of a heading."""
    match = _NUMBER.match(text)
    if not match:
        return "", text, False
    mark, end = (match["mark"] or "").strip().lower(), match["end"] or ""
    if mark == "第" and not end:
        return "", text, False
    if not match["a"].isdecimal() and not (mark or end):
        return "", text, False
    first, second = number_of(match["a"]), match["b"]
    scene = f"{first}-{int(second[:6])}" if second else f"{episode}-{first}"
    certain = bool(mark or end or (second and "-" in match[0]))
    return scene + (match["letter"] or "").upper(), text[match.end() :], certain


@dataclass
class _Reading:
    place: list[str]
    time: Time | None = None
    inside: bool | None = None
    said: bool = False
    both: bool = False
    same: bool = False
    weather: list[str] | None = None

    def take_inside(self, word: str) -> bool:
        low = word.lower().strip(".")
        if self.said or low not in _BOTH | _INSIDE.keys():
            return False
        self.said, self.both, self.inside = True, low in _BOTH, _INSIDE.get(low)
        return True

    def take_time(self, word: str) -> bool:
        if self.time is not None or self.same:
            return False
        name = lexicon().time(word)
        if name is not None:
            self.time = Time(name=name, words=word)
        elif word.lower() in lexicon().same_time:
            self.same = True
        return self.time is not None or self.same

    def take(self, word: str) -> bool:
        """Take one token as a time, an inside/outside mark, both in one, or weather."""
        if self.take_inside(word) or self.take_time(word):
            return True
        pair = re.fullmatch(r"(.+?)[/·]?(内外|内|外)景?", word) or re.fullmatch(
            r"(内外|内|外)景?[/·]?(.+)", word
        )
        if pair and not self.said and self.time is None:
            a, b = pair.groups()
            for time, side in ((a, b), (b, a)):
                if lexicon().time(time) and side in _BOTH | _INSIDE.keys():
                    return self.take_time(time) and self.take_inside(side)
        found = lexicon().weather.get(word.lower())
        if found and self.place and self.weather is not None:
            self.weather.append(word)
            return True
        return False


def parse_heading(text: str, episode: int = 1) -> Heading | None:
    """Return the heading that a line is, or None when it is something else.

    A line is a heading when it carries a scene mark (``场1``, ``1-1``, ``第三场``), or a
    number with a time or an inside/outside word, or begins with ``INT.``, ``内景``
    and the like.

    Parameters
    ----------
    text
        One line.
    episode
        Number of the episode, used when the heading counts scenes only.
    """
    clean = text.translate(_WIDE).strip().strip("【】[]*# ")
    if not clean or len(clean) > 120:
        return None
    scene, rest, certain = _number(clean, episode)
    words = [w for w in (t.strip(_EDGE) for t in _SPLIT.split(rest)) if w]
    opens = bool(words) and re.match(
        r"(int|ext|est|i/e)[./\s]|[内外]{1,2}景|室[内外]\s|内外?[.．]|外[.．]",
        rest.lower() + " ",
    )
    reading = _Reading(place=[], weather=[])
    # Weather counts only after a place, so that a house called 雨 keeps its name.
    for word in words:
        if not reading.take(word):
            reading.place.append(word)
    marked = reading.said or reading.time is not None
    sure = certain or (scene and marked) or opens
    whole = reading.said and reading.time is not None and bool(reading.place)
    if not sure and not (whole and len(clean) <= 40 and not re.search("[。！？!?]", clean)):
        return None
    place = " ".join(reading.place)
    inner = re.findall(r"[（(]([^（）()]*)[）)]", place)
    hints = [*(reading.weather or []), *inner, reading.time.words if reading.time else ""]
    weather = tuple(h for h in hints if h and lexicon().weathers(h))
    return Heading(
        scene, place, reading.time, reading.inside, reading.both, weather, reading.same
    )
