"""Brows, lips, noses and outlines of the face."""

from __future__ import annotations

from cyberdirector.character.face.catalogue.entry import Entry

BROWS: tuple[Entry, ...] = (
    Entry(
        "willow",
        "柳叶眉",
        "willow-leaf brows",
        ("弯眉", "细弯", "温婉", "古风", "graceful"),
        shifts={"brows.arch": 0.0006, "brows.droop": 0.0012},
        factors={"brows.thick": 0.85},
    ),
    Entry(
        "crescent",
        "新月眉",
        "crescent brows",
        ("弯月", "月牙", "甜美", "moon", "sweet"),
        shifts={"brows.arch": 0.0016, "brows.droop": 0.0026, "brows.tilt": -0.03},
    ),
    Entry(
        "straight",
        "平眉",
        "straight brows",
        ("一字眉", "韩式", "少年", "flat", "youthful"),
        factors={"brows.arch": 0.25, "brows.droop": 0.5},
        shifts={"brows.tilt": -0.03},
    ),
    Entry(
        "sword",
        "剑眉",
        "sword brows",
        ("英气", "侠客", "英武", "斜飞", "heroic", "martial"),
        factors={"brows.arch": 0.6, "brows.droop": 0.45, "brows.thick": 1.12},
        shifts={"brows.tilt": 0.12, "brows.outer": 0.12},
    ),
    Entry(
        "distant",
        "远山眉",
        "distant-mountain brows",
        ("淡眉", "黛眉", "清冷", "仙", "pale", "ethereal"),
        factors={"brows.thick": 0.72, "brows.droop": 1.1},
        shifts={"brows.tilt": 0.03},
    ),
    Entry(
        "heavy",
        "浓眉",
        "heavy brows",
        ("粗眉", "浓密", "憨厚", "武将", "thick", "sturdy"),
        factors={"brows.thick": 1.55},
        shifts={"brows.square": 0.25},
    ),
    Entry(
        "sad",
        "八字眉",
        "downturned brows",
        ("愁眉", "苦相", "委屈", "worried", "meek"),
        shifts={"brows.tilt": -0.16, "brows.droop": 0.001},
    ),
    Entry(
        "silkworm",
        "卧蚕眉",
        "silkworm brows",
        ("关公", "忠义", "将军", "S形", "loyal", "general"),
        factors={"brows.thick": 1.30, "brows.droop": -0.4},
        shifts={"brows.tilt": 0.06},
    ),
    Entry(
        "raised",
        "挑眉",
        "arched brows",
        ("高挑", "御姐", "女王", "反派", "傲慢", "haughty", "queen"),
        shifts={"brows.arch": 0.0018, "brows.tilt": 0.09, "brows.droop": 0.0030},
    ),
    Entry(
        "long",
        "长寿眉",
        "long old brows",
        ("白眉", "老人", "仙翁", "道长", "old", "sage"),
        factors={"brows.thick": 1.2},
        shifts={"brows.outer": 0.30, "brows.droop": 0.006},
    ),
)
"""How the brows are drawn (``face.brow_kind``)."""

LIPS: tuple[Entry, ...] = (
    Entry("natural", "自然唇", "natural lips", ("普通", "素唇", "plain")),
    Entry(
        "cherry",
        "樱桃小口",
        "cherry lips",
        ("樱唇", "小嘴", "点唇", "古风", "small mouth"),
        factors={"style.mouth_width": 0.86, "paint.lip_amount": 1.25},
    ),
    Entry(
        "petal",
        "花瓣唇",
        "petal lips",
        ("M唇", "唇珠", "饱满", "defined", "cupid's bow"),
        factors={"style.mouth_height": 1.10, "paint.lip_amount": 1.15},
    ),
    Entry(
        "full",
        "丰唇",
        "full lips",
        ("厚唇", "性感", "御姐", "plump", "sensual"),
        factors={
            "style.mouth_height": 1.25,
            "style.mouth_width": 1.03,
            "paint.lip_amount": 1.2,
        },
    ),
    Entry(
        "thin",
        "薄唇",
        "thin lips",
        ("薄情", "冷淡", "公子", "cold", "aloof"),
        factors={"style.mouth_height": 0.80, "paint.lip_amount": 0.6},
    ),
    Entry(
        "smile",
        "微笑唇",
        "smiling lips",
        ("嘴角上扬", "笑唇", "亲切", "upturned", "friendly"),
        shifts={"style.mouth_curve": 0.0016},
    ),
    Entry(
        "stern",
        "垂角唇",
        "downturned lips",
        ("嘴角下垂", "严肃", "冷峻", "厌世", "stern", "grim"),
        shifts={"style.mouth_curve": -0.0015},
    ),
    Entry(
        "cat",
        "猫嘴",
        "cat mouth",
        ("ω嘴", "猫唇", "调皮", "可爱", "playful"),
        factors={"style.mouth_width": 0.92},
        shifts={"style.mouth_curve": 0.0012},
    ),
    Entry(
        "line",
        "一线唇",
        "a line",
        ("简笔", "少年", "男", "赛璐璐", "minimal", "male"),
        factors={"paint.lip_amount": 0.25},
    ),
    Entry("bitten", "咬唇", "bitten lips", ("咬唇妆", "渐变", "少女", "gradient", "tint")),
    Entry(
        "red",
        "红唇",
        "red lips",
        ("烈焰红唇", "正红", "女王", "妖", "bold", "queen"),
        {"paint.lip": "#c6343f"},
        factors={"paint.lip_amount": 1.6},
    ),
    Entry("gloss", "水光唇", "glossy lips", ("水润", "嘟嘟", "gloss", "dewy")),
    Entry(
        "pale",
        "苍白唇",
        "pale lips",
        ("病弱", "苍白", "老人", "sickly", "old"),
        factors={"paint.lip_amount": 0.4},
    ),
)
"""How the mouth is drawn (``face.lip_kind``)."""

NOSES: tuple[Entry, ...] = (
    Entry("small", "小巧鼻", "small nose", ("小鼻子", "秀气", "dainty")),
    Entry(
        "button",
        "蒜头小鼻",
        "button nose",
        ("圆鼻头", "可爱", "圆鼻", "round", "cute"),
        factors={"style.nose_width": 1.12, "style.nose_height": 0.92},
    ),
    Entry(
        "high",
        "高鼻梁",
        "high nose",
        ("挺鼻", "高挺", "立体", "straight", "defined"),
        factors={"style.nose_depth": 1.14, "style.nose_height": 1.06},
    ),
    Entry(
        "broad",
        "阔鼻",
        "broad nose",
        ("大鼻子", "憨厚", "wide", "big"),
        factors={"style.nose_width": 1.35, "style.nose_depth": 1.08},
    ),
    Entry(
        "hooked",
        "鹰钩鼻",
        "hooked nose",
        ("阴鸷", "反派", "老巫", "aquiline", "villain"),
        factors={"style.nose_depth": 1.24, "style.nose_height": 1.18},
        shifts={"style.nose_drop": 0.0016},
    ),
)
"""Shape of the nose (``face.nose_kind``)."""

FACE_SHAPES: tuple[Entry, ...] = (
    Entry("oval", "鹅蛋脸", "oval face", ("椭圆", "端庄", "温婉", "graceful")),
    Entry(
        "melon",
        "瓜子脸",
        "melon-seed face",
        ("尖下巴", "锥子脸", "小脸", "秀气", "v-shaped", "delicate"),
        factors={"style.chin": 0.90, "style.jaw": 0.965},
    ),
    Entry(
        "heart",
        "心形脸",
        "heart-shaped face",
        ("桃心脸", "甜美", "heart", "sweet"),
        factors={"style.chin": 0.92, "style.cheek": 1.025, "style.jaw": 0.98},
    ),
    Entry(
        "round",
        "圆脸",
        "round face",
        ("包子脸", "肉嘟嘟", "婴儿肥", "可爱", "chubby", "cute"),
        factors={"style.chin": 1.18, "style.jaw": 1.05, "style.cheek": 1.04},
        shifts={"style.face_length": -0.03, "style.cheek_full": 0.0022},
    ),
    Entry(
        "baby",
        "娃娃脸",
        "baby face",
        ("童颜", "幼态", "萝莉", "正太", "childlike", "young"),
        factors={"style.chin": 1.05, "style.jaw": 1.02, "style.cheek": 1.03},
        shifts={"style.face_length": -0.045, "style.cheek_full": 0.0018},
    ),
    Entry(
        "square",
        "方脸",
        "square face",
        ("国字脸", "方正", "刚毅", "硬汉", "angular", "rugged"),
        factors={"style.chin": 1.15, "style.jaw": 1.05},
    ),
    Entry(
        "long",
        "长脸",
        "long face",
        ("马脸", "瘦长", "高冷", "lanky", "aloof"),
        factors={"style.cheek": 0.965, "style.jaw": 0.98},
        shifts={"style.face_length": 0.05},
    ),
    Entry(
        "diamond",
        "菱形脸",
        "diamond face",
        ("颧骨", "骨感", "冷艳", "瘦削", "gaunt", "sharp"),
        factors={"style.cheek": 1.03, "style.jaw": 0.95, "style.chin": 0.92},
        shifts={"style.cheek_full": -0.0018},
    ),
    Entry(
        "broad",
        "大饼脸",
        "broad face",
        ("宽脸", "憨厚", "胖", "wide", "stout"),
        factors={"style.chin": 1.25, "style.jaw": 1.12, "style.cheek": 1.06},
        shifts={"style.cheek_full": 0.0028},
    ),
)
"""Outline of the face (``face.shape``)."""
