"""``cyberdirector timeline``: show, edit, undo, history, as a user types them."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner
from PIL import Image
from timeline_project import write_project

from cyberdirector.cli.timeline import _EDITS, _SUMMARIES, timeline
from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.timeline.store import read_project
from cyberdirector.timeline.when import parse_frame


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("project") / "p"
    write_project(root)
    return root


@pytest.fixture
def root(template, tmp_path):
    shutil.copytree(template, tmp_path / "夜")
    return tmp_path / "夜"


def run(*args):
    done = CliRunner(env={"CYBERDIRECTOR_AUTHOR": "导演", "CYBERDIRECTOR_LANG": "en"}).invoke(
        timeline, [str(x) for x in args], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.output


def rows(*args):
    return json.loads(run(*args, "--json"))


EDITS = [
    ("add", "林晚", "takes/phone.vrma", "--at", "1-1-L01", "--frames", "50", "--layer", "cap",
     "--mask", "upper", "--name", "手机"),
    ("move", "手机", "--by", "3"),
    ("trim", "手机", "--end", "1-1-L01+40"),
    ("split", "手机", "20"),
    ("blend", "手机", "--in", "4", "--out", "2"),
    ("smooth", "手机", "--strength", "0.4"),
    ("mirror", "c1"),
    ("footlock", "c1"),
    ("retime", "手机", "--pin", "10=12"),
    ("remove", "c1"),
    ("layer", "沈青", "手K", "--mode", "additive"),
    ("layer", "林晚", "cap", "--mute"),
    ("weight", "林晚", "cap", "0.5", "--at", "1s"),
    ("mask", "林晚", "cap", "head,armLeft=0.5"),
    ("key", "林晚", "head", "1-1-L01+10", "0", "12", "-5", "--fade", "6"),
    ("key", "林晚", "mouthSmileLeft", "0:02", "0.6"),
    ("tangent", "林晚", "hand", "head", "15", "bezier", "--leaving=4,0,2,0"),
    ("shift", "林晚", "hand", "head", "0", "60", "-2"),
    ("smooth", "林晚/hand", "--strength", "0.5", "--channel", "head"),
    ("mirror", "林晚/hand", "--start", "0", "--end", "30"),
    ("retime", "林晚/hand", "--speed", "0.9", "--end", "2s"),
    ("unkey", "林晚", "hand", "mouthSmileLeft", "48"),
    ("shot", "1-1-L01-1", "--end", "66"),
    ("shot", "1-1-L01-1", "--cut", "30"),
    ("shot", "1-1-L01-1", "--join"),
    ("camera", "1-1-L01-1", "--at", "20", "--fov", "25", "--ease", "inout"),
    ("camera", "1-1-L01-1", "--lens", "33"),
    ("reframe", "1-1-L01-1", "16:9", "--x", "-0.2", "--zoom", "1.2"),
    ("light", "--shot", "1-1-L01-1", "--preset", "day"),
    ("light", "--scene", "1-2", "--value", "bloom=0.4", "--value", "grade=[0.2,1,1,0]"),
    ("set", "1-2", "room", "--start", "1-2-L02"),
    ("nest", "--scene", "1-1", "--source", "1-2", "--start", "70", "--end", "90"),
    ("marker", "1-1-L02", "拍"),
    ("text", "1-1-L01", "--words", "改过"),
    ("sound", "1-1-L01", "--gain", "-3", "--pan", "0.1"),
    ("take", "1-1-L02", "--add", "takes/b.vrma", "--note", "慢一点"),
    ("take", "1-1-L02", "B"),
    ("lock", "shot", "1-2-L01-1", "--note", "定稿"),
    ("unlock", "shot", "1-2-L01-1"),
]  # fmt: skip


def test_every_edit_can_be_typed_shown_and_taken_back(root):
    before = read_project(root)
    for number, (name, *args) in enumerate(EDITS, 1):
        row = rows(name, root, *args)
        assert row["row"] == number, (name, row)
        assert row["author"] == "导演"
        assert row["about"], name
    after = read_project(root)
    typed = {name for name, *_ in EDITS}
    assert typed == set(_EDITS) - {"undo", "redo", "history", "export", "reduce"}
    text = run("show", root)
    for word in ("手机", "bone:head", "cap", "1-1-L01-1", "[B]", "m1", "light1", "n1"):
        assert word in text, word
    assert json.loads(run("show", root, "--json"))["frames"] == 240
    picture = root.parent / "lanes.png"
    run("show", root, "-o", picture)
    with Image.open(picture) as image:
        assert image.width == 1800
        assert len(image.getcolors(1 << 20)) > 200
    assert len(rows("undo", root, len(EDITS))) == len(EDITS)
    assert read_project(root) == before
    run("redo", root, len(EDITS))
    assert read_project(root) == after
    record = rows("history", root)
    assert record["authors"] == {"导演": 3 * len(EDITS)}
    assert [x["command"] for x in record["edits"][:3]] == ["add", "move", "trim"]
    assert "unaltered" in run("history", root, "--verify")
    assert set(_SUMMARIES) == set(_EDITS) | {"show"}


def test_a_file_from_outside_is_copied_into_the_project(root, tmp_path):
    shutil.copy(root / "takes" / "b.vrma", tmp_path / "外面.vrma")
    run("add", root, "林晚", tmp_path / "外面.vrma", "--at", "10")
    clip = read_project(root).layer("林晚", "capture").clips[0]
    assert clip.file == "clips/外面.vrma"
    assert (root / clip.file).is_file()


@pytest.mark.parametrize(
    ("text", "frame"),
    [("120", 120), ("-3", -3), ("5.5s", 132), ("0:02", 48), ("0:01:05", 29), ("1-1-L02", 65),
     ("1-1-L02+12", 77), ("1-1-L02-1", 60), ("1-2.end", 240), ("1-1-L02.end-1", 114)],
)  # fmt: skip
def test_frames_can_be_written_as_people_think(root, text, frame):
    assert parse_frame(read_project(root), text) == frame


def test_a_frame_that_is_none_is_refused(root):
    with pytest.raises(CyberDirectorError, match="frame-unreadable"):
        parse_frame(read_project(root), "下一句")


def test_lanes_speak_the_language_of_the_script(root, tmp_path):
    from cyberdirector.timeline.lane_words import WORDS, project_language, word

    assert project_language(root) == "zh"
    (root / "episode.json").write_text('{"language": "ja"}', encoding="utf-8")
    assert project_language(root) == "ja"
    (root / "episode.json").write_text("{", encoding="utf-8")
    assert project_language(root) == "zh"
    assert word("shots", "en-GB") == "Shots"
    assert word("shots", "ja") == "ショット"
    assert word("shots", "de") == "镜头"
    assert word("bone:head", "ja") == "bone:head"
    assert all(len(rows) == 3 for rows in WORDS.values())
    pictures = []
    for language in ("zh", "en"):
        (root / "episode.json").write_text(json.dumps({"language": language}))
        run("show", root, "-o", tmp_path / "lanes.png")
        pictures.append((tmp_path / "lanes.png").read_bytes())
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("add", "林晚", "takes/phone.vrma", "--at", "999"), "frame-outside", "999"),
        (("add", "林晚", "takes/phone.vrma", "--offset", "90000"), "clip-past-end",
         "phone.vrma"),
        (("take", "9-9-L01"), "line-unknown", "1-1-L01"),
        (("show", "不存在"), "nothing-to-show", "林晚"),
        (("show", "不存在", "-o", "x.png"), "nothing-to-show", "1-1"),
        (("set", "9-9", "room"), "scene-unknown", "1-1, 1-2"),
        (("smooth", "手机", "--strength", "nan"), "strength-outside", "林晚/cap"),
        (("blend", "手机", "--in", "900"), "blend-outside", "林晚/cap"),
    ],
)  # fmt: skip
def test_what_cannot_be_says_where(root, args, code, said):
    run("add", root, "林晚", "takes/phone.vrma", "--frames", "50", "--layer", "cap",
        "--name", "手机")  # fmt: skip
    before = read_project(root)
    with pytest.raises(CyberDirectorError) as caught:
        run(args[0], root, *args[1:])
    assert caught.value.code == code
    assert said in str(caught.value)
    assert read_project(root) == before


def test_a_place_that_cannot_be_written_is_told(root):
    with pytest.raises(CyberDirectorError, match="export-unwritable"):
        run("export", root, "-o", "/proc/nowhere/cut.otio")
    with pytest.raises(CyberDirectorError, match="export-unwritable"):
        run("show", root, "-o", "/proc/nowhere/lanes.png")
