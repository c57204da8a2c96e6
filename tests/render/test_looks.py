"""Styles, lenses, tables, shafts and weather in whole frames of the sample."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.scene import WEATHERS, Camera
from cyberdirector.render.device import Device
from cyberdirector.render.luts import cube_text, named_lut
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.still import stand
from cyberdirector.render.style import CEL, STYLES, style_named
from cyberdirector.render.weather import DRIFTS, box_share, particle_count

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, figure, room

pytestmark = pytest.mark.gl

SIZE = (160, 284)
NEAR = Camera((0.15, 1.55, 1.0), (-0.25, 1.5, 0.0), 0.5)


@pytest.fixture(scope="module")
def stage():
    cast = {"a": figure(), "b": figure((0.5, 0.08, 0.1), (0.3, 0.14, 0.06))}
    place = room()
    states = {
        "a": stand(cast["a"], (-0.35, 0.0, 0.0), 0.3),
        "b": stand(cast["b"], (0.4, 0.0, 0.1), -0.3),
    }
    device = Device()
    with Renderer(RenderScene(place, cast), SIZE, device=device) as renderer:
        yield renderer, place, states
    device.close()


def frame(stage, style="cel", light="day", camera=None, time=0.5, **rig) -> np.ndarray:
    renderer, place, states = stage
    renderer.style = style_named(style) if isinstance(style, str) else style
    state = FrameState(
        camera or place.cameras["establish"], replace(LIGHTS[light], **rig), states, time, 7
    )
    return renderer.draw_rgb(state)


@pytest.mark.parametrize("name", [name for name in STYLES if name != "cel"])
def test_golden_of_each_style(stage, golden, name):
    golden(f"style-{name}-night", frame(stage, name, "night"))
    golden(f"style-{name}-near", frame(stage, name, "day", NEAR))


@pytest.mark.parametrize("name", list(STYLES))
def test_a_frame_is_the_same_alone_and_after_others(stage, name):
    first = frame(stage, name, "dusk", weather="petals")
    frame(stage, "comic", "night", NEAR)
    frame(stage, name, "dusk", weather="snow", time=2.0)
    assert np.array_equal(first, frame(stage, name, "dusk", weather="petals"))
    assert np.array_equal(first, frame(stage, name, "dusk", weather="petals"))


def test_styles_leave_cel_as_it_was(stage):
    before = frame(stage)
    for name in STYLES:
        frame(stage, name)
    assert np.array_equal(before, frame(stage))


def test_a_camera_may_name_its_lens(stage):
    sharp = frame(stage, camera=NEAR)
    blurred = frame(stage, camera=replace(NEAR, aperture=1.0, focus=1.0))
    corner = (slice(0, 60), slice(100, 160))  # the far wall and a pillar
    assert np.abs(np.diff(blurred[corner].astype(int), axis=1)).max() < (
        np.abs(np.diff(sharp[corner].astype(int), axis=1)).max()
    )
    assert not np.array_equal(
        blurred, frame(stage, camera=replace(NEAR, aperture=1.0, focus=9.0))
    )


def test_light_may_name_a_table(stage, tmp_path):
    plain = frame(stage).astype(int)
    faded = frame(stage, lut="memory").astype(int)

    def spread(image):
        return float((image.max(axis=-1) - image.min(axis=-1)).mean())

    assert spread(faded) < 0.9 * spread(plain)
    path = tmp_path / "my.cube"
    path.write_text(cube_text(named_lut("memory")), encoding="utf-8")
    assert np.abs(frame(stage, lut=str(path)).astype(int) - faded).max() <= 1


def test_shafts_add_light_in_streaks(stage):
    key = (-0.5, 0.5, -0.6)  # from behind the set
    plain = frame(stage, light="dusk", key_direction=key).astype(int)
    lit = frame(stage, light="dusk", key_direction=key, shafts=0.8).astype(int)
    more = (lit - plain).mean(axis=-1)
    assert more.min() > -2
    assert more.mean() > 2.0
    assert more.std() > 0.3 * more.mean()


@pytest.mark.parametrize("kind", sorted(DRIFTS))
def test_what_falls_is_seen_and_moves(stage, kind):
    plain = frame(stage, light="night").astype(int)
    one = frame(stage, light="night", weather=kind).astype(int)
    two = frame(stage, light="night", weather=kind, time=1.1).astype(int)
    assert (np.abs(one - plain).max(axis=-1) > 4).sum() > 20
    assert (np.abs(one - two).max(axis=-1) > 4).sum() > 20


@pytest.mark.parametrize("kind", ["petals", "leaves"])
def test_nothing_drifts_before_a_face_in_a_close_up(stage, kind):
    """Close: around the head there are leaves, on the face never. Far: they may cross it."""
    _, _, states = stage
    head = states["a"].head[:3, 3] + [0.0, 0.085, 0.015]
    close = Camera((float(head[0]), 1.5, 0.9), tuple(float(v) for v in head), 0.45)
    plain = frame(stage, camera=close).astype(int)
    drifting = [frame(stage, camera=close, weather=kind, time=0.4 * i) for i in range(12)]
    changed = [np.abs(image - plain).max(axis=-1) > 12 for image in drifting]
    face = (slice(112, 172), slice(55, 105))
    assert not any(one[face].any() for one in changed)
    assert sum(one.sum() for one in changed) > 200


@pytest.mark.parametrize("name", ["ink", "comic"])
def test_snow_lies_over_drawn_pictures(stage, name):
    plain = frame(stage, name, "night").astype(int)
    snow = frame(stage, name, "night", weather="snow").astype(int)
    assert 0.001 < (np.abs(snow - plain).max(axis=-1) > 6).mean() < 0.2


def test_all_weathers_are_known():
    assert set(DRIFTS) == set(WEATHERS) - {"", "mist"}
    for drift in DRIFTS.values():
        assert 0 < particle_count(drift, False) < particle_count(drift, True)
        assert box_share(drift, 0.3) <= box_share(drift, 0.9) <= 1.0


def test_inner_lines_draw_on_the_set(stage):
    plain = frame(stage).astype(int)
    lined = frame(stage, replace(CEL, inner_lines=1.0)).astype(int)
    darker = (plain - lined).max(axis=-1) > 30
    assert 0.005 < darker.mean() < 0.25
