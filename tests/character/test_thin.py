from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.character import compile as compile_module
from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.character.thin import LIMITS, thin_part
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.model import MeshPart, Morph


def _grid(n=20, step=0.01, bend=None):
    """Return a flat sheet of n × n squares in the plane z = 0; ``bend``: weights by x."""
    y, x = np.divmod(np.arange((n + 1) ** 2), n + 1)
    a = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).ravel()
    b, c, d = a + 1, a + n + 2, a + n + 1
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    points = np.stack([x * step, y * step, 0 * x], 1).astype(np.float32)
    share = np.zeros(len(x)) if bend is None else bend(x / n)
    return MeshPart(
        "sheet",
        points,
        np.tile(np.float32([0, 0, 1]), (len(x), 1)),
        points[:, :2].copy(),
        triangles.astype(np.uint32),
        0,
        np.tile(np.uint16([0, 1]), (len(x), 1)),
        np.stack([1.0 - share, share], 1).astype(np.float32),
    )


def _ball(rows=24, radius=0.1):
    """Return a closed sphere of rings and two poles."""
    columns = 2 * rows
    lat = np.linspace(0.0, np.pi, rows + 1)[1:-1]
    lon = np.arange(columns) * 2.0 * np.pi / columns
    ring = np.stack(
        [np.outer(np.sin(lat), np.cos(lon)), np.outer(np.sin(lat), np.sin(lon)),
         np.outer(np.cos(lat), np.ones(columns))], -1,
    ).reshape(-1, 3)  # fmt: skip
    normals = np.concatenate([ring, [[0, 0, 1], [0, 0, -1]]]).astype(np.float32)
    k = np.arange(columns)
    after = (k + 1) % columns
    faces = [np.stack([np.full(columns, len(ring)), k, after], 1)]
    for r in range(rows - 2):
        p, q = r * columns, (r + 1) * columns
        faces += [
            np.stack([p + k, q + k, q + after], 1),
            np.stack([p + k, q + after, p + after], 1),
        ]
    last = (rows - 2) * columns
    faces.append(np.stack([last + k, np.full(columns, len(ring) + 1), last + after], 1))
    return MeshPart(
        "ball", normals * np.float32(radius), normals, normals[:, :2].copy(),
        np.concatenate(faces).astype(np.uint32), 0,
    )  # fmt: skip


def _cross(part):
    a, b, c = (part.positions[part.triangles[:, k]].astype(np.float64) for k in range(3))
    return np.cross(b - a, c - a) / 2.0


def _rows(points):
    return {tuple(p) for p in points.tolist()}


def test_flat_sheet_keeps_its_border_and_little_else():
    sheet = _grid()
    thin = thin_part(sheet, 0.001, 0.0)
    edge = (sheet.positions[:, :2] == 0).any(1) | (
        sheet.positions[:, :2] == sheet.positions.max()
    ).any(1)
    assert _rows(sheet.positions[edge]) <= _rows(thin.positions)
    assert len(thin.triangles) < 0.25 * len(sheet.triangles)
    area = _cross(thin)[:, 2]
    assert (area > 0).all()
    assert area.sum() == pytest.approx(0.04, rel=1e-5)


def test_ball_keeps_its_shape_closed_and_unturned():
    ball = _ball()
    thin = thin_part(ball, 0.001, 0.3)
    assert len(thin.triangles) < 0.6 * len(ball.triangles)
    middle = thin.positions[thin.triangles].astype(np.float64).mean(1)
    assert np.abs(np.linalg.norm(middle, axis=1) - 0.1).max() < 0.003
    assert ((_cross(thin) * middle).sum(1) > 0).all()
    ends = np.concatenate([thin.triangles[:, [k, (k + 1) % 3]] for k in range(3)]).tolist()
    edges = {tuple(e) for e in ends}
    assert len(edges) == len(ends)
    assert all((b, a) in edges for a, b in edges)


def test_the_share_is_where_it_stops():
    ball = _ball()
    thin = thin_part(ball, 0.01, 0.6)
    assert 0.6 * len(ball.triangles) - 2 <= len(thin.triangles) <= 0.6 * len(ball.triangles) + 1


def test_joints_keep_the_loops_they_bend_with():
    sheet = _grid(bend=lambda x: np.clip((x - 0.4) * 5.0, 0.0, 1.0))
    thin = thin_part(sheet, 0.001, 0.0)
    assert len(thin.triangles) < 0.5 * len(sheet.triangles)
    x = thin.positions[thin.triangles, 0].mean(1) / 0.2
    weights = thin.weights[thin.triangles, 1].mean(1)
    assert np.abs(weights - np.clip((x - 0.4) * 5.0, 0.0, 1.0)).max() < 0.2


def test_a_second_pose_keeps_what_it_bends():
    sheet = _grid()
    bent = sheet.positions.astype(np.float64)
    bent[:, 2] = 0.03 * np.cos(bent[:, 0] * 60.0)
    errors = []
    for poses in ([], [bent]):
        thin = thin_part(sheet, 0.001, 0.0, poses)
        x = thin.positions[:, 0].astype(np.float64)[thin.triangles]
        middle = (0.03 * np.cos(x * 60.0)).mean(1)
        errors.append(np.abs(middle - 0.03 * np.cos(x.mean(1) * 60.0)).max())
    assert errors[1] < 0.004 < errors[0]


def test_seams_and_shapes_stay_and_shapes_are_renumbered():
    sheet = _grid()
    moved = np.arange(200, 215, dtype=np.uint32)
    sheet.morphs["smile"] = Morph(moved, np.full((15, 3), 0.01, np.float32))
    sheet.positions[100] = sheet.positions[101]
    thin = thin_part(sheet, 0.001, 0.0)
    np.testing.assert_array_equal(
        thin.positions[thin.morphs["smile"].indices], sheet.positions[moved]
    )
    assert (thin.positions == sheet.positions[100]).all(1).sum() == 2


def test_kept_vertices_are_untouched_used_and_the_same_every_time():
    ball = replace(
        _ball(), outline_scale=np.linspace(0.5, 1.0, len(_ball().positions), dtype=np.float32)
    )
    thin = thin_part(ball, 0.001)
    assert np.array_equal(np.unique(thin.triangles), np.arange(len(thin.positions)))
    rows = {p.tobytes(): i for i, p in enumerate(ball.positions)}
    at = [rows[p.tobytes()] for p in thin.positions]
    for name in ("normals", "uvs", "outline_scale"):
        np.testing.assert_array_equal(getattr(thin, name), getattr(ball, name)[at])
    assert content_hash(thin) == content_hash(thin_part(ball, 0.001))


@pytest.mark.parametrize("name", ["shen_mo", "su_qing"])
def test_characters_are_light_and_keep_their_size(name, monkeypatch):
    thin = compile_character(shipped_recipe(name))
    monkeypatch.setattr(compile_module, "thin_parts", lambda character: character.parts)
    full = compile_character(shipped_recipe(name))
    assert sum(len(p.triangles) for p in thin.parts) < 48_000
    for a, b in zip(thin.parts, full.parts, strict=True):
        if full.materials[b.material].role not in LIMITS:
            assert len(a.triangles) == len(b.triangles)
        np.testing.assert_allclose(a.positions.min(0), b.positions.min(0), atol=0.002)
        np.testing.assert_allclose(a.positions.max(0), b.positions.max(0), atol=0.002)
