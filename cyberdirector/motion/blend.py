"""Clips that flow into each other: aligned, then the difference fades like a spring at rest.

Inertial blending as described by Bollo ("Inertialization", GDC 2018): only the offset and its
speed at the seam are carried on and die away on a quintic; both motions stay what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    Array,
    quat_conjugate,
    quat_continuous,
    quat_exp,
    quat_log,
    quat_multiply,
)
from cyberdirector.core.skeleton import Rest
from cyberdirector.motion.feet import foot_paths
from cyberdirector.motion.mirror import heading_of, place
from cyberdirector.motion.plant import plant_feet

BLEND = 0.4
"""Seconds in which a difference dies away."""

_MOVED = 0.03
"""Metres by which a bearing foot may differ at a seam and still be held."""


def _quintic(offset: Array, speed: Array, t: Array, length: float) -> Array:
    """Return offsets (n, ...) that start at ``offset`` with ``speed`` and rest at ``length``.

    One course for each number; a speed that leads away from rest is left out, so that
    nothing overshoots.
    """
    toward = np.where(offset * speed < 0.0, speed, 0.0)
    # A fast approach shortens the way: x0 + v t reaches rest no later than this.
    soon = np.where(toward != 0.0, -5.0 * offset / np.where(toward == 0.0, 1.0, toward), length)
    end = np.clip(np.minimum(soon, length), 1e-4, length)
    u = np.clip(t.reshape(-1, *([1] * offset.ndim)) / end, 0.0, 1.0)
    # x0 h0(u) + v0 T h1(u) with h0(0)=1, h1'(0)=1 and value, slope, curvature 0 at u = 1.
    h0 = 1.0 - u**3 * (10.0 - 15.0 * u + 6.0 * u * u)
    h1 = u - u**3 * (6.0 - 8.0 * u + 3.0 * u * u)
    return np.asarray(offset * h0 + toward * end * h1)


def _faded(
    last: Array, speed_last: Array, first: Array, speed_first: Array, t: Array, length: float
) -> Array:
    return _quintic(last - first, speed_last - speed_first, t, length)


def _turn_speed(turns: Array, fps: float, end: bool) -> Array:
    """Return the angular velocity (55, 3) at the end or start of (n, 55, 4), local."""
    if len(turns) < 2:
        return np.zeros((turns.shape[1], 3))
    a, b = (turns[-2], turns[-1]) if end else (turns[0], turns[1])
    return quat_log(quat_multiply(quat_conjugate(a), b)) * fps


def align(clip: Clip, before: Clip) -> Clip:
    """Return ``clip`` turned and moved so that it goes on where ``before`` ends."""
    yaw = heading_of(before.rotations[-1, 0]) - heading_of(clip.rotations[0, 0])
    turned = place(clip, yaw, np.zeros(3))
    way = (before.root[-1] - turned.root[0]) * np.array([1.0, 0.0, 1.0])
    return place(turned, 0.0, way)


def _carry_on(before: Clip, after: Clip, seconds: float) -> Clip:
    """Return ``after`` (aligned) with the difference to the end of ``before`` fading."""
    fps, n = after.rate.fps, after.frames
    t = np.arange(1, n + 1) / fps
    length = min(seconds, n / fps)
    a, b = before.rotations.astype(np.float64), after.rotations.astype(np.float64)
    offset = quat_log(quat_multiply(quat_conjugate(b[0]), a[-1]))
    speed = _turn_speed(a, fps, True) - _turn_speed(b, fps, False)
    fading = quat_exp(_quintic(offset, speed, t, length))
    turns = quat_multiply(b, fading)

    def joined(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
        rising = [np.zeros_like(v[0]) if len(v) < 2 else None for v in (x, y)]
        sx = rising[0] if rising[0] is not None else (x[-1] - x[-2]) * fps
        sy = rising[1] if rising[1] is not None else (y[1] - y[0]) * fps
        extra = _faded(
            x[-1].astype(np.float64), sx.astype(np.float64), y[0].astype(np.float64),
            sy.astype(np.float64), t, length,
        )  # fmt: skip
        return np.asarray(y + extra, dtype=np.float32)

    return replace(
        after,
        root=joined(before.root, after.root),
        rotations=quat_continuous(turns).astype(np.float32),
        weights=np.clip(joined(before.weights, after.weights), 0.0, 1.0),
        gaze=joined(before.gaze, after.gaze),
    )


def _free_moved(before: Clip, after: Clip, rest: Rest, seconds: float) -> NDArray[np.bool_]:
    """Return contacts of ``after`` without feet that must travel at the seam."""
    contacts = after.contacts.copy()
    frames = min(round(seconds * after.rate.fps), after.frames)
    ends = zip(foot_paths(before, rest), foot_paths(after, rest), strict=True)
    for side, (a, b) in enumerate(ends):
        if np.linalg.norm((a.ball[-1] - b.ball[0])[[0, 2]]) > _MOVED:
            contacts[:frames, side] = False
    return contacts


def _concatenate(clips: Sequence[Clip]) -> Clip:
    first = clips[0]
    names = {name for clip in clips for name in clip.signs}
    return replace(
        first,
        root=np.concatenate([c.root for c in clips]),
        rotations=quat_continuous(np.concatenate([c.rotations for c in clips])).astype(
            np.float32
        ),
        weights=np.concatenate([c.weights for c in clips]),
        gaze=np.concatenate([c.gaze for c in clips]),
        contacts=np.concatenate([c.contacts for c in clips]),
        signs={
            name: np.concatenate(
                [c.signs.get(name, np.zeros(c.frames, np.float32)) for c in clips]
            )
            for name in sorted(names)
        },
    )


def join_clips(clips: Sequence[Clip], rest: Rest, seconds: float = BLEND) -> Clip:
    """Return clips one after another, each going on where the one before ends.

    Parameters
    ----------
    clips
        At least one, of one rate, made on the same body.
    rest
        That body: bearing feet are held over the seams.
    seconds
        In which the difference at a seam dies away.

    Raises
    ------
    ValueError
        For no clips, or clips of several rates.
    """
    if not clips or len({c.rate for c in clips}) != 1:
        raise ValueError("clips to be joined need one rate")
    out = [clips[0]]
    for clip in clips[1:]:
        before = out[-1]
        aligned = align(clip, before)
        if aligned.frames > 1:  # its first frame is the one that is there already
            aligned = aligned.slice(1, aligned.frames)
        contacts = _free_moved(before, aligned, rest, seconds)
        out.append(replace(_carry_on(before, aligned, seconds), contacts=contacts))
    return plant_feet(_concatenate(out), rest)


def make_loop(clip: Clip, rest: Rest, seconds: float = BLEND) -> Clip:
    """Return a clip whose end leads into its start (the way over the floor goes on).

    The seam is where the difference is greatest, so its start is bent towards its end: the
    first ``seconds`` of a round carry on from the last frame.
    """
    if clip.frames < 4:
        return clip
    again = align(clip, clip)
    carried = _carry_on(clip, again.slice(1, again.frames), seconds)
    frames = min(round(seconds * clip.rate.fps), clip.frames - 2)
    yaw = heading_of(clip.rotations[0, 0]) - heading_of(again.rotations[0, 0])
    back = place(carried, yaw, np.zeros(3))
    shift = (clip.root[frames] - back.root[frames - 1]) * np.array([1.0, 0.0, 1.0])
    start = place(back, 0.0, shift)
    body = _concatenate([start.slice(0, frames), clip.slice(frames + 1, clip.frames)])
    return plant_feet(body, rest)
