"""What is painted on the skin: moles, blush, make-up, forehead marks, scars; beards by name."""

from __future__ import annotations

from cyberdirector.character.face.catalogue.entry import Entry

MOLES: tuple[Entry, ...] = (
    Entry("tear_left", "左眼泪痣", "tear mole, left", ("泪痣", "眼下痣", "beauty mark")),
    Entry("tear_right", "右眼泪痣", "tear mole, right", ("泪痣", "眼下痣", "beauty mark")),
    Entry("tail_left", "左眼尾痣", "mole at the left eye's tail", ("眼角痣", "风情")),
    Entry(
        "lip_left", "左唇角痣", "mole by the lips, left", ("美人痣", "梦露痣", "beauty mark")
    ),
    Entry(
        "lip_right", "右唇角痣", "mole by the lips, right", ("美人痣", "媒婆痣", "beauty mark")
    ),
    Entry("chin", "下巴痣", "mole on the chin", ("下颌痣",)),
    Entry("cheek_left", "左颊痣", "mole on the left cheek", ("脸颊痣",)),
    Entry("nose", "鼻尖痣", "mole on the nose", ("鼻痣",)),
    Entry(
        "brow", "眉心痣", "mole between the brows", ("朱砂痣", "眉间", "红痣", "cinnabar mole")
    ),
)
"""Where a mole sits (``face.mole``); left is the character's left."""

BLUSHES: tuple[Entry, ...] = (
    Entry(
        "none", "无腮红", "none", ("素颜", "苍白", "bare", "pale"), {"paint.blush_amount": 0.0}
    ),
    Entry(
        "light", "淡腮红", "light", ("自然", "淡妆", "natural"), {"paint.blush_amount": 0.16}
    ),
    Entry(
        "rosy", "红润", "rosy", ("面色红润", "健康", "healthy"), {"paint.blush_amount": 0.32}
    ),
    Entry("shy", "害羞红", "shy", ("脸红", "羞涩", "blushing"), {"paint.blush_amount": 0.52}),
    Entry(
        "sunny",
        "晒伤妆",
        "sunny",
        ("鼻尖红", "元气", "across the nose"),
        {"paint.blush_amount": 0.34},
    ),
    Entry(
        "drunk",
        "醉红",
        "flushed",
        ("醉酒", "酒晕", "桃花妆", "drunk"),
        {"paint.blush_amount": 0.62},
    ),
)
"""Colour on the cheeks (``face.blush_kind``)."""

MAKEUPS: tuple[Entry, ...] = (
    Entry("none", "无眼妆", "bare", ("素颜", "bare")),
    Entry(
        "eyeliner",
        "眼线",
        "eyeliner",
        ("描眼", "liner"),
        factors={"eyes.wing": 1.35, "eyes.lash": 1.1},
    ),
    Entry(
        "red_shadow", "红眼影", "red shadow", ("眼尾红", "古风妆", "桃花妆", "戏妆", "rouge")
    ),
    Entry("peach_shadow", "桃色眼影", "peach shadow", ("桃花", "淡妆", "甜美", "soft")),
    Entry("gold_shadow", "金眼影", "gold shadow", ("华贵", "宫廷", "女王", "noble")),
    Entry(
        "smoky", "烟熏妆", "smoky", ("烟熏", "魔", "暗黑", "反派", "哥特", "gothic", "villain")
    ),
    Entry("aegyo", "卧蚕妆", "aegyo sal", ("卧蚕", "可爱", "甜美", "k-beauty")),
    Entry("dark_circles", "黑眼圈", "dark circles", ("疲惫", "熬夜", "病态", "tired")),
)
"""Paint around the eyes (``face.makeup``)."""

FOREHEAD_MARKS: tuple[Entry, ...] = (
    Entry("plum", "梅花钿", "plum blossom", ("花钿", "梅花妆", "huadian")),
    Entry("lotus", "莲花钿", "lotus", ("花钿", "莲", "观音", "仙子", "huadian")),
    Entry("flame", "火焰纹", "flame", ("火焰", "魔尊", "堕仙", "印记", "demon")),
    Entry("drop", "水滴钿", "drop", ("花钿", "水滴", "清冷", "huadian")),
    Entry("crescent", "月牙", "crescent moon", ("弯月", "包青天", "月印", "moon")),
    Entry("dot", "朱砂点", "cinnabar dot", ("朱砂", "红点", "眉心", "bindi")),
    Entry("cloud", "祥云纹", "cloud", ("云纹", "仙", "immortal")),
    Entry("eye", "天眼", "third eye", ("二郎神", "竖眼", "third eye")),
)
"""Painted between and over the brows (``face.mark``), in the colour ``paint.flower``."""

SCARS: tuple[Entry, ...] = (
    Entry("cheek_left", "左颊疤", "scar on the left cheek", ("刀疤", "疤痕", "江湖")),
    Entry("cheek_right", "右颊疤", "scar on the right cheek", ("刀疤", "疤痕", "江湖")),
    Entry("eye_left", "左眼竖疤", "scar over the left eye", ("刀疤", "眼疤", "将军", "悍匪")),
    Entry("eye_right", "右眼竖疤", "scar over the right eye", ("刀疤", "眼疤", "将军", "悍匪")),
    Entry("nose", "鼻梁疤", "scar across the nose", ("横疤", "少年", "野性")),
    Entry("brow_left", "断眉", "slit brow", ("断眉", "痞", "不良", "rogue")),
)
"""An old wound (``face.scar``)."""

BEARDS: tuple[Entry, ...] = (
    Entry("none", "无须", "clean-shaven", ("光洁", "shaven"), {"hair.beard": ""}),
    Entry(
        "stubble",
        "胡茬",
        "stubble",
        ("胡渣", "青茬", "沧桑", "unshaven"),
        {"paint.stubble": 0.8},
    ),
    Entry(
        "moustache",
        "八字胡",
        "moustache",
        ("小胡子", "两撇", "髭"),
        {"hair.beard": "moustache"},
    ),
    Entry("goatee", "山羊胡", "goatee", ("短须", "师爷", "颔须"), {"hair.beard": "goatee"}),
    Entry(
        "beard_long",
        "长髯",
        "long beard",
        ("美髯", "长须", "白须", "老者", "full beard"),
        {"hair.beard": "beard_long"},
    ),
)
"""What to set for a beard: dials of ``hair`` and ``paint`` (no field of its own)."""
