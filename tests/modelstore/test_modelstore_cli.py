import json

import pytest
from click.testing import CliRunner

from cyberdirector.cli import doctor as doctor_file
from cyberdirector.cli.doctor import Check, doctor
from cyberdirector.cli.models import models
from cyberdirector.core.errors import AdapterUnavailable, ExitCode


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("CYBERDIRECTOR_CACHE", str(tmp_path))
    monkeypatch.setenv("CYBERDIRECTOR_LANG", "zh")


def test_list_shows_states(empty):
    result = CliRunner().invoke(models, ["list"])
    assert result.exit_code == 0
    assert "缺少" in result.output
    rows = json.loads(CliRunner().invoke(models, ["list", "--json"]).output)
    assert {row["state"] for row in rows} == {"missing"}


def test_verify_tells_what_is_missing_by_its_exit_code(empty):
    assert CliRunner().invoke(models, ["verify"]).exit_code == ExitCode.MISSING


def test_pull_of_an_unknown_model_is_an_error(empty):
    result = CliRunner().invoke(models, ["pull", "nothing"])
    assert isinstance(result.exception, AdapterUnavailable)


def test_doctor_prints_what_to_run(monkeypatch):
    monkeypatch.setenv("CYBERDIRECTOR_LANG", "zh")
    checks = [
        Check("a", "ok", "[good]"),
        Check("b", "missing", "none", "请运行：apt [x]", "run: apt"),
    ]
    monkeypatch.setattr(doctor_file, "examine", lambda: checks)
    result = CliRunner().invoke(doctor, [])
    assert result.exit_code == ExitCode.MISSING
    assert "请运行：apt [x]" in result.output
    assert "[good]" in result.output
    data = json.loads(CliRunner().invoke(doctor, ["--json"]).output)
    assert data["ready"] is False
    assert data["checks"][1]["fix_en"] == "run: apt"


def test_doctor_examines_this_machine():
    names = {check.name: check for check in doctor_file.examine()}
    assert names["cyberdirector"].state == "ok"
    assert names["system"].found
    assert all(check.state in ("ok", "warn", "missing") for check in names.values())
    assert all(check.fix_en for check in names.values() if check.state == "missing")
