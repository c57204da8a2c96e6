"""Head motion on top of gaze: nods on accents, pitch of the voice, listening, drift."""

from __future__ import annotations

import numpy as np

from cyberdirector.perform._motion import Array, bump, pinned_noise, plateau
from cyberdirector.perform.prosody import Prosody

_DEGREE = np.pi / 180.0


def nod(t: Array, time: float, degrees: float, length: float = 0.42) -> Array:
    """Return a nod (n,) in radians of pitch with its lowest point at ``time`` seconds."""
    down = bump(t, time - 0.4 * length, time, time + 0.6 * length)
    back = bump(t, time + 0.3 * length, time + 0.75 * length, time + 1.3 * length)
    return np.asarray(_DEGREE * degrees * (down - 0.25 * back))


def shake(t: Array, start: float, length: float, degrees: float, turns: float) -> Array:
    """Return a head shake (n,) in radians of yaw."""
    phase = (t - start) / length
    body = np.sin(2.0 * np.pi * turns * phase)
    return np.asarray(_DEGREE * degrees * body * plateau(t, start, 0.2, start + length, 0.3))


def speaking_head(
    t: Array, duration: float, prosody: Prosody, gain: float, rng: np.random.Generator
) -> Array:
    """Return the speaker's head motion (n, 3) yaw, pitch, roll in radians.

    Half of the accents, the stronger ones, get a nod of 2-6 degrees; the head rises with
    the pitch of the voice by a degree per semitone (Munhall et al. 2004 found the link)
    and drifts slowly; all is back at 0 at both ends.
    """
    out = np.zeros((len(t), 3))
    accents = [(a, p) for a, p in prosody.accents if 0.2 < a < duration - 0.5]
    if accents:
        bar = float(np.quantile([p for _, p in accents], 0.5))
        last = -1.0
        for time, prominence in accents:
            size = rng.uniform(3.0, 5.6) * (0.6 + 0.5 * prominence)
            late = rng.uniform(-0.03, 0.05)
            if prominence >= bar and time - last > 0.35:
                out[:, 1] += nod(t, time + late, gain * size)
                last = time
    out[:, 1] -= _DEGREE * gain * np.clip(prosody.pitch, -5.0, 5.0)
    drift = pinned_noise(t, duration, 1.1, rng, 3)
    slow = pinned_noise(t, duration, 2.3, rng, 3)
    live = plateau(t, prosody.start - 0.3, 0.4, min(prosody.end + 0.5, duration), 0.5)[:, None]
    out += _DEGREE * gain * np.array([9.6, 4.4, 8.0]) * (0.5 * drift + 0.9 * slow) * live
    if prosody.question:
        top = min(prosody.end, duration - 0.35)
        rise = bump(t, top - 0.45, top, min(top + 0.8, duration))
        out[:, 2] += _DEGREE * gain * 3.0 * rise * (1.0 if rng.random() < 0.5 else -1.0)
        out[:, 1] -= _DEGREE * gain * 2.5 * rise
    return out


def resting_head(t: Array, duration: float, gain: float, rng: np.random.Generator) -> Array:
    """Return slow drift of a silent head (n, 3) yaw, pitch, roll in radians."""
    slow = pinned_noise(t, duration, 2.2, rng, 3)
    return np.asarray(slow * _DEGREE * gain * np.array([3.0, 1.6, 2.6]))


def listening_nods(
    t: Array, duration: float, prosody: Prosody, chance: float, rng: np.random.Generator
) -> Array:
    """Return a listener's nods (n, 3), 150-350 ms after the speaker's phrases end."""
    out = np.zeros((len(t), 3))
    for _, end in prosody.phrases:
        time = end + rng.uniform(0.15, 0.35)
        size = rng.uniform(2.5, 5.0)
        double = rng.random() < 0.35
        if rng.random() < chance and time < duration - 0.5:
            out[:, 1] += nod(t, time + 0.15, size, 0.5)
            if double and time + 0.9 < duration:
                out[:, 1] += nod(t, time + 0.6, 0.6 * size, 0.45)
    return out
