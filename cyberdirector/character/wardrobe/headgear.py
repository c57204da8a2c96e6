"""Glasses and scarves; all that is worn on the head by kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character.hair.solids import tube
from cyberdirector.character.wardrobe.collar import add_band
from cyberdirector.character.wardrobe.hats import HATS
from cyberdirector.character.wardrobe.loft import grid_triangles
from cyberdirector.character.wardrobe.look import Look
from cyberdirector.character.wardrobe.masks import MASKS
from cyberdirector.character.wardrobe.skull import add_rigid
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor

__all__ = ["HEADGEAR", "add_rigid"]

Floats = NDArray[np.float64]


def glasses(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add glasses; ``round`` 1 makes the rims circles."""
    _spectacles(tailor, spec, "glasses", "")


def sunglasses(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add dark glasses."""
    round_ = {"round": 0.35, **spec.params}
    _spectacles(
        tailor, replace(spec, params=round_), "sunglasses", spec.colours.get("lens", "#17161c")
    )


def _spectacles(tailor: Tailor, spec: GarmentSpec, kind: str, lens: str) -> None:
    """Add frames, and lenses where ``lens`` is a colour."""
    figure = tailor.form.figure
    k = tailor.form.size
    c = {"main": "#2a2a30", **spec.colours}
    look = Look(c["main"], sheen=0.4, outline=0.0005)
    left, right = figure.eyes
    circle = spec.params.get("round", 0.5)
    gap = 0.5 * float(left[0] - right[0])
    half = np.array([0.80 * gap, (0.52 + 0.26 * circle) * gap])
    depth = float(max(left[2], right[2])) + 0.014 * k
    a = np.linspace(0, 2 * np.pi, 41)
    power = 0.60 + 0.40 * circle
    for name, eye, sign in (("left", left, 1.0), ("right", right, -1.0)):
        x = np.sign(np.cos(a)) * np.abs(np.cos(a)) ** power * half[0]
        y = np.sign(np.sin(a)) * np.abs(np.sin(a)) ** power * half[1] - 0.10 * gap
        z = depth - 0.9 * np.clip(sign * x, 0, 1) ** 1.2 * 0.6
        rim = np.stack([eye[0] + x, eye[1] + y, z], axis=1)
        p, t, _ = tube(rim, 0.0014 * k, 6)
        add_rigid(tailor, f"{kind}-{name}", p, t, look)
        if lens:
            _lens(tailor, f"{kind}-lens-{name}", rim, lens)
        outer = rim[np.argmax(sign * rim[:, 0])]
        ear = _ear(tailor, sign)
        q = np.linspace(0, 1, 10)[:, None]
        temple = outer + (ear - outer) * q
        temple[:, 0] += sign * 0.012 * k * np.sin(np.pi * q[:, 0])
        temple[-2:, 1] -= np.array([0.004, 0.012]) * k
        p, t, _ = tube(temple, 0.0013 * k, 6)
        add_rigid(tailor, f"{kind}-temple-{name}", p, t, look)
    y = 0.5 * (left[1] + right[1]) - 0.06 * gap
    inner = gap - half[0]
    q = np.linspace(-1, 1, 9)
    bridge = np.stack([q * inner, y + 0.06 * gap * (1 - q**2), np.full(9, depth + 0.001)], 1)
    p, t, _ = tube(bridge, 0.0013 * k, 6)
    add_rigid(tailor, f"{kind}-bridge", p, t, look)


def _lens(tailor: Tailor, name: str, rim: Floats, colour: str) -> None:
    """Add a slightly bulged lens within a rim (n, 3) whose last point is its first."""
    middle = rim[:-1].mean(axis=0) + np.array([0.0, 0.0, 0.0012])
    share = np.linspace(0.0, 1.0, 5)[1:, None, None]
    rows = middle + (rim[None, :-1] - middle) * share
    p = np.concatenate([middle[None], rows.reshape(-1, 3)])
    n = len(rim) - 1
    i = np.arange(n)
    fan = np.stack([np.zeros(n, int), 1 + i, 1 + (i + 1) % n], axis=1)
    t = np.concatenate([fan, grid_triangles(4, n, closed=True) + 1]).astype(np.int64)
    c = p[t]
    facing = np.cross(c[:, 1] - c[:, 0], c[:, 2] - c[:, 0])[:, 2] < 0
    t[facing] = t[facing][:, [0, 2, 1]]
    look = Look(colour, sheen=0.8, outline=0.0, role="metal")
    add_rigid(tailor, name, p, t, look)


def _ear(tailor: Tailor, sign: float) -> Floats:
    """Return the root of an ear, (3,)."""
    figure = tailor.form.figure
    head = figure.points[: len(tailor.form.skin.p)][tailor.form.skin.head > 0.5]
    level = np.abs(head[:, 1] - figure.eyes[0][1]) < 0.03
    side = head[level & (head[:, 0] * sign > 0)]
    ear = side[np.argmax(side[:, 0] * sign)]
    return np.array([ear[0] - 0.004 * sign, figure.eyes[0][1] + 0.004, ear[2]])


def scarf(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a knitted scarf around the neck with two hanging ends."""
    form = tailor.form
    k = form.size
    c = {"main": "#b5493f", "accent": "#f0dcc0", **spec.colours}
    axis = form.joint("neck") + np.array([0.0, 0.0, 0.02 * k])
    azimuth = np.linspace(0, 2 * np.pi, 49)
    behind = 0.5 - 0.5 * np.cos(azimuth)
    path = form.around(axis, azimuth, axis[1] - 0.012 * k + 0.014 * k * behind)
    spoke = path - axis
    spoke[:, 1] = 0
    spoke /= np.linalg.norm(spoke, axis=1, keepdims=True)
    path = path + spoke * 0.020 * k
    radius = (0.026 + 0.004 * np.sin(azimuth * 5)) * k
    look = Look(c["main"])
    p, t, _ = tube(path, radius, 14)
    n = tailor.weights_at(p)
    tailor.add("scarf", p, t, n, look, np.full((len(p), 2), 0.5))
    for i, (x, length) in enumerate(((0.026, 0.32), (-0.016, 0.26))):
        y = np.linspace(axis[1] - 0.015 * k, axis[1] - length * k, 22)
        across = x * k + 0.012 * k * np.linspace(0, 1, 22)
        z = np.maximum.accumulate(form.front(across, y)[::-1])[::-1]
        z = gaussian_filter1d(np.maximum(z, form.front(across, y)), 2.0, mode="nearest")
        end = np.stack([across, y, z], axis=1)
        look = Look(c["main"], "flat", pattern=spec.pattern, accent=c["accent"])
        add_band(tailor, f"scarf-end-{i}", end, 0.066 * k, (0.022 + 0.007 * (1 - i)) * k, look)


HEADGEAR: dict[str, Maker] = {
    **HATS,
    **MASKS,
    "glasses": glasses,
    "sunglasses": sunglasses,
    "scarf": scarf,
}
"""Garment makers by kind."""
