from __future__ import annotations

import time

import numpy as np
import pytest
from conftest import humanoid, make_speech

from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.speech import Emotion
from cyberdirector.core.time import Rate
from cyberdirector.perform import (
    Actor,
    Cue,
    Placement,
    SceneScore,
    Segment,
    move_frames,
    perform_scene,
)
from cyberdirector.perform import measure as m

RATE = Rate(24)
TEXT = "我不知道你为什么一定要走"


def _line(name: str, who: str, to: str, seed: int, mood: str = "neutral") -> Segment:
    speech = make_speech(seed)
    frames = RATE.ceil(speech.duration) + 16
    return Segment(
        name, "line", frames, seed, who, TEXT, speech, 6, Emotion(mood, 0.8), to,
        present=("A", "B"),
    )  # fmt: skip


def _score(middle: int = 22) -> SceneScore:
    a = Actor("A", humanoid(), Placement((-0.6, 0, 0), 1.3), 11, {"sex": 1, "density": 0.8})
    b = Actor("B", humanoid(1.8), Placement((0.6, 0, 0), -1.3), 12, {"sex": 0, "age": 66})
    walk = Placement((0.3, 0, 1.2), 2.5)
    n = move_frames("walk_to", b.place, walk, RATE)
    segments = (
        _line("1", "A", "B", 21, "anger"),
        _line("2", "B", "A", middle, "joy"),
        Segment("3", "pause", 20, 5),
        Segment("4", "action", n + 10, 6, cues=(Cue("B", "walk_to", 4, n, walk),)),
        _line("5", "A", "B", 24, "sad"),
    )
    return SceneScore("s", RATE, (a, b), segments, {}, 3)


@pytest.fixture(scope="module")
def scene():
    score = _score()
    return score, perform_scene(score)


def _starts(score: SceneScore) -> list[int]:
    return [sum(s.frames for s in score.segments[:i]) for i in range(len(score.segments) + 1)]


def test_clips_cover_the_scene_and_are_sound(scene) -> None:
    score, done = scene
    for clip in done.clips.values():
        assert clip.frames == score.frames
        assert np.isfinite(clip.root).all()
        assert np.isfinite(clip.rotations).all()
        assert np.allclose(np.linalg.norm(clip.rotations, axis=-1), 1.0, atol=1e-5)
        assert clip.weights.min() >= 0.0
        assert clip.weights.max() <= 1.0
        assert np.abs(clip.gaze).max() <= np.radians(30)


def test_same_score_gives_the_same_bytes(scene) -> None:
    _, done = scene
    again = perform_scene(_score())
    for role, clip in done.clips.items():
        assert clip.rotations.tobytes() == again.clips[role].rotations.tobytes()
        assert clip.weights.tobytes() == again.clips[role].weights.tobytes()


def test_changing_one_line_leaves_the_other_segments_alone(scene) -> None:
    score, done = scene
    other = _score(middle=97)
    changed = perform_scene(other)
    assert other.segments[1].frames != score.segments[1].frames
    for k in (0, 2, 3, 4):
        a, b = _starts(score)[k], _starts(other)[k]
        n = score.segments[k].frames
        for role, clip in done.clips.items():
            new = changed.clips[role]
            for field in ("root", "rotations", "weights", "gaze", "contacts"):
                one, two = getattr(clip, field)[a : a + n], getattr(new, field)[b : b + n]
                assert np.array_equal(one, two), (k, role, field)


def test_feet_do_not_slip(scene) -> None:
    score, done = scene
    for actor in score.actors:
        assert m.foot_skate(actor.rest, done.clips[actor.role]) < 0.001


def test_segments_join_without_a_jump(scene) -> None:
    score, done = scene
    for clip in done.clips.values():
        turn, step = m.boundary_jumps(clip, _starts(score))
        assert turn < np.radians(6.0)
        assert step < 0.012


def test_lips_close_and_start_with_the_sound(scene) -> None:
    score, done = scene
    starts = _starts(score)
    for k, segment in enumerate(score.segments):
        if segment.speech is None:
            continue
        clip = done.clips[segment.speaker]
        audio = starts[k] + segment.speech_start
        contacts = m.lip_contacts(clip, segment.speech, audio)
        assert contacts
        assert all(c.reached for c in contacts), [c for c in contacts if not c.reached]
        error = m.onset_error(clip, segment.speech, starts[k], audio, starts[k + 1])
        assert abs(error) <= 1
        end = audio + int(np.ceil(segment.speech.phones[-1].end * RATE.fps)) + 3
        assert clip.weights[end : starts[k + 1], ARKIT_INDEX["jawOpen"]].max(initial=0) < 0.03


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["BMP", "FV", "AA", "S"])
def test_short_closures_are_never_lost(seed: int, kind: str) -> None:
    from dataclasses import replace

    from cyberdirector.core.speech import Phone
    from cyberdirector.perform.lips import articulate

    speech = make_speech(seed, 30)
    rng = np.random.default_rng(seed)
    phones = []
    time_ = 0.1 + rng.uniform(0, 0.05)
    for i in range(40):
        name = kind if i == 0 else ("BMP" if i % 2 else "AA")
        length = rng.uniform(0.02, 0.06) if i % 2 else rng.uniform(0.06, 0.15)
        phones.append(Phone(name, name, time_, time_ + length, i))
        time_ += length
    speech = replace(speech, phones=tuple(phones))
    mouth = articulate(speech, 24 * 8, 5, 24.0)
    clip_like = perform_clip(mouth.weights)
    assert all(c.reached for c in m.lip_contacts(clip_like, speech, 5) if c.phone.kind == "BMP")


def perform_clip(weights: np.ndarray):
    from dataclasses import replace

    from cyberdirector.core.clip import Clip

    return replace(Clip.rest(len(weights), RATE, 0.9), weights=weights.astype(np.float32))


def test_off_screen_voice_does_not_move_the_mouth() -> None:
    from dataclasses import replace

    score = _score()
    first = replace(score.segments[0], off_screen=True)
    done = perform_scene(replace(score, segments=(first,)))
    assert done.clips["A"].weights[:, ARKIT_INDEX["jawOpen"]].max() == 0.0


def test_the_listener_looks_at_the_speaker(scene) -> None:
    score, done = scene
    b = score.actors[1]
    clip = done.clips["B"]
    points, turns = b.rest.forward(clip.root.astype(float), clip.rotations.astype(float))
    from cyberdirector.core.rotations import (
        quat_from_yaw_pitch_roll,
        quat_multiply,
        quat_rotate,
    )

    f = _starts(score)[1] - 3
    eye = quat_from_yaw_pitch_roll(clip.gaze[f, 0], clip.gaze[f, 1], 0.0)
    look = quat_rotate(quat_multiply(turns[f, BONE_INDEX["head"]], eye), [0, 0, 1])
    target = done.clips["A"].root[f] + np.array([0, 0.68, 0]) - points[f, BONE_INDEX["head"]]
    target /= np.linalg.norm(target)
    assert np.degrees(np.arccos(np.dot(look, target))) < 9.0


def test_walk_arrives_exactly(scene) -> None:
    score, done = scene
    clip = done.clips["B"]
    f = _starts(score)[4] - 1
    points, _ = score.actors[1].rest.forward(
        clip.root.astype(float), clip.rotations.astype(float)
    )
    feet = points[f, [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]]].mean(axis=0)
    assert np.allclose(feet[[0, 2]], (0.3, 1.2), atol=0.003)


def test_hands_are_not_hasty_and_gestures_are_there(scene) -> None:
    score, done = scene
    speeds = m.hand_speeds(score.actors[0].rest, done.clips["A"])
    assert speeds.max() < 3.0
    n = _starts(score)[1]
    assert speeds[:n].max() > 0.4


def test_blinks_are_human(scene) -> None:
    _, done = scene
    rates = [m.blinks_per_minute(c) for c in done.clips.values()]
    assert all(4 <= r <= 45 for r in rates)


def test_speed(scene) -> None:
    score, _ = scene
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        perform_scene(score)
        best = min(best, time.process_time() - start)
    assert best / (score.frames / 24) / 2 < 0.030


def test_a_hand_that_holds_something_stays_closed() -> None:
    speech = make_speech(8, 24)
    style = {"density": 1.0, "holds_right": 1.0}
    actor = Actor("A", humanoid(), Placement((0, 0, 0), 0.0), 7, style)
    segment = Segment(
        "1", "line", RATE.ceil(speech.duration) + 30, 5, "A", TEXT, speech, 12,
        Emotion("joy", 0.8),
    )  # fmt: skip
    clip = perform_scene(SceneScore("s", RATE, (actor,), (segment,))).clips["A"]
    right = clip.rotations[:, BONE_INDEX["rightMiddleProximal"], 3]
    left = clip.rotations[:, BONE_INDEX["leftMiddleProximal"], 3]
    assert np.ptp(right) < 0.08
    assert np.degrees(2 * np.arccos(right)).min() > 40
    assert np.degrees(2 * np.arccos(left)).min() < 30
