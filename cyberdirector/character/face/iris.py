"""Irises: twelve ways to paint one, from distance fields on the unit disc.

Highlights are no part of the picture: they are shapes of their own that lie in front of
the iris (see :mod:`~cyberdirector.character.face.eyes`).
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.face.colors import mix

Image = NDArray[np.float32]
Colour = NDArray[np.float64]

SIZE = 384
"""Pixels of an iris, side."""

REACH = 1.06
"""The picture covers the disc and a margin: its border lies at this radius."""

_WHITE = np.ones(3)


def toned(colour: Colour, light: float, hue: float = 0.0, rich: float = 1.0) -> Colour:
    """Return an sRGB colour with its value and saturation scaled and its hue turned.

    Parameters
    ----------
    colour
        (3,) sRGB 0..1.
    light, rich
        Factors on value and saturation (HSV).
    hue
        Shift in turns; positive runs from red over yellow to green.
    """
    h, s, v = colorsys.rgb_to_hsv(*np.clip(colour, 0.0, 1.0).tolist())
    r, g, b = colorsys.hsv_to_rgb((h + hue) % 1.0, min(s * rich, 1.0), min(v * light, 1.0))
    return np.array([r, g, b])


@dataclass
class _Disc:
    """An iris while it is painted: coordinates (x right, y up) and the picture."""

    x: Image
    y: Image
    r: Image
    angle: Image
    out: Image

    def over(self, colour: Colour, mask: Image, alpha: float = 1.0) -> None:
        """Mix a colour in where the mask says so."""
        share = (np.float32(alpha) * mask)[..., None]
        self.out += share * (np.asarray(colour, np.float32) - self.out)

    def glow(self, colour: Colour, mask: Image, alpha: float = 1.0) -> None:
        """Screen a colour over the picture: light that adds to what is there."""
        light = np.asarray(colour, np.float32) * (np.float32(alpha) * mask)[..., None]
        self.out[:] = 1.0 - (1.0 - self.out) * (1.0 - light)

    def ellipse(self, cx: float, cy: float, w: float, h: float, soft: float = 0.04) -> Image:
        """Return the mask of an ellipse with half axes ``w`` and ``h``."""
        d = np.hypot((self.x - cx) / w, (self.y - cy) / h)
        return step(1.0 + soft / max(w, h), 1.0 - soft / max(w, h), d)


def step(low: float, high: float, v: Image) -> Image:
    """Return the cubic step of ``v`` from 0 at ``low`` to 1 at ``high`` (either order)."""
    t = np.clip((v - low) / (high - low), 0.0, 1.0)
    return (t * t * (3.0 - 2.0 * t)).astype(np.float32)


def iris_picture(
    kind: str, colour: Colour, second: Colour, line: Colour, pupil: float
) -> Image:
    """Return an iris, (SIZE, SIZE, 3) float32 sRGB 0..1.

    Parameters
    ----------
    kind
        Name of :data:`~cyberdirector.character.face.catalogue.eyes.IRISES`.
    colour, second, line
        (3,) sRGB: main tone, second tone, colour of the lashes.
    pupil
        Size of the pupil, 1 is usual.
    """
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    x = ((x + 0.5) / SIZE * 2.0 - 1.0) * np.float32(REACH)
    y = (1.0 - (y + 0.5) / SIZE * 2.0) * np.float32(REACH)
    disc = _Disc(x, y, np.hypot(x, y), np.arctan2(y, x), np.zeros((SIZE, SIZE, 3), np.float32))
    _PAINTERS[kind](disc, colour, second, line, pupil)
    _shade_by_lid(disc, colour, line)
    return np.clip(disc.out, 0.0, 1.0)


def _ground(disc: _Disc, top: Colour, middle: Colour, low: Colour) -> None:
    """Fill with a gradient of three tones from the top to the bottom."""
    disc.out[:] = np.asarray(top, np.float32)
    disc.over(middle, step(0.55, -0.10, disc.y))
    disc.over(low, step(-0.05, -0.85, disc.y))


def _rim(disc: _Disc, colour: Colour, line: Colour, inner: float = 0.86) -> None:
    disc.over(
        mix(toned(colour, 0.42, 0.0, 1.15), line, 0.45),
        step(inner - 0.06, inner + 0.05, disc.r),
    )


def _fibres(disc: _Disc, colour: Colour, count: float, amount: float) -> None:
    wave = 0.5 + 0.5 * np.sin(disc.angle * count + 1.4 * np.sin(disc.angle * 7.0))
    mask = step(0.40, 0.60, disc.r) * step(0.92, 0.74, disc.r)
    disc.over(toned(colour, 0.66, -0.01), (wave * mask).astype(np.float32), amount)


def _lens(disc: _Disc, colour: Colour, amount: float = 0.8) -> None:
    """Light gathers low in the iris, the way it leaves a lens."""
    ring = step(0.40, 0.62, disc.r) * step(0.90, 0.74, disc.r) * step(0.05, -0.55, disc.y)
    disc.glow(toned(colour, 1.25, 0.015, 0.75), ring, amount)
    spot = np.exp(-((disc.x / 0.42) ** 2) - ((disc.y + 0.58) / 0.24) ** 2).astype(np.float32)
    disc.glow(toned(colour, 1.3, 0.02, 0.6), spot, 0.65 * amount)


def _pupil(disc: _Disc, colour: Colour, line: Colour, size: float, tall: float = 1.12) -> None:
    dark = mix(toned(colour, 0.16, 0.0, 1.1), line, 0.5)
    disc.over(
        toned(colour, 0.40, 0.0, 1.1),
        disc.ellipse(0, 0.03, 0.52 * size, 0.52 * size * tall, 0.14),
        0.7,
    )
    disc.over(dark, disc.ellipse(0.0, 0.03, 0.40 * size, 0.40 * size * tall))


def _classic(
    disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float, lens: float = 0.8
) -> None:
    _ground(
        disc,
        toned(colour, 0.50, 0.01, 1.1),
        toned(colour, 0.95),
        mix(toned(colour, 1.25), second, 0.35),
    )
    _fibres(disc, colour, 30.0, 0.35)
    _lens(disc, colour, lens)
    _pupil(disc, colour, line, pupil)
    _rim(disc, colour, line)


def _watery(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(
        disc,
        toned(colour, 0.55, 0.01, 1.05),
        toned(colour, 1.0),
        toned(second, 1.35, 0.01, 0.7),
    )
    _pupil(disc, colour, line, 1.05 * pupil)
    _lens(disc, second, 1.0)
    for cx, cy, w in (
        (-0.42, -0.36, 0.10),
        (0.46, -0.30, 0.13),
        (0.10, -0.72, 0.12),
        (-0.18, -0.66, 0.06),
    ):
        disc.glow(toned(second, 1.4, 0.0, 0.4), disc.ellipse(cx, cy, w, 0.8 * w, 0.03), 0.75)
    band = np.exp(-(((disc.y + 0.30 - 0.35 * disc.x**2) / 0.08) ** 2)).astype(np.float32)
    disc.glow(_WHITE, band * step(0.86, 0.7, disc.r), 0.22)
    _rim(disc, colour, line, 0.88)


def _gem(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(
        disc, toned(colour, 0.50, 0.01), toned(colour, 0.95), toned(second, 1.25, 0.0, 0.85)
    )
    sector = disc.angle * 12.0 / (2.0 * np.pi)
    tone = (np.floor(sector) * 7.0 % 5.0) / 4.0 - 0.5
    split = step(0.60, 0.62, disc.r)
    facet = np.where(split > 0.5, tone, (np.floor(sector + 0.5) * 3.0 % 5.0) / 4.0 - 0.5)
    disc.glow(toned(colour, 1.4, 0.01, 0.55), np.maximum(facet, 0.0).astype(np.float32), 0.55)
    disc.over(toned(colour, 0.42, 0.0, 1.1), np.maximum(-facet, 0.0).astype(np.float32), 0.55)
    edge = np.minimum(np.abs(sector - np.round(sector)) * disc.r * 0.5, np.abs(disc.r - 0.61))
    disc.glow(
        _WHITE, step(0.018, 0.004, edge.astype(np.float32)) * step(0.36, 0.42, disc.r), 0.35
    )
    _pupil(disc, colour, line, 0.82 * pupil)
    _rim(disc, colour, line)


def _starry(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(
        disc, toned(colour, 0.28, 0.02, 1.2), toned(colour, 0.70, 0.0, 1.1), toned(second, 1.15)
    )
    cloud = np.exp(-(((disc.y - 0.5 * disc.x + 0.12) / 0.22) ** 2)).astype(np.float32)
    disc.glow(toned(second, 1.1, 0.03, 0.7), cloud, 0.40)
    rng = np.random.default_rng(11)
    for _ in range(34):
        a, d = rng.uniform(0, 2 * np.pi), 0.86 * np.sqrt(rng.uniform(0.03, 1.0))
        size = float(rng.choice([0.012, 0.018, 0.030], p=[0.6, 0.3, 0.1]))
        disc.glow(_WHITE, disc.ellipse(d * np.cos(a), d * np.sin(a), size, size, 0.01), 0.9)
    _pupil(disc, colour, line, 0.62 * pupil)
    _sparkle(disc, 0.38, -0.40, 0.20)
    _sparkle(disc, -0.46, -0.10, 0.13)
    _rim(disc, colour, line, 0.90)


def _sparkle(disc: _Disc, cx: float, cy: float, size: float) -> None:
    """A four-pointed star."""
    dx, dy = np.abs(disc.x - cx) / size, np.abs(disc.y - cy) / size
    disc.glow(_WHITE, step(1.02, 0.92, np.sqrt(dx) + np.sqrt(dy)), 0.95)


def _rays(disc: _Disc, points: int, turn: float, inner: float) -> Image:
    """Return the radius of a star with ``points`` tips (1 at the tips) per direction."""
    half = np.pi / points
    a = np.abs((disc.angle - turn + half) % (2.0 * half) - half)
    b = half - a
    # Between the tip (radius 1 at a = 0) and the notch (radius `inner` at b = 0) runs a line.
    return (inner * np.sin(half) / (np.sin(b) + inner * np.sin(a))).astype(np.float32)


def _star(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(disc, toned(colour, 0.52, 0.01), toned(colour, 1.0), toned(colour, 1.3, 0.01, 0.85))
    _lens(disc, colour, 0.7)
    edge = 0.56 * pupil * _rays(disc, 5, np.pi / 2, 0.42)
    disc.over(toned(colour, 0.35), step(1.22, 1.04, disc.r / edge), 0.6)
    disc.over(mix(second, _WHITE, 0.35), step(1.04, 0.98, disc.r / edge))
    disc.over(_WHITE, step(0.72, 0.55, disc.r / edge), 0.6)
    _rim(disc, colour, line)


def _ring(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(disc, toned(colour, 0.75), toned(colour, 1.0), toned(second, 1.15))
    for radius in (0.34, 0.52, 0.70):
        band = np.exp(-(((disc.r - radius) / 0.022) ** 2)).astype(np.float32)
        disc.over(mix(toned(colour, 0.20), line, 0.5), band, 0.95)
    disc.glow(_WHITE, step(0.1, -0.6, disc.y) * step(0.9, 0.6, disc.r), 0.20)
    disc.over(
        mix(toned(colour, 0.12), line, 0.5), disc.ellipse(0, 0, 0.15 * pupil, 0.15 * pupil)
    )
    _rim(disc, colour, line)


def _slit(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(disc, toned(colour, 0.60), toned(colour, 1.05), toned(second, 1.3, 0.01, 0.9))
    _fibres(disc, colour, 44.0, 0.5)
    halo = np.exp(-((disc.x / 0.30) ** 2) - (disc.y / 0.8) ** 2).astype(np.float32)
    disc.glow(toned(second, 1.35, 0.02, 0.8), halo, 0.55)
    wide = 0.15 * pupil * np.sqrt(np.clip(1.0 - (disc.y / 0.76) ** 2, 0.0, 1.0)) ** 1.6
    dark = mix(toned(colour, 0.10), line, 0.6)
    disc.over(dark, step(0.02, -0.02, (np.abs(disc.x) - wide).astype(np.float32)))
    _rim(disc, colour, line)


def _dual(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(disc, toned(colour, 0.62, 0.0, 1.05), toned(colour, 1.0), toned(second, 1.1))
    disc.over(toned(second, 1.12), step(0.06, -0.34, disc.y + 0.18 * disc.x**2), 0.9)
    _fibres(disc, colour, 26.0, 0.22)
    _lens(disc, second, 0.7)
    _pupil(disc, colour, line, 0.92 * pupil)
    _rim(disc, colour, line)


def _flower(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(disc, toned(colour, 0.55), toned(colour, 1.0), toned(colour, 1.25, 0.01, 0.9))
    petal = 0.44 + 0.20 * np.abs(np.cos(2.5 * (disc.angle - np.pi / 2)))
    edge = (petal * pupil).astype(np.float32)
    disc.over(toned(colour, 0.38), step(1.14, 1.0, disc.r / edge), 0.55)
    disc.over(mix(second, _WHITE, 0.25), step(1.02, 0.96, disc.r / edge))
    vein = np.abs(np.sin(2.5 * (disc.angle - np.pi / 2)))
    disc.over(toned(second, 0.8), step(0.22, 0.05, vein) * step(0.6, 0.3, disc.r), 0.5)
    disc.over(mix(toned(colour, 0.15), line, 0.5), disc.ellipse(0, 0, 0.17, 0.17))
    _lens(disc, colour, 0.5)
    _rim(disc, colour, line)


def _dull(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    flat = toned(colour, 0.78, 0.0, 0.75)
    _ground(disc, toned(flat, 0.75), flat, toned(mix(flat, second, 0.3), 1.08))
    disc.over(toned(flat, 0.55), disc.ellipse(0.0, 0.02, 0.42 * pupil, 0.46 * pupil, 0.10), 0.9)
    _rim(disc, flat, line, 0.88)


def _sharp(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(
        disc,
        toned(colour, 0.62, 0.0, 1.1),
        toned(colour, 1.0),
        mix(toned(colour, 1.3), second, 0.4),
    )
    _fibres(disc, colour, 38.0, 0.45)
    band = step(0.46, 0.52, disc.r) * step(0.78, 0.70, disc.r) * step(0.0, -0.4, disc.y)
    disc.glow(toned(colour, 1.35, 0.02, 0.6), band, 0.75)
    _pupil(disc, colour, line, pupil, 1.0)
    _rim(disc, colour, line, 0.82)


def _glow(disc: _Disc, colour: Colour, second: Colour, line: Colour, pupil: float) -> None:
    _ground(disc, toned(colour, 0.70), toned(colour, 1.15), toned(second, 1.4, 0.0, 0.7))
    light = np.exp(-(((disc.r - 0.30) / 0.30) ** 2)).astype(np.float32)
    disc.glow(toned(second, 1.5, 0.0, 0.6), light, 0.85)
    disc.glow(_WHITE, np.exp(-(((disc.r - 0.40 * pupil) / 0.07) ** 2)).astype(np.float32), 0.7)
    disc.over(
        toned(colour, 0.45, 0.0, 1.2), disc.ellipse(0, 0, 0.27 * pupil, 0.30 * pupil), 0.9
    )
    disc.over(toned(colour, 0.6, 0.0, 1.2), step(0.84, 0.98, disc.r), 0.8)


def _shade_by_lid(disc: _Disc, colour: Colour, line: Colour) -> None:
    """The lid throws a soft-edged shadow on the upper third."""
    edge = disc.y - 0.10 * disc.x**2
    disc.over(mix(toned(colour, 0.22, 0.01, 1.1), line, 0.45), step(0.40, 0.80, edge), 0.62)


_PAINTERS: dict[str, Callable[[_Disc, Colour, Colour, Colour, float], None]] = {
    "classic": _classic, "watery": _watery, "gem": _gem, "starry": _starry, "star": _star,
    "ring": _ring, "slit": _slit, "dual": _dual, "flower": _flower, "dull": _dull,
    "sharp": _sharp, "glow": _glow,
}  # fmt: skip
