"""Stands a figure up: +Y up, facing +Z, on the floor, in metres."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from cyberdirector.rig.depth import look_around, sample_surface
from cyberdirector.rig.joints import frame_of, orientation_score
from cyberdirector.rig.notes import Note
from cyberdirector.rig.symmetry import mirror_planes

Floats = NDArray[np.float64]

DEFAULT_HEIGHT = 1.65
"""Metres; taken where the unit of a file cannot be told."""

_PEOPLE = (1.2, 2.3)
"""Heights in metres that are believed."""

_UNITS = (("m", 1.0), ("cm", 0.01), ("mm", 0.001), ("in", 0.0254), ("dm", 0.1))
"""Units that a height may be given in, most common first."""

_COARSE = 24_000
"""Surface points that an orientation is judged by."""

_FAVOUR = 0.25
"""Head start of the axes of the file over turned ones, in units of the learnt score."""

_OWN = 0.6
"""Head start of the file's own front where nothing convinces."""

_SURE = 0.5
"""Score from which an orientation counts as sure."""


_TURNED = Note(
    "rig-turned",
    "模型没有沿坐标轴摆正，已按左右对称面摆正。",
    "The figure stood askew in its file and was straightened by its mirror plane.",
)
_UNSURE = Note(
    "rig-front-unsure",
    "不能确定哪边朝上、哪边是正面，请查看结果。",
    "Which way is up and to the front is uncertain; look at the result.",
)


_BEYOND_DOUBT = 0.85
"""Score of the axes as they are from which no others are tried."""


@dataclass(frozen=True)
class Stand:
    """How a figure was stood up: ``x -> scale * turn @ x + shift``.

    Attributes
    ----------
    turn
        (3, 3) rotation.
    scale
        Metres per unit of the file.
    shift
        (3,) metres.
    unit
        ``m``, ``cm`` …, or ``unknown`` where the height was set.
    axes
        Whether the turn is along the axes of the file.
    score
        Learnt score of the orientation, about -1 … 1.
    notes
        What was guessed.
    """

    turn: Floats
    scale: float
    shift: Floats
    unit: str
    axes: bool
    score: float
    notes: tuple[Note, ...] = ()

    def apply(self, points: Floats) -> Floats:
        """Return points (n, 3) of the file in metres, upright, facing +Z."""
        return self.scale * (points @ self.turn.T) + self.shift

    @property
    def sure(self) -> bool:
        """Whether the orientation is beyond doubt."""
        return self.score >= _SURE


def axis_turns() -> Floats:
    """Return the 24 turns (24, 3, 3) along the axes, the identity first."""
    out = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            turn = np.zeros((3, 3))
            turn[range(3), order] = signs
            if np.linalg.det(turn) > 0.0:
                out.append(turn)
    return np.array(sorted(out, key=lambda m: -float(np.trace(m))))


def _symmetric_turns(samples: Floats) -> Floats:
    """Return turns (n, 3, 3) that stand a mirror-symmetric figure up in all four ways."""
    out = []
    for normal, _, _ in mirror_planes(samples, 2):
        flat = samples - samples.mean(axis=0)
        flat = flat - (flat @ normal)[:, None] * normal
        _, axes = np.linalg.eigh(flat.T @ flat)
        for up in (axes[:, -1], axes[:, 1]):
            up = up - (up @ normal) * normal
            up /= np.linalg.norm(up)
            for side, rise in product((1.0, -1.0), repeat=2):
                x, y = side * normal, rise * up
                out.append(np.stack([x, y, np.cross(x, y)]))
    return np.array(out)


def _score(samples: Floats, turn: Floats) -> float:
    turned = samples @ turn.T
    local = frame_of(turned).inside(turned)
    return orientation_score(look_around(local, np.array([0.0, 0.5, 0.0]), 0.6))


def find_stand(
    points: Floats,
    triangles: NDArray[np.integer],
    rng: np.random.Generator,
    height: float | None = None,
) -> Stand:
    """Return how to stand a mesh up.

    Parameters
    ----------
    points, triangles
        The mesh in the units and axes of its file.
    rng
        For the sampling of the surface.
    height
        Metres, where a person gave it.
    """
    samples = sample_surface(points, triangles, _COARSE, rng)
    extent = samples.max(axis=0) - samples.min(axis=0)
    unit = samples / float(extent.max())
    turns = axis_turns()
    upright = _score(unit, turns[0])
    rest = [] if upright > _BEYOND_DOUBT else [_score(unit, t) for t in turns[1:]]
    scores = np.array([upright, *rest])
    best = int(scores.argmax())
    turn, score, axes = turns[best], float(scores[best]), True
    if score < _SURE:
        free = _symmetric_turns(unit)
        found = np.array([_score(unit, t) for t in free])
        if float(found.max()) > max(score + _FAVOUR, _SURE):
            turn, score, axes = free[int(found.argmax())], float(found.max()), False
    if score < _SURE:  # nothing convinces: the file's own Y is up, as glTF has it
        upright_scores = np.where(turns[:, 1, 1] > 0.5, scores, -np.inf)
        upright_scores[0] += _OWN
        best = int(upright_scores.argmax())
        turn, score = turns[best], float(scores[best])
    turned = samples @ turn.T
    scale, name, notes = _unit(float(np.ptp(turned[:, 1])), height)
    if not axes:
        notes.append(_TURNED)
    if score < _SURE:
        notes.append(_UNSURE)
    frame = frame_of(turned)
    return Stand(turn, scale, -scale * frame.origin, name, axes, score, tuple(notes))


def _unit(extent: float, height: float | None) -> tuple[float, str, list[Note]]:
    """Return metres per unit, the unit's name and what was guessed."""
    if height is not None:
        return height / extent, "given", []
    for name, size in _UNITS:
        if _PEOPLE[0] <= extent * size <= _PEOPLE[1]:
            return size, name, []
    note = Note(
        "rig-unit-guessed",
        f"看不出文件的单位，身高按 {DEFAULT_HEIGHT} 米处理；可用 --height 指定。",
        f"The unit of the file is unknown; the height was set to {DEFAULT_HEIGHT} m "
        "(--height sets it).",
    )
    return DEFAULT_HEIGHT / extent, "unknown", [note]
