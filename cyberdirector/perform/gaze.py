"""Where the eyes go, and how the head follows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.perform._motion import Array, min_jerk

EYE_LIMIT = np.radians(28.0)
"""Largest turn of the eyes in the head."""

HEAD_YAW_LIMIT, HEAD_PITCH_LIMIT = np.radians(62.0), np.radians(32.0)

_EYE_TIME = 0.07
_HEAD_LAG = 0.10
_FULL_LOOK = np.radians(30.0)
"""Eye turn at which an ARKit eyeLook shape is at full weight."""


@dataclass(frozen=True)
class Look:
    """From ``time`` (seconds) on look at ``key``, or past it by ``aside`` (radians).

    ``glance`` is a short look for which the head hardly moves.
    """

    time: float
    key: str
    aside: tuple[float, float] = (0.0, 0.0)
    glance: bool = False


def angles_to(eye: Array, heading: Array, target: Array) -> Array:
    """Return yaw and pitch (n, 2), radians, from the heading to a point; pitch + is down."""
    d = target - eye
    yaw = np.arctan2(d[:, 0], d[:, 2]) - heading
    yaw = (yaw + np.pi) % (2.0 * np.pi) - np.pi
    pitch = -np.arctan2(d[:, 1], np.hypot(d[:, 0], d[:, 2]))
    # What lies behind the back is not looked at by turning the neck off.
    fade = np.clip((np.radians(165.0) - np.abs(yaw)) / np.radians(45.0), 0.0, 1.0)
    return np.stack([yaw * fade, pitch * fade], axis=-1)


def _head_seconds(turn: float) -> float:
    """Return how long the head takes for a turn in radians (about 150 degrees a second)."""
    return 0.34 + 0.45 * turn


def _fit(looks: list[Look], duration: float, longest: float) -> list[Look]:
    """Move looks so that the head has arrived when the segment ends."""
    latest = max(duration - _HEAD_LAG - longest - 0.02, 0.0)
    out: list[Look] = []
    for look in sorted(looks, key=lambda item: item.time):
        time = min(max(look.time, 0.0), latest)
        while out and out[-1].time >= time - 1e-9:
            out.pop()
        out.append(Look(time, look.key, look.aside, look.glance))
    return out


def follow(
    t: Array, duration: float, first: str, looks: list[Look], angles: dict[str, Array]
) -> tuple[Array, Array]:
    """Return (gaze, head), each (n, 2) yaw and pitch in radians from the heading.

    The eyes jump within 70 ms; the head starts 100 ms later and takes most of a turn that
    lasts, little of a glance. At both ends of the segment eyes and head rest on the looked-at
    thing, so neighbouring segments meet.
    """
    gaze = angles[first].copy()
    head = _head_share(angles[first])
    if len(t) == 0:
        return gaze, head
    keys = {first, *(look.key for look in looks)}
    yaws = [angles[key][:, 0] for key in keys]
    widest = float(np.max(np.max(yaws, axis=0) - np.min(yaws, axis=0)))
    longest = _head_seconds(min(widest, HEAD_YAW_LIMIT * 2))
    squeeze = min(1.0, duration / (_HEAD_LAG + longest + 0.04))
    for look in _fit(looks, duration, longest):
        aim = angles[look.key] + np.array(look.aside)
        neck = _head_share(aim)
        if look.glance:
            base = _head_share(angles[look.key])
            neck = base + 0.3 * (neck - base)
        turn = float(np.max(np.abs(neck - head)))
        eye_x = min_jerk((t - look.time) / (_EYE_TIME * squeeze))
        lag, seconds = _HEAD_LAG * squeeze, _head_seconds(turn) * squeeze
        head_x = min_jerk((t - look.time - lag) / min(seconds, longest * squeeze))
        gaze += eye_x[:, None] * (aim - gaze)
        head += head_x[:, None] * (neck - head)
    return gaze, head


def _head_share(aim: Array) -> Array:
    """Return what the head does of a lasting look: all but 30 % or 14 degrees."""
    rest = np.clip(0.3 * aim[:, 0], -np.radians(14.0), np.radians(14.0))
    yaw = np.clip(aim[:, 0] - rest, -HEAD_YAW_LIMIT, HEAD_YAW_LIMIT)
    pitch = np.clip(0.6 * aim[:, 1], -HEAD_PITCH_LIMIT, HEAD_PITCH_LIMIT)
    return np.stack([yaw, pitch], axis=-1)


def eye_turn(gaze: Array, head: Array) -> Array:
    """Return the eyes relative to the head, (n, 2) radians, within their limits."""
    return np.asarray(EYE_LIMIT * np.tanh((gaze - head) / EYE_LIMIT))


def look_shapes(weights: NDArray[np.float32], eyes: Array) -> None:
    """Write the eyeLook shapes of ``eyes`` (n, 2) into ``weights`` (n, 52), in place."""
    left, down = np.maximum(eyes / _FULL_LOOK, 0.0).T
    right, up = np.maximum(-eyes / _FULL_LOOK, 0.0).T
    for name, value in (
        ("eyeLookOutLeft", left), ("eyeLookInRight", left),
        ("eyeLookInLeft", right), ("eyeLookOutRight", right),
        ("eyeLookDownLeft", down), ("eyeLookDownRight", down),
        ("eyeLookUpLeft", up), ("eyeLookUpRight", up),
    ):  # fmt: skip
        index = ARKIT_INDEX[name]
        weights[:, index] = np.clip(weights[:, index] + value, 0.0, 1.0)


def wander(
    start: float,
    end: float,
    on: float,
    away: float,
    key: str,
    rng: np.random.Generator,
    size: float,
) -> list[Look]:
    """Return glances away from ``key`` between two times (seconds).

    ``on`` and ``away`` are mean seconds of looking at and off the partner (Lee, Badler &
    Badler 2002); ``size`` is the usual angle of a glance in radians.
    """
    out: list[Look] = []
    time = start + on * rng.uniform(0.4, 1.2)
    while time < end:
        angle = size * rng.uniform(0.6, 1.3)
        side = 1.0 if rng.random() < 0.5 else -1.0
        steep = rng.uniform(-0.25, 0.5)
        back = time + max(0.3, away * rng.uniform(0.6, 1.4))
        if back > end:
            break
        out.append(Look(time, key, (side * angle, steep * angle), glance=True))
        out.append(Look(back, key))
        time = back + on * float(np.clip(rng.normal(1.0, 0.5), 0.35, 2.0))
    return out


def fixation_noise(t: Array, duration: float, rng: np.random.Generator) -> Array:
    """Return small jumps between points of a face, (n, 2) radians, zero at both ends."""
    out = np.zeros((len(t), 2))
    time = rng.uniform(0.2, 0.8)
    while time < duration - 0.25:
        stay = rng.uniform(0.25, 1.1)
        end = min(time + stay, duration - 0.2)
        value = np.radians(rng.uniform((-1.6, -0.6), (1.6, 1.6)))
        out[(t >= time) & (t < end)] = value
        time = end + (rng.uniform(0.0, 0.6) if rng.random() < 0.4 else 0.0)
    return out
