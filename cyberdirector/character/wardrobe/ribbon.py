"""Ribbons, bows and ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._skin import chain_weights, rigid_table, widen
from cyberdirector.character.piece import Chain
from cyberdirector.character.wardrobe.loft import (
    band,
    grid_triangles,
    grid_uvs,
    hang_line,
    orient,
)
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.skirt import leg_table
from cyberdirector.character.wardrobe.tailor import Tailor

Floats = NDArray[np.float64]

FRONT = np.array([0.0, 0.0, 1.0])
"""The direction that characters face."""


def add_ribbon(
    tailor: Tailor, name: str, top: Floats, length: float, width: tuple[float, float],
    look: Look, out: Floats, *, parent: str = "hips", bow: float = 0.02, sway: float = 0.01,
    lean: float = 0.0, chain: float = 0.5,
) -> None:  # fmt: skip
    """Add a hanging ribbon with its own spring chain.

    ``width`` at the top and at the end; ``out`` the outward direction; ``lean`` metres
    sideways at the end; ``chain`` the share of the chain (0 none), the rest follows the
    legs like a skirt.
    """
    form = tailor.form
    line = hang_line(top, length, out, 18, bow, sway)
    side = np.cross(np.array([0.0, 1.0, 0.0]), out)
    line = line + side * lean * np.linspace(0, 1, 18)[:, None] ** 1.3
    s = np.linspace(0, 1, 18)
    w = width[0] + (width[1] - width[0]) * s
    p, t, uv, share = band(line, np.tile(out, (18, 1)), w, 0.0016, 0.0, 0.001)
    t = orient(p, t, np.tile(out, (len(p), 1)))
    table = rigid_table(len(p), form.figure.index[parent], form.nodes)
    if parent == "hips":
        table = leg_table(form, p, table)
    chains: list[Chain] = []
    if chain > 0:
        at = np.linspace(0, 1, 4)
        points = np.stack([np.interp(at, s, line[:, k]) for k in range(3)], axis=1)
        chains = [
            Chain(name, points, parent, 0.5, 0.5, 0.5, 0.012, ("legs", "hips")),
        ]
        along = chain_weights(share * 3, 4)
        moved = chain * (1 - along[:, :1])
        table = widen(table * (1 - moved), 4)
        table[:, form.nodes : form.nodes + 3] = chain * along[:, 1:]
    tailor.add(name, p, t, table, look, uv, None, chains)


def add_bow(
    tailor: Tailor, name: str, centre: Floats, out: Floats, size: float, look: Look,
    droop: float = 0.25,
) -> None:  # fmt: skip
    """Add a bow: two loops and a knot."""
    n = out / np.linalg.norm(out)
    right = np.cross(np.array([0.0, 1.0, 0.0]), n)
    right /= np.linalg.norm(right)
    up = np.cross(n, right)
    q = np.linspace(0, 1, 11)
    tall = size * (0.10 + 0.26 * np.sin(np.pi * np.clip(q * 0.86, 0, 1)) ** 0.8)
    deep = size * (0.05 + 0.11 * np.sin(np.pi * q) ** 0.8)
    tall[-1], deep[-1] = 0.55 * tall[-2], 0.2 * deep[-2]
    a = 2 * np.pi * np.arange(14) / 14
    dent = 1.0 - 0.22 * np.cos(2 * a)[None] * (1 - q[:, None])
    for k, sign in (("a", 1.0), ("b", -1.0)):
        heart = (
            centre + right * (sign * size * q)[:, None] - up * (droop * size * q**1.5)[:, None]
        )
        heart = heart + n * (0.004 + 0.25 * size * np.sin(np.pi * q) * 0.3)[:, None]
        ring = heart[:, None] + up * (tall[:, None] * np.sin(a) * dent)[..., None]
        ring = ring + n * (deep[:, None] * np.cos(a))[..., None]
        grid = np.concatenate([ring, ring[:, :1]], axis=1)
        p = grid.reshape(-1, 3)
        t = grid_triangles(11, 15, closed=False)
        t = orient(p, t, p - np.repeat(heart, 15, axis=0))
        table = tailor.weights_at(np.tile(centre, (len(p), 1)))
        tailor.add(f"{name}-{k}", p, t, table, look, grid_uvs(11, 15))
    s = np.linspace(-1, 1, 7)[:, None]
    path = centre + n * (0.14 * size) + up * s * 0.15 * size
    p, t, uv, _ = band(path, np.tile(n, (7, 1)), 0.24 * size, 0.005, 0.0, 0.003)
    t = orient(p, t, np.tile(n, (len(p), 1)))
    table = tailor.weights_at(np.tile(centre, (len(p), 1)))
    tailor.add(f"{name}-knot", p, t, table, look, uv)


def add_plate(
    tailor: Tailor,
    name: str,
    centre: Floats,
    out: Floats,
    half: tuple[float, float],
    look: Look,
    square: float = 0.4,
) -> None:
    """Add a small plate (clasp, button, disc) of half width and half height.

    ``square`` 0 is an ellipse, towards 1 a rectangle.
    """
    n = out / np.linalg.norm(out)
    right = np.cross(np.array([0.0, 1.0, 0.0]), n)
    right /= np.linalg.norm(right)
    up = np.cross(n, right)
    a = 2 * np.pi * np.arange(20) / 20
    x = np.sign(np.cos(a)) * np.abs(np.cos(a)) ** (1 - square)
    y = np.sign(np.sin(a)) * np.abs(np.sin(a)) ** (1 - square)
    rings = [(1.0, -0.003), (1.0, 0.001), (0.82, 0.003)]
    p = [
        centre + right * (half[0] * s * x)[:, None] + up * (half[1] * s * y)[:, None] + n * z
        for s, z in rings
    ]
    p.append((centre + n * 0.0036)[None])
    points = np.concatenate(p)
    i = np.arange(20)
    j = (i + 1) % 20
    walls = [
        np.concatenate(
            [
                np.stack([r + i, r + j, r + 20 + i], 1),
                np.stack([r + j, r + 20 + j, r + 20 + i], 1),
            ]
        )
        for r in (0, 20)
    ]
    lid = np.stack([40 + i, 40 + j, np.full(20, 60)], 1)
    t = np.concatenate([*walls, lid]).astype(np.int64)
    t = orient(points, t, np.tile(n, (len(points), 1)))
    table = tailor.weights_at(np.tile(centre, (len(points), 1)))
    tailor.add(name, points, t, table, look, np.full((len(points), 2), 0.5))


def add_pendant(
    tailor: Tailor, name: str, top: Floats, out: Floats, length: float, jade: Look, cord: Look,
    bow: float = 0.012,
) -> None:  # fmt: skip
    """Add a jade disc on a cord with a tassel below, which swings like a ribbon.

    ``top`` is where the cord is tied, ``length`` the whole in metres, ``bow`` how far out the
    jade hangs from there.
    """
    first = len(tailor.pieces)
    add_ribbon(
        tailor,
        f"{name}-cord",
        top,
        0.42 * length,
        (0.004, 0.004),
        cord,
        out,
        bow=bow,
        sway=0.0,
    )
    hung = tailor.pieces[first]
    disc = top - np.array([0.0, 0.48 * length, 0.0]) + out * (bow + 0.006)
    add_plate(tailor, f"{name}-jade", disc, out, (0.11 * length, 0.11 * length), jade)
    tassel_top = disc - np.array([0.0, 0.10 * length, 0.0])
    add_ribbon(
        tailor, f"{name}-tassel", tassel_top, 0.42 * length, (0.010, 0.020), cord, out,
        bow=0.004, sway=0.0, chain=0.0,
    )  # fmt: skip
    low = np.argmin(hung.positions[:, 1])
    for piece in tailor.pieces[first + 1 :]:
        piece.joints = np.tile(hung.joints[low], (len(piece.positions), 1))
        piece.weights = np.tile(hung.weights[low], (len(piece.positions), 1))
        piece.chains = list(hung.chains)
