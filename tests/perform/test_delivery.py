from __future__ import annotations

import numpy as np
import pytest
from conftest import humanoid, make_speech

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX as AT
from cyberdirector.core.face import SIGNS
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.speech import Emotion
from cyberdirector.core.time import Rate
from cyberdirector.perform import Actor, Placement, SceneScore, Segment, perform_scene
from cyberdirector.perform.delivery import signs_of

RATE = Rate(30)
SPEECH = make_speech(6, 22)


def _clip(
    *delivery: str, emotion: Emotion | None = None, signs: float = 1.0, mute: bool = False
) -> Clip:
    from cyberdirector.perform.layers import Dial

    style = {"signs": signs, "density": 0.0}
    actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 7, style)
    layers = {"emotion": Dial(0.0)} if mute else {}
    segment = Segment(
        "1", "line", RATE.ceil(SPEECH.duration) + 40, 5, "A", "字", SPEECH, 12,
        emotion or Emotion(), delivery=delivery, layers=layers,
    )  # fmt: skip
    return perform_scene(SceneScore("s", RATE, (actor,), (segment,))).clips["A"]


def _pitch(clip: Clip, bone: str) -> np.ndarray:
    return 2 * np.degrees(np.arcsin(clip.rotations[:, BONE_INDEX[bone], 0]))


@pytest.fixture(scope="module")
def plain() -> Clip:
    return _clip()


def test_a_shout_opens_the_mouth_and_a_whisper_closes_it(plain: Clip) -> None:
    jaw = [c.weights[:, AT["jawOpen"]].max() for c in (_clip("whisper"), plain, _clip("shout"))]
    assert jaw[0] < 0.85 * jaw[1]
    assert jaw[2] > 1.12 * jaw[1]


def test_who_whispers_leans_in(plain: Clip) -> None:
    spine = ("spine", "chest", "upperChest")
    lean = sum(_pitch(_clip("whisper"), b) - _pitch(plain, b) for b in spine)
    middle = slice(len(lean) // 3, 2 * len(lean) // 3)
    assert 3.0 < lean[middle].mean() < 7.0
    assert abs(lean[0]) < 0.3
    assert abs(lean[-1]) < 0.3


def test_laughter_bounces_the_shoulders_and_sobs_jerk_them(plain: Clip) -> None:
    def shoulder(clip: Clip) -> np.ndarray:
        turn = (
            clip.rotations[:, BONE_INDEX["leftShoulder"]]
            - plain.rotations[:, BONE_INDEX["leftShoulder"]]
        )
        return np.linalg.norm(turn, axis=1)

    laugh, cry = shoulder(_clip("laugh")), shoulder(_clip("cry"))
    power = np.abs(np.fft.rfft(laugh - laugh.mean()))
    rate = np.fft.rfftfreq(len(laugh), 1 / RATE.fps)
    inside = rate > 2.5
    assert 3.8 < rate[inside][power[inside].argmax()] < 5.4
    assert cry.max() > 0.02
    assert _clip("cry").weights[:, AT["browInnerUp"]].max() > 0.4
    assert _clip("laugh").weights[:, AT["cheekSquintLeft"]].max() > 0.4


def test_a_muted_emotion_shows_no_delivery_and_no_signs() -> None:
    clip = _clip("cry", emotion=Emotion("sad", 1.0), mute=True)
    assert clip.weights[:, AT["mouthFrownLeft"]].max() < 0.05
    assert not clip.signs


@pytest.mark.parametrize(
    ("name", "sign"), [("shy", "blushLines"), ("sad", "tearDrops"), ("fear", "sweatDrop")]
)
def test_strong_feelings_draw_their_sign(name: str, sign: str) -> None:
    strong = _clip(emotion=Emotion(name, 0.95))
    small = {"pupilShrink"} if name == "fear" else set()
    assert set(strong.signs) == {sign} | small <= set(SIGNS)
    assert strong.signs[sign].max() > 0.8
    assert strong.signs[sign][0] < 0.05
    assert not _clip(emotion=Emotion(name, 0.3)).signs
    assert not _clip(emotion=Emotion(name, 0.95), signs=0.0).signs


def test_sobbing_brings_tears_earlier() -> None:
    shown = np.ones(10)
    mild = [(Emotion("sad", 0.4), shown)]
    assert not signs_of(mild, (), True, 1.0)
    assert signs_of(mild, ("cry",), True, 1.0)["tearDrops"].max() > 0.8


def test_an_unknown_delivery_changes_nothing(plain: Clip) -> None:
    assert np.array_equal(_clip("phone2").weights, plain.weights)
