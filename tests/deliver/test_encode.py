"""Segments and joined films, read back from the encoded bytes."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused, RenderFailed
from cyberdirector.core.time import Rate
from cyberdirector.deliver import Cue, SegmentWriter, aigc_fields, join_segments, verify_label

FILM = Rate(24)
SIZE = (208, 112)  # 13 × 7 macroblocks: odd counts


def pictures(count: int, seed: int = 0, size=SIZE):
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    for i in range(count):
        yield np.stack(
            [(x * 2 + 5 * i + 40 * seed) % 256, (y * 3 + i) % 256, np.full_like(x, 90)], -1
        ).astype(np.uint8)


def segment(path: Path, count: int, seed: int = 0, rate=FILM, quality="final", size=SIZE):
    with SegmentWriter(path, size, rate, quality) as writer:
        for picture in pictures(count, seed, size):
            writer.write(picture)
    return path


def silence(frames: int, rate=FILM):
    return np.zeros((rate.samples(frames, 48_000), 2), np.float32)


def test_same_frames_same_bytes(tmp_path: Path):
    first = segment(tmp_path / "a.mp4", 40).read_bytes()
    for name in ("b", "c", "d"):
        junk = [np.random.default_rng(i).random(100_000) for i in range(3)]
        assert segment(tmp_path / f"{name}.mp4", 40).read_bytes() == first
        del junk


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("rate", [Rate(24), Rate(30_000, 1001), Rate(60)])
def test_segment_format(tmp_path: Path, suffix: str, rate: Rate):
    path = segment(tmp_path / f"a.{suffix}", 7, rate=rate)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.color_range, context.colorspace) == (1, 1)
        assert (context.color_primaries, context.color_trc) == (1, 1)
        frames = list(container.decode(stream))
    assert len(frames) == 7
    assert frames[0].key_frame


@pytest.mark.parametrize(
    ("rgb", "luma"),
    [((255, 0, 0), 63), ((0, 255, 0), 173), ((0, 0, 255), 32), ((255,) * 3, 235)],
)
def test_colours_are_bt709_limited(tmp_path: Path, rgb, luma):
    path = tmp_path / "a.mp4"
    with SegmentWriter(path, SIZE, Rate(24)) as writer:
        for alpha in (0, 255):
            writer.write(np.full((SIZE[1], SIZE[0], 4), (*rgb, alpha), np.uint8))
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            plane = frame.to_ndarray()[: SIZE[1]]
            assert abs(int(np.median(plane)) - luma) <= 1


@pytest.mark.parametrize("size", [(207, 112), (2, 2), (0, 0), (8000, 112)])
def test_bad_sizes(tmp_path: Path, size):
    with pytest.raises(InputRefused, match="video-size"):
        SegmentWriter(tmp_path / "a.mp4", size, Rate(24))


def test_nothing_half_written(tmp_path: Path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"before")

    def pictures_that_end_badly():
        yield next(pictures(1))
        raise KeyError

    with pytest.raises(KeyError), SegmentWriter(path, SIZE, Rate(24)) as writer:
        list(map(writer.write, pictures_that_end_badly()))
    with (
        pytest.raises(RenderFailed, match="segment-empty"),
        SegmentWriter(path, SIZE, Rate(24)),
    ):
        pass
    with (
        pytest.raises(RenderFailed, match="encode-frame-shape"),
        SegmentWriter(path, SIZE, Rate(24)) as writer,
    ):
        writer.write(np.zeros((10, 10, 3), np.uint8))
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("rate", [Rate(24), Rate(30_000, 1001)])
def test_join(tmp_path: Path, rate: Rate):
    counts = [1, 2, 30, 13]
    paths = [segment(tmp_path / f"{i}.mp4", n, i, rate) for i, n in enumerate(counts)]
    out = tmp_path / "out.mp4"
    fields = aigc_fields("abc")
    cues = [Cue(3, 20, "你好"), Cue(20, 40, "再见")]
    frames = join_segments(
        paths, silence(46, rate), out, rate, title="雨夜", aigc=fields, subtitles=cues
    )
    assert frames == 46
    single = [f for p in paths for f in _decode(p)]
    joined = _decode(out)
    assert len(joined) == 46
    for a, b in zip(single, joined, strict=True):
        np.testing.assert_array_equal(a, b)
    with av.open(str(out)) as container:
        assert container.metadata["title"] == "雨夜"
        assert json.loads(container.metadata["AIGC"]) == fields
        stream = container.streams.video[0]
        assert stream.average_rate == rate.fraction
        ticks = np.diff([f.pts * f.time_base for f in container.decode(stream)])
        assert all(t == 1 / rate.fraction for t in ticks)
        assert container.streams.audio[0].codec_context.sample_rate == 48_000
    with av.open(str(out)) as container:
        words = [
            bytes(p)[2:].decode()
            for p in container.demux(container.streams.subtitles[0])
            if p.size > 2
        ]
    assert words == ["你好", "再见"]
    assert verify_label(out) == fields
    data = out.read_bytes()
    assert data.find(b"moov") < data.find(b"mdat")
    join_segments(
        paths, silence(46, rate), out, rate, title="雨夜", aigc=fields, subtitles=cues
    )
    assert out.read_bytes() == data


def _decode(path: Path):
    with av.open(str(path)) as container:
        return [f.to_ndarray() for f in container.decode(video=0)]


def test_join_refuses(tmp_path: Path):
    good = segment(tmp_path / "a.mp4", 5)
    out = tmp_path / "out.mp4"
    cases = {
        "segments-missing": [],
        "segment-unreadable": [good, tmp_path / "none.mp4"],
        "segment-mismatch": [good, segment(tmp_path / "b.mp4", 5, size=(112, 208))],
    }
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(good.read_bytes()[:900])
    for code, paths in [*cases.items(), ("segment-unreadable", [good, broken])]:
        with pytest.raises(RenderFailed, match=code):
            join_segments(paths, silence(10), out, Rate(24))
        assert not out.exists()


def test_long_sound_is_cut_and_short_sound_filled(tmp_path: Path):
    path = segment(tmp_path / "a.mp4", 24)
    for count in (0, 1000, 200_000):
        out = tmp_path / "out.mp4"
        join_segments([path], np.zeros((count, 2), np.float32), out, Rate(24))
        with av.open(str(out)) as container:
            heard = sum(f.samples for f in container.decode(audio=0))
        assert abs(heard - 48_000) <= 1024
