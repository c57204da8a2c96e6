"""What is known of a take, how much each term counts, and the figure that is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import LANDMARK, landmarks

Floats = NDArray[np.float64]

FEET = [LANDMARK[n] for n in ("leftHeel", "leftToe", "rightHeel", "rightToe")]
"""Landmarks that stand on the floor."""


@dataclass(frozen=True)
class Weights:
    """How much each term counts (tuned on wave_hello and one walk)."""

    picture: float = 400.0
    outlier: float = 0.06
    """Distance in metres at the actor from which a landmark is taken for wrong."""
    aim: float = 4.0
    frame: float = 8.0
    smooth: float = 0.003
    legs: float = 2.0
    arms: float = 0.6
    deep: float = 14.0
    """How much more arms are smoothed along the view, where the picture tells nothing."""
    trunk: float = 1.2
    root: float = 1.0
    fall: float = 20.0
    """How much more the root keeps to free fall while no foot bears."""
    clavicle: float = 8.0
    neck: float = 1.5
    straight: float = 0.1
    upright: float = 1.0
    """How much more the knees of who stands still are held straight: pictures hardly tell bent
    knees from short legs."""
    foot: float = 0.4
    stand: float = 4.0
    ground: float = 60.0
    reach: float = 0.2
    balance: float = 60.0
    sole: float = 0.03
    """Metres around the middle of the soles within which the weight of who stands may lie."""
    knee: float = 20.0
    size: float = 0.1
    """Spread of the measures of people beside their height (logarithm)."""


@dataclass(frozen=True)
class Aim:
    """Where a vector that is fixed in a segment should point.

    Attributes
    ----------
    segment
        Index of the segment.
    vector
        (3,) unit vector in T-pose.
    target
        (n, 3) unit vectors, camera space.
    weight
        (n,).
    """

    segment: int
    vector: Floats
    target: Floats
    weight: Floats


@dataclass(frozen=True)
class Problem:
    """What is known of a take.

    Attributes
    ----------
    rate
        Frames per second of even time.
    flat
        (n, 19, 2) landmarks at distance one, x right, y up.
    trust
        (n, 19), 0..1; 0 is not seen.
    aims
        What is known of directions.
    joined
        (n - 1,) bool: whether a frame continues the one before.
    planted
        (n, 4) 0..1: left heel, left toe, right heel, right toe stand still.
    up, floor
        Direction up in camera space and height of the floor along it; ``floor`` is None
        while it is not known.
    flight
        (n,) bool, in the air: the root falls freely; None while that is not known.
    """

    rate: float
    flat: Floats
    trust: Floats
    aims: Sequence[Aim]
    joined: NDArray[np.bool_]
    planted: Floats
    up: Floats = field(default_factory=lambda: np.array([0.0, 1.0, 0.0]))
    floor: float | None = None
    flight: NDArray[np.bool_] | None = None

    def part(self, start: int, end: int) -> Problem:
        """Return frames ``start:end`` (half-open)."""
        aims = [
            Aim(a.segment, a.vector, a.target[start:end], a.weight[start:end])
            for a in self.aims
        ]
        return replace(
            self, flat=self.flat[start:end], trust=self.trust[start:end], aims=aims,
            joined=self.joined[start : end - 1], planted=self.planted[start:end],
            flight=None if self.flight is None else self.flight[start:end],
        )  # fmt: skip


@dataclass(frozen=True)
class State:
    """A figure over time, in camera space; see :mod:`solve_figure`."""

    root: Floats
    turns: Floats
    sizes: Floats

    def points(self) -> Floats:
        """Return the landmarks, (n, 19, 3) metres."""
        return landmarks(self.root, self.turns, self.sizes)
