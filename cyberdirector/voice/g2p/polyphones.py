"""Which reading a Chinese word has: phrases, part of speech, neighbours, then pypinyin."""

from __future__ import annotations

import re

# Readings that the word alone does not decide; part-of-speech tags are those of jieba.
_BY_TAG: dict[str, tuple[tuple[str, str], ...]] = {
    "地": (("uv", "de5"), ("u", "de5")),
    "着": (("uz", "zhe5"), ("u", "zhe5")),
    "长": (("v", "zhang3"), ("a", "chang2")),
    "还": (("v", "huan2"), ("d", "hai2")),
    "好": (("a", "hao3"), ("d", "hao3")),
    "了": (("ul", "le5"), ("u", "le5"), ("y", "le5")),
    "种": (("v", "zhong4"), ("m", "zhong3"), ("q", "zhong3")),
    "干": (("v", "gan4"), ("a", "gan1")),
    "空": (("v", "kong4"), ("a", "kong1"), ("n", "kong4")),
    "数": (("v", "shu3"), ("n", "shu4")),
    "背": (("v", "bei1"), ("n", "bei4")),
    "教": (("v", "jiao1"), ("n", "jiao4")),
    "系": (("v", "xi4"),),
}
_SINGLE = {
    "为": "wei4", "只": "zhi3", "行": "xing2", "都": "dou1", "和": "he2", "的": "de5",
    "吗": "ma5", "呢": "ne5", "吧": "ba5", "啊": "a5", "呀": "ya5", "哪": "na3", "嘛": "ma5",
    "倒": "dao4", "么": "me5", "们": "men5", "子": "zi3", "要": "yao4", "重": "zhong4",
    "藏": "cang2",
    "弹": "tan2", "朝": "chao2", "当": "dang1", "转": "zhuan3", "见": "jian4", "乐": "le4",
    "哦": "o4", "喂": "wei4", "哼": "heng1", "嗯": "en4", "唉": "ai4", "诶": "ei4", "欸": "ei4",
    "啦": "la5", "哎": "ai1", "呵": "he1", "嘿": "hei1", "哈": "ha1", "噢": "o1", "呃": "e4",
    "谁": "shei2", "那": "na4", "这": "zhe4", "着": "zhe5", "地": "di4",
}  # fmt: skip
"""Readings of single-character words."""

_ROWS = re.compile(r"(?:第?[一二两三四五六七八九十几这那每]+)行")
_ROW_AFTER = tuple("字泪代诗脚句话数小大树人白雁热")
_PHRASES = {
    "背着": "bei1 zhe5", "背起": "bei1 qi3", "背包": "bei1 bao1",
    "一行人": "yi4 xing2 ren2", "银行": "yin2 hang2", "行不行": "xing2 bu5 xing2",
    "长大": "zhang3 da4", "校长": "xiao4 zhang3", "师长": "shi1 zhang3",
    "成长": "cheng2 zhang3",
    "还给": "huan2 gei3", "还钱": "huan2 qian2", "觉得": "jue2 de5", "记得": "ji4 de5",
    "值得": "zhi2 de5", "懂得": "dong3 de5", "舍不得": "she3 bu5 de2", "了结": "liao3 jie2",
    "了解": "liao3 jie3", "受不了": "shou4 bu5 liao3", "为了": "wei4 le5", "知道": "zhi1 dao5",
    "差点": "cha4 dian3", "差不多": "cha4 bu5 duo1", "重来": "chong2 lai2",
    "重逢": "chong2 feng2",
    "重生": "chong2 sheng1", "晚上": "wan3 shang5", "朋友": "peng2 you5", "告诉": "gao4 su5",
    "喜欢": "xi3 huan5", "东西": "dong1 xi5", "什么": "shen2 me5", "怎么": "zen3 me5",
    "这么": "zhe4 me5", "那么": "na4 me5", "姑娘": "gu1 niang5", "先生": "xian1 sheng5",
    "意思": "yi4 si5", "时候": "shi2 hou5", "明白": "ming2 bai5", "事情": "shi4 qing5",
    "漂亮": "piao4 liang5", "清楚": "qing1 chu5", "麻烦": "ma2 fan5", "眼睛": "yan3 jing5",
    "认识": "ren4 shi5", "关系": "guan1 xi5", "衣服": "yi1 fu5", "爸爸": "ba4 ba5",
    "妈妈": "ma1 ma5", "哥哥": "ge1 ge5", "姐姐": "jie3 jie5", "弟弟": "di4 di5",
    "妹妹": "mei4 mei5", "爷爷": "ye2 ye5", "奶奶": "nai3 nai5", "师父": "shi1 fu5",
    "师傅": "shi1 fu5", "公子": "gong1 zi3", "掌柜": "zhang3 gui4", "客官": "ke4 guan1",
    "大夫": "dai4 fu5", "便宜": "pian2 yi5", "招呼": "zhao1 hu5", "功夫": "gong1 fu5",
    "丈夫": "zhang4 fu5", "媳妇": "xi2 fu5", "谢谢": "xie4 xie5", "休息": "xiu1 xi5",
    "消息": "xiao1 xi5", "故事": "gu4 shi5", "地方": "di4 fang5", "窗户": "chuang1 hu5",
    "月亮": "yue4 liang5", "太阳": "tai4 yang2", "那里": "na4 li5", "这里": "zhe4 li5",
    "哪里": "na2 li5", "早上": "zao3 shang5", "桌子": "zhuo1 zi5", "椅子": "yi3 zi5",
    "孩子": "hai2 zi5", "样子": "yang4 zi5", "一会儿": "yi2 hui4 er5",
    "数一数": "shu3 yi1 shu3", "头发": "tou2 fa5", "数数": "shu3 shu4", "都城": "du1 cheng2",
    "舍得": "she3 de5", "不得不": "bu4 de2 bu4", "由不得": "you2 bu5 de2", "人参": "ren2 shen1",
}  # fmt: skip
"""Common words whose neutral tones and readings must not depend on a dictionary release."""

_SURNAMES = {
    "曾": "zeng1", "单": "shan4", "解": "xie4", "仇": "qiu2", "任": "ren2", "华": "hua4",
    "查": "zha1", "朴": "piao2", "区": "ou1", "尉": "wei4", "盖": "ge3", "乐": "yue4",
    "万": "wan4",
}  # fmt: skip
_TITLES = (
    "先生",
    "小姐",
    "老师",
    "公子",
    "姑娘",
    "大人",
    "将军",
    "掌柜",
    "总",
    "师傅",
    "某",
    "家",
)
_ASKING = {"嗯": "en2", "啊": "a2", "哦": "o2", "诶": "ei2", "哈": "ha2", "呃": "e2"}


def read_word(word: str, tag: str, before: tuple[str, str], after: str) -> list[str]:
    """Return one reading (``zhang3``) per character; empty for what is not read.

    Parameters
    ----------
    word, tag
        A word of the segmenter and its part of speech.
    before
        The word before it with its part of speech, empty at the start of a clause.
    after
        The next two characters of the line, punctuation included.
    """
    if word in _PHRASES:
        return _PHRASES[word].split()
    if _is_row(word, before[0], after):
        return [*read_word(word[:-1], "m", before, "行"), "hang2"] if word[:-1] else ["hang2"]
    if len(word) == 2 and word[0] == word[1] and tag == "v":  # 看看
        first = read_word(word[0], tag, before, word[1])[0]
        return [first, first[:-1] + "5"]
    if len(word) == 1:
        reading = _by_neighbours(word, before, after) or _by_tag(word, tag)
        if reading:
            return [reading]
    from pypinyin import Style, lazy_pinyin

    readings: list[str] = lazy_pinyin(
        word, style=Style.TONE3, neutral_tone_with_five=True, errors="default"
    )
    if len(readings) != len(word):
        return [""] * len(word)
    # A character without a reading comes back as it is, with the digit of the neutral tone.
    readings = [r.replace("ê", "ei") for r in readings]
    readings = [r if r.replace("ü", "v").isascii() else "" for r in readings]
    if len(word) == 3 and word[1] == "得" and word[0] != "舍":  # 跑得快
        readings[1] = "de5"
    return readings


def _is_row(word: str, before: str, after: str) -> bool:
    """Whether 行 is a row or a trade (háng): 排成一行、两行泪、干一行, but not 一行人."""
    if not word.endswith("行") or len(word) > 3:
        return False
    whole = word if len(word) > 1 else before[-1:] + word
    if not _ROWS.fullmatch(whole) or after.startswith("人"):
        return False
    rows = before.endswith(
        ("成", "了", "有", "写", "干", "爱", "这", "那", "每", "下", "读", "换")
    )
    return rows or after.startswith(_ROW_AFTER) or whole[0] in "第这那每两几三四五六七八九"


def _by_tag(word: str, tag: str) -> str:
    for known, reading in _BY_TAG.get(word, ()):
        if tag == known:
            return reading
    return _SINGLE.get(word, "")


def _by_neighbours(word: str, before: tuple[str, str], after: str) -> str:
    """Read a single character by what stands around it."""
    if word in _SURNAMES and (before[0].endswith("姓") or after.startswith(_TITLES)):
        return _SURNAMES[word]
    if word in _ASKING and not before[0] and after[:1] in ("？", "?"):
        return _ASKING[word]
    if word == "得":
        if before[1][:1] in ("v", "a") or before[0] in ("长", "活", "显"):
            return "de5"
        return "de2" if after[:1] in tuple("了到过知胜奖病罪手意救") else "dei3"
    if word == "背" and after[:1] in tuple("着起上过包了"):
        return "bei1"
    if word == "还" and after[:1] in tuple("书钱债清款给我你他她"):
        return "huan2" if after[:1] in tuple("书钱债清款给") else "hai2"
    if word == "长" and after[:1] in tuple("得出成满在"):
        return "zhang3"
    if word == "倒" and after[:1] in tuple("下地塌台闭"):
        return "dao3"
    return ""
