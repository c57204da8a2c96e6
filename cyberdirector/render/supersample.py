"""Averaging of pixels in linear light (for pictures drawn larger than they are shown)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_FINE = 4096
"""Steps of the table back to sRGB; its error stays under half an 8-bit step above 0.02."""


@cache
def _tables() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Return (sRGB byte → linear 0..16383, sum of four >> 4 → sRGB byte), IEC 61966-2-1."""
    e = np.arange(256) / 255.0
    linear = np.where(e <= 0.04045, e / 12.92, ((e + 0.055) / 1.055) ** 2.4)
    forward = np.round(linear * 16383.0).astype(np.uint16)
    c = (np.arange(_FINE) + 0.5) / _FINE
    encoded = np.where(c <= 0.0031308, c * 12.92, 1.055 * c ** (1.0 / 2.4) - 0.055)
    # Four equal bytes must come back as that byte: the middle of each step is exact there.
    back = np.round(np.clip(encoded, 0.0, 1.0) * 255.0).astype(np.uint8)
    for byte in range(256):
        back[(4 * int(forward[byte])) >> 4] = byte
    return forward, back


def halve(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture at half its size, each pixel the mean light of 2 × 2.

    Parameters
    ----------
    image
        (2 h, 2 w, channels) uint8, sRGB, opaque; a fourth channel becomes 255.

    Returns
    -------
    (h, w, channels) uint8, sRGB.
    """
    height, width, channels = image.shape
    if height % 2 or width % 2:
        raise ValueError(f"a picture of {width}x{height} pixels cannot be halved")
    forward, back = _tables()
    out = np.full((height // 2, width // 2, channels), 255, np.uint8)
    for row in range(0, height, 256):  # in bands: a 4K picture as 16-bit numbers is large
        band = forward[image[row : row + 256, :, :3]]
        total = band[0::2, 0::2] + band[1::2, 0::2]
        total = total + band[0::2, 1::2] + band[1::2, 1::2]
        out[row // 2 : row // 2 + len(total), :, :3] = back[total >> 4]
    return out
