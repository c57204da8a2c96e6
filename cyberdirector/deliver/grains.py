"""Small sounds made from decaying tones and noise: drops, birds, crickets, steps, doors.

Each is (samples,) float64 at 48 kHz with a peak near 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cyberdirector.deliver.loudness import AUDIO_RATE

Sound = NDArray[np.float64]


def _time(seconds: float) -> Sound:
    return np.arange(round(seconds * AUDIO_RATE)) / AUDIO_RATE


def _band(noise: Sound, low: float, high: float, order: int = 2) -> Sound:
    from scipy.signal import butter, sosfilt

    sos = butter(order, (low, high), "band", fs=AUDIO_RATE, output="sos")
    return np.asarray(sosfilt(sos, noise))


def _peak(sound: Sound, fade: float = 0.004) -> Sound:
    n = min(len(sound), round(fade * AUDIO_RATE))
    out = sound.copy()
    out[len(out) - n :] *= np.linspace(1.0, 0.0, n)
    return np.asarray(out / max(1e-9, float(np.abs(out).max())))


def _arch(t: Sound, power: float) -> Sound:
    """Return a hump from 0 to 1 to 0 over the time."""
    return np.asarray(np.maximum(0.0, np.sin(np.pi * t / t[-1])) ** power)


def _sweep(start: float, end: float, t: Sound) -> Sound:
    """Return the phase of a tone that glides from ``start`` to ``end`` Hz."""
    share = t / max(t[-1], 1e-6)
    return np.asarray(2 * np.pi * np.cumsum(start + (end - start) * share) / AUDIO_RATE)


def patter(rng: np.random.Generator) -> Sound:
    """A rain drop on wood or tile."""
    t = _time(0.03)
    low = rng.uniform(500, 1800)
    body = _band(rng.standard_normal(len(t)), low, low * 2.5, 1) * np.exp(-t / 0.005)
    ring = np.sin(2 * np.pi * rng.uniform(700, 2600) * t) * np.exp(
        -t / rng.uniform(0.002, 0.006)
    )
    return _peak(body / np.abs(body).max() + 0.5 * ring)


def drip(rng: np.random.Generator) -> Sound:
    """A drop falling into water: a short rising tone."""
    t = _time(0.09)
    start = rng.uniform(700, 1500)
    tone = np.sin(_sweep(start, start * rng.uniform(1.3, 1.9), t)) * np.exp(-t / 0.018)
    return _peak(tone * np.minimum(1.0, t / 0.002))


def cricket(rng: np.random.Generator) -> Sound:
    """One chirp: three to five pulses of a pure high tone."""
    pitch, gap = rng.uniform(3900, 4900), rng.uniform(0.026, 0.034)
    pulses = int(rng.integers(3, 6))
    t = _time(gap * pulses + 0.02)
    phase = (t % gap) / gap
    gate = np.where(t < gap * pulses, np.sin(np.pi * np.clip(phase / 0.62, 0, 1)) ** 1.5, 0.0)
    rise = 0.55 + 0.45 * np.minimum(1.0, t / (gap * 2))
    return _peak(np.sin(2 * np.pi * pitch * t) * gate * rise)


def bird(rng: np.random.Generator) -> Sound:
    """A phrase of a small bird, with the echo of a valley."""
    notes: list[Sound] = []
    base = rng.uniform(2400, 4300)
    for _ in range(int(rng.integers(2, 6))):
        t = _time(rng.uniform(0.05, 0.14))
        turn = rng.uniform(0.75, 1.35)
        wobble = 0.03 * np.sin(2 * np.pi * rng.uniform(18, 40) * t)
        tone = np.sin(_sweep(base, base * turn, t) + 8 * wobble)
        notes += [tone * _arch(t, 1.3) * rng.uniform(0.6, 1.0)]
        notes += [np.zeros(round(rng.uniform(0.03, 0.11) * AUDIO_RATE))]
        base *= rng.uniform(0.9, 1.12)
    dry = np.concatenate([*notes, np.zeros(round(0.9 * AUDIO_RATE))])
    wet = dry.copy()
    for delay, level in ((0.11, 0.35), (0.19, 0.26), (0.31, 0.18), (0.46, 0.11), (0.66, 0.06)):
        n = round(delay * AUDIO_RATE)
        wet[n:] += level * dry[:-n]
    return _peak(_band(wet, 1500, 7000, 1))


def fire(rng: np.random.Generator) -> Sound:
    """A crackle."""
    t = _time(0.02)
    noise = _band(rng.standard_normal(len(t)), 1200, 7000, 1)
    return _peak(noise * np.exp(-t / rng.uniform(0.0008, 0.004)))


def key(rng: np.random.Generator) -> Sound:
    """A key of a keyboard, down and up, some desks away."""
    t = _time(0.16)
    click = _band(rng.standard_normal(len(t)), 900, 3800, 1)
    up = rng.uniform(0.07, 0.11)
    shape = np.exp(-t / 0.006) + 0.45 * np.where(t > up, np.exp(-(t - up) / 0.005), 0.0)
    return _peak(click * shape)


def creak(rng: np.random.Generator) -> Sound:
    """Old wood: a slow train of clicks through a narrow resonance."""
    t = _time(rng.uniform(0.35, 0.7))
    rate = np.linspace(rng.uniform(26, 40), rng.uniform(50, 85), len(t))
    clicks = np.diff(np.floor(np.cumsum(rate) / AUDIO_RATE), prepend=0.0)
    clicks *= 0.6 + 0.4 * rng.random(len(t))
    low = rng.uniform(380, 620)
    body = _band(clicks, low, low * 1.5) + 0.6 * _band(clicks, low * 2.4, low * 3.1)
    return _peak(body * _arch(t, 0.7))


def thunder(rng: np.random.Generator) -> Sound:
    """A far roll."""
    t = _time(rng.uniform(4.0, 6.0))
    noise = rng.standard_normal(len(t))
    low, mid = _band(noise, 28, 110), _band(noise, 90, 320, 1)
    rolls = np.zeros(len(t))
    for _ in range(int(rng.integers(3, 6))):
        at = rng.uniform(0.1, t[-1] * 0.55)
        since = np.maximum(0.0, t - at)
        rolls += rng.uniform(0.5, 1.0) * np.where(
            t >= at, np.minimum(1.0, since / 0.12) * np.exp(-since / rng.uniform(0.6, 1.3)), 0.0
        )
    return _peak((low + 0.35 * mid) * rolls, 0.8)


def step(rng: np.random.Generator) -> Sound:
    """A foot on a wooden floor: heel, then sole."""
    t = _time(0.22)
    noise = rng.standard_normal(len(t))
    heel = np.sin(2 * np.pi * rng.uniform(82, 118) * t) * np.exp(-t / 0.03)
    knock = _band(noise, 220, 900, 1) * np.exp(-t / 0.016)
    late = np.maximum(0.0, t - 0.065)
    sole = _band(noise, 500, 2600, 1) * np.where(t > 0.065, np.exp(-late / 0.022), 0.0)
    return _peak(heel + 1.1 * knock + 0.25 * sole)


def door(rng: np.random.Generator) -> Sound:
    """A wooden door pushed open: latch, hinge, and the leaf against its stop."""
    latch = fire(rng)
    hinge = creak(rng)
    t = _time(0.4)
    thud = np.sin(2 * np.pi * 74 * t) * np.exp(-t / 0.07)
    thud += 0.5 * _band(rng.standard_normal(len(t)), 150, 700, 1) * np.exp(-t / 0.03)
    gap = round(0.06 * AUDIO_RATE)
    out = np.zeros(gap + len(hinge) + len(thud))
    out[: len(latch)] += 0.5 * latch
    out[gap : gap + len(hinge)] += 0.55 * hinge
    start = gap + len(hinge) - round(0.05 * AUDIO_RATE)
    out[start : start + len(thud)] += thud / np.abs(thud).max()
    return _peak(out, 0.05)


def cloth(rng: np.random.Generator) -> Sound:
    """Sleeves and skirts of somebody who rises, turns or bows."""
    t = _time(rng.uniform(0.3, 0.5))
    noise = _band(rng.standard_normal(len(t)), 700, 4200, 1)
    flutter = 0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(7, 12) * t + rng.uniform(0, 6))
    return _peak(noise * flutter * _arch(t, 1.4))


def paper(rng: np.random.Generator) -> Sound:
    """A letter held out or unfolded."""
    t = _time(0.5)
    noise = _band(rng.standard_normal(len(t)), 1800, 9000, 1)
    shape = np.zeros(len(t))
    for at in rng.uniform(0.0, 0.36, 9):
        since = np.maximum(0.0, t - at)
        shape += rng.uniform(0.3, 1.0) * np.where(t >= at, np.exp(-since / 0.018), 0.0)
    return _peak(noise * shape)


def sword(rng: np.random.Generator) -> Sound:
    """A blade leaving its sheath."""
    t = _time(1.2)
    slide = _band(rng.standard_normal(len(t)), 2500, 9000, 1)
    slide *= np.where(t < 0.28, (t / 0.28) ** 2, np.exp(-np.maximum(0.0, t - 0.28) / 0.03))
    since = np.maximum(0.0, t - 0.27)
    ring = sum(
        level * np.sin(2 * np.pi * pitch * t + phase) * np.exp(-since / decay)
        for pitch, level, decay, phase in zip(
            (2730.0, 4110.0, 5890.0, 7420.0), (0.5, 0.4, 0.25, 0.15), (0.34, 0.27, 0.2, 0.14),
            rng.uniform(0, 6, 4), strict=True,
        )
    )  # fmt: skip
    return _peak(slide / np.abs(slide).max() * 0.8 + np.where(t > 0.27, ring, 0.0), 0.1)


def thud(rng: np.random.Generator) -> Sound:
    """A flat hand on a table, and what stands on it."""
    t = _time(0.5)
    noise = rng.standard_normal(len(t))
    hand = _band(noise, 200, 1400, 1) * np.exp(-t / 0.02)
    board = np.sin(2 * np.pi * 96 * t) * np.exp(-t / 0.08)
    late = np.maximum(0.0, t - 0.03)
    rattle = np.sin(2 * np.pi * 2900 * t) * np.where(t > 0.03, np.exp(-late / 0.05), 0.0)
    return _peak(hand / np.abs(hand).max() + 0.8 * board + 0.08 * rattle, 0.05)


def slap(rng: np.random.Generator) -> Sound:
    """An open hand on skin: a crack, and a short dull body."""
    t = _time(0.18)
    noise = rng.standard_normal(len(t))
    crack = _band(noise, 900, rng.uniform(4200, 5600), 1) * np.exp(-t / 0.007)
    body = _band(noise, 180, 700, 1) * np.exp(-t / 0.03)
    return _peak(crack / np.abs(crack).max() + 0.45 * body / np.abs(body).max(), 0.03)


def cup(rng: np.random.Generator) -> Sound:
    """A cup set down on wood."""
    t = _time(0.3)
    knock = _band(rng.standard_normal(len(t)), 300, 1600, 1) * np.exp(-t / 0.008)
    ring = np.sin(2 * np.pi * rng.uniform(2300, 3100) * t) * np.exp(-t / 0.04)
    return _peak(knock / np.abs(knock).max() + 0.35 * ring)


KINDS: dict[str, Callable[[np.random.Generator], Sound]] = {
    "patter": patter, "drip": drip, "cricket": cricket, "bird": bird, "fire": fire,
    "key": key, "creak": creak, "thunder": thunder, "step": step, "door": door,
    "cloth": cloth, "paper": paper, "sword": sword,
    "thud": thud, "cup": cup, "slap": slap,
}  # fmt: skip
"""All grains by name."""


def bank(kind: str, seed: int, count: int = 24) -> list[Sound]:
    """Return variations of a grain; long ones are fewer."""
    count = 5 if kind in ("thunder", "creak") else 10 if kind == "bird" else count
    return [KINDS[kind](np.random.default_rng((seed, i))) for i in range(count)]
