"""Digits, dates, times and units of a Chinese line → the characters that are spoken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_MEASURES = (
    "(?:[个只条张件位次天年本杯碗块把颗棵匹头名座间层句步辆双万亿千口家份种场遍回点斤米岁倍封支枝"
    "根台部架艘盏朵滴片群对副套串顿瓶盒箱袋桶]|小时|分钟|秒钟|星期|礼拜|公里|公斤|平方|美元|人(?!民))"
)

_SYMBOLS = {
    "℃": "摄氏度", "°": "度", "+": "加", "=": "等于", "×": "乘", "÷": "除以", "&": "和",
    "@": "艾特", "㎡": "平方米", "％": "%", "＋": "加", "＝": "等于", "＆": "和",
}  # fmt: skip
_WORDS = {
    "km/h": "公里每小时", "m/s": "米每秒", "°c": "摄氏度", "°f": "华氏度",
    "km²": "平方公里", "m²": "平方米", "m³": "立方米", "cm²": "平方厘米",
    "km": "公里", "kg": "公斤", "cm": "厘米", "mm": "毫米", "ml": "毫升", "mg": "毫克",
    "min": "分钟", "kwh": "千瓦时", "kw": "千瓦", "hz": "赫兹", "db": "分贝",
    "m": "米", "g": "克", "h": "小时", "s": "秒",
}  # fmt: skip
_MONEY = {"¥": "元", "￥": "元", "$": "美元", "€": "欧元", "£": "英镑"}


@dataclass(frozen=True)
class Spoken:
    """Text as spoken, with the written span of every character.

    Attributes
    ----------
    text
        The characters to pronounce.
    spans
        ``(first, last)`` half-open span in the written line for each character.
    """

    text: str
    spans: tuple[tuple[int, int], ...]


def read_digits(digits: str, one: str = "一") -> str:
    """Read digit by digit: ``2024`` → 二零二四; ``one`` may be 幺 for telephone numbers."""
    return "".join(_DIGITS[int(digit)] for digit in digits).replace("一", one)


def read_integer(digits: str) -> str:
    """Read a whole number up to 16 digits: ``10205`` → 一万零二百零五."""
    digits = digits.lstrip("0")
    if not digits:
        return "零"
    if len(digits) > 16:
        return read_digits(digits)
    groups = []
    while digits:
        groups.append(digits[-4:])
        digits = digits[:-4]
    text = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        value = int(group)
        if not value:
            continue
        if text and value < 1000 and len(group) == 4:
            text += "零"
        text += _read_group(value) + _GROUPS[index]
    if len(text) > 1 and text[0] == "二" and text[1] in "千万亿":
        text = "两" + text[1:]
    return text[1:] if text.startswith("一十") else text


def _read_group(value: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            if gap:
                text += "零"
            text += _DIGITS[digit] + _UNITS[place]
            gap = False
        elif text:
            gap = True
    return text


def read_number(text: str) -> str:
    """Read an integer or decimal, with sign and thousands commas."""
    text = text.replace(",", "")
    sign = "负" if text[0] in "-−" else ""
    text = text.lstrip("-−+")
    whole, _, fraction = text.partition(".")
    tail = "点" + read_digits(fraction) if fraction else ""
    return sign + read_integer(whole) + tail


def _counted(number: str) -> str:
    """Read a number before a measure word: 2 → 两."""
    return "两" if number == "2" else read_number(number)


def _clock(match: re.Match[str]) -> str:
    hour, minute = match[1], match[2]
    text = ("两" if int(hour) == 2 else read_integer(hour)) + "点"
    if int(minute):
        text += ("零" if int(minute) < 10 else "") + read_integer(minute) + "分"
    return text + ((read_integer(match[3]) + "秒") if match[3] else "")


def _date(match: re.Match[str]) -> str:
    return f"{read_digits(match[1])}年{read_integer(match[2])}月{read_integer(match[3])}日"


def _decade(match: re.Match[str]) -> str:
    """Read 80年代 as 八十年代 but 90后 as 九零后."""
    round_year = match[1][1] == "0" and match.string[match.end()] == "年"
    return read_integer(match[1]) if round_year else read_digits(match[1])


_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", _date),
        (r"(\d{4})\s*[-~～–—至]\s*(\d{4})(?=年)",
         lambda m: f"{read_digits(m[1])}至{read_digits(m[2])}"),
        (r"(\d{4})(?=年)", lambda m: read_digits(m[1])),
        (r"(\d{2})(?=年代|后)",
         _decade),
        (r"([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：]([0-5]\d))?(?!\d)", _clock),
        (rf"({_NUMBER})\s*[%％]\s*[-~～–]\s*({_NUMBER})\s*[%％]",
         lambda m: f"百分之{read_number(m[1])}到百分之{read_number(m[2])}"),
        (rf"({_NUMBER})\s*[-~～–]\s*({_NUMBER})\s*[%％]",
         lambda m: f"百分之{read_number(m[1])}到{read_number(m[2])}"),
        (r"(?<![\d:：.])(\d{1,2})[:：](\d)(?![\d:：])",
         lambda m: f"{read_integer(m[1])}比{read_integer(m[2])}"),
        (rf"([-−]?{_NUMBER})\s*[%％]", lambda m: "百分之" + read_number(m[1])),
        (rf"([¥￥$€£])\s*({_NUMBER})(万|亿)?(?:美元|元|块)?",
        lambda m: read_number(m[2]) + (m[3] or "") + _MONEY[m[1]]),
        (r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])",
        lambda m: f"{read_integer(m[2])}分之{read_integer(m[1])}"),
        (rf"({_NUMBER})\s*[-~～–]\s*({_NUMBER})(?=[\u4e00-\u9fff%])",
         lambda m: f"{read_number(m[1])}到{read_number(m[2])}"),
        (r"(?<!\d)(1\d{10})(?!\d)", lambda m: read_digits(m[1], "幺")),
        (r"(?<=[打拨叫])(1[12]\d|12[0-9]{3}|[489]00\d*)(?!\d)",
         lambda m: read_digits(m[1], "幺")),
        (r"(?<![\d.])(\d{3,4})(?=室|房|号房|航班)", lambda m: read_digits(m[1], "幺")),
        (r"(?<![\d.])(0\d+)(?![\d.])", lambda m: read_digits(m[1])),
        (r"(?<![\d.,])(\d{9,})(?![\d.,])", lambda m: read_digits(m[1])),
        (rf"(?<![\d.])(\d+)(?={_MEASURES}(?!月))", lambda m: _counted(m[1])),
        (r"(?<![A-Za-z\d])([-−]\d+(?:\.\d+)?)", lambda m: read_number(m[1])),
        (rf"({_NUMBER})", lambda m: read_number(m[1])),
    )
)  # fmt: skip
_UNIT = re.compile(
    r"(?<=\d)\s*(km/h|m/s|°[CF]|(?:km|cm|m)²|m³|(?i:km|kg|cm|mm|ml|mg|min|kwh|kw|hz|db)|[mghs])"
    r"(?![A-Za-z²³/])"
)


def normalise(text: str) -> Spoken:
    """Return what is spoken for ``text``, character by character with written spans.

    Full-width Latin letters and digits become half-width; numbers, dates (2024-05-06),
    times (12:05), percentages, money, fractions, ranges, telephone and room numbers, and
    common units are read out. Everything else stays as it is.
    """
    narrow = "".join(chr(ord(c) - 0xFEE0) if _wide(c) else c for c in text)
    edits: list[tuple[int, int, str]] = []
    units = list(_UNIT.finditer(narrow))
    edits.extend((*m.span(1), _WORDS[m[1].lower()]) for m in units)
    in_unit = {index for m in units for index in range(*m.span(1))}
    taken = [False] * len(narrow)
    for pattern, rule in _RULES:
        for match in pattern.finditer(narrow):
            first, last = match.span()
            if not any(taken[first:last]):
                edits.append((first, last, rule(match)))
                taken[first:last] = [True] * (last - first)
    for index, character in enumerate(narrow):
        if character in _SYMBOLS and not taken[index] and index not in in_unit:
            edits.append((index, index + 1, _SYMBOLS[character]))
    return _apply(narrow, sorted(edits))


def _wide(character: str) -> bool:
    return "０" <= character <= "９" or "Ａ" <= character <= "Ｚ" or "ａ" <= character <= "ｚ"


def _apply(text: str, edits: list[tuple[int, int, str]]) -> Spoken:
    spoken: list[str] = []
    spans: list[tuple[int, int]] = []
    place = 0
    for first, last, said in [*edits, (len(text), len(text), "")]:
        if first < place:
            continue
        for index in range(place, first):
            spoken.append(text[index])
            spans.append((index, index + 1))
        for character in said:
            spoken.append(character)
            spans.append((first, last))
        place = last
    return Spoken("".join(spoken), tuple(spans))
