"""Colour tables (3D LUTs): moods made from named curves, and ``.cube`` files of users.

A table maps display-referred sRGB to display-referred sRGB: what the last pass shows is
looked up, whatever the light of the scene was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Color3
from cyberdirector.render._cube import parse_cube

SIDE = 33
"""Points along each axis of the tables made here: the usual size in film work."""

_LUMA = np.array([0.2126, 0.7152, 0.0722])  # Rec. 709

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """One mood as numbers; all zero or one leaves colours alone.

    Attributes
    ----------
    slope, offset, power
        Per channel, as in the ASC Color Decision List v1.2:
        ``out = clamp(in * slope + offset) ** power``.
    saturation
        Factor on the distance from the grey of equal luma (Rec. 709 weights).
    shadows, lights
        Tint (RGB, added) of the dark and the bright half.
    contrast
        Strength of an S curve around the middle, negative flattens.
    fade
        Level of black and the same distance of white from full, 0..0.3.
    keep_warm
        0..1: how far skin and lamps (red over blue) stay as they were.
    """

    slope: Color3 = (1.0, 1.0, 1.0)
    offset: Color3 = (0.0, 0.0, 0.0)
    power: Color3 = (1.0, 1.0, 1.0)
    saturation: float = 1.0
    shadows: Color3 = (0.0, 0.0, 0.0)
    lights: Color3 = (0.0, 0.0, 0.0)
    contrast: float = 0.0
    fade: float = 0.0
    keep_warm: float = 0.0


LOOKS: Mapping[str, Look] = {
    "neutral": Look(),
    "day": Look(
        slope=(1.03, 1.01, 0.99),
        saturation=1.08,
        shadows=(-0.006, 0.004, 0.020),
        lights=(0.012, 0.006, -0.006),
        contrast=0.16,
        keep_warm=0.2,
    ),
    "morning": Look(
        power=(0.94, 0.92, 0.95),
        saturation=0.98,
        shadows=(0.004, 0.016, 0.030),
        lights=(0.030, 0.020, -0.020),
        contrast=0.02,
        fade=0.02,
    ),
    "dusk": Look(
        slope=(1.06, 0.98, 0.90),
        saturation=1.06,
        shadows=(0.020, -0.006, 0.050),
        lights=(0.045, 0.010, -0.045),
        contrast=0.18,
        keep_warm=0.1,
    ),
    "night": Look(
        slope=(0.94, 0.98, 1.05),
        power=(1.02, 1.0, 0.98),
        saturation=0.84,
        shadows=(-0.014, 0.004, 0.036),
        lights=(0.004, 0.002, 0.004),
        contrast=0.20,
        keep_warm=0.75,
    ),
    "memory": Look(
        slope=(1.05, 0.99, 0.86),
        power=(0.92, 0.95, 1.0),
        saturation=0.62,
        shadows=(0.035, 0.016, 0.0),
        lights=(0.025, 0.012, -0.035),
        contrast=-0.12,
        fade=0.075,
    ),
    "dream": Look(
        slope=(1.05, 1.01, 1.05),
        power=(0.84, 0.87, 0.84),
        saturation=0.86,
        shadows=(0.030, 0.010, 0.060),
        lights=(0.030, -0.004, 0.014),
        contrast=-0.10,
        fade=0.03,
    ),
    "cold": Look(
        slope=(0.92, 0.99, 1.08),
        saturation=0.74,
        shadows=(-0.014, 0.006, 0.026),
        lights=(-0.016, 0.004, 0.020),
        contrast=0.22,
        keep_warm=0.2,
    ),
    "horror": Look(
        slope=(0.90, 0.99, 0.86),
        offset=(-0.02, -0.012, -0.022),
        power=(1.14, 1.06, 1.18),
        saturation=0.52,
        shadows=(-0.010, 0.016, 0.004),
        lights=(0.006, 0.014, -0.020),
        contrast=0.34,
    ),
    "cinema": Look(
        slope=(1.03, 1.0, 0.99),
        saturation=1.10,
        shadows=(-0.020, 0.004, 0.030),
        lights=(0.024, 0.004, -0.008),
        contrast=0.26,
        keep_warm=0.3,
    ),
    "ink": Look(
        slope=(1.03, 1.01, 0.97),
        power=(0.94, 0.94, 0.96),
        saturation=0.34,
        shadows=(0.004, 0.006, 0.014),
        lights=(0.010, 0.004, -0.014),
        contrast=0.20,
        keep_warm=0.35,
    ),
    "print": Look(
        slope=(1.03, 1.01, 0.99),
        saturation=1.18,
        shadows=(0.004, 0.0, 0.028),
        lights=(0.010, 0.006, -0.012),
        contrast=0.32,
    ),
}
"""Moods by name; ``memory`` is faded and warm, ``ink`` and ``print`` serve the styles."""

LUT_NAMES = tuple(LOOKS)


@dataclass(frozen=True)
class Lut:
    """A table of colours.

    Attributes
    ----------
    name
        For messages and keys.
    table
        (n, n, n, 3) float32, 0..1, sRGB, indexed [blue, green, red]: red runs fastest, as
        in ``.cube`` files and 3D textures.
    """

    name: str
    table: NDArray[np.float32]

    @property
    def side(self) -> int:
        """Points along one axis."""
        return int(self.table.shape[0])


def _s_curve(x: Array, amount: float) -> Array:
    """Mix ``x`` (0..1) with smoothstep; negative amounts flatten around the middle."""
    return x + amount * (x * x * (3.0 - 2.0 * x) - x)


def graded(color: NDArray[np.floating], look: Look) -> Array:
    """Return sRGB colours (..., 3), 0..1, under a look.

    Parameters
    ----------
    color
        (..., 3) sRGB, 0..1.
    look
        What to do; see :class:`Look` for the formulas.
    """
    c0 = np.asarray(color, np.float64)
    c = np.clip(c0 * look.slope + look.offset, 0.0, 1.0) ** np.asarray(look.power)
    luma = c @ _LUMA
    low = ((1.0 - luma) ** 2)[..., None]
    high = (luma**2)[..., None]
    # Black and white themselves keep no tint: paper stays paper.
    ends = (4.0 * luma * (1.0 - luma))[..., None] ** 0.5
    c = c + ends * (low * look.shadows + high * look.lights)
    luma = (c @ _LUMA)[..., None]
    c = luma + (c - luma) * look.saturation
    c = _s_curve(np.clip(c, 0.0, 1.0), look.contrast)
    c = look.fade + c * (1.0 - 1.6 * look.fade)
    warmth = np.clip((c0[..., 0] - c0[..., 2]) * 2.5, 0.0, 1.0)[..., None]
    warmth = warmth * warmth * (3.0 - 2.0 * warmth) * look.keep_warm
    return np.asarray(np.clip(c + (c0 - c) * warmth, 0.0, 1.0))


def lattice(side: int) -> Array:
    """Return the inputs of a table, (side, side, side, 3), 0..1, [blue, green, red]."""
    steps = np.linspace(0.0, 1.0, side)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red, green, blue], axis=-1)


@cache
def named_lut(name: str) -> Lut:
    """Return the table of a mood in :data:`LOOKS`.

    Raises
    ------
    InputRefused
        ``lut-unknown`` for other names.
    """
    if name not in LOOKS:
        raise InputRefused(
            "lut-unknown",
            f"没有名为“{name}”的调色表；可用：{'、'.join(LUT_NAMES)}，或 .cube 文件的路径。",
            f"There is no colour table '{name}'; use one of {', '.join(LUT_NAMES)} or the "
            "path of a .cube file.",
            Location(path="lut"),
        )
    return Lut(name, graded(lattice(SIDE), LOOKS[name]).astype(np.float32))


def read_cube(path: Path) -> Lut:
    """Return the table in a ``.cube`` file (Cube LUT Specification 1.0, 1D or 3D).

    Raises
    ------
    InputRefused
        ``lut-missing`` when the file cannot be read, ``lut-invalid`` with the line when
        its text is not a table.
    """
    name, table = parse_cube(path)
    return Lut(name, table)


def find_lut(name: str) -> Lut:
    """Return a mood by name, or the table of a user's file when ``name`` ends in .cube.

    Raises
    ------
    InputRefused
        ``lut-unknown``, ``lut-missing`` or ``lut-invalid``.
    """
    return read_cube(Path(name)) if name.lower().endswith(".cube") else named_lut(name)


def cube_text(lut: Lut) -> str:
    """Return the table as the text of a ``.cube`` file, six decimals."""
    rows = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in lut.table.reshape(-1, 3))
    return f'TITLE "{lut.name}"\nLUT_3D_SIZE {lut.side}\n{rows}\n'


def apply_lut(color: NDArray[np.floating], lut: Lut) -> Array:
    """Return sRGB colours (..., 3), 0..1, looked up trilinearly: what the GPU does."""
    top = lut.side - 1
    at = np.clip(np.asarray(color, np.float64), 0.0, 1.0) * top
    cell = np.minimum(at.astype(int), max(top - 1, 0))
    f = at - cell
    out = np.zeros(at.shape)
    for corner in range(8):
        step = np.array([corner & 1, corner >> 1 & 1, corner >> 2])
        weight = np.prod(np.where(step, f, 1.0 - f), axis=-1, keepdims=True)
        r, g, b = np.moveaxis(np.minimum(cell + step, top), -1, 0)
        out += weight * lut.table[b, g, r]
    return out


def upload_lut(context: Any, lut: Lut) -> Any:
    """Return the table as a 3D texture of 8 bits a channel, filtered trilinearly."""
    import moderngl

    codes = np.round(np.clip(lut.table, 0.0, 1.0) * 255.0).astype(np.uint8)
    full = np.concatenate([codes, np.full((*codes.shape[:3], 1), 255, np.uint8)], axis=-1)
    texture = context.texture3d((lut.side,) * 3, 4, full.tobytes())
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    texture.repeat_x = texture.repeat_y = texture.repeat_z = False
    return texture
