"""The timeline: what happens when, on which track, seen by which camera."""

from __future__ import annotations

from cyberdirector.timeline.document import (
    AudioItem,
    CameraItem,
    EffectItem,
    MotionItem,
    SceneItem,
    ShotItem,
    TextItem,
    Timeline,
    load_timeline,
)

__all__ = [
    "AudioItem",
    "CameraItem",
    "EffectItem",
    "MotionItem",
    "SceneItem",
    "ShotItem",
    "TextItem",
    "Timeline",
    "load_timeline",
]
