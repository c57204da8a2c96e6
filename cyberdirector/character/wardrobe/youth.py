"""Clothes of the young: sailor uniform, hooded sweater and jeans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.hair.solids import tube
from cyberdirector.character.wardrobe.collar import (
    Neckline,
    above,
    add_band,
    arm_to,
    at_least,
    at_most,
    below,
    collar_path,
    mirrored,
    near_middle,
    neckline,
)
from cyberdirector.character.wardrobe.feet import add_shoes, over_instep, trouser_shape
from cyberdirector.character.wardrobe.form import Field, Place
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.ribbon import FRONT, add_bow, add_ribbon
from cyberdirector.character.wardrobe.skirt import Cut, add_girdle, add_skirt
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor

Floats = NDArray[np.float64]


def _sailor_collar(tailor: Tailor, line: Neckline, colour: str, stripe: str) -> None:
    """Add a sailor collar: a V in front, a square flap behind, with two stripes."""
    form = tailor.form
    k = form.size
    wide, long = 0.062 * k, 0.150 * k
    slope = np.hypot(1.0, (line.side_y - line.front_y) / line.side)
    half = line.side + wide * 1.04

    def edge(q: Place) -> Floats:
        front = wide - (line.v_height(q.x) - q.y) / slope
        back = np.minimum(half - np.abs(q.x), q.y - (line.back_y - long))
        share = smooth_step(line.axis[2] - 0.015, line.axis[2] + 0.050, q.z)
        out: Floats = back * (1 - share) + front * share
        return out

    shape = form.loose(0.0165 * k, 18, keep=0.75)
    cloth = form.cut(shape, [line.field], [edge])
    tailor.add_cloth("sailor-collar", cloth, Look(colour, "flat"))
    above_it = form.loose(0.0188 * k, 18, keep=0.75)
    for name, low in (("outer", 0.0085 * k), ("inner", 0.0165 * k)):
        ring = [at_least(edge, low), at_most(edge, low + 0.0042 * k)]
        strip = form.cut(above_it, [line.field], ring)
        tailor.add_cloth(f"stripe-{name}", strip, Look(stripe, outline=0.0))
    path = collar_path(form, line, 0.0, line.front_y - 1.0)
    for name, one in (("left", path), ("right", mirrored(path))):
        add_band(
            tailor, f"collar-edge-{name}", one, 0.009 * k, 0.0165 * k, Look(colour), 0.0, 0.002
        )


def school(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a sailor uniform: top with big collar and scarf, pleated skirt, socks, loafers."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#f5f6fa", "collar": "#2c3c66", "stripe": "#f5f6fa", "scarf": "#b8293a",
        "skirt": "#2c3c66", "sock": "#22283a", "shoe": "#4a2c22", **spec.colours,
    }  # fmt: skip
    spine, chest = form.joint("spine")[1], form.joint("chest")[1]
    waist = spine + 0.30 * (chest - spine)
    knee, hip = form.joint("leftLowerLeg")[1], form.joint("leftUpperLeg")[1]
    line = neckline(form, 0.125)
    shape = form.loose(0.010 * k, 18, keep=0.75)
    below_collar = at_least(line.field, 0.006 * k)
    cloth = form.cut(form.tucked(shape), [above(waist - 0.03 * k), below_collar, arm_to(0.26)])
    tailor.add_cloth("top", cloth, Look(c["main"], "flat", folds=6))
    long = spec.params.get("sleeve", 1.0) > 0.5
    end = 0.95 if long else 0.42
    sleeve = SleeveCut(0.09, end - 0.045, (0.0085, 0.020), folds=0.004)
    add_sleeves(tailor, "sleeve", sleeve, Look(c["main"], "sleeve", folds=6))
    cuff = SleeveCut(
        end - 0.06, end + 0.02, (0.026, 0.021 if not long else 0.012), folds=0.0, rows=4
    )
    add_sleeves(tailor, "cuff", cuff, Look(c["collar"]))
    tailor.cover([above(waist), line.field, arm_to(end - 0.06)])
    guard = form.cut(
        form.loose(0.004 * k, 4),
        [
            neckline(form, 0.075).field,
            above(line.front_y - 0.02),
            near_middle(0.075 * k),
            lambda q: q.z - line.axis[2],
        ],
    )
    tailor.add_cloth("dickey", guard, Look(c["main"], outline=0.0))
    _sailor_collar(tailor, line, c["collar"], c["stripe"])
    z = float(form.front(np.zeros(1), np.array([line.front_y - 0.01]))[0]) + 0.024 * k
    knot = np.array([0.0, line.front_y - 0.012 * k, z])
    scarf = Look(c["scarf"], sheen=0.2)
    add_bow(tailor, "scarf", knot, FRONT, 0.058 * k, scarf, droop=0.5)
    for sign in (-1, 1):
        top = knot + np.array([sign * 0.008 * k, -0.006 * k, -0.004])
        add_ribbon(
            tailor, f"scarf-{sign}", top, 0.11 * k, (0.018 * k, 0.034 * k), scarf, FRONT,
            parent="upperChest", bow=0.012 * k, lean=sign * 0.02 * k, chain=0.0,
        )  # fmt: skip
    length = (hip - knee) * 0.90 * spec.params.get("length", 1.0)
    pleated = Look(c["skirt"], "skirt", pattern=spec.pattern, accent="#8090b8", folds=22)
    cut = Cut(
        waist + 0.01 * k, hip - length, 0.0125 * k, 0.085, 22, 0.013, 0.85, rows=12, fine=6,
        sway=0.35,
        front=0.12,
    )  # fmt: skip
    add_skirt(tailor, "skirt", cut, pleated)
    belt = Look(nuance(c["skirt"], -0.05))
    add_girdle(
        tailor, "waistband", waist - 0.012 * k, waist + 0.020 * k, 0.0125 * k, belt, puff=0.0
    )
    tailor.cover([below(waist), above(hip - length + 0.16 * k), arm_to(0.02)])
    _safety_shorts(tailor, waist, hip - 0.12 * k, "#20263a")
    socks = tailor.coarse.cut(
        tailor.coarse.base + tailor.coarse.normals * 0.003,
        [below(knee - 0.06 * k), above(0.004)],
    )
    tailor.add_cloth("socks", socks, Look(c["sock"], outline=0.0008))
    tailor.cover([below(knee - 0.075 * k), lambda q: q.leg - 0.5])
    add_shoes(
        tailor, "loafers", 0.070 * k, Look(c["shoe"], sheen=0.4), Look("#2a1a14"), offset=0.008,
        toe=0.012, point=0.25, open_top=0.016, thickness=0.018,
    )  # fmt: skip


def _safety_shorts(tailor: Tailor, high: float, low: float, colour: str) -> None:
    """Add dark shorts under a short skirt."""
    form = tailor.coarse
    cloth = form.cut(form.base + form.normals * 0.003, [below(high), above(low), arm_to(0.02)])
    tailor.add_cloth("shorts", cloth, Look(colour, outline=0.0))


def hoodie(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a hooded sweater, jeans and sneakers."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#c9a24a", "rib": "#a8853a", "string": "#f2efe8", "jeans": "#41597d",
        "shoe": "#f0f0f0", "sole": "#ffffff", "shirt": "#f4f4f2", **spec.colours,
    }  # fmt: skip
    hip, ankle = form.joint("leftUpperLeg")[1], form.joint("leftFoot")[1]
    line = neckline(form, 0.062, wide=0.008)
    shape = form.loose(0.026 * k, 30, keep=0.7)
    hem = hip - 0.01 * k
    main = Look(c["main"], "flat", folds=6)
    cloth = form.cut(form.tucked(shape), [above(hem), line.field, arm_to(0.26)])
    tailor.add_cloth("hoodie", cloth, main)
    tailor.cover([above(hem + 0.02), line.field, arm_to(0.88)])
    add_girdle(
        tailor,
        "rib-hem",
        hem - 0.012 * k,
        hem + 0.042 * k,
        0.024 * k,
        Look(c["rib"]),
        puff=0.004,
    )
    add_sleeves(
        tailor, "sleeve", SleeveCut(0.05, 0.95, (0.022, 0.030), folds=0.006),
        Look(c["main"], "sleeve", folds=6),
    )  # fmt: skip
    add_sleeves(
        tailor,
        "rib-cuff",
        SleeveCut(0.93, 1.01, (0.022, 0.010), folds=0.0, rows=6),
        Look(c["rib"]),
    )
    tee = form.cut(
        form.loose(0.004 * k, 4),
        [neckline(form, 0.04).field, above(line.front_y - 0.03), near_middle(0.09 * k)],
    )
    tailor.add_cloth("tee", tee, Look(c["shirt"]))
    _hood(tailor, line, main)
    borders: list[Field] = [
        above(hem + 0.05 * k),
        below(hem + 0.19 * k),
        lambda q: np.where(q.z > 0, 1.0, -1.0),
        lambda q: 0.115 * k - np.abs(q.x) - 0.45 * np.clip(q.y - hem - 0.12 * k, 0, 1),
    ]
    pocket = form.cut(form.loose(0.0285 * k, 30, keep=0.7), borders)
    tailor.add_cloth("pocket", pocket, main)
    for sign in (-1, 1):
        y = line.front_y + 0.004
        x = sign * 0.022 * k
        # They hang free of the chest, which comes forward below the neck.
        reach = y - np.linspace(0.0, 0.12 * k, 7)
        z = float(form.front(np.full(7, x), reach).max()) + 0.034 * k
        add_ribbon(
            tailor, f"string-{sign}", np.array([x, y, z]), 0.15 * k, (0.006 * k, 0.006 * k),
            Look(c["string"]), FRONT, parent="upperChest", bow=0.012 * k, chain=0.7,
        )  # fmt: skip
    if "bottom" not in tailor.given:
        _jeans(tailor, c["jeans"])
    add_shoes(
        tailor, "sneakers", ankle + 0.022, Look(c["shoe"]), Look(c["sole"]), offset=0.011,
        toe=0.012, point=0.15, thickness=0.026, laces=Look(nuance(c["shoe"], -0.28)),
    )  # fmt: skip


def _jeans(tailor: Tailor, colour: str) -> None:
    """Add plain jeans."""
    form = tailor.form
    k = form.size
    hip, ankle = form.joint("leftUpperLeg")[1], form.joint("leftFoot")[1]
    keep = [below(hip + 0.06 * k), over_instep(form, ankle - 0.010), arm_to(0.02)]
    jeans = tailor.coarse.cut(trouser_shape(tailor.coarse, 0.007, (0.078, 0.062)), keep)
    tailor.add_cloth("jeans", jeans, Look(colour, "flat", folds=6))
    tailor.cover([keep[0], above(ankle + 0.015), arm_to(0.02)])


def _hood(tailor: Tailor, line: Neckline, look: Look) -> None:
    """Add a hood that lies folded on the shoulders and the back."""
    form = tailor.form
    k = form.size
    half = collar_path(form, line, 0.0, line.front_y - 1.0)
    path = np.concatenate([half[::-1], mirrored(half)[6:]])
    n = form.normals_at(path)
    s = np.abs(np.linspace(-1, 1, len(path)))
    radius = (0.012 + 0.026 * smooth_step(0.75, 0.10, s)) * k
    back = smooth_step(0.55, 0.0, s)[:, None]
    path = path + n * (0.018 * k + 0.5 * radius[:, None])
    path = path - np.array([0.0, 0.030, 0.016]) * k * back
    path = gaussian_filter1d(path, 1.5, axis=0, mode="nearest")
    p, t, _ = tube(path, radius, 12)
    tailor.add("hood", p, t, tailor.weights_at(p), look)


YOUTH: dict[str, Maker] = {"school": school, "hoodie": hoodie}
"""Garment makers by kind."""
