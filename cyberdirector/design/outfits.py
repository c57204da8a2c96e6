"""Clothes of a character: what was asked for, completed to a whole outfit with colours."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.recipe import Garment
from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.character.wardrobe.kinds import GarmentKind
from cyberdirector.character.wardrobe.usual import usual_shoes
from cyberdirector.design.colours import (
    PALETTES,
    colour_hex,
    lighter,
    lightness,
    varied,
)
from cyberdirector.design.lexicon import load_lexicon
from cyberdirector.design.settle import usual_wear
from cyberdirector.design.slots import CharacterSlots, GarmentSlots

_LENGTHS = {
    "boots": ("height", {"": 0.75, "short": 0.22, "long": 1.0}),
    "gloves": ("length", {"": 0.2, "short": 0.0, "long": 0.85}),
}
"""Dial that a length sets, and its values: short boots go under trousers."""

_PATTERNS = {"flower": "plum", "dragon": "medallion", "crane": "medallion"}
"""Patterns that were asked for → the nearest that is drawn."""

_DEFAULT: dict[str, tuple[str, ...]] = {
    "ancient female": ("ruqun",),
    "ancient male": ("jiaoling_robe", "daopao"),
    "modern female": ("sweater", "shirt", "dress", "t_shirt", "hoodie"),
    "modern male": ("shirt", "hoodie", "t_shirt", "sweater"),
}
_BOTTOMS = {
    "female": ("skirt_a", "jeans", "skirt_pleated", "trousers"),
    "male": ("trousers", "jeans"),
}
_TOPS = {"female": ("shirt", "sweater", "t_shirt"), "male": ("shirt", "t_shirt")}
_ORDER = (
    "dress",
    "armour",
    "top",
    "bottom",
    "outer",
    "shoes",
    "head",
    "face",
    "hand",
    "jewellery",
)


def outfit_of(
    slots: CharacterSlots, sex: str, era: str, rng: np.random.Generator
) -> list[Garment]:
    """Return the garments of a character.

    Raises
    ------
    InputRefused
        ``slot-unknown`` when the wardrobe has no garment of a kind that was asked for.
    """
    asked = slots.garments
    worn = {g.kind: g for g in asked}
    _complete(worn, slots, sex, era, rng)
    for kind in slots.without:
        worn.pop(kind, None)
    palette = PALETTES[f"{era} {sex}"]
    main, accent = palette[int(rng.integers(len(palette)))]
    said = _role_colours(slots)
    if said:
        main = said[0]
        accent = said[1] if len(said) > 1 else accent
    lead = next((g.colours["main"] for g in asked if "main" in g.colours), "")
    base = colour_hex(lead) if lead else varied(main, rng)
    if "boots" in worn and not worn["boots"].length and {"trousers", "jeans"} & set(worn):
        worn["boots"] = worn["boots"].model_copy(update={"length": "short"})
    ordered = sorted(worn, key=lambda k: _ORDER.index(CATALOGUE[k].slot))
    return [_dressed(CATALOGUE[k], worn[k], base, accent, sex, rng) for k in ordered]


def _complete(
    worn: dict[str, GarmentSlots],
    slots: CharacterSlots,
    sex: str,
    era: str,
    rng: np.random.Generator,
) -> None:
    """Add what an outfit lacks: something to wear, a lower half, shoes, a sword."""

    def pick(kinds: tuple[str, ...]) -> None:
        kind = str(rng.choice([k for k in kinds if k in CATALOGUE]))
        worn[kind] = GarmentSlots(kind=kind)

    def has(*wanted: str) -> bool:
        return any(CATALOGUE[k].slot in wanted for k in worn)

    if not has("dress", "armour", "top", "bottom"):
        roles = load_lexicon().roles
        usual = [k for r in slots.roles for k in usual_wear(roles[r], sex, era)]
        known = tuple(k for k in usual if k in CATALOGUE)
        whole = tuple(k for k in known if CATALOGUE[k].slot in ("dress", "top", "armour"))
        young = slots.age_class == "child" and era == "modern" and sex == "male"
        pick(whole or (("hoodie", "t_shirt") if young else _DEFAULT[f"{era} {sex}"]))
        for kind in known[:1]:
            if CATALOGUE[kind].slot in ("outer", "bottom") and kind not in worn:
                worn[kind] = GarmentSlots(kind=kind)
    if has("top") and not has("bottom", "dress"):
        pick(_BOTTOMS[sex])
    if has("bottom") and not has("top", "dress"):
        pick(_TOPS[sex])
    held = {slot for k in worn for slot in CATALOGUE[k].holds}
    barefoot = "shoes" in slots.without
    if not has("shoes") and "shoes" not in held and not barefoot:
        pick(usual_shoes(worn, era, sex))
    carried = [k for r in slots.roles for k in load_lexicon().roles[r].carry]
    if era == "ancient" and carried and not has("hand"):
        worn[carried[0]] = GarmentSlots(kind=carried[0])


def _role_colours(slots: CharacterSlots) -> list[str]:
    roles = load_lexicon().roles
    return [colour_hex(c) for r in slots.roles for c in roles[r].colours]


def _dressed(
    kind: GarmentKind, slots: GarmentSlots, base: str, accent: str, sex: str,
    rng: np.random.Generator,
) -> Garment:  # fmt: skip
    """Return a garment with all colours that belong together."""
    given = _placed(kind, {part: colour_hex(c) for part, c in slots.colours.items()})
    given = {part: c for part, c in given.items() if part in kind.colours or part == "main"}
    main = given.get("main") or _main_of(kind, base, rng)
    if "main" not in kind.colours and kind.colours:
        given[kind.colours[0]] = given.pop("main", main)
    colours = {**_parts(kind, main, accent), **given}
    params: dict[str, float] = {}
    dials = {d.name: d for d in kind.params}
    if "sleeve" in dials and slots.sleeve:
        dial = dials["sleeve"]
        share = {"none": 0.0, "short": 0.2, "long": 0.6, "wide": 1.0}[slots.sleeve]
        params["sleeve"] = round(dial.low + share * (dial.high - dial.low), 3)
    if "trousers" in dials and sex == "male":
        params["trousers"] = 1.0
    if kind.name in _LENGTHS:
        dial_name, values = _LENGTHS[kind.name]
        params[dial_name] = values[slots.length]
    pattern = _PATTERNS.get(slots.pattern, slots.pattern)
    return Garment(kind=kind.name, colours=colours, pattern=pattern, params=params)


_SAME_PART = {
    "tie": ("scarf", "bow"),
    "bow": ("scarf", "tie", "string"),
    "scarf": ("bow", "tie"),
    "second": ("skirt", "trousers", "collar", "trim", "rib", "sash", "accent", "hem"),
}
"""What a part is called in garments that have no part of its own name."""


def _placed(kind: GarmentKind, given: dict[str, str]) -> dict[str, str]:
    """Return the colours that were asked for by the names of parts which the garment has."""
    out = dict(given)
    for part, others in _SAME_PART.items():
        if part not in given or part in kind.colours:
            continue
        fitting = [other for other in others if other in kind.colours and other not in given]
        # The second of two colours takes the lower half and one part of the upper.
        wide = part == "second" and kind.slot == "dress"
        for other in fitting[: 2 if wide else 1]:
            out[other] = given[part]
    return out


_OWN_MAIN = {
    "jeans": ("#44608a", "#2f4468", "#7a92b4"),
    "trousers": ("#3a3c46", "#5a5248", "#26242a"),
    "shoes_leather": ("#2a2220", "#5a3a28"),
    "loafers": ("#5a3626", "#2a2220"),
    "sneakers": ("#f2f2f2", "#d8dce4", "#3a3c46"),
    "heels": ("#26202a", "#a83a48"),
    "boots": ("#2a2428", "#5a4030"),
    "boots_cloth": ("#24222a",),
    "shoes_cloth": ("#3a3438",),
    "shirt": ("#f4f4f6", "#dbe6f2"),
    "school": ("#f7f8fc",),
    "school_summer": ("#f7f8fc",),
    "suit": ("#2a3350", "#33343c", "#4a4f5e"),
    "office_dress": ("#2f3650", "#3a3b44", "#6a6f7e", "#8a7462", "#b9b2a6"),
    "blazer": ("#2a3350", "#3a3b44", "#5a6072", "#9a846a"),
    "coat": ("#b09a78", "#3a3b44", "#2f3a52", "#7d6a55"),
    "glasses": ("#2a2a30", "#8a6a48", "#c9a962"),
    "douli": ("#c9a86a",),
    "fan": ("#f2ead8",),
    "sword": ("#2b2a33", "#5a2a26", "#2f3c58"),
    "gloves": ("#2a2428", "#f2f0ec", "#5a4030"),
    "armour": ("#9aa2b0", "#5a5f6c", "#8a6a3e"),
    "necklace": ("#e8ddd0", "#d9b25a"),
    "earrings": ("#d9b25a", "#c9ced8"),
    "bracelet": ("#9fc9b0", "#d9b25a"),
    "cap": ("#26365c", "#a83a48", "#3a3c42"),
    "shorts": ("#5a6a86", "#c9b58a"),
    "futou": ("#22222a",),
}
"""Mains of what does not follow the colour of the outfit."""


def _main_of(kind: GarmentKind, base: str, rng: np.random.Generator) -> str:
    own = _OWN_MAIN.get(kind.name)
    if own:
        return own[int(rng.integers(len(own)))]
    if kind.slot == "bottom":
        return lighter(base, -0.45 if lightness(base) > 0.4 else 0.25)
    if kind.slot == "outer":
        return lighter(base, -0.35 if lightness(base) > 0.5 else 0.12)
    return base


def _parts(kind: GarmentKind, main: str, accent: str) -> dict[str, str]:
    """Return the colours of the parts of a garment from its main colour."""
    pale = lightness(main) > 0.62
    # White has no dark tone of its own: its rims stay pale.
    dark = lighter(main, -0.16 if lightness(main) > 0.93 else -0.5 if pale else -0.35)
    table = {
        "main": main,
        "trim": dark,
        "sash": accent,
        "inner": "#fbf7ef",
        "skirt": lighter(main, 0.45) if kind.name in ("ruqun", "xianpao") and pale else main,
        "trousers": main if kind.name == "suit" else lighter(main, -0.3 if pale else -0.15),
        "hem": dark,
        "tie": accent,
        "blouse": "#fbf6f3",
        "bow": lighter(accent, 0.35),
        "scarf": accent,
        "collar": dark if kind.name == "school" else lighter(main, -0.12),
        "rib": lighter(main, -0.18),
        "belt": lighter(main, -0.55),
    }
    if kind.name in ("school", "school_winter", "school_summer", "office_dress"):
        table["skirt"] = main if kind.name == "office_dress" else "#2c4678"
    if kind.name == "school":
        table["main"], table["collar"] = (main if pale else "#f7f8fc"), "#2c4678"
    if kind.name in ("ruqun", "xianpao") and not pale:
        table["skirt"] = lighter(main, -0.3)
    return {part: table[part] for part in kind.colours if part in table}
