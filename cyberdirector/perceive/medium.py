"""Photograph or drawing: by the grain that cameras leave and the flats that brushes leave."""

from __future__ import annotations

import numpy as np

from cyberdirector.perceive.mask import Mask
from cyberdirector.perceive.picture import Picture

_GRAIN = 0.34
"""Share of flat patches above which a picture is drawn or rendered."""


def flat_share(picture: Picture, mask: Mask | None) -> float:
    """Return the share of 3×3 patches of the figure without any texture.

    Sensors and skin leave at least a level or two of variation everywhere; toon shading
    leaves none between its edges. Levels are those of an 8-bit picture of 512 pixels.
    """
    from PIL import Image
    from scipy.ndimage import uniform_filter

    image = Image.fromarray(picture.flat).convert("L")
    image.thumbnail((512, 512), Image.Resampling.BILINEAR)
    grey = np.asarray(image, np.float64)
    mean = uniform_filter(grey, 3)
    spread = np.sqrt(np.maximum(uniform_filter(grey**2, 3) - mean**2, 0.0))
    # A slow gradient is as flat as a flat: only what a plane does not explain counts.
    gy, gx = np.gradient(mean)
    grain = np.sqrt(np.maximum(spread**2 - (gx**2 + gy**2) * 2.0 / 3.0, 0.0))
    flat = grain < 0.9
    if mask is not None:
        small = Image.fromarray(mask).resize(image.size, Image.Resampling.NEAREST)
        inside = np.asarray(small)
        return float(flat[inside].mean()) if inside.any() else 1.0
    return float(flat.mean())


def is_photo(picture: Picture, mask: Mask | None) -> bool:
    """Tell whether a picture with a face in it is a photograph."""
    return flat_share(picture, mask) < _GRAIN
