"""Irises, lashes and shapes of the lid opening."""

from __future__ import annotations

from cyberdirector.character.face.catalogue.entry import Entry

IRISES: tuple[Entry, ...] = (
    Entry("classic", "经典瞳", "classic", ("普通", "自然", "赛璐璐", "natural", "cel")),
    Entry("watery", "水润瞳", "watery", ("水汪汪", "泪眼", "水灵", "少女", "dewy", "moist")),
    Entry("gem", "宝石瞳", "gem", ("宝石", "晶莹", "华丽", "jewel", "facets", "noble")),
    Entry("starry", "星空瞳", "starry sky", ("星空", "星河", "梦幻", "galaxy", "dreamy")),
    Entry("star", "星星瞳", "star pupil", ("星形", "偶像", "元气", "idol", "star")),
    Entry("ring", "环形瞳", "rings", ("轮回眼", "同心圆", "异能", "rings", "power")),
    Entry("slit", "竖瞳", "slit pupil", ("猫眼", "兽瞳", "妖", "蛇", "龙", "cat", "beast")),
    Entry("dual", "双色瞳", "dual tone", ("渐变", "双色", "two-tone", "gradient")),
    Entry("flower", "花瞳", "flower pupil", ("桃花", "花瓣", "花仙", "petal", "fairy")),
    Entry(
        "dull",
        "失神瞳",
        "dull",
        ("无神", "死鱼眼", "空洞", "冷漠", "blank", "tired"),
        {"face.glint": 0.0},
    ),
    Entry(
        "sharp",
        "锐利瞳",
        "sharp",
        ("锐利", "凌厉", "反派", "杀手", "成熟", "keen", "villain"),
        factors={"eyes.iris": 0.90, "face.pupil": 0.72, "face.glint": 0.75},
    ),
    Entry(
        "glow", "灵光瞳", "glowing", ("发光", "仙", "魔", "灵力", "神", "luminous", "immortal")
    ),
)
"""How the iris is painted (``face.iris_kind``)."""

LASHES: tuple[Entry, ...] = (
    Entry(
        "natural", "自然睫毛", "natural", ("普通", "日常", "plain"), factors={"eyes.wing": 0.9}
    ),
    Entry(
        "winged",
        "飞翼睫毛",
        "winged",
        ("上扬", "眼线", "妩媚", "古风", "wing", "alluring"),
        factors={"eyes.wing": 1.5, "eyes.lash": 1.05},
    ),
    Entry(
        "doll",
        "娃娃睫毛",
        "doll",
        ("卷翘", "可爱", "甜美", "洋娃娃", "curled", "cute"),
        factors={"eyes.lash": 1.08, "eyes.lower_lash": 1.5},
    ),
    Entry(
        "lush",
        "浓密睫毛",
        "lush",
        ("浓密", "华丽", "御姐", "贵妇", "thick", "glamorous"),
        factors={"eyes.lash": 1.25, "eyes.wing": 1.2, "eyes.lower_lash": 1.2},
    ),
    Entry(
        "droopy",
        "垂尾睫毛",
        "drooping",
        ("下垂", "温柔", "无辜", "soft", "gentle"),
        factors={"eyes.wing": 0.8},
    ),
    Entry(
        "fine",
        "细线睫毛",
        "fine line",
        ("细", "男", "素颜", "老人", "male", "bare", "old"),
        factors={"eyes.lash": 0.72, "eyes.wing": 0.3, "eyes.lower_lash": 0.6},
    ),
)
"""How the lashes are drawn (``face.lash_kind``)."""

EYE_SHAPES: tuple[Entry, ...] = (
    Entry("almond", "杏眼", "almond eyes", ("杏仁眼", "杏核眼", "水杏眼", "温婉", "classic")),
    Entry(
        "round",
        "圆眼",
        "round eyes",
        ("大眼", "圆溜溜", "铃铛眼", "天真", "可爱", "big eyes", "innocent"),
        factors={"style.eye_height": 1.12, "style.eye_width": 0.97},
        shifts={"style.eye_tilt": -0.03, "style.eye_round": 0.6},
    ),
    Entry(
        "deer",
        "小鹿眼",
        "doe eyes",
        ("鹿眼", "无辜", "清纯", "doe", "pure"),
        factors={"style.eye_height": 1.09},
        shifts={"style.eye_tilt": -0.06, "style.eye_round": 0.35, "style.eye_tail": -0.12},
    ),
    Entry(
        "phoenix",
        "丹凤眼",
        "phoenix eyes",
        ("凤眼", "上挑", "古典", "威严", "高贵", "elegant", "imperial"),
        factors={"style.eye_height": 0.84, "style.eye_width": 1.05},
        shifts={"style.eye_tilt": 0.10, "style.eye_tail": 0.30, "style.eye_hook": 0.5},
    ),
    Entry(
        "ruifeng",
        "瑞凤眼",
        "auspicious phoenix eyes",
        ("瑞凤", "儒雅", "温润", "公子", "refined", "gentle"),
        factors={"style.eye_height": 0.80, "style.eye_width": 1.06},
        shifts={"style.eye_tilt": 0.04, "style.eye_tail": 0.10, "style.eye_hook": 0.3},
    ),
    Entry(
        "peach",
        "桃花眼",
        "peach-blossom eyes",
        ("桃花", "多情", "含情", "妩媚", "风流", "charming", "flirtatious"),
        factors={"style.eye_height": 0.95, "style.eye_width": 1.05},
        shifts={"style.eye_tilt": 0.07, "style.eye_tail": 0.20, "style.eye_hook": 0.25},
    ),
    Entry(
        "fox",
        "狐狸眼",
        "fox eyes",
        ("狐媚", "媚眼", "狐妖", "妖艳", "勾人", "foxy", "seductive"),
        factors={"style.eye_height": 0.80, "style.eye_width": 1.06},
        shifts={"style.eye_tilt": 0.16, "style.eye_tail": 0.35, "style.eye_hook": 0.7},
    ),
    Entry(
        "cat",
        "猫眼",
        "cat eyes",
        ("猫系", "灵动", "傲娇", "调皮", "catlike", "tsundere"),
        factors={"style.eye_height": 1.04},
        shifts={"style.eye_tilt": 0.13, "style.eye_tail": 0.18, "style.eye_hook": 0.2},
    ),
    Entry(
        "droopy",
        "下垂眼",
        "drooping eyes",
        ("垂眼", "狗狗眼", "委屈", "温柔", "慵懒", "puppy eyes", "gentle", "sleepy"),
        factors={"style.eye_height": 0.96},
        shifts={"style.eye_tilt": -0.13, "style.eye_tail": -0.25},
    ),
    Entry(
        "willow",
        "柳叶眼",
        "willow-leaf eyes",
        ("细长", "柳叶", "清冷", "冷艳", "slender", "cool"),
        factors={"style.eye_height": 0.74, "style.eye_width": 1.05},
        shifts={"style.eye_tilt": 0.06},
    ),
    Entry(
        "narrow",
        "眯缝眼",
        "narrow eyes",
        ("眯眯眼", "细眼", "狭长", "小眼睛", "老谋深算", "squinting", "small eyes"),
        factors={"style.eye_height": 0.58, "style.eye_width": 1.0},
        shifts={"style.eye_tilt": 0.04},
    ),
    Entry(
        "triangle",
        "三角眼",
        "triangular eyes",
        ("吊梢", "阴险", "凶", "狡诈", "反派", "sly", "villain"),
        factors={"style.eye_height": 0.70},
        shifts={"style.eye_tilt": 0.08, "style.eye_tail": -0.30, "style.eye_hook": 0.2},
    ),
    Entry(
        "sanpaku",
        "三白眼",
        "sanpaku eyes",
        ("凶狠", "厌世", "冷酷", "病娇", "fierce", "world-weary"),
        factors={"eyes.iris": 0.72},
        shifts={"eyes.iris_up": 0.10, "style.eye_tilt": 0.04},
    ),
    Entry(
        "hawk",
        "鹰眼",
        "hawk eyes",
        ("锐利", "凌厉", "将军", "深邃", "keen", "fierce"),
        factors={"style.eye_height": 0.80, "style.eye_width": 1.05, "eyes.iris": 0.95},
        shifts={"style.eye_tilt": 0.13, "style.eye_tail": -0.05, "style.eye_hook": 0.6},
    ),
)
"""Shape of the lid opening (``face.eye_shape``)."""
