"""Tiles of the picture: what is marked covers what was asked, rectangles cover it once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cyberdirector.render.tiles import (
    PATCH,
    TILE,
    bounds_of,
    grid_of,
    grown,
    mark_boxes,
    mark_patches,
    merge_rects,
    patches_of,
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
    hnp.arrays(
        np.float32, (30, 2), elements=st.floats(-4, 12, width=32, allow_subnormal=False)
    ),
    st.integers(1, 10),
    st.floats(0, 1.5),
)
def test_every_place_of_a_triangle_is_marked(points, count, margin):
    grid = np.zeros((8, 8), bool)
    corners = np.arange(3 * count, dtype=np.uint32).reshape(count, 3)
    rest = np.concatenate([points, points[:, :1]], axis=1)
    patches = patches_of(rest, corners, np.arange(count) // 4)
    assert patches.shape == (3 * PATCH, -(-count // PATCH))
    mark_patches(grid, points, patches, margin)
    mix = np.random.default_rng(0).dirichlet(np.ones(3), 60).astype(np.float32)
    for triangle in points[corners]:
        for x, y in np.floor(mix @ triangle).astype(int):
            if 0 <= x < 8 and 0 <= y < 8:
                assert grid[y, x]


def test_a_patch_holds_neighbours_of_one_owner():
    line = np.linspace(0.0, 1.0, 2 * PATCH)
    rest = np.stack([line, 0.0 * line, 0.0 * line], axis=1).astype(np.float32)
    order = np.random.default_rng(2).permutation(2 * PATCH)
    corners = np.repeat(order[:, None], 3, axis=1).astype(np.uint32)
    patches = patches_of(rest, corners, np.zeros(2 * PATCH, np.int64))
    spread = np.ptp(rest[patches, 0], axis=0)
    assert (spread <= 0.5).all()
    owners = order % 2
    patches = patches_of(rest, corners, owners)
    assert (np.ptp(patches % 2, axis=0) == 0).all()
    assert patches_of(rest, corners[:0], owners[:0]).shape == (3 * PATCH, 0)


@given(GRIDS, st.integers(0, 40))
def test_fewer_rectangles_hold_the_same_and_never_overlap(grid, tiles):
    size = (grid.shape[1] * TILE, grid.shape[0] * TILE)
    rects = rects_of(grid, size)
    fewer = merge_rects(rects, tiles * TILE * TILE)
    count = painted(fewer, size)
    assert count.max(initial=0) <= 1
    assert (count >= painted(rects, size)).all()
    assert len(fewer) <= len(rects)
