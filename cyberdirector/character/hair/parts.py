"""Groups of locks that many hairstyles share: partings, mantles, fringes, swept hair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cyberdirector.character.hair.hairline import HairLine, hairline_at
from cyberdirector.character.hair.lock import UNIT, Lock
from cyberdirector.character.hair.shell import Shell, Spot

Path = tuple[tuple[float, float, float], ...]

SPRINGS = {
    "back": (0.8, 0.40, 0.5), "front": (0.8, 0.40, 0.5), "side": (0.8, 0.40, 0.5),
    "tail": (0.7, 0.4, 0.45),
}  # fmt: skip
"""Stiffness, gravity and drag of hanging hair by kind of chain."""


def wobble(rng: np.random.Generator, amount: float) -> float:
    """Return a small deviation, normal but never beyond two of ``amount``."""
    return float(np.clip(rng.normal(), -2, 2) * amount)


def tone(rng: np.random.Generator) -> int:
    """Return a column of the texture: mostly plain, some darker, some lighter."""
    return int(rng.choice([0, 1, 1, 1, 2]))


def way(shell: Shell, root: Spot, tip: Spot, lifts: Sequence[tuple[float, float]]) -> Path:
    """Return a path on the great circle; ``lifts`` are (share of the way, metres)."""
    return tuple((*shell.along(root, tip, share), lift) for share, lift in lifts)


@dataclass(frozen=True)
class Parting:
    """The line from which hair falls to both sides: from the forehead to the whorl."""

    shell: Shell
    az: float = 0.0
    front: float = 34.0
    whorl: Spot = (180.0, 70.0)

    def spot(self, share: float, off: float = 0.0) -> Spot:
        """Return a spot a share of the way to the whorl, ``off`` degrees to the left."""
        az, el = self.shell.along((self.az, self.front), self.whorl, share)
        return az + off / max(np.cos(np.radians(el)), 0.25) * np.sign(90.1 - abs(az)), el

    def root(self, az: float) -> Spot:
        """Return where a lock starts that ends at azimuth ``az`` (degrees)."""
        turn = (az + 180.0) % 360.0 - 180.0
        share = float(np.interp(abs(turn), (40, 62, 90, 125, 165), (0.02, 0.24, 0.5, 0.82, 1)))
        return self.spot(share, 2.0 * np.sign(turn))


def mantle(
    part: Parting,
    rng: np.random.Generator,
    azimuths: Sequence[float],
    *,
    el: float = -8.0,
    hang: float = 0.3,
    width: float = 0.058,
    lift: float = 0.010,
    rise: float = 0.5,
    shorten: float = 0.0,
    uneven: float = 0.06,
    chains: int = 0,
    begin: float = 0.0,
    **more: float | str | tuple[float, float],
) -> list[Lock]:
    """Return broad locks from the parting over the head that hang around it.

    Parameters
    ----------
    azimuths
        Where they leave the head, degrees.
    el, hang, width, lift
        Elevation where they leave it, length from there, width, height over the volume.
    rise
        Height near the parting as a share of ``lift``.
    shorten
        Share by which the foremost are shorter than those at the nape.
    uneven
        Deviation of the length as a share.
    chains
        Number of spring chains for what hangs; 0 for none.
    begin
        Share of the way from the parting at which they begin, for what lies below.
    more
        Other fields of :class:`~cyberdirector.character.hair.lock.Lock`.
    """
    out = []
    base = Lock(group="back", root=0.5, peak=0.5, tip=2.2, rings=21)
    for i, az in enumerate(azimuths):
        turn = (az + 180.0) % 360.0 - 180.0
        front = (180.0 - abs(turn)) / 130.0
        height = lift + (0.0, 0.0038, 0.0016, 0.0048)[i % 4] * min(1.0, width / 0.05)
        tip = (az + wobble(rng, 1.5), el + wobble(rng, 2.0))
        root = part.root(az)
        path = way(
            part.shell, (root[0] + wobble(rng, 1.0), root[1] + wobble(rng, 1.0)), tip,
            ((begin, 0.003), (begin + 0.12, rise * height),
             (begin + 0.45 * (1 - begin), height), (1.0, height)),
        )  # fmt: skip
        lock = replace(
            base,
            path=path,
            width=width * (1.0 + wobble(rng, 0.06)),
            thick=0.20 * width,
            lean=_lean(turn, wobble(rng, 0.035)),
            hang=hang * (1.0 - shorten * front) * (1.0 + wobble(rng, uneven)),
            bend=wobble(rng, 0.03),
            phase=0.06 * az + wobble(rng, 0.5),
            tone=tone(rng),
            chain=_chain_of(turn, chains),
        )
        out.append(replace(lock, **more))  # type: ignore[arg-type]
    return out


BEFORE = 87.0
"""Azimuth in degrees from which hanging hair passes behind the shoulders, not before."""


def _chain_of(turn: float, chains: int) -> str:
    """Return the chain of a lock that leaves the head at an azimuth of -180..180 degrees."""
    if not chains:
        return ""
    if abs(turn) < BEFORE:
        return "front-left" if turn > 0 else "front-right"
    share = ((turn % 360.0) - BEFORE) / (360.0 - 2.0 * BEFORE)
    return f"back-{int(np.clip(share * chains, 0, chains - 1))}"


def cover(
    shell: Shell, rng: np.random.Generator, azimuths: Sequence[float], low: float, knot: Spot,
    lift: float = 0.011,
) -> list[Lock]:  # fmt: skip
    """Return locks combed up the back of the head to a knot, over the roots of hair below."""
    out = []
    for az in azimuths:
        root = (az, low + wobble(rng, 2.0))
        end = shell.along(root, knot, 0.9)
        path = way(shell, root, end, ((0, 0.004), (0.25, lift), (0.7, lift), (1, lift)))
        out.append(
            Lock(path=path, width=0.044, thick=0.009, root=0.15, peak=0.45, tip=4.0, rings=12,
                 tone=tone(rng))
        )  # fmt: skip
    return out


def _lean(az: float, stray: float = 0.0) -> tuple[float, float]:
    """Return how hair that leaves the head at ``az`` leans so as to pass behind the arms.

    ``stray`` is a sideways part of its own.
    """
    side = float(np.exp(-(((abs(az) - 114.0) / 36.0) ** 2)))
    return -0.08 - 0.22 * side + stray, -0.06 - 0.36 * side


def ring_of(count: int, low: float, odd: bool = False) -> list[float]:
    """Return azimuths around the back of the head from ``low`` to ``-low`` degrees.

    ``odd`` shifts them by half a step for a second layer.
    """
    n = count + (1 if odd else 0)
    step = (360.0 - 2 * low) / (n - 1)
    first = low + (0.5 * step if odd else 0.0)
    return [first + step * i for i in range(count)]


def fringe(
    shell: Shell,
    rng: np.random.Generator,
    tips: Sequence[tuple[float, float, float]],
    *,
    part: float = 0.0,
    root: float = 76.0,
    narrow: float = 0.75,
    lift: float = 0.013,
    end: float = 0.008,
    bow: float = 0.06,
    sharp: float = 1.35,
    peak: float = 0.34,
    rings: int = 14,
) -> list[Lock]:
    """Return a fringe.

    ``tips`` are (azimuth, height over the upper lid in metres, width in metres); roots
    stand near the parting ``part`` (azimuth, degrees), drawn together by ``narrow``.
    ``lift`` is the height half-way, ``end`` that of the tips over the forehead.
    """
    out = []
    for i, (az, height, width) in enumerate(tips):
        el = shell.elevation_of(shell.eye_top + height, az)
        high = lift + 0.0016 * (i % 3 - 1)
        start = (part + (az - part) * narrow, root + wobble(rng, 1.5))
        path = way(
            shell, start, (az, el),
            ((0.0, 0.003), (0.2, 0.8 * high), (0.55, high), (0.8, 0.5 * (high + end)),
             (1.0, end)),
        )  # fmt: skip
        out.append(
            Lock(
                path=path, width=width * 1.15, thick=0.011, group="fringe",
                bend=-bow * np.sign(az - part) * min(1.0, abs(az - part) / 20.0)
                + wobble(rng, 0.012),
                sway=wobble(rng, 0.012), root=0.35, peak=peak, tip=sharp, rings=rings,
                tone=tone(rng),
            )
        )  # fmt: skip
    return out


def frame_lock(
    shell: Shell, sign: int, begin: Spot, aim: Spot, hang: float, width: float, *,
    lift: float = 0.014, **more: float | str | int | tuple[float, float],
) -> Lock:  # fmt: skip
    """Return one lock that frames the face on the left (sign 1) or right (-1).

    It starts at ``begin`` and leaves the head at ``aim``, both spots of the left side.
    """
    start, end = (sign * begin[0], begin[1]), (sign * aim[0], aim[1])
    path = way(shell, start, end, ((0.0, 0.002), (0.2, 0.7 * lift), (0.6, lift), (1.0, lift)))
    lock = Lock(
        path=path, width=width, thick=min(0.012, 0.4 * width), hang=hang, group="side",
        peak=0.5, tip=1.6, rings=16, clear=0.006, lean=(-0.06, 0.06),
    )  # fmt: skip
    return replace(lock, **more)  # type: ignore[arg-type]


def swept(
    shell: Shell,
    rng: np.random.Generator,
    hairline: HairLine,
    knot: Spot,
    azimuths: Sequence[float],
    *,
    width: float = 0.036,
    gap: float = 6.0,
    lift: float = 0.009,
    puff: float = 0.0,
    start: float = -0.0006,
) -> list[Lock]:
    """Return locks combed from the hairline at ``azimuths`` to a knot.

    They begin as points within the hairline, which the cap draws. ``gap`` is the distance of
    their ends from the middle of the knot in degrees; ``puff`` lifts them over the forehead
    (metres).
    """
    out = []
    for i, az in enumerate(azimuths):
        turn = (az + 180.0) % 360.0 - 180.0
        edge = float(hairline_at(shell, hairline, np.array([az]))[0])
        front = max(0.0, float(np.cos(np.radians(turn)))) * puff
        high = lift + 0.0014 * (i % 3 - 1) + front
        root = (az, edge + 0.2 + wobble(rng, 0.3))
        reach = _angle(shell, root, knot)
        # A high hairline lies where the volume of the crown begins: roots stay on the skin.
        first = start - _mass(shell, root)
        stop = max(0.5, 1.0 - gap / max(reach, 1e-6))
        end = shell.along(root, knot, stop)
        nape = 0.65 if edge < -8 else 1.0
        if knot[1] < 28:
            path = _over(shell, root, knot, end, (first, 0.45 * high, high, nape * high, lift))
        else:
            path = way(
                shell, root, end,
                ((0.0, first), (0.10, 0.45 * nape * high + 0.5 * (first - start)),
                 (0.30, nape * high), (0.65, high), (1.0, lift)),
            )  # fmt: skip
        out.append(
            Lock(
                path=path, width=width * (1 + wobble(rng, 0.08)), thick=0.0065, root=0.42,
                peak=0.42, tip=5.0, bend=wobble(rng, 0.02), rings=15, tone=tone(rng),
            )
        )  # fmt: skip
    return out


def _over(shell: Shell, root: Spot, knot: Spot, end: Spot, lifts: tuple[float, ...]) -> Path:
    """Return a path over the crown or around the back to a knot that sits low.

    ``lifts`` are the heights at the root, a tenth on, half-way, further on and at the end.
    """
    turn = (root[0] + 180.0) % 360.0 - 180.0
    a, sign = abs(turn), 1.0 if turn >= 0 else -1.0
    path = [(*root, lifts[0])]
    last = root
    if a < 110.0:
        via = (sign * max(a, 172.0 - 0.60 * a), float(np.interp(a, (0, 60, 110), (46, 26, 4))))
        for share, lift in ((0.12, lifts[1]), (0.5, lifts[2]), (1.0, lifts[3])):
            path.append((*shell.along(root, via, share), lift))
        last = via
    far = (knot[0] - last[0] + 180.0) % 360.0 - 180.0
    if abs(far) > 60.0:
        # Around the back of the head, not through the face.
        path.append((180.0, 0.5 * (knot[1] + min(last[1], 10.0)), lifts[3]))
        path.append((*knot, lifts[4]))
    elif a < 110.0:
        path.append((*shell.along(last, knot, 0.92), lifts[4]))
    else:
        path.append((*shell.along(root, end, 0.4), lifts[3]))
        path.append((*end, lifts[4]))
    return tuple(path)


def _mass(shell: Shell, spot: Spot) -> float:
    """Return the volume of hair over the skull at a spot, metres on a standard head."""
    d = shell.direction(np.radians(np.array([spot[0]])), np.radians(np.array([spot[1]])))
    return float(shell.mass(d)[0]) * UNIT / shell.size


def _angle(shell: Shell, a: Spot, b: Spot) -> float:
    """Return the angle between two spots in degrees."""
    d = shell.direction(np.radians(np.array([a[0], b[0]])), np.radians(np.array([a[1], b[1]])))
    return float(np.degrees(np.arccos(np.clip(d[0] @ d[1], -1, 1))))
