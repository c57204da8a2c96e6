"""Products, logarithms and exponentials of rotations with few calls, for one frame at a time.

The same mathematics as :mod:`cyberdirector.core.rotations`. Curves of a frame are some fifty
rotations: there the number of numpy calls counts, not the arithmetic. Nothing is checked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def turn(a: Array, b: Array) -> Array:
    """Return the product ``a * b`` of quaternions (..., 4) of one shape."""
    ax, ay, az, aw = a[..., 0], a[..., 1], a[..., 2], a[..., 3]
    bx, by, bz, bw = b[..., 0], b[..., 1], b[..., 2], b[..., 3]
    out = np.zeros_like(a)
    out[..., 0] = aw * bx + ax * bw + ay * bz - az * by
    out[..., 1] = aw * by - ax * bz + ay * bw + az * bx
    out[..., 2] = aw * bz + ax * by - ay * bx + az * bw
    out[..., 3] = aw * bw - ax * bx - ay * by - az * bz
    return out


def between(a: Array, b: Array) -> Array:
    """Return the rotation vector (..., 3), short arc, from ``a`` to ``b`` in the frame of a."""
    ax, ay, az, aw = a[..., 0], a[..., 1], a[..., 2], a[..., 3]
    bx, by, bz, bw = b[..., 0], b[..., 1], b[..., 2], b[..., 3]
    out = np.zeros((*a.shape[:-1], 3))
    out[..., 0] = aw * bx - ax * bw - ay * bz + az * by
    out[..., 1] = aw * by + ax * bz - ay * bw - az * bx
    out[..., 2] = aw * bz - ax * by + ay * bx - az * bw
    return _scaled(out, aw * bw + ax * bx + ay * by + az * bz)


def log(q: Array) -> Array:
    """Return the rotation vector (..., 3) of unit quaternions, short arc."""
    return _scaled(q[..., :3].copy(), q[..., 3])


def _scaled(vector: Array, w: Array) -> Array:
    sin = np.sqrt(np.einsum("...i,...i->...", vector, vector))
    angle = 2.0 * np.arctan2(sin, np.abs(w))
    near = sin < 1e-9
    factor = np.where(near, 2.0, angle / np.where(near, 1.0, sin))
    vector *= np.where(w < 0.0, -factor, factor)[..., None]
    return vector


def exp(v: Array) -> Array:
    """Return the unit quaternion of rotation vectors (..., 3)."""
    angle = np.sqrt(np.einsum("...i,...i->...", v, v))
    half = 0.5 * angle
    near = angle < 1e-12
    out = np.zeros((*v.shape[:-1], 4))
    out[..., :3] = v * np.where(near, 0.5, np.sin(half) / np.where(near, 1.0, angle))[..., None]
    out[..., 3] = np.cos(half)
    return out
