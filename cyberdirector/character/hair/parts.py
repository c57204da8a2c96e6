"""Groups of locks that many hairstyles share: crown, back, sides, fringes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cyberdirector.character.hair.build import HairLine
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.shell import Shell

FRINGED: HairLine = (
    (0, 44), (30, 43), (48, 34), (60, 16), (72, -4), (80, -12), (90, 2), (104, 4),
    (118, -14), (132, -38), (150, -48), (180, -50),
)  # fmt: skip
"""Hairline under a fringe."""

SWEPT: HairLine = (
    (0, 33), (14, 32), (32, 33.5), (46, 29), (56, 15), (66, -2), (76, -16), (86, -6),
    (94, 5), (106, 4), (118, -14), (132, -38), (150, -48), (180, -50),
)  # fmt: skip
"""Hairline of combed-back hair, forehead free."""


def wobble(rng: np.random.Generator, amount: float) -> float:
    """Return a small normal deviation."""
    return float(rng.normal() * amount)


def crown(
    rng: np.random.Generator,
    count: int,
    to: float = 8.0,
    skip: float = 50.0,
    lift: float = 0.012,
) -> list[Lock]:
    """Return flat locks from the whorl down all sides but the front ``skip`` degrees."""
    out = []
    for i in range(count):
        az = -180 + 360 * (i + 0.5) / count
        if abs(az) < skip:
            continue
        out.append(
            Lock(
                root=(az + wobble(rng, 6), 82),
                tip=(az + wobble(rng, 3), to + wobble(rng, 5)),
                width=0.056 + wobble(rng, 0.004),
                thick=0.009,
                lift=(0.011, lift + abs(wobble(rng, 0.002))),
                bend=wobble(rng, 0.05),
                root_width=0.35,
                peak=0.5,
                sharp=3.0,
                rings=9,
                tone=int(rng.integers(0, 3)),
            )
        )
    return out


def back(
    rng: np.random.Generator,
    count: int,
    length: float,
    spread: float = 84.0,
    root: float = 60.0,
    edge: float = -12.0,
    lift: float = 0.014,
    width: float = 0.052,
    chains: int = 5,
    curl: float = 0.0,
    sharp: float = 4.0,
    shorten: float = 0.10,
    prefix: str = "back",
    flare: float = 0.04,
) -> list[Lock]:
    """Return the hanging back of the hair, ``spread`` degrees to both sides of the nape."""
    out = []
    for i in range(count):
        a = -1 + 2 * i / (count - 1)
        az = 180 + a * spread
        out.append(
            Lock(
                root=(180 + a * spread * 0.8 + wobble(rng, 3), root + wobble(rng, 4)),
                tip=(az, edge + wobble(rng, 3)),
                width=width + wobble(rng, 0.003),
                thick=0.016,
                lift=(0.006, lift),
                hang=length * (1 - shorten * abs(a)) + wobble(rng, 0.02 * length / 0.4),
                flare=flare,
                curl=curl,
                wave=0.004,
                phase=wobble(rng, 1.5),
                lean=(-0.10, -0.10),
                root_width=0.5,
                peak=0.5,
                sharp=sharp,
                section="sheet" if i % 2 else "lens",
                rings=16,
                clear=0.012,
                chain=f"{prefix}-{int(min(chains - 1, (a + 1) / 2 * chains))}"
                if chains
                else "",
                tone=int(rng.integers(0, 3)),
            )
        )
    return out


def fringe(
    shell: Shell,
    rng: np.random.Generator,
    tips: Sequence[tuple[float, float, float]],
    part: float = 0.0,
    root: float = 66.0,
    narrow: float = 0.42,
    lift: float = 0.022,
    bulge: float = 0.006,
    sharp: float = 3.6,
    rings: int = 12,
) -> list[Lock]:
    """Return a fringe.

    ``tips`` are (azimuth, height over the upper lid in metres, width in metres); roots
    stand near the parting ``part`` (azimuth, degrees), drawn together by ``narrow``.
    """
    out = []
    for az, height, width in tips:
        el = shell.elevation_of(shell.eye_top + height, az)
        bend = 0.05 * np.sign(az - part) + wobble(rng, 0.015)
        out.append(
            Lock(
                root=(part + (az - part) * narrow, root + wobble(rng, 2)),
                tip=(az + wobble(rng, 1.0), el + wobble(rng, 0.6)),
                width=width,
                thick=0.010,
                lift=(0.010, lift + abs(wobble(rng, 0.0015))),
                bulge=bulge,
                bend=-bend,
                root_width=0.5,
                peak=0.5,
                sharp=sharp,
                rings=rings,
                tone=int(rng.integers(0, 3)),
            )
        )
    return out


def side_lock(
    sign: int, az: float, el: float, hang: float, width: float, *, root: float = 24.0,
    lift: float = 0.018, lean: tuple[float, float] = (-0.05, 0.06), flare: float = 0.03,
    curl: float = 0.0, chain: str = "", root_el: float = 62.0, sharp: float = 2.2,
    tone: int = 1, bend: float = 0.05,
) -> Lock:  # fmt: skip
    """Return one lock that frames the face on the left (sign 1) or right (-1)."""
    return Lock(
        root=(sign * root, root_el),
        tip=(sign * az, el),
        width=width,
        thick=0.012,
        lift=(0.010, lift),
        bend=-sign * bend,
        hang=hang,
        flare=flare,
        lean=lean,
        curl=curl,
        wave=0.004,
        phase=az,
        root_width=0.55,
        peak=0.5,
        sharp=sharp,
        rings=14,
        clear=0.007,
        chain=chain,
        tone=tone,
    )


def swept(
    rng: np.random.Generator,
    hairline: HairLine,
    knot: tuple[float, float],
    angles: Sequence[float],
    width: float = 0.040,
    gap: float = 9.0,
    lift: tuple[float, float] = (-0.0015, 0.013),
) -> list[Lock]:
    """Return locks combed from the hairline at ``angles`` up to a knot (degrees)."""
    table = np.array(hairline, dtype=np.float64)
    out = []
    for az in angles:
        el = float(np.interp(abs(az), table[:, 0], table[:, 1])) + 1.5
        turn = np.sign(az) * 6 if abs(az) < 179 else 0.0
        out.append(
            Lock(
                root=(az, el),
                tip=(knot[0] - turn, knot[1] - gap) if knot[1] < 80 else (az, knot[1] - gap),
                width=width + wobble(rng, 0.003),
                thick=0.008,
                lift=lift,
                bulge=0.003,
                root_width=0.8,
                root_thick=0.05,
                peak=0.3,
                sharp=7.0,
                rings=13,
                section="sheet" if int(rng.integers(0, 2)) else "lens",
                tone=int(rng.integers(0, 3)),
            )
        )
    return out
