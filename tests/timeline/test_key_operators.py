"""Smooth, mirror and retime on the keys of a layer."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from timeline_project import write_project

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.timeline.evaluate import evaluate_track
from cyberdirector.timeline.store import Editor, state_bytes

WHERE = {"role": "林晚", "layer": "hand"}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("project") / "p"
    write_project(root)
    return root


@pytest.fixture
def editor(template, tmp_path):
    shutil.copytree(template, tmp_path / "p")
    with Editor(tmp_path / "p", "导演", sync="normal") as editor:
        yield editor


def keys(editor, channel):
    return editor.timeline.layer("林晚", "hand").keys[channel]


def nods(editor, **more):
    for frame, pitch in ((20, 0), (30, 20), (40, 0), (60, 10)):
        editor.key(role="林晚", channel="bone:leftHand", frame=frame, value=[10, pitch, 5],
                   **more)  # fmt: skip


def test_smoothed_keys_go_to_the_line_between_their_neighbours(editor):
    for frame, value in ((10, 0.0), (20, 0.8), (40, 0.2), (50, 0.6)):
        editor.key(role="林晚", channel="weight:jawOpen", frame=frame, value=value)
    editor.smooth_keys(**WHERE, strength=1.0, end=41)
    found = keys(editor, "weight:jawOpen").values[:, 0]
    np.testing.assert_allclose(found, [0.0, 0.2 / 3, 0.2, 0.6], atol=1e-6)
    editor.undo()
    before = state_bytes(editor.timeline)
    assert editor.smooth_keys(**WHERE, strength=0.0) is None
    assert state_bytes(editor.timeline) == before


def test_mirroring_twice_is_the_identity_and_swaps_sides(editor):
    nods(editor)
    editor.key(role="林晚", channel="root", frame=20, value=[0.1, 0.0, 0.2])
    editor.key(role="林晚", channel="weight:mouthSmileLeft", frame=20, value=0.4)
    editor.mask(**WHERE, parts={"handLeft": 1.0, "root": 0.5, "mouth": 1.0})
    before = editor.timeline
    editor.mirror_keys(**WHERE)
    layer = editor.timeline.layer("林晚", "hand")
    assert set(layer.keys) == {"bone:rightHand", "root", "weight:mouthSmileRight"}
    assert layer.mask == {"handRight": 1.0, "root": 0.5, "mouth": 1.0}
    old = before.layer("林晚", "hand").keys["bone:leftHand"].values
    np.testing.assert_allclose(layer.keys["bone:rightHand"].values, old * [1, -1, -1, 1])
    editor.mirror_keys(**WHERE)
    again = editor.timeline.layer("林晚", "hand")
    for name, track in before.layer("林晚", "hand").keys.items():
        np.testing.assert_allclose(again.keys[name].values, track.values, atol=1e-6)


def test_a_mirrored_pose_is_the_pose_of_the_other_side(editor):
    nods(editor)
    pose = evaluate_track(editor.timeline, "林晚", [30], editor.load)
    editor.mirror_keys(**WHERE, start=25, end=35)
    swapped = evaluate_track(editor.timeline, "林晚", [30], editor.load)
    left, right = BONE_INDEX["leftHand"], BONE_INDEX["rightHand"]
    flipped = pose.rotations[0, left] * np.array([1, -1, -1, 1], np.float32)
    np.testing.assert_allclose(swapped.rotations[0, right], flipped, atol=1e-6)
    assert keys(editor, "bone:leftHand").frames.tolist() == [20, 40, 60]
    assert keys(editor, "bone:rightHand").frames.tolist() == [30]


def test_retimed_keys_follow_speed_and_pins(editor):
    nods(editor)
    editor.retime_keys(**WHERE, speed=0.5, end=41)
    assert keys(editor, "bone:leftHand").frames.tolist() == [20, 40, 60]
    editor.undo()
    editor.retime_keys(**WHERE, pins=[(30, 35)])
    assert keys(editor, "bone:leftHand").frames.tolist() == [20, 35, 43, 60]
    editor.tangent(**WHERE, channel="bone:leftHand", frame=35, ease="bezier",
                   leaving=[4, 0, 6, 0], arriving=[-4, 0, -6, 0])  # fmt: skip
    editor.retime_keys(**WHERE, speed=2.0)
    assert keys(editor, "bone:leftHand").frames.tolist() == [20, 28, 32, 40]
    assert keys(editor, "bone:leftHand").handles[1, 1, 0] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("command", "args", "code"),
    [
        ("smooth-keys", {"strength": 2.0}, "strength-outside"),
        ("smooth-keys", {"channel": "bone:head"}, "channel-unknown"),
        ("mirror-keys", {"start": 25, "end": 20}, "span-negative"),
        ("retime-keys", {}, "retime-empty"),
        ("retime-keys", {"pins": [(30, 70)]}, "pin-outside"),
        ("retime-keys", {"speed": 0.05}, "frame-outside"),
        ("retime-keys", {"speed": 0.0}, "speed-outside"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(editor, command, args, code):
    nods(editor)
    before = state_bytes(editor.timeline)
    with pytest.raises(InputRefused) as caught:
        editor.run(command, **WHERE, **args)
    assert caught.value.code == code
    assert "林晚/hand" in str(caught.value)
    assert state_bytes(editor.timeline) == before


def test_a_one_sided_mask_cannot_be_mirrored_in_part(editor):
    nods(editor)
    editor.mask(**WHERE, parts={"handLeft": 1.0})
    with pytest.raises(InputRefused, match="mask-one-sided"):
        editor.mirror_keys(**WHERE, start=25, end=35)
