"""Hair put up, wholly or in part."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair import solids
from cyberdirector.character.hair.build import Head, Style
from cyberdirector.character.hair.hairline import HIGH, PEAKED, ROUND, SQUARE
from cyberdirector.character.hair.knots import bun, unit, wrap
from cyberdirector.character.hair.lock import Lock, spline
from cyberdirector.character.hair.parts import Parting, cover, mantle, ring_of, swept
from cyberdirector.character.hair.styles.fronts import (
    airy_fringe,
    curtain,
    side_fringe,
    whiskers,
    wisps,
)
from cyberdirector.character.hair.styles.tied import gathered, half

UPPER = tuple(s * a for a in (6, 18, 30, 42, 54, 66, 80, 94, 108) for s in (1, -1))
BEHIND = tuple(range(108, 253, 16))
"""Azimuths of the back of the head, degrees."""

RIGHT = np.array([1.0, 0.0, 0.0])

DEEP = 0
"""Column of the texture for the locks below."""


def _loose_back(
    head: Head, length: float, root: float = 50.0, count: int = 11, low: float = 118.0
) -> list[Lock]:
    """Return the hanging hair under what is put up."""
    part = Parting(head.shell, 180.0, root - 6, (180, root))
    n = head.dials.count("back", count)
    under = ring_of(n, low + 2, odd=True)
    locks = mantle(part, head.rng, under, hang=length * 0.95, width=0.060, lift=0.002,
                   chains=4, clear=0.009, tone=DEEP)  # fmt: skip
    locks += mantle(part, head.rng, ring_of(n, low), hang=length, width=0.052, lift=0.007,
                    chains=4, clear=0.013)  # fmt: skip
    return locks + mantle(part, head.rng, ring_of(6, low + 8, odd=True), hang=length * 0.88,
                          width=0.016, lift=0.011, chains=4, clear=0.015, tip=1.3,
                          uneven=0.14)  # fmt: skip


def half_up_bun(head: Head) -> Style:
    """Long loose hair, the upper part in a bun with pins, soft locks beside the face."""
    shell = head.shell
    locks = _loose_back(head, 0.50)
    locks += swept(shell, head.rng, PEAKED, (180, 60), UPPER, lift=0.008)
    locks += cover(shell, head.rng, BEHIND, 30.0, (180, 60))
    for sign in (-1, 1):
        locks += curtain(head, sign, 0.26) + wisps(head, sign, 0.09)
    top = shell.at(180, 63, 0.006)
    up = unit(top - shell.centre)
    r = 0.40 * shell.size
    heart = top + up * 0.50 * r
    wound, parts = bun(head, heart, up, r)
    locks += wound
    for sign, drop in ((1, 0.0), (-1, 0.35)):
        tip = heart + sign * RIGHT * 1.75 * r + up * (0.45 - drop) * r
        parts.append(solids.pin(tip, heart - sign * RIGHT * 1.35 * r - up * 0.10 * r))
        parts.append(solids.ball(tip, 0.0058))
        parts += solids.dangle(tip - sign * RIGHT * 0.004, 0.05)
    front = heart + np.array([0.0, 0.10 * r, 0.98 * r])
    parts += solids.flower(front, np.array([0, 0.45, 1.0]), 0.018)
    return Style(locks, PEAKED, parts)


def high_bun(head: Head) -> Style:
    """All hair up in a tall bun of coils with flowers, combs and hanging beads."""
    shell = head.shell
    knot = (180.0, 72.0)
    locks = gathered(head, PEAKED, knot, puff=0.010)
    top = shell.at(*knot, 0.010)
    up = unit(np.array([0.0, 1.0, -0.28]))
    r = 0.44 * shell.size
    first, parts = bun(head, top + up * 0.50 * r, up, r, flat=0.85, count=10)
    second, more = bun(head, top + up * 1.35 * r - RIGHT * 0.10 * r, unit(up + 0.12 * RIGHT),
                       0.74 * r, flat=1.0, count=8)  # fmt: skip
    locks += [*first, *second]
    parts += more
    front = np.array([0, 0.35, 1.0])
    heart = top + up * 0.55 * r
    parts += solids.flower(heart + np.array([0, 0.55 * r, 0.80 * r]), front, 0.021, 6)
    for sign in (-1, 1):
        parts += solids.flower(heart + np.array([sign * 0.66 * r, 0.38 * r, 0.72 * r]),
                               np.array([sign * 0.5, 0.2, 1.0]), 0.012)  # fmt: skip
        tip = heart + sign * RIGHT * 2.0 * r + up * 0.10 * r
        parts.append(solids.pin(tip, heart - sign * RIGHT * 0.3 * r, 0.0030))
        parts += solids.flower(tip, np.array([sign * 0.6, 0.1, 1.0]), 0.013)
        parts += solids.dangle(tip - np.array([0, 0.006, 0]), 0.060)
        parts += solids.dangle(tip - np.array([sign * 0.010, 0.004, 0]), 0.044)
    parts += solids.comb(shell.at(0, 54, 0.024), np.array([0.0, 0.75, 0.66]), 0.030)
    for sign in (-1, 1):
        locks += wisps(head, sign, 0.10)
    return Style(locks, PEAKED, parts)


def topknot_crown(head: Head) -> Style:
    """A man's topknot in a small crown, long hair behind, loose locks at the temples."""
    shell = head.shell
    locks = _loose_back(head, 0.46, 44.0, low=134.0)
    locks += swept(shell, head.rng, SQUARE, (180, 82), UPPER, lift=0.008, puff=0.003)
    over = tuple(a + 6 for a in UPPER[::2]) + tuple(-a - 6 for a in UPPER[::2])
    locks += swept(shell, head.rng, SQUARE, (180, 82), over, width=0.016, lift=0.011)
    locks += cover(shell, head.rng, BEHIND, 30.0, (180, 82))
    for sign in (-1, 1):
        locks += whiskers(head, sign, 0.22) + wisps(head, sign, 0.09)
    knot, parts = _topknot(head, 0.27, crowned=True)
    return Style(locks + knot, SQUARE, parts)


def _topknot(
    head: Head, size: float, *, crowned: bool
) -> tuple[list[Lock], list[solids.Solid]]:
    """Return a small knot on the crown, in a crown or in a band, with a pin."""
    shell = head.shell
    top = shell.at(180, 82, 0.004)
    up = unit(np.array([0.0, 1.0, -0.16]))
    r = size * shell.size
    locks, parts = bun(head, top + up * 1.0 * r, up, r, flat=1.25, count=7, turns=0.35)
    if crowned:
        parts += solids.crown(top - up * 0.15 * r, up, 1.12 * r, 0.95 * r)
    else:
        parts.append(wrap(top - up * 0.05 * r, up, 0.95 * r, 0.5 * r, "ribbon"))
    at = top + up * 0.75 * r
    parts.append(solids.pin(at + RIGHT * 2.4 * r, at - RIGHT * 2.2 * r, 0.0032))
    parts.append(solids.ball(at + RIGHT * 2.4 * r, 0.0052, "ornament"))
    return locks, parts


def old_bun(head: Head) -> Style:
    """An elder's topknot held by a band and a pin, everything combed up."""
    locks = gathered(head, HIGH, (180.0, 82.0))
    for sign in (-1, 1):
        locks += wisps(head, sign, 0.10)
    knot, parts = _topknot(head, 0.24, crowned=False)
    return Style(locks + knot, HIGH, parts)


def boy_topknot(head: Head) -> Style:
    """A boy's knot on the crown with a ribbon, light fringe, loose hair at the nape."""
    shell = head.shell
    low = Parting(shell, 180.0, 20.0, (180, 30))
    locks = mantle(low, head.rng, ring_of(9, 118), hang=0.12, width=0.050, lift=0.005, el=-14,
                   tip=1.5, curl=-0.3, clear=0.006, uneven=0.15)  # fmt: skip
    locks += swept(shell, head.rng, ROUND, (180, 78), (*UPPER, 122, -122, 138, -138, 160, -160),
                   lift=0.008)  # fmt: skip
    knot, parts = _topknot(head, 0.28, crowned=False)
    parts = parts[:2]
    top = shell.at(180, 82, 0.010)
    parts += solids.bow(top + np.array([0.0, 0.004, 0.030]), np.array([0, 0.3, 1.0]), 0.040)
    for sign in (-1, 1):
        locks += wisps(head, sign, 0.09)
    return Style([*locks, *knot, *airy_fringe(head)], ROUND, parts)


def double_bun(head: Head) -> Style:
    """Two buns above the ears, parted in the middle, with a light fringe."""
    shell = head.shell
    locks, parts = [], []
    for sign in (-1, 1):
        locks += half(head, sign, (sign * 100.0, 50.0))
        top = shell.at(sign * 100, 50, 0.004)
        up = unit(top - shell.centre)
        r = 0.36 * shell.size
        wound, core = bun(head, top + up * 0.55 * r, up, r, flat=0.85)
        locks += wound + wisps(head, sign, 0.12)
        parts += core
        parts += solids.bow(top + up * 0.62 * r + np.array([0.0, -0.35 * r, 1.06 * r]),
                            np.array([sign * 0.6, 0.1, 1.0]), 0.030, 2.2)  # fmt: skip
        parts += solids.flower(top + up * 0.95 * r + np.array([0.0, 0.30 * r, 0.95 * r]),
                               np.array([sign * 0.4, 0.2, 1.0]), 0.012)  # fmt: skip
    return Style([*locks, *airy_fringe(head)], ROUND, parts)


def chuigua(head: Head) -> Style:
    """Two looped buns that hang beside the head, light fringe, loose hair behind."""
    shell, k = head.shell, head.scale
    locks, parts = _loose_back(head, 0.36, 40.0, 9), []
    for sign in (-1, 1):
        knot = (sign * 98.0, 44.0)
        locks += half(head, sign, knot, 112)
        top = shell.at(*knot, 0.006)
        out = unit(top - shell.centre)
        r = 0.20 * shell.size
        wound, core = bun(head, top + 0.4 * r * out, out, r, count=7)
        locks += wound
        parts += core
        side = np.array([float(sign), 0.0, 0.0])
        for i, (wide, drop, deep) in enumerate(((0.040, 0.110, 0.0), (0.030, 0.085, 0.012))):
            t = np.linspace(0, 1, 9)
            angle = 2 * np.pi * t
            ring = (
                top + out * 0.012 * k
                + np.outer(wide * k * np.sin(angle), [0.35 * sign, 0.0, 0.94])
                - np.outer(0.5 * drop * k * (1 - np.cos(angle)), [0.0, 1.0, 0.0])
                + np.outer(0.5 * (1 - np.cos(angle)), side) * (0.020 + deep) * k
            )  # fmt: skip
            thick = 0.0085 * k * (1.0 - 0.15 * i) * (0.8 + 0.5 * np.sin(np.pi * t) ** 2)
            path = spline(ring, 24)
            p, tri, uv = solids.tube(path, np.interp(np.linspace(0, 1, 24), t, thick), 9)
            uv = np.stack([(uv[:, 0] * 2) % 1.0, uv[:, 1]], 1)
            parts.append(solids.Solid("loop", p, tri, uv, "hair"))
        parts += solids.flower(top + out * 0.85 * r + np.array([0, 0, 0.55 * r]),
                               out + np.array([0, 0, 0.8]), 0.015)  # fmt: skip
        parts += solids.dangle(top + out * 0.9 * r + np.array([0, -0.2 * r, 0.8 * r]), 0.05)
        locks += wisps(head, sign, 0.16)
    return Style([*locks, *airy_fringe(head)], ROUND, parts)


def office_updo(head: Head) -> Style:
    """Low chignon, side-swept fringe, everything tidy."""
    shell = head.shell
    knot = (180.0, -4.0)
    locks = gathered(head, ROUND, knot)
    locks += side_fringe(head, 24.0, -0.002)
    for sign in (-1, 1):
        locks += wisps(head, sign, 0.11)
    at = shell.at(*knot, 0.010)
    out = unit(at - shell.centre)
    r = 0.40 * shell.size
    wound, parts = bun(head, at + out * 0.35 * r, out, r, flat=0.7, turns=0.7)
    heart = at + out * 0.55 * r
    parts.append(
        solids.pin(heart + RIGHT * 1.5 * r + np.array([0, 0.4 * r, 0]),
                   heart - RIGHT * 1.15 * r - np.array([0, 0.1 * r, 0]), 0.0022)
    )  # fmt: skip
    parts.append(solids.ball(heart + RIGHT * 1.5 * r + np.array([0, 0.4 * r, 0]), 0.005))
    return Style(locks + wound, ROUND, parts)


UPDO = {
    "double_bun": double_bun,
    "chuigua": chuigua,
    "high_bun": high_bun,
    "half_up_bun": half_up_bun,
    "topknot_crown": topknot_crown,
    "old_bun": old_bun,
    "boy_topknot": boy_topknot,
    "office_updo": office_updo,
}
