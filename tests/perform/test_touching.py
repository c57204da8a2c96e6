"""Hands that are laid on another person."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.time import Rate
from cyberdirector.motion.surface import into_bone, usual_surface
from cyberdirector.motion.touches import hand_points
from cyberdirector.motion.usual import usual_rest
from cyberdirector.perform import (
    MOVES,
    Actor,
    Cue,
    Placement,
    SceneScore,
    Segment,
    find_moves,
    move_frames,
    perform_scene,
)
from cyberdirector.perform import measure as m
from cyberdirector.perform._body import SIDES
from cyberdirector.perform._places import PLACES, Pose, place_on
from cyberdirector.perform.lexicon import gestures
from cyberdirector.perform.moves import touches
from cyberdirector.perform.touching import with_touches

RATE = Rate(24)
REST = usual_rest()
SKIN = usual_surface(REST)
START = 6


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("林晚拍了拍沈默的肩", "pat_shoulder"),
        ("他一把抓住她的手腕", "grasp_arm"),
        ("两人紧紧相拥", "hug"),
        ("她扇了他一巴掌", "slap"),
        ("他替她擦去眼泪", "wipe_other_tears"),
        ("他捧起她的脸", "hold_face"),
        ("他摸了摸她的头", "stroke_head"),
        ("他挑起她的下巴", "lift_chin"),
        ("揪住他的衣领", "grasp_collar"),
        ("二人握手", "shake_hands"),
        ("她握住他的手", "hold_hand"),
        ("他扶起老人", "help_up"),
        ("她推开他", "push_away"),
        ("She slaps him.", "slap"),
        ("They shake hands.", "shake_hands"),
        ("He takes her hand.", "hold_hand"),
        ("She helps him up.", "help_up"),
    ],
)
def test_words_of_touches(text: str, name: str) -> None:
    assert name in [move.name for move in find_moves(text)]


@pytest.mark.parametrize(
    "text",
    ["她擦泪", "他抱住头", "她抱着双臂", "他抱拳", "摸了摸自己的头", "拉住缰绳", "她抱紧自己",
     "推开门走进来", "拍了拍自己的肩", "She hugs herself", "他握紧拳头"],
)  # fmt: skip
def test_what_is_done_to_oneself_or_a_thing_touches_nobody(text: str) -> None:
    assert not any(move.distance for move in find_moves(text))


def test_touches_name_gestures_and_places_that_exist() -> None:
    for touch in touches().values():
        assert {touch.gesture, touch.answer.gesture or touch.gesture} <= set(gestures())
        assert {*touch.hands.values(), *touch.answer.hands.values()} <= PLACES
        assert touch.on in ("palm", "tips", "fist")
        assert not touch.answer.face or MOVES[touch.answer.face].kind == "face"


def _score(name: str, seat: float = 0.0) -> SceneScore:
    """A touches B, who stands (or sits) at the distance of the touch and faces A."""
    far = touches()[name].distance
    one = Placement((0.0, 0.0, 0.0), 0.0)
    two = Placement((0.0, 0.0, far), np.pi, seat)
    frames = move_frames(name, one, None, RATE)
    cue = Cue("A", name, START, frames, None, "B")
    segments = (
        Segment("a", "action", frames + 24, 3, cues=(cue,), present=("A", "B")),
        Segment("b", "pause", 24, 4, present=("A", "B")),
    )
    actors = (Actor("A", REST, one, 13), Actor("B", REST, two, 17))
    return SceneScore("x", RATE, actors, segments)


def _played(score: SceneScore) -> tuple[dict[str, Clip], dict[str, Clip], list, list]:
    made = perform_scene(score)
    clips, notes = with_touches(made.clips, score, made.gestures, {"A": SKIN, "B": SKIN})
    return made.clips, clips, made.gestures, notes


def _held(strokes: list, name: str) -> int:
    """Return a frame at which the hand is there (the first one of a strike)."""
    touch = touches()[name]
    stroke = next(s for s in strokes if (s.role, s.name) == ("A", touch.gesture))
    late = 0.0 if touch.strike or touch.pats else 0.3
    return round((stroke.apex + late * (stroke.held - stroke.apex)) * RATE.fps)


@pytest.mark.parametrize("name", sorted(touches()))
def test_a_hand_lies_where_the_other_one_is(name: str) -> None:
    score = _score(name)
    bare, clips, strokes, notes = _played(score)
    assert notes == []
    frame = _held(strokes, name)
    touch = touches()[name]
    poses = {
        role: Pose.of(clip.slice(frame, frame + 1), REST, SKIN) for role, clip in clips.items()
    }
    hands = poses["A"].hands()[0]
    point = 1 if touch.on == "tips" else 0
    for side, place in touch.hands.items():
        hand = hands[SIDES.index(side), point]
        if place == "meeting":
            gap = np.linalg.norm(hand - poses["B"].hands()[0, 1, 0])
            assert gap < 0.06
            continue
        near = min(
            np.linalg.norm(
                hand - place_on(place, poses["B"], s, poses["A"], SIDES.index(side))[0][0]
            )
            for s in (0, 1)
        )
        assert near < 0.055, (side, place, near)
    for other in clips:
        points, _ = REST.forward(clips[other].root, clips[other].rotations)
        assert points[..., 1].min() > -0.03
        assert m.foot_skate(REST, clips[other]) < m.foot_skate(REST, bare[other]) + 1e-3


@pytest.mark.parametrize("name", sorted(touches()))
def test_before_and_after_a_touch_nothing_is_changed(name: str) -> None:
    score = _score(name)
    bare, clips, _, _ = _played(score)
    for role in clips:
        np.testing.assert_array_equal(
            clips[role].rotations[: START - 1], bare[role].rotations[: START - 1]
        )
        np.testing.assert_array_equal(clips[role].rotations[-12:], bare[role].rotations[-12:])
        q = clips[role].rotations.astype(float)
        turned = 2.0 * np.arccos(np.clip(np.abs((q[1:] * q[:-1]).sum(axis=-1)), 0.0, 1.0))
        assert turned.max() < (1.2 if touches()[name].strike else 0.6)


def test_a_struck_head_turns_away_from_the_hand() -> None:
    score = _score("slap")
    bare, clips, strokes, _ = _played(score)
    frame = _held(strokes, "slap") + 6

    def ahead(clip: Clip) -> np.ndarray:
        _, turns = REST.forward(clip.root[frame], clip.rotations[frame])
        return quat_rotate(turns[BONE_INDEX["head"]], np.array([0.0, 0.0, 1.0]))

    # B faces -Z; A's right hand comes from -X and drives the face to +X.
    assert ahead(clips["B"])[0] - ahead(bare["B"])[0] > 0.4


def test_embracing_arms_close_behind_the_back_and_are_answered() -> None:
    score = _score("hug")
    _, clips, strokes, _ = _played(score)
    frame = _held(strokes, "hug")
    for one, two in (("A", "B"), ("B", "A")):
        points, turns = REST.forward(clips[one].root, clips[one].rotations)
        hands = hand_points(points, turns, REST)[frame : frame + 1, :, 0]
        points, turns = REST.forward(clips[two].root, clips[two].rotations)
        spine = BONE_INDEX["spine"]
        for side in range(2):
            local = into_bone(
                hands[:, side],
                points[frame : frame + 1, spine],
                turns[frame : frame + 1, spine],
            )
            assert local[0, 2] < 0.0


def test_a_pat_lifts_the_hand_between() -> None:
    score = _score("pat_shoulder")
    _, clips, strokes, _ = _played(score)
    stroke = next(s for s in strokes if s.role == "A")
    first, last = (round(t * RATE.fps) for t in (stroke.apex, stroke.held))
    points, turns = REST.forward(clips["A"].root, clips["A"].rotations)
    height = hand_points(points, turns, REST)[first:last, 1, 0, 1]
    peaks = (height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:])
    assert peaks.sum() >= 2
    assert np.ptp(height) > 0.02


def test_one_bends_down_to_who_sits_and_says_what_is_out_of_reach() -> None:
    score = _score("pat_shoulder", seat=0.45)
    bare, clips, strokes, notes = _played(score)
    frame = _held(strokes, "pat_shoulder")
    chest = BONE_INDEX["upperChest"]
    heights = [
        REST.forward(c["A"].root, c["A"].rotations)[0][frame, chest, 1] for c in (bare, clips)
    ]
    assert heights[1] < heights[0] - 0.01
    assert all(note["code"] == "touch-out-of-reach" for note in notes)


def test_who_is_far_away_is_not_reached_for() -> None:
    score = _score("grasp_arm")
    far = Actor("B", REST, Placement((0.0, 0.0, 3.0), np.pi), 17)
    score = SceneScore("x", RATE, (score.actors[0], far), score.segments)
    bare, clips, _, notes = _played(score)
    np.testing.assert_array_equal(clips["A"].rotations, bare["A"].rotations)
    assert [note["code"] for note in notes] == ["touch-out-of-reach"]


@pytest.mark.parametrize("name", ["hold_hand", "shake_hands"])
def test_of_who_holds_out_no_hand_the_nearer_one_is_taken(name: str) -> None:
    score = _score(name)
    kneels = Segment("0", "action", 60, 2, cues=(Cue("B", "kneel", 0, 40),), present=("A", "B"))
    # B kneels askew, the right hand towards A.
    aside = Actor("B", REST, Placement((0.0, 0.0, 0.5), -np.pi / 2), 17)
    score = SceneScore("x", RATE, (score.actors[0], aside), (kneels, *score.segments))
    _, clips, strokes, _ = _played(score)
    assert not [s for s in strokes if s.role == "B" and s.segment == "a"]
    stroke = next(s for s in strokes if s.role == "A")
    frame = 60 + round((stroke.apex + 0.3 * (stroke.held - stroke.apex)) * RATE.fps)
    hands = {
        role: Pose.of(clip.slice(frame, frame + 1), REST, SKIN).hands()[0, :, 0]
        for role, clip in clips.items()
    }
    gaps = np.linalg.norm(hands["B"] - hands["A"][1], axis=-1)
    assert gaps.argmin() == 0 if hands["B"][0, 2] < hands["B"][1, 2] else gaps.argmin() == 1
