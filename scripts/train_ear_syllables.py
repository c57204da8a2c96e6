"""Which syllables Mandarin has, as classes of the ear, and how likely each is."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import jieba

from cyberdirector.voice.g2p import read_line

_WORDS = 12_000
_TAMED = 0.75  # exponent of a word's frequency, so that a few words are not everything


def syllables() -> dict[str, dict[str, float]]:
    """Return per language the classes of its syllables with their log probabilities.

    Counted over the most frequent words of jieba (MIT), read as the program reads them.
    """
    rows = []
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines():
        word, frequency, _ = line.split()
        if all("一" <= c <= "龥" for c in word):
            rows.append((int(frequency), word))
    count: Counter[str] = Counter()
    for frequency, word in sorted(rows, reverse=True)[:_WORDS]:
        own: dict[int, list[str]] = {}
        for sound in read_line(word, "zh").sounds:
            if sound.syllable >= 0:
                kinds = own.setdefault(sound.syllable, [])
                kinds += [k for k, _ in sound.parts if not kinds or kinds[-1] != k]
        for kinds in own.values():
            count[" ".join(kinds)] += frequency**_TAMED
    whole = sum(count.values())
    return {"zh": {s: round(math.log(n / whole), 3) for s, n in sorted(count.items())}}
