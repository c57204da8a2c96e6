"""The ear: features, chains, laying them over posteriors, files of every kind."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import PHONE_CLASSES, SAMPLE_RATE, Speech
from cyberdirector.formats.audio import resample, write_wav
from cyberdirector.voice.ear import LiveEar, listen, listen_to, listen_to_audio
from cyberdirector.voice.ear.align import emissions, lay_chain
from cyberdirector.voice.ear.chain import Link, chain_of
from cyberdirector.voice.ear.decode import decode, phones_of
from cyberdirector.voice.ear.features import (
    HOP,
    MELS,
    RATE,
    WINDOW,
    log_mel,
    loud_mean,
    normalise,
    take_mean,
    window_mel,
)
from cyberdirector.voice.ear.hearing import speaking
from cyberdirector.voice.ear.network import CONTEXT, load_ear
from cyberdirector.voice.ear.stream import Stream
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.recording import align_heard, align_recording

from .conftest import EN, ZH

KIND = {name: index for index, name in enumerate(PHONE_CLASSES)}


def posteriors_of(*runs: tuple[str, int]) -> np.ndarray:
    """Posteriors that are sure of each (class, frames) in turn."""
    path = np.concatenate([np.full(count, KIND[kind]) for kind, count in runs])
    share = np.full((len(path), len(PHONE_CLASSES)), 0.05 / 20)
    share[np.arange(len(path)), path] = 0.95
    return np.log(share).astype(np.float32)


def must(kind: str, sound: int = 0, skip: float = float("-inf")) -> Link:
    return Link(kind, ((sound, 1.0),), 3, skip)


def test_features_do_not_know_how_loud_the_recording_is() -> None:
    rng = np.random.default_rng(0)
    audio = (rng.normal(0, 0.1, RATE) * np.hanning(RATE)).astype(np.float32)
    mel, soft = log_mel(audio), log_mel(audio * 0.1)
    assert mel.shape == (101, MELS)
    loud = loud_mean(mel)
    middle = slice(30, 70)
    difference = normalise(mel, loud)[middle] - normalise(soft, loud_mean(soft))[middle]
    assert np.abs(difference).max() < 0.01


def test_the_mean_of_a_short_take_is_drawn_to_that_of_ordinary_speech() -> None:
    rng = np.random.default_rng(1)
    colour = np.linspace(2.0, -4.0, MELS).astype(np.float32)
    long = (rng.normal(0.0, 0.3, (2000, MELS)) + 3.0).astype(np.float32)
    short = long[:60]
    usual = colour - colour.mean()
    bent = [np.corrcoef(take_mean(mel, colour), usual)[0, 1] for mel in (short, long)]
    size = [np.ptp(take_mean(mel, colour)) / np.ptp(usual) for mel in (short, long)]
    assert bent[0] > 0.95
    assert 0.25 < size[0] < 0.6
    assert size[1] < 0.1
    softer = take_mean(short - 4.0, colour)
    assert np.abs(take_mean(short, colour) - 4.0 - softer).max() < 1e-4


def test_a_tone_lies_in_its_band() -> None:
    time = np.arange(RATE) / RATE
    low, high = (
        log_mel(np.sin(2 * np.pi * f * time).astype(np.float32))[50].argmax()
        for f in (300.0, 3000.0)
    )
    assert 3 <= low <= 7
    assert 22 <= high <= 27


def test_windows_of_a_stream_are_those_of_the_take() -> None:
    audio = np.random.default_rng(1).normal(0, 0.1, 4000).astype(np.float32)
    whole = log_mel(audio)
    part = window_mel(audio[5 * HOP - WINDOW // 2 : 12 * HOP])
    assert np.allclose(part, whole[5 : 5 + len(part)], atol=1e-4)


def test_silence_has_hysteresis() -> None:
    soft = np.full((60, len(PHONE_CLASSES)), np.log(1e-3), np.float32)
    silence = np.full(60, 0.95)
    silence[10:40] = 0.1
    silence[20:22] = 0.9  # a gap of two frames is no pause
    silence[50:52] = 0.1  # a click of two frames is no speech
    soft[:, 0] = np.log(silence)
    assert np.array_equal(np.flatnonzero(speaking(soft)), np.arange(10, 40))


def test_a_chain_is_laid_exactly_on_sure_posteriors() -> None:
    heard = posteriors_of(("SIL", 20), ("BMP", 8), ("AA", 15), ("S", 9), ("SIL", 12))
    links = [must("SIL", skip=-1.0), must("BMP"), must("AA"), must("S"), must("SIL", skip=-1)]
    spans = lay_chain(emissions(heard), links)
    assert spans == [(0, 20), (20, 28), (28, 43), (43, 52), (52, 64)]


def test_what_may_be_left_out_is_left_out_only_where_it_is_not_heard() -> None:
    links = [must("AA"), must("R", skip=-0.7), must("SIL", skip=-0.7), must("TD")]
    without = lay_chain(emissions(posteriors_of(("AA", 20), ("TD", 10))), links)
    assert [a < b for a, b in without] == [True, False, False, True]
    heard = posteriors_of(("AA", 20), ("R", 8), ("SIL", 9), ("TD", 10))
    assert [a < b for a, b in lay_chain(emissions(heard), links)] == [True] * 4


def test_a_take_shorter_than_its_chain_still_gives_every_phone_in_order() -> None:
    links = [must(kind) for kind in ("BMP", "AA", "S", "IY", "TD", "OW")]
    spans = lay_chain(emissions(posteriors_of(("AA", 9))), links)
    assert all(a < b for a, b in spans)
    assert spans[0][0] == 0
    assert spans[-1][1] == 9


def test_chains_allow_pauses_at_marks_and_the_accents_of_english() -> None:
    zh = chain_of(read_line("爸爸，妈妈。"))
    assert [link.kind for link in zh if link.parts] == ["BMP", "AA"] * 4
    pauses = [link.skip for link in zh if not link.parts]
    assert len(pauses) == 3
    en = chain_of(read_line("far car", "en"))
    assert [link.skip > -1.0 for link in en if link.kind == "R"] == [True, True]
    assert not any(np.isfinite(link.skip) for link in en if link.kind in ("FV", "AA"))


def test_decoding_keeps_what_lasts_and_drops_a_flicker() -> None:
    path = decode(
        posteriors_of(("SIL", 30), ("BMP", 8), ("AA", 1), ("IY", 20), ("S", 12), ("SIL", 30))
    )
    kinds = [PHONE_CLASSES[k] for k in path[np.flatnonzero(np.diff(path, prepend=-1))]]
    assert kinds == ["SIL", "BMP", "IY", "S", "SIL"]
    phones = phones_of(path, 1.01)
    assert phones[0].start == 0.0
    assert phones[-1].end == 1.01
    assert all(a.end == b.start for a, b in pairwise(phones))


def starts(speech: Speech) -> np.ndarray:
    return np.array([p.start for p in speech.phones if p.kind != "SIL"])


@pytest.mark.parametrize(("lips", "closed"), [(0.8, True), (0.6, True), (0.5, False)])
def test_lips_meet_only_where_that_is_sure(lips: float, closed: bool) -> None:
    share = np.full((60, len(PHONE_CLASSES)), 1e-4)
    share[:, PHONE_CLASSES.index("AA")] = 0.99
    middle = np.full(len(PHONE_CLASSES), 1e-4)
    middle[PHONE_CLASSES.index("BMP")] = lips
    for other in ("TD", "KG"):
        middle[PHONE_CLASSES.index(other)] = (1.0 - lips) / 2.0
    share[25:33] = middle
    path = decode(np.log(share).astype(np.float32))
    found = np.flatnonzero(path == PHONE_CLASSES.index("BMP"))
    assert (len(found) > 0) == closed
    if closed:
        assert 23 <= found.min() <= 27
        assert 30 <= found.max() <= 35


def test_own_speech_is_laid_where_it_was_spoken(zh: Speech, en: Speech) -> None:
    for speech, text in ((zh, ZH), (en, EN)):
        aligned = align_recording(speech.audio, text)
        told, found = (
            np.array([(p.start + p.end) / 2 for p in s.phones if p.kind == "BMP"])
            for s in (speech, aligned)
        )
        assert len(told) == len(found)
        assert np.abs(told - found).max() < 0.05
        assert np.median(np.abs(told - found)) < 0.015
        assert [w.text for w in aligned.words] == [w.text for w in speech.words]


def test_another_text_is_remarked(zh: Speech) -> None:
    assert not align_heard(zh.audio, ZH)[2]
    notes = align_heard(zh.audio, "十四是十四，四十是四十，事事如意。")[2]
    assert [note.code for note in notes] == ["ear-misfit"]


def test_without_text_the_same_speech_is_heard(zh: Speech) -> None:
    speech, _ = listen_to_audio(zh.audio)
    assert speech.duration == zh.duration
    assert len(speech.f0) == len(speech.energy)
    assert speech.accents
    told, found = (
        np.array([any(p.start <= t < p.end and p.kind != "SIL" for p in s.phones)
                  for t in np.arange(0.0, zh.duration, 0.02)])
        for s in (zh, speech)
    )  # fmt: skip
    assert (told == found).mean() > 0.85


def test_the_live_ear_is_late_by_80_ms_and_hears_the_same(zh: Speech) -> None:
    audio = resample(zh.audio, SAMPLE_RATE, RATE)
    ear, judged = LiveEar(), []
    for first in range(0, len(audio), 700):
        judged.append(ear.push(audio[first : first + 700]))
        late = min(first + 700, len(audio)) / RATE - sum(map(len, judged)) * 0.01
        assert late <= 0.08 + 0.01 + WINDOW / 2 / RATE
    live = np.concatenate(judged)
    whole = listen(zh.audio).posteriors[: len(live)]
    assert (live.argmax(1) == whole.argmax(1)).mean() > 0.6
    assert len(ear._mel) < 4


def test_a_stream_gives_what_the_network_gives_on_a_window(zh: Speech) -> None:
    ear = load_ear()
    mel = log_mel(resample(zh.audio, SAMPLE_RATE, RATE))
    features = normalise(mel, take_mean(mel, ear.colour))
    for hop, ahead in ((4, 5), (3, 9), (8, 0)):
        streams = [Stream(layers, hop, ahead) for layers in ear.layers]
        for last in range(hop, len(features), hop):
            fresh = features[last - hop : last]
            heard = sum(w * s.push(fresh) for w, s in zip(ear.shares, streams, strict=True))
            first = last - hop - ahead
            if first >= 0:
                begin = max(0, first - CONTEXT)
                window = ear.hear(features[begin:last])[first - begin : first - begin + hop]
                heard = heard - np.logaddexp.reduce(heard, axis=1, keepdims=True)
                np.testing.assert_allclose(heard, window, atol=1e-4)


def test_where_mandarin_is_known_only_its_syllables_are_heard(zh: Speech) -> None:
    posteriors = listen(zh.audio).posteriors
    path = decode(posteriors, "zh")
    runs = path[np.flatnonzero(np.diff(path, prepend=-1))]
    kinds = [PHONE_CLASSES[kind] for kind in runs]
    known = {tuple(s.split()) for s in load_ear().syllables["zh"]}
    assert len(kinds) > 8
    assert _splits(tuple(k for k in kinds if k != "SIL"), known)
    assert (path == decode(posteriors)).mean() > 0.7


def _splits(kinds: tuple[str, ...], known: set[tuple[str, ...]]) -> bool:
    """Whether ``kinds`` is a chain of ``known``; equal classes at a seam are one run."""
    reached = {0}
    for place in range(len(kinds)):
        if place in reached:
            for syllable in known:
                for back in (0, 1):
                    first = place - back
                    if first >= 0 and kinds[first : first + len(syllable)] == syllable:
                        reached.add(first + len(syllable))
    return len(kinds) in reached


def test_hours_are_heard_in_pieces_alike(zh: Speech) -> None:
    once = listen(zh.audio).posteriors
    many = listen(np.tile(zh.audio, 1 + int(40 * SAMPLE_RATE / len(zh.audio)))).posteriors
    shift = round(len(zh.audio) / SAMPLE_RATE / 0.01)
    again = many[shift + 50 : 2 * shift - 60]
    assert (again.argmax(1) == once[50 : 50 + len(again)].argmax(1)).mean() > 0.8


def _encode(path: Path, audio: np.ndarray, rate: int, codec: str, channels: int) -> None:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        layout = "stereo" if channels == 2 else "mono"
        stream.layout = layout
        pcm = (np.clip(audio, -1, 1) * 32767).astype(np.int16)
        pcm = np.repeat(pcm[None], channels, 0).T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm), "s16", layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, layout, rate)
        for piece in resampler.resample(frame):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("name", "codec", "rate", "channels"),
    [
        ("a.mp3", "mp3", 44_100, 2),
        ("a.m4a", "aac", 48_000, 1),
        ("a.flac", "flac", 192_000, 1),
        ("a.wav", "pcm_s16le", 8_000, 2),
    ],
)
def test_any_microphone_gives_a_take(
    tmp_path: Path, zh: Speech, name: str, codec: str, rate: int, channels: int
) -> None:
    path = tmp_path / name
    _encode(path, resample(zh.audio, SAMPLE_RATE, rate), rate, codec, channels)
    speech, notes = listen_to(path, ZH)
    expected = {"ear-narrow"} if rate == 8_000 else set()
    assert {note.code for note in notes} == expected
    delay = 0.03 if codec in ("mp3", "aac") else 0.0
    assert np.median(np.abs(starts(speech) - starts(zh))) < 0.03 + delay


def test_bad_recordings_are_remarked_or_refused(tmp_path: Path, zh: Speech) -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.05, 3 * SAMPLE_RATE).astype(np.float32)
    speech, notes = listen_to_audio(noise)
    assert [note.code for note in notes] == ["ear-no-speech"]
    assert {p.kind for p in speech.phones} == {"SIL"}
    clipped = np.clip(zh.audio * 20, -1, 1).astype(np.float32)
    assert "ear-clipped" in {note.code for note in listen_to_audio(clipped, ZH)[1]}
    loud = next(p.end for p in zh.phones if p.kind == "AA") * SAMPLE_RATE
    assert "ear-cut" in {n.code for n in listen_to_audio(zh.audio[: int(loud) - 900])[1]}
    path = tmp_path / "a.wav"
    write_wav(path, np.zeros(SAMPLE_RATE, np.float32))
    with pytest.raises(InputRefused, match="recording-silent"):
        listen_to(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:20])
    with pytest.raises(InputRefused, match="audio-unreadable"):
        listen_to(path)
