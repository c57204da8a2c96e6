"""Tea ware, jars, candles, abacus, vases and books."""

from __future__ import annotations

import numpy as np

from cyberdirector.backlot.kit.mesh import Mesh, join
from cyberdirector.backlot.kit.solids import (
    bevel_box,
    box,
    boxes,
    cylinder,
    lathe,
    sphere,
    tube,
)
from cyberdirector.backlot.props import Prop, gather, placed
from cyberdirector.backlot.props.swatch import swatch

_WHOLE = (0.0, 0.0, 1.0, 1.0)


def painted_box(
    center: tuple[float, float, float], size: tuple[float, float, float], color: str
) -> Mesh:
    """Return a box painted with a swatch from its top (light) to its bottom (deep)."""
    mesh = box(center, size)
    return painted(mesh, color)


def painted(mesh: Mesh, color: str, top: float = 0.05, bottom: float = 0.95) -> Mesh:
    """Return the mesh with a swatch run over its height."""
    left, high, right, low = swatch(color, top, bottom)
    y = mesh.positions[:, 1]
    span = max(float(y.max() - y.min()), 1e-6)
    t = (y.max() - y) / span
    uvs = np.stack([np.full_like(t, (left + right) / 2), high + (low - high) * t], axis=-1)
    return mesh.with_uvs(uvs)


def cup(color: str = "white", radius: float = 0.038) -> Prop:
    """Return a tea cup without a handle, 5 cm high, with tea in it."""
    r = radius
    outside = [
        (r * 0.5, 0.0),
        (r * 0.55, 0.006),
        (r * 0.82, 0.02),
        (r, 0.05),
        (r * 0.94, 0.05),
        (r * 0.85, 0.04),
    ]
    tea = lathe([(r * 0.86, 0.041), (0.0, 0.041)], 10, swatch("clay", 0.1, 0.3))
    return {"paint": join([lathe(outside, 10, swatch(color)), tea])}


def teapot(color: str = "clay", size: float = 0.085) -> Prop:
    """Return a pot with lid, knob, spout and handle; ``size`` is its belly radius."""
    s = size
    body = [
        (s * 0.62, 0.0),
        (s * 0.9, s * 0.22),
        (s, s * 0.62),
        (s * 0.88, s * 1.05),
        (s * 0.5, s * 1.32),
        (s * 0.5, s * 1.36),
        (s * 0.30, s * 1.5),
        (s * 0.08, s * 1.55),
        (s * 0.15, s * 1.66),
        (s * 0.12, s * 1.78),
        (0.0, s * 1.8),
    ]
    spout = tube(
        [
            (s * 0.8, s * 0.55, 0),
            (s * 1.3, s * 0.75, 0),
            (s * 1.5, s * 1.15, 0),
            (s * 1.62, s * 1.3, 0),
        ],
        [s * 0.28, s * 0.19, s * 0.12, s * 0.1],
        8,
        swatch(color),
    )
    t = np.linspace(-1.15, 1.15, 8)
    grip = tube(
        np.stack(
            [-s * 0.75 - s * 0.62 * np.cos(t), s * 0.72 + s * 0.48 * np.sin(t), 0 * t], -1
        ),
        s * 0.09,
        6,
        swatch(color),
    )
    return {"paint": join([lathe(body, 14, swatch(color)), spout, grip])}


def jar(color: str, radius: float = 0.1, height: float = 0.26, cloth: str = "") -> Prop:
    """Return a lidded storage jar; ``cloth`` ties a coloured cloth over its mouth."""
    r, h = radius, height
    body = [
        (r * 0.7, 0.0),
        (r * 0.8, h * 0.08),
        (r, h * 0.45),
        (r * 0.97, h * 0.66),
        (r * 0.66, h * 0.85),
        (r * 0.62, h * 0.88),
    ]
    made = [lathe(body, 12, swatch(color))]
    if cloth:
        top = [
            (r * 0.86, h * 0.8),
            (r * 0.72, h * 0.86),
            (r * 0.72, h * 0.93),
            (r * 0.5, h * 1.0),
            (0.0, h * 1.02),
        ]
        made.append(lathe(top, 12, swatch(cloth)))
    else:
        lid = [
            (r * 0.7, h * 0.88),
            (r * 0.72, h * 0.91),
            (r * 0.4, h * 0.97),
            (r * 0.14, h * 0.98),
            (r * 0.16, h * 1.05),
            (0.0, h * 1.07),
        ]
        made.append(lathe(lid, 12, swatch(color)))
    return {"paint": join(made)}


def vase(color: str = "celadon", height: float = 0.4) -> Prop:
    """Return a plum vase (梅瓶)."""
    h = height
    body = [
        (h * 0.16, 0.0),
        (h * 0.17, h * 0.05),
        (h * 0.27, h * 0.55),
        (h * 0.29, h * 0.7),
        (h * 0.2, h * 0.86),
        (h * 0.08, h * 0.91),
        (h * 0.1, h),
        (h * 0.07, h * 0.99),
        (h * 0.06, h * 0.92),
    ]
    return {"paint": lathe(body, 14, swatch(color))}


def candle(holder: str = "brass") -> Prop:
    """Return a candle on a stick, its flame about 0.3 m over the foot."""
    foot = [
        (0.055, 0.0),
        (0.05, 0.012),
        (0.015, 0.03),
        (0.012, 0.09),
        (0.03, 0.12),
        (0.042, 0.135),
        (0.02, 0.13),
        (0.0, 0.13),
    ]
    wax = cylinder((0.0, 0.13, 0.0), 0.016, 0.11, 8, rect=swatch("cream"))
    flame = [(0.002, 0.0), (0.0105, 0.014), (0.012, 0.022), (0.007, 0.042), (0.0, 0.062)]
    return {
        "paint": join([lathe(foot, 12, swatch(holder)), wax]),
        "flame": lathe(flame, 8, _WHOLE).moved((0.0, 0.245, 0.0)),
    }


def abacus() -> Prop:
    """Return a 算盘 that lies on y = 0, 40 cm long."""
    w, d = 0.4, 0.18
    rim = boxes(
        np.array(
            [
                [0, 0.015, -d / 2],
                [0, 0.015, d / 2],
                [0, 0.015, -0.03],
                [-w / 2, 0.015, 0],
                [w / 2, 0.015, 0],
            ]
        ),
        np.array(
            [
                [w, 0.03, 0.018],
                [w, 0.03, 0.018],
                [w, 0.024, 0.01],
                [0.018, 0.03, d],
                [0.018, 0.03, d],
            ]
        ),
    )
    rng = np.random.default_rng(5)
    centers = []
    for i in range(11):
        x = -w / 2 + w * (i + 0.5) / 11
        centers += [
            (x, 0.017, z + 0.008 * rng.integers(0, 2))
            for z in (-0.065, 0.0, 0.022, 0.044, 0.066)
        ]
    beads = painted(boxes(np.array(centers), (0.022, 0.018, 0.014)), "ink")
    return {"wood": rim, "paint": beads}


def tea_set(seed: int, cups: int = 4, color: str = "white", pot: str = "clay") -> Prop:
    """Return a tray with a pot and cups round it, laid out by ``seed``."""
    rng = np.random.default_rng(seed)
    made = [{"wood": bevel_box((0.0, 0.012, 0.0), (0.36, 0.024, 0.26), 0.006, seed)}]
    made.append(placed(teapot(pot), (-0.05, 0.024, 0.0), rng.random() * 6))
    for i in range(cups):
        turn = 2 * np.pi * (i + 0.3 * rng.random()) / cups
        made.append(
            placed(cup(color), (0.30 * float(np.sin(turn)), 0.0, 0.30 * float(np.cos(turn))))
        )
    return gather(made)


def snack_plate(seed: int) -> Prop:
    """Return a plate with round cakes."""
    rng = np.random.default_rng(seed)
    made = [
        lathe([(0.05, 0.0), (0.09, 0.016), (0.085, 0.018), (0.0, 0.012)], 14, swatch("celadon"))
    ]
    for i in range(5):
        a = i * 1.257 + rng.random() * 0.3
        r = 0.0 if i == 4 else 0.045
        made.append(
            sphere(
                (r * float(np.cos(a)), 0.03, r * float(np.sin(a))),
                (0.022, 0.016, 0.022),
                8,
                swatch("cream"),
            )
        )
    return {"paint": join(made)}


def books(seed: int, count: int = 5) -> Prop:
    """Return a lying pile of thread-bound books."""
    rng = np.random.default_rng(seed)
    made, y = [], 0.0
    for _ in range(count):
        h = 0.02 + 0.015 * rng.random()
        color = ("blue", "ink", "straw", "plum", "cream")[rng.integers(5)]
        made.append(
            painted_box((0.0, 0.0, 0.0), (0.17, h, 0.24), color).moved(
                (0.0, y + h / 2, 0.0), 0.4 * (rng.random() - 0.5)
            )
        )
        y += h
    return {"paint": join(made)}


def random_jar(rng: np.random.Generator, room: float) -> Prop:
    """Return a jar that fits under a shelf ``room`` metres high, in a random colour."""
    color = ("clay", "celadon", "ink", "white", "straw", "blue", "teal")[rng.integers(7)]
    height = room * (0.55 + 0.25 * rng.random())
    cloth = ("", "red", "", "straw")[rng.integers(4)]
    return jar(color, height * (0.34 + 0.1 * rng.random()), height, cloth)
