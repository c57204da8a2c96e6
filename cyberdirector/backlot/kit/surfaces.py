"""Painted surface textures: boards, plaster, paper, stone, tiles, carpet, cloth.

All are clean and low in contrast: few tones with soft borders, darker hand-painted
edges, one light line where an edge catches the light. Sizes in pixels, colours sRGB.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyberdirector.backlot.kit.noise import (
    coordinates,
    fractal,
    pixels,
    posterize,
    ramp,
    rgb,
    step,
    value_noise,
)
from cyberdirector.backlot.kit.solids import TRIM_STRIPS

Pixels = NDArray[np.uint8]


def boards(
    colors: Sequence[str],
    seed: int,
    size: int = 1024,
    joints: bool = False,
    spread: float = 0.22,
    grain: tuple[int, int] = (56, 5),
) -> Pixels:
    """Return eight boards one under the other (a trim texture), tileable both ways.

    Parameters
    ----------
    colors
        Dark to light, three or more.
    joints
        Draw the ends of boards, staggered, as on a floor.
    spread
        How much the boards differ in tone.
    grain
        Cells of the grain over height and width: long for timber, even for stone.
    """
    rng = np.random.default_rng(seed)
    shape = (size, size)
    v, u = coordinates(size, size)
    strip = (v * TRIM_STRIPS).astype(np.intp)
    inside = v * TRIM_STRIPS - strip
    fibre = 0.65 * value_noise(shape, grain, seed)
    fibre += 0.35 * value_noise(shape, (grain[0] * 2 + 8, grain[1] * 2 - 1), seed + 1)
    broad = value_noise(shape, (16, 4), seed + 2)
    tone = 0.5 + 0.42 * (posterize(fibre, 5, 0.6) - 0.5) + 0.34 * (broad - 0.5)
    if joints:
        place = (np.arange(TRIM_STRIPS) * 0.37 + rng.random(TRIM_STRIPS) * 0.12) % 1.0
        along = (u - place[strip]) % 1.0
        second = along > 0.52
        tone += spread * (rng.random((2, TRIM_STRIPS))[second.astype(int), strip] - 0.5)
        gap = np.minimum(np.abs(along - 0.52), np.minimum(along, 1 - along)) * size
        tone -= 0.55 * (1 - step(0.8, 3.0, gap)) + 0.12 * (1 - step(3.0, 26.0, gap))
    else:
        tone += spread * (rng.random(TRIM_STRIPS)[strip] - 0.5)
    pixel = inside * size / TRIM_STRIPS
    deep = size / TRIM_STRIPS - pixel
    wander = 3.0 * value_noise(shape, (8, 12), seed + 3)
    tone -= 0.55 * (1 - step(1.0, 3.5, pixel)) + 0.42 * (1 - step(1.0, 5.0 + wander, deep))
    tone -= 0.13 * (1 - step(3.0, 22.0, deep)) + 0.07 * (1 - step(3.0, 18.0, pixel))
    tone += 0.16 * step(3.0, 5.0, pixel) * (1 - step(6.0, 10.0 + wander, pixel))
    return pixels(ramp(np.clip(tone, 0, 1), colors))


def plaster(colors: Sequence[str], seed: int, size: int = 512, foot: float = 0.35) -> Pixels:
    """Return a plastered wall, to be fitted floor to ceiling: soft blotches, darker foot.

    ``foot`` is how dark the bottom gets; the top darkens half as much.
    """
    v, _ = coordinates(size, size)
    cloud = posterize(fractal((size, size), (3, 4), seed, 4), 5, 0.8)
    stroke = value_noise((size, size), (9, 46), seed + 9)
    tone = 0.62 + 0.26 * (cloud - 0.5) + 0.07 * (stroke - 0.5)
    edge = 0.10 * (cloud - 0.5)
    tone -= (
        foot * (1 - step(0.0, 0.42, 1 - v + edge)) ** 2
        + 0.5 * foot * (1 - step(0.0, 0.3, v + edge)) ** 2
    )
    return pixels(ramp(tone, colors))


def paper(colors: Sequence[str], seed: int, size: int = 256) -> Pixels:
    """Return window paper: fibres, a little darker towards the frame."""
    v, u = coordinates(size, size)
    fibre = 0.5 * value_noise((size, size), (8, 60), seed) + 0.5 * value_noise(
        (size, size), (50, 10), seed + 1
    )
    frame = np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v))
    tone = 0.72 + 0.16 * (fibre - 0.5) - 0.35 * (1 - step(0.0, 0.22, frame)) + 0.12 * (0.5 - v)
    return pixels(ramp(tone, colors))


def slabs(
    colors: Sequence[str],
    seed: int,
    rows: int = 6,
    columns: int = 4,
    size: int = 1024,
    stagger: float = 0.5,
    moss: str | None = None,
    joint: float = 2.5,
) -> Pixels:
    """Return stone slabs or bricks with painted edges, tileable.

    ``stagger`` shifts every other row by that part of a slab; ``rows`` should be even
    then. ``moss`` is a colour that creeps along some joints; ``joint`` half its width, px.
    """
    rng = np.random.default_rng(seed)
    shape = (size, size)
    v, u = coordinates(size, size)
    wobble = 0.0035 * (value_noise(shape, (22, 22), seed + 5) - 0.5)
    row_at = (v + wobble) % 1.0 * rows
    row = row_at.astype(np.intp) % rows
    column_at = ((u + wobble) * columns + stagger * (row % 2)) % columns
    column = column_at.astype(np.intp) % columns
    fy, fx = row_at - np.floor(row_at), column_at - np.floor(column_at)
    dy, dx = size / rows, size / columns
    edge = np.minimum(np.minimum(fx, 1 - fx) * dx, np.minimum(fy, 1 - fy) * dy)
    tint = rng.random((rows, columns)).astype(np.float32)[row, column]
    blotch = posterize(fractal(shape, (7, 7), seed + 1, 4), 6, 0.7)
    tone = 0.60 + 0.26 * (tint - 0.5) + 0.30 * (blotch - 0.5)
    tone -= 0.16 * (1 - step(joint, dy * 0.28, edge))
    lit = step(joint, joint + 1.5, fy * dy) * (1 - step(joint + 2.5, joint + 6.0, fy * dy))
    tone += 0.14 * lit * step(joint, joint + 2, fx * dx)
    tone -= 0.5 * (1 - step(joint * 0.5, joint * 1.3, edge))
    color = ramp(tone, colors)
    if moss is not None:
        patch = step(0.56, 0.72, fractal(shape, (5, 5), seed + 3, 3))
        near = 1 - step(2.0, 20.0, edge)
        amount = (patch * (0.25 + 0.75 * near) * 0.6)[..., None]
        color = color + (rgb(moss) * (0.7 + 0.5 * blotch[..., None]) - color) * amount
    return pixels(color)


def roof_tiles(
    colors: Sequence[str], seed: int, rows: int = 12, columns: int = 16, size: int = 512
) -> Pixels:
    """Return rows of half-round roof tiles; V runs down the slope."""
    rng = np.random.default_rng(seed)
    v, u = coordinates(size, size)
    across = u * columns % 1.0
    down = v * rows % 1.0
    ridge = 0.5 + 0.5 * np.cos((across - 0.5) * 2 * np.pi)
    tint = rng.random((rows, columns)).astype(np.float32)[
        (v * rows).astype(np.intp) % rows, (u * columns).astype(np.intp) % columns
    ]
    tone = (
        0.18
        + 0.55 * posterize(np.asarray(ridge, dtype=np.float32), 4, 0.6)
        + 0.16 * (tint - 0.5)
    )
    tone -= 0.22 * (1 - step(0.0, 0.25, 1 - down)) * ridge
    tone += 0.12 * (1 - step(0.0, 0.18, down)) * ridge
    tone += 0.10 * (fractal((size, size), (4, 4), seed + 1, 3) - 0.5)
    return pixels(ramp(tone, colors))


def lacquer(
    colors: Sequence[str], seed: int, size: int = 512, worn: str | None = None
) -> Pixels:
    """Return painted timber to be fitted on a column: V from its top to its foot."""
    v, _ = coordinates(size, size)
    stroke = value_noise((size, size), (4, 48), seed)
    cloud = fractal((size, size), (5, 3), seed + 1, 3)
    tone = 0.62 + 0.16 * (posterize(stroke, 4, 0.7) - 0.5) + 0.22 * (cloud - 0.5)
    tone -= 0.34 * (1 - step(0.0, 0.30, 1 - v)) + 0.40 * (1 - step(0.0, 0.22, v))
    color = ramp(tone, colors)
    if worn is not None:
        mark = step(0.62, 0.7, value_noise((size, size), (10, 40), seed + 4)) * step(
            0.72, 1.0, v
        )
        color = color + (rgb(worn) - color) * (0.5 * mark)[..., None]
    return pixels(color)


def weave(colors: Sequence[str], seed: int, size: int = 512, tiles: int = 2) -> Pixels:
    """Return carpet in square tiles whose brushing turns from tile to tile."""
    rng = np.random.default_rng(seed)
    shape = (size, size)
    v, u = coordinates(size, size)
    tint = rng.random((tiles, tiles)).astype(np.float32)[
        (v * tiles).astype(np.intp) % tiles, (u * tiles).astype(np.intp) % tiles
    ]
    checker = ((v * tiles).astype(np.intp) + (u * tiles).astype(np.intp)) % 2 == 0
    brush = np.where(
        checker,
        value_noise(shape, (120, 10), seed + 1),
        value_noise(shape, (10, 120), seed + 2),
    ).astype(np.float32)
    tone = 0.5 + 0.22 * (tint - 0.5) + 0.18 * (posterize(brush, 3, 0.8) - 0.5)
    tone += 0.14 * (fractal(shape, (3, 3), seed + 3, 3) - 0.5)
    fy, fx = v * tiles % 1.0, u * tiles % 1.0
    edge = np.minimum(np.minimum(fx, 1 - fx), np.minimum(fy, 1 - fy)) * size / tiles
    tone -= 0.10 * (1 - step(0.5, 3.0, edge))
    return pixels(ramp(np.asarray(tone, dtype=np.float32), colors))


def swatches(columns: Sequence[tuple[str, str, str]], size: int = 256) -> Pixels:
    """Return upright gradients (top, middle, bottom colour) side by side.

    One texture then paints every small prop: see :func:`swatch_rect`.
    """
    v, _ = coordinates(size, size)
    out = np.zeros((size, size, 3), dtype=np.float32)
    width = size // len(columns)
    for i, colors in enumerate(columns):
        right = size if i == len(columns) - 1 else (i + 1) * width
        out[:, i * width : right] = ramp(v[:, i * width : right], colors)
    return pixels(out)


def swatch_rect(
    index: int, count: int, top: float = 0.02, bottom: float = 0.98, size: int = 256
) -> tuple[float, float, float, float]:
    """Return the texture rectangle of one swatch, away from its neighbours."""
    width = size // count
    left = (index + 0.35) * width / size
    return (left, top, left + 0.3 * width / size, bottom)
