"""Beds of sound for places, made from noise and small grains; nothing is recorded.

A bed is a sum of layers chosen by tags. The same tags and seed give the same sound; it is
made in half-second pieces so that memory does not grow with its length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.hashing import seed_of
from cyberdirector.deliver import grains
from cyberdirector.deliver.loudness import AUDIO_RATE

PIECE = AUDIO_RATE // 2
"""Samples that a bed makes at a time."""

Stereo = NDArray[np.float32]
Layer = Callable[[int], NDArray[np.float64]]
"""Gives piece number ``n`` of a layer, (PIECE, 2); called with 0, 1, 2 … in order."""


@dataclass(frozen=True)
class Hiss:
    """Filtered noise: ``low`` to ``high`` Hz at ``level`` dB RMS.

    It swells by ± ``swell`` dB every ``period`` seconds or so; ``wide`` is 0 (mono) to 1
    (independent sides).
    """

    low: float
    high: float
    level: float
    swell: float = 0.0
    period: float = 4.0
    wide: float = 0.8
    order: int = 1


@dataclass(frozen=True)
class Grains:
    """Short sounds at random times: ``rate`` per second, ``level`` ± ``spread`` dB."""

    kind: str
    rate: float
    level: float
    spread: float = 6.0
    wide: float = 0.8


RECIPES: dict[str, tuple[Hiss | Grains, ...]] = {
    "rain-roof": (
        Hiss(180, 900, -41, 2.0, 5.0),
        Hiss(900, 4200, -45, 2.5, 3.0),
        Hiss(4200, 10000, -56, 2.0, 3.5),
        Grains("patter", 44, -32, 7.0),
        Grains("drip", 1.4, -33, 5.0, 0.9),
    ),
    "rain": (
        Hiss(300, 1600, -43, 2.0, 5.0),
        Hiss(1500, 9000, -38, 2.0, 3.5),
        Grains("patter", 55, -37, 7.0),
    ),
    "thunder": (Grains("thunder", 0.045, -22, 4.0, 0.3),),
    "night": (Hiss(60, 500, -54, 2.0, 6.0), Grains("cricket", 0.95, -44, 4.0, 1.0)),
    "crickets": (Grains("cricket", 1.8, -42, 4.0, 1.0),),
    "wind": (
        Hiss(90, 420, -40, 6.0, 4.5),
        Hiss(400, 1100, -47, 8.0, 3.2),
        Hiss(1100, 3000, -56, 8.0, 2.6),
    ),
    "mountain": (Hiss(70, 300, -46, 4.0, 6.0), Grains("bird", 0.42, -39, 6.0, 1.0)),
    "birds": (Grains("bird", 0.9, -38, 6.0, 1.0),),
    "room": (Hiss(40, 260, -53, 0.0), Hiss(260, 3000, -64, 0.0)),
    "teahouse": (Grains("creak", 0.07, -42, 4.0), Grains("fire", 3.2, -50, 7.0, 0.3)),
    "fire": (Hiss(80, 600, -54, 4.0, 1.2), Grains("fire", 9.0, -43, 8.0, 0.5)),
    "office": (
        Hiss(45, 240, -47, 0.6, 8.0),
        Hiss(500, 5000, -56, 0.6, 8.0),
        Grains("key", 2.1, -45, 5.0, 0.6),
    ),
    "snow": (Hiss(120, 700, -52, 4.0, 6.0),),
    "water": (
        Hiss(300, 1400, -44, 2.5, 1.4),
        Hiss(1400, 5000, -49, 3.0, 1.1),
        Grains("drip", 7.0, -42, 6.0),
    ),
    "crowd": (Hiss(160, 900, -48, 4.0, 1.3), Hiss(900, 2400, -56, 5.0, 0.9)),
}
"""Layers of each tag."""

_SILENT = frozenset({"day", "dusk", "dawn", "mist"})

TAGS = frozenset(RECIPES) | _SILENT
"""Tags that are understood; the times of day and mist make no sound of their own."""

_MUFFLED = {"wind": -10.0, "night": -8.0, "crickets": -9.0, "thunder": -4.0, "birds": -10.0}
"""What walls take away, dB."""


def layers_of(tags: Iterable[str]) -> list[tuple[str, Hiss | Grains, float]]:
    """Return (tag, layer, extra dB) of a place: rain under a roof, no birds at night."""
    given = set(tags) & frozenset(RECIPES)
    inside = "room" in given
    wet = bool(given & {"rain", "rain-roof", "snow"})
    dark = "night" in given
    if inside and "rain" in given:
        given = given - {"rain"} | {"rain-roof"}
    found: list[tuple[str, Hiss | Grains, float]] = []
    for tag in sorted(given):
        for layer in RECIPES[tag]:
            kind = layer.kind if isinstance(layer, Grains) else ""
            if (kind == "bird" and (wet or dark)) or (kind == "cricket" and wet):
                continue
            found.append((tag, layer, _MUFFLED.get(tag, 0.0) if inside else 0.0))
    return found


def unknown_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that have no sound, for the report."""
    return tuple(tag for tag in tags if tag not in TAGS)


def _swelling(layer: Hiss, rng: np.random.Generator) -> Callable[[int], NDArray[np.float64]]:
    """Return the slow gain of a layer: cubic value noise in decibels."""
    seed = int(rng.integers(1 << 62))

    @cache
    def knot(index: int) -> float:
        return float(np.random.default_rng((seed, index)).uniform(-1.0, 1.0))

    def gain(piece: int) -> NDArray[np.float64]:
        time = (np.arange(PIECE) + piece * PIECE) / (AUDIO_RATE * layer.period)
        base = int(time[0])
        knots = np.array([knot(base + k) for k in range(int(time[-1]) - base + 2)])
        at = time - base
        left = at.astype(int)
        t = at - left
        smooth = t * t * (3.0 - 2.0 * t)
        value = knots[left] * (1.0 - smooth) + knots[left + 1] * smooth
        return np.asarray(10.0 ** (layer.swell * value / 20.0))

    return gain


def _hiss(layer: Hiss, rng: np.random.Generator) -> Layer:
    from scipy.signal import butter, sosfilt

    band = butter(layer.order, (layer.low, layer.high), "band", fs=AUDIO_RATE, output="sos")
    state = np.zeros((len(band), 2, 2))
    # White noise of power 1 leaves about bandwidth / Nyquist behind the filter.
    share = (layer.high - layer.low) * 1.57 / (AUDIO_RATE / 2)
    scale = 10.0 ** (layer.level / 20.0) / np.sqrt(min(1.0, share))
    swell = _swelling(layer, rng)
    side = float(np.sqrt(max(0.0, 1.0 - layer.wide**2)))

    def piece(number: int) -> NDArray[np.float64]:
        nonlocal state
        noise = rng.standard_normal((PIECE, 3))
        pair = layer.wide * noise[:, :2] + side * noise[:, 2:]
        filtered, state = sosfilt(band, pair, axis=0, zi=state)
        out = filtered * scale
        return np.asarray(out * swell(number)[:, None] if layer.swell else out)

    return piece


def _grains(layer: Grains, rng: np.random.Generator) -> Layer:
    bank = grains.bank(layer.kind, int(rng.integers(1 << 62)))
    longest = max(len(grain) for grain in bank)
    tail = np.zeros((longest + PIECE, 2))

    def piece(number: int) -> NDArray[np.float64]:
        nonlocal tail
        count = rng.poisson(layer.rate * PIECE / AUDIO_RATE)
        for _ in range(count):
            grain = bank[int(rng.integers(len(bank)))]
            at = int(rng.integers(PIECE))
            level = 10.0 ** ((layer.level + rng.normal(0.0, layer.spread / 2)) / 20.0)
            angle = np.pi / 4 * (1.0 + layer.wide * rng.uniform(-1.0, 1.0))
            sides = level * np.array([np.cos(angle), np.sin(angle)]) * np.sqrt(2.0)
            tail[at : at + len(grain)] += grain[:, None] * sides
        out = tail[:PIECE].copy()
        tail = np.concatenate([tail[PIECE:], np.zeros((PIECE, 2))])
        return out

    return piece


class Bed:
    """The sound of a place, made piece by piece.

    Parameters
    ----------
    tags
        Names of :data:`RECIPES`; unknown ones are silent.
    seed
        Another number, another rain.
    """

    def __init__(self, tags: Iterable[str], seed: int) -> None:
        self.layers: list[Layer] = []
        for index, (tag, layer, extra) in enumerate(layers_of(tags)):
            rng = np.random.default_rng(seed_of("ambience", tag, index, seed))
            layer = replace(layer, level=layer.level + extra)
            make = _hiss(layer, rng) if isinstance(layer, Hiss) else _grains(layer, rng)
            self.layers.append(make)
        self._next = 0

    def piece(self) -> Stereo:
        """Return the next :data:`PIECE` samples, (PIECE, 2) float32, full scale ±1."""
        out = np.zeros((PIECE, 2))
        for layer in self.layers:
            out += layer(self._next)
        self._next += 1
        return out.astype(np.float32)
