"""Speech and script become motion: lips, face, gaze, head, body, gestures and moves."""

from __future__ import annotations

from cyberdirector.perform._body import Body, measure_body
from cyberdirector.perform.moves import MOVES, Move, find_move, find_moves, move_frames
from cyberdirector.perform.performance import Performance, perform_scene
from cyberdirector.perform.score import Actor, Cue, Placement, SceneScore, Segment, Voice

__all__ = [
    "MOVES",
    "Actor",
    "Body",
    "Cue",
    "Move",
    "Performance",
    "Placement",
    "SceneScore",
    "Segment",
    "Voice",
    "find_move",
    "find_moves",
    "measure_body",
    "move_frames",
    "perform_scene",
]
