"""Hairstyles of today."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair import solids
from cyberdirector.character.hair.build import Style
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.parts import (
    FRINGED,
    SWEPT,
    back,
    crown,
    fringe,
    side_lock,
    swept,
    wobble,
)
from cyberdirector.character.hair.shell import Shell
from cyberdirector.character.hair.spec import HairSpec

FULL_BANGS = (
    (-58, -0.014, 0.036), (-45, -0.002, 0.038), (-32, 0.004, 0.037), (-19, 0.002, 0.036),
    (-7, 0.007, 0.033), (5, 0.001, 0.035), (17, 0.006, 0.035), (30, 0.002, 0.037),
    (43, 0.000, 0.038), (56, -0.012, 0.037),
)  # fmt: skip

OVER_BANGS = (
    (-38, 0.012, 0.034), (-14, 0.015, 0.034), (-1, 0.009, 0.034), (12, 0.014, 0.034),
    (36, 0.011, 0.034),
)  # fmt: skip


def long_straight(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Long straight hair with a full fringe."""
    length = 0.42 * spec.length
    locks = back(rng, 11, length, lift=0.010, width=0.060)
    locks += back(rng, 9, length * 0.92, spread=78, root=70, lift=0.020, width=0.054, edge=-5)
    locks += crown(rng, 13)
    for sign in (-1, 1):
        side = "left" if sign > 0 else "right"
        locks += [
            side_lock(sign, 60, -12, 0.13, 0.024, root=26, lift=0.020),
            side_lock(
                sign, 70, -6, 0.30 * spec.length, 0.036, root=36, chain=f"side-{side}",
                lean=(-0.14, 0.22),
            ),
            side_lock(sign, 82, -8, 0.10, 0.042, root=48, curl=0.3),
            side_lock(sign, 95, -8, 0.11, 0.046, root=64, curl=0.3, lean=(-0.05, -0.1)),
            side_lock(sign, 108, -8, 0.12, 0.048, root=84, curl=0.2, lean=(-0.1, -0.1)),
        ]  # fmt: skip
    locks += fringe(shell, rng, FULL_BANGS)
    locks += fringe(shell, rng, OVER_BANGS, root=72, lift=0.026, sharp=2.8)
    springs = {"back": (0.9, 0.35, 0.5), "side": (0.9, 0.35, 0.5)}
    return Style(locks, FRINGED, springs=springs)


def bob(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Chin-length bob, ends turned in."""
    length = 0.10 * spec.length
    locks = back(
        rng, 13, length, spread=112, lift=0.016, width=0.056, curl=1.1, sharp=5.0, chains=0,
        flare=0.22, shorten=0.0,
    )  # fmt: skip
    locks += back(
        rng, 11, length * 0.8, spread=108, root=72, lift=0.026, width=0.050, edge=2, curl=1.0,
        sharp=4.0, chains=0, flare=0.22, shorten=0.0,
    )  # fmt: skip
    locks += crown(rng, 13)
    for sign in (-1, 1):
        for az, el, hang, width in (
            (59, -14, 0.075, 0.030), (70, -8, 0.085, 0.038), (84, -6, 0.095, 0.044),
            (98, -6, 0.10, 0.046),
        ):  # fmt: skip
            locks.append(
                side_lock(
                    sign,
                    az,
                    el,
                    hang * spec.length,
                    width,
                    root=24 + 0.5 * (az - 56),
                    lift=0.020,
                    lean=(0.0, 0.02),
                    flare=0.20,
                    curl=1.0,
                    sharp=3.4,
                    tone=int(rng.integers(0, 3)),
                )
            )
    locks += fringe(shell, rng, FULL_BANGS)
    locks += fringe(shell, rng, OVER_BANGS, root=72, lift=0.026, sharp=2.8)
    return Style(locks, FRINGED)


def _short_back(rng: np.random.Generator, lively: float) -> list[Lock]:
    """Return three layers of short locks over back and sides; ``lively`` 0 neat … 1 wild."""
    locks: list[Lock] = []
    rows = (
        (48, -27, 12, 0.011, 0.022), (64, -8, 11, 0.018, 0.026), (78, 14, 10, 0.025, 0.016),
        (88, 38, 8, 0.030, 0.0),
    )  # fmt: skip
    for row, (el0, el1, count, lift, hang) in enumerate(rows):
        for i in range(count):
            az = 180 + (i - (count - 1) / 2 + 0.25 * (row % 2)) * 228 / (count - 1)
            kick = (7 if i % 2 else -7) * lively
            locks.append(
                Lock(
                    root=(az + wobble(rng, 4), el0),
                    tip=(az + wobble(rng, 5) * lively + kick, el1 + wobble(rng, 5) * lively),
                    width=0.046,
                    thick=0.014,
                    lift=(0.010, lift),
                    bulge=0.005,
                    bend=wobble(rng, 0.12) * lively,
                    hang=hang * (0.6 + 0.4 * lively),
                    flare=-0.2 if row == 0 else 0.5 * lively,
                    curl=0.5 if row == 0 else -0.3 * lively,
                    root_width=0.45,
                    peak=0.45,
                    sharp=2.4,
                    rings=9,
                    clear=0.005,
                    tone=int(rng.integers(0, 3)),
                )
            )
    for sign in (-1, 1):
        locks += [
            side_lock(sign, 66, -15, 0.012, 0.022, root=34, lift=0.014, sharp=2.2),
            side_lock(sign, 76, -11, 0.020, 0.028, root=48, lift=0.015, sharp=2.2),
            side_lock(sign, 88, -4, 0.016, 0.032, root=58, lift=0.016, sharp=2.2),
            side_lock(sign, 101, -8, 0.018, 0.034, root=74, lift=0.015, sharp=2.2),
        ]
    return locks


def short_male(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Layered short hair with volume and a loose fringe."""
    locks = _short_back(rng, 1.0)
    tips = (
        (-52, -0.004, 0.032), (-36, 0.006, 0.034), (-20, 0.001, 0.034), (-4, 0.010, 0.030),
        (10, 0.003, 0.033), (26, 0.008, 0.034), (42, 0.000, 0.034), (56, -0.006, 0.030),
    )  # fmt: skip
    locks += fringe(shell, rng, tips, part=12, root=70, lift=0.027, bulge=0.012, sharp=3.0)
    over = ((-28, 0.016, 0.036), (-6, 0.022, 0.034), (20, 0.018, 0.036), (44, 0.012, 0.034))
    locks += fringe(shell, rng, over, part=14, root=76, lift=0.034, bulge=0.014, sharp=2.6)
    return Style(locks, FRINGED)


def side_part_male(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Neat short hair with a side parting, swept over the forehead."""
    part = 24.0
    locks = _short_back(rng, 0.35)
    for i, (az, el, width, high) in enumerate(
        (
            (-66, -12, 0.034, 50), (-57, -4, 0.038, 53), (-46, 3, 0.040, 56),
            (-33, 7, 0.040, 59), (-20, 9, 0.036, 62), (-48, 14, 0.036, 66), (-62, 8, 0.036, 70),
        )
    ):  # fmt: skip
        locks.append(
            Lock(
                root=(part - 3 + 0.5 * i, high), tip=(az, el), width=width, thick=0.012,
                lift=(0.012, 0.011 + 0.0015 * (i % 3)), bulge=0.010 + 0.001 * i,
                bend=-0.24 + 0.02 * i, root_width=0.7, sharp=2.6, rings=14,
                tone=int(rng.integers(0, 3)),
            )
        )  # fmt: skip
    for az, el, bend in ((-6, 8, -0.14), (4, 12, -0.08)):
        locks.append(
            Lock(
                root=(part - 4, 56), tip=(az, el), width=0.022, thick=0.009,
                lift=(0.014, 0.016), bulge=0.012, bend=bend, root_width=0.7, sharp=2.0,
                rings=13,
            )
        )  # fmt: skip
    for i, (az, el) in enumerate(((36, 22), (47, 10), (57, 0), (66, -10))):
        locks.append(
            Lock(
                root=(part + 3 + i, 57 + 2 * i), tip=(az + 4, el), width=0.036, thick=0.012,
                lift=(0.012, 0.015), bulge=0.010, bend=0.10, root_width=0.7, sharp=2.8,
                rings=12, tone=int(rng.integers(0, 3)),
            )
        )  # fmt: skip
    for i in range(7):
        az = -105 + 14 * i
        locks.append(
            Lock(
                root=(part, 66), tip=(az, 20 + wobble(rng, 4)), width=0.046, thick=0.013,
                lift=(0.014, 0.019), bulge=0.010, root_width=0.6, sharp=3.0, rings=11,
                tone=int(rng.integers(0, 3)),
            )
        )  # fmt: skip
    return Style(locks, SWEPT)


def ponytail(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """High ponytail with a ribbon, airy fringe and two thin side locks."""
    knot = (180.0, 46.0)
    locks = swept(rng, FRINGED, knot, (60, -60, 74, -74, 90, -90, 108, -108, 126, -126, 144,
                                       -144, 162, -162, 180), width=0.046)  # fmt: skip
    locks += swept(rng, FRINGED, knot, (6, -6, 20, -20, 36, -36, 50, -50), width=0.044)
    top = shell.at(*knot, 0.006)
    up = (top - shell.centre) / np.linalg.norm(top - shell.centre)
    length = 0.40 * spec.length
    for i in range(11):
        a = -1 + 0.2 * i
        layer = 1.0 if i % 2 else 0.92
        locks.append(
            Lock(
                root=(180 + 4 * a, 46), tip=(180 + 7 * a, 43 - 3 * abs(a)), width=0.040,
                thick=0.018, lift=(0.008, 0.040 + 0.011 * (i % 3) - 0.008 * abs(a)),
                hang=length * layer, flare=0.10, lean=(0.10 * abs(a), -0.05), curl=0.25,
                wave=0.006, phase=float(i), root_width=0.6, peak=0.4, sharp=3.0, rings=16,
                clear=0.02,
                section="sheet" if i % 2 else "lens", chain=f"tail-{i * 3 // 11}",
                tone=int(rng.integers(0, 3)),
            )
        )  # fmt: skip
    for sign in (-1, 1):
        side = "left" if sign > 0 else "right"
        locks += [
            side_lock(sign, 60, -10, 0.06, 0.022, root=30, lift=0.018),
            side_lock(
                sign, 68, -14, 0.17, 0.018, root=40, lift=0.016, chain=f"side-{side}",
                lean=(-0.05, 0.12),
            ),
        ]  # fmt: skip
    locks += fringe(shell, rng, FULL_BANGS[1:-1])
    locks += fringe(shell, rng, OVER_BANGS, root=70, lift=0.025, sharp=2.8)
    ring = solids.band(top + up * 0.002, up, 0.20 * shell.size, 0.020)
    return Style(locks, FRINGED, [ring], {"tail": (0.7, 0.4, 0.45), "side": (0.9, 0.35, 0.5)})


def office_updo(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Low bun, side-swept fringe, everything tidy."""
    knot = (180.0, -6.0)
    around = (16, 30, -30, 44, -44, 58, -58, 74, -74, 92, -92, 110, -110, 128, -128, 150, -150)
    locks = swept(rng, SWEPT, knot, around, width=0.046, gap=4)
    part = 24.0
    for az, el, hang in (
        (8, 15, 0.0),
        (-8, 9, 0.0),
        (-24, 4, 0.0),
        (-40, -3, 0.010),
        (-54, -8, 0.03),
    ):
        locks.append(
            Lock(
                root=(part - 2, 54 - 0.1 * az), tip=(az - 12, el), width=0.036, thick=0.011,
                lift=(0.011, 0.018), bulge=0.012, bend=0.16, hang=hang, root_width=0.65,
                sharp=3.0, rings=13, tone=int(rng.integers(0, 3)),
            )
        )  # fmt: skip
    for az, el, hang in ((44, 12, 0.0), (56, -2, 0.02)):
        locks.append(
            Lock(
                root=(part + 3, 54), tip=(az, el), width=0.034, thick=0.011,
                lift=(0.011, 0.016),
                bulge=0.008, bend=-0.10, hang=hang, root_width=0.65, sharp=2.8, rings=12,
            )
        )  # fmt: skip
    for sign in (-1, 1):
        locks.append(side_lock(sign, 68, -16, 0.075, 0.014, root=48, root_el=30, lift=0.012))
    at = shell.at(*knot, 0.012)
    up = (at - shell.centre) / np.linalg.norm(at - shell.centre)
    r = 0.42 * shell.size
    parts = [solids.bun(at + up * 0.35 * r, up, r, flat=0.72)]
    side = np.array([1.0, 0.0, 0.0])
    heart = at + up * 0.55 * r
    parts.append(
        solids.pin(
            heart + side * 1.4 * r + np.array([0, 0.3 * r, 0]), heart - side * 1.1 * r, 0.002
        )
    )
    return Style(locks, SWEPT, parts)


MODERN = {
    "long_straight": long_straight,
    "bob": bob,
    "hime": long_straight,
    "twin_tails": ponytail,
    "ponytail": ponytail,
    "low_ponytail": ponytail,
    "side_braid": ponytail,
    "wolf_cut": short_male,
    "short_male": short_male,
    "side_part_male": side_part_male,
    "slick_back": side_part_male,
    "curls": long_straight,
    "office_updo": office_updo,
    "pixie": bob,
}
"""Style makers by name."""
