from __future__ import annotations

import av
import numpy as np
import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.pose import node_matrices
from cyberdirector.review.pages import expression_page
from cyberdirector.review.paper import Paper, hex_rgb, palette_of
from cyberdirector.review.pose import posed
from cyberdirector.review.poses import POSES, RELAXED
from cyberdirector.review.sheet import stance_of
from cyberdirector.review.turntable import write_turntable


@pytest.fixture(scope="module")
def man():
    return compile_character(shipped_recipe("gu_chen"))


def _node(character, state, bone):
    rest = np.append(character.node_positions()[character.humanoid[bone]], 1.0)
    return state.palette[character.humanoid[bone]] @ rest


@pytest.mark.parametrize("name", RELAXED)
def test_the_weight_stands_on_one_leg(man, name):
    state = posed(man, RELAXED[name])
    left, right = (_node(man, state, f"{side}UpperLeg") for side in ("left", "right"))
    assert right[1] - left[1] > 0.004  # the hip over the standing leg is higher
    shoulders = [_node(man, state, f"{side}UpperArm")[1] for side in ("left", "right")]
    assert shoulders[0] > shoulders[1]  # and the shoulders lean the other way
    knee = _node(man, state, "leftLowerLeg")
    assert knee[2] > _node(man, state, "leftUpperLeg")[2] + 0.02


@pytest.mark.parametrize("pose", POSES, ids=lambda p: p.en)
def test_poses_are_finite_and_over_the_floor(man, pose):
    state = posed(man, pose)
    assert np.isfinite(state.palette).all()
    for side in ("left", "right"):
        assert _node(man, state, f"{side}Foot")[1] > 0.0
        assert _node(man, state, f"{side}LowerLeg")[1] > 0.03


def test_hands_hang_beside_the_body(man):
    state = posed(man, RELAXED["easy"])
    rest = node_matrices(man, np.zeros((1, 3)), np.tile([0.0, 0, 0, 1], (1, 55, 1)))
    assert len(rest)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hand = _node(man, state, f"{side}Hand")
        assert sign * hand[0] > 0.12
        assert hand[1] < _node(man, state, f"{side}UpperArm")[1] - 0.3


def test_colours_come_from_the_recipe(man):
    palette = palette_of(man)
    colours = dict(palette.swatches)
    assert colours["skin"] == hex_rgb("#f9dfd0")
    assert hex_rgb("#7d2334") in colours.values()
    man.extras, saved = {}, man.extras
    assert palette_of(man).swatches == ()
    man.extras = saved


def test_words_are_written(man):
    paper = Paper((400, 120), palette_of(man))
    blank = paper.pixels().copy()
    wide = paper.words((10, 20), "顾辰 Gu", 40)
    assert wide > 60
    assert (paper.pixels() != blank).any(axis=2).sum() > 300


def test_stances_differ():
    names = {
        stance_of(type("C", (), {"extras": {"recipe": recipe}})())
        for recipe in (
            {"era": "ancient", "sex": "female", "age": 20},
            {"era": "ancient", "sex": "male", "age": 70},
            {"era": "modern", "sex": "female", "age": 20},
            {"era": "modern", "sex": "male", "age": 30},
        )
    }
    assert names | {"with_fan", "with_sword"} == set(RELAXED)


@pytest.mark.gl
def test_the_turntable_turns(man, tmp_path):
    path = write_turntable(man, tmp_path / "turn.mp4", (128, 192), frames=3)
    with av.open(str(path)) as film:
        frames = [f.to_ndarray(format="rgb24").astype(int) for f in film.decode(video=0)]
    assert len(frames) == 3
    assert (np.abs(frames[0] - frames[1]).max(axis=2) > 40).mean() > 0.02


@pytest.mark.gl
def test_faces_of_the_page_differ(man):
    page = expression_page(man).astype(int)
    cells = [page[150:530, 70 + i * 400 : 450 + i * 400] for i in range(5)]
    for i, first in enumerate(cells):
        for second in cells[i + 1 :]:
            assert (np.abs(first - second).max(axis=2) > 20).sum() > 150
