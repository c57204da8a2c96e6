"""Movement while the camera runs: a preview, frame by frame, without the future.

One-euro filters steady the landmarks and each frame is posed by itself. The take that counts is
solved afterwards by :func:`~cyberdirector.capture.solve.solve_clip`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.camera import focal_of, to_rays
from cyberdirector.capture.skeleton_fit import SOLE, bone_turns, rest_of
from cyberdirector.capture.solve_figure import BLAZEPOSE, SEGMENTS, landmarks
from cyberdirector.capture.solve_prior import (
    first_roots,
    first_turns,
    human,
    scaled_world,
)
from cyberdirector.capture.solve_problem import FEET
from cyberdirector.core.skeleton import Rest

Floats = NDArray[np.float64]

_STILL = 0.25
"""Metres a second below which a foot holds the body."""


class OneEuro:
    """Low-pass filter that opens with speed (Casiez, Roussel and Vogel, CHI 2012).

    Parameters
    ----------
    cutoff
        Hertz at rest.
    beta
        How much the cutoff grows with speed (units of the values a second).
    """

    def __init__(self, cutoff: float, beta: float) -> None:
        self._cutoff, self._beta = cutoff, beta
        self._value: Floats | None = None
        self._speed: Floats | None = None

    def __call__(self, values: Floats, seconds: float) -> Floats:
        """Return the filtered values after ``seconds`` since the last call."""
        if self._value is None or self._speed is None or seconds <= 0.0:
            self._value, self._speed = values.copy(), np.zeros_like(values)
            return self._value
        speed = (values - self._value) / seconds
        self._speed = self._speed + _share(1.0, seconds) * (speed - self._speed)
        share = _share(self._cutoff + self._beta * np.abs(self._speed), seconds)
        self._value = self._value + share * (values - self._value)
        return self._value


def _share(cutoff: float | Floats, seconds: float) -> Floats:
    r = 2.0 * math.pi * np.asarray(cutoff) * seconds
    return np.asarray(r / (r + 1.0))


@dataclass(frozen=True)
class Posed:
    """One frame of a preview.

    Attributes
    ----------
    root
        (3,) hips, metres, world.
    turns
        (16, 3, 3) segments (:data:`~cyberdirector.capture.solve_figure.SEGMENTS`) in the world.
    rotations
        (55, 4) xyzw, local to parent, rest = identity.
    seen
        Whether a body was seen; else the last pose is held.
    planted
        (2,) whether the left and right foot bear.
    """

    root: Floats
    turns: Floats
    rotations: Floats
    seen: bool
    planted: NDArray[np.bool_]


class OnlineSolver:
    """Poses a body of a height from landmarks as they come.

    Parameters
    ----------
    size
        Width and height of the upright picture, pixels.
    height
        Of the actor, metres.
    fov
        Angle of view along the longer side, radians; None takes 60°.
    """

    def __init__(
        self, size: tuple[int, int], height: float = 1.68, fov: float | None = None
    ) -> None:
        self._size, self._focal = size, focal_of(size, fov)
        self._sizes = human(height)
        self.rest: Rest = rest_of(self._sizes)
        # Pixels of a person of 500 pixels and metres move alike with these settings.
        self._flat, self._world = OneEuro(1.5, 4.0), OneEuro(1.2, 2.0)
        self._root = OneEuro(1.0, 1.0)
        self._time: float | None = None
        self._floor: float | None = None
        self._feet: Floats | None = None
        self._shift = np.zeros(3)
        self._last = Posed(
            np.array([0.0, self.rest.hip_height, 0.0]),
            np.tile(np.eye(3), (len(SEGMENTS), 1, 1)),
            np.tile([0.0, 0.0, 0.0, 1.0], (55, 1)),
            False,
            np.ones(2, np.bool_),
        )
        self._planted = np.ones(2, np.bool_)

    def feed(self, time: float, pose: Floats, world: Floats) -> Posed:
        """Return the pose after one more frame.

        Parameters
        ----------
        time
            Seconds, increasing.
        pose
            (33, 4) x, y pixels, z, visibility; NaN when nobody was seen.
        world
            (33, 3) metres.
        """
        if not (np.isfinite(pose[:, :2]).all() and np.isfinite(world).all()):
            self._last = replace(self._last, seen=False)
            return self._last
        seconds = 0.0 if self._time is None else time - self._time
        self._time = time
        flat = self._flat(
            to_rays(np.asarray(pose[:, :2], float), self._size, self._focal), seconds
        )
        body = self._world(np.asarray(world, float), seconds)
        flat = flat[None, BLAZEPOSE]
        trust = np.clip(np.asarray(pose[None, BLAZEPOSE, 3], float), 0.1, 1.0)
        turns = first_turns(scaled_world(body[None], flat, trust))
        root = self._root(first_roots(flat, trust, turns, self._sizes)[0], seconds)
        root = root + self._stand(root, turns, seconds)
        self._last = Posed(root, turns[0], bone_turns(turns, 30.0)[0], True, self._planted)
        return self._last

    def _stand(self, root: Floats, turns: Floats, seconds: float) -> Floats:
        """Return the shift that puts the lower foot on the floor and holds slow feet."""
        feet = landmarks(root[None], turns, self._sizes)[0, FEET]
        low = float(feet[:, 1].min())
        # The floor follows downwards at once and upwards slowly, so that jumps leave it.
        if self._floor is None:
            self._floor = low
        self._floor = min(low, self._floor + 0.15 * seconds)
        shift = self._shift.copy()
        if self._feet is not None and seconds > 0.0:
            step = feet - self._feet
            speed = np.linalg.norm(step[:, [0, 2]], axis=-1) / seconds
            near = feet[:, 1] - self._floor < 0.06
            held = near & (speed < _STILL)
            self._planted = held[0::2] | held[1::2]
            if held.any():
                shift[[0, 2]] -= step[held][:, [0, 2]].mean(axis=0)
        # What was held back is given back slowly: the picture decides in the end.
        self._shift = shift * (1.0 - min(1.0, 0.8 * seconds))
        self._feet = feet
        return np.array([self._shift[0], SOLE - self._floor, self._shift[2]])
