"""A picture painted in metres: soft shapes and tapered strokes on the face front."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Points = NDArray[np.float64]


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

    def blend(self, mask: NDArray[np.float32], colour: Points, alpha: float = 1.0) -> None:
        """Mix ``colour`` in where ``mask`` (size, size) 0..1 says so."""
        m = (mask * alpha)[..., None]
        self.pixels += m * (np.asarray(colour, np.float32) - self.pixels)

    def multiply(self, mask: NDArray[np.float32], colour: Points, alpha: float = 1.0) -> None:
        """Multiply by ``colour`` where ``mask`` says so."""
        m = (mask * alpha)[..., None]
        self.pixels *= 1.0 + m * (np.asarray(colour, np.float32) - 1.0)

    def glow(
        self, centre: Points, radius: tuple[float, float], turn: float = 0.0
    ) -> NDArray[np.float32]:
        """Return the mask of a Gaussian spot (radii are standard deviations, metres)."""
        n = self.size
        x = (np.arange(n, dtype=np.float32) + 0.5) / n * self.span - self.span / 2
        dx = x[None, :] + float(self.centre[0] - centre[0])
        dy = -x[:, None] + float(self.centre[1] - centre[1])
        c, s = np.cos(turn), np.sin(turn)
        a, b = (c * dx + s * dy) / radius[0], (c * dy - s * dx) / radius[1]
        return np.exp(-0.5 * (a * a + b * b)).astype(np.float32)

    def area(self, outline: Points, blur: float = 0.0) -> NDArray[np.float32]:
        """Return the mask of a filled polygon (n, 2) in metres, edges blurred by metres."""
        return self._draw([outline], blur)

    def stroke(
        self, line: Points, width: Points | float, blur: float = 0.0
    ) -> NDArray[np.float32]:
        """Return the mask of a line (n, 2) with a width (n,) per point, metres."""
        line = np.asarray(line)[:, :2]
        w = np.broadcast_to(np.asarray(width, np.float64), (len(line),))[:, None]
        along = np.gradient(line, axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) * 0.5 * w
        return self._draw([np.concatenate([line + across, (line - across)[::-1]])], blur)

    def _draw(self, outlines: list[Points], blur: float) -> NDArray[np.float32]:
        """Rasterise polygons with 4× supersampling inside their bounding box."""
        mask = np.zeros((self.size, self.size), np.float32)
        fine = 4
        for outline in outlines:
            xy = self.uv(outline) * self.size
            pad = 3.0 * blur / self.span * self.size + 2
            low = np.maximum(np.floor(xy.min(0) - pad), 0).astype(int)
            high = np.minimum(np.ceil(xy.max(0) + pad), self.size).astype(int)
            if (high <= low).any():
                continue
            w, h = high - low
            image = Image.new("L", (int(w) * fine, int(h) * fine))
            ImageDraw.Draw(image).polygon([tuple(p) for p in (xy - low) * fine], fill=255)
            image = image.resize((int(w), int(h)), Image.Resampling.BOX)
            if blur > 0.0:
                image = image.filter(
                    ImageFilter.GaussianBlur(float(blur / self.span * self.size))
                )
            part = np.asarray(image, np.float32) / 255.0
            view = mask[low[1] : high[1], low[0] : high[0]]
            np.maximum(view, part, out=view)
        return mask

    def bytes(self) -> NDArray[np.uint8]:
        """Return the picture as (size, size, 4) uint8."""
        out = np.full((self.size, self.size, 4), 255, np.uint8)
        out[..., :3] = np.clip(np.rint(self.pixels * 255.0), 0, 255)
        return out
