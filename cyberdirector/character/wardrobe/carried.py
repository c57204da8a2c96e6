"""What is carried: fans and swords."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._skin import rigid_table
from cyberdirector.character.hair.solids import revolve, tube
from cyberdirector.character.wardrobe.headgear import add_rigid
from cyberdirector.character.wardrobe.loft import grid_triangles, orient
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.ribbon import add_ribbon
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor
from cyberdirector.character.wardrobe.tops import waist_of

Floats = NDArray[np.float64]


def grip(tailor: Tailor) -> tuple[Floats, Floats, Floats]:
    """Return the middle of the right palm, and the directions of fingers and thumb."""
    form = tailor.form
    hand, knuckle = form.joint("rightHand"), form.joint("rightMiddleProximal")
    along = knuckle - hand
    long = float(np.linalg.norm(along))
    thumb = np.array([0.0, 0.0, 1.0])
    palm = hand + 0.80 * along - np.array([0.0, 0.018 * form.size, 0.0])
    return palm, along / long, thumb


def _turned(p: Floats, axis: Floats, up: Floats, place: Floats) -> Floats:
    """Return points whose +Y is turned to ``axis`` and +Z to near ``up``, moved to a place."""
    y = axis / np.linalg.norm(axis)
    z = up - (up @ y) * y
    z /= np.linalg.norm(z)
    x = np.cross(y, z)
    return p @ np.stack([x, y, z]) + place


def _blade(long: float, k: float) -> tuple[Floats, NDArray[np.int64]]:
    """Return a double-edged blade along +Y from 0 to ``long``."""
    q = np.linspace(0, 1, 12)
    half = 0.0155 * k * np.where(q < 0.9, 1 - 0.25 * q, (1 - 0.225) * (1 - q) / 0.1)
    thick = 0.0035 * k * np.where(q < 0.95, 1.0, (1 - q) / 0.05)
    y = q * long
    ring = [(half, 0 * q), (0 * q, thick), (-half, 0 * q), (0 * q, -thick)]
    grid = np.stack([np.stack([x, y, z], axis=1) for x, z in ring], axis=1)
    grid = np.concatenate([grid, grid[:, :1]], axis=1)
    t = grid_triangles(12, 5, closed=False)
    p = grid.reshape(-1, 3)
    return p, orient(p, t, p * np.array([1.0, 0.0, 1.0]))


def _hilt(k: float) -> tuple[list[tuple[str, Floats, NDArray[np.int64]]], float]:
    """Return guard, handle and pommel along -Y below the blade, and their length."""
    long = 0.145 * k
    wood = (
        np.array(
            [
                [0.0105, -0.135],
                [0.0125, -0.12],
                [0.0110, -0.07],
                [0.0125, -0.016],
                [0.0110, -0.010],
            ]
        )
        * k
    )
    handle = revolve(wood, 14)
    pommel = revolve(
        np.array([[0.001, -0.162], [0.013, -0.156], [0.017, -0.145], [0.012, -0.134]]) * k, 14
    )
    guard = revolve(
        np.array(
            [
                [0.010, -0.014],
                [0.030, -0.010],
                [0.036, -0.002],
                [0.030, 0.004],
                [0.014, 0.008],
                [0.001, 0.009],
            ]
        )
        * k,
        18,
    )
    flat = guard[0] * np.array([1.0, 1.0, 0.42])
    return [
        ("handle", handle[0], handle[1]),
        ("pommel", pommel[0], pommel[1]),
        ("guard", flat, guard[1]),
    ], long


def sword(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a straight sword in its scabbard at the left hip, or on the back (``back`` 1).

    ``drawn`` 1 puts the blade into the right hand and leaves the scabbard where it is.
    """
    k = tailor.form.size
    c = {
        "main": "#2b2a33",
        "accent": "#c9a45a",
        "blade": "#dfe6ee",
        "grip": "#3a2a24",
        "tassel": "#a3303c",
        **spec.colours,
    }
    long = 0.74 * k
    seat = _on_back(tailor) if spec.params.get("back", 0.0) > 0.5 else _at_hip(tailor)
    _scabbard(tailor, seat, 1.02 * long, c)
    if spec.params.get("drawn", 0.0) > 0.5:
        palm, finger, thumb = grip(tailor)
        held = 0.28 * finger + 0.96 * thumb
        held /= np.linalg.norm(held)
        seat = _Seat(palm + held * 0.062 * k, held, np.array([0.0, 1.0, 0.0]), "rightHand")
        p, t = _blade(long, k)
        steel = Look(c["blade"], sheen=0.7, outline=0.0007)
        add_rigid(tailor, "blade", seat.put(p), t, steel, seat.node)
    gold, dark = Look(c["accent"], sheen=0.5), Look(c["grip"])
    for name, p, t in _hilt(k)[0]:
        look = dark if name == "handle" else gold
        add_rigid(tailor, f"sword-{name}", seat.put(p), t, look, seat.node)
    if seat.node == "hips":
        add_ribbon(
            tailor, "sword-tassel", seat.mouth - seat.axis * 0.158 * k, 0.20 * k,
            (0.008 * k, 0.022 * k), Look(c["tassel"]), np.array([0.7, 0.0, 0.7]),
            bow=0.01 * k, sway=0.0, chain=0.8,
        )  # fmt: skip


@dataclass(frozen=True)
class _Seat:
    """Where a scabbard or sword is: mouth, directions of blade and edge, bone."""

    mouth: Floats
    axis: Floats
    edge: Floats
    node: str

    def put(self, points: Floats) -> Floats:
        """Return points of a sword along +Y carried to its place."""
        return _turned(points, self.axis, self.edge, self.mouth)


def _scabbard(tailor: Tailor, seat: _Seat, long: float, c: dict[str, str]) -> None:
    """Add a scabbard with three mounts."""
    k = tailor.form.size
    flat = np.array([1.0, 1.0, 0.50])
    sheath = [
        [0.0, 0.0],
        [0.0175, 0.002],
        [0.0185, 0.02],
        [0.0165, 0.5],
        [0.0150, long / k - 0.02],
        [0.006, long / k],
    ]
    p, t, _ = revolve(np.array(sheath) * k, 16)
    add_rigid(tailor, "scabbard", seat.put(p * flat), t, Look(c["main"], sheen=0.4), seat.node)
    for i, (a, b) in enumerate(((0.004, 0.045), (0.20, 0.225), (0.93, 1.0))):
        ring = [[0.0195, a], [0.0205, a + 0.01], [0.0195 - 0.004 * (i == 2), b]]
        p, t, _ = revolve(np.array(ring) * np.array([k, long]), 16)
        gold = Look(c["accent"], sheen=0.5)
        add_rigid(tailor, f"scabbard-ring-{i}", seat.put(p * flat), t, gold, seat.node)


def _on_back(tailor: Tailor) -> _Seat:
    """Return the seat of a scabbard across the back, its hilt over the right shoulder."""
    form = tailor.form
    k = form.size
    chest, shoulder = form.joint("upperChest"), form.joint("rightUpperArm")
    trunk = form.place.arm < 0.3
    near = trunk & (np.abs(form.base[:, 1] - chest[1]) < 0.10 * k)
    back = float(form.base[near, 2].min()) - 0.020 * k
    mouth = np.array([0.80 * shoulder[0], shoulder[1] + 0.050 * k, back - 0.004 * k])
    axis = np.array([0.46, -0.88, 0.02])
    return _Seat(mouth, axis / np.linalg.norm(axis), np.array([0.88, 0.46, 0.0]), "upperChest")


def _at_hip(tailor: Tailor) -> _Seat:
    """Return the seat of a scabbard at the left hip."""
    form = tailor.form
    k = form.size
    y = waist_of(form, -0.2)
    r = float(form.slice_radius(np.array([y]), np.array([np.pi / 2]), np.zeros(3))[0, 0])
    mouth = np.array([r + 0.045 * k, y, 0.10 * k])
    for grid in tailor.skirts:
        near = np.abs(grid[..., 1] - (y - 0.3 * k)) < 0.05
        if near.any():
            mouth[0] = max(mouth[0], 0.72 * float(np.abs(grid[..., 0][near]).max()) + 0.03 * k)
    # Under a coat or cloak it hangs along the leg.
    slope = [0.05, -0.92, -0.36] if "outer" in tailor.worn else [0.10, -0.62, -0.78]
    return _Seat(mouth, np.array(slope), np.array([1.0, 0.0, 0.0]), "hips")


def fan(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a folding fan in the right hand; ``open`` 0 shut … 1 open."""
    form = tailor.form
    k = form.size
    c = {
        "main": "#f4efe2",
        "accent": "#5f7fa0",
        "rib": "#6a4a30",
        "edge": "#c9a45a",
        **spec.colours,
    }
    palm, finger, thumb = grip(tailor)
    middle = 0.22 * finger + 0.97 * thumb
    middle /= np.linalg.norm(middle)
    side = np.cross(middle, [0.0, 1.0, 0.0])
    side /= np.linalg.norm(side)
    up = np.cross(side, middle)
    half = 0.06 + 1.22 * spec.params.get("open", 1.0)
    ribs = 15
    cols = 2 * ribs + 1
    a = np.linspace(-half, half, cols)
    fold = 0.0045 * k * np.where(np.arange(cols) % 2 == 0, 1.0, -1.0)
    radius = np.array([0.095, 0.13, 0.18, 0.235]) * k
    pivot = palm + middle * 0.040 * k
    ray = np.sin(a)[:, None] * side + np.cos(a)[:, None] * middle
    grid = pivot + radius[:, None, None] * ray + fold[:, None] * up
    u = np.tile(np.linspace(0, 1, cols), 4)
    v = np.repeat(np.linspace(1, 0, 4), cols)
    look = Look(
        c["main"],
        "skirt",
        c["main"],
        spec.pattern or "bamboo",
        c["accent"],
        reach=(0.55, 0.16),
        edge=0.008,
        trim=c["edge"],
    )
    p = grid.reshape(-1, 3)
    t = grid_triangles(4, cols, closed=False)
    table = rigid_table(len(p), form.figure.index["rightHand"], form.nodes)
    tailor.add("fan", p, t, table, look, np.stack([u, v], axis=1))
    wood = np.array([[0.003, -0.076], [0.008, -0.072], [0.0085, -0.02], [0.007, 0.012]]) * k
    p, t, _ = revolve(wood, 12)
    p = _turned(p * np.array([1.0, 1.0, 0.7]), middle, up, pivot)
    add_rigid(tailor, "fan-head", p, t, Look(c["rib"], outline=0.0005), "rightHand")
    for i in range(0, cols, 2):
        stick = np.stack(
            [pivot - ray[i] * 0.012 * k, pivot + ray[i] * 0.10 * k, pivot + ray[i] * 0.150 * k]
        )
        heavy = i in (0, cols - 1)
        if heavy:
            stick[-1] = pivot + ray[i] * 0.237 * k
        p, t, _ = tube(stick + up * 0.002 * k, (0.0032 if heavy else 0.0018) * k, 4)
        shade = c["rib"] if heavy else nuance(c["rib"], 0.25)
        add_rigid(tailor, f"fan-rib-{i}", p, t, Look(shade, outline=0.0004), "rightHand")


CARRIED: dict[str, Maker] = {"fan": fan, "sword": sword}
"""Garment makers by kind."""
