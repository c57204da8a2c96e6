"""Framing for a picture format that a hand-set camera was not made for: heads stay in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import Camera
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.stage.shot import view_axes
from cyberdirector.timeline import FramingItem, ShotItem, Timeline
from cyberdirector.timeline.clip_files import BodyFiles, ClipFiles
from cyberdirector.timeline.evaluate import evaluate_track

Floats = NDArray[np.float64]

_ABOVE, _RADIUS = 0.09, 0.17
"""Middle of a head over its joint, and half its size with hair, metres."""

_SAFE = 0.94
"""Share of the picture that heads keep within."""

_LEAST = 0.35
"""Smallest zoom: beyond it people are too small to be looked at."""

_EVERY = 4
"""Frames between two at which heads are looked at."""


def heads_of(root: Path, timeline: Timeline, shot: ShotItem, first: int) -> dict[str, Floats]:
    """Return where the heads of a shot's subjects are: role → (frames, 3), every few frames.

    ``first`` is where the shot's motion begins on the timeline.
    """
    files, bodies = ClipFiles(root, timeline.exact_rate), BodyFiles(root)
    frames = np.arange(first, first + shot.frames, _EVERY)
    out: dict[str, Floats] = {}
    for role in shot.subjects:
        item = next((x for x in timeline.motion if x.role == role and x.start <= first < x.end),
                    None)  # fmt: skip
        if item is None or not (item.visible_from <= first < item.visible_to):
            continue
        body = bodies(role)
        clip = evaluate_track(timeline, role, frames, files, lambda body=body: body)  # type: ignore[misc]
        points, _ = body.forward(clip.root, clip.rotations)
        out[role] = points[:, BONE_INDEX["head"]] + (0.0, _ABOVE, 0.0)
    return out


def default_framing(
    cameras: Sequence[Camera], size: tuple[int, int], heads: Mapping[str, Floats]
) -> list[FramingItem]:
    """Return the smallest turn and zoom that bring all heads into a picture; none if they are.

    Parameters
    ----------
    cameras
        One per frame of the shot.
    heads
        Role → (k, 3) metres, world: places of its head, every fourth frame.
    """
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for places in heads.values():
        for number, place in enumerate(places):
            camera = cameras[min(number * _EVERY, len(cameras) - 1)]
            right, up, forward = view_axes(camera)
            arm = place - camera.eye
            depth = float(arm @ forward)
            if depth < 0.2:
                continue
            half = depth * math.tan(camera.fov / 2.0)
            at, room = np.array([arm @ right, arm @ up]) / half, _RADIUS / half
            low, high = np.minimum(low, at - room), np.maximum(high, at + room)
    if not np.isfinite(low).all():
        return []
    safe = _SAFE * np.array([size[0] / size[1], 1.0])
    zoom = max(_LEAST, min(1.0, float((2.0 * safe / (high - low)).min())))
    edge = safe / zoom
    middle = 0.5 * (low + high)
    shift = np.maximum(high - edge, 0.0) + np.minimum(low + edge, 0.0)
    shift = np.where(high - low > 2.0 * edge, middle, shift)
    if zoom == 1.0 and not shift.any():
        return []
    x, y = np.clip(shift, -4.0, 4.0).tolist()
    return [FramingItem(x=x, y=y, zoom=zoom)]
