"""How sound the map of a style is: folds, flipped triangles, gaps of closed lids and lips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body, build_body
from cyberdirector.character.face.shapes import arkit_deltas
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.shape import Shape
from cyberdirector.character.style import Style
from cyberdirector.character.stylisation import style_dials
from cyberdirector.character.template import BODY_COUNT, Template

Points = NDArray[np.float64]

_STEP = 1e-5
"""Metres of the central difference."""

_SPREAD = 0.06
"""Random dials leave the level's own by up to this share (factors) or its like (shifts)."""

_TUNED: dict[str, float] = {
    "eye_tilt": 0.08, "eye_round": 0.4, "eye_tail": 0.25, "eye_hook": 0.4, "eye_peak": 0.15,
    "mouth_curve": 0.0014, "nose_drop": 0.0012, "face_length": 0.045, "cheek_full": 0.002,
    "jaw": 0.08, "chin": 0.12, "cheek": 0.04, "eye_height": 0.004, "eye_width": 0.003,
    "nose_width": 0.15, "nose_depth": 0.15, "mouth_width": 0.1, "mouth_height": 0.15,
}  # fmt: skip
"""Dials that the catalogue and recipes move: how far random styles shift them, each way."""


@dataclass(frozen=True)
class StyleReport:
    """What was found on one style.

    ``jacobian`` is the least determinant of the head map over the skin, ``flipped`` the
    number of triangles of the head that the map turns over, ``lids`` the widest gap that
    closed eyes leave and ``lips`` that of a neutral mouth, metres.
    """

    jacobian: float
    flipped: int
    lids: float
    lips: float


def random_style(rng: np.random.Generator) -> tuple[Shape, Style]:
    """Return a random person and style, as recipes and the catalogue may ask for."""
    sex = float(rng.integers(2))
    amount = float(rng.uniform(0.0, 1.25))
    dials = style_dials(amount, "male" if sex else "female")
    for name, reach in _TUNED.items():
        dials[name] += min(amount / 0.5, 1.0) * rng.uniform(-reach, reach)
    shape = Shape(
        sex=sex, age=float(rng.uniform(0.36, 0.85)), weight=float(rng.uniform(0.2, 0.8)),
        asian=float(rng.uniform()), muscle=float(rng.uniform(0.3, 0.7)),
    )  # fmt: skip
    return shape, Style(**dials)


def check_style(template: Template, shape: Shape, style: Style) -> StyleReport:
    """Return how sound the map of a style is on a person."""
    body = build_body(template, shape, style)
    return StyleReport(
        least_jacobian(body), flipped_triangles(body), _lid_gap(body), _lip_gap(body)
    )


def least_jacobian(body: Body) -> float:
    """Return the least determinant of the head map over the skin of the head."""
    rows = np.flatnonzero(body.head_weight[:BODY_COUNT] > 0.99)
    at = body.unstyled[rows]
    columns = [
        (body.warp_points(at + _STEP * e) - body.warp_points(at - _STEP * e)) / (2.0 * _STEP)
        for e in np.eye(3)
    ]
    unscaled = np.stack(columns, axis=2) / body.scale
    return float(np.linalg.det(unscaled).min())


def flipped_triangles(body: Body) -> int:
    """Return how many triangles of the head face the other way after the map.

    A triangle is compared with where the map's own derivative would carry its normal, so
    that turning without folding does not count.
    """
    triangles = body.faces().astype(np.int64)
    triangles = triangles[(body.head_weight[triangles] > 0.99).all(1)]
    before = _normals(body.unstyled, triangles)
    after = _normals(body.warp_points(body.unstyled), triangles)
    middle = body.unstyled[triangles].mean(1)
    columns = [
        (body.warp_points(middle + _STEP * e) - body.warp_points(middle - _STEP * e))
        / (2.0 * _STEP)
        for e in np.eye(3)
    ]
    jacobian = np.stack(columns, axis=2)
    carried = np.linalg.solve(np.transpose(jacobian, (0, 2, 1)), before[..., None])[..., 0]
    carried *= np.linalg.det(jacobian)[:, None]
    return int(((carried * after).sum(1) <= 0.0).sum())


def _normals(points: Points, triangles: NDArray[np.int64]) -> Points:
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return np.cross(b - a, c - a)


def _lid_gap(body: Body) -> float:
    """Return the widest opening that blinking leaves, metres."""
    loops = face_loops(body.template)
    deltas = arkit_deltas(body)
    widest = 0.0
    for index, side in enumerate(("Left", "Right")):
        closed = body.positions + deltas[f"eyeBlink{side}"]
        upper, lower = closed[loops.upper_lid[index]], closed[loops.lower_lid[index]]
        order = np.argsort(lower[:, 0])
        line = np.interp(upper[:, 0], lower[order, 0], lower[order, 1])
        widest = max(widest, float((upper[:, 1] - line).max()))
    return widest


def _lip_gap(body: Body) -> float:
    loops = face_loops(body.template)
    lower = body.positions[loops.lower_lip]
    order = np.argsort(lower[:, 0])
    upper = body.positions[loops.upper_lip[1:-1]]
    line = np.interp(upper[:, 0], lower[order, 0], lower[order, 1])
    return float(np.abs(upper[:, 1] - line).max())
