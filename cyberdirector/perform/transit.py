"""Changing between postures on the spot: sitting down, rising, kneeling."""

from __future__ import annotations

import numpy as np

from cyberdirector.perform._motion import Array, bump, min_jerk
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.gait import turn_of
from cyberdirector.perform.score import Placement
from cyberdirector.perform.stance import Posture, to_world


def change_posture(
    c: Controls,
    first: int,
    frames: int,
    start: tuple[Placement, Posture],
    end: tuple[Placement, Posture],
    lean: float,
    down: bool,
) -> None:
    """Write the way from one posture to another into ``c`` from frame ``first`` on, in place.

    Parameters
    ----------
    start, end
        Placement and posture before and after. A foot whose place differs steps there.
    lean
        Forward lean of the trunk at mid-way, radians.
    down
        Whether the pelvis goes down (it then travels back first and sinks after).
    """
    u = (np.arange(frames) + 0.5) / frames
    window = slice(first, first + frames)
    (place0, p0), (place1, p1) = start, end
    early, late = min_jerk(u / 0.85), min_jerk((u - 0.12) / 0.88)
    flat, rise = (early, late) if down else (late, early)
    if not down:
        rise = min_jerk((u - 0.22) / 0.78)
        flat = min_jerk((u - 0.12) / 0.7)
    a, b = to_world(place0, np.array(p0.hips)), to_world(place1, np.array(p1.hips))
    c.root[window] = a + (b - a) * np.stack([flat, rise, flat], axis=-1)
    c.heading[window] = place0.yaw + turn_of(place0.yaw, place1.yaw) * min_jerk(u)
    bend = bump(u, 0.0, 0.5 if down else 0.38, 1.0)
    x = min_jerk(u)
    c.hips[window] = 0.0
    c.hips[window, 1] = p0.lean[0] + x * (p1.lean[0] - p0.lean[0]) + 0.45 * lean * bend
    c.spine[window] = 0.0
    c.spine[window, 1] = p0.lean[1] + x * (p1.lean[1] - p0.lean[1]) + 0.55 * lean * bend
    c.head[window, 1] += 0.35 * lean * bend
    c.knee[window] = (p0.knees + x * (p1.knees - p0.knees))[:, None]
    for side in range(2):
        _move_foot(c, window, u, side, start, end, down)


def _move_foot(
    c: Controls,
    window: slice,
    u: Array,
    side: int,
    start: tuple[Placement, Posture],
    end: tuple[Placement, Posture],
    down: bool,
) -> None:
    (place0, p0), (place1, p1) = start, end
    a, b = to_world(place0, p0.ankles[side]), to_world(place1, p1.ankles[side])
    feet0 = p0.feet[side] + np.array([place0.yaw, 0.0, 0.0])
    turn = p1.feet[side] + np.array([place1.yaw, 0.0, 0.0]) - feet0
    turn[0] = turn_of(float(feet0[0]), float(feet0[0] + turn[0]))
    still = bool(np.allclose(a, b, atol=1e-4) and np.allclose(turn, 0.0, atol=1e-3))
    leading = (side == 0) == down
    begin, close = (0.05, 0.5) if leading else (0.45, 0.95)
    v = np.clip((u - begin) / (close - begin), 0.0, 1.0)
    x = min_jerk(v)[:, None]
    c.ankle[window, side] = a + (b - a) * x
    far = float(np.hypot(*(b - a)[[0, 2]]))
    c.ankle[window, side, 1] += (
        min(0.12 * far + 0.012, 0.05) * np.sin(np.pi * v) ** 2 * (not still)
    )
    c.foot[window, side] = feet0 + turn * x
    moving = (v > 0.0) & (v < 1.0) & (not still)
    planted = np.where(v <= 0.0, p0.planted, np.where(v >= 1.0, p1.planted, False))
    c.contacts[window, side] = np.where(still, p0.planted and p1.planted, planted & ~moving)
