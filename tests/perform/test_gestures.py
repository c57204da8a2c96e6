from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from conftest import every_move, humanoid, make_speech, move_named

from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.rotations import quat_conjugate, quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.speech import Emotion, Phone
from cyberdirector.perform import Actor, Placement
from cyberdirector.perform._body import measure_body
from cyberdirector.perform._motion import frame_times, pinned_noise
from cyberdirector.perform.accompany import Speaker, _in_rhythm, choose_gestures
from cyberdirector.perform.controls import Controls
from cyberdirector.perform.gesture import fit, play_gesture
from cyberdirector.perform.head import speaking_head
from cyberdirector.perform.lexicon import gestures
from cyberdirector.perform.lips import articulate
from cyberdirector.perform.manner import Manner
from cyberdirector.perform.prosody import read_prosody
from cyberdirector.perform.solve import solve_pose
from cyberdirector.perform.stance import hold, rest_arms, standing

WHO = Speaker(Manner(density=0.8))


@pytest.mark.parametrize("move", every_move(), ids=str)
@pytest.mark.parametrize("sex", [0.0, 1.0])
def test_no_hand_goes_through_the_body(move: tuple[str, int], sex: float) -> None:
    rest = humanoid()
    body = measure_body(rest)
    actor = Actor("A", rest, Placement((0, 0, 0), 0.0), 4, {"sex": sex})
    t = frame_times(120, 24.0)
    c = Controls.zeros(len(t), body)
    hold(c, slice(None), actor.place, standing(body, actor))
    rest_arms(c, body, actor, "standing")
    before = c.wrist.copy()
    played = fit(move_named(move), 2.2, (0, 1), 1.0, (0.0, 5.0))
    assert played is not None
    play_gesture(c, t, played)
    assert np.allclose(c.wrist[t > played.end], before[t > played.end])
    points, turns = rest.forward(*solve_pose(c))
    trunk = BONE_INDEX["upperChest"]
    half = float(np.abs(body.shoulder_joint[:, 0]).mean())
    for bone in ("Hand", "MiddleProximal"):
        for side in ("left", "right"):
            away = points[:, BONE_INDEX[side + bone]] - points[:, trunk]
            p = quat_rotate(quat_conjugate(turns[:, trunk]), away)
            middle = float(body.shoulder_joint[:, 2].mean())
            radius = np.hypot(p[:, 0] / (half * 0.8), (p[:, 2] - middle) / (half * 0.6))
            beside = (p[:, 1] < 0.1) & (p[:, 1] > -0.45)
            assert radius[beside].min(initial=9.0) > 1.0


def _choose(seed: int, density: float = 0.8, text: str = "我不知道你为什么一定要走啊"):
    speech = make_speech(seed, 13)
    t = frame_times(150, 24.0)
    prosody = read_prosody(t, speech, 0.25, 24.0, text)
    assert prosody is not None
    chosen = choose_gestures(
        speech, 0.25, text, Emotion("anger", 0.7), prosody, (0.04, 6.2), [],
        replace(WHO, manner=Manner(density=density)), np.random.default_rng(seed),
    )  # fmt: skip
    return prosody, chosen


@pytest.mark.parametrize("seed", range(6))
def test_strokes_sit_on_accents_and_never_overlap(seed: int) -> None:
    prosody, chosen = _choose(seed)
    assert chosen
    for played in chosen:
        assert played.start >= 0.0
        assert played.end <= 6.2
        near = min(abs(a - played.apex) for a, _ in prosody.accents)
        assert near < 0.1
    for one, two in itertools.pairwise(chosen):
        assert one.stroke_end + 0.1 <= two.start


def test_strokes_begin_on_accents_that_are_in_reach() -> None:
    prosody, _ = _choose(1)
    for name in ("chop", "beat", "beat_fist", "shrug"):
        gesture = gestures().get(name)
        if gesture is None or gesture.keys[0].time > -0.12:
            continue
        for apex, _ in prosody.accents:
            timed = _in_rhythm(gesture, apex, prosody)
            begin, plain = apex + timed.keys[0].time, apex + gesture.keys[0].time
            near = [a for a, _ in prosody.accents if a < apex]
            reach = [a for a in near if 0.92 <= (apex - a) / (apex - plain) <= 1.67]
            if reach:
                assert min(abs(a - begin) for a in reach) < 1e-6
            else:
                assert timed is gesture
            assert timed.keys[-1].time == gesture.keys[-1].time


def test_hands_turn_on_accents() -> None:
    begins, apexes = [], []
    for seed in range(8):
        prosody, chosen = _choose(seed, 1.0)
        for played in chosen:
            times = [played.apex + played.gesture.keys[0].time]
            begins += [min(abs(a - t) for a, _ in prosody.accents) for t in times]
            apexes.append(min(abs(a - played.apex) for a, _ in prosody.accents))
    assert np.mean(np.array(apexes) < 0.1) > 0.8
    assert np.mean(np.array(begins) < 0.1) >= 0.3


def test_a_talking_head_moves_as_far_as_filmed_ones() -> None:
    spread = []
    for seed in range(10):
        speech = make_speech(seed, 16)
        t = frame_times(150, 30.0)
        prosody = read_prosody(t, speech, 0.25, 30.0, "我不知道")
        assert prosody is not None
        moved = speaking_head(t, 5.0, prosody, 1.0, np.random.default_rng(seed))
        spread.append(np.degrees(moved[:, 1].std()))
    assert 2.0 < np.mean(spread) < 6.4


def test_no_gestures_for_the_composed() -> None:
    assert _choose(1, density=0.0)[1] == []


def test_a_negation_is_gestured_as_one() -> None:
    names = {p.gesture.name for seed in range(6) for p in _choose(seed, 1.0)[1]}
    assert names & {"sweep", "shrug"}


def test_a_rounded_syllable_is_round_from_its_first_consonant() -> None:
    from dataclasses import replace

    plain = make_speech(1)
    base = [Phone("sh", "SH", 0.2, 0.35, 0), Phone("u", "UW", 0.35, 0.6, 0)]
    mouths = []
    for rounded in (0.0, 1.0):
        phones = (replace(base[0], rounded=rounded), base[1])
        mouths.append(articulate(replace(plain, phones=phones), 30, 0, 24.0).weights)
    frame, pucker = 5, ARKIT_INDEX["mouthPucker"]
    assert mouths[1][frame, pucker] > mouths[0][frame, pucker] + 0.15
    assert mouths[1][frame, pucker] > 0.4


def test_noise_is_still_at_both_ends() -> None:
    t = np.linspace(0.0, 5.0, 501)
    noise = pinned_noise(t, 5.0, 1.1, np.random.default_rng(1), 3)
    assert np.allclose(noise[[0, -1]], 0.0)
    assert np.abs(np.diff(noise, axis=0)[[0, -1]]).max() < 0.01
    assert noise.std() > 0.2
