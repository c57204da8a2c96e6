"""The words of descriptions: what each says about a character.

A word may say several things (御姐: a woman, grown up, mature). Names of the hair, garment
and face catalogues are words of their own, so whatever is added there can be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cyberdirector.core.errors import IntegrityError, Location
from cyberdirector.core.resources import data_dir

FACE_SECTIONS = {
    "shape": "shape",
    "eye_shape": "eye_shape",
    "iris_kind": "iris_kind",
    "lash_kind": "lash_kind",
    "brow_kind": "brow_kind",
    "lip_kind": "lip_kind",
    "nose_kind": "nose_kind",
    "blush_kind": "blush_kind",
    "mole": "mole",
    "makeup": "makeup",
    "mark": "mark",
    "scar": "scar",
}
"""Sections of the lexicon of faces that are fields of the face catalogue."""

_MARKS = re.compile(
    r"^(?P<word>.*?)(?:=(?P<colour>\w+)|~(?P<pattern>\w+)|>(?P<ornament>\w+)"
    r"|\^(?P<length>\w+))?$"
)
_SHORT_NOUNS = {
    "发": ("noun", "hair"),
    "毛": ("noun", "hair"),
    "瞳": ("noun", "iris"),
    "眸": ("noun", "iris"),
    "眼": ("noun", "iris"),
    "唇": ("noun", "lips"),
    "衣": ("generic", "clothes"),
    "衫": ("generic", "clothes"),
    "裙": ("generic", "skirt"),
    "袍": ("generic", "robe"),
    "甲": ("wear", "armour"),
    "裤": ("wear", "trousers"),
    "鞋": ("generic", "shoes"),
    "靴": ("wear", "boots"),
    "须": ("beard", "beard_long"),
    "胡": ("beard", "beard_long"),
    "肤": ("noun", "skin"),
    "袜": ("part", "sock"),
    "帽": ("generic", "hat"),
    "裳": ("generic", "clothes"),
    "装": ("generic", "clothes"),
    "褂": ("generic", "clothes"),
    "巾": ("part", "scarf"),
}
"""Single characters that are nouns right behind a colour (红衣, 银发, 金瞳)."""


@dataclass(frozen=True)
class Sense:
    """One thing that a word says.

    Attributes
    ----------
    slot, value
        What it is about, and what it says.
    colour, pattern, ornament, length
        What the word itself tells besides (白大褂 is white, 金冠 of gold, 短靴 short).
    """

    slot: str
    value: str
    colour: str = ""
    pattern: str = ""
    ornament: str = ""
    length: str = ""


@dataclass(frozen=True)
class Role:
    """What is usual for a role where nothing else is told; see character_people.yaml."""

    name: str
    sex: str = ""
    sex_zh: str = ""
    age: int | None = None
    told_age: str = ""
    era: str = ""
    mood: str = ""
    build: str = ""
    wear: tuple[str, ...] = ()
    wear_f: tuple[str, ...] = ()
    wear_m: tuple[str, ...] = ()
    wear_modern: tuple[str, ...] = ()
    hair: tuple[str, ...] = ()
    hair_f: tuple[str, ...] = ()
    hair_m: tuple[str, ...] = ()
    hair_modern: tuple[str, ...] = ()
    carry: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """All words.

    Attributes
    ----------
    senses
        Word (lower case, hyphens as spaces) → what it says.
    colours
        Colour name → sRGB ``#rrggbb``.
    roles
        Role name → what is usual for it.
    ages
        Age class → years.
    ignored
        Words that carry nothing for the look.
    longest
        English words in the longest phrase.
    """

    senses: Mapping[str, tuple[Sense, ...]]
    colours: Mapping[str, str]
    roles: Mapping[str, Role]
    ages: Mapping[str, int]
    ignored: frozenset[str]
    longest: int
    chinese: tuple[str, ...] = field(default=())

    def has(self, word: str) -> bool:
        """Tell whether a word says anything."""
        return word in self.senses


def plain(word: str) -> str:
    """Return a word as it is looked up: lower case, hyphens and apostrophes simplified."""
    lowered = word.lower().replace("’", "'").strip()
    return lowered.replace("-", " ").strip() if lowered.isascii() else lowered


@cache
def load_lexicon() -> Lexicon:
    """Return the lexicon of the asset library (read once).

    Raises
    ------
    IntegrityError
        ``library-damaged`` when a file is no YAML mapping.
    """
    words: dict[str, list[Sense]] = {}

    def add(raw: str, slot: str, value: str) -> None:
        marks = _MARKS.match(str(raw))
        assert marks is not None  # the pattern matches every text
        extra = {k: v or "" for k, v in marks.groupdict().items() if k != "word"}
        sense = Sense(slot, value, **extra)
        own = words.setdefault(plain(marks["word"]), [])
        if all((s.slot, s.value) != (slot, value) for s in own):
            own.append(sense)

    people, clothes, hair = (read_table(n) for n in ("people", "clothes", "hair"))
    face, colours, grammar = (read_table(n) for n in ("face", "colours", "grammar"))
    for raw, slot, value in _entries(people, clothes, hair, face, grammar):
        add(raw, slot, value)
    tones = {name: str(row[0]) for name, row in colours.items()}
    for name, row in colours.items():
        for word in row[1:]:
            add(word, "colour", name)
            if not str(word).isascii() and not str(word).endswith("色"):
                add(f"{word}色", "colour", name)
    for raw, slot, value in _catalogue_names():
        if plain(raw) not in words:
            add(raw, slot, value)
    roles = {name: _role(name, data, add) for name, data in people["roles"].items()}
    _add_compounds(words, colours)
    chinese = tuple(w for w in words if not w.isascii())
    return Lexicon(
        senses={w: tuple(s) for w, s in words.items()},
        colours=tones,
        roles=roles,
        ages={k: int(v) for k, v in people["age_years"].items()},
        ignored=frozenset(map(plain, [*grammar["ignore"]["zh"], *grammar["ignore"]["en"]])),
        longest=max(w.count(" ") + 1 for w in words if w.isascii()),
        chinese=chinese,
    )


def _entries(
    people: dict[str, Any],
    clothes: dict[str, Any],
    hair: dict[str, Any],
    face: dict[str, Any],
    grammar: dict[str, Any],
) -> Iterator[tuple[str, str, str]]:
    """Yield (word, slot, value) of the files."""
    tables: list[tuple[str, Mapping[str, Iterable[str]]]] = [
        (slot, people[slot])
        for slot in (
            "sex",
            "age",
            "era",
            "build",
            "stature",
            "stylisation",
            "proportion",
            "mood",
        )
    ]
    tables += [
        ("wear", clothes["garments"]),
        ("generic", clothes["generic"]),
        ("part", clothes["parts"]),
        ("pattern", clothes["patterns"]),
        ("sleeve", clothes["sleeve"]),
        ("without", clothes["without"]),
        ("hair", hair["style"]),
        ("length", hair["length"]),
        ("fringe", hair["fringe"]),
        ("curl", hair["curl"]),
        ("beard", hair["beard"]),
        ("said_hair", hair["said"]),
        ("adjective", hair["adjective"]),
    ]
    tables += [(f"face.{name}", face[section]) for section, name in FACE_SECTIONS.items()]
    tables += [("wrinkles", face["wrinkles"]), ("skin", face["skin"])]
    tables += [
        ("degree", grammar["degree"]),
        ("shade", grammar["shade"]),
        ("negation", grammar["negation"]),
    ]
    for slot, table in tables:
        for value, listed in table.items():
            for word in listed:
                yield str(word), slot, str(value)
    nouns = {
        "hair": hair["noun"],
        "tip": hair["tip"],
        "ornament": hair["ornament"],
        "iris": face["noun_iris"],
        "lips": face["noun_lips"],
        "skin": face["noun_skin"],
    }
    for value, listed in nouns.items():
        for word in listed:
            yield str(word), "noun", value
    for word in face["freckles"]:
        yield str(word), "freckles", "1"


def _role(name: str, data: dict[str, Any], add: Any) -> Role:
    values: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in data.items()
    }
    for raw in values.pop("words"):
        sex, _, word = str(raw).rpartition(":")
        add(word, "role", name)
        if sex:
            add(word, "sex", {"f": "female", "m": "male"}[sex])
    return Role(name, **values)


def _catalogue_names() -> Iterator[tuple[str, str, str]]:
    """Yield the names that hair, garments and faces have in their catalogues."""
    from cyberdirector.character.face.catalogue import CATALOGUE
    from cyberdirector.character.hair import catalogue as hairstyles
    from cyberdirector.character.wardrobe.catalogue import catalogue as garments

    for style in hairstyles():
        yield style.zh, "hair", style.name
        yield style.en, "hair", style.name
    for garment in garments():
        for word in (garment.zh, garment.en):
            yield word, "wear", garment.name
    for field_name, rows in CATALOGUE.items():
        slot = "beard" if field_name == "beard" else f"face.{field_name}"
        for row in rows:
            yield row.zh, slot, row.name
            if " " in row.en:
                yield row.en.replace(",", ""), slot, row.name


def _add_compounds(words: dict[str, list[Sense]], colours: dict[str, Any]) -> None:
    """Add 红衣, 银发 … : a colour of one character with a noun of one character."""
    for name, row in colours.items():
        for colour in row[1:]:
            if len(str(colour)) != 1:
                continue
            for noun, (slot, value) in _SHORT_NOUNS.items():
                words.setdefault(f"{colour}{noun}", [Sense(slot, value, name)])


def read_table(name: str) -> dict[str, Any]:
    """Return a file ``character_<name>.yaml`` of the lexicon."""
    import yaml

    path = data_dir("assetlib") / "lexicon" / f"character_{name}.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), loader)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        data = type(error).__name__
    if not isinstance(data, dict):
        raise IntegrityError(
            "library-damaged",
            f"素材库文件无法读取（{data}），请重新安装。",
            f"A file of the asset library cannot be read ({data}); install again.",
            Location(str(path)),
        )
    return data
