"""Mandarin text → sounds: words by jieba, readings by pypinyin, tone sandhi, 儿化."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from cyberdirector.core.resources import cache_dir
from cyberdirector.voice.g2p.dictionary import NONE, Dictionary
from cyberdirector.voice.g2p.numbers import Spoken, normalise
from cyberdirector.voice.g2p.pinyin import sounds_of
from cyberdirector.voice.g2p.polyphones import read_word
from cyberdirector.voice.g2p.sounds import Builder, Reading, mark

_FULL_ER = frozenset(
    "女儿 儿子 婴儿 幼儿 孤儿 胎儿 健儿 男儿 儿女 儿童 儿歌 儿戏 儿孙 婴幼儿 混血儿 "
    "少儿 孩儿 妻儿 "
    "我儿 吾儿 儿臣 儿时 儿媳 宠儿 弃儿 新生儿 畸形儿 侄儿 孙儿".split()
)
"""Words in which 儿 is a syllable of its own."""


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


def read_mandarin(text: str, own: Dictionary = NONE) -> Reading:
    """Read a Chinese line, Latin words in it by the English reader.

    Parameters
    ----------
    text
        One line of dialogue, free of markup.
    own
        Pronunciations that go before ours.
    """
    from cyberdirector.voice.g2p.english import add_english

    spoken = normalise(text)
    builder = Builder()
    for match in re.finditer(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z'’]*|.", spoken.text, re.DOTALL):
        piece, start = match[0], match.start()
        if "\u3400" <= piece[0] <= "\u9fff":
            _add_chinese(builder, text, spoken, piece, start, own)
        elif piece[0].isascii() and piece[0].isalpha():
            first, last = spoken.spans[start][0], spoken.spans[start + len(piece) - 1][1]
            add_english(builder, piece, first, last, own)
        elif mark(piece):
            builder.pause(mark(piece))
    return builder.reading(text, "zh")


def _cut(run: str, own: Dictionary) -> list[tuple[str, str]]:
    """Return the words of a run with their parts of speech; words of ``own`` stay whole."""
    known = sorted((word for word in own.pinyin if word in run), key=lambda w: (-len(w), w))
    parts = re.split(f"({'|'.join(map(re.escape, known))})", run) if known else [run]
    cut: list[tuple[str, str]] = []
    for number, part in enumerate(parts):
        if number % 2:
            cut.append((part, "own"))
        elif part:
            cut += [(str(word), str(tag)) for word, tag in _segmenter().lcut(part)]
    return cut


def _add_chinese(
    builder: Builder, text: str, spoken: Spoken, run: str, start: int, own: Dictionary
) -> None:
    place = start
    words: list[list[_Syllable]] = []
    cut = _cut(run, own)
    for index, (word, tag) in enumerate(cut):
        spans = spoken.spans[place : place + len(word)]
        place += len(word)
        before = cut[index - 1] if index else ("", "")
        if tag == "own":
            readings = list(own.pinyin[word])
        else:
            readings = read_word(word, tag, before, spoken.text[place : place + 2])
        words.append(_syllables(word, readings, spans))
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


def _syllables(
    word: str, readings: list[str], spans: tuple[tuple[int, int], ...]
) -> list[_Syllable]:
    syllables = []
    for character, reading, span in zip(word, readings, spans, strict=True):
        if not reading or not reading[-1].isdigit():
            continue
        syllables.append(_Syllable(character, reading[:-1], int(reading[-1]), span))
    return _merge_er(word, syllables)


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
    numeral = "第零一二三四五六七八九十百千万亿两初"
    if (before and before in numeral) or (after and after in "零一二三四五六七八九十月号日"):
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
