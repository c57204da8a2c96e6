"""Back to text, to JSON, and against hostile input."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.cli.script import script
from cyberdirector.core.errors import CyberDirectorError, InputRefused
from cyberdirector.core.resources import data_dir
from cyberdirector.script import (
    Episode,
    ParseResult,
    format_script,
    load_episode,
    parse_text,
    read_cast,
    save_episode,
)
from cyberdirector.script.reading import decode

EXAMPLES = ["雨夜茶馆.txt", "office.fountain"]


def content(episode: Episode):
    scenes = [
        s.model_dump(exclude={"at", "beats"}) | {"beats": [b.content() for b in s.beats]}
        for s in episode.scenes
    ]
    return episode.title, episode.number, episode.language, scenes


@pytest.mark.parametrize("name", EXAMPLES)
def test_text_round_trip(name):
    text = (data_dir("examples") / name).read_text(encoding="utf-8")
    first = parse_text(text, name)
    again = parse_text(format_script(first.episode))
    assert content(again.episode) == content(first.episode)
    assert again.problems == ()


@pytest.mark.parametrize("name", EXAMPLES)
def test_json_round_trip_keeps_unknown_fields(tmp_path: Path, name: str):
    episode = parse_text(
        (data_dir("examples") / name).read_text(encoding="utf-8"), name
    ).episode
    path = tmp_path / "episode.json"
    save_episode(path, episode)
    assert load_episode(path) == episode
    data = json.loads(path.read_text(encoding="utf-8"))
    assert (data["schema"], data["version"]) == ("cyberdirector.episode", 1)
    data["later"] = {"a": 1}
    data["scenes"][0]["beats"][0]["mood"] = "blue"
    path.write_text(json.dumps(data), encoding="utf-8")
    save_episode(path, load_episode(path))
    again = json.loads(path.read_text(encoding="utf-8"))
    assert again["later"] == {"a": 1}
    assert again["scenes"][0]["beats"][0]["mood"] == "blue"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "episode-unreadable"),
        ('{"schema": "other"}', "episode-unreadable"),
        ('{"version": 99}', "episode-newer"),
        ("[" * 100_000, "episode-unreadable"),
    ],
)
def test_bad_json_is_refused(tmp_path: Path, text: str, code: str):
    path = tmp_path / "episode.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as error:
        load_episode(path)
    assert error.value.code == code


_PIECES = st.sampled_from(
    ["林晚", "沈青", "：", ":", "（", "）", "(", ")", "【", "】", "字幕", "△", "♪", "1-1", "夜",
     "内", "云来茶馆", "\n", "\n\n", " ", "第1集", "场", "OS", "V.O.", "人物", "、", "，", "。",
     "INT. ",
     "EXT", "ANNA", "\nBOB\n", "/*", "*/", "[[", "]]", "//", "~", ">", "<", "@", "#", "=", "!",
     "^",
     ".", "-", "Title: x\n", "“", "”", "你来了", "hello", "《", "》", "时间", "对", "1", "２",
     "\t",
     "\ufeff", "😀", "\x0b", "\r", "*", "_", "\\"]
)  # fmt: skip
_TEXT = st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=60).map("".join))


def letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text))


def everything(result: ParseResult) -> str:
    episode = result.episode
    parts = [episode.title, *(f"{r.name}{r.about}" for r in episode.roles)]
    for scene in episode.scenes:
        parts += [scene.id, scene.place, scene.time.words, *scene.weather_words, *scene.cast]
        for beat in scene.beats:
            parts.append(beat.text)
            if beat.kind == "line":
                parts += [beat.speaker, *beat.chorus, beat.parenthetical]
                parts += [a.text for a in beat.asides]
            elif beat.kind == "song":
                parts.append(beat.speaker)
    return "".join(letters(p) for p in parts)


@settings(max_examples=300, deadline=None)
@given(_TEXT, st.sampled_from(["chinese", "fountain", None]))
def test_any_text_gives_an_episode_or_a_typed_error(text, notation):
    try:
        result = parse_text(
            text + "\n\n林晚：好。\n\nINT. X - DAY\n\nANNA\nWell.\n", notation=notation
        )
    except CyberDirectorError as error:
        told = (error.code, error.zh, error.en)
        assert all(told)
        return
    ids = [b.id for s in result.episode.scenes for b in s.beats]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[0-9A-Za-z.\-]+", i) for i in ids)
    assert all(b.text.strip() for s in result.episode.scenes for b in s.beats)
    parse_text(format_script(result.episode), notation="chinese")


_WORDS = frozenset("林晚 沈青 云来茶馆 你来了 hello ANNA BOB".split())


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join), st.sampled_from(["chinese", "fountain"]))
def test_no_word_is_lost(text, notation):
    text += "\n\n林晚：好。\n\nANNA\nWell.\n"
    result = parse_text(text, notation=notation)
    kept = everything(result)
    for word in _WORDS:
        assert text.count(word) == 0 or word in kept or not letters(word)
        if word not in ("ANNA", "BOB", "林晚", "沈青"):
            assert kept.count(word) >= text.count(word)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_decode_or_are_refused(data):
    try:
        parse_text(decode(data))
    except CyberDirectorError as error:
        assert error.code.startswith("script-")  # noqa: PT017


@pytest.mark.parametrize(
    "line",
    [
        "（" * 1999,
        "A" + " " * 1990 + "(x",
        "[[" * 900,
        "林" * 1999 + "：",
        "A(" * 900,
        "、" * 1999,
    ],
)
@pytest.mark.parametrize("notation", ["chinese", "fountain"])
def test_hostile_lines_take_little_time(line, notation):
    text = "\n\n".join([line] * 200) + "\n\n林晚：好。\n\nANNA\nWell.\n"
    begin = time.perf_counter()
    parse_text(text, notation=notation)
    assert time.perf_counter() - begin < 5.0


def test_check_command(tmp_path: Path):
    run = CliRunner().invoke(
        script, ["check", str(data_dir("examples") / EXAMPLES[0]), "--json"]
    )
    assert run.exit_code == 0
    found = json.loads(run.stdout)
    assert (found["scenes"], found["roles"], found["problems"]) == (
        2,
        ["老掌柜", "沈青", "林晚"],
        [],
    )
    path = tmp_path / "bad.txt"
    path.write_text("1-1 夜 内 茶馆\n※ 怪\n林晚：走。", encoding="utf-8")
    found = json.loads(CliRunner().invoke(script, ["check", str(path), "--json"]).stdout)
    assert {"line": 2, "column": 1, "code": "script-unknown-notation"}.items() <= found[
        "problems"
    ][0].items()
    path.write_bytes(b"")
    run = CliRunner().invoke(script, ["check", str(path), "--json"])
    assert run.exit_code == 3
    assert json.loads(run.stdout)["problems"][0]["code"] == "script-empty"


def test_cast_table(tmp_path: Path):
    script_path = tmp_path / "x.txt"
    assert read_cast(script_path) == {}
    table = tmp_path / "x.cast.yaml"
    table.write_text(
        "cast:\n  林晚: {recipe: a, voice: b, seed: 3}\n  沈青:\n", encoding="utf-8"
    )
    found = read_cast(script_path)
    assert (found["林晚"].recipe, found["林晚"].seed, found["沈青"].recipe) == ("a", 3, "")
    for bad in ("cast: 3", "[1", "cast: {a: [1]}", "cast: {a: {seed: x}}", "x: 1"):
        table.write_text(bad, encoding="utf-8")
        with pytest.raises(InputRefused, match="cast-unreadable"):
            read_cast(script_path)
    assert read_cast(data_dir("examples") / EXAMPLES[0]).keys() == {"林晚", "沈青", "老掌柜"}
