import numpy as np
import pytest

from cyberdirector.core.speech import PHONE_CLASSES, SAMPLE_RATE, Speech
from cyberdirector.voice import speak
from cyberdirector.voice.acoustics import STEP, band_levels, level
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.line import split_sounds
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.synthesis import join_speech

from .conftest import JA, ZH


@pytest.mark.parametrize("name", ["zh", "en", "ja"])
def test_speech_is_whole(name: str, request: pytest.FixtureRequest) -> None:
    speech: Speech = request.getfixturevalue(name)
    assert speech.language == name
    assert speech.audio.dtype == np.float32
    assert np.abs(speech.audio).max() < 1.0
    assert len(speech.f0) == len(speech.energy)
    assert abs(len(speech.f0) * speech.step - speech.duration) <= 2 * speech.step
    assert speech.phones[0].kind == speech.phones[-1].kind == "SIL"
    assert speech.phones[-1].end == pytest.approx(speech.duration, abs=1e-3)
    for before, after in zip(speech.phones, speech.phones[1:], strict=False):
        assert before.end == pytest.approx(after.start, abs=2e-3)
        assert after.end > after.start
        assert after.kind in PHONE_CLASSES
    assert all(0.0 <= p <= 1.0 and 0.0 <= t <= speech.duration for t, p in speech.accents)
    assert speech.accents


@pytest.mark.parametrize("name", ["zh", "en", "ja"])
def test_silence_is_silent_and_speech_starts_on_the_sound(
    name: str, request: pytest.FixtureRequest
) -> None:
    speech: Speech = request.getfixturevalue(name)
    levels = level(speech.audio, STEP)
    top = levels.max()
    for phone in speech.phones:
        if phone.kind == "SIL":
            inside = levels[round(phone.start / STEP) + 2 : round(phone.end / STEP) - 2]
            assert not len(inside) or inside.max() < top - 30
    onset = np.argmax(levels > top - 40) * STEP
    first = next(phone for phone in speech.phones if phone.kind != "SIL")
    assert first.start - 0.01 <= onset <= first.start + 0.075
    assert 0.04 <= first.start <= 0.07


@pytest.mark.parametrize("name", ["zh", "en", "ja"])
def test_lips_close_where_the_sound_dips(name: str, request: pytest.FixtureRequest) -> None:
    speech: Speech = request.getfixturevalue(name)
    bands = band_levels(speech.audio)[:, 1:4].max(1)
    closures = [i for i, phone in enumerate(speech.phones) if phone.kind == "BMP"]
    assert closures
    for index in closures:
        phone = speech.phones[index]
        middle = bands[round(phone.start / STEP) : round(phone.end / STEP) + 1]
        around = bands[
            max(0, round((phone.start - 0.12) / STEP)) : round((phone.end + 0.12) / STEP)
        ]
        assert np.median(middle) < np.percentile(around, 90) - 6.0


def test_words_cover_the_line(zh: Speech, ja: Speech) -> None:
    assert "".join(word.text for word in zh.words) == ZH.translate(
        str.maketrans("", "", "，。？")
    )
    for speech, text in ((zh, ZH), (ja, JA)):
        for word in speech.words:
            assert text[word.first : word.last] == word.text
            assert word.end > word.start


def test_voiced_f0_only_where_there_is_voice(zh: Speech) -> None:
    for phone in zh.phones:
        if phone.kind == "SIL":
            inside = zh.f0[round(phone.start / zh.step) + 1 : round(phone.end / zh.step) - 1]
            assert not inside.any()
    voiced = zh.f0[zh.f0 > 0]
    assert 150 < np.median(voiced) < 350


def test_same_seed_gives_the_same_bytes(voices: dict[str, VoiceProfile]) -> None:
    one = speak("好的。", voices["tieshan"], seed=7, threads=1)
    two = speak("好的。", voices["tieshan"], seed=7, threads=2)
    assert one.audio.tobytes() == two.audio.tobytes()
    assert one.phones == two.phones


def test_long_lines_are_cut_at_sentence_ends() -> None:
    sounds = read_line("今天的天气真是好得不得了。" * 30).sounds
    pieces = split_sounds(sounds)
    assert len(pieces) > 2
    for first, last in pieces:
        assert sum(len(sound.symbols) for sound in sounds[first:last]) <= 220
        assert sounds[last - 1].pause
    spoken = [s for first, last in pieces for s in sounds[first:last] if not s.space]
    assert spoken == [s for s in sounds if not s.space]


def test_whisper_has_no_voice(voices: dict[str, VoiceProfile]) -> None:
    speech = speak("小声点。", voices["xiaobei"], delivery="whisper")
    assert not speech.f0.any()
    assert speech.duration == pytest.approx(len(speech.audio) / SAMPLE_RATE)


def test_parts_of_a_long_text_are_joined(zh: Speech) -> None:
    whole = join_speech([zh, zh])
    assert whole.duration == pytest.approx(2 * zh.duration + 0.3, abs=1e-3)
    assert abs(len(whole.f0) * whole.step - whole.duration) <= 2 * whole.step
    assert len(whole.phones) == 2 * len(zh.phones)
    starts = [phone.start for phone in whole.phones]
    assert starts == sorted(starts)
    assert whole.accents[-1][0] < whole.duration
