"""Sheets: which figure of a picture is the front, which the side, which the back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.perceive.colour import lab_from_rgb
from cyberdirector.perceive.mask import Figure
from cyberdirector.perceive.picture import Picture

_SAME_HEIGHT = 0.86
"""Lower over greater height of figures that are views of one."""

_SAME_COLOURS = 0.55
"""Overlap (0..1) of colour histograms of views of one character."""


@dataclass(frozen=True)
class Sheet:
    """Views of one character; the back and the side may be missing."""

    front: Figure
    side: Figure | None = None
    back: Figure | None = None


def _histogram(picture: Picture, figure: Figure) -> NDArray[np.float64]:
    left, top, right, bottom = figure.box
    lab = lab_from_rgb(picture.flat[top:bottom, left:right])
    own = lab[figure.mask[top:bottom, left:right]]
    bins, _ = np.histogramdd(own, (6, 7, 7), ((0, 100), (-60, 60), (-60, 60)))
    total: NDArray[np.float64] = bins.ravel() / max(bins.sum(), 1.0)
    return total


def same_character(picture: Picture, figures: list[Figure]) -> bool:
    """Tell whether figures beside each other are views of one character."""
    tall = [f.box[3] - f.box[1] for f in figures]
    if min(tall) < _SAME_HEIGHT * max(tall):
        return False
    known = [_histogram(picture, f) for f in figures]
    overlaps = [float(np.minimum(known[0], h).sum()) for h in known[1:]]
    return min(overlaps) >= _SAME_COLOURS


def read_sheet(picture: Picture, figures: list[Figure], faces: list[float]) -> Sheet:
    """Return the views of a character sheet.

    Parameters
    ----------
    figures
        Two to four views of one character.
    faces
        For each, how much of a face looks at the viewer (share of eyes in the figure).
    """
    order = np.argsort([-v for v in faces], kind="stable")
    front = figures[int(order[0])]
    rest = [figures[int(i)] for i in order[1:]]
    weights = {id(figures[int(i)]): faces[int(i)] for i in order}

    def width(figure: Figure) -> float:
        return (figure.box[2] - figure.box[0]) / (figure.box[3] - figure.box[1])

    blind = [f for f in rest if weights[id(f)] < 0.15 * max(faces[int(order[0])], 1e-9)]
    back = max(blind, key=width) if blind else None
    others = [f for f in rest if f is not back]
    side = min(others, key=width) if others else None
    return Sheet(front, side, back)
