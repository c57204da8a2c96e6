"""Pictures to H.264 segments that can be joined without encoding them again.

All segments of an episode share one set of encoder parameters, each is a closed GOP, and
each counts its frames from 0 at a constant rate; so they join by copying packets.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused, Location, RenderFailed
from cyberdirector.core.files import replacing
from cyberdirector.core.time import Rate

Quality = Literal["draft", "final", "exact"]

_PRESETS = {"draft": ("ultrafast", 26), "final": ("veryfast", 18), "exact": ("veryfast", 4)}
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
    if quality == "exact":  # several are open at a time: few frames wait in each
        params += ":rc-lookahead=8"
    tune = {"tune": "animation"} if quality == "final" else {}
    profile = "high444" if quality == "exact" else "high"
    return {
        "preset": preset, "crf": str(crf), "profile": profile, "x264-params": params, **tune,
    }  # fmt: skip


def encode_failed(path: Path, error: Exception) -> RenderFailed:
    """Return the typed error for what FFmpeg or the disk said."""
    return RenderFailed(
        "encode-failed",
        f"写视频时出错（{error}），请检查磁盘空间后重新运行。",
        f"Writing the video failed ({error}); check the disk space and run again.",
        Location(str(path)),
    )


class SegmentWriter:
    """Writes frames into one H.264 segment; the file appears when all went well.

    High profile, yuv420p (``exact``: High 4:4:4, yuv444p), BT.709 limited range, constant
    frame rate, closed GOP. The same frames give the same bytes.

    Parameters
    ----------
    path
        MP4 or MKV file to write.
    size
        (width, height) in pixels, both even.
    rate
        Frames per second.
    quality
        ``draft`` (fast, coarse), ``final``, or ``exact``: nearly lossless with full colour
        resolution, for pictures that programs read.

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
        self._format = "yuv444p" if quality == "exact" else "yuv420p"
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
            stream.pix_fmt = self._format
            context = stream.codec_context
            context.time_base = 1 / self.rate.fraction
            context.options = _x264(self.rate, self.quality)
            context.color_range, context.colorspace = _LIMITED, _BT709
            context.color_primaries = context.color_trc = _BT709
            self._stream: Any = stream
        except (av.FFmpegError, OSError) as error:
            self._files.close()
            raise encode_failed(self.path, error) from error
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
            format=self._format,
            dst_colorspace=_BT709,
            src_color_range=_FULL,
            dst_color_range=_LIMITED,
        )
        frame.pts = self.frames
        frame.time_base = 1 / self.rate.fraction
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise encode_failed(self.path, error) from error
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
            error = encode_failed(self.path, failure)
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
