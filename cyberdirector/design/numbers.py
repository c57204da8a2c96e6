"""Ages, heights, heads and counts written as numbers, Chinese or English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH = "零〇一二三四五六七八九十两百"
_EN_UNITS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
_EN_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_WORD = "|".join([*_EN_TENS, *_EN_UNITS])
_UNITS = "|".join(_EN_UNITS)
_NUMBER = rf"(?:\d{{1,3}}|(?:{'|'.join(_EN_TENS)})(?:[- ](?:{_UNITS}))?|(?:{_UNITS}))"
_DECADES = {
    "teens": 16,
    "twenties": 24,
    "thirties": 34,
    "forties": 44,
    "fifties": 54,
    "sixties": 64,
    "seventies": 74,
    "eighties": 84,
    "nineties": 94,
}
_PART = {"early": -4, "mid": 1, "middle": 1, "late": 4}
_SPECIAL = {
    "豆蔻": 13,
    "及笄": 15,
    "弱冠": 20,
    "而立": 30,
    "不惑": 40,
    "花甲": 60,
    "古稀": 70,
    "耄耋": 80,
    "二八": 16,
}

MANY = 24
"""Years over a decade's start that “…多” and “…来” add is 4; counts end here."""


@dataclass(frozen=True)
class Figure:
    """A number with what it counts: ``age``, ``height`` (cm), ``heads`` or ``count``."""

    start: int
    end: int
    kind: str
    value: int


def chinese_number(text: str) -> int | None:
    """Return a number below 1000 in digits or Chinese characters (``二十五六`` → 25)."""
    if text.isdigit():
        return int(text)
    if not text or any(c not in _ZH for c in text):
        return None
    hundreds, _, rest = text.rpartition("百")
    total = 100 * _DIGIT.get(hundreds, 1) if "百" in text else 0
    if "十" in rest:
        tens, _, ones = rest.partition("十")
        return total + 10 * _DIGIT.get(tens[:1], 1) + _DIGIT.get(ones[:1], 0)
    return total + _DIGIT.get(rest[:1], 0)


def english_number(text: str) -> int | None:
    """Return a number below 100 in digits or English words."""
    if text.isdigit():
        return int(text)
    total = 0
    for word in re.split(r"[- ]", text):
        if word not in _EN_TENS and word not in _EN_UNITS:
            return None
        total += _EN_TENS.get(word, 0) + _EN_UNITS.get(word, 0)
    return total


_AGE_ZH = re.compile(
    rf"(?:年(?:方|约|近|仅|过|逾)|芳龄|大约|大概|约莫|约)?\s*"
    rf"(?P<n>\d{{1,3}}|[{_ZH}]{{1,5}})(?P<more>多|来|几)?\s*"
    r"(?:(?:岁|旬|周岁)(?:左右|上下|出头|多|的)?|(?P<odd>出头))"
)
_AGE_SPECIAL = re.compile(
    r"(?:年方|年届|年过|正值)?(?:" + "|".join(_SPECIAL) + r")(?:之年|年华|年纪)"
)
_HEIGHT_ZH = re.compile(
    rf"(?:身高|个子)?\s*(?P<m>[1一]|两|2)\s*米\s*(?P<cm>\d{{1,2}}|[{_ZH}]{{1,3}})?"
)
_HEIGHT_CM = re.compile(
    r"(?:身高\s*)?(?P<cm>1\d\d|2[01]\d)\s*(?:cm|厘米|公分|centimet(?:er|re)s?)(?:\s+tall)?"
)
_HEADS = re.compile(rf"(?P<n>\d|[{_ZH}]|{_WORD})\s*(?:头身|heads?(?: tall| high)?\b)")
_COUNT_ZH = re.compile(rf"(?P<n>\d{{1,3}}|[{_ZH}]{{1,3}})\s*(?:个|位|名)(?!子)")
_AGE_EN = (
    re.compile(rf"(?<![\w])(?P<n>{_NUMBER})[- ]?(?:years?|yrs?|y/?o)(?:[- ]?olds?)?\b"),
    re.compile(
        rf"\b(?:aged?|around|about|turning|age of|nearly|almost)\s+(?P<n>{_NUMBER})"
        r"(?!\s*(?:cm|heads))\b"
    ),
    re.compile(rf"(?:(?<=,)|(?<=^)|(?<=\())\s*(?P<n>{_NUMBER})\s*(?=$|[,;.)])"),
)
_DECADE = re.compile(
    r"(?:in (?:his|her|their|the)\s+)?(?:(?P<part>early|mid|middle|late)[- ])?(?P<n>"
    + "|".join(_DECADES)
    + r")\b"
)
_COUNT_EN = re.compile(
    rf"(?:^|(?<=[,.;]\s))\s*(?P<n>{_NUMBER})\s+(?=[a-z-]+)(?!years?|yrs?|heads?|cm)"
)


def find_figures(text: str) -> list[Figure]:
    """Return the numbers of a text in lower case, in order, none overlapping."""
    found: list[Figure] = []
    for figure in _candidates(text):
        if all(figure.end <= f.start or figure.start >= f.end for f in found):
            found.append(figure)
    return sorted(found, key=lambda f: f.start)


def _candidates(text: str) -> Iterator[Figure]:
    yield from _heights(text)
    for m in _HEADS.finditer(text):
        value = chinese_number(m["n"]) or english_number(m["n"])
        if value and 2 <= value <= 9:
            yield Figure(m.start(), m.end(), "heads", value)
    for m in _AGE_SPECIAL.finditer(text):
        word = next(w for w in _SPECIAL if w in m[0])
        yield Figure(m.start(), m.end(), "age", _SPECIAL[word])
    for m in _AGE_ZH.finditer(text):
        value = chinese_number(m["n"])
        if value is not None:
            value = value * 10 if "旬" in m[0] else value
            yield Figure(m.start(), m.end(), "age", min(value + (4 if m["more"] else 0), 100))
    for pattern in _AGE_EN:
        for m in pattern.finditer(text):
            value = english_number(m["n"])
            if value is not None and 3 <= value <= 100:
                yield Figure(m.start(), m.end(), "age", value)
    for m in _DECADE.finditer(text):
        value = _DECADES[m["n"]] + _PART.get(m["part"] or "", 0)
        yield Figure(m.start(), m.end(), "age", value)
    yield from _counts(text)


def _heights(text: str) -> Iterator[Figure]:
    for m in _HEIGHT_CM.finditer(text):
        yield Figure(m.start(), m.end(), "height", int(m["cm"]))
    for m in _HEIGHT_ZH.finditer(text):
        metres = 2 if m["m"] in "两2" else 1
        rest = _centimetres(m["cm"] or "")
        yield Figure(m.start(), m.end(), "height", 100 * metres + rest)


def _centimetres(text: str) -> int:
    """Return the centimetres after 米: 八五 → 85, 八 → 80, 85 → 85, 七十 → 70."""
    if not text:
        return 0
    if text.isdigit():
        return int(text) * (10 if len(text) == 1 else 1)
    if "十" in text:
        return chinese_number(text) or 0
    digits = [_DIGIT[c] for c in text[:2] if c in _DIGIT]
    return digits[0] * 10 + (digits[1] if len(digits) > 1 else 0) if digits else 0


def _counts(text: str) -> Iterator[Figure]:
    for m in _COUNT_ZH.finditer(text):
        value = chinese_number(m["n"])
        if value is not None and 1 <= value:
            yield Figure(m.start(), m.end(), "count", value)
    for m in _COUNT_EN.finditer(text):
        value = english_number(m["n"])
        if value is not None and value >= 1:
            yield Figure(m.start("n"), m.end("n"), "count", value)
