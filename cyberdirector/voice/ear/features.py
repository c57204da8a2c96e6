"""What the ear hears: 40 log-mel bands every 10 ms, free of loudness and microphone colour."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RATE = 16_000
"""Sample rate of the ear in Hz: the telephone carries 8 kHz, few sounds need more than this."""

STEP = 0.01
"""Seconds between frames; frame k is centred at ``k * STEP``."""

MELS = 40
"""Bands per frame, 60..7600 Hz on the mel scale."""

LOUD = 5.0
"""A frame counts as loud within this many nepers (of power, 22 dB) of the loud level."""

USUAL = 40.0
"""Loud frames of ordinary speech that every take is taken to hold besides its own."""

WINDOW, HOP = 400, 160
"""Samples of a frame's window (25 ms) and between frames (10 ms)."""

_FFT = 512
_FLOOR = 1e-10
_RANGE = (60.0, 7600.0)
_SCALE = 3.0
_BLOCK = 4096  # frames per block, so that hours do not need gigabytes


def log_mel(audio: Floats) -> Floats:
    """Return (n, 40) float32: natural log of mel-band power, n = samples // 160 + 1.

    Parameters
    ----------
    audio
        (samples,) float32 mono at 16 kHz, full scale ±1; zeros are put around it.
    """
    count = len(audio) // HOP + 1
    padded = np.pad(np.asarray(audio, np.float32), (WINDOW // 2, WINDOW // 2 + HOP))
    return window_mel(padded)[:count]


def window_mel(samples: Floats) -> Floats:
    """Return (n, 40) float32 log-mel of the whole windows of ``samples``, one every 160.

    Frame k covers samples ``160 k`` to ``160 k + 400``.
    """
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    result = np.zeros((len(frames), MELS), np.float32)
    for first in range(0, len(frames), _BLOCK):
        block = frames[first : first + _BLOCK] * _hann()
        power = np.square(np.abs(np.fft.rfft(block, _FFT))).astype(np.float32)
        result[first : first + _BLOCK] = np.log(power @ _filters() + _FLOOR)
    return result


def loud_mean(mel: Floats) -> Floats:
    """Return (40,) float32: the mean of the loud frames of ``mel`` (n, 40).

    Speech decides, not the share of silence in a take: frames within 22 dB of the 95th
    percentile of the level.
    """
    total = np.logaddexp.reduce(mel, axis=1)
    loud = total >= np.percentile(total, 95) - LOUD
    return np.asarray(mel[loud].mean(axis=0), np.float32)


def take_mean(mel: Floats, colour: Floats) -> Floats:
    """Return (40,) float32: the mean that is taken off the frames of a take.

    Two syllables say more of their vowels than of the microphone, so the loud mean of a
    short take is drawn towards that of ordinary speech.

    Parameters
    ----------
    mel
        (n, 40) log-mel of the take.
    colour
        (40,) mean of loud frames of ordinary speech; its loudness does not matter.
    """
    total = np.logaddexp.reduce(mel, axis=1)
    heard = int(np.sum(total >= np.percentile(total, 95) - LOUD))
    mean = loud_mean(mel)
    usual = colour - colour.mean() + mean.mean()
    return np.asarray((heard * mean + USUAL * usual) / (heard + USUAL), np.float32)


def normalise(mel: Floats, mean: Floats) -> Floats:
    """Return the network's input (n, 40): ``mel`` less ``mean``, scaled and limited."""
    return np.asarray(np.clip((mel - mean) / _SCALE, -4.0, 3.0), np.float32)


@lru_cache(maxsize=1)
def _hann() -> Floats:
    return np.hanning(WINDOW).astype(np.float32)


@lru_cache(maxsize=1)
def _filters() -> Floats:
    """Return (257, 40) triangular filters on the mel scale of O'Shaughnessy (1987)."""
    edges = 2595.0 * np.log10(1.0 + np.array(_RANGE) / 700.0)
    points = 700.0 * (10.0 ** (np.linspace(edges[0], edges[1], MELS + 2) / 2595.0) - 1.0)
    frequency = np.fft.rfftfreq(_FFT, 1.0 / RATE)
    rising = (frequency - points[:-2, None]) / (points[1:-1] - points[:-2])[:, None]
    falling = (points[2:, None] - frequency) / (points[2:] - points[1:-1])[:, None]
    return np.clip(np.minimum(rising, falling), 0.0, None).T.astype(np.float32)
