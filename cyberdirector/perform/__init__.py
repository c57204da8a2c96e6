"""Speech and script become motion: lips, face, gaze, head, body, gestures and moves."""

from __future__ import annotations

from cyberdirector.perform.moves import MOVES, Move, find_move, find_moves, move_frames
from cyberdirector.perform.performance import Performance, perform_scene
from cyberdirector.perform.score import Actor, Cue, Placement, SceneScore, Segment

__all__ = [
    "MOVES",
    "Actor",
    "Cue",
    "Move",
    "Performance",
    "Placement",
    "SceneScore",
    "Segment",
    "find_move",
    "find_moves",
    "move_frames",
    "perform_scene",
]
