"""Locks of hair: centre lines over the skull, hanging ends, lofted meshes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from cyberdirector.character._clip import vertex_normals
from cyberdirector.character._figure import smooth_step
from cyberdirector.character.hair.shell import Shell

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COMB_POINTS, HANG_POINTS = 14, 20
UNIT = 0.1
"""Lengths of a lock are metres on a head whose mean skull radius is this; they scale."""

SECTIONS: dict[str, Floats] = {
    "lens": np.array(
        [(-1.0, -0.1), (-0.5, 0.62), (0.0, 1.0), (0.5, 0.62), (1.0, -0.1), (0.0, -0.3)]
    ),
    "sheet": np.array(
        [
            (-1.0, -0.2), (-0.72, 0.75), (-0.42, 0.45), (-0.08, 1.0), (0.26, 0.55),
            (0.62, 0.9), (1.0, -0.2), (0.0, -0.35),
        ]
    ),
}  # fmt: skip
"""Cross sections: x across (-1..1) and height over the flat side (0..1)."""


@dataclass(frozen=True)
class Lock:
    """One lock. Angles in degrees on the shell, lengths in metres on a standard head.

    The lock runs over the skull from ``root`` to ``tip`` (azimuth, elevation), then may
    hang ``hang`` metres further under gravity.
    """

    root: tuple[float, float]
    tip: tuple[float, float]
    width: float = 0.03
    thick: float = 0.010
    lift: tuple[float, float] = (0.006, 0.016)
    bulge: float = 0.0
    """Extra lift half-way, metres."""
    bend: float = 0.0
    """Sideways arc in radians, positive to the left (+X) seen from the front."""
    hang: float = 0.0
    flare: float = 0.0
    lean: tuple[float, float] = (0.0, 0.0)
    """Sideways (outwards) and forward parts of the hanging direction."""
    curl: float = 0.0
    """Turn of the last third towards the neck (positive) or away from it, radians."""
    wave: float = 0.0
    phase: float = 0.0
    root_width: float = 0.55
    root_thick: float = 0.45
    """Thickness at the root as a share; 0 lets the lock rise out of the skin."""
    peak: float = 0.45
    sharp: float = 2.6
    """Exponent of the taper: 2 long and slender, 8 blunt."""
    section: str = "lens"
    rings: int = 14
    twist: float = 0.0
    clear: float = 0.008
    """Distance that the hanging part keeps from skin, metres; more below the neck."""
    chain: str = ""
    tone: int = 1
    """0 darker, 1 plain, 2 lighter column of the texture."""


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
    lines: list[Floats]
    """Centre line (rings, 3) of each lock."""
    start: Floats
    """Share 0..1 where each lock leaves the skull; 1 if it never hangs."""


def _comb(shell: Shell, locks: Sequence[Lock], k: float) -> Floats:
    """Return the part of the centre lines on the skull, (locks, COMB_POINTS, 3)."""
    angle = np.radians(np.array([[*lock.root, *lock.tip] for lock in locks]))
    d0 = shell.direction(angle[:, 0], angle[:, 1])
    d1 = shell.direction(angle[:, 2], angle[:, 3])
    t = np.linspace(0, 1, COMB_POINTS)[None, :, None]
    omega = np.arccos(np.clip(np.sum(d0 * d1, axis=1), -1, 1))[:, None, None]
    omega = np.maximum(omega, 1e-4)
    d = (np.sin((1 - t) * omega) * d0[:, None] + np.sin(t * omega) * d1[:, None]) / np.sin(
        omega
    )
    side = np.cross(d1, d0)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    bend = np.array([lock.bend for lock in locks])[:, None, None]
    d = d + bend * np.sin(np.pi * t) * side[:, None]
    lift = np.array([[*lock.lift, lock.bulge] for lock in locks])[:, :, None] * k
    s = t[..., 0]
    height = lift[:, 0] + (lift[:, 1] - lift[:, 0]) * smooth_step(0.0, 0.6, s)
    return shell.hair(d, height + lift[:, 2] * np.sin(np.pi * s))


def _hang(shell: Shell, locks: Sequence[Lock], heads: Floats, k: float) -> Floats:
    """Let the ends fall: (locks, HANG_POINTS, 3) that follow the combed part ``heads``."""
    value = np.array(
        [
            [q.hang * k, q.flare, *q.lean, q.curl, q.wave * k, q.phase, q.clear * k]
            for q in locks
        ]
    )
    length, flare, lean_out, lean_front, curl, wave, phase, clear = value.T[..., None]
    point = heads[:, -1]
    along = heads[:, -1] - heads[:, -2]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = point - shell.centre
    out[:, 1] = 0.0
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    left = np.sign(point[:, [0]]) * np.array([1.0, 0.0, 0.0])
    target = np.array([0.0, -1.0, 0.0]) + lean_out * left + lean_front * np.array([0, 0, 1.0])
    side = np.cross(out, np.array([0.0, 1.0, 0.0]))
    step = length / HANG_POINTS
    rows = []
    for i in range(1, HANG_POINTS + 1):
        f = i / HANG_POINTS
        gain = 0.06 + 0.30 * float(smooth_step(0.0, 0.4, f))
        inward = target - out * curl * float(smooth_step(0.55, 1.0, f)) * 1.4
        inward /= np.linalg.norm(inward, axis=1, keepdims=True)
        along = along * (1 - gain) + gain * inward
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        point = point + along * step + out * flare * step * np.sin(np.pi * f * 0.9)
        low = smooth_step(shell.chin[1] - 0.01, shell.chin[1] - 0.09, point[:, 1])
        room = np.where(length[:, 0] > 0, clear[:, 0] + 0.018 * low, -1.0)
        point = shell.push_out(point, room)
        rows.append(point + side * wave * np.sin(phase + 7.0 * f) * f)
    return np.stack(rows, axis=1)


def _resample(line: Floats, rings: int) -> tuple[Floats, Floats]:
    """Return ``rings`` points evenly along a polyline, and their shares of its length."""
    s = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    s /= max(s[-1], 1e-9)
    share = np.linspace(0, 1, rings)
    return np.stack([np.interp(share, s, line[:, i]) for i in range(3)], axis=1), s


def centre_lines(shell: Shell, locks: Sequence[Lock]) -> tuple[list[Floats], Floats]:
    """Return the centre line (rings, 3) of each lock and where it leaves the skull (0..1)."""
    k = shell.size / UNIT
    combed = _comb(shell, locks, k)
    hung = _hang(shell, locks, combed, k)
    lines, start = [], np.ones(len(locks))
    for i, lock in enumerate(locks):
        line = combed[i] if lock.hang <= 0 else np.concatenate([combed[i], hung[i]])
        line = np.concatenate(
            [line[:1], gaussian_filter1d(line, 1.0, axis=0, mode="nearest")[1:]]
        )
        points, share = _resample(line, lock.rings)
        if lock.hang > 0:
            start[i] = share[COMB_POINTS - 1]
        lines.append(points)
    return lines, start


def _frames(shell: Shell, line: Floats, twist: float) -> tuple[Floats, Floats, Floats]:
    """Return tangents, outward normals and side vectors (rings, 3) of a centre line."""
    t = np.gradient(line, axis=0)
    t /= np.maximum(np.linalg.norm(t, axis=1, keepdims=True), 1e-12)
    axis = line - shell.centre
    below = smooth_step(0.0, -0.08, axis[:, 1])
    axis[:, 1] *= 1.0 - below
    n = axis - np.sum(axis * t, axis=1, keepdims=True) * t
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
    n = gaussian_filter1d(n, 1.0, axis=0, mode="nearest")
    n -= np.sum(n * t, axis=1, keepdims=True) * t
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
    b = np.cross(t, n)
    c, s = np.cos(twist), np.sin(twist)
    return t, c * n + s * b, c * b - s * n


def _tube(rings: int, k: int) -> Ints:
    """Return the triangles of a tube of ``rings`` sections with ``k`` points each."""
    i = np.arange(rings - 1)[:, None] * k
    j = np.arange(k)[None]
    a, b = (i + j).ravel(), (i + (j + 1) % k).ravel()
    walls = np.concatenate([np.stack([a, b, a + k], 1), np.stack([b, b + k, a + k], 1)])
    lid = np.array([[0, q + 1, q] for q in range(1, k - 1)])
    return np.concatenate([walls, lid]).astype(np.int64)


def loft(shell: Shell, locks: Sequence[Lock]) -> Strands:
    """Return the mesh of some locks over the skull, lofted along their centre lines."""
    lines, start = centre_lines(shell, locks)
    return loft_lines(shell, locks, lines, start)


def loft_lines(
    shell: Shell, locks: Sequence[Lock], lines: list[Floats], start: Floats
) -> Strands:
    """Return the mesh of locks along given centre lines (rings, 3), metres."""
    k = shell.size / UNIT
    points, normals, uvs, along, scale, number, faces = [], [], [], [], [], [], []
    base = 0
    for i, (lock, line) in enumerate(zip(locks, lines, strict=True)):
        section = SECTIONS[lock.section]
        rings, m = len(line), len(section)
        s = np.linspace(0, 1, rings)
        _, n, b = _frames(shell, line, lock.twist)
        taper = np.clip(1 - s**lock.sharp, 0, 1) ** 0.8
        grow = lock.root_width + (1 - lock.root_width) * smooth_step(0, lock.peak, s)
        half = 0.5 * lock.width * k * grow * taper
        rise = (
            lock.thick
            * k
            * (lock.root_thick + (1 - lock.root_thick) * smooth_step(0, 0.3, s))
            * taper**0.7
        )
        out = line - shell.centre
        out[:, 1] *= 1.0 - 0.8 * smooth_step(0.0, -0.08, out[:, 1])
        rho = np.maximum(np.linalg.norm(out, axis=1), 0.5 * shell.size)
        x = half[:, None] * section[:, 0]
        z = rise[:, None] * section[:, 1] - x**2 / (2 * rho[:, None])
        ring = line[:, None] + b[:, None] * x[..., None] + n[:, None] * z[..., None]
        points.append(ring.reshape(-1, 3))
        normals.append(np.repeat(n, m, axis=0))
        along.append(np.repeat(s, m))
        scale.append(np.repeat(0.25 + 0.75 * taper, m))
        number.append(np.full(rings * m, i))
        uvs.append(_uvs(shell, ring, s, section, lock.tone).reshape(-1, 2))
        faces.append(_tube(rings, m) + base)
        base += rings * m
    position, triangle = np.concatenate(points), np.concatenate(faces)
    smooth_normal = vertex_normals(position, triangle)
    outward = np.concatenate(normals)
    facing = np.sum(smooth_normal * outward, axis=1, keepdims=True)
    soft = np.where(facing > -0.1, 0.55 * smooth_normal + 0.45 * outward, smooth_normal)
    soft /= np.linalg.norm(soft, axis=1, keepdims=True)
    return Strands(
        position, soft, smooth_normal, np.concatenate(scale), np.concatenate(uvs), triangle,
        np.concatenate(number), np.concatenate(along), lines, start,
    )  # fmt: skip


RING_HEIGHT = np.radians(40.0)
RING_SPAN = np.radians(52.0)
"""Elevation of the highlight ring and the range of elevation across one column."""


def _uvs(shell: Shell, ring: Floats, s: Floats, section: Floats, tone: int) -> Floats:
    """Return (rings, k, 2) texture coordinates: highlight band across, strand down."""
    _, el = shell.angles(ring - shell.centre)
    zigzag = 0.10 * (1.0 - np.abs(section[:, 0]))
    u = 0.5 + (el - RING_HEIGHT) / RING_SPAN + zigzag
    u = (tone + np.clip(u, 0.03, 0.97)) / 3.0
    return np.stack([u, np.broadcast_to(s[:, None], u.shape)], axis=-1)
