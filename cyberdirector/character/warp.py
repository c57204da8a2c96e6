"""One smooth one-to-one map from a human head to a drawn one.

The map is a chain of smooth steps: a monotone remap of heights, saturating pushes that
open the lids, local Gaussian scales, a new profile, widths by height, a rounder
cross-section and a scale of the head about the neck. Each step is one-to-one for the dial
ranges of the product, so closed eyelids and lips stay closed and what is inside stays
inside. All shapes of the face are carried through the same map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.style import Style, smooth

Points = NDArray[np.float64]
Level = Callable[[Points], Points]

_REAL_EYE, _REAL_NOSE, _REAL_LIPS = 0.492, 0.282, 0.185
"""Heights of eyes, nose and lips on the average head, fractions from chin to top."""


@dataclass(frozen=True)
class HeadFrame:
    """Places on the unstyled head, metres, that the map is hung on.

    ``eyes`` are the centres of the left and right lid openings (half width and half
    height in ``eye_half``, the slope of the corner line in ``eye_slope``); ``nose_base``
    the point under the nose between the nostrils; ``lips`` the middle of the lip line and
    ``mouth_half`` half its width; ``menton`` the lowest point of the chin; ``top`` of the
    skull; ``ear`` the middle of the left ear; ``pivot`` the head joint; ``neck`` the
    middle of the neck.
    """

    eyes: tuple[Points, Points]
    eye_half: tuple[float, float]
    eye_slope: float
    nose_base: Points
    lips: Points
    mouth_half: float
    menton: Points
    top: Points
    ear: Points
    pivot: Points
    neck: Points


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
    y = _draw_profile(y, w, level, frame, style)
    y = _shape_outline(y, w, level, frame, style)
    y = _place_ears(y, w, level, frame, style)
    y = _scale_head(y, w, frame, style)
    return _thin_neck(y, points, frame, style)


def _levels(frame: HeadFrame, style: Style) -> Level:
    """Return the monotone map of heights that moves eyes, nose and lips to their places."""
    from scipy.interpolate import PchipInterpolator

    low, height = frame.menton[1], frame.top[1] - frame.menton[1]
    before = np.array([frame.lips[1], frame.nose_base[1], frame.eyes[0][1]])
    own = (before - low) / height
    goal = np.array([style.lips_at, style.nose_at, style.eye_at])
    goal = goal * (1.0 + style.face_length * np.array([0.8, 0.8, 1.0]))
    after = low + height * (own + style.pull * (goal - own))
    ends = np.array([low - 0.10, low - 0.05, low])
    tops = low + np.array([height, height + 0.05])
    crown = low + height * style.crown + np.array([0.0, 0.05])
    curve = PchipInterpolator([*ends, *before, *tops], [*ends, *after, *crown])
    top, shift = tops[1], crown[1] - tops[1]

    def level(y: Points) -> Points:
        inside: Points = curve(np.clip(y, ends[0], top))
        return np.where(y > top, y + shift, np.where(y < ends[0], y, inside))

    return level


def _gauss(d: Points, sigma: Points) -> Points:
    return np.exp(-0.5 * ((d / sigma) ** 2).sum(1))


def _bump(t: Points, centre: float, width: float) -> Points:
    return np.exp(-(((t - centre) / width) ** 2))


def _level_point(point: Points, level: Level) -> Points:
    return np.array([point[0], float(level(np.array([point[1]]))[0]), point[2]])


def _toward(own: float, dial: float, pull: float) -> float:
    """Return a size that lies ``pull`` of the way from the person's own to the dial."""
    return own + pull * (dial - own)


def _open_eyes(y: Points, w: Points, level: Level, frame: HeadFrame, style: Style) -> Points:
    """Widen the lid openings by a saturating push, so that the lids keep their thickness."""
    half_w, own_h = frame.eye_half
    slope_y = float(np.diff(level(frame.eyes[0][1] + np.array([-own_h, own_h])))[0]) / 2
    wide = _toward(half_w, 0.5 * style.eye_width, style.pull)
    tall = _toward(slope_y, 0.5 * style.eye_height, style.pull)
    slope = _toward(frame.eye_slope, style.eye_tilt, style.pull) - frame.eye_slope
    for centre, side in zip(frame.eyes, (1.0, -1.0), strict=True):
        eye = _level_point(centre, level)
        apart = _toward(side * eye[0], style.eye_apart, style.pull) * side - eye[0]
        d = y - eye
        near = _gauss(d, np.array([0.026, 0.030, 0.045])) * w
        tilt = 1.7 * slope * d[:, 0] * side * np.exp(-((d[:, 0] / 0.034) ** 2))
        grow_x = (wide - half_w) / 0.65 * _odd(d[:, 0] / half_w)
        grow_y = (tall - slope_y) / 0.66 * _odd(d[:, 1] / slope_y)
        # The outer corner lies further back, so that the eye is seen from the side too.
        out = np.maximum(side * d[:, 0] / wide, 0.0) ** 2
        back = style.eye_wrap * near * out / (1.0 + 0.3 * out)
        ahead = _gauss(d, np.array([0.022, 0.018, 0.045])) * w * style.eye_forward
        y = y + np.stack([near * (grow_x + apart), near * (grow_y + tilt), ahead - back], 1)
        y = _draw_lids(y, w, eye + np.array([apart, 0.0, 0.0]), (wide, tall), side, style)
    return y


def _draw_lids(
    y: Points, w: Points, eye: Points, half: tuple[float, float], side: float, style: Style
) -> Points:
    """Give the opening its character: fuller corners, a lifted tail, a hooked inner corner."""
    wide, tall = half
    d = y - eye
    u, v = side * d[:, 0] / wide, d[:, 1] / tall
    near = _gauss(d, np.array([0.026, 0.024, 0.045])) * w
    upper = smooth(-0.4, 0.7, v)
    rise = 1.3 * style.eye_tail * upper * _bump(u, 0.76, 0.44)
    rise -= 0.45 * style.eye_hook * _bump(u, -1.08, 0.34)
    corners = _bump(u, -0.78, 0.36) + _bump(u, 0.80, 0.36)
    rise += 0.34 * style.eye_round * _odd(2.0 * v) * corners
    rise += style.eye_peak * upper * (_bump(u, 0.35, 0.45) - _bump(u, -0.5, 0.45))
    y = y.copy()
    y[:, 1] += tall * near * rise
    return y


def _odd(t: Points) -> Points:
    """Return a smooth odd step: slope 1 at 0, ±1 far away."""
    return t / np.sqrt(1.0 + t * t)


def _shrink_nose_and_mouth(
    y: Points, w: Points, level: Level, frame: HeadFrame, style: Style
) -> Points:
    base = _level_point(frame.nose_base, level)
    d = y - (base + np.array([0.0, 0.006, -0.006]))
    scale = np.array([style.nose_width, style.nose_height, style.nose_depth]) - 1.0
    near = _gauss(d, np.array([0.019, 0.019, 0.024])) * w
    y = y + near[:, None] * d * scale
    tip = y - (base + np.array([0.0, 0.008, 0.006]))
    lift = _gauss(tip, np.array([0.008, 0.009, 0.014])) * w
    y[:, 2] += style.nose_tip * lift
    y[:, 1] += (0.5 * style.nose_tip - style.nose_drop) * lift
    lips = _level_point(frame.lips, level)
    d = y - (lips - [0.0, 0.0, 0.012])
    g = (_gauss(d, np.array([0.024, 0.016, 0.030])) * w)[:, None]
    y = y + g * d * (np.array([style.mouth_width, style.mouth_height, 1.0]) - 1.0)
    d = y - lips
    y[:, 2] -= style.mouth_back * w * _gauss(d, np.array([0.034, 0.026, 0.045]))
    half = frame.mouth_half * style.mouth_width
    ends = np.minimum((d[:, 0] / half) ** 2, 2.5)
    y[:, 1] += style.mouth_curve * w * ends * _gauss(d, np.array([half, 0.014, 0.030]))
    return y


def _draw_profile(y: Points, w: Points, level: Level, frame: HeadFrame, style: Style) -> Points:
    """Move the front of the face in depth by height: brow, root of the nose, chin."""
    from scipy.interpolate import PchipInterpolator

    low, height = frame.menton[1], frame.top[1] - frame.menton[1]
    lips, nose, eye = (
        float(_level_point(p, level)[1]) for p in (frame.lips, frame.nose_base, frame.eyes[0])
    )
    brow = eye + 0.16 * height
    top = low + height * style.crown
    knots = [low - 0.06, low - 0.03, low + 0.25 * (lips - low), lips, nose, eye, brow,
             0.55 * brow + 0.45 * top, top + 0.02]  # fmt: skip
    values = [0.0, 0.5 * style.chin_forward, style.chin_forward, 0.35 * style.chin_forward,
              0.0, -style.nose_root, -0.4 * style.brow_back, -style.brow_back,
              -0.4 * style.brow_back]  # fmt: skip
    curve = PchipInterpolator(knots, values)
    shift = curve(np.clip(y[:, 1], knots[0], knots[-1]))
    front = smooth(0.03, 0.11, y[:, 2])
    y = y.copy()
    y[:, 2] += shift * w * front
    # The jaw rises from the chin towards the ears.
    chin = frame.menton + np.array([0.0, 0.0, 0.010])
    away = np.hypot(y[:, 0] / 0.050, np.maximum(chin[2] - y[:, 2], 0.0) / 0.075)
    rise = smooth(0.15, 1.0, away) * _bump(y[:, 1], low, 0.030) * smooth(-0.01, 0.03, y[:, 2])
    y[:, 1] += style.jaw_lift * rise * w
    return y


def _shape_outline(
    y: Points, w: Points, level: Level, frame: HeadFrame, style: Style
) -> Points:
    """Give the head its width by height, and the face a rounder cross-section."""
    from scipy.interpolate import PchipInterpolator

    low, height = frame.menton[1], frame.top[1] - frame.menton[1]
    lips, nose, eye = (
        (float(_level_point(p, level)[1]) - low) / height
        for p in (frame.lips, frame.nose_base, frame.eyes[0])
    )
    jaw, cheek, top = style.jaw, style.cheek, style.crown
    knots = np.array([-0.25, -0.12, 0.0, 0.45 * lips, lips, nose, 0.5 * (nose + eye), eye,
                      0.5 * (eye + top), 0.25 * eye + 0.75 * top, top, top + 0.2])  # fmt: skip
    widths = [1.0, 0.5 + 0.5 * style.chin, style.chin, 0.5 * (style.chin + jaw), jaw,
              0.5 * (jaw + cheek), cheek, style.temple, style.skull,
              0.3 * style.skull + 0.7 * style.skull_top, style.skull_top,
              style.skull_top]  # fmt: skip
    at = (y[:, 1] - low) / height
    k = PchipInterpolator(knots, widths)(np.clip(at, knots[0], knots[-1]))
    front = np.maximum(smooth(-0.03, 0.04, y[:, 2]), smooth(0.25, 0.6, at))
    y = y.copy()
    y[:, 0] *= 1.0 + (k - 1.0) * w * front
    # Cheeks and eyes lie further back to the sides.
    x2 = (y[:, 0] / 0.06) ** 2
    round_ = x2 / (1.0 + 0.25 * x2) * smooth(0.03, 0.10, y[:, 2])
    tall = (0.5 * smooth(-0.15, 0.08, at) + 0.5 * smooth(0.12, 0.40, at)) * smooth(
        0.85, 0.55, at
    )
    y[:, 2] -= style.face_wrap * round_ * tall * w
    for side in (1.0, -1.0):
        middle = low + height * (0.42 * nose + 0.58 * lips)
        puff = y - np.array([side * 0.040, middle + 0.006, frame.lips[2] - 0.035])
        y[:, 0] += side * style.cheek_full * w * _gauss(puff, np.array([0.02, 0.022, 0.04]))
    return y


def _place_ears(y: Points, w: Points, level: Level, frame: HeadFrame, style: Style) -> Points:
    """Scale the ears about their roots, lay them on and lift them."""
    width = np.interp(0.5, [0.0, 1.0], [style.cheek, style.temple])
    ear = _level_point(frame.ear, level) * np.array([width, 1.0, 1.0])
    for side in (1.0, -1.0):
        d = y - ear * np.array([side, 1.0, 1.0])
        near = _gauss(d, np.array([0.010, 0.026, 0.024])) * w
        scale = np.array([style.ear_out, style.ear, 0.5 + 0.5 * style.ear]) - 1.0
        y = y + near[:, None] * (d * scale + np.array([0.0, style.ear_up, 0.0]))
    return y


def _scale_head(y: Points, w: Points, frame: HeadFrame, style: Style) -> Points:
    pivot = np.array([0.0, frame.menton[1] - 0.01, frame.pivot[2]])
    size = style.head * np.array([style.head_width, 1.0, style.head_depth])
    shift = np.array([0.0, 0.0, -style.head_back])
    return y + ((y - pivot) * (size - 1.0) + shift) * w[:, None]


def _thin_neck(y: Points, before: Points, frame: HeadFrame, style: Style) -> Points:
    near = np.exp(-0.5 * ((before[:, 1] - frame.neck[1]) / 0.035) ** 2)
    near *= smooth(0.12, 0.07, np.abs(before[:, 0]))
    k = 1.0 - (1.0 - style.neck) * near
    y[:, 0] *= k
    y[:, 2] = frame.neck[2] + (y[:, 2] - frame.neck[2]) * k
    return y
