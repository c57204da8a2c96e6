"""A description becomes a row of pieces: words of the lexicon, numbers, borders, unknowns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from cyberdirector.design.lexicon import Lexicon, Sense, load_lexicon, plain
from cyberdirector.design.numbers import Figure, find_figures

_BORDERS = "，,。.；;！!？?\n：:"
_SOFT = "、/|"
_LATIN = re.compile(r"[a-z][a-z'’]*")
_JOINED = 6
"""Tokens that may form one Chinese word of the lexicon."""

_SHADES_ZH = {
    "深": "dark",
    "暗": "dark",
    "浓": "dark",
    "浅": "light",
    "淡": "light",
    "嫩": "light",
    "亮": "bright",
    "艳": "bright",
    "鲜": "bright",
}


@dataclass(frozen=True)
class Piece:
    """A stretch of the text.

    ``kind`` is ``word`` (``senses`` tell what), ``figure``, ``border``, ``soft`` (a comma of
    lists), ``ignored`` or ``unknown``. ``start`` and ``end`` count characters of the text.
    """

    start: int
    end: int
    text: str
    kind: str
    senses: tuple[Sense, ...] = ()
    figure: Figure | None = None

    def sense(self, slot: str) -> Sense | None:
        """Return what the piece says about a slot, or None."""
        return next((s for s in self.senses if s.slot == slot), None)


def normal(text: str) -> str:
    """Return the text in lower case with narrow letters, character for character."""
    out = []
    for letter in text:
        narrow = unicodedata.normalize("NFKC", letter)
        small = (narrow if len(narrow) == 1 else letter).lower()
        out.append(small if len(small) == 1 else letter)
    return "".join(out)


def split_pieces(text: str) -> list[Piece]:
    """Return the pieces of a description in order, covering all but blanks."""
    lexicon = load_lexicon()
    plain_text = normal(text)
    pieces: list[Piece] = []
    at = 0
    for figure in find_figures(plain_text):
        pieces += _words(plain_text, at, figure.start, lexicon)
        pieces.append(
            Piece(
                figure.start,
                figure.end,
                text[figure.start : figure.end],
                "figure",
                figure=figure,
            )
        )
        at = figure.end
    pieces += _words(plain_text, at, len(text), lexicon)
    return pieces


def _words(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[Piece]:
    """Yield the pieces of ``text[start:end]``."""
    at = start
    while at < end:
        letter = text[at]
        if letter.isspace():
            at += 1
        elif letter in _BORDERS:
            yield Piece(at, at + 1, letter, "border")
            at += 1
        elif letter in _SOFT:
            yield Piece(at, at + 1, letter, "soft")
            at += 1
        elif _is_latin(letter):
            stop = at
            while stop < end and (_is_latin(text[stop]) or text[stop] in " -'’"):
                stop += 1
            mixed = _mixed(text, at, end, lexicon)
            if mixed:
                yield Piece(at, mixed, text[at:mixed], "word", lexicon.senses[text[at:mixed]])
                at = mixed
                continue
            yield from _english(text, at, stop, lexicon)
            at = stop
        elif _is_han(letter):
            stop = at
            while stop < end and _is_han(text[stop]):
                stop += 1
            yield from _chinese(text, at, stop, lexicon)
            at = stop
        else:
            at += 1


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()


def _is_han(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or letter in "〇ω"


def _mixed(text: str, at: int, end: int, lexicon: Lexicon) -> int:
    """Return the end of a word of letters and characters (T恤, A字裙), or 0."""
    for stop in range(min(end, at + 8), at + 1, -1):
        word = text[at:stop]
        if not word.isascii() and word in lexicon.senses:
            return stop
    return 0


# --- English ---


def _english(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[Piece]:
    tokens = [(m.start() + start, m.end() + start) for m in _LATIN.finditer(text[start:end])]
    i = 0
    while i < len(tokens):
        for count in range(min(lexicon.longest, len(tokens) - i), 0, -1):
            a, b = tokens[i][0], tokens[i + count - 1][1]
            found = _look_up(plain(text[a:b]), lexicon)
            if found:
                yield Piece(a, b, text[a:b], "word", lexicon.senses[found])
                i += count
                break
        else:
            a, b = tokens[i]
            word = plain(text[a:b])
            idle = word in lexicon.ignored or len(word) == 1
            yield Piece(a, b, text[a:b], "ignored" if idle else "unknown")
            i += 1


def _look_up(phrase: str, lexicon: Lexicon) -> str:
    """Return the entry of a phrase, its singular where need be, or nothing."""
    phrase = re.sub(r"\s+", " ", phrase)
    for form in _forms(phrase):
        if form in lexicon.senses:
            return form
    return ""


def _forms(phrase: str) -> Iterator[str]:
    yield phrase
    yield phrase.removesuffix("'s")
    head, _, last = phrase.rpartition(" ")
    lead = f"{head} " if head else ""
    if len(last) > 3:
        if last.endswith("ies"):
            yield lead + last[:-3] + "y"
        if last.endswith("es"):
            yield lead + last[:-2]
        if last.endswith("s"):
            yield lead + last[:-1]
        else:
            yield lead + last + "s"


# --- Chinese ---


@cache
def _tokenizer() -> Any:
    """Return jieba with the words of the lexicon in its dictionary."""
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    for word in load_lexicon().chinese:
        if len(word) > 1:
            # Words of the lexicon win over all others: 1e5 per character.
            tokenizer.add_word(word, freq=100_000 * len(word))
    return tokenizer


def _chinese(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[Piece]:
    """Yield the pieces of a run of Chinese characters."""
    cuts = [start]
    for token in _tokenizer().cut(text[start:end], HMM=False):
        cuts.append(cuts[-1] + len(token))
    i = 0
    while i < len(cuts) - 1:
        for count in range(min(_JOINED, len(cuts) - 1 - i), 0, -1):
            a, b = cuts[i], cuts[i + count]
            word = text[a:b]
            if word in lexicon.senses:
                yield Piece(a, b, word, "word", lexicon.senses[word])
                i += count
                break
            if count == 1 and word in lexicon.ignored:
                yield Piece(a, b, word, "ignored")
                i += 1
                break
        else:
            yield from _split_unknown(text, cuts[i], cuts[i + 1], lexicon)
            i += 1


def _split_unknown(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[Piece]:
    """Yield an unknown token as words of the lexicon that cover it, or as it is."""
    cover = _cover(text[start:end], lexicon)
    if not cover:
        yield Piece(start, end, text[start:end], "unknown")
        return
    at = start
    for word in cover:
        stop = at + len(word)
        if word in lexicon.senses:
            yield Piece(at, stop, word, "word", lexicon.senses[word])
        else:
            yield Piece(at, stop, word, "ignored")
        at = stop


def _cover(token: str, lexicon: Lexicon) -> list[str]:
    """Return lexicon words that make up a token, longest first; empty if they do not."""
    if not token:
        return []
    for stop in range(len(token), 0, -1):
        word = token[:stop]
        if word not in lexicon.senses and word not in lexicon.ignored:
            continue
        if stop == len(token):
            return [word]
        rest = _cover(token[stop:], lexicon)
        if rest:
            return [word, *rest]
    return []


def shade_of(piece: Piece) -> str:
    """Return ``dark``, ``light`` or ``bright`` when the piece shades a colour."""
    if piece.text in _SHADES_ZH:
        return _SHADES_ZH[piece.text]
    sense = piece.sense("shade")
    return sense.value if sense else ""
