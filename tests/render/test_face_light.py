"""The drawn shapes of light on a face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.render.device import Device
from cyberdirector.render.still import STUDIO, face_camera, render_still

pytestmark = pytest.mark.gl


@pytest.fixture(scope="module")
def faces():
    """Pictures of one face by the side of the light, degrees (+ is the left of the face)."""
    device = Device()
    character = compile_character(shipped_recipe("lin_wan"), 0)
    camera = face_camera(character, 0.0, 0.13)
    pictures = {}
    for angle in (-75, 0, 75):
        a = np.radians(angle)
        light = replace(STUDIO, key_direction=(float(np.sin(a)), 0.35, float(np.cos(a))))
        image = render_still(
            character, camera=camera, light=light, size=(240, 240), device=device
        )
        pictures[angle] = image[..., :3].astype(float)
    device.close()
    return pictures


def dark(picture: np.ndarray, lit: np.ndarray) -> np.ndarray:
    """Return where skin is in shade, compared with the face lit from the front."""
    return picture[..., 1] < lit[..., 1] - 12.0


def test_shapes_mirror_with_the_light(faces) -> None:
    middle = slice(125, 215), slice(70, 170)  # hair is not symmetric, the face is
    left = dark(faces[75], faces[0])[middle]
    right = dark(faces[-75], faces[0])[:, ::-1][middle]
    assert left.sum() > 300
    assert (left & right).sum() > 0.8 * (left | right).sum()


def test_nose_throws_its_shadow_to_the_far_side(faces) -> None:
    """Beside the ridge, under the eyes: dark away from the light, bright towards it."""
    near_nose = slice(142, 182), slice(100, 140)
    shade = dark(faces[75], faces[0])[near_nose]
    far, near = shade[:, :20].sum(), shade[:, 20:].sum()
    assert far > 40
    assert near < 0.1 * far


def test_border_of_the_shade_is_crisp(faces) -> None:
    """Few pixels are neither lit nor dark."""
    drop = faces[0][..., 1] - faces[75][..., 1]
    skin = np.zeros(drop.shape, bool)
    skin[100:190, 40:200] = True
    full = drop[skin & (drop > 5.0)]
    middling = (full > 0.25 * full.max()) & (full < 0.6 * full.max())
    assert middling.mean() < 0.25
