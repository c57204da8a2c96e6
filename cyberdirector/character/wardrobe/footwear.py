"""Single shoes: cloth shoes, leather shoes, sneakers, heels, boots; and socks."""

from __future__ import annotations

from cyberdirector.character.wardrobe.collar import above, below
from cyberdirector.character.wardrobe.feet import add_shoes
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor


def _socks(tailor: Tailor, colour: str, top: float) -> None:
    """Add socks up to a height, unless the legs wear some."""
    if any(piece.name in ("socks", "stockings") for piece in tailor.pieces):
        return
    form = tailor.coarse
    cloth = form.cut(form.base + form.normals * 0.002, [below(top), above(0.004)])
    tailor.add_cloth("socks", cloth, Look(colour, outline=0.0008))
    tailor.cover([below(top - 0.015), lambda q: q.leg - 0.5])


def shoes_cloth(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add embroidered cloth shoes with white soles and low socks."""
    c = {"main": "#c8576a", "sole": "#efe9dc", "sock": "#f4f0e8", **spec.colours}
    ankle = tailor.form.joint("leftFoot")[1]
    _socks(tailor, c["sock"], ankle + 0.05)
    add_shoes(
        tailor, "shoes", ankle + 0.004, Look(c["main"]), Look(c["sole"]), offset=0.006,
        toe=0.020, point=0.45, open_top=0.026, thickness=0.014,
    )  # fmt: skip


def shoes_leather(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add polished leather shoes with dark socks."""
    c = {"main": "#2a1f1c", "sole": "#141012", "sock": "#22262e", **spec.colours}
    ankle = tailor.form.joint("leftFoot")[1]
    _socks(tailor, c["sock"], ankle + 0.10)
    add_shoes(
        tailor, "shoes", ankle + 0.012, Look(c["main"], sheen=0.5), Look(c["sole"]),
        offset=0.007, toe=0.024, point=0.45, open_top=0.012, thickness=0.016,
    )  # fmt: skip


def loafers(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add loafers with long socks; ``sock`` 0 low … 1 to the knee."""
    c = {"main": "#4a2c22", "sole": "#2a1a14", "sock": "#22283a", **spec.colours}
    k = tailor.form.size
    ankle, knee = tailor.form.joint("leftFoot")[1], tailor.form.joint("leftLowerLeg")[1]
    share = spec.params.get("sock", 0.85)
    _socks(tailor, c["sock"], ankle + 0.03 * k + share * 0.92 * (knee - ankle))
    add_shoes(
        tailor, "loafers", 0.070 * k, Look(c["main"], sheen=0.4), Look(c["sole"]),
        offset=0.008, toe=0.012, point=0.25, open_top=0.016, thickness=0.018,
    )  # fmt: skip


def sneakers(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add sneakers with thick soles and ankle socks."""
    c = {"main": "#f2f2f2", "sole": "#dfe2e6", "sock": "#ffffff", **spec.colours}
    ankle = tailor.form.joint("leftFoot")[1]
    _socks(tailor, c["sock"], ankle + 0.06)
    add_shoes(
        tailor, "sneakers", ankle + 0.022, Look(c["main"]), Look(c["sole"]), offset=0.011,
        toe=0.012, point=0.15, thickness=0.026, laces=Look(nuance(c["main"], -0.28)),
    )  # fmt: skip


def heels(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add pumps."""
    c = {"main": "#1d1b20", "sole": "#121014", **spec.colours}
    k = tailor.form.size
    add_shoes(
        tailor, "pumps", 0.062 * k, Look(c["main"], sheen=0.5), Look(c["sole"]), offset=0.006,
        toe=0.022, point=0.8, open_top=0.022, thickness=0.010,
    )  # fmt: skip


def boots(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add boots; ``height`` 0 at the ankle … 1 at the knee."""
    c = {"main": "#33292a", "sole": "#1c1718", "trim": "", **spec.colours}
    form = tailor.form
    k = form.size
    ankle, knee = form.joint("leftFoot")[1], form.joint("leftLowerLeg")[1]
    top = ankle + (0.06 + 0.86 * spec.params.get("height", 0.8)) * (knee - ankle)
    add_shoes(
        tailor, "boots", top, Look(c["main"], "flat", folds=6, sheen=0.25), Look(c["sole"]),
        offset=0.010, toe=0.016, point=0.30, thickness=0.022, slim=0.006,
    )  # fmt: skip
    if c["trim"]:
        shape = form.base + form.normals * 0.019 * k
        keep = [below(top + 0.002), above(top - 0.03 * k), lambda q: q.leg - 0.5]
        tailor.add_cloth("boots-trim", form.cut(shape, keep), Look(c["trim"]))


def boots_cloth(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add black cloth boots with thick white soles (皂靴)."""
    c = {"main": "#23232a", "sole": "#ece7dc", **spec.colours}
    form = tailor.form
    ankle, knee = form.joint("leftFoot")[1], form.joint("leftLowerLeg")[1]
    top = ankle + spec.params.get("height", 0.75) * (knee - ankle)
    add_shoes(
        tailor, "boots", top, Look(c["main"], "flat", folds=6), Look(c["sole"]), offset=0.009,
        toe=0.018, point=0.25, thickness=0.022, slim=0.006,
    )  # fmt: skip


FOOTWEAR: dict[str, Maker] = {
    "shoes_cloth": shoes_cloth,
    "shoes_leather": shoes_leather,
    "loafers": loafers,
    "sneakers": sneakers,
    "heels": heels,
    "boots": boots,
    "boots_cloth": boots_cloth,
}
"""Garment makers by kind."""
