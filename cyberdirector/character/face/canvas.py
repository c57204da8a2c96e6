"""A picture painted in metres: soft shapes and tapered strokes on the face front."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Points = NDArray[np.float64]

FINE = 4
"""Supersampling of polygon edges."""


@dataclass(frozen=True)
class Mask:
    """A window of a picture: rows from ``top``, columns from ``left``, values 0..1."""

    top: int
    left: int
    values: NDArray[np.float32]

    def times(self, other: Mask) -> Mask:
        """Return this window with its values multiplied by those of another mask."""
        out = np.zeros_like(self.values)
        h, w = out.shape
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom = min(self.top + h, other.top + other.values.shape[0])
        right = min(self.left + w, other.left + other.values.shape[1])
        if bottom > top and right > left:
            here = (
                slice(top - self.top, bottom - self.top),
                slice(left - self.left, right - self.left),
            )
            there = (
                slice(top - other.top, bottom - other.top),
                slice(left - other.left, right - other.left),
            )
            out[here] = self.values[here] * other.values[there]
        return Mask(self.top, self.left, out)


class Canvas:
    """A square sRGB picture that covers ``span`` metres around ``centre`` (x, y).

    The picture is seen from the front: x runs to the right of the viewer's picture when
    the character's left hand is there, y runs up in metres and down in pixels.
    """

    def __init__(self, size: int, centre: Points, span: float, colour: Points) -> None:
        self.size = size
        self.centre = np.asarray(centre, np.float64)[:2]
        self.span = span
        self.pixels = np.tile(np.asarray(colour, np.float32), (size, size, 1))

    def uv(self, points: Points) -> Points:
        """Return texture coordinates (n, 2) of points (n, 2 or 3)."""
        d = (np.asarray(points)[:, :2] - self.centre) / self.span
        return np.stack([0.5 + d[:, 0], 0.5 - d[:, 1]], axis=1)

    def blend(self, mask: Mask, colour: Points, alpha: float = 1.0) -> None:
        """Mix ``colour`` in where ``mask`` says so."""
        h, w = mask.values.shape
        view = self.pixels[mask.top : mask.top + h, mask.left : mask.left + w]
        amount = (mask.values * np.float32(alpha))[..., None]
        view += amount * (np.asarray(colour, np.float32) - view)

    def glow(self, centre: Points, radius: tuple[float, float], turn: float = 0.0) -> Mask:
        """Return the mask of a Gaussian spot (radii are standard deviations, metres)."""
        middle = self.uv(np.asarray(centre)[None, :2])[0] * self.size
        reach = 3.6 * max(radius) / self.span * self.size
        low = np.maximum(np.floor(middle - reach), 0).astype(int)
        high = np.minimum(np.ceil(middle + reach), self.size).astype(int)
        metre = self.span / self.size
        x = (np.arange(low[0], max(high[0], low[0])) + 0.5 - middle[0]) * metre
        y = -(np.arange(low[1], max(high[1], low[1])) + 0.5 - middle[1]) * metre
        c, s = np.cos(turn), np.sin(turn)
        a = (c * x[None, :] + s * y[:, None]) / radius[0]
        b = (c * y[:, None] - s * x[None, :]) / radius[1]
        values = np.exp(-0.5 * (a * a + b * b)).astype(np.float32)
        return Mask(int(low[1]), int(low[0]), values)

    def area(self, outline: Points, blur: float = 0.0) -> Mask:
        """Return the mask of a filled polygon (n, 2) in metres, edges blurred by metres."""
        xy = self.uv(outline) * self.size
        pad = 3.0 * blur / self.span * self.size + 2
        low = np.clip(np.floor(xy.min(0) - pad), 0, self.size - 1).astype(int)
        high = np.clip(np.ceil(xy.max(0) + pad), low + 1, self.size).astype(int)
        w, h = (high - low).tolist()
        image = Image.new("L", (w * FINE, h * FINE))
        ImageDraw.Draw(image).polygon([tuple(p) for p in (xy - low) * FINE], fill=255)
        image = image.resize((w, h), Image.Resampling.BOX)
        if blur > 0.0:
            image = image.filter(ImageFilter.GaussianBlur(float(blur / self.span * self.size)))
        return Mask(int(low[1]), int(low[0]), np.asarray(image, np.float32) / np.float32(255.0))

    def stroke(self, line: Points, width: Points | float, blur: float = 0.0) -> Mask:
        """Return the mask of a line (n, 2) with a width (n,) per point, metres."""
        line = np.asarray(line)[:, :2]
        w = np.broadcast_to(np.asarray(width, np.float64), (len(line),))[:, None]
        along = np.gradient(line, axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) * 0.5 * w
        return self.area(np.concatenate([line + across, (line - across)[::-1]]), blur)

    def bytes(self) -> NDArray[np.uint8]:
        """Return the picture as (size, size, 4) uint8."""
        out = np.full((self.size, self.size, 4), 255, np.uint8)
        out[..., :3] = np.clip(np.rint(self.pixels * 255.0), 0, 255)
        return out


def smooth_line(line: Points, n: int = 40) -> Points:
    """Return the smooth curve through points (k, 2 or 3), resampled to (n, 2)."""
    from scipy.interpolate import make_interp_spline

    step = np.linalg.norm(np.diff(line[:, :2], axis=0), axis=1)
    length = np.concatenate([[0.0], np.cumsum(step)])
    keep = np.concatenate([[True], np.diff(length) > 1e-9])
    curve = make_interp_spline(length[keep], line[keep, :2], k=min(3, int(keep.sum()) - 1))
    return np.asarray(curve(np.linspace(0.0, length[-1], n)), np.float64)
