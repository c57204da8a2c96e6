"""Motion files of a project, read once and brought to the project's rate."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.rotations import quat_continuous, quat_slerp
from cyberdirector.core.time import Rate

_HELD = 24
"""Clips that are kept in memory (a minute of one role is about 2 MB)."""


class ClipFiles:
    """Reads ``.vrma`` files of a project folder by their path in it.

    Parameters
    ----------
    root
        The project folder; paths that leave it are refused.
    rate
        The rate at which clips are wanted.
    """

    def __init__(self, root: Path, rate: Rate) -> None:
        self._root = root
        self._rate = rate
        self._held: OrderedDict[tuple[str, int, int], Clip] = OrderedDict()

    def __call__(self, file: str) -> Clip:
        """Return the motion of a file at the project's rate.

        Raises
        ------
        InputRefused
            ``motion-missing`` when there is no such file in the project, and what the reader
            of the format refuses.
        """
        path = (self._root / file).resolve()
        inside = path.is_relative_to(self._root.resolve())
        if not inside or not path.is_file():
            raise InputRefused(
                "motion-missing",
                f"项目里没有动作文件“{file}”。",
                f"the project has no motion file '{file}'.",
                Location(str(self._root), path=file),
            )
        stat = path.stat()
        key = (file, stat.st_size, stat.st_mtime_ns)
        if key not in self._held:
            from cyberdirector.formats import read_vrma

            self._held[key] = at_rate(read_vrma(path), self._rate)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]


def at_rate(clip: Clip, rate: Rate) -> Clip:
    """Return a clip resampled to another rate: rotations by slerp, the rest linearly."""
    if clip.rate == rate or clip.frames < 2:
        return replace(clip, rate=rate)
    step = clip.rate.fraction / rate.fraction
    count = int((clip.frames - 1) / step) + 1
    at = np.arange(count) * float(step)
    left = np.minimum(at.astype(int), clip.frames - 2)
    t = (at - left)[:, None]
    turns = quat_continuous(clip.rotations)

    def mix(rows: np.ndarray) -> np.ndarray:
        return (rows[left] * (1.0 - t) + rows[left + 1] * t).astype(np.float32)

    return replace(
        clip,
        rate=rate,
        root=mix(clip.root),
        rotations=quat_slerp(turns[left], turns[left + 1], t).astype(np.float32),
        weights=mix(clip.weights),
        gaze=mix(clip.gaze),
        contacts=clip.contacts[np.minimum(np.rint(at).astype(int), clip.frames - 1)],
        signs={name: mix(rows[:, None])[:, 0] for name, rows in clip.signs.items()},
    )
