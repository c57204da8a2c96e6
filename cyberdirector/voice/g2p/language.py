"""Which language a line is in, and the reader for it."""

from __future__ import annotations

from cyberdirector.core.errors import InputRefused
from cyberdirector.voice.g2p.sounds import Reading

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


def read_line(text: str, language: str | None = None) -> Reading:
    """Read ``text`` aloud on paper: sounds, words and phone classes.

    Parameters
    ----------
    text
        One line of dialogue.
    language
        ``zh``, ``en`` or ``ja``; found from the characters when None.

    Raises
    ------
    InputRefused
        ``voice-language`` for another language, ``voice-nothing-to-say`` when nothing in
        the line can be spoken.
    """
    language = language or detect_language(text)
    if language == "zh":
        from cyberdirector.voice.g2p.mandarin import read_mandarin

        reading = read_mandarin(text)
    elif language == "en":
        from cyberdirector.voice.g2p.english import read_english

        reading = read_english(text)
    elif language == "ja":
        from cyberdirector.voice.g2p.japanese import read_japanese

        reading = read_japanese(text)
    else:
        raise InputRefused(
            "voice-language",
            f"不会说语言 {language!r}；请用 zh、en 或 ja。",
            f"cannot speak the language {language!r}; use zh, en or ja.",
        )
    if not reading.words:
        raise InputRefused(
            "voice-nothing-to-say",
            f"台词“{text.strip()[:20]}”里没有可以念的字；请写一句台词，或改成动作。",
            f"nothing in the line {text.strip()[:20]!r} can be spoken; "
            "write words or make it an action.",
        )
    return reading
