"""Two-bone inverse kinematics, vectorised over frames."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.rotations import Array, quat_from_matrix


def _unit(v: Array) -> Array:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


def _across(v: Array, axis: Array) -> Array:
    """Return the part of ``v`` at right angles to unit ``axis``, made unit length."""
    return _unit(v - np.sum(v * axis, axis=-1, keepdims=True) * axis)


def _basis(along: Array, bend: Array) -> Array:
    """Return (..., 3, 3) columns: bone direction, bend direction, hinge."""
    bend = _across(bend, along)
    return np.stack([along, bend, np.cross(along, bend)], axis=-1)


def two_bone(
    origin: Array,
    target: Array,
    pole: Array,
    lengths: tuple[float, float],
    rest: tuple[Array, Array],
    rest_bend: Array,
) -> tuple[Array, Array, Array]:
    """Return world rotations of both bones that bring the end to ``target``.

    Parameters
    ----------
    origin, target
        (n, 3) metres: root joint and wanted end. Out of reach the limb points at it.
    pole
        (n, 3) direction towards which the middle joint is pushed, any length.
    lengths
        Lengths of the two bones in metres.
    rest
        Unit rest directions (3,) of the two bones.
    rest_bend
        (3,) direction in which the second bone swings when the rest limb bends.

    Returns
    -------
    first, second
        (n, 4) unit quaternions xyzw: world rotation of each bone (rest = identity).
    end
        (n, 3) metres: where the end really is.
    """
    a, b = lengths
    line = target - origin
    raw = np.linalg.norm(line, axis=-1, keepdims=True)
    reach = np.clip(raw, abs(a - b) + 1e-4, (a + b) * (1.0 - 1e-6))
    d = _unit(line)
    p = _across(pole, d)
    along = (reach * reach + a * a - b * b) / (2.0 * reach)
    aside = np.sqrt(np.maximum(a * a - along * along, 0.0))
    u = (along * d + aside * p) / a
    v = (aside * d - along * p) / a
    f = ((reach - along) * d - aside * p) / b
    # The bend direction of the second bone lies in the same plane, square to it.
    w = np.cross(np.cross(u, v), f)
    first = quat_from_matrix(_matrix(u, v, rest[0], rest_bend))
    second = quat_from_matrix(_matrix(f, w, rest[1], rest_bend))
    return first, second, origin + reach * d


def _matrix(along: Array, bend: Array, rest_along: Array, rest_bend: Array) -> Array:
    world = np.stack([along, bend, np.cross(along, bend)], axis=-1)
    return np.asarray(world @ _basis(rest_along, rest_bend).T)
