"""Fountain, in English and in Chinese."""

from __future__ import annotations

import pytest

from cyberdirector.core.resources import data_dir
from cyberdirector.script import (
    Action,
    Caption,
    Line,
    Note,
    Song,
    detect_format,
    parse_script,
    parse_text,
)

CHINESE = """Title: 雨夜茶馆

内. 云来茶馆 - 夜

沈青推门而入。

沈青
（惊讶）
你怎么在这里？

林晚 (V.O.)
三年了。
他终于来了。

@老掌柜
客官请坐。

雨声渐渐大了
两个人都没有说话。

EXT. 青云山门 - DAY #1-7#

林晚
(smiling) 走吧。
"""


def test_chinese_names_need_no_at():
    episode = parse_text(CHINESE, "x.fountain").episode
    assert episode.title == "雨夜茶馆"
    assert [(s.id, s.place, s.time.name, s.inside) for s in episode.scenes] == [
        ("1-1", "云来茶馆", "night", True),
        ("1-7", "青云山门", "day", False),
    ]
    assert [(x.speaker, x.text, x.parenthetical, x.at.line) for x in episode.lines()] == [
        ("沈青", "你怎么在这里？", "惊讶", 7),
        ("林晚", "三年了。他终于来了。", "V.O.", 11),
        ("老掌柜", "客官请坐。", "", 15),
        ("林晚", "走吧。", "smiling", 23),
    ]
    actions = [b.text for b in episode.scenes[0].beats if isinstance(b, Action)]
    assert actions == ["沈青推门而入。", "雨声渐渐大了", "两个人都没有说话。"]


def test_elements():
    text = (
        "INT. OFFICE - DAY\n\n# Act one\n\n= A quiet start\n\nAnna *waits*. [[check this]]\n\n"
        "ANNA (CONT'D)\n(angrily)\nYou are _late_.\n(softly)\nAgain.\n\n~La la la\n\n"
        "> THE END <\n\n"
        "CUT TO:\n\n!FORCED ACTION\n\n===\n\n/* gone\nfor good */\nSUPER: Two hours later\n"
    )
    found = parse_text(text, "x.fountain").episode.scenes[0].beats
    assert [(type(b), b.text) for b in found] == [
        (Note, "# Act one"),
        (Note, "= A quiet start"),
        (Note, "check this"),
        (Action, "Anna waits."),
        (Line, "You are late. Again."),
        (Song, "La la la"),
        (Caption, "THE END"),
        (Action, "CUT TO:"),
        (Action, "FORCED ACTION"),
        (Note, "==="),
        (Note, "gone"),
        (Note, "for good"),
        (Caption, "Two hours later"),
    ]
    line = found[4]
    assert (line.speaker, line.emotion.name, line.language) == ("ANNA", "anger", "en")
    assert [(a.offset, a.text) for a in line.asides] == [(13, "softly")]


def test_unclosed_comment_loses_nothing():
    text = "INT. X - DAY\n\nANNA\nHi.\n\n/* never closed\n\nBOB\nHello [[ you.\n"
    episode = parse_text(text, "x.fountain").episode
    assert [x.text for x in episode.lines()] == ["Hi.", "Hello [[ you."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INT. OFFICE - DAY\n\nANNA\nHi.", "fountain"),
        ("1-1 夜 内 茶馆\n林晚：走。", "chinese"),
        ("INT. OFFICE - DAY\nANNA: Hi.\nBOB: Ho.", "chinese"),
        (CHINESE, "fountain"),
    ],
)
def test_detection(text, expected):
    assert detect_format(text) == expected


def test_example():
    result = parse_script(data_dir("examples") / "office.fountain")
    assert result.problems == ()
    assert result.episode.language == "en"
    assert set(result.episode.speakers()) == {"MAYA", "DANIEL"}
