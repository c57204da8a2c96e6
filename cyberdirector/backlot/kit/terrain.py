"""Ground that is not level, rocks, and bands of painted distance all round."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.mesh import Mesh, grid_mesh, unit
from cyberdirector.backlot.kit.noise import value_noise
from cyberdirector.backlot.kit.solids import Point

Heights = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def height_field(
    x: tuple[float, float],
    z: tuple[float, float],
    height: Heights,
    steps: tuple[int, int] = (32, 32),
    tile: float = 4.0,
) -> Mesh:
    """Return ground over a rectangle; ``height`` maps x, z (metres) to y (metres)."""
    xs = np.linspace(*x, steps[0] + 1)
    zs = np.linspace(*z, steps[1] + 1)
    zz, xx = np.meshgrid(zs, xs, indexing="ij")
    at = np.stack([xx, height(xx, zz), zz], axis=-1)
    return grid_mesh(at, np.stack([xx / tile, zz / tile], axis=-1))


def polar_field(
    inner: float,
    outer: float,
    height: Heights,
    steps: tuple[int, int] = (12, 48),
    repeat: float = 12.0,
) -> Mesh:
    """Return a ring of ground round the origin, finer towards its inner edge."""
    r = inner * (outer / inner) ** np.linspace(0, 1, steps[0] + 1)
    turn = np.linspace(0, 2 * np.pi, steps[1] + 1)
    rr, aa = np.meshgrid(r, turn, indexing="ij")
    x, z = rr * np.sin(aa), rr * np.cos(aa)
    at = np.stack([x, height(x, z), z], axis=-1)
    # Rows run outward, columns to +X at +Z: outward × right points down, so turn rows round.
    return grid_mesh(
        at[::-1][:, ::-1][::-1],
        np.stack([x / repeat, z / repeat], -1)[::-1][:, ::-1][::-1],
        closed=True,
    )


def distance_band(
    radius: float,
    foot: float,
    top: float,
    sides: int = 32,
    repeat: int = 2,
    shift: float = 0.0,
    lean: float = 0.0,
    rows_of_texture: tuple[float, float] = (0.0, 1.0),
) -> Mesh:
    """Return a band round the origin that faces inward; U repeats ``repeat`` times.

    ``rows_of_texture`` is the part of the texture's height (top, bottom) to show.

    ``lean`` adds to the radius at the top (metres). Normals point inward and up, so that
    painted clouds and peaks are lit evenly.
    """
    turn = np.linspace(0, 2 * np.pi, sides + 1) + shift
    rows = []
    for y, r in ((top, radius + lean), (foot, radius)):
        rows.append(np.stack([r * np.sin(turn), np.full_like(turn, y), r * np.cos(turn)], -1))
    at = np.stack(rows)[:, ::-1]
    u = np.linspace(0, repeat, sides + 1)
    v0, v1 = rows_of_texture
    uv = np.stack([np.stack([u, np.full_like(u, v)], -1) for v in (v0 + 0.004, v1 - 0.004)])
    mesh = grid_mesh(at, uv)
    inward = unit(-mesh.positions * (1, 0, 1) + np.array([0, radius * 0.6, 0]))
    return Mesh(mesh.positions, inward.astype(np.float32), mesh.uvs, mesh.triangles)


def rock(center: Point, size: Point, seed: int, detail: int = 10) -> Mesh:
    """Return a boulder: a ball pushed in and out by noise, flat-footed; trim textured."""
    lat = np.linspace(0.0, np.pi, detail)
    lon = np.linspace(0, 2 * np.pi, 2 * detail + 1)
    la, lo = np.meshgrid(lat, lon, indexing="ij")
    bump = value_noise((detail, 2 * detail), (3, 5), seed)
    bump = np.concatenate([bump, bump[:, :1]], axis=1)
    facet = np.round(bump * 5) / 5
    r = 0.72 + 0.55 * (0.6 * facet + 0.4 * bump)
    r[0] = r[0].mean()
    r[-1] = r[-1].mean()
    at = np.stack(
        [r * np.sin(la) * np.sin(lo), r * np.cos(la), r * np.sin(la) * np.cos(lo)], -1
    )
    at = at * np.asarray(size) / 2
    at[..., 1] = np.maximum(at[..., 1], -0.25 * size[1])
    uv = np.stack([lo / 3.0 * size[0] / 2.4, la / 3.0], axis=-1)
    return grid_mesh(at, uv, closed=True).moved(center)
