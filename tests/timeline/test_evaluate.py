"""Layers over layers: exact where they must be, aligned and eased where they meet."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.rotations import quat_conjugate, quat_exp, quat_log, quat_multiply
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.motion.mirror import heading_of
from cyberdirector.motion.reduce import reduce_clip
from cyberdirector.timeline import PARTS, ClipItem, KeyTrack, LayerItem, Timeline
from cyberdirector.timeline.evaluate import evaluate_track, source_frames
from cyberdirector.timeline.layers import to_keys, to_track
from cyberdirector.timeline.masks import BONE_PARTS, PRESETS, SHAPE_PARTS, mask_row
from tests.motion.bodies import acted, body
from tests.timeline.scenes import FRAMES, Library, timeline

BASE, CAPTURE = acted(1, FRAMES), acted(2, FRAMES)
LIBRARY = Library(base=BASE, cap=CAPTURE)
ARRAYS = ("root", "rotations", "weights", "gaze", "contacts")


def same(a: Clip, b: Clip) -> bool:
    return all(np.array_equal(getattr(a, n), getattr(b, n)) for n in ARRAYS)


def show(*layers: dict[str, Any], frames: Any = slice(0, FRAMES)) -> Clip:
    return evaluate_track(timeline(*layers), "林晚", frames, LIBRARY)


def clip(**more: Any) -> dict[str, Any]:
    return {"id": "c", "file": "cap.vrma", "start": 0, "end": FRAMES, **more}


def angle(a: Any, b: Any) -> Any:
    return np.linalg.norm(quat_log(quat_multiply(quat_conjugate(a), b)), axis=-1)


def test_without_layers_the_generated_motion_is_untouched() -> None:
    assert same(show(), BASE)
    assert same(show(frames=slice(7, 20)), BASE.slice(7, 20))
    assert same(show({"clips": [clip()], "muted": True}), BASE)


@given(st.sets(st.sampled_from(PARTS)), st.sampled_from([0.0, 1.0]))
@settings(max_examples=30, deadline=None)
def test_masks_and_weights_at_nought_and_one_are_exact(parts: set[str], weight: float) -> None:
    mask = {part: float(part in parts) for part in PARTS}
    found = show({"clips": [clip()], "mask": mask, "weight": weight})
    row = mask_row(mask) * weight
    for part, index in zip(PARTS, range(11), strict=True):
        source = CAPTURE if row[index] else BASE
        bones, shapes = BONE_PARTS == index, SHAPE_PARTS == index
        assert np.array_equal(found.rotations[:, bones], source.rotations[:, bones]), part
        assert np.array_equal(found.weights[:, shapes], source.weights[:, shapes]), part
    names = [("root", "root"), ("gaze", "gaze"), ("contacts", "legs")]
    for array, part in names:
        source = CAPTURE if row[PARTS.index(part)] else BASE
        assert np.array_equal(getattr(found, array), getattr(source, array))


def test_camera_for_the_body_voice_for_the_lips() -> None:
    found = show({"clips": [clip()], "mask": dict(PRESETS["body"])})
    assert np.array_equal(found.rotations[:, 1:8], CAPTURE.rotations[:, 1:8])
    jaw, brow = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["browInnerUp"]
    assert np.array_equal(found.weights[:, jaw], BASE.weights[:, jaw])
    assert np.array_equal(found.weights[:, brow], CAPTURE.weights[:, brow])


@given(st.integers(0, 50), st.integers(1, 9), st.sampled_from(["override", "additive"]))
@settings(max_examples=20, deadline=None)
def test_a_frame_is_the_same_alone_and_among_others(at: int, n: int, mode: str) -> None:
    layer = {
        "mode": mode,
        "clips": [clip(start=10, end=50, blend_in=8, blend_out=8, offset=3.5, anchor=10)],
        "weight": {"channel": "value", "keys": [[0, [0.2], "auto"], [40, [0.9], "auto"]]},
        "keys": {"bone:head": nod()},
    }
    whole = show(layer).slice(at, at + n)
    assert same(show(layer, frames=slice(at, min(at + n, FRAMES))), whole)
    picked = np.array([at, 3])
    assert np.array_equal(show(layer, frames=picked).rotations[0], whole.rotations[0])


def nod() -> dict[str, Any]:
    """Return a nod of the head as keys."""
    turns = quat_exp(np.array([[0.0, 0, 0], [0.4, 0, 0], [0, 0, 0]]))
    keys = [[f, q.tolist(), "auto"] for f, q in zip((10, 20, 30), turns, strict=True)]
    return {"channel": "bone:head", "keys": keys}


def test_added_keys_turn_what_lies_below_and_nothing_else() -> None:
    layer = {"mode": "additive", "keys": {"bone:head": nod()}}
    found = show(layer)
    head = BONE_INDEX["head"]
    assert angle(BASE.rotations[:, head], found.rotations[:, head])[20] == pytest.approx(
        0.4, abs=1e-5
    )
    assert np.array_equal(found.rotations[:10], BASE.rotations[:10])
    rest = [i for i in range(55) if i != head]
    assert np.array_equal(found.rotations[:, rest], BASE.rotations[:, rest])
    assert np.array_equal(found.weights, BASE.weights)


def test_a_clip_added_is_nothing_on_its_reference_frame() -> None:
    layer = {"mode": "additive", "clips": [clip(start=5, end=40)]}
    found = show(layer)
    assert angle(found.rotations[5], BASE.rotations[5]).max() < 1e-3
    step = quat_multiply(quat_conjugate(CAPTURE.rotations[0]), CAPTURE.rotations[15])
    expected = quat_multiply(BASE.rotations[20], step)
    assert angle(found.rotations[20], expected).max() < 2e-3
    assert np.array_equal(found.rotations[45], BASE.rotations[45])


def test_fades_begin_and_end_with_what_lies_below() -> None:
    found = show({"clips": [clip(start=20, end=50, blend_in=8, blend_out=8)]})
    assert same(found.slice(0, 20), BASE.slice(0, 20))
    assert same(found.slice(50, 60), BASE.slice(50, 60))
    assert np.array_equal(found.rotations[30:40], CAPTURE.rotations[10:20])
    step = angle(found.rotations[1:], found.rotations[:-1]).max(axis=1)
    natural = max(angle(c.rotations[1:], c.rotations[:-1]).max() for c in (BASE, CAPTURE))
    assert (
        step[18:29].max() < natural + 2.2 * angle(BASE.rotations, CAPTURE.rotations).max() / 8
    )


def test_an_anchored_clip_stands_and_looks_as_what_lies_below() -> None:
    found = show({"clips": [clip(start=20, end=60, anchor=20)]})
    assert found.root[20, [0, 2]] == pytest.approx(BASE.root[20, [0, 2]], abs=1e-5)
    assert heading_of(found.rotations[20, 0]) == pytest.approx(
        heading_of(BASE.rotations[20, 0]), abs=1e-5
    )
    inner = found.rotations[20:, 1:]
    assert np.array_equal(inner, CAPTURE.rotations[:40, 1:])


def test_a_clip_of_a_smaller_body_walks_as_far_as_its_legs_carry() -> None:
    small = replace(CAPTURE, hip_height=0.45, root=CAPTURE.root * np.float32(0.5))
    files = Library(base=BASE, cap=small)
    found = evaluate_track(timeline({"clips": [clip()]}), "林晚", slice(0, FRAMES), files)
    assert found.root == pytest.approx(CAPTURE.root, abs=1e-5)


def test_neighbours_on_a_layer_cross_fade() -> None:
    first = clip(start=0, end=30, blend_out=10)
    then = clip(id="d", start=20, end=60, blend_in=10, offset=20.0)
    found = show({"clips": [first, then]})
    # Both play the same frames of the file, so the fade between them must not show.
    assert angle(found.rotations, CAPTURE.rotations).max() < 1e-3
    assert np.abs(found.root - CAPTURE.root).max() < 1e-5


def test_a_span_captured_again_lies_over_what_was_captured_first() -> None:
    first = clip(start=0, end=60)
    again = clip(id="again", start=20, end=40, offset=15.0, blend_in=4, blend_out=4)
    found = show({"clips": [first, again]})
    old, new = show({"clips": [first]}), show({"clips": [again]})
    for frames in (slice(0, 20), slice(40, 60)):
        assert same(
            found.slice(frames.start, frames.stop), old.slice(frames.start, frames.stop)
        )
    assert same(found.slice(24, 36), new.slice(24, 36))
    assert not same(new.slice(24, 36), old.slice(24, 36))


@given(st.permutations(range(4)))
@settings(max_examples=24, deadline=None)
def test_the_order_of_edits_does_not_matter_where_they_touch_other_things(
    order: list[int],
) -> None:
    """Weights, masks, keys and clips of different layers, set in any order."""
    found = evaluate_track(_edited(order), "林晚", slice(0, FRAMES), LIBRARY)
    assert same(found, _ordered())


def _edited(order: Sequence[int]) -> Timeline:
    edits = [
        ("a", {"clips": [ClipItem.model_validate(clip(start=5, end=50))]}),
        ("a", {"mask": {"torso": 1.0, "head": 0.5}}),
        ("b", {"keys": {"bone:head": KeyTrack.of("bone:head", [4], [[0.6, 0, 0, 0.8]])}}),
        ("b", {"weight": KeyTrack.of("value", [0, 30], [[0.0], [1.0]])}),
    ]
    document = timeline()
    layers = {"a": LayerItem(id="a"), "b": LayerItem(id="b")}
    for i in order:
        name, update = edits[i]
        layers[name] = layers[name].model_copy(update=update)
    document.characters[0].layers = [layers["a"], layers["b"]]
    return document


@functools.cache
def _ordered() -> Clip:
    return evaluate_track(_edited(range(4)), "林晚", slice(0, FRAMES), LIBRARY)


def test_reduced_keys_on_a_layer_give_the_capture_back() -> None:
    tracks = reduce_clip(CAPTURE, body())
    keys = {name: to_keys(name, track) for name, track in tracks.items()}
    document = timeline({})
    document.characters[0].layers = [LayerItem(id="keys", keys=keys)]
    found = evaluate_track(document, "林晚", slice(0, FRAMES), LIBRARY)
    a, _ = body().forward(found.root, found.rotations)
    b, _ = body().forward(CAPTURE.root, CAPTURE.rotations)
    hands = [BONE_INDEX[n] for n in ("leftHand", "rightHand", "leftFoot", "rightFoot", "head")]
    assert np.linalg.norm((a - b)[:, hands], axis=-1).max() <= 0.0041
    assert np.array_equal(found.contacts, CAPTURE.contacts)
    for name, track in tracks.items():
        assert np.abs(to_track(keys[name]).values - track.values).max() < 1e-6


def test_time_warps_run_at_unit_speed_outside() -> None:
    item = ClipItem.model_validate(clip(start=10, end=40, offset=2.0, warp=[(0, 0), (20, 10)]))
    at = source_frames(item, np.array([5.0, 10.0, 20.0, 30.0, 35.0]))
    assert at.tolist() == [-3.0, 2.0, 7.0, 12.0, 17.0]


@pytest.mark.parametrize("name", ["smooth", "mirror", "footlock"])
def test_operators_run_on_placed_clips(name: str) -> None:
    layer = {"clips": [clip(start=10, end=50, operators=[{"name": name, "args": {}}])]}
    document = timeline(layer)
    found = evaluate_track(document, "林晚", slice(0, FRAMES), LIBRARY, rest=body)
    assert not np.array_equal(found.rotations[10:50], CAPTURE.rotations[:40])
    assert same(found.slice(0, 10), BASE.slice(0, 10))


@pytest.mark.parametrize(
    ("name", "code"), [("fly", "operator-unknown"), ("footlock", "body-missing")]
)
def test_what_cannot_be_done_is_refused_with_its_place(name: str, code: str) -> None:
    layer = {"clips": [clip(operators=[{"name": name, "args": {}}])]}
    with pytest.raises(InputRefused) as caught:
        show(layer)
    assert caught.value.code == code
    assert "林晚" in caught.value.zh


def test_keys_of_contact_hold_a_foot_still() -> None:
    rows = [[20, [1.0], "step"], [40, [0.0], "step"]]
    layer = {"keys": {"contact:left": {"channel": "contact:left", "keys": rows}}}
    still = Clip.rest(FRAMES, BASE.rate, body().hip_height)
    still.root[:, 0] = np.linspace(0.0, 0.2, FRAMES)
    files = Library(base=still)
    document = timeline(layer)
    found = evaluate_track(document, "林晚", slice(0, FRAMES), files, body)
    points, _ = body().forward(found.root, found.rotations)
    left = points[:, BONE_INDEX["leftFoot"], 0]
    right = points[:, BONE_INDEX["rightFoot"], 0]
    assert np.ptp(left[20:40]) < 0.002
    assert np.ptp(right[20:40]) > 0.05
    assert same(found.slice(0, 8), still.slice(0, 8))
    # Some frames of the contact alone give the same foot.
    part = evaluate_track(document, "林晚", slice(28, 33), files, body)
    assert np.abs(part.rotations - found.rotations[28:33]).max() < 1e-6
    assert same(evaluate_track(document, "林晚", slice(0, FRAMES), files), still) is False


def test_a_contact_across_a_cut_is_held_alike_in_both_shots() -> None:
    rows = [[20, [1.0], "step"], [40, [0.0], "step"]]
    layer = {"keys": {"contact:left": {"channel": "contact:left", "keys": rows}}}
    still = Clip.rest(FRAMES, BASE.rate, body().hip_height)
    still.root[:, 0] = np.linspace(0.0, 0.2, FRAMES)
    files, document = Library(base=still), timeline(layer)
    cut = 31  # each shot asks for its own frames
    shots = [
        evaluate_track(document, "林晚", span, files, body)
        for span in (slice(0, cut), slice(cut, FRAMES))
    ]
    feet = [body().forward(x.root, x.rotations)[0][:, BONE_INDEX["leftFoot"]] for x in shots]
    planted = np.concatenate([feet[0][20:], feet[1][: 40 - cut]])
    assert np.ptp(planted, axis=0).max() < 0.002


def test_each_bone_and_shape_is_in_one_part() -> None:
    every = {part: 1.0 for part in PARTS}
    assert np.array_equal(mask_row(every), mask_row({}))
    counts = np.bincount(BONE_PARTS, minlength=11)
    assert counts.tolist() == [1, 8, 3, 3, 3, 16, 16, 2, 0, 1, 2]
    assert all(len(mask) <= 11 for mask in PRESETS.values())
    for a, b in itertools.combinations(PRESETS, 2):
        assert PRESETS[a] != PRESETS[b]
