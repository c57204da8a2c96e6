import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.hashing import seed_of
from cyberdirector.core.speech import EMOTIONS, Emotion
from cyberdirector.voice.contour import VOICED, shape_f0
from cyberdirector.voice.emotion import Colour, colour_of
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.graph import kokoro
from cyberdirector.voice.plan import Plan, Take, make_plan, round_durations
from cyberdirector.voice.profile import VoiceProfile

LINE = "明明是你先动的手，凭什么怪我？"


def plan(voice: VoiceProfile, colour: Colour, seed: int = 0, rise: float = 0.0) -> Plan:
    sounds = read_line(LINE).sounds
    return make_plan(kokoro(2), sounds, "zh", voice, Take(colour, seed=seed), rise)


@given(arrays(np.float32, st.integers(1, 60), elements=st.floats(0.25, 30, width=32)))
def test_rounding_keeps_the_running_total(durations: np.ndarray) -> None:
    frames = round_durations(durations)
    assert frames.min() >= 1
    if durations.min() >= 1:
        drift = np.abs(np.cumsum(frames) - np.cumsum(durations.astype(np.float64)))
        assert drift.max() <= 0.5 + 1e-6


def test_f0_is_shaped_in_the_log_domain_only_where_voiced() -> None:
    f0 = np.array([8, 8, 150, 200, 250, 8], np.float32)
    energy = np.full(6, 5, np.float32)
    shaped = shape_f0(f0, energy, 1.2, 1.0)
    np.testing.assert_allclose(shaped[2:5], f0[2:5] * 1.2, rtol=1e-5)
    np.testing.assert_array_equal(shaped[[0, 1, 5]], 8)
    wide = np.log(shape_f0(f0, energy, 1.0, 1.4)[2:5].astype(np.float64))
    assert np.ptp(wide) == pytest.approx(
        1.4 * np.ptp(np.log(f0[2:5].astype(np.float64))), rel=1e-4
    )


@pytest.mark.parametrize("name", ["joy", "sad", "anger", "tender"])
def test_emotion_moves_melody_and_pace_as_asked(
    name: str, voices: dict[str, VoiceProfile]
) -> None:
    voice, colour = voices["xiaobei"], colour_of(Emotion(name, 1.0))
    neutral, coloured = plan(voice, Colour()), plan(voice, colour)
    before, after = (np.log(p.f0[p.f0 > 0].astype(np.float64)) for p in (neutral, coloured))
    assert np.exp(np.median(after) - np.median(before)) == pytest.approx(colour.pitch, rel=0.06)
    assert after.std() / before.std() == pytest.approx(colour.range, rel=0.2)
    spoken = [
        sum(
            p.bounds[i + 1] - p.bounds[i]
            for i, s in enumerate(p.sounds[:-1])
            if not s.pause and not p.sounds[i + 1].pause
        )
        for p in (neutral, coloured)
    ]
    assert spoken[0] / spoken[1] == pytest.approx(colour.rate, rel=0.08)


def test_question_rises_at_its_end(voices: dict[str, VoiceProfile]) -> None:
    voice = voices["xiaobei"]
    flat, risen = plan(voice, Colour()), plan(voice, Colour(), rise=3.0)
    last = np.flatnonzero(flat.f0)[-1]
    lift = 12 * np.log2(np.maximum(risen.f0, 1) / np.maximum(flat.f0, 1))
    assert lift[last] == pytest.approx(4.5, abs=0.3)
    spoken = np.flatnonzero(flat.f0)
    assert np.all(np.diff(lift[spoken]) >= -1e-3)
    assert lift[spoken[spoken < last - 25]].max() <= 1.5


def test_pauses_follow_the_emotion(voices: dict[str, VoiceProfile]) -> None:
    voice = voices["xiaobei"]

    def silence(p: Plan) -> int:
        inside = p.prosody.energy[60:-60]
        return int((inside < 1.0).sum())

    assert silence(plan(voice, Colour(pause=1.6))) > silence(plan(voice, Colour(pause=0.6)))


def test_takes_differ_by_seed_and_repeat_exactly(voices: dict[str, VoiceProfile]) -> None:
    voice = voices["yunxi"]
    one, again, other = (plan(voice, Colour(), seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.prosody.f0, again.prosody.f0)
    voiced = one.prosody.f0 > VOICED
    change = 12 * np.abs(np.log2(one.prosody.f0[voiced] / other.prosody.f0[voiced]))
    assert 0.05 < change.mean() < 1.0


def test_all_emotions_are_known_and_scale_with_intensity() -> None:
    for name in EMOTIONS:
        assert colour_of(Emotion(name, 0.0)) == Colour()
    half, full = colour_of(Emotion("anger", 0.5)), colour_of(Emotion("anger", 1.0))
    assert 1.0 < half.pitch < full.pitch
    assert half.gain == pytest.approx(full.gain / 2)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(InputRefused, match="voice-emotion"):
        colour_of(Emotion("bored", 1.0))
    with pytest.raises(InputRefused, match="voice-delivery"):
        colour_of(Emotion(), "sung")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("你到底要什么？", "什么"),
        ("Where did you go?", "Where"),
        ("どこへ行くんですか？", "どこ"),
    ],
)
def test_what_is_asked_for_stands_out(
    voices: dict[str, VoiceProfile], text: str, word: str
) -> None:
    from cyberdirector.voice.line import _asked, plan_reading

    reading = read_line(text)
    asked = _asked(reading, reading.sounds)
    assert word in {reading.words[w].text for w in asked}
    plain = read_line(text.replace("？", "。").replace("?", "."))
    assert _asked(plain, plain.sounds) == frozenset()
    graph, voice, take = kokoro(2), next(iter(voices.values())), Take(Colour())
    (whole,) = plan_reading(graph, reading, voice, take).pieces
    calm = make_plan(graph, whole.sounds, reading.language, voice,
                     Take(Colour(), seed=seed_of("take", 0, text, 0)))  # fmt: skip
    both = (whole.f0 > 0) & (calm.f0 > 0)
    lift = 12 * np.log2(whole.f0[both] / calm.f0[both])
    assert np.abs(lift).max() > 0.8
    assert np.median(np.abs(lift)) < 1.1
