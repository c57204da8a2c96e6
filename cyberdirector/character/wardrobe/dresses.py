"""Dresses and uniforms: dress, qipao, school uniforms of summer and winter, skirt suit."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.wardrobe.collar import (
    above,
    arm_to,
    below,
    near_middle,
    neckline,
)
from cyberdirector.character.wardrobe.footwear import heels, loafers
from cyberdirector.character.wardrobe.form import Layers
from cyberdirector.character.wardrobe.loft import relax, resample
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.modern import jacket, tie
from cyberdirector.character.wardrobe.neckwear import add_fold_collar, add_stand, collar_look
from cyberdirector.character.wardrobe.ribbon import FRONT, add_bow, add_plate
from cyberdirector.character.wardrobe.skirt import Arc, Cut, add_girdle, add_skirt, front_of
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.tops import Bodice, add_bodice, waist_of


def _shoes(tailor: Tailor, spec: GarmentSpec, maker: Maker) -> None:
    """Add the shoes of an outfit unless others are given."""
    if "shoes" in tailor.given:
        return
    roles = {"shoe": "main", "sock": "sock", "sole": "sole"}
    colours = {roles[r]: c for r, c in spec.colours.items() if r in roles}
    maker(tailor, GarmentSpec("shoes", colours, params={"sock": spec.params.get("sock", 0.85)}))


def dress(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a one-piece dress: fitted bodice, full skirt, ribbon at the waist."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#d98a9c",
        "sash": "",
        "accent": "#fbeef0",
        "collar": "#fdf8f6",
        "sock": "#f6f1ee",
        **spec.colours,
    }
    hip, knee = form.joint("leftUpperLeg")[1], form.joint("leftLowerLeg")[1]
    waist = waist_of(form, 0.45)
    line = neckline(form, 0.058, wide=0.012, bend=1.8)
    look = Look(c["main"], "flat", pattern=spec.pattern, accent=c["accent"], folds=6, loose=0.1)
    reach = spec.params.get("sleeve", 0.5)
    sleeve = None
    if reach > 0.2:
        puff = 0.030 if reach < 0.8 else 0.018
        sleeve = SleeveCut(0.07, 0.14 + 0.82 * reach * reach + 0.1, (0.012, puff), folds=0.005)
    cut = Bodice(waist - 0.03 * k, 0.008, 10, 0.75)
    add_bodice(tailor, "dress", cut, line, look, sleeve)
    if sleeve:
        end = SleeveCut(
            sleeve.end - 0.03,
            sleeve.end + 0.015,
            (sleeve.ease[1] - 0.004, 0.010),
            folds=0.0,
            rows=5,
        )
        add_sleeves(tailor, "dress-cuff", end, Look(c["collar"]), 0.002)
    add_fold_collar(
        tailor,
        "collar",
        line,
        collar_look(c["collar"]),
        height=0.012,
        leaf=0.045,
        point=0.006,
        gap=0.16,
        spread=0.10,
    )
    hem = hip - (hip - knee) * 0.98 * spec.params.get("length", 1.0)
    long = hem < knee - 0.1
    skirt = Cut(
        waist + 0.006 * k,
        max(hem, 0.08),
        0.009 * k,
        0.13,
        16,
        0.016,
        0.15,
        rows=15,
        fine=6,
        sway=0.4,
        front=1.0 if long else 0.4,
    )
    paint = Look(
        c["main"], "skirt", c.get("hem", ""), spec.pattern, c["accent"], folds=16, border=0.0
    )
    add_skirt(tailor, "dress-skirt", skirt, paint)
    sash = Look(c["sash"] or nuance(c["main"], -0.22), sheen=0.1)
    span = waist - 0.018 * k, waist + 0.020 * k
    wound = add_girdle(tailor, "dress-sash", *span, 0.0145 * k, sash)
    back = np.array([0.0, 0.0, -1.0])
    z = front_of(wound.positions, np.pi) + 0.004 * k
    add_bow(tailor, "dress-bow", np.array([0.0, waist, -z]), back, 0.070 * k, sash, droop=0.5)
    tailor.cover([below(waist), above(max(hem, 0.08) + 0.16 * k), arm_to(0.02)])
    _shoes(tailor, spec, loafers)


def qipao(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a qipao: standing collar, slanting front with piping and knots, slit skirt."""
    form = tailor.form
    k = form.size
    c = {"main": "#8e2336", "accent": "#e7c07a", "trim": "#e7c07a", **spec.colours}
    pattern = spec.pattern or "plum"
    hip, knee = form.joint("leftUpperLeg")[1], form.joint("leftLowerLeg")[1]
    ankle = form.joint("leftFoot")[1]
    line = neckline(form, 0.004, up=-0.004, wide=0.004, bend=2.0)
    look = Look(
        c["main"], "flat", pattern=pattern, accent=c["accent"], folds=6, loose=0.0, sheen=0.25
    )
    trim = Look(c["trim"], sheen=0.2, outline=0.0007)
    reach = spec.params.get("sleeve", 0.35)
    sleeve = SleeveCut(0.08, 0.12 + 0.75 * reach, (0.009, 0.012), folds=0.0, rows=10)
    seam = hip - 0.03 * k
    add_bodice(tailor, "qipao", Bodice(seam, 0.0095, 6, 0.8), line, look, sleeve)
    cuff = SleeveCut(sleeve.end - 0.012, sleeve.end + 0.012, (0.011, 0.011), folds=0.0, rows=4)
    add_sleeves(tailor, "qipao-cuff", cuff, trim, 0.002)
    collar = Look(c["main"], sheen=0.25)
    edge = add_stand(
        tailor, "collar", line, 0.042, collar, gap=0.03, lean=0.06, round_front=0.35
    )
    _piping(tailor, "collar-piping", edge, 0.006 * k, 0.0, trim)
    hem = knee - (knee - ankle) * (0.62 * spec.params.get("length", 1.0))
    slit = np.clip((seam + 0.02 * k - (hip - 0.55 * (hip - knee))) / (seam - hem), 0.1, 0.9)
    front = Arc(-0.5 * np.pi, 0.5 * np.pi, 0.10, float(slit))
    back = Arc(0.5 * np.pi, 1.5 * np.pi, 0.10, float(slit))
    cut = Cut(
        seam + 0.02 * k,
        hem,
        0.0105 * k,
        0.012,
        0,
        0.0,
        0.0,
        0.55,
        rows=22,
        sway=0.25,
        arcs=(front, back),
    )
    paint = Look(
        c["main"],
        "skirt",
        c["main"],
        pattern,
        c["accent"],
        folds=0,
        edge=0.016,
        trim=c["trim"],
        sheen=0.25,
    )
    add_skirt(tailor, "qipao-skirt", cut, paint)
    _slanting_front(tailor, line.front_y, trim)
    tailor.cover([below(seam + 0.1), above(hip - 0.48 * (hip - knee)), arm_to(0.02)])
    _shoes(tailor, spec, heels)


def _piping(
    tailor: Tailor, name: str, path: np.ndarray, width: float, offset: float, look: Look
) -> None:
    """Add a cord along a path."""
    from cyberdirector.character.hair.solids import tube

    n = tailor.form.normals_at(path)
    p, t, _ = tube(path + n * offset, 0.4 * width, 6)
    tailor.add(name, p, t, tailor.weights_at(p), look, np.full((len(p), 2), 0.5))


def _slanting_front(tailor: Tailor, top: float, trim: Look) -> None:
    """Add the piping from the throat to the right armpit and down the side, with knots."""
    form = tailor.form
    k = form.size
    arm = form.joint("rightUpperArm")
    x = np.linspace(0.0, arm[0] + 0.012 * k, 24)
    s = np.linspace(0, 1, 24)
    low = arm[1] - 0.085 * k
    y = (top - 0.006 * k) + (low - top) * (0.35 * s + 0.65 * s**2.2)
    path = np.stack([x, y, form.front(x, y)], axis=1)
    path = relax(resample(path, 0.008), 1.5)
    _piping(tailor, "front-piping", path, 0.007 * k, 0.0085 * k, trim)
    for q in (0.04, 0.5, 0.92):
        at = path[round(q * (len(path) - 1))]
        n = form.normals_at(at[None])[0]
        for dx in (-0.011, 0.011):
            add_plate(
                tailor,
                f"knot-{q}-{dx}",
                at + n * 0.0095 * k + [dx * k, 0, 0],
                n,
                (0.009 * k, 0.004 * k),
                trim,
            )


def school_summer(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a short-sleeved blouse with bow, checked pleated skirt, socks and loafers."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#f6f7fb",
        "skirt": "#5a6f96",
        "bow": "#b8303e",
        "accent": "#e9eef8",
        "sock": "#f4f4f6",
        **spec.colours,
    }
    waist = waist_of(form)
    line = neckline(form, 0.040, up=0.004)
    look = Look(c["main"], "flat", folds=6, loose=0.4)
    sleeve = SleeveCut(0.08, 0.42, (0.011, 0.024), folds=0.004, rows=12)
    add_bodice(tailor, "blouse", Bodice(waist - 0.03 * k, 0.012, 16, 0.7), line, look, sleeve)
    cuff = SleeveCut(0.385, 0.43, (0.022, 0.018), folds=0.0, rows=4)
    add_sleeves(tailor, "blouse-cuff", cuff, Look(nuance(c["main"], -0.03)), 0.003)
    add_fold_collar(tailor, "collar", line, collar_look(c["main"]), gap=0.14, offset=0.012)
    z = float(form.front(np.zeros(1), np.array([line.front_y]))[0]) + 0.028 * k
    knot = np.array([0.0, line.front_y - 0.008 * k, z])
    add_bow(tailor, "bow", knot, FRONT, 0.052 * k, Look(c["bow"], sheen=0.15), droop=0.40)
    _school_skirt(tailor, spec, c, waist, spec.pattern or "plaid")
    _shoes(
        tailor,
        GarmentSpec("", {"sock": c["sock"], **spec.colours}, params=spec.params),
        loafers,
    )


def _school_skirt(
    tailor: Tailor, spec: GarmentSpec, c: dict[str, str], waist: float, pattern: str
) -> None:
    """Add the pleated skirt of a uniform with dark shorts below."""
    form = tailor.form
    k = form.size
    hip, knee = form.joint("leftUpperLeg")[1], form.joint("leftLowerLeg")[1]
    hem = hip - (hip - knee) * 0.85 * spec.params.get("length", 1.0)
    paint = Look(c["skirt"], "skirt", pattern=pattern, accent=c["accent"], folds=22)
    cut = Cut(
        waist + 0.01 * k,
        hem,
        0.0125 * k,
        0.085,
        22,
        0.013,
        0.85,
        rows=12,
        fine=6,
        sway=0.35,
        front=0.12,
    )
    add_skirt(tailor, "skirt", cut, paint)
    belt = Look(nuance(c["skirt"], -0.08))
    add_girdle(
        tailor, "waistband", waist - 0.014 * k, waist + 0.020 * k, 0.0185 * k, belt, puff=0.0
    )
    tailor.cover([below(waist), above(hem + 0.16 * k), arm_to(0.02)])
    coarse = tailor.coarse
    short = coarse.cut(
        coarse.base + coarse.normals * 0.003,
        [below(waist), above(hip - 0.12 * k), arm_to(0.02)],
    )
    tailor.add_cloth("safety-shorts", short, Look("#20263a", outline=0.0))


def school_winter(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a blazer over shirt and tie or bow, pleated skirt or trousers, loafers."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#28345a",
        "skirt": "#4a5878",
        "shirt": "#f6f7fb",
        "tie": "#a32c3c",
        "accent": "#c9b06a",
        "trousers": "#3a4258",
        "button": "#d8b85a",
        "sock": "#22283a",
        **spec.colours,
    }
    boy = spec.params.get("trousers", 0.0) > 0.5
    hip = form.joint("leftUpperLeg")[1]
    waist = waist_of(form)
    inner = neckline(form, 0.040, up=0.006)
    white = Look(c["shirt"], outline=0.0)
    dickey = form.cut(
        form.loose(0.005 * k, 8), [above(waist), inner.field, near_middle(0.105 * k)]
    )
    tailor.add_cloth("shirt", dickey, white)
    add_fold_collar(
        tailor,
        "shirt-collar",
        inner,
        collar_look(c["shirt"]),
        gap=0.12,
        offset=0.008,
        leaf=0.034,
        point=0.026,
    )
    low = neckline(form, 0.20).front_y
    if boy:
        tie(tailor, c["tie"], inner, low - 0.04 * k, spec.pattern or "stripe")
        from cyberdirector.character.wardrobe.modern import suit_trousers

        suit_trousers(tailor, c["trousers"], waist)
    else:
        z = float(form.front(np.zeros(1), np.array([inner.front_y]))[0]) + 0.020 * k
        knot = np.array([0.0, inner.front_y - 0.010 * k, z])
        add_bow(tailor, "bow", knot, FRONT, 0.050 * k, Look(c["tie"], sheen=0.15), droop=0.4)
        _school_skirt(
            tailor,
            spec,
            {**c, "accent": nuance(c["skirt"], 0.45)},
            waist,
            spec.pattern or "plaid",
        )
    tailor.put_on(Layers())
    tailor.over_skirts = True
    jacket(
        tailor,
        c["main"],
        hem=hip - (0.045 if boy else 0.0) * k,
        depth=0.20,
        offset=0.020,
        button=c["button"],
        buttons=2,
        lapel=0.052,
        shirt_cuff=c["shirt"],
    )
    crest = np.array([0.058 * k, form.joint("upperChest")[1] - 0.005 * k])
    z = float(form.front(crest[:1], crest[1:])[0]) + 0.026 * k
    n = form.normals_at(np.array([[crest[0], crest[1], z]]))[0]
    add_plate(
        tailor,
        "crest",
        np.array([crest[0], crest[1], z]),
        n,
        (0.014 * k, 0.017 * k),
        Look(c["accent"], outline=0.0007),
    )
    _shoes(
        tailor,
        GarmentSpec(
            "",
            {"sock": c["sock"], **spec.colours},
            params={"sock": 0.0} if boy else spec.params,
        ),
        loafers,
    )


DRESSES: dict[str, Maker] = {
    "dress": dress,
    "qipao": qipao,
    "school_summer": school_summer,
    "school_winter": school_winter,
}
"""Garment makers by kind."""
