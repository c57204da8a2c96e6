"""What covers the face: veil, cloth, half mask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.spatial import cKDTree

from cyberdirector.character.hair.solids import tube
from cyberdirector.character.wardrobe.loft import grid_triangles, orient
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.skull import Skull, add_rigid, skull_of
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor

Floats = NDArray[np.float64]

COLS, ROWS = 41, 18
"""Steps of cloth around and down the face."""


def _front(tailor: Tailor, x: Floats, y: Floats) -> Floats:
    """Return how far the face reaches forward at places (…,), metres; its outermost skin."""
    figure = tailor.form.figure
    skin = figure.points[: len(tailor.form.skin.p)][tailor.form.skin.head > 0.5]
    skin = skin[skin[:, 2] > np.median(skin[:, 2])]
    near, i = cKDTree(skin[:, :2]).query(np.stack([x.ravel(), y.ravel()], axis=1), k=8)
    z = skin[i, 2]
    w = np.exp(
        -((near / (0.006 * tailor.form.size)) ** 2) + (z - z.max(1, keepdims=True)) / 0.004
    )
    w += 1e-12
    out: Floats = (np.sum(w * z, axis=1) / w.sum(axis=1)).reshape(x.shape)
    return out


def _drape(
    tailor: Tailor,
    skull: Skull,
    low: float,
    tuck: float,
    name: str,
    look: Look,
    sheer: float = 1.0,
) -> None:
    """Add cloth from the bridge of the nose down to the height ``low``.

    ``tuck`` 0 lets it fall straight from the nose, 1 lays it around chin and jaw; ``sheer``
    is how much it hides, 1 all. Cloth that falls ends in a point below the chin.
    """
    k = tailor.form.size
    figure = tailor.form.figure
    eyes = 0.5 * (figure.eyes[0] + figure.eyes[1])
    bridge = float(eyes[1]) - 0.46 * float(eyes[1] - skull.chin[1]) * 0.62
    nose = float(_front(tailor, np.zeros(9), np.linspace(bridge, skull.chin[1], 9)).max())
    ear = skull.half[0] + 0.004 * k
    middle = skull.centre[2] + 0.012 * k
    a = np.linspace(-1.52, 1.52, COLS)
    s = np.linspace(0.0, 1.0, ROWS)[:, None]
    side = np.abs(np.sin(a)) ** 3
    top = bridge + (0.010 + 0.030 * side) * k
    hem = low + (0.016 + 0.040 * (1.0 - tuck)) * side * k
    y = top + (hem - top) * s
    deep = nose + (0.004 + 0.005 * tuck) * k - middle
    # Across it is an ellipse from ear to ear; under the nose it may follow the face.
    wide = ear * (1.0 - 0.14 * s)
    x = wide * np.sin(a)
    z = middle + deep * np.cos(a) ** 1.4
    if tuck:
        below = np.clip((skull.chin[1] + 0.012 * k - y) / (0.030 * k), 0.0, 1.0)
        x = x * (1.0 - 0.28 * tuck * s**1.5)
        face = _front(tailor, x, np.maximum(y, skull.chin[1] + 0.012 * k)) + 0.011 * k
        face = gaussian_filter(maximum_filter(face, (5, 5)), (1.6, 2.0), mode="nearest")
        inner = np.abs(a) < 1.1
        z = np.where(inner, z + tuck * (np.minimum(face, z) - z), z) - 0.030 * k * tuck * below
        z = gaussian_filter(z, (0.8, 2.2), mode="nearest")
    if tuck < 1.0:
        # Soft folds that begin at the ears and grow towards the hem.
        wave = np.sin(a * 11.0 + 0.6 * s) + 0.45 * np.sin(a * 19.0 + 1.3)
        fold = 0.0042 * k * (1.0 - tuck) * wave * s**1.1 * (0.35 + np.abs(np.sin(a)))
        x, z = x + fold * np.sin(a), z + fold * np.cos(a)
    p = np.stack(np.broadcast_arrays(x, y, z), axis=-1).reshape(-1, 3)
    away = np.stack([np.sin(a), 0 * a, np.cos(a)], axis=1)
    t = orient(p, grid_triangles(ROWS, COLS, closed=False), np.tile(away, (ROWS, 1)))
    uv = np.stack([np.tile(np.linspace(0, 1, COLS), ROWS), np.repeat(s[:, 0], COLS)], axis=1)
    piece = add_rigid(tailor, name, p, t, look, uv=uv)
    if sheer < 1.0:
        piece.material = replace(
            piece.material, name=f"{piece.material.name}-sheer", alpha_mode="BLEND",
            base_color=(*piece.material.base_color[:3], sheer), transparent_with_z_write=True,
        )  # fmt: skip


def veil(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a thin veil from the nose over the chin; ``length`` 1 ends at the throat."""
    k = tailor.form.size
    c = {"main": "#eef0f4", "trim": "#c9a45a", **spec.colours}
    skull = skull_of(tailor)
    low = float(skull.chin[1]) - 0.052 * k * spec.params.get("length", 1.0)
    look = Look(c["main"], "skirt", accent=c["trim"], folds=9, rim=0.955, trim=c["trim"],
                reach=(0.4, 0.2))  # fmt: skip
    _drape(tailor, skull, low, 0.55, "veil", look, 0.80)


def face_cloth(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a cloth tied over nose and mouth, as bandits and night walkers wear."""
    k = tailor.form.size
    c = {"main": "#1b1b20", **spec.colours}
    skull = skull_of(tailor)
    look = Look(c["main"], "skirt", folds=9, reach=(0.4, 0.2))
    _drape(tailor, skull, float(skull.chin[1]) - 0.022 * k, 1.0, "face_cloth", look)


def mask(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a stiff mask over brows and nose with openings for the eyes."""
    k = tailor.form.size
    c = {"main": "#c4c8d0", "trim": "#8a909c", **spec.colours}
    figure = tailor.form.figure
    left, right = figure.eyes
    gap = 0.5 * float(left[0] - right[0])
    middle = 0.5 * (left + right)
    skull = skull_of(tailor)
    tall = float(middle[1] - skull.chin[1])
    u, v = np.meshgrid(np.linspace(-1, 1, 65), np.linspace(0, 1, 33))
    reach = 1.78 * gap
    top = (
        0.40 * tall + 0.10 * tall * np.abs(u) ** 2.2 - 0.05 * tall * np.exp(-((u / 0.16) ** 2))
    )
    low = -0.17 * tall - 0.19 * tall * np.exp(-((u / 0.24) ** 2)) + 0.22 * tall * np.abs(u) ** 3
    x, y = middle[0] + reach * u, middle[1] + low + (top - low) * v
    hole = np.array([0.66 * gap, 0.50 * gap])
    ring = []
    for eye in (left, right):
        d = np.stack([x - eye[0], y - eye[1] - 0.04 * gap], axis=-1) / hole
        r = np.linalg.norm(d, axis=-1)
        # Vertices near an opening move onto its border, so that it is round.
        snap = (r > 0.80) & (r < 1.16)
        x = np.where(snap, eye[0] + d[..., 0] / np.maximum(r, 1e-6) * hole[0], x)
        y = np.where(snap, eye[1] + 0.04 * gap + d[..., 1] / np.maximum(r, 1e-6) * hole[1], y)
        ring.append(r)
    z = _front(tailor, x, y)
    z = gaussian_filter(maximum_filter(z, (3, 3)), (1.2, 1.2), mode="nearest") + 0.006 * k
    p = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    t = grid_triangles(33, 65, closed=False)
    inside = np.minimum(*ring).ravel() < 0.999
    t = t[~(inside & (np.minimum(*ring).ravel() < 0.80))[t].any(axis=1)]
    t = orient(p, t, np.tile([0.0, 0.0, 1.0], (len(p), 1)))
    add_rigid(tailor, "mask", p, t, Look(c["main"], sheen=0.5, role="metal"))
    trim = Look(c["trim"], sheen=0.4, outline=0.0004)
    a = np.linspace(0, 2 * np.pi, 37)
    for name, eye in (("left", left), ("right", right)):
        ex, ey = eye[0] + hole[0] * np.cos(a), eye[1] + 0.04 * gap + hole[1] * np.sin(a)
        near = cKDTree(p[:, :2]).query(np.stack([ex, ey], axis=1), k=4)[1]
        border = np.stack([ex, ey, p[near, 2].mean(axis=1)], axis=1)
        q, tri, _ = tube(border, 0.0014 * k, 6)
        add_rigid(tailor, f"mask-eye-{name}", q, tri, trim)
    rim = np.concatenate([p.reshape(33, 65, 3)[0], p.reshape(33, 65, 3)[-1, ::-1]])
    q, tri, _ = tube(np.concatenate([rim, rim[:1]]), 0.0013 * k, 6)
    add_rigid(tailor, "mask-rim", q, tri, trim)


MASKS: dict[str, Maker] = {"veil": veil, "face_cloth": face_cloth, "mask": mask}
"""Garment makers by kind."""
