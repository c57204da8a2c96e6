"""A camera that sees everything, for those who do not want to place one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cyberdirector.core.scene import Camera
from cyberdirector.render.plain import PlainMesh

FOV = 0.45
"""Vertical angle in radians: about a 55 mm lens on full frame in 3:2."""
_AIR = 1.08
"""Room around the picture's content."""
_NOBODY = np.array([[-0.3, 0.0, -0.2], [0.3, 1.7, 0.2]], np.float32)


def overview(meshes: Sequence[PlainMesh], size: tuple[int, int], yaw: float = 0.0) -> Camera:
    """Return a camera in front (+Z, turned by ``yaw`` radians) that holds all meshes.

    Parameters
    ----------
    meshes
        What is to be seen; without any the camera looks at a person's height.
    size
        (width, height) of the picture in pixels.
    """
    points = [m.positions for m in meshes if len(m.positions)]
    low = np.min([p.min(axis=0) for p in points], axis=0) if points else np.zeros(3)
    high = (
        np.max([p.max(axis=0) for p in points], axis=0) if points else np.array([0.3, 1.7, 0.3])
    )
    center = (low + high).astype(np.float64) / 2.0
    half = np.maximum((high - low).astype(np.float64) / 2.0, 1e-3)
    away = np.array([np.sin(yaw), 0.08, np.cos(yaw)])
    tangent = float(np.tan(FOV / 2.0))
    across = abs(np.cos(yaw)) * half[0] + abs(np.sin(yaw)) * half[2]
    depth = abs(np.sin(yaw)) * half[0] + abs(np.cos(yaw)) * half[2]
    fits = max(half[1] / tangent, across / (tangent * size[0] / size[1]))
    distance = _AIR * fits + depth
    eye = center + away * distance
    far = max(400.0, 4.0 * distance)
    near = min(0.05, 0.02 * float(distance))
    return Camera(
        (float(eye[0]), float(eye[1]), float(eye[2])),
        (float(center[0]), float(center[1]), float(center[2])),
        FOV,
        near=near,
        far=far,
    )
