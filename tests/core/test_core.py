import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import ExitCode, InputRefused, Location
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.files import replacing, write_json
from cyberdirector.core.hashing import content_hash, seed_of
from cyberdirector.core.skeleton import (
    BONE_COUNT,
    BONE_PARENTS,
    HUMANOID_BONES,
    REQUIRED_BONES,
    Rest,
)
from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.core.time import Rate


def test_tables_have_the_standard_sizes():
    assert BONE_COUNT == len(set(HUMANOID_BONES)) == 55
    assert len(set(ARKIT_NAMES)) == 52
    assert list(ARKIT_NAMES) == sorted(ARKIT_NAMES)
    assert len(PHONE_CLASSES) == 21
    assert set(HUMANOID_BONES) >= REQUIRED_BONES
    assert (BONE_PARENTS[1:] < np.arange(1, 55)).all()


@given(st.integers(0, 10**6), st.sampled_from([(24, 1), (25, 1), (30000, 1001), (60, 1)]))
def test_frames_and_seconds_are_inverse(frame, rate):
    assert Rate(*rate).frames(Rate(*rate).seconds(frame)) == frame


def test_ntsc_does_not_drift_over_an_hour():
    rate = Rate(30000, 1001)
    assert rate.samples(107892, 48000) == 172_799_827
    assert rate.frames(3600) == 107892


@pytest.mark.parametrize("bad", [(0, 1), (24, 0), (-1, 1)])
def test_a_rate_is_positive(bad):
    with pytest.raises(ValueError, match="positive"):
        Rate(*bad)


def test_clip_checks_its_shapes():
    clip = Clip.rest(5, Rate(24), 0.9)
    assert clip.slice(1, 4).frames == 3
    with pytest.raises(ValueError, match="weights"):
        Clip(
            clip.rate, clip.root, clip.rotations, clip.weights[:, :5], clip.gaze,
            clip.contacts, 0.9,
        )  # fmt: skip


def test_forward_kinematics_of_the_rest_pose_is_the_rest_pose():
    rng = np.random.default_rng(3)
    offsets = rng.normal(size=(55, 3)).astype(np.float32)
    rest = Rest(offsets, np.ones(55, np.bool_))
    rotations = np.zeros((2, 55, 4))
    rotations[..., 3] = 1
    points, _ = rest.forward(np.tile(offsets[0], (2, 1)), rotations)
    np.testing.assert_allclose(points[1], rest.positions(), atol=1e-5)


@given(st.lists(st.one_of(st.integers(), st.text(), st.none(), st.floats(allow_nan=False))))
def test_hash_is_stable_and_tells_nesting_apart(values):
    assert content_hash(values) == content_hash(list(values))
    assert content_hash(values) != content_hash([values])


def test_hash_tells_types_and_shapes_apart():
    assert content_hash("1") != content_hash(1)
    assert content_hash(["ab", "c"]) != content_hash(["a", "bc"])
    assert content_hash(np.zeros((2, 3))) != content_hash(np.zeros((3, 2)))
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    assert 0 <= seed_of("林晚", 1) < 2**64
    with pytest.raises(TypeError):
        content_hash(object())


def test_error_speaks_both_languages_and_names_the_place():
    error = InputRefused("x-y", "中文", "English", Location("a.txt", 3, 2))
    assert error.text("zh_CN") == "[x-y] a.txt:3:2: 中文"
    assert str(error) == "[x-y] a.txt:3:2: English"
    assert error.exit_code is ExitCode.REFUSED
    assert error.as_dict()["line"] == 3


def test_nothing_half_written_remains(tmp_path):
    target = tmp_path / "a.json"
    write_json(target, {"名": 1})
    assert json.loads(target.read_text(encoding="utf-8")) == {"名": 1}

    def fail():
        with replacing(target) as path:
            path.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert json.loads(target.read_text(encoding="utf-8")) == {"名": 1}
