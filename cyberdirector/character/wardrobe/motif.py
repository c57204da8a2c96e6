"""Woven and printed patterns, drawn by ourselves as tiles that repeat."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cyberdirector.core.errors import InputRefused

Floats = NDArray[np.float64]

_SIDE = 256
_FINE = 3


class _Pen:
    """Draws lines and shapes on a tile whose sides meet; coordinates 0..1, y down."""

    def __init__(self) -> None:
        self.image = Image.new("L", (_SIDE * _FINE, _SIDE * _FINE), 0)
        self.pen = ImageDraw.Draw(self.image)

    def _copies(self, p: Floats) -> list[list[tuple[float, float]]]:
        out = []
        for dx in (-1.0, 0.0, 1.0):
            for dy in (-1.0, 0.0, 1.0):
                q = (p + np.array([dx, dy])) * _SIDE * _FINE
                size = _SIDE * _FINE
                if q.max(axis=0).min() > -40 and q.min(axis=0).max() < size + 40:
                    out.append([(float(a), float(b)) for a, b in q])
        return out

    def line(self, p: Floats, width: float, tone: float = 1.0) -> None:
        """Draw a polyline with round joints; ``width`` as a share of the tile."""
        size = max(1, round(width * _SIDE * _FINE))
        for points in self._copies(np.asarray(p, dtype=np.float64)):
            self.pen.line(points, fill=round(255 * tone), width=size, joint="curve")
            for x, y in (points[0], points[-1]):
                r = size / 2
                self.pen.ellipse((x - r, y - r, x + r, y + r), fill=round(255 * tone))

    def shape(self, p: Floats, tone: float = 1.0) -> None:
        """Fill a polygon."""
        for points in self._copies(np.asarray(p, dtype=np.float64)):
            self.pen.polygon(points, fill=round(255 * tone))

    def mask(self) -> Floats:
        """Return the tile (side, side) 0..1."""
        small = self.image.resize((_SIDE, _SIDE), Image.Resampling.BOX)
        return np.asarray(small, dtype=np.float64) / 255.0


def _circle(x: float, y: float, r: float, n: int = 40) -> Floats:
    a = np.linspace(0, 2 * np.pi, n)
    return np.stack([x + r * np.cos(a), y + r * np.sin(a)], axis=1)


def _spiral(x: float, y: float, r: float, turns: float, start: float, turn: int) -> Floats:
    q = np.linspace(0, 1, 60)
    a = start + turn * 2 * np.pi * turns * q
    s = r * (1 - 0.86 * q)
    return np.stack([x + s * np.cos(a), y + s * np.sin(a)], axis=1)


def _cloud(pen: _Pen) -> None:
    """Auspicious clouds: a head of three curls over a long tail."""
    for x, y, size, turn in ((0.27, 0.26, 1.0, 1), (0.77, 0.76, 1.0, -1)):
        for dx, dy, r in ((0.0, 0.0, 0.105), (-0.13, 0.055, 0.075), (0.12, 0.06, 0.070)):
            way = turn if dx <= 0 else -turn
            start = np.pi / 2
            pen.line(
                _spiral(x + turn * dx * size, y + dy * size, r * size, 1.35, start, way), 0.016
            )
        q = np.linspace(0, 1, 30)
        for k, (length, drop) in enumerate(((0.36, 0.135), (0.26, 0.165), (0.15, 0.105))):
            xs = x - turn * 0.15 + turn * length * q
            ys = y + drop + 0.014 * np.sin(q * np.pi * 2 + k)
            pen.line(np.stack([xs, ys], axis=1), 0.015 - 0.002 * k)


def _wave(pen: _Pen) -> None:
    """Scale waves: rows of concentric arcs that cover each other."""
    n = 4
    for row in range(-1, 2 * n + 2):
        for col in range(-1, n + 1):
            x, y = (col + 0.5 * (row % 2) + 0.5) / n, (row + 1) / (2 * n)
            pen.shape(_circle(x, y, 0.5 / n), 0.0)
            for r in (0.46, 0.31, 0.16):
                pen.line(_circle(x, y, r / n), 0.012)


def _blossom(pen: _Pen, x: float, y: float, r: float, turn: float) -> None:
    for k in range(5):
        a = turn + 2 * np.pi * k / 5
        pen.shape(_circle(x + 0.62 * r * np.cos(a), y + 0.62 * r * np.sin(a), 0.46 * r))
    pen.shape(_circle(x, y, 0.20 * r), 0.35)
    for k in range(10):
        a = turn + 2 * np.pi * k / 10
        tip = np.array([[x, y], [x + 0.55 * r * np.cos(a), y + 0.55 * r * np.sin(a)]])
        pen.line(tip, 0.005, 0.5)


def _plum(pen: _Pen) -> None:
    """Plum blossom: twigs with flowers and buds."""
    q = np.linspace(0, 1, 20)[:, None]
    for x, y, dx, dy, side in ((0.05, 0.42, 0.42, -0.26, 1), (0.58, 0.95, 0.40, -0.28, -1)):
        bend = np.array([0.05 * side, 0.05])
        twig = np.array([x, y]) + q * [dx, dy] + np.sin(q * np.pi) * bend
        pen.line(twig, 0.011, 0.75)
        pen.line(np.array([twig[9], twig[9] + [0.10, 0.07 * side]]), 0.008, 0.7)
        _blossom(pen, twig[13, 0], twig[13, 1], 0.085, 0.3)
        _blossom(pen, twig[5, 0], twig[5, 1] + 0.05, 0.065, 1.1)
        pen.shape(_circle(twig[-1, 0], twig[-1, 1], 0.022))
        pen.shape(_circle(twig[9, 0] + 0.10, twig[9, 1] + 0.07 * side, 0.022))
        pen.shape(_circle(twig[2, 0], twig[2, 1] - 0.03, 0.016))
    _blossom(pen, 0.80, 0.30, 0.050, 0.8)
    _blossom(pen, 0.25, 0.76, 0.050, 0.2)


def _leaf(x: float, y: float, angle: float, long: float) -> Floats:
    q = np.linspace(0, 1, 14)
    w = 0.17 * long * np.sin(np.pi * q**0.7) * (1 - 0.3 * q)
    up = np.stack([q * long, w], axis=1)
    leaf = np.concatenate([up, up[::-1] * [1, -1]])
    c, s = np.cos(angle), np.sin(angle)
    return leaf @ np.array([[c, s], [-s, c]]) + [x, y]


def _bamboo(pen: _Pen) -> None:
    """Bamboo: jointed stems and sprays of leaves."""
    for x, lean in ((0.20, 0.03), (0.70, -0.04)):
        for k in range(4):
            y0, y1 = k * 0.25 + 0.008, (k + 1) * 0.25 - 0.008
            xs = [x + lean * np.sin(2 * np.pi * y) for y in (y0, y1)]
            pen.line(np.array([[xs[0], y0], [xs[1], y1]]), 0.016, 0.75)
    sprays = ((0.22, 0.12, 1), (0.19, 0.62, -1), (0.71, 0.38, -1), (0.69, 0.86, 1))
    for x, y, side in sprays:
        for a, long in ((0.35, 0.21), (0.85, 0.23), (1.35, 0.17), (0.0, 0.14)):
            angle = a if side > 0 else np.pi - a
            pen.shape(_leaf(x, y, angle, long))


def _lattice(pen: _Pen) -> None:
    """Brocade lattice: double diamonds with a small flower in each."""
    for r, width in ((0.50, 0.014), (0.41, 0.007)):
        for x, y in ((0.5, 0.5), (0.0, 0.0)):
            p = np.array([[x, y - r], [x + r, y], [x, y + r], [x - r, y], [x, y - r]])
            pen.line(p, width)
    for x, y in ((0.5, 0.5), (0.0, 0.0)):
        for k in range(4):
            a = np.pi / 4 + k * np.pi / 2
            pen.shape(_circle(x + 0.085 * np.cos(a), y + 0.085 * np.sin(a), 0.058))
            tip = np.array([x + 0.20 * np.cos(a), y + 0.20 * np.sin(a)])
            pen.line(np.array([[x, y], tip]), 0.010)
        pen.shape(_circle(x, y, 0.035), 0.2)


def _medallion(pen: _Pen) -> None:
    """Round medallions: rings, eight petals, curls at the rim."""
    for x, y in ((0.25, 0.25), (0.75, 0.75)):
        pen.line(_circle(x, y, 0.215), 0.014)
        pen.line(_circle(x, y, 0.185), 0.006)
        for k in range(8):
            a = 2 * np.pi * k / 8
            pen.shape(_leaf(x + 0.05 * np.cos(a), y + 0.05 * np.sin(a), a, 0.085))
            b = a + np.pi / 8
            pen.line(
                _spiral(x + 0.145 * np.cos(b), y + 0.145 * np.sin(b), 0.034, 1.1, b, 1), 0.009
            )
        pen.shape(_circle(x, y, 0.030))
    for x, y in ((0.75, 0.25), (0.25, 0.75)):
        for k in range(4):
            a = np.pi / 2 * k
            pen.shape(_leaf(x, y, a, 0.075))


def _lamellar(pen: _Pen) -> None:
    """Rows of laced plates with rounded lower ends."""
    n = 4
    for row in range(n):
        for col in range(n):
            x, y = (col + 0.5 * (row % 2)) / n, row / n
            a = np.linspace(0, np.pi, 14)
            arc = np.stack(
                [x + 0.5 / n + 0.5 / n * np.cos(a), y + 0.72 / n + 0.26 / n * np.sin(a)], 1
            )
            side = np.array([[x + 1.0 / n, y], [x + 1.0 / n, y + 0.72 / n]])
            pen.line(np.concatenate([side, arc]), 0.014)
            pen.line(
                np.array([[x + 0.5 / n, y + 0.22 / n], [x + 0.5 / n, y + 0.46 / n]]), 0.016, 0.6
            )


def _weave(pen: _Pen) -> None:
    """A basket weave of slanting strips."""
    for k in range(-8, 9):
        s = k / 8
        pen.line(np.array([[s, 0.0], [s + 1.0, 1.0]]), 0.022, 0.8)
        pen.line(np.array([[s + 1.0, 0.0], [s, 1.0]]), 0.022, 0.8)


def _stripe(pen: _Pen) -> None:
    for k in range(4):
        pen.line(np.array([[(k + 0.5) / 4, -0.1], [(k + 0.5) / 4, 1.1]]), 0.075, 0.7)


def _breton(pen: _Pen) -> None:
    for k in range(4):
        pen.line(np.array([[-0.1, (k + 0.5) / 4], [1.1, (k + 0.5) / 4]]), 0.085, 0.9)


def _dot(pen: _Pen) -> None:
    for row in range(4):
        for col in range(2):
            x = (col + 0.25 + 0.5 * (row % 2)) / 2
            pen.shape(_circle(x, (row + 0.5) / 4, 0.052))


def _check(pen: _Pen) -> None:
    grid = np.zeros((_SIDE * _FINE, _SIDE * _FINE))
    x = (np.arange(_SIDE * _FINE) + 0.5) / (_SIDE * _FINE) * 4 % 1
    wide = (x < 0.5) * 0.42
    grid = wide[None] + wide[:, None]
    pen.image.paste(Image.fromarray(np.round(grid * 255).astype(np.uint8)))


def _plaid(pen: _Pen) -> None:
    x = (np.arange(_SIDE * _FINE) + 0.5) / (_SIDE * _FINE)
    line = np.zeros_like(x)
    for at, width, tone in ((0.25, 0.20, 0.34), (0.25, 0.035, 0.55), (0.72, 0.030, 0.62),
                            (0.80, 0.030, 0.62)):  # fmt: skip
        line = np.maximum(line, (np.abs(x - at) < width / 2) * tone)
    grid = np.clip(line[None] + line[:, None] * 0.9, 0, 1)
    pen.image.paste(Image.fromarray(np.round(grid * 255).astype(np.uint8)))


_TILES: dict[str, tuple[Callable[[_Pen], None], float, float]] = {
    "cloud": (_cloud, 0.230, 0.75),
    "wave": (_wave, 0.200, 0.55),
    "plum": (_plum, 0.240, 0.85),
    "bamboo": (_bamboo, 0.260, 0.75),
    "lattice": (_lattice, 0.070, 0.40),
    "medallion": (_medallion, 0.200, 0.75),
    "lamellar": (_lamellar, 0.150, 1.0),
    "weave": (_weave, 0.200, 0.7),
    "stripe": (_stripe, 0.100, 0.75),
    "breton": (_breton, 0.110, 0.85),
    "dot": (_dot, 0.100, 0.90),
    "check": (_check, 0.160, 0.80),
    "plaid": (_plaid, 0.110, 0.90),
}

SCATTERED = ("cloud", "plum", "bamboo", "medallion", "dot")
"""Patterns of single motifs, which may be left out where cloth turns to the side."""

PATTERNS = tuple(_TILES)
"""Names of patterns."""


@lru_cache(maxsize=16)
def tile(name: str) -> Floats:
    """Return one repeat of a pattern (256, 256), 0..1."""
    pen = _Pen()
    _TILES[name][0](pen)
    return pen.mask() * _TILES[name][2]


def emblem(name: str, x: Floats, y: Floats, size: float) -> Floats:
    """Return a mask 0..1 of one round motif, ``size`` metres across, around (0, 0)."""
    from scipy.ndimage import map_coordinates

    at = np.stack(
        [(0.25 - 0.5 * y / size) * _SIDE - 0.5, (0.25 + 0.5 * x / size) * _SIDE - 0.5]
    )
    near = np.hypot(x, y) < 0.48 * size
    return map_coordinates(tile(name), at, order=1, mode="grid-wrap") * near


def pattern(name: str, x: Floats, y: Floats) -> Floats:
    """Return a pattern mask 0..1 over metric coordinates (metres, y down).

    Raises
    ------
    InputRefused
        ``pattern-unknown``.
    """
    if name not in _TILES:
        known = ", ".join(PATTERNS)
        raise InputRefused(
            "pattern-unknown",
            f"没有名为“{name}”的纹样；可选：{known}。",
            f"There is no pattern “{name}”; choose one of {known}.",
        )
    from scipy.ndimage import map_coordinates

    size = _TILES[name][1]
    at = np.stack([y / size * _SIDE - 0.5, x / size * _SIDE - 0.5])
    return np.clip(map_coordinates(tile(name), at, order=1, mode="grid-wrap"), 0.0, 1.0)
