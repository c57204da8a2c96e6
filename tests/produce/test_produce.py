"""The whole path at a small size: make, make again, change one line, change by hand."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.deliver import verify_label
from cyberdirector.produce import Options, produce

pytestmark = [pytest.mark.gl, pytest.mark.slow, pytest.mark.xdist_group("produce")]

SCRIPT = """第1集
1-1 夜 内 云来茶馆 雨
人物：林晚（女，二十岁）、沈青（男，二十五岁）
林晚（冷笑）：慢慢说，我不怕。
△林晚点头。
沈青：师父没有别的吩咐。
"""
OPTIONS = Options(size=(180, 320), quality="draft", workers=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("episode")
    script = folder / "雨夜.txt"
    script.write_text(SCRIPT, encoding="utf-8")
    report = produce(script, folder / "雨夜.mp4", OPTIONS)
    return folder, script, report


@pytest.fixture
def copied(made, tmp_path):
    """A copy of the finished project that a test may change."""
    folder, script, report = made
    target = tmp_path / "copy"
    shutil.copytree(folder, target)
    return target, target / script.name, report


def again(folder: Path, script: Path, **more):
    return produce(script, folder / "雨夜.mp4", Options(**{**vars(OPTIONS), **more}))


def drawn(report):
    return report["stages"]["render"]["made"]


def test_everything_in_between_is_a_file(made):
    folder, _, report = made
    project = folder / "雨夜.cdir"
    for name in [
        "project.json", "episode.json", "timeline.json", "report.json", "cast/林晚.vrm",
        "cast/沈青.vrm", "sets/teahouse.glb", "takes/1-1-L01.wav", "takes/1-1-L01.json",
        "takes/1-1-林晚.vrma", "shots/1-1-L01-1.mp4", "deliver/雨夜.mp4", "deliver/雨夜.srt",
    ]:  # fmt: skip
        assert (project / name).stat().st_size > 0, name
    assert not list(project.rglob(".*.mp4")), "something half-written is left"
    stored = json.loads((project / "report.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(report))


def test_the_film_is_what_was_asked_for(made):
    folder, _, report = made
    check = report["delivery"]["check"]
    assert check["ok"], check["problems"]
    assert report["delivery"]["size"] == [180, 320]
    assert verify_label(folder / "雨夜.mp4")["Label"] == "1"
    subtitles = (folder / "雨夜.srt").read_text(encoding="utf-8")
    assert "师父没有别的吩咐" in subtitles


def test_lips_meet_and_open_in_time(made):
    _, _, report = made
    lips = report["lips"]
    assert lips["closures"] >= 6
    assert lips["closed"] == lips["closures"]
    assert lips["worst_gap_mm"] <= 1.0
    assert lips["worst_onset_frames"] <= 1.0


def test_the_report_names_every_line_with_its_phonemes_and_shots(made):
    _, _, report = made
    assert [row["id"] for row in report["lines"]] == ["1-1-L01", "1-1-L02"]
    for row in report["lines"]:
        assert row["shots"]
        assert row["phonemes"]
        assert row["start"] < row["end"]
        assert all(row["start"] <= p[2] < p[3] <= row["end"] + 1e-3 for p in row["phonemes"])


def test_nothing_is_made_twice(copied):
    folder, script, _ = copied
    report = again(folder, script)
    assert all(row["made"] == 0 for row in report["stages"].values()), report["stages"]


def test_one_changed_line_draws_only_its_shots(copied):
    folder, script, first = copied
    script.write_text(SCRIPT.replace("别的吩咐", "留下别的话"), encoding="utf-8")
    report = again(folder, script)
    mine = {shot for row in report["lines"] if row["id"] == "1-1-L02" for shot in row["shots"]}
    made = {
        name
        for name, digest in report["files"].items()
        if name.startswith("shots/") and first["files"].get(name) != digest
    }
    assert made == {f"shots/{shot}.mp4" for shot in mine}
    assert drawn(report) == len(mine)
    assert report["stages"]["voice"]["made"] == 1


def test_the_same_inputs_give_the_same_bytes(made, tmp_path):
    folder, script, report = made
    other = tmp_path / script.name
    other.write_text(SCRIPT, encoding="utf-8")
    second = produce(other, tmp_path / "雨夜.mp4", Options(**{**vars(OPTIONS), "workers": 2}))
    assert second["files"] == report["files"]
    assert (tmp_path / "雨夜.mp4").read_bytes() == (folder / "雨夜.mp4").read_bytes()


def test_a_camera_moved_by_hand_is_kept(copied):
    folder, script, _ = copied
    path = folder / "雨夜.cdir" / "timeline.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    shot = data["shots"][-2]
    shot["cameras"][0]["fov"] += 5
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    report = again(folder, script)
    assert report["shots_locked"] == [shot["id"]]
    assert drawn(report) == 1
    kept = json.loads(path.read_text(encoding="utf-8"))["shots"][-2]
    assert kept["locked"]
    assert kept["cameras"][0]["fov"] == shot["cameras"][0]["fov"]


def test_an_edit_of_the_timeline_draws_only_its_shot_and_says_so(copied):
    from cyberdirector.produce import reopened
    from cyberdirector.timeline.store import Editor

    folder, script, first = copied
    project = folder / "雨夜.cdir"
    assert reopened(project) == (script, folder / "雨夜.mp4")
    with Editor(project, "导演") as editor:
        shot = editor.timeline.shots[1]
        frame = (shot.start + shot.end) // 2
        editor.key(role="林晚", channel="bone:head", frame=frame, value=[20, 0, 8], fade=4)
    report = again(folder, script)
    why = {row["id"]: row for row in report["shots_why"]}
    assert [name for name, row in why.items() if row["outcome"] == "made"] == [shot.id]
    assert why[shot.id]["because"] == ["林晚"]
    assert [row["command"] for row in why[shot.id]["edits"]] == ["key"]
    changed = {n for n, digest in report["files"].items() if first["files"].get(n) != digest}
    assert changed == {f"shots/{shot.id}.mp4"}
    with Editor(project, "导演") as editor:
        editor.undo()
    report = again(folder, script)
    assert report["files"] == first["files"]


def test_a_character_of_the_users_own_is_used(copied):
    folder, script, _ = copied
    cast = folder / "雨夜.cdir" / "cast"
    shutil.copyfile(cast / "林晚.vrm", cast / "沈青.vrm")
    report = again(folder, script, shots=(1, 1))
    assert report["stages"]["cast"]["edited"] == 1
    assert report["outcomes"]["cast/沈青.vrm"] == "edited"
    assert (cast / "沈青.vrm").read_bytes() == (cast / "林晚.vrm").read_bytes()


def test_a_recording_of_the_users_own_is_spoken(copied):
    folder, script, first = copied
    takes = folder / "雨夜.cdir" / "takes"
    voices = folder / "voices"
    voices.mkdir()
    shutil.copyfile(takes / "1-1-L02.wav", voices / "1-1-L01.wav")
    report = again(folder, script, shots=(1, 1))
    assert report["stages"]["voice"]["made"] == 1
    before, after = (r["lines"][0]["phonemes"] for r in (first, report))
    assert before != after


def test_some_shots_only(copied):
    folder, script, _ = copied
    report = again(folder, script, shots=(2, 3), size=(320, 180))
    assert report["stages"]["render"]["made"] == 2
    assert report["delivery"]["size"] == [320, 180]
    assert report["delivery"]["frames"] < report["frames"]


def test_an_interrupted_run_goes_on_where_it_stopped(copied):
    folder, script, _ = copied
    shots = folder / "雨夜.cdir" / "shots"
    shutil.rmtree(shots)
    command = [sys.executable, "-m", "cyberdirector", "produce", str(script)]
    command += ["-o", str(folder / "雨夜.mp4"), "--quality", "draft"]
    # A job that a shell put into the background ignores the key, and so would its children.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    pipe = subprocess.PIPE
    running = subprocess.Popen(command, stderr=pipe, stdout=pipe, preexec_fn=heard)
    deadline = time.monotonic() + 120
    while not list(shots.glob("[0-9]*.mp4")) and time.monotonic() < deadline:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 130
    assert not list(shots.glob(".*")), "something half-written is left"
    assert not (folder / "雨夜.cdir" / ".lock").exists()
    done = len(list(shots.glob("[0-9]*.mp4")))
    killed = shots / ".1-1-L01-1.0123456789ab.mp4"
    killed.write_bytes(b"begun by a process that was killed")
    report = again(folder, script)
    assert done >= 1
    assert not killed.exists()
    assert report["stages"]["render"]["cached"] == done
    assert report["stages"]["voice"]["made"] == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "script-empty"), ("1-1 夜 内 茶馆\n△雨下着。\n", "script-no-line")],
)
def test_a_script_that_cannot_be_filmed_is_refused_before_anything_is_made(
    tmp_path, text, code
):
    script = tmp_path / "a.txt"
    script.write_text(text, encoding="utf-8")
    with pytest.raises(CyberDirectorError) as caught:
        produce(script, tmp_path / "a.mp4", OPTIONS)
    assert caught.value.code == code
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_the_command_line_says_what_is_wrong_and_exits_3(tmp_path):
    command = [sys.executable, "-m", "cyberdirector", "produce", "no.txt", "-o", "x.mp4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.startswith("[script-")
    assert "Traceback" not in done.stderr


def test_motion_on_twos_holds_each_pose_and_a_style_draws_all_again(copied):
    """Poses change every second frame, the camera every frame; shots are drawn anew."""
    from cyberdirector.stages.project_reel import project_tasks
    from cyberdirector.stages.shot_player import ShotPlayer

    folder, script, first = copied
    report = again(folder, script, step=2, style="comic")
    assert drawn(report) == drawn(first)
    task = project_tasks(folder / "雨夜.cdir")[0][1]
    assert (task.step, task.style) == (2, "comic")
    player = ShotPlayer(task)
    states = [player.state(i) for i in range(4)]
    for role, figure in states[0].figures.items():
        assert states[1].figures[role] is figure
        assert states[2].figures[role] is not figure
    assert [s.time for s in states] == pytest.approx([0.0, 0.0, 2 / 24, 2 / 24])


def test_an_unknown_style_in_the_project_is_refused(copied):
    folder, script, _ = copied
    settings = folder / "雨夜.cdir" / "project.json"
    stored = json.loads(settings.read_text(encoding="utf-8"))
    settings.write_text(json.dumps(stored | {"style": "baroque"}), encoding="utf-8")
    with pytest.raises(CyberDirectorError, match="baroque"):
        again(folder, script)
