"""Names on the lanes in the languages of scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

WORDS: Mapping[str, tuple[str, str, str]] = {
    "timeline": ("时间线", "Timeline", "タイムライン"),
    "scenes": ("场景", "Scenes", "シーン"),
    "shots": ("镜头", "Shots", "ショット"),
    "lines": ("台词", "Lines", "台詞"),
    "audio": ("声音", "Sound", "音声"),
    "effects": ("音效", "Effects", "効果音"),
    "lights": ("灯光", "Light", "照明"),
    "sets": ("布景", "Sets", "セット"),
    "nested": ("嵌套", "Nested", "入れ子"),
    "muted": ("静音", "muted", "ミュート"),
    "channels": ("通道", "channels", "チャンネル"),
    "more": ("… 另有 {} 行", "… {} more rows", "… 他 {} 行"),
    "facts": (
        "{rate} fps   {frames} 帧   {clock}   {shots} 镜头   {clips} 片段   {keys} 关键帧   "
        "{locks} 锁",
        "{rate} fps   {frames} frames   {clock}   {shots} shots   {clips} clips   "
        "{keys} keys   {locks} locks",
        "{rate} fps   {frames} フレーム   {clock}   {shots} ショット   {clips} クリップ   "
        "{keys} キー   {locks} ロック",
    ),
    "establish": ("全景", "wide", "全景"),
    "full": ("全身", "full", "全身"),
    "two": ("双人", "two", "ツーショット"),
    "medium": ("中景", "medium", "ミディアム"),
    "mcu": ("近景", "MCU", "バスト"),
    "close": ("特写", "close", "アップ"),
    "door": ("门口", "door", "戸口"),
    "over": ("过肩", "over", "肩越し"),
}
"""Word → Chinese, English, Japanese."""


def word(name: str, language: str) -> str:
    """Return a word in a language (Chinese if it is none of these); others come back as is."""
    rows = WORDS.get(name)
    if rows is None:
        return name
    return rows[{"en": 1, "ja": 2}.get(language[:2].lower(), 0)]


def project_language(root: Path) -> str:
    """Return the language of a project's script; ``zh`` where it is not known."""
    try:
        found = json.loads((root / "episode.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "zh"
    language = found.get("language") if isinstance(found, dict) else None
    return language if isinstance(language, str) and language else "zh"
