"""Mandarin text → sounds: words by jieba, readings by pypinyin, tone sandhi, 儿化."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from cyberdirector.core.resources import cache_dir
from cyberdirector.voice.g2p.numbers import Spoken, normalise
from cyberdirector.voice.g2p.pinyin import sounds_of
from cyberdirector.voice.g2p.sounds import Builder, Reading, mark

_FULL_ER = frozenset(
    "女儿 儿子 婴儿 幼儿 孤儿 胎儿 健儿 男儿 儿女 儿童 儿歌 儿戏 儿孙 婴幼儿 混血儿 "
    "少儿 孩儿 妻儿 "
    "我儿 吾儿 儿臣 儿时 儿媳 宠儿 弃儿 新生儿 畸形儿 侄儿 孙儿".split()
)
"""Words in which 儿 is a syllable of its own."""

# Readings that the word alone does not decide; part-of-speech tags are those of jieba.
_BY_TAG: dict[str, tuple[tuple[str, str], ...]] = {
    "地": (("uv", "de5"), ("u", "de5")),
    "得": (("ud", "de5"), ("u", "de5"), ("v", "de5")),
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
    "倒": (("v", "dao3"), ("d", "dao4")),
    "教": (("v", "jiao1"), ("n", "jiao4")),
    "系": (("v", "xi4"),),
}
_SINGLE = {
    "为": "wei4", "只": "zhi3", "行": "xing2", "都": "dou1", "和": "he2", "的": "de5",
    "吗": "ma5", "呢": "ne5", "吧": "ba5", "啊": "a5", "呀": "ya5", "哪": "na3", "嘛": "ma5",
    "么": "me5", "们": "men5", "子": "zi3", "要": "yao4", "重": "zhong4", "藏": "cang2",
    "弹": "tan2", "朝": "chao2", "当": "dang1", "转": "zhuan3", "见": "jian4", "乐": "le4",
    "哦": "o4", "喂": "wei4", "哼": "heng1", "嗯": "en4", "唉": "ai4", "诶": "ei4", "欸": "ei4",
    "啦": "la5", "哎": "ai1", "呵": "he1", "嘿": "hei1", "哈": "ha1", "噢": "o1", "呃": "e4",
    "谁": "shei2", "那": "na4", "这": "zhe4", "着": "zhe5", "地": "di4", "得": "dei3",
}  # fmt: skip
"""Readings of single-character words."""

_PHRASES = {
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
    "孩子": "hai2 zi5", "样子": "yang4 zi5", "一会儿": "yi2 huir4",
}  # fmt: skip
"""Common words whose neutral tones and readings must not depend on a dictionary release."""


@dataclass
class _Syllable:
    character: str
    pinyin: str
    tone: int
    span: tuple[int, int]
    erhua: bool = False


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    import logging

    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.ERROR)
    jieba.dt.tmp_dir = str(cache_dir("voice"))
    jieba.initialize()
    return jieba.posseg


def read_mandarin(text: str) -> Reading:
    """Read a Chinese line, Latin words in it by the English reader.

    Parameters
    ----------
    text
        One line of dialogue as written.
    """
    from cyberdirector.voice.g2p.english import add_english

    spoken = normalise(text)
    builder = Builder()
    for match in re.finditer(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z'’]*|.", spoken.text, re.DOTALL):
        piece, start = match[0], match.start()
        if "\u3400" <= piece[0] <= "\u9fff":
            _add_chinese(builder, text, spoken, piece, start)
        elif piece[0].isascii() and piece[0].isalpha():
            first, last = spoken.spans[start][0], spoken.spans[start + len(piece) - 1][1]
            add_english(builder, piece, first, last)
        elif mark(piece):
            builder.pause(mark(piece))
    return builder.reading(text, "zh")


def _add_chinese(builder: Builder, text: str, spoken: Spoken, run: str, start: int) -> None:
    place = start
    words: list[list[_Syllable]] = []
    for word, tag in _segmenter().lcut(run):
        spans = spoken.spans[place : place + len(word)]
        words.append(_syllables(word, tag, spans))
        place += len(word)
    _attach_er(words)
    apply_sandhi(words)
    for word_syllables in words:
        if not word_syllables:
            continue
        first, last = word_syllables[0].span[0], word_syllables[-1].span[1]
        if builder.words and builder.words[-1].last > first:  # several words from one number
            first = builder.words[-1].last
        builder.begin_word(text[first:last], first, max(first, last))
        for syllable in word_syllables:
            for sound in sounds_of(syllable.pinyin, syllable.tone, syllable.erhua):
                builder.add(sound)
            builder.end_syllable()


def _syllables(word: str, tag: str, spans: tuple[tuple[int, int], ...]) -> list[_Syllable]:
    syllables = []
    for character, reading, span in zip(word, _pinyin(word, tag), spans, strict=True):
        if not reading or not reading[-1].isdigit():
            continue
        syllables.append(_Syllable(character, reading[:-1], int(reading[-1]), span))
    return _merge_er(word, syllables)


def _pinyin(word: str, tag: str) -> list[str]:
    if word in _PHRASES:
        return _PHRASES[word].replace("huir4", "hui4 er5").split()
    if len(word) == 1:
        for known, reading in _BY_TAG.get(word, ()):
            if tag == known:
                return [reading]
        if word in _SINGLE:
            return [_SINGLE[word]]
    from pypinyin import Style, lazy_pinyin

    readings: list[str] = lazy_pinyin(
        word, style=Style.TONE3, neutral_tone_with_five=True, errors="default"
    )
    if len(readings) != len(word):
        return [""] * len(word)
    if len(word) == 3 and word[1] == "得" and word not in ("舍不得",):  # 跑得快
        readings[1] = "de5"
    return readings


def _merge_er(word: str, syllables: list[_Syllable]) -> list[_Syllable]:
    """Fold a final 儿 into the syllable before it, unless the word speaks it in full."""
    if len(syllables) < 2 or syllables[-1].character != "儿" or word in _FULL_ER:
        return syllables
    before, er = syllables[-2], syllables[-1]
    before.erhua = True
    before.span = (before.span[0], er.span[1])
    return syllables[:-1]


def _attach_er(words: list[list[_Syllable]]) -> None:
    """Fold a 儿 that was cut off as a word of its own into the word before."""
    for before, after in pairwise(words):
        alone = len(after) == 1 and after[0].character == "儿"
        if alone and before and before[-1].character + "儿" not in _FULL_ER:
            before[-1].erhua = True
            before[-1].span = (before[-1].span[0], after[0].span[1])
            after.clear()


def apply_sandhi(words: list[list[_Syllable]]) -> None:
    """Apply the sandhi of 一, 不 and the third tone in place.

    Third tones change inside a word from the left when its first two syllables belong
    together, and over a word boundary only after a word of one syllable.
    """
    flat = [(word, index) for word in words for index in range(len(word))]
    line = [word[index] for word, index in flat]
    underlying = [syllable.tone for syllable in line]
    for place, syllable in enumerate(line):
        following = underlying[place + 1] if place + 1 < len(line) else 0
        before = line[place - 1].character if place else ""
        after = line[place + 1].character if place + 1 < len(line) else ""
        if syllable.character == "一" and syllable.pinyin == "yi":
            _sandhi_one(syllable, before, after, following)
        elif syllable.character == "不" and syllable.pinyin == "bu":
            if before and before == after:
                syllable.tone = 5
            elif following == 4:
                syllable.tone = 2
        elif underlying[place] == 3 and following == 3:
            word, index = flat[place]
            inside = index + 1 < len(word)
            if (inside and not _holds_back(word, index)) or (not inside and len(word) == 1):
                syllable.tone = 2


def _sandhi_one(syllable: _Syllable, before: str, after: str, following: int) -> None:
    numeral = "第零一二三四五六七八九十百千万亿点两初"
    if (before and before in numeral) or (after and after in "零一二三四五六七八九十月号日点"):
        return
    if before and before == after:
        syllable.tone = 5
    elif following == 4 or after == "个":
        syllable.tone = 2
    elif following in (1, 2, 3):
        syllable.tone = 4


def _holds_back(word: list[_Syllable], index: int) -> bool:
    """Whether a third tone before another keeps low: 小老虎 is 小 + 老虎."""
    if index or len(word) != 3:
        return False
    tail = word[1].character + word[2].character
    return bool(_segmenter().dt.FREQ.get(tail)) if hasattr(_segmenter(), "dt") else False
