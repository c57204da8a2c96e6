"""Locks of hair: what one is, and its centre line over the skull and down from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.hair.shell import Shell

Floats = NDArray[np.float64]

COMB_POINTS, HANG_POINTS = 18, 22
UNIT = 0.1
"""Lengths of a lock are metres on a head whose mean skull radius is this; they scale."""

TONES = ("dark", "plain", "light", "inner", "streak")
"""Columns of the hair texture that a lock may use, by number."""


@dataclass(frozen=True, eq=False)
class Lock:
    """One lock. Angles in degrees on the shell, lengths in metres on a standard head.

    The lock runs over the skull through the spots of ``path`` and then may hang ``hang``
    further under gravity.
    """

    path: tuple[tuple[float, float, float], ...] = ()
    """(azimuth, elevation, lift over the hair's volume) from root to tip."""
    line: Floats | None = None
    """(n, 3) metres in model space: replaces ``path`` where hair leaves the head."""
    facing: tuple[float, float, float] | None = None
    """Direction of the rounded side; None: away from the head."""
    about: tuple[float, float, float] | None = None
    """Point from which the rounded side looks away, instead."""
    width: float = 0.03
    thick: float = 0.010
    bend: float = 0.0
    """Sideways arc in radians, positive to the left of the strand's way."""
    sway: float = 0.0
    """Sideways S in radians."""
    hang: float = 0.0
    flare: float = 0.0
    lean: tuple[float, float] = (0.0, 0.0)
    """Sideways (outwards) and forward parts of the hanging direction."""
    curl: float = 0.0
    """Turn of the last third towards the neck (positive) or away from it."""
    wave: float = 0.0
    """Amplitude of the waves of the hanging part, metres."""
    turns: float = 1.1
    """Waves along the hanging part."""
    phase: float = 0.0
    root: float = 0.25
    """Width at the root as a share; the lock is pointed at both ends."""
    peak: float = 0.45
    """Share of the length at which it is widest."""
    tip: float = 1.7
    """Shape of the tip: 1.2 slender … 4 full with a short point, 40 cut straight."""
    twist: float = 0.0
    clear: float = 0.008
    """Distance that the hanging part keeps from skin, metres; more below the neck."""
    chain: str = ""
    span: tuple[float, float] | None = None
    """Part of the chain (0..1) along which the lock lies; None: from where it hangs."""
    tone: int = 1
    group: str = "crown"
    """``fringe``, ``side``, ``back``, ``crown`` or ``tail``: whose dials it minds."""
    rings: int = 14


def spline(points: Floats, count: int) -> Floats:
    """Return ``count`` points on the Catmull-Rom curve through points (n ≥ 2, c)."""
    if len(points) == 2:
        t = np.linspace(0, 1, count)[:, None]
        return points[0] * (1 - t) + points[1] * t
    step = np.sqrt(np.maximum(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1), 1e-9))
    knot = np.concatenate([[0.0], np.cumsum(step)])
    slope = np.gradient(points, knot, axis=0)
    at = np.linspace(0, knot[-1], count)
    i = np.clip(np.searchsorted(knot, at, side="right") - 1, 0, len(points) - 2)
    width = (knot[i + 1] - knot[i])[:, None]
    u = (at - knot[i])[:, None] / width
    a, b, m, n = points[i], points[i + 1], slope[i] * width, slope[i + 1] * width
    return (
        a * (1 + 2 * u) * (1 - u) ** 2
        + m * u * (1 - u) ** 2
        + b * u**2 * (3 - 2 * u)
        + n * u**2 * (u - 1)
    )


def _comb(shell: Shell, lock: Lock, k: float) -> Floats:
    """Return the part of a centre line on the skull, (COMB_POINTS, 3)."""
    if lock.line is not None:
        return spline(lock.line, COMB_POINTS)
    spots = np.array(lock.path, dtype=np.float64)
    d = shell.direction(np.radians(spots[:, 0]), np.radians(spots[:, 1]))
    way = spline(np.column_stack([d, spots[:, 2] * k]), COMB_POINTS)
    d, lift = way[:, :3], way[:, 3]
    if lock.bend or lock.sway:
        side = np.cross(d[0], d[-1])
        side /= max(float(np.linalg.norm(side)), 1e-9)
        t = np.linspace(0, 1, COMB_POINTS)
        arc = lock.bend * np.sin(np.pi * t) + lock.sway * np.sin(2 * np.pi * t)
        d = d + arc[:, None] * side
    return shell.hair(d, lift)


def _hang(shell: Shell, locks: Sequence[Lock], heads: Floats, k: float) -> Floats:
    """Let the ends fall: (locks, HANG_POINTS, 3) that follow the combed part ``heads``."""
    value = np.array(
        [
            [q.hang * k, q.flare, *q.lean, q.curl, q.wave * k, q.phase, q.clear * k, q.turns]
            for q in locks
        ]
    )
    length, flare, lean_out, lean_front, curl, wave, phase, clear, turns = value.T[..., None]
    point = heads[:, -1]
    along = heads[:, -1] - heads[:, -2]
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    out = point - shell.centre
    out[:, 1] = 0.0
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    left = np.sign(point[:, [0]]) * np.array([1.0, 0.0, 0.0])
    down = np.array([0.0, -1.0, 0.0])
    lean = lean_out * left + lean_front * np.array([0.0, 0.0, 1.0])
    side = np.cross(out, np.array([0.0, 1.0, 0.0]))
    step = length / HANG_POINTS
    # What hangs behind the ears passes behind the shoulders, the rest before them.
    behind = np.where(point[:, 2] < shell.centre[2] + 0.004 * k, 1.0, -1.0)
    rows = []
    for i in range(1, HANG_POINTS + 1):
        f = i / HANG_POINTS
        gain = 0.07 + 0.28 * float(smooth_step(0.0, 0.4, f))
        low = smooth_step(shell.chin[1] + 0.045 * k, shell.chin[1] - 0.05 * k, point[:, 1])
        # Loose hair keeps nearly the width of the head behind, less beside the throat.
        free = np.where(behind > 0, 0.078 * k, 0.050 * k)
        wide = np.clip((np.abs(point[:, 0]) - free) / (0.04 * k), 0.0, 1.0)
        deep = np.clip((point[:, 2] - shell.neck[2] + 0.075 * k) / (0.04 * k), 0.0, 1.0)
        back = np.where(behind > 0, -0.9 * deep, 0.7 * wide)
        shy = np.stack([-np.sign(point[:, 0]) * 0.95 * wide, 0 * wide, back], 1)
        # Past the shoulders it falls straight.
        under = smooth_step(shell.chin[1] - 0.04 * k, shell.chin[1] - 0.13 * k, point[:, 1])
        slant = (1.0 - 0.9 * under * (behind > 0))[:, None]
        inward = (
            down
            + slant * lean
            + low[:, None] * shy
            - out * curl * float(smooth_step(0.50, 1.0, f)) * 1.4
        )
        inward /= np.linalg.norm(inward, axis=1, keepdims=True)
        along = along * (1 - gain) + gain * inward
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        point = point + along * step + out * flare * step * np.sin(np.pi * f * 0.9)
        point = shell.push_out(point, clear[:, 0] + 0.020 * low)
        turn = phase + 2 * np.pi * turns * f
        swing = wave * float(smooth_step(0.0, 0.3, f))
        rows.append(point + swing * (side * np.sin(turn) + 0.6 * out * (1 + np.cos(turn))))
    return np.stack(rows, axis=1)


BLUNT = 20.0
"""Value of ``Lock.tip`` above which a lock is cut straight."""

BENDS = 0.8
"""Metres: sections stand (1 + BENDS / radius of the curve) times as dense in a bend."""


def _places(line: Floats, rings: int) -> tuple[Floats, Floats]:
    """Return where sections stand (rings,) and where the points lie, shares of the length.

    They are dense where the line bends and near the tip.
    """
    step = np.linalg.norm(np.diff(line, axis=0), axis=1)
    whole = max(float(step.sum()), 1e-9)
    s = np.concatenate([[0.0], np.cumsum(step)]) / whole
    along = np.diff(line, axis=0) / np.maximum(step, 1e-9)[:, None]
    turn = np.linalg.norm(np.diff(along, axis=0), axis=1)
    bend = np.concatenate([[0.0], turn, [0.0]])
    dense = step + BENDS * 0.5 * (bend[:-1] + bend[1:])
    dense += 1.2 * step * (0.5 * (s[:-1] + s[1:])) ** 6 + 1e-9
    count = np.concatenate([[0.0], np.cumsum(dense)])
    share = np.interp(np.linspace(0, count[-1], rings), count, s)
    return share, s


@dataclass
class Lines:
    """Centre lines of locks.

    Attributes
    ----------
    points
        Per lock (rings, 3) metres.
    shares
        Per lock (rings,): share of its length, 0..1.
    start
        (locks,) share where it leaves the skull; 1 if it never hangs.
    """

    points: list[Floats]
    shares: list[Floats]
    start: Floats


def line_of(points: Floats, rings: int, blunt: bool = False) -> tuple[Floats, Floats]:
    """Return the points (rings, 3) and shares (rings,) of the sections of a polyline.

    A ``blunt`` lock has a section just before its end.
    """
    at, s = _places(points, rings)
    if blunt:
        at[-2] = 0.992
    return np.stack([np.interp(at, s, points[:, c]) for c in range(3)], axis=1), at


def centre_lines(shell: Shell, locks: Sequence[Lock]) -> Lines:
    """Return the centre lines of locks over the skull and down from it."""
    k = shell.size / UNIT
    combed = np.stack([_comb(shell, lock, k) for lock in locks])
    falling = [i for i, lock in enumerate(locks) if lock.hang > 0]
    hung: dict[int, Floats] = {}
    if falling:
        ends = _hang(shell, [locks[i] for i in falling], combed[falling], k)
        hung = dict(zip(falling, ends, strict=True))
    found = Lines([], [], np.ones(len(locks)))
    for i, lock in enumerate(locks):
        line = combed[i]
        if i in hung:
            line = np.concatenate([line, hung[i]])
            line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
            step = np.linalg.norm(np.diff(line, axis=0), axis=1)
            found.start[i] = step[: COMB_POINTS - 1].sum() / max(float(step.sum()), 1e-9)
        points, at = line_of(line, lock.rings, lock.tip > BLUNT)
        found.points.append(points)
        found.shares.append(at)
    return found
