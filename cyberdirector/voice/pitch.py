"""F0 of recorded speech: normalised cross-correlation with a smooth path through the peaks.

The candidates follow the normalised cross-correlation of Talkin (1995, RAPT) and the path
costs those of Boersma (1993); written for lines of some seconds, vectorised over frames.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import SAMPLE_RATE

_RATE = 12_000
_WINDOW = 420  # samples at 12 kHz, 35 ms
_CANDIDATES = 5
_UNVOICED = 0.45  # score of an unvoiced frame; a voiced one scores its correlation
_CHANGE = 0.35  # cost per octave between frames
_SWITCH = 0.14  # cost of starting or ending voice


def track_f0(
    audio: NDArray[np.float32], step: float = 0.01, low: float = 60.0, high: float = 550.0
) -> NDArray[np.float32]:
    """Return (n,) float32: F0 in Hz every ``step`` seconds, 0 where unvoiced.

    Parameters
    ----------
    audio
        (samples,) float32 at 24 kHz.
    low, high
        Search range in Hz.
    """
    from scipy.signal import decimate

    count = len(audio) // round(step * SAMPLE_RATE) + 1
    if len(audio) < 2400:
        return np.zeros(count, np.float32)
    signal = decimate(audio.astype(np.float64), SAMPLE_RATE // _RATE)
    scores, lags = _candidates(_correlate(signal, count, step, low), low, high)
    return _best_path(scores, lags)


def _correlate(
    signal: NDArray[np.float64], count: int, step: float, low: float
) -> NDArray[np.float64]:
    """Return (count, lags) normalised cross-correlation of frames centred at ``k * step``."""
    longest = int(_RATE / low) + 2
    size = _WINDOW + longest
    half = size // 2
    padded = np.pad(signal, (half, half + round(step * _RATE)))
    hop = round(step * _RATE)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][:count]
    frames = frames - frames.mean(1, keepdims=True)
    fft = 1 << (size + _WINDOW).bit_length()
    head = np.fft.rfft(frames[:, :_WINDOW], fft)
    cross = np.fft.irfft(np.conj(head) * np.fft.rfft(frames, fft), fft)[:, :longest]
    squares = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    energy = squares[:, _WINDOW : _WINDOW + longest] - squares[:, :longest]
    floor = 1e-6 * max(float(squares[:, -1].max()), 1e-12)
    return cross / np.sqrt(energy[:, :1] * energy + floor**2 + 1e-12 * energy.max())


def _candidates(
    correlation: NDArray[np.float64], low: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scores and F0 (count, 5) of the best peaks per frame; missing ones score −1."""
    middle = correlation[:, 1:-1]
    peak = (middle >= correlation[:, :-2]) & (middle > correlation[:, 2:])
    lag = np.arange(1, correlation.shape[1] - 1)
    peak &= (lag >= _RATE / high) & (lag <= _RATE / low)
    octave = 0.02 * np.log2(lag * low / _RATE)  # short periods win a tie
    value = np.where(peak, middle - octave, -1.0)
    best = np.argsort(-value, axis=1)[:, :_CANDIDATES]
    rows = np.arange(len(value))[:, None]
    a, b, c = correlation[rows, best], correlation[rows, best + 1], correlation[rows, best + 2]
    curve = a - 2.0 * b + c
    bent = np.abs(curve) > 1e-9
    shift = np.where(bent, 0.5 * (a - c) / np.where(bent, curve, 1.0), 0.0)
    return value[rows, best], _RATE / (best + 1 + np.clip(shift, -0.5, 0.5))


def _best_path(scores: NDArray[np.float64], f0: NDArray[np.float64]) -> NDArray[np.float32]:
    count = len(scores)
    octaves = np.concatenate([np.log2(f0), np.zeros((count, 1))], axis=1)
    gain = np.concatenate([scores, np.full((count, 1), _UNVOICED)], axis=1)
    voiced = np.arange(gain.shape[1]) < _CANDIDATES
    total = gain[0]
    back = np.zeros((count, gain.shape[1]), np.int64)
    switch = _SWITCH * (voiced[:, None] != voiced[None])
    both = voiced[:, None] & voiced[None]
    for index in range(1, count):
        jump = np.abs(octaves[index - 1][:, None] - octaves[index][None])
        reach = total[:, None] - np.where(both, _CHANGE * jump, switch)
        back[index] = np.argmax(reach, axis=0)
        total = gain[index] + reach[back[index], np.arange(gain.shape[1])]
    choice = int(np.argmax(total))
    result = np.zeros(count, np.float32)
    for index in range(count - 1, -1, -1):
        if choice < _CANDIDATES and scores[index, choice] > 0:
            result[index] = f0[index, choice]
        choice = int(back[index, choice])
    return result
