"""A rough take while the film runs: smoothed as it comes, no look ahead.

Everything the preview shows is thrown away when the film is captured properly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.attach import Grid, put_face, put_hand
from cyberdirector.capture.camera import CaptureCamera, focal_of
from cyberdirector.capture.landmarks import Looked, Parts
from cyberdirector.capture.observations import Observations
from cyberdirector.capture.online import OnlineSolver, Posed
from cyberdirector.capture.skeleton_fit import bone_turns
from cyberdirector.capture.solve import HEIGHT
from cyberdirector.capture.video import Video, open_video, watching
from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.skeleton import Rest
from cyberdirector.motion.plant import plant_feet

Floats = NDArray[np.float64]

_FORMATS = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
"""How FFmpeg names cameras of each system."""


class LiveTake:
    """Gathers what is seen and poses the body picture by picture, without the future.

    Parameters
    ----------
    size
        Width and height of the upright picture, pixels.
    height
        Of the actor, metres; None takes an adult.
    fov
        Angle of view along the longer side, radians; None takes 60°.
    """

    def __init__(
        self, size: tuple[int, int], height: float | None = None, fov: float | None = None
    ) -> None:
        self._solver = OnlineSolver(size, height or HEIGHT, fov)
        self._size, self._focal = size, focal_of(size, fov)
        self._poses: list[Posed] = []
        self._times: list[float] = []

    def __len__(self) -> int:
        return len(self._poses)

    def add(self, look: Looked) -> Posed:
        """Return the pose at one more picture; without a body the last one is held."""
        pose = look.rows.get("pose", np.full((33, 4), np.nan))
        world = look.rows.get("world", np.full((33, 3), np.nan))
        posed = self._solver.feed(look.picture.time, pose, world)
        self._poses.append(posed)
        self._times.append(look.picture.time)
        return posed

    def clip(self, seen: Observations, parts: Parts) -> tuple[Clip, Rest]:
        """Return the rough take and its body: planted feet, fingers, face and gaze as seen.

        Parameters
        ----------
        seen
            What was gathered of the same pictures.
        parts
            What to put on the body.
        """
        rest, fps = self._solver.rest, seen.rate.fps
        times = np.array(self._times) - self._times[0]
        even = np.arange(max(2, round(float(times[-1]) * fps) + 1)) / fps
        at = np.clip(np.searchsorted(times, even - 0.5 / fps), 0, len(times) - 1)
        root, turns = _calm(
            np.array([self._poses[i].root for i in at]),
            np.array([self._poses[i].turns for i in at]),
            fps,
        )
        clip = replace(
            Clip.rest(len(even), seen.rate, rest.hip_height),
            root=root.astype(np.float32),
            # Over the whole take limbs do not change the side to which they twist.
            rotations=bone_turns(turns, fps).astype(np.float32),
            contacts=np.array([self._poses[i].planted for i in at], np.bool_),
        )
        if parts.body:
            clip = plant_feet(clip, rest)
        place = (np.eye(3), np.zeros(3))
        camera = CaptureCamera(
            self._size, self._focal, np.array([0.0, 1.0, 0.0]), 0.0, None, place
        )
        grid = Grid.of(seen.times, clip.frames, clip.rate)
        sure = np.zeros((clip.frames, 9), np.float32)
        if parts.face:
            clip = put_face(clip, rest, seen, grid, camera, sure, [])
        if parts.hands:
            for side in (0, 1):
                clip = put_hand(clip, rest, seen, grid, camera, side, sure, {})
        return clip, rest


CALM = 0.05
"""Seconds (standard deviation) over which a live take is smoothed once it has ended."""


def _calm(root: Floats, turns: Floats, rate: float) -> tuple[Floats, Floats]:
    """Return root (n, 3) and turns (n, 16, 3, 3) without the trembling of single pictures."""
    from scipy.ndimage import gaussian_filter1d

    sigma = CALM * rate
    u, _, v = np.linalg.svd(gaussian_filter1d(turns, sigma, axis=0, mode="nearest"))
    near = u @ v
    near = u * np.where(np.arange(3) < 2, 1.0, np.linalg.det(near)[..., None])[..., None, :] @ v
    return gaussian_filter1d(root, sigma, axis=0, mode="nearest"), near


@contextmanager
def open_source(source: str, start: float, end: float | None, limit: float) -> Iterator[Video]:
    """Open a film, or the camera of a number (``0``, ``1`` …).

    Raises
    ------
    AdapterUnavailable
        ``camera-missing``.
    InputRefused
        As :func:`cyberdirector.capture.video.open_video`.
    """
    if not source.isdecimal():
        with open_video(Path(source), start, end, limit) as video:
            yield video
        return
    import av

    system = _FORMATS.get(sys.platform, "v4l2")
    name = f"/dev/video{source}" if system == "v4l2" else source
    try:
        container: Any = av.open(name, format=system)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise AdapterUnavailable(
            "camera-missing",
            f"打不开第 {source} 号摄像头（{error}），请检查连接与权限，或改用视频文件。",
            f"camera {source} cannot be opened ({error}); check cable and permission, or give "
            "a video file.",
        ) from error
    with watching(container, f"camera {source}", 0.0, end, limit) as video:
        yield video
