"""Tails and plaits."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair import solids
from cyberdirector.character.hair.build import Head, Style
from cyberdirector.character.hair.hairline import PEAKED, ROUND, HairLine
from cyberdirector.character.hair.knots import braid, tail, unit, wrap
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.parts import SPRINGS, swept, tone, way
from cyberdirector.character.hair.shell import Spot
from cyberdirector.character.hair.styles.fronts import (
    cheek_locks,
    curtain,
    full_fringe,
    side_fringe,
    whiskers,
    wisps,
)

AROUND = tuple(
    s * a for a in (3, 12, 24, 36, 50, 64, 78, 92, 106, 120, 134, 148, 164) for s in (1, -1)
)
"""Azimuths of hair combed from all sides to one knot."""


def gathered(head: Head, line: HairLine, knot: Spot, **more: float) -> list[Lock]:
    """Return all hair combed to one knot, twice: broad locks and thinner ones on them."""
    shell, rng = head.shell, head.rng
    locks = swept(shell, rng, line, knot, (*AROUND, 180), width=0.040, lift=0.007, **more)
    over = [a + 7 for a in AROUND[::2]] + [-a - 7 for a in AROUND[::2]]
    return locks + swept(shell, rng, line, knot, over, width=0.018, lift=0.010, **more)


PARTED = ((0, 44), (0, 58), (0, 74), (180, 84), (180, 66), (180, 48), (180, 30), (180, 12),
          (180, -6), (180, -24))  # fmt: skip
"""Spots of a parting from the forehead to the nape, degrees."""

ASIDE = (18, 30, 42, 54, 66, 78, 92, 106, 120, 134, 148, 163)
"""Azimuths of one side of the hairline, degrees."""


def half(head: Head, sign: int, knot: Spot, last: float = 180.0) -> list[Lock]:
    """Return the hair of one half of the head, back to ``last`` degrees, combed to a knot."""
    shell, rng = head.shell, head.rng
    own = [sign * az for az in ASIDE if az < last]
    locks = swept(shell, rng, ROUND, knot, own, width=0.040, lift=0.007, gap=3)
    thin = [az + 6 * sign for az in own[::2]]
    locks += swept(shell, rng, ROUND, knot, thin, width=0.016, lift=0.010, gap=3)
    for az, el in PARTED:
        if az > last or (last < 180.0 and el < 40.0):
            continue
        root = (az + sign * 1.2 / max(np.cos(np.radians(el)), 0.2), el)
        path = way(shell, root, shell.along(root, knot, 0.95),
                   ((0, 0.002), (0.15, 0.006), (0.5, 0.0085), (1, 0.008)))  # fmt: skip
        locks.append(
            Lock(path=path, width=0.042, thick=0.009, root=0.25, peak=0.45, tip=5.0, rings=13,
                 tone=tone(rng))
        )  # fmt: skip
    return locks


def ponytail(head: Head) -> Style:
    """High ponytail with a bow, full fringe and locks beside the cheeks."""
    shell = head.shell
    knot = head.knot(180.0, 42.0)
    locks = gathered(head, ROUND, knot)
    at = shell.at(*knot, 0.012)
    up = unit(at - shell.centre)
    locks += tail(head, at, up, "a", length=0.40, rise=0.040)
    for sign in (-1, 1):
        locks += cheek_locks(head, sign, 0.17)
    parts = [wrap(at + 0.002 * up, up, 0.17 * shell.size, 0.018, "ribbon")]
    over = unit(np.array([0.0, -up[2], up[1]]))
    parts += solids.bow(at + 0.020 * up + 0.030 * over, over + 0.3 * up, 0.054)
    return Style([*locks, *full_fringe(head)], ROUND, parts)


def high_ponytail(head: Head) -> Style:
    """A warrior's high tail in a metal clasp, two wings beside the face."""
    shell = head.shell
    knot = head.knot(180.0, 66.0)
    locks = gathered(head, PEAKED, knot, puff=0.004)
    at = shell.at(*knot, 0.014)
    up = unit(at - shell.centre)
    locks += tail(head, at + 0.02 * up, up + np.array([0.0, 0.0, -0.35]), "a", length=0.52,
                  rise=0.045, spread=0.022, width=0.050, count=13)  # fmt: skip
    for sign in (-1, 1):
        locks += whiskers(head, sign, 0.22) + wisps(head, sign)
    clasp = solids.crown(at - 0.004 * up, up, 0.24 * shell.size, 0.026)
    return Style(locks, PEAKED, clasp)


def low_ponytail(head: Head) -> Style:
    """Low ponytail at the nape, fringe swept to the side."""
    shell = head.shell
    knot = head.knot(180.0, -16.0)
    locks = gathered(head, ROUND, knot)
    at = shell.at(*knot, 0.012)
    out = unit(at - shell.centre)
    locks += tail(head, at, out - np.array([0.0, 1.0, 0.0]), "a", length=0.36, rise=0.024,
                  spread=0.016, width=0.036, lean=(0.0, -0.08))  # fmt: skip
    for sign in (-1, 1):
        locks += wisps(head, sign, 0.10)
    parts = [wrap(at + 0.004 * out, out, 0.15 * shell.size, 0.014, "ribbon")]
    return Style([*locks, *side_fringe(head, 24.0, 0.004)], ROUND, parts)


def twin_tails(head: Head) -> Style:
    """Two high tails with bows, full fringe."""
    shell = head.shell
    locks, parts = [], []
    for sign in (-1, 1):
        knot = head.knot(sign * 122.0, 36.0)
        locks += half(head, sign, knot)
        at = shell.at(*knot, 0.010)
        out = unit(at - shell.centre)
        side = "l" if sign > 0 else "r"
        locks += tail(head, at, out + np.array([-0.05 * sign, -1.30, -0.1]), side, length=0.44,
                      rise=0.020, spread=0.017, width=0.044, count=9, chains=2,
                      lean=(-0.02, 0.02), curl=0.0)  # fmt: skip
        parts.append(wrap(at + 0.002 * out, out, 0.15 * shell.size, 0.016, "ribbon"))
        parts += solids.bow(at + 0.014 * out + np.array([0, 0.012, 0.010]),
                            np.array([sign * 0.7, 0.5, 0.6]), 0.046)  # fmt: skip
        locks += cheek_locks(head, sign, 0.15)
    return Style([*locks, *full_fringe(head)], ROUND, parts)


def side_braid(head: Head) -> Style:
    """A plait over the left shoulder, wings beside the face."""
    shell, k = head.shell, head.scale
    knot = (124.0, -24.0)
    locks = gathered(head, ROUND, knot)
    at = shell.at(*knot, 0.012)
    chin, neck = shell.chin, shell.neck
    front = np.array([0.068 * k, neck[1] - 0.075 * k, 0.0])
    path = np.array(
        [at, at + np.array([0.008, -0.035, 0.012]) * k,
         [0.088 * k, chin[1] - 0.040 * k, at[2] + 0.045 * k],
         front + np.array([0.004, 0.0, chin[2] - 0.010 * k]),
         front + np.array([0.0, -0.13 * k, chin[2] + 0.012 * k]),
         front + np.array([-0.006, -0.24 * k, chin[2] + 0.006 * k])]
    )  # fmt: skip
    path[2:] = shell.push_out(path[2:], 0.030 * k)
    locks += braid(head, path, 0.052, "braid-a", front=np.array([0.35, 0.1, 1.0]), count=15)
    for sign in (-1, 1):
        locks += curtain(head, sign, 0.16, part=8.0, root=44.0)
    springs = {**SPRINGS, "braid": (1.2, 0.5, 0.55)}
    return Style(locks, ROUND, [], springs, {"braid-a": path}, {"braid-a": 0.34})


TIED = {
    "high_ponytail": high_ponytail,
    "twin_tails": twin_tails,
    "ponytail": ponytail,
    "low_ponytail": low_ponytail,
    "side_braid": side_braid,
}
