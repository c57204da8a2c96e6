"""Painted rows of buildings: an old street and a city skyline, by day and lit from inside.

Each comes as two pictures of one layout: the buildings, and an overlay with nothing but
their lit windows and lanterns, whose alpha is how brightly they shine. Row 0 on top.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.noise import (
    Image,
    coordinates,
    fractal,
    pixels,
    ramp,
    rgb,
    step,
    value_noise,
)

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in 0..1 of the picture."""


class _Layers:
    """The two pictures while they are painted."""

    def __init__(self, size: tuple[int, int], warmth: str) -> None:
        self.size = size
        self.image = np.zeros((*size, 3), dtype=np.float32)
        self.alpha = np.zeros(size, dtype=np.float32)
        self.glow = np.broadcast_to(rgb(warmth), (*size, 3)).astype(np.float32).copy()
        self.lit = np.zeros(size, dtype=np.float32)

    def _slices(self, box: Box) -> tuple[slice, slice]:
        h, w = self.size
        x0, x1, y0, y1 = (
            max(round(value * full), 0)
            for value, full in ((box[0], w), (box[2], w), (box[1], h), (box[3], h))
        )
        return slice(y0, y1), slice(x0, x1)

    def fill(self, box: Box, color: Image) -> None:
        """Paint an opaque, unlit rectangle."""
        at = self._slices(box)
        self.image[at], self.alpha[at], self.lit[at] = color, 1.0, 0.0

    def shine(self, box: Box, color: Image, level: float) -> None:
        """Make a rectangle shine, brighter in its middle."""
        at = self._slices(box)
        rows, columns = self.lit[at].shape
        if rows and columns:
            y, x = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)[None]
            self.glow[at] = color
            self.lit[at] = level * (1 - 0.35 * np.clip(x * x + (y - 0.2) ** 2, 0, 1))

    def lantern(self, x: float, y: float, radius: float, color: Image) -> None:
        """Paint a small round lantern; ``radius`` in heights of the picture."""
        h, w = self.size
        at = self._slices((x - radius * h / w, y - radius, x + radius * h / w, y + radius))
        rows, columns = self.lit[at].shape
        if rows > 2 and columns > 2:
            yy, xx = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, columns)[None]
            ball = yy * yy + xx * xx < 1
            self.image[at] = np.where(ball[..., None], color * 0.8, self.image[at])
            self.glow[at] = np.where(ball[..., None], color, self.glow[at])
            self.lit[at] = np.where(ball, 1.0, self.lit[at])
            self.alpha[at] = np.maximum(self.alpha[at], ball)

    def finished(self, halo: float, reach: int) -> tuple[Pixels, Pixels]:
        """Return both pictures; ``halo`` is the strength of a soft glow ``reach`` px wide.

        The brightness is in colour and alpha, so that the overlay may be cut out too.
        """
        soft = self.lit
        for _ in range(3):
            soft = _box_blur(soft, reach)
        lit = np.maximum(self.lit, np.clip(halo * soft, 0, 0.6))
        level = np.clip(lit * 1.15, 0, 1)[..., None]
        return pixels(self.image, self.alpha), pixels(self.glow * level, lit)


def _box_blur(image: Image, reach: int) -> Image:
    """Return the mean over squares of ``2 reach + 1`` pixels; wraps along U only."""
    for axis, mode in ((0, "edge"), (1, "wrap")):
        widths = [(0, 0), (0, 0)]
        widths[axis] = (reach + 1, reach)
        padded = np.pad(image, widths, mode=mode)  # type: ignore[call-overload]
        total = np.cumsum(padded, axis=axis, dtype=np.float64)
        count = image.shape[axis]
        high = np.take(total, np.arange(2 * reach + 1, 2 * reach + 1 + count), axis=axis)
        low = np.take(total, np.arange(count), axis=axis)
        image = np.asarray((high - low) / (2 * reach + 1), dtype=np.float32)
    return image


def old_street(seed: int, size: tuple[int, int] = (640, 1280)) -> tuple[Pixels, Pixels]:
    """Return a row of old two-storey shop houses, and their lights."""
    rng = np.random.default_rng(seed)
    layers = _Layers(size, "#ffb060")
    v, _ = coordinates(*size)
    walls = [rgb(c) for c in ("#7f8aa0", "#6a7690", "#9298a6", "#5f6a84")]
    for row, (foot, scale, dim) in enumerate(((0.86, 0.85, 0.62), (1.0, 1.0, 1.0))):
        x = -0.05 * rng.random()
        while x < 1.02:
            w = (0.11 + 0.07 * rng.random()) * scale
            top = foot - (0.46 + 0.22 * rng.random()) * scale
            _house(layers, (x, top, x + w, foot), walls[rng.integers(4)] * dim, dim, rng)
            x += w + 0.003
        if row == 0:
            layers.lit *= 0.6
    layers.image *= (1.0 - 0.25 * step(0.55, 1.0, v))[..., None]
    layers.image *= (0.9 + 0.2 * fractal(size, (6, 10), seed + 3, 3))[..., None]
    return layers.finished(0.55, 9)


def _house(
    layers: _Layers, box: Box, wall: Image, dim: float, rng: np.random.Generator
) -> None:
    """Paint one shop house: upper windows, railing, lower roof, shop front, lanterns."""
    x0, top, x1, foot = box
    w, tall = x1 - x0, foot - top
    timber = rgb("#3c3a48") * dim
    layers.fill(box, wall)
    tone = rgb(("#ffcf7a", "#ffb45a", "#ffdc9a")[rng.integers(3)])
    on = rng.random(2) < (0.6, 0.75)
    row = (x0, top + 0.20 * tall, x1, top + 0.40 * tall)
    _windows(layers, row, 3, bool(on[0]), tone, dim, rng)
    layers.fill((x0 - 0.002, top + 0.42 * tall, x1 + 0.002, top + 0.435 * tall), timber)
    for i in range(12):
        at = x0 + w * (i + 0.5) / 12
        layers.fill((at - 0.0008, top + 0.435 * tall, at + 0.0008, top + 0.50 * tall), timber)
    _windows(layers, (x0, top + 0.66 * tall, x1, foot), 4, bool(on[1]), tone, dim, rng)
    for y, high, wide in (
        (top, 0.11 + 0.03 * rng.random(), 0.09),
        (top + 0.5 * tall, 0.05, 0.05),
    ):
        _eaves(layers, (x0, y - high * 0.5, x1, y + high * 0.5), wide * w, dim)
    for x in (x0 + 0.006, x1 - 0.006):
        layers.fill((x - 0.003, top + 0.1 * tall, x + 0.003, foot), timber * 0.85)
    if dim == 1.0:
        for side in (0.14, 0.86):
            if rng.random() < 0.6:
                y = top + 0.66 * tall
                layers.lantern(x0 + w * side, y, 0.018, rgb("#ff6a38"))


def _eaves(layers: _Layers, box: Box, overhang: float, dim: float) -> None:
    """Paint a tiled roof with a hollow slope that spreads towards its eaves."""
    x0, y0, x1, y1 = box
    tiles = rgb("#36486a") * dim
    steps = 20
    for k in range(steps):
        t = k / (steps - 1)
        spread = overhang * (0.1 + t**2.2) - 0.06 * (x1 - x0) * (1 - t)
        y = y0 + (y1 - y0) * t
        shade = tiles * (1.25 - 0.55 * t) if k < steps - 2 else tiles * 0.5
        layers.fill((x0 - spread, y, x1 + spread, y + (y1 - y0) / steps * 1.2), shade)


def _windows(
    layers: _Layers,
    box: Box,
    count: int,
    on: bool,
    tone: Image,
    dim: float,
    rng: np.random.Generator,
) -> None:
    """Paint a row of paper windows with their bars; some of them shine."""
    x0, y0, x1, y1 = box
    timber = rgb("#38343f") * dim
    wide, tall = (x1 - x0) / count, y1 - y0
    for i in range(count):
        a, b = x0 + wide * (i + 0.14), x0 + wide * (i + 0.86)
        layers.fill((a - 0.002, y0 - 0.005, b + 0.002, y1 + 0.004), timber)
        layers.fill((a, y0, b, y1), rgb("#8f98a6") * dim)
        if on and rng.random() < 0.8:
            layers.shine((a, y0, b, y1), tone, 0.88)
        for f in (0.25, 0.5, 0.75):
            x = a + (b - a) * f
            layers.fill((x - 0.0006, y0, x + 0.0006, y1), timber)
        for k in range(1, max(round(tall / 0.035), 2)):
            y = y0 + 0.035 * k
            layers.fill((a, y - 0.0012, b, y + 0.0012), timber)
        if tall > 0.2:
            layers.fill((a, y1 - tall * 0.22, b, y1), timber * 1.2)


def skyline(seed: int, size: tuple[int, int] = (512, 1024)) -> tuple[Pixels, Pixels]:
    """Return a city of glass towers, and its lights."""
    rng = np.random.default_rng(seed)
    layers = _Layers(size, "#ffd49a")
    v, _ = coordinates(*size)
    tones = ("#b9cbe0", "#9db4cf", "#7d97b8", "#5f7a9e")
    for row in range(4):
        near = row / 3
        base = ramp(np.full((1, 1), near, dtype=np.float32), tones)[0, 0]
        x = -0.03
        while x < 1.02:
            w = (0.022 + 0.04 * rng.random()) * (0.8 + 0.7 * near)
            tall = (0.30 + 0.55 * rng.random() ** 1.6) * (1.12 - 0.42 * near)
            box = (x, 1 - tall, x + w, 1.0)
            _tower(layers, box, base * (0.92 + 0.16 * rng.random()), rng, near)
            x += w + 0.012 * rng.random() * (1 - 0.5 * near)
    haze = step(0.35, 1.0, v)[..., None]
    layers.image += (rgb("#c9d8ea") - layers.image) * (haze * 0.45)
    layers.image *= (0.95 + 0.1 * value_noise(size, (5, 7), seed + 3))[..., None]
    return layers.finished(0.5, 4)


def _tower(
    layers: _Layers, box: Box, color: Image, rng: np.random.Generator, near: float
) -> None:
    """Paint one tower: light and shaded half, floors, mast, random lit windows."""
    x0, top, x1, _ = box
    split = x0 + (x1 - x0) * (0.55 + 0.2 * rng.random())
    layers.fill(box, color)
    layers.fill((split, top, x1, 1.0), color * 0.84)
    if rng.random() < 0.4:
        middle = (x0 + x1) / 2
        layers.fill((middle - 0.0015, top - 0.05, middle + 0.0015, top), color * 0.9)
    floor = 0.016 + 0.006 * near
    columns = max(round((x1 - x0) / (0.007 + 0.003 * near)), 2)
    warm = ("#ffd890", "#ffc070", "#fff0c8")
    cool = ("#bfe2ff", "#9ccfff", "#e2f2ff")
    tones = [rgb(c) for c in (warm if rng.random() < 0.65 else cool)]
    share = 0.22 + 0.38 * rng.random()
    for k in range(int((1 - top) / floor)):
        y = top + floor * (k + 0.3)
        layers.fill((x0, y, x1, y + floor * 0.45), color * 0.9)
        for i in range(columns):
            if rng.random() < share:
                a, b = (x0 + (x1 - x0) * (i + f) / columns for f in (0.18, 0.82))
                level = 0.5 + 0.5 * near
                layers.shine((a, y, b, y + floor * 0.55), tones[rng.integers(3)], level)
