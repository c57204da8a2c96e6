import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.character._clip import (
    cast_rays,
    clip,
    clip_all,
    quads_to_triangles,
    refine,
    smooth,
    vertex_normals,
)


def grid(n=12):
    """A flat unit square in the x-y plane, normals +Z."""
    x, y = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n))
    v = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1)
    i = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
    q = np.stack([i, i + 1, i + n + 1, i + n], axis=1)
    return v, quads_to_triangles(q)


def area(v, t):
    e = v[t]
    return 0.5 * np.linalg.norm(np.cross(e[:, 1] - e[:, 0], e[:, 2] - e[:, 0]), axis=1).sum()


def test_clip_cuts_exactly_on_a_plane():
    v, t = grid()
    v2, t2, (u,) = clip(v, t, v[:, 0] - 0.3137, [v[:, 1] * 2])
    assert np.isclose(area(v2, t2), 1 - 0.3137)
    assert v2[:, 0].min() >= 0.3137 - 1e-9
    assert np.allclose(u, v2[:, 1] * 2)
    assert np.all(vertex_normals(v2, t2)[:, 2] > 0.99)


def test_clip_border_lies_on_the_iso_line():
    v, t = grid(30)
    v2, t2, _ = clip(v, t, 0.4 - np.hypot(v[:, 0] - 0.5, v[:, 1] - 0.5))
    half = np.sort(np.concatenate([t2[:, [0, 1]], t2[:, [1, 2]], t2[:, [2, 0]]]), axis=1)
    unique, count = np.unique(half, axis=0, return_counts=True)
    border = np.unique(unique[count == 1])
    r = np.hypot(v2[border, 0] - 0.5, v2[border, 1] - 0.5)
    assert np.abs(r - 0.4).max() < 2e-3
    assert count.max() == 2


def test_clip_keeps_all_or_nothing():
    v, t = grid(4)
    assert len(clip(v, t, np.ones(len(v)))[1]) == len(t)
    v2, t2, _ = clip(v, t, -np.ones(len(v)))
    assert len(v2) == 0
    assert len(t2) == 0


@settings(max_examples=30, deadline=None)
@given(st.floats(-0.9, 0.9), st.floats(0, 6.28), st.floats(0.1, 0.9))
def test_two_half_planes_make_the_whole(offset, turn, split):
    v, t = grid(7)
    f = (v[:, 0] - split) * np.cos(turn) + (v[:, 1] - 0.5) * np.sin(turn) + 0.2 * offset
    a = clip_all(v, t, [f])
    b = clip_all(v, t, [-f])
    assert np.isclose(area(a[0], a[1]) + area(b[0], b[1]), 1.0, atol=1e-9)


def test_refine_quadruples_and_bends_outwards():
    v, t = grid(3)
    v2, t2, _ = refine(v, t)
    assert len(t2) == 4 * len(t)
    assert np.isclose(area(v2, t2), 1)
    ball = np.array(
        [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], float
    )
    faces = np.array(
        [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    )
    flat, bent = refine(ball, faces)[0], refine(ball, faces, bend=1.0)[0]
    assert (
        np.linalg.norm(bent[6:], axis=1).mean() > np.linalg.norm(flat[6:], axis=1).mean() + 0.1
    )


def test_smooth_flattens_the_inside_and_keeps_the_border():
    v, t = grid(9)
    v = v.copy()
    v[40, 2] = 1.0
    s = smooth(v, t, 20)
    assert s[40, 2] < 0.1
    assert np.allclose(s[:9], v[:9])


def test_rays_find_first_and_last():
    v, t = grid(5)
    two = np.concatenate([v, v + np.array([0.0, 0, 1])])
    tri = np.concatenate([t, t + len(v)])
    o = np.array([[0.31, 0.42, -1.0], [2, 2, -1]])
    d = np.tile([0.0, 0, 1], (2, 1))
    assert np.allclose(cast_rays(o, d, two, tri), [1, np.nan], equal_nan=True)
    assert np.allclose(cast_rays(o, d, two, tri, last=True), [2, np.nan], equal_nan=True)
