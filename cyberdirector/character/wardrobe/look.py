"""Cloth colours, patterns and painted folds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._figure import smooth_step
from cyberdirector.character._paint import linear3, luma, mix, srgb, texture
from cyberdirector.character.wardrobe.chart import HALF
from cyberdirector.character.wardrobe.folds import body_folds, sleeve_folds
from cyberdirector.character.wardrobe.motif import SCATTERED, emblem, pattern
from cyberdirector.character.wardrobe.prints import is_print, print_skirt, print_trunk
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.model import Material, Texture

Floats = NDArray[np.float64]

WHITE = np.ones(3)


Crease = tuple[float, float, float, float, float, str]
"""From (x, height) to (x, height) on the reference body, width in metres, and where:
``front``, ``back`` or ``both``."""


@dataclass(frozen=True)
class Look:
    """How a piece of cloth looks.

    ``paint`` says how its texture coordinates are used: ``plain`` (no texture), ``flat``
    (the body chart, see :mod:`.chart`), ``skirt`` (u around, v from waist to hem) or
    ``sleeve`` (u around, v from shoulder to hem; ``drape`` for wide ones). ``end`` is the
    colour at the hem, ``folds`` the number of folds around (0 paints none), ``loose`` 0..1
    how many run down the trunk, ``sheen`` raises the rim light.
    """

    colour: str
    paint: str = "plain"
    end: str = ""
    pattern: str = ""
    accent: str = ""
    folds: int = 0
    border: float = 0.0
    """Width of a decorated border at the hem as a share of v."""
    sheen: float = 0.0
    outline: float = 0.0011
    role: str = "cloth"
    double: bool = True
    loose: float = 0.5
    drape: bool = False
    emblem: str = ""
    """A round motif on the middle of chest and back (``flat`` only)."""
    reach: tuple[float, float] = (0.0, 0.0)
    """Metres across and down that a ``skirt`` or ``sleeve`` covers; 0 takes the usual."""
    span: tuple[float, float] = (1.46, 0.0)
    """Heights (top, low) on the reference body that a ``flat`` chart shows."""
    edge: float = 0.0
    """Width of a trim in the accent colour along both edges of a panel, share of u."""
    rim: float = 0.0
    """Share of v beyond which a ``skirt`` texture is darkened; 0 nowhere."""
    lap: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Where a wrapped skirt closes: u at the top, u at the hem, width of the trim in u."""
    trim: str = ""
    """Colour of ``edge`` and ``lap``; empty takes the accent."""
    shade: tuple[Crease, ...] = ()
    """Soft shadows on a ``flat`` chart where other cloth lies over it."""

    @property
    def key(self) -> str:
        """Stable short name of this look."""
        return content_hash(self, size=5)


def nuance(colour: str, amount: float) -> str:
    """Return a colour mixed towards white (amount > 0) or black (amount < 0)."""
    return blend(colour, "#ffffff" if amount > 0 else "#000000", abs(amount))


def blend(one: str, two: str, share: float) -> str:
    """Return ``one`` mixed with a ``share`` of ``two`` (sRGB hex)."""
    r, g, b = np.round(mix(srgb(one), srgb(two), share) * 255).astype(int)
    return f"#{r:02x}{g:02x}{b:02x}"


def material_of(look: Look) -> tuple[Material, list[Texture]]:
    """Return the material of a look and its textures (index 0 if any)."""
    base = srgb(look.colour)
    bright = luma(base)
    tint = mix(np.array([0.58, 0.54, 0.70]), np.array([0.76, 0.74, 0.86]), bright)
    drawn = (
        look.emblem
        or look.folds
        or look.pattern
        or look.border
        or look.end
        or look.shade
        or look.edge
    )
    painted = look.paint != "plain" and bool(drawn)
    textures = [texture(f"cloth-{look.key}", paint(look))] if painted else []
    shade = tint if painted else base * tint
    material = Material(
        name=f"cloth-{look.key}",
        base_color=(1.0, 1.0, 1.0, 1.0) if painted else (*linear3(base), 1.0),
        base_texture=0 if painted else None,
        shade_color=linear3(shade),
        shade_texture=0 if painted else None,
        shading_toony=0.86,
        shading_shift=0.02,
        rim_color=linear3(np.full(3, 0.10 + 0.5 * look.sheen) * (0.5 + 0.5 * base)),
        rim_fresnel_power=4.0,
        outline_mode="worldCoordinates" if look.outline > 0 else "none",
        outline_width=look.outline,
        outline_color=linear3(base * np.array([0.34, 0.30, 0.38])),
        double_sided=look.double,
        role=look.role,
    )
    return material, textures


_PIXEL, _FINE_PIXEL = 0.0017, 0.0011
"""Metres of one pixel of a body chart, and of one with a print on it."""
_SIZES = {"skirt": (1024, 448), "sleeve": (320, 352)}
_REACH = {"skirt": (2.0, 0.9), "sleeve": (0.46, 0.56)}
"""Metres across and down that a texture is taken to cover."""


@lru_cache(maxsize=64)
def paint(look: Look) -> Floats:
    """Return the painted texture (h, w, 3) sRGB of a look."""
    return _paint_body(look) if look.paint == "flat" else _paint_around(look)


_SIDES = (
    np.array([0.0, 0.50, 0.80, 0.90, 1.00, 1.10, 1.20, 1.30]),
    np.array([0.16, 0.16, 0.150, 0.143, 0.116, 0.112, 0.150, 0.30]),
)
"""Heights of the reference body and its half widths: beyond them a chart is seen edgewise."""


def _colours(look: Look) -> tuple[Floats, Floats, Floats]:
    """Return base, hem and accent colour."""
    base = srgb(look.colour)
    end = srgb(look.end) if look.end else base
    accent = srgb(look.accent) if look.accent else mix(base, WHITE, 0.35)
    return base, end, accent


def _paint_body(look: Look) -> Floats:
    """Return the chart of front and back side by side."""
    pixel = _FINE_PIXEL if is_print(look.pattern) else _PIXEL
    w = round(2 * HALF / pixel)
    h = max(8, round((look.span[0] - look.span[1]) / pixel))
    x = (np.arange(w) + 0.5) / w * 2 * HALF - HALF
    y = look.span[0] - (np.arange(h) + 0.5) / h * (look.span[0] - look.span[1])
    base, end, accent = _colours(look)
    grid_x, grid_y = np.broadcast_to(x, (h, w)), np.broadcast_to(y[:, None], (h, w))
    image = np.broadcast_to(base, (h, w, 3)).copy()
    if look.end:
        low = smooth_step(0.75 * look.span[0] + 0.25 * look.span[1], look.span[1], grid_y)
        image = mix(base, end, low)
    if look.pattern and not is_print(look.pattern):
        motif = pattern(look.pattern, grid_x + 0.31, 1.46 - grid_y)
        if look.pattern in SCATTERED:
            half = np.interp(grid_y, *_SIDES)
            motif = motif * smooth_step(0.98, 0.84, np.abs(grid_x) / half)
            # On the shoulders it would be drawn out: they stay plain down to the sleeve.
            motif = motif * smooth_step(0.158, 0.130, np.abs(grid_x))
        image = mix_over(image, accent, motif)
    if look.emblem:
        image = mix_over(image, accent, emblem(look.emblem, grid_x, grid_y - 1.135, 0.150))
    folds = body_folds(x, y, look.loose) if look.folds else np.zeros((h, w))
    sides = []
    for side in ("front", "back"):
        tone = 1.0 - _fold_depth(base) * folds if look.folds else np.ones((h, w))
        if look.folds:
            tone = tone * (
                1.0
                - 0.14
                * smooth_step(0.10, 0.17, np.abs(grid_x))
                * smooth_step(1.24, 1.16, grid_y)
                * smooth_step(0.95, 1.05, grid_y)
            )
        for crease in look.shade:
            if crease[5] in (side, "both"):
                tone = tone * (1.0 - 0.17 * _near(grid_x, grid_y, crease))
        shown = image
        if is_print(look.pattern):
            half = np.interp(grid_y, *_SIDES)
            shown = print_trunk(image, look.pattern, grid_x, grid_y, half, side)
        sides.append(_toned(shown, tone))
    return np.concatenate(sides, axis=1)


def _near(x: Floats, y: Floats, crease: Crease) -> Floats:
    """Return 1 on a line that falls softly to 0 at its width."""
    x0, y0, x1, y1, width, _ = crease
    dx, dy = x1 - x0, y1 - y0
    q = np.clip(((x - x0) * dx + (y - y0) * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
    gap = np.hypot(x - x0 - q * dx, y - y0 - q * dy)
    return smooth_step(width, 0.25 * width, gap)


def _fold_depth(base: Floats) -> float:
    """Return how strongly folds darken: pale cloth shows them least."""
    return 0.44 - 0.20 * luma(base)


def _toned(image: Floats, tone: Floats) -> Floats:
    """Return a picture darkened (tone < 1) towards a cooler shade, or lit (tone > 1)."""
    dark = np.clip(1.0 - tone, 0, 1)[..., None]
    cool = 1.0 - dark * np.array([1.0, 1.02, 0.86])
    return np.clip(image * cool * np.maximum(tone, 1.0)[..., None], 0, 1)


def mix_over(image: Floats, colour: Floats, mask: Floats) -> Floats:
    """Return a picture (h, w, 3) with a colour laid over it by a mask (h, w)."""
    return image + (colour - image) * mask[..., None]


def _reach(look: Look) -> tuple[float, float]:
    return look.reach if look.reach[0] else _REACH[look.paint]


def _paint_around(look: Look) -> Floats:
    """Return the picture of a skirt or a sleeve: u around, v down."""
    w, h = _SIZES[look.paint]
    if look.reach[0]:
        w = int(np.clip(look.reach[0] / 1.6 * w, 0.3 * w, w))
        h = int(np.clip(look.reach[1] / 0.8 * h, 0.4 * h, h))
    v = np.broadcast_to((np.arange(h) + 0.5)[:, None] / h, (h, w))
    u = np.broadcast_to((np.arange(w) + 0.5)[None] / w, (h, w))
    base, end, accent = _colours(look)
    image = mix(base, end, smooth_step(0.25, 1.0, v))
    if is_print(look.pattern):
        if look.paint == "skirt":
            image = print_skirt(image, look.pattern, u, v)
    elif look.pattern:
        across, down = _reach(look)
        motif = pattern(look.pattern, u * across, v * down)
        fade = np.ones_like(v)
        if look.paint == "sleeve":
            # No motif is cut off where the sleeve leaves the shoulder.
            fade = smooth_step(0.05, 0.16, v)
        elif look.end != look.colour:
            fade = 0.35 + 0.65 * smooth_step(0.15, 0.75, v)
        image = mix_over(image, accent, motif * fade)
    if look.border > 0:
        image = _border(image, u, v, look, accent)
    image = _edges(image, u, v, look, srgb(look.trim) if look.trim else accent)
    return _toned(image, _folds(look, u, v, base))


def _edges(image: Floats, u: Floats, v: Floats, look: Look, trim: Floats) -> Floats:
    """Return the image with trims along the edges of a panel and where a skirt closes."""
    fine = 1.5 / u.shape[1]
    wide = 1.0 + 1.1 * (1.0 - v)  # u shrinks towards the waist, the trim does not
    if look.edge:
        gap = np.minimum(u, 1 - u)
        rows = np.maximum(smooth_step(0.0, fine, look.edge * wide - gap), 0.0)
        image = mix_over(image, trim, rows)
    if look.rim:
        image = mix_over(image, trim, smooth_step(look.rim, look.rim + 0.05, v))
    if look.lap[2]:
        middle = look.lap[0] + (look.lap[1] - look.lap[0]) * v
        gap = np.abs(u - middle)
        half = look.lap[2] / 2 * wide
        image = mix_over(image, trim, smooth_step(0.0, fine, half - gap))
        beside = (u - middle) + half
        shadow = np.where(beside < 0, np.exp(beside / 0.012), 0.0) * 0.30
        image = image * (1 - shadow[..., None] * np.array([1.0, 1.02, 0.86]))
    return image


def _border(image: Floats, u: Floats, v: Floats, look: Look, accent: Floats) -> Floats:
    """Return the image with a woven hem: lines and a lattice on a tinted ground."""
    b = look.border
    q = (v - (1 - b)) / b
    line = smooth_step(0.075, 0.045, np.abs(q - 0.10)) + smooth_step(
        0.075, 0.045, np.abs(q - 0.90)
    )
    woven = pattern("lattice", u * _reach(look)[0], (q - 0.5) * 0.060) * smooth_step(
        0.40, 0.34, np.abs(q - 0.5)
    )
    ground = mix_over(image, accent * 0.80, np.where(q > 0, 0.34, 0.0))
    return mix_over(ground, accent, np.where(q > 0, np.clip(line + woven, 0, 1), 0.0))


def _folds(look: Look, u: Floats, v: Floats, base: Floats) -> Floats:
    """Return a brightness factor (h, w) with painted folds and soft occlusion."""
    if not look.folds:
        return np.ones_like(u)
    if look.paint == "skirt":
        phase = u * look.folds
        saw = phase - np.floor(phase)
        valley = np.exp(-((saw / 0.10) ** 2)) + np.exp(-(((saw - 1.0) / 0.10) ** 2))
        crest = np.exp(-(((saw - 0.62) / 0.16) ** 2))
        depth = smooth_step(0.0, 0.12, v) * (0.75 + 0.25 * np.sin(phase * 2.4))
        tone = 1.0 - 0.22 * valley * depth + 0.05 * crest * depth
        return tone * (1.0 - 0.20 * smooth_step(0.09, 0.0, v))
    tone = 1.0 - _fold_depth(base) * sleeve_folds(*u.shape, drape=look.drape)
    return tone * (1.0 - 0.12 * np.exp(-(((u - 0.5) / 0.10) ** 2)) * smooth_step(0.55, 0.2, v))
