import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cyberdirector.cli.voice import voice
from cyberdirector.core.errors import InputRefused
from cyberdirector.formats import read_audio


def run(*words: str) -> str:
    result = CliRunner().invoke(voice, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_say_plan_and_say_again(tmp_path: Path) -> None:
    wav, plan, again = (str(tmp_path / name) for name in ("a.wav", "a.json", "b.wav"))
    said = json.loads(
        run("say", "你终于来了。", "--voice", "yunxi", "--emotion", "sad:0.7",
            "-o", wav, "--plan", plan, "--json")
    )  # fmt: skip
    assert said["emotion"] == "sad:0.7"
    assert said["words"]
    run("say", "--from-plan", plan, "-o", again)
    assert Path(wav).read_bytes() == Path(again).read_bytes()
    assert abs(read_audio(Path(wav))).max() < 1.0


def test_the_words_give_a_mild_emotion_that_is_told(tmp_path: Path) -> None:
    told = json.loads(
        run("say", "太好了，我们赢了！", "--plan", str(tmp_path / "p.json"), "--json")
    )
    assert told["emotion"].startswith("joy")
    assert [note["code"] for note in told["notes"]] == ["voice-feeling"]
    assert not list(tmp_path.glob("*.wav"))


def test_make_and_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBERDIRECTOR_VOICES", str(tmp_path))
    made = json.loads(
        run("make", "--mix", "yunxi:0.6,yunjian:0.4", "--formant", "0.95", "--name", "沈青",
            "--json")
    )  # fmt: skip
    assert len(made["hash"]) == 32
    assert run("list").splitlines()[0].startswith("* 沈青")


def test_audition(tmp_path: Path) -> None:
    rows = run("audition", "xiaobei", "yunxi", "--text", "好。", "-o", str(tmp_path / "all"))
    assert len(rows.splitlines()) == 2
    assert sorted(p.name for p in (tmp_path / "all").iterdir()) == ["xiaobei.wav", "yunxi.wav"]


def test_usage(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(voice, ["say", "你好"]).exit_code == 2
    assert runner.invoke(voice, ["say", "-o", "x.wav"]).exit_code == 2
    assert runner.invoke(voice, ["make", "--name", "x"]).exit_code == 2
    with pytest.raises(InputRefused, match="voice-unknown"):
        run("say", "你好", "--voice", "nobody", "-o", str(tmp_path / "x.wav"))
