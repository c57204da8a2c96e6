"""The head under hats and masks, and stiff things that move with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._figure import MENTON
from cyberdirector.character._skin import rigid_table
from cyberdirector.character.piece import Piece
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.tailor import Tailor

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Skull:
    """An ellipsoid around the upper head: centre at the upper lids, half axes, metres."""

    centre: Floats
    half: Floats
    chin: Floats


def skull_of(tailor: Tailor, room: float = 0.0) -> Skull:
    """Return the skull with ``room`` metres for hair."""
    figure = tailor.form.figure
    head = figure.points[: len(tailor.form.skin.p)][tailor.form.skin.head > 0.9]
    top = head[head[:, 1] > figure.eye_top]
    low, high = top.min(axis=0), top.max(axis=0)
    centre = 0.5 * (low + high)
    centre[1] = figure.eye_top
    half = np.array([0.5 * (high[0] - low[0]), high[1] - centre[1], 0.5 * (high[2] - low[2])])
    return Skull(centre, half + room, figure.points[MENTON])


def add_rigid(
    tailor: Tailor,
    name: str,
    p: Floats,
    t: NDArray[np.int64],
    look: Look,
    node: str = "head",
    uv: Floats | None = None,
    n: Floats | None = None,
) -> Piece:
    """Add something stiff that moves with one bone."""
    table = rigid_table(len(p), tailor.form.figure.index[node], tailor.form.nodes)
    at = np.full((len(p), 2), 0.5) if uv is None else uv
    return tailor.add(name, p, t, table, look, at, n)
