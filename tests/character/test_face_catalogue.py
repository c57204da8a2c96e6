from __future__ import annotations

from dataclasses import fields

import pytest

from cyberdirector.character import Recipe, shipped_recipe
from cyberdirector.character.face.brows import BrowLook
from cyberdirector.character.face.build import FaceLook
from cyberdirector.character.face.catalogue import CATALOGUE, FACE_FIELDS, find_entry
from cyberdirector.character.face.eyes import EyeLook
from cyberdirector.character.face.paint import PaintLook
from cyberdirector.character.hair.beards import BEARDS
from cyberdirector.character.style import Style
from cyberdirector.core.errors import InputRefused

KINDS = {
    "style": Style,
    "eyes": EyeLook,
    "brows": BrowLook,
    "paint": PaintLook,
    "face": FaceLook,
}


def _with(**blocks):
    data = shipped_recipe("lin_wan").model_dump(by_alias=True)
    return Recipe.model_validate({**data, **blocks})


def test_there_is_much_to_choose_from():
    least = {"iris_kind": 12, "lash_kind": 6, "brow_kind": 8, "lip_kind": 10, "eye_shape": 6}
    for field, count in least.items():
        assert len(CATALOGUE[field]) >= count
    names = {e.zh for e in CATALOGUE["shape"]}
    assert {"瓜子脸", "鹅蛋脸", "圆脸", "方脸", "长脸"} <= names
    eyes = {e.zh for e in CATALOGUE["eye_shape"]}
    assert {"丹凤眼", "桃花眼", "杏眼", "圆眼", "狐狸眼", "下垂眼"} <= eyes


@pytest.mark.parametrize("field", CATALOGUE)
def test_entries_move_dials_that_exist(field):
    entries = CATALOGUE[field]
    assert len({e.name for e in entries}) == len(entries)
    for entry in entries:
        assert entry.zh
        assert entry.en
        for key in (*entry.sets, *entry.factors, *entry.shifts):
            section, dial = key.split(".")
            if section == "hair":
                assert entry.sets[key] in ("", *BEARDS)
            else:
                assert dial in {f.name for f in fields(KINDS[section])}, key


@pytest.mark.parametrize("field", FACE_FIELDS)
def test_every_choice_is_a_field_of_the_recipe(field):
    for entry in CATALOGUE[field]:
        recipe = _with(face={field: entry.name})
        assert getattr(recipe.face_look(), field) == entry.name
        recipe.body_style()


def test_choices_shift_and_single_dials_win():
    plain = _with(face={}, style={}).body_style()
    phoenix = _with(face={"eye_shape": "phoenix"}, style={}).body_style()
    entry = find_entry("eye_shape", "phoenix")
    assert phoenix.eye_tilt == pytest.approx(plain.eye_tilt + entry.shifts["style.eye_tilt"])
    assert phoenix.eye_height < plain.eye_height
    own = _with(face={"eye_shape": "phoenix"}, style={"eye_tilt": 0.01}).body_style()
    assert own.eye_tilt == 0.01


def test_unknown_choices_are_refused():
    with pytest.raises(InputRefused) as error:
        find_entry("eye_shape", "compound")
    assert error.value.code == "face-choice"
    with pytest.raises(InputRefused):
        _with(face={"eye_shape": "compound"})
    with pytest.raises(ValueError, match="less than or equal"):
        _with(stylisation=2.0)
