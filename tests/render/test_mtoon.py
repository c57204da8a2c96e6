"""pass/mtoon against the specification in numpy, and foreign characters in whole frames."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.model import TEXTURE_SLOTS, Material, Texture, UvTransform
from cyberdirector.core.scene import LightRig
from cyberdirector.render.device import Device
from cyberdirector.render.lights import lighting_of
from cyberdirector.render.mtoon import queue_of

sys.path.insert(0, str(Path(__file__).parent))
import mtoon_oracle as oracle
from mtoon_scene import EYE, RANGE, SIDE, Sheet, random_material, random_rig
from samples import sphere

CASES = 72
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
    return (
        np.clip(oracle.tame(color), 0.0, RANGE),
        alpha,
        inside & smooth(surface, points, n, v, lights),
    )


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
            place = oracle.transformed(uv, m.transforms.get(slot))
            flat(place, 1.2 * texel)
            flat(np.floor(place), 0.5)  # where the picture is clamped or mirrored
    for to_light, _ in oracle.directions(points, n, lights):
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


RADIUS = 0.5


def reach_of(sheet, material, textures=()) -> float:
    """Return the radius in pixels of what the outline of a ball covers."""
    ball = sphere((0.0, 0.0, 0.0), (RADIUS,) * 3, 96, 144)
    drawn = sheet.draw_hull(material, list(textures), LightRig("plain"), ball)
    return float(np.sqrt((drawn[:, 3] > 0.0).sum() / np.pi))


def radius_on_screen(sheet, radius: float) -> float:
    """Return the radius in pixels of a ball of ``radius`` metres at the origin."""
    return sheet.view.focal_pixels * np.tan(np.arcsin(radius / np.linalg.norm(EYE)))


@pytest.mark.gl
@pytest.mark.parametrize("width", [0.0, 0.02, 0.06, 0.12])
def test_world_outline_has_its_width_in_metres(sheet, width) -> None:
    material = Material("m", outline_mode="worldCoordinates", outline_width=width)
    assert reach_of(sheet, material) == pytest.approx(
        radius_on_screen(sheet, RADIUS + width), abs=0.35
    )


@pytest.mark.gl
@pytest.mark.parametrize("width", [0.0, 0.02, 0.05, 0.1])
def test_screen_outline_has_its_share_of_the_height(sheet, width) -> None:
    """The ratio is of the height of the picture, whatever the distance."""
    material = Material("m", outline_mode="screenCoordinates", outline_width=width)
    away = np.array([float(np.linalg.norm(EYE)) - RADIUS**2 / float(np.linalg.norm(EYE))])
    surface = oracle.Surface(material, [], np.zeros((1, 2)), 0.0)
    metres = oracle.outline_metres(surface, away, SIDE, sheet.view.focal_pixels)[0]
    wanted = radius_on_screen(sheet, RADIUS) + width * SIDE
    assert reach_of(sheet, material) == pytest.approx(wanted, rel=0.04)
    assert radius_on_screen(sheet, RADIUS + metres) == pytest.approx(wanted, rel=0.04)


@pytest.mark.gl
def test_lines_thinner_than_a_pixel_grow_pale_not_dotted(sheet) -> None:
    ball = sphere((0.0, 0.0, 0.0), (RADIUS,) * 3, 96, 144)
    pixel = float(np.linalg.norm(EYE)) / sheet.view.focal_pixels
    rig = LightRig("ambient", key_color=(0.0, 0.0, 0.0), ambient=((1.0,) * 3, (1.0,) * 3))
    shown = []
    for pixels in (0.1, 0.3, 0.6, 1.5):
        material = Material(
            "m", outline_mode="worldCoordinates", outline_width=pixels * pixel,
            outline_color=(0.0, 0.0, 0.0),
        )  # fmt: skip
        drawn = sheet.draw_hull(material, [], rig, ball)
        covered = drawn[:, 3] > 0.0
        wanted = radius_on_screen(sheet, RADIUS) + max(pixels, 0.8)
        assert np.sqrt(covered.sum() / np.pi) == pytest.approx(wanted, abs=0.3)
        shown.append(float(drawn[covered, 0].mean()))
    assert shown[3] < 1e-4
    assert all(a > b + 0.1 for a, b in pairwise(shown))


@pytest.mark.gl
@pytest.mark.parametrize("mode", ["worldCoordinates", "screenCoordinates"])
def test_green_of_the_mask_narrows_the_outline(sheet, mode) -> None:
    mask = Texture("mask", np.full((4, 4, 4), (255, 128, 0, 255), np.uint8), linear=True)
    masked = Material("m", outline_mode=mode, outline_width=0.1, outline_width_texture=0)
    half = Material("m", outline_mode=mode, outline_width=0.1 * 128 / 255)
    assert reach_of(sheet, masked, [mask]) == pytest.approx(reach_of(sheet, half), abs=0.1)


@pytest.mark.gl
@pytest.mark.parametrize("mix", [0.0, 0.4, 1.0])
def test_outline_takes_its_share_of_the_light(sheet, mix) -> None:
    """Ambient light alone and full equalisation: one colour everywhere."""
    material = Material(
        "m", (0.5, 0.6, 0.7, 1.0), outline_mode="worldCoordinates", outline_width=0.05,
        outline_color=(0.8, 0.4, 0.2), outline_lighting_mix=mix, gi_equalization=1.0,
    )  # fmt: skip
    rig = LightRig("ambient", key_color=(0.0, 0.0, 0.0), ambient=((0.8,) * 3, (0.4,) * 3))
    ball = sphere((0.0, 0.0, 0.0), (RADIUS,) * 3, 32, 48)
    drawn = sheet.draw_hull(material, [], rig, ball)
    ambient = (lighting_of(rig).ambient_up + lighting_of(rig).ambient_down) / 2
    wanted = oracle.outline_color(material, ambient * material.base_color[:3])
    assert np.abs(drawn[drawn[:, 3] > 0.0][:, :3] - wanted).max() < TOLERANCE


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
