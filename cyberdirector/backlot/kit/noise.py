"""Smooth tileable noise and colour ramps for painted textures (sRGB values 0..1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.floating[Any]]


def value_noise(shape: tuple[int, int], cells: tuple[int, int], seed: int) -> Image:
    """Return smooth noise 0..1 that repeats over both edges.

    Parameters
    ----------
    shape
        (height, width) in pixels.
    cells
        Lattice cells over the height and over the width; few cells along an axis draw
        the noise out along it.
    seed
        Chooses the lattice values.

    Notes
    -----
    Lattice noise with the quintic fade of Perlin (2002), separable, float32.
    """
    rng = np.random.default_rng(seed)
    lattice = rng.random(cells, dtype=np.float32)
    rows, row_weight = _axis(shape[0], cells[0])
    columns, column_weight = _axis(shape[1], cells[1])
    wide = _mix(lattice[:, columns[0]], lattice[:, columns[1]], column_weight[None, :])
    return _mix(wide[rows[0]], wide[rows[1]], row_weight[:, None])


def fractal(
    shape: tuple[int, int], cells: tuple[int, int], seed: int, octaves: int = 3
) -> Image:
    """Return a sum of noises, each twice as fine and half as strong, scaled to 0..1."""
    total = np.zeros(shape, dtype=np.float32)
    weight, norm = 1.0, 0.0
    for i in range(octaves):
        total += weight * value_noise(shape, (cells[0] << i, cells[1] << i), seed + 101 * i)
        norm += weight
        weight *= 0.5
    return total / np.float32(norm)


def _axis(size: int, cells: int) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], Image]:
    at = (np.arange(size, dtype=np.float32) + 0.5) / size * cells
    low = at.astype(np.intp)
    t = at - low
    fade = t * t * t * (t * (t * 6 - 15) + 10)
    return (low % cells, (low + 1) % cells), fade.astype(np.float32)


def _mix(a: Image, b: Image, t: Image) -> Image:
    return a + (b - a) * t


def step(low: float | Image, high: float | Image, t: Image) -> Image:
    """Return the smooth step of ``t`` between ``low`` and ``high``."""
    x = np.clip((t - low) / (high - low), 0, 1)
    return np.asarray(x * x * (3 - 2 * x), dtype=np.float32)


def posterize(t: Image, levels: int, softness: float = 0.35) -> Image:
    """Return ``t`` (0..1) in flat steps with soft borders, as a gouache painter lays tones.

    ``softness`` 0 gives hard steps, 1 leaves the slope as it is.
    """
    scaled = np.clip(t, 0, 1) * (levels - 1)
    floor = np.floor(scaled)
    rest = scaled - floor
    half = max(softness, 1e-3) / 2
    edge = step(0.5 - half, 0.5 + half, rest)
    return np.asarray((floor + edge) / (levels - 1), dtype=np.float32)


def rgb(color: str) -> NDArray[np.float32]:
    """Return ``#rrggbb`` as three sRGB values 0..1."""
    text = color.lstrip("#")
    return np.array([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)], dtype=np.float32)


def linear(color: str) -> tuple[float, float, float]:
    """Return ``#rrggbb`` as linear RGB (IEC 61966-2-1)."""
    value = rgb(color).astype(np.float64)
    out = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return (float(out[0]), float(out[1]), float(out[2]))


def ramp(t: Image, colors: Sequence[str]) -> Image:
    """Map 0..1 onto evenly spaced colours; returns (…, 3) sRGB."""
    table = np.stack([rgb(c) for c in colors])
    at = np.clip(t, 0, 1) * (len(colors) - 1)
    low = np.minimum(at.astype(np.intp), len(colors) - 2)
    rest = (at - low)[..., None].astype(np.float32)
    return np.asarray(table[low] + (table[low + 1] - table[low]) * rest, dtype=np.float32)


def pixels(color: Image, alpha: Image | float = 1.0) -> NDArray[np.uint8]:
    """Return (h, w, 3) sRGB 0..1 and an alpha as (h, w, 4) uint8."""
    height, width = color.shape[:2]
    out = np.zeros((height, width, 4), dtype=np.float32)
    out[..., :3] = color
    out[..., 3] = alpha
    return np.asarray(np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8)


def coordinates(height: int, width: int) -> tuple[Image, Image]:
    """Return pixel centres as (v, u) in 0..1, each (height, width)."""
    v, u = np.meshgrid(
        (np.arange(height, dtype=np.float32) + 0.5) / height,
        (np.arange(width, dtype=np.float32) + 0.5) / width,
        indexing="ij",
    )
    return v, u
