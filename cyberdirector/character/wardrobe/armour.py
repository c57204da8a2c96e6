"""Lamellar armour: cuirass, mirrors, shoulder guards, skirt panels, bracers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.wardrobe.classic import (
    boots,
    colours_of,
    crossed_top,
    trousers,
)
from cyberdirector.character.wardrobe.collar import (
    above,
    add_band,
    arm_to,
    below,
    neckline,
    ring_path,
)
from cyberdirector.character.wardrobe.form import SIDES, Layers
from cyberdirector.character.wardrobe.loft import grid_normals, grid_triangles, grid_uvs, orient
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.ribbon import FRONT, add_plate
from cyberdirector.character.wardrobe.skirt import Arc, Cut, add_girdle, add_skirt, front_of
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves, arm_radius
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.tops import waist_of

Floats = NDArray[np.float64]


def armour(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add lamellar armour; without a robe below it brings a short one, trousers and boots."""
    form = tailor.form
    k = form.size
    c = colours_of(
        spec,
        main="#6f7682",
        accent="#c9a45a",
        trim="#7a2028",
        inner="#f0ece4",
        sash="#3a2226",
        robe="#7a2028",
        hem="#5a161e",
        shoe="#20222c",
        trousers="#2c2a30",
        cape="",
    )
    if not tailor.worn & {"dress", "top"}:
        _robe_below(tailor, c)
        tailor.put_on(Layers(0.012, 0.010, 0.0, 0.008))
        tailor.over_skirts = True
        form = tailor.form
    steel = Look(
        c["main"],
        "flat",
        pattern="lamellar",
        accent=nuance(c["main"], -0.42),
        sheen=0.35,
        outline=0.0012,
    )
    gold = Look(c["accent"], sheen=0.45)
    waist = waist_of(form, 0.25)
    line = neckline(form, 0.060, wide=0.026, bend=2.2)
    shape = form.loose(0.016 * k, 30, 0.8)
    high = form.cut(shape, [above(waist - 0.02 * k), line.field, arm_to(0.06)])
    tailor.add_cloth("cuirass", high, steel)
    tailor.cover([above(waist), line.field, arm_to(0.04)])
    add_band(tailor, "cuirass-edge", ring_path(form, line), 0.014 * k, 0.0175 * k, gold)
    _mirrors(tailor, line.front_y, waist, c)
    _belt(tailor, waist, c)
    _panels(tailor, waist, c)
    for i, (start, end) in enumerate(((-0.02, 0.16), (0.10, 0.25), (0.19, 0.33))):
        _lame(tailor, f"pauldron-{i}", start, end, 0.030 - 0.005 * i, c)
    if not tailor.draped:
        _bracers(tailor, c)


def _bracers(tailor: Tailor, c: dict[str, str]) -> None:
    """Add guards around the forearms."""
    gold = Look(c["accent"], sheen=0.45)
    for name, a, b, ease, look in (
        ("bracer", 0.60, 0.93, 0.0155, steel_sleeve(c)),
        ("bracer-rim-0", 0.585, 0.61, 0.0175, gold),
        ("bracer-rim-1", 0.915, 0.94, 0.0165, gold),
    ):
        add_sleeves(tailor, name, SleeveCut(a, b, (ease, ease), folds=0.0, rows=6), look)


def steel_sleeve(c: dict[str, str]) -> Look:
    """Return the look of plates around an arm."""
    return Look(
        c["main"], "sleeve", pattern="lamellar", accent=nuance(c["main"], -0.42), sheen=0.35
    )


def _robe_below(tailor: Tailor, c: dict[str, str]) -> None:
    """Add the knee-long robe, trousers and boots that armour is worn over."""
    form = tailor.form
    k = form.size
    waist = waist_of(form, 0.25)
    sleeve = SleeveCut(0.10, 0.92, (0.0075, 0.012), folds=0.003)
    robe = {**c, "main": c["robe"], "trim": nuance(c["robe"], -0.35)}
    crossed_top(tailor, robe, "", waist=waist, depth=0.110, sleeve=sleeve, cuff=0.0)
    knee = form.joint("leftLowerLeg")[1]
    trousers(
        tailor,
        c["trousers"],
        waist - 0.05 * k,
        (0.090, 0.082),
        low=knee - 0.13 * k,
        gather=knee - 0.125 * k,
    )
    hem = form.joint("leftLowerLeg")[1] - 0.02 * k
    skirt = Look(c["robe"], "skirt", c["hem"], "", c["accent"], folds=14, border=0.06)
    cut = Cut(
        waist + 0.010 * k,
        hem,
        0.011 * k,
        0.085,
        14,
        0.012,
        0.2,
        rows=14,
        fine=6,
        front=0.6,
        sway=0.35,
    )
    add_skirt(tailor, "robe-skirt", cut, skirt)
    tailor.cover([below(waist), above(hem + 0.14 * k), arm_to(0.02)])
    boots(tailor, c["shoe"], 0.82)


def _mirrors(tailor: Tailor, top: float, waist: float, c: dict[str, str]) -> None:
    """Add two polished discs on the chest and one on the belly."""
    form = tailor.form
    k = form.size
    steel = Look(nuance(c["main"], 0.25), sheen=0.6)
    gold = Look(c["accent"], sheen=0.45)
    y = top - 0.055 * k
    for name, x, height, r in (
        ("left", 0.060, y, 0.040),
        ("right", -0.060, y, 0.040),
        ("low", 0.0, 0.5 * (y + waist) - 0.006 * k, 0.034),
    ):
        at = np.array([x * k, height, 0.0])
        at[2] = form.front(at[:1], at[1:2])[0]
        n = form.normals_at(at[None])[0] * np.array([0.6, 0.4, 1.0])
        n /= np.linalg.norm(n)
        at = at + n * 0.019 * k
        add_plate(tailor, f"mirror-{name}-rim", at, n, (1.18 * r * k, 1.18 * r * k), gold, 0.0)
        add_plate(tailor, f"mirror-{name}", at + n * 0.003 * k, n, (r * k, r * k), steel, 0.0)


def _belt(tailor: Tailor, waist: float, c: dict[str, str]) -> None:
    """Add a broad belt with a boss."""
    k = tailor.form.size
    wound = add_girdle(
        tailor, "armour-belt", waist - 0.030 * k, waist + 0.022 * k, 0.023 * k, Look(c["sash"])
    )
    for sign in (-1, 1):
        y = waist - 0.004 * k + sign * 0.024 * k
        add_girdle(
            tailor,
            f"armour-belt-rim-{sign}",
            y - 0.003 * k,
            y + 0.003 * k,
            0.027 * k,
            Look(c["accent"]),
            rows=4,
        )
    z = front_of(wound.positions) + 0.003 * k
    add_plate(
        tailor,
        "boss",
        np.array([0.0, waist - 0.004 * k, z]),
        FRONT,
        (0.036 * k, 0.030 * k),
        Look(c["accent"], sheen=0.5),
    )


def _panels(tailor: Tailor, waist: float, c: dict[str, str]) -> None:
    """Add skirt panels of plates: two at the thighs, one in front, one behind."""
    form = tailor.form
    k = form.size
    hip, knee = form.joint("leftUpperLeg")[1], form.joint("leftLowerLeg")[1]
    hem = hip - 0.72 * (hip - knee)
    side = (Arc(0.32, 1.95, 0.10), Arc(2 * np.pi - 1.95, 2 * np.pi - 0.32, 0.10))
    cut = Cut(
        waist - 0.01 * k,
        hem,
        0.020 * k,
        0.075,
        0,
        0.0,
        0.0,
        0.8,
        rows=12,
        sway=0.25,
        front=0.8,
        arcs=side,
        chain="tasset",
    )
    look = Look(
        c["main"],
        "skirt",
        c["main"],
        "lamellar",
        nuance(c["main"], -0.42),
        edge=0.020,
        trim=c["accent"],
        border=0.0,
        sheen=0.35,
    )
    add_skirt(tailor, "tasset", cut, look)
    middle = replace(
        cut,
        hem=hem + 0.10 * k,
        ease=0.017 * k,
        arcs=(Arc(-0.26, 0.26, 0.02), Arc(np.pi - 0.95, np.pi + 0.95, 0.08)),
    )
    add_skirt(tailor, "tasset-middle", middle, look)


def _lame(
    tailor: Tailor, name: str, start: float, end: float, ease: float, c: dict[str, str]
) -> None:
    """Add one curved plate over each shoulder, from ``start`` to ``end`` along the arm."""
    form = tailor.form
    k = form.size
    rows, cols = 7, 21
    for side in SIDES:
        a, b = form.joint(f"{side}UpperArm"), form.joint(f"{side}Hand")
        t = np.linspace(start, end, rows)
        phi = np.linspace(-1.6, 1.6, cols)
        around = 2 * np.pi * np.arange(28) / 28
        radius = arm_radius(form, side, np.maximum(t, 0.06), around)
        radius = np.maximum.accumulate(radius[::-1], axis=0)[::-1]
        r = np.stack(
            [
                np.interp(
                    phi % (2 * np.pi), np.append(around, 2 * np.pi), np.append(row, row[0])
                )
                for row in radius
            ]
        )
        s = np.linspace(0, 1, rows)[:, None]
        r = r + (ease + 0.012 * s + 0.006 * np.sin(np.pi * s)) * k
        curve = 0.018 * k * (1 - np.cos(phi))[None] * s
        x = a[0] + (b[0] - a[0]) * t[:, None] - np.sign(b[0]) * curve
        grid = np.stack(
            [np.broadcast_to(x, r.shape), a[1] + r * np.cos(phi), a[2] + r * np.sin(phi)], -1
        )
        p = grid.reshape(-1, 3)
        axis = np.stack([p[:, 0], np.full(len(p), a[1]), np.full(len(p), a[2])], axis=1)
        faces = grid_triangles(rows, cols, closed=False)
        turned = orient(p, faces, p - axis)
        n = grid_normals(grid, closed=False).reshape(-1, 3)
        n = n if np.sum(n * (p - axis)) > 0 else -n
        f = form.figure
        table = np.zeros((len(p), form.nodes))
        share = 0.55 + 0.35 * smooth_step(0.0, 0.3, np.repeat(t, cols))
        table[:, f.index[f"{side}UpperArm"]] = share
        table[:, f.index[f"{side}Shoulder"]] = 1 - share
        look = Look(
            c["main"],
            "skirt",
            c["main"],
            "lamellar",
            nuance(c["main"], -0.42),
            edge=0.03,
            trim=c["accent"],
            sheen=0.35,
            reach=(0.3, 0.1),
            border=0.22,
        )
        tailor.add(f"{name}-{side}", p, turned, table, look, grid_uvs(rows, cols), n)


ARMOUR: dict[str, Maker] = {"armour": armour}
"""Garment makers by kind."""
