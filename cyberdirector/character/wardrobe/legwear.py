"""Single garments for the legs: trousers, jeans, shorts, skirts."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.wardrobe.collar import above, arm_to, below
from cyberdirector.character.wardrobe.feet import trouser_shape
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.ribbon import FRONT, add_plate
from cyberdirector.character.wardrobe.skirt import Cut, add_girdle, add_skirt
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.tops import waist_of


def _legs(
    tailor: Tailor,
    name: str,
    spec: GarmentSpec,
    look: Look,
    width: tuple[float, float],
    low: float,
    belt: Look,
    buckle: Look | None,
) -> None:
    """Add trousers from the waist down to ``low`` with a waistband."""
    form = tailor.form
    k = form.size
    high = waist_of(form, 0.05)
    wide = 1.0 + 0.45 * (spec.params.get("wide", 0.3) - 0.3)
    shape = trouser_shape(form, 0.007 * k, (width[0] * wide, width[1] * wide))
    keep = [below(high), above(low), arm_to(0.02)]
    tailor.add_cloth(name, form.cut(shape, keep), look)
    tailor.cover([below(high), above(low + 0.03), arm_to(0.02)])
    add_girdle(
        tailor, f"{name}-band", high - 0.020 * k, high + 0.014 * k, 0.012 * k, belt, puff=0.001
    )
    if buckle:
        z = form.slice_radius(np.array([high]), np.zeros(1), np.zeros(3))[0, 0] + 0.016 * k
        at = np.array([0.0, high - 0.003 * k, z])
        add_plate(tailor, f"{name}-buckle", at, FRONT, (0.018 * k, 0.014 * k), buckle)


def trousers(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add pressed trousers with a belt; ``wide`` and ``length`` shape them."""
    c = {
        "main": "#3b4150",
        "belt": "#2a2422",
        "buckle": "#c8ccd2",
        "accent": "",
        **spec.colours,
    }
    ankle = tailor.form.joint("leftFoot")[1]
    knee = tailor.form.joint("leftLowerLeg")[1]
    low = ankle - 0.018 + (1.0 - spec.params.get("length", 1.0)) * 1.2 * (knee - ankle)
    look = Look(c["main"], "flat", pattern=spec.pattern, accent=c["accent"], folds=6)
    buckle = Look(c["buckle"], sheen=0.4)
    _legs(tailor, "trousers", spec, look, (0.086, 0.068), low, Look(c["belt"]), buckle)


def jeans(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add jeans with turned-up hems."""
    c = {"main": "#44608a", "belt": "", "accent": "#c9a25a", "cuff": "", **spec.colours}
    ankle = tailor.form.joint("leftFoot")[1]
    look = Look(c["main"], "flat", accent=c["accent"], folds=6, pattern=spec.pattern)
    band = Look(c["belt"] or nuance(c["main"], -0.12))
    low = ankle + 0.004
    _legs(tailor, "jeans", spec, look, (0.080, 0.062), low, band, Look(c["accent"], sheen=0.3))
    form = tailor.form
    wide = 1.0 + 0.45 * (spec.params.get("wide", 0.3) - 0.3)
    shape = trouser_shape(form, 0.0105 * form.size, (0.083 * wide, 0.0655 * wide))
    keep = [below(low + 0.040 * form.size), above(low - 0.002), arm_to(0.02)]
    tailor.add_cloth(
        "jeans-cuff", form.cut(shape, keep), Look(c["cuff"] or nuance(c["main"], 0.3))
    )


def shorts(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add shorts that end above the knee."""
    c = {"main": "#4a5468", "belt": "", "accent": "", **spec.colours}
    hip = tailor.form.joint("leftUpperLeg")[1]
    knee = tailor.form.joint("leftLowerLeg")[1]
    look = Look(c["main"], "flat", pattern=spec.pattern, accent=c["accent"], folds=6)
    low = hip - (hip - knee) * 0.62 * spec.params.get("length", 1.0)
    band = Look(c["belt"] or nuance(c["main"], -0.10))
    _legs(tailor, "shorts", spec, look, (0.098, 0.098), low, band, None)


def _skirt(
    tailor: Tailor, spec: GarmentSpec, c: dict[str, str], cut: Cut, *, border: float = 0.0
) -> None:
    """Add a skirt with a waistband; what it hides is hidden."""
    form = tailor.form
    k = form.size
    look = Look(
        c["main"],
        "skirt",
        c.get("hem", ""),
        spec.pattern,
        c["accent"],
        folds=cut.pleats or 9,
        border=border,
    )
    add_skirt(tailor, "skirt", cut, look)
    band = Look(c["belt"] or nuance(c["main"], -0.08))
    add_girdle(
        tailor,
        "waistband",
        cut.top - 0.022 * k,
        cut.top + 0.010 * k,
        0.0125 * k,
        band,
        puff=0.0,
    )
    reach = 0.16 if cut.top - cut.hem < 0.7 * k else 0.06
    tailor.cover([below(cut.top), above(cut.hem + reach * k), arm_to(0.02)])


def _shorts_below(tailor: Tailor, high: float, low: float) -> None:
    form = tailor.coarse
    cloth = form.cut(form.base + form.normals * 0.003, [below(high), above(low), arm_to(0.02)])
    tailor.add_cloth("safety-shorts", cloth, Look("#20263a", outline=0.0))


def skirt_pleated(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a short skirt with knife pleats; ``length`` 1 ends above the knee."""
    form = tailor.form
    k = form.size
    c = {"main": "#2c3c66", "belt": "", "accent": "#8090b8", **spec.colours}
    hip, knee = form.joint("leftUpperLeg")[1], form.joint("leftLowerLeg")[1]
    top = waist_of(form)
    hem = hip - 0.80 * (hip - knee) * spec.params.get("length", 1.0)
    cut = Cut(
        top, hem, 0.0105 * k, 0.085, 22, 0.013, 0.85, rows=12, fine=6, sway=0.35, front=0.12
    )
    _skirt(tailor, spec, c, cut)
    _shorts_below(tailor, top, hip - 0.12 * k)


def skirt_a(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a smooth A-line skirt to the knee."""
    form = tailor.form
    k = form.size
    c = {"main": "#a5566a", "belt": "", "accent": "#e6c3c8", **spec.colours}
    hip, knee = form.joint("leftUpperLeg")[1], form.joint("leftLowerLeg")[1]
    top = waist_of(form)
    hem = hip - 0.98 * (hip - knee) * spec.params.get("length", 1.0)
    cut = Cut(top, hem, 0.010 * k, 0.095, 9, 0.012, 0.0, rows=14, fine=9, sway=0.35, front=0.35)
    _skirt(tailor, spec, c, cut)
    _shorts_below(tailor, top, hip - 0.12 * k)


def skirt_long(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a long full skirt to the ankle."""
    form = tailor.form
    k = form.size
    c = {"main": "#5c6f8f", "belt": "", "accent": "#cfd8e6", **spec.colours}
    ankle = form.joint("leftFoot")[1]
    hem = ankle + 0.03 * k + 0.5 * (1 - spec.params.get("length", 1.0))
    cut = Cut(waist_of(form), hem, 0.0105 * k, 0.14, 18, 0.014, 0.2, fine=6)
    _skirt(tailor, spec, c, cut, border=0.0)


LEGWEAR: dict[str, Maker] = {
    "trousers": trousers,
    "jeans": jeans,
    "shorts": shorts,
    "skirt_pleated": skirt_pleated,
    "skirt_a": skirt_a,
    "skirt_long": skirt_long,
}
"""Garment makers by kind."""
