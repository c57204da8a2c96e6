"""The gap between the lips of a character, measured on its mesh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.model import Character, MeshPart

_FALLING = 0.55
"""Share of the jaw's largest way that a vertex of the lower lip goes at least."""
_RESTING = 0.12
"""Share of it that a vertex of the upper lip goes at most."""
_NEAR = 0.12
"""Largest distance of the two vertices of a pair, in shares of the jaw's way."""
_PAIRS = 9


class LipProbe:
    """The gap between the inner lips of a character as a linear function of the weights.

    Parameters
    ----------
    character
        Ours carry their pairs of lip vertices in ``extras["lip_probe"]``; on other faces they
        are found: a vertex that falls with the jaw and its nearest neighbour that stays; the
        gap is then that beyond the resting face.

    Raises
    ------
    KeyError
        When the face has no lips to be found (no ``jawOpen``, or nothing that parts).
    """

    def __init__(self, character: Character) -> None:
        own = character.extras.get("lip_probe")
        pairs = own or find_pairs(character)
        if not len(pairs):
            raise KeyError("lip_probe")
        self._rest = np.zeros((len(pairs), 3))
        self._shapes = np.zeros((len(pairs), SHAPE_COUNT, 3))
        rows = np.array([[int(part), int(u), int(low)] for part, u, low in pairs])
        for part_index in np.unique(rows[:, 0]):
            part, mine = character.parts[part_index], np.flatnonzero(rows[:, 0] == part_index)
            upper, lower = rows[mine, 1], rows[mine, 2]
            self._rest[mine] = part.positions[upper] - part.positions[lower]
            place = np.full(len(part.positions), -1)
            for name, morph in part.morphs.items():
                if name not in ARKIT_INDEX:
                    continue
                place[morph.indices] = np.arange(len(morph.indices))
                for vertices, sign in ((upper, 1.0), (lower, -1.0)):
                    at = place[vertices]
                    moved = mine[at >= 0]
                    self._shapes[moved, ARKIT_INDEX[name]] += (
                        sign * morph.positions[at[at >= 0]]
                    )
                place[morph.indices] = -1
        if not own:  # vertices near the lip line: what counts is what opens beyond rest
            self._rest[:, 1] = 0.0

    @property
    def height(self) -> float:
        """Gap of the mouth with the jaw fully open, metres."""
        return float(self.gaps(np.eye(SHAPE_COUNT)[[ARKIT_INDEX["jawOpen"]]])[0])

    def gaps(self, weights: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the lip gap in metres for each frame: the widest over the probe pairs.

        A lower lip that overlaps the upper one counts as gap 0: the vertical distance
        is what is seen.

        Parameters
        ----------
        weights
            (frames, 52) in ARKit order.
        """
        arms = self._rest + np.einsum(
            "fs,psx->fpx", np.asarray(weights, np.float64), self._shapes
        )
        return np.maximum(arms[..., 1], 0.0).max(axis=1)


def _offsets(part: MeshPart, name: str) -> NDArray[np.float64]:
    """Return the offsets (vertices, 3) of a shape, zero where it has none."""
    out = np.zeros((len(part.positions), 3))
    morph = part.morphs.get(name)
    if morph is not None:
        out[morph.indices] = morph.positions
    return out


def find_pairs(character: Character) -> list[list[int]]:
    """Return [part, upper vertex, lower vertex] where a foreign face's lips part.

    The part with the longest way of ``jawOpen`` is the face. Pairs lie in the middle third of
    the mouth, so that corners, which never part, do not count; empty when nothing parts.
    """
    ways = [float(-_offsets(part, "jawOpen")[:, 1].min(initial=0)) for part in character.parts]
    if not ways or max(ways) <= 1e-4:
        return []
    number = int(np.argmax(ways))
    part, longest = character.parts[number], max(ways)
    points = part.positions.astype(np.float64)
    fall = -_offsets(part, "jawOpen")[:, 1] / longest
    low = np.flatnonzero(fall > _FALLING)
    high = np.flatnonzero(np.abs(fall) < _RESTING)
    if not len(low) or not len(high):
        return []
    # Only what was near and goes far apart lies on the line between the lips.
    near = np.linalg.norm(points[low][:, None] - points[high][None], axis=2)
    best = near.argmin(axis=1)
    gap = near[np.arange(len(low)), best]
    order = np.argsort(gap, kind="stable")
    order = order[gap[order] < max(_NEAR * longest, 1e-3)]
    pairs = [[number, int(high[best[i]]), int(low[i])] for i in order]
    middle = np.median([points[p[2], 0] for p in pairs]) if pairs else 0.0
    pairs.sort(key=lambda p: (abs(float(points[p[2], 0]) - float(middle)), p[2]))
    return pairs[:_PAIRS]
