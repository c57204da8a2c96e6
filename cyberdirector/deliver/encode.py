"""Video segments, and one MP4 out of many without encoding the pictures again.

All segments of an episode share one set of encoder parameters, each is a closed GOP, and
each counts its frames from 0 at a constant rate; so they join by copying packets.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location, RenderFailed
from cyberdirector.core.files import replacing
from cyberdirector.core.time import Rate
from cyberdirector.deliver.cues import Cue, add_track, track_packets

Quality = Literal["draft", "final"]

AUDIO_RATE = 48_000
"""Audio rate of the delivery, Hz."""

AUDIO_BITS = 192_000
"""AAC-LC bit rate, bit/s (the usual short-drama sheets ask for at least 160 k)."""

_PRESETS = {"draft": ("ultrafast", 26), "final": ("veryfast", 18)}
_BT709 = 1  # code point of H.273 for primaries, transfer and matrix
_LIMITED, _FULL = 1, 2  # AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG
_KEY_SECONDS = 2


def check_size(size: tuple[int, int]) -> None:
    """Refuse picture sizes that H.264 4:2:0 cannot hold.

    Raises
    ------
    InputRefused
        ``video-size``: odd, below 64 or above 4096 pixels.
    """
    if any(n % 2 or not 64 <= n <= 4096 for n in size):
        raise InputRefused(
            "video-size",
            f"画面尺寸 {size[0]}x{size[1]} 不能用：宽和高要是 64 到 4096 的偶数，如 720x1280。",
            f"The size {size[0]}x{size[1]} cannot be used: width and height must be even and "
            "from 64 to 4096, such as 720x1280.",
        )


def _x264(rate: Rate, quality: Quality) -> dict[str, str]:
    preset, crf = _PRESETS[quality]
    keys = max(1, round(_KEY_SECONDS * rate.fps))
    # One thread: bytes do not depend on the machine's core count; shots run side by side.
    # No macroblock tree: with B-frames its SIMD code reads memory that was never set when a
    # row has an odd number of macroblocks, and the bytes then differ from run to run.
    params = (
        f"keyint={keys}:min-keyint=1:open-gop=0:bframes=2:b-pyramid=none:threads=1:"
        "lookahead-threads=1:sliced-threads=0:force-cfr=1:stitchable=1:mbtree=0:"
        "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv"
    )
    tune = {"tune": "animation"} if quality == "final" else {}
    return {
        "preset": preset, "crf": str(crf), "profile": "high", "x264-params": params, **tune,
    }  # fmt: skip


def _failed(path: Path, error: Exception) -> RenderFailed:
    return RenderFailed(
        "encode-failed",
        f"写视频时出错（{error}），请检查磁盘空间后重新运行。",
        f"Writing the video failed ({error}); check the disk space and run again.",
        Location(str(path)),
    )


class SegmentWriter:
    """Writes frames into one H.264 segment; the file appears when all went well.

    High profile, yuv420p, BT.709 limited range, constant frame rate, closed GOP. The same
    frames give the same bytes.

    Parameters
    ----------
    path
        MP4 or MKV file to write.
    size
        (width, height) in pixels, both even.
    rate
        Frames per second.
    quality
        ``draft`` (fast, coarse) or ``final``.

    Examples
    --------
    >>> with SegmentWriter(path, (720, 1280), Rate(24)) as writer:  # doctest: +SKIP
    ...     for picture in pictures:
    ...         writer.write(picture)
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        rate: Rate,
        quality: Quality = "final",
    ) -> None:
        check_size(size)
        self.path, self.size, self.rate, self.quality = path, size, rate, quality
        self.frames = 0
        self._files = contextlib.ExitStack()

    def __enter__(self) -> SegmentWriter:
        import av

        try:
            target = self._files.enter_context(replacing(self.path))
            suffix = self.path.suffix.lower()
            self._container: Any = self._files.enter_context(
                av.open(
                    str(target),
                    "w",
                    format="matroska" if suffix == ".mkv" else "mp4",
                    options={"fflags": "+bitexact"},
                )
            )
            stream = self._container.add_stream("libx264", rate=self.rate.fraction)
            stream.width, stream.height = self.size
            stream.pix_fmt = "yuv420p"
            context = stream.codec_context
            context.time_base = 1 / self.rate.fraction
            context.options = _x264(self.rate, self.quality)
            context.color_range, context.colorspace = _LIMITED, _BT709
            context.color_primaries = context.color_trc = _BT709
            self._stream: Any = stream
        except (av.FFmpegError, OSError) as error:
            self._files.close()
            raise _failed(self.path, error) from error
        return self

    def write(self, picture: NDArray[np.uint8]) -> None:
        """Append one frame.

        Parameters
        ----------
        picture
            (height, width, 3 or 4) uint8, sRGB, first row on top; alpha is ignored.
        """
        import av

        width, height = self.size
        if picture.shape[:2] != (height, width) or picture.shape[2] not in (3, 4):
            raise RenderFailed(
                "encode-frame-shape",
                f"第 {self.frames} 帧的形状是 {picture.shape}，应为 ({height}, {width}, 3)。",
                f"Frame {self.frames} has shape {picture.shape}, expected "
                f"({height}, {width}, 3).",
                Location(str(self.path)),
            )
        form = "rgb24" if picture.shape[2] == 3 else "rgba"
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=form)
        frame = frame.reformat(
            format="yuv420p",
            dst_colorspace=_BT709,
            src_color_range=_FULL,
            dst_color_range=_LIMITED,
        )
        frame.pts = self.frames
        frame.time_base = 1 / self.rate.fraction
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise _failed(self.path, error) from error
        self.frames += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import av

        try:
            if kind is None:
                self._finish()
        except (av.FFmpegError, OSError) as failure:
            error = _failed(self.path, failure)
            self._files.__exit__(type(error), error, None)
            raise error from failure
        except RenderFailed as failure:
            self._files.__exit__(type(failure), failure, None)
            raise
        self._files.__exit__(kind, error, trace)

    def _finish(self) -> None:
        if self.frames == 0:
            raise RenderFailed(
                "segment-empty",
                "这一段没有画面，请检查镜头的起止帧。",
                "This segment has no frames; check where its shot starts and ends.",
                Location(str(self.path)),
            )
        self._container.mux(self._stream.encode(None))


# -- joining ------------------------------------------------------------------------------


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
        raise _failed(out, error) from error
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
