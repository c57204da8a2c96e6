"""How actions introduce roles, and whom they mean without a name."""

from __future__ import annotations

import pytest

from cyberdirector.script import parse_text
from cyberdirector.script.people import introduced, meant, sex_told


@pytest.mark.parametrize(
    ("name", "text", "about"),
    [
        ("林晚", "林晚（二十岁，一身白衣）推门而入。", "二十岁，一身白衣"),
        ("林晚", "林晚，二十岁，一身白衣，推门而入。", "二十岁，一身白衣"),
        ("沈青", "雨中，沈青，一个青衫剑客，走来。", "一个青衫剑客"),
        ("林晚", "林晚，穿过人群，推开门。", ""),
        ("林晚", "林晚冷笑一声，转身。", ""),
        (
            "JOHN",
            "The door opens. JOHN, 30s, in a grey suit, drops a cup.",
            "30s, in a grey suit",
        ),
        ("MEI", "MEI (20s, scar on her cheek) waits.", "20s, scar on her cheek"),
        ("MEI", "MEI (O.S.)", ""),
        ("JOHN", "JOHN, with surprise, turns.", ""),
        ("JOHN", "Behind John, a door opens.", ""),
    ],
)
def test_introductions(name: str, text: str, about: str) -> None:
    assert introduced(name, text) == about


def test_sexes_are_told_by_one_side_only() -> None:
    assert sex_told("二十岁女剑客") == "female"
    assert sex_told("an old man") == "male"
    assert sex_told("a swordswoman") == "female"
    assert sex_told("男扮女装") == ""
    assert sex_told("a doctor") == ""


def test_groups_and_pronouns() -> None:
    seen, sexes = ["甲", "乙", "甲"], {"甲": "female", "乙": "male"}
    assert meant("他点头。", seen, sexes) == ("乙",)
    assert meant("她点头。", seen, sexes) == ("甲",)
    assert meant("两人对视。", seen, sexes) == ("乙", "甲")
    assert meant("雨声渐大。", seen, sexes) == ()
    assert meant("They laugh.", ["A", "B", "C"], {}) == ("A", "B", "C")
    assert meant("两人吓了一跳。", ["甲", "乙", "丙"], sexes) == ("甲", "乙")
    assert meant("两人点头。", ["甲", "乙", "丙"], sexes) == ("乙", "丙")


def test_a_screenplay_introduces_its_people() -> None:
    text = (
        "Title: Gate\n\nINT. TEA HOUSE - NIGHT\n\nMEI, a young woman in a white robe, sits. "
        "HAN, an old man with a beard, enters.\n\nMEI\nYou came.\n\nHAN\nI did.\n\n"
        "She draws her sword.\n"
    )
    episode = parse_text(text, "x.fountain").episode
    assert {r.name: r.about for r in episode.roles} == {
        "MEI": "a young woman in a white robe",
        "HAN": "an old man with a beard",
    }
    assert episode.scenes[0].beats[-1].roles == ("MEI",)


def test_a_table_of_roles_needs_no_word_but_人物() -> None:
    table = "人物\n林晚：二十岁女剑客\n沈青：男，青衫\n\n"
    text = table + "1-1 夜 内 茶馆\n林晚：你来了。\n沈青：嗯。\n"
    result = parse_text(text, "x.txt")
    assert [r.about for r in result.episode.roles] == ["二十岁女剑客", "男，青衫"]
    assert [s.id for s in result.episode.scenes] == ["1-1"]
    assert not result.problems
