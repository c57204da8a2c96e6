import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import SAMPLE_RATE
from cyberdirector.formats import decode_audio, read_audio, wav_bytes, write_wav
from cyberdirector.formats.audio import resample


def tone(rate, seconds=0.5, frequency=440.0):
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)).astype(
        np.float32
    )


def test_wav_comes_back_within_half_a_step(tmp_path):
    path = tmp_path / "声.wav"
    sound = tone(SAMPLE_RATE)
    write_wav(path, sound)
    back = read_audio(path)
    assert back.dtype == np.float32
    assert np.abs(back - sound).max() <= 0.5 / 32768 + 1e-7
    assert wav_bytes(back) == path.read_bytes()


def test_full_scale_is_clipped_not_wrapped():
    back = decode_audio(wav_bytes(np.array([2.0, -2.0, 0.0], np.float32)))
    assert back.tolist() == [32767 / 32768, -1.0, 0.0]


def test_stereo_at_another_rate_becomes_mono_at_ours():
    sound = tone(48_000)
    stereo = np.stack([sound, np.zeros_like(sound)], axis=1)
    back = decode_audio(wav_bytes(stereo, 48_000))
    assert len(back) == len(sound) // 2
    expected = tone(24_000) / 2
    inside = slice(200, -200)
    np.testing.assert_allclose(back[inside], expected[inside], atol=2e-3)


def test_resampling_keeps_the_pitch():
    back = resample(tone(44_100, 1.0), 44_100, 24_000)
    spectrum = np.abs(np.fft.rfft(back))
    assert spectrum.argmax() == pytest.approx(440, abs=1)


@pytest.mark.parametrize(("suffix", "codec"), [("m4a", "aac"), ("mp3", "libmp3lame")])
def test_compressed_sound_is_read(tmp_path, suffix, codec):
    av = pytest.importorskip("av")
    path = tmp_path / f"a.{suffix}"
    with av.open(str(path), "w") as out:
        try:
            stream = out.add_stream(codec, rate=44_100)
        except av.FFmpegError:
            pytest.skip(f"no encoder {codec}")
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(tone(44_100)[None], format="fltp", layout="mono")
        frame.sample_rate = 44_100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    back = read_audio(path)
    assert 0.45 < len(back) / SAMPLE_RATE < 0.65
    assert np.abs(back).max() > 0.3


@pytest.mark.parametrize(
    "data",
    [b"", b"RIFF", "不是声音".encode() * 100, wav_bytes(np.zeros(0)), b"\0" * 5000],
    ids=["empty", "cut", "text", "silent", "zeros"],
)
def test_what_is_no_sound_is_refused(data):
    with pytest.raises(InputRefused) as caught:
        decode_audio(data)
    assert caught.value.code == "audio-unreadable"


def test_hours_are_refused():
    with pytest.raises(InputRefused, match="longer"):
        decode_audio(wav_bytes(np.zeros(4_000 * 3_601), 4_000))


def test_nan_is_not_written_and_missing_files_are_named(tmp_path):
    with pytest.raises(ValueError, match="NaN"):
        wav_bytes(np.array([np.nan]))
    with pytest.raises(InputRefused, match="No such file"):
        read_audio(tmp_path / "none.wav")
