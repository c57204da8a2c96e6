"""Small signal tools: levels, bands, spectral tilt, resampling."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.speech import SAMPLE_RATE

STEP = 0.005
"""Seconds between analysis frames."""

BANDS = ((70.0, 500.0), (500.0, 1500.0), (1500.0, 3500.0), (3500.0, 6500.0), (6500.0, 11000.0))
"""Edges in Hz of the bands in which phones are told apart."""

_WINDOW = 480  # samples, 20 ms
_FFT = 512


def frames_of(audio: NDArray[np.float32], step: float = STEP) -> NDArray[np.float32]:
    """Cut ``audio`` into (n, 480) frames of 20 ms; frame k is centred at ``k * step`` s."""
    hop = round(step * SAMPLE_RATE)
    count = len(audio) // hop + 1
    padded = np.pad(audio, (_WINDOW // 2, _WINDOW // 2 + hop))
    return np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::hop][:count]


def level(audio: NDArray[np.float32], step: float = STEP) -> NDArray[np.float32]:
    """Return (n,) float32: RMS level in dB re full scale every ``step`` s, at least −100."""
    power = np.mean(np.square(frames_of(audio, step), dtype=np.float64), axis=1)
    return (10.0 * np.log10(power + 1e-10)).astype(np.float32)


def silence_level(levels: NDArray[np.float32]) -> float:
    """Return the level in dB below which a frame is silence.

    40 dB below the loudest frame, or 7 dB above the noise floor of a recording where that is
    higher, but never closer than 22 dB to the loudest frame.
    """
    top, floor = float(levels.max()), float(np.percentile(levels, 5))
    return min(max(top - 40.0, floor + 7.0, -75.0), top - 22.0)


def band_levels(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, 5) float32: level of each of :data:`BANDS` in dB every 5 ms."""
    spectrum = np.abs(np.fft.rfft(frames_of(audio) * _hann(), _FFT)) ** 2
    frequency = np.fft.rfftfreq(_FFT, 1.0 / SAMPLE_RATE)
    columns = [
        spectrum[:, (frequency >= low) & (frequency < high)].sum(1) for low, high in BANDS
    ]
    return (10.0 * np.log10(np.stack(columns, 1) / _WINDOW**2 + 1e-12)).astype(np.float32)


@lru_cache(maxsize=1)
def _hann() -> NDArray[np.float32]:
    return np.hanning(_WINDOW).astype(np.float32)


def resample(audio: NDArray[np.float32], ratio: float) -> NDArray[np.float32]:
    """Play ``audio`` ``ratio`` times faster (pitch and formants rise with it)."""
    from scipy.signal import resample_poly

    exact = Fraction(ratio).limit_denominator(200)
    if exact == 1:
        return audio
    return np.asarray(resample_poly(audio, exact.denominator, exact.numerator), np.float32)


def tilt(audio: NDArray[np.float32], slope: float) -> NDArray[np.float32]:
    """Tilt the spectrum by ``slope`` dB per kHz around 1 kHz, up to 5 kHz, zero phase."""
    if not slope or not len(audio):
        return audio
    size = 1 << (len(audio) + SAMPLE_RATE // 10 - 1).bit_length()
    frequency = np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE)
    gain = 10.0 ** (slope * np.clip(frequency / 1000.0 - 1.0, -1.0, 4.0) / 20.0)
    return np.fft.irfft(np.fft.rfft(audio, size) * gain, size)[: len(audio)].astype(np.float32)


def without_hum(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take out what is below 350 Hz: the rest of voicing in a whisper."""
    from scipy.signal import butter, sosfiltfilt

    high_pass = butter(4, 350.0, "highpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sosfiltfilt(high_pass, audio), np.float32)


def speech_rms(audio: NDArray[np.float32]) -> float:
    """Return the RMS of the part of ``audio`` that is within 30 dB of its loudest frame."""
    levels = level(audio, 0.01)
    frames = frames_of(audio, 0.01)[levels > levels.max() - 30.0]
    return float(np.sqrt(np.mean(np.square(frames, dtype=np.float64)))) if len(frames) else 0.0


def even_out(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lift soft syllables by a third of what they lack, at most 6 dB; pauses stay as they are.

    The model lets the ends of some lines sink by 15 dB, which a viewer cannot follow.
    """
    step = 0.01
    levels = level(audio, step).astype(np.float64)
    window = np.hanning(27)[1:-1]
    slow = 10.0 * np.log10(
        np.convolve(10.0 ** (levels / 10.0), window / window.sum(), "same") + 1e-10
    )
    lack = np.clip(slow.max() - 6.0 - slow, 0.0, 40.0)
    open_gate = np.clip((34.0 - lack) / 10.0, 0.0, 1.0)
    gain = np.minimum(lack / 3.0, 6.0) * open_gate
    gain = np.convolve(np.pad(gain, 12, "edge"), window / window.sum(), "valid")
    places = np.arange(len(audio)) / (step * SAMPLE_RATE)
    curve = np.interp(places, np.arange(len(gain)), gain)
    return (audio * 10.0 ** (curve / 20.0)).astype(np.float32)


def limit(audio: NDArray[np.float32], ceiling: float = 0.95) -> NDArray[np.float32]:
    """Bend peaks above 70 % of ``ceiling`` smoothly so that none passes ``ceiling``."""
    knee = 0.7 * ceiling
    room = ceiling - knee
    size = np.abs(audio)
    bent = knee + room * np.tanh((size - knee) / room)
    return np.where(size > knee, np.sign(audio) * bent, audio).astype(np.float32)
