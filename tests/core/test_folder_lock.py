import os

import pytest

from cyberdirector.core.errors import ProjectError
from cyberdirector.core.folder_lock import FolderLock, read_holder


def lock(folder, owner, time="2026-01-01T00:00:00Z"):
    return FolderLock(folder, owner, clock=lambda: time)


def test_the_second_writer_is_told_who_holds_the_folder_since_when(tmp_path):
    lock(tmp_path, "阿明").take()
    with pytest.raises(ProjectError) as caught:
        lock(tmp_path, "小红").take()
    assert caught.value.code == "project-locked"
    assert "阿明" in caught.value.zh
    assert "2026-01-01" in caught.value.en


def test_a_takeover_tells_the_former_owner_and_keeps_the_lock(tmp_path):
    first, second = lock(tmp_path, "阿明"), lock(tmp_path, "小红")
    first.take()
    first.check()
    second.take(take_over=True)
    assert second.ousted is not None
    assert second.ousted.owner == "阿明"
    with pytest.raises(ProjectError, match="project-taken-over") as caught:
        first.check()
    assert "小红" in caught.value.en
    first.release()
    second.check()
    second.release()
    assert read_holder(tmp_path / ".lock") is None


@pytest.mark.parametrize(
    "left",
    ["", "999999999\n", "not a lock", "[1]", '{"pid": 999999999}', "own\n"],
)
def test_what_a_dead_process_left_is_dropped(tmp_path, left):
    (tmp_path / ".lock").write_text(left.replace("own", str(os.getpid())))
    mine = lock(tmp_path, "阿明")
    mine.take()
    assert mine.ousted is None
    mine.release()


def test_a_process_number_that_is_used_again_is_another_process(tmp_path):
    mine = lock(tmp_path, "阿明")
    holder = mine.take()
    text = (tmp_path / ".lock").read_text(encoding="utf-8")
    (tmp_path / ".lock").write_text(text.replace(str(holder.started), "12345.0"))
    lock(tmp_path, "小红").take()


def test_a_writer_on_another_machine_is_never_taken_for_gone(tmp_path):
    (tmp_path / ".lock").write_text('{"pid": 999999999, "host": "elsewhere", "token": "x"}')
    with pytest.raises(ProjectError, match="project-locked"):
        lock(tmp_path, "阿明").take()
