"""What goes over other clothes: jackets, coats, cloaks, armour."""

from __future__ import annotations

from cyberdirector.character.wardrobe.kinds import Dial, GarmentKind

OUTERS = (
    GarmentKind(
        "jacket",
        "夹克",
        "jacket",
        "outer",
        "long",
        "",
        "modern",
        "any",
        ("main", "rib", "zip"),
        (),
        ("夹克", "外套", "飞行员夹克", "棒球服", "jacket", "bomber"),
    ),
    GarmentKind(
        "blazer",
        "西装外套",
        "blazer",
        "outer",
        "long",
        "",
        "modern",
        "any",
        ("main", "button", "shirt"),
        (Dial("depth", 0.28, 0.15, 0.34),),
        ("西装外套", "小西装", "西服外套", "blazer", "sport coat"),
    ),
    GarmentKind(
        "coat",
        "风衣",
        "long coat",
        "outer",
        "long",
        "",
        "modern",
        "any",
        ("main", "belt", "button", "buckle", "shirt"),
        (Dial("length", 1.0, 0.6, 1.4),),
        ("风衣", "大衣", "长外套", "coat", "trench coat", "overcoat"),
    ),
    GarmentKind(
        "cloak",
        "斗篷",
        "cloak",
        "outer",
        "",
        "",
        "any",
        "any",
        ("main", "fur", "trim", "accent"),
        (
            Dial("fur", 1.0, 0.0, 1.0),
            Dial("hood", 0.0, 0.0, 1.0),
            Dial("length", 1.0, 0.3, 1.1),
        ),
        ("斗篷", "披风", "大氅", "cloak", "cape", "mantle"),
    ),
)

ARMOUR = (
    GarmentKind(
        "armour",
        "铠甲",
        "armour",
        "armour",
        "long",
        "robe",
        "ancient",
        "any",
        ("main", "accent", "robe", "sash", "trim", "trousers", "shoe", "hem"),
        (),
        (
            "铠甲",
            "盔甲",
            "甲胄",
            "战甲",
            "将军",
            "武将",
            "armor",
            "armour",
            "general",
            "lamellar",
        ),
        ("shoes",),
    ),
)
