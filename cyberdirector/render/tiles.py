"""The picture cut into squares, and which of them something lies in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TILE = 32
"""Side of a tile, pixels; a multiple of the eight that a texel of the glow stands for."""

PATCH = 6
"""Triangles whose bounds are taken together."""

Rect = tuple[int, int, int, int]
"""x, y, width, height in pixels, row 0 at the bottom."""


def grid_of(size: tuple[int, int], side: float = TILE) -> tuple[int, int]:
    """Return (rows, columns) of the grid that covers ``size`` (width, height)."""
    return int(np.ceil(size[1] / side)), int(np.ceil(size[0] / side))


def patches_of(
    positions: NDArray[np.float32], triangles: NDArray[np.uint32], owners: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """Return the corners (:data:`PATCH` × 3, patches) of neighbouring triangles.

    Parameters
    ----------
    positions
        (n, 3) metres, at rest.
    triangles
        (m, 3) rows of ``positions``.
    owners
        (m,) what each triangle belongs to; a patch keeps to one where it can.
    """
    if not len(triangles):
        return np.zeros((3 * PATCH, 0), np.uint32)
    middle = positions[triangles].astype(np.float64).mean(axis=1)
    low = middle.min(axis=0)
    cells = ((middle - low) / max(float((middle.max(axis=0) - low).max()), 1e-9) * 1023).astype(
        np.int64
    )
    # Along a Morton curve what follows is near.
    curve = np.zeros(len(cells), np.int64)
    for bit in range(10):
        for axis in range(3):
            curve |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    sorted_ = triangles[np.lexsort((curve, owners))]
    missing = -len(sorted_) % PATCH
    padded = np.concatenate([sorted_, np.repeat(sorted_[-1:], missing, axis=0)])
    return np.ascontiguousarray(padded.reshape(-1, 3 * PATCH).T)


def mark_patches(
    grid: NDArray[np.bool_],
    points: NDArray[np.float32],
    patches: NDArray[np.uint32],
    margin: float,
) -> None:
    """Mark every cell that the bounds of a patch touch.

    Parameters
    ----------
    grid
        (rows, columns), changed in place.
    points
        (n, 2) x and y in cells.
    patches
        Of :func:`patches_of`, rows of ``points``.
    margin
        Cells around each patch.
    """
    found = np.take(points, patches, axis=0)
    low = np.floor(found.min(axis=0) - np.float32(margin)).astype(np.int32)
    high = np.floor(found.max(axis=0) + np.float32(margin)).astype(np.int32)
    mark_boxes(grid, low, high)


def mark_boxes(
    grid: NDArray[np.bool_], low: NDArray[np.int32], high: NDArray[np.int32]
) -> None:
    """Mark the cells of boxes ``low``..``high`` (n, 2), x and y, both ends included."""
    rows, columns = grid.shape
    x0, y0, x1, y1 = low[:, 0], low[:, 1], high[:, 0], high[:, 1]
    inside = (x1 >= 0) & (y1 >= 0) & (x0 < columns) & (y0 < rows)
    x0, x1 = (np.clip(np.compress(inside, v), 0, columns - 1) for v in (x0, x1))
    y0, y1 = (np.clip(np.compress(inside, v), 0, rows - 1) for v in (y0, y1))
    # Each box adds one at two of its corners and takes one away at the others: sums along
    # both axes then count the boxes over each cell.
    wide, size = columns + 1, (rows + 1) * (columns + 1)
    y0, y1 = y0 * wide, (y1 + 1) * wide
    ends = np.bincount(y0 + x0, minlength=size) + np.bincount(y1 + x1 + 1, minlength=size)
    ends -= np.bincount(y0 + x1 + 1, minlength=size) + np.bincount(y1 + x0, minlength=size)
    count = ends.reshape(rows + 1, wide).cumsum(axis=0).cumsum(axis=1)
    grid |= count[:-1, :-1] > 0


def grown(grid: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """Return the grid with every cell that has a marked one within ``steps``, also askew."""
    out = grid.copy()
    for axis in (0, 1):
        before = out.copy()
        for step in range(1, steps + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            out[tuple(ahead)] |= before[tuple(behind)]
            out[tuple(behind)] |= before[tuple(ahead)]
    return out


def rects_of(grid: NDArray[np.bool_], size: tuple[int, int]) -> list[Rect]:
    """Return rectangles that cover the marked cells once, clipped to the picture."""
    done: list[list[int]] = []  # columns first..last, rows first..last
    open_runs: dict[tuple[int, int], list[int]] = {}
    padded = np.zeros((grid.shape[0], grid.shape[1] + 2), np.int8)
    padded[:, 1:-1] = grid
    edges: list[list[int]] = [[] for _ in range(grid.shape[0])]
    for row, column in np.argwhere(padded[:, 1:] != padded[:, :-1]).tolist():
        edges[row].append(column)
    for row, places in enumerate(edges):
        runs = list(zip(places[::2], places[1::2], strict=True))
        open_runs = {k: v for k, v in open_runs.items() if k in runs}
        for first, last in runs:
            if (first, last) in open_runs:
                open_runs[first, last][3] = row
            else:
                open_runs[first, last] = [first, last, row, row]
                done.append(open_runs[first, last])
    out = []
    for first, last, low, high in done:
        x, y = first * TILE, low * TILE
        width = min(last * TILE, size[0]) - x
        out.append((x, y, width, min((high + 1) * TILE, size[1]) - y))
    return out


def merge_rects(rects: Sequence[Rect], spare: int) -> list[Rect]:
    """Return fewer rectangles that hold the same pixels, and others; none overlap.

    Parameters
    ----------
    rects
        As of :func:`rects_of`.
    spare
        Pixels more that a rectangle less is worth.
    """
    out: list[Rect] = []
    for rect in rects:
        now = rect
        while True:
            unions = [_union(now, other) for other in out]
            fits = [
                u[2] * u[3] <= now[2] * now[3] + other[2] * other[3] + spare
                or (u[2] < now[2] + other[2] and u[3] < now[3] + other[3])
                for u, other in zip(unions, out, strict=True)
            ]
            if True not in fits:
                break
            now = unions[fits.index(True)]
            del out[fits.index(True)]
        out.append(now)
    return out


def _union(a: Rect, b: Rect) -> Rect:
    x, y = min(a[0], b[0]), min(a[1], b[1])
    return x, y, max(a[0] + a[2], b[0] + b[2]) - x, max(a[1] + a[3], b[1] + b[3]) - y


def bounds_of(grid: NDArray[np.bool_], size: tuple[int, int]) -> Rect | None:
    """Return the rectangle around all marked cells, None when there are none."""
    rows, columns = np.flatnonzero(grid.any(axis=1)), np.flatnonzero(grid.any(axis=0))
    if not len(rows):
        return None
    x, y = int(columns[0]) * TILE, int(rows[0]) * TILE
    right, top = (int(columns[-1]) + 1) * TILE, (int(rows[-1]) + 1) * TILE
    return x, y, min(right, size[0]) - x, min(top, size[1]) - y
