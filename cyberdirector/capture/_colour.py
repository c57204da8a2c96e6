"""Wide and bright pictures (HLG, PQ) as ordinary sRGB, by a cube of colours for FFmpeg."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PQ, HLG = 16, 18
"""Transfer characteristics of ITU-T H.273: SMPTE ST 2084 and ARIB STD-B67."""

_WHITE = 203.0
"""Candela per square metre of white paper in HDR (ITU-R BT.2408, table 1)."""

_PEAK = 1000.0
"""Candela per square metre of the screen that HLG is shown on (ITU-R BT.2100)."""

_TO_SRGB = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
)
"""Linear BT.2020 to linear BT.709 (ITU-R BT.2087, annex)."""

_KNEE = 0.8
"""Up to here light is kept; above, highlights bend towards 1."""

_SIDE = 33


def _from_pq(signal: Floats) -> Floats:
    """Return light, white paper = 1 (SMPTE ST 2084, EOTF)."""
    m1, m2 = 2610 / 16384, 2523 / 32
    c1, c2, c3 = 3424 / 4096, 2413 / 128, 2392 / 128
    power = signal ** (1 / m2)
    light = np.maximum(power - c1, 0.0) / (c2 - c3 * power)
    return 10_000.0 * light ** (1 / m1) / _WHITE


def _from_hlg(signal: Floats) -> Floats:
    """Return light, white paper = 1 (BT.2100: inverse OETF, then the OOTF of the screen)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3.0, (np.exp((signal - c) / a) + b) / 12.0)
    luma = scene @ np.array([0.2627, 0.6780, 0.0593])
    return _PEAK * scene * np.maximum(luma, 1e-6)[..., None] ** 0.2 / _WHITE


def _bend(light: Floats) -> Floats:
    over = np.maximum(light - _KNEE, 0.0)
    room = 1.0 - _KNEE
    return np.minimum(light, _KNEE) + room * over / (over + room)


@cache
def cube(transfer: int) -> str:
    """Return the text of a ``.cube`` from HDR BT.2020 signals to sRGB, both 0..1.

    Highlights are bent by their brightest channel, so that skin keeps its hue.
    """
    axis = np.linspace(0.0, 1.0, _SIDE)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    signal = np.stack([red, green, blue], axis=-1)
    light = _from_pq(signal) if transfer == PQ else _from_hlg(signal)
    linear = np.maximum(light @ _TO_SRGB.T, 0.0)
    peak = linear.max(axis=-1, keepdims=True)
    linear = linear * _bend(peak) / np.maximum(peak, 1e-9)
    low = 12.92 * linear
    high = 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    shown = np.where(linear <= 0.0031308, low, high).reshape(-1, 3)
    rows = "\n".join(f"{r:.5f} {g:.5f} {b:.5f}" for r, g, b in np.clip(shown, 0.0, 1.0))
    return f"LUT_3D_SIZE {_SIDE}\n{rows}\n"
