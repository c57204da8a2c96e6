import json
import os
import time

import pytest

from cyberdirector.core.errors import ProjectError
from cyberdirector.core.files import replacing
from cyberdirector.farm import LocalExecutor
from cyberdirector.project import Ledger, Outcome, Project, Settings


def make(text):
    return lambda path: path.write_text(text, encoding="utf-8")


def test_a_step_is_made_once_and_again_for_another_key(tmp_path):
    ledger = Ledger(tmp_path)
    path = tmp_path / "林晚.txt"
    assert ledger.step(path, "k1", make("one")) is Outcome.MADE
    assert Ledger(tmp_path).step(path, "k1", make("never")) is Outcome.CACHED
    assert path.read_text() == "one"
    assert Ledger(tmp_path).step(path, "k2", make("two")) is Outcome.MADE
    assert path.read_text() == "two"


def test_what_a_person_changed_is_kept_until_they_delete_it(tmp_path):
    path = tmp_path / "a.txt"
    Ledger(tmp_path).step(path, "k1", make("ours"))
    path.write_text("mine")
    assert Ledger(tmp_path).step(path, "k2", make("ours again")) is Outcome.EDITED
    assert path.read_text() == "mine"
    path.unlink()
    assert Ledger(tmp_path).step(path, "k2", make("ours again")) is Outcome.MADE


def test_touching_a_file_is_not_a_change(tmp_path):
    path = tmp_path / "a.txt"
    Ledger(tmp_path).step(path, "k1", make("ours"))
    os.utime(path, (1, 1))
    assert Ledger(tmp_path).step(path, "k1", make("x")) is Outcome.CACHED


def test_old_files_go_but_those_of_a_person_stay(tmp_path):
    ledger = Ledger(tmp_path)
    shots = tmp_path / "shots"
    shots.mkdir()
    for name in ("a", "b", "c"):
        ledger.step(shots / name, "k", make(name))
    (shots / "b").write_text("mine")
    (shots / "d").write_text("foreign")
    assert ledger.forget_except({shots / "a"}, shots) == ["shots/c"]
    assert sorted(p.name for p in shots.iterdir()) == ["a", "b", "d"]


def test_a_failed_step_leaves_no_record(tmp_path):
    ledger = Ledger(tmp_path)

    def fail(path):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ledger.step(tmp_path / "a", "k", fail)
    assert ledger.state(tmp_path / "a", "k") is Outcome.MADE


def test_a_damaged_ledger_is_named(tmp_path):
    (tmp_path / "ledger.json").write_text("{")
    with pytest.raises(ProjectError, match="ledger-damaged"):
        Ledger(tmp_path)


def test_one_writer_at_a_time_and_stale_locks_are_dropped(tmp_path):
    with Project(tmp_path / "p") as project:
        other = Project(tmp_path / "p")
        (project.root / ".lock").write_text(f"{os.getppid()}\n")
        with pytest.raises(ProjectError, match="project-locked"):
            other.__enter__()
        (project.root / ".lock").write_text("999999999\n")
        with Project(tmp_path / "p"):
            pass
    assert not (tmp_path / "p" / ".lock").exists()


def test_settings_keep_unknown_fields_and_refuse_newer_versions(tmp_path):
    with Project(tmp_path / "p") as project:
        assert project.load_settings() is None
        project.save_settings(Settings(title="雨夜", note="mine"))
        again = project.load_settings()
        assert again is not None
        assert again.model_dump()["note"] == "mine"
        data = json.loads(project.path("project.json").read_text(encoding="utf-8"))
        data["version"] = 99
        project.path("project.json").write_text(json.dumps(data))
        with pytest.raises(ProjectError, match="project-newer"):
            project.load_settings()
        project.path("project.json").write_text("[")
        with pytest.raises(ProjectError, match="project-damaged"):
            project.load_settings()


def square(x):
    return x * x


def test_executor_runs_everything_in_this_process_or_in_two():
    for workers in (1, 2):
        assert dict(LocalExecutor(workers).run(square, [1, 2, 3])) == {0: 1, 1: 4, 2: 9}


def wait_or_fail(path):
    if path is None:
        raise ValueError("no")
    with replacing(path) as temporary:
        temporary.write_text("half")
        time.sleep(60)


def test_an_error_ends_the_other_workers_and_leaves_nothing_half_written(tmp_path):
    start = time.monotonic()
    with pytest.raises(ValueError, match="no"):
        list(
            LocalExecutor(2).run(
                wait_or_fail, [tmp_path / "a", None, *[tmp_path / n for n in "bcde"]]
            )
        )
    assert time.monotonic() - start < 30
    assert list(tmp_path.iterdir()) == []


def test_an_end_in_the_moment_of_creation_leaves_nothing(tmp_path, monkeypatch):
    """A signal may strike between the making of the temporary file and its first use."""

    def end(handle):
        monkeypatch.undo()
        os.close(handle)
        raise SystemExit(1)

    monkeypatch.setattr("cyberdirector.core.files.os.close", end)
    with pytest.raises(SystemExit), replacing(tmp_path / "a.mp4"):
        pytest.fail("the body does not run")
    assert list(tmp_path.iterdir()) == []
