"""Buns, pins, crowns and bands that sit rigidly on the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class Solid:
    """A rigid part on the head in model space; ``material``: hair, ornament or gem."""

    name: str
    positions: Floats
    triangles: Ints
    uvs: Floats
    material: str


def frame(normal: Floats) -> Floats:
    """Return a rotation (3, 3) whose columns are right, up-ish (the normal) and front.

    The normal is the second column; the third leans towards +Z.
    """
    n = normal / np.linalg.norm(normal)
    hint = np.array([1.0, 0.0, 0.0])
    front = np.cross(hint, n)
    front /= np.linalg.norm(front)
    return np.stack([np.cross(n, front), n, front], axis=1)


def revolve(
    profile: Floats, steps: int, ripple: Floats | None = None
) -> tuple[Floats, Ints, Floats]:
    """Return a surface of revolution about +Y: positions, triangles, uvs.

    ``profile`` is (k, 2): radius and height from bottom to top; ``ripple`` (k, steps)
    multiplies the radius.
    """
    k = len(profile)
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    r = profile[:, :1] * (np.ones((k, steps)) if ripple is None else ripple)
    p = np.stack(
        [r * np.sin(angle), np.broadcast_to(profile[:, 1:], r.shape), r * np.cos(angle)],
        axis=-1,
    )
    i, j = np.arange(k - 1)[:, None] * steps, np.arange(steps)[None]
    a, b = (i + j).ravel(), (i + (j + 1) % steps).ravel()
    t = np.concatenate([np.stack([a, b, a + steps], 1), np.stack([b, b + steps, a + steps], 1)])
    v = np.broadcast_to(np.linspace(0, 1, k)[:, None], r.shape)
    u = np.broadcast_to(angle / (2 * np.pi), r.shape)
    return p.reshape(-1, 3), t.astype(np.int64), np.stack([u, v], -1).reshape(-1, 2)


def tube(path: Floats, radius: Floats | float, sides: int = 8) -> tuple[Floats, Ints, Floats]:
    """Return a closed-ended tube along a path (n, 3): positions, triangles, uvs."""
    n = len(path)
    t = np.gradient(path, axis=0)
    t /= np.maximum(np.linalg.norm(t, axis=1, keepdims=True), 1e-12)
    hint = np.array([0.0, 0.0, 1.0]) if abs(t[0] @ [0, 0, 1.0]) < 0.8 else np.array([1.0, 0, 0])
    side = np.zeros_like(path)
    last = hint
    for i in range(n):
        last = last - (last @ t[i]) * t[i]
        last /= np.linalg.norm(last)
        side[i] = last
    up = np.cross(t, side)
    a = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    r = np.broadcast_to(np.asarray(radius, dtype=np.float64).reshape(-1, 1), (n, sides))
    ring = r[..., None] * (
        np.cos(a)[:, None] * side[:, None] + np.sin(a)[:, None] * up[:, None]
    )
    p = (path[:, None] + ring).reshape(-1, 3)
    row, j = np.arange(n - 1)[:, None] * sides, np.arange(sides)[None]
    b, c = (row + j).ravel(), (row + (j + 1) % sides).ravel()
    walls = np.concatenate(
        [np.stack([b, c, b + sides], 1), np.stack([c, c + sides, b + sides], 1)]
    )
    last_ring = (n - 1) * sides
    lids = [[0, q + 1, q] for q in range(1, sides - 1)]
    lids += [[last_ring, last_ring + q, last_ring + q + 1] for q in range(1, sides - 1)]
    v = np.repeat(np.linspace(0, 1, n), sides)
    u = np.tile(a / (2 * np.pi), n)
    return p, np.concatenate([walls, np.array(lids)]).astype(np.int64), np.stack([u, v], 1)


def bun(
    centre: Floats, normal: Floats, radius: float, flat: float = 0.8, twist: float = 0.9
) -> Solid:
    """Return a wound bun: a squashed ball with spiral grooves."""
    a = np.linspace(-0.48 * np.pi, 0.5 * np.pi, 15)
    profile = np.stack([np.cos(a), flat * np.sin(a)], axis=1) * radius
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    groove = 1.0 - 0.09 * np.abs(np.sin(2.5 * angle[None] + twist * 3.0 * a[:, None])) ** 0.6
    p, t, uv = revolve(profile, 40, groove)
    ring = (
        np.tile([0.5], len(p))
        + 0.28 * np.sin(np.repeat(a, 40))
        + 0.06 * np.sin(5 * uv[:, 0] * 6.2832)
    )
    u = (1 + np.clip(ring * 0.9, 0.03, 0.97)) / 3.0
    return Solid(
        "bun", p @ frame(normal).T + centre, t, np.stack([u, 0.15 + 0.5 * uv[:, 1]], 1), "hair"
    )


def pin(a: Floats, b: Floats, radius: float = 0.0028) -> Solid:
    """Return a straight hairpin from a to b, thicker at the head (a)."""
    s = np.linspace(0, 1, 9)[:, None]
    r = radius * (1.0 - 0.6 * s[:, 0])
    p, t, uv = tube(a + (b - a) * s, r, 8)
    return Solid("pin", p, t, uv, "ornament")


def ball(centre: Floats, radius: float, material: str = "gem", squash: float = 1.0) -> Solid:
    """Return a small ball."""
    a = np.linspace(-0.49 * np.pi, 0.49 * np.pi, 8)
    p, t, uv = revolve(np.stack([np.cos(a), squash * np.sin(a)], 1) * radius, 12)
    return Solid("ball", p + centre, t, uv, material)


def flower(centre: Floats, normal: Floats, radius: float, petals: int = 5) -> list[Solid]:
    """Return a flat flower with a stone in the middle."""
    steps = petals * 8
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    edge = 0.62 + 0.38 * np.abs(np.cos(0.5 * petals * angle)) ** 0.7
    profile = np.array(
        [(0.0, -0.06), (0.55, -0.05), (1.0, 0.10), (0.92, 0.16), (0.5, 0.10), (0.0, 0.16)]
    )
    share = np.array([0, 0.6, 1, 1, 0.6, 0])[:, None]
    p, t, uv = revolve(profile * radius, steps, 1 + (edge[None] - 1) * share)
    body = Solid("flower", p @ frame(normal).T + centre, t, uv, "ornament")
    n = normal / np.linalg.norm(normal)
    return [body, ball(centre + n * 0.16 * radius, 0.22 * radius)]


def band(
    centre: Floats, normal: Floats, radius: float, height: float, wall: float = 0.002
) -> Solid:
    """Return a ring around ``normal`` (the base of a topknot)."""
    profile = np.array(
        [(radius, 0), (radius + wall, 0.15 * height), (radius + 1.4 * wall, 0.5 * height),
         (radius + wall, 0.85 * height), (radius, height)]
    )  # fmt: skip
    p, t, uv = revolve(profile, 28)
    return Solid("band", p @ frame(normal).T + centre, t, uv, "ornament")


def crown(centre: Floats, normal: Floats, radius: float, height: float) -> list[Solid]:
    """Return a small man's crown: a band with raised front and back plates and a stone."""
    steps = 48
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    rise = (
        1.0
        + 0.75 * np.clip(np.cos(angle), 0, 1) ** 3
        + 0.35 * np.clip(-np.cos(angle), 0, 1) ** 3
    )
    lobes = 1.0 + 0.10 * np.cos(6 * angle)
    w = 0.003
    heights = np.array([0.0, 0.0, 0.5, 1.0, 1.0, 0.5, 0.0]) * height
    radii = np.array(
        [radius, radius + w, radius + 1.8 * w, radius + 2.2 * w, radius + w, radius, radius]
    )
    p, t, uv = revolve(np.stack([radii, heights], 1), steps)
    q = p.reshape(len(radii), steps, 3)
    q[..., 1] *= np.where(heights[:, None] > 0, rise * lobes, 1.0)
    turn = frame(normal)
    body = Solid("crown", q.reshape(-1, 3) @ turn.T + centre, t, uv, "ornament")
    front = turn @ np.array([0.0, 0.75 * height, radius + 2.4 * w])
    return [body, ball(centre + front, 0.0055)]
