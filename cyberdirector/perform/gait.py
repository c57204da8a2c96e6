"""Walking, turning and stepping on planted feet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_rotate
from cyberdirector.perform._body import Body
from cyberdirector.perform._motion import Array, frame_times, min_jerk, plateau, ramp
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.score import Placement
from cyberdirector.perform.stance import Posture, to_world

SPEED = 1.1
"""Walking speed, metres per second (an unhurried adult)."""

STEP_TIME = 0.49
"""Seconds of one step at that speed."""

TURN_STEP_TIME = 0.36
"""Seconds of one step of a turn on the spot."""

_SWING = 0.82
"""Share of a step in which its foot is off the floor."""

_HEEL_BACK = 0.055
"""The heel lies this far behind the ankle, metres for an adult."""


def turn_of(a: float, b: float) -> float:
    """Return the shortest turn from yaw ``a`` to yaw ``b``, radians in -pi..pi."""
    return float((b - a + np.pi) % (2.0 * np.pi) - np.pi)


def walk_seconds(start: Placement, end: Placement) -> float:
    """Return how long an unhurried walk with its turns takes."""
    dx, dz = end.position[0] - start.position[0], end.position[2] - start.position[2]
    distance = float(np.hypot(dx, dz))
    if distance < 0.6:
        return 0.75 + 0.55 * abs(turn_of(start.yaw, end.yaw)) / np.pi + 0.6 * distance
    way = float(np.arctan2(dx, dz))
    turns = abs(turn_of(start.yaw, way)) + abs(turn_of(way, end.yaw))
    return distance / SPEED + 0.75 + 0.3 * turns / np.pi * 2.0


@dataclass(frozen=True)
class _Path:
    """Body position and yaw as functions of time (seconds from the start of the walk)."""

    times: Array
    points: Array
    yaws: Array

    def at(self, time: float) -> tuple[Array, float]:
        point = np.array([np.interp(time, self.times, self.points[:, k]) for k in range(3)])
        return point, float(np.interp(time, self.times, self.yaws))


def _plan_path(start: Placement, end: Placement, length: float, back: bool) -> _Path:
    """Return the course of the body, sampled at 200 Hz over ``length`` seconds."""
    times = np.linspace(0.0, length, max(2, round(length * 200) + 1))
    a, b = np.array(start.position), np.array(end.position)
    delta = b - a
    distance = float(np.hypot(delta[0], delta[2]))
    final = start.yaw + turn_of(start.yaw, end.yaw)
    if distance < 0.6 or back:
        settle = max(length - 0.25, 0.6 * length)
        yaws = start.yaw + (final - start.yaw) * ramp(times, 0.1, settle)
        points = a + delta * ramp(times, 0.12, settle)[:, None]
        return _Path(times, points, yaws)
    way = float(np.arctan2(delta[0], delta[2]))
    first = turn_of(start.yaw, way)
    last = turn_of(start.yaw + first, end.yaw)
    begin = min(0.12 + 0.42 * abs(first) / np.pi, 0.3 * length)
    arrive = length - min(0.28 + 0.25 * abs(last) / np.pi, 0.35 * length)
    speed = plateau(times, begin, 0.45, arrive, 0.5)
    gone = np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)])
    points = a + delta * (gone / gone[-1])[:, None]
    turn_in = ramp(times, 0.02, 0.35 + 0.55 * abs(first) / np.pi)
    turn_out = ramp(times, arrive - 0.25 - 0.35 * abs(last) / np.pi, length - 0.12)
    yaws = start.yaw + first * turn_in + last * turn_out
    return _Path(times, points, yaws)


@dataclass(frozen=True)
class _Step:
    side: int
    lift: float
    land: float
    point: Array
    yaw: float


def _plan_steps(
    path: _Path, start: Placement, p1: Posture, end: Placement, length: float, walk_half: float
) -> list[_Step]:
    """Return alternating steps; the last two land where the end posture has its feet."""
    far = np.hypot(*(np.array(end.position) - np.array(start.position))[[0, 2]]) >= 0.6
    first_lift, last_land = min(0.2, 0.12 * length), length - 0.06
    count = max(2, round((last_land - first_lift) / (STEP_TIME if far else TURN_STEP_TIME)))
    period = (last_land - first_lift) / (count - 1 + _SWING)
    turn = path.yaws[-1] - path.yaws[0]
    side = 0 if turn > 0.15 else 1
    if abs(turn) <= 0.15:
        # Sidewards steps begin with the leading foot.
        dx, _, dz = np.array(end.position) - np.array(start.position)
        aside = np.cos(start.yaw) * dx - np.sin(start.yaw) * dz
        side = 0 if aside > 0.1 else 1
    final = to_world(end, p1.ankles)
    out = []
    for k in range(count):
        lift = first_lift + k * period
        land = lift + _SWING * period
        if k >= count - 2:
            point, yaw = final[side], float(path.yaws[-1] + p1.feet[side, 0])
        else:
            # A foot stands where the body will be in the middle of its stance.
            middle, heading = path.at(land + (2.0 - _SWING) * period / 2)
            out_x = walk_half if side == 0 else -walk_half
            local = np.array([out_x, p1.ankles[side, 1], p1.ankles[side, 2]])
            here = Placement((middle[0], middle[1], middle[2]), heading)
            point, yaw = to_world(here, local), heading + 0.6 * float(p1.feet[side, 0])
        out.append(_Step(side, lift, land, point, yaw))
        side = 1 - side
    return out


def walk(
    c: Controls,
    first: int,
    frames: int,
    body: Body,
    start: tuple[Placement, Posture],
    end: tuple[Placement, Posture],
    fps: float,
    back: bool = False,
) -> None:
    """Write a walk (or a turn on the spot) into ``c`` from frame ``first`` on, in place.

    Parameters
    ----------
    first, frames
        Frame at which the walk begins and its length.
    start, end
        Standing placements with their postures; the feet arrive exactly at the end's.
    back
        Keep facing the same way while stepping (a step back or aside).
    """
    length = frames / fps
    t = frame_times(frames, fps)
    window = slice(first, first + frames)
    path = _plan_path(start[0], end[0], length, back)
    half = min(abs(float(end[1].ankles[0, 0])), 0.065 * body.scale)
    steps = _plan_steps(path, start[0], end[1], end[0], length, half)
    points = np.stack([np.interp(t, path.times, path.points[:, k]) for k in range(3)], axis=-1)
    yaws = np.interp(t, path.times, path.yaws)
    c.heading[window] = yaws
    busy = plateau(t, 0.0, 0.35, length, 0.4)
    swings = np.zeros((frames, 2))
    for side in range(2):
        mine = [s for s in steps if s.side == side]
        swings[:, side] = _move_foot(c, window, t, side, mine, body, start)
    _move_trunk(c, window, body, points, yaws, busy, swings, start[1], end[1], length, t)


def _move_foot(
    c: Controls,
    window: slice,
    t: Array,
    side: int,
    steps: list[_Step],
    body: Body,
    start: tuple[Placement, Posture],
) -> Array:
    """Write one foot; return its swing hill (n,) weighted by the size of the step."""
    place, p = start
    point = to_world(place, p.ankles[side])
    yaw = place.yaw + float(p.feet[side, 0])
    flat = np.tile(point, (len(t), 1))
    yaws = np.full(len(t), yaw)
    pitch, hill = np.zeros(len(t)), np.zeros(len(t))
    planted = np.ones(len(t), bool)
    for s in steps:
        span = s.land - s.lift
        size = float(np.hypot(*(s.point - point)[[0, 2]]))
        big = min(size / (1.1 * body.scale), 1.0)
        u = np.clip((t - s.lift) / span, 0.0, 1.0)
        x = min_jerk(u)
        flat += x[:, None] * (s.point - point)
        yaws += x * _shortest(yaw, s.yaw)
        arch = np.sin(np.pi * u) ** 2
        flat[:, 1] += (0.025 + 0.05 * big) * body.scale * arch
        hill += big * arch
        # Heel off before the swing, toes up at landing, flat soon after.
        off = ramp(t, max(s.lift - 0.45 * span, 0.0), s.lift) * (
            1.0 - ramp(t, s.lift, s.lift + 0.6 * span)
        )
        strike = ramp(t, s.lift + 0.5 * span, s.land) * (1.0 - ramp(t, s.land, s.land + 0.10))
        pitch += np.radians(34.0) * big * off - np.radians(16.0) * big * strike
        settle = 0.10 if big > 0.01 else 0.0
        planted &= ~((t > s.lift) & (t < s.land + settle))
        point, yaw = s.point, yaw + _shortest(yaw, s.yaw)
    c.ankle[window, side] = _pivot(body, side, flat, yaws, pitch)
    c.foot[window, side, 0] = yaws
    c.foot[window, side, 1] = pitch
    c.foot[window, side, 2] = -0.85 * np.maximum(pitch, 0.0)
    c.contacts[window, side] = planted
    return hill


def _shortest(a: float, b: float) -> float:
    return turn_of(a, b)


def _pivot(body: Body, side: int, flat: Array, yaw: Array, pitch: Array) -> Array:
    """Return the ankle when the foot tips over its ball (pitch > 0) or heel (< 0)."""
    heel = np.array([0.0, -body.ankle, -_HEEL_BACK * body.scale])
    arm = np.where(pitch[:, None] > 0.0, body.ball[side], heel)
    level = quat_from_yaw_pitch_roll(yaw, 0.0, 0.0)
    tipped = quat_from_yaw_pitch_roll(yaw, pitch, 0.0)
    return np.asarray(flat + quat_rotate(level, arm) - quat_rotate(tipped, arm))


def _move_trunk(
    c: Controls,
    window: slice,
    body: Body,
    points: Array,
    yaws: Array,
    busy: Array,
    swings: Array,
    p0: Posture,
    p1: Posture,
    length: float,
    t: Array,
) -> None:
    """Write pelvis, spine and arms of a walk: bob, sway to the standing leg, counter-turn."""
    cos, sin = np.cos(yaws), np.sin(yaws)
    x = ramp(t, 0.0, length)
    hips = np.array(p0.hips) + x[:, None] * (np.array(p1.hips) - np.array(p0.hips))
    reach = body.leg * 0.9975
    sway = 0.02 * body.scale * (swings[:, 1] - swings[:, 0])
    forward = np.stack(
        [
            (c.ankle[window, s, 0] - points[:, 0]) * sin
            + (c.ankle[window, s, 2] - points[:, 2]) * cos
            for s in range(2)
        ],
        axis=-1,
    )
    # The pelvis sinks while the feet are apart and rises over the standing leg.
    spread = (forward[:, 1] - forward[:, 0]) / 2
    low = reach - np.sqrt(np.maximum(reach**2 - spread**2, 0.01))
    height = hips[:, 1] - 0.85 * low - 0.012 * body.scale * busy
    c.root[window, 0] = points[:, 0] + sway * cos + hips[:, 2] * sin
    c.root[window, 1] = points[:, 1] + height
    c.root[window, 2] = points[:, 2] - sway * sin + hips[:, 2] * cos
    lead = 2.0 * spread / body.scale
    degree = np.pi / 180.0
    c.hips[window, 0] = degree * 11.0 * lead * busy
    c.hips[window, 1] = p0.lean[0] + x * (p1.lean[0] - p0.lean[0])
    c.hips[window, 2] = degree * 3.0 * (swings[:, 1] - swings[:, 0])
    c.spine[window, 0] = -degree * 19.0 * lead * busy
    c.spine[window, 1] = p0.lean[1] + x * (p1.lean[1] - p0.lean[1]) + degree * 2.0 * busy
    c.spine[window, 2] = -c.hips[window, 2] * 0.9
    c.knee[window] = (p0.knees + x * (p1.knees - p0.knees))[:, None]
    for side in range(2):
        # Arms at the sides swing against the leg of their own side; folded hands do not.
        loose = c.wrist[window, side, 1] < -0.85
        swing = -0.42 * forward[:, side] / body.arm * busy * loose
        c.wrist[window, side, 2] += swing
        c.wrist[window, side, 1] += 0.25 * swing**2 + 0.06 * np.maximum(swing, 0.0)
