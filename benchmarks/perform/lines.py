"""Lines and characters that the measures of performance share; spoken once per run."""

from __future__ import annotations

from functools import lru_cache

from bars import QUICK

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.model import Character
from cyberdirector.core.speech import Speech
from cyberdirector.voice import load_voices, speak

LINES = (
    ("xiaobei", "你终于来了，我还以为你不会再回来。"),
    ("hanfeng", "Maybe my brother brought five apples, but I never believed him."),
    ("qinghe", "ママは毎晩パンと豆腐を買います。本当にふしぎですね。"),
    ("yunxi", "不可能！我明明把门票放在背包里了。"),
    ("xiaobei", "慢慢吃吧，面包和牛奶都是刚买的。"),
    ("yunxi", "风这么大，父亲为什么非要出门不可？"),
    ("hanfeng", "Please be patient; the people upstairs have problems of their own."),
    ("qinghe", "あなたは私の一番の友達です。また会いましょう。"),
    ("xiaobei", "爸爸妈妈，我保证明天一定把房间打扫干净。"),
    ("yunxi", "卖报的小孩跑遍了半个北平，没买到一份旧报纸。"),
    ("hanfeng", "Five million voters have given him power, and he keeps moving backwards."),
    ("qinghe", "不思議な夢を見ました。怖くて、母を呼んだのです。"),
)
"""Voice and words, zh, en and ja; the first three stand for all when in haste."""

CAST = ("lin_wan", "gu_chen")


@lru_cache(maxsize=1)
def cast() -> tuple[Character, ...]:
    """Return the characters, compiled once."""
    names = CAST[:1] if QUICK else CAST
    return tuple(compile_character(shipped_recipe(name), 0) for name in names)


@lru_cache(maxsize=1)
def spoken() -> tuple[tuple[str, Speech], ...]:
    """Return words and speech of the lines, spoken once."""
    voices = {voice.name: voice for voice in load_voices()}
    lines = LINES[:3] if QUICK else LINES
    return tuple((text, speak(text, voices[name])) for name, text in lines)
