import pytest
import yaml

from cyberdirector.backlot import RoleHint, catalogue, choose_light, choose_set, read_profile
from cyberdirector.backlot.words import find_words
from cyberdirector.core.errors import InputRefused


@pytest.mark.parametrize(
    ("place", "inside", "name", "exact"),
    [
        ("云来茶馆", True, "teahouse", True),
        ("青云山门", False, "mountain_gate", True),
        ("OPEN OFFICE", True, "office", True),
        ("会议室", None, "office", True),
        ("Tea House", True, "teahouse", True),
        ("悦来客栈", True, "teahouse", False),
        ("悬崖边", False, "mountain_gate", False),
        ("咖啡厅", True, "office", False),
        ("皇宫大殿", True, "teahouse", False),
        ("", None, None, False),
        ("Zxqv", True, None, False),
    ],
)
def test_choose_set(place, inside, name, exact):
    chosen, reason = choose_set(place, inside)
    assert name is None or chosen == name
    assert reason.startswith("nearest") is not exact


@pytest.mark.parametrize(
    ("time", "weather", "light"),
    [
        ("night", ("rain",), "rain"), ("night", (), "night"), ("dawn", (), "dawn"),
        ("黄昏", "", "dusk"), ("深夜", "", "night"), ("日", "小雨", "rain"), ("日", "", "day"),
        ("LATER", (), "day"),
    ],
)  # fmt: skip
def test_choose_light(time, weather, light):
    assert choose_light(time, weather) == light


@pytest.mark.parametrize(
    ("name", "about", "sex", "age"),
    [
        ("林晚", "女，二十岁，背着药箱的年轻女子", "female", 20),
        ("沈青", "男，二十五岁，青衫剑客", "male", 25),
        ("老掌柜", "男，六十多岁，茶馆掌柜", "male", 64),
        ("店小二", "", "male", 20),
        ("苏婉儿", "", "female", None),
        ("李铁柱", "", "male", None),
        ("王婆", "", "female", 64),
        ("陈总", "", "male", 40),
        ("MAYA", "", "female", None),
        ("Daniel", "a tired engineer, 31", "male", 31),
        ("Old Man Chen", "", "male", 68),
        ("甲", "年近五旬", "", 50),
        ("路人甲", "", "", None),
    ],
)
def test_read_profile(name, about, sex, age):
    profile = read_profile(RoleHint(name, about))
    assert profile.sex == sex
    assert profile.age == age


def test_latin_words_match_whole_words():
    assert find_words("the manor house", ["man", "manor"]) == ["manor"]
    assert find_words("two offices", ["office"]) == ["office"]


PEOPLE = {
    "girl": ("female", 20, "ancient", ["young"]),
    "sword": ("male", 26, "ancient", ["swordsman"]),
    "elder": ("male", 65, "ancient", ["elder"]),
    "clerk": ("female", 26, "modern", ["business"]),
    "coder": ("male", 27, "modern", ["casual"]),
    "boss": ("male", 42, "modern", ["suit"]),
}


@pytest.fixture
def recipes(tmp_path, monkeypatch):
    import cyberdirector.character as character

    facts = []
    for name, (sex, age, era, tags) in PEOPLE.items():
        path = tmp_path / f"{name}.yaml"
        data = {"id": name, "name": {"zh": name, "en": name}, "sex": sex, "age": age}
        path.write_text(yaml.safe_dump({**data, "era": era, "tags": tags}), encoding="utf-8")
        facts.append(catalogue._facts(path, catalogue.read_yaml(path)))
    monkeypatch.setattr(character, "load_recipe", lambda path: path.stem, raising=False)
    return facts


DEMO = [
    RoleHint("林晚", "女，二十岁，背着药箱的年轻女子"),
    RoleHint("沈青", "男，二十五岁，青衫剑客"),
    RoleHint("老掌柜", "男，六十多岁，茶馆掌柜"),
]


def test_cast_of_the_demo(recipes):
    cast = catalogue.choose_cast(DEMO, "云来茶馆 青云山门", recipes)
    assert {role: c.recipe for role, c in cast.items()} == {
        "林晚": "girl", "沈青": "sword", "老掌柜": "elder",
    }  # fmt: skip
    assert all(choice.reason for choice in cast.values())


def test_modern_names(recipes):
    cast = catalogue.choose_cast([RoleHint("MAYA"), RoleHint("DANIEL")], "OPEN OFFICE", recipes)
    assert cast["MAYA"].recipe == "clerk"
    assert cast["DANIEL"].recipe in ("coder", "boss")


def test_more_roles_than_recipes_still_differ(recipes):
    hints = [RoleHint(f"路人{c}") for c in "甲乙丙丁戊己庚辛壬癸"] + DEMO
    cast = catalogue.choose_cast(hints, "茶馆", recipes)
    looks = {(choice.recipe, choice.seed) for choice in cast.values()}
    assert len(looks) == len(hints)


def test_same_seed_same_cast(recipes):
    assert catalogue.choose_cast(DEMO, "", recipes, 3) == catalogue.choose_cast(
        DEMO, "", recipes, 3
    )


def test_table_wins(recipes):
    table = {"林晚": ("boss", 7), "沈青": ("", None)}
    cast = catalogue.choose_cast(DEMO, "茶馆", recipes, table=table)
    assert (cast["林晚"].recipe, cast["林晚"].seed) == ("boss", 7)
    assert cast["沈青"].recipe == "sword"


def test_unknown_recipe_in_the_table(recipes):
    with pytest.raises(InputRefused) as caught:
        catalogue.choose_cast(DEMO, "", recipes, table={"林晚": ("nobody", None)})
    assert caught.value.code == "recipe-unknown"
    assert "girl" in caught.value.en
