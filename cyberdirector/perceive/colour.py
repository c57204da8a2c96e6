"""Colour as eyes see it: CIELAB, CIEDE2000, and the few colours that make a region."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TO_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip
"""Linear sRGB → XYZ, D65 (IEC 61966-2-1)."""

_WHITE = np.array([0.95047, 1.0, 1.08883])


def lab_from_rgb(rgb: NDArray[Any]) -> Floats:
    """Return CIELAB (…, 3), D65, of sRGB values 0..255 (…, 3)."""
    v = np.asarray(rgb, np.float64) / 255.0
    light = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    t = (light @ _TO_XYZ.T) / _WHITE
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])],
        axis=-1,
    )


def rgb_from_lab(lab: NDArray[Any]) -> Floats:
    """Return sRGB 0..255 (…, 3), clipped, of CIELAB (…, 3)."""
    lab = np.asarray(lab, np.float64)
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    t = np.where(f**3 > 216 / 24389, f**3, (116 * f - 16) * 27 / 24389)
    light = np.clip((t * _WHITE) @ np.linalg.inv(_TO_XYZ).T, 0.0, 1.0)
    v = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.clip(v * 255.0, 0.0, 255.0)


def hex_of(rgb: NDArray[Any]) -> str:
    """Return ``#rrggbb`` of sRGB 0..255 (3,)."""
    r, g, b = (int(v) for v in np.clip(np.rint(np.asarray(rgb, np.float64)), 0, 255))
    return f"#{r:02x}{g:02x}{b:02x}"


def rgb_of(text: str) -> Floats:
    """Return sRGB 0..255 (3,) of ``#rrggbb``."""
    digits = text.removeprefix("#")
    return np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)], np.float64)


def delta_e(one: NDArray[Any], two: NDArray[Any]) -> Floats:
    """Return the CIEDE2000 difference (…) of CIELAB colours (…, 3).

    Sharma, Wu, Dalal: "The CIEDE2000 color-difference formula" (2005), all weights 1.
    """
    a, b = np.asarray(one, np.float64), np.asarray(two, np.float64)
    c1, c2 = np.hypot(a[..., 1], a[..., 2]), np.hypot(b[..., 1], b[..., 2])
    mean7 = ((c1 + c2) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(mean7 / (mean7 + 25.0**7)))
    a1, a2 = a[..., 1] * (1 + g), b[..., 1] * (1 + g)
    c1, c2 = np.hypot(a1, a[..., 2]), np.hypot(a2, b[..., 2])
    h1 = np.arctan2(a[..., 2], a1) % (2 * np.pi)
    h2 = np.arctan2(b[..., 2], a2) % (2 * np.pi)
    grey = c1 * c2 < 1e-12
    turn = (h2 - h1 + np.pi) % (2 * np.pi) - np.pi
    dh = np.where(grey, 0.0, 2 * np.sqrt(c1 * c2) * np.sin(turn / 2))
    dl, dc = b[..., 0] - a[..., 0], c2 - c1
    middle = np.where(grey, h1 + h2, (h1 + turn / 2) % (2 * np.pi))
    ml, mc = (a[..., 0] + b[..., 0]) / 2, (c1 + c2) / 2
    t = (
        1 - 0.17 * np.cos(middle - np.pi / 6) + 0.24 * np.cos(2 * middle)
        + 0.32 * np.cos(3 * middle + np.radians(6)) - 0.20 * np.cos(4 * middle - np.radians(63))
    )  # fmt: skip
    sl = 1 + 0.015 * (ml - 50) ** 2 / np.sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    mean7 = mc**7
    rc = 2 * np.sqrt(mean7 / (mean7 + 25.0**7))
    bend = np.radians(30) * np.exp(-(((np.degrees(middle) - 275) / 25) ** 2))
    rt = -np.sin(2 * bend) * rc
    dl, dc, dh = dl / sl, dc / sc, dh / sh
    return np.sqrt(np.maximum(dl**2 + dc**2 + dh**2 + rt * dc * dh, 0.0))


def clusters(lab: Floats, count: int, seed: int = 0) -> tuple[Floats, Floats]:
    """Return centres (k, 3) and shares (k,) of k-means in CIELAB, largest share first.

    Parameters
    ----------
    lab
        (n, 3); at most 4,000 of them are used.
    count
        Centres at most; fewer where the colours are fewer.
    """
    rng = np.random.default_rng(seed)
    points = lab if len(lab) <= 4000 else lab[rng.choice(len(lab), 4000, replace=False)]
    count = min(count, len(np.unique(np.rint(points), axis=0)))
    centres = [points[np.abs(points - np.median(points, 0)).sum(1).argmin()]]
    for _ in range(count - 1):
        nearest = np.min([((points - c) ** 2).sum(1) for c in centres], axis=0)
        total = float(nearest.sum())
        far = int(rng.choice(len(points), p=nearest / total)) if total > 0.0 else 0
        centres.append(points[far])
    at = np.array(centres)
    label = np.zeros(len(points), np.int64)
    for _ in range(12):
        label = ((points[:, None] - at[None]) ** 2).sum(2).argmin(1)
        for k in range(len(at)):
            if (label == k).any():
                at[k] = points[label == k].mean(0)
    share = np.bincount(label, minlength=len(at)) / len(points)
    order = np.argsort(-share, kind="stable")
    return at[order], share[order]


def lit_colour(lab: Floats) -> Floats:
    """Return the colour (3,) that a painter would call the colour of a region.

    Drawn shade is a darker copy of a colour and a highlight a paler one, so the base is
    the densest lightness above the region's shade: the mode of L among the upper 70 %,
    and the median hue and chroma there.
    """
    level = lab[:, 0]
    low, high = np.percentile(level, [25, 97])
    lit = lab[(level >= low) & (level <= high)]
    if len(lit) < 8:
        return np.median(lab, axis=0)
    bins = np.arange(low, high + 3.0, 2.0)
    histogram, edges = np.histogram(lit[:, 0], bins)
    smooth = np.convolve(histogram, [0.25, 0.5, 1.0, 0.5, 0.25])[2:-2]
    # Where two lightnesses are as common the lighter one is the lit side.
    peak = int(np.argmax(smooth * (1.0 + 0.25 * np.linspace(0.0, 1.0, len(smooth)))))
    middle = edges[peak] + 1.0
    near = lit[np.abs(lit[:, 0] - middle) < 4.0]
    return np.median(near if len(near) else lit, axis=0)
