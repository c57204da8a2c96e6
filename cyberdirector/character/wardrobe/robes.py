"""Robes of court and of the immortals: round-collar robe, wide-sleeved robe."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.wardrobe.classic import (
    belt,
    boots,
    colours_of,
    crossed_top,
    cuffs,
    pendant,
    tucked_trousers,
)
from cyberdirector.character.wardrobe.collar import (
    Neckline,
    above,
    add_band,
    arm_to,
    neckline,
    ring_path,
)
from cyberdirector.character.wardrobe.feet import add_shoes
from cyberdirector.character.wardrobe.form import Field, Floats, Place
from cyberdirector.character.wardrobe.loft import relax, resample
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.ribbon import FRONT, add_plate, add_ribbon
from cyberdirector.character.wardrobe.skirt import Arc, Cut, add_girdle, add_skirt, front_of
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.tops import waist_of


def yuanling_pao(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a round-collar robe of officials: belt with plates, slit skirt, cloth boots."""
    form = tailor.form
    k = form.size
    c = colours_of(
        spec, main="#7c2430", accent="#d9b35c", trim="#5a1822", inner="#f4efe6",
        sash="#23202a", hem="#6a1c28", shoe="#1e1d24", trousers="#e6e0d6", jade="#d8c9a0",
    )  # fmt: skip
    pattern = spec.pattern or "medallion"
    waist = waist_of(form, 0.30)
    line = neckline(form, 0.020, wide=0.008, bend=2.2)
    inner = neckline(form, 0.008, up=0.006, wide=0.0, bend=2.0)
    white = Look(c["inner"], outline=0.0)
    look = Look(
        c["main"],
        "flat",
        accent=c["accent"],
        folds=6,
        loose=0.8,
        sheen=0.15,
        emblem="medallion",
        pattern=spec.pattern,
    )
    under = form.cut(form.loose(0.004 * k, 4), [inner.field, _seen(line, 0.030 * k)])
    tailor.add_cloth("inner", under, white)
    add_band(tailor, "collar-inner", ring_path(form, inner), 0.016 * k, 0.007 * k, white)
    hem = above(waist - 0.03 * k)
    body = form.cut(form.tucked(form.loose(0.013 * k, 18)), [hem, line.field, arm_to(0.26)])
    tailor.add_cloth("robe", body, look)
    tailor.cover([above(waist - 0.03 * k), line.field, arm_to(0.85)])
    trim = Look(c["trim"], sheen=0.1)
    add_band(tailor, "collar", ring_path(form, line), 0.030 * k, 0.0155 * k, trim)
    _side_closing(tailor, line.front_y, waist, trim, Look(c["accent"], sheen=0.3))
    wide = SleeveCut(
        0.10, 1.04, (0.0105, 0.024), drop=0.12 * spec.params.get("sleeve", 1.0), slant=0.01
    )
    cloth = Look(
        c["main"],
        "sleeve",
        pattern=pattern,
        accent=c["accent"],
        folds=6,
        drape=True,
        sheen=0.15,
    )
    add_sleeves(tailor, "sleeve", wide, cloth)
    cuffs(tailor, wide, 0.06, trim)
    ankle = form.joint("leftFoot")[1]
    low = ankle + 0.05 * k + 0.40 * (1 - spec.params.get("length", 1.0))
    tucked_trousers(tailor, c["trousers"])
    half = 0.5 * np.pi
    arcs = (Arc(-half, half, 0.12, 0.45), Arc(half, 3 * half, 0.12, 0.45))
    cut = Cut(
        waist + 0.012 * k, low, 0.014 * k, 0.105, 12, 0.012, 0.1, fine=8, rows=20, arcs=arcs
    )
    skirt = Look(
        c["main"], "skirt", c["hem"], pattern, c["accent"], folds=6, edge=0.012,
        trim=c["trim"], border=0.045, sheen=0.15,
    )  # fmt: skip
    add_skirt(tailor, "skirt", cut, skirt)
    _plated_belt(tailor, waist, c["sash"], c["jade"])
    boots(tailor, c["shoe"], 0.75)
    tailor.cover([lambda q: np.minimum(waist - q.y, q.y - low - 0.40 * k)])


def _seen(line: Neckline, width: float) -> Field:
    """Keep an undershirt where it is seen: at the wrists, and ``width`` metres under a neck."""

    def field(place: Place) -> Floats:
        wrists, neck = (place.t - 0.84) * 0.45, width - line.field(place)
        return np.where(place.arm > 0.5, wrists, neck)

    return field


def _side_closing(tailor: Tailor, top: float, low: float, trim: Look, button: Look) -> None:
    """Add the edge of the front panel, from the throat over the right shoulder and down."""
    form = tailor.form
    k = form.size
    shoulder = form.joint("rightUpperArm")
    s = np.linspace(0, 1, 26)
    x = np.interp(s, [0, 0.4, 0.75, 1], np.array([-0.052, -0.118, -0.092, -0.090]) * k)
    arm = shoulder[1] - 0.065 * k
    y = np.interp(s, [0, 0.4, 0.75, 1], [top + 0.028 * k, arm, 0.5 * (arm + low), low])
    path = np.stack([x, y, form.front(x, y)], axis=1)
    path = relax(resample(path, 0.010), 2.0)
    add_band(tailor, "closing", path, 0.010 * k, 0.0150 * k, trim, 0.0, 0.0015)
    at = path[1]
    n = form.normals_at(at[None])[0]
    add_plate(tailor, "button", at + n * 0.019 * k, n, (0.008 * k, 0.008 * k), button)


def _plated_belt(tailor: Tailor, waist: float, leather: str, plates: str) -> None:
    """Add a leather belt with plates all around (革带)."""
    k = tailor.form.size
    wound = add_girdle(
        tailor,
        "belt",
        waist - 0.022 * k,
        waist + 0.022 * k,
        0.024 * k,
        Look(leather, sheen=0.3),
    )
    look = Look(plates, sheen=0.4, outline=0.0008)
    azimuth = np.concatenate([np.linspace(-0.95, 0.95, 7), np.pi + np.linspace(-0.9, 0.9, 5)])
    for i, a in enumerate(azimuth):
        out = np.array([np.sin(a), 0.0, np.cos(a)])
        r = front_of(wound.positions, float(a)) + 0.002 * k
        at = out * r + np.array([0.0, waist, 0.0])
        half = (0.017 * k, 0.015 * k) if i == 3 else (0.013 * k, 0.014 * k)
        add_plate(tailor, f"belt-plate-{i}", at, out, half, look)


def xianpao(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add an immortal's robes: pale inner robe, open outer robe with very wide sleeves."""
    form = tailor.form
    k = form.size
    c = colours_of(
        spec, main="#e9f0f6", accent="#a9c4dc", trim="#9db8d2", inner="#ffffff",
        sash="#7f9fc0", skirt="#fbfcfe", hem="#c3d5e6", shoe="#e9e4da", jade="#a9d3b4",
    )  # fmt: skip
    pattern = spec.pattern or "cloud"
    female = form.joint("leftUpperArm")[0] / form.size < 0.150
    spine, chest = form.joint("spine")[1], form.joint("chest")[1]
    waist = (
        chest + 0.10 * (form.joint("upperChest")[1] - chest)
        if female
        else (spine + 0.55 * (chest - spine))
    )
    wide = SleeveCut(
        0.10, 1.10, (0.0090, 0.034), drop=0.50 * spec.params.get("sleeve", 1.0), grow=1.15,
        slant=0.05, folds=0.005, rows=22, cols=36,
    )  # fmt: skip
    crossed_top(tailor, c, pattern, waist=waist, depth=0.145, sleeve=wide, collar=0.040,
                cuff=0.05)  # fmt: skip
    hem = 0.028 * k
    below_it = Look(c["skirt"], "skirt", c["skirt"], "", c["accent"], folds=24, border=0.0)
    add_skirt(
        tailor,
        "inner-skirt",
        Cut(waist + 0.008 * k, hem + 0.01, 0.010 * k, 0.13, 24, 0.010, 0.2, chain="robe"),
        below_it,
    )
    gap = 0.16
    robe = Look(
        c["main"], "skirt", c["hem"], pattern, c["accent"], folds=16, edge=0.022,
        trim=c["trim"], border=0.05, sheen=0.1,
    )  # fmt: skip
    train = Cut(
        waist + 0.012 * k, hem, 0.017 * k, 0.20, 16, 0.016, 0.15, rows=20, fine=6,
        arcs=(Arc(gap, 2 * np.pi - gap, 0.40),), chain="robe",
    )  # fmt: skip
    add_skirt(tailor, "robe-skirt", train, robe)
    wound = belt(tailor, waist, 0.030, c, tassels=False, offset=0.024)
    z = front_of(wound.positions)
    sash = Look(c["sash"], sheen=0.15)
    for i, (x, length) in enumerate(((0.012, 0.62), (-0.014, 0.54))):
        top = np.array([x * k, waist - 0.028 * k, z + 0.001 * k])
        add_ribbon(tailor, f"sash-{i}", top, length * k, (0.022 * k, 0.040 * k), sash, FRONT,
                   bow=0.055 * k, lean=2 * x * k)  # fmt: skip
    pendant(tailor, waist - 0.030 * k, 0.45, c)
    add_shoes(
        tailor, "shoes", form.joint("leftFoot")[1], Look(c["shoe"]), Look("#f2eee6"), toe=0.022,
        point=0.4, thickness=0.018,
    )  # fmt: skip
    tailor.cover([lambda q: np.minimum(waist - q.y, q.y - 0.12)])


ROBES: dict[str, Maker] = {"yuanling_pao": yuanling_pao, "xianpao": xianpao}
"""Garment makers by kind."""
