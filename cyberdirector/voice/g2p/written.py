"""What stands in a written line besides words: markup, emoji, links, foreign letters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from cyberdirector.core.errors import InputRefused
from cyberdirector.voice.notes import Note

MAX_CHARACTERS = 20_000
"""Longest text that is spoken as one line: about 80 minutes."""

_LINK = re.compile(r"(?:https?://|www\.)[^\s，。！？、）)】\]]+", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\([^()\n]{1,500}\)")
_TAG = re.compile(
    r"</?[A-Za-z][^<>\n]{0,200}>|&(?:nbsp|amp|lt|gt|quot|#\d+);|\{\{[^{}\n]{0,200}\}\}"
)
_EMPHASIS = re.compile(
    r"(?P<mark>\*{1,3})(?=\S)(?P<inside>[^*\n]{1,60}?)(?<=\S)(?P=mark)"
    r"|<(?P<tag>em|strong|b|emphasis)(?:\s[^<>\n]{0,80})?>(?P<tagged>[^<>\n]{1,60})</(?P=tag)>",
    re.IGNORECASE,
)
_LEFT_MARKS = re.compile(r"[*_`#|^]+|~~+|^\s*>\s", re.MULTILINE)
_SCRIPTS = {
    "CYRILLIC": ("西里尔（俄语等）", "Cyrillic"), "HANGUL": ("韩文", "Korean"),
    "ARABIC": ("阿拉伯文", "Arabic"),
    "THAI": ("泰文", "Thai"), "HEBREW": ("希伯来文", "Hebrew"),
    "DEVANAGARI": ("天城文", "Devanagari"), "GREEK": ("希腊文", "Greek"),
}  # fmt: skip
_SPOKEN = ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "LATIN", "FULLWIDTH",
           "HALFWIDTH",
           "IDEOGRAPHIC", "BOPOMOFO", "MASCULINE", "FEMININE", "MICRO")  # fmt: skip


@dataclass(frozen=True)
class Clean:
    """The words of a written line.

    Attributes
    ----------
    text
        What is to be read.
    spans
        Half-open span in the written line for each character of ``text``.
    stressed
        Half-open spans of ``text`` that are marked as stressed.
    notes
        What was left out.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    stressed: tuple[tuple[int, int], ...]
    notes: tuple[Note, ...]


def clean(written: str) -> Clean:
    """Take markup, emoji, links and invisible characters out of a line.

    ``*word*`` and ``<em>word</em>`` keep their words, as stressed ones.

    Raises
    ------
    InputRefused
        ``voice-empty`` for a line without any character, ``voice-too-long`` beyond
        :data:`MAX_CHARACTERS`, ``voice-language`` when most letters are of a script that
        no voice speaks.
    """
    if not written.strip():
        raise InputRefused(
            "voice-empty",
            "台词是空的；请写一句中文、英文或日文。",
            "the line is empty; write a sentence in Chinese, English or Japanese.",
        )
    if len(written) > MAX_CHARACTERS:
        raise InputRefused(
            "voice-too-long",
            f"这段文字有 {len(written)} 个字符，一次最多 {MAX_CHARACTERS} 个；请分成几段。",
            f"the text has {len(written)} characters, at most {MAX_CHARACTERS} are spoken at "
            "once; cut it into parts.",
        )
    drop = [False] * len(written)
    stress = [False] * len(written)
    notes = [*_drop_markup(written, drop, stress), *_drop_signs(written, drop)]
    notes += _foreign(written, drop)
    kept = [index for index, gone in enumerate(drop) if not gone]
    text = "".join(_plain(written[index]) for index in kept)
    stressed, place = [], 0
    while place < len(kept):
        end = place
        while end < len(kept) and stress[kept[end]]:
            end += 1
        if end > place:
            stressed.append((place, end))
        place = max(end, place + 1)
    return Clean(text, tuple((i, i + 1) for i in kept), tuple(stressed), tuple(notes))


def _drop_markup(written: str, drop: list[bool], stress: list[bool]) -> list[Note]:
    """Mark what is markup; return a note when there was any besides emphasis."""
    found: list[str] = []

    def leave_out(first: int, last: int) -> None:
        drop[first:last] = [True] * (last - first)

    for match in _EMPHASIS.finditer(written):
        group = "inside" if match["inside"] is not None else "tagged"
        first, last = match.span(group)
        stress[first:last] = [True] * (last - first)
        leave_out(match.start(), first)
        leave_out(last, match.end())
    for match in _MARKDOWN_LINK.finditer(written):
        found.append(match[0])
        leave_out(match.start(), match.start(1))
        leave_out(match.end(1), match.end())
    for pattern in (_LINK, _TAG, _LEFT_MARKS):
        for match in pattern.finditer(written):
            if not all(drop[match.start() : match.end()]):
                found.append(match[0].strip())
                leave_out(*match.span())
    if not found:
        return []
    shown = " ".join(dict.fromkeys(found))[:40]
    return [
        Note(
            "voice-markup",
            f"标记和链接没有念：{shown}",
            f"markup and links are not read: {shown}",
        )
    ]


def _drop_signs(written: str, drop: list[bool]) -> list[Note]:
    """Mark emoji, dingbats and invisible characters; return a note for those seen."""
    seen: list[str] = []
    for index, character in enumerate(written):
        if drop[index]:
            continue
        category = unicodedata.category(character)
        pictograph = category == "So" and character not in "℃°㎡㎏㎝№"
        modifier = "\U0001f3fb" <= character <= "\U0001f3ff" or character in "\ufe0f\u20e3"
        if pictograph or modifier or category in ("Cf", "Cs", "Co", "Cn"):
            drop[index] = True
            if pictograph:
                seen.append(character)
        elif category == "Cc" and character not in "\n\t\r":
            drop[index] = True
    if not seen:
        return []
    shown = "".join(dict.fromkeys(seen))[:10]
    return [Note("voice-emoji", f"表情符号没有念：{shown}", f"emoji are not read: {shown}")]


def _foreign(written: str, drop: list[bool]) -> list[Note]:
    """Refuse a line that is mostly of another script; note some letters of one."""
    letters = [c for i, c in enumerate(written) if not drop[i] and c.isalpha()]
    foreign: dict[str, int] = {}
    for letter in letters:
        script = unicodedata.name(letter, "UNKNOWN").split()[0]
        if script not in _SPOKEN:
            foreign[script] = foreign.get(script, 0) + 1
    if not foreign:
        return []
    script = max(foreign, key=lambda name: foreign[name])
    zh, en = _SCRIPTS.get(script, (script.title(), script.title()))
    if 2 * sum(foreign.values()) > len(letters):
        raise InputRefused(
            "voice-language",
            f"这句话主要是{zh}，声音只会中文、英文和日文；请改写或录音。",
            f"the line is mostly {en}; the voices speak Chinese, English and Japanese. "
            "Rewrite it or record it.",
        )
    for index, character in enumerate(written):
        if character.isalpha() and unicodedata.name(character, "UNKNOWN").split()[0] in foreign:
            drop[index] = True
    return [
        Note("voice-letters", f"有些字母没有念（{zh}）", f"some letters are not read ({en})")
    ]


def _plain(character: str) -> str:
    """Return a Latin letter without its accent (é → e); all else stays."""
    if "\u00c0" <= character <= "\u024f":
        base = unicodedata.normalize("NFKD", character)[0]
        return (
            base
            if base.isascii()
            else {"ß": "s", "æ": "e", "ø": "o", "đ": "d"}.get(character.lower(), character)
        )
    return character
