"""Hairstyles of today."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair.build import Style
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.parts import FRINGED, back, crown, fringe, side_lock, wobble
from cyberdirector.character.hair.shell import Shell
from cyberdirector.character.hair.spec import HairSpec

FULL_BANGS = (
    (-58, -0.014, 0.036), (-45, -0.002, 0.038), (-32, 0.004, 0.037), (-19, 0.002, 0.036),
    (-7, 0.007, 0.033), (5, 0.001, 0.035), (17, 0.006, 0.035), (30, 0.002, 0.037),
    (43, 0.000, 0.038), (56, -0.012, 0.037),
)  # fmt: skip

OVER_BANGS = (
    (-38, 0.012, 0.034), (-13, 0.015, 0.034), (11, 0.014, 0.034), (36, 0.011, 0.034),
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


def short_male(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Layered short hair with volume and a loose fringe."""
    locks: list[Lock] = []
    for row, (el0, el1, count, lift, hang) in enumerate(
        ((56, -20, 11, 0.012, 0.030), (72, 2, 11, 0.022, 0.030), (84, 26, 9, 0.030, 0.0))
    ):
        for i in range(count):
            az = 180 + (i - (count - 1) / 2) * 232 / (count - 1)
            locks.append(
                Lock(
                    root=(az + wobble(rng, 4), el0),
                    tip=(az + wobble(rng, 4) + (6 if i % 2 else -6), el1 + wobble(rng, 4)),
                    width=0.048,
                    thick=0.014,
                    lift=(0.010, lift),
                    bulge=0.005,
                    bend=wobble(rng, 0.10),
                    hang=hang,
                    flare=-0.1 if row == 0 else 0.4,
                    curl=0.3 if row == 0 else -0.2,
                    root_width=0.45,
                    peak=0.45,
                    sharp=2.2,
                    rings=10,
                    clear=0.006,
                    tone=int(rng.integers(0, 3)),
                )
            )
    for sign in (-1, 1):
        locks += [
            side_lock(sign, 66, -16, 0.012, 0.024, root=34, lift=0.016, sharp=2.0),
            side_lock(sign, 78, -10, 0.022, 0.030, root=48, lift=0.018, sharp=2.0),
            side_lock(sign, 94, -6, 0.026, 0.034, root=64, lift=0.018, sharp=2.0),
        ]
    tips = (
        (-52, -0.004, 0.032), (-36, 0.006, 0.034), (-20, 0.001, 0.034), (-4, 0.010, 0.030),
        (10, 0.003, 0.033), (26, 0.008, 0.034), (42, 0.000, 0.034), (56, -0.006, 0.030),
    )  # fmt: skip
    locks += fringe(shell, rng, tips, part=12, root=70, lift=0.027, bulge=0.012, sharp=3.0)
    over = ((-28, 0.016, 0.036), (-6, 0.022, 0.034), (20, 0.018, 0.036), (44, 0.012, 0.034))
    locks += fringe(shell, rng, over, part=14, root=76, lift=0.034, bulge=0.014, sharp=2.6)
    return Style(locks, FRINGED)


MODERN = {
    "long_straight": long_straight,
    "bob": bob,
    "short_male": short_male,
}
"""Style makers by name."""
