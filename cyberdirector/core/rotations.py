"""Unit quaternions (xyzw) and rotation matrices, vectorised over leading axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Numbers = Any
"""Anything that numpy.asarray turns into floats (array or nested sequence)."""

IDENTITY: NDArray[np.float64] = np.array([0.0, 0.0, 0.0, 1.0])
"""The rotation that changes nothing."""


def _f(value: Numbers) -> NDArray[Any]:
    return np.asarray(value, dtype=np.float64)


def quat_normalize(q: Numbers) -> Array:
    """Return ``q`` (..., 4) scaled to unit length; a zero quaternion becomes identity."""
    q = _f(q)
    length = np.linalg.norm(q, axis=-1, keepdims=True)
    safe = np.where(length > 1e-12, length, 1.0)
    return np.where(length > 1e-12, q / safe, IDENTITY)


def cross(a: Numbers, b: Numbers) -> Array:
    """Return the cross product of vectors ``a`` and ``b`` (..., 3), broadcast.

    The numbers of ``np.cross`` at a third of its cost for a few hundred vectors.
    """
    a, b = _f(a), _f(b)
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    x = ay * bz - az * by
    out = np.empty((*x.shape, 3))
    out[..., 0] = x
    out[..., 1] = az * bx - ax * bz
    out[..., 2] = ax * by - ay * bx
    return out


def quat_multiply(a: Numbers, b: Numbers) -> Array:
    """Return the Hamilton product ``a * b`` (rotate by ``b`` first), (..., 4)."""
    a, b = _f(a), _f(b)
    ax, ay, az, aw = (a[..., i] for i in range(4))
    bx, by, bz, bw = (b[..., i] for i in range(4))
    w = aw * bw - ax * bx - ay * by - az * bz
    out = np.empty((*w.shape, 4))
    out[..., 0] = aw * bx + ax * bw + ay * bz - az * by
    out[..., 1] = aw * by - ax * bz + ay * bw + az * bx
    out[..., 2] = aw * bz + ax * by - ay * bx + az * bw
    out[..., 3] = w
    return out


def quat_conjugate(q: Numbers) -> Array:
    """Return the inverse of unit quaternions ``q``, (..., 4)."""
    return _f(q) * np.array([-1.0, -1.0, -1.0, 1.0])


def quat_rotate(q: Numbers, v: Numbers) -> Array:
    """Rotate vectors ``v`` (..., 3) by unit quaternions ``q`` (..., 4)."""
    q, v = _f(q), _f(v)
    axis, w = q[..., :3], q[..., 3:]
    twice = 2.0 * cross(axis, v)
    return v + w * twice + cross(axis, twice)


def quat_from_axis_angle(axis: Numbers, angle: Numbers) -> Array:
    """Return the rotation by ``angle`` (...,) radians about ``axis`` (..., 3)."""
    axis, half = _f(axis), _f(angle)[..., None] * 0.5
    length = np.linalg.norm(axis, axis=-1, keepdims=True)
    unit = axis / np.where(length > 1e-12, length, 1.0)
    shape = np.broadcast_shapes(unit.shape[:-1], half.shape[:-1])
    unit = np.broadcast_to(unit, (*shape, 3))
    half = np.broadcast_to(half, (*shape, 1))
    return np.concatenate([unit * np.sin(half), np.cos(half)], axis=-1)


def quat_from_yaw_pitch_roll(yaw: Numbers, pitch: Numbers, roll: Numbers) -> Array:
    """Return yaw about +Y, then pitch about local +X, then roll about local +Z (radians).

    Positive pitch looks down for a character that faces +Z; positive yaw turns it to
    its own left (+X); positive roll tilts its head to its own right (towards -X).
    """
    qy = quat_from_axis_angle([0.0, 1.0, 0.0], yaw)
    qx = quat_from_axis_angle([1.0, 0.0, 0.0], pitch)
    qz = quat_from_axis_angle([0.0, 0.0, 1.0], roll)
    return quat_multiply(quat_multiply(qy, qx), qz)


def quat_between(a: Numbers, b: Numbers) -> Array:
    """Return the shortest rotation that turns direction ``a`` into ``b``, (..., 3) each."""
    a, b = np.broadcast_arrays(_f(a), _f(b))
    a = a / np.maximum(np.linalg.norm(a, axis=-1, keepdims=True), 1e-12)
    b = b / np.maximum(np.linalg.norm(b, axis=-1, keepdims=True), 1e-12)
    dot = np.sum(a * b, axis=-1, keepdims=True)
    helper = np.where(np.abs(a[..., :1]) < 0.9, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    opposite = np.concatenate([cross(a, helper), np.zeros_like(dot)], axis=-1)
    general = np.concatenate([cross(a, b), 1.0 + dot], axis=-1)
    return quat_normalize(np.where(dot < -1.0 + 1e-9, opposite, general))


def quat_slerp(a: Numbers, b: Numbers, t: Numbers) -> Array:
    """Interpolate from ``a`` to ``b`` on the short arc; ``t`` (...,) in 0..1."""
    a, b, t = _f(a), _f(b), _f(t)[..., None]
    dot = np.sum(a * b, axis=-1, keepdims=True)
    b = np.where(dot < 0.0, -b, b)
    dot = np.clip(np.abs(dot), 0.0, 1.0)
    theta = np.arccos(dot)
    sin = np.sin(theta)
    near = sin < 1e-6
    safe = np.where(near, 1.0, sin)
    wa = np.where(near, 1.0 - t, np.sin((1.0 - t) * theta) / safe)
    wb = np.where(near, t, np.sin(t * theta) / safe)
    return quat_normalize(wa * a + wb * b)


def quat_from_matrix(m: Numbers) -> Array:
    """Return unit quaternions of proper rotation matrices (..., 3, 3)."""
    m = _f(m)
    trace = m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2]
    # Four candidates, one per largest component; the best conditioned one is taken.
    four = np.stack(
        [
            1.0 + m[..., 0, 0] - m[..., 1, 1] - m[..., 2, 2],
            1.0 - m[..., 0, 0] + m[..., 1, 1] - m[..., 2, 2],
            1.0 - m[..., 0, 0] - m[..., 1, 1] + m[..., 2, 2],
            1.0 + trace,
        ],
        axis=-1,
    )
    x, y, z, w = (four[..., i] for i in range(4))
    s01, s02, s12 = (
        m[..., 0, 1] + m[..., 1, 0],
        m[..., 0, 2] + m[..., 2, 0],
        m[..., 1, 2] + m[..., 2, 1],
    )
    d21, d02, d10 = (
        m[..., 2, 1] - m[..., 1, 2],
        m[..., 0, 2] - m[..., 2, 0],
        m[..., 1, 0] - m[..., 0, 1],
    )
    candidates = np.stack(
        [
            np.stack([x, s01, s02, d21], axis=-1),
            np.stack([s01, y, s12, d02], axis=-1),
            np.stack([s02, s12, z, d10], axis=-1),
            np.stack([d21, d02, d10, w], axis=-1),
        ],
        axis=-2,
    )
    best = np.argmax(four, axis=-1)[..., None, None]
    return quat_normalize(np.take_along_axis(candidates, best, axis=-2)[..., 0, :])


def quat_to_matrix(q: Numbers) -> Array:
    """Return rotation matrices (..., 3, 3) of unit quaternions (..., 4)."""
    x, y, z, w = np.moveaxis(_f(q), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def quat_log(q: Numbers) -> Array:
    """Return the rotation vector (..., 3), radians, of unit quaternions."""
    q = _f(q)
    q = np.where(q[..., 3:] < 0.0, -q, q)
    sin = np.linalg.norm(q[..., :3], axis=-1, keepdims=True)
    angle = 2.0 * np.arctan2(sin, q[..., 3:])
    return q[..., :3] * np.where(sin > 1e-9, angle / np.where(sin > 1e-9, sin, 1.0), 2.0)


def quat_exp(v: Numbers) -> Array:
    """Return the unit quaternion of rotation vectors (..., 3) in radians."""
    v = _f(v)
    return quat_from_axis_angle(v, np.linalg.norm(v, axis=-1))


def quat_continuous(q: Numbers) -> Array:
    """Flip signs along axis 0 so that neighbouring frames lie in one hemisphere."""
    q = _f(q).copy()
    if len(q) > 1:
        dots = np.sum(q[1:] * q[:-1], axis=-1)
        q[1:] *= np.cumprod(np.where(dots < 0.0, -1.0, 1.0), axis=0)[..., None]
    return q
