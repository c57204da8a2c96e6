"""Random people: plausible, diverse, everything in the catalogues reachable."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.face.catalogue import CATALOGUE as FACE
from cyberdirector.character.hair import catalogue as hairstyles
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe.catalogue import CATALOGUE as WARDROBE
from cyberdirector.core.hashing import seed_of
from cyberdirector.design.compose import recipe_from_slots
from cyberdirector.design.faces import SKINS, moods
from cyberdirector.design.lexicon import load_lexicon
from cyberdirector.design.slots import CharacterSlots, FaceSlots, GarmentSlots, HairSlots

_BUILDS = ("", "", "", "slim", "thin", "petite", "sturdy", "muscular", "plump", "fat")
_FANCY_HAIR = (
    "silver",
    "white",
    "blond",
    "pink",
    "lilac",
    "ice_blue",
    "blue",
    "teal",
    "green",
    "orange",
    "red",
    "wine",
    "purple",
    "chestnut",
    "grey",
)
_FANCY_IRIS = (
    "gold",
    "red",
    "emerald",
    "sky_blue",
    "blue",
    "purple",
    "amber",
    "teal",
    "pink",
    "silver",
)
_EXTRAS = ("head", "face", "hand", "jewellery", "outer")
_PATTERNS = ("", "", "", "cloud", "wave", "check", "dot", "stripe", "plum", "bamboo")


def random_recipe(seed: int, stylisation: float | None = None) -> Recipe:
    """Return a random character (deterministic in ``seed``).

    Sex, age, era, build and role are drawn first; hair, garments, face and colours then fit
    them most of the time, so that pictures look like a cast and not like noise. Every entry
    of the hair, wardrobe and face catalogues comes up.

    Parameters
    ----------
    seed
        Any integer.
    stylisation
        0 … 1.25; None draws around 1.
    """
    rng = np.random.default_rng(seed_of("random recipe", seed))
    slots = random_slots(rng)
    if stylisation is not None:
        slots.stylisation = stylisation
    return recipe_from_slots(slots, seed)


def random_slots(rng: np.random.Generator) -> CharacterSlots:
    """Return random slots: what somebody might have said of a character."""
    sex = "female" if rng.random() < 0.52 else "male"
    era = "ancient" if rng.random() < 0.55 else "modern"
    slots = CharacterSlots.model_validate(
        {
            "sex": sex, "era": era, "build": _pick(rng, list(_BUILDS)),
            "stature": _pick(rng, ["", "", "tall", "short"]),
        }
    )  # fmt: skip
    slots.age = int(rng.choice([13, 15, 17, 19, 21, 23, 26, 30, 35, 42, 50, 60, 70, 80]))
    slots.stylisation = round(float(np.clip(rng.normal(1.0, 0.12), 0.5, 1.25)), 3)
    roles = load_lexicon().roles
    names = [n for n, r in roles.items() if r.era in ("", era) and r.sex in ("", sex)]
    if rng.random() < 0.5:
        slots.roles = [_pick(rng, names)]
    if rng.random() < 0.7:
        slots.moods = [_pick(rng, list(moods()))]
    slots.face, slots.hair = _random_face(rng), _random_hair(rng, sex, era, slots.age)
    slots.garments = _random_clothes(rng, sex, era)
    return slots


def _pick(rng: np.random.Generator, names: list[str]) -> str:
    return names[int(rng.integers(len(names)))]


def _random_face(rng: np.random.Generator) -> FaceSlots:
    face = FaceSlots()
    chance = {"mole": 0.12, "mark": 0.12, "scar": 0.06, "makeup": 0.15, "blush_kind": 0.3}
    for field, entries in FACE.items():
        if field != "beard" and rng.random() < chance.get(field, 0.6):
            setattr(face, field, entries[int(rng.integers(len(entries)))].name)
    if rng.random() < 0.35:
        face.skin = _pick(rng, list(SKINS))
    if rng.random() < 0.3:
        face.iris = _pick(rng, list(_FANCY_IRIS))
    return face


def _random_hair(rng: np.random.Generator, sex: str, era: str, age: int) -> HairSlots:
    kinds = [k for k in hairstyles() if k.sex in (sex, "any") and k.era in (era, "any")]
    names = [k.name for k in kinds if k.name != "bald"]
    if rng.random() < 0.04:
        names = ["bald"]
    elif rng.random() < 0.06:  # somebody out of the ordinary
        names = [k.name for k in hairstyles() if k.sex in (sex, "any")]
    hair = HairSlots(style=_pick(rng, names))
    if rng.random() < 0.4:
        hair.colour = _pick(rng, list(_FANCY_HAIR))
    if rng.random() < 0.12:
        hair.tip = _pick(rng, list(_FANCY_HAIR))
    if sex == "male" and age >= 22 and rng.random() < 0.25:
        hair.beard = _pick(rng, [e.name for e in FACE["beard"]])
    return hair


def _random_clothes(rng: np.random.Generator, sex: str, era: str) -> list[GarmentSlots]:
    def fitting(*wanted: str) -> list[str]:
        kinds = (k for k in WARDROBE.values() if k.slot in wanted)
        return [k.name for k in kinds if k.sex in (sex, "any") and k.era in (era, "any")]

    colours = list(load_lexicon().colours)
    chosen: list[str] = []
    whole = fitting("dress", "armour")
    if era == "ancient" or (whole and rng.random() < 0.45):
        chosen.append(_pick(rng, whole))
    else:
        chosen += [_pick(rng, fitting("top")), _pick(rng, fitting("bottom"))]
    if rng.random() < 0.5 and fitting("shoes"):
        chosen.append(_pick(rng, fitting("shoes")))
    for slot in _EXTRAS:
        if rng.random() < 0.14 and fitting(slot):
            chosen.append(_pick(rng, fitting(slot)))
    out = []
    for name in dict.fromkeys(chosen):
        garment = GarmentSlots(kind=name)
        if rng.random() < 0.6:
            garment.colours = {"main": _pick(rng, colours)}
        if WARDROBE[name].slot in ("dress", "top", "bottom"):
            garment.pattern = _PATTERNS[int(rng.integers(len(_PATTERNS)))]
        out.append(garment)
    return out
