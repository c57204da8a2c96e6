"""Stands a figure up: +Y up, facing +Z, on the floor, in metres."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.rotations import quat_exp, quat_to_matrix
from cyberdirector.rig.depth import look_around, sample_surface
from cyberdirector.rig.joints import find_joints, frame_of, orientation_score
from cyberdirector.rig.notes import Note
from cyberdirector.rig.symmetry import mirror_planes

Floats = NDArray[np.float64]

DEFAULT_HEIGHT = 1.65
"""Metres; taken where the unit of a file cannot be told."""

_PEOPLE = (1.2, 2.3)
"""Heights in metres that are believed."""

_UNITS = (("m", 1.0), ("cm", 0.01), ("mm", 0.001), ("in", 0.0254), ("dm", 0.1))
"""Units that a height may be given in, most common first."""

COARSE = 24_000
"""Surface points that an orientation is judged by."""

_FLAT = 0.005
"""Least depth over height (deviations) of a figure."""

_SURE = 0.6
"""Trust from which an orientation is taken without looking further."""
_HOPE = 0.35
"""Trust below which an orientation is no better than the file's own."""
_NOTHING = 0.2
"""Trust of a first look below which there is no closer one."""
_LEAD = 0.06
"""Lead over its back view that a sure orientation has."""
_JUDGED = 0.1
"""What the learnt score of an orientation counts beside the agreement of the joints."""
_ROUND = 18
"""Directions in a mirror plane that are tried as up."""
_SCREENED = 10
"""Turns that are looked at of all that the learnt score ranks."""
_FINALISTS = 3
"""Turns of those that are looked at again, closely."""

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
    trust
        0 … 1, how well the joints of the figure and of its mirror image agree.
    notes
        What was guessed.
    """

    turn: Floats
    scale: float
    shift: Floats
    unit: str
    axes: bool
    trust: float
    notes: tuple[Note, ...] = ()

    def apply(self, points: Floats) -> Floats:
        """Return points (n, 3) of the file in metres, upright, facing +Z."""
        return self.scale * (points @ self.turn.T) + self.shift

    @property
    def sure(self) -> bool:
        """Whether the orientation is beyond doubt."""
        return self.trust >= _SURE


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


def _around(normal: Floats, angles: NDArray[np.floating]) -> Floats:
    """Return turns (n, 3, 3) that bring ``normal`` to +X, turned about it by angles (rad)."""
    helper = np.eye(3)[int(np.abs(normal).argmin())]
    y = helper - (helper @ normal) * normal
    y /= np.linalg.norm(y)
    z = np.cross(normal, y)
    up = np.cos(angles)[:, None] * y + np.sin(angles)[:, None] * z
    side = np.broadcast_to(normal, up.shape)
    return np.stack([side, up, np.cross(side, up)], axis=1)


def _symmetric_turns(samples: Floats) -> Floats:
    """Return the turns that bring a mirror plane of the figure to x = 0, all ways round."""
    angles = np.arange(_ROUND) * (2.0 * np.pi / _ROUND)
    out = [
        _around(side * normal, angles)
        for normal, _, _ in mirror_planes(samples, 3)
        for side in (1.0, -1.0)
    ]
    return np.concatenate(out)


def _score(samples: Floats, turn: Floats) -> float:
    """Return the learnt score of a turn, about -1 … 1."""
    turned = samples @ turn.T
    local = frame_of(turned).inside(turned)
    return orientation_score(look_around(local, np.array([0.0, 0.5, 0.0]), 0.6))


def _trust(samples: Floats, turn: Floats, quick: bool = False) -> float:
    """Return how far a turn can be trusted, 0 … 1.

    The joints of a figure and of its mirror image agree where the figure stands as those
    that the joint finder has learnt, and nowhere else.
    """
    found = find_joints(samples @ turn.T, None, quick).certainty
    return found + _JUDGED * float(np.clip(_score(samples, turn), -1.0, 1.0))


def _best(samples: Floats, turns: Floats) -> tuple[Floats, float]:
    """Return the turn that can be trusted most of those that the learnt score puts first."""
    scores = np.array([_score(samples, t) for t in turns])
    chosen = turns[np.argsort(-scores, kind="stable")[:_SCREENED]]
    quick = np.array([_trust(samples, t, quick=True) for t in chosen])
    chosen = chosen[np.argsort(-quick, kind="stable")[:_FINALISTS]]
    if quick.max() < _NOTHING:
        return chosen[0], float(quick.max())
    trusts = [_trust(samples, t) for t in chosen]
    at = int(np.argmax(trusts))
    return chosen[at], trusts[at]


def _settled(samples: Floats, turn: Floats) -> tuple[Floats, float]:
    """Return the turn levelled by a few degrees about +X, and its trust."""
    steps = np.array([-10.0, -5.0, 0.0, 5.0, 10.0]) * (np.pi / 180.0)
    leaned = np.array([quat_to_matrix(quat_exp([a, 0.0, 0.0])) @ turn for a in steps])
    trusts = [_trust(samples, t, quick=True) for t in leaned]
    best = leaned[int(np.argmax(trusts))]
    return best, _trust(samples, best)


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

    Raises
    ------
    InputRefused
        ``rig-flat`` for a mesh without depth.
    """
    samples = sample_surface(points, triangles, COARSE, rng)
    _check_depth(samples)
    extent = samples.max(axis=0) - samples.min(axis=0)
    turn, trust, axes = _find_turn(samples / float(extent.max()))
    turned = samples @ turn.T
    scale, name, notes = _unit(float(np.ptp(turned[:, 1])), height)
    if not axes:
        notes.append(_TURNED)
    if trust < _SURE:
        notes.append(_UNSURE)
    frame = frame_of(turned)
    return Stand(turn, scale, -scale * frame.origin, name, axes, trust, tuple(notes))


def _check_depth(samples: Floats) -> None:
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(samples.T)), 0.0))
    if spread[0] < _FLAT * spread[2]:
        raise InputRefused(
            "rig-flat",
            "模型是扁平的，没有厚度；请给出立体的人形网格。",
            "The mesh is flat; give a figure that has depth.",
        )


def _find_turn(samples: Floats) -> tuple[Floats, float, bool]:
    """Return the turn, its trust, and whether it is along the axes of the file."""
    turns = axis_turns()
    own, back = (_trust(samples, t) for t in (turns[0], np.diag([-1.0, 1.0, -1.0])))
    if own >= _SURE and own >= back + _LEAD:
        return turns[0], own, True
    turn, trust = _best(samples, turns)
    if own >= trust:
        turn, trust = turns[0], own
    if trust >= _SURE:
        return turn, trust, True
    free, found = _best(samples, _symmetric_turns(samples))
    if found >= _NOTHING:
        free, found = _settled(samples, free)
    if found > max(trust, _HOPE) + _LEAD:
        return free, found, False
    if trust < _HOPE:  # nothing convinces: the file's own Y is up, as glTF has it
        upright = turns[turns[:, 1, 1] > 0.5]
        trusts = [_trust(samples, t, quick=True) for t in upright]
        turn, trust = upright[int(np.argmax(trusts))], max(trusts)
    return turn, trust, True


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
