"""Emission and normal maps of sets, and that sets without them pay nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.model import Material, Texture
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.render.device import Device
from cyberdirector.render.materials import MaterialTable
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene

sys.path.insert(0, str(Path(__file__).parent))
from samples import box, part, room

pytestmark = pytest.mark.gl

SIZE = (192, 128)
CAMERA = Camera((0.0, 1.0, 3.0), (0.0, 1.0, 0.0), 0.6)
LIGHT = LightRig("side", key_direction=(0.6, 0.3, 0.75))


def draw(material: Material, textures: list[Texture], light: LightRig = LIGHT) -> np.ndarray:
    """Return the picture of a wall of one material, seen from before it."""
    wall = part("wall", [box((-2, -1, -0.1), (2, 3, 0))], 0)
    place = Set("wall", [wall], [material], textures, cameras={}, lights={})
    with Renderer(RenderScene(place, {}), SIZE, "draft") as renderer:
        return renderer.draw(FrameState(CAMERA, light, {}, 0.0, 1))[..., :3].astype(float)


def halves(left: tuple[int, ...], right: tuple[int, ...], linear: bool) -> Texture:
    """Return a texture of two colours, one beside the other."""
    pixels = np.full((64, 64, 4), 255, np.uint8)
    pixels[:, :32, :3], pixels[:, 32:, :3] = left, right
    return Texture("halves", pixels, linear=linear)


def sides(picture: np.ndarray) -> tuple[float, float]:
    """Return the mean of the left and of the right half of a picture."""
    return float(picture[:, 8:88].mean()), float(picture[:, 104:184].mean())


def test_a_normal_map_turns_the_wall_to_the_light_and_away():
    bump = halves((30, 128, 200), (226, 128, 200), linear=True)
    grey = Material("wall", (0.5, 0.5, 0.5, 1), shade_color=(0.1,) * 3, shading_toony=0.0)
    flat = sides(draw(grey, []))
    left, right = sides(draw(replace(grey, normal_texture=0), [bump]))
    assert abs(flat[0] - flat[1]) < 6.0
    assert left < flat[0] - 10.0  # leans to the left, the light is on the right
    assert right > flat[1] - 2.0
    weak = sides(draw(replace(grey, normal_texture=0, normal_scale=0.0), [bump]))
    assert abs(weak[0] - flat[0]) < 2.0


def test_an_emission_map_says_what_shines():
    dark = replace(LIGHT, key_color=(0.0, 0.0, 0.0), ambient=((0.0,) * 3, (0.0,) * 3))
    black = Material("wall", (0.0, 0.0, 0.0, 1), emissive=(0.5, 0.5, 0.5), emissive_texture=0)
    left, right = sides(draw(black, [halves((255,) * 3, (0,) * 3, linear=False)], dark))
    assert left > 150.0
    assert right < 8.0


def test_emission_without_a_map_is_even_in_foreign_sets_and_painted_in_ours():
    dark = replace(LIGHT, key_color=(0.0, 0.0, 0.0), ambient=((0.0,) * 3, (0.0,) * 3))
    paint = halves((255,) * 3, (0,) * 3, linear=False)
    sign = Material("wall", base_texture=0, emissive=(0.5, 0.5, 0.5))
    even = sides(draw(sign, [paint], dark))
    assert abs(even[0] - even[1]) < 3.0
    ours = sides(draw(replace(sign, role="emissive"), [paint], dark))
    assert ours[0] - ours[1] > 100.0


def test_what_is_absent_costs_nothing():
    device = Device()
    try:
        materials = [replace(m, role=m.role or "set") for m in room().materials]
        table = MaterialTable(device.context, "room", materials, [])
        assert [table.use_detail(i) for i in range(len(materials))] == [{}] * len(materials)
    finally:
        device.close()
