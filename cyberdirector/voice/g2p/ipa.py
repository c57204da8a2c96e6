"""English voice-model symbols → sounds with phone classes, syllables and stress."""

from __future__ import annotations

from itertools import pairwise

from cyberdirector.voice.g2p.sounds import Builder, Parts, Sound

# Symbol → (classes with shares, lip rounding). Capital letters are the model's diphthongs.
_VOWELS: dict[str, tuple[Parts, float]] = {
    "ɑ": ((("AA", 1.0),), 0.0), "a": ((("AA", 1.0),), 0.0), "æ": ((("AE", 1.0),), 0.0),
    "ʌ": ((("AH", 1.0),), 0.0), "ə": ((("AH", 1.0),), 0.0), "ɐ": ((("AH", 1.0),), 0.0),
    "ᵊ": ((("AH", 1.0),), 0.0), "ɜ": ((("AH", 1.0),), 0.2), "ɚ": ((("R", 1.0),), 0.3),
    "ᵻ": ((("IY", 1.0),), 0.0), "ɪ": ((("IY", 1.0),), 0.0), "i": ((("IY", 1.0),), 0.0),
    "ɛ": ((("EH", 1.0),), 0.0), "e": ((("EH", 1.0),), 0.0), "ɔ": ((("OW", 1.0),), 0.6),
    "o": ((("OW", 1.0),), 0.8), "ʊ": ((("UW", 1.0),), 0.6), "u": ((("UW", 1.0),), 0.9),
    "A": ((("EH", 0.55), ("IY", 0.45)), 0.0), "I": ((("AA", 0.55), ("IY", 0.45)), 0.0),
    "O": ((("OW", 0.55), ("UW", 0.45)), 0.8), "W": ((("AA", 0.55), ("UW", 0.45)), 0.3),
    "Y": ((("OW", 0.55), ("IY", 0.45)), 0.4), "Q": ((("AH", 0.5), ("UW", 0.5)), 0.7),
    "ɒ": ((("AA", 1.0),), 0.4),
}  # fmt: skip
_CONSONANTS: dict[str, tuple[str, float]] = {
    "b": ("BMP", 0.0), "p": ("BMP", 0.0), "m": ("BMP", 0.0), "f": ("FV", 0.0), "v": ("FV", 0.0),
    "θ": ("TH", 0.0), "ð": ("TH", 0.0), "t": ("TD", 0.0), "d": ("TD", 0.0), "n": ("TD", 0.0),
    "ɾ": ("TD", 0.0), "T": ("TD", 0.0), "ʔ": ("TD", 0.0), "l": ("L", 0.0), "s": ("S", 0.0),
    "z": ("S", 0.0), "ʃ": ("SH", 0.5), "ʒ": ("SH", 0.5), "ʧ": ("SH", 0.5), "ʤ": ("SH", 0.5),
    "ɹ": ("R", 0.5), "r": ("R", 0.5), "k": ("KG", 0.0), "ɡ": ("KG", 0.0), "ŋ": ("KG", 0.0),
    "h": ("KG", 0.0), "x": ("KG", 0.0), "w": ("W", 1.0), "j": ("Y", 0.0),
}  # fmt: skip
_MARKS = {"ˈ": 1, "ˌ": 2}

VOWELS = frozenset(_VOWELS)
"""Symbols that carry a syllable."""


def add_ipa(builder: Builder, symbols: str) -> None:
    """Add the symbols of one word to ``builder``, which has the word open.

    Consonants between two vowels go with the second vowel, but the first of a cluster stays
    with the vowel before it. Consonants take half of the rounding of the vowel they lead to.
    """
    units = _units(symbols)
    nuclei = [i for i, (unit, _) in enumerate(units) if unit[-1] in _VOWELS]
    starts = {0}
    for before, after in pairwise(nuclei):
        starts.add(after if after - before == 1 else min(before + 2, after - 1))
        if after - before == 2:
            starts.add(after - 1)
            starts.discard(after)
    stresses = _syllable_stress(units, nuclei)
    for index, (unit, _) in enumerate(units):
        if index and index in starts:
            builder.end_syllable()
        own = max((n for n in nuclei if n <= index), default=-1)
        following = next((n for n in nuclei if n >= index), -1)
        if unit[-1] in _VOWELS:
            parts, rounded = _VOWELS[unit[-1]]
            builder.add(
                Sound(unit, parts, stress=stresses[index], rounded=rounded, nucleus=True)
            )
        else:
            kind, rounded = _CONSONANTS[unit[-1]]
            lead = following if following >= 0 else own
            ahead = _VOWELS[units[following][0][-1]][1] if following >= 0 else 0.0
            builder.add(
                Sound(
                    unit,
                    ((kind, 1.0),),
                    stress=stresses.get(lead, 0),
                    rounded=max(rounded, 0.5 * ahead),
                )
            )
    builder.end_syllable()


def _units(symbols: str) -> list[tuple[str, int]]:
    """Join stress and length marks to the symbols they belong to."""
    units: list[tuple[str, int]] = []
    pending, stress = "", 0
    for symbol in symbols:
        if symbol in _MARKS:
            pending, stress = symbol, _MARKS[symbol]
        elif symbol in _VOWELS or symbol in _CONSONANTS:
            units.append((pending + symbol, stress))
            pending, stress = "", 0
        elif symbol == "ː" and units and units[-1][0][-1] in _VOWELS:
            continue
    return units


def _syllable_stress(units: list[tuple[str, int]], nuclei: list[int]) -> dict[int, int]:
    """Return the stress of each vowel; a mark before a consonant counts for the next vowel."""
    stresses, waiting = {}, 0
    for index, (_, stress) in enumerate(units):
        waiting = stress or waiting
        if index in nuclei:
            stresses[index] = waiting
            waiting = 0
    return stresses
