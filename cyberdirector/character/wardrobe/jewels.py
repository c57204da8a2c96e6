"""Jewellery: earrings, necklace, bracelet, jade pendant."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair.solids import revolve, tube
from cyberdirector.character.wardrobe.classic import pendant
from cyberdirector.character.wardrobe.collar import neckline, ring_path
from cyberdirector.character.wardrobe.form import SIDES
from cyberdirector.character.wardrobe.headgear import add_rigid
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.ribbon import add_plate
from cyberdirector.character.wardrobe.sleeve import arm_radius
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.tops import waist_of

_DROP = np.array(
    [
        [0.0004, 1.0],
        [0.0030, 0.86],
        [0.0052, 0.55],
        [0.0056, 0.32],
        [0.0036, 0.10],
        [0.0004, 0.0],
    ]
)[::-1]


def earrings(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add drop earrings; ``length`` 1 is two centimetres."""
    figure = tailor.form.figure
    k = tailor.form.size
    c = {"main": "#d9b45b", "gem": "#3f8f7f", **spec.colours}
    long = 0.022 * k * spec.params.get("length", 1.0)
    skin = figure.points[: len(tailor.form.skin.p)]
    head = skin[tailor.form.skin.head > 0.5]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        x = head[:, 0] * sign
        near = (head[:, 1] > figure.eyes[0][1] - 0.075 * k) & (head[:, 1] < figure.eye_top)
        ear = head[near & (x > 0.90 * x[near].max())]
        lobe = ear[np.argmin(ear[:, 1])] + np.array([0.002 * sign, 0.0, 0.002]) * k
        p, t, _ = revolve(
            np.array([[0.0005, -0.0035], [0.0035, 0.0], [0.0005, 0.0035]]) * k, 10
        )
        add_rigid(tailor, f"earring-stud-{side}", p + lobe, t, Look(c["main"], sheen=0.5))
        p, t, _ = revolve(_DROP * np.array([k, long]), 12)
        low = lobe - np.array([0.0, long + 0.004 * k, 0.0])
        add_rigid(tailor, f"earring-{side}", p + low, t, Look(c["gem"], sheen=0.6))


def necklace(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a necklace with a pendant; ``length`` 1 lies on the collar bones."""
    form = tailor.form
    k = form.size
    c = {"main": "#d9b45b", "gem": "#c0394a", **spec.colours}
    line = neckline(
        form, 0.050 * spec.params.get("length", 1.0), up=0.004, wide=0.002, bend=1.5
    )
    path = ring_path(form, line)
    n = form.normals_at(path)
    p, t, _ = tube(path + n * 0.001 * k, 0.0017 * k, 6)
    tailor.add(
        "necklace",
        p,
        t,
        tailor.weights_at(p),
        Look(c["main"], sheen=0.5, outline=0.0005),
        np.full((len(p), 2), 0.5),
    )
    low = int(np.argmin(path[:, 1]))
    at = path[low] + n[low] * 0.005 * k - np.array([0.0, 0.010 * k, 0.0])
    add_plate(
        tailor,
        "necklace-setting",
        at,
        n[low],
        (0.0085 * k, 0.0100 * k),
        Look(c["main"], sheen=0.5, outline=0.0006),
    )
    add_plate(
        tailor,
        "necklace-gem",
        at + n[low] * 0.003 * k,
        n[low],
        (0.006 * k, 0.0075 * k),
        Look(c["gem"], sheen=0.6, outline=0.0),
    )


def bracelet(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a bangle on the left wrist; ``both`` 1 on both."""
    form = tailor.form
    k = form.size
    c = {"main": "#9cc7a8", **spec.colours}
    sides = SIDES if spec.params.get("both", 0.0) > 0.5 else SIDES[:1]
    phi = np.linspace(0, 2 * np.pi, 33)
    for side in sides:
        a, b = form.joint(f"{side}UpperArm"), form.joint(f"{side}Hand")
        r = float(arm_radius(form, side, np.array([0.93, 0.95]), phi[:-1]).max()) + 0.002 * k
        ring = np.stack([0 * phi, r * np.cos(phi), r * np.sin(phi)], axis=1)
        p, t, _ = tube(ring + a + 0.955 * (b - a), 0.0040 * k, 8)
        add_rigid(
            tailor, f"bracelet-{side}", p, t, Look(c["main"], sheen=0.6), f"{side}LowerArm"
        )


def jade_pendant(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a jade pendant with a tassel at the waist."""
    c = {"jade": "#a9d3b4", "accent": "#b5404a", **spec.colours}
    form = tailor.form
    height = min(tailor.girdles, default=waist_of(form, 0.10))
    pendant(tailor, height, 0.55, c)


JEWELS: dict[str, Maker] = {
    "earrings": earrings,
    "necklace": necklace,
    "bracelet": bracelet,
    "jade_pendant": jade_pendant,
}
"""Garment makers by kind."""
