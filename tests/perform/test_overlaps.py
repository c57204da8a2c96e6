"""Two on stage: lines that break into each other, and a listener who feels with a speaker."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import humanoid, make_speech

from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.speech import Emotion
from cyberdirector.core.time import Rate
from cyberdirector.perform import Actor, Placement, SceneScore, Segment, Voice, perform_scene

RATE = Rate(24)
JAW = ARKIT_INDEX["jawOpen"]
SCRIPT = """第1集
1-1 夜 内 茶馆
人物：林晚（女）、沈青（男）、掌柜（男）
沈青：我找一个姓林的大夫，她欠我一条命——
{line}
掌柜：二位客官都别吵了。
"""


def _staging():
    path = Path(__file__).parents[1] / "stage" / "test_staging.py"
    spec = importlib.util.spec_from_file_location("staging_of_scenes", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sounds(score: SceneScore) -> list[tuple[str, float, float]]:
    found, first = [], 0
    for segment in score.segments:
        if segment.speech is not None:
            start = (first + segment.speech_start) / RATE.fps
            found.append((segment.speaker, start, start + segment.speech.duration))
        first += segment.frames
    return found


@pytest.mark.parametrize(
    ("line", "least", "most"),
    [
        ("林晚：谁欠你的！", 0.2, 0.32),
        ("林晚（打断）：谁欠你的！", 0.4, 0.5),
        ("林晚（同时）：谁欠你的命啊！", 3.0, 9.0),
        ("△林晚站起。\n林晚：谁欠你的！", -9.0, 0.0),
    ],
)
def test_a_broken_line_is_spoken_over(line: str, least: float, most: float) -> None:
    blocking, clips, _, shots = _staging().stage(SCRIPT.format(line=line))
    sounds = _sounds(blocking.score)
    overlap = sounds[0][2] - sounds[1][1]
    assert least <= overlap <= most
    assert sounds[2][1] > max(sounds[0][2], sounds[1][2])
    at = 0
    for shot in shots:
        assert shot.start == at
        at = shot.end
    assert at == blocking.score.frames == clips["沈青"].frames
    assert min(RATE.seconds(s.frames) for s in shots[:-1]) >= 1.5
    named = {name for shot in shots for name in shot.segments}
    assert named == {segment.id for segment in blocking.score.segments}
    if overlap > 0:  # both mouths move while both are heard
        middle = slice(int((sounds[1][1] + 0.05) * 24), int(sounds[0][2] * 24) - 1)
        assert clips["沈青"].weights[middle, JAW].max() > 0.1
        assert not [n for n in blocking.notes if n["code"] == "speech-longer-than-segment"]


def test_who_speaks_together_begins_on_time_though_the_first_must_turn() -> None:
    lines = "△沈青走到窗前。\n△林晚走到门口。\n沈青：我找大夫。\n林晚（同时）：我要出去一下！"
    blocking = _staging().stage(SCRIPT.format(line=lines))[0]
    turned = [c for s in blocking.score.segments for c in s.cues if c.move == "turn"]
    first, second = _sounds(blocking.score)[1:3]
    assert turned
    assert abs(second[1] - first[1]) < 0.12


@pytest.mark.parametrize("start", ["", "△沈青走到窗前。\n△林晚走到门口。\n"])
def test_three_say_it_together(start: str) -> None:
    lines = start + "沈青：我们不会走的。\n林晚（同时）：我们不会走！\n掌柜（同时）：我们不走！"
    blocking, clips, _, _ = _staging().stage(SCRIPT.format(line=lines))
    three = _sounds(blocking.score)[1:4]
    begins = [sound[1] for sound in three]
    assert len({sound[0] for sound in three}) == 3
    assert max(begins) - min(begins) < 0.2
    middle = int((max(begins) + 0.1) * 24)
    last = int(min(sound[2] for sound in three) * 24) - 1
    for name in ("沈青", "林晚", "掌柜"):
        assert clips[name].weights[middle:last, JAW].max() > 0.08
        hips = clips[name].root[middle - 12 : last].astype(float)
        assert np.abs(np.diff(hips, n=2, axis=0)).max() < 0.02
    assert not [n for n in blocking.notes if n["code"] == "speech-longer-than-segment"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("林晚（打断）：谁欠你的！", ["我找一个姓林的大夫，她欠我一条命——", "谁欠你的！"]),
        ("林晚（同时）：她是谁？", ["－我找一个姓林的大夫，她欠我一条命——　－她是谁？"]),
        (
            "林晚（同时）：她是谁？\n掌柜（同时）：坐下！",
            ["－我找一个姓林的大夫，她欠我一条命——　－她是谁？　－坐下！"],
        ),
    ],
)
def test_subtitles_of_overlapping_lines_do_not_lie_on_each_other(
    line: str, shown: list[str]
) -> None:
    from cyberdirector.script import parse_text
    from cyberdirector.stages.timeline import StagedScene, assemble

    text = SCRIPT.format(line=line).replace("沈青：我", "林晚：你找谁？\n沈青：我")
    blocking, _, _, shots = _staging().stage(text)
    scene = parse_text(text).episode.scenes[0]
    motion = dict.fromkeys(("林晚", "沈青", "掌柜"), "a.vrma")
    staged = StagedScene(scene, "room", "day", blocking, shots, motion, [])
    timeline = assemble([staged], RATE, (640, 360), "")
    texts = [t for t in timeline.texts if t.kind == "subtitle"]
    assert [t.text for t in texts][1 : 1 + len(shown)] == shown
    assert all(a.end <= b.start for a, b in pairwise(texts))
    assert all(t.end - t.start >= 12 for t in texts)
    heard = timeline.audio
    assert heard[1].end > heard[2].start
    assert [a.id for a in heard] == [line.id for line in scene.lines()]


def test_a_mouth_does_not_jump_where_its_line_is_cut_in_two() -> None:
    speech, answer = make_speech(3, 14), make_speech(4, 6)
    a = Actor("A", humanoid(), Placement((-0.6, 0, 0), 1.3), 11)
    b = Actor("B", humanoid(), Placement((0.6, 0, 0), -1.3), 12)
    whole = Segment("1", "line", RATE.ceil(speech.duration) + 16, 5, "A", "x", speech, 6)
    cut = RATE.ceil(speech.duration) - 12
    first = replace(whole, frames=cut, spills=True)
    rest = Voice("1", "A", speech, 6 - cut)
    second = Segment(
        "2", "line", 60, 6, "B", "y", answer, 5, addressee="A", voices=(rest,),
        present=("A", "B"),
    )  # fmt: skip
    one = perform_scene(SceneScore("s", RATE, (a, b), (whole,), {}, 3)).clips["A"]
    done = perform_scene(SceneScore("s", RATE, (a, b), (first, second), {}, 3))
    two = done.clips["A"]
    shown = min(one.frames, two.frames) - 4
    assert np.abs(one.weights[:shown, JAW] - two.weights[:shown, JAW]).max() < 0.04
    assert two.weights[cut:, JAW].max() > 0.1
    assert not done.notes


@pytest.mark.parametrize(("mood", "mirrored"), [("sad", True), ("neutral", False)])
def test_a_listener_takes_on_the_carriage_of_who_is_sad(mood: str, mirrored: bool) -> None:
    speech = make_speech(5, 16)
    a = Actor("A", humanoid(), Placement((-0.6, 0, 0), 1.57), 11)
    b = Actor("B", humanoid(), Placement((0.6, 0, 0), -1.57), 12)
    segment = Segment(
        "1", "line", RATE.ceil(speech.duration) + 16, 5, "A", "x", speech, 6,
        Emotion(mood, 1.0), "B", present=("A", "B"),
    )  # fmt: skip
    plain = replace(segment, emotion=Emotion("neutral", 0.0))
    tops = []
    for said in (segment, plain):
        clip = perform_scene(SceneScore("s", RATE, (a, b), (said,), {}, 3)).clips["B"]
        points, _ = b.rest.forward(clip.root.astype(float), clip.rotations.astype(float))
        tops.append(points[:, BONE_INDEX["leftEye"]])
    moved = 1000.0 * np.linalg.norm(tops[0] - tops[1], axis=1)
    middle = moved[len(moved) // 2 : -20].mean()
    assert (middle > 15.0) == mirrored
    assert moved[:4].max() < 2.0
    assert moved[-1] < 4.0
