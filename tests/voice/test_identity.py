import json
from pathlib import Path

import pytest

from cyberdirector.core.errors import InputRefused, ProjectError
from cyberdirector.stages.voice_lock import VoiceLock
from cyberdirector.voice.identity import check_voice, voice_hash
from cyberdirector.voice.library import find_voice, mixed_voice, read_mix, write_voice
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.styles import has_all_packs


def test_the_hash_is_of_the_sound_not_of_the_name(voices: dict[str, VoiceProfile]) -> None:
    voice = voices["yunxi"]
    assert voice_hash(voice) == voice_hash(
        voice.model_copy(update={"name": "x", "age": (1, 2)})
    )
    assert voice_hash(voice) != voice_hash(voice.model_copy(update={"formant": 1.01}))
    assert check_voice(voice, voice_hash(voice)) is None
    note = check_voice(voice, "0" * 32)
    assert note is not None
    assert note.code == "voice-changed"


def test_a_voice_is_made_kept_and_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voices: dict[str, VoiceProfile]
) -> None:
    monkeypatch.setenv("CYBERDIRECTOR_VOICES", str(tmp_path / "mine"))
    made = mixed_voice("沈青", read_mix("yunxi:0.6, yunjian:0.4"), {}, {}, {"formant": 0.95})
    assert made.sex == "male"
    assert sum(made.prosody["zh"].values()) == pytest.approx(1.0)
    write_voice(tmp_path / "mine" / "沈青.voice.yaml", made)
    assert find_voice("沈青") == made
    assert find_voice(str(tmp_path / "mine" / "沈青.voice.yaml")) == made
    beside = made.model_copy(update={"pitch": 1.1})
    write_voice(tmp_path / "沈青.voice.yaml", beside)
    assert find_voice("沈青", [tmp_path]) == beside
    assert find_voice("yunxi") == voices["yunxi"]
    with pytest.raises(InputRefused, match="voice-unknown"):
        find_voice("nobody")


def test_timbre_and_prosody_come_from_different_voices() -> None:
    made = mixed_voice("x", {}, read_mix("laochen"), read_mix("xiaobei"), {})
    assert made.sex == "female"
    if has_all_packs():
        assert set(made.timbre) == {"zm_yunjian", "am_santa"}
        assert made.prosody["zh"] == {"zf_xiaobei": 1.0}


@pytest.mark.parametrize("text", ["", "a:2", "a:0", "a:b:c", "a b", "a:0..1"])
def test_bad_mixes_are_refused(text: str) -> None:
    with pytest.raises(InputRefused, match="voice-mix"):
        read_mix(text)


def test_unknown_parts_and_factors_are_refused() -> None:
    with pytest.raises(InputRefused, match="voice-mix"):
        mixed_voice("x", {"nobody": 1.0}, {}, {}, {})
    with pytest.raises(InputRefused, match="voice-mix"):
        mixed_voice("x", {"yunxi": 1.0}, {}, {}, {"formant": 3.0})


def test_a_broken_voice_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.voice.yaml"
    path.write_text("name: x\npitch: 9\nprosody: {zh: {a: 1}}\n", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"voice-unreadable.*pitch"):
        find_voice(str(path))


def test_the_lock_keeps_a_voice_and_tells_when_it_changed(
    tmp_path: Path, voices: dict[str, VoiceProfile]
) -> None:
    path = tmp_path / "cast" / "voices.json"
    lock = VoiceLock(path)
    lock.keep("沈青", voices["yunxi"])
    lock.save()
    again = VoiceLock(path)
    assert again.known("沈青", "male") == voices["yunxi"]
    assert again.known("沈青", "female") is None
    again.keep("沈青", voices["yunxi"])
    assert not again.notes
    data = json.loads(path.read_text(encoding="utf-8"))
    data["voices"]["沈青"]["hash"] = "0" * 32
    path.write_text(json.dumps(data), encoding="utf-8")
    changed = VoiceLock(path)
    changed.keep("沈青", voices["yunxi"])
    assert changed.notes["沈青"].code == "voice-changed"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ProjectError, match="voices-lock"):
        VoiceLock(path)
