"""Levels of detail: fewer triangles, the same place, closed surfaces, vertices in order."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.simplify import Simplifier, open_edges
from cyberdirector.render._level_store import kept_levels
from cyberdirector.render.figure_mesh import FigureMesh, pack_figure
from cyberdirector.render.geometry import weld_groups
from cyberdirector.render.hidden import never_seen
from cyberdirector.render.lod import ERRORS, PIXELS_OFF, Level, level_for


@pytest.fixture(scope="module")
def mesh() -> FigureMesh:
    return pack_figure(compile_character(shipped_recipe("lin_wan"), 0))


def _sheet(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a flat grid of side × side quads, metres."""
    at = np.linspace(0.0, 1.0, side + 1)
    x, y = np.meshgrid(at, at)
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    corner = (np.arange(side)[:, None] * (side + 1) + np.arange(side)).ravel()
    a, b, c, d = corner, corner + 1, corner + side + 2, corner + side + 1
    return points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def test_a_flat_sheet_keeps_its_outline_and_area() -> None:
    points, triangles = _sheet(12)
    traits = np.zeros((len(points), 1), np.float32)
    free = np.zeros(len(points), bool)
    mesh = Simplifier([points], traits, triangles, free, closed=False, rim=2.0)
    mesh.reduce(0.001)
    assert len(mesh.triangles) < 0.4 * len(triangles)
    a, b, c = (points[mesh.triangles[:, k]] for k in range(3))
    assert np.cross(b - a, c - a)[:, 2].sum() / 2.0 == pytest.approx(1.0)
    rim = points[np.concatenate(open_edges(mesh.triangles, len(points)))]
    assert (np.isclose(rim[:, :2], 0.0) | np.isclose(rim[:, :2], 1.0)).any(axis=1).all()


def test_without_rim_planes_nothing_holds_the_border() -> None:
    """The test above can fail: the same sheet without them shrinks."""
    points, triangles = _sheet(12)
    traits = np.zeros((len(points), 1), np.float32)
    mesh = Simplifier([points], traits, triangles, np.zeros(len(points), bool), closed=False)
    mesh.reduce(0.001)
    a, b, c = (points[mesh.triangles[:, k]] for k in range(3))
    assert np.cross(b - a, c - a)[:, 2].sum() / 2.0 < 0.999


def test_levels_shrink_and_use_a_prefix_of_the_vertices(mesh: FigureMesh) -> None:
    counts = [len(level.indices) // 3 for level in mesh.levels]
    assert counts[1] < 0.55 * counts[0]
    assert counts[2] < 0.6 * counts[1]
    assert counts[3] < 0.75 * counts[2]
    for level in mesh.levels:
        assert int(level.indices.max()) < level.vertices <= len(mesh.rest)
        assert sum(draw.count for draw in level.draws) == len(level.indices)
    assert [level.vertices for level in mesh.levels] == sorted(
        (level.vertices for level in mesh.levels), reverse=True
    )


def test_levels_stay_near_the_full_surface(mesh: FigureMesh) -> None:
    """Every vertex of the full mesh has one of the coarse surface near."""
    from scipy.spatial import cKDTree

    rest = mesh.rest["position"].astype(np.float64)
    full = rest[np.unique(mesh.levels[0].indices)]
    for level, error in zip(mesh.levels[1:], ERRORS, strict=True):
        a, b, c = (rest[level.indices[k::3]] for k in range(3))
        rng = np.random.default_rng(1)
        u, v = rng.random((2, 40, len(a), 1))
        flip = u + v > 1.0
        u, v = np.where(flip, 1.0 - u, u), np.where(flip, 1.0 - v, v)
        spots = (a + u * (b - a) + v * (c - a)).reshape(-1, 3)
        gap = cKDTree(spots).query(full)[0]
        assert np.percentile(gap, 95) < 3.0 * error + 0.004  # 4 mm: between random spots


def test_levels_tear_no_seam(mesh: FigureMesh) -> None:
    """Where the full surface is closed, the coarse ones are.

    Hair and the scalp under it are left out where nobody sees them.
    """
    group = weld_groups(mesh.rest["position"])
    count = int(group.max()) + 1
    place = np.zeros((count, 3))
    place[group] = mesh.rest["position"]
    hair = [d for d in mesh.draws if d.role == "hair"]
    lowest = min(d.low[1] for d in mesh.draws if d.role == "brow")

    def length(level: Level) -> float:
        runs = [(d.first, d.count) for d in level.draws if d.role != "hair"]
        solid = np.concatenate([level.indices[a : a + n] for a, n in runs])
        start, end = open_edges(group[solid.astype(np.int64)].reshape(-1, 3), count)
        low = place[start, 1] < lowest
        return float(np.linalg.norm(place[start] - place[end], axis=1)[low].sum())

    assert hair
    full = length(mesh.levels[0])
    assert length(mesh.levels[1]) < 1.1 * full
    assert length(mesh.levels[2]) < 1.1 * full


def test_hair_under_hair_is_left_out(mesh: FigureMesh) -> None:
    """Two balls: nobody sees the inner one, nor any face from behind."""
    outer, faces = _ball(0.1)
    inner, _ = _ball(0.08)
    points = np.concatenate([outer, inner])
    both = np.concatenate([faces, faces + len(outer)])
    nothing = np.zeros((0, 3), np.int64)
    unseen = never_seen(points, both, nothing)
    assert not unseen[: len(faces)].any()
    assert unseen[len(faces) :].all()
    assert never_seen(points, both[:, ::-1], nothing).mean() > 0.8  # all but the rim
    hair = [sum(d.count for d in level.draws if d.role == "hair") for level in mesh.levels]
    assert hair[1] < 0.65 * hair[0]


def _ball(radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a ball of 24 × 48 quads, metres, its faces outwards."""
    rows, columns = 24, 48
    polar, turn = np.meshgrid(
        np.linspace(0.0, np.pi, rows + 1), np.arange(columns) * 2.0 * np.pi / columns,
        indexing="ij",
    )  # fmt: skip
    flat = np.sin(polar)
    points = radius * np.stack(
        [flat * np.sin(turn), np.cos(polar), flat * np.cos(turn)], axis=-1
    )
    i, j = (g.ravel() for g in np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"))
    a, b = i * columns + j, i * columns + (j + 1) % columns
    c, d = a + columns, b + columns
    faces = np.concatenate([np.stack([a, c, d], 1), np.stack([a, d, b], 1)])
    return points.reshape(-1, 3), faces


def test_levels_are_found_once(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CYBERDIRECTOR_CACHE", str(tmp_path))
    made = []

    def make() -> list[tuple[np.ndarray, np.ndarray]]:
        made.append(1)
        return [(np.array([[0, 1, 2]], np.uint32), np.array([3]))]

    first = kept_levels(make, np.zeros(3), "a")
    again = kept_levels(make, np.zeros(3), "a")
    assert len(made) == 1
    for (corners, owner), (same, its) in zip(first, again, strict=True):
        assert (corners.dtype, owner.dtype) == (same.dtype, its.dtype)
        np.testing.assert_array_equal(corners, same)
        np.testing.assert_array_equal(owner, its)
    kept_levels(make, np.ones(3), "a")
    assert len(made) == 2
    for file in tmp_path.rglob("*.npz"):
        file.write_bytes(b"damaged")
    assert kept_levels(make, np.zeros(3), "a")[0][0].tolist() == [[0, 1, 2]]
    assert len(made) == 3


def test_the_level_follows_the_pixels() -> None:
    assert level_for(5000.0) == 0
    assert level_for(PIXELS_OFF / ERRORS[0] * 0.99) == 1
    assert level_for(1.0) == len(ERRORS)
    levels = [level_for(d) for d in np.geomspace(10, 5000, 50)]
    assert levels == sorted(levels, reverse=True)
