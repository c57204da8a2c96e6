"""Which triangles of a set the shadows of figures may fall on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.render.backdrop import Backdrop
from cyberdirector.render.camera import View
from cyberdirector.render.geometry import Draw
from cyberdirector.render.tiles import TILE, grid_of

_BEHIND = 0.05
"""Metres before the eye: what reaches nearer is taken to lie anywhere in the picture."""
_BESIDE = 2.0 / TILE
"""Tiles around a triangle, for samples on its rim."""
_UNLIT = -0.06
"""Facing of the key light below which ``pass/receiver.vert`` takes nothing away."""

Run = tuple[Draw, int, int, Any]
"""A draw, its first index and number of indices, and the index buffer."""


def receivers_within(
    backdrop: Backdrop, view: View, box: tuple[NDArray[np.float64], NDArray[np.float64]] | None
) -> list[Run]:
    """Return what of the set is seen and meets a box (low, high), metres; None for all."""
    return [
        (draw, first, count, backdrop.seen.buffer("surface", whole))
        for draw, first, count, whole in backdrop.solid(view, box)
        if draw.role not in ("sky", "emissive")
    ]


class Receivers:
    """The triangles of a set that a camera at rest sees lit, and the tiles that each touches.

    Parameters
    ----------
    backdrop
        The set; what is seen of it was found already.
    view, size
        The camera, and (width, height) of the picture in pixels.
    direction
        (3,) unit, towards the key light.
    """

    def __init__(
        self,
        backdrop: Backdrop,
        view: View,
        size: tuple[int, int],
        direction: NDArray[np.float64],
    ) -> None:
        runs = receivers_within(backdrop, view, None)
        kept = backdrop.seen.kept
        parts = [kept[first // 3 : (first + count) // 3] for _, first, count, _ in runs]
        rows = np.concatenate(parts) if parts else np.zeros((0, 3), np.uint32)
        owner = np.repeat(np.arange(len(runs)), [len(part) for part in parts])
        used, corners = np.unique(rows, return_inverse=True)  # far fewer than the set has
        corners = corners.reshape(-1, 3)
        vertices = backdrop.mesh.vertices[used]
        lit = _lit(vertices, view, direction)[corners].any(axis=1)
        self._draws = [draw for draw, *_ in runs]
        self._triangles, self._owner = rows[lit], owner[lit]
        self._bounds = _tiles_of(vertices, corners[lit], view, size)
        self._buffer = backdrop.shaded

    def under(self, shaded: NDArray[np.bool_]) -> list[Run]:
        """Return what to draw so that every triangle that touches a marked tile is drawn.

        Parameters
        ----------
        shaded
            (rows, columns) tiles, row 0 at the bottom.
        """
        total = np.zeros((shaded.shape[0] + 1, shaded.shape[1] + 1), np.int32)
        total[1:, 1:] = shaded.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
        x0, y0, x1, y1 = self._bounds
        held = total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0] > 0
        self._buffer.write(np.compress(held, self._triangles, axis=0).tobytes())
        counts = 3 * np.bincount(self._owner[held], minlength=len(self._draws))
        first = np.cumsum(counts) - counts
        return [
            (draw, int(f), int(n), self._buffer)
            for draw, f, n in zip(self._draws, first, counts, strict=True)
            if n
        ]


def _lit(
    vertices: NDArray[np.float32], view: View, direction: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which vertices (n,) the key light may reach, on the side that is seen."""
    normals = vertices[:, 3:6].astype(np.float64)
    length = np.maximum(np.linalg.norm(normals, axis=1), 1e-9)
    away = np.einsum("ij,ij->i", normals, view.eye - vertices[:, :3]) < 0.0
    facing = normals @ direction / length
    return np.asarray(np.where(away, -facing, facing) > _UNLIT)


def _tiles_of(
    vertices: NDArray[np.float32],
    triangles: NDArray[np.int64],
    view: View,
    size: tuple[int, int],
) -> tuple[NDArray[np.int32], ...]:
    """Return first and last but one column and row that triangles touch: x0, y0, x1, y1."""
    rows, columns = grid_of(size)
    clip = vertices[:, :3].astype(np.float64) @ view.matrix[:, :3].T + view.matrix[:, 3]
    depth = clip[:, 3]
    spots = (clip[:, :2] / np.maximum(depth, 1e-3)[:, None] + 1.0) * (
        np.array(size) * (0.5 / TILE)
    )
    found = spots[triangles]
    near = np.any(depth[triangles] < _BEHIND, axis=1, keepdims=True)
    low = np.where(near, 0.0, found.min(axis=1) - _BESIDE)
    high = np.where(near, np.inf, found.max(axis=1) + _BESIDE)
    most = np.array([columns, rows], np.float64)
    first = np.floor(np.clip(low, 0.0, most)).astype(np.int32)
    last = np.ceil(np.clip(high, 0.0, most)).astype(np.int32)
    return first[:, 0], first[:, 1], last[:, 0], last[:, 1]
