"""``cyberdirector motion`` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cyberdirector.cli.motion import motion
from cyberdirector.core.errors import InputRefused
from cyberdirector.formats import read_vrma, write_vrm
from cyberdirector.motion.files import bare_character, write_motion

from .strolls import body, stroll


def _run(*arguments: object) -> str:
    result = CliRunner().invoke(motion, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def take(tmp_path: Path) -> Path:
    path = tmp_path / "take.vrma"
    write_motion(path, stroll(body(), frames=40, slip=0.3), body())
    return path


def test_convert_there_and_back(take: Path, tmp_path: Path) -> None:
    for ending in ("bvh", "vmd", "glb", "csv"):
        out = tmp_path / f"out.{ending}"
        report = json.loads(_run("convert", take, "-o", out, "--json"))
        assert report["frames"] == 40
        assert out.stat().st_size > 1000
    back = tmp_path / "back.vrma"
    _run("convert", tmp_path / "out.bvh", "-o", back, "--fps", 24, "--origin", "--plant")
    assert read_vrma(back).rate.fps == 24.0


def test_retarget_and_check(take: Path, tmp_path: Path) -> None:
    hero, out = tmp_path / "hero.vrm", tmp_path / "hero_take.vrma"
    write_vrm(hero, bare_character(body(0.6, 0.8)))
    report = json.loads(_run("retarget", take, "--character", hero, "-o", out, "--json"))
    assert report["target"]["measures"]["skate"]["ok"]
    assert not report["source"]["measures"]["skate"]["ok"]
    assert "skate" in _run("check", out)
    failed = CliRunner().invoke(motion, ["check", str(take), "--json"])
    assert failed.exit_code == 1
    assert json.loads(failed.output)["ok"] is False


def test_moves(tmp_path: Path) -> None:
    assert "wave" in _run("moves", "list")
    assert json.loads(_run("moves", "search", "抱拳", "--json"))[0]["name"] == "baoquan"
    assert json.loads(_run("moves", "show", "run"))["loop"] is True
    out = tmp_path / "x.vrma"
    report = json.loads(
        _run("moves", "make", "walk", "wave", "-o", out, "--repeat", 2, "--mirror", "--json")
    )
    assert read_vrma(out).frames == report["frames"] > 90


@pytest.mark.parametrize(
    ("name", "code"), [("none.bvh", "file-unreadable"), ("x.doc", "motion-format")]
)
def test_bad_paths_are_told(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        _run("convert", tmp_path / name, "-o", tmp_path / "y.vrma")
    assert caught.value.code == code


def test_an_unknown_output_is_told(take: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as caught:
        _run("convert", take, "-o", tmp_path / "y.fbx")
    assert caught.value.code == "motion-format"
