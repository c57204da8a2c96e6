"""Video files as upright sRGB pictures at their true times, one after another.

Only the bytes of the named file are read: FFmpeg gets an open stream, may use a fixed list
of containers, and may follow no reference out of it (playlists, external tracks).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyberdirector.capture._colour import HLG, PQ, cube
from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.time import Rate

Pixels = NDArray[np.uint8]

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,m4v,h264,hevc,ivf,obu,"
    "gif,mpegvideo,apng,webp_anim"
)
"""Containers that hold their own pictures; playlists and picture lists are not among them."""

LONG_SIDE = 1920
"""Larger pictures are made smaller: the landmark models look at 256 pixels of a person."""

MAX_SIDE = 8192
"""Sides of a picture that are believed, pixels (8K phones write 7680)."""

MAX_SECONDS = 600.0
"""Length of one take. Longer files are captured in parts (``--start``, ``--end``)."""

MIN_FRAMES = 6
"""Frames from which a movement can be told."""

_COMMON = (
    Rate(24000, 1001), Rate(24), Rate(25), Rate(30000, 1001), Rate(30), Rate(48), Rate(50),
    Rate(60000, 1001), Rate(60), Rate(90), Rate(100), Rate(120), Rate(240),
)  # fmt: skip

_STALE = 240
"""Broken packets in a row after which the rest of a file is given up."""


@dataclass(frozen=True)
class Picture:
    """One picture: ``time``, seconds from the start of the take; ``pixels`` (h, w, 3) sRGB."""

    time: float
    pixels: Pixels


@dataclass
class VideoInfo:
    """What a file is, and what was met while it was read.

    ``size`` is of the upright pictures handed out, ``rate`` their nominal rate; ``fps`` that
    of the file; ``slowed`` how many times slower than life the file plays; ``damaged`` the
    packets that could not be decoded; ``ended`` why reading ended early, if it did.
    """

    file: str
    codec: str
    size: tuple[int, int]
    rate: Rate
    fps: float
    seconds: float | None
    rotation: int
    hdr: str
    slowed: float = 1.0
    damaged: int = 0
    ended: str = ""
    frames: int = field(default=0)


def _refuse(code: str, zh: str, en: str, file: str) -> InputRefused:
    return InputRefused(code, zh, en, Location(file=file))


def unreadable(file: str, reason: str) -> InputRefused:
    """Return the refusal of a file that holds no video that can be decoded."""
    return _refuse(
        "video-unreadable",
        f"视频打不开（{reason}），请给出 MP4、MOV、WebM 或 MKV 文件。",
        f"the video cannot be read ({reason}); give an MP4, MOV, WebM or MKV file.",
        file,
    )


def working_rate(fps: float, limit: float) -> Rate:
    """Return the rate at which a file of ``fps`` is worked on: at most ``limit``.

    Whole divisions of usual rates stay exact (59.94 becomes 29.97); an unusual rate is that
    of a varying file, whose pictures keep their own times, and counts as 30 (15 below 20).
    """
    near = min(_COMMON, key=lambda rate: abs(rate.fps - fps))
    if abs(near.fps - fps) > 0.006 * fps:
        return Rate(min(30, int(limit))) if fps >= 20 else Rate(15)
    step = max(1, int(np.ceil(near.fps / limit - 0.02)))
    whole = near.fraction / step
    return Rate(whole.numerator, whole.denominator)


_TURNS: dict[int, list[tuple[str, dict[str, str]]]] = {
    90: [("transpose", {"dir": "cclock"})],
    180: [("hflip", {}), ("vflip", {})],
    270: [("transpose", {"dir": "clock"})],
}


class _Upright:
    """Scales, converts and turns decoded frames by one FFmpeg filter graph."""

    def __init__(self, frame: Any, aspect: Fraction, folder: Path) -> None:
        import av

        self.shape = (frame.width, frame.height, frame.format.name)
        turned = round(frame.rotation / 90) * 90 % 360
        self.rotation = turned
        wide = frame.width * float(aspect)
        shrink = min(1.0, LONG_SIDE / max(wide, frame.height))
        width, height = (max(2, round(v * shrink / 2) * 2) for v in (wide, frame.height))
        self.hdr = {PQ: "PQ", HLG: "HLG"}.get(int(frame.color_trc or 0), "")
        steps: list[tuple[str, dict[str, str]]] = [
            ("scale", {"w": str(width), "h": str(height), "flags": "bilinear"})
        ]
        if self.hdr:
            path = folder / "colours.cube"
            path.write_text(cube(int(frame.color_trc)), encoding="ascii")
            steps += [("format", {"pix_fmts": "gbrp10le"}), ("lut3d", {"file": str(path)})]
        # FFmpeg's angle is how far the stored picture is to be turned counter-clockwise.
        steps += _TURNS.get(turned, [])
        steps.append(("format", {"pix_fmts": "rgb24"}))
        self.size = (height, width) if turned in (90, 270) else (width, height)
        self._graph = av.filter.Graph()
        nodes = [
            self._graph.add_buffer(
                width=frame.width, height=frame.height, format=frame.format,
                time_base=frame.time_base or Fraction(1, 1000),
            )
        ]  # fmt: skip
        nodes += [self._graph.add(name, **options) for name, options in steps]
        nodes.append(self._graph.add("buffersink"))
        for before, after in pairwise(nodes):
            before.link_to(after)
        self._graph.configure()

    def turn(self, frame: Any) -> Pixels:
        """Return the picture, (h, w, 3) uint8 sRGB."""
        self._graph.vpush(frame)
        out = self._graph.vpull()
        return np.ascontiguousarray(out.to_ndarray())


class Video:
    """An open video file; :func:`open_video` makes it."""

    def __init__(
        self, container: Any, file: str, start: float, end: float | None, limit: float,
        folder: Path,
    ) -> None:  # fmt: skip
        self._folder, self._file = folder, file
        self._start, self._end = start, end
        self._container = container
        if not container.streams.video:
            raise _refuse(
                "video-no-picture",
                "文件里只有声音，没有画面，请给出视频。",
                "the file holds sound but no picture; give a video.",
                self._file,
            )
        self._video = container.streams.video[0]
        if self._video.codec_context is None:
            raise unreadable(self._file, "unknown codec")
        self._video.thread_type = "AUTO"
        self.info = self._measure(limit)

    def _measure(self, limit: float) -> VideoInfo:
        video, container = self._video, self._container
        width, height = video.codec_context.width, video.codec_context.height
        if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
            raise unreadable(self._file, f"{width} x {height}")
        fps = float(video.average_rate or video.guessed_rate or 30)
        seconds = float(container.duration) / 1e6 if container.duration else None
        slowed = _slowed(dict(container.metadata) | dict(video.metadata), fps)
        if seconds is not None:
            seconds /= slowed
        self._check_span(seconds)
        rate = working_rate(fps * slowed, limit)
        codec = video.codec_context.name
        return VideoInfo(
            self._file, codec, (width, height), rate, fps * slowed, seconds, 0, "", slowed
        )

    def _check_span(self, seconds: float | None) -> None:
        start, end = self._start, self._end
        late = seconds is not None and start >= seconds
        if start < 0 or late or (end is not None and end <= start):
            span = f"{start:g}-{'' if end is None else f'{end:g}'}"
            long = "?" if seconds is None else f"{seconds:.1f}"
            raise _refuse(
                "video-span",
                f"起止时间 {span} 秒不在视频之内（全长 {long} 秒）。",
                f"--start/--end {span} s do not lie inside the video ({long} s long).",
                self._file,
            )
        known = seconds if end is None else min(end, seconds or end)
        if known is not None and known - start > MAX_SECONDS:
            self.refuse_length(known - start)

    def refuse_length(self, seconds: float) -> None:
        """Refuse a take that is too long."""
        raise _refuse(
            "video-long",
            f"要捕捉的部分长 {seconds:.0f} 秒，一次最多 {MAX_SECONDS:.0f} 秒，"
            "请用 --start 与 --end 分段捕捉。",
            f"the part to capture lasts {seconds:.0f} s, at most {MAX_SECONDS:.0f} s go in "
            "one take; capture it in parts by --start and --end.",
            self._file,
        )

    def pictures(self) -> Iterator[Picture]:
        """Yield the pictures to look at, at most :attr:`VideoInfo.rate` a second.

        ``info`` is complete after the first picture; ``damaged`` and ``ended`` after the
        last.

        Raises
        ------
        InputRefused
            ``video-unreadable`` when not one picture can be decoded, ``video-short``,
            ``video-long``.
        """
        upright: _Upright | None = None
        due, step, first, last = self._start, 1.0 / self.info.rate.fps, None, self._start
        # So much too early is the jitter of clocks, not another picture.
        early = min(step / 3, 0.45 / max(self.info.fps, 1.0))
        for time, frame in self._timed():
            if time < due - early:
                continue
            if self._end is not None and time >= self._end:
                break
            due = max(due + step, time + step / 2)
            if upright is None:
                upright = self._first(frame)
            elif (frame.width, frame.height, frame.format.name) != upright.shape:
                self.info.ended = f"{time:.2f} s: {frame.width} x {frame.height}"
                break
            first, last = time if first is None else first, time
            if time - first > MAX_SECONDS:
                self.refuse_length(time - first)
            self.info.frames += 1
            yield Picture(time - first, upright.turn(frame))
        self.info.ended = self.info.ended or self._missing(last)
        if self.info.frames == 0:
            raise unreadable(self._file, "0 pictures")
        if self.info.frames < MIN_FRAMES:
            raise _refuse(
                "video-short",
                f"只有 {self.info.frames} 帧，至少需要 {MIN_FRAMES} 帧，请录得长一些。",
                f"only {self.info.frames} frames, {MIN_FRAMES} are needed; film longer.",
                self._file,
            )

    def _missing(self, last: float) -> str:
        """Return what is said of a file whose pictures end long before it does, or nothing."""
        whole = min(self.info.seconds or 0.0, np.inf if self._end is None else self._end)
        if whole - last <= max(0.5, 0.1 * whole, 2.0 / max(self.info.fps, 1.0)):
            return ""
        return f"{last:.1f} s / {whole:.1f} s"

    def _first(self, frame: Any) -> _Upright:
        if max(frame.width, frame.height) > MAX_SIDE:
            raise unreadable(self._file, f"{frame.width} x {frame.height}")
        aspect = self._video.sample_aspect_ratio or Fraction(1)
        if not Fraction(1, 4) <= aspect <= 4:
            aspect = Fraction(1)
        upright = _Upright(frame, aspect, self._folder)
        self.info.size, self.info.rotation = upright.size, upright.rotation
        self.info.hdr = upright.hdr
        return upright

    def _timed(self) -> Iterator[tuple[float, Any]]:
        """Yield (seconds since the file's start, frame), times strictly increasing."""
        video = self._video
        base = float(video.time_base or 0) / self.info.slowed
        origin = (video.start_time or 0) * base
        last, fallback = -np.inf, 1.0 / max(self.info.fps, 1.0)
        if self._start > 2.0:
            self._container.seek(int(self._start * self.info.slowed * 1e6), backward=True)
        for frame in self._decoded():
            if frame.pts is not None and base > 0:
                time = frame.pts * base - origin
            else:
                time = 0.0 if last == -np.inf else last + fallback
            if time > last:
                last = time
                yield time, frame

    def _decoded(self) -> Iterator[Any]:
        """Yield every frame that can be decoded; broken packets are counted."""
        import av

        packets, broken = self._container.demux(self._video), 0
        while broken < _STALE:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, OSError, ValueError) as error:
                self.info.damaged += 1
                self.info.ended = _reason(error)
                return
            try:
                frames = packet.decode()
            except av.FFmpegError:
                self.info.damaged += 1
                broken += 1
                continue
            for frame in frames:
                broken = 0
                self.info.damaged += bool(frame.is_corrupt)
                yield frame
        self.info.ended = f"{broken} broken packets"


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)[:80]


def _slowed(tags: dict[str, str], fps: float) -> float:
    """Return how many times slower than life a slow-motion file plays (1: as filmed).

    Android cameras write the rate at which they filmed beside a stretched track.
    """
    try:
        filmed = float(tags.get("com.android.capture.fps", "0"))
    except ValueError:
        return 1.0
    return filmed / fps if 1.5 * fps < filmed <= 1000 and fps > 0 else 1.0


@contextmanager
def open_video(
    path: Path, start: float = 0.0, end: float | None = None, limit: float = 30.0
) -> Iterator[Video]:
    """Open a video file to read its upright pictures.

    Parameters
    ----------
    path
        H.264, HEVC, VP9, AV1 … in MP4, MOV, WebM, MKV, AVI.
    start, end
        Part of the file, seconds.
    limit
        Pictures a second at most; faster files are thinned.

    Raises
    ------
    InputRefused
        ``video-unreadable``, ``video-no-picture``, ``video-span``, ``video-long``.
    """
    import av

    try:
        stream = path.open("rb")
    except OSError as error:
        raise unreadable(str(path), _reason(error)) from error
    with stream:
        options = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
        try:
            container = av.open(stream, "r", options=options, metadata_errors="replace")
        except (av.FFmpegError, ValueError, OSError, EOFError) as error:
            raise unreadable(path.name, _reason(error)) from error
        with watching(container, path.name, start, end, limit) as video:
            yield video


@contextmanager
def watching(
    container: Any, file: str, start: float, end: float | None, limit: float
) -> Iterator[Video]:
    """Read an open container (a film or a camera) as :func:`open_video` does; closes it."""
    with container, tempfile.TemporaryDirectory(prefix="capture-") as folder:
        yield Video(container, file, start, end, limit, Path(folder))
