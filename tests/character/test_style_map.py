from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.character.body import build_body
from cyberdirector.character.shape import Shape
from cyberdirector.character.style import Style
from cyberdirector.character.style_check import check_style, random_style
from cyberdirector.character.stylisation import LEVELS, PROPORTIONS, fit_heads, style_dials
from cyberdirector.character.template import BODY_COUNT


@pytest.mark.parametrize("seed", range(8))
def test_random_styles_are_sound(template, seed):
    """Eight of the two hundred that ``benchmarks/characters/styles.py`` tries."""
    report = check_style(template, *random_style(np.random.default_rng(seed)))
    assert report.jacobian > 0.2
    assert report.flipped == 0
    assert report.lids < 0.0015
    assert report.lips < 0.0005


def test_a_fold_is_found(template):
    report = check_style(template, Shape(), Style(nose_width=-0.6))
    assert report.jacobian < 0.0
    assert report.flipped > 0


def test_zero_leaves_the_face_as_it_is(template):
    body = build_body(template, Shape(), Style(**style_dials(0.0, "female")))
    rows = np.flatnonzero(body.head_weight[:BODY_COUNT] > 0.99)
    moved = body.warp_points(body.unstyled[rows]) - body.drop
    np.testing.assert_allclose(moved / body.scale, body.unstyled[rows], atol=1e-6)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_levels_grow_eyes_and_head(sex):
    dials = [style_dials(level, sex) for level in LEVELS]
    for name in ("eye_height", "eye_width", "head"):
        values = [d[name] for d in dials]
        assert values == sorted(values)
    between = style_dials(0.75, sex)
    for name, value in between.items():
        low, high = sorted((dials[1][name], dials[2][name]))
        assert low - 1e-9 <= value <= high + 1e-9


@pytest.mark.parametrize("heads", PROPORTIONS)
def test_height_in_heads(template, heads):
    body = build_body(template, Shape(height=1.6), Style(heads=heads))
    skin = body.positions[:BODY_COUNT]
    head = skin[:, 1].max() - body.landmarks["menton"][1]
    assert np.ptp(skin[:, 1]) / head == pytest.approx(heads, rel=0.01)
    assert np.ptp(skin[:, 1]) == pytest.approx(1.6, abs=1e-9)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_chibi_figures_are_sound_and_drawn_otherwise(template, sex):
    tall = Style(**style_dials(1.0, sex))
    shape = Shape(sex=float(sex == "male"), height=1.6)
    small = fit_heads(tall, 3.0, sex)
    report = check_style(template, shape, small)
    assert report.jacobian > 0.2
    assert report.flipped == 0
    assert report.lids < 0.0015
    body, scaled = (build_body(template, shape, s) for s in (small, replace(tall, heads=6.5)))
    assert small.eye_height > 1.3 * tall.eye_height
    # Legs are shorter and the neck is nearly gone.
    hips, neck = (
        [f.bone(name)[1] / f.bone("head")[1] for f in (body, scaled)]
        for name in ("leftUpperLeg", "leftUpperArm")
    )
    assert hips[0] < 0.5 < hips[1]
    assert neck[0] > neck[1] + 0.01


def test_tall_figures_are_not_changed_by_the_chibi_dials():
    style = Style(**style_dials(1.0, "female"))
    assert fit_heads(style, 6.0, "female") == replace(style, heads=6.0)
    assert fit_heads(style, None, "female") == style
