"""Tiles of the picture: what is marked covers what was asked, rectangles cover it once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cyberdirector.render.tiles import (
    TILE,
    bounds_of,
    grid_of,
    grown,
    mark_boxes,
    mark_triangles,
    rects_of,
)

GRIDS = hnp.arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 11)))


def painted(rects: list[tuple[int, int, int, int]], size: tuple[int, int]) -> np.ndarray:
    """Return how often each pixel lies in a rectangle."""
    out = np.zeros((size[1], size[0]), int)
    for x, y, w, h in rects:
        out[y : y + h, x : x + w] += 1
    return out


@given(GRIDS, st.integers(1, TILE), st.integers(1, TILE))
def test_rectangles_cover_marked_tiles_once_and_nothing_else(grid, over_x, over_y):
    rows, columns = grid.shape
    size = ((columns - 1) * TILE + over_x, (rows - 1) * TILE + over_y)
    assert grid_of(size) == grid.shape
    wanted = np.repeat(np.repeat(grid, TILE, 0), TILE, 1)[: size[1], : size[0]]
    np.testing.assert_array_equal(painted(rects_of(grid, size), size), wanted)


@given(GRIDS)
def test_bounds_hold_all_marked_tiles(grid):
    size = (grid.shape[1] * TILE, grid.shape[0] * TILE)
    box = bounds_of(grid, size)
    assert (box is None) == (not grid.any())
    if box:
        inside = painted([box], size) > 0
        assert inside[np.repeat(np.repeat(grid, TILE, 0), TILE, 1)].all()


@given(GRIDS, st.integers(1, 3))
def test_growing_reaches_every_neighbour(grid, steps):
    marked = np.argwhere(grid)
    for row, column in np.ndindex(grid.shape):
        near = np.abs(marked - [row, column]).max(axis=1, initial=0) if len(marked) else None
        reached = near is not None and bool((near <= steps).any())
        assert grown(grid, steps)[row, column] == reached


@given(
    hnp.arrays(
        np.int32, st.tuples(st.integers(1, 12), st.just(2)), elements=st.integers(-5, 15)
    ),
    st.integers(0, 6),
)
def test_boxes_mark_just_their_cells(low, span):
    grid = np.zeros((7, 9), bool)
    mark_boxes(grid, low, low + span)
    wanted = np.zeros_like(grid)
    for x, y in low:
        wanted[max(y, 0) : max(y + span + 1, 0), max(x, 0) : max(x + span + 1, 0)] = True
    np.testing.assert_array_equal(grid, wanted)


@given(
    hnp.arrays(np.float32, (9, 2), elements=st.floats(-4, 12, width=32, allow_subnormal=False)),
    st.floats(0, 1.5),
)
def test_every_place_of_a_triangle_is_marked(points, margin):
    grid = np.zeros((8, 8), bool)
    corners = np.arange(9, dtype=np.uint32).reshape(3, 3)
    mark_triangles(grid, points, corners, margin)
    mix = np.random.default_rng(0).dirichlet(np.ones(3), 60).astype(np.float32)
    for triangle in points[corners]:
        for x, y in np.floor(mix @ triangle).astype(int):
            if 0 <= x < 8 and 0 <= y < 8:
                assert grid[y, x]
