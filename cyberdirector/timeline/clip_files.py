"""Motion and bodies of a project's files, read once; motion at the project's rate."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.skeleton import Rest
from cyberdirector.core.time import Rate
from cyberdirector.motion.resample import resample

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

            self._held[key] = resample(read_vrma(path), self._rate)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]


class BodyFiles:
    """Rest poses of the roles of a project, from ``cast/<role>.vrm``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: dict[tuple[str, int], Rest] = {}

    def __call__(self, role: str) -> Rest:
        """Return the rest pose of a role.

        Raises
        ------
        InputRefused
            ``body-missing`` when the role has no character, and what the reader refuses.
        """
        path = self._root / "cast" / f"{role}.vrm"
        if not path.is_file():
            raise InputRefused(
                "body-missing",
                f"项目里没有角色“{role}”的模型 cast/{role}.vrm。",
                f"the project has no character cast/{role}.vrm.",
                Location(str(self._root), path=role),
            )
        key = (role, path.stat().st_mtime_ns)
        if key not in self._held:
            from cyberdirector.formats import read_vrm

            self._held[key] = read_vrm(path).rest()
        return self._held[key]
