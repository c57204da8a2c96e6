"""Crowds: what nobody said differs from person to person as it does in a street."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair import catalogue as hairstyles
from cyberdirector.character.recipe import Recipe
from cyberdirector.core.hashing import seed_of
from cyberdirector.design.colours import colour_distance
from cyberdirector.design.compose import recipe_from_slots
from cyberdirector.design.draw import coin
from cyberdirector.design.hairs import role_hair
from cyberdirector.design.lexicon import load_lexicon
from cyberdirector.design.settle import era_of, usual_wear
from cyberdirector.design.slots import CharacterSlots, FaceSlots, GarmentSlots, HairSlots

CANDIDATES = 10
"""People from whom the one is taken who looks least like those who are there."""

_SEXES = ("female", "male")
_YEARS = (17, 20, 23, 26, 30, 35, 42, 50, 58, 68)
_BUILDS = ("", "", "", "", "slim", "slim", "thin", "sturdy", "sturdy", "plump", "plump", "fat")
_STATURES = ("", "", "", "tall", "short")
_MOODS = (
    "cheerful", "gentle", "kind", "serious", "honest", "cool", "lazy", "shy", "upright",
    "fresh", "intellectual", "sly", "tired", "stern", "lively", "calm",
)  # fmt: skip
_HAIRS = (
    "#1f1b22", "#1f1b22", "#2a2027", "#2a2027", "#33241f", "#33241f", "#4a3024", "#6e4630",
    "#8a5a3c", "#7a3a30",
)  # fmt: skip
_YOUNG_HAIR = ("twin_tails", "hime", "double_bun", "boy_topknot", "side_braid")
_CALM_HAIR = ("bob", "office_updo", "low_ponytail", "curls", "pixie")
_TANS = ("", "", "", "fair", "wheat", "tan")
_PATTERNS = ("", "", "stripe", "check", "dot")
_ANCIENT_PATTERNS = ("", "", "cloud", "wave", "plum", "bamboo", "dot")

_Outfits = tuple[tuple[str, ...], ...]
_MODERN: dict[str, tuple[_Outfits, _Outfits, _Outfits]] = {
    "female": (
        (("hoodie",), ("t_shirt", "shorts"), ("t_shirt", "skirt_pleated"), ("dress",),
         ("sweater", "skirt_pleated"), ("school_winter",), ("t_shirt", "jeans", "jacket"),
         ("shirt", "jeans")),
        (("office_dress",), ("shirt", "trousers"), ("sweater", "skirt_long"), ("dress",),
         ("sweater", "jeans", "coat"), ("t_shirt", "jeans", "blazer"), ("shirt", "skirt_a"),
         ("qipao",)),
        (("sweater", "trousers"), ("qipao",), ("shirt", "skirt_long"),
         ("sweater", "trousers", "coat")),
    ),
    "male": (
        (("hoodie",), ("t_shirt", "shorts"), ("t_shirt", "jeans", "jacket"),
         ("school_winter",), ("sweater", "jeans"), ("shirt", "jeans")),
        (("suit",), ("shirt", "trousers"), ("sweater", "trousers", "coat"),
         ("t_shirt", "jeans"),
         ("shirt", "jeans", "blazer"), ("t_shirt", "trousers", "jacket"), ("hoodie",)),
        (("sweater", "trousers"), ("shirt", "trousers"), ("sweater", "trousers", "jacket"),
         ("suit",), ("shirt", "trousers", "coat")),
    ),
}  # fmt: skip
"""What people of a street wear: up to 22 years, up to 54, above."""
_ANCIENT: dict[str, _Outfits] = {
    "female": (("ruqun",), ("ruqun",), ("ruqun", "veil"), ("ruqun", "cloak"), ("xianpao",)),
    "male": (
        ("duanda",), ("duanda", "douli"), ("jiaoling_robe",), ("daopao",), ("yuanling_pao",),
        ("yuanling_pao", "futou"), ("jiaoling_robe", "cloak"), ("daopao", "fan"),
    ),
}  # fmt: skip
_MODERN_EXTRAS = (("glasses", 0.24), ("cap", 0.12), ("scarf", 0.10))


def crowd_of(slots: CharacterSlots, seed: int, many: int) -> list[Recipe]:
    """Return ``many`` people of the same words (deterministic), as unlike as words allow.

    Each is the one of :data:`CANDIDATES` that is farthest, at first sight, from the nearest
    of those before.
    """
    chosen: list[Recipe] = []
    for number in range(many):
        some = []
        for k in range(CANDIDATES):
            index = number * CANDIDATES + k
            rng = np.random.default_rng(seed_of("crowd", seed, index))
            some.append(recipe_from_slots(_drawn(slots, rng), seed, index))
        gap = [min((unlike(a, b) for b in chosen), default=0.0) for a in some]
        chosen.append(some[int(np.argmax(gap))])
    return chosen


def unlike(a: Recipe, b: Recipe) -> float:
    """Return how different two people look from across a street; 0 is alike."""
    worn, other = ({g.kind for g in r.wardrobe} for r in (a, b))
    main, second = (r.wardrobe[0].colours.get("main", "#888888") for r in (a, b))
    return float(
        1.2 * (a.sex != b.sex)
        + 1.4 * (a.hair.style != b.hair.style)
        + 0.8 * min(colour_distance(a.hair.colour, b.hair.colour) / 0.4, 1.0)
        + 2.0 * len(worn ^ other) / max(len(worn | other), 1)
        + 1.2 * (a.wardrobe[0].kind != b.wardrobe[0].kind)
        + 1.6 * min(colour_distance(main, second) / 0.5, 1.0)
        + 0.8 * min(abs(a.shape["weight"] - b.shape["weight"]) / 0.3, 1.0)
        + 0.8 * min(abs(a.height - b.height) / 0.12, 1.0)
        + 1.0 * min(abs(a.age - b.age) / 20.0, 1.0)
        + 0.5 * (a.face.get("eye_shape") != b.face.get("eye_shape"))
        + 0.4 * (a.face.get("shape") != b.face.get("shape"))
        + 0.5 * (a.hair.beard != b.hair.beard)
    )


def _drawn(slots: CharacterSlots, rng: np.random.Generator) -> CharacterSlots:
    """Return slots of one of a crowd: what nobody said is drawn."""
    table = load_lexicon().roles
    roles = [table[r] for r in slots.roles if r in table]
    era = era_of(slots) or "modern"
    out = slots.model_copy(deep=True)
    told_sex = [s for s in (slots.sex, *(r.sex for r in roles)) if s]
    sex = told_sex[0] if told_sex else coin(rng, *_SEXES)
    out.sex = "female" if sex == "female" else "male"
    known = slots.age is not None or slots.age_class or any(r.age for r in roles)
    if not known:
        out.age = int(rng.choice(_YEARS))
    grown = known or (out.age or 30) >= 17
    if not slots.build and not any(r.build for r in roles) and grown:
        out.build = _BUILDS[int(rng.integers(len(_BUILDS)))]  # type: ignore[assignment]
    if not slots.stature and slots.height is None:
        out.stature = _STATURES[int(rng.integers(len(_STATURES)))]  # type: ignore[assignment]
    if not slots.moods:
        out.moods = [coin(rng, *_MOODS)]
    years = out.age if out.age is not None else 30
    _draw_face(out.face, rng)
    _draw_hair(out.hair, out.sex, era, years, rng)
    if not out.hair.style and not any(role_hair(r, out.sex, era) for r in roles):
        out.hair.style = _suiting(out.hair, out.sex, era, years, rng)
    usual = [k for r in roles for k in usual_wear(r, out.sex, era)]
    if not slots.garments and not usual:
        _draw_clothes(out, era, years, rng)
    return out


def _draw_face(face: FaceSlots, rng: np.random.Generator) -> None:
    if not face.skin:
        face.skin = coin(rng, *_TANS)
    if not face.nose_kind and rng.random() < 0.5:
        face.nose_kind = coin(rng, "high", "button", "broad", "hooked")
    if not face.mole and rng.random() < 0.1:
        face.mole = coin(rng, "tear_left", "lip_right", "cheek_left")


def _draw_hair(
    hair: HairSlots, sex: str, era: str, years: int, rng: np.random.Generator
) -> None:
    if not hair.colour and years < 52 and era == "modern":
        hair.colour = coin(rng, *_HAIRS)
    if not hair.beard and sex == "male" and years >= 26 and rng.random() < 0.35:
        hair.beard = coin(rng, "stubble", "moustache", "goatee")


def _suiting(hair: HairSlots, sex: str, era: str, years: int, rng: np.random.Generator) -> str:
    """Return a hairstyle for an age, or nothing where words speak of hair."""
    if hair.length or hair.fringe or hair.curl:
        return ""
    if era == "modern" and sex == "female" and years >= 44:
        return coin(rng, *_CALM_HAIR)
    if years >= 56:
        return ""
    kinds = [k for k in hairstyles() if k.sex in (sex, "any") and k.era in (era, "any")]
    late = () if years <= 24 else _YOUNG_HAIR
    names = [k.name for k in kinds if k.name not in (*late, "bald", "old_bun")]
    if sex == "male" and era == "modern":
        names += ["short_male", "side_part_male"]
    return coin(rng, *names)


def _draw_clothes(out: CharacterSlots, era: str, years: int, rng: np.random.Generator) -> None:
    """Dress somebody whose words and role say nothing of clothes."""
    if era == "modern":
        sets = _MODERN[out.sex][0 if years <= 22 else 1 if years <= 54 else 2]
    else:
        sets = _ANCIENT[out.sex]
    patterns = _PATTERNS if era == "modern" else _ANCIENT_PATTERNS
    kinds = list(sets[int(rng.integers(len(sets)))])
    if era == "modern":
        kinds += [k for k, share in _MODERN_EXTRAS if rng.random() < share]
    out.garments = [GarmentSlots(kind=k) for k in kinds if k not in out.without]
    if out.garments and kinds[0] not in ("suit", "office_dress", "school_winter"):
        out.garments[0].pattern = coin(rng, *patterns)
