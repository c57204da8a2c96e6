"""Lines spoken once and shared by the tests of the voice."""

from __future__ import annotations

import pytest

from cyberdirector.core.speech import Emotion, Speech
from cyberdirector.voice import load_voices, speak
from cyberdirector.voice.profile import VoiceProfile

ZH = "吃饭了没有？走，我请你去喝杯白酒。"
EN = "Please bring me the big black box."
JA = "母と一緒に、散歩に行きましょう。"


@pytest.fixture(scope="session")
def voices() -> dict[str, VoiceProfile]:
    return {voice.name: voice for voice in load_voices()}


@pytest.fixture(scope="session")
def zh(voices: dict[str, VoiceProfile]) -> Speech:
    return speak(ZH, voices["xiaobei"])


@pytest.fixture(scope="session")
def en(voices: dict[str, VoiceProfile]) -> Speech:
    return speak(EN, voices["hanfeng"], Emotion("anger", 0.8))


@pytest.fixture(scope="session")
def ja(voices: dict[str, VoiceProfile]) -> Speech:
    return speak(JA, voices["qinghe"])
