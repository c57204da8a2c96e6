"""Ribbons and cards that ride on the skin: their corners are fixed mixes of vertices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.model import MeshPart, Morph
from cyberdirector.core.skeleton import BONE_INDEX

Points = NDArray[np.float64]

LEAST = 2e-5
"""Offsets below this length (metres) are left out of sparse shapes."""


@dataclass(frozen=True)
class Binding:
    """Places that follow the skin: ``rows`` (n, k) vertices and their mix (n, k)."""

    rows: NDArray[np.int64]
    mix: Points

    def at(self, values: Points) -> Points:
        """Return per place the mixed values (n, 3)."""
        return np.einsum("nk,nkc->nc", self.mix, values[self.rows])


def along_rows(rows: NDArray[np.int64], points: Points, places: Points) -> Binding:
    """Bind places 0..1 (by arc length) on the smooth curve through vertices ``rows``.

    Uses uniform Catmull-Rom weights between the four nearest vertices.
    """
    line = points[rows]
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.interp(places, length / length[-1], np.arange(len(rows)))
    i = np.clip(at.astype(np.int64), 0, len(rows) - 2)
    t = at - i
    mix = np.stack(
        [
            -0.5 * t + t**2 - 0.5 * t**3,
            1.0 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2.0 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        ],
        axis=1,
    )
    near = np.clip(i[:, None] + np.arange(-1, 3), 0, len(rows) - 1)
    return Binding(rows[near], mix)


def on_front(triangles: NDArray[np.integer], points: Points, x: Points, y: Points) -> Binding:
    """Bind places given by (x, y) to the foremost (greatest z) skin triangle there.

    Raises
    ------
    ValueError
        A place lies outside of all triangles.
    """
    tri = triangles.astype(np.int64)
    a, b, c = (points[tri[:, k], :2] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    good = area > 1e-12
    tri, a, b, c, area = tri[good], a[good], b[good], c[good], area[good]
    px, py = x[:, None], y[:, None]
    wb = ((px - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (py - a[:, 1])) / area
    wc = ((b[:, 0] - a[:, 0]) * (py - a[:, 1]) - (px - a[:, 0]) * (b[:, 1] - a[:, 1])) / area
    wa = 1.0 - wb - wc
    hit = (wa >= -1e-6) & (wb >= -1e-6) & (wc >= -1e-6)
    z = wa * points[tri[:, 0], 2] + wb * points[tri[:, 1], 2] + wc * points[tri[:, 2], 2]
    best = np.where(hit, z, -np.inf).argmax(1)
    n = np.arange(len(x))
    if not hit[n, best].all():
        raise ValueError("a place on the face lies outside of the skin")
    mix = np.stack([wa[n, best], wb[n, best], wc[n, best]], axis=1)
    return Binding(tri[best], mix)


def grid_triangles(rows: int, columns: int, closed: bool = False) -> NDArray[np.int64]:
    """Return triangles of a grid of ``rows`` × ``columns`` points, row after row."""
    last = columns if closed else columns - 1
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(last), indexing="ij")
    a = (i * columns + j).ravel()
    b = (i * columns + (j + 1) % columns).ravel()
    return np.concatenate(
        [np.stack([a, b, a + columns], 1), np.stack([b, b + columns, a + columns], 1)]
    )


def sparse(delta: Points) -> Morph | None:
    """Return the sparse shape of dense offsets (n, 3), or None when nothing moves."""
    rows = np.flatnonzero(np.abs(delta).max(1) > LEAST)
    if not len(rows):
        return None
    return Morph(rows.astype(np.uint32), delta[rows].astype(np.float32))


def head_part(
    name: str,
    positions: Points,
    normals: Points,
    uvs: Points,
    triangles: NDArray[np.integer],
    material: int,
    deltas: dict[str, Points],
) -> MeshPart:
    """Return a part that hangs on the head joint with one weight, with sparse shapes."""
    n = len(positions)
    joints = np.zeros((n, 8), np.uint16)
    joints[:, 0] = BONE_INDEX["head"]
    weights = np.zeros((n, 8), np.float32)
    weights[:, 0] = 1.0
    morphs = {k: m for k, d in deltas.items() if (m := sparse(d)) is not None}
    return MeshPart(
        name,
        positions.astype(np.float32),
        normals.astype(np.float32),
        uvs.astype(np.float32),
        triangles.astype(np.uint32),
        material,
        joints,
        weights,
        morphs,
        outline_scale=np.zeros(n, np.float32),
    )
