"""What the words of a script bring into the air."""

from __future__ import annotations

from pathlib import Path

import pytest

from cyberdirector.core.scene import WEATHERS, LightRig
from cyberdirector.script import parse_script
from cyberdirector.stages.shots import FALLING, weathered


@pytest.mark.parametrize(
    ("heading", "weather"),
    [
        ("1-1 日 外 山门 落花", "petals"),
        ("1-1 夜 外 山门 大雪", "snow"),
        ("1-1 夜 外 山门 萤火虫", "fireflies"),
        ("1-1 日 外 山门", ""),
    ],
)
def test_a_heading_fills_the_air(tmp_path: Path, heading: str, weather: str) -> None:
    script = tmp_path / "a.txt"
    script.write_text(f"第1集\n{heading}\n人物：林晚\n林晚：好。\n", encoding="utf-8")
    scene = parse_script(script).episode.scenes[0]
    assert weathered(LightRig("day"), scene.weather).weather == weather


def test_rain_stays_rain_and_every_kind_can_be_drawn() -> None:
    assert weathered(LightRig("rain", weather="rain"), ("snow",)).weather == "rain"
    assert set(FALLING) <= set(WEATHERS)


def test_she_leaves_is_no_weather(tmp_path: Path) -> None:
    script = tmp_path / "a.fountain"
    script.write_text("EXT. GATE - DAY\n\nLin leaves.\n\nLIN\nGoodbye.\n", encoding="utf-8")
    scene = parse_script(script).episode.scenes[0]
    assert weathered(LightRig("day"), scene.weather).weather == ""
