"""Hats, helmets and crowns: they follow the skull; hair is pressed under them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.hair.solids import revolve, tube
from cyberdirector.character.wardrobe.loft import grid_triangles, orient
from cyberdirector.character.wardrobe.look import Look, nuance
from cyberdirector.character.wardrobe.skull import Skull, add_rigid, skull_of
from cyberdirector.character.wardrobe.spec import GarmentSpec
from cyberdirector.character.wardrobe.tailor import Maker, Tailor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AROUND = 48
"""Steps around a hat."""

FULL = 2.5
"""Boxiness of a cap (see :func:`_shell`)."""


@dataclass(frozen=True)
class Rim:
    """Where a hat ends: shares of the skull's height over the eyes, in front and behind."""

    front: float
    back: float

    def height(self, skull: Skull, azimuth: Floats) -> Floats:
        """Return heights (…,) in metres at azimuths in radians."""
        share = self.back + (self.front - self.back) * (0.5 + 0.5 * np.cos(azimuth))
        return skull.centre[1] + share * skull.half[1]


def _shell(
    skull: Skull, room: float, azimuth: Floats, height: Floats, full: float = 2.0
) -> Floats:
    """Return points (…, 3) ``room`` metres over the skull at azimuths and heights.

    ``full`` 2 is an ellipsoid; more is boxier at the crown.
    """
    half = skull.half + room
    q = np.clip((height - skull.centre[1]) / half[1], -0.98, 1.0)
    wide = np.maximum(1.0 - np.abs(q) ** full, 0.0) ** (1.0 / full)
    x = skull.centre[0] + half[0] * wide * np.sin(azimuth)
    z = skull.centre[2] + half[2] * wide * np.cos(azimuth)
    return np.stack(np.broadcast_arrays(x, height, z), axis=-1)


def dome(
    skull: Skull, room: float, rim: Rim, rise: float = 0.0, full: float = 2.0
) -> tuple[Floats, Ints]:
    """Return a cap over the skull down to its rim; ``rise`` metres higher at the crown."""
    azimuth = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    low = rim.height(skull, azimuth)
    top = skull.centre[1] + skull.half[1] + room - 1e-4
    angle = np.linspace(0.0, 1.0, 13)[:, None]
    start = np.arcsin((low - skull.centre[1]) / (skull.half[1] + room))
    phi = start + (0.5 * np.pi - start) * angle
    y = skull.centre[1] + (skull.half[1] + room) * np.sin(phi)
    p = _shell(skull, room, azimuth, np.minimum(y, top), full)
    p[..., 1] += rise * angle**2
    t = grid_triangles(len(angle), AROUND, closed=True)
    flat = p.reshape(-1, 3)
    return flat, orient(flat, t, flat - skull.centre)


def rim_band(
    skull: Skull, room: float, rim: Rim, tall: float, thick: float
) -> tuple[Floats, Ints]:
    """Return a band around the rim, ``tall`` metres high."""
    azimuth = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    low = rim.height(skull, azimuth)
    section = ((0.0, 0.0), (thick, 0.0), (1.3 * thick, 0.5), (thick, 1.0), (0.0, 1.0))
    rows = [_shell(skull, room + out, azimuth, low + up * tall) for out, up in section]
    p = np.stack(rows).reshape(-1, 3)
    return p, orient(p, grid_triangles(len(rows), AROUND, closed=True), p - skull.centre)


def cap(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a baseball cap."""
    k = tailor.form.size
    c = {"main": "#2f3b57", "brim": "", "accent": "#e9e6df", **spec.colours}
    skull, rim, room = skull_of(tailor, 0.0), Rim(0.52, 0.10), 0.020 * k
    add_rigid(tailor, "cap", *dome(skull, room, rim, 0.006 * k, FULL), Look(c["main"]))
    dark = Look(nuance(c["main"], -0.16))
    add_rigid(
        tailor, "cap-band", *rim_band(skull, room + 0.001 * k, rim, 0.010 * k, 0.0022 * k), dark
    )
    a = np.linspace(-1.02, 1.02, 27)
    edge = _shell(skull, room, a, rim.height(skull, a), FULL)
    out = np.cos(a * 1.45).clip(0.02) ** 0.55
    rows = []
    for q, sink in (
        (0.0, 0.0),
        (0.5, 0.0),
        (1.0, 0.0),
        (1.0, 0.003),
        (0.5, 0.004),
        (0.0, 0.004),
    ):
        reach = 0.080 * k * q * out
        drop = (
            sink * k + (0.006 + 0.020 * np.sin(a) ** 2) * k * q * out + 0.010 * k * q * q * out
        )
        rows.append(
            edge + np.stack([0.20 * reach * np.sin(a), 0.003 * k - drop, reach], axis=1)
        )
    p = np.stack(rows).reshape(-1, 3)
    t = grid_triangles(6, 27, closed=False)
    up = np.repeat(np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0]), 27)[:, None] * [0.0, 1.0, 0.0]
    add_rigid(
        tailor, "cap-brim", p, orient(p, t, up), Look(c["brim"] or nuance(c["main"], -0.10))
    )
    top = skull.centre + np.array([0.0, skull.half[1] + room + 0.006 * k, 0.0])
    p, t, _ = revolve(np.array([[0.009, -0.004], [0.008, 0.002], [0.001, 0.005]]) * k, 12)
    add_rigid(tailor, "cap-button", p + top, t, Look(c["accent"]))
    _seams(tailor, skull, room, rim, Look(nuance(c["main"], -0.22), outline=0.0))


def _seams(tailor: Tailor, skull: Skull, room: float, rim: Rim, look: Look) -> None:
    """Add the six seams of a cap."""
    k = tailor.form.size
    for i in range(6):
        a = np.full(12, (i + 0.5) * np.pi / 3)
        share = np.linspace(0.06, 0.97, 12)
        low = np.arcsin((rim.height(skull, a) - skull.centre[1]) / (skull.half[1] + room))
        y = np.sin(low + (0.5 * np.pi - low) * share) * (skull.half[1] + room)
        path = _shell(skull, room, a, skull.centre[1] + y, FULL)
        path[:, 1] += 0.006 * k * share**2
        p, t, _ = tube(path, 0.0009 * k, 5)
        add_rigid(tailor, f"cap-seam-{i}", p, t, look)


def douli(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a bamboo hat (斗笠): a wide woven cone."""
    k = tailor.form.size
    c = {"main": "#c9a468", "accent": "#8a6a38", **spec.colours}
    skull = skull_of(tailor, 0.0)
    wide = 0.275 * k * spec.params.get("width", 1.0)
    low = skull.centre[1] + 0.52 * skull.half[1]
    top = skull.centre[1] + skull.half[1] + 0.066 * k
    q = np.linspace(0, 1, 14)
    height = low + (top - low) * q**0.86
    out = np.stack([wide * (1 - q) + 0.004, height], axis=1)
    inside = np.stack([wide * (1 - q[::-1]) + 0.002, height[::-1] - 0.006], 1)
    profile = np.concatenate([inside, [[wide, low - 0.004], [wide + 0.004, low]], out])
    p, t, uv = revolve(profile, AROUND)
    p = p + np.array([skull.centre[0], 0.0, skull.centre[2]])
    tilt = -0.06
    pivot = np.array([0.0, low, skull.centre[2]])
    turn = np.array(
        [[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]]
    )
    p = (p - pivot) @ turn.T + pivot
    far = np.hypot(p[:, 0], p[:, 2] - skull.centre[2]) / wide * 0.98
    look = Look(
        c["main"], "skirt", nuance(c["main"], -0.10), "weave", c["accent"], folds=12,
        reach=(0.5, 0.3),
    )  # fmt: skip
    # The weave runs to and fro: where the ring closes there is no seam.
    across = np.abs(2.0 * uv[:, 0] - 1.0)
    add_rigid(tailor, "douli", p, t, look, uv=np.clip(np.stack([across, far], 1), 0, 1))


def futou(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add an official's cap (幞头): two rounded tiers and two wings."""
    k = tailor.form.size
    c = {"main": "#1d1c22", "accent": "#c9a45a", **spec.colours}
    look = Look(c["main"], sheen=0.15)
    skull, rim, room = skull_of(tailor, 0.0), Rim(0.58, 0.16), 0.018 * k
    add_rigid(tailor, "futou", *dome(skull, room, rim), look)
    band = Look(nuance(c["main"], 0.08))
    add_rigid(
        tailor, "futou-band", *rim_band(skull, room - 0.001, rim, 0.020 * k, 0.0030 * k), band
    )
    angle = np.linspace(0, np.pi / 2, 10)
    box = np.stack([np.cos(angle) ** 0.45, np.sin(angle) ** 0.9], axis=1)
    p, t, _ = revolve(np.concatenate([[[1.0, -0.9]], box]), 36)
    p = p * np.array([0.70 * skull.half[0], 0.062 * k, 0.46 * skull.half[2]])
    back = skull.centre + np.array([0.0, 0.92 * skull.half[1], -0.30 * skull.half[2]])
    add_rigid(tailor, "futou-top", p + back, t, look)
    long = (0.12 + 0.24 * spec.params.get("wings", 0.5)) * k
    level = skull.centre[1] + 0.52 * skull.half[1]
    for sign in (-1.0, 1.0):
        q = np.linspace(0, 1, 14)
        x = sign * (0.25 * skull.half[0] + long * q)
        y = level + 0.014 * k * np.sin(q * np.pi) - 0.016 * k * q
        z = skull.centre[2] - (0.80 - 0.10 * q) * (skull.half[2] + room)
        wide = (0.008 + 0.010 * np.sin(np.pi * np.clip(q * 0.9 + 0.1, 0, 1))) * k
        wing = Look(c["main"], sheen=0.15)
        ring = ((1.0, 0.0), (0.0, 0.003), (-1.0, 0.0), (0.0, -0.003))
        rows = [np.stack([x, y + s * wide, z + d * k], axis=1) for s, d in (*ring, ring[0])]
        grid = np.stack(rows).reshape(-1, 3)
        t = grid_triangles(5, 14, closed=False)
        middle = np.tile(np.stack([x, y, z], axis=1), (5, 1))
        add_rigid(tailor, f"futou-wing-{sign:+.0f}", grid, orient(grid, t, grid - middle), wing)


def helmet(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a general's helmet: a ridged bowl, a guard for the neck and a tassel on a spike."""
    k = tailor.form.size
    c = {"main": "#6d727c", "trim": "#c9a24c", "guard": "#4a3b30", "accent": "#b3272d",
         **spec.colours}  # fmt: skip
    skull, rim, room = skull_of(tailor, 0.0), Rim(0.56, 0.10), 0.020 * k
    steel, gold = Look(c["main"], sheen=0.5, role="metal"), Look(c["trim"], sheen=0.6)
    add_rigid(tailor, "helmet", *dome(skull, room, rim, 0.020 * k), steel)
    add_rigid(
        tailor, "helmet-band", *rim_band(skull, room - 0.001, rim, 0.018 * k, 0.0036 * k), gold
    )
    front = _shell(skull, room + 0.004 * k, np.zeros(1), rim.height(skull, np.zeros(1)))[0]
    p, t, _ = revolve(
        np.array([[0.0, -1.0], [0.7, -0.6], [1.0, 0.1], [0.5, 0.8], [0.0, 1.3]]), 4
    )
    p = p * np.array([0.020, 0.026, 0.005]) * k + front + np.array([0.0, 0.020 * k, 0.001])
    add_rigid(tailor, "helmet-plate", p, t, gold)
    top = skull.centre + np.array([0.0, skull.half[1] + room + 0.016 * k, 0.0])
    spike = np.array([[0.020, -0.006], [0.014, 0.004], [0.005, 0.012], [0.004, 0.040],
                      [0.0075, 0.045], [0.001, 0.062]])  # fmt: skip
    p, t, _ = revolve(spike * k, 16)
    add_rigid(tailor, "helmet-spike", p + top, t, gold)
    tuft = np.array([[0.001, 0.040], [0.012, 0.036], [0.024, 0.016], [0.030, -0.006],
                     [0.022, -0.012], [0.002, 0.0]])[::-1]  # fmt: skip
    ripple = 1.0 + 0.10 * np.cos(10 * np.linspace(0, 2 * np.pi, 40, endpoint=False))
    p, t, _ = revolve(tuft * k, 40, np.tile(ripple, (6, 1)))
    add_rigid(tailor, "helmet-tassel", p + top + [0.0, 0.004 * k, 0.0], t, Look(c["accent"]))
    a = np.linspace(1.25, 2 * np.pi - 1.25, 37)
    edge = _shell(skull, room, a, rim.height(skull, a) + 0.006 * k)
    away = np.stack([np.sin(a), 0 * a, np.cos(a)], axis=1)
    fade = 0.35 + 0.65 * np.sin(np.pi * (a - a[0]) / (a[-1] - a[0])) ** 0.6
    down = np.array([0.0, -1.0, 0.0])
    rows = [
        edge + q * fade[:, None] * (0.105 * k * down + 0.040 * k * away)
        for q in np.linspace(0, 1, 8)
    ]
    p = np.stack(rows).reshape(-1, 3)
    t = orient(p, grid_triangles(8, 37, closed=False), np.tile(away, (8, 1)))
    uv = np.stack([np.tile(np.linspace(0, 1, 37), 8), np.repeat(np.linspace(0, 1, 8), 37)], 1)
    scales = Look(c["guard"], "skirt", pattern="lamellar", accent=c["trim"], border=0.16,
                  reach=(0.5, 0.12))  # fmt: skip
    add_rigid(tailor, "helmet-guard", p, t, scales, uv=uv)


def crown(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add a crown (金冠, 凤冠): a ring with leaves, stones and, by ``beads``, strings."""
    k = tailor.form.size
    c = {"main": "#d9b45b", "gem": "#b3272d", **spec.colours}
    skull, rim, room = skull_of(tailor, 0.0), Rim(0.70, 0.58), 0.024 * k
    gold, stone = Look(c["main"], sheen=0.6, role="metal"), Look(c["gem"], sheen=0.6)
    a = np.linspace(0, 2 * np.pi, 97)[:-1]
    leaf = np.abs(np.cos(4.0 * a)) ** 1.6 * (0.35 + 0.65 * (0.5 + 0.5 * np.cos(a)) ** 2)
    tall = (0.014 + 0.040 * spec.params.get("height", 1.0) * leaf) * k
    low = rim.height(skull, a)
    foot = _shell(skull, room, a, low)
    away = np.stack([np.sin(a), 0 * a, np.cos(a)], axis=1)
    up = np.array([0.0, 1.0, 0.0])
    rows = []
    for out, share in ((0.0, 0.0), (0.0026, 0.0), (0.0034, 0.3), (0.0040, 1.0), (0.0022, 1.0),
                       (0.0, 0.3)):  # fmt: skip
        rows.append(
            foot
            + away * (out * k + 0.16 * share * tall)[:, None]
            + up * (share * tall)[:, None]
        )
    p = np.stack([*rows, rows[0]]).reshape(-1, 3)
    middle = np.tile(np.stack(rows).mean(axis=0), (7, 1))
    add_rigid(
        tailor, "crown", p, orient(p, grid_triangles(7, 96, closed=True), p - middle), gold
    )
    for i in range(-2, 3):
        at = i * np.pi / 4
        spot = foot[round(at / (2 * np.pi) * 96) % 96]
        normal = np.array([np.sin(at), 0.0, np.cos(at)])
        high = (0.016 if i == 0 else 0.012) * k
        p, t, _ = revolve(
            np.array([[0.02, -1.0], [0.7, -0.7], [1.0, 0.0], [0.7, 0.7], [0.02, 1.0]]), 10
        )
        p = p * (0.0062 if i == 0 else 0.0042) * k
        add_rigid(
            tailor, f"crown-gem-{i}", p + spot + normal * 0.0055 * k + up * high, t, stone
        )
    if spec.params.get("beads", 0.0) > 0.5:
        for i, angle in enumerate((-1.35, -1.15, 1.15, 1.35)):
            spot = _shell(skull, room + 0.006 * k, np.array([angle]), low[:1])[0]
            _beads(tailor, f"crown-beads-{i}", spot, 0.11 * k, Look(c["gem"], sheen=0.5))


def _beads(tailor: Tailor, name: str, top: Floats, length: float, look: Look) -> None:
    """Add a string of beads that hangs from a point."""
    k = tailor.form.size
    n = max(4, round(length / (0.0085 * k)))
    radius = np.tile([0.0006, 0.0030], n)[: 2 * n] * k
    y = -np.linspace(0.0, length, 2 * n)
    p, t, _ = revolve(np.stack([radius, y], axis=1)[::-1], 5)
    add_rigid(tailor, name, p + top, t, look)


def mianguan(tailor: Tailor, spec: GarmentSpec) -> None:
    """Add an emperor's crown (冕旒): a board on a tall cap, strings of beads at its ends."""
    k = tailor.form.size
    c = {"main": "#1c1a20", "trim": "#c9a24c", "gem": "#d8d2c2", "accent": "#8e2a2a",
         **spec.colours}  # fmt: skip
    skull, rim, room = skull_of(tailor, 0.0), Rim(0.66, 0.42), 0.020 * k
    cloth, gold = Look(c["main"], sheen=0.15), Look(c["trim"], sheen=0.5)
    add_rigid(tailor, "mianguan", *dome(skull, room, rim, 0.030 * k, 3.2), cloth)
    add_rigid(
        tailor, "mianguan-band", *rim_band(skull, room - 0.001, rim, 0.016 * k, 0.003 * k), gold
    )
    top = skull.centre[1] + skull.half[1] + room + 0.030 * k
    half, front, back = 0.090 * k, 0.150 * k, -0.165 * k
    corner = np.array([(x, y, z) for y in (0.0, 0.012 * k) for z in (front, back)
                       for x in (-half, half)])  # fmt: skip
    corner[:, 1] += top + 0.06 * (0.0 - corner[:, 2])
    corner[:, 2] += skull.centre[2]
    box = np.array([(0, 2, 1), (1, 2, 3), (4, 5, 6), (5, 7, 6), (0, 1, 4), (1, 5, 4), (2, 6, 3),
                    (3, 6, 7), (0, 4, 2), (2, 4, 6), (1, 3, 5), (3, 7, 5)])  # fmt: skip
    p = corner[box].reshape(-1, 3)
    t = np.arange(36).reshape(-1, 3)
    n = np.cross(p[1::3] - p[::3], p[2::3] - p[::3])
    n = np.repeat(n / np.linalg.norm(n, axis=1, keepdims=True), 3, axis=0)
    add_rigid(tailor, "mianguan-board", p, t, Look(c["accent"]), n=n)
    for end, z in (("front", front - 0.004 * k), ("back", back + 0.004 * k)):
        for i, x in enumerate(np.linspace(-0.92 * half, 0.92 * half, 7)):
            y = top + 0.06 * (0.0 - z)
            spot = np.array([x, y, skull.centre[2] + z])
            _beads(tailor, f"mianguan-{end}-{i}", spot, 0.095 * k, Look(c["gem"], sheen=0.4))


HATS: dict[str, Maker] = {
    "cap": cap,
    "douli": douli,
    "futou": futou,
    "helmet": helmet,
    "crown": crown,
    "mianguan": mianguan,
}
"""Garment makers by kind."""
