"""Cloth colours, patterns and painted folds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from cyberdirector.character._figure import smooth_step
from cyberdirector.character._paint import linear3, luma, mix, srgb, texture
from cyberdirector.core.hashing import content_hash, seed_of
from cyberdirector.core.model import Material, Texture

Floats = NDArray[np.float64]

WHITE = np.ones(3)


@dataclass(frozen=True)
class Look:
    """How a piece of cloth looks.

    ``paint`` says how its texture coordinates are used: ``plain`` (no texture), ``flat``
    (metric: 1.6 m across, 1.6 m down), ``skirt`` (u around, v from waist to hem) or
    ``sleeve`` (u around, v from shoulder to hem). ``end`` is the colour at the hem,
    ``folds`` the number of folds around, ``sheen`` raises the rim light.
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
    painted = look.paint != "plain"
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


@lru_cache(maxsize=64)
def paint(look: Look) -> Floats:
    """Return the painted texture (h, w, 3) sRGB of a look."""
    w, h = {"skirt": (768, 384), "flat": (512, 512), "sleeve": (256, 256)}[look.paint]
    v = np.broadcast_to((np.arange(h) + 0.5)[:, None] / h, (h, w))
    u = np.broadcast_to((np.arange(w) + 0.5)[None] / w, (h, w))
    base = srgb(look.colour)
    end = srgb(look.end) if look.end else base
    image = mix(base, end, smooth_step(0.25, 1.0, v))
    accent = srgb(look.accent) if look.accent else mix(base, WHITE, 0.35)
    if look.pattern:
        size = {"flat": (1.6, 1.6), "skirt": (2.0, 0.9), "sleeve": (0.7, 0.6)}[look.paint]
        motif = pattern(look.pattern, u * size[0], v * size[1])
        strength = 0.55 * (smooth_step(0.25, 0.8, v) if look.paint == "skirt" else 1.0)
        image = mix(image.reshape(-1, 3), accent, (motif * strength).ravel()).reshape(h, w, 3)
    if look.border > 0:
        image = _border(image, u, v, look, accent)
    return np.clip(image * _folds(look, u, v)[..., None], 0, 1)


def _border(image: Floats, u: Floats, v: Floats, look: Look, accent: Floats) -> Floats:
    """Return the image with a banded hem: two lines and a wave between them."""
    b = look.border
    q = (v - (1 - b)) / b
    line = (np.abs(q - 0.10) < 0.06) | (np.abs(q - 0.92) < 0.06)
    wave = np.abs(q - 0.5 - 0.2 * np.sin(u * 2 * np.pi * 40)) < 0.09
    mask = np.where(q > 0, np.maximum(line * 1.0, wave * 0.8), 0.0)
    ground = np.where(q > 0, 0.30, 0.0)
    flat = image.reshape(-1, 3)
    flat = mix(flat, accent * 0.75, ground.ravel())
    return mix(flat, accent, gaussian_filter(mask, 0.7).ravel()).reshape(image.shape)


def _folds(look: Look, u: Floats, v: Floats) -> Floats:
    """Return a brightness factor (h, w) with painted folds and soft occlusion."""
    if look.paint == "skirt" and look.folds:
        phase = u * look.folds
        saw = phase - np.floor(phase)
        valley = np.exp(-(((saw - 0.0) / 0.10) ** 2)) + np.exp(-(((saw - 1.0) / 0.10) ** 2))
        crest = np.exp(-(((saw - 0.62) / 0.16) ** 2))
        depth = smooth_step(0.0, 0.12, v) * (0.75 + 0.25 * np.sin(phase * 2.4))
        tone = 1.0 - 0.20 * valley * depth + 0.05 * crest * depth
        return tone * (1.0 - 0.16 * smooth_step(0.10, 0.0, v))
    if not look.folds:
        return np.ones_like(u)
    crease = _creases(*u.shape, sleeve=look.paint == "sleeve")
    amount = 0.055 - 0.03 * luma(srgb(look.colour))
    return 1.0 - amount * np.clip(-crease, 0, 1) + 0.5 * amount * np.clip(crease, 0, 1)


@lru_cache(maxsize=8)
def _creases(h: int, w: int, sleeve: bool) -> Floats:
    """Return soft vertical creases (h, w), -1 in valleys to 1 on crests."""
    noise = np.random.default_rng(seed_of("creases", h, w, sleeve)).normal(size=(h, w))
    sigma = (0.09 * h, 0.018 * w) if sleeve else (0.08 * h, 0.024 * w)
    streak = gaussian_filter(noise, sigma, mode="wrap", truncate=2.5)
    streak /= max(1e-9, float(np.abs(streak).max()))
    return smooth_step(0.18, 0.30, np.abs(streak)) * np.sign(streak)


def pattern(name: str, x: Floats, y: Floats) -> Floats:
    """Return a motif mask 0..1 over metric coordinates (metres)."""
    if name == "check":
        a = smooth_step(0.42, 0.5, np.abs((x / 0.05) % 1 - 0.5))
        b = smooth_step(0.42, 0.5, np.abs((y / 0.05) % 1 - 0.5))
        wide = ((x / 0.05) % 1 < 0.36) * 0.35 + ((y / 0.05) % 1 < 0.36) * 0.35
        return np.clip(wide + 0.5 * np.maximum(a, b), 0, 1)
    if name == "stripe":
        return smooth_step(0.40, 0.47, np.abs((x / 0.024) % 1 - 0.5)) * 0.6
    if name == "dot":
        return _dots(x, y, 0.045, 0.16)
    if name == "wave":
        return _waves(x, y, 0.05)
    return _clouds(x, y, 0.14)


def _dots(x: Floats, y: Floats, cell: float, radius: float) -> Floats:
    row = np.floor(y / cell)
    fx = (x / cell + 0.5 * (row % 2)) % 1 - 0.5
    fy = (y / cell) % 1 - 0.5
    return smooth_step(radius + 0.04, radius, np.hypot(fx, fy))


def _waves(x: Floats, y: Floats, cell: float) -> Floats:
    """Return overlapping scale waves (seigaiha-like arcs)."""
    best = np.zeros_like(x)
    for k in (1.0, 0.0):
        row = np.floor(y / (0.5 * cell)) + k
        fx = ((x / cell + 0.5 * (row % 2)) % 1 - 0.5) * cell
        fy = y - row * 0.5 * cell - 0.5 * cell
        r = np.hypot(fx, fy) / (0.5 * cell)
        ring = smooth_step(0.10, 0.05, np.abs((r * 3) % 1 - 0.5) * 0.5) * (r < 1.0)
        best = np.where(r < 1.0, ring, best)
    return best * 0.7


def _clouds(x: Floats, y: Floats, cell: float) -> Floats:
    """Return scattered cloud scrolls: a curl that runs out into a long tail."""
    row = np.floor(y / cell)
    column = np.floor(x / (1.5 * cell) + 0.5 * (row % 2))
    flip = np.where((column + row) % 2 > 0, -1.0, 1.0)
    fx = ((x / (1.5 * cell) + 0.5 * (row % 2)) % 1 - 0.5) * 3.0 * flip
    fy = ((y / cell) % 1 - 0.5) * 2.0
    out = np.zeros_like(x)
    for cx, cy, size, turn in ((-0.30, 0.0, 0.40, 1.0), (0.28, 0.16, 0.24, -1.0)):
        dx, dy = fx - cx, fy - cy
        radius, angle = np.hypot(dx, dy) / size, np.arctan2(dy, dx * turn)
        arm = np.abs(radius - (0.18 + 0.82 * ((angle / (2 * np.pi)) % 1)))
        out = np.maximum(out, smooth_step(0.10, 0.05, arm) * (radius < 1.05))
    for base, start, stop in ((0.40, -0.55, 1.05), (0.28, -0.05, 0.80)):
        line = np.abs(fy - base - 0.05 * np.sin(4.0 * fx))
        out = np.maximum(out, smooth_step(0.05, 0.025, line) * (fx > start) * (fx < stop))
    return out
