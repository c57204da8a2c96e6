"""Edge loops of the base mesh around the eyes and the mouth (the same for every body)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.template import BODY_COUNT, Template

Rows = NDArray[np.int64]

_RIM_SEED, _RIM_LENGTH = 11695, 28
"""A vertex on the front margin of the left eyelids, and the length of its loop."""

_RIM_OUTER = (11743, 11694, 11696, 11745, 11698, 11700, 11856, 11912)
"""One vertex of each loop around the left eye, outwards from the rim."""

_RIM_INNER = (11719, 11717, 13379)
"""One vertex of each loop of the lids' edge behind the left rim, from the inside."""

_SOCKET_WALL, _SOCKET_SEED = 11719, 11741
"""A vertex of the loop behind the left lids' edge, and one at the back of the socket."""

_LIP_SEED, _LIP_LENGTH = 11964, 38
"""A vertex where the lips touch."""

_LIP_OUTER = (11955, 11963, 11954, 11953, 11956, 11966, 11965)
"""One vertex of each loop around the mouth, from the lip line to the lip border."""


@dataclass(frozen=True)
class FaceLoops:
    """Vertex loops; left is the character's left (+X).

    Attributes
    ----------
    upper_lid, lower_lid
        Per side (left, right) the rim from the inner to the outer corner, both corners
        included, (n,).
    lid_rings
        Per side the closed loops outwards from the rim, each (28,).
    lid_edges
        Per side the closed loops of the lids' thickness behind the rim, each (28,).
    upper_lip, lower_lip
        The lip line from the right corner (-X) to the left corner, both corners
        included, (20,); ``upper_lip[i]`` lies over ``lower_lip[i]``.
    lip_rings
        Closed loops outwards over the lips, each (38,).
    """

    upper_lid: tuple[Rows, Rows]
    lower_lid: tuple[Rows, Rows]
    lid_rings: tuple[tuple[Rows, ...], tuple[Rows, ...]]
    lid_edges: tuple[tuple[Rows, ...], tuple[Rows, ...]]
    upper_lip: Rows
    lower_lip: Rows
    lip_rings: tuple[Rows, ...]


class _Quads:
    """Quads of the skin, with the neighbours needed to walk along edge loops."""

    def __init__(self, template: Template) -> None:
        triangles = template.faces("body").astype(np.int64)
        self.quads = np.concatenate([triangles[0::2], triangles[1::2, 2:]], axis=1)
        self.at: dict[int, set[int]] = {}
        self.near: dict[int, set[int]] = {}
        for i, quad in enumerate(self.quads.tolist()):
            for k in range(4):
                a, b = quad[k], quad[(k + 1) % 4]
                self.at.setdefault(a, set()).add(i)
                self.near.setdefault(a, set()).add(b)
                self.near.setdefault(b, set()).add(a)

    def loop(self, seed: int, length: int) -> Rows:
        """Return the closed edge loop of ``length`` vertices through ``seed``."""
        for start in sorted(self.near[seed]):
            rows = [seed, start]
            while len(rows) <= length:
                a, b = rows[-2], rows[-1]
                beside = {int(v) for i in self.at[a] & self.at[b] for v in self.quads[i]}
                ahead = [v for v in self.near[b] if v not in beside]
                if len(self.near[b]) != 4 or len(ahead) != 1:
                    break
                if ahead[0] == seed:
                    if len(rows) == length:
                        return np.array(rows)
                    break
                rows.append(ahead[0])
        raise ValueError(f"no closed loop of {length} vertices through {seed}")


@lru_cache(maxsize=1)
def _quads(template: Template) -> _Quads:
    return _Quads(template)


@lru_cache(maxsize=1)
def face_loops(template: Template) -> FaceLoops:
    """Return the loops of the face; they depend on the mesh only."""
    quads = _quads(template)
    base = template.base
    rim = quads.loop(_RIM_SEED, _RIM_LENGTH)
    rings = [quads.loop(seed, _RIM_LENGTH) for seed in _RIM_OUTER]
    edges = [quads.loop(seed, _RIM_LENGTH) for seed in _RIM_INNER]
    lips = quads.loop(_LIP_SEED, _LIP_LENGTH)
    lip_rings = tuple(quads.loop(seed, _LIP_LENGTH) for seed in _LIP_OUTER)
    mirror = _mirror(base, np.concatenate([rim, *rings, *edges]))
    upper, lower = _split(base, rim)
    upper_lip, lower_lip = _split(base, lips)
    return FaceLoops(
        (upper, np.array([mirror[int(v)] for v in upper])),
        (lower, np.array([mirror[int(v)] for v in lower])),
        (tuple(rings), tuple(np.array([mirror[int(v)] for v in r]) for r in rings)),
        (tuple(edges), tuple(np.array([mirror[int(v)] for v in r]) for r in edges)),
        upper_lip,
        lower_lip,
        lip_rings,
    )


@lru_cache(maxsize=1)
def sockets(template: Template) -> NDArray[np.bool_]:
    """Return which vertices (all,) lie behind the lids, where nobody sees them."""
    wall = _quads(template).loop(_SOCKET_WALL, _RIM_LENGTH)
    left = flood(template, _SOCKET_SEED, wall)
    mirror = _mirror(template.base, np.flatnonzero(left))
    out = left.copy()
    out[list(mirror.values())] = True
    return out


def flood(template: Template, seed: int, wall: Rows) -> NDArray[np.bool_]:
    """Return which vertices (all,) the skin's edges join to ``seed`` without the ``wall``."""
    quads = _quads(template)
    closed = set(wall.tolist())
    found, waiting = {seed}, [seed]
    while waiting:
        for v in quads.near[waiting.pop()]:
            if v not in found and v not in closed:
                found.add(v)
                waiting.append(v)
    out = np.zeros(len(template.base), np.bool_)
    out[sorted(found)] = True
    return out


def _mirror(base: NDArray[np.float64], rows: Rows) -> dict[int, int]:
    """Return the vertex on the other side for each vertex of ``rows``."""
    skin = base[:BODY_COUNT]
    out = {}
    for v in rows:
        gap = np.linalg.norm(skin - base[v] * [-1.0, 1.0, 1.0], axis=1)
        out[int(v)] = int(gap.argmin())
    return out


def _split(base: NDArray[np.float64], ring: Rows) -> tuple[Rows, Rows]:
    """Cut a closed loop at its least and greatest x into the upper and the lower half."""
    x = base[ring, 0]
    ring = np.roll(ring, -int(x.argmin()))
    end = int(base[ring, 0].argmax())
    one = ring[: end + 1]
    two = np.concatenate([ring[end:], ring[:1]])[::-1]
    if base[one, 1].mean() > base[two, 1].mean():
        return one, two
    return two, one
