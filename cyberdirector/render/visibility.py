"""Which triangles of the figures can be seen, so that only those are drawn with samples.

A software driver shades every fragment of a multisampled target, hidden or not, and hair
lies in many layers: most of the time of a close-up went into pixels that nobody sees. One
cheap pass without samples writes the number of the nearest triangle of each pixel; those
triangles and all that share a vertex with them (they may own samples on edges) are kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.camera import View
from cyberdirector.render.figure_mesh import FigureMesh
from cyberdirector.render.geometry import Draw, weld_groups

MOST_TRIANGLES = (1 << 24) - 2
"""Triangles of all figures together whose numbers fit into 24 bits."""


class SeenTriangles:
    """The kept triangles of one figure in the current frame.

    Parameters
    ----------
    context
        A moderngl context.
    mesh
        The mesh of the figure.
    indices
        Its whole index buffer.
    """

    def __init__(self, context: Any, mesh: FigureMesh, indices: Any) -> None:
        self._triangles = mesh.indices.reshape(-1, 3)
        self._draws = mesh.draws
        self._starts = np.array([d.first // 3 for d in mesh.draws], np.int64)
        self._welded = weld_groups(mesh.rest["position"])[self._triangles]
        self._always = np.zeros(len(self._triangles), bool)
        for draw in mesh.draws:
            if draw.cutout or draw.blended:
                self._always[draw.first // 3 : (draw.first + draw.count) // 3] = True
        self._whole = indices
        size = max(mesh.indices.nbytes, 12)
        self._buffers = {kind: context.buffer(reserve=size) for kind in ("surface", "outline")}
        self._runs: dict[str, list[tuple[int, int]]] = {}
        self.reset()

    @property
    def count(self) -> int:
        """Number of triangles of the figure."""
        return len(self._triangles)

    def reset(self) -> None:
        """Keep everything."""
        self._runs = {}

    def buffer(self, kind: str, whole: bool) -> Any:
        """Return the index buffer for ``surface`` or ``outline``."""
        return self._whole if whole else self._buffers[kind]

    def run(self, kind: str, draw: Draw, index: int) -> tuple[int, int, bool]:
        """Return (first, count, whole buffer) in indices for draw number ``index``."""
        if kind not in self._runs:
            return draw.first, draw.count, True
        return (*self._runs[kind][index], False)

    def keep(self, seen: NDArray[np.bool_]) -> None:
        """Keep the ``seen`` triangles (triangles,) and their neighbours.

        Outlines lie up to two pixels off their surface and are often thinner than a
        pixel: all hulls within two triangles of what is seen are kept.
        """
        near = self._grow(seen) | self._always
        self._write("surface", near)
        self._write("outline", self._grow(near))

    def _grow(self, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the triangles that share a vertex with one that is seen."""
        touched = np.zeros(int(self._welded.max(initial=0)) + 1, bool)
        touched[self._welded[seen].reshape(-1)] = True
        return np.asarray(touched[self._welded].any(axis=1))

    def _write(self, kind: str, kept: NDArray[np.bool_]) -> None:
        counts = np.add.reduceat(kept, self._starts, dtype=np.int64)
        ends = np.cumsum(counts) * 3
        self._runs[kind] = [
            (int(end - 3 * n), int(3 * n)) for end, n in zip(ends, counts, strict=True)
        ]
        self._buffers[kind].write(self._triangles[kept].tobytes())


class VisibilityPass:
    """Finds the visible triangles of figures in a picture of one size."""

    def __init__(self, context: Any, size: tuple[int, int]) -> None:
        self._target = context.framebuffer(
            [context.texture(size, 4)], context.depth_renderbuffer(size)
        )

    def run(self, figures: list[Any], tools: Any, view: View) -> None:
        """Draw the numbers of all triangles and tell each figure which are seen."""
        total = sum(figure.seen.count for figure in figures)
        for figure in figures:
            figure.seen.reset()
        if not figures or total > MOST_TRIANGLES:
            return
        target = self._target
        target.use()
        target.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
        first = 1
        for figure in figures:
            tools.draw_ids(figure, view, first)
            first += figure.seen.count
        data = target.read(components=4, alignment=1)
        found = np.zeros(first, bool)
        found[np.frombuffer(data, np.uint32) & np.uint32(0xFFFFFF)] = True
        first = 1
        for figure in figures:
            n = figure.seen.count
            figure.seen.keep(found[first : first + n])
            first += n
