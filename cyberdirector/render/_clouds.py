"""Noise for the clouds."""

from __future__ import annotations

from typing import Any

import numpy as np


def cloud_texture(context: Any) -> Any:
    """Return a tileable 512 × 512 texture of value noise in four octaves, red and green."""
    import moderngl

    side = 512
    rng = np.random.default_rng(20)
    out = np.zeros((side, side, 2))
    at = np.arange(side) / side
    for cells, share in ((8, 0.48), (18, 0.26), (40, 0.16), (84, 0.10)):
        knots = rng.random((cells, cells, 2))
        cell = np.floor(at * cells).astype(int)
        f = at * cells - cell
        f = f * f * (3.0 - 2.0 * f)
        after = (cell + 1) % cells
        rows = knots[cell] + (knots[after] - knots[cell]) * f[:, None, None]
        out += share * (rows[:, cell] + (rows[:, after] - rows[:, cell]) * f[None, :, None])
    texture = context.texture((side, side), 2, np.round(out * 255).astype(np.uint8).tobytes())
    texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    texture.build_mipmaps()
    return texture
