"""Sound files: anything common read as 24 kHz mono, WAV written with the same bytes."""

from __future__ import annotations

import io
import wave
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.files import write_bytes
from cyberdirector.core.limits import MAX_AUDIO_BYTES, MAX_AUDIO_SECONDS
from cyberdirector.core.speech import SAMPLE_RATE

Audio = NDArray[np.float32]

_RATES = (4_000, 384_000)
"""Sample rates that are believed, Hz."""

_MAX_CHANNELS = 32


def _refuse(zh: str, en: str, file: str) -> InputRefused:
    return InputRefused(
        "audio-unreadable",
        f"声音文件不能用（{zh}），请换成 WAV、FLAC、MP3 或 M4A。",
        f"the sound file cannot be used ({en}); give a WAV, FLAC, MP3 or M4A.",
        Location(file=file),
    )


def _check(frames: int, rate: int, channels: int, file: str) -> None:
    if not _RATES[0] <= rate <= _RATES[1] or not 0 < channels <= _MAX_CHANNELS:
        raise _refuse(f"{rate} Hz，{channels} 声道", f"{rate} Hz, {channels} channels", file)
    if frames / rate > MAX_AUDIO_SECONDS:
        longest = int(MAX_AUDIO_SECONDS)
        raise _refuse(f"超过 {longest} 秒", f"longer than {longest} s", file)


def _by_soundfile(data: bytes, file: str) -> tuple[Audio, int] | None:
    """Return (frames, channels) float32 and the rate; None when libsndfile cannot."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as stream:
            _check(stream.frames, stream.samplerate, stream.channels, file)
            return stream.read(dtype="float32", always_2d=True), stream.samplerate
    except (soundfile.LibsndfileError, RuntimeError):
        return None


def _by_av(data: bytes, file: str) -> tuple[Audio, int]:
    """Return (frames, channels) float32 and the rate of what FFmpeg can decode."""
    import av

    blocks: list[NDArray[Any]] = []
    count = 0
    try:
        with av.open(io.BytesIO(data), "r") as container:
            if not container.streams.audio:
                raise _refuse("没有声音", "it holds no sound", file)
            stream = container.streams.audio[0]
            rate = int(stream.codec_context.sample_rate or 0)
            planar = av.AudioResampler(format="fltp", layout=stream.codec_context.layout)
            for frame in container.decode(stream):
                for piece in planar.resample(frame):
                    block = piece.to_ndarray()
                    count += block.shape[1]
                    _check(count, rate, block.shape[0], file)
                    blocks.append(block)
    except InputRefused:
        raise
    except (av.FFmpegError, ValueError, IndexError, OSError) as error:
        raise _refuse(str(error)[:80], str(error)[:80], file) from error
    if not blocks:
        raise _refuse("没有声音", "it holds no sound", file)
    return np.concatenate(blocks, axis=1).T.astype(np.float32), rate


def resample(audio: Audio, rate: int, wanted: int) -> Audio:
    """Return (samples,) float32 at another rate (polyphase, Kaiser window).

    The length is ``ceil(samples * wanted / rate)``.
    """
    if rate == wanted or not len(audio):
        return audio
    from scipy.signal import resample_poly

    common = gcd(rate, wanted)
    out = resample_poly(audio.astype(np.float64), wanted // common, rate // common)
    return np.asarray(out, np.float32)


def decode_audio(data: bytes, file: str = "", rate: int = SAMPLE_RATE) -> Audio:
    """Return the sound of a file in memory; see :func:`read_audio`."""
    if len(data) > MAX_AUDIO_BYTES:
        raise _refuse("文件太大", f"larger than {MAX_AUDIO_BYTES >> 20} MiB", file)
    found = _by_soundfile(data, file)
    samples, source_rate = found if found is not None else _by_av(data, file)
    if not len(samples):
        raise _refuse("没有声音", "it holds no sound", file)
    if not bool(np.isfinite(samples).all()):
        raise _refuse("有非数值的采样", "samples that are no numbers", file)
    mono = samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1, dtype=np.float64)
    return resample(np.asarray(mono, np.float32), source_rate, rate)


def read_audio(path: Path, rate: int = SAMPLE_RATE) -> Audio:
    """Return the sound of a file as (samples,) float32 mono, full scale ±1.

    Parameters
    ----------
    path
        WAV, FLAC, OGG, MP3, M4A or anything else that libsndfile or FFmpeg decodes.
    rate
        Sample rate wanted, Hz.

    Raises
    ------
    InputRefused
        ``audio-unreadable`` when it is missing, damaged, too long or holds no sound.
    """
    try:
        if path.stat().st_size > MAX_AUDIO_BYTES:
            raise _refuse("文件太大", f"larger than {MAX_AUDIO_BYTES >> 20} MiB", str(path))
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise _refuse(reason, reason, str(path)) from error
    return decode_audio(data, str(path), rate)


def wav_bytes(audio: NDArray[np.floating[Any]], rate: int = SAMPLE_RATE) -> bytes:
    """Return a 16-bit PCM WAV of (samples,) or (samples, channels) audio.

    Values beyond full scale are clipped. A sample q/32768 comes back bit for bit.

    Raises
    ------
    ValueError
        For NaN or infinity.
    """
    samples = np.asarray(audio, np.float64)
    if not bool(np.isfinite(samples).all()):
        raise ValueError("audio holds NaN or infinity")
    rows = samples[:, None] if samples.ndim == 1 else samples
    stored = np.clip(np.rint(rows * 32768.0), -32768, 32767).astype("<i2")
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(rows.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(stored.tobytes())
    return stream.getvalue()


def write_wav(path: Path, audio: NDArray[np.floating[Any]], rate: int = SAMPLE_RATE) -> None:
    """Write a WAV in one step; see :func:`wav_bytes`."""
    write_bytes(path, wav_bytes(audio, rate))
