"""From a human body to an anime body: one smooth space map with a few dials.

The map is a chain of smooth steps (a monotone remap of heights, saturating pushes that
open the lids, local Gaussian scales, widths by height, a scale of the head about the
neck). Each step is one-to-one for the dial ranges allowed here, so closed eyelids and lips
stay closed and what is inside stays inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Style:
    """Dials of the stylisation.

    Sizes of facial parts are metres on a head of natural size (chin to top about
    0.233 m); heights on the face are fractions of the distance from chin to top; the
    other dials are factors (1 leaves the human shape) or shifts in metres. ``pull`` is how
    far places and sizes go from the person's own (0) to the dial (1). ``eye_round`` fills
    the corners of the lid opening, ``eye_tail`` raises the outer third of the upper lid,
    ``eye_hook`` lowers the inner corner; all three are 0 on an almond eye. ``mouth_curve``
    raises the corners of the mouth and ``nose_drop`` lowers the tip of the nose (metres),
    ``face_length`` lengthens the face below the eyes (share of it), ``cheek_full`` rounds
    the cheeks (metres). ``heads`` is the standing height in heads, 0 for what comes.
    """

    head: float = 1.28
    head_width: float = 1.0
    head_depth: float = 0.97
    eye_at: float = 0.455
    nose_at: float = 0.228
    lips_at: float = 0.144
    eye_width: float = 0.0392
    eye_height: float = 0.0232
    eye_apart: float = 0.0335
    eye_tilt: float = 0.06
    eye_forward: float = 0.003
    eye_wrap: float = 0.0055
    nose_width: float = 0.55
    nose_height: float = 0.75
    nose_depth: float = 0.68
    mouth_width: float = 0.72
    mouth_height: float = 0.62
    mouth_back: float = 0.004
    temple: float = 1.0
    cheek: float = 0.98
    jaw: float = 0.90
    chin: float = 0.68
    neck: float = 0.86
    limb: float = 0.84
    leg: float = 0.92
    torso: float = 0.92
    hand: float = 0.94
    pull: float = 1.0
    eye_round: float = 0.0
    eye_tail: float = 0.0
    eye_hook: float = 0.0
    mouth_curve: float = 0.0
    nose_drop: float = 0.0
    face_length: float = 0.0
    cheek_full: float = 0.0
    heads: float = 0.0


@dataclass(frozen=True)
class HeadFrame:
    """Places on the unstyled head, metres, that the map is hung on.

    ``eyes`` are the centres of the left and right lid openings (half width and half
    height in ``eye_half``, the slope of the corner line in ``eye_slope``); ``nose_base``
    the point under the nose between the nostrils; ``lips`` the middle of the lip line;
    ``menton`` the lowest point of the chin; ``top`` of the skull; ``pivot`` the head
    joint; ``neck`` the middle of the neck.
    """

    eyes: tuple[Points, Points]
    eye_half: tuple[float, float]
    eye_slope: float
    nose_base: Points
    lips: Points
    menton: Points
    top: Points
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
    w = smooth(0.0, 1.0, head_weight)
    y = np.array(points, dtype=np.float64)
    level = _levels(frame, style)
    y[:, 1] += (level(y[:, 1]) - y[:, 1]) * w
    y = _open_eyes(y, w, level, frame, style)
    y = _shrink_nose_and_mouth(y, w, level, frame, style)
    y = _narrow_face(y, w, level, frame, style)
    y = _scale_head(y, w, frame, style)
    return _thin_neck(y, points, frame, style)


def _levels(frame: HeadFrame, style: Style) -> Callable[[Points], Points]:
    """Return the monotone map of heights that moves eyes, nose and lips to their places."""
    from scipy.interpolate import PchipInterpolator

    low, height = frame.menton[1], frame.top[1] - frame.menton[1]
    before = [frame.lips[1], frame.nose_base[1], frame.eyes[0][1]]
    after = [low + f * height for f in (style.lips_at, style.nose_at, style.eye_at)]
    ends = [low - 0.10, low - 0.05, low]
    tops = [low + height, low + height + 0.05]
    curve = PchipInterpolator([*ends, *before, *tops], [*ends, *after, *tops])
    return lambda y: curve(np.clip(y, ends[0], tops[-1])) + y - np.clip(y, ends[0], tops[-1])


def _gauss(d: Points, sigma: Points) -> Points:
    return np.exp(-0.5 * ((d / sigma) ** 2).sum(1))


def _level_point(point: Points, level: Callable[[Points], Points]) -> Points:
    return np.array([point[0], float(level(np.array([point[1]]))[0]), point[2]])


def _open_eyes(
    y: Points, w: Points, level: Callable[[Points], Points], frame: HeadFrame, style: Style
) -> Points:
    """Widen the lid openings by a saturating push, so that the lids keep their thickness."""
    half_w, half_h = frame.eye_half
    slope_y = float(np.diff(level(frame.eyes[0][1] + np.array([-half_h, half_h])))[0]) / 2
    for centre, side in zip(frame.eyes, (1.0, -1.0), strict=True):
        eye = _level_point(centre, level)
        d = y - eye
        near = _gauss(d, np.array([0.026, 0.030, 0.045])) * w
        tilt = (style.eye_tilt - frame.eye_slope) * d[:, 0] * side
        grow_x = (0.5 * style.eye_width - half_w) / 0.65
        grow_y = (0.5 * style.eye_height - slope_y) / 0.66
        # The outer corner lies further back, so that the eye is seen from the side too.
        out = np.maximum(side * d[:, 0] / (0.5 * style.eye_width), 0.0) ** 2
        back = style.eye_wrap * near * out / (1.0 + 0.3 * out)
        y = y + np.stack(
            [
                near * (grow_x * _odd(d[:, 0] / half_w) + style.eye_apart * side - eye[0]),
                near
                * (grow_y * _odd(d[:, 1] / slope_y) + tilt * np.exp(-((d[:, 0] / 0.03) ** 2))),
                _gauss(d, np.array([0.022, 0.018, 0.045])) * w * style.eye_forward - back,
            ],
            axis=1,
        )
    return y


def _odd(t: Points) -> Points:
    """Return a smooth odd step: slope 1 at 0, ±1 far away."""
    return t / np.sqrt(1.0 + t * t)


def _shrink_nose_and_mouth(
    y: Points, w: Points, level: Callable[[Points], Points], frame: HeadFrame, style: Style
) -> Points:
    base = _level_point(frame.nose_base, level)
    d = y - (base + np.array([0.0, 0.006, -0.006]))
    scale = np.array([style.nose_width, style.nose_height, style.nose_depth]) - 1.0
    y = y + (_gauss(d, np.array([0.019, 0.019, 0.024])) * w)[:, None] * d * scale
    lips = _level_point(frame.lips, level)
    d = y - (lips - [0.0, 0.0, 0.012])
    g = (_gauss(d, np.array([0.030, 0.018, 0.030])) * w)[:, None]
    y = y + g * d * (np.array([style.mouth_width, style.mouth_height, 1.0]) - 1.0)
    y[:, 2] -= style.mouth_back * w * _gauss(d, np.array([0.034, 0.026, 0.045]))
    return y


def _narrow_face(
    y: Points, w: Points, level: Callable[[Points], Points], frame: HeadFrame, style: Style
) -> Points:
    """Give the outline of the face its width at temple, cheek, jaw and chin."""
    from scipy.interpolate import PchipInterpolator

    low = frame.menton[1]
    height = frame.top[1] - low
    eye = style.eye_at
    knots = np.array([-0.2, 0.0, 0.10 * eye / 0.46, 0.42 * eye, 0.72 * eye, eye, 0.75, 1.2])
    jaw = style.jaw
    widths = [0.5 * (style.chin + jaw), style.chin, 0.45 * style.chin + 0.55 * jaw,
              0.75 * jaw + 0.25 * style.cheek, style.cheek, style.temple, 1.0, 1.0]  # fmt: skip
    curve = PchipInterpolator(knots, widths)
    k = curve(np.clip((y[:, 1] - low) / height, -0.2, 1.2))
    front = smooth(-0.03, 0.04, y[:, 2])
    y[:, 0] *= 1.0 + (k - 1.0) * w * front
    return y


def _scale_head(y: Points, w: Points, frame: HeadFrame, style: Style) -> Points:
    pivot = np.array([0.0, frame.menton[1] - 0.01, frame.pivot[2]])
    size = style.head * np.array([style.head_width, 1.0, style.head_depth])
    return y + (y - pivot) * (size - 1.0) * w[:, None]


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
