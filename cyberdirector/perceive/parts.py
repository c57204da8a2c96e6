"""What the part finder tells apart: parts of a picture, points of a body, classes."""

from __future__ import annotations

from cyberdirector.character.hair import catalogue, kind_of
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.perceive.worn import lower_class, sleeve_class

PARTS: tuple[str, ...] = (
    "background", "hair", "skin", "eyes", "top", "sleeve", "bottom", "legwear", "shoes",
    "accessory",
)  # fmt: skip
"""Classes of a pixel, in the order of the network's output."""

PART_INDEX: dict[str, int] = {name: i for i, name in enumerate(PARTS)}

FACE_POINTS: tuple[str, ...] = (
    "left_eye", "right_eye", "left_eye_outer", "left_eye_inner", "right_eye_inner",
    "right_eye_outer", "nose", "mouth_left", "mouth_right", "chin", "crown",
)  # fmt: skip
BODY_POINTS: tuple[str, ...] = (
    "neck", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
    "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
POINTS: tuple[str, ...] = FACE_POINTS + BODY_POINTS
"""Points of a figure; left and right are the figure's own."""

POINT_INDEX: dict[str, int] = {name: i for i, name in enumerate(POINTS)}

CLASSES: dict[str, tuple[str, ...]] = {
    "length": ("bald", "short", "medium", "long"),
    "fringe": ("none", "full", "side", "parted", "curtain"),
    "sleeve": ("none", "short", "long", "wide", "huge"),
    "lower": (
        "none", "shorts", "trousers", "skirt_short", "skirt_knee", "skirt_long", "robe",
    ),
    "shoes": ("none", "shoes", "boots", "sandals"),
    "sex": ("female", "male"),
    "era": ("ancient", "modern"),
    "age": ("young", "adult", "old"),
    "beard": ("", "moustache", "goatee", "beard_long"),
}  # fmt: skip
"""Attributes with their classes."""


def _kinds(slot: str, *others: str) -> tuple[str, ...]:
    return (*others, *(k.name for k in CATALOGUE.values() if k.slot == slot))


LEARNT: dict[str, tuple[str, ...]] = {
    **{n: CLASSES[n] for n in ("length", "fringe", "sleeve", "lower", "shoes", "sex", "era")},
    "hat": _kinds("head", "none"), "outer": _kinds("outer", "none"),
    "whole": _kinds("dress", "separate", *_kinds("armour")), "top": _kinds("top", "none"),
    "bottom": _kinds("bottom", "none"), "hair": tuple(k.name for k in catalogue()),
}  # fmt: skip
"""What the network judges of a whole picture; after the attributes names of catalogues."""

_SHOE_WORDS = {"boot": "boots", "sandal": "sandals", "geta": "sandals", "barefoot": "none"}
_REACH = {name: i for i, name in enumerate(CLASSES["sleeve"])}


def shoe_class(kinds: list[str]) -> str:
    """Return the class of shoes of an outfit given as names of garments."""
    worn = [k for k in kinds if k in CATALOGUE and CATALOGUE[k].slot == "shoes"]
    if worn:
        return next((c for w, c in _SHOE_WORDS.items() if w in worn[-1]), "shoes")
    return "shoes" if any("shoes" in CATALOGUE[k].holds for k in kinds) else "none"


def recipe_classes(recipe: Recipe) -> dict[str, str]:
    """Return the class of every attribute of a recipe (names of :data:`CLASSES`)."""
    worn = [(g.kind, g.params) for g in recipe.wardrobe if g.kind in CATALOGUE]
    kinds = [kind for kind, _ in worn]
    hair = kind_of(recipe.hair.style)
    sleeves = [s for s in (sleeve_class(*own) for own in worn) if s]
    lowers = [s for s in (lower_class(*own) for own in worn) if s]
    return {
        "length": hair.length if hair else "long",
        "fringe": hair.fringe if hair else "full",
        "sleeve": max(sleeves, key=_REACH.__getitem__) if sleeves else "none",
        "lower": lowers[-1] if lowers else "none",
        "shoes": shoe_class(kinds),
        "sex": recipe.sex,
        "era": recipe.era,
        "age": "young" if recipe.age < 30 else "adult" if recipe.age < 55 else "old",
        "beard": recipe.hair.beard,
    }


def training_classes(recipe: Recipe) -> dict[str, str]:
    """Return the class of everything in :data:`LEARNT` of a recipe, and of the attributes."""
    out = recipe_classes(recipe)
    worn = {CATALOGUE[g.kind].slot: g.kind for g in recipe.wardrobe if g.kind in CATALOGUE}
    return out | {
        "hat": worn.get("head", "none"), "outer": worn.get("outer", "none"),
        "whole": worn.get("armour") or worn.get("dress", "separate"),
        "top": worn.get("top", "none"), "bottom": worn.get("bottom", "none"),
        "hair": recipe.hair.style,
    }  # fmt: skip


def part_of(piece: str, role: str, bone: str, height: float) -> str:
    """Return the part that a triangle of a character belongs to.

    Parameters
    ----------
    piece
        Name of the piece of hair or cloth, or of the part of the face.
    role
        Role of its material.
    bone
        The humanoid bone that it hangs on most.
    height
        Of the triangle in the T-pose over the hip joints, metres.
    """
    fixed: dict[str, str] = {
        "hair": "hair", "eye": "eyes", "face": "skin", "skin": "skin", "mouth": "skin",
        "brow": "skin", "metal": "accessory",
    }  # fmt: skip
    if role in fixed:
        return fixed[role]
    if any(word in piece for word in _SHOES):
        return "shoes"
    if any(word in piece for word in _LEGWEAR):
        return "legwear"
    if any(word in piece for word in _ACCESSORIES) or bone in ("head", "jaw"):
        return "accessory"
    if bone.endswith(("Toes", "Foot")):
        return "shoes" if height < 0.0 else "bottom"
    if bone.endswith(("UpperArm", "LowerArm", "Hand")) and "hips" not in bone:
        return "sleeve"
    if any(word in piece for word in _BOTTOM) or height < -0.04:
        return "bottom"
    return "top"


_SHOES = ("shoe", "pump", "boot", "sole", "sneaker", "loafer", "sandal", "heel")
_LEGWEAR = ("sock", "stocking", "tights", "wrap-leg", "legging")
_BOTTOM = ("skirt", "trouser", "jean", "short-", "pants")
_ACCESSORIES = (
    "hat", "glass", "fan", "sword", "ring", "pin", "jade", "bag", "mask", "crown", "armour",
    "pendant", "necklace", "button",
)  # fmt: skip
