"""Buns, pins, crowns and bands that sit rigidly on the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class Solid:
    """A rigid part on the head in model space; ``material``: hair, ornament, gem or ribbon."""

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


def strap(path: Floats, width: Floats, thick: float, normal: Floats) -> Solid:
    """Return a flat band of cloth along a path (n, 3): a bow's loop or a ribbon's end.

    ``width`` (n,) metres; ``normal`` (3,) or (n, 3) is the direction of the broad side.
    """
    t = np.gradient(path, axis=0)
    t /= np.maximum(np.linalg.norm(t, axis=1, keepdims=True), 1e-12)
    n = normal - np.sum(t * normal, axis=1, keepdims=True) * t
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12)
    b = np.cross(t, n)
    edge = np.array([(-1, 0), (-0.5, 1), (0.5, 1), (1, 0), (0.5, -1), (-0.5, -1)], np.float64)
    p = (
        path[:, None]
        + b[:, None] * (0.5 * width[:, None] * edge[:, 0])[..., None]
        + n[:, None] * (0.5 * thick * edge[:, 1])[None, :, None]
    )
    rows, sides = len(path), len(edge)
    i, j = np.arange(rows - 1)[:, None] * sides, np.arange(sides)[None]
    q, r = (i + j).ravel(), (i + (j + 1) % sides).ravel()
    walls = np.concatenate(
        [np.stack([q, r, q + sides], 1), np.stack([r, r + sides, q + sides], 1)]
    )
    last = (rows - 1) * sides
    lids = [[0, c + 1, c] for c in range(1, sides - 1)]
    lids += [[last, last + c, last + c + 1] for c in range(1, sides - 1)]
    uv = np.stack(
        [np.tile(edge[:, 0] * 0.5 + 0.5, rows), np.repeat(np.linspace(0, 1, rows), sides)], 1
    )
    tris = np.concatenate([walls, np.array(lids)]).astype(np.int64)
    return Solid("strap", p.reshape(-1, 3), tris, uv, "ribbon")


def bow(centre: Floats, normal: Floats, size: float, tails: float = 1.6) -> list[Solid]:
    """Return a bow of ribbon: two loops, two ends of ``tails`` sizes and the knot."""
    n = normal / np.linalg.norm(normal)
    right = np.cross([0.0, 1.0, 0.0], n)
    right /= np.linalg.norm(right)
    up = np.cross(n, right)
    t = np.linspace(0, 1, 13)[:, None]
    out = []
    for sign in (-1.0, 1.0):
        angle = 2 * np.pi * t
        loop = centre + size * (
            sign * right * 0.50 * (1 - np.cos(angle)) + up * 0.10 * (1 - np.cos(angle))
            + n * (0.20 * np.sin(angle) + 0.10 * (1 - np.cos(angle)))
        )  # fmt: skip
        wide = size * (0.16 + 0.50 * np.sin(np.pi * t[:, 0]) ** 0.8)
        across = np.cross(up, np.gradient(loop, axis=0))
        out.append(strap(loop, wide, 0.03 * size, across))
        fall = centre + size * tails * (
            sign * right * (0.34 * t - 0.10 * t**2) - up * t * (0.75 + 0.1 * t)
            + n * 0.10 * np.sin(np.pi * t)
        )  # fmt: skip
        wide = size * (0.16 + 0.24 * t[:, 0] ** 0.7)
        out.append(strap(fall, wide, 0.03 * size, n))
    knot = ball(centre + 0.10 * size * n, 0.17 * size, "ribbon")
    return [*out, knot]


def pin(a: Floats, b: Floats, radius: float = 0.0028) -> Solid:
    """Return a straight hairpin from a to b, thicker at the head (a)."""
    s = np.linspace(0, 1, 9)[:, None]
    r = radius * (1.0 - 0.6 * s[:, 0])
    p, t, uv = tube(a + (b - a) * s, r, 8)
    return Solid("pin", p, t, uv, "ornament")


def ball(centre: Floats, radius: float, material: str = "gem", squash: float = 1.0) -> Solid:
    """Return a small ball."""
    small = radius < 0.004
    a = np.linspace(-0.49 * np.pi, 0.49 * np.pi, 5 if small else 8)
    p, t, uv = revolve(
        np.stack([np.cos(a), squash * np.sin(a)], 1) * radius, 7 if small else 12
    )
    return Solid("ball", p + centre, t, uv, material)


def dangle(top: Floats, length: float) -> list[Solid]:
    """Return a row of small beads that hangs from an ornament."""
    out = []
    for i in range(5):
        last = i == 4
        at = top - np.array([0.0, length * (i + 1) / 5, 0.0])
        out.append(ball(at, 0.0038 if last else 0.0022, "gem" if last else "ornament"))
    return out


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


def comb(centre: Floats, normal: Floats, width: float) -> list[Solid]:
    """Return a curved comb whose back shows over the hair, with a stone in the middle."""
    turn = frame(normal)
    t = np.linspace(-1, 1, 17)
    arc = np.stack([width * t, 0.0 * t, -0.35 * width * t**2], axis=1)
    tall = 0.42 * width * (1.0 - 0.55 * t**2) * (1.0 + 0.10 * np.cos(5 * np.pi * t))
    back = strap(arc @ turn.T + centre, 2 * tall, 0.0022, turn[:, 2])
    back.material = "ornament"
    rail = np.stack([width * t, tall, -0.35 * width * t**2], axis=1)
    p, tri, uv = tube(rail @ turn.T + centre, 0.0014, 6)
    stone = centre + turn @ np.array([0.0, 0.45 * tall[8], 0.0020])
    return [back, Solid("rail", p, tri, uv, "ornament"), ball(stone, 0.0045)]


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
