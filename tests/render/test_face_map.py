"""Threshold maps of faces: baked from our drawn shapes, painted by a user, read back."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.character import compile_character, shipped_recipe
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Character
from cyberdirector.render import Stage
from cyberdirector.render.face_map import (
    bake_face_map,
    face_shape,
    face_surface,
    grey_map,
    key_about_head,
    map_values,
    packed_map,
)
from cyberdirector.render.still import STUDIO, face_camera

sys.path.insert(0, str(Path(__file__).parent))
from samples import figure

RISE = 0.35


@pytest.fixture(scope="module")
def character() -> Character:
    return compile_character(shipped_recipe("lin_wan"), 0)


@pytest.fixture(scope="module")
def baked(character):
    return bake_face_map(character, 384, RISE)


def lit_from(degrees: float):
    x, y, z = (float(v) for v in key_about_head(np.radians(degrees), RISE))
    return replace(STUDIO, key_direction=(x, y, z))


def test_thresholds_are_kept_to_sixteen_bits() -> None:
    values = np.linspace(0.0, 1.0, 997)[None]
    assert np.abs(map_values(packed_map(values)) - values).max() < 1e-5
    grey = np.arange(256, dtype=np.uint8)[None]
    assert np.allclose(map_values(grey_map(grey)), grey / 255.0)


@pytest.mark.parametrize(("size", "kind"), [((4, 4, 4), "u1"), ((4, 4), "f8"), ((0, 4), "u1")])
def test_a_map_is_grey_bytes(size, kind) -> None:
    wrong = np.zeros(size, kind)
    with pytest.raises(InputRefused) as caught:
        grey_map(wrong)
    assert caught.value.code == "texture-invalid"


def test_drawn_shapes_mirror_with_the_light() -> None:
    q = np.random.default_rng(3).uniform(-1, 1, (500, 2))
    front = np.ones(500)
    left, right = key_about_head([1.1, -1.1], RISE)
    mirrored = q * [-1.0, 1.0]
    assert np.allclose(face_shape(q, front, left), face_shape(mirrored, front, right))


def test_a_texel_is_dark_beyond_its_threshold(character) -> None:
    """Of the surface alone, without a picture: lit before, dark after, for 50 azimuths."""
    roles = [m.role for m in character.materials]
    part = next(p for p in character.parts if roles[p.material] == "face")
    surface = face_surface(character, part)
    found = surface.thresholds(RISE)
    for at in np.radians(np.arange(1.0, 101.0, 2.0)):
        lit = surface.facing(key_about_head(at, RISE)) > 0.0
        near = np.abs(found - at) < np.radians(2.0)
        assert ((found > at) == lit)[~near].mean() > 0.985


def test_the_map_is_the_same_every_time_and_dark_away_from_the_light(character, baked) -> None:
    again = bake_face_map(character, 384, RISE)
    assert again.pixels.tobytes() == baked.pixels.tobytes()
    values = map_values(baked)
    far, near = values[100:250, 90:150], values[100:250, 234:294]
    assert np.median(near) > np.median(far) + 0.1


def test_who_has_no_face_is_told_so() -> None:
    plain = figure()
    rocks = [replace(m, role="cloth", name="rock") for m in plain.materials]
    with pytest.raises(InputRefused) as caught:
        bake_face_map(replace(plain, materials=rocks))
    assert caught.value.code == "face-missing"


@pytest.mark.gl
def test_a_baked_map_draws_what_the_shapes_draw(character, baked) -> None:
    """Every azimuth up to where the drawn light stops turning, both sides."""
    angles = (-95, -75, -40, 0, 25, 60, 90)
    with Stage((200, 200)) as stage:
        actor = stage.add(character, "a").stand()
        stage.camera = face_camera(character, 0.0, 0.12)
        computed, mapped = [], []
        for out in (computed, mapped):
            for angle in angles:
                stage.light = lit_from(angle)
                out.append(stage.draw()[..., :3].astype(int))
            actor.paint("face", shadow=baked)
        for a, b in zip(computed, mapped, strict=True):
            assert (np.abs(a - b).max(axis=-1) > 16).mean() < 0.002
        # And the light does draw something: sides differ by more than maps from shapes.
        assert (np.abs(computed[0] - computed[-1]).max(axis=-1) > 16).mean() > 0.05


@pytest.mark.gl
@pytest.mark.parametrize("foreign", [False, True])
def test_a_painted_map_decides_and_is_mirrored(foreign) -> None:
    """Half black, half white: the half that is never lit changes with the side of the light."""
    shape = figure()
    if foreign:
        shape = replace(shape, materials=[replace(m, role="") for m in shape.materials])
    name = shape.materials[0].name
    grey = np.zeros((8, 64), np.uint8)
    grey[:, 32:] = 255
    shares = {}
    with Stage((96, 96)) as stage:
        stage.look((0.0, 1.52, 0.7), (0.0, 1.52, 0.0), 0.4)
        actor = stage.add(shape, "a")
        for sign in (1, -1):
            stage.light = lit_from(30.0 * sign)
            plain = stage.draw()[..., 1].astype(int)
            actor.paint(name, shadow=grey)
            shares[sign] = stage.draw()[..., 1].astype(int) - plain
            actor.character = shape
    dark = {sign: (change < -6) for sign, change in shares.items()}
    assert dark[1].sum() > 100
    assert dark[-1].sum() > 100
    assert (dark[1] & dark[-1]).sum() < 0.25 * min(dark[1].sum(), dark[-1].sum())


@pytest.mark.gl
def test_a_map_that_is_not_there_is_named() -> None:
    shape = figure()
    lost = replace(shape.materials[0], extras={"face_shadow": "nowhere"})
    with Stage((32, 32)) as stage:
        stage.add(replace(shape, materials=[lost, *shape.materials[1:]]), "a")
        with pytest.raises(InputRefused) as caught:
            stage.draw()
    assert caught.value.code == "texture-missing"
    assert "nowhere" in caught.value.en
