"""From a pose on every frame to a few keys that a person can edit.

Keys are kept as few as the hands, feet, fingertips and head allow: their error in the world,
not that of single joints, decides. The keys of all bones are fitted together: each bone takes
back what the others leave (:mod:`cyberdirector.motion._joint_fit`); where an end is still too
far off, the bone that could take back most gets another key, and keys that have become spare
go again (:mod:`cyberdirector.motion._fewest`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import SHAPE_COUNT
from cyberdirector.core.skeleton import HUMANOID_BONES, Rest
from cyberdirector.motion._ends import ENDS, Tolerance, measure_body, moves
from cyberdirector.motion._fewest import fewest_keys
from cyberdirector.motion._fit import (
    Bools,
    find_keys,
    key_track,
    sample_rotations,
    sample_values,
)
from cyberdirector.motion._joint_fit import ROOT
from cyberdirector.motion.curves import Array, Tangent, Track
from cyberdirector.motion.keyed import CONTACTS, weight_channels
from cyberdirector.motion.smooth import part_of

__all__ = ["ENDS", "Tolerance", "reduce_clip", "step_track"]

_THUMB = 0.1
"""Length, metres, of what a finger without a tip of its own carries."""


def reduce_clip(
    clip: Clip, rest: Rest, tolerance: Tolerance | None = None, face: bool = True
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

    Returns
    -------
    dict
        Channel → track (names as in :func:`cyberdirector.motion.keyed.bake`); keys lie on whole
        frames. Channels that stay at rest are left out; those that never change have one key.
            Contacts are steps: a key where a foot touches down or lifts off.
    """
    allowed = tolerance or Tolerance()
    out: dict[str, Track] = {}
    if not clip.frames:
        return out
    out.update(_body_tracks(clip, rest, allowed))
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


def _body_tracks(clip: Clip, rest: Rest, allowed: Tolerance) -> dict[str, Track]:
    body = measure_body(clip, rest, allowed)
    out: dict[str, Track] = {}
    for bone in np.flatnonzero(moves(body.turns)):
        if bone not in body.moving:
            none = np.zeros((clip.frames, 1), np.bool_)
            samples = sample_rotations(body.turns[:, [bone]], none)
            finger = part_of(HUMANOID_BONES[bone]) == "hands"
            angle = max(allowed.radians, allowed.metres / _THUMB if finger else 0.0)
            keys = find_keys(samples, np.array([angle]), none)
            out[f"bone:{HUMANOID_BONES[bone]}"] = key_track(samples, 0, keys[:, 0])
    for bone in np.flatnonzero(~moves(body.turns)):
        pose = body.turns[:1, bone]
        if not np.array_equal(np.abs(pose[0]), [0.0, 0.0, 0.0, 1.0]):
            out[f"bone:{HUMANOID_BONES[bone]}"] = Track.of([0.0], pose, Tangent.LINEAR, True)
    fit = fewest_keys(body, allowed)
    for column in fit.at:
        name = "root" if column == ROOT else f"bone:{HUMANOID_BONES[column]}"
        out[name] = fit.track(column)
    return out
