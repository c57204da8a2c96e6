"""Passes after the last triangle, on small made pictures."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.render.camera import View
from cyberdirector.render.device import Device
from cyberdirector.render.finish import lens_for, subject_of
from cyberdirector.render.frame import Frame
from cyberdirector.render.lights import lighting_of
from cyberdirector.render.luts import apply_lut, named_lut, upload_lut
from cyberdirector.render.manifest import CONSTANTS
from cyberdirector.render.post import Grade, Lens, Post, lens_of
from cyberdirector.render.scene import FrameState
from cyberdirector.render.shaders import ShaderLibrary
from cyberdirector.render.style import CEL, style_named
from cyberdirector.render.targets import Spec, Target

pytestmark = pytest.mark.gl

SIZE = (96, 64)
CAMERA = Camera((0.0, 0.0, 0.0), (0.0, 0.0, -1.0), 0.8, near=0.1, far=100.0)
RNG = np.random.default_rng(5)


def encoded(linear: np.ndarray) -> np.ndarray:
    """The bytes that targets hold (shaders/lib/color.glsl)."""
    return np.round(np.sqrt(np.clip(linear / 1.5, 0, 1)) * 255).astype(np.uint8)


def depth_of(metres: np.ndarray) -> np.ndarray:
    near, far = CAMERA.near, CAMERA.far
    return (far - near * far / metres) / (far - near)


class Bench:
    """A device with targets, as a renderer would hold them."""

    def __init__(self) -> None:
        self.device = Device()
        self.context = self.device.context
        self.shaders = ShaderLibrary(self.context, CONSTANTS)
        self.post = Post(self.context, self.shaders, SIZE, samples=0)
        self.half_size = (SIZE[0] // 2, SIZE[1] // 2)

    def texture(self, data: np.ndarray):
        import moderngl

        height, width = data.shape[:2]
        count = data.shape[2] if data.ndim == 3 else 1
        kind = "f1" if data.dtype == np.uint8 else "f4"
        out = self.context.texture((width, height), count, data.tobytes(), dtype=kind)
        out.filter = (moderngl.NEAREST, moderngl.NEAREST)
        return out

    def picture(self, linear: np.ndarray, mark: float = 1.0):
        alpha = np.full((*linear.shape[:2], 1), round(mark * 255), np.uint8)
        return self.texture(np.concatenate([encoded(linear), alpha], axis=-1))

    def depth(self, metres: np.ndarray):
        return self.texture(depth_of(metres).astype(np.float32))

    def target(self, size=None, kind: str = "f1", count: int = 4):
        spec = Spec(size or self.half_size, count, kind, smooth=kind == "f1")
        return Target(self.context, spec)

    def read(self, target, count: int = 4, kind: str = "f1") -> np.ndarray:
        width, height = target.size
        data = target.framebuffer.read(components=count, dtype=kind, alignment=1)
        out = np.frombuffer(data, np.uint8 if kind == "f1" else np.float32)
        return out.reshape(height, width, count)

    def lines(self, linear, metres):
        out = self.target(SIZE)
        self.post.lines(out, self.picture(linear, 1.0), self.depth(metres), CAMERA)
        return {"lines_map": out.color}

    def final(self, linear, style=CEL, grade=None, maps=None, lens=None, mark=1.0):
        out = self.target(SIZE)
        self.post.final(
            out, self.picture(linear, mark), style, grade or Grade(), CAMERA, maps or {}, lens
        )
        return self.read(out, 3)[::1]


@pytest.fixture(scope="module")
def bench():
    one = Bench()
    yield one
    one.device.close()


def blurry(shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(np.array([0.2, 0.3, 0.4]), (*shape, 3)).astype(float)


# Lens -----------------------------------------------------------------------------------


def test_lens_follows_the_thin_lens_formula():
    size = (1280, 720)
    lens = lens_of(CAMERA, size, 2.0, 3.0)
    length = 0.012 / np.tan(0.4)
    disc = length / 2.0 * length / (3.0 - length) / 2.0 / 0.024
    assert lens.blur == pytest.approx(disc)
    wide_open = lens_of(CAMERA, size, 1.0, 3.0)
    assert wide_open.blur == pytest.approx(2.0 * lens.blur)


def test_upright_pictures_use_an_upright_film():
    flat, upright = (lens_of(CAMERA, s, 2.0, 3.0) for s in ((1280, 720), (720, 1280)))
    assert upright.blur > flat.blur


def test_a_focus_inside_the_lens_is_held_outside():
    assert np.isfinite(lens_of(CAMERA, SIZE, 2.0, 0.0).blur)


def framed(camera: Camera, style: str, faces: list[tuple[float, float, float]]) -> Frame:
    """A frame with faces at these places that all look at the camera (+Z)."""
    figures = [
        SimpleNamespace(
            head_center_world=lambda at=at: np.array(at), head_axes=lambda: np.eye(3)
        )
        for at in faces
    ]
    state = FrameState(camera, LightRig("day"))
    frame = Frame(state, View(camera, SIZE), lighting_of(state.light), style=style_named(style))
    frame.on_screen = figures
    return frame


def test_focus_lies_on_the_face_in_the_middle():
    near = framed(CAMERA, "guoman", [(0.0, 0.0, -2.0), (3.6, 0.0, -6.0)])
    assert subject_of(near).distance == pytest.approx(1.91, abs=0.03)
    both = framed(CAMERA, "guoman", [(-0.2, 0.0, -2.0), (0.2, 0.0, -2.4)])
    assert 1.9 < subject_of(both).distance < 2.3
    empty = framed(CAMERA, "guoman", [])
    assert subject_of(empty).distance == pytest.approx(1.0)
    own = framed(replace(CAMERA, focus=3.5), "guoman", [(0.0, 0.0, -2.0)])
    assert subject_of(own).distance == 3.5


def test_the_lens_of_a_style_closes_for_faces_and_that_of_a_camera_does_not():
    face = [(0.0, 0.0, -0.8)]
    close = lens_for(framed(CAMERA, "guoman", face), SIZE)
    wide_open = lens_for(framed(replace(CAMERA, aperture=2.0), "guoman", face), SIZE)
    assert close is not None
    assert wide_open is not None
    assert close.blur < wide_open.blur
    blur_of_the_ear = close.blur * abs(1.0 - close.focus / 0.8)
    assert blur_of_the_ear < 0.001
    assert lens_for(framed(CAMERA, "cel", face), SIZE) is None


def through_lens(bench, linear, metres, lens):
    depth = bench.depth(metres)
    distance = bench.target(kind="f4", count=1)
    half, focus = bench.target(), bench.target()
    bench.post.distance(distance, depth, CAMERA)
    picture = bench.picture(linear)
    bench.post.half(half, picture, lens, distance.color)
    bench.post.focus(focus, half.color, lens)
    maps = {"focus_map": focus.color, "depth_map": depth}
    return bench.final(linear, maps=maps, lens=lens)


def test_what_is_in_focus_stays_sharp_and_what_is_far_does_not(bench):
    linear = RNG.random((SIZE[1], SIZE[0], 3)) * 0.8
    metres = np.full(SIZE[::-1], 2.0)
    metres[:, SIZE[0] // 2 :] = 40.0
    plain = bench.final(linear)
    out = through_lens(bench, linear, metres, Lens(2.0, 0.05))
    near, far = slice(0, SIZE[0] // 2 - 6), slice(SIZE[0] // 2 + 6, None)
    assert np.array_equal(out[:, near], plain[:, near])
    assert out[:, far].std() < 0.6 * plain[:, far].std()


def test_distances_are_metres(bench):
    metres = np.linspace(0.5, 60.0, SIZE[0] * SIZE[1]).reshape(SIZE[::-1])
    target = bench.target(kind="f4", count=1)
    bench.post.distance(target, bench.depth(metres), CAMERA)
    found = bench.read(target, 1, "f4")[..., 0]
    np.testing.assert_allclose(found, metres[::2, ::2], rtol=2e-2)


# Occlusion ------------------------------------------------------------------------------


LARGE = (384, 256)


def occlusion_of(bench, metres):
    post = Post(bench.context, bench.shaders, LARGE, samples=0)
    distance = bench.target((LARGE[0] // 2, LARGE[1] // 2), kind="f4", count=1)
    quarter = (LARGE[0] // 4, LARGE[1] // 4)
    a, b = bench.target(quarter), bench.target(quarter)
    post.distance(distance, bench.depth(metres), CAMERA)
    post.occlusion(a, b, distance.color, CAMERA)
    return bench.read(a)[..., 0]


def test_a_wall_is_open_and_a_corner_is_not(bench):
    wall = np.full(LARGE[::-1], 2.0)
    assert occlusion_of(bench, wall).min() == 255
    across = np.abs(np.arange(LARGE[0]) - LARGE[0] / 2) / LARGE[0]
    corner = np.broadcast_to(2.4 - 1.6 * across, LARGE[::-1]).copy()
    found = occlusion_of(bench, corner)
    assert found[:, LARGE[0] // 8].mean() < 215
    assert found[:, 4].mean() > 250


def test_faces_are_darkened_less(bench):
    linear = blurry(SIZE[::-1])
    dark = bench.texture(np.zeros((8, 8, 4), np.uint8))
    style = replace(CEL, occlusion=0.8)
    maps = {"occlusion_map": dark}
    face = bench.final(linear, style, maps=maps, mark=245 / 255)
    wall = bench.final(linear, style, maps=maps)
    assert face.mean() > 1.5 * wall.mean()


# Last pass ------------------------------------------------------------------------------


def test_tables_are_looked_up_as_in_numpy(bench):
    linear = RNG.random((SIZE[1], SIZE[0], 3)) * 0.7
    style = replace(CEL, vignette=0.0)
    plain = bench.final(linear, style)
    for name in ("neutral", "memory", "night"):
        maps = {"lut_map": upload_lut(bench.context, named_lut(name))}
        out = bench.final(linear, style, maps=maps)
        wanted = apply_lut(plain / 255.0, named_lut(name)) * 255.0
        assert np.abs(out - wanted).max() < 3.0


def test_half_strength_lies_between(bench):
    linear = RNG.random((SIZE[1], SIZE[0], 3)) * 0.7
    maps = {"lut_map": upload_lut(bench.context, named_lut("horror"))}
    none = bench.final(linear, CEL).astype(float)
    full = bench.final(linear, CEL, maps=maps).astype(float)
    half = bench.final(linear, replace(CEL, lut_strength=0.5), maps=maps).astype(float)
    assert np.abs(half - (none + full) / 2.0).max() < 2.0


def test_lines_lie_on_steps_and_not_on_slopes(bench):
    linear = blurry(SIZE[::-1]) * 2.0
    slope = np.broadcast_to(np.linspace(2.0, 3.0, SIZE[0]), SIZE[::-1]).copy()
    style = replace(CEL, inner_lines=1.0, vignette=0.0)
    plain = bench.final(linear, style).astype(int)
    on_slope = bench.final(linear, style, maps=bench.lines(linear, slope))
    assert np.abs(on_slope - plain).max() <= 1
    step = np.where(np.arange(SIZE[0]) < 48, 2.0, 3.0) * np.ones(SIZE[::-1])
    out = bench.final(linear, style, maps=bench.lines(linear, step))
    changed = np.flatnonzero((plain - out).max(axis=(0, 2)) > 40)
    assert set(changed) == {46, 47, 48}
    ink = (plain - out).max(axis=(0, 2))  # even to both sides, strongest in the middle
    assert ink[47] > 1.1 * max(ink[46], ink[48])
    assert abs(ink[46] - ink[48]) <= 4


def test_a_gap_of_one_pixel_is_one_line_not_three(bench):
    linear = blurry(SIZE[::-1]) * 2.0
    style = replace(CEL, inner_lines=1.0, vignette=0.0)
    gap = np.where(np.arange(SIZE[0]) == 48, 3.0, 2.0) * np.ones(SIZE[::-1])
    plain = bench.final(linear, style).astype(int)
    out = bench.final(linear, style, maps=bench.lines(linear, gap))
    ink = np.abs(plain - out).max(axis=(0, 2))
    assert set(np.flatnonzero(ink > 1)) == {47, 48, 49}
    assert ink[48] > 1.1 * max(ink[47], ink[49])


def test_washes_are_flat_and_keep_borders(bench):
    linear = blurry(SIZE[::-1])
    linear[:, 48:] *= 2.5
    noisy = np.clip(linear * (1 + 0.3 * RNG.standard_normal(linear.shape[:2])[..., None]), 0, 1)
    half, wash = bench.target(), bench.target()
    bench.post.half(half, bench.picture(noisy))
    bench.post.wash(wash, half.color, Grade())
    before, after = (bench.read(t)[..., 1].astype(float) for t in (half, wash))
    assert after[:, :20].std() < 0.6 * before[:, :20].std()
    assert after[:, 27].mean() - after[:, 20].mean() > 30


@pytest.mark.parametrize("name", ["ink", "comic"])
def test_drawn_styles_change_the_picture_and_repeat(bench, name):
    linear = blurry(SIZE[::-1]) * np.linspace(0.2, 2.0, SIZE[0])[None, :, None]
    style = style_named(name)
    half, wash, paper = bench.target(), bench.target(), bench.target(SIZE)
    bench.post.half(half, bench.picture(linear))
    bench.post.wash(wash, half.color, Grade())
    noise = bench.texture(RNG.integers(0, 255, (32, 32, 2), dtype=np.uint8))
    bench.post.paper(paper, noise)
    distance = bench.texture(np.full((4, 4), 2.0, np.float32))
    maps = {
        "wash_map": wash.color,
        "paper_map": paper.color,
        "distance_map": distance,
        "depth_map": bench.depth(np.full(SIZE[::-1], 2.0)),
    }
    one, two = (bench.final(linear, style, maps=maps) for _ in range(2))
    assert np.array_equal(one, two)
    assert np.abs(one.astype(int) - bench.final(linear)).mean() > 5


def test_mist_takes_what_is_far_to_paper(bench):
    linear = blurry(SIZE[::-1]) * 0.2
    wash, paper = bench.target(), bench.target(SIZE)
    half = bench.target()
    bench.post.half(half, bench.picture(linear))
    bench.post.wash(wash, half.color, Grade())
    bench.post.paper(paper, bench.texture(np.full((4, 4, 2), 128, np.uint8)))
    means = []
    for metres in (1.0, 80.0):
        maps = {
            "wash_map": wash.color,
            "paper_map": paper.color,
            "distance_map": bench.texture(np.full((4, 4), metres, np.float32)),
        }
        means.append(bench.final(linear, style_named("ink"), maps=maps).mean())
    assert means[1] > means[0] + 60


def test_glow_is_added(bench):
    linear = blurry(SIZE[::-1])
    glow = bench.texture(np.full((4, 4, 4), 120, np.uint8))
    out = bench.final(linear, grade=Grade(bloom=1.0), maps={"glow_map": glow})
    assert out.mean() > bench.final(linear).mean() + 20


def test_grain_changes_from_frame_to_frame_alone(bench):
    linear = blurry(SIZE[::-1])
    style = replace(CEL, grain=0.05)
    pictures = []
    for moment in (1, 1, 2):
        out = bench.target(SIZE)
        bench.post.final(out, bench.picture(linear), style, Grade(), CAMERA, {}, moment=moment)
        pictures.append(bench.read(out, 3))
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])
