from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.cli.perform import perform
from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.formats import read_vrma, write_vrm
from cyberdirector.perform.lip_probe import LipProbe
from cyberdirector.review.khronos import available, validate
from cyberdirector.stages.takes import TakeDocument, read_take

TEXT = "爸爸，你怕不怕？我不怕！"


@pytest.fixture(scope="module")
def actor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("actor") / "林晚.vrm"
    write_vrm(path, compile_character(shipped_recipe("lin_wan"), 0))
    return path


@pytest.fixture(scope="module")
def first(actor: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("take") / "a.vrma"
    words = ["--text", TEXT, "--character", actor, "--emotion", "fear:0.3@0,joy:0.9@1"]
    done = _run(*words, "--seed", 4, "-o", out, "--curves", out.with_suffix(".csv"),
                "--bvh", out.with_suffix(".bvh"), "--glb", out.with_suffix(".glb"),
                "--json")  # fmt: skip
    report = json.loads(done.stdout)
    assert report["frames"] == read_vrma(out).frames
    assert report["language"] == "zh"
    return out


def _run(*words: object):
    done = CliRunner().invoke(perform, [str(w) for w in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_a_line_becomes_a_take_with_its_sound_and_document(first: Path) -> None:
    names = {p.name for p in first.parent.iterdir()}
    assert names == {"a.vrma", "a.wav", "a.take.json", "a.csv", "a.bvh", "a.glb"}
    document = read_take(first.with_suffix(".take.json"))
    assert document.text == TEXT
    assert document.emotion == "fear:0.3@0,joy:0.9@1"
    smile = read_vrma(first).weights[:, ARKIT_INDEX["cheekSquintLeft"]]
    assert smile[len(smile) // 2 :].max() > 2 * smile[: len(smile) // 4].max()


def test_character_and_motion_in_one_file(first: Path, actor: Path) -> None:
    from cyberdirector.formats import read_vrm

    data = first.with_suffix(".glb").read_bytes()
    size = int.from_bytes(data[12:16], "little")
    gltf = json.loads(data[20 : 20 + size])
    (animation,) = gltf["animations"]
    paths = {channel["target"]["path"] for channel in animation["channels"]}
    assert paths == {"rotation", "translation", "weights"}
    times = gltf["accessors"][animation["samplers"][0]["input"]]
    assert times["count"] in (1, read_vrma(first).frames)
    assert len(gltf["skins"]) >= 1
    assert read_vrm(first.with_suffix(".glb")).name == read_vrm(actor).name


@pytest.mark.skipif(not available(), reason="npm gltf-validator is not installed")
def test_the_files_of_a_take_are_valid_gltf(first: Path) -> None:
    for answer in validate([first, first.with_suffix(".glb")]).values():
        assert answer["issues"]["numErrors"] == answer["issues"]["numWarnings"] == 0


def test_the_same_document_gives_the_same_bytes(first: Path, tmp_path: Path) -> None:
    again = tmp_path / "b.vrma"
    assert _run("--take", first.with_suffix(".take.json"), "-o", again).exit_code == 0
    assert again.read_bytes() == first.read_bytes()
    assert again.with_suffix(".wav").read_bytes() == first.with_suffix(".wav").read_bytes()


def test_takes_side_by_side_share_the_words_and_differ(first: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.vrma"
    document = first.with_suffix(".take.json")
    _run("--take", document, "--takes", 2, "--layer", "blinks=off", "-o", out)
    one, two = (read_vrma(tmp_path / f"c-{i}.vrma") for i in (1, 2))
    assert one.frames == two.frames
    assert not np.array_equal(one.rotations, two.rotations)
    jaw = ARKIT_INDEX["jawOpen"]
    assert np.corrcoef(one.weights[:, jaw], two.weights[:, jaw])[0, 1] > 0.99
    kept = read_take(tmp_path / "c-1.take.json")
    assert kept.layers == {"blinks": {"strength": 0.0}}


def test_lips_meet_on_the_mesh_in_a_recorded_take(
    first: Path, actor: Path, tmp_path: Path
) -> None:
    from cyberdirector.formats import read_vrm

    out = tmp_path / "d.vrma"
    done = _run("--audio", first.with_suffix(".wav"), "--transcript", TEXT, "--character",
                actor, "--emotion", "anger:1", "-o", out, "--json")  # fmt: skip
    assert json.loads(done.stdout)["voice"] == ""
    probe = LipProbe(read_vrm(actor))
    gaps = probe.gaps(read_vrma(out).weights)
    shut = gaps <= 0.02 * probe.height
    starts = np.flatnonzero(shut[1:] & ~shut[:-1])
    # Four of b and p follow an open mouth.
    assert len(starts) >= 4
    assert gaps.max() > 0.2 * probe.height


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--text", " "), "take-without-words"),
        (("--text", "😀"), "voice-nothing-to-say"),
        (("--text", "好的，我们走吧。" * 2501), "voice-too-long"),
        (("--text", "好", "--voice", "nobody"), "voice-unknown"),
        (("--text", "好", "--style", "wild"), "style-unknown"),
        (("--text", "好", "--emotion", "hungry"), "voice-emotion"),
        (("--text", "好", "--layer", "hair=1"), "layer-unknown"),
        (("--text", "好", "--layer", "head=9"), "layer-dial"),
    ],
)
def test_bad_wishes_have_a_code(
    actor: Path, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    with pytest.raises(CyberDirectorError) as refused:
        _run(*words, "--character", actor, "-o", tmp_path / "x.vrma")
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "data",
    ["", "[]", '{"schema": "other"}', '{"seed": "one"}', '{"version": 9}', '{"mouth": "open"}',
     '{"words": 1}'],
)  # fmt: skip
def test_damaged_documents_are_refused(tmp_path: Path, data: str) -> None:
    path = tmp_path / "x.take.json"
    path.write_text(data, encoding="utf-8")
    with pytest.raises(CyberDirectorError, match="take-unreadable"):
        read_take(path)


def test_usage_is_told() -> None:
    assert _run("--text", "好").exit_code == 2
    assert _run("--text", "好", "--layer", "head").exit_code == 2
    assert _run("--text", "好", "--character", __file__, "-o", "x.mp4").exit_code == 2
    assert _run("--text", "好", "--character", __file__, "--glb", "x.fbx").exit_code == 2
    assert TakeDocument().rate == (30, 1)
