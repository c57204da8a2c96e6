"""Which language a line is in, and the reader for it."""

from __future__ import annotations

import re
from dataclasses import replace

from cyberdirector.core.errors import InputRefused
from cyberdirector.voice.g2p.dictionary import NONE, Dictionary
from cyberdirector.voice.g2p.sounds import Reading, Spelled
from cyberdirector.voice.g2p.written import Clean, clean
from cyberdirector.voice.notes import Note

LANGUAGES = ("zh", "en", "ja")


def detect_language(text: str) -> str:
    """Return ``ja`` when ``text`` has kana, ``zh`` when it has Han characters, else ``en``.

    A line without letters (``……``, ``123``) is ``zh``.
    """
    if any(
        ("\u3041" <= c <= "\u30ff" and c not in "・ー") or "\uff66" <= c <= "\uff9d"
        for c in text
    ):
        return "ja"
    if any("\u3400" <= c <= "\u9fff" for c in text):
        return "zh"
    return "en" if any(c.isascii() and c.isalpha() for c in text) else "zh"


def read_line(text: str, language: str | None = None, own: Dictionary = NONE) -> Reading:
    """Read ``text`` aloud on paper: sounds, words and phone classes.

    Parameters
    ----------
    text
        One line of dialogue; markup and emoji are left out with a note.
    language
        ``zh``, ``en`` or ``ja``; found from the characters when None.
    own
        The user's pronunciations.

    Raises
    ------
    InputRefused
        ``voice-empty``, ``voice-too-long``, ``voice-language`` for another language,
        ``voice-nothing-to-say`` when nothing in the line can be spoken.
    """
    if language not in (None, "", *LANGUAGES):
        raise InputRefused(
            "voice-language",
            f"不会说语言 {language!r}；请用 zh、en 或 ja。",
            f"cannot speak the language {language!r}; use zh, en or ja.",
        )
    written = _with_said(clean(text), own)
    reading = _read(written.text, language or detect_language(written.text), own)
    if not reading.words:
        raise InputRefused(
            "voice-nothing-to-say",
            f"台词“{text.strip()[:20]}”里没有可以念的字；请写一句台词，或改成动作。",
            f"nothing in the line {text.strip()[:20]!r} can be spoken; "
            "write words or make it an action.",
        )
    return _as_written(reading, text, written)


def _read(text: str, language: str, own: Dictionary) -> Reading:
    if language == "zh":
        from cyberdirector.voice.g2p.mandarin import read_mandarin

        return read_mandarin(text, own)
    if language == "en":
        from cyberdirector.voice.g2p.english import read_english

        return read_english(text, own)
    from cyberdirector.voice.g2p.japanese import read_japanese

    return read_japanese(text)


def _with_said(written: Clean, own: Dictionary) -> Clean:
    """Put the words that the user wants said in the place of those that are written."""
    if not own.said:
        return written
    words = sorted(own.said, key=lambda w: (-len(w), w))
    table = {word.lower(): said for word, said in own.said.items()}
    pattern = "|".join(
        rf"(?<![A-Za-z]){re.escape(w)}(?![A-Za-z])" if w.isascii() else re.escape(w)
        for w in words
    )
    text, spans, place = "", list[tuple[int, int]](), 0
    moved: list[int] = []  # new place of each old character
    for match in re.finditer(pattern, written.text, re.IGNORECASE):
        for index in range(place, match.start()):
            moved.append(len(text))
            text += written.text[index]
            spans.append(written.spans[index])
        said = table[match[0].lower()]
        span = (written.spans[match.start()][0], written.spans[match.end() - 1][1])
        moved += [len(text)] * (match.end() - match.start())
        text += said
        spans += [span] * len(said)
        place = match.end()
    for index in range(place, len(written.text)):
        moved.append(len(text))
        text += written.text[index]
        spans.append(written.spans[index])
    moved.append(len(text))
    stressed = tuple((moved[a], moved[b]) for a, b in written.stressed)
    return Clean(text, tuple(spans), stressed, written.notes)


def _as_written(reading: Reading, text: str, written: Clean) -> Reading:
    """Return the reading with its words at their places in the line as it was written."""
    words: list[Spelled] = []
    stressed: set[int] = set()
    covered: set[int] = set()
    place = 0
    for index, word in enumerate(reading.words):
        covered.update(range(word.first, word.last))
        own = written.spans[word.first : word.last]
        first = max(own[0][0], place) if own else place
        last = max(own[-1][1], first) if own else place
        place = last
        words.append(Spelled(text[first:last], first, last))
        if any(word.first < b and a < word.last for a, b in written.stressed):
            stressed.add(index)
    left = "".join(c for i, c in enumerate(written.text) if i not in covered and c.isalpha())
    notes = written.notes
    if left:
        notes += (
            Note(
                "voice-letters",
                f"有些字没有念：{left[:20]}",
                f"some letters are not read: {left[:20]}",
            ),
        )
    return replace(
        reading, text=text, words=tuple(words), emphasis=frozenset(stressed), notes=notes
    )
