"""Microphones, rooms and noises for training the ear, applied to mel power (cheap and near)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from cyberdirector.voice.ear.features import MELS

Floats = NDArray[np.float32]

_BINS = np.clip(np.linspace(1.0, 9.0, MELS), 1.0, None)  # FFT bins in a band, about


def augment(mel: Floats, other: Floats, rng: np.random.Generator) -> Floats:
    """Return ``mel`` (n, 40) as another throat, room, noise and channel would give it.

    Parameters
    ----------
    mel, other
        Natural log of mel power; ``other`` is somebody else's speech, for babble.
    """
    mel = _warp(mel, float(np.exp(rng.uniform(-0.16, 0.16))), rng.normal(0.0, 0.05, 3))
    mel = mel + _curve(rng, 0.9)  # microphone: a few dB up and down
    power = np.exp(mel - np.logaddexp.reduce(mel, axis=1).max())
    if rng.random() < 0.4:
        power = _reverb(power, rng)
    mean = float(power.sum(1).mean())
    if rng.random() < 0.85:
        power = power + _noise(len(power), mean * _decibel(-rng.uniform(8, 45)), rng)
    if rng.random() < 0.25:
        power = power + _babble(other, len(power), mean * _decibel(-rng.uniform(6, 25)), rng)
    if rng.random() < 0.1:
        power = power + _music(len(power), mean * _decibel(-rng.uniform(8, 25)), rng)
    if rng.random() < 0.1:  # clipping spreads energy over the bands
        power = power + power.sum(1, keepdims=True) * _decibel(-rng.uniform(18, 35)) / MELS
    if rng.random() < 0.3:
        power = power * _band(rng)
    if rng.random() < 0.15:  # a codec drops what is weak beside the strong
        weak = power < power.max(1, keepdims=True) * _decibel(-rng.uniform(25, 45))
        power = np.where(weak, power * 1e-3, power)
    floor = mean * _decibel(-rng.uniform(50, 75)) / MELS
    return np.log(power + floor).astype(np.float32)


def mask(features: Floats, rng: np.random.Generator) -> Floats:
    """Return the features with bands and short times blotted out (SpecAugment, 2019)."""
    for _ in range(rng.integers(0, 3)):
        first, size = rng.integers(0, MELS - 8), rng.integers(1, 8)
        features[:, first : first + size] = 0.0
    for _ in range(rng.integers(0, 3)):
        first, size = rng.integers(0, max(1, len(features) - 8)), rng.integers(2, 8)
        features[first : first + size] = features.mean()
    return features


def stretch(
    mel: Floats, label: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Floats, NDArray[np.int64]]:
    """Return a line spoken faster or slower by up to a quarter."""
    factor = float(np.exp(rng.uniform(-0.22, 0.22)))
    place = np.arange(0, len(mel) - 1, factor)
    low = place.astype(np.int64)
    share = (place - low).astype(np.float32)[:, None]
    return mel[low] * (1 - share) + mel[low + 1] * share, label[np.rint(place).astype(np.int64)]


def _decibel(value: float) -> float:
    return float(10.0 ** (value / 10.0))


def _curve(rng: np.random.Generator, spread: float) -> Floats:
    """Return (40,) a smooth random curve (knots every 8 bands) plus a tilt."""
    knots = np.interp(np.arange(MELS), np.arange(0, 48, 8), rng.normal(0.0, spread, 6))
    return (knots + np.linspace(-1, 1, MELS) * rng.normal(0.0, spread)).astype(np.float32)


def _warp(mel: Floats, factor: float, bend: NDArray) -> Floats:
    """Return ``mel`` with all of the throat shorter by ``factor``, its formants each by more.

    ``bend`` are the logarithms of what F1, F2 and F3 (500, 1500, 2500 Hz) move besides:
    people differ in their vowels, not only in their length.
    """
    own = np.interp(np.arange(MELS), (0, 10, 21, 29, MELS - 1), (0, *bend, 0))
    place = np.clip(np.arange(MELS) * factor * np.exp(own), 0, MELS - 1)
    low = np.minimum(place.astype(int), MELS - 2)
    share = (place - low).astype(np.float32)
    return mel[:, low] * (1 - share) + mel[:, low + 1] * share


def _reverb(power: NDArray, rng: np.random.Generator) -> NDArray:
    decay = 10.0 ** (-6.0 * 0.01 / rng.uniform(0.15, 0.9))
    tail = lfilter([0.0, 1.0 - decay], [1.0, -decay], power, axis=0)
    return power + tail * _decibel(-rng.uniform(-3, 14))


def _noise(count: int, level: float, rng: np.random.Generator) -> NDArray:
    shape = np.exp(_curve(rng, 1.2) + np.linspace(0.5, -0.5, MELS) * rng.uniform(-1, 5))
    grain = rng.standard_gamma(_BINS, (count, MELS)) / _BINS
    if rng.random() < 0.4:  # noise that comes and goes
        swell = np.interp(np.arange(count), np.arange(0, count + 40, 40),
                          rng.normal(0, 1.0, (count + 79) // 40))  # fmt: skip
        grain = grain * np.exp(swell)[:, None]
    return grain * (level * shape / shape.sum())


def _babble(other: Floats, count: int, level: float, rng: np.random.Generator) -> NDArray:
    power = np.exp(np.roll(np.resize(other, (count, MELS)), rng.integers(count), 0))
    return power * (level / power.sum(1).mean())


def _music(count: int, level: float, rng: np.random.Generator) -> NDArray:
    """Chords that change every 0.1 to 0.5 s and die away."""
    power = np.zeros((count, MELS))
    first = 0
    while first < count:
        size = int(rng.integers(10, 50))
        chord = np.exp(rng.normal(0.0, 2.0, MELS) - np.linspace(0, 3, MELS))
        fade = np.exp(-np.arange(size) / rng.uniform(10, 60))[:, None]
        power[first : first + size] = (chord * fade)[: count - first]
        first += size
    return power * (level / power.sum(1).mean())


def _band(rng: np.random.Generator) -> NDArray:
    """Return (40,) the gain of a telephone, a small loudspeaker or a low bit rate."""
    place = np.arange(MELS)
    top = rng.uniform(26, 40)  # 26: 3.3 kHz
    low = rng.uniform(-1, 5)
    slope = rng.uniform(0.8, 3.0)
    fall = np.clip(place - top, 0, None) + np.clip(low - place, 0, None)
    return np.exp(-np.minimum(fall * slope, 9.0))
