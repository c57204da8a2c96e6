from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import humanoid, make_speech

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import ARKIT_INDEX, ARKIT_NAMES
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.speech import Emotion
from cyberdirector.core.time import Rate
from cyberdirector.perform import Actor, Placement, SceneScore, Segment, perform_scene
from cyberdirector.perform.face import course
from cyberdirector.perform.layers import LAYERS, Dial, parse_layers, replace_layer

RATE = Rate(30)
TEXT = "我不知道你为什么一定要走"
SPEECH = make_speech(4, 20)


def _clip(layers: dict[str, Dial] | None = None, **more: object) -> Clip:
    actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 7, {"density": 0.9})
    segment = Segment(
        "1", "line", RATE.ceil(SPEECH.duration) + 40, 5, "A", TEXT, SPEECH, 12,
        Emotion("joy", 0.8), "partner", layers=layers or {},
    )  # fmt: skip
    score = SceneScore(
        "s", RATE, (actor,), (replace(segment, **more),), {"partner": (0, 1.5, 1.3)}
    )
    return perform_scene(score).clips["A"]


def _shapes(clip: Clip, start: str) -> np.ndarray:
    return clip.weights[:, [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(start)]]


def _bone(clip: Clip, name: str) -> np.ndarray:
    return clip.rotations[:, BONE_INDEX[name]]


@pytest.fixture(scope="module")
def plain() -> Clip:
    return _clip()


def test_a_dial_at_one_changes_nothing(plain: Clip) -> None:
    same = _clip({name: Dial(1.0) for name in LAYERS})
    assert np.array_equal(same.weights, plain.weights)
    assert np.array_equal(same.rotations, plain.rotations)


SEEN = {
    "lips": lambda c: _shapes(c, "jaw"),
    "emotion": lambda c: _shapes(c, "cheek"),
    "brows": lambda c: _shapes(c, "brow"),
    "blinks": lambda c: _shapes(c, "eyeBlink"),
    "gaze": lambda c: c.gaze,
    "head": lambda c: _bone(c, "head"),
    "gesture": lambda c: _bone(c, "rightLowerArm"),
    "posture": lambda c: c.root,
    "breathing": lambda c: _bone(c, "leftShoulder"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_muted_layer_is_gone_and_others_stay(plain: Clip, name: str) -> None:
    muted = _clip({name: Dial(0.0)})
    assert not np.array_equal(SEEN[name](muted), SEEN[name](plain))
    if name in ("lips", "blinks", "brows"):
        for other in {"lips", "blinks"} - {name}:
            assert np.allclose(SEEN[other](muted), SEEN[other](plain), atol=1e-6)
        assert np.array_equal(muted.rotations, plain.rotations)


@pytest.mark.parametrize("name", [n for n in LAYERS if n != "breathing"])
def test_a_layer_is_rolled_alone(plain: Clip, name: str) -> None:
    one, two, again = (_clip({name: Dial(1.0, s)}) for s in (1, 2, 1))
    assert np.array_equal(one.weights, again.weights)
    assert np.array_equal(one.rotations, again.rotations)
    assert not (
        np.array_equal(one.weights, two.weights)
        and np.array_equal(one.rotations, two.rotations)
        and np.array_equal(one.gaze, two.gaze)
    )
    if name in ("blinks", "brows", "lips", "emotion"):
        assert np.array_equal(one.rotations, plain.rotations)
    if name in ("gesture", "posture"):
        assert np.allclose(_shapes(one, "jaw"), _shapes(plain, "jaw"), atol=1e-6)


def test_muted_lips_say_nothing_and_stillness_is_still() -> None:
    clip = _clip({"lips": Dial(0.0), "emotion": Dial(0.0)})
    assert float(_shapes(clip, "jaw").max()) == 0.0
    still = _clip({n: Dial(0.0) for n in ("head", "gaze", "posture", "gesture", "breathing")})
    turn = _bone(still, "head")
    angle = 2 * np.degrees(np.arccos(np.clip(np.abs((turn * turn[0]).sum(1)), 0, 1)))
    assert angle.std() < 1.0


def test_replaced_layers_take_their_channels_only(plain: Clip) -> None:
    other = _clip(seed=99)
    for name in ("lips", "brows", "gaze", "head", "gesture", "posture"):
        mixed = replace_layer(plain, name, other)
        changed = [
            key
            for key, look in SEEN.items()
            if key in ("lips", "brows", "gaze", "head", "gesture", "posture")
            and np.array_equal(look(mixed), look(other))
            and not np.array_equal(look(plain), look(other))
        ]
        assert set(changed) <= {name}
        assert np.array_equal(SEEN[name](mixed), SEEN[name](other))


def test_what_cannot_be_replaced_is_refused(plain: Clip) -> None:
    with pytest.raises(InputRefused, match="layer-not-replaceable"):
        replace_layer(plain, "breathing", plain)
    with pytest.raises(InputRefused, match="layer-length"):
        replace_layer(plain, "head", plain.slice(0, 10))


def test_dials_are_read_from_plain_values() -> None:
    dials = parse_layers(
        {"gesture": 0.5, "head": {"seed": 3}, "lips": {"strength": 0, "seed": 1}}
    )
    assert dials == {"gesture": Dial(0.5), "head": Dial(1.0, 3), "lips": Dial(0.0, 1)}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"hair": 1}, "layer-unknown"),
        ({"head": 3.0}, "layer-dial"),
        ({"head": "much"}, "layer-dial"),
        ({"head": True}, "layer-dial"),
        ({"head": {"seed": 1.5}}, "layer-dial"),
        ({"head": {"speed": 1}}, "layer-dial"),
    ],
)
def test_wrong_dials_are_refused(words: dict[str, object], code: str) -> None:
    with pytest.raises(InputRefused, match=code):
        parse_layers(words)


def test_a_feeling_hands_over_along_the_line() -> None:
    t = np.linspace(0, 4, 121)
    keys = (
        (0.0, Emotion("sad", 0.4)),
        (0.5, Emotion("calm", 0.2)),
        (1.0, Emotion("anger", 1.0)),
    )
    parts = course(t, 1.0, 3.0, keys, Emotion())
    total = sum(share for _, share in parts)
    assert np.allclose(total, 1.0)
    assert parts[0][1][0] == 1.0
    assert parts[2][1][-1] == 1.0
    assert parts[1][1][60] == pytest.approx(1.0)


def test_the_face_follows_the_course() -> None:
    clip = _clip(course=((0.0, Emotion("joy", 1.0)), (1.0, Emotion("anger", 1.0))))
    smile = clip.weights[:, ARKIT_INDEX["cheekSquintLeft"]]
    frown = clip.weights[:, ARKIT_INDEX["browDownLeft"]]
    third = clip.frames // 3
    assert smile[:third].max() > 2 * smile[-third:].max()
    assert frown[-third:].max() > 2 * frown[:third].max()
