"""Single tops: T-shirt, shirt, and the cut that all tops share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.wardrobe.collar import (
    Neckline,
    above,
    arm_to,
    neckline,
)
from cyberdirector.character.wardrobe.form import Field, Form
from cyberdirector.character.wardrobe.loft import band, orient
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.neckwear import add_fold_collar, add_rib_neck, collar_look
from cyberdirector.character.wardrobe.ribbon import FRONT, add_plate
from cyberdirector.character.wardrobe.skirt import add_girdle
from cyberdirector.character.wardrobe.sleeve import SleeveCut, add_sleeves
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor


@dataclass(frozen=True)
class Bodice:
    """A trunk of cloth; metres on a body of 1.65 m (``hem`` in metres of this body).

    ``offset`` from the form, ``rounds`` how far it bridges hollows, ``keep`` the least
    share of the offset; ``flare`` how far the hem stands off.
    """

    hem: float
    offset: float = 0.010
    rounds: int = 12
    keep: float = 0.7
    flare: float = 0.0
    arm: float = 0.24


def waist_of(form: Form, share: float = 0.30) -> float:
    """Return the height of the waist: a share of the way from spine to chest."""
    spine, chest = form.joint("spine")[1], form.joint("chest")[1]
    return float(spine + share * (chest - spine))


def add_bodice(
    tailor: Tailor,
    name: str,
    cut: Bodice,
    line: Neckline,
    look: Look,
    sleeve: SleeveCut | None = None,
    extra: tuple[Field, ...] = (),
) -> None:
    """Add a trunk with a neckline, and sleeves of the same cloth; covers what is below."""
    form = tailor.form
    k = form.size
    shape = form.loose(cut.offset * k, cut.rounds, cut.keep)
    if cut.flare:
        rise = smooth_step(cut.hem + 0.16 * k, cut.hem, form.place.y) * (form.place.arm < 0.2)
        out = form.normals * np.array([1.0, 0.0, 1.0])
        shape = shape + out * (cut.flare * k * rise)[:, None]
    level = smooth_step(cut.hem + 0.06 * k, cut.hem + 0.01 * k, form.place.y)
    level = level * (form.place.arm < 0.2)
    shape[:, 1] += (form.place.y - shape[:, 1]) * level
    arm = cut.arm if sleeve else 0.10
    if sleeve:
        shape = form.tucked(shape)
    fields = [above(cut.hem), line.field, *extra]
    tailor.add_cloth(name, form.cut(shape, [*fields, arm_to(arm)]), look)
    end = sleeve.end - 0.10 if sleeve else 0.06
    tailor.cover([above(cut.hem + 0.01 * k), line.field, arm_to(end)], sleeves=end > 0.8)
    if sleeve:
        cloth = Look(
            look.colour,
            "sleeve",
            pattern=look.pattern,
            accent=look.accent,
            folds=look.folds,
            drape=sleeve.drop > 0.05,
            sheen=look.sheen,
            reach=(0.46, round(0.62 * (sleeve.end - sleeve.start), 1)),
        )
        add_sleeves(tailor, f"{name}-sleeve", sleeve, cloth)


def add_placket(
    tailor: Tailor,
    name: str,
    high: float,
    low: float,
    offset: float,
    look: Look,
    buttons: int,
    button: Look,
    width: float = 0.026,
) -> None:
    """Add a front strip with buttons between two heights."""
    form = tailor.form
    k = form.size
    y = np.linspace(high, low, 24)
    z = form.front(np.zeros(24), y) + offset * k
    z = np.maximum(z, np.interp(y[::-1], y[[-1, 12, 0]], z[[-1, 12, 0]])[::-1] - 0.006 * k)
    path = np.stack([0 * y, y, z], axis=1)
    p, t, uv, _ = band(path, np.tile(FRONT, (24, 1)), width * k, 0.0016, 0.0, 0.0005)
    t = orient(p, t, np.tile(FRONT, (len(p), 1)))
    tailor.add(name, p, t, tailor.weights_at(p), look, uv)
    for i, at in enumerate(np.linspace(high - 0.016 * k, low + 0.03 * k, buttons)):
        depth = float(np.interp(-at, -y, z)) + 0.003 * k
        centre = np.array([0.0, at, depth])
        add_plate(tailor, f"{name}-{i}", centre, FRONT, (0.0055 * k, 0.0055 * k), button)


def t_shirt(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a T-shirt with a ribbed round neck; ``length`` and ``loose`` shape it."""
    form = tailor.form
    k = form.size
    c = {"main": "#f2f2ee", "rib": "", "accent": "#3f4a5c", **spec.colours}
    loose = spec.params.get("loose", 0.4)
    hip = form.joint("leftUpperLeg")[1]
    tuck = spec.params.get("tuck", 0.0) > 0.5
    hem = hip + (0.01 - 0.12 * (spec.params.get("length", 1.0) - 1.0)) * k
    hem = waist_of(form, -0.1) if tuck else hem
    line = neckline(form, 0.045, wide=0.010, bend=2.0)
    look = Look(
        c["main"], "flat", pattern=spec.pattern, accent=c["accent"], folds=6, loose=loose
    )
    end = 0.30 + 0.10 * spec.params.get("sleeve", 1.0)
    sleeve = SleeveCut(0.08, end, (0.010, 0.016 + 0.016 * loose), folds=0.003, rows=10)
    cut = Bodice(hem, 0.009 + 0.014 * loose, 12 + round(16 * loose), 0.7, 0.012 * loose)
    add_bodice(tailor, "t-shirt", cut, line, look, sleeve)
    rib = Look(c["rib"] or nuance(c["main"], -0.06))
    add_rib_neck(tailor, "neck-rib", line, 0.017, cut.offset + 0.001, rib)


def shirt_top(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a shirt with a folded collar, placket and cuffs; ``tuck`` 1 goes under belts."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#f4f5f8",
        "collar": "",
        "button": "#d8d4cc",
        "accent": "#9fb0cc",
        "tie": "",
        **spec.colours,
    }
    loose = spec.params.get("loose", 0.35)
    hip = form.joint("leftUpperLeg")[1]
    tuck = spec.params.get("tuck", 1.0) > 0.5
    hem = waist_of(form, -0.1) if tuck else hip - 0.03 * k
    open_neck = spec.params.get("open", 0.3)
    line = neckline(form, 0.030 + 0.08 * open_neck, up=0.004)
    look = Look(
        c["main"], "flat", pattern=spec.pattern, accent=c["accent"], folds=6, loose=loose
    )
    short = spec.params.get("sleeve", 1.0) < 0.5
    ease = 0.014 + 0.012 * loose
    sleeve = SleeveCut(0.08, 0.44 if short else 0.96, (0.009, ease), folds=0.004)
    cut = Bodice(hem, 0.008 + 0.010 * loose, 12 + round(12 * loose), 0.7, 0.006)
    add_bodice(tailor, "shirt", cut, line, look, sleeve)
    collar = collar_look(c["collar"] or c["main"])
    gap = 0.12 + 0.22 * open_neck
    add_fold_collar(tailor, "collar", line, collar, gap=gap, offset=cut.offset)
    placket = Look(nuance(c["main"], -0.03), outline=0.0006)
    high = line.front_y + 0.006 * k
    add_placket(
        tailor,
        "placket",
        high,
        hem + 0.004 * k,
        cut.offset + 0.0045,
        placket,
        6,
        Look(c["button"], outline=0.0),
    )
    end = sleeve.end
    # A short sleeve ends wide: its cuff lies on it; a long one is gathered by its cuff.
    width = (ease + 0.001, ease + 0.002) if short else (ease - 0.002, ease - 0.006)
    cuff = SleeveCut(end - (0.04 if short else 0.07), end + 0.01, width, folds=0.0, rows=5)
    add_sleeves(tailor, "cuff", cuff, Look(c["collar"] or nuance(c["main"], -0.02)), 0.003)


def sweater(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a knitted sweater with ribs at neck, cuffs and hem."""
    form = tailor.form
    k = form.size
    c = {"main": "#c9b79c", "rib": "", "accent": "#f4efe4", **spec.colours}
    rib = Look(c["rib"] or nuance(c["main"], -0.08))
    line = neckline(form, 0.040, wide=0.004, bend=2.0)
    short = spec.params.get("tuck", 0.0) > 0.5
    hem = waist_of(form, 0.0) if short else form.joint("leftUpperLeg")[1] + 0.02 * k
    look = Look(c["main"], "flat", pattern=spec.pattern, accent=c["accent"], folds=6, loose=0.8)
    sleeve = SleeveCut(0.06, 0.94, (0.018, 0.024), folds=0.006)
    add_bodice(tailor, "sweater", Bodice(hem, 0.020, 26, 0.7), line, look, sleeve)
    add_rib_neck(tailor, "neck-rib", line, 0.026, 0.021, rib)
    if not short:
        low, high = hem - 0.010 * k, hem + 0.040 * k
        add_girdle(tailor, "rib-hem", low, high, 0.018 * k, rib, puff=0.004)
    cuff = SleeveCut(0.91, 1.0, (0.020, 0.010), folds=0.0, rows=6)
    add_sleeves(tailor, "rib-cuff", cuff, rib, 0.002)


TOPS: dict[str, Maker] = {"t_shirt": t_shirt, "shirt": shirt_top, "sweater": sweater}
"""Garment makers by kind."""
