"""Shoes, boots, socks and trouser legs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._clip import smooth, vertex_normals
from cyberdirector.character._figure import smooth_step
from cyberdirector.character.wardrobe.form import SIDES, Cloth, Field, Form, Place
from cyberdirector.character.wardrobe.loft import band, grid_triangles, grid_uvs, orient
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.tailor import LEGS, Tailor

Floats = NDArray[np.float64]


def foot_below(y: float) -> Field:
    """Keep the feet below a height."""
    return lambda place: np.where(place.leg > 0.5, y - place.y, -0.05)


def add_shoes(
    tailor: Tailor, name: str, top: float, look: Look, sole: Look, *, offset: float = 0.006,
    toe: float = 0.012, thickness: float = 0.014, point: float = 0.35, open_top: float = 0.0,
    slim: float = 0.0, laces: Look | None = None,
) -> None:  # fmt: skip
    """Add shoes (or boots up to height ``top``) with soles.

    ``toe`` metres are added in front, drawn together by ``point`` (0 round … 1 pointed);
    ``open_top`` lowers the front of the opening (pumps); ``slim`` smooths boots;
    with ``laces`` there are bands across the instep and a cap in the look of the sole.
    """
    if "shoes" in tailor.given:
        return
    form = tailor.form
    p = form.base + form.normals * offset
    p = smooth(p, form.triangles, 4, 0.5)
    p = _shape_toe(form, p, toe, point)
    p[:, 1] = np.maximum(p[:, 1], 0.0)

    def opening(place: Place) -> Floats:
        ankle = form.joint("leftFoot")[2]
        front = smooth_step(ankle - 0.02, ankle + 0.10, place.z)
        return np.where(place.leg > 0.5, top - open_top * front - place.y, -0.05)

    cloth = form.cut(p, [opening])
    if slim > 0:
        cloth.p = cloth.p + cloth.n * slim * smooth_step(0.08, 0.2, cloth.p[:, 1])[:, None]
    tailor.add(
        name, cloth.p, cloth.t, cloth.table, look, None, vertex_normals(cloth.p, cloth.t)
    )
    # Trousers go into boots, and over low shoes.
    if slim > 0:
        tailor.tuck_legs(opening, 0.4 * offset)
    tailor.cover([opening], 0.012, keep=frozenset() if slim > 0 else LEGS)
    for side in SIDES:
        _add_sole(tailor, f"{name}-sole-{side}", side, cloth, sole, thickness)
        if laces is not None:
            _add_laces(tailor, f"{name}-laces-{side}", side, cloth, laces)
    if laces is not None:
        _add_caps(tailor, f"{name}-cap", p, offset, sole)


def _shape_toe(form: Form, p: Floats, toe: float, point: float) -> Floats:
    """Return positions with the tip of the shoe drawn out and narrowed."""
    p = p.copy()
    for side in SIDES:
        sign = 1.0 if side == "left" else -1.0
        foot = (form.place.leg > 0.5) & (form.place.x * sign > 0) & (form.place.y < 0.12)
        if not foot.any():
            continue
        z = p[foot, 2]
        s = smooth_step(form.joint(f"{side}Toes")[2] - 0.03, z.max(), z)
        axis = np.median(p[foot, 0])
        p[foot, 2] += toe * s**1.5
        p[foot, 0] = axis + (p[foot, 0] - axis) * (1.0 - 0.5 * point * s**1.6)
        p[foot, 1] += 0.004 * s**2
    return p


def _add_sole(
    tailor: Tailor, name: str, side: str, cloth: Cloth, look: Look, thickness: float
) -> None:
    """Add a slab under one shoe with the outline of its lower part."""
    sign = 1.0 if side == "left" else -1.0
    low = (cloth.p[:, 1] < 0.035) & (cloth.p[:, 0] * sign > 0)
    q = cloth.p[low]
    if len(q) < 8:
        return
    centre = 0.5 * (q.min(axis=0) + q.max(axis=0))
    a = 2 * np.pi * np.arange(40) / 40
    d = np.stack([np.sin(a), np.cos(a)], axis=0)
    long = 0.5 * np.ptp(q[:, 2]) / (0.5 * np.ptp(q[:, 0]))
    flat = (q[:, [0, 2]] - centre[[0, 2]]) * np.array([long, 1.0])
    reach = (flat @ d).max(axis=0) * 0.985
    hull = (reach[:, None] * d.T) / np.array([long, 1.0])
    levels = np.array([thickness, thickness * 0.8, -0.003, -0.004])
    widths = np.array([1.0, 1.035, 1.03, 0.0])
    ring = centre[[0, 2]] + hull[None] * widths[:, None, None]
    grid = np.stack(
        [ring[..., 0], np.broadcast_to(levels[:, None], ring.shape[:2]), ring[..., 1]], -1
    )
    grid = np.concatenate([grid, grid[:, :1]], axis=1)
    p = grid.reshape(-1, 3)
    table = tailor.weights_at(p)
    tailor.add(name, p, grid_triangles(4, 41, closed=False), table, look, grid_uvs(4, 41))


LACES = 4
"""Bands across the instep of a laced shoe."""


def _add_laces(tailor: Tailor, name: str, side: str, cloth: Cloth, look: Look) -> None:
    """Add bands across the instep of one shoe."""
    form = tailor.form
    sign = 1.0 if side == "left" else -1.0
    own = cloth.p[cloth.p[:, 0] * sign > 0]
    ankle, toes = form.joint(f"{side}Foot"), form.joint(f"{side}Toes")
    u = np.linspace(-1.0, 1.0, 7)
    up = np.array([0.0, 0.75, 0.66])
    for i in range(LACES):
        share = 0.46 + 0.17 * i
        middle = ankle + (toes - ankle) * share
        x = middle[0] + u * (0.015 + 0.003 * i) * form.size
        z = np.full(7, middle[2])
        near = np.hypot(own[:, 0] - x[:, None], own[:, 2] - z[:, None]) < 0.014 * form.size
        y = np.where(near, own[:, 1], -1.0).max(axis=1)
        if (y < 0.0).any():
            continue
        path = np.stack([x, gaussian_filter1d(y, 1.0, mode="nearest") + 0.0015, z], axis=1)
        p, t, uv, _ = band(path, np.tile(up, (7, 1)), 0.0075 * form.size, 0.003, 0.0)
        t = orient(p, t, np.tile(up, (len(p), 1)))
        tailor.add(f"{name}-{i}", p, t, tailor.weights_at(p), look, uv)


def _add_caps(tailor: Tailor, name: str, p: Floats, offset: float, look: Look) -> None:
    """Add rubber caps over the toes of both shoes, ``p`` being the shape of the shoes."""
    form = tailor.form
    start = form.joint("leftToes")[2] + 0.024 * form.size

    def front(place: Place) -> Floats:
        return np.where(place.leg > 0.5, place.z - start, -0.05)

    cap = form.cut(p + form.normals * 0.15 * offset, [front, foot_below(0.1)])
    tailor.add(name, cap.p, cap.t, cap.table, look, None, vertex_normals(cap.p, cap.t))


def over_instep(form: Form, low: float, rise: float = 0.018) -> Field:
    """Keep what is above the hem of trousers, ``rise`` metres higher over the insteps."""
    ankle = form.joint("leftFoot")[2]

    def field(place: Place) -> Floats:
        front = smooth_step(ankle + 0.005, ankle + 0.055, place.z) * (place.leg > 0.3)
        return place.y - low - rise * front

    return field


def trouser_shape(
    form: Form, offset: float, width: tuple[float, float], rounds: int = 8, gather: float = 0.0
) -> Floats:
    """Return form positions with loose trouser legs.

    ``width`` is the least radius (metres) at thigh and ankle; legs are bloused: they close
    again at the height ``gather`` (0: they do not).
    """
    p = form.loose(offset, rounds)
    hip, ankle = form.joint("leftUpperLeg")[1], form.joint("leftFoot")[1]
    for side in SIDES:
        sign = 1.0 if side == "left" else -1.0
        leg = (form.place.leg > 0.3) & (form.place.x * sign > 0)
        y = p[leg, 1]
        joints = np.array([form.joint(side + n) for n in ("Foot", "LowerLeg", "UpperLeg")])
        axis = np.stack([np.interp(y, joints[:, 1], joints[:, i]) for i in (0, 2)], axis=1)
        r = p[leg][:, [0, 2]] - axis
        length = np.maximum(np.linalg.norm(r, axis=1), 1e-6)
        s = smooth_step(hip - 0.06, ankle, y)
        least = (width[0] + (width[1] - width[0]) * s) * form.size
        share = smooth_step(hip - 0.05, hip - 0.22 * form.size, y)
        grow = np.maximum(length, least) / length
        crease = 1.0 + 0.012 * np.sin(y * 90 / form.size) * s
        grow = 1.0 + (grow * crease - 1.0) * share
        if gather:
            grow = 1.0 + (grow - 1.0) * smooth_step(gather, gather + 0.09 * form.size, y)
        p[np.flatnonzero(leg)[:, None], [0, 2]] = axis + r * grow[:, None]
    return p
