"""Speech and script become motion: lips, face, gaze, head, body, gestures and moves."""

from __future__ import annotations

from cyberdirector.perform.performance import Performance, perform_scene
from cyberdirector.perform.score import Actor, Cue, Placement, SceneScore, Segment

__all__ = [
    "Actor",
    "Cue",
    "Performance",
    "Placement",
    "SceneScore",
    "Segment",
    "perform_scene",
]
