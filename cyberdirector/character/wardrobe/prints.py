"""Prints: small pictures on cloth, carried by the recipe as text.

A recipe gives them in place of a pattern: ``print:`` and a PNG (base64). The picture spans
the trunk from the pit of the neck to the hips and from side seam to side seam, or a skirt from
waist to hem; what is transparent shows the cloth.
"""

from __future__ import annotations

import base64
import binascii
import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused

Floats = NDArray[np.float64]

PREFIX = "print:"
SIDE = 256
"""Pixels of a print's side as it is read: about a millimetre of cloth each."""

COLOURS = 15
_MOST_BYTES, _MOST_SIDE = 48_000, 256

_USUAL_BYTES, _LEAST_SIDE = 12_000, 64
"""A print that takes more bytes is stored at half the side, down to the least."""

TRUNK = (1.30, 0.88)
"""Heights on the reference body that a print on the trunk spans, metres."""

_SEAM = 0.75
"""Beyond this share of the half width a print reaches the seams and goes on behind."""


def is_print(pattern: str) -> bool:
    """Tell whether a pattern is a print."""
    return pattern.startswith(PREFIX)


def encode_print(picture: NDArray[np.uint8]) -> str:
    """Return the text of a print (h, w, 4) uint8 sRGB; few colours, so that it stays small."""
    from PIL import Image

    data = _png(picture)
    while len(data) > _USUAL_BYTES and max(picture.shape[:2]) > _LEAST_SIDE:
        half = Image.fromarray(picture).reduce(2)
        picture = np.asarray(half)
        data = _png(picture)
    return PREFIX + base64.b64encode(data).decode("ascii")


def _png(picture: NDArray[np.uint8]) -> bytes:
    """Return a picture (h, w, 4) as PNG of few colours, number 0 transparent.

    The colours are chosen for what is solid alone.
    """
    from PIL import Image

    solid = picture[..., 3] > 127
    shown = picture[..., :3][solid] if solid.any() else picture[:1, 0, :3]
    choice = Image.fromarray(shown[None]).quantize(COLOURS, kmeans=1)
    colours = list(choice.getpalette() or [])[: 3 * COLOURS]
    numbers = np.zeros(solid.shape, np.uint8)
    numbers[solid] = np.asarray(choice)[0][: int(solid.sum())] + 1
    out = Image.fromarray(numbers, "P")
    out.putpalette([0, 0, 0, *colours])
    stream = io.BytesIO()
    out.save(stream, "PNG", transparency=0, optimize=True)
    return stream.getvalue()


@lru_cache(maxsize=16)
def decode_print(text: str) -> Floats:
    """Return the picture (h, w, 4) 0..1 of a print.

    Raises
    ------
    InputRefused
        ``print-damaged`` when it is no small PNG.
    """
    from PIL import Image

    try:
        data = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        if len(data) > _MOST_BYTES:
            raise ValueError("too many bytes")
        image = Image.open(io.BytesIO(data), formats=["PNG"])
        if max(image.size) > _MOST_SIDE:
            raise ValueError("too many pixels")
        return np.asarray(image.convert("RGBA"), np.float64) / 255.0
    except (ValueError, OSError, binascii.Error, SyntaxError) as error:
        raise InputRefused(
            "print-damaged",
            f"配方里的印花读不出来（{error}）；应为 print: 加不超过 {_MOST_SIDE} 像素的 PNG"
            "（base64）。",
            f"A print in the recipe cannot be read ({error}); it must be print: and a PNG of "
            f"at most {_MOST_SIDE} pixels in base64.",
        ) from error


def _sample(picture: Floats, u: Floats, t: Floats) -> Floats:
    """Return RGBA at u -1..1 (across) and t 0..1 (down), transparent outside."""
    from scipy.ndimage import map_coordinates

    h, w = picture.shape[:2]
    at = [t * h - 0.5, (0.5 * u + 0.5) * w - 0.5]
    solid = picture[..., 3]
    layers = [
        map_coordinates(layer, at, order=1, mode="nearest")
        for layer in (*(picture[..., k] * solid for k in range(3)), solid)
    ]
    alpha = np.where((np.abs(u) <= 1.0) & (t >= 0.0) & (t <= 1.0), layers[3], 0.0)
    colour = np.stack(layers[:3], axis=-1) / np.maximum(layers[3], 1e-6)[..., None]
    return np.concatenate([colour, alpha[..., None]], axis=-1)


def _over(image: Floats, laid: Floats) -> Floats:
    # A steep edge: cloth is printed or not, only the border is soft.
    alpha = np.clip((laid[..., 3] - 0.5) * 4.0 + 0.5, 0.0, 1.0)[..., None]
    return np.asarray(image + (np.clip(laid[..., :3], 0.0, 1.0) - image) * alpha)


def print_trunk(
    image: Floats, text: str, x: Floats, y: Floats, half: Floats, side: str
) -> Floats:
    """Return a chart (h, w, 3) of the trunk with a print on it.

    The back shows it mirrored, as cloth that goes on around the seams would, if the print
    reaches them; else only the front has it.

    Parameters
    ----------
    x, y
        (h, w) places on the reference body, metres.
    half
        (h, w) half width of the body there, metres.
    side
        ``front`` or ``back``.
    """
    picture = decode_print(text)
    if side == "back" and not _reaches(picture):
        return image
    u = np.clip(x / half, -1.0, 1.0)
    t = (TRUNK[0] - y) / (TRUNK[0] - TRUNK[1])
    return _over(image, _sample(picture, u, t))


def _reaches(picture: Floats) -> bool:
    """Tell whether a print reaches the seams on both sides."""
    edge = round(0.5 * (1.0 - _SEAM) * picture.shape[1])
    solid = picture[..., 3] > 0.5
    return bool(min(solid[:, :edge].mean(), solid[:, -edge:].mean()) > 0.05)


def print_skirt(image: Floats, text: str, u: Floats, v: Floats) -> Floats:
    """Return the picture of a skirt (u around from the front, v down) with a print: the front
    half as it was seen, the back mirrored at both seams.
    """
    picture = decode_print(text)
    laid = _sample(picture, np.sin(2.0 * np.pi * u), v)
    if not _reaches(picture):
        laid[..., 3] *= np.cos(2.0 * np.pi * u) > 0.0
    return _over(image, laid)
