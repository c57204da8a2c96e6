"""Painted folds: tapered strokes with one crisp and one soft edge, as drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from cyberdirector.core.hashing import seed_of

Floats = NDArray[np.float64]

Stroke = tuple[float, float, float, float, float, float, float]
"""From (x, y) to (x, y), sideways bend, width (metres) and depth 0..1 of a fold."""

_BODY: tuple[Stroke, ...] = (
    # armpit
    (0.141, 1.222, 0.120, 1.292, -0.007, 0.013, 0.62),
    (0.138, 1.214, 0.082, 1.176, 0.007, 0.013, 0.55),
    (0.130, 1.178, 0.100, 1.092, -0.006, 0.014, 0.45),
    # waist
    (0.122, 1.058, 0.070, 1.074, 0.005, 0.012, 0.60),
    (0.122, 1.022, 0.058, 1.030, 0.006, 0.014, 0.80),
    (0.122, 0.992, 0.064, 0.972, -0.006, 0.014, 0.70),
    (0.118, 0.962, 0.070, 0.930, -0.004, 0.012, 0.60),
    # over the hips
    (0.118, 0.935, 0.128, 0.800, 0.005, 0.018, 0.55),
    (0.045, 0.945, 0.052, 0.845, -0.004, 0.014, 0.50),
    # from the crotch
    (0.006, 0.800, 0.085, 0.838, 0.006, 0.014, 0.85),
    (0.008, 0.788, 0.092, 0.778, 0.008, 0.014, 0.80),
    (0.016, 0.768, 0.075, 0.690, 0.008, 0.014, 0.70),
    # thigh
    (0.140, 0.790, 0.118, 0.580, 0.006, 0.018, 0.60),
    (0.050, 0.690, 0.078, 0.545, -0.004, 0.014, 0.45),
    # knee
    (0.140, 0.525, 0.075, 0.512, 0.006, 0.013, 0.80),
    (0.040, 0.492, 0.112, 0.470, 0.006, 0.014, 0.90),
    (0.142, 0.472, 0.082, 0.434, -0.006, 0.013, 0.75),
    (0.046, 0.452, 0.088, 0.420, 0.005, 0.012, 0.60),
    # shin and ankle
    (0.122, 0.400, 0.098, 0.205, 0.005, 0.014, 0.50),
    (0.142, 0.150, 0.070, 0.132, 0.006, 0.012, 0.70),
    (0.036, 0.118, 0.108, 0.096, 0.006, 0.012, 0.85),
    (0.140, 0.088, 0.076, 0.074, 0.004, 0.011, 0.75),
)
_LOOSE: tuple[Stroke, ...] = (
    (0.092, 1.090, 0.084, 0.960, 0.004, 0.014, 0.45),
    (0.048, 1.000, 0.040, 0.900, -0.004, 0.013, 0.40),
)
_SLEEVE: tuple[Stroke, ...] = (
    (0.500, 0.040, 0.330, 0.190, 0.010, 0.050, 0.70),
    (0.520, 0.060, 0.700, 0.220, -0.010, 0.050, 0.60),
    (0.120, 0.120, 0.200, 0.300, 0.010, 0.045, 0.35),
    (0.300, 0.405, 0.080, 0.340, 0.012, 0.040, 0.80),
    (0.300, 0.440, 0.050, 0.455, 0.012, 0.042, 0.95),
    (0.290, 0.480, 0.090, 0.560, -0.012, 0.040, 0.85),
    (0.300, 0.420, 0.480, 0.350, -0.012, 0.040, 0.75),
    (0.310, 0.460, 0.500, 0.500, 0.012, 0.040, 0.80),
    (0.330, 0.510, 0.440, 0.610, 0.012, 0.036, 0.60),
    (0.800, 0.420, 0.640, 0.470, 0.008, 0.034, 0.45),
    (0.780, 0.520, 0.920, 0.470, 0.008, 0.034, 0.45),
    (0.120, 0.860, 0.320, 0.830, 0.008, 0.032, 0.70),
    (0.560, 0.880, 0.380, 0.910, 0.008, 0.032, 0.75),
    (0.820, 0.850, 0.660, 0.890, 0.008, 0.032, 0.60),
    (0.920, 0.910, 0.080, 0.930, 0.008, 0.030, 0.45),
)
_DRAPE: tuple[Stroke, ...] = (
    (0.200, 0.100, 0.330, 0.960, 0.020, 0.050, 0.85),
    (0.120, 0.240, 0.210, 0.980, 0.020, 0.045, 0.70),
    (0.300, 0.300, 0.420, 0.990, 0.015, 0.045, 0.80),
    (0.260, 0.520, 0.280, 1.020, 0.010, 0.040, 0.60),
    (0.800, 0.100, 0.670, 0.960, -0.020, 0.050, 0.85),
    (0.880, 0.240, 0.790, 0.980, -0.020, 0.045, 0.70),
    (0.700, 0.300, 0.580, 0.990, -0.015, 0.045, 0.80),
    (0.740, 0.520, 0.720, 1.020, -0.010, 0.040, 0.60),
    (0.300, 0.440, 0.060, 0.420, 0.012, 0.036, 0.65),
    (0.310, 0.470, 0.120, 0.540, 0.012, 0.036, 0.60),
)


def body_folds(x: Floats, y: Floats, loose: float) -> Floats:
    """Return fold tone (h, w), 1 in the depth of a fold, below 0 on its lit edge.

    ``x`` (w,) and ``y`` (h,) are metres on the reference body (``y`` falls); ``loose``
    0 fitted … 1 loose.
    """
    rng = np.random.default_rng(seed_of("body-folds"))
    strokes = list(_BODY)
    if loose > 0:
        strokes += [(*s[:6], s[6] * loose) for s in _LOOSE]
    both = []
    for s in strokes:
        for sign in (1.0, -1.0):
            dx, dy, grow = rng.normal(size=3) * np.array([0.004, 0.006, 0.12])
            both.append(
                (
                    sign * (s[0] + 0.3 * dx), s[1] + dy, sign * (s[2] + dx), s[3] + dy,
                    sign * s[4], s[5] * (1 + grow), s[6] * (1 + grow),
                )
            )  # fmt: skip
    return draw_strokes(x, y, both)


@lru_cache(maxsize=8)
def sleeve_folds(h: int, w: int, drape: bool) -> Floats:
    """Return fold tone (h, w) over a sleeve: u around, v from shoulder to hem."""
    x, y = (np.arange(w) + 0.5) / w, (np.arange(h) + 0.5) / h
    return draw_strokes(x, y, _DRAPE if drape else _SLEEVE)


def draw_strokes(x: Floats, y: Floats, strokes: Sequence[Stroke]) -> Floats:
    """Return the tone (len(y), len(x)) of strokes over the axes of a picture."""
    tone = np.zeros((len(y), len(x)))
    step = abs(x[1] - x[0])
    for x0, y0, x1, y1, bend, width, depth in strokes:
        reach = abs(bend) + 1.5 * width
        cols = np.flatnonzero((x > min(x0, x1) - reach) & (x < max(x0, x1) + reach))
        rows = np.flatnonzero((y > min(y0, y1) - reach) & (y < max(y0, y1) + reach))
        if not len(cols) or not len(rows):
            continue
        gx, gy = np.meshgrid(x[cols] - x0, y[rows] - y0)
        long = float(np.hypot(x1 - x0, y1 - y0))
        dx, dy = (x1 - x0) / long, (y1 - y0) / long
        q = (gx * dx + gy * dy) / long
        inside = np.clip(q, 0.0, 1.0)
        side = gx * dy - gy * dx - bend * 4.0 * inside * (1.0 - inside)
        taper = np.where((q > 0) & (q < 1), (1 - inside) ** 0.55 * np.minimum(1, inside * 9), 0)
        wide = width * np.maximum(taper, 1e-3)
        soft = np.clip(1.0 - side / wide, 0, 1) ** 1.4
        crisp = np.clip(0.5 + side / (1.6 * step), 0, 1)
        lit = np.clip(1.0 + side / (0.7 * wide), 0, 1) * np.clip(
            0.5 - side / (1.6 * step), 0, 1
        )
        dark = depth * taper * soft * crisp - 0.35 * depth * taper * lit
        part = tone[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
        part[...] = np.where(np.abs(dark) > np.abs(part), dark, part)
    return gaussian_filter(tone, 0.6)
