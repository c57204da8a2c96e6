"""Eyes: a white card, an iris card and highlights behind the lids.

The iris never turns: it slides over the front of the eye, the way eyes are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body
from cyberdirector.character.face.eye_art import eye_uv, swatch_uv
from cyberdirector.character.face.materials import EYE
from cyberdirector.character.face.shapes import EYE_HAPPY, EYE_PAIN, Deltas
from cyberdirector.character.face.strip import grid_triangles, head_part
from cyberdirector.character.face.topology import face_loops
from cyberdirector.core.model import MeshPart

Points = NDArray[np.float64]

SIDES = (("Left", 0, 1.0), ("Right", 1, -1.0))

PUPIL_SHRINK, GLINT_HIDE = "pupilShrink", "eyeGlintHide"
"""Shapes of our own: small irises of shock, eyes without their light."""

_SMALL = 0.50
"""Size of the iris at ``pupilShrink`` 1."""


_WHITE_DEPTH, _IRIS_DEPTH, _GLINT_DEPTH = 0.0042, 0.0016, 0.0010
"""Metres behind the surface of the lid rims, on a body of natural size."""


@dataclass(frozen=True)
class EyeLook:
    """How the eyes are drawn.

    ``iris`` is the height of the iris over the height of the opening, ``iris_aspect`` its
    width over its height, ``iris_up`` how far it is moved up (half heights of the
    opening); ``lash`` the weight of the upper lash, ``wing`` the length of its outer tail,
    ``crease`` the weight of the fold line, ``fold`` which ring over the rim it lies on,
    ``lower_lash`` the weight of the lower one (1 is a young woman's).
    """

    iris: float = 1.18
    iris_aspect: float = 0.87
    iris_up: float = 0.10
    lash: float = 1.0
    wing: float = 1.0
    crease: float = 1.0
    fold: int = 4
    lower_lash: float = 1.0


Glint = tuple[float, float, float, float, float, str]

_SMALL_LOW: Glint = (0.36, -0.40, 0.12, 0.13, 0.0, "glint")
_CORNER: Glint = (0.49, -0.43, 0.10, 0.11, 0.0, "glint")

GLINTS: dict[str, tuple[Glint, ...]] = {
    "classic": ((-0.30, 0.42, 0.24, 0.29, 0.25, "glint"), _SMALL_LOW),
    "watery": (
        (-0.32, 0.44, 0.25, 0.25, 0.0, "glint"), (0.34, -0.34, 0.17, 0.15, 0.0, "glint"),
        (0.30, 0.44, 0.09, 0.10, 0.0, "glint"), (-0.30, -0.46, 0.08, 0.07, 0.0, "glint_soft"),
    ),
    "gem": ((-0.34, 0.42, 0.15, 0.30, 0.55, "glint"), (0.40, -0.42, 0.10, 0.14, 0.5, "glint")),
    "sharp": ((-0.30, 0.40, 0.26, 0.12, -0.25, "glint"),),
    "slit": ((-0.34, 0.40, 0.18, 0.24, 0.3, "glint"), _SMALL_LOW),
    "ring": ((-0.34, 0.44, 0.18, 0.16, 0.0, "glint_soft"),),
    "star": ((-0.44, 0.44, 0.17, 0.21, 0.2, "glint"), _CORNER),
    "flower": ((-0.46, 0.44, 0.16, 0.20, 0.2, "glint"), _CORNER),
}  # fmt: skip
"""Highlights by kind of iris: centre, half axes (radii of the iris), turn (rad), colour.

The light comes from the same side in both eyes.
"""


@dataclass(frozen=True)
class Opening:
    """One lid opening: centre (3,), half width and height, and the surface of its rim."""

    centre: Points
    half_w: float
    half_h: float
    surface: Points
    rim: Points

    def depth(self, x: Points, y: Points) -> Points:
        """Return z (metres) of the smooth surface through the rim at (x, y)."""
        dx, dy = x - self.centre[0], y - self.centre[1]
        a, b, c, d = self.surface
        outside = np.hypot(dx / self.half_w, dy / self.half_h) - 1.0
        # What slides under the lids also draws back, so that it never pierces them.
        away = 0.8 * self.half_h * np.maximum(outside, 0.0)
        return a + b * dx + c * dy + d * dx * dx - away


def opening_of(body: Body, index: int) -> Opening:
    """Return the lid opening of the left (0) or right (1) eye."""
    loops = face_loops(body.template)
    upper, lower = loops.upper_lid[index], loops.lower_lid[index]
    rim = body.positions[np.concatenate([upper, lower[-2:0:-1]])]
    low, high = rim.min(0), rim.max(0)
    centre = 0.5 * (low + high)
    d = rim - centre
    terms = np.stack([np.ones(len(d)), d[:, 0], d[:, 1], d[:, 0] ** 2], axis=1)
    surface = np.linalg.lstsq(terms, rim[:, 2], rcond=None)[0]
    half_w, half_h = 0.5 * (high - low)[:2]
    return Opening(centre, float(half_w), float(half_h), surface, rim)


def _disc(rings: int, spokes: int) -> tuple[Points, NDArray[np.int64]]:
    """Return points (n, 2) of a unit disc, ring by ring, and its triangles (CCW)."""
    r = np.sqrt(np.linspace(0.0, 1.0, rings + 1)[1:])
    a = np.linspace(0.0, 2.0 * np.pi, spokes, endpoint=False)
    ring = np.stack([np.cos(a), np.sin(a)], axis=1)
    points = np.concatenate([[[0.0, 0.0]], *(k * ring for k in r)])
    j = np.arange(spokes)
    fan = np.stack([np.zeros(spokes, np.int64), 1 + j, 1 + (j + 1) % spokes], axis=1)
    strips = grid_triangles(rings, spokes, closed=True)[:, [0, 2, 1]] + 1
    return points, np.concatenate([fan, strips])


def eye_parts(
    body: Body, deltas: Deltas, look: EyeLook, kind: str = "classic", glint: float = 1.0
) -> list[MeshPart]:
    """Return whites, irises and highlights of both eyes.

    Parameters
    ----------
    body, deltas
        The figure and its shapes.
    look
        Sizes.
    kind
        Name of the iris; it decides the highlights.
    glint
        Size of the highlights (1 is usual, 0 none).
    """
    parts = []
    for side, index, sign in SIDES:
        opening = opening_of(body, index)
        eye = _Eye(opening, look, side, sign, body.scale)
        parts.append(_white(body, deltas, opening, side, index))
        parts.append(_iris(eye, 1 + index))
        if glint > 0.0:
            parts += _glints(eye, GLINTS.get(kind, GLINTS["classic"]), glint)
    return parts


def forward(count: int) -> Points:
    """Return normals that face the viewer, a little upwards."""
    return np.tile([0.0, 0.24, 0.97], (count, 1))


def _retreat(count: int, amount: float, side: str) -> dict[str, Points]:
    """Return shapes that draw the eye back where a closing lid needs the room."""
    back = np.zeros((count, 3))
    back[:, 2] = -amount
    return {
        f"eyeBlink{side}": back,
        f"eyeSquint{side}": 0.4 * back,
        f"{EYE_HAPPY}{side}": 2.5 * back,
        EYE_PAIN: 1.5 * back,
    }


def _white(body: Body, deltas: Deltas, opening: Opening, side: str, index: int) -> MeshPart:
    """Return the white: the lid opening itself, set back and a little larger."""
    loops = face_loops(body.template)
    rows = np.concatenate([loops.upper_lid[index], loops.lower_lid[index][-2:0:-1]])
    reach = np.array([0.35, 0.7, 0.95, 1.12])
    out = opening.rim - opening.centre
    rings = [opening.centre + k * out for k in reach]
    points = np.concatenate([[opening.centre], *rings])
    points[:, 2] = opening.depth(points[:, 0], points[:, 1]) - _WHITE_DEPTH * body.scale
    over = np.concatenate([[0.0], np.repeat(np.maximum(reach - 1.0, 0.0), len(rows))])
    radius = np.linalg.norm(out[:, :2], axis=1)
    points[1:, 2] -= 1.3 * over[1:] * np.tile(radius, len(reach))
    n = len(rows)
    j = np.arange(n)
    fan = np.stack([np.zeros(n, np.int64), 1 + j, 1 + (j + 1) % n], axis=1)
    triangles = np.concatenate(
        [fan, grid_triangles(len(reach), n, closed=True)[:, [0, 2, 1]] + 1]
    )
    a, b = points[triangles[0, 1:], :2] - points[triangles[0, 0], :2]
    if a[0] * b[1] - a[1] * b[0] < 0:
        triangles = triangles[:, ::-1]
    d = (points - opening.centre)[:, :2] / [opening.half_w, opening.half_h]
    follow = _retreat(len(points), 0.0025 * body.scale, side)
    for name in (f"eyeWide{side}", "browInnerUp"):
        moved = np.concatenate(
            [[np.zeros(3)], *(np.minimum(k, 1) * deltas[name][rows] for k in reach)]
        )
        follow[name] = moved * [1.0, 1.0, 0.0]
    return head_part(
        f"eye_white_{side}", points, forward(len(points)), eye_uv(0, d[:, 0], d[:, 1]),
        triangles, EYE, follow,
    )  # fmt: skip


@dataclass(frozen=True)
class _Eye:
    """Places on one iris: unit disc coordinates become points that slide with the gaze."""

    opening: Opening
    look: EyeLook
    side: str
    sign: float
    scale: float

    @property
    def tall(self) -> float:
        """Half height of the iris, metres."""
        return self.look.iris * self.opening.half_h

    def at(self, disc: Points, lift: float, slide: tuple[float, float] = (0.0, 0.0)) -> Points:
        """Return points (n, 3) of disc places; ``lift`` metres in front of the lid surface."""
        opening = self.opening
        x = opening.centre[0] - self.sign * 0.04 * opening.half_w + slide[0]
        x = x + self.tall * self.look.iris_aspect * disc[:, 0]
        y = opening.centre[1] + self.look.iris_up * opening.half_h + slide[1]
        y = y + self.tall * disc[:, 1]
        return np.stack([x, y, opening.depth(x, y) + lift], axis=1)

    def shapes(self, disc: Points, lift: float, share: float = 1.0) -> dict[str, Points]:
        """Return the shapes of gaze and shock of disc places; ``share`` of the gaze's way."""
        points = self.at(disc, lift)
        side_way = share * 0.52 * self.opening.half_w
        up_way = share * 0.42 * self.opening.half_h
        slides = {
            f"eyeLookOut{self.side}": (self.sign * side_way, 0.0),
            f"eyeLookIn{self.side}": (-self.sign * side_way, 0.0),
            f"eyeLookUp{self.side}": (0.0, up_way),
            f"eyeLookDown{self.side}": (0.0, -up_way),
        }
        out = {name: self.at(disc, lift, way) - points for name, way in slides.items()}
        out[PUPIL_SHRINK] = self.at(_SMALL * disc, lift) - points
        return out | _retreat(len(points), 0.0025 * self.scale, self.side)


def _iris(eye: _Eye, column: int) -> MeshPart:
    disc, triangles = _disc(7, 40)
    lift = -_IRIS_DEPTH * eye.scale
    points = eye.at(disc, lift)
    uvs = eye_uv(column, disc[:, 0], disc[:, 1])
    return head_part(
        f"iris_{eye.side}", points, forward(len(points)), uvs, triangles, EYE,
        eye.shapes(disc, lift),
    )  # fmt: skip


def _glints(eye: _Eye, glints: tuple[Glint, ...], size: float) -> list[MeshPart]:
    """Return the highlights: they follow the gaze less than the iris does."""
    disc, triangles = _disc(1, 18)
    lift = -_GLINT_DEPTH * eye.scale
    parts = []
    for number, (cx, cy, w, h, turn, colour) in enumerate(glints):
        c, s = np.cos(turn), np.sin(turn)
        spot = disc * np.array([w, h]) * size
        place = np.array([cx, cy]) + spot @ np.array([[c, s], [-s, c]])
        points = eye.at(place, lift)
        shapes = eye.shapes(place, lift, 0.8)
        # A glint that hides shrinks to a point behind the iris.
        behind = np.array([0.0, 0.0, -0.004 * eye.scale])
        shapes[GLINT_HIDE] = points.mean(0) + 0.05 * (points - points.mean(0)) + behind - points
        uvs = np.tile(swatch_uv(colour), (len(points), 1))
        parts.append(
            head_part(
                f"glint_{eye.side}_{number}", points, forward(len(points)), uvs, triangles,
                EYE, shapes,
            )
        )  # fmt: skip
    return parts
