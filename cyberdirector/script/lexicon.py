"""What the words of directions, headings and lines mean (``assetlib/lexicon/script.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from cyberdirector.core.resources import data_dir
from cyberdirector.core.speech import Emotion
from cyberdirector.script.document import TimeName

_GAP = "一地的而是着 "
_REACH = 3


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return one expression for all words; longer ones win, Latin ones match whole words."""
    parts = []
    for word in sorted(set(words), key=lambda w: (-len(w), w)):
        quoted = re.escape(word.lower())
        latin = word[0].isascii() and word[0].isalpha()
        ends = r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else ""
        parts.append(rf"(?<![a-z]){quoted}{ends}" if latin else quoted)
    return re.compile("|".join(parts) or r"(?!)")


@dataclass(frozen=True)
class Lexicon:
    """The word lists, compiled; use :func:`lexicon` to get the one that ships."""

    emotions: dict[str, Emotion]
    emotion_pattern: re.Pattern[str]
    negations: tuple[str, ...]
    intensity: tuple[tuple[str, float], ...]
    delivery: dict[str, tuple[str, ...]]
    delivery_pattern: re.Pattern[str]
    times: dict[str, TimeName]
    same_time: frozenset[str]
    weather: dict[str, tuple[str, ...]]
    weather_pattern: re.Pattern[str]
    weather_ends: tuple[str, ...]
    weather_not: frozenset[str]

    def emotion(self, direction: str) -> Emotion:
        """Return the strongest feeling named in a direction (neutral if none).

        An intensity word right before scales it (很怒, slightly angry); a negation
        right before (不笑, not happy) removes it.
        """
        text = direction.lower()
        best = Emotion()
        for match in self.emotion_pattern.finditer(text):
            before = text[: match.start()].rstrip(_GAP)
            if before.endswith(self.negations):
                continue
            found = self.emotions[match.group()]
            factor = next((f for w, f in self.intensity if before.endswith(w)), 1.0)
            strength = round(min(1.0, found.intensity * factor), 3)
            if strength > best.intensity:
                best = Emotion(found.name, strength)
        return best

    def deliveries(self, direction: str) -> tuple[str, ...]:
        """Return the sorted delivery names that a direction calls for."""
        text = direction.lower()
        found: set[str] = set()
        for match in self.delivery_pattern.finditer(text):
            if not text[: match.start()].rstrip(_GAP).endswith(self.negations):
                found.update(self.delivery[match.group()])
        return tuple(sorted(found))

    def weathers(self, text: str) -> tuple[str, ...]:
        """Return the kinds of weather that a text tells of; ``雨停了`` tells of none."""
        low = text.lower()
        found: list[str] = []
        for match in self.weather_pattern.finditer(low):
            after = low[match.end() : match.end() + _REACH].strip()
            over = any(word in after for word in self.weather_ends)
            if match.group() not in self.weather_not and not over:
                found += self.weather[match.group()]
        return tuple(dict.fromkeys(found))

    def time(self, word: str) -> TimeName | None:
        """Return the time of day that a heading word names."""
        return self.times.get(word.lower())


def _groups(section: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Turn name → words into word → names."""
    table: dict[str, tuple[str, ...]] = {}
    for name, words in section.items():
        for word in words:
            key = word.lower()
            table[key] = (*table.get(key, ()), name)
    return table


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that ships with the program (read once)."""
    path = data_dir("assetlib") / "lexicon" / "script.yaml"
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    emotions = {
        word.lower(): Emotion(name, group["base"])
        for name, groups in data["emotions"].items()
        for group in groups
        for word in group["words"]
    }
    intensity = [
        (word.lower(), float(group["factor"]))
        for group in data["intensity"]
        for word in group["words"]
    ]
    delivery, weather = _groups(data["delivery"]), _groups(data["weather"])
    times = {w.lower(): name for name, ws in data["times"].items() for w in ws}
    return Lexicon(
        emotions=emotions,
        emotion_pattern=_pattern(emotions),
        negations=tuple(word.lower() for word in data["negations"]),
        intensity=tuple(sorted(intensity, key=lambda pair: (-len(pair[0]), pair[0]))),
        delivery=delivery,
        delivery_pattern=_pattern(delivery),
        times=times,
        same_time=frozenset(data["same_time"]),
        weather=weather,
        weather_pattern=_pattern([*weather, *data["weather_not"]]),
        weather_ends=tuple(data["weather_ends"]),
        weather_not=frozenset(data["weather_not"]),
    )
