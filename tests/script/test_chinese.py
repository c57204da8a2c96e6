"""The Chinese grammar: every form, every refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.resources import data_dir
from cyberdirector.core.speech import Emotion
from cyberdirector.script import Action, Caption, Line, Note, Song, parse_script, parse_text


def scene(text: str):
    return parse_text(text, notation="chinese").episode.scenes[0]


def beats(body: str):
    return scene("1-1 夜 内 云来茶馆\n" + body).beats


@pytest.mark.parametrize(
    ("heading", "place", "time", "inside"),
    [
        ("1-1 夜 内 云来茶馆", "云来茶馆", "night", True),
        ("场1-1 夜 内 云来茶馆", "云来茶馆", "night", True),
        ("1-1 云来茶馆 内 夜", "云来茶馆", "night", True),
        ("１－１　夜　内　云来茶馆", "云来茶馆", "night", True),
        ("1-1、日，外，青云山门", "青云山门", "day", False),
        ("场景1：青云山门 外 黄昏", "青云山门", "dusk", False),
        ("第一场 晨 外 青云山门", "青云山门", "dawn", False),
        ("1-1 日/内 办公室", "办公室", "day", True),
        ("1-1 夜内 云来茶馆", "云来茶馆", "night", True),
        ("【1-1 傍晚 外 山路】", "山路", "dusk", False),
        ("## 1-1 夜 内 云来茶馆", "云来茶馆", "night", True),
        ("内景 云来茶馆 夜", "云来茶馆", "night", True),
        ("INT. OFFICE - NIGHT", "OFFICE", "night", True),
        ("1. 日 外 街道", "街道", "day", False),
        ("1-1 深夜 内外 车", "车", "night", None),
    ],
)
def test_headings(heading, place, time, inside):
    found = scene(f"{heading}\n林晚：你来了。")
    assert (found.id, found.place, found.time.name, found.inside) == (
        "1-1",
        place,
        time,
        inside,
    )


@pytest.mark.parametrize(
    "text", ["12：30的时候下雨了", "2024年夏天，他走了。", "他在屋内。", "两人夜里赶路。"]
)
def test_sentences_are_not_headings(text):
    found = parse_text(f"1-1 夜 内 茶馆\n林晚：好。\n{text}").episode
    assert len(found.scenes) == 1
    assert isinstance(found.scenes[0].beats[1], Action)


@pytest.mark.parametrize(
    ("text", "speaker", "words", "paren", "delivery"),
    [
        ("林晚（冷笑）：是你。", "林晚", "是你。", "冷笑", ()),
        ("林晚(冷笑):是你。", "林晚", "是你。", "冷笑", ()),
        ("林晚 OS：是你。", "林晚", "是你。", "OS", ("os",)),
        ("林晚OS：是你。", "林晚", "是你。", "OS", ("os",)),
        ("林晚（V.O.）：是你。", "林晚", "是你。", "V.O.", ("vo",)),
        ("林晚 画外音：是你。", "林晚", "是你。", "画外音", ("vo",)),
        ("旁白：是你。", "旁白", "是你。", "", ("vo",)),
        ("画外音：是你。", "画外音", "是你。", "", ("vo",)),
        ("林晚：（低声）是你。", "林晚", "是你。", "低声", ("low",)),
        ("林晚（电话里，大喊）：是你。", "林晚", "是你。", "电话里，大喊", ("phone", "shout")),
        ("林晚：“是你。”", "林晚", "是你。", "", ()),
        (
            "Mary Ann (whispering): It's you.",
            "Mary Ann",
            "It's you.",
            "whispering",
            ("whisper",),
        ),
        ("CARLOS: Hi.", "CARLOS", "Hi.", "", ()),
    ],
)
def test_lines(text, speaker, words, paren, delivery):
    (found,) = beats(text)
    assert isinstance(found, Line)
    assert (found.speaker, found.text) == (speaker, words)
    assert (found.parenthetical, found.delivery) == (paren, delivery)
    assert found.at.line == 2
    assert found.id == "1-1-L01"


def test_verbs_of_saying():
    first, second = beats("林晚：谁？\n林晚冷笑道：是你。")
    assert (second.speaker, second.parenthetical) == (first.speaker, "冷笑道")
    assert second.emotion.name == "contempt"


def test_inner_directions_are_not_spoken():
    (found,) = beats("林晚：你（转身）还回来做什么？")
    assert found.text == "你还回来做什么？"
    assert [(a.offset, a.text) for a in found.asides] == [(1, "转身")]


def test_words_on_the_next_line():
    (found,) = beats("林晚：\n（冷笑）\n\n你来了。")
    assert (found.text, found.parenthetical) == ("你来了。", "冷笑")
    assert found.emotion.name == "contempt"


def test_chorus_and_addressee():
    first, second, third = beats(
        "林晚、沈青：掌柜！\n林晚（对沈青，怒）：走。\n沈青：林晚，你别急。"
    )
    assert (first.speaker, first.chorus) == ("林晚", ("沈青",))
    assert second.addressee == "沈青"
    assert second.emotion == Emotion("anger", 0.85)
    assert third.addressee == "林晚"


def test_other_beats():
    found = beats(
        "△雨夜。【字幕：三年前】沈青推门。\n【字幕：永和三年】\n字幕：秋\n♪ 山有木兮 ♪\n"
        "林晚：♪木有枝♪\n"
        "【音效：雷声】\n【特写 一封信】\n（林晚坐下）\n切至：\n// 这里要改\n林晚：走。"
    )
    kinds = [(type(b), b.text) for b in found]
    assert kinds == [
        (Action, "雨夜。"),
        (Caption, "三年前"),
        (Action, "沈青推门。"),
        (Caption, "永和三年"),
        (Caption, "秋"),
        (Song, "山有木兮"),
        (Song, "木有枝"),
        (Action, "音效：雷声"),
        (Action, "特写 一封信"),
        (Action, "（林晚坐下）"),
        (Action, "切至："),
        (Note, "这里要改"),
        (Line, "走。"),
    ]
    assert [b.notation for b in found if isinstance(b, Action)] == [
        "action", "action", "sound", "camera", "plain", "transition",
    ]  # fmt: skip


def test_unknown_notation_is_kept_with_a_warning():
    result = parse_text("1-1 夜 内 茶馆\n※※ 奇怪的写法\n林晚：走。")
    found = result.episode.scenes[0].beats[0]
    assert (found.text, found.notation) == ("※※ 奇怪的写法", "unknown")
    (problem,) = result.problems
    assert (problem.line, problem.column, problem.code) == (2, 1, "script-unknown-notation")


def test_ids_survive_a_change_of_words():
    text = "1-1 夜 内 茶馆\n△坐下。\n林晚：一。\n△站起。\n沈青：二。"
    before = [b.id for b in scene(text).beats]
    after = [b.id for b in scene(text.replace("一。", "完全不同的一句话！")).beats]
    assert before == after == ["1-1-A01", "1-1-L01", "1-1-A02", "1-1-L02"]


def test_roles_cast_weather_and_action_roles():
    text = (
        "《雨夜》\n第二集\n人物：林晚（女，20岁）、老掌柜（男）\n"
        "1-1 雨夜 内 茶馆\n人物：林晚、老掌柜\n"
        "△雷声滚滚，掌柜看着林晚。\n林晚：谁？\n沈青：我。"
    )
    result = parse_text(text)
    episode = result.episode
    assert (episode.title, episode.number, episode.language) == ("雨夜", 2, "zh")
    assert [(r.name, r.about) for r in episode.roles] == [
        ("林晚", "女，20岁"), ("老掌柜", "男"), ("沈青", ""),
    ]  # fmt: skip
    first = episode.scenes[0]
    assert first.weather == ("rain", "thunder")
    assert first.beats[0].roles == ("老掌柜", "林晚")
    assert [p.code for p in result.problems] == ["script-not-in-cast"]


def test_role_table():
    text = "人物小传\n林晚：女，20岁。\n沈青：男，剑客。\n1-1 夜 内 茶馆\n林晚：走。"
    episode = parse_text(text).episode
    assert [r.about for r in episode.roles] == ["女，20岁。", "男，剑客。"]
    assert len(episode.lines()) == 1


def test_rain_that_stopped_is_no_weather():
    assert scene("1-1 晨 外 山门\n△雨停了，沈清风站着。\n沈清风：走。").weather == ()


def test_doubtful_things_are_told():
    text = (
        "1-1 内 茶馆\n林晚（冷笑：走。\n沈青：\n△坐下\n1-1 夜 内 茶馆\n"
        "【字幕：秋\n林晚：走。\n1-3 夜 内"
    )
    result = parse_text(text)
    assert [(p.line, p.code) for p in result.problems] == [
        (1, "script-heading-time"),
        (2, "script-paren-open"),
        (3, "script-empty-speech"),
        (5, "script-duplicate-scene"),
        (6, "script-bracket-open"),
        (8, "script-heading-place"),
        (8, "script-empty-scene"),
    ]
    assert [s.id for s in result.episode.scenes] == ["1-1", "1-1.2", "1-3"]


@pytest.mark.parametrize(
    ("paren", "name", "intensity"),
    [
        ("微微一笑", "joy", 0.248),
        ("很生气", "anger", 0.715),
        ("slightly angry", "anger", 0.303),
        ("不高兴", "neutral", 0.0),
        ("not happy", "neutral", 0.0),
        ("温柔地", "tender", 0.55),
        ("语气平静", "calm", 0.4),
        ("痛哭", "sad", 0.85),
    ],
)
def test_emotions(paren, name, intensity):
    (found,) = beats(f"林晚（{paren}）：走吧。")
    assert (found.emotion.name, found.emotion.intensity) == (
        name,
        pytest.approx(intensity, abs=2e-3),
    )


def test_words_alone_give_only_a_light_emotion():
    for words in ("滚！滚！住口！", "什么？！", "谢谢你。", "哈哈哈哈！"):
        (found,) = beats(f"林晚：{words}")
        assert 0 < found.emotion.intensity <= 0.5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, newline: str):
    path = tmp_path / "雨夜.txt"
    text = "1-1 夜 内 云来茶馆\n△沈青推门而入。\n林晚（冷笑）：是你。\n"
    path.write_bytes(text.replace("\n", newline).encode(encoding))
    found = parse_script(path).episode
    assert found.title == "雨夜"
    assert (found.lines()[0].text, found.lines()[0].at.line) == ("是你。", 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "script-empty"),
        (b" \n\t\n", "script-empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "script-binary"),
        (b"PK\x03\x04" + bytes(range(256)) * 4, "script-binary"),
        (b"\x01\x02\x03\x04\x05 abc", "script-binary"),
        ("Où est passé le garçon ?\n".encode("latin-1"), "script-encoding"),
        ("1-1 夜 内 茶馆\n△没有人说话。".encode(), "script-no-line"),
        ("林晚：".encode() + b"a" * 3000, "script-line-too-long"),
        ("林晚：好。\n".encode() * 20_001, "script-too-long"),
    ],
)
def test_refusals(tmp_path: Path, data: bytes, code: str):
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    with pytest.raises(InputRefused) as error:
        parse_script(path)
    assert error.value.code == code
    assert error.value.location.file == str(path)
    assert error.value.zh.endswith(("。", "”"))
    assert error.value.en


def test_large_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "big.txt"
    with path.open("wb") as stream:
        stream.truncate(50 << 20)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    with pytest.raises(InputRefused, match="script-too-large"):
        parse_script(path)


def test_missing_file(tmp_path: Path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(InputRefused, match="script-missing"):
            parse_script(path)


def test_demo_screenplay():
    result = parse_script(data_dir("examples") / "雨夜茶馆.txt")
    assert result.problems == ()
    episode = result.episode
    assert episode.speakers() == ("老掌柜", "沈青", "林晚")
    assert [(s.place, s.inside) for s in episode.scenes] == [
        ("云来茶馆", True),
        ("青云山门", False),
    ]
    assert len({line.emotion.name for line in episode.lines()}) >= 6
    assert sum(line.off_screen for line in episode.lines()) == 1
