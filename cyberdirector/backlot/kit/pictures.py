"""Small painted pictures: signs with real glyphs, ink scrolls, lanterns, leaves."""

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
from cyberdirector.backlot.kit.views import ridge_line

Pixels = NDArray[np.uint8]


def glyph_mask(
    text: str,
    size: tuple[int, int],
    vertical: bool = False,
    fill: float = 0.8,
    bold: bool = True,
) -> Image:
    """Return the coverage 0..1 of ``text`` centred in a picture of (height, width) pixels.

    ``fill`` is the part of the picture that the line of glyphs takes at most.

    Raises
    ------
    AdapterUnavailable
        When no Chinese font is installed.
    """
    from PIL import Image as PilImage
    from PIL import ImageDraw

    from cyberdirector.modelstore.fonts import pil_font

    height, width = size
    letters = list(text)
    cells = (len(letters), 1) if vertical else (1, len(letters))
    pitch = min(height * fill / cells[0], width * fill / cells[1])
    face = pil_font(round(pitch * 0.92), bold, 900 if bold else 0)
    canvas = PilImage.new("L", (width, height), 0)
    draw = ImageDraw.Draw(canvas)
    for i, letter in enumerate(letters):
        k = i - (len(letters) - 1) / 2
        x, y = (
            (width / 2, height / 2 + k * pitch)
            if vertical
            else (width / 2 + k * pitch, height / 2)
        )
        draw.text((x, y), letter, font=face, fill=255, anchor="mm")
    return np.asarray(canvas, dtype=np.float32) / 255


def sign_board(
    text: str,
    size: tuple[int, int],
    ground: Sequence[str],
    ink: Sequence[str],
    border: str,
    seed: int,
    vertical: bool = False,
) -> Pixels:
    """Return a lacquered board with a frame and gilded letters (匾额)."""
    height, width = size
    v, u = coordinates(height, width)
    grain = value_noise(size, (40, 4), seed)
    tone = 0.5 + 0.3 * (posterize(grain, 4, 0.8) - 0.5) + 0.25 * (0.5 - v)
    color = ramp(tone, ground)
    edge = np.minimum(np.minimum(u, 1 - u) * width, np.minimum(v, 1 - v) * height)
    short = min(height, width)
    band = step(0.045, 0.055, edge / short) * (1 - step(0.085, 0.095, edge / short))
    color = color + (rgb(border) * (0.75 + 0.5 * (1 - v))[..., None] - color) * band[..., None]
    color *= (0.55 + 0.45 * step(0.0, 0.05, edge / short))[..., None]
    mask = glyph_mask(text, size, vertical)
    shadow = np.roll(mask, (max(short // 64, 1), max(short // 90, 1)), axis=(0, 1))
    color *= (1 - 0.6 * shadow * (1 - mask))[..., None]
    gild = ramp(
        np.clip(0.85 - 0.7 * v + 0.35 * (fractal(size, (5, 12), seed + 1, 3) - 0.5), 0, 1), ink
    )
    color = color + (gild - color) * mask[..., None]
    return pixels(color)


def tag_strip(
    words: Sequence[str], size: tuple[int, int], paper: str, ink: str, seed: int
) -> Pixels:
    """Return upright labels side by side (price tags, spines), one cell per word."""
    height, width = size
    cell = width // len(words)
    color = np.zeros((height, width, 3), dtype=np.float32)
    for i, word in enumerate(words):
        v, u = coordinates(height, cell)
        tone = 0.92 + 0.12 * (value_noise((height, cell), (30, 4), seed + i) - 0.5)
        edge = np.minimum(np.minimum(u, 1 - u) * cell, np.minimum(v, 1 - v) * height)
        tone *= 0.72 + 0.28 * step(0.0, 8.0, edge)
        mask = glyph_mask(word, (height, cell), vertical=True, fill=0.86)
        part = rgb(paper) * tone[..., None]
        color[:, i * cell : (i + 1) * cell] = part + (rgb(ink) - part) * (0.9 * mask)[..., None]
    return pixels(color)


def ink_scroll(seed: int, size: tuple[int, int] = (512, 192), poem: str = "") -> Pixels:
    """Return a hanging scroll: silk mount, an ink landscape, a red seal, perhaps a verse."""
    height, width = size
    v, u = coordinates(height, width)
    silk = ramp(
        0.5 + 0.3 * (value_noise(size, (60, 30), seed) - 0.5) + 0.2 * (0.5 - v),
        ("#5f6f62", "#7d8b77", "#98a48c"),
    )
    sheet = ramp(
        0.7 + 0.3 * (fractal(size, (5, 3), seed + 1, 3) - 0.5),
        ("#c9b892", "#e6d9b8", "#f1e8cf"),
    )
    inner = (u > 0.12) & (u < 0.88) & (v > 0.12) & (v < 0.9)
    iy, ix = np.clip((v - 0.12) / 0.78, 0, 1), np.clip((u - 0.12) / 0.76, 0, 1)
    for k, (level, ink) in enumerate(((0.30, 0.25), (0.45, 0.4), (0.66, 0.62))):
        line = ridge_line(width, seed + 11 * k, 0.75, 2)
        top = level + 0.16 - 0.30 * line[None, :]
        body = step(0.0, 0.012, iy - top) * np.clip(1.2 - 3.2 * (iy - top), 0, 1)
        ribs = 0.55 + 0.45 * posterize(fractal(size, (6, 14), seed + 5 * k, 3), 3, 0.5)
        amount = (np.clip(body, 0, 1) * ink * ribs)[..., None]
        sheet = sheet + (rgb("#2f3a3c") - sheet) * amount
    seal = (np.abs(ix - 0.16) < 0.06) & (np.abs(iy - 0.9) < 0.025)
    sheet[seal] = rgb("#b5392c")
    if poem:
        mask = np.zeros(size, dtype=np.float32)
        mask[:, int(width * 0.62) : int(width * 0.86)] = glyph_mask(
            poem,
            (height, int(width * 0.86) - int(width * 0.62)),
            vertical=True,
            fill=0.5,
            bold=False,
        )
        mask = np.roll(mask, -int(height * 0.14), axis=0)
        sheet = sheet + (rgb("#26292b") - sheet) * (mask * 0.85)[..., None]
    color = np.where(inner[..., None], sheet, silk)
    rim = np.minimum(
        np.minimum(np.abs(u - 0.12), np.abs(u - 0.88)),
        np.minimum(np.abs(v - 0.12), np.abs(v - 0.9)),
    )
    color *= (0.8 + 0.2 * step(0.0, 0.012, rim))[..., None]
    color[(v < 0.025) | (v > 0.975)] = rgb("#3a2620")
    return pixels(np.asarray(color, dtype=np.float32))


def lantern_skin(
    colors: Sequence[str],
    ribs: int = 12,
    text: str = "",
    ink: str = "#7a1d10",
    size: tuple[int, int] = (256, 512),
) -> Pixels:
    """Return lantern paper lit from inside: bright belly, ribs, perhaps a letter.

    U goes once round; a letter appears on two sides.
    """
    v, u = coordinates(*size)
    belly = np.exp(-(((v - 0.56) / 0.30) ** 2))
    rib = np.abs(np.sin(u * np.pi * ribs)) ** 0.35
    tone = np.clip(0.10 + 0.85 * belly, 0, 1) * (0.86 + 0.14 * rib)
    color = ramp(np.asarray(tone, dtype=np.float32), colors)
    if text:
        half = size[1] // 2
        mask = glyph_mask(text, (size[0], half), fill=0.5)
        mask = np.concatenate([mask, mask], axis=1)
        color = color + (rgb(ink) - color) * (0.85 * mask)[..., None]
    edge = step(0.02, 0.05, v) * (1 - step(0.95, 0.98, v))
    color *= (0.35 + 0.65 * edge)[..., None]
    return pixels(color)


def leaf_cluster(
    colors: Sequence[str], seed: int, kind: str = "leaf", size: int = 512
) -> Pixels:
    """Return a clump of foliage with alpha: ``leaf``, ``pine`` (needle fans) or ``bamboo``."""
    rng = np.random.default_rng(seed)
    color = np.broadcast_to(rgb(colors[0]), (size, size, 3)).astype(np.float32).copy()
    alpha = np.zeros((size, size), dtype=np.float32)
    count = {"leaf": 190, "pine": 620, "bamboo": 70}[kind]
    for i in range(count):
        t = i / count
        spot, angle, long, thin = _leaf(kind, t, rng)
        tone = np.clip(0.10 + 0.70 * t + 0.30 * (0.5 - spot[1]) + 0.13 * rng.normal(), 0, 1)
        paint = ramp(np.full((1, 1), tone, dtype=np.float32), colors)[0, 0]
        _stroke(color, alpha, spot, angle, (long, thin), paint)
    return pixels(color, alpha)


def _leaf(
    kind: str, t: float, rng: np.random.Generator
) -> tuple[tuple[float, float], float, float, float]:
    """Return middle, angle, half length and half width of leaf ``t`` (0 back … 1 front)."""
    turn = rng.random() * 2 * np.pi
    if kind == "pine":
        x = 0.5 + 0.43 * (2 * rng.random() - 1)
        arch = np.sqrt(max(1 - ((x - 0.5) / 0.46) ** 2, 0.0))
        y = 0.70 - arch * (0.06 + 0.44 * t) + 0.03 * rng.normal()
        lean = (x - 0.5) * 1.5 + 0.45 * rng.normal()
        return (x, float(np.clip(y, 0.07, 0.93))), -np.pi / 2 + lean, 0.055, 0.0045
    r = 0.38 * np.sqrt(rng.random())
    spot = (0.5 + r * np.cos(turn), 0.5 + 0.9 * r * np.sin(turn))
    if kind == "bamboo":
        return spot, np.pi / 2 + 0.5 * rng.normal(), 0.11, 0.016
    return spot, rng.random() * np.pi, 0.052, 0.026


def _stroke(
    color: Image,
    alpha: Image,
    spot: tuple[float, float],
    angle: float,
    half: tuple[float, float],
    paint: NDArray[np.float32],
) -> None:
    """Paint one pointed leaf into both layers (in place)."""
    size = len(alpha)
    reach = max(half) * size + 2
    x0, x1 = (int(np.clip(spot[0] * size + s * reach, 0, size)) for s in (-1, 1))
    y0, y1 = (int(np.clip(spot[1] * size + s * reach, 0, size)) for s in (-1, 1))
    dy, dx = np.mgrid[y0:y1, x0:x1].astype(np.float32) / size
    dx, dy = dx - np.float32(spot[0]), dy - np.float32(spot[1])
    along = dx * np.cos(angle) + dy * np.sin(angle)
    over = -dx * np.sin(angle) + dy * np.cos(angle)
    shape = step(0.0, 0.5, 1 - (along / half[0]) ** 2 - (over / half[1]) ** 2)
    part = color[y0:y1, x0:x1]
    part += (paint - part) * shape[..., None]
    np.maximum(alpha[y0:y1, x0:x1], shape, out=alpha[y0:y1, x0:x1])
