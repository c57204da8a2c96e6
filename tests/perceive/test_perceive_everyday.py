"""Clothes and faces of photographs: what places of a chest and shades of a face say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.character.recipe import Recipe
from cyberdirector.perceive.everyday import Chest, garments_of
from cyberdirector.perceive.looks import beard_of, with_mien
from cyberdirector.perceive.photo import SeenFace

NAVY, WHITE, RED, ORANGE, BLACK = (
    np.array(v) for v in ((14.0, 1.0, -11.0), (92.0, 0.0, -4.0), (40.0, 55.0, 30.0),
                          (57.0, 42.0, 41.0), (5.0, 0.0, 0.0))
)  # fmt: skip

ONE = Chest(NAVY, NAVY, NAVY, None, None, 0.0, "long")


@pytest.mark.parametrize(
    ("chest", "sex", "names"),
    [
        (replace(ONE, shirt=WHITE, tie=RED), "male", ["suit"]),
        (replace(ONE, shirt=WHITE), "male", ["shirt", "blazer"]),
        (replace(ONE, shirt=WHITE), "female", ["office_dress"]),
        (replace(ONE, sides=ORANGE, middle=BLACK), "female", ["t_shirt", "jacket"]),
        (replace(ONE, sleeve="short"), "male", ["t_shirt"]),
        (replace(ONE, sleeve="none"), "female", ["dress"]),
        (replace(ONE, bare=0.3), "male", ["shirt"]),
        (ONE, "female", ["sweater"]),
        (replace(ONE, sides=None), "male", []),
    ],
)
def test_places_of_a_chest_tell_garments(chest: Chest, sex: str, names: list[str]) -> None:
    assert list(garments_of(chest, sex)) == names


def test_a_pale_shirt_alone_is_no_jacket() -> None:
    white = replace(ONE, sides=WHITE, middle=WHITE, neckline=WHITE, shirt=WHITE)
    assert list(garments_of(white, "male")) == ["sweater"]


def test_a_tie_keeps_its_colour() -> None:
    suit = garments_of(replace(ONE, shirt=WHITE, tie=RED), "male")["suit"]
    red, green, blue = (int(suit["tie"][i : i + 2], 16) for i in (1, 3, 5))
    assert red > 1.5 * max(green, blue)


def _face(smile: float) -> SeenFace:
    """Return a face of 200 × 260 pixels; the lower half of a picture of 300 lies under it."""
    rng = np.random.default_rng(3)
    points = np.c_[rng.uniform(60.0, 240.0, 478), np.full(478, 60.0), np.zeros(478)]
    low = (199, 208, 428, 175, 171, 396, 164, 167, 393, 165, 391, 92, 322)
    points[list(low), 1] = 240.0
    return SeenFace(points, {f"mouthSmile{s}": smile for s in ("Left", "Right")}, np.eye(3))


def _picture(below: int) -> np.ndarray:
    pixels = np.full((300, 300, 3), 200, np.uint8)
    pixels[200:] = below
    return pixels


def test_dark_chin_and_lip_are_a_beard() -> None:
    assert beard_of(_picture(60), _face(0.0)) == "goatee"
    assert beard_of(_picture(190), _face(0.0)) == ""


def test_who_smiles_keeps_a_smile() -> None:
    recipe = Recipe.model_validate({
        "schema": "cyberdirector.character", "version": 1, "id": "x",
        "name": {"zh": "某", "en": "Someone"}, "sex": "female", "age": 25, "era": "modern",
        "height": 1.64, "local": {"mouth-angles-down": 0.4},
    })  # fmt: skip
    happy = with_mien(recipe, _picture(190), _face(0.9))
    calm = with_mien(recipe, _picture(190), _face(0.0))
    assert happy.face["lip_kind"] == "smile"
    assert happy.style["mouth_curve"] > 0.0
    assert "mouth-angles-down" not in happy.local
    assert "mouth_curve" not in calm.style
    assert calm.local == recipe.local
