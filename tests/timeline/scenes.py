"""Timelines in memory with a role or two, for tests of layers."""

from __future__ import annotations

from typing import Any

from cyberdirector.core.clip import Clip
from cyberdirector.timeline import CharacterItem, LayerItem, MotionItem, Timeline

FRAMES = 60


def timeline(*layers: dict[str, Any], role: str = "林晚", frames: int = FRAMES) -> Timeline:
    """Return a timeline whose role has these layers over ``base.vrma``."""
    base = MotionItem(
        role=role, file="base.vrma", start=0, end=frames, visible_from=0, visible_to=frames
    )
    items = [LayerItem.model_validate({"id": f"l{i}", **row}) for i, row in enumerate(layers)]
    return Timeline(
        rate=(24, 1), size=(320, 180), frames=frames, motion=[base],
        characters=[CharacterItem(role=role, layers=items)],
    )  # fmt: skip


class Library:
    """Motion files by name."""

    def __init__(self, **clips: Clip) -> None:
        self.clips = {f"{name}.vrma": clip for name, clip in clips.items()}

    def __call__(self, file: str) -> Clip:
        return self.clips[file]
