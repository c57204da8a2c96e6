from __future__ import annotations

import copy

import numpy as np
import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Expression
from cyberdirector.formats import write_vrm
from cyberdirector.formats.gltf.document import read_gltf
from cyberdirector.review import Report, check_file
from cyberdirector.review.khronos import available, counts, validate
from cyberdirector.review.soundness import check_character
from cyberdirector.review.vrm_rules import check_vrm


@pytest.fixture(scope="module")
def girl():
    return compile_character(shipped_recipe("xia_xiaoyou"))


@pytest.fixture(scope="module")
def girl_file(girl, tmp_path_factory):
    path = tmp_path_factory.mktemp("review") / "夏小悠.vrm"
    write_vrm(path, girl)
    return path


def _codes(report):
    return {f.code for f in report.findings if f.level != "info"}


def test_a_shipped_character_is_sound(girl_file):
    report = check_file(girl_file)
    assert report.ok, report.findings
    figures = report.figures
    assert figures["bones"] == 55
    assert figures["triangles"] <= 160_000
    assert figures["draw_calls"] <= 12
    assert figures["lip_gap_mm"] < 1.5 < figures["jaw_opens_mm"]
    assert figures["sparse_shapes"] == 1.0
    if available():
        assert figures["khronos"] == {"errors": 0, "warnings": 0}


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda c: c.parts[0].positions.__setitem__((0, 0), np.nan), "not-finite"),
        (lambda c: c.parts[0].normals.__imul__(2.0), "normals"),
        (lambda c: c.parts[0].weights.__imul__(0.5), "weights-sum"),
        (lambda c: c.expressions.__setitem__("happy", Expression([])), "preset-missing"),
        (lambda c: c.springs.append(copy.deepcopy(c.springs[0])), "spring-shared"),
        (lambda c: c.parts[0].positions.__isub__(np.float32(3.0)), "floor"),
    ],
)
def test_harm_is_found(girl, harm, code):
    broken = copy.deepcopy(girl)
    harm(broken)
    report = Report("x.vrm")
    check_character(broken, report)
    assert code in _codes(report)


def test_open_lips_are_found(girl):
    broken = copy.deepcopy(girl)
    for part, upper, _ in broken.extras["lip_probe"]:
        broken.parts[part].positions[upper, 1] += 0.004
    report = Report("x.vrm")
    check_character(broken, report)
    assert "lips-open" in _codes(report)


@pytest.mark.parametrize(
    "harm",
    [
        lambda v: v["meta"].pop("authors"),
        lambda v: v["meta"].update(avatarPermission="nobody"),
        lambda v: v["humanoid"]["humanBones"].pop("hips"),
        lambda v: v["humanoid"]["humanBones"]["head"].update(node=99_999),
        lambda v: v["humanoid"]["humanBones"]["head"].update(
            node=v["humanoid"]["humanBones"]["neck"]["node"]
        ),
        lambda v: v["expressions"]["preset"].update(smirk={}),
        lambda v: v["expressions"]["preset"]["happy"].update(overrideBlink="maybe"),
        lambda v: v["lookAt"].update(type="telepathy"),
        lambda v: v.update(specVersion="0.9"),
    ],
)
def test_broken_rules_are_found(girl_file, harm):
    root = copy.deepcopy(read_gltf(girl_file).root.data())
    good = Report("x.vrm")
    check_vrm(root, good)
    assert good.ok
    harm(root["extensions"]["VRMC_vrm"])
    report = Report("x.vrm")
    check_vrm(root, report)
    assert "vrm-rule" in _codes(report)


def test_a_plain_gltf_is_no_vrm():
    report = Report("x.glb")
    check_vrm({"extensions": {}}, report)
    assert _codes(report) == {"vrm-extension"}


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputRefused) as refused:
        check_file(tmp_path / "no.vrm")
    assert refused.value.code == "model-missing"


@pytest.mark.skipif(not available(), reason="npm gltf-validator is not installed")
def test_the_validator_complains_about_rubbish(tmp_path):
    path = tmp_path / "x.glb"
    path.write_bytes(b"glTF rubbish")
    assert counts(validate([path])[path])[0] >= 1
