"""Choosing, among possible cameras, one that keeps the rules and sees its subject."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.scene import Camera, Set
from cyberdirector.stage.framing import (
    Subject,
    frame_over_shoulder,
    frame_pair,
    frame_person,
)
from cyberdirector.stage.shot import project
from cyberdirector.stage.sightline import Obstacles, passes_body

Point = NDArray[np.float64]

_BODY_RADIUS = 0.26
_NEAR = 0.75
"""Metres: two people nearer than this fit into a tall picture from the side."""
_ANGLES = (32.0, 22.0, 42.0, 12.0, 55.0, 68.0)
_TURNS = (20.0, 34.0, 8.0, 46.0, -14.0, -30.0, 58.0)


class Lens:
    """Finds cameras in one set for one picture shape.

    Parameters
    ----------
    place
        The set.
    aspect
        Width / height of the picture.
    """

    def __init__(self, place: Set, aspect: float) -> None:
        self.place = place
        self.aspect = aspect
        self._obstacles = Obstacles(place)
        self._front = np.array(place.cameras["establish"].eye)

    def side_of(self, a: Subject, b: Subject) -> Point:
        """Return the unit vector from the line a–b to the side where the audience is.

        The set's establishing camera decides, so that the 180° line holds through the
        scene whoever speaks.
        """
        axis = (b.eyes - a.eyes) * (1.0, 0.0, 1.0)
        normal = np.array([axis[2], 0.0, -axis[0]])
        length = float(np.linalg.norm(normal))
        if length < 1e-6:
            normal, length = np.array([0.0, 0.0, 1.0]), 1.0
        normal /= length
        middle = (a.eyes + b.eyes) / 2.0
        return normal if float((self._front - middle) @ normal) >= 0.0 else -normal

    def _faults(self, camera: Camera, seen: list[Subject], others: list[Subject]) -> float:
        """Return how bad a camera is: 0 none; 10 for each face that is hidden."""
        eye = np.array(camera.eye)
        bad = 0.0
        if eye[1] < 0.25:
            bad += 5.0
        for person in seen:
            if not self._obstacles.clear(eye, person.eyes):
                bad += 10.0
            chest = person.eyes - (0.0, 0.32, 0.0)
            if not self._obstacles.clear(eye, chest):
                bad += 2.0
            for other in others:
                if passes_body(eye, person.eyes, other.feet, other.height, _BODY_RADIUS):
                    bad += 6.0
            bad += 12.0 * self._covered(camera, person, others)
            # A back says nothing: one in profile is fine, one turned away is not.
            away = -float(person.facing @ (eye - person.eyes)) / max(
                float(np.linalg.norm(eye - person.eyes)), 1e-6
            )
            bad += (6.0 if person is seen[0] else 2.0) * max(away + 0.05, 0.0)
        for other in others + seen:
            flat = (eye - other.eyes)[[0, 2]]
            if float(np.linalg.norm(flat)) < 0.42 and eye[1] < other.height + 0.1:
                bad += 8.0
        return bad

    def _covered(self, camera: Camera, person: Subject, others: list[Subject]) -> float:
        """Return the share 0..1 of the picture's width that nearer bodies take."""
        _, _, far = project(camera, self.aspect, person.eyes)
        share = 0.0
        for other in others:
            middle = other.eyes - (0.0, 0.35, 0.0)
            x, _, near = project(camera, self.aspect, middle)
            if 0.15 < near < far - 0.25:
                half = _BODY_RADIUS / (near * math.tan(camera.fov / 2.0) * self.aspect)
                share += max(0.0, min(x + half, 1.0) - max(x - half, -1.0)) / 2.0
        return min(share, 1.0)

    def view(
        self, people: list[Subject], names: tuple[str, ...], avoid: str = ""
    ) -> tuple[str, Camera]:
        """Return the camera of the set that shows most of ``people``.

        ``names`` are asked first, in this order of liking; ``avoid`` only when nothing
        else sees anybody.
        """

        def seen(camera: Camera) -> int:
            count = 0
            for person in people:
                x, y, depth = project(camera, self.aspect, person.eyes)
                inside = abs(x) < 0.88 and abs(y) < 0.92 and 0.5 < depth < 14.0
                count += inside and self._obstacles.clear(np.array(camera.eye), person.eyes)
            return count

        known = [n for n in names if n in self.place.cameras and n != avoid] or ["establish"]
        best = max(known, key=lambda n: (seen(self.place.cameras[n]), -known.index(n)))
        return best, self.place.cameras[best]

    def _best(
        self, cameras: Iterator[Camera], seen: list[Subject], others: list[Subject]
    ) -> tuple[float, Camera]:
        best: tuple[float, Camera] | None = None
        for rank, camera in enumerate(cameras):
            bad = self._faults(camera, seen, others) + 0.05 * rank
            if best is None or bad < best[0]:
                best = (bad, camera)
            if bad < 1.0:
                break
        if best is None:
            return 99.0, self.place.cameras["establish"]
        return best

    def person(
        self, who: Subject, size: str, toward: Point, others: list[Subject], lift: float = 0.0
    ) -> tuple[float, Camera]:
        """Return (faults, camera) on one person from the audience's side.

        ``toward`` is the audience's side (unit, horizontal).
        """
        left = np.array([who.facing[2], 0.0, -who.facing[0]])
        side = 1.0 if float(left @ toward) >= 0.0 else -1.0

        def cameras() -> Iterator[Camera]:
            for sign in (side, -side):
                for angle in _ANGLES:
                    yield frame_person(who, size, sign, math.radians(angle), lift, self.aspect)

        return self._best(cameras(), [who], others)

    def pair(
        self, a: Subject, b: Subject, others: list[Subject], lift: float = 0.05
    ) -> tuple[float, Camera]:
        """Return (faults, camera) on two people."""
        side = self.side_of(a, b)

        def cameras() -> Iterator[Camera]:
            near = float(np.linalg.norm((a.eyes - b.eyes)[[0, 2]])) < _NEAR
            extra = 18.0 if self.aspect < 1.0 and not near else 0.0
            for turn in _TURNS:
                for sign in (1.0, -1.0):
                    angle = math.radians(sign * (turn + math.copysign(extra, turn)))
                    yield frame_pair(a, b, side, angle, lift, self.aspect)

        return self._best(cameras(), [a, b], others)

    def over_shoulder(
        self, speaker: Subject, listener: Subject, others: list[Subject]
    ) -> tuple[float, Camera]:
        """Return (faults, camera) over the listener's shoulder on the speaker."""
        side = self.side_of(speaker, listener)
        camera = frame_over_shoulder(speaker, listener, side, self.aspect)
        return self._faults(camera, [speaker], others), camera
