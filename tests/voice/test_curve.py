import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import Emotion
from cyberdirector.voice.contour import VOICED
from cyberdirector.voice.curve import EmotionCurve, read_emotion
from cyberdirector.voice.emotion import colour_of
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.line import LinePlan, split_sounds
from cyberdirector.voice.plan import line_places
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.synthesis import outline, plan_line

LINE = "我等了你整整三年，你为什么现在才来？"


def test_notation() -> None:
    assert read_emotion("sad") == EmotionCurve(((0.0, Emotion("sad", 0.7)),))
    assert read_emotion("Sad：0.5").keys[0][1] == Emotion("sad", 0.5)
    curve = read_emotion("sad:0.2@0,anger:0.9@1")
    assert curve.keys == ((0.0, Emotion("sad", 0.2)), (1.0, Emotion("anger", 0.9)))
    assert read_emotion(str(curve)) == curve
    assert [place for place, _ in read_emotion("joy,sad,anger").keys] == [0.0, 0.5, 1.0]
    assert curve.strongest.name == "anger"


@pytest.mark.parametrize(
    "text",
    ["", "bored", "sad:2", "sad:0.5@1,anger@0", "sad:x", "sad:.5@", "sad;joy", "sad:0..1"],
)
def test_bad_notation_is_refused(text: str) -> None:
    with pytest.raises(InputRefused, match="voice-emotion"):
        read_emotion(text)


def test_a_curve_is_blended_between_its_keys() -> None:
    curve = read_emotion("sad:1@0,anger:1@1")
    colours = curve.colours(np.array([0.0, 0.5, 1.0]))
    sad, anger = colour_of(Emotion("sad", 1.0)), colour_of(Emotion("anger", 1.0))
    assert colours["gain"] == pytest.approx([sad.gain, (sad.gain + anger.gain) / 2, anger.gain])
    middle = np.sqrt(sad.range * anger.range)
    assert colours["range"] == pytest.approx([sad.range, middle, anger.range])
    assert curve.shares(0.25) == pytest.approx({"sad": 0.75, "anger": 0.25})


def test_places_run_over_the_syllables() -> None:
    sounds = read_line(LINE).sounds
    places = line_places(sounds)
    assert places[0] == 0.0
    assert places[-1] == pytest.approx(1.0)
    assert (np.diff(places) >= 0).all()


def test_a_line_changes_along_its_curve(voices: dict[str, VoiceProfile]) -> None:
    voice = voices["xiaobei"]
    plain = plan_line(LINE, voice)
    curved = plan_line(LINE, voice, read_emotion("neutral@0,anger:1@1"))
    (a,), (b,) = plain.pieces, curved.pieces
    assert b.gain[0] < 0.5 < 3.0 < b.gain[-1]

    def lift(first: float, last: float) -> float:
        """Return how much higher the sounds of a part are, sound by sound."""
        edges, ratios = (a.edges(), b.edges()), []
        for index in range(int(first * len(a.sounds)), int(last * len(a.sounds))):
            parts = [p.f0[e[index] : e[index + 1]] for p, e in zip((a, b), edges, strict=True)]
            one, two = (part[part > VOICED] for part in parts)
            if len(one) and len(two):
                ratios.append(np.median(two) / np.median(one))
        return float(np.median(ratios))

    assert lift(0.0, 0.4) < lift(0.55, 0.85)


def test_the_outline_is_near_the_sound(voices: dict[str, VoiceProfile]) -> None:
    from cyberdirector.voice.synthesis import render_plan

    plan = plan_line(LINE, voices["yunxi"])
    before, after = outline(plan), render_plan(plan)
    assert not before.audio.any()
    assert before.duration == pytest.approx(after.duration, abs=0.12)
    assert [p for _, p in before.accents] == [p for _, p in after.accents]
    a = {(p.word, p.symbol): p.start for p in before.phones if p.kind != "SIL"}
    b = {(p.word, p.symbol): p.start for p in after.phones if p.kind != "SIL"}
    assert np.median([abs(a[key] - b[key]) for key in a.keys() & b.keys()]) < 0.06


def test_emphasis_stands_out(voices: dict[str, VoiceProfile]) -> None:
    voice = voices["xiaobei"]
    flat, marked = (plan_line(text, voice) for text in ("他不会来。", "他*不会*来。"))
    assert marked.reading.emphasis

    def peak(plan: LinePlan) -> float:
        piece = plan.pieces[0]
        word = [i for i, sound in enumerate(piece.sounds) if sound.word == 1]
        edges = piece.edges()
        return float(piece.f0[edges[word[0]] : edges[word[-1] + 1]].max())

    assert peak(marked) > 1.08 * peak(flat)


def test_breaths_need_room(voices: dict[str, VoiceProfile]) -> None:
    long = "今天的天气真是好得不得了，我们一起出去走走吧。听说湖边的荷花已经全部都开了。"
    plan = plan_line(long, voices["xiaobei"], Emotion("sad", 0.8))
    assert plan.breaths[0].before == 0
    assert len(plan.breaths) == 2
    assert not plan_line("好。", voices["xiaobei"]).breaths


def test_ten_thousand_characters_fall_into_short_pieces() -> None:
    reading = read_line("今天的天气真是好得不得了，我们一起出去走走吧。" * 435)
    assert len(reading.text) > 10_000
    pieces = split_sounds(reading.sounds)
    assert len(pieces) > 300
    for first, last in pieces:
        assert sum(len(sound.symbols) for sound in reading.sounds[first:last]) <= 220
