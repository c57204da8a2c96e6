"""Skirts, robe skirts, sashes and belts: rings around the trunk and the legs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d, maximum_filter1d

from cyberdirector.character._figure import smooth_step
from cyberdirector.character._skin import chain_weights, widen
from cyberdirector.character.piece import Chain, Piece
from cyberdirector.character.wardrobe.form import Form
from cyberdirector.character.wardrobe.loft import (
    grid_normals,
    grid_triangles,
    grid_uvs,
    pleats,
    ring_grid,
)
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.tailor import Tailor

Floats = NDArray[np.float64]

CHAINS_PER_LEG = 4

SKIRT_EASE = 0.012
"""Metres between body and skirt at the waist, by which sashes know what lies below them."""


@dataclass(frozen=True)
class Arc:
    """A panel of a skirt between two azimuths (radians, 0 = front, growing to the left).

    ``open`` is by how much each edge draws back at the hem, ``slit`` the share of the
    length at which it begins to.
    """

    start: float
    end: float
    open: float = 0.0
    slit: float = 0.0


@dataclass(frozen=True)
class Cut:
    """The shape of a skirt; lengths in metres on a body of 1.65 m (they scale).

    ``top`` and ``hem`` are heights over the floor (already in metres of this body);
    ``ease`` the distance from the body at the waist, ``flare`` the extra radius at the
    hem, ``pleats``, ``depth`` and ``sharp`` the folds, ``fall`` 1 hangs from the hips,
    0 follows the legs. ``sway`` is the share of the spring chains at the hem.
    """

    top: float
    hem: float
    ease: float = 0.010
    flare: float = 0.12
    pleats: int = 28
    depth: float = 0.016
    sharp: float = 0.35
    fall: float = 1.0
    rows: int = 18
    fine: int = 4
    sway: float = 0.45
    chain: str = ""
    """Name of the chains; skirts of equal name swing together. Empty: the skirt's name."""
    arcs: tuple[Arc, ...] = ()
    """Panels of the skirt; empty goes all around."""
    front: float = 1.0
    """Share of the flare in front; short skirts need little, to lie on the thighs when
    their wearer sits."""


def skirt_radius(
    form: Form, cut: Cut, heights: Floats, angles: Floats, centre: Floats
) -> Floats:
    """Return (rows, cols) radii of a skirt without pleats."""
    body = form.slice_radius(heights, angles, centre)
    body = gaussian_filter(body, (0.8, 0.0), mode="nearest")
    body = gaussian_filter1d(body, len(angles) / 40, axis=1, mode="wrap")
    hung = np.maximum.accumulate(body, axis=0)
    s = np.clip((cut.top - heights) / (cut.top - cut.hem), 0, 1)[:, None]
    r = body + (hung - body) * cut.fall + cut.ease
    ahead = smooth_step(0.1, 0.95, np.cos(angles))[None]
    return r + cut.flare * form.size * s**1.15 * (1 - (1 - cut.front) * ahead)


def leg_table(
    form: Form, p: Floats, table: Floats, fade: float = 0.15, wide: float = 0.080,
    level: float = 0.0,
) -> Floats:  # fmt: skip
    """Return dense weights of skirt points that follow trunk, thighs and shins softly.

    Left and right are blended over the middle so that the cloth between the legs goes
    with both. ``fade`` is how far below the hip joints it begins to go with the legs alone,
    metres for 1.65 m: long cloth hangs more from the hips. ``wide`` is the half width over
    which cloth goes over from one leg to the other: the hem of a short skirt shows it.
    ``level`` is the share by which cloth behind a leg stays with the hips: what turned with a
    thigh that goes forward would hang lower than the front.
    """
    f = form.figure
    hip, knee = form.joint("leftUpperLeg")[1], form.joint("leftLowerLeg")[1]
    reach = (wide + 0.030 * smooth_step(hip, 0.0, p[:, 1])) * form.size
    left = smooth_step(-1.0, 1.0, p[:, 0] / reach)
    leg = smooth_step(hip + 0.08 * form.size, hip - fade * form.size, p[:, 1])
    behind = smooth_step(0.02, -0.10, (p[:, 2] - form.joint("hips")[2]) / form.size)
    leg = leg * (1.0 - level * behind)
    shin = 0.88 * smooth_step(knee + 0.11, knee - 0.15, p[:, 1])
    low = smooth_step(hip + 0.10, hip, p[:, 1])[:, None]
    trunk = np.zeros_like(table)
    trunk[:, f.index["hips"]] = 1.0
    out = (table * (1 - low) + trunk * low) * (1 - leg)[:, None]
    for side, part in (("left", left), ("right", 1 - left)):
        out[:, f.index[f"{side}UpperLeg"]] += leg * part * (1 - shin)
        out[:, f.index[f"{side}LowerLeg"]] += leg * part * shin
    return out / out.sum(axis=1, keepdims=True)


def trunk_table(tailor: Tailor, p: Floats) -> Floats:
    """Return dense weights of points around the trunk without arms and legs."""
    form = tailor.form
    table = tailor.weights_at(p, soft=0.04)
    keep = [form.figure.index[n] for n in ("hips", "spine", "chest", "upperChest")]
    out = np.zeros_like(table)
    out[:, keep] = table[:, keep]
    out[:, form.figure.index["hips"]] += 1e-6
    return out / out.sum(axis=1, keepdims=True)


def add_skirt(tailor: Tailor, name: str, cut: Cut, look: Look, uv_top: float = 0.0) -> None:
    """Add a skirt with spring chains, in one piece or in panels."""
    grid = skirt_grid(tailor.form, cut)
    tailor.skirts.append(grid)
    rows, cols = grid.shape[:2]
    uv = grid_uvs(rows, cols)
    uv[:, 1] = uv_top + (1 - uv_top) * uv[:, 1]
    if not cut.arcs:
        n = grid_normals(grid, closed=True)
        _add_grid(tailor, name, cut.chain or name, cut, grid, uv, look, n)
        return
    turn = np.linspace(0, 2 * np.pi, cols)
    share = np.linspace(0, 1, rows)
    for i, arc in enumerate(cut.arcs):
        draw = arc.open * smooth_step(arc.slit, max(1.0, arc.slit + 0.01), share)
        draw = np.where(share > arc.slit, np.maximum(draw, 0.15 * arc.open), 0.0)
        count = max(6, round((arc.end - arc.start) / (2 * np.pi) * (cols - 1)) + 1)
        q = np.linspace(0, 1, count)
        low, high = arc.start + draw, arc.end - draw
        at = low[:, None] + (high - low)[:, None] * q
        panel = np.stack(
            [
                np.stack([np.interp(a % (2 * np.pi), turn, r[:, j]) for j in range(3)], -1)
                for a, r in zip(at, grid, strict=True)
            ]
        )
        v = np.broadcast_to(uv.reshape(rows, cols, 2)[:, :1, 1], at.shape)
        u = np.broadcast_to(q, at.shape) if look.edge else (at - arc.start) / (2 * np.pi)
        flat = np.stack([u, v], axis=-1)
        n = grid_normals(panel, closed=False)
        title = name if len(cut.arcs) == 1 else f"{name}-{i}"
        _add_grid(tailor, title, cut.chain or name, cut, panel, flat.reshape(-1, 2), look, n)


def _add_grid(
    tailor: Tailor, title: str, chain: str, cut: Cut, grid: Floats, uv: Floats, look: Look,
    n: Floats,
) -> None:  # fmt: skip
    """Add one grid of a skirt; all panels share chains named after ``chain``."""
    form = tailor.form
    rows, cols = grid.shape[:2]
    p = grid.reshape(-1, 3)
    whole = skirt_grid(form, cut) if cut.arcs else grid
    long = cut.hem < form.joint("leftLowerLeg")[1] - 0.12
    loose = not long and cut.flare > 0.05
    table = leg_table(
        form,
        p,
        trunk_table(tailor, p),
        0.23 if long else 0.15,
        0.150 if loose else 0.080,
        0.0 if long else 0.6 if loose else 0.35,
    )
    chains, table = hang_skirt(form, chain, cut, whole, grid, table)
    t = grid_triangles(rows, cols, closed=False)
    low = grid[round(0.6 * (rows - 1))]
    around = float(np.linalg.norm(np.diff(low, axis=0), axis=1).sum())
    look = replace(look, reach=(round(around, 1), round(cut.top - cut.hem, 1)))
    tailor.add(title, p, t, table, look, uv, n.reshape(-1, 3), chains)


def skirt_grid(form: Form, cut: Cut) -> Floats:
    """Return the points (rows, cols + 1, 3) of a skirt all around."""
    cols = max(48, cut.pleats * cut.fine)
    angles = 2 * np.pi * np.arange(cols) / cols
    heights = np.linspace(cut.top, cut.hem, cut.rows)
    centre = np.array([0.0, 0.0, form.joint("hips")[2] - 0.005])
    radius = skirt_radius(form, cut, heights, angles, centre)
    s = np.linspace(0, 1, cut.rows)[:, None]
    wave = pleats(angles + 1e-6, cut.pleats, cut.sharp) if cut.pleats else 0 * angles
    depth = cut.depth * form.size * (0.12 + 0.88 * smooth_step(0.0, 0.45, s))
    slow = 0.35 * cut.depth * form.size * s * np.sin(angles * 5 + 0.7)
    radius = radius + depth * wave[None] * (1.0 + 0.25 * np.sin(angles * 3 + 2)) + slow
    sag = 0.006 * form.size * s**3 * np.cos(angles * 2)[None]
    return ring_grid(radius, heights[:, None] - sag, np.tile(centre[[0, 2]], (cut.rows, 1)))


def hang_skirt(
    form: Form, name: str, cut: Cut, whole: Floats, grid: Floats, table: Floats
) -> tuple[list[Chain], Floats]:
    """Return chains around a whole skirt and the table of a panel widened with their weights.

    Long skirts swing from the knees down, short ones from the hips; each chain hangs
    from the leg of its side (thigh or shin), so that sitting carries it along. In front of
    short skirts gravity is strong, so that the cloth of someone seated lies down on the thighs.
    """
    hip, knee = form.joint("leftUpperLeg")[1], form.joint("leftLowerLeg")[1]
    long = cut.hem < knee - 0.12
    root = knee + 0.03 if long else hip - 0.03
    if cut.sway <= 0 or root - cut.hem < 0.10:
        return [], table
    cols = whole.shape[1]
    heights = whole[:, :, 1].mean(axis=1)
    points = 4 if long else 3
    levels = np.linspace(root, cut.hem, points)
    chains = []
    count = 2 * CHAINS_PER_LEG
    azimuth = (np.arange(count) + 0.5) * 2 * np.pi / count
    for k, az in enumerate(azimuth):
        col = round(az / (2 * np.pi) * (cols - 1))
        line = whole[:, max(0, col - 3) : col + 4].mean(axis=1)
        at = np.stack([np.interp(-levels, -heights, line[:, i]) for i in range(3)], axis=1)
        side = "left" if az < np.pi else "right"
        drop = 0.05 + 0.08 * float(smooth_step(-0.2, 0.6, np.cos(az)))
        chains.append(
            Chain(
                f"{name}-{k}", at, f"{side}LowerLeg" if long else f"{side}UpperLeg",
                stiffness=1.0 if long else 0.7, gravity=0.15 if long else drop, drag=0.55,
                hit_radius=0.022, colliders=("legs", "hips"),
            )
        )  # fmt: skip
    p = grid.reshape(-1, 3)
    t = np.interp(-p[:, 1], -levels, np.arange(points))
    t = np.where(p[:, 1] > root, (root - p[:, 1]) / (levels[0] - levels[1]), t)
    along = chain_weights(t, points)
    share = cut.sway * smooth_step(root + 0.02, cut.hem, p[:, 1]) ** 0.6
    a = np.arctan2(p[:, 0], p[:, 2] - whole[0, :-1, 2].mean())
    wide = widen(table, count * points)
    near = np.abs((a[:, None] - azimuth + np.pi) % (2 * np.pi) - np.pi)
    hat = np.maximum(0.0, 1.0 - near / (2 * np.pi / count))
    hat /= hat.sum(axis=1, keepdims=True)
    moved = share * (1 - along[:, 0])
    wide[:, : form.nodes] *= (1 - moved)[:, None]
    for k in range(count):
        for j in range(points - 1):
            column = form.nodes + k * points + j
            wide[:, column] = share * hat[:, k] * along[:, j + 1]
    return chains, wide


def front_of(points: Floats, azimuth: float = 0.0) -> float:
    """Return how far points (n, 3) reach at an azimuth from the vertical axis, metres."""
    turn = np.arctan2(points[:, 0], points[:, 2]) - azimuth
    near = np.abs((turn + np.pi) % (2 * np.pi) - np.pi) < 0.09
    return float(np.hypot(points[near, 0], points[near, 2]).max())


def skirt_reach(
    skirts: Sequence[Floats], heights: Floats, angles: Floats, centre: Floats
) -> Floats:
    """Return how far skirts reach from an axis, pleats bridged: (heights, angles), 0 for none.

    Parameters
    ----------
    skirts
        Grids (rows, cols + 1, 3) as in :attr:`Tailor.skirts`, rows from top to hem.
    heights, angles
        Metres, and azimuths in radians (0 = front).
    centre
        (3,) a point on the axis.
    """
    out = np.zeros((len(heights), len(angles)))
    for grid in skirts:
        flat = grid[:, :-1, [0, 2]] - centre[[0, 2]]
        azimuth = np.arctan2(flat[0, :, 0], flat[0, :, 1])
        own = np.linalg.norm(flat, axis=2)
        even = gaussian_filter1d(own, 4.0, axis=1, mode="wrap")
        crest = maximum_filter1d(own - even, 9, axis=1, mode="wrap")
        wide = even + gaussian_filter1d(crest, 3.0, axis=1, mode="wrap")
        order = np.argsort(azimuth)
        row = np.stack(
            [np.interp(angles, azimuth[order], r[order], period=2 * np.pi) for r in wide]
        )
        level = grid[:, :, 1].mean(axis=1)
        for i, y in enumerate(heights):
            if level[-1] <= y <= level[0] + 0.004:
                each = [np.interp(-y, -level, column) for column in row.T]
                out[i] = np.maximum(out[i], each)
    return np.maximum.accumulate(out, axis=0)


def add_girdle(
    tailor: Tailor, name: str, low: float, high: float, offset: float, look: Look,
    puff: float = 0.003, rows: int = 5, tilt: float = 0.0,
) -> Piece:  # fmt: skip
    """Add a sash or belt between two heights, ``offset`` metres off the body.

    It lies over the skirts of the outfit; the more ``offset``, the farther out.
    """
    form = tailor.form
    cols = 64
    angles = 2 * np.pi * np.arange(cols) / cols
    heights = np.linspace(high, low, rows)
    centre = np.array([0.0, 0.0, form.joint("hips")[2] - 0.005])
    body = form.slice_radius(heights, angles, centre, half=0.016)
    body = gaussian_filter(body, (1.2, 0), mode="nearest")
    body = gaussian_filter1d(body, 1.6, axis=1, mode="wrap")
    s = np.linspace(-1, 1, rows)[:, None]
    edge = np.where(np.abs(s) > 0.99, -0.004, 0.0)
    over = np.maximum(0.003, offset - SKIRT_EASE * form.size)
    below = skirt_reach(tailor.skirts, heights, angles, centre) + over
    radius = np.maximum(body + offset, below) + puff * (1 - s**2) + edge
    if high - low > 0.024 * form.size:
        # Lids close the band towards the cloth above and below it.
        inner = np.maximum(body + 0.4 * offset, radius - 0.014 * form.size)
        radius = np.concatenate([inner[:1], radius, inner[-1:]])
        heights = np.concatenate([heights[:1], heights, heights[-1:]])
        rows += 2
    tailor.girdles.append(float(low))
    lean = tilt * np.cos(angles)[None] * form.size
    grid = ring_grid(radius, heights[:, None] + lean, np.tile(centre[[0, 2]], (rows, 1)))
    p = grid.reshape(-1, 3)
    n = grid_normals(grid, closed=True).reshape(-1, 3)
    return tailor.add(
        name, p, grid_triangles(rows, cols + 1, closed=False), trunk_table(tailor, p), look,
        grid_uvs(rows, cols + 1), n,
    )  # fmt: skip
