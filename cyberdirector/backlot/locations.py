"""Which set and which light a scene heading asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cyberdirector.backlot.words import both, find_words, library_files, read_yaml, story_era
from cyberdirector.core.hashing import seed_of

_LIGHTS = {"day": "day", "dusk": "dusk", "night": "night", "dawn": "dawn"}
_DUSK_WORDS = ("黄昏", "傍晚", "日落", "夕阳", "暮", "dusk", "sunset", "evening", "magic hour")
_DAWN_WORDS = ("晨", "黎明", "拂晓", "破晓", "清早", "dawn", "sunrise", "morning")
_NIGHT_WORDS = ("夜", "晚上", "深夜", "午夜", "凌晨", "night", "midnight")
_RAIN_WORDS = ("雨", "雷", "暴风", "rain", "storm", "thunder", "drizzle", "downpour")


@dataclass(frozen=True)
class _Offer:
    """How well one set fits: exact words, near words, or only its kind."""

    name: str
    score: float
    word: str
    exact: bool


def choose_set(
    place: str, inside: bool | None = None, time: str = "", era: str = "", seed: int = 0
) -> tuple[str, str]:
    """Return the set for a place and a sentence that says why.

    Parameters
    ----------
    place
        Place of the scene heading, Chinese or English.
    inside
        Indoors, outdoors or None when the heading does not say.
    time
        Words of the heading about time (they may name a dynasty).
    era
        ``ancient``, ``modern`` or empty when only the place can tell.
    seed
        Decides between sets that fit equally well.

    Returns
    -------
    tuple
        (set name, reason). The reason begins with ``nearest`` when no set is that place.
    """
    era = era or story_era(f"{place} {time}")
    offers = [
        _offer(read_yaml(path), place, inside, era, seed) for path in library_files("sets")
    ]
    best = max(offers, key=lambda offer: (offer.score, offer.name))
    if best.exact:
        return best.name, f"“{best.word}” → {best.name}"
    told = f"“{best.word}”" if best.word else "no known word / 没有认识的词"
    return best.name, f"nearest set / 最接近的场景: “{place}” ({told}) → {best.name}"


def _offer(
    entry: dict[str, Any], place: str, inside: bool | None, era: str, seed: int
) -> _Offer:
    exact = find_words(place, [*both(entry, "exact"), *entry["name"].values()])
    near = find_words(place, both(entry, "near"))
    score = 0.0
    if exact:
        score += 20.0 + _weight(exact[0])
    if near:
        score += 6.0 + _weight(near[0])
    if inside is not None:
        score += 4.0 if entry["inside"] == inside else -4.0
    if era:
        score += 3.0 if entry["era"] == era else -5.0
    score += (seed_of("set", seed, entry["id"]) % 1000) * 1e-4
    word = exact[0] if exact else near[0] if near else ""
    return _Offer(entry["id"], score, word, bool(exact))


def _weight(word: str) -> float:
    """Return how telling a word is: two Chinese characters weigh as much as six letters."""
    return 0.3 * len(word) if word.isascii() else 1.0 * len(word)


def choose_light(time: str, weather: str | Sequence[str] = ()) -> str:
    """Return the light preset for a time of day and weather words.

    ``time`` is ``day``, ``dusk``, ``night``, ``dawn`` or the words of a heading in Chinese or
    English. Rain and storms win over the time of day.
    """
    words = weather if isinstance(weather, str) else " ".join(weather)
    if find_words(words, _RAIN_WORDS) or find_words(time, _RAIN_WORDS):
        return "rain"
    if time in _LIGHTS:
        return _LIGHTS[time]
    for preset, listed in (
        ("dusk", _DUSK_WORDS), ("dawn", _DAWN_WORDS), ("night", _NIGHT_WORDS)
    ):  # fmt: skip
        if find_words(time, listed):
            return preset
    return "day"
