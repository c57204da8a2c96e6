"""Moustaches and beards: locks that start from the skin of the face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cyberdirector.character.hair.lock import Lines, Lock, line_of
from cyberdirector.character.hair.loft import Strands, loft_lines
from cyberdirector.character.hair.shell import Shell

Floats = NDArray[np.float64]

BEARDS = ("moustache", "goatee", "beard_long")


def beard(
    shell: Shell, lips: Floats, chin: Floats, kind: str, rng: np.random.Generator
) -> Strands:
    """Return the locks of a beard.

    Parameters
    ----------
    lips, chin
        Middle of the lips and lowest point of the chin, (3,) metres.
    kind
        One of :data:`BEARDS`; every kind has the moustache.
    """
    k = shell.size / 0.1
    lines, locks = _moustache(shell, lips, k, kind)
    if kind != "moustache":
        length = 0.16 if kind == "beard_long" else 0.042
        more, also = _chin(shell, lips, chin, k, length, rng)
        lines, locks = lines + more, locks + also
    ringed = [line_of(line, lock.rings) for line, lock in zip(lines, locks, strict=True)]
    found = Lines([p for p, _ in ringed], [s for _, s in ringed], np.full(len(lines), 0.35))
    return loft_lines(shell, locks, found)


def _moustache(
    shell: Shell, lips: Floats, k: float, kind: str
) -> tuple[list[Floats], list[Lock]]:
    """Return two wings over the mouth that droop beside it."""
    drop = 0.060 if kind == "beard_long" else 0.016
    t = np.linspace(0, 1, 12)
    lines, locks = [], []
    for sign in (-1.0, 1.0):
        for layer, (reach, width, high) in enumerate(
            ((1.0, 0.0075, 0.0095), (0.78, 0.0065, 0.0078), (0.90, 0.0040, 0.0108))
        ):
            x = (
                sign
                * k
                * (0.0012 + 0.027 * reach * np.sin(0.5 * np.pi * np.minimum(t * 1.5, 1)))
            )
            fall = drop * reach * np.clip(t - 0.42, 0, 1) ** 1.3 * 1.6
            y = (
                lips[1]
                + (high + 0.0015 * np.sin(np.pi * np.minimum(2 * t, 1)) - 0.009 * t - fall) * k
            )
            line = np.stack([x, y, np.full(12, lips[2] + 0.02)], axis=1)
            lines.append(_on_skin(shell, line, (0.0014 + 0.0008 * layer) * k))
            locks.append(
                Lock(width=width, thick=0.0026, root=0.25, peak=0.38, tip=1.35, rings=12,
                     tone=(1, 0, 2)[layer])
            )  # fmt: skip
    return lines, locks


def _chin(
    shell: Shell, lips: Floats, chin: Floats, k: float, length: float, rng: np.random.Generator
) -> tuple[list[Floats], list[Lock]]:
    """Return tapering locks from the chin and along the jaw."""
    lines, locks = [], []
    base = Lock(width=0.020, thick=0.006, root=0.35, peak=0.35, tip=1.4, rings=13)
    wide = length > 0.1
    places = np.linspace(-1, 1, 9 if wide else 6)
    for row, (height, share) in enumerate(((0.25, 0.82), (0.0, 1.0))):
        for i, a in enumerate(places):
            x = a * (0.026 if wide else 0.012) * k
            y = chin[1] + (lips[1] - chin[1]) * height + (0.016 * a * a if wide else 0.0) * k
            start = np.array([[x, y, lips[2] + 0.02]])
            top = _on_skin(shell, start, 0.001)[0]
            fall = length * share * k * (1 - 0.42 * abs(a)) + float(rng.normal()) * 0.004
            t = np.linspace(0, 1, 13)[:, None]
            end = np.array([x * 0.35, top[1] - fall, top[2] - 0.006 * k])
            bow = np.array([0.0, 0.0, 0.014 * k]) * np.sin(np.pi * np.minimum(t * 1.2, 1))
            line = top + (end - top) * t + bow * (1.2 if wide else 0.6)
            lines.append(line)
            locks.append(replace(base, tone=(i + row) % 3, width=0.018 if wide else 0.0085))
    return lines, locks


def _on_skin(shell: Shell, line: Floats, clearance: float) -> Floats:
    """Return a line moved onto the skin from the front."""
    front = shell.skin[:, 2] > shell.centre[2]
    skin = shell.skin[front]
    out = line.copy()
    for i, point in enumerate(line):
        near = np.argpartition(np.hypot(skin[:, 0] - point[0], skin[:, 1] - point[1]), 6)[:6]
        out[i, 2] = skin[near, 2].max() + clearance
    return out
