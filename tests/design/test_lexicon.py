from __future__ import annotations

import re

import pytest

from cyberdirector.character.face.catalogue import CATALOGUE as FACE
from cyberdirector.character.hair import catalogue as hairstyles
from cyberdirector.character.hair import kind_of
from cyberdirector.character.wardrobe.catalogue import CATALOGUE as WARDROBE
from cyberdirector.design.colours import colour_hex
from cyberdirector.design.faces import SKINS, moods
from cyberdirector.design.lexicon import load_lexicon
from cyberdirector.design.settle import GENERIC

# Entries that nobody asks for by name.
UNNAMED = {"none", "light", "natural", "classic", "rosy", "nose", "chin", "brow"}
# Words that people use for things which the wardrobe does not have: they are reported.
ABSENT = {"hat"}


def _values(slot):
    return {
        s.value for senses in load_lexicon().senses.values() for s in senses if s.slot == slot
    }


def test_there_are_many_words_in_both_languages():
    words = load_lexicon().senses
    assert len([w for w in words if w.isascii()]) >= 600
    assert len([w for w in words if not w.isascii()]) >= 600


def test_every_name_exists():
    assert _values("hair") <= {k.name for k in hairstyles()}
    assert _values("wear") - ABSENT <= set(WARDROBE)
    assert _values("generic") <= set(GENERIC)
    assert _values("beard") <= {e.name for e in FACE["beard"]}
    for field, entries in FACE.items():
        assert _values(f"face.{field}") <= {e.name for e in entries}
    assert _values("mood") == set(moods())
    assert _values("skin") <= set(SKINS)
    assert _values("role") == set(load_lexicon().roles)


def test_absent_things_are_not_there():
    assert not ABSENT & set(WARDROBE)


def test_everything_in_the_catalogues_has_a_word():
    assert {k.name for k in hairstyles()} <= _values("hair")
    assert set(WARDROBE) <= _values("wear")
    for field, entries in FACE.items():
        if field != "beard":
            missing = {e.name for e in entries} - _values(f"face.{field}")
            assert missing <= UNNAMED, (field, missing - UNNAMED)


def test_roles_dress_from_the_catalogues():
    for role in load_lexicon().roles.values():
        for kinds in (role.wear, role.wear_f, role.wear_m, role.wear_modern):
            assert set(kinds) <= set(WARDROBE), role.name
        for styles in (role.hair, role.hair_f, role.hair_m, role.hair_modern):
            assert all(kind_of(s) for s in styles), role.name
        for colour in role.colours:
            colour_hex(colour)


def test_moods_name_entries_of_the_face():
    for mood, table in moods().items():
        for field, names in table.items():
            if field == "manner":
                assert len(names) == 4
                assert all(0.0 <= v <= 1.0 for v in names)
                continue
            known = {e.name for e in FACE[field]}
            assert {str(n).split(":")[-1] for n in names} <= known, mood


@pytest.mark.parametrize("name", ["moon_white", "dark_purple", "light_green", "#ABCDEF"])
def test_colours(name):
    assert re.fullmatch(r"#[0-9a-f]{6}", colour_hex(name))


def test_words_carry_colours():
    senses = load_lexicon().senses
    assert senses["红衣"][0].colour == "red"
    assert senses["银甲"][0].colour == "silver"
    assert senses["金冠"][0].ornament == "gold"
