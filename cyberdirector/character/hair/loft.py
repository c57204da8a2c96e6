"""From centre lines to the mesh of the locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character._figure import smooth_step
from cyberdirector.character.hair.lock import UNIT, Lines, Lock, centre_lines
from cyberdirector.character.hair.look import column
from cyberdirector.character.hair.shell import Shell

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ACROSS = np.array([-1.0, -0.62, 0.0, 0.62, 1.0, 1.0, -1.0])
RISE = np.array([0.0, 0.66, 1.0, 0.66, 0.0, 0.0, 0.0])
"""The section: five points over the rounded side, then the edges again for the flat side.

The edges exist twice, so that their normals differ and thinning keeps the outline.
"""
FRONT, SIDES = 5, 7
RING_TRIANGLES = 10


@dataclass
class Strands:
    """Lofted locks: one mesh, with what the skin needs to know of each vertex."""

    positions: Floats
    normals: Floats
    outline_normals: Floats
    outline_scale: Floats
    uvs: Floats
    triangles: Ints
    lock: Ints
    """Lock number of each vertex."""
    along: Floats
    """Arc length share 0..1 of each vertex along its lock."""
    lines: Lines


def loft(shell: Shell, locks: Sequence[Lock]) -> Strands:
    """Return the mesh of some locks over the skull, lofted along their centre lines."""
    return loft_lines(shell, locks, centre_lines(shell, locks))


def loft_lines(shell: Shell, locks: Sequence[Lock], found: Lines) -> Strands:
    """Return the mesh of locks along given centre lines."""
    lines = found.points
    reach = [float(np.linalg.norm(np.diff(q, axis=0), axis=1).sum()) for q in lines]
    longest = max(0.18, *reach)
    groups: dict[int, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        groups[len(line)].append(i)
    rows: list[tuple[Floats, ...]] = []
    faces, number, base = [], [], 0
    for rings, members in sorted(groups.items()):
        some = [locks[i] for i in members]
        stack = np.stack([lines[i] for i in members])
        extent = np.array([reach[i] for i in members]) / longest
        shares = np.stack([found.shares[i] for i in members])
        rows.append(_sweep(shell, some, stack, shares, extent))
        tube = _tube(rings)
        shift = base + np.arange(len(members))[:, None, None] * rings * SIDES
        faces.append((tube[None] + shift).reshape(-1, 3))
        number.append(np.repeat(members, rings * SIDES))
        base += len(members) * rings * SIDES
    p, n, o, scale, uv, along = (np.concatenate(part) for part in zip(*rows, strict=True))
    t = np.concatenate(faces)
    edge = p[t]
    area = np.linalg.norm(np.cross(edge[:, 1] - edge[:, 0], edge[:, 2] - edge[:, 0]), axis=1)
    return Strands(
        p, n, o, scale, uv, t[area > 1e-9], np.concatenate(number).astype(np.int64), along,
        found,
    )  # fmt: skip


def _unit(v: Floats) -> Floats:
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)


def _frames(shell: Shell, locks: Sequence[Lock], lines: Floats) -> tuple[Floats, ...]:
    """Return tangents, rounded-side normals and side vectors (locks, rings, 3)."""
    t = _unit(np.gradient(lines, axis=1))
    axis = lines - shell.centre
    # Below the head hair hangs like a curtain: its outside is level.
    axis[..., 1] *= 1.0 - smooth_step(0.0, -0.08, axis[..., 1])
    for i, lock in enumerate(locks):
        if lock.facing is not None:
            axis[i] = lock.facing
        if lock.about is not None:
            axis[i] = lines[i] - lock.about
    n = _unit(axis - np.sum(axis * t, axis=-1, keepdims=True) * t)
    n[:, 1:-1] = 0.25 * n[:, :-2] + 0.5 * n[:, 1:-1] + 0.25 * n[:, 2:]
    n = _unit(n - np.sum(n * t, axis=-1, keepdims=True) * t)
    b = np.cross(t, n)
    turn = np.array([lock.twist for lock in locks])[:, None, None]
    c, s = np.cos(turn), np.sin(turn)
    return t, c * n + s * b, c * b - s * n


def widths(locks: Sequence[Lock], s: Floats) -> tuple[Floats, Floats]:
    """Return the share of full width and the taper of the tip at places (locks, rings)."""
    root, peak, tip = np.array([[q.root, q.peak, q.tip] for q in locks], dtype=np.float64).T[
        ..., None
    ]
    u = np.clip((s - peak) / (1 - peak), 0, 1)
    taper = 1.0 - u**tip
    grow = root + (1 - root) * np.sin(0.5 * np.pi * np.clip(s / peak, 0, 1))
    return grow * taper, taper


def _sweep(
    shell: Shell, locks: Sequence[Lock], lines: Floats, s: Floats, extent: Floats
) -> tuple[Floats, ...]:
    """Return the vertices of locks with equally many rings.

    Positions, normals, outline normals, outline scale, texture coordinates and place
    along the lock, each (locks * rings * SIDES, …).
    """
    k = shell.size / UNIT
    t, n, b = _frames(shell, locks, lines)
    share, taper = widths(locks, s)
    half = 0.5 * k * np.array([q.width for q in locks])[:, None] * share
    grow = 0.35 + 0.65 * smooth_step(0.0, 0.30, s)
    rise = k * np.array([q.thick for q in locks])[:, None] * grow * taper**0.75
    rise = np.minimum(rise, 0.9 * half)
    out = lines - shell.centre
    out[..., 1] *= 1.0 - 0.8 * smooth_step(0.0, -0.08, out[..., 1])
    rho = np.maximum(np.linalg.norm(out, axis=-1), 0.6 * shell.size)
    free = np.array([(q.facing or q.about) is not None for q in locks])[:, None]
    rho = np.where(free, 0.05 * k, rho)
    x = half[..., None] * ACROSS
    z = rise[..., None] * RISE - x**2 / (2 * rho[..., None])
    p = lines[:, :, None] + b[:, :, None] * x[..., None] + n[:, :, None] * z[..., None]

    tilt = np.where(np.arange(SIDES) < FRONT, ACROSS, 0.0) * 0.85
    face = np.where(np.arange(SIDES) < FRONT, 1.0, -1.0)
    normal = _unit(n[:, :, None] * face[:, None] + b[:, :, None] * tilt[:, None])
    level = np.where(np.abs(ACROSS) < 1, 1.0, 0.25)
    hull = n[:, :, None] * level[:, None] + b[:, :, None] * (1.1 * ACROSS)[:, None]
    pointed = smooth_step(0.9, 1.0, s)[..., None, None]
    hull = _unit(hull + pointed * t[:, :, None])

    scale = np.repeat((0.30 + 0.70 * smooth_step(0.0, 0.35, taper))[..., None], SIDES, axis=-1)
    u = np.array([column(q.tone, i) for i, q in enumerate(locks)])
    u = u[:, :1] + (u[:, 1:] - u[:, :1]) * (0.5 + 0.5 * ACROSS)
    v = s * extent[:, None] ** 0.7
    uv = np.stack(np.broadcast_arrays(u[:, None], v[..., None]), axis=-1)
    along = np.broadcast_to(s[..., None], scale.shape)
    return (
        p.reshape(-1, 3), normal.reshape(-1, 3), hull.reshape(-1, 3), scale.reshape(-1),
        np.clip(uv, 0.001, 0.999).reshape(-1, 2), along.reshape(-1),
    )  # fmt: skip


def _tube(rings: int) -> Ints:
    """Return the triangles of one lock: rounded side, flat side and the lid of the root."""
    i = np.arange(rings - 1)[:, None] * SIDES
    pairs = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (5, 6)])
    a, b = (i + pairs[:, 0]).ravel(), (i + pairs[:, 1]).ravel()
    walls = np.concatenate(
        [np.stack([a, b, a + SIDES], 1), np.stack([b, b + SIDES, a + SIDES], 1)]
    )
    lid = np.array([(0, 2, 1), (0, 3, 2), (0, 4, 3)])
    return np.concatenate([walls, lid]).astype(np.int64)
