"""A shot: a span of a scene seen by one camera."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from cyberdirector.core.scene import Camera


@dataclass(frozen=True)
class CameraKey:
    """A camera at a frame counted from the start of its shot."""

    frame: int
    camera: Camera


@dataclass(frozen=True)
class Shot:
    """Frames ``start:end`` of a scene (half-open, counted from the scene's start).

    ``size`` is ``establish``, ``full``, ``two``, ``medium``, ``mcu`` (medium close-up),
    ``close`` or ``over`` (over the shoulder); ``subjects`` are the roles it is about,
    first the one in focus; ``segments`` the ids of the segments that it covers; ``why``
    one word for the report.
    """

    id: str
    scene: str
    start: int
    end: int
    size: str
    subjects: tuple[str, ...]
    keys: tuple[CameraKey, ...]
    light: str
    segments: tuple[str, ...]
    why: str = ""

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.end - self.start


def _blend(a: Camera, b: Camera, t: float) -> Camera:
    def mix(p: tuple[float, ...], q: tuple[float, ...]) -> tuple[float, float, float]:
        x, y, z = (u + (v - u) * t for u, v in zip(p, q, strict=True))
        return x, y, z

    return replace(
        a,
        eye=mix(a.eye, b.eye),
        target=mix(a.target, b.target),
        fov=a.fov + (b.fov - a.fov) * t,
        roll=a.roll + (b.roll - a.roll) * t,
    )


def camera_at(keys: tuple[CameraKey, ...], frame: int) -> Camera:
    """Return the camera at ``frame``: two keys are eased, more are joined linearly.

    A move between two keys starts and ends at rest (smoothstep); keys that follow a
    walking person are dense and already smooth.
    """
    if frame <= keys[0].frame:
        return keys[0].camera
    if frame >= keys[-1].frame:
        return keys[-1].camera
    after = next(i for i, key in enumerate(keys) if key.frame > frame)
    a, b = keys[after - 1], keys[after]
    t = (frame - a.frame) / (b.frame - a.frame)
    if len(keys) == 2:
        t = t * t * (3.0 - 2.0 * t)
    return _blend(a.camera, b.camera, t)


def view_axes(camera: Camera) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return right, up and forward unit vectors of a camera, world space."""
    forward = np.subtract(camera.target, camera.eye)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 1.0, 0.0))
    right /= np.linalg.norm(right)
    return right, np.cross(right, forward), forward


def project(camera: Camera, aspect: float, point: np.ndarray) -> tuple[float, float, float]:
    """Return x and y in -1..1 (right, up) and the depth in metres of a world point."""
    right, up, forward = view_axes(camera)
    arm = np.asarray(point, dtype=np.float64) - camera.eye
    depth = float(arm @ forward)
    half = max(depth, 1e-6) * math.tan(camera.fov / 2.0)
    return float(arm @ right) / (half * aspect), float(arm @ up) / half, depth
