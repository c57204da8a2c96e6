import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.speech import PHONE_CLASSES
from cyberdirector.voice.g2p import detect_language, read_line
from cyberdirector.voice.g2p.english import say_integer, say_number, say_ordinal
from cyberdirector.voice.g2p.kana import mora_symbols, split_morae
from cyberdirector.voice.g2p.lexicon import pronounce
from cyberdirector.voice.g2p.numbers import normalise, read_integer
from cyberdirector.voice.g2p.pinyin import sounds_of
from cyberdirector.voice.styles import vocabulary


def kinds(syllable: str, tone: int = 1) -> list[str]:
    return [kind for sound in sounds_of(syllable, tone) for kind, _ in sound.parts]


def test_apical_vowels_hold_the_shape_of_their_initial() -> None:
    assert kinds("zhi") == ["SH", "SH"]
    assert kinds("si") == ["S", "S"]
    assert kinds("ri") == ["R", "SH"]
    assert kinds("xi") == ["CJ", "IY"]


def test_front_rounded_vowel_and_spread_fricative() -> None:
    assert kinds("yu") == ["YY"]
    assert kinds("xue") == ["CJ", "YY", "EH"]
    assert kinds("nü") == ["TD", "YY"]
    assert kinds("nu") == ["TD", "UW"]


def test_rounding_begins_with_the_initial() -> None:
    assert [s.rounded for s in sounds_of("shu", 1)] == [1.0, 1.0]
    assert sounds_of("shan", 1)[0].rounded == 0.0


def test_aspirated_p_opens_the_lips_before_its_vowel() -> None:
    assert kinds("pa") == ["BMP", "AA", "AA"]
    assert kinds("ba") == ["BMP", "AA"]


def test_tone_mark_stands_before_the_coda() -> None:
    assert "".join(s.symbols for s in sounds_of("ma", 2)) == "ma↗"
    assert "".join(s.symbols for s in sounds_of("mang", 2)) == "ma↗ŋ"
    assert "".join(s.symbols for s in sounds_of("zhuang", 4)) == "ꭧwa↘ŋ"


def test_erhua_colours_the_syllable_and_keeps_full_words() -> None:
    assert "".join(s.symbols for s in sounds_of("wan", 2, True)) == "wa↗ɚ"
    assert "".join(s.symbols for s in sounds_of("na", 3, True)) == "na↓ɚ"
    assert "ɚ↗" in read_line("女儿").symbols
    assert read_line("花儿").symbols == "xwa→ɚ."


def test_sandhi() -> None:
    assert read_line("你好").symbols == "ni↗xau↓."
    assert read_line("一样").symbols.startswith("i↗")
    assert read_line("一起").symbols.startswith("i↘")
    assert read_line("第一").symbols == "ti↘i→."
    assert read_line("不是").symbols.startswith("pu↗")
    assert read_line("不说").symbols.startswith("pu↘")
    assert read_line("看一看").symbols == "kʰa↘nikʰa↘n."


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("银行", "i↗nxa↗ŋ."),
        ("行人", "ɕi↗ŋɻə↗n."),
        ("他长大了", "tʰa→ ꭧa↓ŋta↘ lɤ."),
        ("很长", "xə↓n ꭧʰa↗ŋ."),
        ("很好", "xə↗n xau↓."),
        ("还给我", "xwa↗nkei↓ wo↓."),
        ("觉得", "ʨɥe↗tɤ."),
        ("喝酒", "xɤ→ʨjou↓."),
        ("你得走", "ni↗ tei↗ ʦou↓."),
        ("得了奖", "tɤ↗ lɤ ʨja↓ŋ."),
        ("跑得快", "pʰau↓tɤkʰwai↘."),
        ("他长得高", "tʰa→ ꭧa↓ŋ tɤ kau→."),
        ("把水倒了", "pa↗ ʂwei↓ tau↘ lɤ."),
        ("单先生", "ʂa↘n ɕjɛ→nʂəŋ."),
        ("数一数", "ʂu↓iʂu↓."),
        ("快一点", "kʰwai↘ i↘tjɛ↓n."),
    ],
)
def test_polyphones(text: str, symbols: str) -> None:
    assert read_line(text).symbols.replace(" ", "") == symbols.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2024年5月6日", "二零二四年五月六日"),
        ("12:05", "十二点零五分"),
        ("2:00", "两点"),
        ("45%", "百分之四十五"),
        ("-5℃", "负五摄氏度"),
        ("¥1,024.5", "一千零二十四点五元"),
        ("13812345678", "幺三八幺二三四五六七八"),
        ("302室", "三零二室"),
        ("3-5个", "三到五个"),
        ("2个", "两个"),
        ("1/2", "二分之一"),
        ("3.5km", "三点五公里"),
        ("90后", "九零后"),
        ("第10集", "第十集"),
        ("2万", "两万"),
    ],
)
def test_numbers_are_read_out(text: str, said: str) -> None:
    assert normalise(text).text == said


def test_integers() -> None:
    assert read_integer("10205") == "一万零二百零五"
    assert read_integer("100000001") == "一亿零一"
    assert read_integer("0") == "零"
    assert read_integer("15") == "十五"


@given(st.text(max_size=30))
@settings(max_examples=80, deadline=None)
def test_spans_of_normalised_text_lie_in_the_line(text: str) -> None:
    spoken = normalise(text)
    assert len(spoken.text) == len(spoken.spans)
    assert all(0 <= first < last <= len(text) for first, last in spoken.spans)


@given(
    st.text(
        alphabet="你我他不一了3岁, abC。？—…！儿子2024年はラーッン", min_size=1, max_size=24
    )
)
@settings(max_examples=80, deadline=None)
def test_every_symbol_is_known_to_the_model(text: str) -> None:
    try:
        reading = read_line(text)
    except InputRefused:
        return
    assert set(reading.symbols) <= set(vocabulary())
    for sound in reading.sounds:
        assert all(kind in PHONE_CLASSES for kind, _ in sound.parts)
        assert not sound.parts or sum(share for _, share in sound.parts) == pytest.approx(1.0)
        assert -1 <= sound.word < len(reading.words)
    for word in reading.words:
        assert word.text == text[word.first : word.last]
    assert reading.sounds[-1].pause


def test_language_is_found_from_the_characters() -> None:
    assert detect_language("你好") == "zh"
    assert detect_language("こんにちは世界") == "ja"
    assert detect_language("Hello") == "en"
    assert detect_language("他说OK") == "zh"


def test_latin_words_in_a_chinese_line() -> None:
    reading = read_line("他说AI来了")
    assert [word.text for word in reading.words][2] == "AI"
    assert "ˈA" in reading.symbols


def test_nothing_to_say_is_refused() -> None:
    with pytest.raises(InputRefused, match="voice-nothing-to-say"):
        read_line("……")
    with pytest.raises(InputRefused, match="voice-language"):
        read_line("hola", "es")


@pytest.mark.parametrize(
    ("word", "symbols"),
    [
        ("cities", "sˈɪɾiz"),
        ("walked", "wˈɔkt"),
        ("wanted", "wˈɑntᵻd"),
        ("witches", "wˈɪʧᵻz"),
        ("GPU", "ʤˌipˌijˈu"),
        ("don't", "dˈOnt"),
    ],
)
def test_english_words(word: str, symbols: str) -> None:
    assert pronounce(word) == symbols


def test_unknown_english_words_are_read_by_spelling() -> None:
    assert set(pronounce("zorblaxian")) <= set(vocabulary())
    assert len(pronounce("zorblaxian")) > 6


def test_english_numbers() -> None:
    assert " ".join(say_integer(1205)) == "one thousand two hundred five"
    assert " ".join(say_number("1998", True)) == "nineteen ninety eight"
    assert " ".join(say_ordinal(21)) == "twenty first"
    assert read_line("At 12:05 he paid $3.50.").symbols.count(" ") == 8


def test_english_stress_and_weak_forms() -> None:
    reading = read_line("the apple and the book")
    assert reading.symbols.startswith("ði ")
    assert "ðə b" in reading.symbols
    assert any(sound.stress == 1 for sound in reading.sounds)


def test_kana() -> None:
    assert split_morae("キョウ") == ["キョ", "ウ"]
    assert mora_symbols("シャ") == "ɕa"
    assert mora_symbols("フ") == "ɸɯ"
    assert mora_symbols("ティ") == "tʲi"


def test_japanese_nasals_close_the_lips_before_labials() -> None:
    reading = read_line("さんぽ、げんき")
    assert reading.symbols == "sampo, ɡeŋkʲi."
    assert [s.parts[0][0] for s in reading.sounds if s.symbols == "m"] == ["BMP"]


def test_japanese_words_have_their_spans() -> None:
    reading = read_line("12時30分にＡＩと話した。")
    assert [word.text for word in reading.words] == [
        "12時",
        "30分",
        "に",
        "ＡＩ",
        "と",
        "話した",
    ]


def test_a_character_without_a_reading_is_left_out_and_never_breaks_a_line() -> None:
    assert [s.symbols for s in read_line("你瓧好", "zh").sounds if s.nucleus]
    for code in range(0x3400, 0xA000, 61):
        assert read_line("你" + chr(code), "zh").sounds
