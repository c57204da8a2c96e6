"""Planted feet stay where they are: still while they bear, out of the floor, free in flight."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import (
    Array,
    quat_conjugate,
    quat_from_axis_angle,
    quat_multiply,
    quat_rotate,
    quat_slerp,
)
from cyberdirector.core.skeleton import BONE_INDEX, Rest
from cyberdirector.motion.feet import (
    SIDES,
    FootPath,
    Soles,
    foot_path,
    measure_soles,
    runs,
    split_turn,
    tip_over,
    turn_foot,
)
from cyberdirector.motion.ik import adjust_limb

EDGE = 0.12
"""Seconds over which a foot eases into and out of the place where it is held (3 frames at
24 a second)."""

_FLAT = np.radians([4.0, 14.0])
"""A foot tipped by less than the first angle is laid flat, by more than the second kept."""

_TOE_BEND = np.radians(62.0)
"""Most that toes bend upwards when the heel lifts (adults: 60 to 65 degrees)."""

_STEP = 0.25
"""A foot held higher than this share of its length stands on a step, not on the floor."""

_SLIDE = 1.0
"""A foot that travels more than this share of its length while it bears is sliding on
purpose: only its height is held."""

_PIVOT = np.radians(18.0)
"""A bearing foot that turns by more is pivoting on its ball: its yaw is kept."""

_DROP = 0.3
"""Most by which the hips give way to reach the floor, in shares of the leg."""


@dataclass
class _Held:
    """One contact: frames ``start:end`` and where the foot is in them."""

    start: int
    end: int
    ankle: Array
    turn: Array
    bend: Array
    """Upward bend of the toes, radians, (end - start,)."""


def _middle(values: Array) -> Array:
    """Return the median of (n, k) over the middle 60 % of the rows."""
    cut = len(values) // 5
    return np.asarray(np.median(values[cut : len(values) - cut], axis=0))


def _reach(points: Array) -> float:
    """Return how far points (n, 3) are spread over the floor, but for the outermost."""
    low, high = np.quantile(points[:, [0, 2]], (0.05, 0.95), axis=0)
    return float(np.linalg.norm(high - low))


def _hold(
    path: FootPath, soles: Soles, side: int, span: tuple[int, int], floor: float
) -> _Held:
    start, end = span
    rows = slice(start, end)
    yaw, raw = split_turn(path.turn[rows])
    yaw = np.unwrap(yaw)
    size = np.abs(raw)
    share = np.clip((size - _FLAT[0]) / (_FLAT[1] - _FLAT[0]), 0.0, 1.0)
    pitch = raw * share * share * (3.0 - 2.0 * share)
    # Where the foot would stand flat: the tip over ball or heel undone.
    back = path.ankle[rows] - tip_over(soles, side, np.zeros((end - start, 3)), yaw, raw)
    if np.ptp(yaw) < _PIVOT:
        yaw = np.full_like(yaw, float(_middle(yaw[:, None])[0]))
    level = turn_foot(yaw, np.zeros_like(yaw))
    ball = back + quat_rotate(level, soles.ball[side])
    anchor = _middle(ball)
    # Who turns on the spot moves either the ball or the heel in a circle, not both.
    if min(_reach(ball), _reach(path.heel[rows])) > _SLIDE * soles.length:
        anchor = ball.copy()
    height = float(_middle(ball[:, 1:2])[0])
    step = height - floor > _STEP * soles.length
    anchor[..., 1] = height if step else floor
    flat = anchor - quat_rotate(level, soles.ball[side])
    bend = np.clip(pitch, 0.0, _TOE_BEND)
    return _Held(
        start, end, tip_over(soles, side, flat, yaw, pitch), turn_foot(yaw, pitch), bend
    )


def _fade(distance: Array, edge: int) -> Array:
    """Return 1 at distance 0 (frames) falling to 0 beyond ``edge``, without a corner."""
    u = np.clip(1.0 - distance / (edge + 1.0), 0.0, 1.0)
    return np.asarray(u**3 * (10.0 - 15.0 * u + 6.0 * u * u))


def _shares(held: list[_Held], frames: int, edge: int) -> Array:
    """Return how much each contact says on each frame, (contacts, frames), sums up to 1."""
    t = np.arange(frames)
    rows = np.zeros((len(held), frames))
    for row, h in zip(rows, held, strict=True):
        row[:] = _fade(np.maximum(np.maximum(h.start - t, t - (h.end - 1)), 0), edge)
    inside = np.zeros(frames, bool)
    for h in held:
        inside[h.start : h.end] = True
    for row, h in zip(rows, held, strict=True):
        mine = np.zeros(frames, bool)
        mine[h.start : h.end] = True
        row[inside & ~mine] = 0.0
    return np.asarray(rows / np.maximum(rows.sum(axis=0), 1.0))


def _targets(
    path: FootPath, toes: Array, held: list[_Held], frames: int, edge: int
) -> tuple[Array, Array, Array]:
    """Return ankles (n, 3), foot turns (n, 4), world, and toe turns (n, 4), local."""
    ankle, turn, bent = path.ankle.copy(), path.turn.copy(), toes.copy()
    for h, share in zip(held, _shares(held, frames, edge), strict=True):
        at = np.clip(np.arange(frames), h.start, h.end - 1)
        near = np.flatnonzero(share > 0.0)
        rows, pick = at[near], at[near] - h.start
        ankle[near] += share[near, None] * (h.ankle[pick] - path.ankle[rows])
        delta = quat_multiply(h.turn[pick], quat_conjugate(path.turn[rows]))
        turn[near] = quat_multiply(_part(delta, share[near]), turn[near])
        still = quat_from_axis_angle([1.0, 0.0, 0.0], -h.bend[pick])
        bent[near] = quat_slerp(bent[near], still, share[near])
    return ankle, turn, bent


def _part(turn: Array, share: Array) -> Array:
    """Return a share (n,) of rotations (n, 4)."""
    none = np.zeros_like(turn)
    none[:, 3] = 1.0
    return quat_slerp(none, turn, share)


def _above(soles: Soles, side: int, ankle: Array, turn: Array, floor: float) -> Array:
    """Return ankles (n, 3) lifted so that heel and ball are not under the floor."""
    low = np.min(
        [
            (ankle + quat_rotate(turn, arm))[:, 1]
            for arm in (soles.heel[side], soles.ball[side])
        ],
        axis=0,
    )
    out = ankle.copy()
    out[:, 1] += np.maximum(floor - low, 0.0)
    return out


def _toes_above(
    soles: Soles, side: int, ankle: Array, turn: Array, toes: Array, floor: float
) -> Array:
    """Return toe turns (n, 4), local, bent up as far as the tip is under the floor."""
    joint = ankle + quat_rotate(turn, soles.joint[side])
    tip = joint + quat_rotate(quat_multiply(turn, toes), soles.ahead[side])
    length = float(np.linalg.norm(soles.ahead[side]))
    rise = (floor - tip[:, 1]) / max(length, 1e-6)
    lean = np.clip((tip - joint)[:, 1] / length, -1.0, 1.0)
    up = np.arcsin(np.clip(lean + np.maximum(rise, 0.0), -1.0, 1.0)) - np.arcsin(lean)
    return quat_multiply(toes, quat_from_axis_angle([1.0, 0.0, 0.0], -up))


def _tips_above(
    soles: Soles, side: int, ankle: Array, turn: Array, toes: Array, floor: float
) -> Array:
    """Return ankles lifted where bending the toes did not bring their tip over the floor."""
    joint = ankle + quat_rotate(turn, soles.joint[side])
    tip = joint + quat_rotate(quat_multiply(turn, toes), soles.ahead[side])
    out = ankle.copy()
    out[:, 1] += np.maximum(floor - tip[:, 1], 0.0)
    return out


def _give_way(root: Array, needed: Array, edge: int) -> Array:
    """Return the hips (n, 3) lowered by at least ``needed`` (n,), without jerks."""
    if not (needed > 1e-6).any():
        return root
    wide = np.lib.stride_tricks.sliding_window_view(
        np.pad(needed, edge, mode="edge"), 2 * edge + 1
    ).max(axis=-1)
    kernel = np.hanning(2 * edge + 3)[1:-1]
    eased = np.convolve(np.pad(wide, edge, mode="edge"), kernel / kernel.sum(), mode="valid")
    out = root.copy()
    out[:, 1] -= np.maximum(eased, needed)
    return out


def plant_feet(
    clip: Clip,
    rest: Rest,
    contacts: NDArray[np.bool_] | None = None,
    *,
    floor: float = 0.0,
    edge: float = EDGE,
) -> Clip:
    """Return a clip whose bearing feet stand still and go nowhere under the floor.

    In each contact the ball keeps its place; the foot may tip over it (heel off) or over the
    heel (heel strike), and lies flat else. Between contacts the correction fades within
    ``edge``, so that swings and jumps stay as they were. Where a leg is too short for its
    place the hips give way downwards.

    Parameters
    ----------
    clip
        The motion; its other channels are kept.
    rest
        The body that performs it.
    contacts
        (frames, 2) bool, left and right foot bear; None: those of the clip.
    floor
        Height of the floor, metres. Contacts clearly above it keep their own height (steps).
    edge
        Seconds of easing into and out of a contact.
    """
    bear = clip.contacts if contacts is None else contacts
    frames = clip.frames
    if not frames:
        return clip
    ease = max(2, round(edge * clip.rate.fps))
    local = clip.rotations.astype(np.float64)
    points, turns = rest.forward(clip.root, local)
    soles = measure_soles(rest)
    wanted = []
    for side in range(2):
        path = foot_path(soles, side, points, turns)
        held = [_hold(path, soles, side, span, floor) for span in runs(bear[:, side])]
        toes = local[:, BONE_INDEX[f"{SIDES[side]}Toes"]]
        ankle, turn, bent = _targets(path, toes, held, frames, ease)
        ankle = _above(soles, side, ankle, turn, floor)
        share = _shares(held, frames, ease).sum(axis=0) if held else np.zeros(frames)
        bent = _toes_above(soles, side, ankle, turn, bent, floor)
        ankle = _tips_above(soles, side, ankle, turn, bent, floor)
        wanted.append((ankle, turn, bent, share))
    root = _give_way(clip.root.astype(np.float64), _needed(points, wanted), ease)
    points = points + (root - clip.root)[:, None]
    for side in range(2):
        _write_leg(local, points, turns, side, wanted[side])
    return replace(
        clip, root=root.astype(np.float32), rotations=local.astype(np.float32), contacts=bear
    )


def _needed(points: Array, wanted: list[tuple[Array, Array, Array, Array]]) -> Array:
    """Return by how much (n,) the hips must sink so that bearing legs reach their feet."""
    out = np.zeros(len(points))
    for name, (ankle, _, _, share) in zip(SIDES, wanted, strict=True):
        hip, knee, foot = (
            points[:, BONE_INDEX[f"{name}{bone}"]] for bone in ("UpperLeg", "LowerLeg", "Foot")
        )
        a, b = np.linalg.norm(knee - hip, axis=-1), np.linalg.norm(foot - knee, axis=-1)
        reach = np.maximum(0.9995 * (a + b), np.linalg.norm(foot - hip, axis=-1))
        flat = np.sum((ankle - hip)[:, [0, 2]] ** 2, axis=-1)
        highest = ankle[:, 1] + np.sqrt(np.maximum(reach * reach - flat, 1e-6))
        drop = np.clip(hip[:, 1] - highest, 0.0, _DROP * (a + b))
        out = np.maximum(out, drop * share)
    return np.asarray(out)


def _write_leg(
    local: Array,
    points: Array,
    turns: Array,
    side: int,
    wanted: tuple[Array, Array, Array, Array],
) -> None:
    """Write one leg that reaches its wanted foot into ``local`` (n, 55, 4), in place."""
    ankle, turn, bent, _ = wanted
    upper, lower, foot, toes = (
        BONE_INDEX[f"{SIDES[side]}{bone}"] for bone in ("UpperLeg", "LowerLeg", "Foot", "Toes")
    )
    hinge = quat_rotate(turns[:, upper], np.array([1.0, 0.0, 0.0]))
    thigh, shin, _ = adjust_limb(
        points[:, [upper, lower, foot]], (turns[:, upper], turns[:, lower]), ankle, hinge
    )
    local[:, upper] = quat_multiply(quat_conjugate(turns[:, 0]), thigh)
    local[:, lower] = quat_multiply(quat_conjugate(thigh), shin)
    local[:, foot] = quat_multiply(quat_conjugate(shin), turn)
    local[:, toes] = bent
