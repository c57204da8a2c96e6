"""Videos: every codec and rate that phones write, and what must be refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from cyberdirector.capture import video
from cyberdirector.capture.video import open_video, working_rate
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.time import Rate


def _pixels(i: int, width: int = 96, height: int = 64) -> np.ndarray:
    """Red on top, blue below, a white square in the top left corner, a slow change."""
    out = np.zeros((height, width, 3), np.uint8)
    out[: height // 2] = (200, 30, 30)
    out[height // 2 :] = (30, 30, 200)
    out[:16, :16] = 255
    out[-8:, : 1 + i % width] = 128
    return out


def film(
    path: Path, frames: int = 30, fps: int = 30, codec: str = "libx264", times: Any = None,
    rotation: int = 0, pix_fmt: str = "yuv420p", size: tuple[int, int] = (96, 64), trc: int = 0,
    tags: dict[str, str] | None = None,
) -> Path:  # fmt: skip
    """Write a test film; ``times`` are milliseconds."""
    options = {"movflags": "use_metadata_tags"} if path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", options=options) as out:
        stream = out.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.time_base = Fraction(1, 1000)
        if trc:
            stream.codec_context.color_trc = trc
            stream.codec_context.color_primaries = 9
            stream.codec_context.colorspace = 9
        if rotation:
            stream.set_display_rotation(rotation)
        out.metadata.update(tags or {})
        for i in range(frames):
            frame = av.VideoFrame.from_ndarray(_pixels(i, *size), format="rgb24")
            frame = frame.reformat(format=pix_fmt)
            if trc:
                frame.color_trc, frame.color_primaries, frame.colorspace = trc, 9, 9
            frame.pts = int(times[i]) if times is not None else round(i * 1000 / fps)
            frame.time_base = Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def _read(path: Path, *args: Any) -> tuple[video.VideoInfo, list[video.Picture]]:
    with open_video(path, *args) as opened:
        return opened.info, list(opened.pictures())


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("libx264", "a.mp4"),
        ("libx265", "a.mov"),
        ("libvpx-vp9", "a.webm"),
        ("libsvtav1", "a.mkv"),
    ],
)
def test_codecs(tmp_path: Path, codec: str, name: str) -> None:
    info, pictures = _read(film(tmp_path / name, 12, codec=codec))
    assert len(pictures) == 12
    assert info.size == (96, 64)
    top, bottom = pictures[3].pixels[24, 60], pictures[3].pixels[45, 60]
    assert top[0] > 150 > 90 > top[2]
    assert bottom[2] > 150 > 90 > bottom[0]


@pytest.mark.parametrize(
    ("rotation", "size", "corner"),
    [(0, (96, 64), (0, 0)), (90, (64, 96), (1, 0)), (180, (96, 64), (1, 1)),
     (-90, (64, 96), (0, 1))],
)  # fmt: skip
def test_rotation_of_the_file_is_applied(
    tmp_path: Path, rotation: int, size: tuple[int, int], corner: tuple[int, int]
) -> None:
    """The white corner goes where a turn counter-clockwise carries it."""
    info, pictures = _read(film(tmp_path / "a.mp4", 8, rotation=rotation))
    assert info.size == size
    pixels = pictures[0].pixels
    assert pixels.shape == (size[1], size[0], 3)
    quarter = {
        (y, x): pixels[(-8 if y else 7), (-8 if x else 7)].min() for y in (0, 1) for x in (0, 1)
    }
    assert max(quarter, key=lambda k: quarter[k]) == corner


def test_variable_rate_keeps_true_times(tmp_path: Path) -> None:
    times = np.cumsum([0] + [33, 33, 67, 33, 100] * 6)
    info, pictures = _read(film(tmp_path / "a.mkv", len(times), times=times))
    found = np.array([p.time for p in pictures])
    np.testing.assert_allclose(found, times / 1000, atol=2e-3)
    assert info.rate.fps <= 30


@pytest.mark.parametrize(("fps", "kept"), [(24, 24), (60, 30), (120, 30), (240, 30)])
def test_fast_files_are_thinned_evenly(tmp_path: Path, fps: int, kept: int) -> None:
    info, pictures = _read(film(tmp_path / "a.mp4", fps, fps=fps))
    assert info.rate == Rate(kept)
    assert abs(len(pictures) - kept) <= 1
    steps = np.diff([p.time for p in pictures])
    np.testing.assert_allclose(steps, 1 / kept, atol=1.6e-3)


def test_sixty_on_request(tmp_path: Path) -> None:
    info, pictures = _read(film(tmp_path / "a.mp4", 60, fps=60), 0.0, None, 60.0)
    assert info.rate == Rate(60)
    assert len(pictures) == 60


def test_part_of_a_file(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", 150)
    _, pictures = _read(path, 3.0, 4.0)
    assert len(pictures) == 30
    assert pictures[0].time == 0.0
    # The grey bar counts frames: the part begins at frame 90.
    assert abs(int((pictures[0].pixels[-3, :, 0] > 90).sum()) - 91) <= 3


@pytest.mark.parametrize("trc", [16, 18])
def test_hdr_becomes_srgb(tmp_path: Path, trc: int) -> None:
    """A grey of 75 % HLG (58 % PQ) is white paper: bright, without a hue, not clipped."""
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx265", rate=30)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p10le"
        stream.codec_context.color_trc = trc
        stream.codec_context.color_primaries = 9
        stream.codec_context.colorspace = 9
        for _ in range(8):
            level = 0.75 if trc == 18 else 0.58
            grey = np.full((64, 96, 3), round(level * 65535), np.uint16)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb48le")
            frame = frame.reformat(format="yuv420p10le")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    info, pictures = _read(path)
    assert info.hdr == {16: "PQ", 18: "HLG"}[trc]
    colour = pictures[2].pixels[30, 40].astype(int)
    assert np.ptp(colour) <= 6
    assert 225 <= colour.mean() <= 250


def test_stretched_slow_motion_plays_at_life_speed(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", 120, fps=30, tags={"com.android.capture.fps": "120"})
    info, pictures = _read(path)
    assert info.slowed == pytest.approx(4.0, rel=0.05)
    assert pictures[-1].time == pytest.approx(1.0, abs=0.06)


def _refused(path: Path, *args: Any) -> InputRefused:
    with pytest.raises(InputRefused) as caught:
        _read(path, *args)
    assert caught.value.zh != caught.value.en
    return caught.value


def test_missing_corrupt_and_text(tmp_path: Path) -> None:
    assert _refused(tmp_path / "none.mp4").code == "video-unreadable"
    path = tmp_path / "a.mp4"
    path.write_bytes(np.random.default_rng(0).bytes(50_000))
    assert _refused(path).code == "video-unreadable"
    path.write_text("不是视频")
    assert _refused(path).code == "video-unreadable"
    path.write_bytes(b"")
    assert _refused(path).code == "video-unreadable"


def test_truncated_file_gives_what_is_there(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", 90)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    _, pictures = _read(path)
    assert 6 <= len(pictures) < 90
    cut = film(tmp_path / "b.mp4", 90)
    cut.write_bytes(cut.read_bytes()[:2000])
    assert _refused(cut).code == "video-unreadable"


def test_damaged_packets_never_escape(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.mp4", 40).read_bytes()
    rng = np.random.default_rng(1)
    path = tmp_path / "b.mp4"
    for _ in range(12):
        data = bytearray(whole)
        for at in rng.integers(100, len(data), 30):
            data[at] = int(rng.integers(256))
        path.write_bytes(data)
        try:
            _read(path)
        except InputRefused:
            continue


def test_sound_without_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=24000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        frame.sample_rate = 24000
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    assert _refused(path).code == "video-no-picture"


def test_gif_is_a_video(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    film(path, 10, fps=10, codec="gif", pix_fmt="rgb8")
    _, pictures = _read(path)
    assert len(pictures) == 10


@pytest.mark.parametrize("kind", ["m3u8", "ffconcat", "sdp", "mpd"])
def test_lists_that_name_other_files_are_refused(tmp_path: Path, kind: str) -> None:
    film(tmp_path / "other.mp4", 20)
    text = {
        "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat": "ffconcat version 1.0\nfile other.mp4\n",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        "mpd": '<?xml version="1.0"?><MPD><Period><BaseURL>other.mp4</BaseURL></Period></MPD>',
    }[kind]
    for name in (f"list.{kind}", "list.mp4"):
        path = tmp_path / name
        path.write_text(text)
        assert _refused(path).code == "video-unreadable"


def test_three_frames_and_spans_and_hours(tmp_path: Path) -> None:
    assert _refused(film(tmp_path / "a.mp4", 3)).code == "video-short"
    path = film(tmp_path / "b.mp4", 30)
    assert _refused(path, 5.0).code == "video-span"
    assert _refused(path, 0.5, 0.2).code == "video-span"
    hours = film(tmp_path / "c.mkv", 60, times=np.arange(60) * 120_000, size=(32, 32))
    assert _refused(hours).code == "video-long"


def test_picture_that_changes_size_ends_the_take(tmp_path: Path) -> None:
    """A phone turned while filming: the part before the turn is used, and it is told."""
    first, second = tmp_path / "a.h264", tmp_path / "b.h264"
    film(first, 20)
    film(second, 20, size=(64, 96))
    path = tmp_path / "both.h264"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    info, pictures = _read(path)
    assert len(pictures) == 20
    assert "64 x 96" in info.ended


@pytest.mark.parametrize(
    ("fps", "limit", "expected"),
    [(23.976, 30, Rate(24000, 1001)), (59.94, 30, Rate(30000, 1001)), (50, 30, Rate(25)),
     (29.97, 30, Rate(30000, 1001)), (25.69, 30, Rate(30)), (120, 60, Rate(60)),
     (12.3, 30, Rate(15))],
)  # fmt: skip
def test_working_rates(fps: float, limit: float, expected: Rate) -> None:
    assert working_rate(fps, limit) == expected


def test_a_file_that_was_cut_off_is_told(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.mkv", 90)
    info, _ = _read(whole)
    assert info.ended == ""
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    info, pictures = _read(cut)
    assert len(pictures) < 75
    assert "3.0 s" in info.ended
    info, _ = _read(whole, 0.0, 1.0)
    assert info.ended == ""
