"""As few keys of all bones as keep the ends of a body within a tolerance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.core.rotations import quat_normalize
from cyberdirector.core.skeleton import BONE_COUNT, BONE_PARENTS, HUMANOID_BONES
from cyberdirector.motion._ends import Body, Tolerance
from cyberdirector.motion._fit import Bools, find_keys, sample_rotations, sample_values
from cyberdirector.motion._joint_fit import ROOT, JointFit
from cyberdirector.motion.curves import Array
from cyberdirector.motion.smooth import part_of

_CHUNK = 12
"""Frames of an end's course in which at most one key is added at a time."""

_NEAR = 20
"""Frames on both sides among which an error is compared with the largest one."""

_WORST = 0.9
"""Share of the largest error nearby from which on a key is added: the rest may go by itself."""

_PATIENT = 20
"""Rounds after which keys are added ever more freely: noise has no end of them."""

_SWEEPS = 2
"""Passes over all bones before more keys are added."""

_COARSE = 6.0
"""The first keys follow the calmed motion of single joints this many tolerances closely."""

_TURN = 0.12
"""Largest error of the first keys, radians: from farther away the fit does not find home."""

_SPARE = 3.0
"""A key is tried without where its loss moves the ends less than this, in tolerances."""

_TRIES = 2
"""Times that spare keys are taken away and what is missed is added again."""

_ROUNDS = 60
"""Rounds of adding single keys; after that whole stretches get a key on each frame."""

_TIPS = 0.7
"""Share of the tolerance of fingertips that the body may use up."""

_GOOD = 1.0 - 1e-3
"""Largest error in tolerances; the rest is left for numbers that are stored with 32 bits."""


def fewest_keys(body: Body, allowed: Tolerance) -> JointFit:
    """Return curves through few keys that keep the ends within the tolerance on all frames.

    The body first, its fingers as they were: hands then leave their tips some room; then the
    fingers.
    """
    keep = _first_keys(body, allowed)
    hands = [bone for bone in body.moving if part_of(HUMANOID_BONES[bone]) == "hands"]
    rest = [ROOT, *(bone for bone in body.moving if bone not in hands)]
    if not hands:
        return _thinned(JointFit(body, allowed, keep, rest))
    tips = [part_of(HUMANOID_BONES[end]) == "hands" for end in body.ends]
    closer = replace(body, limit=np.where(tips, _TIPS, 1.0) * body.limit)
    fit = _thinned(JointFit(closer, allowed, keep, rest))
    return _thinned(fit.then(body, keep, hands))


def _thinned(fit: JointFit) -> JointFit:
    """Return a fit within the tolerance, with spare keys taken away again and again."""
    best = _refined(fit)
    for number in range(_TRIES):
        trial = best.copy()
        _spare(trial, number % 2)
        if trial.keys == best.keys:
            continue
        trial = _refined(trial)
        best = trial if trial.keys < best.keys else best
    return best


def _first_keys(body: Body, allowed: Tolerance) -> Bools:
    """Return keys (n, 56) of the calmed motion within several tolerances of single joints."""
    from scipy.ndimage import gaussian_filter1d

    size = 1.5
    calm = quat_normalize(gaussian_filter1d(body.turns, size, axis=0, mode="nearest"))
    arm = np.full(BONE_COUNT, 0.2)
    lengths = np.linalg.norm(body.rest.offsets, axis=1)
    np.maximum.at(arm, BONE_PARENTS[1:], lengths[1:])
    joint = np.minimum(_COARSE * np.minimum(allowed.radians, allowed.metres / arm), _TURN)
    keep = np.zeros((len(body.root), BONE_COUNT + 1), np.bool_)
    none = np.zeros_like(keep)
    which = body.moving
    if which:
        samples = sample_rotations(calm[:, which], none[:, which])
        keep[:, which] = find_keys(samples, joint[which], none[:, which])
    if bool((body.root == body.root[:1]).all()):
        keep[0, -1] = True
        return keep
    place = gaussian_filter1d(body.root, size, axis=0, mode="nearest")[:, None]
    samples = sample_values(place, none[:, -1:])
    keep[:, -1:] = find_keys(samples, np.array([_COARSE * allowed.metres]), none[:, -1:])
    return keep


def _refined(fit: JointFit) -> JointFit:
    """Add keys until all ends are within the tolerance on all frames; return the same fit."""
    number = 0
    while True:
        for _ in range(_SWEEPS):
            bad = fit.sweep()
            if bad.max(initial=0.0) <= _GOOD:
                return fit
        number += 1
        if number > _ROUNDS:
            _densify(fit, bad)
        else:
            hurry = max(number - _PATIENT, 0) / _PATIENT
            _add_keys(fit, bad, _WORST * max(1.0 - hurry, 0.0))


def _spare(fit: JointFit, parity: int) -> None:
    """Take away every other key of each bone whose loss moves the ends little."""
    for column in fit.columns:
        count = len(fit.at[column])
        gone = np.arange(count) % 2 == parity
        gone[0] = gone[-1] = False
        if gone.any():
            fit.drop(column, fit.cost(column, gone) < _SPARE)


def _add_keys(fit: JointFit, bad: Array, worst: float) -> None:
    """Give the bone that could take back most another key, where an end is worst nearby."""
    from scipy.ndimage import maximum_filter1d

    least = worst * maximum_filter1d(bad.max(axis=1), 2 * _NEAR + 1)
    least = np.maximum(least, _GOOD)
    split: set[tuple[int, int]] = set()
    for i in range(bad.shape[1]):
        chain = np.array(fit.above(i))
        for start in range(0, len(bad), _CHUNK):
            frame = start + int(np.argmax(bad[start : start + _CHUNK, i]))
            if bad[frame, i] <= least[frame]:
                continue
            gain = fit.wanted[max(0, frame - 3) : frame + 4][:, chain].sum(axis=0)
            for column in chain[np.argsort(-gain, kind="stable")].tolist():
                if _split(fit, column, frame, split):
                    break


def _split(fit: JointFit, column: int, frame: int, split: set[tuple[int, int]]) -> bool:
    """Add a key near a frame unless the span there is full; True when nothing more is due."""
    at = fit.at[column]
    if len(at) < 2:
        return False
    k = int(np.clip(np.searchsorted(at, frame, "right") - 1, 0, len(at) - 2))
    left, right = int(at[k]), int(at[k + 1])
    if (column, left) in split:
        return True
    if right - left < 2:
        return False
    quarter = -(-(right - left) // 4)
    fit.add(column, min(max(frame, left + quarter), right - quarter))
    split.add((column, left))
    return True


def _densify(fit: JointFit, bad: Array) -> None:
    """Give every bone of the ends that are still off their own pose about those frames."""
    for i in range(bad.shape[1]):
        off = np.flatnonzero(bad[:, i] > _GOOD)
        near = np.unique(np.clip(off[:, None] + np.arange(-2, 3), 0, len(bad) - 1))
        for column in fit.above(i):
            for frame in near.tolist():
                fit.pin(column, frame)
