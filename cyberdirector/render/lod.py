"""Levels of detail: fewer triangles over the same vertices, coarser ones first in the buffer.

A level is chosen by how many pixels a metre covers. All parts of a figure are simplified
together as one welded surface, so that neck and hems stay closed; where materials or texture
seams meet, a vertex slides only along the seam. The shape is kept in rest, seated with bent
arms, and with an open mouth and closed eyes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.simplify import Simplifier
from cyberdirector.render.geometry import Draw

ERRORS = (0.0012, 0.0028, 0.0042)
"""Metres (root mean square) that the surface of each coarser level may lie off."""

PIXELS_OFF = 1.0
"""A level serves while its error is smaller than this many pixels."""

_TURN = 0.0003
"""Metres that a unit change of the normal counts."""
_STEEPEST = -0.2
_RIM = 2.0
_SHARES = (1.0, 1.0, 0.5)
"""How much of an error counts in rest, with a speaking face, and seated."""
_COUNTS = {
    "hair": 0.8, "cloth": 1.0, "mouth": 2.0, "face": 6.0, "eye": 8.0, "brow": 8.0, "lash": 8.0,
}  # fmt: skip
"""How much the squared error at a surface counts, by role. Locks lie over locks: where they
stand in depth shows little. The face is looked at."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """Triangles of one level.

    Attributes
    ----------
    indices
        Flat uint32.
    draws
        The draws of the figure with their runs in ``indices``; one may be empty.
    vertices
        Only vertices before this one are used.
    """

    indices: NDArray[np.uint32]
    draws: list[Draw]
    vertices: int


def level_for(pixels_per_metre: float) -> int:
    """Return the number of the coarsest level that looks right, 0 for full detail."""
    return sum(error * pixels_per_metre <= PIXELS_OFF for error in ERRORS)


def coarser_levels(
    poses: list[Floats],
    normals: NDArray[np.float32],
    uvs: NDArray[np.float32],
    indices: NDArray[np.uint32],
    draws: list[Draw],
    hidden: NDArray[np.bool_],
) -> list[tuple[NDArray[np.uint32], NDArray[np.int64]]]:
    """Return the corners (triangles, 3) and the draw number (triangles,) of each level.

    Parameters
    ----------
    poses
        Per pose (vertices, 3), metres: rest, with a speaking face, and seated if it can sit.
    normals, uvs
        (vertices, 3) and (vertices, 2).
    indices
        Flat, covered by ``draws`` in order. Cut-out and blended draws stay whole.
    hidden
        (triangles,) what nobody sees: it is left out.
    """
    weld = _weld(poses[0])
    groups, count = weld.group, len(weld.first)
    corners = indices.reshape(-1, 3).astype(np.int64)
    owner = np.repeat(np.arange(len(draws)), [d.count // 3 for d in draws])
    kept = np.array([d.cutout or d.blended for d in draws], bool)[owner]
    locked = np.zeros(count, np.bool_)
    locked[groups[corners[kept]]] = True
    welded = groups[corners]
    whole = (
        (welded[:, 0] != welded[:, 1])
        & (welded[:, 1] != welded[:, 2])
        & (welded[:, 2] != welded[:, 0])
        & ~hidden
    )
    number = np.flatnonzero(whole)
    counts = np.array([_COUNTS.get(draw.role, 1.0) for draw in draws])
    traits = np.asarray(normals[weld.first] * _TURN, np.float32)
    mesh = Simplifier(
        [p[weld.first] * share for p, share in zip(poses, _SHARES, strict=False)],
        traits,
        welded[whole],
        locked,
        steepest=_STEEPEST,
        closed=False,
        rim=_RIM,
        rank=np.asarray(weld.sizes, np.int64),
        weights=counts[owner][whole],
    )
    out = []
    home = np.zeros(len(poses[0]), np.int64)
    home[corners] = owner[:, None]
    for limit in ERRORS:
        mesh.reduce(limit, least=0.002)
        faces = number[mesh.faces]
        found = _wedges(weld, mesh.triangles, corners[faces], uvs, normals, home)
        out.append((found.astype(np.uint32), owner[faces]))
    return out


@dataclass(frozen=True)
class _Weld:
    """Vertices at one place: group of each vertex, first vertex and size of each group."""

    group: NDArray[np.int64]
    first: NDArray[np.int64]
    sizes: NDArray[np.int64]
    members: NDArray[np.int64]
    """(groups, most) vertices at each place, the last one repeated."""


def _weld(positions: Floats) -> _Weld:
    exact = np.ascontiguousarray(positions.astype(np.float32))
    rows = exact.view([("", exact.dtype)] * 3).ravel()
    _, first, group, sizes = np.unique(
        rows, return_index=True, return_inverse=True, return_counts=True
    )
    group = group.reshape(-1)
    order = np.argsort(group, kind="stable")
    start = np.cumsum(sizes) - sizes
    slot = np.minimum(np.arange(int(sizes.max()))[None, :], sizes[:, None] - 1)
    return _Weld(group, first, sizes, order[start[:, None] + slot])


def _wedges(
    weld: _Weld,
    triangles: NDArray[np.int64],
    before: NDArray[np.int64],
    uvs: NDArray[np.float32],
    normals: NDArray[np.float32],
    home: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the vertex for each corner: that of its place most like the one it had.

    ``triangles`` names places, ``before`` the vertices that the corners had at first;
    ``home`` is the draw of each vertex.
    """
    out = before.copy().ravel()
    places = triangles.ravel()
    moved = np.flatnonzero(weld.group[out] != places)
    old, here = out[moved], weld.members[places[moved]]
    gap = np.zeros(here.shape)
    for axis in range(2):
        gap += (uvs[here, axis] - uvs[old, axis][:, None]) ** 2
    for axis in range(3):
        gap += 0.02 * (normals[here, axis] - normals[old, axis][:, None]) ** 2
    gap += 100.0 * (home[here] != home[old][:, None])
    out[moved] = here[np.arange(len(moved)), gap.argmin(axis=1)]
    return out.reshape(-1, 3)


def order_levels(
    full: NDArray[np.uint32],
    draws: list[Draw],
    coarse: list[tuple[NDArray[np.uint32], NDArray[np.int64]]],
    vertices: int,
) -> tuple[NDArray[np.int64], list[Level]]:
    """Return the order of the vertices, coarsest level first, and all levels in it."""
    rank = np.zeros(vertices, np.int64)
    for number, (corners, _) in enumerate(coarse, 1):
        rank[corners] = number
    order = np.argsort(-rank, kind="stable")
    place = np.zeros(vertices, np.int64)
    place[order] = np.arange(vertices)
    levels = [Level(place[full].astype(np.uint32), list(draws), vertices)]
    for corners, owner in coarse:
        counts = np.bincount(owner, minlength=len(draws)) * 3
        first = np.cumsum(counts) - counts
        runs = [
            replace(draw, first=int(f), count=int(n))
            for draw, f, n in zip(draws, first, counts, strict=True)
        ]
        flat = place[corners].reshape(-1).astype(np.uint32)
        levels.append(Level(flat, runs, int(flat.max(initial=0)) + 1))
    return order, levels
