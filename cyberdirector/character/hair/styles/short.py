"""Short hair."""

from __future__ import annotations

import numpy as np

from cyberdirector.character.hair.build import Head, Style
from cyberdirector.character.hair.hairline import ROUND, SQUARE, hairline_at
from cyberdirector.character.hair.lock import Lock
from cyberdirector.character.hair.parts import fringe, tone, way, wobble
from cyberdirector.character.hair.styles.fronts import side_fringe

Row = tuple[float, float, int, float, float, float]


def layers(
    head: Head, lively: float, rows: tuple[Row, ...], reach: float = 116.0
) -> list[Lock]:
    """Return rows of short locks over back and sides; ``lively`` 0 neat … 1 wild.

    A row is (elevation of the roots, of the tips, locks, lift, width, hang); the rows lie
    within ``reach`` degrees of the middle of the back.
    """
    shell, rng = head.shell, head.rng
    out = []
    for row, (el0, el1, count, lift, width, hang) in enumerate(rows):
        n = head.dials.count("back", count)
        for i in range(n):
            az = 180 + (i - (n - 1) / 2) * 2 * (reach + 5.0 * row) / (n - 1)
            kick = (8 if (i + row) % 2 else -8) * lively
            root = (az + wobble(rng, 3), el0 + wobble(rng, 3))
            side = abs((az + 180) % 360 - 180) < 112
            stop = max(el1, -11.0) if side else el1
            tip = (az + kick + wobble(rng, 4) * lively, stop + wobble(rng, 2 + 4 * lively))
            flick = lift + 0.010 * lively * float(rng.random())
            path = way(shell, root, tip, ((0, 0.002), (0.2, 0.8 * lift), (0.6, lift),
                                          (1, flick)))  # fmt: skip
            out.append(
                Lock(
                    path=path, width=width * (1 + wobble(rng, 0.12)), thick=0.010,
                    bend=wobble(rng, 0.10) * lively, sway=wobble(rng, 0.05) * lively,
                    hang=hang * (0.8 + 0.4 * float(rng.random())),
                    curl=0.25 if row == 0 else -0.4 * lively, root=0.3, peak=0.36, tip=1.4,
                    rings=12, clear=0.003, tone=tone(rng), group="back",
                )
            )  # fmt: skip
    return out


def whorl(head: Head, low: float = 0.0) -> list[Lock]:
    """Return the locks that close the crown: they turn out of one point.

    Those nearer to the front than ``low`` degrees are left out, for a parting.
    """
    shell, out = head.shell, []
    for i in range(10):
        az = 36.0 * i + 18.0
        if abs((az + 180) % 360 - 180) < low:
            continue
        lift = 0.017 + 0.0016 * (i % 3)
        root, tip = (az + 60.0, 87.5), (az, 50.0 + wobble(head.rng, 4))
        path = way(shell, root, tip, ((0, 0.010), (0.3, lift), (0.7, lift), (1, 0.8 * lift)))
        out.append(
            Lock(path=path, width=0.054, thick=0.009, root=0.55, peak=0.45, tip=1.5, rings=10,
                 tone=tone(head.rng), group="crown")
        )  # fmt: skip
    return out


def sideburns(head: Head, count: int = 4) -> list[Lock]:
    """Return short locks before both ears."""
    shell, out = head.shell, []
    for sign in (-1, 1):
        for i in range(count):
            az = 63 + 5.5 * i
            path = way(shell, (sign * (az - 6), 40 - 2 * i), (sign * az, -13 - 3 * (i % 2)),
                       ((0, 0.002), (0.3, 0.007), (0.7, 0.006), (1, 0.003)))  # fmt: skip
            out.append(
                Lock(path=path, width=0.024, thick=0.007, root=0.3, peak=0.4, tip=1.4,
                     rings=12, tone=tone(head.rng), group="side")
            )  # fmt: skip
    return out


ROWS: tuple[Row, ...] = (
    (26, -36, 13, 0.0002, 0.042, 0.006), (46, -20, 13, 0.0022, 0.046, 0.010),
    (62, 2, 12, 0.007, 0.050, 0.012), (78, 28, 10, 0.013, 0.052, 0.008),
)  # fmt: skip


def short_male(head: Head) -> Style:
    """Layered short hair with volume and a loose fringe."""
    shell, rng = head.shell, head.rng
    part = 12 + head.dials["part"]
    locks = layers(head, 1.0, ROWS) + sideburns(head) + whorl(head, 80.0)
    tips = (
        (-60, -0.008, 0.030), (-47, 0.003, 0.038), (-33, 0.012, 0.036), (-18, 0.002, 0.042),
        (-4, 0.013, 0.034), (10, 0.004, 0.042), (25, 0.013, 0.036), (40, 0.003, 0.042),
        (54, -0.004, 0.034),
    )  # fmt: skip
    locks += fringe(shell, rng, tips, part=part, lift=0.013, end=0.009, bow=0.12)
    over = ((-40, 0.014, 0.034), (-12, 0.018, 0.034), (18, 0.012, 0.030), (46, 0.011, 0.030))
    locks += fringe(shell, rng, over, part=part, root=82, lift=0.020, end=0.012, bow=0.15)
    thin = ((-26, 0.000, 0.010), (4, 0.005, 0.009), (33, 0.001, 0.010))
    locks += fringe(shell, rng, thin, part=part, lift=0.017, end=0.012, sharp=1.2)
    return Style(locks, SQUARE)


def side_part_male(head: Head) -> Style:
    """Neat short hair with a side parting, swept over the forehead."""
    locks = layers(head, 0.25, ROWS) + sideburns(head) + whorl(head, 80.0)
    locks += side_fringe(head, 26.0, -0.006, front=27.5)
    shell, rng, part = head.shell, head.rng, 26.0 + head.dials["part"]
    for i in range(7):
        az = -112 + 14 * i
        path = way(shell, (part - 2, 52 + 4 * i), (az, 16 + wobble(rng, 4)),
                   ((0, 0.002), (0.15, 0.012), (0.5, 0.016), (1, 0.012)))  # fmt: skip
        locks.append(
            Lock(path=path, width=0.046, thick=0.010, bend=-0.08, root=0.3, tip=2.0, rings=13,
                 tone=tone(rng))
        )  # fmt: skip
    locks += _beside(head, part)
    return Style(locks, ROUND)


def _beside(head: Head, part: float) -> list[Lock]:
    """Return the short hair on the left of a parting, down to the ear."""
    shell, rng, out = head.shell, head.rng, []
    for i in range(5):
        path = way(shell, (part + 2, 40 + 8 * i), (58 + 13 * i, 6 + wobble(rng, 3)),
                   ((0, 0.002), (0.2, 0.009), (0.6, 0.012), (1, 0.009)))  # fmt: skip
        out.append(
            Lock(path=path, width=0.044, thick=0.010, bend=0.06, root=0.3, tip=1.8, rings=12,
                 tone=tone(rng))
        )  # fmt: skip
    return out


def slick_back(head: Head) -> Style:
    """Hair combed straight back from the forehead, close at the sides."""
    shell, rng = head.shell, head.rng
    locks = layers(head, 0.10, ROWS[:2], reach=104.0) + sideburns(head, 3)
    edge = [float(v) for v in hairline_at(shell, SQUARE, np.arange(0.0, 91.0))]
    for i, az in enumerate(np.arange(-70.0, 70.1, 7.0)):
        a = abs(float(az))
        sign = 1.0 if az >= 0 else -1.0
        low = float(np.interp(a, (0, 35, 70), (0.0, 0.5, 1.0)))
        mid = (sign * (90 - 10 * (1 - low)), 84 - 54 * low)
        end = (sign * (182 - 56 * low), 8.0 - 16 * low + 6.0 * (i % 3))
        lift = 0.014 - 0.007 * low + 0.0014 * (i % 3)
        puff = 0.010 * (1 - low)
        path = (
            (float(az), edge[round(a)] + 0.9, -0.0006),
            (*shell.along((float(az), edge[round(a)]), mid, 0.14), 0.5 * lift + 0.8 * puff),
            (*shell.along((float(az), edge[round(a)]), mid, 0.45), lift + puff),
            (*mid, lift), (*shell.along(mid, end, 0.6), lift), (*end, 0.5 * lift),
        )  # fmt: skip
        locks.append(
            Lock(path=path, width=0.034 + 0.006 * (1 - low), thick=0.009, root=0.12, peak=0.35,
                 tip=1.8, rings=18, bend=wobble(rng, 0.02), tone=tone(rng))
        )  # fmt: skip
    return Style(locks, SQUARE)


def pixie(head: Head) -> Style:
    """A woman's cropped hair with a side fringe and wisps before the ears."""
    shell, rng = head.shell, head.rng
    rows: tuple[Row, ...] = (
        (30, -30, 13, 0.001, 0.036, 0.022), (50, -16, 13, 0.003, 0.040, 0.016),
        (64, 2, 12, 0.006, 0.044, 0.014), (78, 22, 10, 0.009, 0.050, 0.008),
    )  # fmt: skip
    locks = layers(head, 0.8, rows) + side_fringe(head, 22.0, 0.004) + whorl(head, 80.0)
    locks += sideburns(head, 3) + _beside(head, 22.0 + head.dials["part"])
    for sign in (-1, 1):
        path = way(shell, (sign * 50, 48), (sign * 66, -22),
                   ((0, 0.002), (0.4, 0.010), (1, 0.005)))  # fmt: skip
        locks.append(Lock(path=path, width=0.016, thick=0.006, tip=1.25, group="side",
                          tone=tone(rng)))  # fmt: skip
    for i in range(5):
        az = -100 + 26 * i
        path = way(shell, (20, 74), (az, 30 + wobble(rng, 4)),
                   ((0, 0.002), (0.3, 0.013), (1, 0.016)))  # fmt: skip
        locks.append(Lock(path=path, width=0.044, thick=0.010, tip=1.6, rings=12,
                          tone=tone(rng)))  # fmt: skip
    return Style(locks, ROUND)


SHORT = {
    "short_male": short_male,
    "side_part_male": side_part_male,
    "slick_back": slick_back,
    "pixie": pixie,
}
