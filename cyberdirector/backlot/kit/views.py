"""Painted distance: mountain silhouettes, clouds, old streets and city skylines.

Colours are those of the local object under white light; presets light and fog them.
Alpha is straight; row 0 on top.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.noise import (
    Image,
    coordinates,
    fractal,
    pixels,
    posterize,
    ramp,
    rgb,
    step,
    value_noise,
)

Pixels = NDArray[np.uint8]


def ridge_line(width: int, seed: int, sharp: float, peaks: int = 3) -> Image:
    """Return heights 0..1 of a mountain ridge that repeats over ``width`` pixels.

    ``sharp`` 0 gives rounded hills, 1 steep 国画 needles.
    """
    rng = np.random.default_rng(seed)
    u = (np.arange(width, dtype=np.float32) + 0.5) / width
    rough = fractal((1, width), (1, 12), seed + 7, 5)[0] - 0.5
    warped = u + 0.012 * (fractal((1, width), (1, 20), seed + 8, 3)[0] - 0.5)
    line = np.zeros(width, dtype=np.float32)
    for i in range(peaks * 3):
        center, spread = rng.random(), (0.022 + 0.05 * rng.random()) * (1.5 - sharp)
        height = (0.55 + 0.45 * rng.random()) * (1.0 if i < peaks else 0.55)
        far = np.abs((warped - center + 0.5) % 1.0 - 0.5) / spread
        # A steep upper part on a wide foot: the karst towers of landscape scrolls.
        tower = 1.0 / (1.0 + far ** (2.0 + 2.5 * sharp)) * 0.75 + 0.25 * np.exp(-(far**2) / 5)
        line = np.maximum(line, (height * tower).astype(np.float32))
    line = line + (0.10 + 0.14 * sharp) * rough * (0.3 + line)
    line -= line.min()
    return np.asarray(line / line.max(), dtype=np.float32)


def peaks(
    colors: Sequence[str],
    seed: int,
    sharp: float = 0.6,
    size: tuple[int, int] = (512, 1024),
    mist: float = 0.45,
    woods: float = 0.0,
) -> Pixels:
    """Return a mountain range with alpha: painted ribs, foot dissolving into mist.

    ``colors`` go from the shadow side to the light side; ``mist`` is the part of the
    height over which the foot fades out; ``woods`` 0..1 roughens the ridge with tree tops.
    """
    height, width = size
    v, u = coordinates(height, width)
    line = 0.22 + 0.74 * ridge_line(width, seed, sharp)
    trees = np.abs(fractal((1, width), (1, width // 9), seed + 6, 2)[0] - 0.5)
    line = line + np.float32(0.05 * woods) * (trees - 0.12)
    slope = np.asarray(np.gradient(line) * height, dtype=np.float32)
    top = 1 - line[None, :]
    depth = (v - top) * height
    edge = depth / np.sqrt(1 + slope[None, :] ** 2)
    alpha = step(-1.2, 1.2, edge) * (1 - step(1 - mist, 0.99, v))
    tone = _ribs(v, u, top, slope, seed)
    tone += 0.14 * (1 - step(0.0, 6.0, edge)) + 0.30 * step(0.35, 0.95, v)
    return pixels(ramp(np.clip(tone, 0, 1), colors), alpha)


def _ribs(v: Image, u: Image, top: Image, slope: Image, seed: int) -> Image:
    """Return the painted relief of a range: ribs down from the ridge, lit from the left.

    ``top`` is the height of the ridge (1, width), ``slope`` its slope in pixels.
    """
    height, width = v.shape
    fan = np.clip((v - top) * 0.10, 0, 0.05) * np.clip(slope / 2.0, -1, 1)[None, :]
    column = ((u - fan) % 1.0 * width).astype(np.intp) % width
    row = np.broadcast_to(np.arange(height)[:, None], column.shape)
    folds = fractal((height, width), (3, 22), seed + 4, 4)[row, column]
    crag = 1 - np.abs(fractal((height, width), (6, 34), seed + 5, 3)[row, column] - 0.5) * 4
    broad = np.clip(slope / 2.5, -1, 1)
    broad = np.convolve(np.pad(broad, 12, mode="wrap"), np.ones(25) / 25, mode="valid")
    light = 0.5 + 1.1 * (folds - 0.5) + 0.16 * (crag - 0.5) + 0.26 * broad[None, :]
    light -= 0.30 * (v - top)
    return np.asarray(0.08 + 0.72 * posterize(np.clip(light, 0, 1), 5, 0.5), dtype=np.float32)


def cloud_bank(
    colors: Sequence[str], seed: int, size: tuple[int, int] = (512, 1024), cover: float = 0.8
) -> Pixels:
    """Return a long bank of cloud with alpha: three rows of heaps, soft foot; repeats along U.

    ``colors`` go from the shaded foot to the lit tops; ``cover`` is how high the heaps reach.
    """
    height, width = size
    v, _ = coordinates(height, width)
    aspect = width / height
    curl = fractal(size, (4, round(4 * aspect)), seed + 1, 4) - 0.5
    tone = np.zeros(size, dtype=np.float32)
    alpha = np.zeros(size, dtype=np.float32)
    for row, high in enumerate((1.0, 0.74, 0.50)):
        crown = cover * high * _heaps(width, aspect, seed + 17 * row)
        slope = np.gradient(crown) * height
        depth = v - (1 - crown[None, :]) + 0.05 * curl
        edge = depth * height / np.sqrt(1 + slope[None, :] ** 2)
        body = step(-1.5, 3.5, edge)
        shade = 0.95 * np.exp(-np.clip(depth, 0, 1) / (0.20 * high + 0.10 * curl + 0.04))
        shade = posterize(np.clip(shade + 0.30 * curl + 0.10, 0, 1), 5, 0.9)
        tone += (shade - tone) * body
        alpha = np.maximum(alpha, body)
    alpha = alpha * (1 - step(0.70, 0.995, v))
    return pixels(ramp(np.clip(tone, 0, 1), colors), np.asarray(alpha, dtype=np.float32))


def _heaps(width: int, aspect: float, seed: int) -> Image:
    """Return the upper contour 0..1 of a row of round heaps that repeats over ``width``."""
    rng = np.random.default_rng(seed)
    u = (np.arange(width) + 0.5) / width
    swell = fractal((1, width), (1, round(1.2 * aspect)), seed, 2)[0]
    wobble = 0.02 * (fractal((1, width), (1, round(16 * aspect)), seed + 2, 3)[0] - 0.5)
    contour = np.full(width, 0.16)
    for center in (np.arange(round(5 * aspect)) + rng.random(round(5 * aspect))) / (5 * aspect):
        foot = 0.65 * swell[int(center * width) % width] ** 1.4 * (0.4 + 0.6 * rng.random())
        radius = 0.10 + 0.16 * rng.random() ** 1.5 + 0.30 * foot
        away = ((u - center + 0.5) % 1.0 - 0.5) * aspect
        top = foot + np.sqrt(np.clip(radius**2 - away**2, 0, None)) * 1.05
        contour = np.where(np.abs(away) < radius, np.maximum(contour, top), contour)
    return np.asarray((contour + wobble) / contour.max(), dtype=np.float32)


def mist_patches(color: str, seed: int, size: tuple[int, int], count: int = 4) -> Pixels:
    """Return ``count`` soft patches of mist side by side, each fading out all round."""
    v, u = coordinates(*size)
    inside = (u * count) % 1.0
    aspect = max(round(size[1] / size[0]), 1)
    curl = fractal(size, (3, 2 * aspect), seed, 4)
    reach = np.hypot((inside - 0.5) * 2, (v - 0.58) * 2.3) + 0.75 * (curl - 0.5)
    veil = (1 - step(0.25, 0.98, reach)) * step(0.0, 0.12, v) * (1 - step(0.88, 1.0, v))
    veil *= step(0.0, 0.08, inside) * (1 - step(0.92, 1.0, inside))
    image = np.broadcast_to(rgb(color), (*size, 3)).astype(np.float32)
    image = image * (0.94 + 0.10 * curl[..., None])
    return pixels(image, np.asarray(veil * 0.92, dtype=np.float32))


def _fill(
    image: Image, box: tuple[float, float, float, float], color: NDArray[np.float32]
) -> None:
    """Paint a rectangle given in 0..1 (left, top, right, bottom)."""
    h, w = image.shape[:2]
    x0, x1 = round(box[0] * w), round(box[2] * w)
    y0, y1 = round(box[1] * h), round(box[3] * h)
    image[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = color


def old_street(seed: int, size: tuple[int, int] = (512, 1024)) -> tuple[Pixels, Pixels]:
    """Return a row of old shop houses and, apart, only their lit windows and lanterns.

    Both have alpha and the same layout; the second is meant as a glowing overlay.
    """
    rng = np.random.default_rng(seed)
    height, width = size
    v, _ = coordinates(height, width)
    image = np.zeros((height, width, 3), dtype=np.float32)
    alpha = np.zeros(size, dtype=np.float32)
    glow = np.zeros((height, width, 3), dtype=np.float32)
    lit = np.zeros(size, dtype=np.float32)
    walls = [rgb(c) for c in ("#8d8078", "#7b6d68", "#9b8d80", "#6f6466")]
    timbers = [rgb(c) for c in ("#4d3b38", "#5b423a", "#443638")]
    for row, (foot, scale, dim) in enumerate(((0.80, 0.75, 0.75), (1.0, 1.0, 1.0))):
        x = -0.05 * rng.random()
        while x < 1.02:
            w = (0.10 + 0.08 * rng.random()) * scale
            top = foot - (0.40 + 0.22 * rng.random()) * scale
            wall, timber = walls[rng.integers(4)] * dim, timbers[rng.integers(3)] * dim
            _house(image, alpha, glow, lit, (x, top, x + w, foot), wall, timber, rng, row)
            x += w + 0.004
    image *= (1.0 - 0.25 * step(0.55, 1.0, v))[..., None]
    image *= (0.9 + 0.2 * fractal(size, (6, 10), seed + 3, 3))[..., None]
    return pixels(image, alpha), pixels(glow, lit)


def _house(
    image: Image,
    alpha: Image,
    glow: Image,
    lit: Image,
    box: tuple[float, float, float, float],
    wall: NDArray[np.float32],
    timber: NDArray[np.float32],
    rng: np.random.Generator,
    row: int,
) -> None:
    """Paint one two-storey shop front with a curved roof into both layers."""
    x0, top, x1, foot = box
    w = x1 - x0
    _fill(image, box, wall)
    _fill(alpha[..., None], box, np.ones(1, dtype=np.float32))
    eave = 0.09 + 0.03 * rng.random()
    tiles = rgb("#3c4452") * (0.8 if row == 0 else 1.0)
    for level, y in ((0, top), (1, top + (foot - top) * 0.52)):
        h, wide = (eave, 0.10) if level == 0 else (eave * 0.45, 0.06)
        for k in range(24):
            t = k / 23
            spread = wide * w * (0.2 + t**2.2) + (
                0.5 * w * (1 - t) * -0.12 if level == 0 else 0
            )
            strip = (
                x0 - spread,
                y - h * 0.5 + h * t,
                x1 + spread,
                y - h * 0.5 + h * (t + 0.06),
            )
            _fill(image, strip, tiles * (1.25 - 0.5 * t))
            _fill(alpha[..., None], strip, np.ones(1, dtype=np.float32))
    warm = [rgb(c) for c in ("#ffcf7a", "#ffb45a", "#ffdc9a")]
    for level in (0, 1):
        y0 = top + (foot - top) * (0.14 if level == 0 else 0.60)
        y1 = top + (foot - top) * (0.44 if level == 0 else 0.98)
        count = 3 if w > 0.11 else 2
        on = rng.random() < 0.62
        tone = warm[rng.integers(3)]
        for i in range(count):
            a = x0 + w * (i + 0.14) / count
            b = x0 + w * (i + 0.86) / count
            _fill(image, (a - 0.003, y0 - 0.006, b + 0.003, y1 + 0.004), timber)
            _fill(image, (a, y0, b, y1), rgb("#b9ab92") * (0.75 if row == 0 else 0.9))
            if on and rng.random() < 0.85:
                _fill(glow, (a, y0, b, y1), tone)
                _fill(
                    lit[..., None],
                    (a, y0, b, y1),
                    np.full(1, 0.9 if row else 0.6, dtype=np.float32),
                )
            for f in (0.33, 0.66):
                bar = (a + (b - a) * f - 0.0012, y0, a + (b - a) * f + 0.0012, y1)
                _fill(image, bar, timber)
                _fill(lit[..., None], bar, np.zeros(1, dtype=np.float32))
            for f in (0.3, 0.6):
                bar = (a, y0 + (y1 - y0) * f - 0.002, b, y0 + (y1 - y0) * f + 0.002)
                _fill(image, bar, timber)
                _fill(lit[..., None], bar, np.zeros(1, dtype=np.float32))
    if row and rng.random() < 0.8:
        cx, cy = x0 + w * (0.15 + 0.7 * rng.random()), top + (foot - top) * 0.66
        for layer, mask in ((image, alpha), (glow, lit)):
            _fill(layer, (cx - 0.009, cy - 0.022, cx + 0.009, cy + 0.022), rgb("#ff7a3c"))
            _fill(
                mask[..., None],
                (cx - 0.009, cy - 0.022, cx + 0.009, cy + 0.022),
                np.ones(1, dtype=np.float32),
            )


def skyline(seed: int, size: tuple[int, int] = (512, 1024)) -> tuple[Pixels, Pixels]:
    """Return a city of glass towers and, apart, its lit windows (a glowing overlay)."""
    rng = np.random.default_rng(seed)
    height, width = size
    v, u = coordinates(height, width)
    image = np.zeros((height, width, 3), dtype=np.float32)
    alpha = np.zeros(size, dtype=np.float32)
    glow = np.zeros((height, width, 3), dtype=np.float32)
    lit = np.zeros(size, dtype=np.float32)
    for row in range(4):
        near = row / 3
        base = ramp(
            np.float32(near) * np.ones((1, 1), np.float32),
            ("#b9cbe0", "#9db4cf", "#7d97b8", "#5f7a9e"),
        )[0, 0]
        x = -0.03
        while x < 1.02:
            w = (0.022 + 0.04 * rng.random()) * (0.8 + 0.7 * near)
            tall = (0.30 + 0.55 * rng.random() ** 1.6) * (1.12 - 0.42 * near)
            box = (x, 1 - tall, x + w, 1.0)
            _tower(image, alpha, glow, lit, box, base * (0.92 + 0.16 * rng.random()), rng, near)
            x += w + 0.012 * rng.random() * (1 - 0.5 * near)
    haze = step(0.35, 1.0, v)[..., None]
    image += (rgb("#c9d8ea") - image) * (haze * 0.45)
    image *= (0.95 + 0.1 * value_noise(size, (5, 7), seed + 3))[..., None]
    del u
    return pixels(image, alpha), pixels(glow, lit)


def _tower(
    image: Image,
    alpha: Image,
    glow: Image,
    lit: Image,
    box: tuple[float, float, float, float],
    color: NDArray[np.float32],
    rng: np.random.Generator,
    near: float,
) -> None:
    """Paint one tower: light and shaded half, floors, crown, random lit windows."""
    x0, top, x1, _ = box
    one = np.ones(1, dtype=np.float32)
    split = x0 + (x1 - x0) * (0.55 + 0.2 * rng.random())
    _fill(image, box, color)
    _fill(image, (split, top, x1, 1.0), color * 0.84)
    _fill(alpha[..., None], box, one)
    _fill(lit[..., None], box, one * 0)
    if rng.random() < 0.4:
        mast = ((x0 + x1) / 2 - 0.0015, top - 0.05, (x0 + x1) / 2 + 0.0015, top)
        _fill(image, mast, color * 0.9)
        _fill(alpha[..., None], mast, one)
    floor = 0.016 + 0.006 * near
    columns = max(round((x1 - x0) / (0.007 + 0.003 * near)), 2)
    warm = rng.random() < 0.65
    share = 0.22 + 0.38 * rng.random()
    tones = [
        rgb(c)
        for c in (
            ("#ffd890", "#ffc070", "#fff0c8") if warm else ("#bfe2ff", "#9ccfff", "#e2f2ff")
        )
    ]
    for k in range(int((1 - top) / floor)):
        y = top + floor * (k + 0.3)
        _fill(image, (x0, y, x1, y + floor * 0.45), color * 0.9)
        for i in range(columns):
            if rng.random() < share:
                a = x0 + (x1 - x0) * (i + 0.18) / columns
                b = x0 + (x1 - x0) * (i + 0.82) / columns
                _fill(glow, (a, y, b, y + floor * 0.55), tones[rng.integers(3)])
                _fill(lit[..., None], (a, y, b, y + floor * 0.55), one * (0.45 + 0.5 * near))
