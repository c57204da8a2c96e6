"""What the face in a photograph says beside its shape: man or woman, a smile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import lab_from_rgb
from cyberdirector.perceive.photo import SeenFace

_CHEEKS = (50, 280, 205, 425, 101, 330)
_SHAVEN = (200, 199, 208, 428, 210, 430, 164, 167, 393)
"""Points of the mesh on the cheeks, and where a beard grows (chin, upper lip)."""

_BROWS = ((105, 52), (334, 282))
"""Upper and lower edge of both brows."""


def male_odds(pixels: NDArray[np.uint8], face: SeenFace) -> float:
    """Return the log-odds that a viewer takes a face for a man's; a guess from two signs.

    Beard shade (how much darker chin and upper lip are than the cheeks) and the thickness
    of the brows over the distance of the eyes. The middles (9 L*, 0.086) lie between the
    men and women of the few photographs that we may use: it is a hint, never a fact.
    """
    height, width = pixels.shape[:2]

    def level(points: tuple[int, ...]) -> float:
        at = face.points[list(points), :2].astype(int)
        inside = (at >= 0).all(1) & (at[:, 0] < width) & (at[:, 1] < height)
        if not inside.any():
            return 50.0
        x, y = at[inside].T
        return float(np.median(lab_from_rgb(pixels[y, x])[:, 0]))

    shade = level(_CHEEKS) - level(_SHAVEN)
    points = face.points[:, :2]
    eyes = float(np.hypot(*(points[468] - points[473])))
    thick = float(np.mean([np.hypot(*(points[a] - points[b])) for a, b in _BROWS])) / eyes
    odds = (shade - 9.0) / 6.0 + (thick - 0.086) / 0.020
    return float(np.clip(odds, -2.5, 2.5))


def smiles(face: SeenFace) -> bool:
    """Tell whether the person smiles clearly."""
    names = ("mouthSmileLeft", "mouthSmileRight")
    return min(face.scores.get(n, 0.0) for n in names) > 0.5
