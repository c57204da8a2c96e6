"""Which of the people in a picture is the actor, from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

MAX_PEOPLE = 3
"""People followed at once; every one costs a pass of the heavy model."""

_REACH = 0.6
"""How far, in heights of the body, size and place may jump from one frame to the next."""

_PATIENCE = 0.5
"""Seconds without the actor after which another person of like looks is taken for them."""

_SAME = 0.1
"""Mean distance of all points, in heights of the body, of one person seen twice."""

_CORE = [11, 12, 23, 24]
"""Shoulders and hips of BlazePose."""


@dataclass(frozen=True)
class Stature:
    """Where a body is: ``centre`` (2,) px, ``height`` px of the whole body, ``looks`` (3,)."""

    centre: Floats
    height: float
    looks: Floats


def stature(pose: Floats, pixels: Pixels | None = None) -> Stature:
    """Return place, size and mean colour of the trunk of one pose (33, 4).

    The height is that of all points, and at least 2.2 trunks (a body cut off or bent).
    """
    points = pose[:, :2]
    core = points[_CORE]
    trunk = float(np.linalg.norm(core[:2].mean(0) - core[2:].mean(0)))
    wide = float(np.linalg.norm(core[0] - core[1]))
    height = max(float(np.ptp(points[:, 1])), 2.2 * trunk, 3.0 * wide, 1.0)
    return Stature(core.mean(0), height, _looks(core, pixels))


def _looks(core: Floats, pixels: Pixels | None) -> Floats:
    if pixels is None:
        return np.zeros(3, np.float32)
    middle = core.mean(0)
    spots = np.concatenate([middle + (core - middle) * share for share in (0.2, 0.5, 0.75)])
    x = np.clip(spots[:, 0].astype(int), 0, pixels.shape[1] - 1)
    y = np.clip(spots[:, 1].astype(int), 0, pixels.shape[0] - 1)
    return np.median(pixels[y, x].astype(np.float32), axis=0) / np.float32(255)


def distinct(poses: Floats) -> list[int]:
    """Return the numbers of poses (k, 33, 4) that are people of their own, best seen first.

    Two poses less than :data:`_SAME` of a body apart are the same person seen twice.
    """
    kept: list[int] = []
    order = np.argsort(-poses[..., 3].mean(axis=1), kind="stable")
    for i in order:
        height = stature(poses[i]).height
        far = all(
            float(np.linalg.norm(poses[i, :, :2] - poses[k, :, :2], axis=-1).mean())
            > _SAME * height
            for k in kept
        )
        if far and float(poses[i, _CORE, 3].mean()) > 0.5:
            kept.append(int(i))
    return kept


class Actor:
    """Follows one person.

    Parameters
    ----------
    number
        The wanted person, counted from 1 from left to right in the first picture that shows
        so many; None takes the largest.
    """

    def __init__(self, number: int | None = None) -> None:
        self._number = number
        self._last: Stature | None = None
        self._speed = np.zeros(2, np.float32)
        self._time = 0.0
        self.most = 0

    @property
    def found(self) -> bool:
        """Whether the actor was ever seen."""
        return self._last is not None

    def cut(self) -> None:
        """Expect the actor anywhere (the picture cut), by looks alone."""
        self._time = -np.inf

    def choose(self, poses: Floats, pixels: Pixels, time: float) -> int | None:
        """Return which of the poses (k, 33, 4) is the actor at ``time`` seconds, if any."""
        known = distinct(poses)
        self.most = max(self.most, len(known))
        seen = {i: stature(poses[i], pixels) for i in known}
        if not seen:
            return None
        if self._last is None:
            chosen = self._first(seen)
        else:
            chosen = self._next(seen, time)
        if chosen is not None:
            self._follow(seen[chosen], time)
        return chosen

    def _first(self, seen: dict[int, Stature]) -> int | None:
        if self._number is None:
            return max(seen, key=lambda i: seen[i].height)
        if len(seen) < self._number:
            return None
        order = sorted(seen, key=lambda i: float(seen[i].centre[0]))
        return order[self._number - 1]

    def _next(self, seen: dict[int, Stature], time: float) -> int | None:
        last = self._last
        assert last is not None
        gap = time - self._time
        expected = last.centre + self._speed * min(gap, 0.2) if np.isfinite(gap) else None

        def cost(i: int) -> float:
            body = seen[i]
            colour = float(np.abs(body.looks - last.looks).mean())
            if expected is None:
                return colour
            away = float(np.linalg.norm(body.centre - expected)) / last.height
            return away + abs(float(np.log(body.height / last.height))) + colour

        best = min(seen, key=cost)
        if expected is None:
            return best
        if gap > _PATIENCE:
            alike = float(np.abs(seen[best].looks - last.looks).mean()) < 0.15
            return best if alike or self.most == 1 else None
        return best if cost(best) < _REACH else None

    def _follow(self, body: Stature, time: float) -> None:
        last, gap = self._last, time - self._time
        if last is not None and 0 < gap < 0.2:
            speed = (body.centre - last.centre) / np.float32(gap)
            self._speed = 0.6 * self._speed + 0.4 * speed
            looks = 0.95 * last.looks + 0.05 * body.looks
            height = 0.8 * last.height + 0.2 * body.height
        else:
            self._speed = np.zeros(2, np.float32)
            looks, height = body.looks, body.height
        self._last, self._time = Stature(body.centre, height, looks.astype(np.float32)), time

    def check(self, file: str) -> None:
        """Refuse a take in which the actor was never seen.

        Raises
        ------
        InputRefused
            ``person-missing`` (fewer people than asked for) or ``nobody-seen``.
        """
        if self.found:
            return
        if self._number is not None and self.most:
            raise InputRefused(
                "person-missing",
                f"要第 {self._number} 个人，但画面里同时最多只有 {self.most} 个人。",
                f"person {self._number} was asked for, at most {self.most} are seen at once.",
                Location(file=file),
            )
        raise InputRefused(
            "nobody-seen",
            "没有看到人：请让全身入镜、光线充足、背景与衣服有反差（画中人物与卡通不算）。",
            "nobody was seen: film the whole body, in good light, in clothes that stand out "
            "from the background (drawings and cartoons do not count).",
            Location(file=file),
        )
