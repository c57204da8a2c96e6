"""Sleeves: tubes along the arm with a hanging lower edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from cyberdirector.character._figure import smooth_step
from cyberdirector.character._skin import chain_weights, widen
from cyberdirector.character.piece import Chain
from cyberdirector.character.wardrobe.form import SIDES, Form
from cyberdirector.character.wardrobe.loft import grid_normals, grid_triangles, grid_uvs
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.tailor import Tailor

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SleeveCut:
    """The shape of a sleeve; lengths in metres on a body of 1.65 m (they scale).

    ``start`` and ``end`` are shares of the way from shoulder (0) to wrist (1);
    ``ease`` at start and end the distance from the arm, ``drop`` how far the lower edge
    hangs at the end, ``grow`` the exponent of that along the arm, ``slant`` how much
    farther out the lower edge reaches.
    """

    start: float = 0.10
    end: float = 0.97
    ease: tuple[float, float] = (0.010, 0.016)
    drop: float = 0.0
    grow: float = 1.3
    slant: float = 0.0
    folds: float = 0.003
    rows: int = 18
    cols: int = 28
    chains: bool = True
    sunk: float = 0.011
    """How much deeper a sleeve begins that starts at the shoulder."""


SHOULDER = 0.2
"""Share of the arm before which sleeves begin under the trunk of the garment."""


def arm_radius(form: Form, side: str, t: Floats, phi: Floats) -> Floats:
    """Return (len(t), len(phi)) reach of the arm around its axis; phi 0 = up, pi/2 = front."""
    a, b = form.joint(f"{side}UpperArm"), form.joint(f"{side}Hand")
    sign = 1.0 if side == "left" else -1.0
    keep = (form.place.arm > 0.25) & (form.place.x * sign > 0)
    q = form.base[keep]
    along = (q - a) @ (b - a) / ((b - a) @ (b - a))
    r = q - a - along[:, None] * (b - a)
    reach = r[:, [1, 2]] @ np.stack([np.cos(phi), np.sin(phi)])
    rows = []
    for value in t:
        w = 0.025
        near = np.abs(along - min(value, 0.99)) < w
        while near.sum() < 8:
            w *= 1.5
            near = np.abs(along - min(value, 0.99)) < w
        rows.append(reach[near].max(axis=0))
    return gaussian_filter(np.array(rows), (1.0, 1.0), mode=("nearest", "wrap"))


def sleeve_grid(
    form: Form, side: str, cut: SleeveCut, lift: float = 0.0
) -> tuple[Floats, Floats]:
    """Return the sleeve grid (rows, cols + 1, 3) and the same without the drop."""
    t = np.linspace(cut.start, cut.end, cut.rows)
    phi = 2 * np.pi * np.arange(cut.cols) / cut.cols
    radius = arm_radius(form, side, t, phi)
    s = smooth_step(0.0, 1.0, (t - cut.start) / (cut.end - cut.start))[:, None]
    ease = cut.ease[0] + (cut.ease[1] - cut.ease[0]) * s + lift
    elbow = np.exp(-(((t - 0.52) / 0.10) ** 2))[:, None]
    crease = cut.folds * (0.5 * s + elbow) * np.sin(phi * 3 + t[:, None] * 34)
    # It begins below the trunk of the garment and comes out of it: no step at the shoulder.
    begin = smooth_step(cut.start + 0.10, cut.start, t)[:, None]
    sunk = cut.sunk * begin * (cut.start < SHOULDER)
    r = radius + (ease + crease - sunk) * form.size
    up, front = np.cos(phi), np.sin(phi)
    low = np.clip(-up, 0, 1)
    grow = np.clip((t - 0.12) / (max(cut.end, 0.99) - 0.12), 0, 1.2)[:, None] ** cut.grow
    drop = cut.drop * form.size * grow * low**1.15
    a, b = form.joint(f"{side}UpperArm"), form.joint(f"{side}Hand")
    axis = a + t[:, None] * (b - a)
    out = (b - a) / np.linalg.norm(b - a)
    push = cut.slant * form.size * grow * low
    narrow = 1.0 - 0.35 * np.clip(drop / (0.25 * form.size), 0, 1)
    wave = (
        cut.folds * 2.2 * np.clip(drop / (0.1 * form.size), 0, 1) * np.sin(t[:, None] * 26 + up)
    )
    flat = np.stack([0 * r, r * up, r * front], axis=-1) + axis[:, None]
    full = np.stack([0 * r, r * up - drop, r * front * narrow + wave], axis=-1) + axis[:, None]
    full = full + push[..., None] * out
    return (
        np.concatenate([full, full[:, :1]], axis=1),
        np.concatenate([flat, flat[:, :1]], axis=1),
    )


def add_sleeves(
    tailor: Tailor, name: str, cut: SleeveCut, look: Look, lift: float = 0.0, shared: str = ""
) -> None:
    """Add both sleeves; ``shared`` names the sleeve whose chains this one follows."""
    form = tailor.form
    room = 0.025 * form.size
    for side in SIDES:
        grid, flat = sleeve_grid(form, side, cut, lift)
        table = _arm_table(tailor, side, flat)
        chains: list[Chain] = []
        if cut.drop > 0.05 and cut.chains:
            chains, table = _hang(
                form, f"{shared or name}-{side}", side, cut, grid, flat, table, room
            )
        rows, cols = grid.shape[:2]
        p = grid.reshape(-1, 3)
        flip = side == "left"
        n = grid_normals(grid, closed=True).reshape(-1, 3) * (1.0 if not flip else -1.0)
        t = grid_triangles(rows, cols, closed=False, flip=flip)
        tailor.add(f"{name}-{side}", p, t, table, look, grid_uvs(rows, cols), n, chains)


def _arm_table(tailor: Tailor, side: str, flat: Floats) -> Floats:
    """Return dense weights of a sleeve; beyond the wrist it stays with the forearm."""
    form = tailor.form
    p = flat.reshape(-1, 3)
    table = tailor.weights_at(p)
    a, b = form.joint(f"{side}UpperArm"), form.joint(f"{side}Hand")
    t = (p - a) @ (b - a) / ((b - a) @ (b - a))
    only = np.zeros_like(table)
    only[:, form.figure.index[f"{side}LowerArm"]] = 1.0
    far = smooth_step(0.74, 0.92, t)[:, None]
    return table * (1 - far) + only * far


_ROOTS = (0.55, 0.78, 1.0)
_POINTS = 3


def _hang(
    form: Form, name: str, side: str, cut: SleeveCut, grid: Floats, flat: Floats, table: Floats,
    room: float,
) -> tuple[list[Chain], Floats]:  # fmt: skip
    """Return three chains down the lower edge of a sleeve and the widened table.

    ``room`` is how far the edge stays off hips and legs, metres.
    """
    a, b = form.joint(f"{side}UpperArm"), form.joint(f"{side}Hand")
    bottom = np.argmin(grid[-1, :, 1])
    t_rows = np.linspace(cut.start, cut.end, len(grid))
    chains = []
    for k, root in enumerate(_ROOTS):
        at = min(root, 1.0) * 0.98
        top = np.array([np.interp(at, t_rows, flat[:, bottom, i]) for i in range(3)])
        end = np.array([np.interp(at, t_rows, grid[:, bottom, i]) for i in range(3)])
        share = np.linspace(0, 1, _POINTS)[:, None]
        chains.append(
            Chain(
                f"{name}-{k}", top + (end - top) * share, f"{side}LowerArm",
                stiffness=0.35, gravity=0.7, drag=0.5, hit_radius=room,
                colliders=("hips", "legs", "chest"),
            )
        )  # fmt: skip
    p, q = grid.reshape(-1, 3), flat.reshape(-1, 3)
    t = (q - a) @ (b - a) / ((b - a) @ (b - a))
    fall = q[:, 1] - p[:, 1]
    whole = np.interp(t, t_rows, flat[:, bottom, 1] - grid[:, bottom, 1])
    depth = fall / np.maximum(whole, 1e-3) * (_POINTS - 1)
    along = chain_weights(depth - 0.25, _POINTS)
    share = smooth_step(0.30, 0.60, t) * (1 - along[:, 0])
    roots = np.array(_ROOTS)
    hat = np.stack([np.interp(t, roots, np.eye(3)[k]) for k in range(3)], axis=1)
    wide = widen(table * (1 - share)[:, None], 3 * _POINTS)
    scale = smooth_step(0.30, 0.60, t)
    for k in range(3):
        for j in range(_POINTS - 1):
            wide[:, form.nodes + k * _POINTS + j] = scale * hat[:, k] * along[:, j + 1]
    return chains, wide
