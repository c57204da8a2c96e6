import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.voice import align_recording, speak
from cyberdirector.voice.pitch import track_f0
from cyberdirector.voice.profile import VoiceProfile

from .conftest import ZH


def edges(speech: Speech) -> np.ndarray:
    return np.array([phone.start for phone in speech.phones if phone.kind != "SIL"])


def test_another_voice_saying_the_line_is_aligned(voices: dict[str, VoiceProfile]) -> None:
    text = "飞机票买好了，后天早上八点出发。"
    spoken = speak(text, voices["tieshan"], Emotion("joy", 0.6), pace=0.92, seed=5)
    rng = np.random.default_rng(0)
    audio = np.pad(spoken.audio, (7200, 9600)) * 0.5
    audio = (audio + rng.normal(0, 10 ** (-60 / 20), len(audio))).astype(np.float32)
    aligned = align_recording(audio, text)
    assert len(edges(aligned)) == len(edges(spoken))
    error = np.abs(edges(aligned) - edges(spoken) - 0.3)
    assert np.median(error) < 0.02
    assert np.percentile(error, 85) < 0.06
    assert [word.text for word in aligned.words] == [word.text for word in spoken.words]


def test_tracker_finds_a_gliding_tone_and_ignores_noise() -> None:
    time = np.arange(24_000) / 24_000
    f0 = 120 * 2 ** (0.8 * time)
    phase = 2 * np.pi * np.cumsum(f0) / 24_000
    tone = sum(np.sin(k * phase) / k for k in range(1, 12)).astype(np.float32) * 0.1
    found = track_f0(tone)[5:95]
    truth = f0[np.arange(5, 95) * 240]
    assert np.median(np.abs(12 * np.log2(found / truth))) < 0.1
    noise = np.random.default_rng(0).normal(0, 0.1, 24_000).astype(np.float32)
    assert (track_f0(noise) > 0).mean() < 0.1


def test_wrong_recordings_are_refused() -> None:
    with pytest.raises(InputRefused, match="recording-silent"):
        align_recording(np.zeros(24_000, np.float32), ZH)
    short = np.random.default_rng(0).normal(0, 0.1, 9000).astype(np.float32)
    with pytest.raises(InputRefused, match="recording-length"):
        align_recording(short, ZH)
