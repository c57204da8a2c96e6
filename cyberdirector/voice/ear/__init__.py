"""Recorded speech → timed phones: a small network of our own, with or without the words.

>>> from cyberdirector.voice.ear import listen_to
>>> speech, notes = listen_to(Path("line.m4a"), "你终于来了。")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyberdirector.voice.ear.hearing import Hearing as Hearing
    from cyberdirector.voice.ear.hearing import listen as listen
    from cyberdirector.voice.ear.live import LiveEar as LiveEar
    from cyberdirector.voice.ear.take import listen_to as listen_to
    from cyberdirector.voice.ear.take import listen_to_audio as listen_to_audio

_HOMES = {
    "Hearing": "hearing",
    "LiveEar": "live",
    "listen": "hearing",
    "listen_to": "take",
    "listen_to_audio": "take",
}

__all__ = ["Hearing", "LiveEar", "listen", "listen_to", "listen_to_audio"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (the runtime of the network is heavy)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
