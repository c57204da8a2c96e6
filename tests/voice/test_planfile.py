import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.voice.curve import read_emotion
from cyberdirector.voice.line import LinePlan
from cyberdirector.voice.planfile import load_plan, save_plan, sound_rows
from cyberdirector.voice.profile import VoiceProfile
from cyberdirector.voice.synthesis import plan_line, render_plan

LINE = "你终于来了。凭什么，现在才来？"


@pytest.fixture(scope="module")
def plan(voices: dict[str, VoiceProfile]) -> LinePlan:
    return plan_line(LINE, voices["tangguo"], read_emotion("sad:0.2@0,anger:0.9@1"), seed=3)


@pytest.fixture
def data(plan: LinePlan, tmp_path: Path) -> dict[str, Any]:
    save_plan(tmp_path / "plan.json", plan)
    return json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))


def load(tmp_path: Path, data: dict[str, Any]) -> LinePlan:
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return load_plan(path)


def nucleus(data: dict[str, Any], number: int) -> int:
    rows = [i for i, row in enumerate(data["sounds"]) if row.get("nucleus") and "f0" in row]
    return rows[number]


def test_a_plan_without_edits_is_the_line(
    plan: LinePlan, data: dict[str, Any], tmp_path: Path
) -> None:
    again = load(tmp_path, data)
    one, two = render_plan(plan), render_plan(again)
    assert one.audio.tobytes() == two.audio.tobytes()
    assert (one.phones, one.accents) == (two.phones, two.accents)


def test_a_plan_says_what_will_be_heard(data: dict[str, Any]) -> None:
    assert data["schema"] == "cyberdirector.voiceplan"
    assert data["phrases"][0]["text"] == "你终于来了"
    spoken = [row for row in data["sounds"] if row.get("f0")]
    assert all(0 < row["seconds"] < 1 for row in spoken)
    starts = [row["start"] for row in data["sounds"]]
    assert starts == sorted(starts)
    assert starts[-1] < data["seconds"]


def test_longer_sound_and_pause(plan: LinePlan, data: dict[str, Any], tmp_path: Path) -> None:
    place = nucleus(data, 2)
    data["sounds"][place]["seconds"] += 0.2
    (pause,) = [
        i
        for i, row in enumerate(data["sounds"])
        if row["symbols"] == "." and row["seconds"] > 0
    ]
    data["sounds"][pause]["seconds"] += 0.5
    rows = sound_rows(load(tmp_path, data))
    before = sound_rows(plan)
    assert rows[place]["seconds"] - before[place]["seconds"] == pytest.approx(0.2, abs=0.05)
    assert rows[pause]["seconds"] == pytest.approx(data["sounds"][pause]["seconds"])


def test_points_of_f0(plan: LinePlan, data: dict[str, Any], tmp_path: Path) -> None:
    place = nucleus(data, 1)
    data["sounds"][place]["f0"] = [200.0, 400.0]
    edited = load(tmp_path, data)
    found = [v for v in sound_rows(edited)[place]["f0"] if v > 0]
    assert found[0] == pytest.approx(200.0, rel=0.02)
    assert found[-1] == pytest.approx(400.0, rel=0.02)
    other = plan.pieces[-1].prosody.f0
    np.testing.assert_array_equal(edited.pieces[-1].prosody.f0, other)


def test_accents_and_breaths_are_the_files(data: dict[str, Any], tmp_path: Path) -> None:
    data["accents"] = [{"syllable": 2, "prominence": 0.9}]
    data["breaths"] = []
    edited = load(tmp_path, data)
    assert [accent.syllable for accent in edited.accents] == [2]
    assert not edited.breaths


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("version",), 9, "version"),
        (("pace",), 7, "pace"),
        (("emotion",), "bored", "emotion"),
        (("sounds", 0, "seconds"), -1, "sounds.0.seconds"),
        (("sounds", 0, "f0"), ["high"], "sounds.0.f0.0"),
        (("sounds", 0, "sekonds"), 1, "sounds.0.sekonds"),
        (("sounds", 0, "symbols"), "☃", "sounds.0"),
        (("accents",), [{"syllable": 999, "prominence": 0.5}], "accents.0.syllable"),
    ],
)
def test_wrong_fields_are_named(
    data: dict[str, Any], tmp_path: Path, path: tuple[Any, ...], value: Any, field: str
) -> None:
    target = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(InputRefused) as caught:
        load(tmp_path, data)
    assert caught.value.code == "voice-plan"
    assert field in str(caught.value)


def test_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InputRefused, match="voice-plan"):
        load_plan(path)
