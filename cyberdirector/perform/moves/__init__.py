"""The library of moves that a script can call for by name."""

from __future__ import annotations

from cyberdirector.perform.moves._kinds import Move
from cyberdirector.perform.moves._registry import (
    MOVES,
    find_move,
    find_moves,
    move_frames,
)
from cyberdirector.perform.moves._touch import Answer, Touch, touches

__all__ = [
    "MOVES",
    "Answer",
    "Move",
    "Touch",
    "find_move",
    "find_moves",
    "move_frames",
    "touches",
]
