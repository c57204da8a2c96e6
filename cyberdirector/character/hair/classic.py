"""Hairstyles of costume drama."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyberdirector.character.hair import solids
from cyberdirector.character.hair.build import Style
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.parts import SWEPT, back, side_lock, swept, wobble
from cyberdirector.character.hair.shell import Shell
from cyberdirector.character.hair.spec import HairSpec

ALL_ROUND = (
    0, 13, -13, 26, -26, 39, -39, 52, -52, 64, -64, 78, -78, 94, -94, 110, -110, 126, -126,
    142, -142, 160, -160, 180,
)  # fmt: skip
UPPER = (0, 13, -13, 26, -26, 39, -39, 52, -52, 64, -64, 78, -78, 92, -92)

SPRINGS = {"back": (0.8, 0.40, 0.5), "side": (0.8, 0.40, 0.5), "tail": (0.8, 0.4, 0.5)}


def _curtain(sign: int, hang: float, rng: np.random.Generator) -> list[Lock]:
    """Return the parted fringe of one side: two short locks and one long beside the face."""
    side = "left" if sign > 0 else "right"
    return [
        side_lock(
            sign, 30, 20, 0.012, 0.030, root=2, root_el=50, lift=0.022, bend=0.10, sharp=2.6,
            lean=(0.45, 0.0),
        ),
        side_lock(
            sign, 44, 2, 0.030, 0.034, root=3, root_el=54, lift=0.023, bend=0.09, sharp=2.6,
            lean=(0.25, 0.0),
        ),
        side_lock(
            sign, 53, -10, 0.050, 0.030, root=5, root_el=57, lift=0.022, bend=0.07, sharp=2.6,
            lean=(0.10, 0.0), curl=-0.3,
        ),
        side_lock(
            sign, 61, -14, hang, 0.023, root=10, root_el=59, lift=0.020, bend=0.06,
            lean=(-0.12, 0.12), chain=f"side-{side}",
        ),
        side_lock(
            sign, 72, -12, 0.085 + wobble(rng, 0.01), 0.026, root=24, root_el=50, lift=0.016,
            lean=(-0.02, 0.05), curl=0.2,
        ),
        side_lock(sign, 84, -8, 0.11, 0.036, root=60, root_el=40, lift=0.014, curl=0.2),
        side_lock(
            sign, 98, -8, 0.13, 0.042, root=84, root_el=36, lift=0.013, curl=0.2,
            lean=(-0.06, -0.08),
        ),
    ]  # fmt: skip


def half_up_bun(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Long loose hair, the upper part in a bun with pins, soft locks beside the face."""
    length = 0.50 * spec.length
    locks = back(rng, 11, length, lift=0.009, width=0.062, root=34)
    locks += back(rng, 9, length * 0.94, spread=76, root=42, lift=0.016, width=0.054)
    locks += swept(rng, SWEPT, (180, 60), UPPER, lift=(-0.001, 0.012))
    for sign in (-1, 1):
        locks += _curtain(sign, 0.26 * spec.length, rng)
    top = shell.at(180, 64, 0.012)
    up = (top - shell.centre) / np.linalg.norm(top - shell.centre)
    r = 0.46 * shell.size
    heart = top + up * 0.55 * r
    parts = [solids.bun(heart, up, r), solids.bun(heart + up * 0.55 * r, up, 0.62 * r)]
    right = np.array([1.0, 0.0, 0.0])
    for sign, drop in ((1, 0.0), (-1, 0.35)):
        head = heart + sign * right * 1.55 * r + up * (0.35 - drop) * r
        parts.append(solids.pin(head, heart - sign * right * 1.15 * r - up * 0.10 * r))
        parts.append(solids.ball(head, 0.0058))
        parts += _dangle(head - sign * right * 0.004, 0.05)
    front = shell.at(168, 84, 0.016)
    parts += solids.flower(
        front + np.array([0.0, 0.010, 0.012]), np.array([0, 0.55, 1.0]), 0.017
    )
    return Style(locks, SWEPT, parts, SPRINGS)


def _dangle(top: np.ndarray, length: float) -> list[solids.Solid]:
    """Return a row of small beads that hangs from a pin."""
    out = []
    for i in range(5):
        at = top - np.array([0.0, length * (i + 1) / 5, 0.0])
        out.append(
            solids.ball(
                at, 0.0022 + (0.0016 if i == 4 else 0.0), "gem" if i == 4 else "ornament"
            )
        )
    return out


def topknot_crown(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """A man's topknot in a small crown, long hair behind, loose locks at the temples."""
    length = 0.46 * spec.length
    locks = back(rng, 11, length, lift=0.008, width=0.060, root=30)
    locks += back(rng, 9, length * 0.94, spread=72, root=36, lift=0.014, width=0.052)
    locks += swept(rng, SWEPT, (180, 84), UPPER, gap=8)
    for sign in (-1, 1):
        side = "left" if sign > 0 else "right"
        locks += [
            side_lock(
                sign, 40, 8, 0.050, 0.020, root=5, root_el=46, lift=0.022, bend=0.10,
                lean=(0.22, 0.02), sharp=2.2,
            ),
            side_lock(
                sign, 57, -8, 0.20 * spec.length, 0.020, root=9, root_el=48, lift=0.020,
                bend=0.09, lean=(-0.10, 0.09), chain=f"side-{side}",
            ),
            side_lock(sign, 74, -10, 0.09, 0.022, root=46, root_el=30, lift=0.010),
            side_lock(sign, 90, -6, 0.09, 0.034, root=84, root_el=26, lift=0.010, curl=0.2),
            side_lock(
                sign, 102, -6, 0.11, 0.038, root=98, root_el=26, lift=0.010, curl=0.2,
                lean=(-0.06, -0.08),
            ),
        ]  # fmt: skip
    return Style(locks, SWEPT, _knot(shell, spec), SPRINGS)


def _knot(shell: Shell, spec: HairSpec) -> list[solids.Solid]:
    """Return the topknot with crown and pin."""
    top = shell.at(180, 82, 0.004)
    up = np.array([0.0, 1.0, -0.18])
    up /= np.linalg.norm(up)
    r = 0.27 * shell.size
    knot = solids.bun(top + up * 1.05 * r, up, r * 1.02, flat=1.35, twist=0.5)
    pin_at = top + up * 0.85 * r
    side = np.array([1.0, 0.0, 0.0])
    pin = solids.pin(pin_at + side * 2.5 * r, pin_at - side * 2.5 * r, 0.0032)
    return [
        knot, *solids.crown(top - up * 0.10 * r, up, 1.12 * r, 0.85 * r), pin,
        solids.ball(pin_at + side * 2.5 * r, 0.0048, "ornament"),
    ]  # fmt: skip


def old_bun(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """An elder's topknot held by a band and a pin, everything combed up."""
    locks = swept(rng, SWEPT, (180, 84), ALL_ROUND, width=0.038, gap=8)
    for sign in (-1, 1):
        for az, hang, root in ((70, 0.10, 58), (77, 0.07, 67)):
            lock = side_lock(sign, az, -13, hang, 0.017, root=root, root_el=16, lift=0.007)
            locks.append(
                replace(lock, lift=(-0.002, 0.007), root_width=0.25, root_thick=0.1, peak=0.3)
            )
    top = shell.at(180, 82, 0.004)
    up = np.array([0.0, 1.0, -0.15])
    up /= np.linalg.norm(up)
    r = 0.25 * shell.size
    at = top + up * 0.75 * r
    side = np.array([1.0, 0.0, 0.0])
    parts = [
        solids.bun(top + up * 0.95 * r, up, r, flat=1.1, twist=0.6),
        solids.band(top - up * 0.05 * r, up, 0.98 * r, 0.55 * r),
        solids.pin(at + side * 2.3 * r, at - side * 2.3 * r, 0.0030),
    ]
    return Style(locks, SWEPT, parts, SPRINGS)


def double_bun(shell: Shell, spec: HairSpec, rng: np.random.Generator) -> Style:
    """Two buns above the ears, parted in the middle, with a light fringe."""
    locks: list[Lock] = []
    parts: list[solids.Solid] = []
    for sign in (-1, 1):
        own = [sign * a for a in (6, 20, 34, 48, 62, 78, 94, 110, 126, 142, 158, 174)]
        locks += swept(rng, SWEPT, (sign * 112, 52), own, width=0.040, gap=0)
        top = shell.at(sign * 108, 52, 0.010)
        up = (top - shell.centre) / np.linalg.norm(top - shell.centre)
        r = 0.40 * shell.size
        parts.append(solids.bun(top + up * 0.45 * r, up, r, flat=0.85))
        parts += solids.flower(
            top + up * 0.1 * r + np.array([0.0, -0.3 * r, 0.95 * r]),
            np.array([sign * 0.5, 0.0, 1.0]),
            0.014,
        )
        parts += _dangle(top + np.array([sign * 0.5 * r, -0.35 * r, 0.75 * r]), 0.055)
        locks += _curtain(sign, 0.17, rng)[:4]
    return Style(locks, SWEPT, parts, SPRINGS)


CLASSIC = {
    "double_bun": double_bun,
    "chuigua": double_bun,
    "high_bun": half_up_bun,
    "loose_long": half_up_bun,
    "high_ponytail": topknot_crown,
    "half_up_bun": half_up_bun,
    "topknot_crown": topknot_crown,
    "wuxia_loose": topknot_crown,
    "old_bun": old_bun,
    "boy_topknot": old_bun,
}
"""Style makers by name."""
