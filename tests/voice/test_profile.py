from pathlib import Path

import pytest

from cyberdirector.core.errors import AdapterUnavailable, InputRefused
from cyberdirector.voice import choose_voice, load_voices
from cyberdirector.voice.profile import VoiceProfile, with_fallback
from cyberdirector.voice.styles import has_all_packs, pack, pack_names


def test_catalogue_uses_packs_of_the_model() -> None:
    voices = load_voices()
    assert len({voice.name for voice in voices}) == len(voices) >= 16
    if has_all_packs():
        used = {p for v in voices for mix in (*v.prosody.values(), v.timbre) for p in mix}
        assert used <= set(pack_names())


def test_a_cast_gets_distinct_voices() -> None:
    taken: list[VoiceProfile] = []
    for index in range(24):
        sex = ("female", "male")[index % 2]
        taken.append(choose_voice(sex, 20 + index, seed=index, taken=taken))
    assert len({voice.name for voice in taken}) == 24
    colours = {(str(v.prosody), str(v.timbre), v.pitch, v.formant, v.rate) for v in taken}
    assert len(colours) == 24


def test_the_choice_is_stable_by_seed() -> None:
    assert choose_voice("female", 24, 3) == choose_voice("female", 24, 3)
    assert len({choose_voice("female", 24, seed).name for seed in range(12)}) > 2


def test_age_and_sex_decide() -> None:
    child, adult, elder = (choose_voice("female", age, 1) for age in (6, 25, 80))
    assert child.formant > adult.formant
    assert child.pitch > adult.pitch
    assert elder.rate < adult.rate
    assert choose_voice("male", 30, 1).sex == "male"


def test_fallback_is_said() -> None:
    voice = with_fallback(choose_voice("male", 30, 1))
    assert set(voice.prosody["zh"]) == {"jm_kumo"}
    assert voice.note.startswith("voices-fallback")


def test_a_pack_that_is_not_here_is_named() -> None:
    with pytest.raises(AdapterUnavailable, match="voice-pack-missing"):
        pack("xx_nobody")


def test_broken_catalogue_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "voices.yaml"
    path.write_text("voices: [{name: x, prosody: {zh: {}}}]", encoding="utf-8")
    with pytest.raises(InputRefused, match="voices-unreadable"):
        load_voices(path)
