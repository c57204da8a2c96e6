"""Buns, tails and plaits: hair that leaves the head in a bundle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.hair import solids
from cyberdirector.character.hair.build import Head
from cyberdirector.character.hair.lock import Lock, spline
from cyberdirector.character.hair.parts import tone, wobble

Floats = NDArray[np.float64]

GOLDEN = np.pi * (3.0 - np.sqrt(5.0))
"""Angle that spreads points evenly over a disc (Vogel 1979)."""


def unit(v: Floats) -> Floats:
    """Return a vector of length one."""
    out: Floats = v / np.linalg.norm(v)
    return out


def _triple(v: Floats) -> tuple[float, float, float]:
    x, y, z = v.tolist()
    return x, y, z


def bun(
    head: Head, at: Floats, normal: Floats, radius: float, *,
    count: int = 7, turns: float = 0.6, flat: float = 0.8, low: float = -40.0,
) -> tuple[list[Lock], list[solids.Solid]]:  # fmt: skip
    """Return a bun wound of plump locks around ``normal``, with a ball that fills it.

    ``radius`` in metres; ``turns`` around the axis that each lock takes from the base to
    the top; ``flat`` height over width.
    """
    frame = solids.frame(normal)
    k = head.scale
    t = np.linspace(0, 1, 9)
    rise = np.radians(low + (84.0 - low) * t)
    locks = []
    for i in range(count):
        turn = 2 * np.pi * (i / count + turns * t) + wobble(head.rng, 0.05)
        r = radius * (1.0 + wobble(head.rng, 0.03))
        own = np.stack(
            [r * np.cos(rise) * np.sin(turn), r * flat * np.sin(rise),
             r * np.cos(rise) * np.cos(turn)], axis=1,
        )  # fmt: skip
        locks.append(
            Lock(
                line=at + own @ frame.T, about=_triple(at), group="crown", rings=12,
                width=2 * np.pi * radius / count * 1.25 / k, thick=0.30 * radius / k,
                root=0.6, peak=0.35, tip=1.7, tone=tone(head.rng),
            )
        )  # fmt: skip
    core = solids.ball(at, 0.93 * radius, "hair", flat)
    core.positions = at + (core.positions - at) @ frame.T
    return locks, [core]


def tail(
    head: Head, at: Floats, direction: Floats, name: str, *,
    count: int = 12, length: float = 0.4, rise: float = 0.05, spread: float = 0.020,
    width: float = 0.046, wave: float = 0.004, turns: float = 1.0, curl: float = 0.1,
    lean: tuple[float, float] = (-0.05, -0.02), chains: int = 3, tip: float = 1.8,
) -> list[Lock]:  # fmt: skip
    """Return a bundle of hair that springs from ``at`` in ``direction`` and falls.

    ``rise`` is how far it stands off before it falls, ``spread`` its radius (metres).
    ``name`` (without ``-``) tells its chains from those of other tails.
    """
    rng, k = head.rng, head.scale
    d = unit(direction)
    right = unit(np.cross([0.0, 1.0, 0.0], d) + np.array([1e-6, 0.0, 0.0]))
    up = np.cross(d, right)
    out = []
    n = head.dials.count("tail", count)
    for i in range(n):
        rho, phi = np.sqrt((i + 0.5) / n), GOLDEN * i
        off = (np.cos(phi) * right + np.sin(phi) * up) * rho * spread * k
        line = np.array(
            [at - 0.010 * k * d + 0.4 * off, at + 0.010 * k * d + 0.65 * off,
             at + 0.5 * rise * k * d + 1.05 * off, at + rise * k * d + 1.2 * off]
        )  # fmt: skip
        number = int(np.clip((np.cos(phi) * rho + 1) / 2 * chains, 0, chains - 1))
        out.append(
            Lock(
                line=line, facing=_triple(unit(off + 0.15 * spread * k * up)), group="tail",
                width=width * (1 + wobble(rng, 0.12)), thick=0.34 * width,
                hang=length * (1.0 - 0.16 * (1 - rho) * float(rng.random())),
                lean=lean, flare=0.02 * rho, curl=curl, wave=wave, turns=turns,
                phase=0.6 * phi, root=0.5, peak=0.42, tip=tip, rings=18, clear=0.014,
                chain=f"tail-{name}{number}", tone=tone(rng),
            )
        )  # fmt: skip
    for i in range(4):
        phi = GOLDEN * (i + 0.5) * 2
        off = (np.cos(phi) * right + np.sin(phi) * up) * spread * k
        line = np.array(
            [at, at + 0.5 * rise * k * d + 1.3 * off, at + rise * k * d + 1.5 * off]
        )
        number = int(np.clip((np.cos(phi) + 1) / 2 * chains, 0, chains - 1))
        out.append(
            Lock(
                line=line, facing=_triple(unit(off)), group="tail", width=0.012, thick=0.004,
                hang=length * (0.72 + 0.25 * float(rng.random())), lean=lean, flare=0.06,
                curl=curl, wave=wave, turns=turns, phase=0.6 * phi + 0.3, tip=1.2, rings=16,
                clear=0.016, chain=f"tail-{name}{number}",
            )
        )  # fmt: skip
    return out


def braid(
    head: Head, path: Floats, width: float, name: str, *, front: Floats, count: int = 14
) -> list[Lock]:
    """Return a plait along ``path`` (n, 3), metres, on the chain ``name``, with a tuft.

    ``front`` is the direction in which its pattern looks.
    """
    k, w0 = head.scale, width
    dense = spline(path, 200)
    along = np.gradient(dense, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    face = front - np.sum(along * front, axis=1, keepdims=True) * along
    face /= np.linalg.norm(face, axis=1, keepdims=True)
    side = np.cross(along, face)

    def place(t: float, x: float, z: float) -> Floats:
        i = int(np.clip(t, 0, 1) * 199)
        w = w0 * k * (1.0 - 0.40 * t)
        return dense[i] + side[i] * x * w + face[i] * z * w

    out = []
    h = 1.0 / (count + 1)
    for j in range(count):
        t, s = j * h, 1.0 if j % 2 else -1.0
        i = int(np.clip(t, 0, 1) * 199)
        for turn in (1.0, -1.0):
            line = np.array(
                [place(t - 0.2 * h, -0.30 * s, 0.12 * turn),
                 place(t + 0.35 * h, 0.22 * s, 0.30 * turn),
                 place(t + 1.00 * h, 0.40 * s, 0.24 * turn),
                 place(t + 1.70 * h, 0.14 * s, 0.10 * turn),
                 place(t + 2.10 * h, -0.10 * s, 0.0)]
            )  # fmt: skip
            looks = face[i] * turn + side[i] * s * 0.55
            out.append(
                Lock(
                    line=line, facing=_triple(looks), group="tail", rings=10,
                    width=0.62 * w0 * (1 - 0.40 * t), thick=0.34 * w0 * (1 - 0.40 * t),
                    root=0.45, peak=0.5, tip=2.2, chain=name,
                    span=(max(0.0, t - 0.2 * h), min(1.0, t + 2.1 * h)),
                    tone=tone(head.rng),
                )
            )  # fmt: skip
    end, down = dense[-1], along[-1]
    for i in range(7):
        phi = 2 * np.pi * i / 7
        off = np.cos(phi) * side[-1] + np.sin(phi) * face[-1]
        line = np.array([end - 0.012 * k * down, end + 0.25 * w0 * k * off + 0.014 * k * down,
                         end + 0.045 * k * down + 0.18 * w0 * k * off])  # fmt: skip
        out.append(
            Lock(line=line, facing=_triple(off), group="tail", width=0.42 * w0,
                 thick=0.16 * w0, root=0.5, peak=0.4, tip=1.6, rings=9, chain=name,
                 span=(0.9, 1.0), tone=tone(head.rng))
        )  # fmt: skip
    return out


def wrap(
    at: Floats, normal: Floats, radius: float, height: float, kind: str = "hair"
) -> solids.Solid:
    """Return a band around the base of a tail: of hair, ``ornament`` or ``ribbon``."""
    ring = solids.band(at, normal, radius, height, 0.22 * height)
    ring.material = kind
    return ring
