"""A rough take while the film runs: smoothed as it comes, no look ahead.

Everything the preview shows is thrown away when the film is captured properly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.video import Video, open_video, watching
from cyberdirector.core.errors import AdapterUnavailable
from cyberdirector.core.skeleton import BONE_COUNT, BONE_INDEX

Floats = NDArray[np.float64]

_FORMATS = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
"""How FFmpeg names cameras of each system."""


class OneEuro:
    """Low-pass filter that follows fast movements and calms slow ones.

    Casiez, Roussel, Vogel: "1€ Filter" (CHI 2012). ``least`` is the cut-off at rest in
    hertz, ``speed`` how much of the speed (units a second) is added to it.
    """

    def __init__(self, least: float = 1.5, speed: float = 4.0) -> None:
        self._least, self._speed = least, speed
        self._value: Floats | None = None
        self._slope: Floats | None = None
        self._time = 0.0

    def __call__(self, value: Floats, time: float) -> Floats:
        """Return the filtered value at ``time`` seconds; NaN rows keep the last value."""
        known = np.isfinite(value)
        if self._value is None or self._slope is None:
            self._value, self._slope = np.where(known, value, 0.0), np.zeros_like(value)
            self._time = time
            return self._value
        step = max(time - self._time, 1e-3)
        self._time = time
        value = np.where(known, value, self._value)
        slope = (value - self._value) / step
        self._slope = self._slope + _share(np.array(1.0), step) * (slope - self._slope)
        cut = self._least + self._speed * np.abs(self._slope)
        self._value = self._value + _share(cut, step) * (value - self._value)
        return self._value


def _share(cut: Floats, step: float) -> Floats:
    return np.asarray(1.0 / (1.0 + 1.0 / (2.0 * np.pi * cut * step)))


class LiveBody:
    """Turns the landmarks of one picture at once into a pose.

    The camera is taken to be level; the floor is where the lowest foot was so far.
    """

    def __init__(self, height: float, rate: float, size: tuple[int, int]) -> None:
        from cyberdirector.capture.camera import focal_of
        from cyberdirector.capture.skeleton_fit import rest_of
        from cyberdirector.capture.solve_prior import human

        self._sizes, self._rate, self._size = human(height), rate, size
        self.rest = rest_of(self._sizes)
        self._focal = focal_of(size)
        self._flat, self._world = OneEuro(2.0, 6.0), OneEuro(1.5, 5.0)
        self._root = OneEuro(1.0, 1.5)
        self._low: list[float] = []
        self._pose: tuple[Floats, Floats] | None = None

    def pose(
        self, pose: NDArray[np.float32] | None, world: NDArray[np.float32] | None, time: float
    ) -> tuple[Floats, Floats]:
        """Return root (3,) metres and rotations (55, 4) at ``time`` seconds.

        ``pose`` (33, 4) and ``world`` (33, 3) are as in ``Observations``; without them the
        last pose is kept.
        """
        from cyberdirector.capture.camera import to_rays
        from cyberdirector.capture.skeleton_fit import bone_turns
        from cyberdirector.capture.solve_figure import BLAZEPOSE
        from cyberdirector.capture.solve_prior import first_roots, first_turns, scaled_world

        if pose is None or world is None:
            return self._pose or _standing(self.rest.hip_height)
        rays = to_rays(pose[None, :, :2].astype(np.float64), self._size, self._focal)
        flat = self._flat(rays[0, BLAZEPOSE], time)[None]
        trust = pose[None, BLAZEPOSE, 3].astype(np.float64)
        points = scaled_world(self._world(world.astype(np.float64), time)[None], flat, trust)
        turns = first_turns(points)
        root = self._root(first_roots(flat, trust, turns, self._sizes)[0], time)
        rotations = bone_turns(turns, self._rate)[0]
        feet, _ = self.rest.forward(root, rotations)
        low = float(feet[[_TOES_LEFT, _TOES_RIGHT, _FOOT_LEFT, _FOOT_RIGHT], 1].min())
        self._low = [*self._low[-299:], low]
        lifted = root - np.array([0.0, float(np.percentile(self._low, 10)), 0.0])
        self._pose = (lifted, rotations)
        return self._pose


_FOOT_LEFT, _FOOT_RIGHT, _TOES_LEFT, _TOES_RIGHT = (
    BONE_INDEX[n] for n in ("leftFoot", "rightFoot", "leftToes", "rightToes")
)


def _standing(height: float) -> tuple[Floats, Floats]:
    turns = np.zeros((BONE_COUNT, 4))
    turns[:, 3] = 1.0
    return np.array([0.0, height, 0.0]), turns


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
