from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.character.recipe import Garment
from cyberdirector.character.skin_check import check_skin, extreme_poses
from cyberdirector.core.model import Character

STRETCH, THROUGH = 1.75, 0.005


def _dressed(name, *kinds):
    recipe = shipped_recipe(name)
    if kinds:
        recipe = recipe.model_copy(update={"wardrobe": tuple(Garment(kind=k) for k in kinds)})
    return compile_character(recipe)


def test_forty_poses_differ_and_are_unit_quaternions():
    poses = extreme_poses()
    assert poses.shape == (40, 55, 4)
    assert np.allclose(np.linalg.norm(poses, axis=2), 1)
    assert len(np.unique(poses.reshape(40, -1).round(6), axis=0)) == 40
    assert np.array_equal(extreme_poses(5)[0], poses[0])


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("lin_wan", ()), ("gu_chen", ("t_shirt", "jeans", "jacket", "sneakers"))],
)
def test_cloth_bends_within_the_bars(name, kinds):
    report = check_skin(_dressed(name, *kinds), extreme_poses(6))
    assert report.stretch_p99 < STRETCH, report.worst_part
    assert report.through_share < THROUGH


def test_skin_over_cloth_is_found():
    character = _dressed("gu_chen", "t_shirt", "jeans")
    poses = extreme_poses(8)[[1, 3]]
    clean = check_skin(character, poses).through_share
    hips = character.humanoid["hips"]
    for i, part in enumerate(character.parts):
        if character.materials[part.material].role == "cloth":
            joints = np.full_like(part.joints, hips)
            character.parts[i] = replace(part, joints=joints)
    assert check_skin(character, poses).through_share > clean + 0.005


def test_garments_in_layers_do_not_cut_through_each_other():
    character: Character = _dressed("su_qing", "shirt", "skirt_a", "coat", "heels")
    assert len(character.parts) <= 12
    assert sum(len(p.triangles) for p in character.parts) <= 60_000
