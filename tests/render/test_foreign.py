"""Foreign characters in whole frames: holes, order, animation, shadows, outlines."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.model import Material, Texture
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.render.device import Device
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import figure, part

pytestmark = pytest.mark.gl

SIZE = (128, 160)
LIGHT = LightRig("plain")
CAMERA = Camera((0.3, 1.1, 3.0), (0.0, 0.9, 0.0), 0.6)


@pytest.fixture(scope="module")
def device():
    one = Device("software")
    yield one
    one.close()


@pytest.fixture(scope="module")
def foreign():
    made = figure()
    return replace(made, materials=[replace(m, role="") for m in made.materials])


def draw(device, character, samples=4, light=LIGHT, **state) -> np.ndarray:
    with Renderer(RenderScene(None, {"a": character}), SIZE, "final", samples, device) as r:
        figures = {"a": stand(character)}
        return r.draw(FrameState(CAMERA, light, figures, **state)).astype(int)


def with_material(character, index, textures=(), **changes):
    materials = list(character.materials)
    materials[index] = replace(materials[index], **changes)
    return replace(character, materials=materials, textures=[*character.textures, *textures])


def board(character, materials, textures=(), lift=0.0):
    """Return the character holding boards of 0.6 m before the chest, one for each material.

    Each stands 0.1 m before the last, ``lift`` metres higher.
    """
    chest = character.humanoid["chest"]
    parts = []
    for i in range(len(materials)):
        low, high, z = 0.7 + i * lift, 1.3 + i * lift, 0.4 + 0.1 * i
        corners = np.array([[-0.3, low, z], [0.3, low, z], [0.3, high, z], [-0.3, high, z]])
        ahead = np.tile([0.0, 0.0, 1.0], (4, 1))
        uvs = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
        sheet = (corners, ahead, uvs, np.array([[0, 1, 2], [0, 2, 3]]))
        parts.append(part(f"board{i}", [sheet], i, [chest]))
    return replace(character, parts=parts, materials=materials, textures=list(textures))


def test_what_is_cut_away_throws_no_shadow(device, foreign) -> None:
    light = LightRig("above", key_direction=(0.0, 4.0, 1.0))
    wall = Material("wall", (0.9, 0.9, 0.9, 1.0), shade_color=(0.2, 0.1, 0.1))
    cut = replace(wall, name="cut", base_texture=0, alpha_mode="MASK", double_sided=True)

    def pictured(*materials, alpha=0):
        pixels = np.full((4, 4, 4), alpha, np.uint8)
        held = board(foreign, list(materials), [Texture("t", pixels)], lift=0.6)
        return draw(device, held, light=light)[60:100, 50:78]

    alone = pictured(wall)
    assert np.abs(pictured(wall, cut) - alone).max() <= 2
    half = replace(cut, alpha_cutoff=0.2)
    assert np.abs(pictured(wall, half, alpha=20) - alone).max() <= 2
    assert np.abs(pictured(wall, half, alpha=255) - alone).max() > 20


def test_edges_of_holes_are_soft(device, foreign) -> None:
    y, x = np.mgrid[0:64, 0:64]
    pixels = np.full((64, 64, 4), 255, np.uint8)
    pixels[..., 3] = np.clip(128 + 30 * (18 - np.hypot(x - 31.5, y - 31.5)), 0, 255)
    white = Material("disc", base_texture=0, alpha_mode="MASK", unlit=True, outline_mode="none")
    held = board(foreign, [white], [Texture("disc", pixels)])
    night = LightRig("night", sky=((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))

    def levels(samples):
        image = draw(device, held, samples, night)
        assert (image[..., 3] == 255).all()
        middle = image[40:110, 30:98, 1]
        return int(((middle > 60) & (middle < 180)).sum())

    assert levels(4) > 10 * max(levels(0), 1)


def test_blended_surfaces_follow_their_queue(device, foreign) -> None:
    """The board in front is drawn first when its queue says so, and hides by its depth."""

    def glass(name, color, **more):
        return Material(name, (*color, 0.5), alpha_mode="BLEND", unlit=True, **more)

    red = glass("red", (1.0, 0.0, 0.0), transparent_with_z_write=True)
    green = glass("green", (0.0, 1.0, 0.0))
    # Red stands before green: it writes depth first, so nothing of green is seen.
    hidden = draw(device, board(foreign, [green, red]))[80, 64]
    late = replace(red, transparent_with_z_write=False)
    mixed = draw(device, board(foreign, [green, late]))[80, 64]
    assert hidden[2] > mixed[2] + 40  # green would take the blue of the sky away
    first = replace(late, render_queue_offset=-5)
    over = draw(device, board(foreign, [green, first]))[80, 64]
    assert over[1] > mixed[1] + 40  # green over red although it stands behind


def test_animated_textures_move_with_the_time_of_the_shot(device, foreign) -> None:
    pixels = np.full((8, 8, 4), 255, np.uint8)
    pixels[:, :4, :3] = 0
    moving = Material("belt", base_texture=0, unlit=True, uv_scroll=(0.5, 0.0))
    held = board(foreign, [moving], [Texture("stripes", pixels)])
    start, half, whole = (draw(device, held, time=t) for t in (0.0, 1.0, 2.0))
    assert np.abs(start - half)[60:100, 50:78].max() > 150
    assert np.abs(start - whole).max() <= 3


def test_a_frame_alone_is_the_frame_in_a_sequence(device, foreign) -> None:
    moving = with_material(
        foreign, 2, uv_rotation=1.0, base_texture=0, rim_color=(0.3, 0.3, 0.5)
    )
    with Renderer(RenderScene(None, {"a": moving}), SIZE, device=device) as renderer:
        figures = {"a": stand(moving)}
        states = [FrameState(CAMERA, LIGHT, figures, time=t / 24) for t in range(4)]
        sequence = [renderer.draw(state).tobytes() for state in states]
        assert renderer.draw(states[2]).tobytes() == sequence[2]
    with Renderer(RenderScene(None, {"a": moving}), SIZE, device=device) as renderer:
        assert renderer.draw(states[3]).tobytes() == sequence[3]
    assert sequence[1] != sequence[2]


def test_roles_keep_our_paints(device, foreign) -> None:
    ours = figure()
    assert np.abs(draw(device, ours) - draw(device, foreign)).max() > 20


def test_outlines_of_blended_surfaces_need_depth(device, foreign) -> None:
    glass = {
        "base_color": (1.0, 1.0, 1.0, 0.3), "alpha_mode": "BLEND", "unlit": True,
        "outline_mode": "worldCoordinates", "outline_width": 0.03,
        "outline_lighting_mix": 0.0, "outline_color": (0.0, 0.0, 0.0),
    }  # fmt: skip
    plain = draw(device, with_material(foreign, 2, **glass))
    lined = draw(device, with_material(foreign, 2, **glass, transparent_with_z_write=True))
    bare = draw(device, with_material(foreign, 2, **{**glass, "outline_mode": "none"}))
    assert np.abs(plain - bare).max() == 0  # no hull: it would cover the surface
    assert np.abs(lined - bare).max() > 30
    chest = np.abs(lined - bare)[70:74, 60:68]
    assert chest.max() < 60
