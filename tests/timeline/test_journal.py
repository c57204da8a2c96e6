"""The journal on disk: killed writers, torn rows, full disks, two writers, newer programs."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time

import pytest
from timeline_project import write_project

from cyberdirector.core.errors import CyberDirectorError, ProjectError
from cyberdirector.timeline.store import Editor, read_history, read_project, state_bytes

HEAD = {"role": "林晚", "channel": "bone:head"}

WRITER = """
import sys, hashlib
from pathlib import Path
from cyberdirector.timeline.store import Editor, state_bytes
editor = Editor(Path(sys.argv[1]), "写手", sync="normal", take_over=True)
for number in range(100000):
    editor.key(role="林晚", channel="bone:head", frame=number % 240, value=[0, number % 77, 0])
    print(editor.head, hashlib.sha256(state_bytes(editor.timeline)).hexdigest(), flush=True)
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("project") / "p"
    write_project(root)
    return root


@pytest.fixture
def root(template, tmp_path):
    shutil.copytree(template, tmp_path / "p")
    return tmp_path / "p"


def test_a_killed_writer_loses_no_acknowledged_edit(root):
    import hashlib

    rng = random.Random(5)
    for _ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, text=True
        )
        said = [writer.stdout.readline().split() for _ in range(rng.randint(3, 40))]
        time.sleep(rng.random() * 0.01)
        writer.send_signal(signal.SIGKILL)
        said += [
            row for line in writer.stdout.read().splitlines() if len(row := line.split()) == 2
        ]
        writer.wait()
        head, digest = next(row for row in reversed(said) if len(row[1]) == 64)
        with Editor(root, "复查", take_over=True) as editor:
            assert editor.verify() == editor.head
            assert editor.head in (int(head), int(head) + 1)
            editor.undo(editor.head - int(head))
            assert hashlib.sha256(state_bytes(editor.timeline)).hexdigest() == digest
            editor.redo(1)


def test_a_torn_last_row_is_dropped_and_the_rest_is_there(root):
    with Editor(root, "阿明") as editor:
        editor.marker(frame=1, name="一")
        state = state_bytes(editor.timeline)
        editor.marker(frame=2, name="二")
    database = sqlite3.connect(root / "timeline.db")
    database.execute("UPDATE entries SET changes = substr(changes, 1, 9) WHERE seq = 2")
    database.commit()
    database.close()
    (root / "timeline.json").write_bytes(json.dumps(json.loads(state)).encode())
    with Editor(root, "阿明") as editor:
        assert editor.torn == 2
        assert [x.name for x in editor.timeline.markers] == ["一"]
        editor.marker(frame=3, name="三")
        assert editor.verify() == len(editor.history())


def test_an_altered_journal_is_found(root):
    with Editor(root, "阿明") as editor:
        for frame in range(3):
            editor.marker(frame=frame, name="拍")
    database = sqlite3.connect(root / "timeline.db")
    database.execute("UPDATE entries SET author = '别人' WHERE seq = 2")
    database.commit()
    database.close()
    with (
        Editor(root, "阿明") as editor,
        pytest.raises(ProjectError, match="journal-altered") as e,
    ):
        editor.verify()
    assert e.value.details["seq"] == 2


def test_a_cut_off_or_foreign_file_is_a_typed_error(root):
    with Editor(root, "阿明") as editor:
        editor.marker(frame=1, name="一")
        saved = state_bytes(editor.timeline)
    data = (root / "timeline.db").read_bytes()
    for bad in (data[: len(data) // 2], b"not a database" * 100):
        (root / "timeline.db").write_bytes(bad)
        with pytest.raises(ProjectError, match="journal-damaged"):
            Editor(root, "阿明")
        assert not (root / ".lock").exists()
    (root / "timeline.db").unlink()
    with Editor(root, "阿明") as editor:
        assert state_bytes(editor.timeline) == saved


def test_a_newer_journal_is_refused(root):
    with Editor(root, "阿明") as editor:
        editor.marker(frame=1, name="一")
    database = sqlite3.connect(root / "timeline.db")
    database.execute("UPDATE meta SET value = '99' WHERE name = 'version'")
    database.commit()
    database.close()
    with pytest.raises(ProjectError, match="journal-newer"):
        Editor(root, "阿明")
    with pytest.raises(ProjectError, match="journal-newer"):
        read_project(root)
    assert not (root / ".lock").exists()


def test_two_writers_are_kept_apart_and_a_takeover_is_told(root):
    first = Editor(root, "阿明", sync="normal")
    first.marker(frame=1, name="一")
    with pytest.raises(ProjectError, match="project-locked") as caught:
        Editor(root, "小红")
    assert "阿明" in caught.value.zh
    with Editor(root, "小红", take_over=True) as second:
        assert second.folder_lock.ousted.owner == "阿明"
        second.marker(frame=2, name="二")
        with pytest.raises(ProjectError, match="project-taken-over") as caught:
            first.marker(frame=3, name="三")
        assert "小红" in caught.value.en
    with pytest.raises(ProjectError, match="project-taken-over"):
        first.marker(frame=4, name="四")
    with pytest.raises(ProjectError, match="project-taken-over"):
        first.close()
    assert [x.name for x in read_project(root).markers] == ["一", "二"]


def test_reading_locks_nothing_and_sees_what_a_writer_has_done(root):
    with Editor(root, "阿明") as editor:
        editor.marker(frame=1, name="一")
        assert [x.name for x in read_project(root).markers] == ["一"]
        assert [x.command for x in read_history(root)] == ["marker"]


def test_a_full_disk_refuses_the_edit_and_keeps_the_rest(root):
    with Editor(root, "阿明") as editor:
        for frame in range(5):
            editor.key(**HEAD, frame=frame, value=[0, 1, 2])
        state = state_bytes(editor.timeline)
        pages = editor._journal._db.execute("PRAGMA page_count").fetchone()[0]
        editor._journal._db.execute(f"PRAGMA max_page_count = {pages}")
        states = [state]

        def fill():
            for frame in range(400):
                editor.text(text="1-1-L01", words=f"{frame}" + "很长的台词" * 400)
                states.append(state_bytes(editor.timeline))

        with pytest.raises(ProjectError, match="disk-full"):
            fill()
        state = states[-1]
        assert state_bytes(editor.timeline) == state
    assert state_bytes(read_project(root)) == state


FULL = """
import resource, signal, sys
from pathlib import Path
from cyberdirector.core.errors import ProjectError
from cyberdirector.timeline.store import Editor, state_bytes
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
editor = Editor(Path(sys.argv[1]), "写手")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
made = 0
try:
    for number in range(5000):
        value = [0, number % 77, 0]
        editor.key(role="林晚", channel="bone:head", frame=number % 240, value=value)
        made += 1
except ProjectError as error:
    print(made, error.code, flush=True)
"""


def test_a_file_that_cannot_grow_loses_no_acknowledged_edit(root):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(root)], capture_output=True, text=True, check=False
    )
    made, code = done.stdout.split()
    assert code in ("disk-full", "project-unwritable")
    with Editor(root, "复查") as editor:
        assert editor.head == int(made)
        assert editor.verify() == int(made)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_can_be_read_but_not_edited(root):
    with Editor(root, "阿明") as editor:
        editor.marker(frame=1, name="一")
    root.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert [x.name for x in read_project(root).markers] == ["一"]
        with pytest.raises(CyberDirectorError, match="project-unwritable"):
            Editor(root, "阿明")
    finally:
        root.chmod(stat.S_IRWXU)


def test_a_journal_whose_first_writer_was_killed_at_once_is_begun_again(root):
    (root / "timeline.db").touch()
    assert read_history(root) == []
    assert read_project(root).frames == 240
    with Editor(root, "阿明") as editor:
        editor.marker(frame=1, name="一")
    assert [x.name for x in read_project(root).markers] == ["一"]


def test_a_folder_without_a_timeline_says_what_to_do(tmp_path):
    for open_ in (lambda: Editor(tmp_path, "阿明"), lambda: read_project(tmp_path)):
        with pytest.raises(ProjectError, match="timeline-missing"):
            open_()
    assert list(tmp_path.iterdir()) == []
