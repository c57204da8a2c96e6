"""From slots to a recipe: what was said, completed by what is usual, varied by a seed."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.face.catalogue import CATALOGUE as FACE
from cyberdirector.character.hair import catalogue as hairstyles
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe.catalogue import CATALOGUE as WARDROBE
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.hashing import seed_of
from cyberdirector.design.draw import coin
from cyberdirector.design.faces import brow_colours, compose_face, moods
from cyberdirector.design.hairs import compose_hair
from cyberdirector.design.lexicon import Role, load_lexicon
from cyberdirector.design.names import person_name
from cyberdirector.design.outfits import outfit_of
from cyberdirector.design.settle import era_of
from cyberdirector.design.slots import CharacterSlots

_BUILDS: dict[str, dict[str, float]] = {
    "thin": {"weight": -0.22, "muscle": -0.12},
    "slim": {"weight": -0.10, "muscle": -0.03},
    "petite": {"weight": -0.06},
    "average": {},
    "sturdy": {"weight": 0.08, "muscle": 0.14},
    "muscular": {"weight": 0.12, "muscle": 0.30},
    "plump": {"weight": 0.36},
    "fat": {"weight": 0.58, "muscle": -0.08},
}
_CHILD = 15
"""Years up to which somebody has a child's figure."""


def recipe_from_slots(slots: CharacterSlots, seed: int = 0, index: int = 0) -> Recipe:
    """Return the recipe of a character (deterministic in slots, seed and index).

    Parameters
    ----------
    slots
        What was said; from :func:`~cyberdirector.design.read_text`, or the JSON answer of a
        language model through ``CharacterSlots.model_validate_json``.
    seed
        Decides what nobody said.
    index
        Number of the person where several are made of the same words.

    Raises
    ------
    InputRefused
        ``slot-unknown`` for a name that no catalogue has; ``colour-unknown``.
    """
    _check(slots)
    key = slots.model_dump_json(exclude={"count"})
    rng = np.random.default_rng(seed_of("design", seed, index, key))
    roles = [load_lexicon().roles[name] for name in slots.roles]
    told_sex: list[str] = [slots.sex, *(r.sex for r in roles)]
    sex = next(filter(None, told_sex), "") or coin(rng, "female", "male")
    era = era_of(slots) or "modern"
    age = _age(slots, roles, rng)
    told = slots.moods or [r.mood for r in roles if r.mood][:1]
    wardrobe = outfit_of(slots, sex, era, rng)
    name = slots.name or person_name(sex, rng)
    face, paint = compose_face(slots, sex, age, told, rng)
    hair = compose_hair(slots, roles, sex, era, age, rng)
    face["brow"], face["lash"] = brow_colours(hair.colour)
    if hair.beard == "" and slots.hair.beard == "stubble":
        paint["stubble"] = 0.6
    weight = {**_shape(slots, roles, sex)}
    digest = f"{seed_of('design id', seed, index, key) & 0xFFFFFF:06x}"
    return Recipe.model_validate(
        {
            "schema": "cyberdirector.character",
            "version": 1,
            "id": f"{slots.roles[0] if slots.roles else 'person'}_{digest}",
            "name": name if isinstance(name, dict) else {"zh": name, "en": name},
            "sex": sex,
            "age": age,
            "era": era,
            "tags": _tags(slots, era),
            "height": _height(slots, sex, age, rng),
            "stylisation": 1.0 if slots.stylisation is None else slots.stylisation,
            "proportion": slots.proportion,
            "shape": weight,
            "local": _local(slots, sex, age, rng),
            "style": _features(sex, rng),
            "face": face,
            "paint": paint,
            "hair": hair.model_dump(),
            "wardrobe": [g.model_dump() for g in wardrobe],
            "barefoot": "shoes" in slots.without,
            "manner": _manner(told),
        }
    )


def _check(slots: CharacterSlots) -> None:
    """Refuse names that nobody knows (a language model may invent some)."""
    lexicon = load_lexicon()
    known: list[tuple[str, str, set[str]]] = [
        (f"face.{field}", getattr(slots.face, field), {e.name for e in FACE[field]})
        for field in FACE
        if field != "beard"
    ]
    known += [
        ("hair.style", slots.hair.style, {k.name for k in hairstyles()}),
        ("hair.beard", slots.hair.beard, {e.name for e in FACE["beard"]}),
    ]
    known += [("garments", g.kind, set(WARDROBE)) for g in slots.garments]
    known += [("roles", role, set(lexicon.roles)) for role in slots.roles]
    known += [("moods", mood, set(moods())) for mood in slots.moods]
    for where, name, names in known:
        if name and name not in names:
            choices = ", ".join(sorted(names)[:40])
            raise InputRefused(
                "slot-unknown",
                f"{where} 没有“{name}”；可选：{choices}。",
                f"{where} has no “{name}”; choose one of: {choices}.",
            )


def _age(slots: CharacterSlots, roles: list[Role], rng: np.random.Generator) -> int:
    if slots.age is not None:
        return max(slots.age, 13)
    shift = int(rng.integers(-2, 3))
    if slots.age_class:
        years = load_lexicon().ages[slots.age_class]
        return max(years + (shift if years > 15 else abs(shift) // 2), 13)
    if slots.face.wrinkles and slots.face.wrinkles > 0.5:
        return 66 + shift
    usual = next((r.age for r in roles if r.age is not None), None)
    if usual is None and slots.roles:  # anyone in the street
        return int(rng.choice([16, 20, 24, 28, 34, 42, 52, 66]))
    mature = {"mature": 29, "cute": 17, "innocent": 17}
    told = next((mature[m] for m in slots.moods if m in mature), 23)
    return max((usual if usual is not None else told) + shift, 13)


def _height(slots: CharacterSlots, sex: str, age: int, rng: np.random.Generator) -> float:
    if slots.height is not None:
        return min(max(slots.height / 100.0, 1.3), 2.1)
    adult = 1.64 if sex == "female" else 1.77
    young = {13: 0.90, 14: 0.93, 15: 0.96, 16: 0.98}.get(age, 1.0)
    metres = adult * young * (0.975 if age >= 65 else 1.0) + rng.normal(0.0, 0.025)
    if slots.age_class == "child" and age <= _CHILD:
        metres = 1.40 + rng.normal(0.0, 0.02)
    metres += {"tall": 0.09, "short": -0.10}.get(slots.stature, 0.0)
    metres += {"petite": -0.05, "muscular": 0.04}.get(slots.build, 0.0)
    return round(float(min(max(metres, 1.32), 2.05)), 3)


def _shape(slots: CharacterSlots, roles: list[Role], sex: str) -> dict[str, float]:
    base = (
        {"weight": 0.32, "muscle": 0.42}
        if sex == "female"
        else {"weight": 0.37, "muscle": 0.56}
    )
    build: str = slots.build or next((r.build for r in roles if r.build), "")
    factor = {"slight": 0.55, "very": 1.3}.get(slots.build_degree, 1.0)
    for dial, change in _BUILDS.get(build, {}).items():
        base[dial] = round(min(max(base[dial] + factor * change, 0.05), 0.98), 3)
    if sex == "female":
        base["cup"] = {"plump": 0.55, "fat": 0.6, "thin": 0.3, "petite": 0.32}.get(build, 0.44)
    return base


def _local(
    slots: CharacterSlots, sex: str, age: int, rng: np.random.Generator
) -> dict[str, float]:
    heavy = slots.build in ("plump", "fat")
    legs = 0.0 if slots.proportion else 0.45
    out = {
        "upperlegs-height-incr": legs,
        "lowerlegs-height-incr": legs + 0.05,
        "measure-shoulder-dist-decr": 0.2 if slots.build not in ("muscular", "sturdy") else 0.0,
        "measure-waist-circ-decr": 0.0 if heavy else 0.35 if sex == "female" else 0.28,
    }
    if age >= 58:
        out["head-age-incr"] = 0.3
    return {k: round(v + float(rng.uniform(-0.04, 0.04)) * (v > 0), 3) for k, v in out.items()}


_JITTER = {
    "eye_apart": 0.02,
    "mouth_width": 0.05,
    "jaw": 0.02,
    "cheek": 0.015,
    "chin": 0.03,
    "nose_width": 0.05,
    "head_width": 0.01,
}


def _features(sex: str, rng: np.random.Generator) -> dict[str, float]:
    """Return small changes of the face that no two people share."""
    from cyberdirector.character.stylisation import style_dials

    usual = style_dials(1.0, sex)
    # Only what single dials do not take from the named choices of the face.
    free = {k: v for k, v in _JITTER.items() if k in ("eye_apart", "head_width")}
    return {
        name: round(usual[name] * (1.0 + float(rng.uniform(-share, share))), 5)
        for name, share in free.items()
    }


def _manner(mood_names: list[str]) -> dict[str, float]:
    rows = [moods()[m]["manner"] for m in mood_names if m in moods()]
    mean = np.mean(rows, axis=0) if rows else np.full(4, 0.5)
    names = ("amplitude", "tempo", "openness", "energy")
    return {n: round(float(v), 3) for n, v in zip(names, mean, strict=True)}


def _tags(slots: CharacterSlots, era: str) -> list[str]:
    """Return words by which casting finds the character, Chinese and English."""
    wanted = [("role", r) for r in slots.roles] + [("mood", m) for m in slots.moods]
    wanted += [("wear", g.kind) for g in slots.garments]
    out = [{"ancient": "古装", "modern": "现代"}[era]]
    for slot, value in reversed(wanted):
        out[:0] = [_chinese_word(slot, value), value]
    return list(dict.fromkeys(t for t in out if t))


def _chinese_word(slot: str, value: str) -> str:
    """Return the first Chinese word of the lexicon that says just that, or nothing."""
    for word, senses in load_lexicon().senses.items():
        if not word.isascii() and [(s.slot, s.value) for s in senses] == [(slot, value)]:
            return word
    return ""
