from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.clip import Clip
from cyberdirector.core.face import ARKIT_INDEX as AT
from cyberdirector.core.face import SHAPE_COUNT
from cyberdirector.core.model import Character
from cyberdirector.core.time import Rate
from cyberdirector.formats import parse_vrma, vrma_bytes
from cyberdirector.perform.presets import FEELINGS, MOUTH, fit_presets


@pytest.fixture(scope="module")
def person() -> Character:
    return compile_character(shipped_recipe("lin_wan"), 0)


def _weights(person: Character, name: str, amount: float = 1.0) -> np.ndarray:
    out = np.zeros((1, SHAPE_COUNT))
    for shape, weight in person.expressions[name].binds:
        if shape in AT:
            out[0, AT[shape]] = amount * weight
    return out


@pytest.mark.parametrize("name", ["aa", "ou", "oh", "blinkLeft", "happy", "angry", "surprised"])
def test_the_binds_of_a_preset_give_that_preset_back(person: Character, name: str) -> None:
    found = fit_presets(person, _weights(person, name, 0.8))
    assert found[name][0] == pytest.approx(0.8, abs=0.12)
    others = {n: float(v[0]) for n, v in found.items() if n != name}
    assert max(others.values()) < 0.3


def test_a_still_face_needs_no_preset(person: Character) -> None:
    found = fit_presets(person, np.zeros((3, SHAPE_COUNT)))
    assert max(float(v.max()) for v in found.values()) == 0.0


def test_a_feeling_that_hides_the_mouth_yields_to_speech(person: Character) -> None:
    both = np.maximum(_weights(person, "happy"), _weights(person, "aa"))
    plain = fit_presets(person, both)["happy"][0]
    for override, most in (("block", 0.0), ("blend", 0.35)):
        own = dict(person.expressions)
        own["happy"] = replace(own["happy"], override_mouth=override)
        held = fit_presets(replace(person, expressions=own), both)
        assert plain > 0.4
        assert held["happy"][0] <= most
        assert max(held[n][0] for n in MOUTH) > 0.3


def test_a_character_without_presets_gives_none(person: Character) -> None:
    bare = replace(person, expressions={})
    assert fit_presets(bare, np.ones((2, SHAPE_COUNT))) == {}


def test_presets_are_written_in_place_of_shapes(person: Character) -> None:
    clip = Clip.rest(4, Rate(24), 0.9)
    presets = fit_presets(person, np.repeat(_weights(person, "aa"), 4, axis=0))
    data = vrma_bytes(clip, person.rest(), presets)
    assert b'"aa"' in data
    assert b'"mouthFunnel"' not in data
    assert parse_vrma(data).weights[:, AT["jawOpen"]].min() > 0.4
    assert set(presets) >= {*MOUTH, *FEELINGS}
