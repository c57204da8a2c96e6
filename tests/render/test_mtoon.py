"""pass/mtoon against the specification in numpy, and foreign characters in whole frames."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.model import TEXTURE_SLOTS, Material, UvTransform
from cyberdirector.render.device import Device
from cyberdirector.render.lights import lighting_of
from cyberdirector.render.mtoon import queue_of

sys.path.insert(0, str(Path(__file__).parent))
import mtoon_oracle as oracle
from mtoon_scene import EYE, RANGE, Sheet, random_material, random_rig

CASES = 96
TOLERANCE = 1e-2


@pytest.fixture(scope="module")
def device():
    one = Device("software")
    yield one
    one.close()


@pytest.fixture(scope="module")
def sheet(device):
    return Sheet(device)


def lights_of(rig) -> oracle.Lights:
    scaled = lighting_of(rig)
    points = [(np.array(p.position), np.array(p.color), p.range) for p in rig.points]
    return oracle.Lights(
        scaled.direction, scaled.key, scaled.ambient_up, scaled.ambient_down, points
    )


def expected(sheet, material, textures, rig, time):
    """Return colours with alpha of all pixels, and which of them have no edge within."""
    xy, inside = sheet.places()
    points = np.c_[xy, np.zeros(len(xy))]
    surface = oracle.Surface(material, textures, sheet.uvs(xy), time)
    n = oracle.unit(sheet.raw_normals(xy))
    if material.normal_texture is not None:
        n = oracle.mapped_normal(surface, n, *frame_of(sheet, material, xy, n, time))
    v = oracle.unit(EYE - points)
    lights = lights_of(rig)
    color, alpha = oracle.color_and_alpha(surface, points, n, v, lights)
    return np.clip(color, 0.0, RANGE), alpha, inside & smooth(surface, points, n, v, lights)


def frame_of(sheet, material, xy, n, time):
    """Return the tangent and bitangent of the normal map at all places, by differences."""

    def place(at):
        surface = oracle.Surface(material, sheet.textures, sheet.uvs(at), time)
        return oracle.transformed(surface.uv, material.transforms.get("normal_texture"))

    step = 1e-4
    side, above = np.array([step, 0.0]), np.array([0.0, step])
    across = (place(xy + side) - place(xy - side)) / (2 * step)
    up = (place(xy + above) - place(xy - above)) / (2 * step)
    x, y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    gx, gy = np.cross(y, n), np.cross(n, x)
    t = gx * across[:, :1] + gy * up[:, :1]
    b = gx * across[:, 1:] + gy * up[:, 1:]
    size = np.maximum((t * t).sum(-1), (b * b).sum(-1))[:, None] ** -0.5
    return t * size, -b * size


def smooth(surface, points, n, v, lights):
    """Tell where no filter steps in: no toon edge or shrunk texture within two pixels."""
    side = int(len(points) ** 0.5)
    m = surface.material
    keep = np.ones((side, side), bool)

    def flat(values, most):
        grid = np.asarray(values).reshape(side, side, -1)
        for axis in (0, 1):
            step = np.abs(np.diff(grid, axis=axis)).max(axis=-1) > most
            low = [slice(None)] * 2
            high = [slice(None)] * 2
            low[axis], high[axis] = slice(0, -1), slice(1, None)
            keep[tuple(low)] &= ~step
            keep[tuple(high)] &= ~step

    texel = 1.0 / 64.0
    for slot in TEXTURE_SLOTS:
        if getattr(m, slot) is not None:
            uv = oracle.matcap_place(n, v) if slot == "matcap_texture" else surface.uv
            flat(oracle.transformed(uv, m.transforms.get(slot)), 1.2 * texel)
    for to_light, _ in oracle.directions(points, lights):
        x = oracle.shade_input(surface, n, to_light)
        flat(oracle.shading(x, 0.0, m.shading_toony), 0.2)
    flat(1.0 - keep, 0.5)
    return keep.reshape(-1)


@pytest.mark.gl
@pytest.mark.parametrize("seed", range(CASES))
def test_pixels_are_those_of_the_specification(sheet, seed) -> None:
    rng = np.random.default_rng(seed)
    material, textures = random_material(rng)
    rig, time = random_rig(rng), float(rng.uniform(0.0, 3.0))
    sheet.textures = textures
    color, alpha, sure = expected(sheet, material, textures, rig, time)
    drawn = sheet.draw(material, textures, rig, time)
    assert sure.mean() > 0.05
    error = np.abs(drawn[sure, :3] - color[sure]).max(axis=-1)
    assert error.max() < TOLERANCE, (material, np.argmax(error))
    if material.alpha_mode == "BLEND":
        assert np.abs(drawn[sure, 3] - alpha[sure]).max() < TOLERANCE
    else:
        assert (drawn[sure, 3] == 1.0).all()


def test_queue_follows_the_specification() -> None:
    order = [
        Material("opaque", render_queue_offset=9),
        Material("mask", alpha_mode="MASK"),
        Material("written", alpha_mode="BLEND", transparent_with_z_write=True),
        Material(
            "late", alpha_mode="BLEND", transparent_with_z_write=True, render_queue_offset=3
        ),
        Material("early", alpha_mode="BLEND", render_queue_offset=-4),
        Material("last", alpha_mode="BLEND", render_queue_offset=5),
    ]
    queues = [queue_of(material) for material in order]
    assert queues == [(0, 0), (1, 0), (2, 0), (2, 3), (3, -4), (3, 0)]


def test_the_example_of_the_texture_transform() -> None:
    """KHR_texture_transform's own example: the lower left quarter, turned clockwise."""
    matrix = UvTransform((0.0, 1.0), (0.5, 0.5), np.pi / 2).matrix()
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]) @ matrix.T
    np.testing.assert_allclose(corners.min(axis=0), [0.0, 0.5], atol=1e-12)
    np.testing.assert_allclose(corners.max(axis=0), [0.5, 1.0], atol=1e-12)
