from __future__ import annotations

import subprocess
import sys

import pytest
import yaml

from cyberdirector.character import Recipe
from cyberdirector.character.face.catalogue import CATALOGUE as FACE
from cyberdirector.character.hair import catalogue as hairstyles
from cyberdirector.character.provenance import Provenance, provenance_meta
from cyberdirector.character.wardrobe.catalogue import CATALOGUE as WARDROBE
from cyberdirector.core.errors import InputRefused
from cyberdirector.design import (
    CharacterSlots,
    design_characters,
    random_recipe,
    recipe_from_slots,
    recipe_yaml,
)


def test_what_was_said_is_in_the_recipe():
    recipe = design_characters(
        "二十岁女剑客，银色高马尾，月白色交领襦裙，红瞳，身高一米七"
    ).recipes[0]
    assert (recipe.sex, recipe.age, recipe.era, recipe.height) == ("female", 20, "ancient", 1.7)
    assert (recipe.hair.style, recipe.hair.colour) == ("high_ponytail", "#c9ced8")
    assert recipe.wardrobe[0].kind == "ruqun"
    assert recipe.wardrobe[0].colours["main"] == "#d6ecf0"
    assert recipe.face["iris"] == "#c8293a"


def test_outfits_are_whole():
    for text in (
        "穿牛仔裤的女人",
        "a man in a white shirt",
        "披着斗篷的男人",
        "现代女孩",
        "古装男子",
    ):
        for seed in range(6):
            recipe = design_characters(text, seed).recipes[0]
            slots = {WARDROBE[g.kind].slot for g in recipe.wardrobe}
            held = {s for g in recipe.wardrobe for s in WARDROBE[g.kind].holds}
            assert "dress" in slots or {"top", "bottom"} <= slots, text
            assert "shoes" in slots | held, text


def test_ten_passers_by_are_ten_people():
    recipes = design_characters("10个路人甲", seed=3).recipes
    assert len(recipes) == 10
    assert len({r.id for r in recipes}) == 10
    looks = {(r.sex, r.hair.style, tuple(g.kind for g in r.wardrobe), r.age) for r in recipes}
    assert len(looks) == 10
    assert {r.sex for r in recipes} == {"female", "male"}


def test_seeds_vary_only_what_was_not_said():
    recipes = [
        design_characters("红衣女侠，高马尾，剑眉", seed).recipes[0] for seed in range(8)
    ]
    assert {r.hair.style for r in recipes} == {"high_ponytail"}
    assert {r.face["brow_kind"] for r in recipes} == {"sword"}
    assert {r.wardrobe[0].colours["main"] for r in recipes} == {"#c8293a"}
    assert len({r.face["iris"] for r in recipes}) > 3


def test_same_words_and_seed_give_the_same_recipe_in_any_process():
    text = "中年女医生，戴眼镜，低马尾，温柔"
    here = design_characters(text, 5).recipes[0]
    code = (
        "from cyberdirector.design import design_characters as d, random_recipe as r;"
        f"print(d({text!r}, 5).recipes[0].model_dump_json(), r(11).model_dump_json(), end='')"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    assert there == f"{here.model_dump_json()} {random_recipe(11).model_dump_json()}"


def test_old_people_are_old():
    recipe = design_characters("八十岁的老爷爷").recipes[0]
    assert recipe.paint["wrinkles"] > 0.7
    assert int(recipe.hair.colour[1:3], 16) > 140
    child = design_characters("小女孩").recipes[0]
    assert child.age <= 15
    assert child.height < 1.5


def test_slots_of_a_language_model():
    answer = """{"sex": "male", "age": 30, "roles": ["general"],
      "hair": {"style": "topknot_crown", "colour": "#223344"},
      "garments": [{"kind": "armour", "colours": {"main": "silver"}}]}"""
    recipe = recipe_from_slots(CharacterSlots.model_validate_json(answer))
    assert recipe.hair.colour == "#223344"
    assert recipe.wardrobe[0].kind == "armour"


@pytest.mark.parametrize(
    "slots",
    [
        {"hair": {"style": "mohawk"}},
        {"face": {"eye_shape": "square"}},
        {"roles": ["plumber"]},
        {"moods": ["purple"]},
        {"garments": [{"kind": "ruqun", "colours": {"main": "octarine"}}]},
    ],
)
def test_invented_names_are_refused(slots):
    with pytest.raises(InputRefused) as refused:
        recipe_from_slots(CharacterSlots.model_validate(slots))
    assert refused.value.code in ("slot-unknown", "colour-unknown")


def test_random_people_reach_everything():
    recipes = [random_recipe(seed) for seed in range(500)]
    assert {r.hair.style for r in recipes} == {k.name for k in hairstyles()}
    assert {g.kind for r in recipes for g in r.wardrobe} == set(WARDROBE)
    for field, entries in FACE.items():
        if field != "beard":
            seen = {r.face.get(field) for r in recipes}
            assert {e.name for e in entries if e.name != "none"} <= seen, field
    assert {r.era for r in recipes} == {"ancient", "modern"}
    assert len({r.id for r in recipes}) == 500


def test_recipes_are_text_that_reads_back():
    for seed in range(12):
        recipe = random_recipe(seed)
        text = recipe_yaml(recipe, "someone\nat random")
        assert text.startswith("# someone\n# at random\nschema: cyberdirector.character\n")
        assert Recipe.model_validate(yaml.safe_load(text)) == recipe


def test_a_likeness_without_consent_stays_private():
    free = provenance_meta(Provenance(words="a swordswoman", seed=3))
    assert free == {"references": ["words: a swordswoman"]}
    photo = Provenance(picture="ab" * 32, likeness=True)
    assert provenance_meta(photo)["avatarPermission"] == "onlyAuthor"
    agreed = Provenance(picture="ab" * 32, likeness=True, consent=True)
    assert "avatarPermission" not in provenance_meta(agreed)
    assert photo.as_dict()["consent"] is False


def test_boots_are_as_high_as_was_said():
    for words, height in (("女侠，长靴", 1.0), ("a girl in a dress and ankle boots", 0.22)):
        recipe = design_characters(words).recipes[0]
        boots = next(g for g in recipe.wardrobe if g.kind == "boots")
        assert boots.params["height"] == height
    over = design_characters("man in trousers and boots").recipes[0]
    assert next(g for g in over.wardrobe if g.kind == "boots").params["height"] < 0.3


@pytest.mark.parametrize(
    ("text", "worn", "colours"),
    [
        (
            "高二男生，蓝白夏季校服",
            {"shirt", "trousers"},
            {"shirt main": "#f7f7f5", "trousers main": "#3f74b8"},
        ),
        ("女老师，灰色西装裙", {"office_dress"}, {"office_dress main": "#8f9298"}),
        ("女经理，黑色西装，红色半裙", {"office_dress"}, {"office_dress skirt": "#c8293a"}),
        (
            "女生，水手服，红色领结",
            {"school"},
            {"school scarf": "#c8293a", "school main": "#f7f8fc"},
        ),
        ("总裁，黑色西装，白衬衫", {"suit"}, {"suit main": "#1e1e22", "suit shirt": "#f7f7f5"}),
        ("a woman in a red and white dress", {"dress"}, {"dress main": "#f7f7f5"}),
    ],
)  # fmt: skip
def test_garments_do_not_lie_in_each_other(
    text: str, worn: set[str], colours: dict[str, str]
) -> None:
    recipe = design_characters(text).recipes[0]
    whole = {g.kind: g for g in recipe.wardrobe if WARDROBE[g.kind].slot in _BODY}
    assert set(whole) == worn
    for name, colour in colours.items():
        kind, part = name.split()
        assert whole[kind].colours[part] == colour


_BODY = ("dress", "top", "bottom", "outer")


def test_boys_wear_trousers_to_school():
    for text in ("男生，西式校服", "男高中生，水手服", "男生，校服"):
        for garment in design_characters(text).recipes[0].wardrobe:
            assert garment.kind not in ("school", "school_summer")
            if garment.kind == "school_winter":
                assert garment.params["trousers"] == 1.0
