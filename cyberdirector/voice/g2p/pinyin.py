"""Pinyin syllables → voice-model symbols and phone classes.

The symbols are the alphabet that the Mandarin voices of Kokoro-82M were trained with. The
classes follow Mandarin articulation: j q x are spread (``CJ``, not English *sh*), the apical
vowel of 知/资 keeps the tongue and jaw of its initial, ü is ``YY``, and syllables that begin
with u, ü or o carry their lip rounding from the initial on.
"""

from __future__ import annotations

from functools import lru_cache

from cyberdirector.voice.g2p.sounds import Parts, Sound

TONES = {1: "→", 2: "↗", 3: "↓", 4: "↘", 5: ""}
"""Tone mark of the voice model for each tone (5 is the neutral tone)."""

_INITIALS: dict[str, tuple[str, str]] = {
    "b": ("p", "BMP"), "p": ("pʰ", "BMP"), "m": ("m", "BMP"), "f": ("f", "FV"),
    "d": ("t", "TD"), "t": ("tʰ", "TD"), "n": ("n", "TD"), "l": ("l", "L"),
    "g": ("k", "KG"), "k": ("kʰ", "KG"), "h": ("x", "KG"),
    "j": ("ʨ", "CJ"), "q": ("ʨʰ", "CJ"), "x": ("ɕ", "CJ"),
    "zh": ("ꭧ", "SH"), "ch": ("ꭧʰ", "SH"), "sh": ("ʂ", "SH"), "r": ("ɻ", "R"),
    "z": ("ʦ", "S"), "c": ("ʦʰ", "S"), "s": ("s", "S"),
}  # fmt: skip

_Step = tuple[str, Parts, float]


def _p(kind: str) -> Parts:
    return ((kind, 1.0),)


_I_GLIDE: _Step = ("j", _p("Y"), 0.0)
_U_GLIDE: _Step = ("w", _p("W"), 1.0)
_Y_GLIDE: _Step = ("ɥ", _p("YY"), 1.0)
_N: _Step = ("n", _p("TD"), 0.0)
_NG: _Step = ("ŋ", _p("KG"), 0.0)
_AA: _Step = ("a", _p("AA"), 0.0)
_EH: _Step = ("ɛ", _p("EH"), 0.0)
_ER: _Step = ("ə", _p("AH"), 0.0)
_AI = (_AA, ("i", (("EH", 0.5), ("IY", 0.5)), 0.0))
_EI = (("e", _p("EH"), 0.0), ("i", _p("IY"), 0.0))
_AO = (_AA, ("u", _p("OW"), 0.7))
_OU = (("o", _p("OW"), 0.6), ("u", _p("UW"), 0.9))

# Final → (steps, index of the vowel that takes the tone mark after it).
_FINALS: dict[str, tuple[tuple[_Step, ...], int]] = {
    "a": ((_AA,), 0), "ai": (_AI, 1), "an": ((_AA, _N), 0), "ang": ((_AA, _NG), 0),
    "ao": (_AO, 1), "e": ((("ɤ", _p("AH"), 0.0),), 0), "ei": (_EI, 1),
    "en": ((_ER, _N), 0), "eng": ((_ER, _NG), 0),
    "er": ((("ɚ", (("AH", 0.5), ("R", 0.5)), 0.0),), 0),
    "ê": ((_EH,), 0), "i": ((("i", _p("IY"), 0.0),), 0),
    "ia": ((_I_GLIDE, _AA), 1), "ian": ((_I_GLIDE, _EH, _N), 1),
    "iang": ((_I_GLIDE, _AA, _NG), 1), "iao": ((_I_GLIDE, *_AO), 2),
    "ie": ((_I_GLIDE, ("e", _p("EH"), 0.0)), 1), "in": ((("i", _p("IY"), 0.0), _N), 0),
    "iou": ((_I_GLIDE, *_OU), 2), "ing": ((("i", _p("IY"), 0.0), _NG), 0),
    "iong": ((("j", _p("YY"), 1.0), ("ʊ", _p("UW"), 0.9), _NG), 1),
    "io": ((_I_GLIDE, ("ɔ", _p("OW"), 0.8)), 1),
    "ong": ((("ʊ", _p("UW"), 0.9), _NG), 0), "ou": (_OU, 1),
    "o": ((_U_GLIDE, ("o", _p("OW"), 0.8)), 1),
    "u": ((("u", _p("UW"), 1.0),), 0), "uei": ((_U_GLIDE, *_EI), 2),
    "ua": ((_U_GLIDE, _AA), 1), "uai": ((_U_GLIDE, *_AI), 2),
    "uan": ((_U_GLIDE, _AA, _N), 1), "uen": ((_U_GLIDE, _ER, _N), 1),
    "uang": ((_U_GLIDE, _AA, _NG), 1), "ueng": ((_U_GLIDE, _ER, _NG), 1),
    "uo": ((_U_GLIDE, ("o", _p("OW"), 0.8)), 1),
    "ü": ((("y", _p("YY"), 1.0),), 0), "üe": ((_Y_GLIDE, ("e", _p("EH"), 0.1)), 1),
    "üan": ((_Y_GLIDE, _EH, _N), 1), "ün": ((("y", _p("YY"), 1.0), _N), 0),
}  # fmt: skip

_SHORT = {"ui": "uei", "un": "uen", "iu": "iou", "v": "ü", "ve": "üe", "van": "üan", "vn": "ün"}
_SYLLABIC: dict[str, tuple[_Step, ...]] = {
    "m": (("m", _p("BMP"), 0.0),),
    "n": (("n", _p("TD"), 0.0),),
    "ng": (("ŋ", _p("KG"), 0.0),),
    "hm": (("h", _p("KG"), 0.0), ("m", _p("BMP"), 0.0)),
    "hng": (("h", _p("KG"), 0.0), ("ŋ", _p("KG"), 0.0)),
    "o": (("ɔ", _p("OW"), 0.8),),
}


def split_syllable(syllable: str) -> tuple[str, str]:
    """Split a toneless pinyin syllable into initial and strict final (``yue`` → ``'', üe``).

    Raises
    ------
    KeyError
        When it is not a Mandarin syllable.
    """
    text = syllable.replace("ü", "v")
    if text.startswith("y"):
        rest = text[1:]
        if rest[0] == "u":  # yu yue yuan yun
            return "", _final("v" + rest[1:])
        return "", _final(rest if rest[0] == "i" else "i" + rest)
    if text.startswith("w"):
        rest = text[1:]
        return "", _final(rest if rest[0] == "u" else "u" + rest)
    for size in (2, 1):
        head, rest = text[:size], text[size:]
        if head in _INITIALS and rest:
            if head in ("j", "q", "x") and rest[0] == "u":
                rest = "v" + rest[1:]
            return head, _final(rest)
    return "", _final(text)


def _final(text: str) -> str:
    name = _SHORT.get(text, text)
    if name not in _FINALS:
        raise KeyError(text)
    return name


@lru_cache(maxsize=4096)
def sounds_of(syllable: str, tone: int, erhua: bool = False) -> tuple[Sound, ...]:
    """Return the sounds of a pinyin syllable (without tone digit) in ``tone`` 1..5.

    ``erhua`` adds the r-colouring of 儿 to the end of the syllable.

    Raises
    ------
    KeyError
        When ``syllable`` is not a Mandarin syllable.
    """
    if syllable in _SYLLABIC:
        steps, nucleus = _SYLLABIC[syllable], len(_SYLLABIC[syllable]) - 1
        initial = ""
    else:
        initial, final = split_syllable(syllable)
        steps, nucleus = _FINALS[final]
        if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
            hold = "S" if initial in ("z", "c", "s") else "SH"
            steps = (("ɨ", _p(hold), 0.0),)
    sounds = []
    if initial:
        symbols, kind = _INITIALS[initial]
        rounded = steps[0][2]
        if initial == "p":  # the lips are open during the breath
            sounds.append(Sound("p", _p(kind), tone=tone, rounded=rounded))
            symbols, kind = "ʰ", steps[0][1][0][0]
        sounds.append(Sound(symbols, _p(kind), tone=tone, rounded=rounded))
    for index, (symbols, parts, rounded) in enumerate(steps):
        ending = TONES[tone] if index == nucleus else ""
        sounds.append(
            Sound(symbols + ending, parts, tone=tone, rounded=rounded, nucleus=index == nucleus)
        )
    if erhua:
        sounds = _with_r(sounds, tone)
    return tuple(sounds)


def _with_r(sounds: list[Sound], tone: int) -> list[Sound]:
    """Colour a syllable with r: codas n and i fall away, as in 玩儿 (wár) and 小孩儿 (hár)."""
    coda = len(sounds) > 1 and sounds[-1].symbols == "n"
    return [*(sounds[:-1] if coda else sounds), Sound("ɚ", _p("R"), tone=tone)]
