"""Single garments worn over others: jacket, blazer, coat, cloak."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._figure import smooth_step
from cyberdirector.character._skin import chain_weights, widen
from cyberdirector.character.hair.solids import tube
from cyberdirector.character.piece import Chain
from cyberdirector.character.wardrobe.collar import (
    above,
    add_band,
    arm_to,
    below,
    neckline,
)
from cyberdirector.character.wardrobe.form import Place
from cyberdirector.character.wardrobe.loft import grid_normals, grid_triangles, grid_uvs
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.modern import jacket as tailored
from cyberdirector.character.wardrobe.modern import shirt
from cyberdirector.character.wardrobe.neckwear import add_fold_collar, add_stand
from cyberdirector.character.wardrobe.ribbon import FRONT, add_plate, add_ribbon
from cyberdirector.character.wardrobe.skirt import Arc, Cut, add_girdle, add_skirt, front_of
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.tops import Bodice, add_bodice, waist_of

Floats = NDArray[np.float64]


def jacket(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a zipped jacket with ribbed collar, cuffs and hem."""
    form = tailor.form
    k = form.size
    c = {"main": "#4a5a46", "rib": "", "zip": "#c9ccd0", "accent": "#d8d2c0", **spec.colours}
    rib = Look(c["rib"] or nuance(c["main"], -0.22))
    hip = form.joint("leftUpperLeg")[1]
    hem = hip + 0.02 * k
    line = neckline(form, 0.035, wide=0.008, bend=1.6)
    look = Look(
        c["main"],
        "flat",
        pattern=spec.pattern,
        accent=c["accent"],
        folds=6,
        loose=0.9,
        sheen=0.1,
    )
    sleeve = SleeveCut(0.05, 0.94, (0.020, 0.026), folds=0.006)
    add_bodice(tailor, "jacket", Bodice(hem, 0.022, 28, 0.7), line, look, sleeve)
    add_girdle(tailor, "rib-hem", hem - 0.014 * k, hem + 0.042 * k, 0.020 * k, rib, puff=0.004)
    add_sleeves(
        tailor, "rib-cuff", SleeveCut(0.91, 1.0, (0.022, 0.010), folds=0.0, rows=6), rib, 0.002
    )
    add_stand(tailor, "rib-collar", line, 0.040, rib, offset=0.018, gap=0.10, lean=0.05)
    y = np.linspace(line.front_y + 0.012 * k, hem - 0.008 * k, 24)
    z = gaussian_filter1d(form.front(np.zeros(24), y), 2.5, mode="nearest")
    path = np.stack([0 * y, y, z], axis=1)
    add_band(tailor, "zip", path, 0.008 * k, 0.0285 * k, Look(c["zip"], sheen=0.4), 0.0, 0.001)
    for sign in (-1, 1):
        low = np.array([sign * 0.082 * k, hem + 0.070 * k])
        x = np.linspace(low[0], low[0] + sign * 0.026 * k, 8)
        yy = np.linspace(low[1], low[1] + 0.075 * k, 8)
        slot = np.stack([x, yy, form.front(x, yy)], axis=1)
        add_band(
            tailor,
            f"pocket-{sign}",
            slot,
            0.012 * k,
            0.024 * k,
            Look(nuance(c["main"], -0.12)),
            0.0,
            0.0015,
        )


def blazer(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a tailored jacket; without a top below it brings a shirt front."""
    form = tailor.form
    k = form.size
    c = {"main": "#2b3244", "button": "#15161c", "shirt": "#f4f5f8", **spec.colours}
    if not tailor.worn & {"top", "dress"}:
        shirt(tailor, c["shirt"], waist_of(form, 0.2), full=False)
    hem = form.joint("leftUpperLeg")[1] - 0.045 * k
    tailored(
        tailor,
        c["main"],
        hem=hem,
        depth=spec.params.get("depth", 0.28),
        offset=0.018,
        button=c["button"],
    )


def coat(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a long belted coat with lapels; ``length`` 1 ends below the knee."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#b59a74",
        "button": "#4a3a2c",
        "belt": "",
        "shirt": "#f1efe9",
        "buckle": "#6a5138",
        **spec.colours,
    }
    if not tailor.worn & {"top", "dress"}:
        shirt(tailor, c["shirt"], waist_of(form, 0.2), full=False)
    knee, hip = form.joint("leftLowerLeg")[1], form.joint("leftUpperLeg")[1]
    waist = waist_of(form)
    hem = hip - (hip - knee) * 1.22 * spec.params.get("length", 1.0)
    tailored(
        tailor,
        c["main"],
        hem=waist - 0.02 * k,
        depth=0.24,
        offset=0.021,
        button=c["button"],
        buttons=2,
        lapel=0.074,
    )
    cut = Cut(
        waist + 0.012 * k,
        hem,
        0.016 * k,
        0.075,
        8,
        0.010,
        0.0,
        rows=16,
        fine=10,
        sway=0.4,
        front=0.6,
        arcs=(Arc(0.0, 2 * np.pi, 0.10),),
    )
    paint = Look(
        c["main"],
        "skirt",
        nuance(c["main"], -0.10),
        folds=8,
        edge=0.004,
        trim=nuance(c["main"], -0.25),
    )
    add_skirt(tailor, "coat-skirt", cut, paint)
    belt = Look(c["belt"] or nuance(c["main"], -0.14))
    span = waist - 0.020 * k, waist + 0.020 * k
    wound = add_girdle(tailor, "coat-belt", *span, 0.026 * k, belt)
    z = front_of(wound.positions) + 0.003 * k
    add_plate(
        tailor,
        "coat-buckle",
        np.array([0.0, waist, z]),
        FRONT,
        (0.022 * k, 0.024 * k),
        Look(c["buckle"], sheen=0.3),
    )
    tab = SleeveCut(0.86, 0.90, (0.017, 0.018), folds=0.0, rows=4)
    add_sleeves(tailor, "coat-tab", tab, belt, 0.004)
    tailor.cover([below(waist), above(hem + 0.10 * k), arm_to(0.02), lambda q: 0.03 - q.z])


_LINES = 9
"""Columns of spring chains over a cloak."""


def cloak(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a cloak: a mantle over the shoulders, a long back, clasp and cords.

    ``fur`` 1 puts a fur collar on it, ``hood`` 1 a hood that lies on the back.
    """
    form = tailor.form
    k = form.size
    c = {
        "main": "#7c1f2c",
        "inner": "#3a1218",
        "fur": "#f1ece4",
        "trim": "#d9b45b",
        "accent": "#d9b45b",
        **spec.colours,
    }
    line = neckline(form, 0.030, wide=0.020, bend=1.6)
    fall = form.joint("leftUpperArm")[1] - 0.10 * k

    def border(q: Place) -> Floats:
        front = smooth_step(-0.02 * k, 0.06 * k, q.z)
        open_front = np.abs(q.x) - 0.030 * k - 0.55 * np.clip(line.front_y - q.y, 0, 1)
        return np.where(q.arm > 0.4, 0.1, open_front * front + 0.1 * (1 - front))

    shape = form.loose((0.026 + 0.006) * k, 40, 0.75)
    look = Look(c["main"], "flat", pattern=spec.pattern, accent=c["accent"], folds=6, loose=1.0)
    mantle = form.cut(shape, [above(fall), line.field, arm_to(0.34), border])
    tailor.add_cloth("mantle", mantle, look)
    _cape(tailor, spec, c, fall)
    z = float(form.front(np.zeros(1), np.array([line.front_y - 0.02 * k]))[0]) + 0.040 * k
    clasp = np.array([0.0, line.front_y - 0.020 * k, z])
    for sign in (-1, 1):
        add_ribbon(
            tailor,
            f"cloak-cord-{sign}",
            clasp + np.array([sign * 0.012 * k, 0, 0.0]),
            0.22 * k,
            (0.010 * k, 0.013 * k),
            Look(c["trim"]),
            FRONT,
            parent="upperChest",
            bow=0.03 * k,
            lean=sign * 0.02 * k,
            chain=0.7,
        )
    add_plate(
        tailor, "cloak-clasp", clasp, FRONT, (0.030 * k, 0.015 * k), Look(c["trim"], sheen=0.5)
    )
    if spec.params.get("hood", 0.0) > 0.5:
        _roll(tailor, "hood", line.axis, Look(c["main"], folds=0), 0.020, 0.050)
    elif spec.params.get("fur", 1.0) > 0.5:
        _roll(tailor, "fur", line.axis, Look(c["fur"], outline=0.0014), 0.032, 0.040, True)
    else:
        add_fold_collar(
            tailor,
            "cloak-collar",
            line,
            Look(c["main"]),
            offset=0.030,
            height=0.034,
            leaf=0.050,
            gap=0.25,
        )


def _roll(
    tailor: Tailor,
    name: str,
    axis: Floats,
    look: Look,
    front: float,
    back: float,
    tufts: bool = False,
) -> None:
    """Add a soft roll around the neck (fur collar or folded hood)."""
    form = tailor.form
    k = form.size
    azimuth = np.linspace(0.22, 2 * np.pi - 0.22, 61)
    behind = 0.5 - 0.5 * np.cos(azimuth)
    height = axis[1] - 0.022 * k + 0.012 * k * behind - 0.020 * k * (1 - behind) ** 3
    path = form.around(axis, azimuth, height)
    path = gaussian_filter1d(path, 2.0, axis=0, mode="nearest")
    radius = (front + (back - front) * behind**1.5) * k
    radius = radius * (
        1 - 0.5 * np.exp(-((((azimuth - np.pi) / (np.pi - 0.22)) ** 2 - 1) ** 2) / 0.002)
    )
    spoke = path - axis
    spoke[:, 1] = 0
    spoke /= np.linalg.norm(spoke, axis=1, keepdims=True)
    path = path + spoke * (0.4 * radius + 0.012 * k)[:, None]
    path[:, 1] += 0.012 * k
    if tufts:
        radius = radius * (1 + 0.10 * np.sin(np.arange(61) * 2.4) * np.sin(np.arange(61) * 0.9))
    p, t, _ = tube(path, radius, 14)
    if tufts:
        rng = np.random.default_rng(7)
        centre = np.repeat(path, 14, axis=0)
        grow = 1 + 0.16 * rng.random(len(centre))
        body = p[: len(centre)]
        p[: len(centre)] = centre + (body - centre) * grow[:, None]
    tailor.add(name, p, t, tailor.weights_at(p), look, np.full((len(p), 2), 0.5))


def _cape(tailor: Tailor, spec: GarmentSpec, c: dict[str, str], fall: float) -> None:
    """Add the back of a cloak, which hangs from below the mantle to the calves."""
    form = tailor.form
    k = form.size
    hem = form.joint("leftFoot")[1] + (0.10 + 0.5 * (1 - spec.params.get("length", 1.0))) * k
    rows, cols = 24, 72
    half = 1.25
    azimuth = np.linspace(np.pi - half, np.pi + half, cols)
    top = fall + 0.045 * k
    heights = np.linspace(top, hem, rows)
    s = np.linspace(0, 1, rows)[:, None]
    wide, deep = 0.150 + 0.20 * s, 0.115 + 0.16 * s
    centre = form.joint("upperChest")[2] + 0.02 * k
    wave = np.sin((azimuth - np.pi) * 13) * (0.004 + 0.030 * smooth_step(0.0, 0.6, s))
    wave = wave + 0.012 * s * np.sin((azimuth - np.pi) * 5 + 1)
    x = (
        (wide * k + wave * k)
        * np.sin(azimuth)
        * np.sqrt(form.joint("leftUpperArm")[0] / 0.132 / k)
    )
    z = centre + (deep * k + wave * k) * np.cos(azimuth)
    back = form.base[form.place.arm < 0.3]
    for i, y in enumerate(heights):
        near = np.abs(back[:, 1] - y) < 0.03
        if near.any():
            z[i] = np.minimum(
                z[i], np.where(np.cos(azimuth) < -0.3, back[near, 2].min() - 0.022 * k, z[i])
            )
    grid = np.stack([x, np.broadcast_to(heights[:, None], x.shape), z], axis=-1)
    grid = tailor.outside(grid.reshape(-1, 3), 0.045 * k).reshape(grid.shape)
    chains, table = _hang_cape(tailor, grid)
    n = grid_normals(grid, closed=False)
    uv = grid_uvs(rows, cols)
    look = Look(
        c["main"],
        "skirt",
        nuance(c["main"], -0.22),
        spec.pattern,
        c["accent"],
        folds=10,
        edge=0.014,
        trim=c["trim"],
        border=0.05,
    )
    t = grid_triangles(rows, cols, closed=False)
    tailor.add("cape", grid.reshape(-1, 3), t, table, look, uv, n.reshape(-1, 3), chains)


def _hang_cape(tailor: Tailor, grid: Floats) -> tuple[list[Chain], Floats]:
    """Return chains down a cape that hang from the upper chest, and its weights."""
    form = tailor.form
    rows, cols = grid.shape[:2]
    points = 6
    at = np.linspace(0, rows - 1, points)
    nodes = form.nodes
    chest = form.figure.index["upperChest"]
    chains = []
    columns = np.linspace(0, cols - 1, _LINES)
    for i, col in enumerate(columns):
        line = grid[:, round(col)]
        p = np.stack([np.interp(at, np.arange(rows), line[:, j]) for j in range(3)], axis=1)
        chains.append(
            Chain(
                f"cape-{i}",
                p,
                "upperChest",
                stiffness=1.4,
                gravity=0.02,
                drag=0.5,
                hit_radius=0.03,
                colliders=("hips", "legs", "chest", "arms"),
            )
        )
    t = np.repeat(np.arange(rows) / (rows - 1) * (points - 1), cols)
    along = chain_weights(t, points)
    hat = np.maximum(
        0.0, 1 - np.abs(np.arange(cols)[:, None] - columns) / (columns[1] - columns[0])
    )
    hat = np.tile(hat / hat.sum(axis=1, keepdims=True), (rows, 1))
    base = np.zeros((rows * cols, nodes))
    base[:, chest] = along[:, 0]
    table = widen(base, _LINES * points)
    for i in range(_LINES):
        for j in range(points - 1):
            table[:, nodes + i * points + j] = hat[:, i] * along[:, j + 1]
    return chains, table


OUTERS: dict[str, Maker] = {"jacket": jacket, "blazer": blazer, "coat": coat, "cloak": cloak}
"""Garment makers by kind."""
