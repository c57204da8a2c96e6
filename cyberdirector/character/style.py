"""From a human body to an anime body: one smooth space map with a few dials.

The map is a chain of closed-form steps (local anisotropic Gaussian scales, tapers, a
scale of the head about the neck). Each step is smooth and one-to-one for the dial ranges
allowed here, so closed eyelids and lips stay closed and what is inside stays inside. A
Gaussian scale ``x + g(x) (s - 1) x`` does not fold while ``s < 3.2``: its least
derivative is ``1 - 2 exp(-3/2) (s - 1)`` along one axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Style:
    """Dials of the stylisation; 1 (or 0 for shifts and tapers) leaves the human shape.

    Scales are factors, shifts metres on a head of natural size, tapers fractions.
    """

    head: float = 1.16
    head_width: float = 0.93
    head_depth: float = 0.97
    eye_width: float = 1.34
    eye_height: float = 1.75
    eye_out: float = 0.003
    eye_down: float = 0.004
    nose_width: float = 0.60
    nose_height: float = 0.70
    nose_depth: float = 0.62
    mouth_width: float = 0.74
    mouth_height: float = 0.72
    mouth_depth: float = 0.90
    jaw: float = 0.15
    chin: float = 0.10
    lower_face: float = 0.88
    neck: float = 0.88
    limb: float = 0.84
    leg: float = 0.92
    torso: float = 0.92
    hand: float = 0.94


@dataclass(frozen=True)
class HeadFrame:
    """Places on the unstyled head, metres, that the map is hung on.

    ``eyes`` are the left and right lid centres at the front; ``nose_base`` the point
    under the nose between the nostrils; ``lips`` the centre of the lip line; ``menton``
    the lowest point of the chin; ``pivot`` the head joint; ``neck`` the middle of the neck.
    """

    eyes: tuple[Points, Points]
    nose_base: Points
    lips: Points
    menton: Points
    pivot: Points
    neck: Points


def smooth(low: float, high: float, x: Points) -> Points:
    """Return the cubic step of ``x`` from 0 at ``low`` to 1 at ``high`` (either order)."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def warp_head(points: Points, head_weight: Points, frame: HeadFrame, style: Style) -> Points:
    """Return styled positions of points that belong to the head by ``head_weight``.

    Parameters
    ----------
    points
        (n, 3) metres, A-pose of the unstyled body.
    head_weight
        (n,) 0..1, skin weight of the head and eye bones.
    frame, style
        Where and how much.
    """
    w = smooth(0.0, 1.0, head_weight)[:, None]
    y = np.array(points, dtype=np.float64)
    y = _warp_eyes(y, w, frame, style)
    y = _warp_nose_and_mouth(y, w, frame, style)
    y = _warp_jaw(y, w[:, 0], frame, style)
    y = _scale_head(y, w, frame, style)
    return _thin_neck(y, points, frame, style)


def _gauss(d: Points, sigma: Points) -> Points:
    return np.exp(-0.5 * ((d / sigma) ** 2).sum(1))[:, None]


def _warp_eyes(y: Points, w: Points, frame: HeadFrame, style: Style) -> Points:
    sigma = np.array([0.0210, 0.0165, 0.030])
    scale = np.array([style.eye_width - 1.0, style.eye_height - 1.0, 0.0])
    for centre, side in zip(frame.eyes, (1.0, -1.0), strict=True):
        inside = centre - [0.0, 0.0, 0.012]
        d = y - inside
        y = y + _gauss(d, sigma) * d * scale * w
        shift = np.array([side * style.eye_out, -style.eye_down, 0.0])
        y = y + _gauss(d, sigma * 1.35) * shift * w
    return y


def _warp_nose_and_mouth(y: Points, w: Points, frame: HeadFrame, style: Style) -> Points:
    d = y - np.array([0.0, frame.nose_base[1] + 0.006, frame.nose_base[2] - 0.006])
    g = _gauss(d, np.array([0.019, 0.019, 0.024]))
    y = (
        y
        + g * d * (np.array([style.nose_width, style.nose_height, style.nose_depth]) - 1.0) * w
    )
    d = y - (frame.lips - [0.0, 0.0, 0.012])
    g = _gauss(d, np.array([0.028, 0.016, 0.030]))
    return (
        y
        + g * d * (np.array([style.mouth_width, style.mouth_height, style.mouth_depth]) - 1) * w
    )


def _warp_jaw(y: Points, w: Points, frame: HeadFrame, style: Style) -> Points:
    eye_y = frame.eyes[0][1]
    length = eye_y - frame.menton[1]
    f = np.clip((eye_y - y[:, 1]) / length, -0.6, 1.25)
    front = smooth(0.01, 0.06, y[:, 2])
    taper = 0.35 * smooth(0.0, 0.6, f) + 0.65 * smooth(0.35, 1.08, f)
    narrow = (
        style.jaw * taper * (0.45 + 0.55 * front) + style.chin * smooth(0.62, 1.1, f) * front
    )
    y[:, 0] *= 1.0 - narrow * w
    down = np.clip(f, 0.0, 1.25)
    rise = down - 0.15 * np.sin(np.pi * np.clip(down, 0.0, 1.0))
    y[:, 1] += (1.0 - style.lower_face) * length * rise * w * smooth(-0.03, 0.04, y[:, 2])
    return y


def _scale_head(y: Points, w: Points, frame: HeadFrame, style: Style) -> Points:
    pivot = np.array([0.0, frame.menton[1] - 0.01, frame.pivot[2]])
    size = style.head * np.array([style.head_width, 1.0, style.head_depth])
    return y + (y - pivot) * (size - 1.0) * w


def _thin_neck(y: Points, before: Points, frame: HeadFrame, style: Style) -> Points:
    near = np.exp(-0.5 * ((before[:, 1] - frame.neck[1]) / 0.035) ** 2)
    near *= smooth(0.12, 0.07, np.abs(before[:, 0]))
    k = 1.0 - (1.0 - style.neck) * near
    y[:, 0] *= k
    y[:, 2] = frame.neck[2] + (y[:, 2] - frame.neck[2]) * k
    return y


def along_axis(points: Points, axis: Points) -> tuple[Points, Points]:
    """Return for each point its place 0..1 along a polyline and the nearest point on it.

    ``axis`` is (k, 3), metres. The place may leave 0..1 before the start or past the end.
    """
    lengths = np.linalg.norm(np.diff(axis, axis=0), axis=1)
    starts = np.concatenate([[0.0], np.cumsum(lengths)])
    best = np.full(len(points), np.inf)
    place = np.zeros(len(points))
    foot = np.zeros_like(points)
    last = len(lengths) - 1
    for i, length in enumerate(lengths):
        direction = (axis[i + 1] - axis[i]) / length
        t = (points - axis[i]) @ direction
        low = -np.inf if i == 0 else 0.0
        high = np.inf if i == last else length
        t = np.clip(t, low, high)
        q = axis[i] + t[:, None] * direction
        distance = np.linalg.norm(points - q, axis=1)
        better = distance < best
        best = np.where(better, distance, best)
        place = np.where(better, (starts[i] + t) / starts[-1], place)
        foot[better] = q[better]
    return place, foot


def slim_limb(points: Points, weight: Points, axis: Points, factor: float) -> Points:
    """Return points drawn towards the polyline ``axis`` by ``factor`` where ``weight`` is 1.

    The ends of the limb keep their size so that joints and hands stay joined.
    """
    place, foot = along_axis(points, axis)
    k = (1.0 - factor) * smooth(0.02, 0.30, place) * smooth(1.04, 0.93, place)
    return points + (foot - points) * (k * smooth(0.1, 0.9, weight))[:, None]


def slim_torso(
    points: Points, weight: Points, low: float, high: float, factor: float, middle: float
) -> Points:
    """Return points with the trunk narrowed: full above ``high``, none below ``low`` (y, m).

    ``weight`` is 1 where the map applies; depth (about z = ``middle``) gets 60 % of it.
    """
    k = (1.0 - factor) * smooth(low, high, points[:, 1]) * weight
    out = points.copy()
    out[:, 0] *= 1.0 - k
    out[:, 2] = middle + (out[:, 2] - middle) * (1.0 - 0.6 * k)
    return out
