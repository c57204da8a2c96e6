"""The drawn eye: white with the lid's shadow, iris with gradient, pupil and highlights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.face.colors import mix, srgb

Image = NDArray[np.float32]

SIZE = 512


def eye_texture(
    iris: str, lash: str, pupil: float = 1.0, glint: float = 1.0
) -> NDArray[np.uint8]:
    """Return the eye picture (512, 1024, 4) uint8 sRGB: white left, iris right.

    Parameters
    ----------
    iris, lash
        Colours ``#rrggbb`` of the iris and of the lines.
    pupil, glint
        Sizes of pupil and highlights (1 is usual).
    """
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    x = (x + 0.5) / SIZE * 2.0 - 1.0
    y = 1.0 - (y + 0.5) / SIZE * 2.0
    x, y = x / 0.96, y / 0.96
    out = np.ones((SIZE, 2 * SIZE, 4), np.float32)
    out[:, :SIZE, :3] = _white(x, y)
    out[:, SIZE:, :3] = _iris(x, y, srgb(iris), srgb(lash), pupil, glint)
    return np.clip(np.rint(out * 255.0), 0, 255).astype(np.uint8)


def _step(low: float, high: float, v: Image) -> Image:
    t = np.clip((v - low) / (high - low), 0.0, 1.0)
    return (t * t * (3.0 - 2.0 * t)).astype(np.float32)


def _radius(x: Image, y: Image) -> Image:
    return np.sqrt(x * x + y * y).astype(np.float32)


def _over(base: Image, colour: NDArray[np.float64], mask: Image) -> Image:
    return (base + mask[..., None] * (np.asarray(colour, np.float32) - base)).astype(np.float32)


def _white(x: Image, y: Image) -> Image:
    """The card reaches 1.35 × over the opening: its lid lies at about y = 0.74."""
    base = np.tile(np.array([0.985, 0.975, 0.975], np.float32), (*x.shape, 1))
    base = _over(base, np.array([0.80, 0.76, 0.84]), _step(0.20, 0.62, y + 0.25 * x * x))
    base = _over(base, np.array([0.66, 0.58, 0.68]), 0.8 * _step(0.46, 0.70, y + 0.30 * x * x))
    side = _step(0.55, 0.85, np.abs(x))
    return _over(base, np.array([0.90, 0.80, 0.80]), 0.5 * side)


def _iris(
    x: Image, y: Image, colour: NDArray[np.float64], line: NDArray[np.float64],
    pupil: float, glint: float,
) -> Image:  # fmt: skip
    r = np.sqrt(x * x + y * y)
    angle = np.arctan2(y, x)
    dark = mix(colour * 0.34, line, 0.35)
    bright = np.clip(mix(colour * 1.18, np.ones(3), 0.16), 0.0, 1.0)
    low = _step(0.75, -0.75, y)[..., None]
    out = np.asarray(dark, np.float32) * (1 - low) + np.asarray(bright, np.float32) * low
    wave = np.sin(angle * 34.0 + 1.3 * np.sin(angle * 9.0))
    streaks = (0.14 + 0.14 * wave).astype(np.float32)
    out = _over(out, colour * 0.72, streaks * _step(0.42, 0.62, r) * _step(0.95, 0.80, r))
    # A light crescent near the lower rim, the way light leaves a lens.
    crescent = _step(0.46, 0.20, _radius(x / 1.15, (y + 0.56) / 0.72))
    glow = np.clip(mix(colour * 1.35, np.ones(3), 0.38), 0.0, 1.0)
    out = _over(out, glow, 0.75 * crescent)
    hole = _radius(x / (0.40 * pupil), (y - 0.02) / (0.46 * pupil))
    out = _over(out, colour * 0.40, 0.7 * _step(1.30, 1.02, hole))
    out = _over(out, mix(line, np.zeros(3), 0.45), _step(1.04, 0.94, hole))
    out = _over(out, mix(colour * 0.24, line, 0.55), _step(0.84, 0.93, r))
    out = _over(out, mix(dark, line, 0.5), 0.72 * _step(0.30, 0.85, y))
    return _highlights(out, x, y, glint)


def _highlights(out: Image, x: Image, y: Image, glint: float) -> Image:
    for cx, cy, w, h, strength in (
        (-0.30, 0.40, 0.25, 0.30, 1.0),
        (0.34, -0.42, 0.12, 0.13, 0.9),
        (0.42, 0.22, 0.07, 0.09, 0.7),
    ):
        d = _radius((x - cx) / (w * glint), (y - cy) / (h * glint))
        out = _over(out, np.ones(3), strength * _step(1.06, 0.92, d))
    return out
