from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from conftest import every_move, humanoid, make_speech, move_named

from cyberdirector.core.speech import EMOTIONS, Emotion, Speech, Word
from cyberdirector.core.time import Rate
from cyberdirector.perform import Actor, Placement, SceneScore, Segment, perform_scene
from cyberdirector.perform._body import LANDMARKS, measure_body
from cyberdirector.perform._girth import girth_dials, told_girth, usual_girth
from cyberdirector.perform.accompany import Memory, Speaker
from cyberdirector.perform.arms import ArmPose, set_arm
from cyberdirector.perform.collide import depths
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.gesture import Played, at_speed, play_gesture
from cyberdirector.perform.lexicon import KINDS, gestures
from cyberdirector.perform.manner import EMOTION_SHIFTS, Manner, manner_of, still
from cyberdirector.perform.meaning import read_meaning
from cyberdirector.perform.solve import solve_pose
from cyberdirector.perform.stance import hold, rest_arms, standing

RATE = Rate(24)


def said(text: str, words: list[str], language: str) -> Speech:
    """A speech whose words take 0.3 s each."""
    spoken, at = [], 0
    for i, word in enumerate(words):
        first = text.lower().index(word.lower(), at)
        at = first + len(word)
        spoken.append(Word(word, 0.3 * i, 0.3 * i + 0.3, first, at))
    plain = make_speech(1)
    return Speech(
        plain.audio,
        plain.phones,
        tuple(spoken),
        plain.f0,
        plain.energy,
        plain.step,
        (),
        language,
    )


def meant(text: str, words: list[str], language: str) -> set[str]:
    return {m.gesture.name for m in read_meaning(said(text, words, language), 0.0, text)}


@pytest.mark.parametrize(
    ("text", "words", "language", "name"),
    [
        ("第二，我不去", ["第二", "我", "不", "去"], "zh", "count_2"),
        ("等了三天", ["等", "了", "三天"], "zh", "count_3"),
        ("the first one", ["the", "first", "one"], "en", "count_1"),
        ("I waited five years", ["I", "waited", "five", "years"], "en", "count_5"),
        ("但是我爱你", ["但是", "我", "爱", "你"], "zh", "other_hand"),
        ("I never said so", ["I", "never", "said", "so"], "en", "sweep"),
        ("だめ、行かないで", ["だめ", "行かないで"], "ja", "reach_out"),
        ("也许吧", ["也许", "吧"], "zh", "wobble"),
    ],
)
def test_words_call_for_their_gesture(
    text: str, words: list[str], language: str, name: str
) -> None:
    assert name in meant(text, words, language)


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("没关系", ["没关系"], "sweep"),
        ("别人都来了", ["别人", "都", "来", "了"], "sweep"),
        ("不过很好", ["不过", "很", "好"], "sweep"),
        ("走廊很长", ["走廊", "很", "长"], "leave"),
        ("他很冷静", ["他", "很", "冷静"], "hug_self"),
        ("去看那个湖", ["去", "看", "那个", "湖"], "point_there"),
    ],
)
def test_characters_inside_other_words_call_for_nothing(
    text: str, words: list[str], name: str
) -> None:
    assert name not in meant(text, words, "zh")


def test_the_lexicon_is_large_and_speaks_three_languages() -> None:
    found = gestures().values()
    assert len(found) >= 64
    assert {g.kind for g in found} == set(KINDS)
    for language in ("zh", "en", "ja"):
        assert sum(bool(g.tags.get(language)) for g in found) >= 40


def test_costume_sex_and_age_decide_what_is_used() -> None:
    calm = Emotion()
    library = gestures()
    modern = Speaker(Manner(), period=0.0)
    ancient = Speaker(Manner(), female=True, period=1.0)
    assert not modern.may(library["salute"], calm, called=True)
    assert ancient.may(library["wanfu"], calm, called=True)
    assert not modern.may(library["wanfu"], calm, called=True)
    assert not ancient.may(library["phone"], calm, called=True)
    assert not ancient.may(library["stroke_beard"], calm, called=True)
    assert Speaker(Manner(), elder=True, period=1.0).may(library["stroke_beard"], calm, True)


def test_manner_follows_emotion_and_stays_in_range() -> None:
    assert set(EMOTION_SHIFTS) == set(EMOTIONS)
    plain = manner_of({})
    joy, sad = (manner_of({}, Emotion(n, 1.0)) for n in ("joy", "sad"))
    assert joy.size > plain.size > sad.size
    assert joy.slowness < plain.slowness < sad.slowness
    assert joy.carried[1] > sad.carried[1]
    for name in EMOTIONS:
        for value in (0.0, 0.5, 1.0):
            dials = {n: value for n in ("amplitude", "tempo", "openness", "density", "energy")}
            found = manner_of(dials, Emotion(name, 1.0))
            assert all(0.0 <= v <= 1.0 for v in vars(found).values())
    assert still({"density": 0.0})
    assert manner_of({"density": 0.0}, Emotion("joy", 1.0)).per_minute == 0.0


def test_variants_say_the_same_by_another_way_of_the_hand() -> None:
    varied = [g for g in gestures().values() if g.variants]
    assert len(varied) >= 20
    for gesture in varied:
        moves = (gesture, *gesture.variants)
        assert {(m.name, m.kind, m.weight) for m in moves} == {
            (gesture.name, gesture.kind, gesture.weight)
        }
        for one, two in combinations(moves, 2):
            shapes = [tuple(k.right.hand for k in m.keys) for m in (one, two)]
            ways = [
                np.array([m.keys[0].right.wrist, m.keys[-1].right.wrist]) for m in (one, two)
            ]
            way = float(np.abs(ways[0] - ways[1]).max())
            assert way > 0.1 or shapes[0] != shapes[1] or one.hands != two.hands


def test_hands_of_little_power_are_slow() -> None:
    for gesture in gestures().values():
        soft = at_speed(gesture, 1.0, 1.0)
        quick = at_speed(gesture, 1.0, 2.4)
        assert soft.before + soft.after >= quick.before + quick.after
        assert min(abs(k.time) for k in soft.keys) < 1e-9


@pytest.mark.parametrize("at", LANDMARKS)
@pytest.mark.parametrize("height", [1.3, 1.85])
def test_a_hand_pushed_into_the_body_comes_out(at: str, height: float) -> None:
    rest = humanoid(height)
    body = measure_body(rest)
    actor = Actor("A", rest, Placement((0, 0, 0), 0.4), 4, {})
    c = Controls.zeros(2, body)
    hold(c, slice(None), actor.place, standing(body, actor))
    rest_arms(c, body, actor, "standing")
    depth = {"back": 0.1, "nape": 0.0, "ear": 0.0, "crown": 0.0}.get(at, -0.1)
    set_arm(c, 1, ArmPose((0.12, 0.0, depth), (0.8, -0.6, 0.0), (0, 0, -1), at=at))
    root, turns = solve_pose(c)
    assert depths(body, root, turns).max() < 0.010


@pytest.mark.parametrize("move", every_move(), ids=str)
def test_no_gesture_goes_deeper_than_a_centimetre(move: tuple[str, int]) -> None:
    gesture = move_named(move)
    rest = humanoid(1.72)
    body = measure_body(rest)
    actor = Actor("A", rest, Placement((0, 0, 0), 0.0), 4, {})
    span = gesture.before + gesture.after
    t = np.linspace(0.0, span, 24)
    c = Controls.zeros(len(t), body)
    hold(c, slice(None), actor.place, standing(body, actor))
    rest_arms(c, body, actor, "standing")
    sides = (0, 1) if gesture.hands == "both" else (1,)
    play_gesture(c, t, Played(gesture, gesture.before, sides, 1.0,
                              gesture.prep, gesture.hold, gesture.retract))  # fmt: skip
    assert depths(body, *solve_pose(c)).max() < 0.010


def test_girth_goes_through_a_style() -> None:
    girth = usual_girth(np.array([[0.17, 0.1, 0.02], [-0.17, 0.1, 0.02]]), 1.0)
    told = told_girth(girth_dials(girth))
    assert told is not None
    assert np.allclose(told.rows, girth.rows, atol=1e-4)
    assert told_girth({}) is None


def test_the_memory_of_hands_fades_after_twenty_seconds() -> None:
    gesture = gestures()["beat"]
    played = [Played(gesture, 1.0, (0,), 1.0, 0.4, 0.2, 0.7)]
    memory = Memory().after(played, 5.0)
    assert memory.gestures == (("beat", 4.0),)
    assert memory.hand == 0
    assert memory.after([], 30.0).gestures == ()


def test_no_gesture_comes_twice_within_twenty_seconds() -> None:
    actors = tuple(
        Actor(r, humanoid(), Placement((x, 0, 0), 0.0), i, {"density": 1.0})
        for i, (r, x) in enumerate((("A", -0.6), ("B", 0.6)))
    )
    segments = []
    for i in range(8):
        speech = make_speech(i)
        frames = RATE.ceil(speech.duration) + 20
        who, to = ("A", "B") if i % 4 < 2 else ("B", "A")
        segments.append(Segment(f"s{i}", "line", frames, i, who, "我不知道你为什么",
                                speech, 6, Emotion(), to))  # fmt: skip
    done = perform_scene(SceneScore("x", RATE, actors, tuple(segments)))
    begin = {s.id: sum(o.frames for o in segments[:i]) / 24 for i, s in enumerate(segments)}
    made = [(s.role, s.name, begin[s.segment] + s.apex) for s in done.gestures]
    assert len(made) >= 8
    for a, b in combinations(made, 2):
        assert a[:2] != b[:2] or abs(a[2] - b[2]) >= 20.0
    hands = [s for s in done.gestures if s.role == "A" and len(s.sides) == 1]
    assert {s.sides for s in hands} == {(0,), (1,)} or len(hands) < 4
    for one, two in pairwise([s for s in done.gestures if s.segment == "s0"]):
        assert two.start >= one.apex
