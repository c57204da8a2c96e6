"""Colours that expressions bring (VRMC_vrm-1.0 materialColorBinds)."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import ColourBind, Expression, Texture, UvBind, UvTransform
from cyberdirector.render import Stage
from cyberdirector.render.materials import tinted

sys.path.insert(0, str(Path(__file__).parent))
from samples import figure

GREEN = (0.0, 0.9, 0.0, 1.0)


def _shy():
    person = figure()
    coat = next(i for i, m in enumerate(person.materials) if m.name == "coat")
    binds = [ColourBind(coat, "color", GREEN), ColourBind(coat, "shadeColor", GREEN)]
    return replace(person, expressions={"shy": Expression([], colours=binds)})


def test_a_colour_is_its_own_and_the_sum_of_what_pulls_at_it() -> None:
    coat = next(m for m in figure().materials if m.name == "coat")
    own = np.array(coat.base_color)
    one, two = ColourBind(2, "color", GREEN), ColourBind(2, "color", (1.0, 0.0, 0.0, 0.5))
    assert tinted(coat, ()) == coat
    np.testing.assert_allclose(tinted(coat, [(one, 1.0)]).base_color, GREEN)
    both = tinted(coat, [(one, 0.5), (two, 0.25)]).base_color
    expected = own + 0.5 * (np.array(GREEN) - own) + 0.25 * (np.array(two.target) - own)
    np.testing.assert_allclose(both, expected)
    rim = tinted(coat, [(ColourBind(2, "rimColor", GREEN), 1.0)])
    assert rim.rim_color == pytest.approx(GREEN[:3])
    assert rim.base_color == coat.base_color


def test_a_texture_is_moved_by_the_sum_of_what_pulls_at_it() -> None:
    own = UvTransform((0.1, 0.0), (2.0, 1.0), 0.3)
    coat = replace(figure().materials[0], base_texture=0, matcap_texture=0)
    coat = replace(coat, transforms={"base_texture": own})
    one = UvBind(0, (0.5, 0.5), (1.0, 1.0))
    half = tinted(coat, [(one, 0.5)]).transforms
    assert set(half) == {"base_texture"}  # a matcap has no coordinates to move
    assert half["base_texture"].offset == pytest.approx((0.3, 0.25))
    assert half["base_texture"].scale == pytest.approx((1.5, 1.0))
    assert half["base_texture"].rotation == 0.3
    along = tinted(coat, [(UvBind(0, (None, 0.5), (None, 3.0)), 1.0)]).transforms
    assert along["base_texture"] == UvTransform((0.1, 0.5), (2.0, 3.0), 0.3)
    assert coat.transforms == {"base_texture": own}


@pytest.mark.gl
def test_expressions_move_textures_and_let_them_go() -> None:
    person = figure()
    stripes = np.zeros((8, 8, 4), np.uint8)
    stripes[:] = (20, 20, 160, 255)
    stripes[:, :4] = (250, 240, 220, 255)
    number = next(i for i, m in enumerate(person.materials) if m.name == "coat")
    coat = replace(person.materials[number], role="", base_texture=len(person.textures))
    person = replace(
        person,
        materials=[*person.materials[:number], coat, *person.materials[number + 1 :]],
        textures=[*person.textures, Texture("stripes", stripes)],
        expressions={"blush": Expression([], moves=[UvBind(number, (0.5, 0.0))])},
    )
    for part in person.parts:
        if part.material == number:
            part.uvs = np.full_like(part.uvs, 0.25)
    with Stage((96, 128)) as stage:
        one = stage.add(person)
        stage.look((0.0, 1.1, 3.4), (0.0, 1.0, 0.0))
        plain = stage.draw().astype(int)
        one.weigh({"blush": 1.0})
        moved = stage.draw().astype(int)
        one.weigh({})
        assert stage.draw().astype(int).tobytes() == plain.tobytes()
    changed = np.abs(moved - plain).max(axis=2) > 40
    assert changed.sum() > 100
    rows, columns = np.nonzero(changed)
    assert moved[rows, columns, 0].mean() < plain[rows, columns, 0].mean() - 60


@pytest.mark.gl
def test_expressions_colour_materials_and_let_them_go() -> None:
    with Stage((96, 128)) as stage:
        shy, twin = stage.add(_shy(), "a"), stage.add(_shy(), "b")
        shy.stand(-0.4)
        twin.stand(0.4)
        stage.look((0.0, 1.1, 3.4), (0.0, 1.0, 0.0))
        plain = stage.draw().astype(int)
        shy.weigh({"shy": 1.0})
        green = stage.draw().astype(int)
        shy.weigh({"shy": 0.5})
        half = stage.draw().astype(int)
        shy.weigh({})
        assert stage.draw().astype(int).tobytes() == plain.tobytes()
    changed = np.abs(green - plain).max(axis=2) > 40
    assert changed.sum() > 100
    # Only the one on the left: twins share a mesh, not what they feel.
    assert np.flatnonzero(changed.any(axis=0)).max() < 48
    rows, columns = np.nonzero(changed)
    a, b, c = (picture[rows, columns, 1].mean() for picture in (plain, half, green))
    assert a + 5 < b < c - 5


def test_a_name_without_colours_or_shape_is_refused() -> None:
    with Stage((16, 16)) as stage:
        actor = stage.add(_shy())
        with pytest.raises(InputRefused, match=r"no shape"):
            actor.weigh({"shyy": 1.0})
