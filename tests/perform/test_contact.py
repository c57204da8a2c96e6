from __future__ import annotations

import numpy as np
import pytest
from conftest import humanoid, make_speech
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX, SHAPE_COUNT
from cyberdirector.core.model import Character, MeshPart, Morph
from cyberdirector.core.speech import EMOTIONS, Emotion
from cyberdirector.core.time import Rate
from cyberdirector.perform import Actor, Placement, SceneScore, Segment, perform_scene
from cyberdirector.perform.contact import REACHED, closure_frames, meet_lips
from cyberdirector.perform.lip_probe import LipProbe, find_pairs
from cyberdirector.perform.lips_drawn import DRAWN_MOUTHS, nearest_mouth

RATE = Rate(24)
AT = ARKIT_INDEX


def face(closing: float = 0.02) -> Character:
    """Two rows of lip vertices 0.1 mm apart; the lower one falls 20 mm with the jaw."""
    x = np.linspace(-0.02, 0.02, 9)
    upper = np.stack([x, np.full(9, 0.0001), np.full(9, 0.1)], 1)
    lower = np.stack([x, np.zeros(9), np.full(9, 0.1)], 1)
    points = np.concatenate([upper, lower, upper + np.array([0, 0.05, 0])]).astype(np.float32)
    down = np.arange(9, 18, dtype=np.uint32)

    def moved(y: float) -> Morph:
        return Morph(down, np.tile(np.float32([0, y, 0]), (9, 1)))

    falls = {"jawOpen": -0.02, "mouthLowerDownLeft": -0.006, "mouthFrownLeft": -0.003}
    shapes = {name: moved(way) for name, way in {**falls, "mouthClose": closing}.items()}
    n = len(points)
    part = MeshPart(
        name="face", positions=points, normals=np.tile(np.float32([0, 0, 1]), (n, 1)),
        uvs=np.zeros((n, 2), np.float32), triangles=np.arange(27, dtype=np.uint32), material=0,
        morphs=shapes,
    )  # fmt: skip
    return Character(name="f", nodes=[], humanoid={}, parts=[part], materials=[])


@pytest.fixture(scope="module")
def probe() -> LipProbe:
    return LipProbe(face())


def _clip(weights: np.ndarray) -> Clip:
    clip = Clip.rest(len(weights), RATE, 0.9)
    clip.weights[:] = weights
    return clip


def test_lips_of_a_strange_face_are_found() -> None:
    pairs = find_pairs(face())
    assert pairs
    assert all(up < 9 <= low < 18 for _, up, low in pairs)
    assert LipProbe(face()).height == pytest.approx(0.02, rel=0.02)


def test_a_face_without_lips_is_told() -> None:
    bare = face()
    bare.parts[0].morphs.clear()
    with pytest.raises(KeyError):
        LipProbe(bare)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=SHAPE_COUNT, max_size=SHAPE_COUNT),
    st.floats(0.0, 1.0),
)
def test_lips_meet_whatever_the_layers_say(values: list[float], jaw: float) -> None:
    probe = LipProbe(face())
    weights = np.tile(np.array(values), (3, 1))
    weights[:, AT["jawOpen"]] = jaw
    clip = _clip(weights)
    met = meet_lips(clip, np.array([1]), probe)
    rest = float(probe.gaps(np.zeros((1, SHAPE_COUNT)))[0])
    assert probe.gaps(met.weights)[1] <= max(REACHED * probe.height, rest) + 1e-7
    assert np.array_equal(met.weights[[0, 2]], clip.weights[[0, 2]])
    brow = AT["browInnerUp"]
    assert np.array_equal(met.weights[:, brow], clip.weights[:, brow])


def test_closed_lips_are_left_alone(probe: LipProbe) -> None:
    clip = _clip(np.zeros((4, SHAPE_COUNT)))
    assert np.array_equal(meet_lips(clip, np.arange(4), probe).weights, clip.weights)


@pytest.mark.parametrize("feeling", EMOTIONS)
@pytest.mark.parametrize("mouth", ["full", "anime"])
def test_every_bilabial_closes_under_every_emotion(
    probe: LipProbe, feeling: str, mouth: str
) -> None:
    speech = make_speech(3, 24)
    actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 7, mouth=mouth)
    segment = Segment(
        "1", "line", RATE.ceil(speech.duration) + 30, 5, "A", "字", speech, 12,
        Emotion(feeling, 1.0),
    )  # fmt: skip
    clip = perform_scene(SceneScore("s", RATE, (actor,), (segment,))).clips["A"]
    frames = closure_frames(speech, 12, clip)
    assert len(frames) >= sum(p.kind == "BMP" for p in speech.phones)
    met = meet_lips(clip, frames, probe)
    assert probe.gaps(met.weights[frames]).max() <= 0.02 * probe.height


def test_drawn_mouths_are_held_and_few() -> None:
    speech = make_speech(5, 20)
    actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 7, mouth="anime")
    segment = Segment(
        "1", "line", RATE.ceil(speech.duration) + 30, 5, "A", "字", speech, 12,
        layers={},
    )  # fmt: skip
    clip = perform_scene(SceneScore("s", RATE, (actor,), (segment,))).clips["A"]
    lips = clip.weights[:, [AT["jawOpen"], AT["mouthPucker"], AT["mouthFunnel"]]]
    kinds = np.unique(np.round(lips, 3), axis=0)
    assert 3 <= len(kinds) <= len(DRAWN_MOUTHS) + 2
    assert nearest_mouth(np.zeros((1, SHAPE_COUNT))) == ("closed",)
