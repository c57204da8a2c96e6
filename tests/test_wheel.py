"""What ships: the wheel carries its data and works from any folder without the source."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel, built without network and unpacked like an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return wheel, site


def run(site: Path, cwd: Path, code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=environment, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_the_wheel_carries_shaders_recipes_models_and_examples(unpacked):
    wheel, _ = unpacked
    names = zipfile.ZipFile(wheel).namelist()
    for part in [
        "_data/shaders/", "_data/assetlib/characters/", "_data/assetlib/gestures/",
        "_data/models/models.toml", "_data/examples/",
    ]:  # fmt: skip
        assert any(f"cyberdirector/{part}" in name for name in names), part
    assert wheel.stat().st_size < 21_000_000  # eighteen of them weights of our own


def test_it_runs_from_another_folder_without_the_source(unpacked, tmp_path):
    _, site = unpacked
    code = "from cyberdirector.core import resources as r; print(r.__file__)"
    code += "; print(r.data_dir('shaders'))"
    for line in run(site, tmp_path, code).split():
        assert line.startswith(str(site)), line
    code = (
        "import sys; sys.argv = ['cyberdirector', 'script', 'check', 'a.txt', '--json'];"
        "from cyberdirector.cli import main; main()"
    )
    (tmp_path / "a.txt").write_text("1-1 夜 内 茶馆\n林晚：你来了。\n", encoding="utf-8")
    assert '"lines": 1' in run(site, tmp_path, code)
