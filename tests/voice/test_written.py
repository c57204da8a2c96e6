from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused
from cyberdirector.voice.g2p import read_line
from cyberdirector.voice.g2p.dictionary import Dictionary, dictionary_path, read_dictionary
from cyberdirector.voice.g2p.numbers import normalise
from cyberdirector.voice.g2p.written import MAX_CHARACTERS, clean


def codes(text: str, language: str | None = None) -> list[str]:
    return [note.code for note in read_line(text, language).notes]


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(InputRefused, match="voice-empty"):
        read_line(text)


def test_too_long_text_is_refused() -> None:
    with pytest.raises(InputRefused, match="voice-too-long"):
        read_line("好" * (MAX_CHARACTERS + 1))


@pytest.mark.parametrize("text", ["Привет, как дела?", "안녕하세요", "مرحبا", "สวัสดี"])
def test_other_languages_are_refused(text: str) -> None:
    with pytest.raises(InputRefused, match="voice-language"):
        read_line(text)


def test_emoji_only_has_nothing_to_say() -> None:
    with pytest.raises(InputRefused, match="voice-nothing-to-say"):
        read_line("😀😀")


def test_emoji_and_markup_are_left_out_with_a_note() -> None:
    plain = read_line("你好，世界。").symbols
    assert read_line("你好👋🏽，世界。😀").symbols == plain
    assert codes("你好👋🏽，世界。😀") == ["voice-emoji"]
    assert read_line('<b class="x">你好</b>，[世界](http://a.b)。').symbols == plain
    assert codes("你好，<br/>世界。") == ["voice-markup"]
    assert codes("看 https://example.org/a?b=1 吧") == ["voice-markup"]
    assert codes("你好，世界。") == []
    assert codes("AI 来了，café 见！") == []


def test_some_foreign_letters_are_noted() -> None:
    assert codes("他说 да，就走了。") == ["voice-letters"]
    assert codes("He said 你好 to me.", "en") == ["voice-letters"]


def test_stars_mark_emphasis() -> None:
    reading = read_line("你*必须*走。")
    assert [reading.words[i].text for i in reading.emphasis] == ["必须"]
    assert reading.symbols == read_line("你必须走。").symbols
    assert not reading.notes
    assert read_line("I <em>never</em> said that.").emphasis


@given(st.text(alphabet="你好*_<b>/[]()😀 aé。", max_size=40))
@settings(max_examples=60, deadline=None)
def test_words_keep_their_places(text: str) -> None:
    try:
        reading = read_line(text)
    except InputRefused:
        return
    place = 0
    for word in reading.words:
        assert place <= word.first <= word.last <= len(text)
        assert word.text == text[word.first : word.last]
        place = word.last
    assert len(clean(text).text) == len(clean(text).spans)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2小时", "两小时"),
        ("2岁", "两岁"),
        ("3:2", "三比二"),
        ("打110", "打幺幺零"),
        ("60km/h", "六十公里每小时"),
        ("25°C", "二十五摄氏度"),
        ("30%~50%", "百分之三十到百分之五十"),
        ("2023-2024年", "二零二三至二零二四年"),
        ("20㎡", "二十平方米"),
        ("5G", "五G"),
        ("¥99.9", "九十九点九元"),
        ("0.5倍", "零点五倍"),
    ],
)
def test_more_numbers(text: str, said: str) -> None:
    assert normalise(text).text == said


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("排成一行", "pʰai↗ꭧʰə↗ŋi↘xa↗ŋ."),
        ("两行泪", "lja↓ŋxa↗ŋlei↘."),
        ("一行人", "i↘ɕi↗ŋɻə↗n."),
        ("背着包", "pei→ꭧɤpau→."),
        ("还书", "xwa↗nʂu→."),
        ("看看", "kʰa↘nkʰan."),
        ("小孩儿", "ɕjau↓xai↗ɚ."),
        ("桌子", "ꭧwo→ʦɨ."),
        ("展览馆", "ꭧa↗nla↗nkwa↓n."),
        ("不去", "pu↗ʨʰy↘."),
    ],
)
def test_more_readings(text: str, symbols: str) -> None:
    assert read_line(text).symbols.replace(" ", "") == symbols


def test_latin_in_chinese() -> None:
    said = {
        text: read_line(text).symbols
        for text in ("下载App吧", "CEO说", "连WiFi", "A座", "4S店", "AI来了")
    }
    assert "ˈæp" in said["下载App吧"]
    assert said["CEO说"].startswith("sˌiˌiˈO")
    assert "wˈIfˌI" in said["连WiFi"]
    assert said["A座"].startswith("ˈA ")
    assert "ˈɛs" in said["4S店"]
    assert said["AI来了"].startswith("ˈAˌI")


def test_own_dictionary(tmp_path: Path) -> None:
    path = dictionary_path(tmp_path / "ep1.txt")
    path.write_text(
        "words:\n  单雄信: shan4 xiong2 xin4\n  K8s: Kubernetes\n  Zorblax: /zˈɔɹblæks/\n",
        encoding="utf-8",
    )
    own = read_dictionary(path)
    assert read_line("单雄信来了", own=own).symbols.startswith("ʂa↘n")
    assert read_line("Zorblax is here", own=own).symbols.startswith("zˈɔɹblæks")
    reading = read_line("用K8s部署", own=own)
    assert "K8s" in [word.text for word in reading.words]
    assert own.within("单雄信来了") == Dictionary({"单雄信": ("shan4", "xiong2", "xin4")})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words: [a]",
        "words: {沈青: shen3}",
        "words: {沈青: shen3 qqq1}",
        "a: {",
        "words: {x: /☃/}",
    ],
)
def test_bad_dictionary_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused, match="voice-dictionary"):
        read_dictionary(path)
