"""Clothes of today."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.wardrobe.collar import (
    Neckline,
    above,
    add_band,
    arm_to,
    below,
    collar_path,
    mirrored,
    near_middle,
    neckline,
)
from cyberdirector.character.wardrobe.feet import add_shoes, over_instep, trouser_shape
from cyberdirector.character.wardrobe.loft import band, orient
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.ribbon import FRONT, add_bow, add_plate, add_ribbon
from cyberdirector.character.wardrobe.skirt import Cut, add_girdle, add_skirt
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor

Floats = NDArray[np.float64]


def shirt(
    tailor: Tailor, colour: str, waist: float, *, depth: float = 0.055, full: bool = True,
    pattern: str = "", accent: str = "",
) -> Neckline:  # fmt: skip
    """Add a shirt or blouse with a turned-down collar; ``full`` with trunk and sleeves."""
    form = tailor.form
    k = form.size
    line = neckline(form, depth, up=0.006)
    outline = 0.0011 if full else 0.0
    look = Look(colour, "flat", pattern=pattern, accent=accent, folds=6, outline=outline)
    fields = [above(waist - 0.03 * k), line.field]
    if full:
        cloth = form.cut(form.tucked(form.loose(0.008 * k, 10)), [*fields, arm_to(0.26)])
        tailor.cover([*fields, arm_to(0.80)])
    else:
        cloth = form.cut(form.loose(0.005 * k, 8), [*fields, near_middle(0.105 * k)])
    tailor.add_cloth("shirt", cloth, look)
    path = collar_path(form, line, 0.0, waist)
    for name, one in (("left", path), ("right", mirrored(path))):
        shift = (0.011 if name == "left" else -0.011) * k
        add_band(
            tailor, f"shirt-collar-{name}", one, 0.034 * k, 0.0105 * k,
            Look(colour, outline=0.0006), shift, 0.002,
        )  # fmt: skip
    return line


def tie(
    tailor: Tailor, colour: str, line: Neckline, low: float, look_pattern: str = ""
) -> None:
    """Add a necktie from the neckline down to a height, where a jacket closes over it."""
    form = tailor.form
    k = form.size
    y = np.linspace(line.front_y + 0.004, low, 22)
    s = np.linspace(0, 1, 22)
    body = gaussian_filter1d(form.front(np.zeros(22), y), 1.5, mode="nearest")
    hung = np.maximum.accumulate(body)
    z = hung + (body - 0.004 * k - hung) * smooth_step(0.40, 0.75, s)
    path = np.stack([0 * y, y, z], axis=1)
    width = (0.030 + 0.030 * smooth_step(0.0, 0.9, s)) * k
    n = np.tile(FRONT, (22, 1))
    p, t, _, _ = band(path + n * 0.012 * k, n, width, 0.002)
    look = Look(colour, "flat", pattern=look_pattern, sheen=0.2)
    tailor.add("tie", p, orient(p, t, np.repeat(n, 6, axis=0)), tailor.weights_at(p), look)
    top = np.array([0.0, line.front_y + 0.010 * k, z[0] + 0.018 * k])
    add_plate(tailor, "tie-knot", top, FRONT, (0.019 * k, 0.019 * k), look)


def jacket(
    tailor: Tailor, colour: str, *, hem: float, depth: float, offset: float = 0.016,
    button: str = "#2a2a2e", sleeve_end: float = 0.97, buttons: int = 2, lapel: float = 0.062,
    shirt_cuff: str = "",
) -> None:  # fmt: skip
    """Add a tailored jacket with collar, lapels, buttons and sleeves."""
    form = tailor.form
    k = form.size
    line = neckline(form, depth, wide=0.004)
    look = Look(colour, "flat", folds=6)
    fields = [above(hem), line.field]
    shape = form.loose(offset * k, 24, keep=0.75)
    skirt = smooth_step(hem + 0.13 * k, hem, form.place.y) * (form.place.arm < 0.2)
    shape = shape + form.normals * np.array([1.0, 0.0, 1.0]) * (0.012 * k * skirt)[:, None]
    level = smooth_step(hem + 0.06 * k, hem + 0.01 * k, form.place.y) * (form.place.arm < 0.2)
    shape[:, 1] += (form.place.y - shape[:, 1]) * level
    cloth = form.cut(form.tucked(shape), [*fields, arm_to(0.26)])
    tailor.add_cloth("jacket", cloth, look)
    tailor.cover([above(hem + 0.02), line.field, arm_to(0.88)], sleeves=True)
    add_sleeves(
        tailor, "jacket-sleeve",
        SleeveCut(0.06, sleeve_end, (offset - 0.002, 0.016), folds=0.0025),
        Look(colour, "sleeve", folds=6),
    )  # fmt: skip
    if shirt_cuff:
        cuff = SleeveCut(
            sleeve_end - 0.045, sleeve_end + 0.025, (0.0015, 0.010), folds=0.0, rows=5
        )
        add_sleeves(tailor, "shirt-cuff", cuff, Look(shirt_cuff))
    _lapels(tailor, line, colour, offset, lapel)
    y = np.linspace(
        line.front_y - 0.012 * k, line.front_y - 0.012 * k - 0.095 * k * (buttons - 1), buttons
    )
    z = form.front(np.full(buttons, 0.012 * k), y) + (offset + 0.006) * k
    for i in range(buttons):
        at = np.array([0.012 * k, y[i], z[i]])
        add_plate(tailor, f"button-{i}", at, FRONT, (0.0075 * k, 0.0075 * k), Look(button))
    low = np.linspace(line.front_y, hem + 0.004, 20)
    seam = np.stack([0 * low, low, form.front(np.zeros(20), low)], axis=1)
    seam[:, 2] = gaussian_filter1d(seam[:, 2], 2.0, mode="nearest")
    add_band(
        tailor,
        "front-edge",
        seam,
        0.0035 * k,
        (offset + 0.0025) * k,
        Look(nuance(colour, -0.10)),
        0.0,
        0.001,
    )


def _lapels(tailor: Tailor, line: Neckline, colour: str, offset: float, width: float) -> None:
    """Add the collar and the two lapels along the edges of a jacket's neckline."""
    form = tailor.form
    k = form.size
    path = collar_path(form, line, 0.0, line.front_y - 1.0)
    n = len(path)
    cut = int(0.42 * n)
    s = np.linspace(0, 1, n - cut + 1)
    wide = width * k * (1.0 - 0.70 * smooth_step(0.05, 1.0, s) ** 1.2)
    for name, sign, one in (("left", 1.0, path), ("right", -1.0, mirrored(path))):
        look = Look(nuance(colour, 0.07), "flat", outline=0.0014)
        _wide_band(
            tailor, f"collar-{name}", one[: cut + 1], 0.040 * k, sign, offset + 0.006, look
        )
        _wide_band(tailor, f"lapel-{name}", one[cut - 1 :], wide, sign, offset + 0.004, look)


def _wide_band(
    tailor: Tailor, name: str, path: Floats, width: Floats | float, sign: float, offset: float,
    look: Look,
) -> None:  # fmt: skip
    """Add a band that lies beside a path, on the cloth side of the edge."""
    form = tailor.form
    n = gaussian_filter1d(form.normals_at(path), 2.0, axis=0, mode="nearest")
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    half = np.broadcast_to(np.asarray(width), (len(path),)) * 0.5
    p, t, uv, _ = band(path + n * offset * form.size, n, width, 0.0022, sign * (half - 0.010))
    rows = len(path)
    out = np.repeat(n, len(p) // rows, axis=0)
    t = orient(p, t, out)
    at = None if look.paint == "flat" else uv
    tailor.add(name, p, t, tailor.weights_at(p), look, at, out, flat=True)


def suit_trousers(
    tailor: Tailor, colour: str, waist: float, width: tuple[float, float] = (0.084, 0.066)
) -> None:
    """Add pressed trousers from the waist to the shoes."""
    form = tailor.coarse
    ankle = form.joint("leftFoot")[1]
    keep = [below(waist), over_instep(form, ankle - 0.018), arm_to(0.02)]
    cloth = form.cut(trouser_shape(form, 0.009, width), keep)
    tailor.add_cloth("trousers", cloth, Look(colour, "flat", folds=6))
    tailor.cover([keep[0], above(ankle + 0.012), arm_to(0.02)])


def suit(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a man's suit: jacket, shirt, tie, trousers, leather shoes."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#2b3244", "shirt": "#f4f5f8", "tie": "#7a1f2b", "trousers": "#2b3244",
        "shoe": "#1c1a1c", "button": "#15161c", "belt": "#1c1a1c", **spec.colours,
    }  # fmt: skip
    hips, spine = form.joint("leftUpperLeg")[1], form.joint("spine")[1]
    waist = spine + 0.02 * k
    line = shirt(tailor, c["shirt"], spine + 0.05 * k, depth=0.036, full=False)
    low = neckline(form, 0.30).front_y
    tie(tailor, c["tie"], line, low, spec.pattern or "stripe")
    suit_trousers(tailor, c["trousers"], waist)
    jacket(
        tailor, c["main"], hem=hips - 0.055 * k, depth=0.30, button=c["button"],
        shirt_cuff=c["shirt"],
    )  # fmt: skip
    add_shoes(
        tailor, "shoes", form.joint("leftFoot")[1] + 0.012, Look(c["shoe"], sheen=0.5),
        Look("#0f0e10"), offset=0.007, toe=0.026, point=0.55, open_top=0.012,
    )  # fmt: skip


def office_dress(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a blouse with a bow, a pencil skirt, stockings and pumps; ``blazer`` 1 adds one."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#2c3040", "blouse": "#f6f2f0", "skirt": "#2c3040", "bow": "#f6f2f0",
        "stocking": "#4a3c40", "shoe": "#1d1b20", "button": "#c9a962", **spec.colours,
    }  # fmt: skip
    spine, chest = form.joint("spine")[1], form.joint("chest")[1]
    waist = spine + 0.35 * (chest - spine)
    knee = form.joint("leftLowerLeg")[1]
    blazer = spec.params.get("blazer", 1.0) > 0.5
    line = shirt(tailor, c["blouse"], waist, depth=0.07, full=not blazer)
    z = float(form.front(np.zeros(1), np.array([line.front_y - 0.008]))[0]) + 0.020 * k
    knot = np.array([0.0, line.front_y - 0.002, z])
    silk = Look(c["bow"], sheen=0.15)
    add_bow(tailor, "neck-bow", knot, FRONT, 0.052 * k, silk, droop=0.30)
    for sign, long in ((-1, 0.085), (1, 0.072)):
        top = knot + np.array([sign * 0.006 * k, -0.006 * k, -0.002])
        add_ribbon(
            tailor, f"neck-bow-end-{sign}", top, long * k, (0.014 * k, 0.022 * k), silk, FRONT,
            parent="upperChest", bow=0.010 * k, lean=sign * 0.016 * k, chain=0.0,
        )  # fmt: skip
    hem = form.joint("hips")[1] - 0.025 * k
    top = hem + 0.03 * k if blazer else waist + 0.01 * k
    cut = Cut(
        top,
        knee + 0.03 * k,
        (-0.002 if blazer else 0.008) * k,
        0.008,
        0,
        0.0,
        0.0,
        0.45,
        sway=0.0,
    )
    add_skirt(tailor, "skirt", cut, Look(c["skirt"], "skirt"))
    if not blazer:
        band_look = Look(nuance(c["skirt"], -0.06))
        add_girdle(
            tailor, "waistband", waist - 0.014 * k, waist + 0.018 * k, 0.014 * k, band_look
        )
    tailor.cover([below(waist), above(knee + 0.05 * k), arm_to(0.02)])
    if blazer:
        jacket(
            tailor, c["main"], hem=hem, depth=0.22, offset=0.019,
            button=c["button"], buttons=1, lapel=0.050, shirt_cuff=c["blouse"],
        )  # fmt: skip
    else:
        blouse = Look(c["blouse"], "sleeve", folds=6)
        add_sleeves(
            tailor, "sleeve", SleeveCut(0.08, 0.98, (0.009, 0.024), folds=0.004), blouse
        )
        end = SleeveCut(0.94, 1.0, (0.008, 0.008), folds=0.0, rows=4)
        add_sleeves(tailor, "cuff", end, Look(c["blouse"]))
    legs = tailor.coarse.cut(
        tailor.coarse.base + tailor.coarse.normals * 0.001,
        [below(knee + 0.12 * k), above(0.030 * k)],
    )
    tailor.add_cloth("stockings", legs, Look(c["stocking"], outline=0.0006))
    tailor.cover([below(knee + 0.10 * k), lambda q: q.leg - 0.5])
    add_shoes(
        tailor, "pumps", 0.062 * k, Look(c["shoe"], sheen=0.5), Look("#121014"), offset=0.008,
        toe=0.022, point=0.8, open_top=0.022, thickness=0.010,
    )  # fmt: skip


MODERN: dict[str, Maker] = {"suit": suit, "office_dress": office_dress}
"""Garment makers by kind."""
