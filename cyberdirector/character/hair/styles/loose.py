"""Hair that falls loose: long, wavy, bobbed."""

from __future__ import annotations

from cyberdirector.character.hair import solids
from cyberdirector.character.hair.build import Head, Style
from cyberdirector.character.hair.hairline import LOW, PEAKED, ROUND
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.parts import Parting, frame_lock, mantle, ring_of
from cyberdirector.character.hair.styles.fronts import (
    blunt_fringe,
    cheek_locks,
    curtain,
    full_fringe,
    side_fringe,
    whiskers,
)

DEEP, INNER = 0, 3
"""Columns of the texture for the locks below."""


def fall(
    head: Head, part: Parting, length: float, *, low: float = 70.0, chains: int = 4,
    wave: float = 0.003, turns: float = 1.1, curl: float = 0.0, tip: float = 1.6,
) -> list[Lock]:  # fmt: skip
    """Return long hair around the back in two layers with stray locks.

    ``low`` is the azimuth in degrees at which it begins beside the face.
    """
    rng, n = head.rng, head.dials.count("back", 14)
    more = {"wave": wave, "turns": turns, "curl": curl, "rings": 28 if wave > 0.01 else 20}
    tone = {"tone": INNER} if head.spec.inner else {"tone": DEEP}
    locks = mantle(part, rng, ring_of(n, low + 6, odd=True), hang=length * 0.90, width=0.058,
                   lift=-0.001, chains=chains, clear=0.007, tip=tip, begin=0.25, uneven=0.10,
                   **more, **tone)  # fmt: skip
    locks += mantle(part, rng, ring_of(n, low), hang=length, width=0.054, lift=0.008,
                    chains=chains, clear=0.015, shorten=0.08, tip=tip, uneven=0.09,
                    peak=0.42, **more)  # fmt: skip
    tone = {"tone": 4} if head.spec.streak else {}
    return locks + mantle(part, rng, ring_of(8, low + 18, odd=True), hang=length * 0.88,
                          width=0.018, lift=0.0095, rise=0.4, chains=chains, clear=0.019,
                          tip=1.3, uneven=0.16, **more, **tone)  # fmt: skip


def long_straight(head: Head) -> Style:
    """Long straight hair with a full fringe."""
    locks = fall(head, Parting(head.shell, 0.0, 62.0), 0.40, low=88.0)
    for sign in (-1, 1):
        locks += cheek_locks(head, sign, 0.27)
    return Style([*locks, *full_fringe(head)], ROUND)


def hime(head: Head) -> Style:
    """Straight fringe, blunt locks to the jaw, long straight hair behind."""
    shell = head.shell
    locks = fall(head, Parting(shell, 0.0, 62.0), 0.46, low=78, tip=4.0)
    for sign in (-1, 1):
        for az, width, lift in ((60, 0.030, 0.009), (69, 0.038, 0.011), (78, 0.036, 0.012)):
            locks.append(
                frame_lock(shell, sign, (az * 0.65, 68), (az, -10), 0.085, width, lift=lift,
                           tip=40.0, lean=(-0.02, 0.05))
            )  # fmt: skip
    return Style([*locks, *blunt_fringe(head)], ROUND)


def bob(head: Head) -> Style:
    """Chin-length bob, ends turned in."""
    rng, part = head.rng, Parting(head.shell, 0.0, 62.0)
    n = head.dials.count("back", 15)
    locks = mantle(part, rng, ring_of(n, 64, odd=True), hang=0.092, width=0.058, lift=0.004,
                   curl=0.8, tip=2.6, clear=0.006, lean=(0.0, 0.0))  # fmt: skip
    locks += mantle(part, rng, ring_of(n, 60), hang=0.098, width=0.056, lift=0.011, el=-6,
                    curl=0.9, tip=2.3, flare=0.14, clear=0.008, shorten=-0.05,
                    lean=(0.0, 0.0))  # fmt: skip
    locks += mantle(part, rng, ring_of(7, 66, odd=True), hang=0.095, width=0.016, lift=0.015,
                    el=-6, curl=0.8, tip=1.4, flare=0.16, uneven=0.1,
                    lean=(0.0, 0.0))  # fmt: skip
    return Style([*locks, *full_fringe(head)], ROUND)


def curls(head: Head) -> Style:
    """Long waves from a side parting."""
    part = Parting(head.shell, 24.0 + head.dials["part"], 36.0)
    locks = fall(head, part, 0.42, low=60, wave=0.020, turns=2.3, curl=0.3, tip=1.6)
    for sign in (-1, 1):
        side = "left" if sign > 0 else "right"
        locks += [
            frame_lock(head.shell, sign, (30, 58), (64, -8), 0.32, 0.036, lift=0.014,
                       chain=f"side-{side}", lean=(-0.16, 0.26), wave=0.016, turns=2.0,
                       phase=1.0 + sign),
            frame_lock(head.shell, sign, (34, 60), (72, -8), 0.28, 0.030, lift=0.016,
                       chain=f"side-{side}", lean=(-0.12, 0.14), wave=0.016, turns=2.2,
                       phase=2.0),
        ]  # fmt: skip
    return Style([*locks, *side_fringe(head, 24.0, 0.008)], ROUND)


def loose_long(head: Head) -> Style:
    """Loose hair to the hips, parted in the middle, a flower at the temple."""
    shell = head.shell
    part = Parting(shell, head.dials["part"], 34.0)
    locks = fall(head, part, 0.56, low=66, wave=0.004)
    for sign in (-1, 1):
        locks += curtain(head, sign, 0.34)
    at = shell.at(58, 30, 0.020)
    out = at - shell.centre
    parts = solids.flower(at, out, 0.016, petals=6)
    for az, el, r in ((64, 22, 0.010), (53, 22, 0.008)):
        spot = shell.at(az, el, 0.019)
        parts += solids.flower(spot, spot - shell.centre, r)
    parts += solids.dangle(shell.at(66, 17, 0.022), 0.045)
    return Style(locks, PEAKED, parts)


def wuxia_loose(head: Head) -> Style:
    """A wanderer's long loose hair: parted, unkempt, locks across the brow."""
    shell, rng = head.shell, head.rng
    part = Parting(shell, 12.0 + head.dials["part"], 36.0)
    locks = fall(head, part, 0.44, low=72, wave=0.005, turns=1.4, tip=1.6)
    for sign in (-1, 1):
        wings = curtain(head, sign, 0.26, part=12.0, low=2.0, root=38.0)
        locks += wings[1:] if sign < 0 else [*wings[:1], *wings[3:]]
        locks += whiskers(head, sign, 0.20)
    for sign, az, drop, hang in ((-1, 20, 6, 0.012), (1, 34, 2, 0.030), (-1, 50, -4, 0.06)):
        locks.append(
            frame_lock(shell, sign, (12 * sign, 42), (az, drop), hang, 0.013, lift=0.013,
                       bend=-0.22 * sign, lean=(0.3, 0.05), tip=1.2, group="fringe")
        )  # fmt: skip
    locks += mantle(part, rng, ring_of(9, 70, odd=True), hang=0.30, width=0.022, lift=0.012,
                    chains=4, clear=0.016, tip=1.25, uneven=0.3, flare=0.10, wave=0.006,
                    curl=-0.3)  # fmt: skip
    return Style(locks, LOW)


def wolf_cut(head: Head) -> Style:
    """Layered top, airy fringe, thin long locks at the nape."""
    shell, rng = head.shell, head.rng
    part = Parting(shell, 0.0, 64.0)
    n = head.dials.count("back", 13)
    locks = mantle(part, rng, ring_of(11, 88), hang=0.17, width=0.046, lift=0.002, el=-22,
                   curl=-0.5, tip=1.5, clear=0.010, uneven=0.14,
                   lean=(-0.05, -0.30))  # fmt: skip
    locks += mantle(part, rng, ring_of(n, 62), hang=0.055, width=0.052, lift=0.010, el=-8,
                    curl=-0.5, tip=1.6, clear=0.006, uneven=0.2, lean=(0.0, 0.0))  # fmt: skip
    locks += mantle(part, rng, ring_of(11, 70, odd=True), hang=0.030, width=0.044, lift=0.016,
                    el=12, curl=-0.8, tip=1.5, uneven=0.25, lean=(0.1, 0.0),
                    flare=0.2)  # fmt: skip
    for sign in (-1, 1):
        locks += [
            frame_lock(shell, sign, (40, 68), (63, -12), 0.055, 0.028, lift=0.009, tip=1.4),
            frame_lock(shell, sign, (46, 68), (70, -12), 0.075, 0.022, lift=0.010, tip=1.3,
                       curl=-0.3),
        ]  # fmt: skip
    return Style([*locks, *full_fringe(head)], ROUND)


LOOSE = {
    "loose_long": loose_long,
    "wuxia_loose": wuxia_loose,
    "long_straight": long_straight,
    "bob": bob,
    "hime": hime,
    "wolf_cut": wolf_cut,
    "curls": curls,
}
