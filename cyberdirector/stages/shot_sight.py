"""What a shot shows beside its people: cameras per frame, light and set, edits included."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.stage.shot import view_axes
from cyberdirector.stages.auto_framing import default_framing
from cyberdirector.timeline import FramingItem, ShotItem, Timeline, to_camera
from cyberdirector.timeline.commands.shots import camera_between, ratio_of

Heads = Callable[[], Mapping[str, NDArray[np.float64]]]


def shot_cameras(
    shot: ShotItem, size: tuple[int, int], heads: Heads | None = None
) -> tuple[Camera, ...]:
    """Return one camera per frame of a shot, or a single one when it stands still.

    A camera that a person set for another picture format is turned and zoomed as little as
    brings the heads of the shot's subjects in; framing set by hand goes before that.

    Parameters
    ----------
    heads
        Gives where those heads are (:func:`~.auto_framing.heads_of`).
    """
    frames = shot.end - shot.start
    ratio = ratio_of(size)
    plain = tuple(to_camera(camera_between(shot, frame)) for frame in range(frames))
    framing = shot.framing.get(ratio, [])
    if not framing and heads is not None and shot.made_for not in ("", ratio):
        framing = default_framing(plain, size, heads())
    cameras = tuple(framed(camera, framing, frame) for frame, camera in enumerate(plain))
    return cameras[:1] if all(camera == cameras[0] for camera in cameras) else cameras


def framed(camera: Camera, keys: list[FramingItem], frame: int) -> Camera:
    """Return a camera turned and zoomed by the framing of its picture's format."""
    if not keys:
        return camera
    x, y, zoom = framing_at(keys, frame)
    half = math.tan(camera.fov / 2.0)
    if x or y:
        right, up, forward = view_axes(camera)
        way = forward + (right * x + up * y) * half
        distance = float(np.linalg.norm(np.subtract(camera.target, camera.eye)))
        way *= distance / np.linalg.norm(way)
        a, b, c = (float(e + w) for e, w in zip(camera.eye, way, strict=True))
        camera = replace(camera, target=(a, b, c))
    return replace(camera, fov=2.0 * math.atan(half / zoom)) if zoom != 1.0 else camera


def framing_at(keys: list[FramingItem], frame: int) -> tuple[float, float, float]:
    """Return x, y and zoom at a frame; moves between keys start and end at rest."""
    if frame <= keys[0].frame:
        return keys[0].x, keys[0].y, keys[0].zoom
    if frame >= keys[-1].frame:
        return keys[-1].x, keys[-1].y, keys[-1].zoom
    after = next(i for i, key in enumerate(keys) if key.frame > frame)
    a, b = keys[after - 1], keys[after]
    t = (frame - a.frame) / (b.frame - a.frame)
    t = t * t * (3.0 - 2.0 * t)
    zoom = a.zoom * (b.zoom / a.zoom) ** t
    return a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, zoom


def shot_set(timeline: Timeline, shot: ShotItem, frame: int) -> str:
    """Return the name of the set at a frame of a shot's scene."""
    for item in reversed(timeline.sets):
        if item.scene == shot.scene and item.start <= frame < item.end:
            return item.set
    return next(scene.set for scene in timeline.scenes if scene.id == shot.scene)


def shot_light(timeline: Timeline, shot: ShotItem, place: Set, frame: int) -> LightRig:
    """Return the light of a shot: its preset, then what lies on the light track.

    Raises
    ------
    InputRefused
        ``light-unknown`` when the set has no such preset.
    """
    preset = shot.light
    values: dict[str, Any] = {}
    for item in timeline.lights:
        if item.scene == shot.scene and item.start <= frame < item.end:
            preset = item.preset or preset
            values |= item.values
    if preset not in place.lights:
        known = "、".join(place.lights)
        raise InputRefused(
            "light-unknown",
            f"镜头 {shot.id}：布景“{place.name}”没有灯光“{preset}”；有：{known}。",
            f"shot {shot.id}: the set '{place.name}' has no light '{preset}'; it has {known}.",
            Location("timeline", path=shot.id),
        )
    rig = place.lights[preset]
    if not values:
        return rig
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
    }
    return replace(rig, **plain)
