"""What a recipe's figure measures: face points and how far hair and cloth reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.body import Body, build_body
from cyberdirector.character.face.topology import face_loops
from cyberdirector.character.hair import build_hair
from cyberdirector.character.piece import Piece
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.template import load_template
from cyberdirector.character.wardrobe import build_outfit
from cyberdirector.perceive.parts import FACE_POINTS, part_of

Floats = NDArray[np.float64]


def body_of(recipe: Recipe) -> Body:
    """Return the body of a recipe (0.2 s)."""
    return build_body(load_template(), recipe.body_shape(), recipe.body_style())


def model_face(body: Body) -> dict[str, Floats]:
    """Return the face points of a body by name, (3,) metres, T-pose, model space."""
    loops, at = face_loops(body.template), body.landmarks
    upper = [body.positions[loops.upper_lid[s]] for s in (0, 1)]
    lower = [body.positions[loops.lower_lid[s]] for s in (0, 1)]
    rims = [np.concatenate(pair) for pair in zip(upper, lower, strict=True)]
    centre = [0.5 * (rim.min(0) + rim.max(0)) for rim in rims]
    mouth = body.positions[np.concatenate([loops.upper_lip, loops.lower_lip])]
    values = (
        centre[0], centre[1], upper[0][-1], upper[0][0], upper[1][0], upper[1][-1],
        at["nose_tip"], mouth[mouth[:, 0].argmax()], mouth[mouth[:, 0].argmin()],
        at["menton"], at["head_top"],
    )  # fmt: skip
    return dict(zip(FACE_POINTS, values, strict=True))


@dataclass(frozen=True)
class Ladder:
    """Heights of a figure as rungs that do not depend on its proportions.

    ``heights`` are those of crown, chin, neck, hip, knee and ankle, strictly falling
    (metres up, or pixels with the sign turned); :meth:`rung` maps a height to 0 (crown),
    1 (chin), 1.3 (neck), 3 (hip), 4 (knee), 5 (ankle).
    """

    heights: Floats

    RUNGS = (0.0, 1.0, 1.3, 3.0, 4.0, 5.0)

    def rung(self, height: float) -> float:
        """Return the rung of a height; beyond the ends it goes on evenly."""
        down = -self.heights
        slope = (down[-1] - down[-2]) / (self.RUNGS[-1] - self.RUNGS[-2])
        ends = [*down, down[-1] + slope]
        return float(np.interp(-height, ends, [*self.RUNGS, 6.0]))

    def height(self, rung: float) -> float:
        """Return the height of a rung."""
        down = -self.heights
        slope = (down[-1] - down[-2]) / (self.RUNGS[-1] - self.RUNGS[-2])
        return -float(np.interp(rung, [*self.RUNGS, 6.0], [*down, down[-1] + slope]))


def falling(heights: list[float]) -> Floats:
    """Return heights made strictly falling (a bent pose may turn neighbours round)."""
    out = np.array(heights, np.float64)
    least = 0.01 * max(float(out[0] - out[-1]), 1e-3)
    for i in range(1, len(out)):
        out[i] = min(out[i], out[i - 1] - least)
    return out


def model_ladder(body: Body) -> Ladder:
    """Return the ladder of a body in its T-pose."""
    at = body.landmarks
    joints = ("neck", "leftUpperLeg", "leftLowerLeg", "leftFoot")
    heights = [at["head_top"][1], at["menton"][1], *(at[j][1] for j in joints)]
    return Ladder(falling([float(h) for h in heights]))


def reach_of(body: Body, pieces: list[Piece], part: str) -> float | None:
    """Return the height (metres) down to which a part hangs, or None where there is none.

    The lowest hundredth of its vertices is left out: single points of locks.
    """
    names = {i: node.name for i, node in enumerate(body.nodes)}
    hip = body.bone("leftUpperLeg")[1]
    found = []
    for piece in pieces:
        height = float(np.median(piece.positions[:, 1])) - hip
        main = piece.joints[np.arange(len(piece.joints)), piece.weights.argmax(1)]
        bone = names.get(int(np.median(main)), "hips") if (main >= 0).mean() > 0.5 else "hips"
        if part_of(piece.name, piece.material.role, bone, height) == part:
            found.append(piece.positions[:, 1])
    if not found:
        return None
    return float(np.percentile(np.concatenate(found), 1.0))


_CELL = 0.012
"""Metres of a cell of the map of what is in front."""


def _shown(points: Floats, body: Body) -> NDArray[np.bool_]:
    """Return which points (n, 3) are not behind the body, seen from the front."""
    from scipy.ndimage import grey_closing

    skin = body.positions[: body.template.base.shape[0]]
    low = np.minimum(skin.min(0), points.min(0))[:2]
    size = np.ceil((np.maximum(skin.max(0), points.max(0))[:2] - low) / _CELL).astype(int) + 1
    depth = np.full(size, -np.inf)
    at = ((skin[:, :2] - low) / _CELL).astype(int)
    np.maximum.at(depth, (at[:, 0], at[:, 1]), skin[:, 2])
    depth = grey_closing(depth, (3, 3))
    own = ((points[:, :2] - low) / _CELL).astype(int)
    return np.asarray(points[:, 2] >= depth[own[:, 0], own[:, 1]] - 0.004)


def hair_reach(recipe: Recipe, body: Body) -> float | None:
    """Return the height (metres) of the lowest hair seen from the front, or None for none.

    Beards are left out; so are the last two cells: tips as thin as a line.
    """
    pieces = [p for p in build_hair(body, recipe.hair_spec(0)) if "beard" not in p.name]
    if not pieces:
        return None
    points = np.concatenate([p.positions for p in pieces])
    seen = points[_shown(points, body)]
    cells = np.unique((seen[:, :2] / _CELL).astype(int), axis=0)
    return float(np.sort(cells[:, 1])[:3][-1] * _CELL) if len(cells) else None


def skirt_reach(recipe: Recipe, body: Body) -> float | None:
    """Return the height (metres) down to which the lower garment hangs, or None."""
    return reach_of(body, build_outfit(body, recipe.garments(0)).pieces, "bottom")
