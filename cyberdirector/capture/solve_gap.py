"""What a body does while it is out of the picture.

Of someone who has left both the detector and the lifter tell stories. Who walks goes on
walking: a pose is followed by what followed when the body was last seen in it, or in its mirror
image. Where it never was, the last pose eases into the usual one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture.solve_figure import LANDMARK, MIRROR

Floats = NDArray[np.float64]

SOMEONE = 0.3
"""Mean confidence of the landmarks from which there is somebody to be read."""

_EASED = 0.25
"""Seconds over which the last pose becomes the usual one."""

_LOOK, _APART, _AHEAD = 0.2, 0.3, 0.25
"""Seconds of movement that are compared, by which the like moment must lie apart, and that must
be known after it."""

_REACH = 10.0
"""Seconds over which a like moment is looked for."""

_ALIKE = 0.16
"""Mean distance of points, in body scales, up to which two moments are alike."""

_SEAM, _FADE = 0.2, 3.0
"""Seconds in which the difference at the seam dies away and the phase is forgotten."""

_LEFT, _RIGHT = LANDMARK["leftHip"], LANDMARK["rightHip"]


def someone(trust: Floats) -> NDArray[np.bool_]:
    """Return in which frames there is a body to be read, (n,), of confidences (n, 19)."""
    return np.asarray(trust.mean(axis=1) > SOMEONE)


def held(points: Floats, trust: Floats, rate: float) -> Floats:
    """Return points whose stretches without a body are filled from the others.

    Parameters
    ----------
    points
        (n, 19, 3) relative to the hips, units of the body's scale.
    trust
        (n, 19) how far landmarks are believed, 0..1.
    rate
        Frames per second.
    """
    there = someone(trust)
    if there.all() or not there.any():
        return points
    out = _usual(points, there, rate)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (~there).astype(int), [0]])))
    n = len(points)
    for start, end in edges.reshape(-1, 2):
        span = end - start
        on = _gone_on(points[:start], there[:start], span, rate)
        back = _gone_on(points[end:][::-1], there[end:][::-1], span, rate) if end < n else None
        value, total = np.zeros_like(out[start:end]), np.zeros((span, 1, 1))
        for found, flow in ((on, slice(None)), (back, slice(None, None, -1))):
            if found is None:
                continue
            k = len(found)
            share = np.exp(-np.arange(1, k + 1) / rate / _FADE)[:, None, None]
            value[flow][:k] += share * found
            total[flow][:k] += share
        known = np.minimum(total, 1.0)
        out[start:end] = value / np.maximum(total, 1.0) + (1.0 - known) * out[start:end]
    return out


def _usual(points: Floats, there: NDArray[np.bool_], rate: float) -> Floats:
    """Return points that ease into the mean of the second nearest to each gap."""
    from scipy.ndimage import distance_transform_edt

    good = np.flatnonzero(there)
    at = np.arange(len(points))
    flat = points.reshape(len(points), -1)
    between = np.stack([np.interp(at, good, column[good]) for column in flat.T], axis=-1)
    # Means of so many known frames, the window moved inside at both ends.
    width = max(1, min(round(1.2 * rate), len(good)))
    total = np.cumsum(np.concatenate([np.zeros((1, flat.shape[1])), flat[good]]), axis=0)
    first = np.clip(np.arange(len(good)) - width // 2, 0, len(good) - width)
    usual = (total[first + width] - total[first]) / width
    usual = np.stack([np.interp(at, good, column) for column in usual.T], axis=-1)
    away = distance_transform_edt(~there) / rate
    share = np.clip(away / _EASED, 0.0, 1.0)[:, None]
    share = share * share * (3.0 - 2.0 * share)
    return np.asarray((between + share * (usual - between)).reshape(points.shape))


def _mirrored(points: Floats, across: Floats) -> Floats:
    """Return points (..., 19, 3) mirrored at the plane across a unit vector."""
    return np.asarray((points - 2.0 * (points @ across)[..., None] * across)[..., MIRROR, :])


def _gone_on(points: Floats, there: NDArray[np.bool_], span: int, rate: float) -> Floats | None:
    """Return up to ``span`` frames that go on from the last one; None: it was never alike."""
    reach = round(_REACH * rate)
    points, there = points[-reach:], there[-reach:]
    n, look, ahead = len(points), max(2, round(_LOOK * rate)), max(1, round(_AHEAD * rate))
    if n < look + ahead or not there[-look:].all():
        return None
    across = (points[there][:, _LEFT] - points[there][:, _RIGHT]).mean(axis=0)
    across /= max(float(np.linalg.norm(across)), 1e-9)
    # Frames from which so many before and after are known.
    known = np.convolve(there, np.ones(look + ahead), "valid") > look + ahead - 0.5
    best, moment, twin = _ALIKE, 0, False
    for mirror, latest in ((False, n - max(ahead, round(_APART * rate))), (True, n - ahead)):
        seen = _mirrored(points, across) if mirror else points
        near = np.lib.stride_tricks.sliding_window_view(seen, look, axis=0)[: latest - look + 1]
        now = np.moveaxis(points[-look:], 0, -1)
        far = np.linalg.norm(near - now, axis=2).mean(axis=(1, 2))
        far = np.where(known[: len(far)], far, np.inf)
        if len(far) and far.min() < best:
            best, moment, twin = float(far.min()), int(np.argmin(far)) + look, mirror
    if not moment:
        return None
    whole = np.concatenate([points, np.empty((span, *points.shape[1:]))])
    seam = points[-1] - (_mirrored(points[moment - 1], across) if twin else points[moment - 1])
    for k in range(span):
        if moment + k < n and not there[moment + k]:
            return whole[n : n + k]
        pose = whole[moment + k]
        pose = _mirrored(pose, across) if twin else pose
        whole[n + k] = pose + seam * np.exp(-(k + 1) / rate / _SEAM)
    return whole[n:]
