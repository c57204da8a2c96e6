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
    repeat: int = 2,
    shift: float = 0.0,
    rows: tuple[float, float] = (0.0, 1.0),
    contour: NDArray[np.floating] | None = None,
    step: float = 6.0,
) -> Mesh:
    """Return a band round the origin that faces inward; U repeats ``repeat`` times.

    Parameters
    ----------
    radius, foot, top
        Metres.
    shift
        Turn about +Y, radians.
    rows
        Part of the texture's height (top, bottom) that the band shows.
    contour
        Upper edge over one repeat: how far below ``top``, 0 … 1 of the band's height. None
        for a level edge.
    step
        Width of a column, metres.

    Notes
    -----
    Normals point inward and up, so that painted clouds and peaks are lit evenly.
    """
    sides = int(np.ceil(2 * np.pi * radius / step))
    turn = np.linspace(0, 2 * np.pi, sides + 1)
    u = np.linspace(0, repeat, sides + 1)
    low = np.zeros(sides + 1)
    if contour is not None:
        width = len(contour)
        low = np.interp(u * width % width, np.arange(width) + 0.5, contour, period=width)
    ring = np.stack([np.sin(turn + shift), np.cos(turn + shift)], axis=-1) * radius
    edge = np.stack([ring[:, 0], top - (top - foot) * low, ring[:, 1]], axis=-1)
    base = np.stack([ring[:, 0], np.full(sides + 1, foot), ring[:, 1]], axis=-1)
    v0, v1 = rows[0] + 0.003, rows[1] - 0.003
    uv = np.stack([np.stack([u, v0 + (v1 - v0) * low], -1), np.stack([u, 0 * u + v1], -1)])
    mesh = grid_mesh(np.stack([edge, base])[:, ::-1], uv[:, ::-1])
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
