"""Editing: any edits and as many undos are the identity; refusals are typed."""

from __future__ import annotations

import contextlib
import json
import math
import random
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from timeline_project import FRAMES, write_project

from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.timeline import load_timeline
from cyberdirector.timeline.store import Editor, read_project, state_bytes

CHANNELS = ["bone:head", "bone:leftUpperArm", "root", "gaze", "weight:jawOpen"]
WIDTHS = {"bone:head": 3, "bone:leftUpperArm": 3, "root": 3, "gaze": 2, "weight:jawOpen": 1}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("project") / "夜.cdir"
    write_project(root)
    return root


@pytest.fixture
def root(template, tmp_path):
    shutil.copytree(template, tmp_path / "p")
    return tmp_path / "p"


def edit_randomly(editor: Editor, rng: random.Random) -> None:
    """Make one edit of any kind; what is refused changes nothing."""
    role, layer = rng.choice(["林晚", "沈青"]), rng.choice(["hand", "cap"])
    channel, frame = rng.choice(CHANNELS), rng.randrange(FRAMES)
    clips = [c.id for one in editor.timeline.characters for x in one.layers for c in x.clips]
    clip = rng.choice(clips) if clips else "none"
    shot = rng.choice(editor.timeline.shots).id
    value = [rng.uniform(-30, 30) for _ in range(WIDTHS[channel])]
    choices = [
        ("key", {"role": role, "channel": channel, "frame": frame, "value": value,
                 "layer": layer, "fade": rng.choice([0, 0, 4]),
                 "ease": rng.choice(["step", "linear", "auto", "tcb", "bezier"])}),
        ("unkey", {"role": role, "layer": layer, "channel": channel, "frame": frame,
                   "end": FRAMES}),
        ("shift", {"role": role, "layer": layer, "channel": channel, "start": 20, "end": 90,
                   "by": rng.randint(-15, 15)}),
        ("add", {"role": role, "file": "takes/phone.vrma", "at": frame, "layer": layer,
                 "offset": rng.choice([0, 3.5]), "frames": rng.randint(1, 60)}),
        ("move", {"clip": clip, "by": rng.randint(-30, 30)}),
        ("trim", {"clip": clip, "start": frame, "end": frame + rng.randint(1, 40)}),
        ("split", {"clip": clip, "at": frame}),
        ("blend", {"clip": clip, "into": rng.randint(0, 12), "out": rng.randint(0, 12)}),
        ("retime", {"clip": clip, "speed": rng.choice([0.5, 1.5, 2.0])}),
        ("smooth", {"clip": clip, "strength": rng.random()}),
        ("mirror", {"clip": clip, "off": rng.random() < 0.3}),
        ("smooth-keys", {"role": role, "layer": layer, "strength": rng.random()}),
        ("mirror-keys", {"role": role, "layer": layer}),
        ("retime-keys", {"role": role, "layer": layer, "speed": rng.choice([0.8, 1.3])}),
        ("remove", {"clip": clip}),
        ("mask", {"role": role, "layer": layer, "parts": {"head": rng.random(), "armLeft": 1}}),
        ("weight", {"role": role, "layer": layer, "value": rng.random(), "frame": frame}),
        ("mode", {"role": role, "layer": layer, "mode": rng.choice(["override", "additive"])}),
        ("mute", {"role": role, "layer": layer, "muted": rng.random() < 0.5}),
        ("order", {"role": role, "layer": layer, "by": rng.choice([-1, 1])}),
        ("drop", {"role": role, "layer": layer}),
        ("marker", {"frame": frame, "name": "拍"}),
        ("camera", {"shot": shot, "frame": rng.randrange(40), "fov": rng.uniform(20, 60)}),
        ("shot", {"shot": shot, "end": frame}),
        ("cut", {"shot": shot, "at": frame}),
        ("join", {"shot": shot}),
        ("reframe", {"shot": shot, "ratio": "16:9", "x": rng.uniform(-1, 1)}),
        ("light", {"shot": shot, "values": {"bloom": rng.random()}}),
        ("text", {"text": "1-1-L01", "words": f"改成{frame}"}),
        ("sound", {"sound": "1-1-L02", "gain": rng.uniform(-6, 6)}),
        ("take-add", {"line": "1-1-L01", "file": "takes/b.vrma"}),
        ("take", {"line": "1-1-L01", "take": rng.choice(["A", "B", "C"])}),
    ]  # fmt: skip
    name, args = rng.choice(choices)
    with contextlib.suppress(CyberDirectorError):
        editor.run(name, **args)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 60))
def test_any_edits_and_as_many_undos_are_the_identity(template, tmp_path_factory, seed, count):
    root = tmp_path_factory.mktemp("undo") / "p"
    shutil.copytree(template, root)
    rng = random.Random(seed)
    with Editor(root, "阿明", sync="normal") as editor:
        states = [state_bytes(editor.timeline)]
        for _ in range(count):
            edit_randomly(editor, rng)
            if rng.random() < 0.1:
                editor.undo()
                editor.redo()
            if len(editor.undoable()) >= len(states):
                states.append(state_bytes(editor.timeline))
        last = state_bytes(editor.timeline)
        for expected in reversed(states[:-1]):
            editor.undo()
            assert state_bytes(editor.timeline) == expected
        assert editor.undo() == []
        editor.redo(10_000)
        assert state_bytes(editor.timeline) == last
        assert editor.verify() == len(editor.history())
    assert state_bytes(read_project(root)) == last
    assert state_bytes(load_timeline(root / "timeline.json")) == last


def test_a_reopened_project_goes_on_with_its_history(root):
    with Editor(root, "阿明", sync="normal") as editor:
        before = state_bytes(editor.timeline)
        for frame in range(900):
            editor.key(
                role="林晚", channel="bone:head", frame=frame % 240, value=[0, frame / 9, 0]
            )
        after = state_bytes(editor.timeline)
    with Editor(root, "小红", sync="normal") as editor:
        assert state_bytes(editor.timeline) == after
        editor.undo(900)
        assert state_bytes(editor.timeline) == before
        editor.marker(frame=3, name="拍")
        assert editor.redo() == []
        assert [x.author for x in editor.history()[:2]] == ["阿明", "阿明"]
        assert editor.history()[-1].author == "小红"


def test_every_edit_names_its_author_time_and_frames(root):
    with Editor(root, "导演", clock=lambda: "2026-01-01T00:00:00Z") as editor:
        entry = editor.key(role="林晚", channel="bone:head", frame=50, value=[0, 9, 0], fade=6)
    assert (entry.author, entry.time) == ("导演", "2026-01-01T00:00:00Z")
    assert [tuple(x) for x in entry.about] == [("role", "林晚/hand", 44, 57)]


def test_a_timeline_changed_by_hand_is_one_more_edit(root):
    with Editor(root, "阿明") as editor:
        editor.marker(frame=3, name="拍")
    data = json.loads((root / "timeline.json").read_text(encoding="utf-8"))
    data["shots"][1]["cameras"][0]["fov"] = 55.0
    data["studio"] = {"theme": "dark"}
    (root / "timeline.json").write_text(json.dumps(data), encoding="utf-8")
    with Editor(root, "阿明") as editor:
        assert editor.history()[-1].command == "by-hand"
        assert editor.history()[-1].author == "timeline.json"
        assert [x.locked for x in editor.timeline.shots] == [False, True, False, False]
        assert editor.timeline.shots[1].cameras[0].fov == 55.0
        editor.undo()
        assert editor.timeline.shots[1].cameras[0].fov == 30.0
        assert "studio" not in (editor.timeline.model_extra or {})
        assert [x.name for x in editor.timeline.markers] == ["拍"]


CLIP = {"role": "林晚", "file": "takes/phone.vrma"}
HEAD = {"role": "林晚", "channel": "bone:head"}


@pytest.mark.parametrize(
    ("command", "args", "code"),
    [
        ("add", {**CLIP, "at": 200, "frames": 90}, "span-outside"),
        ("add", {**CLIP, "at": 0, "frames": 101}, "clip-past-end"),
        ("add", {**CLIP, "at": 0, "offset": 60, "frames": 41}, "clip-past-end"),
        ("add", {**CLIP, "at": 20, "frames": -3}, "span-negative"),
        ("add", {**CLIP, "at": 0, "file": "takes/none.vrma"}, "motion-missing"),
        ("add", {**CLIP, "at": 0, "file": "../../etc/passwd"}, "motion-missing"),
        ("add", {**CLIP, "at": 0, "mask": {"tail": 1}}, "edit-refused"),
        ("add", {**CLIP, "role": "😀" * 40, "at": 0}, "role-unknown"),
        ("move", {"clip": "none"}, "clip-unknown"),
        ("key", {**HEAD, "frame": 10, "value": [0, math.nan, 0]}, "key-not-a-number"),
        ("key", {**HEAD, "frame": 10, "value": [0, 1]}, "key-width"),
        ("key", {**HEAD, "frame": 10, "value": [0, 0, 0, 0]}, "key-not-a-rotation"),
        ("key", {**HEAD, "frame": -1, "value": [0, 1, 2]}, "frame-outside"),
        ("key", {**HEAD, "frame": 240, "value": [0, 1, 2]}, "frame-outside"),
        ("key", {**HEAD, "frame": 1.5, "value": [0, 1, 2]}, "edit-refused"),
        ("key", {**HEAD, "channel": "bone:tail", "frame": 1, "value": 1}, "edit-refused"),
        ("key", {**HEAD, "frame": 1, "value": [0, 1, 2], "ease": "bouncy"}, "edit-refused"),
        ("tangent", {**HEAD, "layer": "hand", "frame": 1, "ease": "auto"}, "layer-unknown"),
        ("weight", {"role": "林晚", "layer": "none", "value": 1}, "layer-unknown"),
        ("shot", {"shot": "1-1-L01-1", "end": 120}, "span-negative"),
        ("shot", {"shot": "1-1-L02-1", "end": 130}, "boundary-fixed"),
        ("camera", {"shot": "1-1-L01-1", "frame": 60}, "frame-outside"),
        ("camera", {"shot": "1-1-L01-1", "fov": 400}, "edit-refused"),
        ("light", {"shot": "1-1-L01-1", "values": {"bloom": "much"}}, "light-value"),
        ("reframe", {"shot": "1-1-L01-1", "ratio": "5:4"}, "ratio-unknown"),
        ("take", {"line": "1-1-L01", "take": "Z"}, "take-unknown"),
        ("nest", {"scene": "1-1", "source": "1-1", "start": 0, "end": 10}, "timeline-unsound"),
        ("nest", {"scene": "1-1", "source": "1-2", "start": 0, "end": 121}, "clip-past-end"),
        ("nest", {"scene": "1-1", "source": "1-2", "start": 90, "end": 130}, "span-outside"),
        ("sing", {}, "command-unknown"),
        ("key", {"loudly": True}, "edit-refused"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_changes(root, command, args, code):
    with Editor(root, "阿明", sync="normal") as editor:
        before = state_bytes(editor.timeline)
        with pytest.raises(CyberDirectorError) as caught:
            editor.run(command, **args)
        assert caught.value.code == code
        assert "{" not in caught.value.zh
        assert state_bytes(editor.timeline) == before
        assert editor.history() == []


def test_refusals_name_track_clip_and_frame(root):
    with Editor(root, "阿明", sync="normal") as editor:
        editor.add(**CLIP, at=10, frames=50, layer="cap", clip="手机")
        with pytest.raises(CyberDirectorError) as caught:
            editor.trim(clip="手机", end=150)
    found = caught.value
    assert found.details == {"track": "林晚/cap", "clip": "手机", "frame": 149}
    for word in ("林晚/cap", "手机", "149"):
        assert word in found.zh
        assert word in found.en


def test_scenes_that_contain_each_other_are_refused(root):
    with Editor(root, "阿明", sync="normal") as editor:
        editor.nest(scene="1-1", source="1-2", start=10, end=40)
        with pytest.raises(CyberDirectorError, match="timeline-unsound") as caught:
            editor.nest(scene="1-2", source="1-1", start=130, end=150)
        assert "1-2" in caught.value.en


def test_locks_refuse_and_say_who_set_them_when(root):
    clock = iter(f"2026-01-{day:02d}T00:00:00Z" for day in range(1, 29))
    with Editor(root, "导演", clock=lambda: next(clock), sync="normal") as editor:
        editor.lock(kind="shot", name="1-1-L01-1", note="定稿")
        editor.author = "实习生"
        for name, args in [
            ("camera", {"shot": "1-1-L01-1", "fov": 50}),
            ("shot", {"shot": "1-1-L02-1", "start": 70}),
            ("key", {**HEAD, "frame": 30, "value": [0, 9, 0], "fade": 4}),
        ]:
            with pytest.raises(CyberDirectorError, match="locked") as caught:
                editor.run(name, **args)
            assert "导演" in caught.value.zh
            assert "2026-01-02" in caught.value.en
            assert "定稿" in caught.value.zh
        with pytest.raises(CyberDirectorError, match="locked"):
            editor.undo()
        editor.key(**HEAD, frame=100, value=[0, 9, 0], fade=4)
        with pytest.raises(CyberDirectorError, match="locked"):
            editor.unlock(kind="shot", name="1-1-L01-1")
        with pytest.raises(CyberDirectorError, match="locked"):
            editor.run("lock", kind="shot", name="1-1-L01-1")
        editor.unlock(kind="shot", name="1-1-L01-1", force=True)
        assert editor.camera(shot="1-1-L01-1", fov=50) is not None


def test_a_locked_look_refuses_other_light(root):
    with Editor(root, "美术", sync="normal") as editor:
        editor.run("lock", kind="look")
        for args in ({"shot": "1-1-L01-1", "preset": "day"}, {"scene": "1-1", "preset": "day"}):
            with pytest.raises(CyberDirectorError, match="locked"):
                editor.light(**args)
        editor.camera(shot="1-1-L01-1", fov=50)


def test_a_line_lock_covers_words_takes_and_motion_of_its_speaker(root):
    with Editor(root, "导演", sync="normal") as editor:
        editor.take_add(line="1-1-L01", file="takes/b.vrma")
        editor.run("lock", kind="line", name="1-1-L01")
        for name, args in [
            ("text", {"text": "1-1-L01", "words": "别的"}),
            ("take", {"line": "1-1-L01", "take": "B"}),
            ("sound", {"sound": "1-1-L01", "gain": 3}),
            ("key", {**HEAD, "frame": 30, "value": [0, 9, 0], "fade": 4}),
        ]:
            with pytest.raises(CyberDirectorError, match="locked"):
                editor.run(name, **args)
        editor.key(role="沈青", channel="bone:head", frame=30, value=[0, 9, 0], fade=4)


def test_a_chosen_take_lies_under_the_hand_keys(root):
    with Editor(root, "导演", sync="normal") as editor:
        editor.key(**HEAD, frame=30, value=[0, 9, 0], fade=4)
        editor.take_add(line="1-1-L01", file="takes/b.vrma", seed=7)
        editor.take(line="1-1-L01", take="B")
        layers = editor.timeline.character("林晚").layers
        assert [x.id for x in layers] == ["takes", "hand"]
        assert [(c.id, c.start, c.end) for c in layers[0].clips] == [("take-1-1-L01", 5, 55)]
        assert "root" not in layers[0].mask
        editor.take(line="1-1-L01", take="A")
        assert editor.timeline.character("林晚").layers[0].clips == []


def test_cutting_a_warped_clip_changes_nothing_of_what_is_seen(root):
    from cyberdirector.timeline.commands.clips import source_at

    with Editor(root, "导演", sync="normal") as editor:
        editor.add(**CLIP, at=10, frames=80, layer="cap", offset=5, clip="a")
        editor.retime(clip="a", pins=[(40, 50), (60, 58)])
        whole = editor.timeline.layer("林晚", "cap").clips[0]
        assert source_at(whole, 50) == 35
        editor.split(clip="a", at=52)
        editor.trim(clip="a", start=20)
        parts = editor.timeline.layer("林晚", "cap").clips
        for part in parts:
            for frame in range(part.start, part.end):
                assert source_at(part, frame) == pytest.approx(source_at(whole, frame))
            assert part.anchor == 10
        with pytest.raises(CyberDirectorError, match="time runs back"):
            editor.retime(clip="a", pins=[(30, 40), (40, 30)])
