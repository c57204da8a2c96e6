"""What a known move is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """A move of the library.

    Attributes
    ----------
    name
        Stable name used in cues.
    kind
        ``space`` (changes place), ``posture`` (changes stance), ``arms``, ``head``, ``face``,
        ``look`` or ``library`` (a move of ``assetlib/moves``, for the whole body).
    zh, en
        Trigger words as regular expressions; English ones match whole words only.
    seconds
        Usual length, without the way to walk.
    gesture
        Gesture of the lexicon that the arms play, or empty.
    library
        Move of ``assetlib/moves`` that the body plays, or empty.
    rounds
        How often a move of the library that loops is played.
    seated
        Whether a move of the library can be made with the upper body alone.
    distance
        Metres between two adults of whom one touches the other in this move, or 0.
    """

    name: str
    kind: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    seconds: float = 1.2
    gesture: str = ""
    library: str = ""
    rounds: int = 1
    seated: bool = False
    distance: float = 0.0
