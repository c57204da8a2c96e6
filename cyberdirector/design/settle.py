"""Words that need the rest of the sentence: clothes, robe, dress; long loose hair."""

from __future__ import annotations

from cyberdirector.design.lexicon import Role, load_lexicon
from cyberdirector.design.numbers import Figure
from cyberdirector.design.slots import CharacterSlots, GarmentSlots

GENERIC = ("clothes", "robe", "skirt", "dress", "shoes", "hat")
"""Kinds that only the era, the sex and the role decide."""

_GOWN = ("monk", "nun", "taoist", "scholar", "physician", "disciple")
_CELESTIAL = ("immortal", "elf", "witch")
_CLASSIC = (
    "ruqun",
    "jiaoling_robe",
    "daopao",
    "duanda",
    "yuanling_pao",
    "xianpao",
    "armour",
    "boots_cloth",
    "shoes_cloth",
)
_CLASSIC_HAIR = (
    "double_bun",
    "chuigua",
    "high_bun",
    "loose_long",
    "high_ponytail",
    "half_up_bun",
    "topknot_crown",
    "wuxia_loose",
    "old_bun",
    "boy_topknot",
)


def era_of(slots: CharacterSlots) -> str:
    """Return the era that was said, or that role, clothes and hair tell; or nothing."""
    if slots.era:
        return slots.era
    roles = load_lexicon().roles
    for name in slots.roles:
        if roles[name].era:
            return roles[name].era
    kinds = [g.kind for g in slots.garments if g.kind not in GENERIC]
    if kinds:
        from cyberdirector.character.wardrobe.catalogue import CATALOGUE

        eras = [CATALOGUE[k].era for k in kinds if k in CATALOGUE and CATALOGUE[k].era != "any"]
        if eras:
            return eras[0]
    if slots.face.mark:
        return "ancient"
    if slots.hair.style:
        return "ancient" if slots.hair.style in _CLASSIC_HAIR else "modern"
    return ""


def usual_wear(role: Role, sex: str, era: str) -> tuple[str, ...]:
    """Return the outfits that a role usually wears, the most usual first."""
    if era == "modern" and role.wear_modern:
        return role.wear_modern
    if sex == "female" and role.wear_f:
        return role.wear_f
    if sex == "male" and role.wear_m:
        return role.wear_m
    return role.wear


def settle_figure(slots: CharacterSlots, figure: Figure) -> None:
    """Take an age, a height, a proportion or a count from a number that was read."""
    if figure.kind == "age":
        if slots.age is None and 3 <= figure.value <= 100:
            slots.age = figure.value
    elif figure.kind == "height":
        slots.height = min(max(figure.value, 90), 230)
    elif figure.kind == "heads":
        slots.proportion = min(max(float(figure.value), 2.5), 8.0)
    else:
        slots.count = min(max(figure.value, 1), 24)


def settle_person(slots: CharacterSlots, said: list[str], chinese: bool) -> None:
    """Decide sex and age class from what was said, then roles, then a beard."""
    if said:
        slots.sex = said[0]  # type: ignore[assignment]
    for name in slots.roles:
        role = load_lexicon().roles[name]
        usual = role.sex or (role.sex_zh if chinese else "")
        slots.sex = slots.sex or usual  # type: ignore[assignment]
        if slots.age is None and role.told_age and not slots.age_class:
            slots.age_class = role.told_age  # type: ignore[assignment]
    if not slots.sex and slots.hair.beard not in ("", "none"):
        slots.sex = "male"


def settle_hair(slots: CharacterSlots, words: set[str]) -> None:
    """Fill hair slots from adjectives that stood before “hair”."""
    hair = slots.hair
    for length in ("long", "short", "medium"):
        if length in words and not hair.length:
            hair.length = length
    if hair.style:
        return
    ancient = era_of(slots) == "ancient"
    if "loose" in words:
        woman = slots.sex == "female" or not ancient
        hair.style = "loose_long" if woman else "wuxia_loose"
    elif "straight" in words and "long" in words:
        hair.style = "loose_long" if ancient else "long_straight"
    elif "wavy" in words and "long" in words:
        hair.style, hair.curl = "curls", False
    elif "messy" in words and not ancient and hair.length != "long":
        hair.style = "short_male" if slots.sex != "female" else "wolf_cut"


def settle_clothes(slots: CharacterSlots) -> None:
    """Replace generic words by kinds of the wardrobe; drop those that say nothing."""
    era = era_of(slots)
    out: list[GarmentSlots] = []
    for garment in slots.garments:
        if garment.kind == "clothes" and not (garment.colours or garment.pattern):
            continue
        kind = _settled(garment, slots, era) if garment.kind in GENERIC else garment.kind
        kind = _by_length(kind, garment.length, era)
        same = next((g for g in out if g.kind == kind), None)
        if same is not None:
            same.colours = {**garment.colours, **same.colours}
            same.pattern = same.pattern or garment.pattern
            continue
        out.append(garment.model_copy(update={"kind": kind}))
    slots.garments = _together(out, slots.sex)
    slots.without = [k if k not in ("clothes",) else "coat" for k in slots.without]


_FOR_MEN = {
    "school": ("school_winter",),
    "school_summer": ("shirt", "trousers"),
    "office_dress": ("suit",),
}
"""Uniforms that are skirts in the wardrobe → what men wear by the same name."""

_WITH_SHIRT = ("suit", "office_dress", "school_winter")
"""Garments that bring a shirt of their own."""


def _together(garments: list[GarmentSlots], sex: str) -> list[GarmentSlots]:
    """Return garments of which none lies in another: uniforms for men, suits with skirts."""
    out: list[GarmentSlots] = []
    for garment in garments:
        kinds = _FOR_MEN.get(garment.kind) if sex == "male" else None
        if kinds is None:
            out.append(garment)
            continue
        second = garment.colours.get("second", "")
        for number, kind in enumerate(kinds):
            colours = dict(garment.colours) if number == 0 else {"main": second or "navy"}
            change = {"kind": kind, "colours": colours}
            if kind == "shirt":
                change |= {"sleeve": garment.sleeve or "short"}
                colours.setdefault("main", "white")
            out.append(garment.model_copy(update=change))
    named = {g.kind: g for g in out}
    skirt = next((k for k in ("skirt_a", "skirt_pleated") if k in named), "")
    if "suit" in named and skirt:
        colours = {**named[skirt].colours}
        colours = {"skirt": colours["main"]} if "main" in colours else {}
        both = named["suit"].model_copy(
            update={"kind": "office_dress", "colours": {**colours, **named["suit"].colours}}
        )
        out = [both if g.kind == "suit" else g for g in out if g.kind != skirt]
    over = next((g for g in out if g.kind in _WITH_SHIRT), None)
    if over is not None and "shirt" in named:
        under = named["shirt"].colours.get("main")
        part = "blouse" if over.kind == "office_dress" else "shirt"
        if under:
            over.colours = {part: under, **over.colours}
        out = [g for g in out if g.kind != "shirt"]
    return out


def drop_lacking(slots: CharacterSlots) -> set[str]:
    """Take out what the wardrobe does not have; return its kinds."""
    from cyberdirector.character.wardrobe.catalogue import CATALOGUE

    lacking = {g.kind for g in slots.garments if g.kind not in CATALOGUE}
    slots.garments = [g for g in slots.garments if g.kind not in lacking]
    return lacking


def _by_length(kind: str, length: str, era: str) -> str:
    if length == "long" and kind in ("skirt_a", "skirt_pleated"):
        return "skirt_long"
    if length == "short" and kind in ("skirt_a", "skirt_long"):
        return "skirt_pleated"
    return kind


def _settled(garment: GarmentSlots, slots: CharacterSlots, era: str) -> str:
    woman = slots.sex == "female"
    roles = load_lexicon().roles
    role = next((roles[r] for r in slots.roles if usual_wear(roles[r], slots.sex, era)), None)
    old = era != "modern" if (woman or era) else False
    if garment.kind == "robe":
        if role and role.name in _GOWN:
            return "daopao"
        return "xianpao" if role and role.name in _CELESTIAL else "jiaoling_robe"
    if garment.kind == "shoes":
        return "shoes_cloth" if era == "ancient" else "sneakers"
    if garment.kind == "hat":
        return "hat"
    if garment.kind == "dress":
        return "ruqun" if era == "ancient" else "dress"
    if garment.kind == "skirt":
        return "ruqun" if era == "ancient" else "skirt_a"
    if role:
        return usual_wear(role, slots.sex, era)[0]
    if era == "modern":
        return "dress" if woman else "shirt"
    if slots.age_class == "old" and not woman:
        return "duanda"
    return "ruqun" if woman else "jiaoling_robe" if old or not era else "duanda"
