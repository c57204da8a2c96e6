"""One MP4 out of many segments, without encoding the pictures again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import Location, RenderFailed
from cyberdirector.core.files import replacing
from cyberdirector.core.time import Rate
from cyberdirector.deliver.cues import Cue, add_track, track_packets
from cyberdirector.deliver.encode import encode_failed
from cyberdirector.deliver.loudness import AUDIO_RATE

AUDIO_BITS = 192_000
"""AAC-LC bit rate, bit/s (the usual short-drama sheets ask for at least 160 k)."""


def _delay(path: Path) -> tuple[int, int, bytes]:
    """Return (frames, most frames by which coding runs ahead of showing, parameter sets)."""
    import av

    with av.open(str(path)) as container:
        stream: Any = container.streams.video[0]
        unit = 1 / Fraction(stream.average_rate or 1)
        shown = [
            round(Fraction(p.pts) * p.time_base / unit)
            for p in container.demux(stream)
            if p.size and p.pts is not None
        ]
        head = bytes(stream.codec_context.extradata or b"")
    if sorted(shown) != list(range(len(shown))):
        raise ValueError("frames are not numbered from 0 at a constant rate")
    return len(shown), max((i - pts for i, pts in enumerate(shown)), default=0), head


@dataclass(frozen=True)
class _Joint:
    """Segments to be joined; ``ahead``: frames by which coding runs ahead of showing."""

    paths: Sequence[Path]
    counts: Sequence[int]
    ahead: int
    rate: Rate

    def packets(self, stream: Any) -> Iterator[tuple[int, Any]]:
        """Yield (decode index, packet) of all segments, times counted in frames."""
        import av

        unit = 1 / self.rate.fraction
        index = offset = 0
        for path, count in zip(self.paths, self.counts, strict=True):
            with av.open(str(path)) as container:
                for packet in container.demux(container.streams.video[0]):
                    if not packet.size:
                        continue
                    shown = round(Fraction(packet.pts or 0) * packet.time_base / unit)
                    packet.pts = offset + shown
                    packet.dts = index - self.ahead
                    packet.duration = 1
                    packet.time_base = unit
                    packet.stream = stream
                    yield index, packet
                    index += 1
            offset += count


def _audio_frames(audio: NDArray[np.float32], samples: int) -> Iterator[tuple[int, Any]]:
    """Yield (first sample, frame of 1024 samples); silence fills up to ``samples``."""
    import av

    for first in range(0, samples, 1024):
        count = min(1024, samples - first)
        block = np.zeros((2, count), np.float32)
        part = np.asarray(audio[first : first + count], np.float32)
        block[:, : len(part)] = part.T if part.ndim == 2 else part
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = AUDIO_RATE
        frame.pts = first
        frame.time_base = Fraction(1, AUDIO_RATE)
        yield first, frame


def join_segments(
    paths: Sequence[Path],
    audio: NDArray[np.float32],
    out: Path,
    rate: Rate,
    *,
    title: str = "",
    aigc: dict[str, str] | None = None,
    subtitles: Sequence[Cue] = (),
    language: str = "zh",
) -> int:
    """Join segments and sound into one MP4; the pictures are copied, not encoded again.

    Parameters
    ----------
    paths
        Segments of :class:`SegmentWriter`, same size, rate and quality, in order.
    audio
        (samples, 2) or (samples,) float32 at 48 kHz; cut or filled with silence to the
        length of the picture. A memory map is read in small pieces.
    out
        MP4 file; appears when all went well.
    rate
        Frames per second.
    title
        Title in the metadata.
    aigc
        Fields of the ``AIGC`` metadata label, see :func:`~cyberdirector.deliver.aigc_fields`.
    subtitles
        Cues of a soft subtitle track (mov_text); none: no track.
    language
        Of sound and subtitles, ``zh``, ``en`` or ``ja``.

    Returns
    -------
    Number of frames.

    Raises
    ------
    RenderFailed
        ``segments-missing``, ``segment-unreadable``, ``segment-mismatch`` or
        ``encode-failed``.
    """
    import av

    if not paths:
        raise RenderFailed(
            "segments-missing",
            "没有可以合成的镜头片段，请重新运行。",
            "There are no segments to join; run again.",
            Location(str(out)),
        )
    told = [_read(path) for path in paths]
    for path, (_, _, head) in zip(paths, told, strict=True):
        if head != told[0][2]:
            raise RenderFailed(
                "segment-mismatch",
                "这一段的编码参数和第一段不同（尺寸、帧率或质量），请删去它后重新运行。",
                "This segment was encoded with other parameters than the first (size, rate "
                "or quality); delete it and run again.",
                Location(str(path)),
            )
    counts = [count for count, _, _ in told]
    frames, ahead = sum(counts), max(delay for _, delay, _ in told)
    try:
        with (
            replacing(out) as target,
            av.open(
                str(target),
                "w",
                format="mp4",
                options={"movflags": "faststart+use_metadata_tags", "fflags": "+bitexact"},
            ) as container,
        ):
            if title:
                container.metadata["title"] = title
            if aigc:
                container.metadata["AIGC"] = json.dumps(aigc, ensure_ascii=False)
            _mux(container, _Joint(paths, counts, ahead, rate), audio, subtitles, language)
    except (av.FFmpegError, OSError) as error:
        raise encode_failed(out, error) from error
    return frames


def _read(path: Path) -> tuple[int, int, bytes]:
    import av

    try:
        return _delay(path)
    except (av.FFmpegError, OSError, IndexError, ValueError, ZeroDivisionError) as error:
        raise RenderFailed(
            "segment-unreadable",
            f"读不出这个镜头片段（{error}），请删去它后重新运行。",
            f"This segment cannot be read ({error}); delete it and run again.",
            Location(str(path)),
        ) from error


def _mux(
    container: Any,
    joint: _Joint,
    audio: NDArray[np.float32],
    cues: Sequence[Cue],
    language: str,
) -> None:
    """Write picture, sound and words side by side in the order of time."""
    import av

    with av.open(str(joint.paths[0])) as first:
        video = container.add_stream_from_template(first.streams.video[0])
    video.time_base = 1 / joint.rate.fraction
    sound = container.add_stream("aac", rate=AUDIO_RATE, layout="stereo")
    sound.bit_rate = AUDIO_BITS
    sound.codec_context.flags |= int(av.codec.context.Flags.bitexact)
    sound.metadata["language"] = {"zh": "zho", "en": "eng", "ja": "jpn"}.get(language, "und")
    words = add_track(container, language) if cues else None
    container.start_encoding()
    texts = iter(track_packets(cues, joint.rate, words) if words else [])
    sounds = _audio_frames(audio, joint.rate.samples(sum(joint.counts), AUDIO_RATE))
    heard, text = next(sounds, None), next(texts, None)
    for index, packet in joint.packets(video):
        while heard and heard[0] <= joint.rate.samples(index, AUDIO_RATE):
            container.mux(sound.encode(heard[1]))
            heard = next(sounds, None)
        while text and text[0] <= index:
            container.mux(text[1])
            text = next(texts, None)
        container.mux(packet)
    while heard:
        container.mux(sound.encode(heard[1]))
        heard = next(sounds, None)
    container.mux(sound.encode(None))
