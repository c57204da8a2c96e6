"""How a camera moves in a shot: keys that push in, and that follow a person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import Camera
from cyberdirector.stage.framing import make_camera
from cyberdirector.stage.shot import CameraKey, project

KEYS_A_SECOND = 8
"""Keys of a camera that follows somebody."""
_RISE = 0.18
"""Metres that eyes go up or down before a camera tilts after them."""
_SIDE = 0.55
"""How far to a side of the picture (its edge is 1) eyes go before a camera pans after them."""


def smooth(path: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Return a path (n, 3) low-passed by a Gaussian of ``sigma`` frames, ends held."""
    radius = max(1, int(3 * sigma))
    x = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (x / max(sigma, 1e-6)) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(path, ((radius, radius), (0, 0)), mode="edge")
    return np.stack([np.convolve(padded[:, i], kernel, "valid") for i in range(3)], axis=1)


def push_in(camera: Camera, share: float, frames: int) -> tuple[CameraKey, ...]:
    """Return one key, or two that move ``share`` of the way towards the target."""
    if share <= 0.0:
        return (CameraKey(0, camera),)
    eye, target = np.array(camera.eye), np.array(camera.target)
    end = make_camera(eye + (target - eye) * share, target, camera.fov)
    return (CameraKey(0, camera), CameraKey(frames - 1, replace(end, target=camera.target)))


def pan(
    eye: NDArray[np.float64], targets: NDArray[np.float64], fov: float, fps: float
) -> tuple[CameraKey, ...]:
    """Return keys of a camera at ``eye`` (3,) that looks at ``targets`` (frames, 3), metres."""
    step = max(1, round(fps / KEYS_A_SECOND))
    picks = [*range(0, len(targets) - 1, step), len(targets) - 1]
    return tuple(CameraKey(i, make_camera(eye, targets[i], fov)) for i in picks)


def rises(eyes: NDArray[np.float64]) -> bool:
    """Tell whether eyes (frames, 3) go up or down so far that a camera should tilt."""
    return float(np.ptp(eyes[:, 1])) >= _RISE


def leaves(camera: Camera, eyes: NDArray[np.float64], aspect: float) -> bool:
    """Tell whether eyes (frames, 3) come near a side of the picture."""
    return any(abs(project(camera, aspect, at)[0]) > _SIDE for at in eyes)


def keep_in_frame(
    camera: Camera, eyes: NDArray[np.float64], framed: NDArray[np.float64], aspect: float,
    fps: float,
) -> tuple[CameraKey, ...] | None:  # fmt: skip
    """Return keys that follow a person who rises, sinks or leans out; None for others.

    Parameters
    ----------
    camera
        Made for eyes at ``framed`` (3,), metres.
    eyes
        (frames, 3) where they are.
    aspect
        Width over height of the picture.
    """
    moved = smooth(eyes, 0.12 * fps)
    if not (rises(eyes) or leaves(camera, moved, aspect)):
        return None
    return pan(np.array(camera.eye), np.array(camera.target) + moved - framed, camera.fov, fps)
