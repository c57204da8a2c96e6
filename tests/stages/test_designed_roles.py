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
        RoleHint("沈青", "男，二十五岁，青衫剑客"),
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
