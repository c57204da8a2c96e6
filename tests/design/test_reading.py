from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused
from cyberdirector.design import read_text
from cyberdirector.design.numbers import chinese_number, find_figures


def _garments(text):
    return {g.kind: g.colours for g in read_text(text).slots.garments}


def test_the_example_of_the_manual():
    reading = read_text("二十岁女剑客，高马尾，月白色交领襦裙，清冷")
    slots = reading.slots
    assert (slots.sex, slots.age, slots.roles, slots.moods) == (
        "female",
        20,
        ["swordsman"],
        ["cold"],
    )
    assert slots.hair.style == "high_ponytail"
    assert {g.kind: g.colours for g in slots.garments} == {"ruqun": {"main": "moon_white"}}
    assert reading.unresolved == []
    assert reading.lacking == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("red dress and black boots", {"dress": "red", "boots": "black"}),
        ("black boots, a red dress", {"dress": "red", "boots": "black"}),
        ("蓝色卫衣配黑色长裤", {"hoodie": "blue", "trousers": "black"}),
        ("皇帝，龙袍，明黄色", {"yuanling_pao": "imperial_yellow"}),
        ("女侠，红衣", {"jiaoling_robe": "red"}),
        ("swordswoman in white", {"jiaoling_robe": "white"}),
        ("深紫色旗袍", {"qipao": "dark_purple"}),
        ("light green hanfu", {"ruqun": "light_green"}),
    ],
)
def test_colours_belong_to_their_nouns(text, wanted):
    assert {k: c.get("main") for k, c in _garments(text).items()} == wanted


def test_colours_of_parts_and_of_the_body():
    slots = read_text("黑色西装，酒红色领带，银色短发，碧绿色眼睛").slots
    assert slots.garments[0].colours == {"main": "black", "tie": "wine"}
    assert (slots.hair.colour, slots.hair.length) == ("silver", "short")
    assert slots.face.iris == "emerald"
    slots = read_text("long silver hair, red eyes, very pale skin").slots
    assert (slots.hair.colour, slots.hair.length, slots.face.iris) == ("silver", "long", "red")
    assert (slots.face.skin, slots.face.skin_degree) == ("pale", "very")


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("不戴眼镜的程序员", lambda s: s.without == ["glasses"] and not s.garments),
        ("a programmer without glasses", lambda s: s.without == ["glasses"]),
        ("没有刘海的女孩", lambda s: s.hair.fringe == "none"),
        ("女孩，不高", lambda s: s.stature == "short"),
        ("a man who is not very tall", lambda s: s.stature == "short"),
        ("没有胡子的道士", lambda s: s.hair.beard == "none"),
        ("no beard, monk", lambda s: s.hair.beard == "none"),
        ("不胖的厨师", lambda s: s.build == "average"),
    ],
)
def test_negation(text, check):
    assert check(read_text(text).slots)


@pytest.mark.parametrize(
    ("text", "build", "degree"),
    [("微胖的女人", "plump", "slight"), ("非常瘦的男人", "slim", "very"),
     ("slightly plump woman", "plump", "slight"), ("a very muscular man", "muscular", "very")],
)  # fmt: skip
def test_degree(text, build, degree):
    slots = read_text(text).slots
    assert (slots.build, slots.build_degree) == (build, degree)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("二十五六岁", "age", 25), ("六十多岁", "age", 64), ("三十出头", "age", 30),
        ("年方二八年华", "age", 16), ("17 years old", "age", 17), ("aged forty-two", "age", 42),
        ("in her mid-twenties", "age", 25), ("a man in his sixties", "age", 64),
        ("身高一米八五", "height", 185), ("162 cm tall", "height", 162),
        ("1米8", "height", 180),
        ("三头身", "heads", 3), ("three heads tall", "heads", 3), ("10个路人甲", "count", 10),
        ("ten passers-by", "count", 10),
    ],
)  # fmt: skip
def test_figures(text, kind, value):
    assert [(f.kind, f.value) for f in find_figures(text)] == [(kind, value)]


def test_chinese_numbers():
    assert [chinese_number(t) for t in ("五", "十", "十八", "二十", "九十九", "一百", "x")] == [
        5, 10, 18, 20, 99, 100, None]  # fmt: skip


def test_what_is_not_understood_is_told():
    text = "会飞的女侠，腰挂葫芦, riding a unicycle"
    reading = read_text(text)
    told = [span.text for span in reading.unresolved]
    assert "unicycle" in told
    assert any("葫芦" in t for t in told)
    for span in [*reading.spans, *reading.unresolved]:
        assert text[span.start : span.end] == span.text


def test_what_the_library_lacks_is_told():
    reading = read_text("蒙面的女刺客，戴墨镜和礼帽")
    assert {s.value for s in reading.lacking} == {"hat"}
    kinds = [g.kind for g in reading.slots.garments]
    assert {"face_cloth", "sunglasses"} <= set(kinds)
    assert "hat" not in kinds


@pytest.mark.parametrize(
    ("text", "code"), [("  ", "text-empty"), ("长" * 2001, "text-too-long")]
)
def test_bad_descriptions_are_refused(text, code):
    with pytest.raises(InputRefused) as refused:
        read_text(text)
    assert refused.value.code == code


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_is_read(text):
    if not text.strip():
        return
    reading = read_text(text)
    assert all(text[s.start : s.end] == s.text for s in reading.unresolved)


WORDS = (
    "红|不|没有|银发|襦裙|很|深|蓝色|，|戴|眼镜|老|20岁|胡子|和|的"
    "| red | not | hair |and|,|boots"
).split("|")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_any_row_of_words_is_read(words):
    text = "".join(words)
    if text.strip():
        read_text(text)
