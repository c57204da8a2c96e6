"""Every garment that recipes can name."""

from __future__ import annotations

from cyberdirector.character.wardrobe.kinds import Dial, GarmentKind, by_name

_WIDE = Dial("sleeve", 1.0, 0.3, 1.6)
_LONG = Dial("length", 1.0, 0.6, 1.05)

_OUTFITS = (
    GarmentKind(
        "ruqun", "襦裙", "ruqun", "dress", "wide", "skirt_long", "ancient", "female",
        ("main", "skirt", "sash", "trim", "inner", "accent", "hem", "shoe"),
        (_WIDE, _LONG, Dial("waist", 0.0, -0.3, 0.5)),
        ("襦裙", "齐胸襦裙", "交领襦裙", "汉服", "古装", "hanfu", "dress"),
        ("shoes",),
    ),
    GarmentKind(
        "jiaoling_robe", "交领袍", "crossed-collar robe", "dress", "wide", "robe", "ancient",
        "male",
        ("main", "trim", "sash", "inner", "accent", "skirt", "hem", "trousers", "shoe", "jade"),
        (_WIDE, _LONG),
        ("交领袍", "直裾", "袍子", "侠客服", "汉服", "古装", "robe", "hanfu"),
        ("shoes",),
    ),
    GarmentKind(
        "daopao", "道袍", "daopao", "dress", "wide", "robe", "ancient", "male",
        ("main", "trim", "inner", "sash", "accent", "hem", "trousers", "shoe"),
        (),
        ("道袍", "长衫", "文士袍", "书生服", "汉服", "古装", "scholar", "robe"),
        ("shoes",),
    ),
    GarmentKind(
        "duanda", "短打", "working jacket and trousers", "dress", "long", "trousers",
        "ancient", "male",
        ("main", "trousers", "sash", "trim", "inner", "accent", "wrap", "shoe"),
        (),
        ("短打", "短褐", "武服", "劲装", "小二", "古装", "servant", "worker"),
        ("shoes",),
    ),
    GarmentKind(
        "suit", "西装", "suit", "dress", "long", "trousers", "modern", "male",
        ("main", "trousers", "shirt", "tie", "button", "shoe"),
        (),
        ("西装", "西服", "正装", "领带", "business", "tie", "formal"),
        ("shoes",),
    ),
    GarmentKind(
        "office_dress", "职业套裙", "office skirt suit", "dress", "long", "skirt_knee",
        "modern", "female",
        ("main", "skirt", "blouse", "bow", "stocking", "button", "shoe"),
        (Dial("blazer", 1.0, 0.0, 1.0),),
        ("职业装", "套裙", "包臀裙", "通勤", "office", "blazer", "pencil skirt"),
        ("shoes",),
    ),
    GarmentKind(
        "school", "水手服", "sailor uniform", "dress", "long", "skirt_short", "modern",
        "female",
        ("main", "skirt", "collar", "scarf", "stripe", "sock", "shoe"),
        (Dial("sleeve", 1.0, 0.0, 1.0), Dial("length", 1.0, 0.7, 1.4)),
        ("水手服", "校服", "学生装", "sailor", "school uniform", "seifuku"),
        ("shoes",),
    ),
    GarmentKind(
        "hoodie", "卫衣", "hoodie", "dress", "long", "trousers", "modern", "any",
        ("main", "jeans", "rib", "string", "shirt", "shoe", "sole"),
        (),
        ("卫衣", "连帽衫", "帽衫", "休闲", "hooded sweater", "casual"),
        ("bottom", "shoes"),
    ),
)  # fmt: skip

CATALOGUE: dict[str, GarmentKind] = by_name(_OUTFITS)
"""All kinds by name, in the order in which they are listed."""


def catalogue() -> list[GarmentKind]:
    """Return every kind of garment that can be built."""
    return list(CATALOGUE.values())
