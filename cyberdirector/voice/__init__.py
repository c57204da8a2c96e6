"""Voices of characters: text → speech with exact phones, melody, emotion; recordings too.

>>> from cyberdirector.voice import choose_voice, speak
>>> voice = choose_voice("female", 24, seed=1)  # doctest: +SKIP
>>> speech = speak("你好，我是林晚。", voice)  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyberdirector.voice.emotion import DELIVERIES as DELIVERIES
    from cyberdirector.voice.g2p import detect_language as detect_language
    from cyberdirector.voice.g2p import read_line as read_line
    from cyberdirector.voice.profile import VoiceProfile as VoiceProfile
    from cyberdirector.voice.profile import choose_voice as choose_voice
    from cyberdirector.voice.profile import load_voices as load_voices
    from cyberdirector.voice.recording import align_recording as align_recording
    from cyberdirector.voice.styles import has_all_packs as has_all_packs
    from cyberdirector.voice.synthesis import speak as speak

_HOMES = {
    "DELIVERIES": "emotion",
    "VoiceProfile": "profile",
    "align_recording": "recording",
    "choose_voice": "profile",
    "detect_language": "g2p",
    "has_all_packs": "styles",
    "load_voices": "profile",
    "read_line": "g2p",
    "speak": "synthesis",
}

__all__ = [
    "DELIVERIES",
    "VoiceProfile",
    "align_recording",
    "choose_voice",
    "detect_language",
    "has_all_packs",
    "load_voices",
    "read_line",
    "speak",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (the models' libraries are heavy)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
