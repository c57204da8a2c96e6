from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from cyberdirector.cli.character import character
from cyberdirector.core.errors import InputRefused
from cyberdirector.formats import read_vrm


def _run(*words):
    done = CliRunner().invoke(character, [str(w) for w in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_words_become_a_recipe_and_a_character(tmp_path):
    vrm, recipe = tmp_path / "女侠.vrm", tmp_path / "女侠.yaml"
    words = "二十岁女侠，红衣，高马尾，会飞"
    done = _run("create", "--text", words, "-o", vrm, "--recipe", recipe, "--json")
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert [s["text"] for s in report["unresolved"]] == ["会飞"]
    assert report["slots"]["hair"]["style"] == "high_ponytail"
    assert report["characters"][0]["output"] == str(vrm)
    made = read_vrm(vrm)
    assert made.meta["references"] == [f"words: {words}"]
    assert made.extras["provenance"]["words"] == words

    again = tmp_path / "again.vrm"
    assert _run("compile", recipe, "-o", again).exit_code == 0
    assert read_vrm(again).extras["recipe"] == made.extras["recipe"]

    done = _run("check", vrm, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["errors"] == 0


def test_a_crowd_is_numbered(tmp_path):
    out = tmp_path / "crowd.yaml"
    done = _run("create", "--text", "4个路人", "--dry-run", "--recipe", out, "--json")
    made = json.loads(done.stdout)["characters"]
    assert [m["recipe"] for m in made] == [
        str(tmp_path / f"crowd-{i}.yaml") for i in (1, 2, 3, 4)
    ]
    assert len({m["id"] for m in made}) == 4
    assert all((tmp_path / f"crowd-{i}.yaml").is_file() for i in (1, 2, 3, 4))


def test_what_is_not_understood_is_printed():
    done = _run("create", "--text", "女侠，骑独角兽，蒙面", "--dry-run")
    assert "独角兽" in done.output
    assert "蒙面" in done.output


def test_the_schema_and_slots_of_a_language_model(tmp_path):
    schema = json.loads(_run("create", "--schema").stdout)
    assert {"sex", "hair", "garments"} <= set(schema["properties"])
    slots = tmp_path / "slots.json"
    slots.write_text('{"sex": "male", "garments": [{"kind": "suit"}]}', encoding="utf-8")
    recipe = tmp_path / "r.yaml"
    done = _run("create", "--slots", slots, "--dry-run", "--recipe", recipe, "--json")
    assert done.exit_code == 0
    assert "suit" in recipe.read_text(encoding="utf-8")
    slots.write_text('{"sex": "yes"}', encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        _run("create", "--slots", slots, "--dry-run")
    assert refused.value.code == "slots-invalid"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("compile", "no.yaml"), "recipe-unreadable"),
        (("check", "no.vrm"), "model-missing"),
        (("show", "no.vrm"), "model-missing"),
        (("show", "picture.png"), "model-suffix"),
        (("create", "--text", " "), "text-empty"),
        (("create", "--slots", "no.json"), "slots-missing"),
    ],
)
def test_bad_input_has_a_code(words, code):
    with pytest.raises(InputRefused) as refused:
        _run(*words)
    assert refused.value.code == code


def test_nothing_given_is_a_usage_error():
    assert _run("create").exit_code == 2


def test_a_broken_vrm_fails_the_check(tmp_path):
    vrm = tmp_path / "x.vrm"
    _run("compile", "gu_chen", "-o", vrm)
    data = vrm.read_bytes()
    broken = data.replace(b'"specVersion":"1.0","meta"', b'"specVersion":"9.9","meta"')
    assert broken != data
    vrm.write_bytes(broken)
    done = _run("check", vrm)
    assert done.exit_code == 1
    assert "vrm-rule" in done.output


@pytest.mark.gl
def test_a_card_is_drawn(tmp_path):
    card = tmp_path / "card.png"
    done = _run("show", "xia_xiaoyou", "-o", card, "--json")
    assert json.loads(done.stdout) == {"ok": True, "card": str(card)}
    assert card.stat().st_size > 200_000
