"""The labelled descriptions of the benchmark are read well, the held-out half too."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_FILE = Path(__file__).parents[2] / "benchmarks" / "characters" / "text.py"


@pytest.fixture(scope="module")
def bench():
    folders = [str(_FILE.parent), str(_FILE.parent.parent)]
    sys.path[:0] = folders
    spec = importlib.util.spec_from_file_location("character_text", _FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules["character_text"] = module
    spec.loader.exec_module(module)
    del sys.path[: len(folders)]
    return module


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("half", ["tuned", "held"])
def test_slots_are_found(bench, language, half):
    assert len(bench.prompts(language)) == 100
    assert bench.score(language, half).f1 >= 0.9
