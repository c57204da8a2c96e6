"""Chinese roofs: hip-and-gable bodies with the concave 举架 slope and lifted corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.backlot.kit.mesh import Mesh, flipped, grid_mesh, join
from cyberdirector.backlot.kit.solids import tube


@dataclass(frozen=True)
class Roof:
    """A roof in parts: ``tiles`` (fit/tiled), ``ridge`` (dark edges), ``under`` (timber)."""

    tiles: Mesh
    ridge: Mesh
    under: Mesh


def slope_height(t: np.ndarray, rise: float, hollow: float = 0.35) -> np.ndarray:
    """Return the height over the eaves at ``t`` = 0 (eaves) … 1 (ridge).

    A straight slope bent down by a parabola: near the eaves flat, near the ridge steep,
    as the 举架 rule (each purlin bay a steeper ratio) gives. ``hollow`` 0 is straight.
    """
    return rise * (t - hollow * t * (1 - t) * 1.6)


def roof(
    width: float,
    depth: float,
    rise: float,
    ridge: float | None = None,
    uplift: float = 0.35,
    steps: int = 6,
    columns: int = 18,
    tile: float = 1.8,
) -> Roof:
    """Return a hipped roof (庑殿 when ``ridge`` is short) whose eaves lie on y = 0.

    Parameters
    ----------
    width, depth
        Size at the eaves along X and Z, metres.
    rise
        Height of the ridge over the eaves, metres.
    ridge
        Length of the ridge; None for ``width`` − ``depth`` × 0.55.
    uplift
        How far the corners rise and swing out, metres.
    """
    length = max(width - depth * 0.55, 0.4) if ridge is None else ridge
    t = np.linspace(0, 1, steps + 1)
    s = np.linspace(-1, 1, columns + 1)
    tiles, under = [], []
    for turn in range(4):
        long = turn % 2 == 0
        half, other = (width / 2, depth / 2) if long else (depth / 2, width / 2)
        top_half = length / 2 if long else 0.001
        top_out = 0.001 if long else length / 2
        tt, ss = np.meshgrid(t, s, indexing="ij")
        corner = np.abs(ss) ** 5 * (1 - tt) ** 2
        across = ss * (half + (top_half - half) * tt) + np.sign(ss) * corner * uplift * 0.5
        out = other + (top_out - other) * tt + corner * uplift * 0.5
        height = slope_height(tt, rise) + corner * uplift
        at = np.stack([across, height, out], axis=-1)
        run = np.hypot(other - top_out, rise)
        uv = np.stack([across / tile, -tt * run / tile], axis=-1)
        # Rows from the ridge down, columns to +X: d/drow × d/dcolumn points outward.
        surface = grid_mesh(at[::-1], uv[::-1]).moved(yaw=turn * np.pi / 2)
        tiles.append(surface)
        bottom = np.stack([across, height - 0.12, out - 0.02], axis=-1)
        under.append(flipped(grid_mesh(bottom[::-1], uv[::-1])).moved(yaw=turn * np.pi / 2))
        lip = np.stack([at[0], bottom[0]], axis=0)
        lip_uv = np.stack(
            [
                np.stack([s * half / tile, s * 0], -1),
                np.stack([s * half / tile, s * 0 + 0.06], -1),
            ]
        )
        tiles.append(grid_mesh(lip, lip_uv).moved(yaw=turn * np.pi / 2))
    return Roof(join(tiles), _ridges(width, depth, rise, length, uplift), join(under))


def _ridges(width: float, depth: float, rise: float, length: float, uplift: float) -> Mesh:
    """Return the main ridge with its raised ends and the four hip ridges."""
    made = []
    x = np.linspace(-1, 1, 9)
    line = np.stack(
        [x * length / 2 * 1.03, rise + 0.1 + 0.22 * uplift * np.abs(x) ** 6 * 3, np.zeros(9)],
        -1,
    )
    made.append(tube(line, 0.12, 6, repeat=1.0))
    for sx in (-1, 1):
        end = np.array([[0, 0, 0], [0.08, 0.2, 0], [0.0, 0.42, 0], [-0.16, 0.5, 0]]) * (
            sx,
            1,
            1,
        )
        made.append(tube(end + line[0 if sx < 0 else -1], [0.14, 0.11, 0.07, 0.02], 6))
        for sz in (-1, 1):
            t = np.linspace(0, 1, 10)
            lift = (1 - t) ** 2 * uplift
            hip = np.stack(
                [
                    sx
                    * (width / 2 + (length / 2 - width / 2) * t + (1 - t) ** 2 * uplift * 0.5),
                    slope_height(t, rise) + lift + 0.05,
                    sz * (depth / 2 * (1 - t) + (1 - t) ** 2 * uplift * 0.5),
                ],
                axis=-1,
            )
            made.append(tube(hip, np.linspace(0.06, 0.085, 10), 6, repeat=1.0))
    return join(made)
