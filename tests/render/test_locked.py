"""A locked shot has the bytes of a frame that is finished as a whole."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.scene import Camera, PointLight
from cyberdirector.render import _passes
from cyberdirector.render.camera import View
from cyberdirector.render.device import Device
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, figure, room

pytestmark = pytest.mark.gl

SIZE = (333, 507)


@pytest.fixture(scope="module")
def stage():
    """Return device, scene, camera and a light with lamps and glow."""
    device = Device()
    light = replace(LIGHTS["night"], bloom=0.5)
    place = room()
    yield device, RenderScene(place, {"a": figure()}), place.cameras["establish"], light
    device.close()


def states(scene, camera, light, count=5):
    return [
        FrameState(
            camera,
            light,
            {"a": stand(scene.characters["a"], (0.25 * i - 0.4, 0.0, 0.1), 0.3 * i)},
            i / 24,
            1,
        )
        for i in range(count)
    ]


def test_tiles_give_the_bytes_of_the_whole_picture(stage, monkeypatch):
    device, scene, camera, light = stage
    moments = states(scene, camera, light)
    with Renderer(scene, SIZE, device=device) as renderer:
        tiles = [renderer.draw_rgb(s).copy() for s in moments]
        empty = renderer._finish.empty
        assert empty is not None
        view = View(camera, SIZE)
        changes = empty.changes(renderer.passes.pose(moments[-1], view), view, 0.004)
        assert changes is not None
        assert 0 < changes.grid.mean() < 0.7
    monkeypatch.setattr(Renderer, "_empty", lambda self, frame: None)
    with Renderer(scene, SIZE, device=device) as renderer:
        for state, drawn in zip(moments, tiles, strict=True):
            np.testing.assert_array_equal(renderer.draw_rgb(state), drawn)


def test_what_crosses_parts_of_a_picture_is_blended_once(stage, monkeypatch):
    # Lamps and shadows lie over the borders of many rectangles, some of one tile.
    device, scene, camera, light = stage
    lamps = [((x, y, 0.6), (1.5, 0.9, 0.4)) for x in (-0.7, 0.0, 0.7) for y in (0.3, 1.1, 1.9)]
    light = replace(light, points=tuple(PointLight(*lamp) for lamp in lamps))
    monkeypatch.setattr(_passes, "_DRAW_PIXELS", 0)
    monkeypatch.setattr(_passes, "_TRIANGLE_PIXELS", 0)
    moments = states(scene, camera, light, 4)
    with Renderer(scene, SIZE, device=device) as renderer:
        tiles = [renderer.draw_rgb(s).copy() for s in moments]
        assert renderer._finish.empty is not None
    monkeypatch.setattr(Renderer, "_empty", lambda self, frame: None)
    with Renderer(scene, SIZE, device=device) as renderer:
        for state, drawn in zip(moments, tiles, strict=True):
            np.testing.assert_array_equal(renderer.draw_rgb(state), drawn)


@pytest.mark.parametrize("samples", [0, 4])
def test_figures_without_a_set_are_finished_by_tiles_too(stage, monkeypatch, samples):
    device, scene, camera, light = stage
    alone = RenderScene(None, scene.characters)
    moments = states(scene, camera, light, 4)
    with Renderer(alone, SIZE, samples=samples, device=device) as renderer:
        tiles = [renderer.draw_rgb(s).copy() for s in moments]
        assert renderer._finish.empty is not None
    monkeypatch.setattr(Renderer, "_empty", lambda self, frame: None)
    with Renderer(alone, SIZE, samples=samples, device=device) as renderer:
        for state, drawn in zip(moments, tiles, strict=True):
            np.testing.assert_array_equal(renderer.draw_rgb(state), drawn)


def test_an_empty_frame_is_the_kept_picture(stage):
    device, scene, camera, light = stage
    alone = FrameState(camera, light, {}, 0.0, 1)
    with Renderer(scene, SIZE, device=device) as renderer:
        first = renderer.draw_rgb(alone).copy()
        for state in states(scene, camera, light, 3):
            renderer.draw_rgb(state)
        np.testing.assert_array_equal(renderer.draw_rgb(alone), first)


@pytest.mark.parametrize("style", ["guoman", "ink", "comic"])
def test_styles_that_read_neighbours_draw_all(stage, style):
    device, scene, camera, light = stage
    with Renderer(scene, SIZE, device=device, style=style) as renderer:
        for state in states(scene, camera, light, 3):
            renderer.draw_rgb(state)
        assert renderer._finish.empty is None


def test_a_face_before_the_lens_draws_all(stage):
    device, scene, _, light = stage
    camera = Camera((0.0, 1.5, 0.30), (0.0, 1.5, 0.0), 0.9)
    with Renderer(scene, SIZE, device=device) as renderer:
        close = [
            FrameState(
                camera, light, {"a": stand(scene.characters["a"], (0, 0, 0.25), 0)}, t, 1
            )
            for t in (0.0, 0.1, 0.2)
        ]
        drawn = [renderer.draw_rgb(s).copy() for s in close]
    with Renderer(scene, SIZE, device=device) as renderer:
        np.testing.assert_array_equal(renderer.draw_rgb(close[2]), drawn[2])
