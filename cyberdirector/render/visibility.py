"""Which triangles can be seen, so that only those are drawn with samples.

A software driver shades every fragment of a multisampled target, hidden or not, and hair
lies in many layers: most of the time of a close-up went into pixels that nobody sees. One
cheap pass without samples writes into each pixel the last vertex of the nearest triangle;
triangles that end in it and a ring or two of neighbours (they may own samples on edges) are
kept.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.geometry import Draw, weld_groups

FINEST = 1.0
"""Pixels (of the picture of numbers) that the grain of a thing must have to be looked for:
of smaller triangles, whole patches own none and would be lost."""

MOST_VERTICES = (1 << 24) - 2
"""Vertices in one pass whose numbers fit into 24 bits."""


class SeenTriangles:
    """The kept triangles of one figure or set in the current frame.

    Parameters
    ----------
    context
        A moderngl context.
    positions
        (vertices, 3) float32 rest or world positions, metres: equal ones are neighbours.
    indices
        Flat uint32 of the whole mesh, covered by ``draws`` in order.
    draws
        Runs of triangles.
    whole
        The index buffer of the whole mesh.
    kinds
        ``surface`` and, for figures, ``outline``.
    rings
        Neighbours that are kept around what is seen: they may own samples on edges.

    Attributes
    ----------
    grain
        Side of a square with the area of two middling triangles, metres.
    """

    def __init__(
        self,
        context: Any,
        positions: NDArray[np.float32],
        indices: NDArray[np.uint32],
        draws: list[Draw],
        whole: Any,
        kinds: tuple[str, ...] = ("surface", "outline"),
        rings: int = 2,
    ) -> None:
        self._context = context
        self._rings = rings
        self._triangles = indices.reshape(-1, 3)
        self._starts = np.array([d.first // 3 for d in draws], np.int64)
        self._ends = np.array([(d.first + d.count) // 3 for d in draws], np.int64)
        self._last = np.ascontiguousarray(self._triangles[:, 2])
        self._points = len(positions)
        groups = weld_groups(positions)[self._triangles]
        self._corners = [np.ascontiguousarray(groups[:, k]) for k in range(3)]
        self._vertices = int(groups.max(initial=0)) + 1
        self._always = np.zeros(len(self._triangles), bool)
        for draw in draws:
            if draw.cutout or draw.blended:
                self._always[draw.first // 3 : (draw.first + draw.count) // 3] = True
        a, b, c = (positions[self._triangles[:, k]].astype(np.float64) for k in range(3))
        areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        self.grain = float(np.sqrt(np.median(areas))) if len(areas) else 0.0
        self._whole = whole
        size = max(indices.nbytes, 12)
        self._buffers = {kind: context.buffer(reserve=size) for kind in kinds}
        self._runs: dict[str, list[tuple[int, int]]] = {}
        self._kept = self._triangles
        self.reset()

    def twin(self) -> SeenTriangles:
        """Return the same triangles with buffers of their own."""
        other = copy.copy(self)
        size = max(self._triangles.nbytes, 12)
        other._buffers = {kind: self._context.buffer(reserve=size) for kind in self._buffers}
        other._runs = {}
        return other

    @property
    def count(self) -> int:
        """Number of vertices of the whole mesh."""
        return self._points

    def reset(self) -> None:
        """Keep everything."""
        self._runs = {}
        self._kept = self._triangles

    @property
    def kept(self) -> NDArray[np.uint32]:
        """Corners (n, 3) of the kept surface; runs of ``surface`` are places in it times 3."""
        return self._kept

    def buffer(self, kind: str, whole: bool) -> Any:
        """Return the index buffer for ``surface`` or ``outline``."""
        return self._whole if whole else self._buffers[kind]

    def run(self, kind: str, draw: Draw, index: int) -> tuple[int, int, bool]:
        """Return (first, count, whole buffer) in indices for draw number ``index``."""
        if kind not in self._runs:
            return draw.first, draw.count, True
        return (*self._runs[kind][index], False)

    def keep(self, seen: NDArray[np.bool_]) -> None:
        """Keep the triangles that end in ``seen`` vertices (vertices,), and neighbours.

        Outlines lie up to two pixels off their surface and are often thinner than a
        pixel: hulls get one ring more.
        """
        near = np.take(seen, self._last)
        for _ in range(self._rings):
            near = self._grow(near)
        near = near | self._always
        self._write("surface", near)
        if "outline" in self._buffers:
            self._write("outline", self._grow(near))

    def _grow(self, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the triangles that share a vertex with one that is seen."""
        a, b, c = self._corners
        touched = np.zeros(self._vertices, bool)
        for corner in (a, b, c):
            touched[corner[seen]] = True
        return np.asarray(touched[a] | touched[b] | touched[c])

    def _write(self, kind: str, kept: NDArray[np.bool_]) -> None:
        before = np.concatenate([[0], np.cumsum(kept)])
        self._runs[kind] = [
            (3 * int(before[a]), 3 * int(before[b] - before[a]))
            for a, b in zip(self._starts, self._ends, strict=True)
        ]
        found = np.compress(kept, self._triangles, axis=0)
        if kind == "surface":
            self._kept = found
        self._buffers[kind].write(found.tobytes())


def find_seen(
    target: Any, things: list[SeenTriangles], draw: Callable[[int, int], None]
) -> None:
    """Find what is seen of ``things``; they hide each other.

    Parameters
    ----------
    target
        A framebuffer smaller than the picture: it finds nearly as much, rings of
        neighbours find the rest.
    things
        Whose triangles are kept or dropped.
    draw
        ``draw(i, first)`` draws the vertices of thing ``i``, numbered from ``first``, with
        ``pass/id``.
    """
    for thing in things:
        thing.reset()
    if not things or sum(thing.count for thing in things) > MOST_VERTICES:
        return
    target.use()
    target.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
    first = 1
    for i, thing in enumerate(things):
        draw(i, first)
        first += thing.count
    data = target.read(components=4, alignment=1)
    found = np.zeros(first, bool)
    found[np.frombuffer(data, np.uint32) & np.uint32(0xFFFFFF)] = True
    first = 1
    for thing in things:
        thing.keep(found[first : first + thing.count])
        first += thing.count
