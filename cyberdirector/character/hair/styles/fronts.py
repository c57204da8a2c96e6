"""What frames the face: fringes, wings, locks beside the cheeks."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair.build import Head
from cyberdirector.character.hair.hairline import PEAKED, hairline_at
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.parts import frame_lock, fringe, tone, way, wobble

FULL = (
    (-64, -0.024, 0.034), (-42, 0.015, 0.044), (-53, -0.007, 0.052), (-19, 0.018, 0.044),
    (-31, 0.006, 0.056), (-7, 0.003, 0.060), (6, 0.020, 0.040), (32, 0.017, 0.044),
    (19, 0.008, 0.056), (43, 0.001, 0.056), (63, -0.024, 0.034), (54, 0.005, 0.040),
)  # fmt: skip
"""Tips of a full fringe: azimuth, height over the upper lid, width (metres)."""

OVER = ((-46, 0.003, 0.026), (-22, 0.010, 0.024), (12, 0.005, 0.024), (36, 0.008, 0.026))
"""Thinner locks over a full fringe."""

STRAY = ((-30, -0.001, 0.010), (-1, -0.004, 0.009), (28, 0.001, 0.010), (55, -0.011, 0.010))
"""Stray hairs of a fringe."""

AIRY = (
    (-56, -0.014, 0.030), (-42, 0.000, 0.026), (-28, 0.006, 0.024), (-15, 0.000, 0.028),
    (-3, 0.008, 0.022), (9, -0.002, 0.028), (22, 0.006, 0.024), (36, 0.001, 0.026),
    (49, -0.004, 0.026), (60, -0.018, 0.028),
)  # fmt: skip
"""Tips of a light fringe through which the forehead shows."""

BLUNT = tuple((-60 + 10.0 * i, 0.015 - 0.00026 * abs(-60 + 10.0 * i), 0.046) for i in range(13))
"""Tips of a fringe cut straight over the brows."""


def full_fringe(head: Head) -> list[Lock]:
    """Return a full fringe of three layers."""
    shell, rng = head.shell, head.rng
    part = head.dials["part"]
    locks = fringe(shell, rng, FULL, part=part, sharp=1.45)
    locks += fringe(shell, rng, OVER, part=part, root=80, lift=0.016, end=0.010, sharp=1.3)
    locks += fringe(shell, rng, STRAY, part=part, root=76, lift=0.017, end=0.011, sharp=1.2)
    return locks


def airy_fringe(head: Head) -> list[Lock]:
    """Return a light fringe with gaps."""
    shell, rng = head.shell, head.rng
    part = head.dials["part"]
    locks = fringe(shell, rng, AIRY, part=part, sharp=1.25, peak=0.30)
    over = tuple((az, height + 0.004, 0.016) for az, height, _ in AIRY[1:-1:3])
    return locks + fringe(shell, rng, over, part=part, lift=0.016, end=0.011, sharp=1.2)


def blunt_fringe(head: Head) -> list[Lock]:
    """Return a fringe cut straight over the brows."""
    shell, rng = head.shell, head.rng
    return fringe(shell, rng, BLUNT, bow=0.02, sharp=40.0, peak=0.5, narrow=0.7, end=0.007)


def side_fringe(
    head: Head, part: float = 26.0, low: float = 0.0, *, front: float = 31.0
) -> list[Lock]:
    """Return a fringe that sweeps from a parting on the left over to the right temple.

    ``low`` metres drop (positive) or raise its tips.
    """
    shell, rng = head.shell, head.rng
    part = part + head.dials["part"]
    tips = (
        (part - 22, 0.026, 0.030, 0.10), (part - 36, 0.016, 0.038, 0.14),
        (part - 51, 0.006, 0.042, 0.18), (part - 66, -0.004, 0.042, 0.20),
        (part - 80, -0.018, 0.040, 0.20), (part - 91, -0.034, 0.034, 0.16),
    )  # fmt: skip
    out = []
    for i, (az, height, width, bow) in enumerate(tips):
        el = shell.elevation_of(shell.eye_top + height - low, az)
        root = (part - 1.5, front + 6.0 * i + wobble(rng, 1.0))
        lift = 0.012 + 0.0016 * i
        path = way(shell, root, (az, el), ((0, 0.002), (0.16, 0.8 * lift), (0.5, lift),
                                           (0.8, 0.9 * lift), (1, 0.010)))  # fmt: skip
        out.append(
            Lock(path=path, width=width, thick=0.010, bend=-bow, sway=-0.03, root=0.3,
                 peak=0.42, tip=1.45, rings=16, tone=tone(rng), group="fringe")
        )  # fmt: skip
        if i % 2:
            thin = tuple((a - 2.0, e - 1.5, h + 0.003) for a, e, h in path)
            out.append(
                Lock(path=thin, width=0.010, thick=0.004, bend=-bow - 0.03, root=0.3, tip=1.2,
                     rings=14, group="fringe")
            )  # fmt: skip
    for i, (az, height, width) in enumerate(((part + 13, 0.022, 0.034),
                                             (part + 24, 0.004, 0.038),
                                             (part + 34, -0.022, 0.034))):  # fmt: skip
        el = shell.elevation_of(shell.eye_top + height - low, az)
        path = way(shell, (part + 1.5, front + 7.0 * i), (az, el),
                   ((0, 0.002), (0.2, 0.009), (0.6, 0.012), (1, 0.010)))  # fmt: skip
        out.append(
            Lock(path=path, width=width, thick=0.009, bend=0.14, root=0.3, peak=0.42,
                 tip=1.5, rings=14, tone=tone(rng), group="fringe")
        )  # fmt: skip
    return out


def cheek_locks(head: Head, sign: int, hang: float, *, low: float = -12.0) -> list[Lock]:
    """Return the locks beside one cheek under a fringe; the longest swings on a chain."""
    shell, side = head.shell, "left" if sign > 0 else "right"
    return [
        frame_lock(shell, sign, (40, 68), (62, low), 0.10, 0.026, lift=0.009),
        frame_lock(shell, sign, (46, 68), (69, low + 2), hang, 0.030, lift=0.010,
                   chain=f"side-{side}", lean=(-0.16, 0.24)),
        frame_lock(shell, sign, (44, 70), (65, low + 2), 0.72 * hang, 0.010, lift=0.014,
                   chain=f"side-{side}", lean=(-0.12, 0.26), tip=1.2),
    ]  # fmt: skip


def curtain(
    head: Head, sign: int, hang: float, *, part: float = 0.0, low: float = 0.0,
    root: float = 40.0,
) -> list[Lock]:  # fmt: skip
    """Return the parted fringe of one side: wings over the temple and a long lock."""
    shell, side = head.shell, "left" if sign > 0 else "right"
    p = sign * (part + head.dials["part"])
    bow = -0.17 * sign
    return [
        frame_lock(shell, sign, (p + 1, root), (43, 8 - low), 0.020, 0.028, lift=0.012,
                   bend=bow, lean=(0.25, 0.0), tip=1.35, group="fringe", peak=0.4),
        frame_lock(shell, sign, (p + 2, root + 6), (53, -2 - low), 0.055, 0.034, lift=0.012,
                   bend=0.9 * bow, lean=(0.10, 0.0), tip=1.35, curl=-0.2, group="fringe",
                   peak=0.4),
        frame_lock(shell, sign, (p + 1, root + 3), (37, 12 - low), 0.014, 0.009, lift=0.0115,
                   bend=bow, lean=(0.4, 0.0), tip=1.2, group="fringe"),
        frame_lock(shell, sign, (p + 8, root + 8), (57, 4 - low), 0.03, 0.044, lift=0.006,
                   bend=0.9 * bow, tip=2.0),
        frame_lock(shell, sign, (p + 4, root + 12), (62, -10), hang, 0.026, lift=0.011,
                   bend=0.6 * bow, chain=f"side-{side}", lean=(-0.16, 0.22)),
        frame_lock(shell, sign, (p + 4, root + 13), (58, -9), 0.7 * hang, 0.009, lift=0.0105,
                   bend=0.6 * bow, chain=f"side-{side}", lean=(-0.05, 0.22), tip=1.2),
    ]  # fmt: skip


def whiskers(head: Head, sign: int, hang: float) -> list[Lock]:
    """Return two thin locks that rise from the hairline and fall beside the face."""
    shell, side = head.shell, "left" if sign > 0 else "right"
    edge = float(hairline_at(shell, PEAKED, np.array([20.0]))[0])
    out = []
    for az, aim, width, share, high in (
        (20, 55, 0.019, 1.0, 0.014),
        (15, 49, 0.009, 0.7, 0.018),
    ):
        path = ((sign * az, edge + 0.5, 0.0), (sign * (az + 7), edge + 3.0, 0.7 * high),
                (sign * (az + 20), edge - 6.0, high), (sign * (aim - 4), 6.0, high),
                (sign * aim, -8.0, 0.8 * high))  # fmt: skip
        out.append(
            Lock(path=path, width=width, thick=0.4 * width, hang=share * hang, tip=1.3,
                 root=0.2, peak=0.45, rings=18, chain=f"side-{side}", lean=(-0.16, 0.20),
                 clear=0.006, group="side", tone=tone(head.rng))
        )  # fmt: skip
    return out


def wisps(head: Head, sign: int, hang: float = 0.07) -> list[Lock]:
    """Return fine hairs that fall before one ear."""
    shell = head.shell
    return [
        frame_lock(shell, sign, (60, 24), (71, -14), hang, 0.014, lift=0.003, tip=1.3),
        frame_lock(shell, sign, (64, 18), (75, -15), 0.6 * hang, 0.009, lift=0.002, tip=1.2,
                   curl=0.3),
    ]  # fmt: skip
