"""Eyelids of a figure: shapes made from the hole between its own lids.

The upper rim is brought onto the lower rim, in front of the eyeball; skin above it follows
less the further away it is. Lashes on the rim go along whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_rotate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_SLIDE = (0.26, 0.22)
"""How far a gaze at its end moves the iris: shares of the eye's width and height."""

_TURN = (0.42, 0.30)
"""Radians by which such a gaze turns a round eyeball sideways and up."""

_WHITE = 0.85
"""A flat piece as wide as this share of the eye is the white behind the iris."""

_FADE = (1.15, 0.8)
"""Heights of the eye over which skin above and below the rims follows less and less."""

_AMOUNTS = {
    "eyeBlink": (0.97, 0.03),
    "eyeSquint": (0.24, 0.30),
    "eyeWide": (-0.20, -0.06),
    "eyeLookDown": (0.30, -0.10),
    "eyeLookUp": (-0.10, 0.04),
    "eyeLookIn": (0.0, 0.0),
    "eyeLookOut": (0.0, 0.0),
}
"""Shares of the gap by which the upper rim goes down and the lower rim up."""

_LASH = 0.05
"""Share of the eye's width by which lashes come forward over closed lids."""

_GAZE = {
    "eyeLookIn": (-1.0, 0.0), "eyeLookOut": (1.0, 0.0),
    "eyeLookUp": (0.0, 1.0), "eyeLookDown": (0.0, -1.0),
}  # fmt: skip
"""Outward and upward."""


@dataclass(frozen=True)
class Lids:
    """One eye of a figure.

    Attributes
    ----------
    upper, lower
        (n, 3) rims from the right to the left corner, metres.
    side
        ``Left`` or ``Right``.
    """

    upper: Floats
    lower: Floats
    side: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and greatest height of the gap, metres."""
        x = np.linspace(self.upper[0, 0], self.upper[-1, 0], 33)
        gap = self._at(self.upper, x, 1) - self._at(self.lower, x, 1)
        return float(np.ptp(self.upper[:, 0])), float(max(gap.max(), 1e-6))

    @staticmethod
    def _at(curve: Floats, x: Floats, axis: int) -> Floats:
        return np.asarray(np.interp(x, curve[:, 0], curve[:, axis]))

    def offsets(
        self, name: str, points: Floats, pieces: Ints, skin: Bools, ball: Bools
    ) -> Floats:
        """Return the moves (n, 3) of a shape such as ``eyeBlink``, metres.

        Parameters
        ----------
        points
            (n, 3) vertices that may move.
        pieces
            (n,) connected piece of each.
        skin, ball
            (n,) which belong to the skin of the face, and which to the eye behind the lids.
        """
        width, height = self.size
        down, rise = _AMOUNTS[name]
        x, y = points[:, 0], points[:, 1]
        top, low = (self._at(c, x, 1) for c in (self.upper, self.lower))
        gap = np.maximum(top - low, 0.0)
        gap[(x < self.upper[0, 0]) | (x > self.upper[-1, 0])] = 0.0
        above, below = y - top, low - y
        over = y > 0.5 * (top + low)
        depth = np.abs(points[:, 2] - self._at(self.upper, x, 2)) < 0.8 * width
        beside = np.clip((x - self.upper[0, 0]) / (0.08 * width), 0.0, 1.0)
        beside *= np.clip((self.upper[-1, 0] - x) / (0.08 * width), 0.0, 1.0)
        follow_up = _fade(above / (_FADE[0] * height)) * (over & depth)
        follow_low = _fade(below / (_FADE[1] * height)) * (~over & depth)
        lash = np.zeros(len(points), np.bool_)
        for piece in np.unique(pieces[~skin & ~ball & depth]):
            rows = pieces == piece
            if self._is_lash(above[rows], height):
                follow_up[rows], follow_low[rows] = 1.0, 0.0
                lash |= rows
            elif float(above[rows].mean()) > 0.4 * height:  # a brow
                follow_up[rows] = 0.0
        out = np.zeros_like(points)
        out[:, 1] = gap * (rise * follow_low - down * follow_up)
        if name in ("eyeBlink", "eyeSquint", "eyeLookDown"):
            forward = self._forward(points, out, ball, width)
            out[:, 2] = forward * np.maximum(follow_up, follow_low) * np.sqrt(beside)
            out[lash, 2] += _LASH * width * np.clip(-out[lash, 1] / height, 0.0, 1.0)
        out[ball] = 0.0
        if name in _GAZE:
            self._look(out, name, points, pieces, ball)
        return out

    def _look(self, out: Floats, name: str, points: Floats, pieces: Ints, ball: Bools) -> None:
        """Slide flat irises over their white, and turn round eyeballs, in place."""
        width, height = self.size
        side, rise = _GAZE[name]
        outward = side if self.side == "Left" else -side
        kinds = np.unique(pieces[ball])
        sizes = {k: np.ptp(points[ball & (pieces == k)], axis=0) for k in kinds}
        small = any(size[0] < _WHITE * width for size in sizes.values())
        for kind, size in sizes.items():
            rows = ball & (pieces == kind)
            if size[2] > 0.45 * size[0]:
                centre = 0.5 * (points[rows].min(axis=0) + points[rows].max(axis=0))
                turn = quat_from_yaw_pitch_roll(_TURN[0] * outward, -_TURN[1] * rise, 0.0)
                local = points[rows] - centre
                out[rows] = quat_rotate(turn, local) - local
            elif size[0] < _WHITE * width or not small:
                out[rows, 0] = outward * _SLIDE[0] * width
                out[rows, 1] = rise * _SLIDE[1] * height

    @staticmethod
    def _is_lash(above: Floats, height: float) -> bool:
        """Tell whether a piece, by its heights over the upper rim, is a lash on it."""
        low, high, mean = float(above.min()), float(above.max()), float(above.mean())
        return abs(low) < 0.4 * height and high < 0.8 * height and mean < 0.28 * height

    def _forward(self, points: Floats, moves: Floats, ball: Bools, width: float) -> Floats:
        """Return how far (n,) vertices must come forward to stay in front of the eye."""
        x, y = points[:, 0], points[:, 1] + moves[:, 1]
        rim = 0.5 * (self._at(self.upper, x, 2) + self._at(self.lower, x, 2))
        wanted = rim
        if ball.any():
            from scipy.spatial import cKDTree

            eye = points[ball]
            distance, near = cKDTree(eye[:, :2]).query(
                np.stack([x, y], axis=1), k=min(6, len(eye))
            )
            front = eye[np.asarray(near), 2].reshape(len(points), -1).max(axis=1)
            close = np.asarray(distance).reshape(len(points), -1)[:, 0] < 0.12 * width
            wanted = np.where(close, np.maximum(rim, front + 0.03 * width), rim)
        forward = np.clip(wanted - points[:, 2], 0.0, 0.3 * width)
        return np.where(np.abs(moves[:, 1]) > 1e-6, forward, 0.0)


def _fade(t: Floats) -> Floats:
    """Return 1 at and below 0, falling smoothly to 0 at 1."""
    u = 1.0 - np.clip(t, 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def lids_of(rim: Floats, side: str) -> Lids:
    """Return the lids of a measured rim (n, 3): its upper and lower half between corners."""
    ends = rim[rim[:, 0].argmin()], rim[rim[:, 0].argmax()]
    line = np.interp(rim[:, 0], [ends[0][0], ends[1][0]], [ends[0][1], ends[1][1]])
    halves = []
    for half in (rim[:, 1] >= line, rim[:, 1] < line):
        curve = np.vstack([ends[0], rim[half], ends[1]])
        curve = curve[np.argsort(curve[:, 0], kind="stable")]
        curve[1:-1, 1:] = (curve[:-2, 1:] + curve[1:-1, 1:] + curve[2:, 1:]) / 3.0
        halves.append(curve)
    return Lids(halves[0], halves[1], side)
