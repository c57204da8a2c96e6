"""Styles as data."""

from __future__ import annotations

import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.render.luts import LUT_NAMES
from cyberdirector.render.style import (
    STYLES,
    figure_defines,
    foreign_defines,
    style_named,
)


def test_the_four_styles_are_there():
    assert list(STYLES) == ["cel", "guoman", "ink", "comic"]
    for name, style in STYLES.items():
        assert style_named(name) is style
        assert style.name == name
        assert style.zh
        assert style.en
        assert style.lut in ("", *LUT_NAMES)


def test_cel_asks_for_nothing():
    cel = style_named("cel")
    assert figure_defines(cel) == {}


def test_guoman_reaches_the_paint():
    assert set(figure_defines(style_named("guoman"))) >= {"SOFTNESS", "GLOSS"}


def test_unknown_style_is_refused_in_both_languages():
    with pytest.raises(InputRefused, match="style-unknown") as caught:
        style_named("pixar")
    assert "画风" in caught.value.zh


def test_foreign_figures_take_part():
    assert foreign_defines(style_named("cel")) == {}
    assert foreign_defines(style_named("cel"), outline=True) == {}
    assert set(foreign_defines(style_named("comic"), outline=True)) == {"MARKED", "LINE_GAIN"}
    assert "SOFTNESS" in foreign_defines(style_named("guoman"))
