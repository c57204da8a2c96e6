"""Lines of age: beside the nose, at the eyes, on the forehead and between the brows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.canvas import Canvas, smooth_line
from cyberdirector.character.face.topology import face_loops

Points = NDArray[np.float64]

_EYE_FEET = ((0.002, 0.5), (-0.001, 0.05), (-0.004, -0.45))
"""Height of each line over the outer corner of the eye (m) and its slope."""

_FOREHEAD = ((0.030, 0.020), (0.0365, 0.024), (0.043, 0.019))
"""Height of each line over the upper lid and its half length, metres."""


def paint_wrinkles(canvas: Canvas, body: Body, colour: Points, amount: float) -> None:
    """Paint the lines; lengths are metres on a head of natural size."""
    unit = body.scale * body.style.head
    loops = face_loops(body.template)
    lips, nose = body.landmarks["lips"], body.landmarks["nose_base"]

    def line(points: Points, width: float, strength: float) -> None:
        path = smooth_line(points, 24)
        t = np.linspace(0.0, 1.0, 24)
        w = width * unit * np.sin(np.pi * (0.05 + 0.9 * t)) ** 0.7
        canvas.blend(canvas.stroke(path, w, 0.0002 * unit), colour, strength * amount)

    brow = -np.inf
    for index, sign in enumerate((1.0, -1.0)):
        upper = body.positions[loops.upper_lid[index]]
        lower = body.positions[loops.lower_lid[index]]
        brow = max(brow, float(upper[:, 1].max()))
        fold = np.array([[0.0092, 0.0035], [0.0162, -0.005], [0.0212, 0.0]]) * unit
        fold = np.array([0.0, nose[1]]) + fold * [sign, 1.0]
        fold[2, 1] = lips[1] + 0.0045 * unit
        line(fold, 0.0012, 0.6)
        corner = upper[-1, :2] + np.array([sign * 0.0045, 0.0]) * unit
        for rise, slope in _EYE_FEET:
            foot = np.array([[0.0, 0.0], [0.004, 0.0022 * slope], [0.008, 0.0035 * slope]])
            foot = (foot + np.array([0.0, rise])) * [sign, 1.0]
            line(corner + foot * unit, 0.0008, 0.7)
        middle, half = 0.5 * (upper[0] + upper[-1]), 0.5 * abs(upper[-1, 0] - upper[0, 0])
        bag = np.array([[-0.8, 0.0035], [-0.1, 0.0062], [0.6, 0.0048]])
        low = float(lower[:, 1].min())
        bag = np.stack([middle[0] + bag[:, 0] * half, low - bag[:, 1] * unit], axis=1)
        line(bag, 0.0010, 0.6)
    for rise, reach in _FOREHEAD:
        arc = np.array([[-reach, rise], [0.0, rise + 0.0014], [reach, rise]]) * unit
        line(arc + np.array([0.0, brow]), 0.0009, 0.55)
    for sign in (1.0, -1.0):
        frown = np.array([[0.0032, 0.006], [0.0024, 0.010], [0.0030, 0.014]]) * [sign, 1.0]
        line(frown * unit + np.array([0.0, brow]), 0.0008, 0.5)
