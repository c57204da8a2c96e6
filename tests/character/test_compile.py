from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from cyberdirector.character import (
    Recipe,
    compile_character,
    load_recipe,
    recipe_names,
    shipped_recipe,
)
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.hashing import content_hash
from cyberdirector.core.skeleton import HUMANOID_BONES
from cyberdirector.formats import read_vrm, write_vrm


def _check(character):
    assert len(character.parts) <= 12
    assert sum(len(p.triangles) for p in character.parts) <= 62_000
    assert set(character.humanoid) == set(HUMANOID_BONES)
    for part in character.parts:
        assert np.isfinite(part.positions).all()
        np.testing.assert_allclose(part.weights.sum(1), 1.0, atol=1e-4)
        assert part.joints.max() < len(character.nodes)
        assert part.triangles.max() < len(part.positions)
        np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1.0, atol=1e-3)
    for i, node in enumerate(character.nodes):
        assert node.parent < i
        assert node.rotation == (0.0, 0.0, 0.0, 1.0)
    assert min(p.positions[:, 1].min() for p in character.parts) == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_compiles(name):
    _check(compile_character(shipped_recipe(name), seed=0))


def test_recipes_are_many_and_distinct():
    recipes = [shipped_recipe(name) for name in recipe_names()]
    assert len(recipes) >= 8
    assert {r.era for r in recipes} == {"ancient", "modern"}
    looks = {(r.hair.style, r.hair.colour, r.wardrobe[0].kind) for r in recipes}
    assert len(looks) == len(recipes)


def test_shapes_and_expressions(heroine):
    shapes = {name for part in heroine.parts for name in part.morphs}
    assert set(ARKIT_NAMES) <= shapes
    for expression in heroine.expressions.values():
        assert all(name in shapes for name, _ in expression.binds)
    presets = {k for k, e in heroine.expressions.items() if e.preset}
    assert {
        "happy",
        "angry",
        "sad",
        "relaxed",
        "surprised",
        "neutral",
        "aa",
        "blink",
    } <= presets


def test_same_recipe_and_seed_give_the_same_bytes(heroine):
    again = compile_character(shipped_recipe("lin_wan"), seed=1)
    assert content_hash(again.parts, again.nodes) == content_hash(heroine.parts, heroine.nodes)
    assert all(
        np.array_equal(a.pixels, b.pixels)
        for a, b in zip(again.textures, heroine.textures, strict=True)
    )


def test_springs_have_their_nodes_and_colliders(heroine):
    assert heroine.springs
    for spring in heroine.springs:
        nodes = [j.node for j in spring.joints]
        assert all(heroine.nodes[b].parent == a for a, b in pairwise(nodes))
        assert all(g < len(heroine.collider_groups) for g in spring.collider_groups)
    assert all(c.radius > 0.01 for c in heroine.colliders)


def test_vrm_round_trip(heroine, tmp_path):
    path = tmp_path / "lin.vrm"
    write_vrm(path, heroine)
    back = read_vrm(path)
    assert len(back.parts) == len(heroine.parts)
    assert back.extras["lip_probe"] == heroine.extras["lip_probe"]
    assert [m.name for m in back.materials] == [m.name for m in heroine.materials]


def test_bad_recipes_are_refused(tmp_path):
    path = tmp_path / "x.yaml"
    with pytest.raises(InputRefused):
        load_recipe(path)
    path.write_text("schema: something\n", encoding="utf-8")
    with pytest.raises(InputRefused) as error:
        load_recipe(path)
    assert error.value.code == "recipe-invalid"
    path.write_text("{a: [", encoding="utf-8")
    with pytest.raises(InputRefused):
        load_recipe(path)
    with pytest.raises(InputRefused):
        shipped_recipe("nobody")
    with pytest.raises(ValueError, match="unknown dials"):
        Recipe.model_validate({
            "schema": "cyberdirector.character", "version": 1, "id": "x",
            "name": {"zh": "x", "en": "x"}, "sex": "male", "age": 20, "era": "modern",
            "style": {"third_eye": 1.0},
        })  # fmt: skip


def test_children_are_refused():
    data = shipped_recipe("lin_wan").model_dump(by_alias=True)
    with pytest.raises(ValueError, match="age"):
        Recipe.model_validate({**data, "age": 8})


def test_things_of_metal_share_a_material():
    """Ornaments, stones, masks and buckles of many colours are drawn together."""
    recipe = shipped_recipe("lin_wan")
    worn = [{"kind": kind} for kind in ("xianpao", "crown", "mask", "jade_pendant", "earrings")]
    character = compile_character(
        recipe.model_validate({**recipe.model_dump(by_alias=True), "wardrobe": worn})
    )
    metal = [m for m in character.materials if m.role == "metal"]
    assert 1 <= len(metal) <= 2
    assert len(character.parts) <= 12
