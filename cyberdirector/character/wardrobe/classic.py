"""Garments of costume drama."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.piece import Piece
from cyberdirector.character.wardrobe.collar import (
    above,
    add_band,
    arm_to,
    at_most,
    below,
    collar_path,
    mirrored,
    neckline,
)
from cyberdirector.character.wardrobe.feet import add_shoes, trouser_shape
from cyberdirector.character.wardrobe.look import Look, blend, nuance
from cyberdirector.character.wardrobe.ribbon import add_bow, add_pendant, add_plate, add_ribbon
from cyberdirector.character.wardrobe.skirt import (
    Cut,
    add_girdle,
    add_skirt,
    front_of,
    skirt_reach,
)
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor


def colours_of(spec: GarmentSpec, **defaults: str) -> dict[str, str]:
    """Return the colours by role; what depends on another colour follows the given one."""
    given = {**defaults, **spec.colours}
    if "main" in spec.colours and "skirt" in defaults and spec.kind != "ruqun":
        given["skirt"] = spec.colours.get("skirt", given["main"])
    skirt = given.get("skirt", given["main"])
    if spec.colours and "hem" not in spec.colours:
        deep = (
            blend(skirt, given["trim"], 0.42) if spec.kind == "ruqun" else nuance(skirt, -0.22)
        )
        given["hem"] = deep
    if spec.colours and "accent" not in spec.colours:
        given["accent"] = blend(
            given["trim"], "#ffffff", 0.80 if spec.kind == "ruqun" else 0.45
        )
    return given


def crossed_top(
    tailor: Tailor, colour: dict[str, str], pattern: str, *, waist: float, depth: float,
    sleeve: SleeveCut, cuff: float = 0.07, collar: float = 0.032, down: float = 0.03,
) -> None:  # fmt: skip
    """Add an upper garment with crossed collar, trims, an inner collar and sleeves."""
    form = tailor.form
    k = form.size
    line, inner = neckline(form, depth), neckline(form, depth * 0.74, up=0.006)
    hem = above(waist - down * k)
    main = Look(colour["main"], "flat", pattern=pattern, accent=colour["accent"], folds=6)
    trim, white = Look(colour["trim"]), Look(colour["inner"], outline=0.0)

    bust = above(max(waist - down * k, line.front_y - 0.05 * k))
    under = form.cut(
        form.loose(0.004 * k, 4), [bust, inner.field, at_most(line.field, 0.030 * k)]
    )
    tailor.add_cloth("inner", under, white)
    body = form.cut(form.tucked(form.loose(0.010 * k, 14)), [hem, line.field, arm_to(0.26)])
    tailor.add_cloth("top", body, main)
    tailor.cover([above(waist - 0.03 * k), line.field, arm_to(0.85)])

    past = 0.30 * k
    outer = collar_path(form, line, past, waist)
    short = mirrored(collar_path(form, line, -0.002 * k, waist))
    second = collar_path(form, inner, 0.004 * k, waist)
    add_band(tailor, "collar-inner-left", second, 0.020 * k, 0.0095 * k, white)
    add_band(tailor, "collar-inner-right", mirrored(second), 0.020 * k, 0.0080 * k, white)
    add_band(tailor, "collar-right", short, collar * k, 0.0125 * k, trim)
    add_band(tailor, "collar-left", outer, collar * k, 0.0155 * k, trim)

    cloth = Look(
        colour["main"], "sleeve", pattern=pattern, accent=colour["accent"], folds=6,
        drape=sleeve.drop > 0.05,
    )  # fmt: skip
    add_sleeves(tailor, "sleeve", sleeve, cloth)
    if cuff > 0:
        cuffs(tailor, sleeve, cuff, trim)


def cuffs(tailor: Tailor, sleeve: SleeveCut, width: float, look: Look) -> None:
    """Add trimmed sleeve ends that move with the sleeves."""
    share = width
    end = replace(sleeve, start=sleeve.end - share, rows=4)
    s = (end.start - sleeve.start) / (sleeve.end - sleeve.start)
    s = s * s * (3 - 2 * s)
    begin = sleeve.ease[0] + (sleeve.ease[1] - sleeve.ease[0]) * s
    add_sleeves(
        tailor, "cuff", replace(end, ease=(begin, sleeve.ease[1])), look, lift=0.0040,
        shared="sleeve" if sleeve.drop > 0.05 and sleeve.chains else "",
    )  # fmt: skip


def ruqun(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add 襦裙: crossed-collar top, wide sleeves, high sash with ribbons, pleated skirt."""
    form = tailor.form
    k = form.size
    c = colours_of(
        spec, main="#8fb4d8", accent="#d8e6f4", trim="#3c5a8c", inner="#f6f3ee",
        sash="#34528a", skirt="#eef2f8", hem="#8fb0d6", shoe="#e8dcd0",
    )  # fmt: skip
    chest, upper = form.joint("chest")[1], form.joint("upperChest")[1]
    waist = chest + (0.30 + spec.params.get("waist", 0.0)) * (upper - chest)
    long = SleeveCut(
        0.10, 1.06, (0.0075, 0.022), drop=0.22 * spec.params.get("sleeve", 1.0), slant=0.02
    )
    crossed_top(tailor, c, spec.pattern, waist=waist, depth=0.135, sleeve=long)
    hem = 0.030 + 0.35 * (1 - spec.params.get("length", 1.0))
    skirt = Look(
        c["skirt"],
        "skirt",
        c["hem"],
        spec.pattern or "cloud",
        c["accent"],
        folds=34,
        border=0.06,
        sheen=0.1,
    )
    add_skirt(tailor, "skirt", Cut(waist + 0.012 * k, hem, 0.011 * k, 0.17, 34), skirt)
    sash = Look(c["sash"], "flat", sheen=0.15)
    wound = add_girdle(tailor, "sash", waist - 0.034 * k, waist + 0.034 * k, 0.019 * k, sash)
    line = Look(c["accent"], outline=0.0)
    add_girdle(
        tailor, "sash-line", waist - 0.007 * k, waist + 0.007 * k, 0.0250 * k, line, rows=4
    )
    out = np.array([0.0, 0.0, 1.0])
    knot = np.array([0.0, waist, front_of(wound.positions) + 0.008 * k])
    add_bow(tailor, "bow", knot, out, 0.060 * k, sash)
    for side, length, lean in ((1, 0.52, 0.03), (-1, 0.44, -0.03)):
        top = knot + np.array([side * 0.010 * k, -0.012 * k, -0.004])
        add_ribbon(
            tailor, f"ribbon-{side}", top, length * k, (0.022 * k, 0.034 * k), sash, out,
            bow=0.055 * k, lean=lean * k,
        )  # fmt: skip
    add_shoes(tailor, "shoes", 0.060, Look(c["shoe"]), Look("#cfc4b8"), toe=0.02, point=0.6)
    tailor.cover([lambda q: np.minimum(waist - q.y, q.y - 0.10)])


def boots(tailor: Tailor, colour: str, height: float) -> None:
    """Add cloth boots with white soles up to a share of the shin."""
    form = tailor.form
    ankle, knee = form.joint("leftFoot")[1], form.joint("leftLowerLeg")[1]
    top = ankle + height * (knee - ankle)
    add_shoes(
        tailor, "boots", top, Look(colour), Look("#e9e4da"), offset=0.009, toe=0.018,
        point=0.25, thickness=0.020, slim=0.006,
    )  # fmt: skip


def trousers(
    tailor: Tailor,
    colour: str,
    high: float,
    width: tuple[float, float] = (0.080, 0.064),
    *,
    low: float = 0.0,
    gather: float = 0.0,
) -> None:
    """Add plain trousers between two heights (``low`` 0: down to the ankle)."""
    form = tailor.coarse
    ankle = form.joint("leftFoot")[1]
    low = max(low, ankle + 0.005)
    keep = [below(high), above(low), arm_to(0.02)]
    cloth = form.cut(trouser_shape(form, 0.009, width, gather=gather), keep)
    tailor.add_cloth("trousers", cloth, Look(colour, "flat", folds=6))
    tailor.cover([keep[0], above(low + 0.02), arm_to(0.02)])


def _lap(width: float) -> tuple[float, float, float]:
    """Return where a robe closes in front, its trim ``width`` metres wide at the hem."""
    start, end = -0.50, -0.40
    turn = 2 * np.pi
    return (1 + start / turn, 1 + end / turn, width / 1.9)


def belt(
    tailor: Tailor, waist: float, half: float, colour: dict[str, str], *, tassels: bool = True,
    offset: float = 0.019,
) -> Piece:  # fmt: skip
    """Add a belt with a clasp and hanging ribbons in front; return the belt."""
    form = tailor.form
    k = form.size
    sash = Look(colour["sash"], "flat", sheen=0.15)
    wound = add_girdle(tailor, "belt", waist - half * k, waist + half * k, offset * k, sash)
    rim = Look(colour["accent"])
    for sign in (-1, 1):
        y = waist + sign * half * 0.82 * k
        add_girdle(
            tailor, f"belt-rim-{sign}", y - 0.0035 * k, y + 0.0035 * k, (offset + 0.003) * k,
            rim, rows=4,
        )  # fmt: skip
    z = front_of(wound.positions)
    out = np.array([0.0, 0.0, 1.0])
    add_plate(
        tailor,
        "clasp",
        np.array([0.0, waist, z + 0.005 * k]),
        out,
        (0.020 * k, 0.8 * half * k),
        Look(colour["accent"], role="metal", sheen=0.4),
    )
    if tassels:
        for i, (x, length) in enumerate(((0.062, 0.30), (-0.05, 0.36))):
            top = np.array([x * k, waist - half * k, z - 0.004 * k])
            add_ribbon(
                tailor, f"belt-ribbon-{i}", top, length * k, (0.018 * k, 0.022 * k), sash, out,
                bow=0.04 * k, lean=0.006 * k,
            )  # fmt: skip
    return wound


def pendant(tailor: Tailor, height: float, azimuth: float, colour: dict[str, str]) -> None:
    """Add a jade pendant that hangs from the belt at an azimuth (radians)."""
    form = tailor.form
    centre = np.array([0.0, 0.0, form.joint("hips")[2] - 0.005])
    level, angle = np.array([height]), np.array([azimuth])
    r = float(form.slice_radius(level, angle, centre)[0, 0])
    r = max(r, float(skirt_reach(tailor.skirts, level, angle, centre)[0, 0]) - 0.008)
    out = np.array([np.sin(azimuth), 0.0, np.cos(azimuth)])
    top = centre + out * (r + 0.026 * form.size) + np.array([0.0, height, 0.0])
    long = 0.24 * form.size
    low = skirt_reach(tailor.skirts, np.array([height - 0.55 * long]), angle, centre)
    bow = max(0.012, float(low[0, 0]) - r)
    jade = Look(colour.get("jade", "#a9d3b4"), sheen=0.6, role="metal")
    add_pendant(tailor, "pendant", top, out, long, jade, Look(colour["accent"]), bow)


def tucked_trousers(tailor: Tailor, colour: str) -> None:
    """Add the lower trouser legs that show under a robe, tucked into boots."""
    knee = tailor.form.joint("leftLowerLeg")[1]
    trousers(
        tailor, colour, knee + 0.10, (0.080, 0.074), low=knee - 0.13 * tailor.form.size,
        gather=knee - 0.125 * tailor.form.size,
    )  # fmt: skip


def jiaoling_robe(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a man's crossed-collar robe: belt, wide sleeves, panel skirt, trousers, boots."""
    form = tailor.form
    k = form.size
    c = colours_of(
        spec, main="#2f3d5c", accent="#c9a962", trim="#8a1f2c", inner="#f2efe8",
        sash="#5a1a22", skirt="#2f3d5c", hem="#1d2740", shoe="#20222c", trousers="#e8e4dc",
    )  # fmt: skip
    spine, chest = form.joint("spine")[1], form.joint("chest")[1]
    waist = spine + 0.35 * (chest - spine)
    wide = SleeveCut(
        0.10, 1.06, (0.0075, 0.024), drop=0.22 * spec.params.get("sleeve", 1.0), slant=0.015
    )
    crossed_top(tailor, c, spec.pattern, waist=waist, depth=0.150, sleeve=wide, collar=0.036)
    ankle = form.joint("leftFoot")[1]
    hem = ankle + 0.045 * k + 0.40 * (1 - spec.params.get("length", 1.0))
    skirt = Look(
        c["skirt"],
        "skirt",
        c["hem"],
        spec.pattern,
        c["accent"],
        folds=16,
        border=0.05,
        lap=_lap(0.034),
        trim=c["trim"],
    )
    cut = Cut(waist + 0.012 * k, hem, 0.011 * k, 0.125, 16, 0.012, 0.15, fine=6)
    tucked_trousers(tailor, c["trousers"])
    add_skirt(tailor, "skirt", cut, skirt)
    belt(tailor, waist, 0.030, c)
    pendant(tailor, waist - 0.030 * k, 0.5, c)
    boots(tailor, c["shoe"], 0.75)
    tailor.cover([lambda q: np.minimum(waist - q.y, q.y - hem - 0.05)])


def daopao(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add an elder's long plain robe with broad collar, wide sleeves and a cord."""
    form = tailor.form
    k = form.size
    c = colours_of(
        spec, main="#6f7466", accent="#d8d2c0", trim="#3b3d38", inner="#f2efe8",
        sash="#3b3d38", hem="#585c50", shoe="#2a2a2c", trousers="#dcd6ca",
    )  # fmt: skip
    waist = form.joint("chest")[1]
    wide = SleeveCut(0.10, 1.07, (0.0075, 0.026), drop=0.24, slant=0.015)
    crossed_top(
        tailor, c, spec.pattern, waist=waist, depth=0.165, sleeve=wide, collar=0.046, cuff=0.09
    )
    hem = form.joint("leftFoot")[1] + 0.02 * k
    skirt = Look(
        c["main"],
        "skirt",
        c["hem"],
        spec.pattern,
        c["accent"],
        folds=12,
        lap=_lap(0.044),
        trim=c["trim"],
    )
    cut = Cut(waist + 0.010 * k, hem, 0.012 * k, 0.13, 12, 0.014, 0.1, fine=8)
    trousers(tailor, c["trousers"], form.joint("leftLowerLeg")[1] - 0.02)
    add_skirt(tailor, "skirt", cut, skirt)
    cord = Look(c["sash"])
    wound = add_girdle(tailor, "cord", waist - 0.010 * k, waist + 0.010 * k, 0.017 * k, cord)
    z = front_of(wound.positions) + 0.010 * k
    out = np.array([0.0, 0.0, 1.0])
    for i, length in enumerate((0.34, 0.28)):
        top = np.array([(0.012 - 0.024 * i) * k, waist, z])
        add_ribbon(
            tailor, f"cord-{i}", top, length * k, (0.009 * k, 0.011 * k), Look(c["sash"]), out,
            bow=0.05 * k, lean=(0.02 - 0.04 * i) * k,
        )  # fmt: skip
    boots(tailor, c["shoe"], 0.35)
    tailor.cover([lambda q: np.minimum(waist - q.y, q.y - hem - 0.05)])


def duanda(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a working man's short jacket, trousers, cloth belt and shoes (短打)."""
    form = tailor.form
    k = form.size
    c = colours_of(
        spec, main="#8a6b4a", accent="#c8b08a", trim="#5c4630", inner="#efe8da",
        sash="#4a3a2c", hem="#7a5d40", shoe="#2c2622", trousers="#4c5260", wrap="#d8d0c0",
    )  # fmt: skip
    spine, chest = form.joint("spine")[1], form.joint("chest")[1]
    waist = spine + 0.30 * (chest - spine)
    short = SleeveCut(0.10, 0.80, (0.0075, 0.018), folds=0.004)
    crossed_top(
        tailor, c, spec.pattern, waist=waist, depth=0.140, sleeve=short, collar=0.030, cuff=0.08
    )
    hem = form.joint("leftUpperLeg")[1] - 0.16 * k
    tail = Look(c["main"], "skirt", c["hem"], folds=10, lap=_lap(0.044), trim=c["trim"])
    cut = Cut(
        waist + 0.010 * k, hem, 0.012 * k, 0.05, 10, 0.008, 0.1, rows=10, fine=7, sway=0.3
    )
    knee = form.joint("leftLowerLeg")[1]
    trousers(
        tailor,
        c["trousers"],
        waist - 0.05 * k,
        (0.098, 0.088),
        low=knee - 0.13 * k,
        gather=knee - 0.125 * k,
    )
    add_skirt(tailor, "tail", cut, tail)
    add_girdle(
        tailor,
        "sash",
        waist - 0.030 * k,
        waist + 0.026 * k,
        0.022 * k,
        Look(c["sash"], "flat"),
        puff=0.006,
    )
    z = form.slice_radius(np.array([waist]), np.array([0.35]), np.zeros(3))[0, 0]
    top = np.array([0.36 * z, waist - 0.02 * k, 0.94 * z + 0.026 * k])
    out = np.array([0.3, 0.0, 0.95])
    add_ribbon(tailor, "sash-end", top, 0.20 * k, (0.03 * k, 0.045 * k), Look(c["sash"]), out)
    ankle = form.joint("leftFoot")[1]
    wrap = [
        lambda q: np.where(q.leg > 0.5, knee - 0.10 * k - q.y, -0.05),
        above(ankle + 0.004),
    ]
    # The trousers go into the wraps.
    over = 0.012 + 0.011 * smooth_step(knee - 0.18 * k, knee - 0.11 * k, form.place.y)
    wrapped = form.cut(form.base + form.normals * (over * k)[:, None], wrap)
    turns = tuple(
        (-0.2, low, 0.2, low + 0.012, 0.007, "both")
        for low in np.linspace(ankle + 0.03 * k, knee - 0.12 * k, 7)
    )
    tailor.add_cloth("leg-wraps", wrapped, Look(c["wrap"], "flat", shade=turns))
    tailor.cover(wrap, 0.004)
    add_shoes(
        tailor,
        "shoes",
        ankle + 0.012,
        Look(c["shoe"]),
        Look("#e0d8cc"),
        toe=0.014,
        point=0.2,
        open_top=0.02,
    )


CLASSIC: dict[str, Maker] = {
    "ruqun": ruqun,
    "jiaoling_robe": jiaoling_robe,
    "daopao": daopao,
    "duanda": duanda,
}
"""Garment makers by kind."""
