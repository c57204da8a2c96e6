"""Loudness and true peak after ITU-R BS.1770-4, and the limiter; all in one-second pieces.

Memory does not grow with the length of the film: arrays may be memory maps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AUDIO_RATE = 48_000
"""Audio rate of the delivery, Hz; the filter constants below hold for it."""

TARGET_LUFS = -16.0
"""Integrated loudness of a delivery, LUFS."""

CEILING_DBTP = -2.6
"""Limiter ceiling, dBTP: AAC at 192 kbit/s may add about 1 dB, the bar is -1.5."""

_BLOCK = AUDIO_RATE
_HOP = AUDIO_RATE // 10  # 100 ms; a gating block is 400 ms with 75 % overlap
_MARGIN = 64
_LOOK = 240  # 5 ms on either side
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0

# BS.1770-4, tables 1 and 2: head shelf, then high-pass.
_K_SOS = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285,
         1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)  # fmt: skip

Stereo = NDArray[np.float32]


@dataclass(frozen=True)
class Levels:
    """Integrated loudness in LUFS and true peak in dBTP (-inf for silence)."""

    loudness: float
    true_peak: float


def decibels(ratio: float) -> float:
    """Return 20 log10 of an amplitude ratio."""
    return float(20.0 * np.log10(ratio)) if ratio > 0 else float("-inf")


def _blocks(length: int, margin: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (start, end, padded start, padded end) of one-second pieces."""
    for start in range(0, length, _BLOCK):
        end = min(length, start + _BLOCK)
        yield start, end, max(0, start - margin), min(length, end + margin)


def integrated_loudness(audio: Stereo, gain: float = 1.0) -> float:
    """Return the gated loudness of a (samples, 2) array at 48 kHz, LUFS."""
    from scipy.signal import sosfilt

    state = np.zeros((len(_K_SOS), 2, 2))
    rest = np.zeros((0, 2))
    sums: list[NDArray[np.float64]] = []
    for start in range(0, len(audio), _BLOCK):
        part = np.asarray(audio[start : start + _BLOCK], np.float64) * gain
        weighted, state = sosfilt(_K_SOS, part, axis=0, zi=state)
        rest = np.concatenate([rest, weighted**2])
        hops = len(rest) // _HOP
        sums.append(rest[: hops * _HOP].reshape(hops, _HOP, 2).sum(axis=1))
        rest = rest[hops * _HOP :]
    hop = np.concatenate(sums) if sums else np.zeros((0, 2))
    if len(hop) < 4:
        return float("-inf")
    block = (hop[:-3] + hop[1:-2] + hop[2:-1] + hop[3:]).sum(axis=1) / (4 * _HOP)
    with np.errstate(divide="ignore"):
        level = -0.691 + 10.0 * np.log10(block)
    loud = block[level > _ABSOLUTE_GATE]
    if not len(loud):
        return float("-inf")
    gate = -0.691 + 10.0 * np.log10(loud.mean()) + _RELATIVE_GATE
    kept = block[(level > _ABSOLUTE_GATE) & (level > gate)]
    return float(-0.691 + 10.0 * np.log10(kept.mean()))


def _oversampled_peak(part: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest of four interpolated values around each sample, both channels."""
    from scipy.signal import resample_poly

    fine = np.abs(resample_poly(part, 4, 1, axis=0))
    return fine.reshape(len(part), 4, 2).max(axis=(1, 2))


def true_peak(audio: Stereo) -> float:
    """Return the largest interpolated sample (4× oversampling), dBTP."""
    peak = 0.0
    for start, end, first, last in _blocks(len(audio), _MARGIN):
        part = _oversampled_peak(np.asarray(audio[first:last], np.float64))
        peak = max(peak, float(part[start - first : end - first].max()))
    return decibels(peak)


def measure(audio: Stereo) -> Levels:
    """Return loudness and true peak of a (samples, 2) array at 48 kHz."""
    return Levels(integrated_loudness(audio), true_peak(audio))


def _limited(audio: Stereo, gain: float, ceiling: float) -> Iterator[tuple[int, int, Stereo]]:
    """Yield (start, end, samples) of the audio times ``gain`` under a ceiling."""
    from scipy.ndimage import minimum_filter1d
    from scipy.signal import fftconvolve

    window = np.hanning(2 * _LOOK + 3)[1:-1]
    window /= window.sum()
    margin = 2 * _LOOK + _MARGIN
    for start, end, first, last in _blocks(len(audio), margin):
        part = np.asarray(audio[first:last], np.float64) * gain
        peak = _oversampled_peak(part)
        need = np.minimum(1.0, ceiling / np.maximum(peak, 1e-9))
        if need.min() < 1.0:
            # A dip as wide as the smoothing window keeps the smooth gain below the need.
            held = minimum_filter1d(need, 2 * _LOOK + 1, mode="nearest")
            padded = np.pad(held, _LOOK, mode="edge")
            part = part * fftconvolve(padded, window, mode="valid")[:, None]
        yield start, end, part[start - first : end - first].astype(np.float32)


def master(
    audio: Stereo,
    out: Stereo | None = None,
    target: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
) -> tuple[Stereo, Levels]:
    """Bring a mix to its loudness with the true peak under a ceiling.

    Parameters
    ----------
    audio
        (samples, 2) float32 at 48 kHz; not changed.
    out
        Array of the same shape to write to (for example a memory map); made when None.
    target
        Loudness, LUFS. Silence stays silence.
    ceiling_dbtp
        Highest true peak, dBTP.

    Returns
    -------
    The finished audio and its levels.
    """
    out = np.zeros(audio.shape, np.float32) if out is None else out
    loudness = integrated_loudness(audio)
    if not np.isfinite(loudness):
        out[:] = audio
        return out, Levels(loudness, true_peak(audio))
    gain = 10.0 ** ((target - loudness) / 20.0)
    ceiling = 10.0 ** ((ceiling_dbtp - 0.1) / 20.0)
    for _ in range(3):
        for start, end, part in _limited(audio, gain, ceiling):
            out[start:end] = part
        loudness = integrated_loudness(out)
        if abs(loudness - target) < 0.1:
            break
        gain *= 10.0 ** ((target - loudness) / 20.0)
    return out, Levels(loudness, true_peak(out))
