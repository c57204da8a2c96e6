"""Hats and glasses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._skin import rigid_table
from cyberdirector.character.hair.solids import revolve, tube
from cyberdirector.character.wardrobe.collar import add_band
from cyberdirector.character.wardrobe.loft import (
    grid_triangles,
    orient,
)
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Skull:
    """An ellipsoid around the head with its hair: centre, half axes, metres."""

    centre: Floats
    half: Floats
    brow: float


def skull_of(tailor: Tailor, room: float = 0.020) -> Skull:
    """Return the skull with ``room`` metres for hair."""
    figure = tailor.form.figure
    head = figure.points[: len(tailor.form.skin.p)][tailor.form.skin.head > 0.9]
    top = head[head[:, 1] > figure.eye_top]
    low, high = top.min(axis=0), top.max(axis=0)
    centre = 0.5 * (low + high)
    centre[1] = figure.eye_top
    half = np.array([0.5 * (high[0] - low[0]), high[1] - centre[1], 0.5 * (high[2] - low[2])])
    return Skull(centre, half + room, figure.eye_top + 0.25 * float(half[1]))


def add_rigid(
    tailor: Tailor,
    name: str,
    p: Floats,
    t: NDArray[np.int64],
    look: Look,
    node: str = "head",
    uv: Floats | None = None,
    n: Floats | None = None,
) -> None:
    """Add something stiff that moves with one bone."""
    table = rigid_table(len(p), tailor.form.figure.index[node], tailor.form.nodes)
    at = np.full((len(p), 2), 0.5) if uv is None else uv
    tailor.add(name, p, t, table, look, at, n)


def douli(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a bamboo hat (斗笠): a wide woven cone."""
    k = tailor.form.size
    c = {"main": "#c9a468", "accent": "#8a6a38", "cord": "#5a2a2a", **spec.colours}
    skull = skull_of(tailor, 0.030 * k)
    wide = 0.275 * k * spec.params.get("width", 1.0)
    rim, top = skull.brow + 0.030 * k, skull.centre[1] + skull.half[1] + 0.075 * k
    q = np.linspace(0, 1, 14)
    out = np.stack([wide * (1 - q) + 0.004, rim + (top - rim) * q**0.86], axis=1)
    inside = np.stack(
        [wide * (1 - q[::-1]) + 0.002, rim + (top - rim) * q[::-1] ** 0.86 - 0.006], 1
    )
    profile = np.concatenate([inside, [[wide, rim - 0.004], [wide + 0.004, rim]], out])
    p, t, uv = revolve(profile, 48)
    p = p + np.array([skull.centre[0], 0.0, skull.centre[2]])
    tilt = -0.06
    pivot = np.array([0.0, rim, skull.centre[2]])
    turn = np.array(
        [[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]]
    )
    p = (p - pivot) @ turn.T + pivot
    uv = np.stack(
        [uv[:, 0], np.hypot(p[:, 0], p[:, 2] - skull.centre[2]) / wide * 0.98], axis=1
    )
    look = Look(
        c["main"],
        "skirt",
        nuance(c["main"], -0.10),
        "weave",
        c["accent"],
        folds=24,
        reach=(1.0, 0.3),
    )
    add_rigid(tailor, "douli", p, t, look, uv=np.clip(uv, 0, 1))


def futou(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add an official's cap (幞头): two rounded tiers and two wings."""
    k = tailor.form.size
    c = {"main": "#1d1c22", "accent": "#c9a45a", **spec.colours}
    look = Look(c["main"], sheen=0.15)
    skull = skull_of(tailor, 0.034 * k)
    dome = np.linspace(0, np.pi / 2, 12)
    low = np.stack([np.cos(dome) ** 0.55, np.sin(dome)], axis=1)
    p, t, _ = revolve(np.concatenate([[[1.01, -0.10]], low]), 40)
    base = skull.brow + 0.004 * k
    tall = skull.centre[1] + skull.half[1] - base
    p = p * np.array([skull.half[0], tall, skull.half[2]])
    add_rigid(tailor, "futou", p + np.array([skull.centre[0], base, skull.centre[2]]), t, look)
    box = np.stack([np.cos(dome) ** 0.40, np.sin(dome) ** 0.9], axis=1)
    p, t, _ = revolve(np.concatenate([[[1.0, -0.45]], box]), 36)
    p = p * np.array([0.78 * skull.half[0], 0.085 * k, 0.50 * skull.half[2]])
    back = np.array([0.0, base + 0.80 * tall, skull.centre[2] - 0.22 * skull.half[2]])
    add_rigid(tailor, "futou-top", p + back, t, look)
    band = np.array([[1.015, -0.02], [1.03, 0.0], [1.03, 0.13], [1.0, 0.15]])
    p, t, _ = revolve(band, 40)
    p = p * np.array([skull.half[0], tall, skull.half[2]])
    p = p + np.array([skull.centre[0], base - 0.012 * k, skull.centre[2]])
    add_rigid(tailor, "futou-band", p, t, Look(nuance(c["main"], 0.06)))
    long = (0.10 + 0.22 * spec.params.get("wings", 0.5)) * k
    for sign in (-1.0, 1.0):
        q = np.linspace(0, 1, 12)
        x = sign * (0.35 * skull.half[0] + long * q)
        y = base + 0.42 * tall + 0.012 * k * np.sin(q * np.pi) - 0.02 * k * q
        z = np.full(12, skull.centre[2] - 0.98 * skull.half[2])
        wide = (0.010 + 0.010 * np.sin(np.pi * np.clip(q * 0.9 + 0.1, 0, 1))) * k
        grid = np.stack(
            [np.stack([x, y + s * wide, z], axis=1) for s in (1.0, 0.5, -0.5, -1.0)]
        )
        add_rigid(
            tailor,
            f"futou-wing-{sign:+.0f}",
            grid.reshape(-1, 3),
            grid_triangles(4, 12, closed=False),
            look,
        )


def cap(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a baseball cap."""
    k = tailor.form.size
    c = {"main": "#2f3b57", "brim": "", "accent": "#e9e6df", **spec.colours}
    skull = skull_of(tailor, 0.040 * k)
    base = skull.brow + 0.006 * k
    tall = skull.centre[1] + skull.half[1] + 0.006 * k - base
    dome = np.linspace(0, np.pi / 2, 14)
    profile = np.stack([np.cos(dome) ** 0.72, np.sin(dome)], axis=1)
    p, t, _ = revolve(np.concatenate([[[0.985, -0.10], [1.0, -0.10]], profile]), 44)
    p = p * np.array([skull.half[0], tall, skull.half[2]])
    place = np.array([skull.centre[0], base, skull.centre[2]])
    add_rigid(tailor, "cap", p + place, t, Look(c["main"]))
    a = np.linspace(-1.05, 1.05, 25)
    rows = []
    for q, drop in (
        (0.0, 0.0),
        (0.5, 0.004),
        (1.0, 0.016),
        (1.0, 0.020),
        (0.5, 0.008),
        (0.0, 0.004),
    ):
        reach = 0.085 * k * q * np.cos(a * 1.2).clip(0) ** 0.6
        rows.append(
            np.stack(
                [
                    skull.half[0] * np.sin(a) * (1 + 0.10 * q),
                    -0.004 * k - drop * k - 0.020 * k * np.abs(np.sin(a)) ** 2 * q,
                    skull.half[2] * np.cos(a) + reach,
                ],
                axis=1,
            )
        )
    grid = np.stack(rows) + place
    q = grid.reshape(-1, 3)
    t = orient(q, grid_triangles(6, 25, closed=False), np.tile([0.0, 1.0, 0.2], (len(q), 1)))
    add_rigid(tailor, "cap-brim", q, t, Look(c["brim"] or nuance(c["main"], -0.10)))
    top = np.array([place[0], base + tall + 0.002 * k, place[2]])
    p, t, _ = revolve(np.array([[0.009, -0.004], [0.008, 0.002], [0.001, 0.005]]) * k, 12)
    add_rigid(tailor, "cap-button", p + top, t, Look(c["accent"]))


def glasses(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add glasses; ``round`` 1 makes the rims circles."""
    figure = tailor.form.figure
    k = tailor.form.size
    c = {"main": "#2a2a30", **spec.colours}
    look = Look(c["main"], sheen=0.4, outline=0.0005)
    left, right = figure.eyes
    circle = spec.params.get("round", 0.5)
    gap = 0.5 * float(left[0] - right[0])
    half = np.array([0.80 * gap, (0.52 + 0.26 * circle) * gap])
    depth = float(max(left[2], right[2])) + 0.014 * k
    a = np.linspace(0, 2 * np.pi, 41)
    power = 0.60 + 0.40 * circle
    for name, eye, sign in (("left", left, 1.0), ("right", right, -1.0)):
        x = np.sign(np.cos(a)) * np.abs(np.cos(a)) ** power * half[0]
        y = np.sign(np.sin(a)) * np.abs(np.sin(a)) ** power * half[1] - 0.10 * gap
        z = depth - 0.9 * np.clip(sign * x, 0, 1) ** 1.2 * 0.6
        rim = np.stack([eye[0] + x, eye[1] + y, z], axis=1)
        p, t, _ = tube(rim, 0.0014 * k, 6)
        add_rigid(tailor, f"glasses-{name}", p, t, look)
        outer = rim[np.argmax(sign * rim[:, 0])]
        ear = _ear(tailor, sign)
        q = np.linspace(0, 1, 10)[:, None]
        temple = outer + (ear - outer) * q
        temple[:, 0] += sign * 0.012 * k * np.sin(np.pi * q[:, 0])
        temple[-2:, 1] -= np.array([0.004, 0.012]) * k
        p, t, _ = tube(temple, 0.0013 * k, 6)
        add_rigid(tailor, f"glasses-temple-{name}", p, t, look)
    y = 0.5 * (left[1] + right[1]) - 0.06 * gap
    inner = gap - half[0]
    q = np.linspace(-1, 1, 9)
    bridge = np.stack([q * inner, y + 0.06 * gap * (1 - q**2), np.full(9, depth + 0.001)], 1)
    p, t, _ = tube(bridge, 0.0013 * k, 6)
    add_rigid(tailor, "glasses-bridge", p, t, look)


def _ear(tailor: Tailor, sign: float) -> Floats:
    """Return the root of an ear, (3,)."""
    figure = tailor.form.figure
    head = figure.points[: len(tailor.form.skin.p)][tailor.form.skin.head > 0.5]
    level = np.abs(head[:, 1] - figure.eyes[0][1]) < 0.03
    side = head[level & (head[:, 0] * sign > 0)]
    ear = side[np.argmax(side[:, 0] * sign)]
    return np.array([ear[0] - 0.004 * sign, figure.eyes[0][1] + 0.004, ear[2]])


def scarf(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a knitted scarf around the neck with two hanging ends."""
    form = tailor.form
    k = form.size
    c = {"main": "#b5493f", "accent": "#f0dcc0", **spec.colours}
    axis = form.joint("neck") + np.array([0.0, 0.0, 0.02 * k])
    azimuth = np.linspace(0, 2 * np.pi, 49)
    behind = 0.5 - 0.5 * np.cos(azimuth)
    path = form.around(axis, azimuth, axis[1] - 0.012 * k + 0.014 * k * behind)
    spoke = path - axis
    spoke[:, 1] = 0
    spoke /= np.linalg.norm(spoke, axis=1, keepdims=True)
    path = path + spoke * 0.020 * k
    radius = (0.026 + 0.004 * np.sin(azimuth * 5)) * k
    look = Look(c["main"])
    p, t, _ = tube(path, radius, 14)
    n = tailor.weights_at(p)
    tailor.add("scarf", p, t, n, look, np.full((len(p), 2), 0.5))
    for i, (x, length) in enumerate(((0.026, 0.32), (-0.016, 0.26))):
        y = np.linspace(axis[1] - 0.015 * k, axis[1] - length * k, 22)
        across = x * k + 0.012 * k * np.linspace(0, 1, 22)
        z = np.maximum.accumulate(form.front(across, y)[::-1])[::-1]
        z = gaussian_filter1d(np.maximum(z, form.front(across, y)), 2.0, mode="nearest")
        end = np.stack([across, y, z], axis=1)
        look = Look(c["main"], "flat", pattern=spec.pattern, accent=c["accent"])
        add_band(tailor, f"scarf-end-{i}", end, 0.066 * k, (0.022 + 0.007 * (1 - i)) * k, look)


HEADGEAR: dict[str, Maker] = {
    "douli": douli,
    "futou": futou,
    "cap": cap,
    "glasses": glasses,
    "scarf": scarf,
}
"""Garment makers by kind."""
