"""From a human body to a drawn one: the dials, and the maps of limbs and trunk."""

from __future__ import annotations

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
    the cheeks (metres). ``shoulder`` is the distance between the shoulders, ``heads`` the
    standing height in heads, 0 for what comes.
    """

    head: float = 1.28
    head_width: float = 1.0
    head_depth: float = 0.97
    eye_at: float = 0.455
    nose_at: float = 0.228
    lips_at: float = 0.144
    eye_width: float = 0.0392
    eye_height: float = 0.0224
    eye_apart: float = 0.0335
    eye_tilt: float = 0.06
    eye_forward: float = 0.003
    eye_wrap: float = 0.0125
    nose_width: float = 0.55
    nose_height: float = 0.75
    nose_depth: float = 0.82
    mouth_width: float = 0.72
    mouth_height: float = 0.62
    mouth_back: float = 0.004
    cheek: float = 1.03
    jaw: float = 1.13
    chin: float = 0.74
    neck: float = 0.86
    limb: float = 0.84
    leg: float = 0.92
    torso: float = 0.92
    shoulder: float = 0.94
    hand: float = 0.94
    pull: float = 1.0
    eye_round: float = -0.15
    eye_tail: float = 0.08
    eye_hook: float = 0.120
    mouth_curve: float = 0.0
    nose_drop: float = 0.0
    face_length: float = 0.0
    cheek_full: float = 0.0012
    heads: float = 0.0
    crown: float = 0.95
    temple: float = 1.04
    skull: float = 1.12
    skull_top: float = 1.14
    jaw_lift: float = 0.004
    chin_forward: float = 0.005
    nose_root: float = 0.003
    brow_back: float = 0.002
    nose_tip: float = 0.003
    eye_peak: float = 0.0
    face_wrap: float = 0.017
    ear: float = 0.78
    ear_out: float = 0.62
    ear_up: float = 0.004
    head_back: float = 0.008


def smooth(low: float, high: float, x: Points) -> Points:
    """Return the cubic step of ``x`` from 0 at ``low`` to 1 at ``high`` (either order)."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


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
    k = (1.0 - factor) * smooth(-0.04, 0.18, place) * smooth(1.04, 0.93, place)
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


def draw_shoulders(
    points: Points, arm: Points, weight: Points, low: float, joint: Points, factor: float
) -> Points:
    """Return points with the shoulders nearer to the middle; arms move along unchanged.

    Parameters
    ----------
    points
        (n, 3) metres, A-pose.
    arm, weight
        (n,) how much a point belongs to an arm, and 1 where the map applies at all.
    low
        Height under which the trunk keeps its width.
    joint
        (3,) the left shoulder joint.
    factor
        New distance of the shoulders over the old one.
    """
    whole = smooth(low, float(joint[1]), points[:, 1])
    k = (1.0 - factor) * np.maximum(whole, smooth(0.0, 0.8, arm)) * weight
    x = points[:, 0]
    out = points.copy()
    out[:, 0] -= k * np.clip(x, -joint[0], joint[0])
    return out
