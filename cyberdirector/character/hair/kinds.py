"""The hairstyles by name: what text, perception and people who choose need to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Length = Literal["bald", "short", "medium", "long"]
"""How far loose hair falls: ears, shoulders, below; hair put up counts as worn down."""

Fringe = Literal["none", "full", "side", "parted", "curtain"]
"""``none`` forehead free, ``full`` across the brows, ``side`` swept over from one parting,
``parted`` a few locks to both sides, ``curtain`` two wings that frame the face."""

Era = Literal["ancient", "modern", "any"]
Sex = Literal["female", "male", "any"]


@dataclass(frozen=True)
class HairKind:
    """One hairstyle as data.

    Attributes
    ----------
    name
        Key in :data:`~cyberdirector.character.hair.STYLES` and in recipes.
    zh, en
        What people call it.
    length, fringe, era, sex
        Classes by which text and pictures choose; ``any`` suits all.
    tags
        Further words (zh and en, lower case) that point to this style.
    """

    name: str
    zh: str
    en: str
    length: Length
    fringe: Fringe
    era: Era
    sex: Sex
    tags: tuple[str, ...] = ()


KINDS: tuple[HairKind, ...] = (
    HairKind("double_bun", "双丫髻", "double buns", "long", "full", "ancient", "female",
             ("双髻", "丸子双髻", "丫鬟", "少女", "maid", "girl", "updo")),
    HairKind("chuigua", "垂挂髻", "looped buns", "long", "parted", "ancient", "female",
             ("双环", "垂髻", "双鬟", "少女", "looped", "girl", "updo")),
    HairKind("high_bun", "高髻", "high bun with ornaments", "long", "none", "ancient",
             "female", ("云髻", "凌云髻", "贵妃", "宫廷", "珠钗", "noble", "palace", "updo")),
    HairKind("loose_long", "披发", "long loose hair", "long", "curtain", "ancient", "female",
             ("披肩长发", "散发", "仙女", "fairy", "loose")),
    HairKind("high_ponytail", "高马尾", "warrior's high ponytail", "long", "curtain",
             "ancient", "any", ("束发高马尾", "女侠", "少侠", "剑客", "swordsman", "tail")),
    HairKind("half_up_bun", "半披髻", "half-up bun", "long", "parted", "ancient", "female",
             ("半束发", "半扎", "发髻", "簪", "hairpin", "half-up")),
    HairKind("topknot_crown", "束发冠", "topknot with crown", "long", "parted", "ancient",
             "male", ("发冠", "玉冠", "束发", "公子", "王爷", "noble", "crown", "half-up")),
    HairKind("wuxia_loose", "侠客散发", "wanderer's loose hair", "long", "curtain", "ancient",
             "male", ("浪子", "游侠", "魔尊", "披散", "wanderer", "wild", "loose")),
    HairKind("old_bun", "老者髻", "elder's topknot", "long", "none", "ancient", "any",
             ("老人", "道士", "书生", "发髻", "elder", "scholar", "updo")),
    HairKind("boy_topknot", "童髻", "boy's topknot", "medium", "full", "ancient", "male",
             ("书童", "小厮", "少年", "boy", "page", "updo")),
    HairKind("long_straight", "黑长直", "long straight hair", "long", "full", "modern",
             "female", ("长发", "直发", "披肩", "齐刘海", "straight", "loose")),
    HairKind("bob", "波波头", "bob", "short", "full", "modern", "female",
             ("短发", "齐耳短发", "学生头", "inwards")),
    HairKind("hime", "姬发式", "hime cut", "long", "full", "modern", "female",
             ("公主切", "姬式", "齐刘海", "princess", "straight", "loose")),
    HairKind("twin_tails", "双马尾", "twin tails", "long", "full", "modern", "female",
             ("双辫", "萝莉", "twintails", "pigtails", "tail")),
    HairKind("ponytail", "马尾", "ponytail", "long", "full", "modern", "female",
             ("马尾辫", "运动", "sporty", "tail")),
    HairKind("low_ponytail", "低马尾", "low ponytail", "long", "side", "modern", "any",
             ("低扎", "温柔", "gentle", "tail")),
    HairKind("side_braid", "侧麻花辫", "side braid", "long", "curtain", "modern", "female",
             ("麻花辫", "侧编发", "辫子", "braid", "plait")),
    HairKind("wolf_cut", "狼尾", "wolf cut", "medium", "full", "modern", "any",
             ("狼尾头", "鲻鱼头", "层次", "mullet", "layered", "shaggy")),
    HairKind("short_male", "碎短发", "layered short hair", "short", "full", "modern", "male",
             ("短发", "碎发", "少年", "boyish", "messy")),
    HairKind("side_part_male", "三七分", "side-parted short hair", "short", "side", "modern",
             "male", ("侧分", "偏分", "总裁", "商务", "business", "neat")),
    HairKind("slick_back", "背头", "slicked-back hair", "short", "none", "modern", "male",
             ("大背头", "油头", "霸总", "pompadour", "swept")),
    HairKind("curls", "大波浪", "long waves", "long", "side", "modern", "female",
             ("卷发", "波浪卷", "长卷发", "御姐", "curly", "wavy", "loose")),
    HairKind("office_updo", "低盘发", "low chignon", "long", "side", "modern", "female",
             ("盘发", "发髻", "职业", "丸子头", "bun", "office", "updo")),
    HairKind("pixie", "精灵短发", "pixie cut", "short", "side", "modern", "female",
             ("超短发", "假小子", "tomboy", "cropped")),
)  # fmt: skip
"""All hairstyles but ``bald``."""

BALD = HairKind("bald", "光头", "bald", "bald", "none", "any", "any",
                ("无发", "和尚", "秃头", "monk", "shaved"))  # fmt: skip
"""No hair at all."""


def catalogue() -> list[HairKind]:
    """Return all hairstyles in a fixed order, ``bald`` last."""
    return [*KINDS, BALD]


def kind_of(name: str) -> HairKind | None:
    """Return what is known of a hairstyle, or None if there is none of that name."""
    return next((kind for kind in catalogue() if kind.name == name), None)
