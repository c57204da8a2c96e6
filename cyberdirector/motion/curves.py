"""Keys and the curves between them: numbers, vectors and rotations, many tracks at once.

Every span between two keys is a cubic Bézier segment. Steps apart, the kinds of keys differ
only in where the two inner control points lie, so one evaluation serves them all. Rotations
use cumulative Bernstein weights of rotation vectors in the frame of the left key (Kim, Kim &
Shin 1995, "A general construction scheme for unit quaternion curves"): straight segments are
slerps, the short arc is taken, and neighbouring segments share their angular velocity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.motion import _quats

Array = NDArray[np.float64]


class Tangent(IntEnum):
    """How a curve leaves a key, and arrives at it when the key before is no step or line."""

    STEP = 0
    LINEAR = 1
    AUTO = 2
    TCB = 3
    BEZIER = 4


@dataclass(frozen=True, eq=False)
class Track:
    """Keys of one channel.

    Attributes
    ----------
    frames
        (n,) float64, strictly rising, at least one; between them the curve runs, before and
        after it holds.
    values
        (n, width) float64; unit quaternions xyzw when ``rotation``.
    kinds
        (n,) uint8, :class:`Tangent` of each key.
    rotation
        Whether the values are rotations (width 4).
    tcb
        (n, 3) float64 tension, continuity, bias -1..1 (Kochanek & Bartels 1984), used by
        keys of that kind.
    handles
        (n, 2, 1 + d) float64: incoming and outgoing handle of Bézier keys, as frames and
        value away from the key. d = width; 3 for rotations: a rotation vector in radians in
        the frame of the key. Handles never pass the neighbouring key in time.
    """

    frames: Array
    values: Array
    kinds: NDArray[np.uint8]
    rotation: bool = False
    tcb: Array | None = None
    handles: Array | None = None

    def __post_init__(self) -> None:
        n = len(self.frames)
        width = self.values.shape[1] if self.values.ndim == 2 else 0
        reach = 1 + (3 if self.rotation else width)
        fits = {
            "frames": self.frames.shape == (n,) and n > 0,
            "values": self.values.shape == (n, width) and width > 0,
            "kinds": self.kinds.shape == (n,),
            "tcb": self.tcb is None or self.tcb.shape == (n, 3),
            "handles": self.handles is None or self.handles.shape == (n, 2, reach),
        }
        for name, good in fits.items():
            if not good:
                raise ValueError(f"Track.{name}: shape {np.shape(getattr(self, name))}")
        if self.rotation and width != 4:
            raise ValueError(f"a track of rotations has width 4, not {width}")
        if not (np.isfinite(self.frames).all() and (np.diff(self.frames) > 0.0).all()):
            raise ValueError("frames of keys must be finite and rise")
        if not np.isfinite(self.values).all():
            raise ValueError("values of keys must be finite")

    @classmethod
    def of(
        cls,
        frames: Any,
        values: Any,
        kind: Tangent = Tangent.AUTO,
        rotation: bool = False,
    ) -> Track:
        """Return a track of keys of one kind; ``values`` (n,) or (n, width)."""
        at = np.asarray(frames, np.float64).reshape(-1)
        rows = np.asarray(values, np.float64)
        rows = rows[:, None] if rows.ndim == 1 else rows
        return cls(at, rows, np.full(len(at), kind, np.uint8), rotation)

    def __len__(self) -> int:
        return len(self.frames)


class Bank:
    """Tracks of one width, packed for evaluation together.

    Parameters
    ----------
    tracks
        At least one; all rotations, or all of one width.
    """

    def __init__(self, tracks: Sequence[Track]) -> None:
        self.rotation = tracks[0].rotation
        self.width = tracks[0].values.shape[1]
        for track in tracks:
            if track.rotation != self.rotation or track.values.shape[1] != self.width:
                raise ValueError("tracks of a bank must be of one kind and width")
        counts = np.array([len(track) for track in tracks])
        self._first = np.cumsum(counts) - counts
        self._last = self._first + counts - 1
        self._frames = np.concatenate([track.frames for track in tracks])
        self._values = np.concatenate([track.values for track in tracks])
        self._kinds = np.concatenate([track.kinds for track in tracks])
        # -1 before the first key of a track, +1 after its last: no neighbour there.
        self._tcb = _joined([track.tcb for track in tracks], counts, (3,))
        reach = 4 if self.rotation else 1 + self.width
        self._handles = _joined([track.handles for track in tracks], counts, (2, reach))
        # One rising axis for all tracks: each has a stretch of its own.
        stretch = 2.0 * float(np.abs(self._frames).max()) + 2.0
        self._base = np.arange(len(tracks)) * stretch
        self._axis = self._frames + np.repeat(self._base, counts)
        self._lower = self._frames[self._first]
        self._upper = self._frames[self._last]

    @property
    def keys(self) -> int:
        """Number of keys of all tracks."""
        return len(self._frames)

    def at(self, frames: Any) -> Array:
        """Return the values at ``frames`` (m,), any float: (m, tracks, width) float64.

        On a key the value is that of the key bit for bit.
        """
        wanted = np.atleast_1d(np.asarray(frames, np.float64))
        t = np.minimum(np.maximum(wanted[:, None], self._lower), self._upper)
        at = np.searchsorted(self._axis, t + self._base, "right") - 1
        left = np.minimum(at, np.maximum(self._last - 1, self._first))
        right = np.minimum(left + 1, self._last)
        start = self._frames[left]
        span = self._frames[right] - start
        u = (t - start) / np.where(span > 0.0, span, 1.0)
        flat = left.reshape(-1)
        if len(wanted) == 1:
            segments, which = flat, np.arange(len(flat))
        else:
            segments, which = np.unique(flat, return_inverse=True)
        owner = np.searchsorted(self._first, segments, "right") - 1
        shape = self._segments(segments, owner)
        out = shape.at(u.reshape(-1), which.reshape(-1))
        done = (u >= 1.0).reshape(-1)
        if done.any():
            out[done] = self._values[right.reshape(-1)[done]]
        return out.reshape(*t.shape, self.width)

    def _delta(self, a: NDArray[np.intp], b: NDArray[np.intp]) -> Array:
        """Return the way from key ``a`` to key ``b``; zero across a step."""
        if self.rotation:
            out = _quats.between(self._values[a], self._values[b])
        else:
            out = self._values[b] - self._values[a]
        out[self._kinds[a] == Tangent.STEP] = 0.0
        return out

    def _segments(self, left: NDArray[np.intp], owner: NDArray[np.intp]) -> _Segments:
        first, last = self._first[owner], self._last[owner]
        right = np.minimum(left + 1, last)
        before, after = np.maximum(left - 1, first), np.minimum(right + 1, last)
        n = len(left)
        ways = self._delta(
            np.concatenate([before, left, right]), np.concatenate([left, right, after])
        )
        near = _Near(ways[:n], ways[n : 2 * n], self._gap(before, left), self._gap(left, right))
        far = _Near(ways[n : 2 * n], ways[2 * n :], near.after, self._gap(right, after))
        x1, a = self._handle(left, near, 1)
        x2, b = self._handle(right, far, 0)
        kinds = self._kinds[left]
        straight = (kinds == Tangent.LINEAR)[:, None]
        third = near.right / 3.0
        a, b = np.where(straight, third, a), np.where(straight, third, b)
        bent = ~straight[:, 0]
        x1 = np.where(bent, x1, 1.0 / 3.0)
        x2 = np.where(bent, 1.0 - x2, 2.0 / 3.0)
        held = kinds == Tangent.STEP
        a[held] = b[held] = 0.0
        return _Segments(self._values[left], near.right, a, b, x1, x2, self.rotation)

    def _gap(self, a: NDArray[np.intp], b: NDArray[np.intp]) -> Array:
        return self._frames[b] - self._frames[a]

    def _handle(self, key: NDArray[np.intp], near: _Near, outgoing: int) -> tuple[Array, Array]:
        """Return the handle of keys on one side: share of the span in time, and value."""
        span = near.after if outgoing else near.before
        kinds = self._kinds[key]
        value = near.monotone() * (span / 3.0)[:, None]
        share = np.full(len(key), 1.0 / 3.0)
        pick = np.flatnonzero(kinds == Tangent.TCB)
        if len(pick):
            slope = near.only(pick).kochanek(self._tcb[key[pick]], outgoing)
            value[pick] = slope * (span[pick] / 3.0)[:, None]
        pick = np.flatnonzero((kinds == Tangent.BEZIER) & (span > 0.0))
        if len(pick):
            sign = 1.0 if outgoing else -1.0
            handle = sign * self._handles[key[pick], outgoing]
            share[pick] = np.clip(handle[:, 0] / span[pick], 0.0, 1.0)
            value[pick] = handle[:, 1:]
        return share, value


def _joined(
    parts: Sequence[Array | None], counts: NDArray[np.int_], shape: tuple[int, ...]
) -> Array:
    """Return optional arrays of all tracks after each other, zeros where there are none."""
    if all(part is None for part in parts):
        return np.broadcast_to(np.zeros(1), (int(counts.sum()), *shape))
    filled = [
        np.zeros((int(count), *shape)) if part is None else part
        for part, count in zip(parts, counts, strict=True)
    ]
    return np.concatenate(filled)


@dataclass(frozen=True)
class _Near:
    """The ways (n, d) to a key and from it, and how long they take (n,); 0 at the ends."""

    left: Array
    right: Array
    before: Array
    after: Array

    def only(self, pick: NDArray[np.intp]) -> _Near:
        return _Near(self.left[pick], self.right[pick], self.before[pick], self.after[pick])

    def monotone(self) -> Array:
        """Return slopes that never overshoot: a weighted harmonic mean per component.

        Fritsch & Butland 1984. Flat at turning points, beside steps and at both ends, where
        the curve holds.
        """
        before, after = self.before[:, None], self.after[:, None]
        inner = (before > 0.0) & (after > 0.0)
        low = self.left / np.where(before > 0.0, before, 1.0)
        high = self.right / np.where(after > 0.0, after, 1.0)
        same = inner & (low * high > 0.0)
        a, b = 2.0 * after + before, after + 2.0 * before
        low, high = np.where(same, low, 1.0), np.where(same, high, 1.0)
        total = np.where(same, a / low + b / high, 1.0)
        return np.where(same, (a + b) / total, 0.0)

    def kochanek(self, tcb: Array, outgoing: int) -> Array:
        """Return slopes of Kochanek & Bartels 1984 for keys that are not evenly spaced."""
        tension, continuity, bias = tcb.T[:, :, None]
        turn = continuity if outgoing else -continuity
        left = (1.0 - tension) * (1.0 + turn) * (1.0 + bias)
        right = (1.0 - tension) * (1.0 - turn) * (1.0 - bias)
        start = (self.before <= 0.0)[:, None]
        end = (self.after <= 0.0)[:, None]
        way_in = np.where(start, self.right, self.left)
        way_out = np.where(end, self.left, self.right)
        before = np.where(start[:, 0], self.after, self.before)
        after = np.where(end[:, 0], self.before, self.after)
        total = (before + after)[:, None]
        return (left * way_in + right * way_out) / np.where(total > 0.0, total, 1.0)


@dataclass(frozen=True)
class _Segments:
    """Bézier segments: start, whole way, first and last leg, inner points in time."""

    start: Array
    way: Array
    a: Array
    b: Array
    x1: Array
    x2: Array
    rotation: bool

    def at(self, u: Array, which: NDArray[np.intp]) -> Array:
        """Return values at shares ``u`` (m,) of the time of segments ``which`` (m,)."""
        bent = (np.abs(self.x1 - 1.0 / 3.0) > 1e-12) | (np.abs(self.x2 - 2.0 / 3.0) > 1e-12)
        s = u
        if bent.any():
            pick = np.flatnonzero(bent[which])
            s = u.copy()
            s[pick] = _solve_time(u[pick], self.x1[which[pick]], self.x2[which[pick]])
        s = s[:, None]
        square, cube = s * s, s * s * s
        first, middle, last = s * (3.0 - 3.0 * s + square), 3.0 * square - 2.0 * cube, cube
        start, a, b = self.start[which], self.a[which], self.b[which]
        if not self.rotation:
            way = self.way[which]
            return start + a * first + (way - a - b) * middle + b * last
        c = self._middle()[which]
        legs = _quats.exp(np.stack([a * first, c * middle, b * last]))
        return _quats.turn(_quats.turn(start, legs[0]), _quats.turn(legs[1], legs[2]))

    def _middle(self) -> Array:
        """Return the middle leg of rotations, so that the three legs end at the right key."""
        back_a, way, back_b = _quats.exp(np.stack([-self.a, self.way, -self.b]))
        return _quats.log(_quats.turn(_quats.turn(back_a, way), back_b))


def _solve_time(u: Array, x1: Array, x2: Array) -> Array:
    """Return s with Bézier time (0, x1, x2, 1) at s equal to u; all (m,) in 0..1.

    Newton steps kept inside a bracket that halves: the time never runs backwards, so the
    bracket always holds the solution.
    """
    low, high = np.zeros_like(u), np.ones_like(u)
    s = u.copy()
    c1, c2 = 3.0 * x1, 3.0 * (x2 - 2.0 * x1)
    c3 = 1.0 + 3.0 * (x1 - x2)
    for _ in range(40):
        x = ((c3 * s + c2) * s + c1) * s - u
        high = np.where(x > 0.0, s, high)
        low = np.where(x <= 0.0, s, low)
        far = np.abs(x) >= 1e-14  # what has arrived stays, whatever else is in the array
        if not far.any():
            break
        slope = (3.0 * c3 * s + 2.0 * c2) * s + c1
        step = s - x / np.where(slope > 1e-9, slope, 1.0)
        inside = (slope > 1e-9) & (step > low) & (step < high)
        s = np.where(far, np.where(inside, step, 0.5 * (low + high)), s)
    return s


def evaluate(track: Track, frames: Any) -> Array:
    """Return one track at ``frames`` (m,): (m, width) float64; see :meth:`Bank.at`."""
    return Bank([track]).at(frames)[:, 0]
