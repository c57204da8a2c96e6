"""Preflight: reads the encoded file back and tells what a platform would see."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.time import Rate
from cyberdirector.deliver.label import (
    AIGC_FIELDS,
    LABEL_TEXT,
    MIN_HEIGHT,
    MIN_SECONDS,
    read_label,
)
from cyberdirector.deliver.lettering import Lettering
from cyberdirector.deliver.loudness import AUDIO_RATE, TARGET_LUFS, measure

LOUDNESS_TOLERANCE = 1.0
"""Allowed distance from the target loudness, LU."""

MAX_TRUE_PEAK = -1.5
"""Highest true peak of a delivery, dBTP."""

MAX_BLACK, MAX_FROZEN = 0.10, 0.30
"""Shares of black and of unchanging frames above which a delivery is doubtful."""

_BLACK_MEAN, _BLACK_MAX = 20.0, 40  # luma codes; black is 16
_FROZEN_DIFFERENCE = 0.12  # mean luma codes between frames
_LABEL_CONTRAST = 45.0  # luma codes between the label's words and their plate


@dataclass
class _Seen:
    """What the pictures showed."""

    frames: int = 0
    steady: bool = True
    black: int = 0
    frozen: int = 0
    labelled: int = 0
    last: NDArray[np.int16] | None = None
    times: list[int] = field(default_factory=list)


def _label_masks(size: tuple[int, int], text: str) -> tuple[Any, Any, tuple[slice, slice], int]:
    """Return masks of the label's words and its plate, their place, and the text height."""
    overlay = Lettering(size).overlays("label", text)[0]
    height, width = overlay.pixels.shape[:2]
    alpha = overlay.pixels[..., 3]
    words = overlay.pixels[..., :3].min(axis=2) > 200
    plate = (alpha > 120) & (overlay.pixels[..., :3].max(axis=2) < 30)
    place = (slice(overlay.y, overlay.y + height), slice(overlay.x, overlay.x + width))
    inked = np.flatnonzero(words.any(axis=1))
    gaps = np.flatnonzero(np.diff(inked) > 2)
    first_row = inked[: gaps[0] + 1] if len(gaps) else inked
    return words, plate, place, len(first_row)


def _look(seen: _Seen, luma: NDArray[np.uint8], masks: Any, watch: bool) -> None:
    """Take one picture into account; luma (height, width) uint8, limited range."""
    small = luma[::6, ::6].astype(np.int16)
    seen.black += bool(small.mean() < _BLACK_MEAN and small.max() < _BLACK_MAX)
    if seen.last is not None and seen.last.shape == small.shape:
        seen.frozen += bool(np.abs(small - seen.last).mean() < _FROZEN_DIFFERENCE)
    seen.last = small
    if watch and masks is not None:
        words, plate, place, _ = masks
        part = luma[place]
        if part.shape == words.shape:
            contrast = float(part[words].mean()) - float(part[plate].mean())
            seen.labelled += contrast > _LABEL_CONTRAST


def _pictures(container: Any, seen: _Seen) -> Iterator[NDArray[np.uint8]]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    unit = 1 / Fraction(stream.average_rate) if stream.average_rate else None
    for frame in container.decode(stream):
        if unit is None or frame.pts is None:
            seen.steady = False
        else:
            position = Fraction(frame.pts) * frame.time_base / unit
            seen.steady = seen.steady and abs(position - seen.frames) < Fraction(1, 100)
        seen.frames += 1
        plane = frame.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        yield rows[: frame.height, : frame.width]


def _sound(path: Path) -> dict[str, Any]:
    """Return what the sound track is like; loudness None for silence."""
    import av

    with av.open(str(path)) as container, tempfile.TemporaryFile() as store:
        if not container.streams.audio:
            return {"audio": False}
        stream = container.streams.audio[0]
        told = {
            "audio": True,
            "audio_codec": stream.codec_context.name,
            "audio_rate": stream.codec_context.sample_rate,
            "audio_channels": stream.codec_context.layout.nb_channels,
            "audio_bit_rate": stream.bit_rate or 0,
        }
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=AUDIO_RATE)
        for frame in container.decode(stream):
            for part in resampler.resample(frame):
                store.write(part.to_ndarray().astype("<f4").tobytes())
        count = store.tell() // 8
        if count == 0:
            return told | {"audio_seconds": 0.0, "loudness": None, "true_peak": None}
        levels = measure(np.memmap(store, np.float32, "r", shape=(count, 2)))

    def finite(value: float) -> float | None:
        return round(value, 2) if math.isfinite(value) else None

    return told | {
        "audio_seconds": round(count / AUDIO_RATE, 4),
        "loudness": finite(levels.loudness),
        "true_peak": finite(levels.true_peak),
    }


def _picture(path: Path, label: str, rate: Rate | None) -> dict[str, Any]:
    import av

    with av.open(str(path)) as container:
        if not container.streams.video:
            raise ValueError("no picture")
        stream = container.streams.video[0]
        context = stream.codec_context
        size = (context.width, context.height)
        masks = _label_masks(size, label) if label else None
        seen = _Seen()
        fps = Fraction(stream.average_rate or 0)
        head = round(4 * fps)
        for luma in _pictures(container, seen):
            _look(seen, luma, masks, seen.frames <= head)
        told = {
            "codec": context.name,
            "profile": context.profile or "",
            "size": list(size),
            "fps": [fps.numerator, fps.denominator],
            "constant_rate": seen.steady,
            "pixel_format": context.pix_fmt,
            "color": [
                int(context.color_range or 0), int(context.colorspace or 0),
                int(context.color_primaries or 0), int(context.color_trc or 0),
            ],
        }  # fmt: skip
    seconds = float(seen.frames / fps) if fps else 0.0
    return told | {
        "frames": seen.frames,
        "seconds": round(seconds, 4),
        "black": round(seen.black / max(1, seen.frames), 4),
        "frozen": round(seen.frozen / max(1, seen.frames), 4),
        "label_seconds": round(float(seen.labelled / fps), 3) if fps else 0.0,
        "label_height": round(masks[3] / min(size), 4) if masks else 0.0,
    }


def check_delivery(
    path: Path,
    frames: int,
    rate: Rate,
    size: tuple[int, int],
    *,
    label: str = LABEL_TEXT,
    preview: bool = False,
) -> dict[str, Any]:
    """Read a delivered film back and compare it with what was meant.

    Parameters
    ----------
    path
        The MP4.
    frames, rate, size
        What it should be; size is (width, height).
    label
        Words of the visible AI label at its head.
    preview
        A part of a film: the visible label may be missing.

    Returns
    -------
    Plain data: what was found, ``problems`` (stable codes) and ``ok``.

    Raises
    ------
    InputRefused
        ``video-unreadable``.
    """
    import av

    try:
        found = _picture(path, label, rate) | _sound(path)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputRefused(
            "video-unreadable",
            f"读不出这个视频（{error}），请重新导出。",
            f"This video cannot be read ({error}); export it again.",
            Location(str(path)),
        ) from error
    aigc = read_label(path)
    found["aigc"] = aigc
    seconds = rate.seconds(frames)
    silent = found.get("loudness") is None
    checks = {
        "frames": found["frames"] == frames,
        "rate": found["fps"] == [rate.fraction.numerator, rate.fraction.denominator],
        "variable-rate": found["constant_rate"],
        "size": found["size"] == list(size),
        "codec": found["codec"] == "h264" and found["pixel_format"] == "yuv420p",
        "color": found["color"] == [1, 1, 1, 1],
        "audio-format": found.get("audio_codec") == "aac"
        and found.get("audio_rate") == AUDIO_RATE
        and found.get("audio_channels") == 2,
        "audio-length": abs(found.get("audio_seconds", 0.0) - seconds) < 0.05,
        "silent": not silent,
        "loudness": silent or abs(found["loudness"] - TARGET_LUFS) <= LOUDNESS_TOLERANCE,
        "true-peak": silent or found["true_peak"] <= MAX_TRUE_PEAK,
        "black": found["black"] <= MAX_BLACK,
        "frozen": found["frozen"] <= MAX_FROZEN,
        "label-metadata": aigc is not None and all(name in aigc for name in AIGC_FIELDS),
        "label-time": preview or found["label_seconds"] >= min(MIN_SECONDS, seconds),
        "label-size": found["label_height"] >= MIN_HEIGHT,
    }
    found["problems"] = [name for name, fine in checks.items() if not fine]
    found["ok"] = not found["problems"]
    return found
