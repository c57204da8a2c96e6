"""Katakana readings → voice-model symbols and phone classes.

The symbols are the alphabet that the Japanese voices of Kokoro-82M were trained with; here
they are built from a consonant and a vowel per mora. Japanese lips differ from English ones:
u is compressed rather than pouted, f and w are weakly rounded approximants of both lips, and
n before p, b, m closes the lips.
"""

from __future__ import annotations

from cyberdirector.voice.g2p.sounds import Builder, Parts, Sound

_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "ɡ": "ガギグゲゴ", "s": "サシスセソ",
    "ʣ": "ザジズゼゾ",
    "t": "タチツテト", "d": "ダヂヅデド", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "b": "バビブベボ",
    "p": "パピプペポ", "m": "マミムメモ", "ɾ": "ラリルレロ",
}  # fmt: skip
_VOWELS = "aiɯeo"
_SPECIAL = {
    "シ": "ɕi", "ジ": "ʥi", "チ": "ʨi", "ヂ": "ʥi", "ツ": "ʦɨ", "ス": "sɨ", "ズ": "zɨ",
    "ヅ": "zɨ",
    "ニ": "ɲi", "ヒ": "çi", "フ": "ɸɯ", "キ": "kʲi", "ギ": "ɡʲi", "ビ": "bʲi", "ピ": "pʲi",
    "ミ": "mʲi", "リ": "ɾʲi", "ヤ": "ja", "ユ": "jɯ", "ヨ": "jo", "ワ": "βa", "ヲ": "o",
    "ヰ": "i",
    "ヱ": "e", "ヴ": "vɯ", "ヵ": "ka", "ヶ": "ke", "ヮ": "βa",
}  # fmt: skip
_SMALL_Y = {"ャ": "a", "ュ": "ɨ", "ョ": "o", "ェ": "e"}
_SMALL_V = {"ァ": "a", "ィ": "i", "ゥ": "ɯ", "ェ": "e", "ォ": "o"}
_BEFORE_SMALL = {  # consonant before a small vowel
    "フ": "ɸ", "ヴ": "v", "ツ": "ʦ", "テ": "t", "デ": "d", "ト": "t", "ド": "d", "ウ": "β",
    "ク": "kᵝ", "グ": "ɡᵝ", "シ": "ɕ", "ジ": "ʥ", "チ": "ʨ", "イ": "j", "ス": "s", "ズ": "z",
}  # fmt: skip
_PALATAL = {"シ": "ɕ", "ジ": "ʥ", "チ": "ʨ", "ヂ": "ʥ", "ニ": "ɲ", "ヒ": "ç"}

_KINDS = {
    "k": "KG", "ɡ": "KG", "h": "KG", "ŋ": "KG", "ɴ": "KG", "s": "S", "z": "S", "ʣ": "S",
    "ʦ": "S",
    "ɕ": "CJ", "ʥ": "CJ", "ʨ": "CJ", "ç": "CJ", "t": "TD", "d": "TD", "n": "TD", "ɲ": "TD",
    "ɾ": "L", "b": "BMP", "p": "BMP", "m": "BMP", "ɸ": "W", "β": "W", "v": "FV", "j": "Y",
}  # fmt: skip
_VOWEL_KINDS = {
    "a": ("AA", 0.0), "i": ("IY", 0.0), "ɯ": ("UW", 0.25), "ɨ": ("UW", 0.2), "e": ("EH", 0.0),
    "o": ("OW", 0.5),
}  # fmt: skip
_WEAK_ROUNDING = {"ɸ": 0.35, "β": 0.4}


def _plain_morae() -> dict[str, str]:
    table = {
        kana: consonant + vowel
        for consonant, row in _ROWS.items()
        for kana, vowel in zip(row, _VOWELS, strict=True)
    }
    return {**table, **_SPECIAL}


def _digraphs(plain: dict[str, str]) -> dict[str, str]:
    table = {}
    for kana in "キギシジチヂニヒビピミリ":
        head = _PALATAL.get(kana) or plain[kana][0] + "ʲ"
        for small, vowel in _SMALL_Y.items():
            table[kana + small] = head + vowel
    for kana, head in _BEFORE_SMALL.items():
        for small, vowel in _SMALL_V.items():
            soft = vowel == "i" and head in ("ɸ", "v", "ʦ", "t", "d")
            table[kana + small] = head + ("ʲ" if soft else "") + vowel
    for kana, head in (("フ", "ɸʲ"), ("ヴ", "bʲ"), ("テ", "tʲ"), ("デ", "dʲ")):
        table[kana + "ュ"] = head + "ɨ"
        table[kana + "ョ"] = head + "o"
    return table


_PLAIN = _plain_morae()
_DIGRAPHS = _digraphs(_PLAIN)


def split_morae(reading: str) -> list[str]:
    """Split a katakana reading into morae: キョウ → キョ, ウ."""
    morae = []
    place = 0
    while place < len(reading):
        size = 2 if reading[place : place + 2] in _DIGRAPHS else 1
        morae.append(reading[place : place + size])
        place += size
    return [mora for mora in morae if mora in _DIGRAPHS or mora in _PLAIN or mora in "ーッン"]


def mora_symbols(mora: str) -> str:
    """Return the model symbols of a mora other than ー, ッ and ン."""
    return _DIGRAPHS.get(mora) or _PLAIN.get(mora, "")


def add_kana(builder: Builder, reading: str) -> None:
    """Add the morae of one word to ``builder``, which has the word open."""
    morae = split_morae(reading)
    for index, mora in enumerate(morae):
        following = next((m for m in morae[index + 1 :] if m not in "ーッ"), "")
        ahead = mora_symbols(following)[:1] if following != "ン" else ""
        if mora == "ー":
            _lengthen(builder)
        elif mora == "ッ":
            builder.add(Sound("ʔ", _one(_KINDS.get(ahead, "KG"))))
        elif mora == "ン":
            symbol = _nasal(ahead)
            builder.add(Sound(symbol, _one(_KINDS[symbol]), nucleus=True))
        else:
            _add_mora(builder, mora_symbols(mora))
        builder.end_syllable()


def _one(kind: str) -> Parts:
    return ((kind, 1.0),)


def _add_mora(builder: Builder, symbols: str) -> None:
    head, vowel = symbols[:-1], symbols[-1]
    kind, rounded = _VOWEL_KINDS[vowel]
    if head:
        own = max(_WEAK_ROUNDING.get(head[0], 0.0), 0.6 if "ᵝ" in head else 0.0)
        builder.add(Sound(head, _one(_KINDS[head[0]]), rounded=max(own, rounded)))
    builder.add(Sound(vowel, _one(kind), rounded=rounded, nucleus=True))


def _lengthen(builder: Builder) -> None:
    """Let the vowel before go on for another mora."""
    if not builder.sounds or not builder.sounds[-1].parts:
        return
    before = builder.sounds[-1]
    builder.add(Sound("ː", before.parts, rounded=before.rounded, nucleus=True))


def _nasal(ahead: str) -> str:
    """Return the moraic nasal as it is before ``ahead``."""
    if ahead and ahead in "mpb":
        return "m"
    if ahead and ahead in "kɡ":
        return "ŋ"
    if ahead and ahead in "ɲʨʥ":
        return "ɲ"
    return "n" if ahead and ahead in "ntdɾz" else "ɴ"
