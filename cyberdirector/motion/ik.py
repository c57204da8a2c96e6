"""Two-bone inverse kinematics, vectorised over frames."""

from __future__ import annotations

import numpy as np

from cyberdirector.core.rotations import (
    Array,
    cross,
    quat_between,
    quat_from_axis_angle,
    quat_from_matrix,
    quat_multiply,
    quat_rotate,
)


def _unit(v: Array) -> Array:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


def _across(v: Array, axis: Array) -> Array:
    """Return the part of ``v`` at right angles to unit ``axis``, made unit length."""
    return _unit(v - np.sum(v * axis, axis=-1, keepdims=True) * axis)


def _basis(along: Array, bend: Array) -> Array:
    """Return (..., 3, 3) columns: bone direction, bend direction, hinge."""
    bend = _across(bend, along)
    return np.stack([along, bend, cross(along, bend)], axis=-1)


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
    w = cross(cross(u, v), f)
    first = quat_from_matrix(_matrix(u, v, rest[0], rest_bend))
    second = quat_from_matrix(_matrix(f, w, rest[1], rest_bend))
    return first, second, origin + reach * d


def _matrix(along: Array, bend: Array, rest_along: Array, rest_bend: Array) -> Array:
    world = np.stack([along, bend, cross(along, bend)], axis=-1)
    return np.asarray(world @ _basis(rest_along, rest_bend).T)


def adjust_limb(
    joints: Array,
    turns: tuple[Array, Array],
    target: Array,
    hinge: Array,
    reach: float = 0.9995,
) -> tuple[Array, Array, Array]:
    """Return a posed limb whose end is brought to ``target`` with the least change.

    The middle joint bends about the axis that it bends about already, then the whole limb
    swings: bend plane and twist stay, and a target where the end is changes nothing.

    Parameters
    ----------
    joints
        (n, 3, 3) root, middle and end, metres, world.
    turns
        (n, 4) world rotations xyzw of the two bones.
    target
        (n, 3) wanted end; out of reach the limb points at it.
    hinge
        (n, 3) axis, world, about which the middle joint of a straight limb bends.
    reach
        Greatest length in shares of the straight limb.

    Returns
    -------
    first, second
        (n, 4) world rotations of the two bones.
    end
        (n, 3) metres: where the end really is.
    """
    origin, middle, end = (joints[:, i] for i in range(3))
    upper, lower = middle - origin, end - middle
    a = np.linalg.norm(upper, axis=-1)
    b = np.linalg.norm(lower, axis=-1)
    line = target - origin
    # A limb that is straighter than ``reach`` already may stay so.
    longest = np.maximum((a + b) * reach, np.linalg.norm(end - origin, axis=-1))
    d = np.clip(np.linalg.norm(line, axis=-1), np.abs(a - b) + 1e-4, longest)
    bent = cross(upper, lower) / np.maximum(a * b, 1e-9)[:, None]
    axis = _unit(bent + 0.02 * _unit(hinge))
    axis = np.where(np.sum(axis * hinge, axis=-1, keepdims=True) < 0.0, -axis, axis)
    axis = _across(axis, _unit(upper))
    now = np.arctan2(np.sum(bent * axis, axis=-1), np.sum(upper * lower, axis=-1) / (a * b))
    cosine = (d * d - a * a - b * b) / np.maximum(2.0 * a * b, 1e-9)
    bend = quat_from_axis_angle(axis, np.arccos(np.clip(cosine, -1.0, 1.0)) - now)
    moved = upper + quat_rotate(bend, lower)
    swing = quat_between(moved, line)
    first = quat_multiply(swing, turns[0])
    second = quat_multiply(quat_multiply(swing, bend), turns[1])
    return first, second, origin + quat_rotate(swing, moved)
