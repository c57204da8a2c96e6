"""English text → sounds: numbers in words, dictionary readings, weak forms."""

from __future__ import annotations

import re

from cyberdirector.voice.g2p.dictionary import NONE, Dictionary
from cyberdirector.voice.g2p.ipa import VOWELS, add_ipa
from cyberdirector.voice.g2p.lexicon import pronounce, spell
from cyberdirector.voice.g2p.sounds import Builder, Reading, mark

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_ABBREVIATIONS = {
    "mr": "mister", "mrs": "misses", "ms": "miz", "dr": "doctor", "st": "saint", "vs": "versus",
    "etc": "et cetera", "jr": "junior", "sr": "senior", "no": "number",
}  # fmt: skip
_MONEY = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yuan", "￥": "yuan"}
_WORDS = {"%": "percent", "&": "and", "+": "plus", "=": "equals", "@": "at", "°": "degrees"}

_AHEAD = 60  # characters after a word that may decide its reading

_TOKEN = re.compile(
    r"(?P<abbr>\b(?:Mr|Mrs|Ms|Dr|Jr|Sr|vs|etc)\.)"
    r"|(?P<money>[$€£¥￥]\d[\d,]*(?:\.\d+)?)"
    r"|(?P<time>\b\d{1,2}:[0-5]\d\b)"
    r"|(?P<ordinal>\b\d+(?:st|nd|rd|th)\b)"
    r"|(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"|(?P<dotted>\b(?:[A-Za-z]\.){2,})"
    r"|(?P<word>[A-Za-z]+(?:['’][A-Za-z]+)*['’]?)"
    r"|(?P<dots>\.{2,})"
    r"|(?P<other>.)",
    re.DOTALL,
)
_BEFORE_VERB = frozenset(
    "to will can could would should must might may don't didn't doesn't won't can't couldn't "
    "i you we they let's please".split()
)
_BEFORE_PARTICIPLE = frozenset("have has had was were be been is are i've you've we've".split())


def read_english(text: str, own: Dictionary = NONE) -> Reading:
    """Read an English line.

    Parameters
    ----------
    text
        One line of dialogue, free of markup.
    own
        Pronunciations that go before ours.
    """
    builder = Builder()
    for match in _TOKEN.finditer(text):
        kind, piece = str(match.lastgroup), match[0]
        if kind == "other" and piece not in _WORDS:
            if mark(piece) and not (piece == "." and not builder.sounds):
                builder.pause(mark(piece))
        elif kind == "dots":
            builder.pause("…")
        else:
            rest = text[match.end() : match.end() + _AHEAD]
            _add_token(builder, kind, piece, *match.span(), rest, own)
    return builder.reading(text, "en")


def add_english(
    builder: Builder, word: str, first: int, last: int, own: Dictionary = NONE
) -> None:
    """Add one Latin word inside a line of another language; a lone capital is a letter."""
    builder.begin_word(word, first, last)
    letter = len(word) == 1 and word.isupper()
    symbols = own.symbols.get(word.lower()) or (spell(word) if letter else pronounce(word))
    add_ipa(builder, symbols)


def _add_token(
    builder: Builder,
    kind: str,
    piece: str,
    first: int,
    last: int,
    rest: str,
    own: Dictionary,
) -> None:
    spoken = _spoken(kind, piece)
    for number, word in enumerate(spoken):
        before = builder.words[-1].text.lower().replace("’", "'") if builder.words else ""
        if number:
            builder.space()
        else:
            builder.begin_word(piece, first, last)
        symbols = own.symbols.get(word.lower()) or pronounce(word, _tag(before, rest))
        if word.lower() in ("the", "to"):
            symbols = _weak(word.lower(), rest)
        add_ipa(builder, symbols)


def _spoken(kind: str, piece: str) -> list[str]:
    """Return the words that are said for a token."""
    if kind == "word":
        return [piece.rstrip("'’") or piece]
    if kind == "abbr":
        return _ABBREVIATIONS[piece.rstrip(".").lower()].split()
    if kind == "dotted":
        return [piece.replace(".", "").upper()]
    if kind == "other":
        return [_WORDS[piece]]
    if kind == "time":
        hour, minute = (int(part) for part in piece.split(":"))
        tail = (
            ["o'clock"] if not minute else (["oh"] if minute < 10 else []) + say_integer(minute)
        )
        return say_integer(hour) + tail
    if kind == "ordinal":
        return say_ordinal(int(piece[:-2]))
    if kind == "money":
        return _say_money(piece)
    return say_number(piece.replace(",", ""), "," not in piece)


def _say_money(piece: str) -> list[str]:
    """Return the words of an amount: $3.50 → three dollars fifty."""
    whole, _, cents = piece[1:].replace(",", "").partition(".")
    unit = _MONEY[piece[0]]
    plural = "s" if whole != "1" and unit != "yuan" else ""
    if len(cents) == 2 and unit != "yuan":
        return [
            *say_integer(int(whole)),
            unit + plural,
            *(say_integer(int(cents)) if int(cents) else []),
        ]
    return [*say_number(f"{whole}.{cents}" if cents else whole), unit + plural]


def say_integer(value: int) -> list[str]:
    """Return the words of a whole number: 1205 → one thousand two hundred five."""
    if value < 20:
        return [_ONES[value]]
    if value < 100:
        return [_TENS[value // 10], *([_ONES[value % 10]] if value % 10 else [])]
    if value < 1000:
        return [
            _ONES[value // 100],
            "hundred",
            *(say_integer(value % 100) if value % 100 else []),
        ]
    for size, name in _SCALES:
        if value >= size:
            rest = say_integer(value % size) if value % size else []
            return [*say_integer(value // size), name, *rest]
    return [_ONES[0]]


def say_number(text: str, year: bool = False) -> list[str]:
    """Return the words of a number; a bare four-digit one from 1100 to 2099 is a year."""
    whole, _, fraction = text.partition(".")
    if fraction:
        return [*say_integer(int(whole)), "point", *(_ONES[int(digit)] for digit in fraction)]
    value = int(whole)
    if year and len(whole) == 4 and 1100 <= value < 2100 and not 2000 <= value < 2010:
        low = value % 100
        tail = ["hundred"] if not low else (["oh"] if low < 10 else []) + say_integer(low)
        return say_integer(value // 100) + tail
    if len(whole) > 9 or (len(whole) > 1 and whole[0] == "0"):
        return [_ONES[int(digit)] for digit in whole]
    return say_integer(value)


def say_ordinal(value: int) -> list[str]:
    """Return the words of an ordinal: 21 → twenty first."""
    *head, last = say_integer(value)
    if last in _ORDINALS:
        return [*head, _ORDINALS[last]]
    return [*head, last[:-1] + "ieth" if last.endswith("y") else last + "th"]


def _tag(before: str, rest: str) -> str:
    """Guess verb forms from the word before and ``to`` after."""
    if rest.lstrip().lower().startswith("to ") and before not in (
        "is",
        "are",
        "was",
        "were",
        "be",
    ):
        return "VBD"
    if before in _BEFORE_VERB:
        return "VERB"
    return "VBN" if before in _BEFORE_PARTICIPLE else ""


def _weak(word: str, rest: str) -> str:
    """Return *the* and *to* as said before a vowel or a consonant."""
    following = re.match(r"\W*([A-Za-z]+)", rest)
    vowel = (
        bool(following) and pronounce(following[1]).lstrip("ˈˌ")[:1] in VOWELS
        if following
        else False
    )
    if word == "the":
        return "ði" if vowel else "ðə"
    return "tʊ" if vowel else "tə" if following else "tu"
