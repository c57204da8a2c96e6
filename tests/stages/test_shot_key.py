"""What a shot's key depends on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.render.luts import cube_text, named_lut
from cyberdirector.stages.shot_task import ShotTask
from cyberdirector.stages.shots import task_key


def shot(lut: str) -> ShotTask:
    camera = Camera((0.0, 1.0, 3.0), (0.0, 1.0, 0.0), 0.6)
    light = LightRig("day", lut=lut)
    size, rate = (72, 128), (24, 1)
    return ShotTask(
        "1", 0, "1.mp4", 24, "place.glb", "0", light, (camera,), (), (), size, rate, "final"
    )


def test_a_changed_table_of_colours_draws_the_shot_again(tmp_path: Path) -> None:
    path = tmp_path / "mine.cube"
    path.write_text(cube_text(named_lut("memory")), encoding="utf-8")
    before = task_key(shot(str(path)), {})
    assert task_key(shot(str(path)), {}) == before
    path.write_text(cube_text(named_lut("dusk")), encoding="utf-8")
    assert task_key(shot(str(path)), {}) != before


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        task_key(shot(str(tmp_path / "none.cube")), {})
    assert refused.value.code == "lut-missing"


def test_where_the_shot_is_written_does_not_count() -> None:
    one = shot("")
    assert task_key(replace(one, output="b.mp4"), {}) == task_key(one, {})
