"""Garments of costume drama."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cyberdirector.character.wardrobe.collar import (
    above,
    add_band,
    arm_to,
    collar_path,
    mirrored,
    neckline,
)
from cyberdirector.character.wardrobe.feet import add_shoes
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.ribbon import add_bow, add_ribbon
from cyberdirector.character.wardrobe.skirt import Cut, add_girdle, add_skirt
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Tailor

Maker = Callable[[Tailor, GarmentSpec], None]


def _colours(spec: GarmentSpec, **defaults: str) -> dict[str, str]:
    return {**defaults, **spec.colours}


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
    trim, white = Look(colour["trim"]), Look(colour["inner"])

    under = form.cut(form.loose(0.004 * k, 4), [hem, inner.field, arm_to(0.14)])
    tailor.add_cloth("inner", under, white)
    body = form.cut(form.loose(0.010 * k, 14), [hem, line.field, arm_to(0.26)])
    tailor.add_cloth("top", body, main)
    form.cover([above(waist - 0.03 * k), line.field, arm_to(0.85)])

    past = 0.30 * k
    outer = collar_path(form, line, past, waist)
    short = mirrored(collar_path(form, line, 0.035 * k, waist))
    second = collar_path(form, inner, 0.02 * k, waist)
    add_band(tailor, "collar-inner-left", second, 0.020 * k, 0.0095 * k, white)
    add_band(tailor, "collar-inner-right", mirrored(second), 0.020 * k, 0.0080 * k, white)
    add_band(tailor, "collar-right", short, collar * k, 0.0125 * k, trim)
    add_band(tailor, "collar-left", outer, collar * k, 0.0155 * k, trim)

    cloth = Look(colour["main"], "sleeve", pattern=pattern, accent=colour["accent"], folds=6)
    add_sleeves(tailor, "sleeve", sleeve, cloth)
    if cuff > 0:
        _cuffs(tailor, sleeve, cuff, trim)


def _cuffs(tailor: Tailor, sleeve: SleeveCut, width: float, look: Look) -> None:
    """Add trimmed sleeve ends that move with the sleeves."""
    from dataclasses import replace

    share = width
    end = replace(sleeve, start=sleeve.end - share, rows=4)
    s = (end.start - sleeve.start) / (sleeve.end - sleeve.start)
    s = s * s * (3 - 2 * s)
    begin = sleeve.ease[0] + (sleeve.ease[1] - sleeve.ease[0]) * s
    add_sleeves(
        tailor, "cuff", replace(end, ease=(begin, sleeve.ease[1])), look, lift=0.0022,
        shared="sleeve" if sleeve.drop > 0.05 and sleeve.chains else "",
    )  # fmt: skip


def ruqun(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add 襦裙: crossed-collar top, wide sleeves, high sash with ribbons, pleated skirt."""
    form = tailor.form
    k = form.size
    c = _colours(
        spec, main="#8fb4d8", accent="#d8e6f4", trim="#3c5a8c", inner="#f6f3ee",
        sash="#34528a", skirt="#eef2f8", hem="#8fb0d6", shoe="#e8dcd0",
    )  # fmt: skip
    chest, upper = form.joint("chest")[1], form.joint("upperChest")[1]
    waist = chest + (0.30 + spec.params.get("waist", 0.0)) * (upper - chest)
    long = SleeveCut(
        0.12, 1.06, (0.011, 0.022), drop=0.20 * spec.params.get("sleeve", 1.0), slant=0.02
    )
    crossed_top(tailor, c, spec.pattern, waist=waist, depth=0.135, sleeve=long)
    hem = 0.030 + 0.35 * (1 - spec.params.get("length", 1.0))
    skirt = Look(
        c["skirt"], "skirt", c["hem"], "cloud", c["accent"], folds=34, border=0.06, sheen=0.1
    )
    add_skirt(tailor, "skirt", Cut(waist + 0.012 * k, hem, 0.016 * k, 0.17, 34), skirt)
    sash = Look(c["sash"], "flat", sheen=0.15)
    add_girdle(tailor, "sash", waist - 0.034 * k, waist + 0.034 * k, 0.026 * k, sash)
    line = Look(c["accent"])
    add_girdle(
        tailor, "sash-line", waist - 0.007 * k, waist + 0.007 * k, 0.030 * k, line, rows=4
    )
    z = form.slice_radius(np.array([waist]), np.array([0.0]), np.zeros(3))[0, 0] + 0.036 * k
    out = np.array([0.0, 0.0, 1.0])
    knot = np.array([0.0, waist, z])
    add_bow(tailor, "bow", knot, out, 0.060 * k, sash)
    for side, length, lean in ((1, 0.52, 0.03), (-1, 0.44, -0.03)):
        top = knot + np.array([side * 0.010 * k, -0.012 * k, -0.004])
        add_ribbon(
            tailor, f"ribbon-{side}", top, length * k, (0.022 * k, 0.034 * k), sash, out,
            bow=0.055 * k, lean=lean * k,
        )  # fmt: skip
    add_shoes(tailor, "shoes", 0.060, Look(c["shoe"]), Look("#cfc4b8"), toe=0.02, point=0.6)
    form.cover([lambda q: np.minimum(waist - q.y, q.y - 0.10)])


CLASSIC: dict[str, Maker] = {"ruqun": ruqun}
"""Garment makers by kind."""
