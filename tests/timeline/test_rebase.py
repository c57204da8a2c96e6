"""New plans under edits: what nobody touched follows, what somebody touched stays."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from timeline_project import timeline, write_project

from cyberdirector.core.errors import ProjectError
from cyberdirector.timeline.keys import KeyTrack
from cyberdirector.timeline.rebase import rebase
from cyberdirector.timeline.store import Editor, state_bytes
from cyberdirector.timeline.time_map import TimeMap

HEAD = {"role": "林晚", "channel": "bone:head"}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("project") / "p"
    write_project(root)
    return root


@pytest.fixture
def editor(template, tmp_path):
    shutil.copytree(template, tmp_path / "p")
    with Editor(tmp_path / "p", "阿明", sync="normal") as opened:
        yield opened


def without_line(name):
    """The plan after a line was cut from the script."""
    plan = timeline()
    number = [x.id for x in plan.segments].index(name)
    lengths = [60, 60, 60, 60]
    lengths[number] = 0
    cut = timeline((60, 60, 60, 60))
    gone = cut.segments[number]

    def shifted(items):
        rows = []
        for x in items:
            if getattr(x, "id", "").startswith(name) or x.start >= x.end:
                continue
            late = x.start >= gone.end
            end = x.end - 60 if x.end >= gone.end else x.end
            rows.append(x.model_copy(update={"start": x.start - 60 * late, "end": end}))
        return rows

    for track in ("segments", "shots", "lines", "audio", "texts", "scenes", "motion"):
        setattr(cut, track, shifted(getattr(cut, track)))
    cut.frames -= 60
    return cut


def test_the_same_plan_changes_nothing(editor):
    editor.key(**HEAD, frame=30, value=[0, 9, 0])
    editor.camera(shot="1-1-L01-1", fov=50)
    merged, notes = rebase(timeline(), editor.timeline, timeline())
    assert state_bytes(merged) == state_bytes(editor.timeline)
    assert notes == []


def test_edits_move_along_with_their_line(editor):
    editor.key(**HEAD, frame=130, value=[0, 9, 0], fade=5)
    editor.key(**HEAD, frame=30, value=[0, 3, 0], fade=5)
    editor.add(role="沈青", file="takes/phone.vrma", at=190, frames=30, layer="cap", clip="c")
    editor.marker(frame=125, name="拍")
    editor.camera(shot="1-2-L01-1", fov=50)
    editor.light(shot="1-2-L02-1", values={"bloom": 0.5})
    merged, notes = rebase(timeline(), editor.timeline, timeline((60, 90, 60, 60)))
    assert notes == []
    assert merged.frames == 270
    keys = merged.layer("林晚", "hand").keys["bone:head"]
    assert keys.frames.tolist() == [25, 30, 35, 155, 160, 165]
    clip = merged.layer("沈青", "cap").clips[0]
    assert (clip.start, clip.end, clip.anchor) == (220, 250, 220)
    assert merged.markers[0].frame == 155
    assert merged.shot("1-2-L01-1").cameras[0].fov == 50
    assert merged.shot("1-2-L01-1").start == 150
    assert (merged.lights[0].start, merged.lights[0].end) == (210, 270)


def test_what_was_generated_anew_is_taken_where_nobody_touched_it(editor):
    editor.text(text="1-1-L01", words="改过的")
    editor.sound(sound="1-1-L02", gain=-3)
    new = timeline()
    new.texts[0].text, new.texts[1].text = "新的一", "新的二"
    new.audio[1].pan = 0.2
    new.shots[0].cameras[0].fov = 44
    merged, _ = rebase(timeline(), editor.timeline, new)
    assert [x.text for x in merged.texts[:2]] == ["改过的", "新的二"]
    assert (merged.audio[1].gain, merged.audio[1].pan) == (-3, 0.2)
    assert merged.shots[0].cameras[0].fov == 44


def test_edits_of_a_line_that_is_gone_are_noted_and_can_be_undone(editor):
    editor.key(**HEAD, frame=30, value=[0, 3, 0], fade=5)
    editor.key(**HEAD, frame=90, value=[0, 9, 0], fade=5)
    editor.camera(shot="1-1-L02-1", fov=50)
    before = state_bytes(editor.timeline)
    merged, notes = rebase(timeline(), editor.timeline, without_line("1-1-L02"))
    codes = {note["code"]: note for note in notes}
    assert codes["keys-gone"]["keys"] == 3
    assert codes["locked-shot-gone"]["shot"] == "1-1-L02-1"
    assert merged.layer("林晚", "hand").keys["bone:head"].frames.tolist() == [25, 30, 35]
    editor.put("produce", merged, {}, over_locks=True, generated=without_line("1-1-L02"))
    assert [x.id for x in editor.generated().segments] == ["1-1-L01", "1-2-L01", "1-2-L02"]
    editor.undo()
    assert state_bytes(editor.timeline) == before
    assert len(editor.generated().segments) == 4


def test_moved_cuts_stay_while_the_scene_has_the_same_lines(editor):
    editor.shot(shot="1-1-L01-1", end=70)
    editor.cut(shot="1-1-L01-1", at=30)
    merged, notes = rebase(timeline(), editor.timeline, timeline((60, 90, 60, 60)))
    assert notes == []
    spans = [(x.id, x.start, x.end) for x in merged.shots if x.scene == "1-1"]
    assert spans == [
        ("1-1-L01-1", 0, 30), ("1-1-L01-1-2", 30, 75), ("1-1-L02-1", 75, 150),
    ]  # fmt: skip
    renewed, notes = rebase(timeline(), editor.timeline, without_line("1-1-L02"))
    assert {"code": "cuts-renewed", "scene": "1-1"} in notes
    assert [x.id for x in renewed.shots if x.scene == "1-1"] == ["1-1-L01-1"]


def test_a_locked_line_stops_the_script_from_changing_it(editor):
    editor.run("lock", kind="line", name="1-1-L02")
    new = timeline()
    new.texts[0].text = "别的台词"
    rebase(timeline(), editor.timeline, new)
    new.texts[1].text = "被锁的台词变了"
    with pytest.raises(ProjectError, match="locked") as caught:
        rebase(timeline(), editor.timeline, new)
    assert "阿明" in caught.value.zh
    with pytest.raises(ProjectError, match="locked"):
        rebase(timeline(), editor.timeline, without_line("1-1-L02"))


def test_a_locked_shot_keeps_camera_and_light(editor):
    editor.run("lock", kind="shot", name="1-1-L01-1")
    new = timeline()
    new.shots[0].cameras[0].fov, new.shots[0].light = 70, "dawn"
    merged, _ = rebase(timeline(), editor.timeline, new)
    assert merged.shots[0].cameras[0].fov == 30
    assert merged.shots[0].light == "night"


@given(
    st.lists(st.integers(12, 200), min_size=4, max_size=4),
    st.lists(st.integers(0, 239), min_size=1, max_size=40, unique=True),
)
def test_maps_of_time_keep_the_order_and_stay_inside(lengths, frames):
    new = timeline(lengths)
    at = TimeMap(timeline(), new)
    frames = np.array(sorted(frames))
    moved = at.moved(frames)
    assert (np.diff(moved) >= 0).all()
    assert moved.min() >= 0
    assert moved.max() <= new.frames
    track = KeyTrack.of("value", frames, np.arange(len(frames)))
    assert (np.diff(at.keys(track).frames) > 0).all()
    starts = np.array([x.start for x in timeline().segments])
    assert at.moved(starts).tolist() == [x.start for x in new.segments]
