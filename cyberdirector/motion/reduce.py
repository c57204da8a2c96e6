"""From a pose on every frame to a few keys that a person can edit.

Keys are kept as few as the hands, feet, fingertips and head allow: their error in the world,
not that of single joints, decides. Bones are fitted parents first by least squares, each to
the world rotation that it had, so that it takes back what its parents missed; limbs aim at
where knee, ankle, elbow and wrist were. Where an end is still too far off, the bone that
pushes it away most gets another key, until all ends are within the tolerance on all frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import SHAPE_COUNT
from cyberdirector.core.rotations import (
    quat_between,
    quat_conjugate,
    quat_continuous,
    quat_log,
    quat_multiply,
    quat_normalize,
    quat_rotate,
)
from cyberdirector.core.skeleton import (
    BONE_COUNT,
    BONE_PARENTS,
    HUMANOID_BONES,
    Rest,
)
from cyberdirector.motion._ends import (
    AIM,
    ENDS,
    Body,
    Tolerance,
    find_stops,
    measure_body,
    moves,
)
from cyberdirector.motion._fit import (
    Bools,
    bezier_track,
    find_keys,
    key_track,
    sample_rotations,
    sample_values,
)
from cyberdirector.motion._least import fit_spline
from cyberdirector.motion.curves import Array, Tangent, Track, evaluate
from cyberdirector.motion.keyed import CONTACTS, weight_channels

__all__ = ["ENDS", "Tolerance", "reduce_clip", "step_track"]

_CHUNK = 12
"""Frames of an end's course in which at most one key is added at a time."""

_ROUNDS = 60
"""Rounds of adding single keys; after that whole stretches get a key on each frame."""

_ROUNDING = 1e-3
"""Share of the tolerance left for numbers that are stored with 32 bits."""


@dataclass
class _Fitted:
    """Curves through the present keys: local turns and hips, and what they lead to."""

    turns: Array
    root: Array
    points: Array
    world: Array
    targets: Array
    tracks: dict[int, Track] = field(default_factory=dict)


def reduce_clip(
    clip: Clip,
    rest: Rest,
    tolerance: Tolerance | None = None,
    face: bool = True,
    fewest: bool = False,
) -> dict[str, Track]:
    """Return a clip as few keys per channel; baking them keeps within the tolerance.

    Parameters
    ----------
    clip
        A pose on every frame.
    rest
        The body whose end effectors count.
    tolerance
        How far off the result may be.
    face
        Whether shapes, gaze and signs are keyed as well.
    fewest
        Fit the keys of all bones together (:mod:`cyberdirector.motion._fewest`): up to half as
        many keys for some ten times the time; keys lie wherever they help most.

    Returns
    -------
    dict
        Channel → track (names as in :func:`cyberdirector.motion.keyed.bake`); keys lie on whole
        frames. Channels that stay at rest are left out; those that never change have one key.
        Feet keep a key where they touch down and lift off, bones where they turn back.
    """
    allowed = tolerance or Tolerance()
    out: dict[str, Track] = {}
    if not clip.frames:
        return out
    out.update(_body_tracks(clip, rest, allowed, fewest))
    for side, name in enumerate(CONTACTS):
        out[name] = step_track(clip.contacts[:, side])
    if face:
        out.update(_face_tracks(clip, allowed))
    return out


def step_track(values: NDArray[np.generic]) -> Track:
    """Return values (n,) as steps: a key where they change."""
    at = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    return Track.of(at, values[at].astype(np.float64), Tangent.STEP)


def _face_tracks(clip: Clip, allowed: Tolerance) -> dict[str, Track]:
    columns = np.concatenate(
        [clip.weights, *[values[:, None] for values in clip.signs.values()]], axis=1
    )
    names = weight_channels() + [f"sign:{name}" for name in clip.signs]
    columns = columns.astype(np.float64)
    peaks = _peaks(columns)
    samples = sample_values(columns[:, :, None], peaks)
    keep = find_keys(samples, np.full(len(names), allowed.weight), peaks)
    out = {
        name: key_track(samples, i, keep[:, i])
        for i, name in enumerate(names)
        if i >= SHAPE_COUNT or columns[:, i].any()
    }
    if clip.gaze.any():
        none = np.zeros((clip.frames, 1), np.bool_)
        gaze = sample_values(clip.gaze[:, None].astype(np.float64), none)
        out["gaze"] = key_track(gaze, 0, find_keys(gaze, np.array([allowed.gaze]), none)[:, 0])
    return out


def _peaks(columns: Array) -> Bools:
    """Return where shapes (n, k) turn back or stand at an end: lips that meet must meet."""
    out = np.zeros(columns.shape, np.bool_)
    rise = np.diff(columns, axis=0)
    out[1:-1] = (np.abs(columns[1:-1] - 0.5) < 0.5) & (rise[:-1] * rise[1:] < 0.0)
    return out


def _body_tracks(clip: Clip, rest: Rest, allowed: Tolerance, fewest: bool) -> dict[str, Track]:
    body = measure_body(clip, rest, allowed)
    stops = find_stops(clip, body)
    keep = _first_keys(clip, body, allowed, stops)
    pinned = np.zeros_like(keep)
    pinned[0] = pinned[-1] = True
    out: dict[str, Track] = {}
    for bone in np.flatnonzero(moves(body.turns)):
        if bone not in body.moving:
            samples = sample_rotations(body.turns[:, [bone]], stops[:, [bone]])
            keys = find_keys(samples, np.array([allowed.radians]), stops[:, [bone]])
            out[f"bone:{HUMANOID_BONES[bone]}"] = key_track(samples, 0, keys[:, 0])
    for bone in np.flatnonzero(~moves(body.turns)):
        pose = body.turns[:1, bone]
        if not np.array_equal(np.abs(pose[0]), [0.0, 0.0, 0.0, 1.0]):
            out[f"bone:{HUMANOID_BONES[bone]}"] = Track.of([0.0], pose, Tangent.LINEAR, True)
    if fewest:
        from cyberdirector.motion._fewest import fewest_keys

        fit = fewest_keys(body, allowed)
        tracks = {-1 if x == BONE_COUNT else x: fit.track(x) for x in fit.at}
    else:
        tracks = _refine(body, allowed, keep, pinned).tracks
    for column, track in tracks.items():
        out["root" if column < 0 else f"bone:{HUMANOID_BONES[column]}"] = track
    return out


def _first_keys(clip: Clip, body: Body, allowed: Tolerance, stops: Bools) -> Bools:
    """Return keys (n, 56) of the calmed motion within twice the tolerance of single joints."""
    from scipy.ndimage import gaussian_filter1d

    size = 1.5
    calm = quat_normalize(gaussian_filter1d(body.turns, size, axis=0, mode="nearest"))
    arm = np.full(BONE_COUNT, 0.2)
    lengths = np.linalg.norm(body.rest.offsets, axis=1)
    np.maximum.at(arm, BONE_PARENTS[1:], lengths[1:])
    joint = 2.0 * np.minimum(allowed.radians, allowed.metres / arm)
    keep = np.zeros_like(stops)
    which = body.moving
    if which:
        samples = sample_rotations(calm[:, which], np.zeros_like(stops[:, which]))
        keep[:, which] = find_keys(samples, joint[which], stops[:, which])
    place = gaussian_filter1d(body.root, size, axis=0, mode="nearest")[:, None]
    samples = sample_values(place, np.zeros_like(stops[:, -1:]))
    keep[:, -1:] = find_keys(samples, np.array([2.0 * allowed.metres]), stops[:, -1:])
    return keep


def _refine(body: Body, allowed: Tolerance, keep: Bools, pinned: Bools) -> _Fitted:
    """Add keys until the baked motion is within the tolerance; return the curves.

    The first rounds take a quicker curve through the same keys; the last ones the real one.
    """
    real = False
    rounds = 0
    while True:
        fitted = _fit(body, keep, pinned, real)
        bad, push = _errors(body, fitted, allowed)
        if bad.max(initial=0.0) <= 1.0 - _ROUNDING:
            if real:
                return fitted
            real = True
            continue
        rounds += 1
        if rounds > _ROUNDS:
            _densify(body, keep, pinned, bad)
        else:
            _add_keys(body, fitted, keep, pinned, bad, push)


def _fit(body: Body, keep: Bools, pinned: Bools, real: bool) -> _Fitted:
    """Return the least-squares curves of all bones, parents first.

    ``real`` takes the curves that baking gives; else rotations are four numbers, normalised.
    """
    n = len(body.root)
    out = _Fitted(
        np.repeat(body.turns[:1], n, 0), body.root, np.zeros_like(body.points),
        np.zeros_like(body.world), body.world.copy(),
    )  # fmt: skip
    out.turns[:] = body.turns
    out.root, out.tracks[-1] = _fit_values(body.root, keep[:, -1], pinned[:, -1])
    moving = set(body.moving)
    offsets = body.rest.offsets.astype(np.float64)
    for bone in range(BONE_COUNT):
        parent = int(BONE_PARENTS[bone])
        if parent < 0:
            out.points[:, 0] = out.root
        else:
            reach = quat_rotate(out.world[:, parent], offsets[bone])
            out.points[:, bone] = out.points[:, parent] + reach
        if bone in AIM:
            goal = body.points[:, AIM[bone]]
            aim = quat_between(goal - body.points[:, bone], goal - out.points[:, bone])
            out.targets[:, bone] = quat_multiply(aim, body.world[:, bone])
        if bone in moving:
            wanted = out.targets[:, bone]
            if parent >= 0:
                wanted = quat_multiply(quat_conjugate(out.world[:, parent]), wanted)
            out.turns[:, bone], out.tracks[bone] = _fit_turns(
                quat_continuous(wanted), keep[:, bone], pinned[:, bone], real
            )
        local = out.turns[:, bone]
        out.world[:, bone] = local if parent < 0 else quat_multiply(out.world[:, parent], local)
    return out


def _fit_values(data: Array, keep: Bools, pinned: Bools) -> tuple[Array, Track]:
    at = np.flatnonzero(keep)
    if len(at) < 2 or bool((data == data[:1]).all()):
        return data.copy(), Track.of([0.0], data[:1], Tangent.LINEAR)
    values, slopes, curve = fit_spline(data, np.gradient(data, axis=0), at, pinned[at])
    return curve, bezier_track(at, values, slopes, slopes, False)


def _fit_turns(data: Array, keep: Bools, pinned: Bools, real: bool) -> tuple[Array, Track]:
    """Fit unit quaternions as four numbers each; slopes become rotation vectors."""
    at = np.flatnonzero(keep)
    if len(at) < 2:
        return data.copy(), Track.of([0.0], data[:1], Tangent.LINEAR, True)
    values, slopes, curve = fit_spline(data, np.gradient(data, axis=0), at, pinned[at])
    length = np.linalg.norm(values, axis=1, keepdims=True)
    unit = values / length
    spin = 2.0 * quat_multiply(quat_conjugate(unit), slopes / length)[:, :3]
    track = bezier_track(at, unit, spin, spin, True)
    return evaluate(track, np.arange(len(data))) if real else quat_normalize(curve), track


def _errors(body: Body, fitted: _Fitted, allowed: Tolerance) -> tuple[Array, Array]:
    """Return how far each end is off, (n, ends) in tolerances, and its way (n, ends, 3).

    Where the turn is worse than the place, the way is zero.
    """
    gap = fitted.points[:, body.ends] - body.points[:, body.ends]
    place = np.linalg.norm(gap, axis=-1) / body.limit
    delta = quat_multiply(body.world[:, body.ends], quat_conjugate(fitted.world[:, body.ends]))
    angle = np.linalg.norm(quat_log(delta), axis=-1) / allowed.radians
    gap[angle > place] = 0.0
    return np.maximum(place, angle), gap


def _add_keys(
    body: Body, fitted: _Fitted, keep: Bools, pinned: Bools, bad: Array, push: Array
) -> None:
    """Give the bone that pushes an end away most another key, where the end is worst."""
    split: set[tuple[int, int]] = set()
    for i in range(len(body.ends)):
        for start in range(0, len(bad), _CHUNK):
            frame = start + int(np.argmax(bad[start : start + _CHUNK, i]))
            if bad[frame, i] <= 1.0 - _ROUNDING:
                continue
            order = _blame(body, fitted, frame, i, push[frame, i])
            if not any(_split(keep, frame, column, split) for column in order):
                pinned[frame, order] = keep[frame, order] = True


def _blame(body: Body, fitted: _Fitted, frame: int, i: int, push: Array) -> list[int]:
    """Return columns (bones; the hips' place last) by how much they push an end away."""
    end = int(body.ends[i])
    chain = [b for b in body.moving if body.below[i, b] >= 0 or b == end]
    if not push.any():  # the turn of the end: itself, then what carries it
        return sorted(chain, reverse=True) or [BONE_COUNT]
    inner = [b for b in chain if b != end]
    offsets = body.rest.offsets[body.below[i, inner]].astype(np.float64)
    found = quat_rotate(fitted.world[frame, inner], offsets)
    moved = found - quat_rotate(fitted.targets[frame, inner], offsets)
    scores = [*(moved @ push), float((fitted.root[frame] - body.root[frame]) @ push)]
    columns = [*inner, BONE_COUNT]
    return [columns[k] for k in np.argsort(-np.array(scores), kind="stable")]


def _split(keep: Bools, frame: int, column: int, split: set[tuple[int, int]]) -> bool:
    """Add a key near a frame unless the span there is full; True when nothing more is due."""
    at = np.flatnonzero(keep[:, column])
    k = int(np.clip(np.searchsorted(at, frame, "right") - 1, 0, len(at) - 2))
    if at[k] == frame and k > 0 and at[k] - at[k - 1] > at[k + 1] - at[k]:
        k -= 1
    left, right = int(at[k]), int(at[k + 1])
    if (column, left) in split:
        return True
    if right - left < 2:
        return False
    quarter = -(-(right - left) // 4)
    key = min(max(frame, left + quarter), right - quarter)
    keep[key, column] = True
    split.add((column, left))
    return True


def _densify(body: Body, keep: Bools, pinned: Bools, bad: Array) -> None:
    """Give every bone of the ends that are still off a key on those frames and beside them."""
    for i, end in enumerate(body.ends):
        chain = [b for b in body.moving if body.below[i, b] >= 0 or b == end]
        for frame in np.flatnonzero(bad[:, i] > 1.0 - _ROUNDING):
            rows = slice(max(0, frame - 2), frame + 3)
            keep[rows, [*chain, BONE_COUNT]] = True
            pinned[rows, [*chain, BONE_COUNT]] = True
