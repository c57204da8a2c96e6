"""Moustaches and beards: locks that start from the skin of the face."""

from __future__ import annotations

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
    """Return two wings of fine locks over the mouth that droop beside it."""
    drop, reach = (0.050, 0.022) if kind == "beard_long" else (0.017, 0.026)
    t = np.linspace(0, 1, 14)
    out = np.sin(0.5 * np.pi * np.minimum(t * 1.6, 1))
    lines, locks = [], []
    for sign in (-1.0, 1.0):
        for layer, (share, width, high) in enumerate(_WING):
            x = sign * k * (0.0010 + reach * share * out)
            fall = drop * share * np.clip(t - 0.40, 0, 1) ** 1.25 * 1.7
            arch = 0.0016 * np.sin(np.pi * np.minimum(2.2 * t, 1)) - 0.008 * t
            # All locks of a wing run together in one tip.
            y = lips[1] + (0.0086 + (high - 0.0086) * (1.0 - t) + arch - fall) * k
            line = np.stack([x, y, np.full(14, lips[2] + 0.02)], axis=1)
            line = _on_skin(shell, line, (0.0006 + 0.0004 * layer) * k)
            lines.append(_hanging(shell, line, lips))
            locks.append(
                Lock(width=width, thick=0.0013, root=0.22, peak=0.34, tip=1.2, rings=13,
                     tone=(1, 0, 2, 1)[layer])
            )  # fmt: skip
    return lines, locks


_WING = ((1.0, 0.0052, 0.0090), (0.93, 0.0046, 0.0078), (0.97, 0.0036, 0.0101),
         (0.86, 0.0030, 0.0069))  # fmt: skip
"""Locks of one half of a moustache: share of its reach, width, height over the lips."""


def _hanging(shell: Shell, line: Floats, lips: Floats) -> Floats:
    """Return a line along the skin that hangs straight down where the chin ends."""
    chin = shell.chin[1] + 0.10 * (lips[1] - shell.chin[1])
    below = line[:, 1] < chin
    if not below.any():
        return line
    out = line.copy()
    last = max(int(np.argmax(below)) - 1, 0)
    out[below, 2] = out[last, 2] - 0.12 * (out[last, 1] - out[below, 1])
    return out


_ROWS = ((0.30, 0.74, 0.0), (0.12, 0.90, 0.5), (-0.02, 1.0, 0.0))
"""Rows of a beard: height of the roots from chin (0) to lips, share of the length, shift."""


def _chin(
    shell: Shell, lips: Floats, chin: Floats, k: float, length: float, rng: np.random.Generator
) -> tuple[list[Floats], list[Lock]]:
    """Return tapering locks from the chin and along the jaw, uneven at their ends."""
    lines, locks = [], []
    wide = length > 0.1
    reach, count = (0.030, 9) if wide else (0.012, 6)
    t = np.linspace(0, 1, 14)[:, None]
    for row, (height, share, shift) in enumerate(_ROWS):
        places = np.linspace(-1, 1, count) + shift * 2.0 / (count - 1)
        for i, a in enumerate(places[: count - (shift > 0)]):
            x = a * reach * k
            rise = (0.013 * a * a if wide else 0.0) * k
            y = chin[1] + (lips[1] - chin[1]) * height + rise
            start = np.array([[x, y, lips[2] + 0.02]])
            top = _on_skin(shell, start, 0.0008)[0]
            uneven = 1.0 + 0.10 * float(np.clip(rng.normal(), -2, 2))
            fall = length * share * k * (1 - 0.50 * a * a) * uneven
            end = np.array([x * 0.42, top[1] - fall, top[2] - 0.002 * k - 0.10 * fall])
            bow = np.array([0.10 * x, 0.0, 0.012 * fall])
            sway = np.array([0.0022 * k, 0.0, 0.0]) * np.sin(5.0 * t + 1.7 * i + row) * t
            lines.append(top + (end - top) * t + bow * np.sin(np.pi * t**0.7) + sway)
            locks.append(
                Lock(width=0.0125 if wide else 0.0068, thick=0.0042 if wide else 0.0026,
                     root=0.45 - 0.25 * abs(a), peak=0.30, tip=1.2, rings=13,
                     tone=int(rng.integers(3)))
            )  # fmt: skip
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
