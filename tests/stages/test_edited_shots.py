"""Which shots an edit draws again, and what the report says about it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.core.pose import arms_down
from cyberdirector.core.progress import SilentProgress
from cyberdirector.core.time import Rate
from cyberdirector.formats import write_set, write_vrm, write_vrma
from cyberdirector.project import Outcome, Project, Settings
from cyberdirector.stages.production import Production
from cyberdirector.stages.project_reel import project_tasks
from cyberdirector.stages.shot_player import stored_take
from cyberdirector.stages.shot_reasons import parts_key, reason, task_parts
from cyberdirector.stages.timeline_export import export_timeline
from cyberdirector.stages.timeline_file import hold_locked, now_hash, settle_timeline
from cyberdirector.timeline import (
    CameraItem,
    LineItem,
    MotionItem,
    SceneItem,
    SegmentItem,
    ShotItem,
    Timeline,
)
from cyberdirector.timeline.store import Editor, read_project

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
from samples import figure, room

FRAMES, CUT = 48, 24
HEAD = {"role": "林晚", "channel": "bone:head"}


def plan() -> Timeline:
    """Two shots of one scene, each over a line."""
    camera = CameraItem(eye=(0.3, 1.35, 3.2), target=(0.0, 1.1, 0.0), fov=32.0)
    made = Timeline(rate=(24, 1), size=(96, 128), frames=FRAMES)
    made.scenes.append(
        SceneItem(id="1-1", place="屋里", set="room", light="day", start=0, end=FRAMES)
    )
    for number, (start, end) in enumerate(((0, CUT), (CUT, FRAMES)), 1):
        name = f"1-1-L0{number}"
        made.segments.append(SegmentItem(id=name, scene="1-1", start=start, end=end))
        made.lines.append(LineItem(id=name, role="林晚", start=start + 2, end=end - 2))
        made.shots.append(
            ShotItem(
                id=f"{name}-1",
                scene="1-1",
                start=start,
                end=end,
                cameras=[camera],
                light="day",
                segments=[name],
            )
        )
    made.motion.append(
        MotionItem(
            id="1-1-林晚",
            role="林晚",
            file="takes/1-1-林晚.vrma",
            start=0,
            end=FRAMES,
            visible_from=0,
            visible_to=FRAMES,
        )
    )
    return made


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("film") / "夜.cdir"
    person = figure()
    for name in ("cast", "sets", "takes"):
        (root / name).mkdir(parents=True)
    write_vrm(root / "cast" / "林晚.vrm", person)
    write_set(root / "sets" / "room.glb", room())
    clip = Clip.rest(FRAMES, Rate(24), person.rest().hip_height)
    clip.rotations[:] = arms_down(FRAMES)
    clip.root[:, 0] = np.linspace(-0.3, 0.3, FRAMES)
    write_vrma(root / "takes" / "1-1-林晚.vrma", clip, person.rest())
    plan().save(root / "timeline.json")
    settings = Settings(size=(96, 128), subtitles="soft")
    (root / "project.json").write_text(settings.model_dump_json(by_alias=True))
    return root


@pytest.fixture
def root(template, tmp_path):
    shutil.copytree(template, tmp_path / "夜.cdir")
    return tmp_path / "夜.cdir"


def parts_of(root: Path) -> dict[str, dict[str, str]]:
    """Return shot → parts of its key, as produce and render see them."""
    return {
        task.id: task_parts(
            task, {f.take: stored_take(f.take, f.take_hash) for f in task.figures}
        )
        for _, task in project_tasks(root)
    }


def changed(before: dict, after: dict) -> dict[str, list[str]]:
    """Return shot → the parts that differ."""
    names = {shot: {**before[shot], **after[shot]} for shot in before}
    return {
        shot: different
        for shot in before
        if (
            different := [
                name for name in names[shot] if before[shot].get(name) != after[shot].get(name)
            ]
        )
    }


EDITS = [
    ("key", {**HEAD, "frame": 10, "value": [20, 0, 0], "fade": 6}, {"1-1-L01-1": ["林晚"]}),
    ("key", {**HEAD, "frame": 36, "value": [20, 0, 0], "fade": 6}, {"1-1-L02-1": ["林晚"]}),
    ("camera", {"shot": "1-1-L02-1", "fov": 20}, {"1-1-L02-1": ["camera"]}),
    ("light", {"shot": "1-1-L01-1", "preset": "night"}, {"1-1-L01-1": ["light"]}),
    ("light", {"shot": "1-1-L02-1", "values": {"bloom": 0.7}}, {"1-1-L02-1": ["light"]}),
    ("reframe", {"shot": "1-1-L01-1", "ratio": "16:9", "x": 0.5}, {}),
    ("marker", {"frame": 5, "name": "拍"}, {}),
    ("text", {"text": "none"}, None),
    ("take-add", {"line": "1-1-L02", "file": "takes/1-1-林晚.vrma"}, {}),
]


@pytest.mark.parametrize(("command", "args", "expected"), EDITS)
def test_an_edit_draws_only_the_shots_that_show_it(root, command, args, expected):
    before = parts_of(root)
    with Editor(root, "导演") as editor:
        if expected is None:
            with pytest.raises(CyberDirectorError):
                editor.run(command, **args)
            return
        editor.run(command, **args)
    after = parts_of(root)
    assert changed(before, after) == expected
    with Editor(root, "导演") as editor:
        editor.undo()
    assert {k: parts_key(v) for k, v in parts_of(root).items()} == {
        k: parts_key(v) for k, v in before.items()
    }


def test_the_report_names_the_part_and_the_edit(root):
    before = parts_of(root)
    with Editor(root, "导演", clock=lambda: "2026-01-01T00:00:00Z") as editor:
        editor.key(**HEAD, frame=10, value=[20, 0, 0], fade=6)
        editor.camera(shot="1-1-L02-1", fov=20)
        edits = editor.history()
    after = parts_of(root)
    rows = {}
    for first, task in project_tasks(root):
        old = {"parts": before[task.id], "journal": 0}
        rows[task.id] = reason(task, Outcome.MADE, after[task.id], old, edits, first)
    assert rows["1-1-L01-1"]["because"] == ["林晚"]
    assert [x["command"] for x in rows["1-1-L01-1"]["edits"]] == ["key"]
    assert rows["1-1-L01-1"]["edits"][0]["author"] == "导演"
    assert rows["1-1-L02-1"]["because"] == ["camera"]
    assert [x["command"] for x in rows["1-1-L02-1"]["edits"]] == ["camera"]
    kept = reason(task, Outcome.CACHED, after[task.id], {}, edits, first)
    assert kept["because"] == []
    new = reason(task, Outcome.MADE, after[task.id], {}, edits, first)
    assert new["because"] == ["new"]


def test_a_nested_scene_takes_its_motion_along(root):
    timeline = read_project(root)
    later = timeline.model_copy(
        update={
            "scenes": [
                timeline.scenes[0].model_copy(update={"end": CUT}),
                timeline.scenes[0].model_copy(update={"id": "1-2", "start": CUT}),
            ],
            "shots": [
                timeline.shots[0],
                timeline.shots[1].model_copy(update={"scene": "1-2"}),
            ],
        }
    )
    later.save(root / "timeline.json")
    with Editor(root, "导演") as editor:
        editor.nest(scene="1-1", source="1-2", start=8, end=16, offset=4)
    tasks = dict((task.id, (start, task)) for start, task in project_tasks(root))
    assert list(tasks) == ["1-1-L01-1", "1-1-L02-1@n1", "1-1-L01-1@n1", "1-1-L02-1"]
    start, inner = tasks["1-1-L02-1@n1"]
    assert (start, inner.frames, inner.figures[0].first) == (8, 8, CUT + 4)
    assert [tasks[x][1].frames for x in ("1-1-L01-1", "1-1-L01-1@n1")] == [8, 8]


def production(root: Path, opened: Project) -> Production:
    settings = opened.load_settings() or Settings()
    return Production(opened, settings, SilentProgress(), clock=lambda: 0.0)


def test_a_plan_from_the_script_keeps_edits_and_writes_nothing_without_a_change(root):
    with Editor(root, "导演") as editor:
        editor.camera(shot="1-1-L02-1", fov=20)
        editor.key(**HEAD, frame=10, value=[20, 0, 0], fade=6)
    with Project(root) as opened:
        timeline, edits = settle_timeline(production(root, opened), plan())
    assert [x.command for x in edits] == ["camera", "key"]
    assert timeline.shots[1].cameras[0].fov == 20
    data = (root / "timeline.json").read_bytes()
    with Project(root) as opened:
        made = production(root, opened)
        _, edits = settle_timeline(made, plan())
    assert [x.command for x in edits] == ["camera", "key"]
    assert made.report["shots_locked"] == ["1-1-L02-1"]
    assert (root / "timeline.json").read_bytes() == data
    new = plan()
    new.shots[0].cameras = [new.shots[0].cameras[0].model_copy(update={"fov": 50.0})]
    with Project(root) as opened:
        timeline, edits = settle_timeline(production(root, opened), new)
    assert edits[-1].command == "produce"
    assert [x.cameras[0].fov for x in timeline.shots] == [50, 20]
    assert timeline.layer("林晚", "hand") is not None


def test_cameras_edited_before_there_was_a_journal_are_kept(root):
    from cyberdirector.stages.timeline import camera_hash

    memory = {shot.id: camera_hash(shot) for shot in plan().shots}
    (root / ".cameras.json").write_text(json.dumps(memory))
    data = json.loads((root / "timeline.json").read_text(encoding="utf-8"))
    data["shots"][0]["cameras"][0]["fov"] = 44.0
    (root / "timeline.json").write_text(json.dumps(data), encoding="utf-8")
    with Project(root) as opened:
        made = production(root, opened)
        timeline, _ = settle_timeline(made, plan())
    assert timeline.shots[0].cameras[0].fov == 44
    assert timeline.shots[0].locked
    assert made.report["shots_locked"] == ["1-1-L01-1"]
    assert not (root / ".cameras.json").exists()


def test_a_locked_character_and_look_stop_the_run_that_would_change_them(root):
    with Editor(root, "美术") as editor:
        editor.run("lock", kind="cast", name="林晚", hash=now_hash(root, "cast", "林晚"))
        editor.run("lock", kind="look", hash=now_hash(root, "look", ""))
    with Project(root) as opened:
        made = production(root, opened)
        hold_locked(made)
        path = root / "cast" / "林晚.vrm"
        assert made.project.ledger.state(path, "another key") is Outcome.CACHED
        made.settings = made.settings.model_copy(update={"style": "ink"})
        with pytest.raises(CyberDirectorError, match="locked") as caught:
            hold_locked(made)
        assert "美术" in caught.value.zh
    path.write_bytes(path.read_bytes() + b"\0")
    with Project(root) as opened, pytest.raises(CyberDirectorError, match="locked"):
        hold_locked(production(root, opened))


def test_everything_that_is_promised_is_exported(root, tmp_path):
    (root / "shots").mkdir(exist_ok=True)
    for name in ("cut.otio", "cut.fcpxml", "cut.edl", "cut.srt"):
        assert export_timeline(root, tmp_path / name).is_file()
    assert export_timeline(root, tmp_path / "a.vrma", role="林晚").stat().st_size > 1000
    assert export_timeline(root, tmp_path / "a.glb", scene="1-1").stat().st_size > 1000
    for name, code in (
        ("a.vrma", "role-unknown"),
        ("b.glb", "scene-unknown"),
        ("c.x", "export"),
    ):
        with pytest.raises(CyberDirectorError, match=code):
            export_timeline(root, tmp_path / name)
