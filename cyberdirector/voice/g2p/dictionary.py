"""A user's own pronunciations: names, polyphones, abbreviations (YAML beside the script)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cyberdirector.core.errors import InputRefused, Location

MAX_BYTES = 1 << 20
"""Largest dictionary, bytes."""

_PINYIN = re.compile(r"(?:[a-zü]{1,6}[1-5])(?:\s+[a-zü]{1,6}[1-5])*", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Dictionary:
    """Pronunciations by written word.

    Attributes
    ----------
    pinyin
        Han words with one syllable per character (``chong2 ming2``).
    symbols
        Words in the symbols of the voice model.
    said
        Words that are read as other words.
    """

    pinyin: dict[str, tuple[str, ...]] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def within(self, text: str) -> Dictionary:
        """Return the entries that occur in ``text``."""
        low = text.lower()
        return Dictionary(
            {k: v for k, v in self.pinyin.items() if k in text},
            {k: v for k, v in self.symbols.items() if k in low},
            {k: v for k, v in self.said.items() if k.lower() in low},
        )


NONE = Dictionary()
"""A dictionary without words."""


def dictionary_path(script: Path) -> Path:
    """Return where the dictionary of a script lies: ``name.dictionary.yaml`` beside it."""
    return script.with_name(f"{script.stem}.dictionary.yaml")


def read_dictionary(path: Path) -> Dictionary:
    """Read ``words: {word: pronunciation}``.

    A pronunciation is pinyin with tone numbers (``shen3 qing1``, one syllable per
    character), model symbols between slashes (``/kˈOkəɹO/``), or other words to say.

    Raises
    ------
    InputRefused
        ``voice-dictionary`` with the place of the fault.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _refused(path, f"> {MAX_BYTES} bytes")
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _refused(path, str(error.problem), line) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise _refused(path, type(error).__name__) from None
    words = data.get("words") if isinstance(data, dict) else None
    if not isinstance(words, dict):
        raise _refused(path, "no “words:”")
    made = Dictionary()
    for key, value in words.items():
        _add(made, path, str(key).strip(), str(value).strip())
    return made


def _add(made: Dictionary, path: Path, word: str, said: str) -> None:
    if not word or not said:
        raise _refused(path, f"words.{word}: empty")
    if len(said) > 2 and said[0] == said[-1] == "/":
        from cyberdirector.voice.styles import vocabulary

        unknown = sorted(set(said[1:-1]) - set(vocabulary()))
        if unknown:
            raise _refused(path, f"words.{word}: {''.join(unknown)}")
        made.symbols[word.lower()] = said[1:-1]
    elif _PINYIN.fullmatch(said) and _HAN.fullmatch(word):
        syllables = tuple(said.lower().split())
        if len(syllables) != len(word):
            raise _refused(path, f"words.{word}: {len(syllables)} ≠ {len(word)}")
        from cyberdirector.voice.g2p.pinyin import sounds_of

        for syllable in syllables:
            try:
                sounds_of(syllable[:-1], int(syllable[-1]))
            except KeyError:
                raise _refused(path, f"words.{word}: {syllable}") from None
        made.pinyin[word] = syllables
    else:
        made.said[word] = said


def _refused(path: Path, found: str, line: int = 0) -> InputRefused:
    return InputRefused(
        "voice-dictionary",
        f"读不懂发音词典（{found}）；请写“words:”，"
        "下面每行“词: 拼音加声调数字”，如“沈青: shen3 qing1”，"
        "或“词: 另一种写法”，或“词: /音标/”。",
        f"the pronouncing dictionary cannot be read ({found}); write “words:” and below it one "
        "“word: pinyin with tone numbers”, “word: other words” or “word: /symbols/” per line.",
        Location(str(path), line),
    )
