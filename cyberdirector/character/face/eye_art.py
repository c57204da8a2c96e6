"""The picture of the eyes: white, left iris, right iris and flat colours, side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.face.colors import mix, srgb
from cyberdirector.character.face.iris import REACH, SIZE, Image, iris_picture, step, toned

COLUMNS = 4
"""White, left iris, right iris, palette."""

WHITE_REACH = 1.35
"""The white covers this many half widths of the lid opening."""

PALETTE = ("glint", "glint_soft", "tear", "sweat", "blush", "gloom", "vein", "ink")
"""Flat colours of the last column, from the top; see :func:`swatch_uv`."""

_FLAT = {
    "glint": "#ffffff", "glint_soft": "#f6ecff", "tear": "#c9ecff", "sweat": "#d8f1ff",
    "blush": "#ef6f74", "gloom": "#6a74a8", "vein": "#d8343a",
}  # fmt: skip


def eye_uv(column: int, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return texture coordinates (n, 2) of places on a unit disc (y up) of a column."""
    reach = WHITE_REACH if column == 0 else REACH
    return np.stack([(column + 0.5 + 0.5 * x / reach) / COLUMNS, 0.5 - 0.5 * y / reach], 1)


def swatch_uv(name: str) -> tuple[float, float]:
    """Return the texture coordinates of a flat colour."""
    return (COLUMNS - 0.5) / COLUMNS, (PALETTE.index(name) + 0.5) / len(PALETTE)


def eye_texture(
    kind: str, irises: tuple[str, str], second: str, lash: str, pupil: float = 1.0
) -> NDArray[np.uint8]:
    """Return the picture of the eyes (SIZE, 4 SIZE, 4) uint8 sRGB.

    Parameters
    ----------
    kind
        Name of the iris.
    irises
        Colours ``#rrggbb`` of the left and right iris.
    second
        Second tone; empty takes a lighter one of each iris.
    lash
        Colour of the lashes.
    pupil
        Size of the pupil (1 is usual).
    """
    out = np.ones((SIZE, COLUMNS * SIZE, 4), np.float32)
    out[:, :SIZE, :3] = _white(srgb(lash))
    painted: dict[str, Image] = {}
    for column, colour in enumerate(irises, 1):
        if colour not in painted:
            main = srgb(colour)
            tone = srgb(second) if second else toned(main, 1.35, 0.03, 0.85)
            painted[colour] = iris_picture(kind, main, tone, srgb(lash), pupil)
        out[:, column * SIZE : (column + 1) * SIZE, :3] = painted[colour]
    rows = SIZE // len(PALETTE)
    for i, name in enumerate(PALETTE):
        flat = srgb(_FLAT[name]) if name in _FLAT else srgb(lash)
        out[i * rows : (i + 1) * rows, (COLUMNS - 1) * SIZE :, :3] = flat
    return np.clip(np.rint(out * 255.0), 0, 255).astype(np.uint8)


def _white(lash: NDArray[np.float64]) -> Image:
    """Return the white of the eye with the shadow that the lid and the lashes throw."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    x = ((x + 0.5) / SIZE * 2.0 - 1.0) * np.float32(WHITE_REACH)
    y = (1.0 - (y + 0.5) / SIZE * 2.0) * np.float32(WHITE_REACH)
    out = np.tile(np.array([0.985, 0.978, 0.982], np.float32), (SIZE, SIZE, 1))

    def over(colour: NDArray[np.float64], mask: Image) -> None:
        out[:] += mask[..., None] * (np.asarray(colour, np.float32) - out)

    arc = y + 0.32 * x * x
    over(np.array([0.83, 0.81, 0.90]), 0.9 * step(0.34, 0.46, arc))
    over(mix(np.array([0.62, 0.56, 0.68]), lash, 0.15), 0.75 * step(0.52, 0.95, arc))
    over(np.array([0.95, 0.84, 0.84]), 0.5 * step(0.70, 1.05, np.abs(x)))
    return out
