"""What the words of a line ask the hands to say, in Chinese, English and Japanese."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from cyberdirector.core.speech import Speech, Word
from cyberdirector.perform.lexicon import Gesture, gestures


@dataclass(frozen=True)
class Meant:
    """A gesture that a word calls for, and when the word is spoken (segment seconds)."""

    gesture: Gesture
    word: str
    time: float


_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "八": 8, "十": 10}
_NUMBER = {
    "zh": re.compile(r"第?([一二两三四五六八十])(?=[个次天年件条人种步点位句遍日]|$)"
                     r"|第([一二三四五六八十])"),
    "en": re.compile(r"\b(one|two|three|four|five|six|eight|ten)\b(?=\s+[a-z]+s?\b)|"
                     r"\b(first|second|third|fourth|fifth)\b"),
    "ja": re.compile(r"([一二三四五六八十])(?=[つ人日回年])"),
}  # fmt: skip
_ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5,
}  # fmt: skip
_NEGATIONS = "不没别无"
_NOT_NEGATED = frozenset(
    {"不过", "不错", "不好意思", "没关系", "没事", "别人", "无论", "不管", "无数", "不知不觉"}
)


def _spoken(speech: Speech, index: int) -> Word | None:
    return next((w for w in speech.words if w.first <= index < w.last), None)


def _apex(word: Word, last: int) -> float:
    """Return when a tag that ends before character ``last`` is said: the middle of its
    word, not later than 0.4 s after it began.
    """
    return (word.start + min(word.end, word.start + 0.4)) / 2


@cache
def _patterns(language: str) -> tuple[tuple[Gesture, str, re.Pattern[str]], ...]:
    rows = []
    for gesture in gestures().values():
        for tag in gesture.tags.get(language, ()):
            latin = tag.isascii()
            rows.append(
                (
                    gesture,
                    tag,
                    re.compile(rf"\b{re.escape(tag)}\b" if latin else re.escape(tag)),
                )
            )
    return tuple(rows)


def _whole(speech: Speech, start: int, end: int, tag: str, spoken: Word) -> bool:
    """Tell whether a Chinese tag at ``start:end`` is meant and not a part of other words.

    Two characters must be whole words (看那 is not in 看那个), longer ones begin a word; of
    single characters only negations may begin a longer word.
    """
    if len(tag) > 1:
        begins = any(w.first == start for w in speech.words)
        return begins and (len(tag) > 2 or any(w.last == end for w in speech.words))
    word = re.sub(r"\W", "", spoken.text)
    if word == tag:
        return True
    short = tag in _NEGATIONS and word.startswith(tag) and len(word) <= 3
    return short and word not in _NOT_NEGATED


def read_meaning(speech: Speech, offset: float, text: str) -> list[Meant]:
    """Return what a line calls for, in order of time.

    Longer tags win over shorter ones that lie inside them (没关系 is no negation).

    Parameters
    ----------
    offset
        Seconds of the segment at which the audio begins.
    """
    lowered = text.lower()
    hits: list[tuple[int, int, Gesture, str]] = []
    for gesture, tag, pattern in _patterns(speech.language):
        for match in pattern.finditer(lowered):
            spoken = _spoken(speech, match.start())
            if spoken is None:
                continue
            if speech.language == "zh" and not _whole(speech, *match.span(), tag, spoken):
                continue
            hits.append((match.start(), match.end(), gesture, tag))
    hits += _numbers(speech.language, lowered)
    out = []
    for start, end, gesture, tag in hits:
        inside = any(a <= start and end <= b and b - a > end - start for a, b, _, _ in hits)
        spoken = _spoken(speech, start)
        if inside or spoken is None:
            continue
        out.append(Meant(gesture, tag, offset + _apex(spoken, end)))
    return sorted(out, key=lambda m: (m.time, m.gesture.name))


def _numbers(language: str, text: str) -> list[tuple[int, int, Gesture, str]]:
    """Return the numbers that fingers can show, by value."""
    pattern = _NUMBER.get(language)
    if pattern is None:
        return []
    by_value = {g.value: g for g in gestures().values() if g.value}
    out = []
    for match in pattern.finditer(text):
        word = next(part for part in match.groups() if part)
        value = _ENGLISH.get(word, _DIGITS.get(word, 0))
        if value in by_value:
            out.append((match.start(), match.end(), by_value[value], match.group()))
    return out
