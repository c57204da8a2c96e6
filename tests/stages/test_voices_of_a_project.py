"""A script with a pronunciation dictionary, performed twice in one project: own reading of a
name, and voices that stay who they are."""

from __future__ import annotations

import json
from pathlib import Path

from cyberdirector.produce import perform_script
from cyberdirector.voice.g2p import read_line

SCRIPT = "第1集\n1-1 夜 内 茶馆\n人物：单雄信（男）\n单雄信：我是单雄信。\n"
WORDS = "words:\n  单雄信: shan4 xiong2 xin4\n"


def _first_of_name(project: Path) -> str:
    (timing,) = (project / "takes").glob("*L*.json")
    words = json.loads(timing.read_text(encoding="utf-8"))
    phones = [p for p in words["phones"] if p["kind"] != "SIL"]
    name = next(w for w in words["words"] if w["text"].startswith("单"))
    return next(p["kind"] for p in phones if p["start"] >= name["start"] - 1e-3)


def test_a_name_is_read_as_told_and_a_voice_is_kept(tmp_path: Path) -> None:
    script = tmp_path / "单.txt"
    script.write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "单.dictionary.yaml").write_text(WORDS, encoding="utf-8")
    project = tmp_path / "a.cdir"
    perform_script(script, "", project)
    assert _first_of_name(project) == "SH"  # shan …
    assert read_line("单雄信", "zh").sounds[0].parts[0][0] == "TD"  # … not dan as by itself

    lock = project / "cast" / "voices.json"
    rows = json.loads(lock.read_text(encoding="utf-8"))
    kept = rows["voices"]["单雄信"]["voice"]
    rows["voices"]["单雄信"]["hash"] = "0" * 16
    lock.write_text(json.dumps(rows), encoding="utf-8")
    again = perform_script(script, "", project)
    after = json.loads(lock.read_text(encoding="utf-8"))["voices"]["单雄信"]["voice"]
    assert after == kept
    assert "voice-changed" in {note["code"] for note in again["notes"]}
