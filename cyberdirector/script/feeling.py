"""The feeling that a line's own words give, where the script does not say it.

Cues with weights, negation and degree before them, punctuation after them; the result is
mild on purpose (:data:`LIMIT`), for a wrong strong feeling is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from cyberdirector.core.resources import data_dir
from cyberdirector.core.speech import Emotion

LIMIT = 0.5
"""Strongest feeling that words alone may give."""

_FLOOR = 0.2  # a weaker sum is neutral
_LAST = 1.15  # factor on the last clause, where a line comes to its point
_NEGATED = 2.0 / 3.0
_EXCLAIMED = {"joy": 0.08, "anger": 0.1, "fear": 0.08, "surprise": 0.08}
_CLAUSE = re.compile(r"[^，。！？；,.!?;…\n]*[，。！？；,.!?;…\n]*")
_STUTTER = re.compile(r"^\W*([\u4e00-\u9fff]|[A-Za-z]+)(?:……|…|\.\.\.|-|—|、)+\s*\1")
_SHOCK = re.compile(r"[?？][!！]|[!！][?？]|[?？]{2,}")


@dataclass(frozen=True)
class _Lexicon:
    cues: dict[str, Emotion]
    pattern: re.Pattern[str]
    harmless: re.Pattern[str]
    negations: tuple[str, ...]
    negated: dict[str, str]
    after: tuple[str, ...]
    degrees: tuple[tuple[str, float], ...]


def feel_line(text: str) -> Emotion:
    """Return the mild feeling of spoken words (zh, en, ja), neutral when there is none.

    Parameters
    ----------
    text
        The words of one line, with their punctuation.

    Examples
    --------
    >>> feel_line("太好了，我们赢了！").name
    'joy'
    >>> feel_line("她不高兴。").name
    'sad'
    """
    words = _lexicon()
    low = words.harmless.sub(lambda m: "□" * len(m[0]), text.lower().replace("’", "'"))
    clauses = [m[0] for m in _CLAUSE.finditer(low) if m[0].strip()]
    scores: dict[str, float] = {}
    for index, clause in enumerate(clauses):
        weight = _LAST if index == len(clauses) - 1 else 1.0
        for name, score in _cues(clause, words):
            scores[name] = scores.get(name, 0.0) + weight * score
    if not scores and _SHOCK.search(low):
        scores["surprise"] = 0.3
    if not scores and _STUTTER.search(low):
        scores["fear"] = 0.25
    if not scores:
        return Emotion()
    name = max(scores, key=lambda n: scores[n])
    strength = scores[name] + (_EXCLAIMED.get(name, 0.0) if re.search("[!！]", low) else 0.0)
    if strength < _FLOOR:
        return Emotion()
    return Emotion(name, round(min(strength, LIMIT), 3))


def _cues(clause: str, words: _Lexicon) -> list[tuple[str, float]]:
    """Return (emotion, score) of each cue in a clause, negation and degree applied."""
    found = []
    for match in words.pattern.finditer(clause):
        cue = words.cues[match[0]]
        before = clause[: match.start()].rstrip(" 的地得")
        name, score = cue.name, cue.intensity
        for degree, factor in words.degrees:
            if before.endswith(degree):
                score *= factor
                before = before[: -len(degree)].rstrip()
                break
        after = clause[match.end() :]
        if before.endswith(words.negations) or after.startswith(words.after):
            name = words.negated.get(name, "")
            score *= _NEGATED
        if name:
            found.append((name, score))
    return found


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    parts = []
    for word in sorted(set(words), key=lambda w: (-len(w), w)):
        quoted = re.escape(word)
        latin = word[0].isascii() and word[0].isalpha()
        ends = r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else ""
        parts.append(rf"(?<![a-z]){quoted}{ends}" if latin else quoted)
    return re.compile("|".join(parts))


@cache
def _lexicon() -> _Lexicon:
    path = data_dir("assetlib") / "lexicon" / "feelings.yaml"
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    cues = {
        str(word).lower(): Emotion(name, float(group["weight"]))
        for name, groups in data["cues"].items()
        for group in groups
        for word in group["words"]
    }
    degrees = [(str(w), float(g["factor"])) for g in data["degrees"] for w in g["words"]]
    return _Lexicon(
        cues=cues,
        pattern=_pattern(cues),
        harmless=_pattern(str(word).lower() for word in data["harmless"]),
        negations=tuple(str(w) for group in data["negations"].values() for w in group),
        negated=dict(data["negated"]),
        after=tuple(data["after_ja"]),
        degrees=tuple(sorted(degrees, key=lambda pair: (-len(pair[0]), pair[0]))),
    )
