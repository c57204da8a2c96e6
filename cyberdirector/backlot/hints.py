"""What a role's name and description tell: sex, age, era, kind of dress."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from cyberdirector.backlot.words import both, find_words, normal, read_yaml, story_era
from cyberdirector.core.hashing import seed_of
from cyberdirector.core.resources import data_dir

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_AGE_ZH = re.compile(r"([0-9]{1,3}|[一二三四五六七八九十两百]{1,4})(多|来|几)?\s*(?:岁|旬)")
_AGE_EN = re.compile(
    r"(?<![0-9])([0-9]{1,2})(?:s\b|[- ]?(?:years?|yrs?|y/?o)\b|(?=\s*(?:$|[,;)/])))"
)


@dataclass(frozen=True)
class RoleHint:
    """A role as the script knows it: its name and what is said of it."""

    name: str
    about: str = ""


@dataclass(frozen=True)
class Profile:
    """What was read from a hint; empty or None where nothing tells.

    ``words`` are those that told it, for the report.
    """

    sex: str = ""
    age: int | None = None
    era: str = ""
    tags: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


def read_profile(hint: RoleHint) -> Profile:
    """Return what the name and description of a role tell."""
    table = _table()
    text = f"{hint.name} {hint.about}"
    kinds = _kinds(hint)
    words = [word for word, _ in kinds]
    sex, sign = _sex(hint, kinds, table)
    age = _stated_age(hint.about) or next((k["age"] for _, k in kinds if "age" in k), None)
    tags = frozenset(normal(tag) for _, kind in kinds for tag in kind.get("tags", ()))
    told = tuple(dict.fromkeys([*words, *([sign] if sign else [])]))
    return Profile(sex, age, story_era(text), tags, told)


@cache
def _table() -> dict[str, Any]:
    return read_yaml(data_dir("assetlib") / "casting" / "roles.yaml")


def _kinds(hint: RoleHint) -> list[tuple[str, dict[str, Any]]]:
    """Return the kinds whose words occur, those of the name first, longest word first.

    A word inside a longer one that also matched (掌柜 in 老掌柜) does not count.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    for text in (hint.name, hint.about):
        hits = [
            (word, kind) for kind in _table()["kinds"] for word in find_words(text, both(kind))
        ]
        hits.sort(key=lambda hit: (-len(hit[0]), hit[0]))
        for word, kind in hits:
            if not any(word in longer for longer, _ in found):
                found.append((word, kind))
    return found


def _sex(
    hint: RoleHint, kinds: list[tuple[str, dict[str, Any]]], table: dict[str, Any]
) -> tuple[str, str]:
    """Return (sex, word that told it): what is said outright, then kind, then given name."""
    for sex in ("female", "male"):
        other = "male" if sex == "female" else "female"
        own = find_words(hint.about, both(table, sex))
        against = find_words(hint.about, both(table, other))
        if own and (not against or hint.about.find(own[0]) < hint.about.find(against[0])):
            return sex, own[0]
    for word, kind in kinds:
        if "sex" in kind:
            return str(kind["sex"]), word
    for word in re.findall(r"[a-z]+", normal(hint.name)):
        if word in table["english_female"]:
            return "female", word
        if word in table["english_male"]:
            return "male", word
    return _given_name(hint.name, table)


def _given_name(name: str, table: dict[str, Any]) -> tuple[str, str]:
    """Return the sex that the characters after the family name suggest."""
    letters = [c for c in name if "\u4e00" <= c <= "\u9fff"]
    given = letters[1:] if len(letters) > 1 else letters
    women = [c for c in given if c in table["female_names"] and c not in table["male_names"]]
    men = [c for c in given if c in table["male_names"] and c not in table["female_names"]]
    if len(women) > len(men):
        return "female", women[-1]
    if len(men) > len(women):
        return "male", men[-1]
    if women:  # one of each: the last character weighs more
        return ("female", women[-1]) if given[-1] in women else ("male", men[-1])
    return "", ""


def _stated_age(text: str) -> int | None:
    """Return an age written as a number, Chinese or English."""
    plain = normal(text)
    match = _AGE_ZH.search(plain)
    if match:
        raw = match.group(1)
        value = int(raw) if raw.isdigit() else _chinese_number(raw)
        if "旬" in match.group(0):
            value *= 10
        return min(value + (4 if match.group(2) else 0), 100) or None
    match = _AGE_EN.search(plain)
    return int(match.group(1)) if match else None


def _chinese_number(text: str) -> int:
    """Return a number below 200 written in Chinese characters."""
    hundreds, _, rest = text.rpartition("百")
    total = 100 * _DIGITS.get(hundreds, 1) if "百" in text else 0
    if "十" in rest:
        tens, _, ones = rest.partition("十")
        return total + 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return total + _DIGITS.get(rest, 0)


def default_sex(name: str, seed: int) -> str:
    """Return a sex for a name that tells nothing; stable for a name and seed."""
    return "female" if seed_of("sex", seed, name) % 2 else "male"
