"""Shading ramps: their values, the pixels they make, and what names them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused, Location
from cyberdirector.core.model import Material
from cyberdirector.core.scene import LightRig
from cyberdirector.render import Stage
from cyberdirector.render.device import Device
from cyberdirector.render.lights import lighting_of
from cyberdirector.render.ramps import (
    RAMPS,
    TEXELS,
    Ramp,
    RampShelf,
    ramp_from,
    ramp_row,
    ramp_values,
)
from cyberdirector.render.style import CEL, STYLES

sys.path.insert(0, str(Path(__file__).parent))
import mtoon_oracle as oracle
from mtoon_scene import Sheet
from samples import figure

PLACE = Location(path="x")
STOPS = [[0.2, 0.0, 0.0, 0.1], [0.5, 0.7, 0.3, 0.2], [0.8, 1.0, 0.9, 0.8]]


def test_stops_are_met_and_beyond_them_nothing_changes() -> None:
    ramp = ramp_from(STOPS, PLACE)
    at = [0.0, 0.2, 0.35, 0.5, 0.8, 1.0]
    low, middle, high = (np.array(stop[1:]) for stop in STOPS)
    expected = [low, low, (low + middle) / 2, middle, high, high]
    assert np.allclose(ramp_values(ramp, at), expected)


@given(st.lists(st.tuples(*[st.floats(0.0, 1.0)] * 4), min_size=1, max_size=12))
def test_a_ramp_stays_between_its_stops(stops) -> None:
    stops = sorted(map(list, stops))
    values = ramp_values(ramp_from(stops, PLACE), np.linspace(0.0, 1.0, 97))
    colors = np.array(stops)[:, 1:]
    assert (values >= colors.min(axis=0) - 1e-9).all()
    assert (values <= colors.max(axis=0) + 1e-9).all()


@pytest.mark.parametrize("name", sorted(RAMPS))
def test_shipped_ramps_run_from_shade_to_light(name) -> None:
    values = ramp_values(RAMPS[name], np.linspace(0.0, 1.0, 200))
    assert (values[0] == 0.0).all()
    assert (values[-1] == 1.0).all()
    assert (np.diff(values, axis=0) >= 0.0).all()
    assert ramp_row(RAMPS[name]).tobytes() == ramp_row(RAMPS[name]).tobytes()


def test_skin_turns_red_before_it_grows_bright() -> None:
    middle = ramp_values(RAMPS["skin"], 0.47)
    assert middle[0] > 1.5 * middle[1] > 1.5 * middle[2]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("suede", "ramp-unknown"),
        ([], "ramp-invalid"),
        ([[0.5, 0.1, 0.1]], "ramp-invalid"),
        ([[0.5, 0.1, 0.1, 1.2]], "ramp-invalid"),
        ([[0.5, 0.1, 0.1, float("nan")]], "ramp-invalid"),
        ([[0.6, 0.0, 0.0, 0.0], [0.5, 1.0, 1.0, 1.0]], "ramp-invalid"),
        ([[0.6, "red", 0.0, 0.0]], "ramp-invalid"),
        ({"place": 0.5}, "ramp-invalid"),
        (3, "ramp-invalid"),
    ],
)
def test_what_is_no_ramp_is_refused_by_name(data, code) -> None:
    with pytest.raises(InputRefused) as caught:
        ramp_from(data, Location(path="lin/Face"))
    assert caught.value.code == code
    assert "lin/Face" in str(caught.value.location)


def test_styles_name_ramps_that_ship() -> None:
    for style in STYLES.values():
        assert {name for _, name in style.ramps} <= set(RAMPS)


@pytest.mark.gl
@pytest.mark.parametrize("name", ["skin", "soft", "own"])
def test_pixels_of_a_ramp_are_those_of_the_formula(name) -> None:
    """Foreign material, one light: shade + (lit - shade) * ramp((1 + facing + shift) / 2)."""
    ramp = RAMPS[name] if name in RAMPS else ramp_from(STOPS, PLACE)
    device = Device("software")
    sheet = Sheet(device)
    material = Material(
        "m", (0.7, 0.6, 0.5, 1.0), shade_color=(0.1, 0.2, 0.3), shading_shift=0.1
    )
    rig = LightRig("one", (0.9, 0.3, 0.1), (0.5, 0.5, 0.5), ((0.1,) * 3, (0.1,) * 3))
    defines = RampShelf(sheet.context).choose(ramp, "cloth", CEL)
    drawn = sheet.draw(material, [], rig, ramp=defines)[:, :3]
    xy, inside = sheet.places()
    n = oracle.unit(sheet.raw_normals(xy))
    lights = lighting_of(rig)
    term = 0.5 + 0.5 * (n @ lights.direction + material.shading_shift)
    share = ramp_values(ramp, np.clip(term, 0.0, 1.0))
    lit, dark = np.array(material.base_color[:3]), np.array(material.shade_color)
    color = (dark + (lit - dark) * share) * lights.key + lit * lights.ambient_up
    error = np.abs(drawn - oracle.tame(color))[inside]
    device.close()
    assert np.ptp(share[inside]) > 0.6
    assert error.max() < 0.012


def levels(value: float) -> list[list[float]]:
    return [[0.5, value, value, value]]


@pytest.fixture(scope="module")
def pictures():
    """Square roots of light of one sample figure under constant ramps, by its value."""
    out = {}
    with Stage((160, 200)) as stage:
        stage.light = LightRig("one", (0.4, 0.5, 0.7), (0.5, 0.5, 0.5))
        actor = stage.add(figure(), "a")
        stage.look((0.2, 1.5, 1.2), (0.0, 1.4, 0.0), 0.5)
        out["none"] = stage.draw()
        for value in (0.0, 0.5, 1.0):
            for name in (m.name for m in actor.character.materials):
                actor.paint(name, levels(value))
            out[value] = stage.draw()
    return out


@pytest.mark.gl
def test_every_paint_mixes_shade_and_light_by_its_ramp(pictures) -> None:
    """Dark without a share, light with all of it, and in between with half."""
    dark, half, lit = (pictures[v][..., :3].astype(int) for v in (0.0, 0.5, 1.0))
    differs = (lit - dark).max(axis=-1) > 12
    assert differs.mean() > 0.15
    assert ((lit - half)[differs].max(axis=-1) > 3).mean() > 0.95
    assert ((half - dark)[differs].max(axis=-1) > 3).mean() > 0.95
    assert (lit - dark).min() > -8


@pytest.mark.gl
def test_painting_leaves_the_character_of_the_caller_alone() -> None:
    character = figure()
    before = [dict(m.extras) for m in character.materials]
    with Stage((64, 64)) as stage:
        actor = stage.add(character, "a")
        plain = stage.draw()
        name = character.materials[0].name
        actor.paint(name, levels(0.0))
        assert not np.array_equal(stage.draw(), plain)
        with pytest.raises(InputRefused) as caught:
            actor.paint("nose", "skin")
        assert caught.value.code == "material-unknown"
    assert [m.extras for m in character.materials] == before


@pytest.mark.gl
def test_a_style_may_name_ramps_and_a_material_comes_first() -> None:
    hard = replace(CEL, ramps=(("face", "three"),))
    with Stage((96, 96)) as stage:
        actor = stage.add(figure(), "a")
        stage.look((0.0, 1.5, 0.8), (0.0, 1.5, 0.0), 0.5)
        plain = stage.draw()
        stage.style = hard
        styled = stage.draw()
        assert not np.array_equal(plain, styled)
        face = next(m.name for m in actor.character.materials if m.role == "face")
        actor.paint(face, "soft")
        own = stage.draw()
        assert not np.array_equal(own, styled)
        stage.style = CEL
        stage.draw()
        stage.style = hard
        assert np.array_equal(stage.draw(), own)


def test_texels_hold_the_ramp_at_their_middle() -> None:
    row = ramp_row(Ramp("line", ((0.0, (0.0,) * 3), (1.0, (1.0,) * 3))))
    t = (np.arange(TEXELS) + 0.5) / TEXELS
    assert row.shape == (1, TEXELS, 4)
    assert np.abs(row[0, :, 0] - (3 * t**2 - 2 * t**3)).max() < 1e-3
