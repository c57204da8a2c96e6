"""Arms followed from the shoulder to the finger tips along the parts of a figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.parts import PART_INDEX

Floats = NDArray[np.float64]

_ROWS = 200
"""Rows of the grid on which arms are followed."""

_ELBOW, _WRIST = 0.40, 0.76
"""Shares of the way from shoulder joint to finger tips (T-pose of the base mesh: upper arm
0.27 m, forearm 0.25 m, hand 0.17 m).
"""

_BEYOND = 0.55
"""Bare arm beyond the wrist, over shoulder to wrist, from which the wrist is wrong: a hand
is a third.
"""


def follow_arms(layout: Layout, labels: NDArray[np.uint8]) -> Layout:
    """Return the layout with elbows and wrists on bare arms that go on beyond them.

    The wrist of a bare arm is easily taken for the end of a short sleeve. Where skin goes on
    far beyond it, joints are placed along the way to the finger tips.

    Parameters
    ----------
    labels
        (h, w) numbers of :data:`~.parts.PARTS`.
    """
    step = max(1, round(labels.shape[0] / _ROWS))
    small = labels[::step, ::step]
    points = dict(layout.points)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        found = _trace(small, layout, side, sign, step)
        if found is None:
            continue
        elbow, wrist, tip = found
        shoulder, old = layout.at(f"{side}_shoulder"), layout.at(f"{side}_wrist")
        if np.hypot(*(tip - old)) > _BEYOND * max(float(np.hypot(*(old - shoulder))), 1.0):
            points[f"{side}_elbow"] = (float(elbow[0]), float(elbow[1]), 0.5)
            points[f"{side}_wrist"] = (float(wrist[0]), float(wrist[1]), 0.5)
    return replace(layout, points=points)


def _trace(
    small: NDArray[np.uint8], layout: Layout, side: str, sign: float, step: int
) -> tuple[Floats, Floats, Floats] | None:
    """Return elbow, wrist and finger tips (pixels) along an arm whose end is bare, or None."""
    from scipy.ndimage import binary_dilation

    head = layout.head_height / step
    shoulder, chin = layout.at(f"{side}_shoulder") / step, layout.at("chin") / step
    hip = layout.at(f"{side}_hip") / step
    y, x = np.mgrid[0 : small.shape[0], 0 : small.shape[1]]
    skin, sleeve, top = (small == PART_INDEX[n] for n in ("skin", "sleeve", "top"))
    outside = sign * (x - shoulder[0]) > -0.35 * head
    near = np.hypot(x - shoulder[0], y - shoulder[1]) < 0.35 * head
    legs = (y > hip[1] + 0.2 * head) & (sign * (x - hip[0]) < 0.35 * head)
    way = (skin | sleeve) & outside & (y > chin[1] + 0.1 * head) & ~legs | (top & near)
    front = way & (np.hypot(x - shoulder[0], y - shoulder[1]) < max(0.15 * head, 1.5))
    if not front.any():
        return None
    reached = np.where(front, 0, -1)
    cross = np.ones((3, 3), np.bool_)
    for number in range(1, 2 * small.shape[0]):
        grown = binary_dilation(front, cross if number % 2 else None) & way & (reached < 0)
        if not grown.any():
            break
        reached[grown] = number
        front = grown
    far = int(reached.max())
    tip = (reached >= far - 1) & skin
    if far < 0.8 * head or not tip.any():
        return None

    def place(share: float) -> Floats:
        on = np.abs(reached - share * far) <= 1.0
        return np.array([x[on].mean() + 0.5, y[on].mean() + 0.5]) * step

    return place(_ELBOW), place(_WRIST), np.array([x[tip].mean(), y[tip].mean()]) * step
