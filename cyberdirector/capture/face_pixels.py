"""What the pixels of a face say beside its landmarks: irises, lids, lips, an open mouth.

Patches around eyes and mouth are taken along the face's own axes, so that turned and small
faces give the same picture, and small convolutions turn each into a few numbers. Only those
are kept, no picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.float32]
Pixels = NDArray[np.uint8]

SIDE = 32
"""Rows and columns of a patch."""

EYE, MOUTH = 24, 32
"""Numbers that say an eye and a mouth."""

NETS = 3
"""Networks that read a face each by itself; what they say is averaged."""

PART = 2 * EYE + 2 * MOUTH
"""Numbers of a face for one network: left eye, right eye, mouth, mouth in a mirror."""

ROW = NETS * PART
"""Numbers of a face."""

_CORNERS = ((362, 263), (133, 33))
"""Inner and outer corner of the left and right eye in the mesh of 478 points."""

_BRIDGE, _TOP, _NOSE = 168, 10, 2

_EYE_SPAN = (0.75, 0.85, -0.70)
"""Half its width, its top and its bottom, in widths of the eye about its middle."""

_MOUTH_SPAN = (0.42, 0.04, -0.76)
"""The same below the nose, in distances between the outer corners of the eyes."""

_LEAST = 24
"""Pixels of a face below which its patches say nothing."""

_ENOUGH = 48
"""Pixels of an eye's width that are looked at; larger faces are made smaller."""


def _grid(half: float, top: float, bottom: float) -> Floats:
    steps = (np.arange(SIDE) + 0.5) / SIDE
    x, y = np.meshgrid(steps * 2 * half - half, top + steps * (bottom - top))
    return np.stack([x, y], axis=-1)


_EYE_PLACES, _MOUTH_PLACES = _grid(*_EYE_SPAN), _grid(*_MOUTH_SPAN)


def _shrunk(pixels: Pixels, points: Floats) -> tuple[Pixels, Floats, int]:
    """Return the face's part of a picture, its points (478, 2), how many times smaller."""
    low = np.maximum(np.floor(points[:, :2].min(axis=0)).astype(int) - 8, 0)
    high = np.ceil(points[:, :2].max(axis=0)).astype(int) + 8
    part = pixels[low[1] : max(high[1], 0), low[0] : max(high[0], 0)]
    moved = points[:, :2] - low
    wide = float(np.linalg.norm(points[_CORNERS[0][1]] - points[_CORNERS[1][1]])) / 3.0
    step = max(1, int(wide // _ENOUGH))
    if step > 1:
        h, w = (v // step * step for v in part.shape[:2])
        part = part[:h, :w].reshape(h // step, step, w // step, step, 3).mean((1, 3))
        part, moved = part.astype(np.uint8), moved / step
    return part, moved, step


def _sample(pixels: Pixels, places: Floats) -> Floats:
    """Return colours (..., 3) at places (..., 2) px, between pixels as between neighbours."""
    height, width = pixels.shape[:2]
    x = np.clip(places[..., 0] - 0.5, 0, width - 1.001)
    y = np.clip(places[..., 1] - 0.5, 0, height - 1.001)
    x0, y0 = x.astype(np.int64), y.astype(np.int64)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    flat, at = pixels.reshape(-1, 3), y0 * width + x0
    top = flat[at] * (1 - fx) + flat[at + 1] * fx
    low = flat[at + width] * (1 - fx) + flat[at + width + 1] * fx
    return np.asarray(top * (1 - fy) + low * fy)


def patches(pixels: Pixels, face: NDArray[np.floating]) -> Pixels | None:
    """Return left eye, right eye in a mirror, and mouth (3, SIDE, SIDE, 3) of a face.

    Parameters
    ----------
    pixels
        (h, w, 3) sRGB.
    face
        (478, 3) pixels of the picture, z of the same scale. None: too small or outside.
    """
    points = np.asarray(face, np.float64)
    part, flat, step = _shrunk(pixels, points)
    if min(part.shape[:2]) < _LEAST:
        return None
    left, right = (outer for _, outer in _CORNERS)
    across = points[left] - points[right]
    size = max(float(np.linalg.norm(across)), 1e-6)
    across = across / size
    up = points[_TOP] - points[_BRIDGE]
    up = up - (up @ across) * across
    up = up / max(float(np.linalg.norm(up)), 1e-6)
    axes = np.stack([across[:2], up[:2]]) * size / step
    places = []
    for side, (inner, outer) in zip((1.0, -1.0), _CORNERS, strict=True):
        wide = float(np.linalg.norm(points[outer] - points[inner])) / size
        own = axes * wide * np.array([[side], [1.0]])
        places.append((flat[inner] + flat[outer]) / 2 + _EYE_PLACES @ own)
    places.append(flat[_NOSE] + _MOUTH_PLACES @ axes)
    return _sample(part, np.stack(places)).astype(np.uint8)


def evened(shown: NDArray[np.number]) -> Rows:
    """Return patches (..., 3, SIDE, SIDE, 3) against the colour of the skin, about -1..1.

    The skin is the median colour of the three patches.
    """
    values = np.asarray(shown, np.float32)
    skin = np.median(values, axis=(-4, -3, -2), keepdims=True)
    return np.asarray(np.clip(values / np.maximum(skin, 8.0), 0.0, 1.8) - 1.0, np.float32)


Layers = tuple[tuple[Rows, Rows], ...]


@dataclass(frozen=True)
class PixelModel:
    """Convolutions over an eye and over a mouth: weights (out, in, k, k) or (in, out), biases.

    All but the last are convolutions of step 2 with ReLU; the last is a linear map.
    """

    eye: Layers
    mouth: Layers

    @classmethod
    def of(cls, data: Mapping[str, NDArray[np.floating]], net: int) -> PixelModel:
        """Return the model of a network from named arrays, as the file holds them."""

        def layers(part: str) -> Layers:
            name = f"net{net}_{part}"
            count = sum(key.startswith(f"{name}_weight") for key in data)
            return tuple(
                (
                    data[f"{name}_weight{i}"].astype(np.float32),
                    data[f"{name}_bias{i}"].astype(np.float32),
                )
                for i in range(count)
            )

        return cls(layers("eye"), layers("mouth"))

    def row(self, shown: Pixels | None) -> Rows:
        """Return the numbers (PART,) of patches; NaN without patches."""
        if shown is None:
            return np.full(PART, np.nan, np.float32)
        even = evened(shown).transpose(0, 3, 1, 2)
        eyes = _run(self.eye, even[:2])
        mouths = _run(self.mouth, np.stack([even[2], even[2, :, :, ::-1]]))
        return np.concatenate([eyes.reshape(-1), mouths.reshape(-1)])


def _run(layers: Layers, values: Rows) -> Rows:
    """Return what the layers say of pictures (n, channels, SIDE, SIDE)."""
    for weight, bias in layers[:-1]:
        k = weight.shape[2]
        edge = k // 2
        padded = np.pad(values, ((0, 0), (0, 0), (edge, edge), (edge, edge)))
        views = np.lib.stride_tricks.sliding_window_view(padded, (k, k), axis=(2, 3))
        seen = views[:, :, ::2, ::2].transpose(0, 2, 3, 1, 4, 5)
        n, h, w = seen.shape[:3]
        out = seen.reshape(n * h * w, -1) @ weight.reshape(len(weight), -1).T + bias
        values = np.maximum(out, 0.0).reshape(n, h, w, -1).transpose(0, 3, 1, 2)
    weight, bias = layers[-1]
    return np.asarray(values.reshape(len(values), -1) @ weight + bias, np.float32)


def mirrored(rows: Floats) -> Floats:
    """Return rows (..., PART) of the same faces in a mirror."""
    left, right, mouth, other = np.split(rows, [EYE, 2 * EYE, 2 * EYE + MOUTH], axis=-1)
    return np.concatenate([right, left, other, mouth], axis=-1)
