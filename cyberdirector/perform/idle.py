"""The quiet life of a body: breath, sway and shifts of weight over planted feet."""

from __future__ import annotations

import numpy as np

from cyberdirector.perform._body import Body
from cyberdirector.perform._motion import Array, pinned_noise, ramp
from cyberdirector.perform.controls import Controls

BREATH = 3.8
"""Seconds of a quiet breath; a segment holds a whole number of breaths."""


def breath(t: Array, duration: float) -> Array:
    """Return lung fill 0..1; 0 with zero slope at both ends of the segment."""
    cycles = round(duration / BREATH)
    if cycles == 0:
        return np.zeros(len(t))
    phase = (t * cycles / duration) % 1.0
    # Inhaling takes two fifths of the cycle.
    inhale = ramp(phase, 0.0, 0.42)
    return np.asarray(inhale * (1.0 - ramp(phase, 0.45, 1.0)))


def weight_course(
    t: Array, duration: float, first: float, last: float, rng: np.random.Generator
) -> Array:
    """Return on which leg the weight is, -1 right .. +1 left, (n,).

    It starts at ``first`` and ends at ``last`` (fixed by the boundaries) and wanders
    between them every 6 to 14 seconds.
    """
    out = np.full(len(t), first)
    value, busy = first, 0.0
    time = rng.uniform(2.0, 7.0)
    while time < duration - 3.0:
        goal = -float(np.sign(value or 1.0)) * rng.uniform(0.4, 1.0)
        busy = time + rng.uniform(0.8, 1.2)
        out += ramp(t, time, busy) * (goal - value)
        value = goal
        time += rng.uniform(6.0, 14.0)
    length = min(1.1, duration * 0.9)
    latest = duration - length
    start = rng.uniform(min(busy, latest), latest) if latest > 0.0 else 0.0
    return np.asarray(out + ramp(t, start, start + length) * (last - value))


def add_idle(
    c: Controls,
    body: Body,
    t: Array,
    duration: float,
    weight: Array,
    seated: Array,
    vigour: float,
    rng: np.random.Generator,
    breathing: float = 1.0,
) -> None:
    """Add breath, sway and weight shift to the controls, in place.

    Parameters
    ----------
    weight
        (n,) course of :func:`weight_course`.
    seated
        (n,) 1 where the pelvis rests on something and must not move.
    vigour
        Size of the motion, about 1.
    breathing
        Depth of the breath, 1 at rest.
    """
    calm = c.still
    free = calm * (1.0 - seated)
    shift = weight * free
    cos, sin = np.cos(c.heading), np.sin(c.heading)
    noise = pinned_noise(t, duration, 1.9, rng, 8)
    slow = pinned_noise(t, duration, 3.4, rng, 4)
    across = 0.024 * body.scale * shift + 0.004 * vigour * noise[:, 0] * free
    along = 0.006 * vigour * noise[:, 1] * free
    c.root[:, 0] += across * cos + along * sin
    c.root[:, 2] += along * cos - across * sin
    c.root[:, 1] -= 0.006 * body.scale * np.abs(shift)
    degree = np.pi / 180.0
    c.hips += degree * np.stack([-2.5 * shift, 0.0 * shift, 2.6 * shift], axis=-1)
    air = breathing * breath(t, duration)
    turn = np.stack(
        [
            2.0 * shift + 1.6 * vigour * slow[:, 0] * calm,
            -1.1 * air + 0.9 * vigour * slow[:, 1] * calm,
            -2.9 * shift + 0.9 * vigour * slow[:, 2] * calm,
        ],
        axis=-1,
    )
    c.spine += degree * turn
    c.lift += degree * (1.6 * air + 0.6 * slow[:, 3] * calm)[:, None]
    for side in range(2):
        c.wrist[:, side, 0] += 0.007 * vigour * noise[:, 2 + side] * calm
        c.wrist[:, side, 2] += 0.012 * vigour * noise[:, 4 + side] * calm
        c.hand[:, side, 3:15] *= 1.0 + 0.12 * noise[:, 6 + side, None] * calm[:, None]
