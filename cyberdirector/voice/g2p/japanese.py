"""Japanese text → sounds: readings and phrase grouping by Open JTalk (offline dictionary)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from cyberdirector.voice.g2p.kana import add_kana, split_morae
from cyberdirector.voice.g2p.sounds import Builder, Reading, mark

_JOINED = ("助動詞", "接続助詞", "接尾", "数", "非自立")


def read_japanese(text: str) -> Reading:
    """Read a Japanese line.

    Parameters
    ----------
    text
        One line of dialogue as written.
    """
    import pyopenjtalk

    builder = Builder()
    place = 0
    pending: list[tuple[str, int, int]] = []

    def close_word() -> None:
        if pending:
            first, last = pending[0][1], pending[-1][2]
            builder.begin_word(text[first:last], first, last)
            add_kana(builder, "".join(reading for reading, _, _ in pending))
            pending.clear()

    for node in pyopenjtalk.run_frontend(text, use_sudachi_kanji_yomi=False):
        surface = str(node["string"])
        first, last = _find(text, surface, place)
        place = last
        if not split_morae(_reading(node)):
            symbol = mark(unicodedata.normalize("NFKC", surface)[:1]) or mark(surface[:1])
            written = mark(text[first : first + 1]) or symbol
            if written:
                close_word()
                builder.pause(written)
            continue
        if not _continues(node):
            close_word()
        pending.append((_reading(node), first, last))
    close_word()
    return builder.reading(text, "ja")


def _reading(node: Mapping[str, Any]) -> str:
    """Return the katakana reading without accent marks."""
    reading = str(node["pron"]).replace("’", "").replace("'", "")
    return "" if node["pos"] == "記号" else reading


def _continues(node: Mapping[str, Any]) -> bool:
    """Whether the node belongs to the word before it."""
    tags = (node["pos"], node["pos_group1"])
    return node["chain_flag"] == 1 and any(tag in _JOINED for tag in tags)


def _find(text: str, surface: str, place: int) -> tuple[int, int]:
    """Return the span of ``surface`` in ``text`` at or soon after ``place``.

    Readings of digits stand for characters that differ from the written ones; they get the
    run of digits that is written there, and every further word of it an empty span.
    """
    plain = unicodedata.normalize("NFKC", surface)
    for first in range(place, min(place + 4, len(text))):
        last = first
        while last < len(text):
            last += 1
            written = unicodedata.normalize("NFKC", text[first:last])
            if written == plain:
                return first, last
            if len(written) >= len(plain):
                break
    last = place
    while last < len(text) and unicodedata.normalize("NFKC", text[last]).isdigit():
        last += 1
    return place, last
