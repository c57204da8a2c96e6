from __future__ import annotations

import pytest

from cyberdirector.backlot import RoleHint, choose_cast
from cyberdirector.stages.designed import designed_role


def _play(hints, name, seed=0, table=None):
    choice = choose_cast(hints, "茶馆", seed=seed, table=table)[name]
    return choice, designed_role(next(h for h in hints if h.name == name), choice, seed)


def test_looks_in_the_script_are_on_the_screen():
    hint = RoleHint("阿九", "女，十八岁，银发双马尾，红瞳，黑色劲装")
    choice, made = _play([hint], "阿九")
    assert made.recipe.id != choice.recipe.id
    assert (made.sex, made.age, made.recipe.era) == ("female", 18, "ancient")
    assert (made.recipe.hair.style, made.recipe.hair.colour) == ("twin_tails", "#c9ced8")
    assert made.recipe.wardrobe[0].kind == "duanda"
    assert made.recipe.name.zh == "阿九"
    assert _play([hint], "阿九")[1] == made
    assert _play([hint], "阿九", seed=4)[1].recipe != made.recipe


@pytest.mark.parametrize(
    "hint",
    [
        RoleHint("林晚", "女，二十岁，银发，红瞳，黑色劲装"),
        RoleHint("沈青", "男，二十五岁，剑客"),
        RoleHint("顾总", "男，四十岁，西装革履"),
        RoleHint("老掌柜", "男，六十多岁，茶馆掌柜"),
        RoleHint("甲"),
    ],
)
def test_the_library_plays_where_it_fits(hint):
    choice, made = _play([hint], hint.name)
    assert made is choice


def test_the_cast_table_wins():
    hint = RoleHint("阿九", "女，银发，红瞳，黑色劲装")
    choice, made = _play([hint], "阿九", table={"阿九": ("su_qing", None)})
    assert made is choice
    assert made.recipe.id == "su_qing"


def test_whom_the_library_lacks_one_word_of_looks_is_enough():
    hint = RoleHint("太婆", "一百岁的老太太，红衣")
    choice, made = _play([hint], "太婆")
    assert choice.nearest
    assert made.recipe.id != choice.recipe.id
    assert made.age == 100


@pytest.mark.parametrize(
    ("about", "kind", "colour", "kept"),
    [
        ("男，二十五岁，青衫剑客", "daopao", "#5f9ea0", "sword"),
        ("女，十八岁，一袭白衣", "ruqun", "#f7f7f5", "earrings"),
        ("女，二十岁，红裙", "ruqun", "#c8293a", "earrings"),
        ("a woman, 25, in a green dress", "ruqun", "#4f9a5b", "earrings"),
    ],
)
def test_the_library_puts_on_the_clothes_of_the_script(about, kind, colour, kept):
    choice, made = _play([RoleHint("阿青", about)], "阿青")
    worn = {garment.kind: garment for garment in made.recipe.wardrobe}
    assert worn[kind].colours["main"] == colour
    assert kept in worn
    assert made.recipe.id != choice.recipe.id
    assert (made.recipe.face, made.recipe.hair) == (choice.recipe.face, choice.recipe.hair)
    assert _play([RoleHint("阿青", about)], "阿青")[1] == made


def test_glasses_are_put_on_and_nothing_is_taken_off():
    choice, made = _play([RoleHint("阿明", "男，二十岁，现代，戴着眼镜")], "阿明")
    worn = [garment.kind for garment in made.recipe.wardrobe]
    assert set(worn) - {"glasses"} == {g.kind for g in choice.recipe.wardrobe}
    assert "glasses" in worn
