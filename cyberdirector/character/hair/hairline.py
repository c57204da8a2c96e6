"""Where hair begins: hairlines, the cap over the scalp and the fine hairs at its edge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.hair.look import column
from cyberdirector.character.hair.shell import Shell

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HairLine = Sequence[tuple[float, float]]
"""(azimuth ≥ 0, elevation) in degrees from the forehead to the nape, both sides alike.

Elevations of the forehead are those of the standard head; :func:`hairline_at` moves them
to the proportions of a face.
"""

SIDES: HairLine = (
    (52, 8), (58, -3), (63, -12), (68, -20), (72, -25), (76, -18), (81, -9), (87, -2.5),
    (94, 0.5), (102, -2), (109, -12), (116, -25), (127, -35), (140, -41), (160, -45),
    (180, -42),
)  # fmt: skip
"""Temples, sideburns, around the ears, nape."""

ROUND: HairLine = ((0, 26), (10, 26.5), (22, 26), (34, 23.5), (44, 17), *SIDES)
"""A soft round hairline."""

LOW: HairLine = ((0, 22), (10, 21.5), (22, 20.5), (34, 18), (44, 13), *SIDES)
"""A hairline that stays behind a parted fringe: no skin shows between its locks."""

PEAKED: HairLine = (
    (0, 22.5),
    (4, 23.6),
    (10, 26),
    (17, 27.5),
    (24, 26.8),
    (32, 23.5),
    (40, 18),
    (47, 12.5),
    *SIDES,
)
"""A hairline with a small peak in the middle."""

SQUARE: HairLine = (
    (0, 23.5),
    (5, 24.6),
    (11, 27),
    (19, 29.3),
    (27, 29),
    (35, 25),
    (42, 18.5),
    (48, 12.5),
    *SIDES,
)
"""A man's hairline, receding a little over the temples."""

HIGH: HairLine = ((0, 30), (8, 31), (20, 34), (32, 36), (42, 30), (48, 18), *SIDES)
"""An old man's hairline."""

CROWN = 0.008
"""Metres that the cap is higher on the crown."""

REACH = 0.68
"""Height of the standard hairline over the eyes as a share of eye to chin, chosen so that
the forehead above the brows is about a quarter of the face."""


def hairline_at(shell: Shell, line: HairLine, az: Floats) -> Floats:
    """Return the elevation (…,) of a hairline in degrees at azimuths in degrees."""
    table = np.array(line, dtype=np.float64)
    a = np.abs((np.asarray(az, np.float64) + 180.0) % 360.0 - 180.0)
    el = np.interp(a, table[:, 0], table[:, 1])
    height = shell.eye_height + REACH * (shell.eye_height - float(shell.chin[1]))
    shift = shell.elevation_of(height, 0.0) - 26.0
    return np.asarray(el + shift * smooth_step(62.0, 30.0, a), dtype=np.float64)


def _rough(az: Floats) -> Floats:
    """Return the unevenness of a drawn hairline in degrees (fixed, not random)."""
    return (
        0.45 * np.sin(0.31 * az + 0.7)
        + 0.35 * np.sin(0.83 * az + 2.1)
        + 0.25 * np.sin(1.71 * az + 0.3)
    )


def cap_mesh(
    shell: Shell, hairline: HairLine, lift: float = 0.0045
) -> tuple[Floats, Ints, Floats]:
    """Return the scalp cap down to the hairline: positions, triangles, (az, share) grid.

    Its edge lies on the skin; around the ears it sinks in.
    """
    cols = 120
    az = np.linspace(-180, 180, cols + 1)
    end = hairline_at(shell, hairline, az) + _rough(az) * smooth_step(150, 130, np.abs(az))
    share = np.array([0.0, 0.16, 0.32, 0.47, 0.61, 0.74, 0.85, 0.93, 0.975, 1.0])[:, None]
    el = 90 + (end - 90) * share
    wide = np.broadcast_to(az, el.shape)
    d = shell.direction(np.radians(wide), np.radians(el))
    fade = smooth_step(1.0, 0.70, share)
    # On the crown it rises to the roots of the locks, which else would stand around a pit.
    height = lift * smooth_step(1.02, 0.90, share) + CROWN * smooth_step(0.45, 0.12, share)
    bare = shell.centre + d * shell.skull(d)[..., None]
    p = bare + d * (np.broadcast_to(height, el.shape) + shell.mass(d) * fade * 0.8)[..., None]
    ear = smooth_step(66, 74, np.abs(az)) * smooth_step(130, 122, np.abs(az))
    rim = len(share) - 3
    flat = shell.lay(p[rim:].reshape(-1, 3), np.repeat([0.0030, 0.0020, 0.0009], cols + 1))
    mix = ear[None, :, None]
    sunk = p[rim:] - d[rim:] * (0.002 + 0 * el[rim:, :, None])
    p[rim:] = flat.reshape(3, cols + 1, 3) * (1 - mix) + sunk * mix
    t = _polar_triangles(len(share), cols)
    grid = np.stack([wide, np.broadcast_to(share, el.shape)], -1)
    return p.reshape(-1, 3), t, grid.reshape(-1, 2)


_STRIDES = (0, 8, 4, 2, 1)
"""Columns from vertex to vertex in the rows from the crown on: no needles around the pole."""


def _polar_triangles(rows: int, cols: int) -> Ints:
    """Return the triangles of a grid of ``rows`` × (``cols`` + 1) points around a pole."""
    across = cols + 1
    i = np.arange(0, cols, _STRIDES[1])
    out = [np.stack([0 * i, across + i, across + i + _STRIDES[1]], 1)]
    for row in range(1, rows - 1):
        step = _STRIDES[min(row, len(_STRIDES) - 1)]
        fine = _STRIDES[min(row + 1, len(_STRIDES) - 1)]
        i = np.arange(0, cols, step) + row * across
        low = i + across
        out.append(np.stack([i, low, low + fine], 1))
        if fine < step:
            out.append(np.stack([i, low + fine, i + step], 1))
            out.append(np.stack([i + step, low + fine, low + step], 1))
        else:
            out.append(np.stack([i + step, i, low + step], 1))
    return np.concatenate(out)


def down_mesh(
    shell: Shell, hairline: HairLine, rng: np.random.Generator
) -> tuple[Floats, Ints]:
    """Return the fine hairs that break the edge of the cap: thin blades on the skin."""
    az = np.concatenate([np.arange(-72, 72.1, 1.7), np.arange(134, 226.1, 2.6)])
    az = az + rng.uniform(-0.8, 0.8, len(az))
    turn = (az + 180) % 360 - 180
    nape = np.abs(turn) > 130
    edge = hairline_at(shell, hairline, az) + _rough(turn) * ~nape
    side = np.abs(turn) > 58
    reach = rng.uniform(0.3, 1.1, len(az)) + 0.7 * (rng.random(len(az)) < 0.15) + 0.6 * nape
    reach = np.where(side & ~nape, 0.6 * reach, reach)
    slant = 0.5 * rng.normal(0, 1.0, len(az)) + np.where(nape, 0.0, 0.02 * turn)
    half = rng.uniform(0.7, 1.4, len(az)) / np.maximum(np.cos(np.radians(edge)), 0.3)
    spots = [
        (az - half, edge + 3.4), (az + half, edge + 3.4),
        (az - 0.62 * half + 0.3 * slant, edge - 0.35 * reach),
        (az + 0.62 * half + 0.3 * slant, edge - 0.35 * reach),
        (az + slant, edge - reach),
    ]  # fmt: skip
    a = np.stack([s[0] for s in spots], 1).ravel()
    e = np.stack([s[1] for s in spots], 1).ravel()
    d = shell.direction(np.radians(a), np.radians(e))
    p = shell.lay(shell.centre + d * shell.skull(d)[:, None], 0.0013)
    quad = np.array([(0, 2, 1), (1, 2, 3), (2, 4, 3)])
    t = (np.arange(len(az))[:, None, None] * 5 + quad).reshape(-1, 3)
    return p, t.astype(np.int64)


def cap_uvs(shell: Shell, grid: Floats) -> Floats:
    """Return texture coordinates of cap vertices: dark roots, strands towards the edge."""
    low, high = column(1, 0)
    wave = 0.5 + 0.5 * np.sin(np.radians(grid[:, 0]) * 30)
    return np.stack([low + (high - low) * wave * 0.8, 0.02 + 0.10 * grid[:, 1]], axis=1)
