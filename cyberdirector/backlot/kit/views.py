"""Painted distance: mountain silhouettes, clouds and mist.

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
    tone: Image = np.zeros(size, dtype=np.float32)
    alpha: Image = np.zeros(size, dtype=np.float32)
    for row, high in enumerate((1.0, 0.74, 0.50)):
        crown = cover * high * _heaps(width, aspect, seed + 17 * row)
        slope = np.asarray(np.gradient(crown) * height, dtype=np.float32)
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


def contour_of(image: Pixels) -> NDArray[np.float32]:
    """Return where each column of a silhouette begins, 0 (top) … 1 of the height, (width,)."""
    height, width = image.shape[:2]
    alpha = image[..., 3].astype(np.float32)
    level = 0.5 * alpha.max(axis=0)
    row = np.argmax(alpha > level, axis=0)
    inner = alpha[row, np.arange(width)]
    outer = alpha[np.maximum(row - 1, 0), np.arange(width)]
    part = np.clip((level - outer) / np.maximum(inner - outer, 1.0), 0, 1)
    return np.asarray((row - 0.5 + part) / height, dtype=np.float32)


def grounded(image: Pixels, contour: NDArray[np.float32], mist: str) -> Pixels:
    """Return an opaque copy in which what was translucent below ``contour`` is mist."""
    v, _ = coordinates(*image.shape[:2])
    color = image[..., :3].astype(np.float32) / 255
    clear = (1 - image[..., 3:].astype(np.float32) / 255) * step(0.0, 0.06, v - contour)[
        ..., None
    ]
    return pixels(color + (rgb(mist) - color) * clear)
