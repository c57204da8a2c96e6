"""AOVs: exact values against analytic scenes, and what never may happen."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Material, Texture, UvTransform
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.formats.exr import read_exr
from cyberdirector.render.aov import FAR_AWAY, NAMES, draw_aovs, names_of
from cyberdirector.render.aov_file import write_aovs
from cyberdirector.render.camera import View
from cyberdirector.render.cryptomatte import coverage_of, identity, metadata
from cyberdirector.render.device import Device
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, box, figure, part, room, sphere

pytestmark = pytest.mark.gl

SIZE = (160, 284)
NEAR = Camera((0.15, 1.55, 1.0), (-0.25, 1.5, 0.0), 0.5)


@pytest.fixture(scope="module")
def device():
    one = Device()
    yield one
    one.close()


@pytest.fixture(scope="module")
def stage(device):
    cast = {"a": figure(), "b": figure((0.5, 0.08, 0.1), (0.3, 0.14, 0.06))}
    place = room()
    with Renderer(RenderScene(place, cast), SIZE, device=device) as renderer:
        yield renderer, place, cast


def renderer_scene(stage) -> RenderScene:
    return RenderScene(stage[1], stage[2])


def moment(stage, i: int = 0, camera: Camera | None = None) -> FrameState:
    """Return frame ``i``: both walk and turn, the camera moves and zooms a little."""
    _, place, cast = stage
    view = camera or place.cameras["establish"]
    eye = (view.eye[0] + 0.02 * i, view.eye[1], view.eye[2] - 0.01 * i)
    figures = {
        "a": stand(cast["a"], (-0.35 + 0.01 * i, 0.0, 0.02 * i), 0.3 + 0.02 * i),
        "b": stand(cast["b"], (0.4, 0.0, 0.1), -0.3, {"jawOpen": min(0.2 * i, 1.0)}),
    }
    return FrameState(replace(view, eye=eye, fov=view.fov + 0.002 * i), LIGHTS["day"], figures)


def alone(device, shapes, camera, size=(121, 87)):
    """Return the AOVs of a set of one part."""
    place = Set("one", [part("thing", shapes, 0)], [Material("m")])
    with Renderer(RenderScene(place, {}), size, device=device) as renderer:
        return draw_aovs(renderer, FrameState(camera, LightRig("x")))


def pixels(view: View, size, points) -> tuple[np.ndarray, np.ndarray]:
    """Return (n, 2) places in pixels (right, down) and (n,) metres along the view axis."""
    clip = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ view.matrix.T
    ndc = clip[:, :2] / clip[:, 3:]
    return (ndc * [1, -1] * 0.5 + 0.5) * size, clip[:, 3]


def rays(view: View, size) -> np.ndarray:
    """Return (height, width, 3) directions whose component along the view axis is 1."""
    x, y = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
    right = np.cross(view.forward, view.up)
    u = (x - size[0] / 2)[..., None] / view.focal_pixels
    v = (size[1] / 2 - y)[..., None] / view.focal_pixels
    return view.forward + u * right + v * view.up


def test_depth_and_normal_of_a_plane(device):
    camera = Camera((0.3, 1.7, 4.0), (-0.2, 0.4, 0.0), 0.7, roll=0.2)
    size = (121, 87)
    out = alone(device, [box((-3, -0.5, -3), (3, 0.0, 3))], camera)
    view = View(camera, size)
    ray = rays(view, size)
    depth = -view.eye[1] / ray[..., 1]
    hit = view.eye + ray * depth[..., None]
    inside = (np.abs(hit[..., [0, 2]]) < 2.95).all(-1) & (depth > 0)
    assert inside.sum() > 2000
    np.testing.assert_allclose(out["depth"][inside], depth[inside], rtol=2e-5)
    np.testing.assert_allclose(out["normal"][inside], [[0, 1, 0]] * inside.sum(), atol=1e-5)
    axes = np.stack([np.cross(view.forward, view.up), view.up, -view.forward])
    np.testing.assert_allclose(
        out["normal_camera"][inside], [axes @ [0, 1, 0]] * inside.sum(), atol=1e-5
    )


def test_depth_and_normal_of_a_sphere(device):
    camera = Camera((0.0, 1.0, 3.0), (0.1, 0.9, 0.0), 0.5)
    size = (121, 87)
    center, radius = np.array([0.0, 1.0, 0.0]), 0.6
    out = alone(device, [sphere(center, (radius,) * 3, 256, 384)], camera)
    view = View(camera, size)
    ray = rays(view, size)
    a, b = (ray**2).sum(-1), ray @ (view.eye - center)
    root = b**2 - a * (((view.eye - center) ** 2).sum() - radius**2)
    depth = (-b - np.sqrt(np.maximum(root, 0.0))) / a
    middle = root > 0.02
    assert middle.sum() > 1000
    np.testing.assert_allclose(out["depth"][middle], depth[middle], atol=5e-4)
    normal = (view.eye + ray * depth[..., None] - center) / radius
    np.testing.assert_allclose(out["normal"][middle], normal[middle], atol=0.02)
    nothing = root < -0.02
    assert (out["depth"][nothing] == FAR_AWAY).all()
    assert (out["normal"][nothing] == 0).all()
    assert (out["object"][nothing] == 0).all()


def test_every_identity_stands_in_the_manifest_and_shares_sum_to_what_is_covered(stage):
    renderer = stage[0]
    for camera in (None, NEAR):
        out = draw_aovs(renderer, moment(stage, camera=camera))
        covered = None
        for name in ("object", "material"):
            pairs = out[name]
            ids = set(np.unique(np.ascontiguousarray(pairs[..., 0::2]).view(np.uint32)))
            known = {identity(n) for n in names_of(renderer_scene(stage))[name]}
            assert ids - {0} <= known
            assert len(ids) > 4
            total = pairs[..., 1::2].sum(-1)
            assert total.max() <= 1 + 1e-3
            covered = total if covered is None else covered
            np.testing.assert_allclose(total, covered, atol=1e-3)
        inside = out["depth"] < FAR_AWAY
        solid = inside.copy()
        for dy in (-2, -1, 0, 1, 2):
            for dx in (-2, -1, 0, 1, 2):
                solid &= np.roll(inside, (dy, dx), (0, 1))
        assert (covered[solid] > 0.999).mean() > 0.999
        figures = sum(coverage_of(out["object"], role) for role in "ab")
        np.testing.assert_allclose(out["alpha"], figures, atol=1e-3)
        assert (out["line"] <= 1.0).all()
        assert out["line"].max() > 0.3


def test_shares_of_a_closed_room_sum_to_one(device):
    cast = {"a": figure()}
    walls = box((-2, -0.1, -2), (2, 3, 2))
    inward = (*walls[:3], walls[3][:, ::-1])
    place = Set("cell", [part("cell", [inward], 0)], [Material("m")])
    state = FrameState(Camera((0.9, 1.6, 1.2), (0, 1.2, 0), 0.8), LightRig("x"))
    state = replace(state, figures={"a": stand(cast["a"])})
    with Renderer(RenderScene(place, cast), SIZE, device=device) as renderer:
        out = draw_aovs(renderer, state)
    for name in ("object", "material"):
        np.testing.assert_allclose(out[name][..., 1::2].sum(-1), 1.0, atol=1e-3)
    figure_share, cell = (coverage_of(out["object"], n) for n in ("a", "cell"))
    np.testing.assert_allclose(figure_share + cell, 1.0, atol=1e-3)
    assert (out["alpha"] == figure_share).all()
    mixed = (cell > 0) & (cell < 1)
    assert mixed.any()


def test_alpha_is_that_of_the_characters_over_nothing(stage, device):
    _, _, cast = stage
    state = replace(moment(stage), camera=Camera((0, 1.3, 4.6), (0, 1.0, 0), 0.62))
    with Renderer(RenderScene(None, cast), SIZE, device=device) as renderer:
        out = draw_aovs(renderer, state)
        assert (out["alpha"] == out["object"][..., 1::2].sum(-1)).all()
        assert 0.05 < out["alpha"].mean() < 0.6
        partly = (out["alpha"] > 0) & (out["alpha"] < 1)
        assert partly.any()
        assert (out["depth"][out["alpha"] == 0] == FAR_AWAY).all()


def test_alpha_is_where_the_picture_changes(stage, device):
    """Outlines are as wide in the AOVs as in the picture."""
    state = moment(stage, camera=NEAR)
    state = replace(state, figures={"a": state.figures["a"]})
    with Renderer(RenderScene(None, stage[2]), SIZE, device=device) as renderer:
        alpha = draw_aovs(renderer, state, names=["alpha"])["alpha"]
        with_one = renderer.draw_rgb(state).astype(int)
        without = renderer.draw_rgb(replace(state, figures={})).astype(int)
    changed = np.abs(with_one - without).max(axis=-1) > 10
    wide = alpha > 0
    for shift in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        wide |= np.roll(alpha, shift, (0, 1)) > 0
    assert not (changed & ~wide).any()
    assert changed[alpha == 1].mean() > 0.97
    assert changed[(alpha > 0.4) & (alpha < 1)].mean() > 0.9
    assert not changed[alpha == 0].mean() > 0.01


def skinned(renderer, role: str, state: FrameState) -> np.ndarray:
    draw_aovs(renderer, state, names=["depth"])
    figure = renderer.figures[role]
    data = np.frombuffer(figure.skinned.read(), np.float32).reshape(-1, 10)
    return data[: figure.level.shape.vertices, :3].astype(np.float64)


@pytest.mark.parametrize("camera", [None, NEAR])
def test_motion_carries_a_vertex_back_to_its_place(stage, camera):
    renderer = stage[0]
    state, before = moment(stage, 3, camera), moment(stage, 2, camera)
    # Whatever was drawn last must not count.
    renderer.draw(moment(stage, 9))
    out = draw_aovs(renderer, state, before, ["motion", "depth", "line", "material"])
    # Not where another surface lies within a pixel.
    surface = out["material"][..., 0].copy().view(np.uint32)
    flat = out["line"] == 0
    for shift in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        flat &= np.roll(surface, shift, (0, 1)) == surface
        flat &= np.abs(np.roll(out["depth"], shift, (0, 1)) - out["depth"]) < 0.02
    gaps = []
    for role in "ab":
        now, depth = pixels(View(state.camera, SIZE), SIZE, skinned(renderer, role, state))
        then, _ = pixels(View(before.camera, SIZE), SIZE, skinned(renderer, role, before))
        count = min(len(now), len(then))
        now, then, depth = now[:count], then[:count], depth[:count]
        at = np.floor(now).astype(int)
        inside = ((at > 0) & (at < np.array(SIZE) - 1)).all(1)
        x, y = at[inside].T
        seen = np.abs(out["depth"][y, x] - depth[inside]) < 0.002
        seen &= flat[y, x]
        back = now[inside][seen] - out["motion"][y[seen], x[seen]]
        gaps.append(np.linalg.norm(back - then[inside][seen], axis=1))
    gap = np.concatenate(gaps)
    assert len(gap) > 50
    assert np.median(gap) < 0.02
    assert np.quantile(gap, 0.995) < 0.1


def test_motion_of_set_and_sky_is_that_of_the_camera(device):
    camera = Camera((0.0, 1.5, 4.0), (0.0, 0.6, 0.0), 0.7)
    before = Camera((0.1, 1.4, 4.1), (0.05, 0.7, 0.0), 0.68, roll=0.05)
    place = Set("one", [part("floor", [box((-3, -0.5, -3), (3, 0, 3))], 0)], [Material("m")])
    size = (121, 87)
    with Renderer(RenderScene(place, {}), size, device=device) as renderer:
        light = LightRig("x")
        out = draw_aovs(renderer, FrameState(camera, light), FrameState(before, light))
        still = draw_aovs(renderer, FrameState(camera, light))
    assert not still["motion"].any()
    now, then = View(camera, size), View(before, size)
    ray = rays(now, size)
    empty = out["depth"] == FAR_AWAY
    assert empty.any()
    points = now.eye + ray * np.where(empty, 1e7, out["depth"])[..., None]
    was, _ = pixels(then, size, points.reshape(-1, 3))
    x, y = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
    expected = np.stack([x, y], -1) - was.reshape(*x.shape, 2)
    np.testing.assert_allclose(out["motion"], expected, atol=0.01)


def test_frame_alone_is_the_frame_in_a_sequence(stage):
    renderer = stage[0]
    one = draw_aovs(renderer, moment(stage, 4, NEAR), moment(stage, 3, NEAR))
    for i in (1, 2, 3):
        draw_aovs(renderer, moment(stage, i), moment(stage, i - 1))
        renderer.draw(moment(stage, i))
    again = draw_aovs(renderer, moment(stage, 4, NEAR), moment(stage, 3, NEAR))
    for name in NAMES:
        assert one[name].tobytes() == again[name].tobytes(), name


def test_aovs_leave_the_picture_as_it_is(stage):
    renderer = stage[0]
    state = moment(stage, 2, NEAR)
    first = renderer.draw(state)
    draw_aovs(renderer, moment(stage, 5), moment(stage, 4))
    assert renderer.draw(state).tobytes() == first.tobytes()


CODE = """
import hashlib, sys
sys.path.insert(0, {folder!r})
from samples import LIGHTS, figure, room
from cyberdirector.render.aov import draw_aovs
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.still import stand
cast, place = {{"a": figure()}}, room()
with Renderer(RenderScene(place, cast), (160, 284)) as renderer:
    states = [FrameState(place.cameras["establish"], LIGHTS["day"],
                         {{"a": stand(cast["a"], (0.02 * i, 0.0, 0.0))}}) for i in range(4)]
    for i in range({first}, 4):
        out = draw_aovs(renderer, states[i], states[i - 1])
        joined = b"".join(out[name].tobytes() for name in sorted(out))
        print(hashlib.sha256(joined).hexdigest())
"""


def test_another_process_makes_the_same_bytes():
    hashes = []
    for first in (1, 3):
        code = CODE.format(folder=str(Path(__file__).parent), first=first)
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        hashes.append(done.stdout.split())
    assert hashes[0][-1:] == hashes[1]
    assert len(set(hashes[0])) == 3


def test_one_aov_asked_for_alone_is_the_same(stage):
    renderer = stage[0]
    state, before = moment(stage, 2), moment(stage, 1)
    everything = draw_aovs(renderer, state, before)
    for name in NAMES:
        only = draw_aovs(renderer, state, before, [name])
        assert list(only) == [name]
        assert only[name].tobytes() == everything[name].tobytes(), name
        assert only[name].dtype == np.float32


def test_lines_follow_the_style(stage):
    renderer, state = stage[0], moment(stage, camera=NEAR)
    before = renderer.style
    shares = []
    try:
        for width in (0.0, 1.0, 2.0):
            renderer.style = replace(before, outline=width)
            out = draw_aovs(renderer, state, names=["line", "alpha"])
            shares.append(float(out["line"].sum()))
    finally:
        renderer.style = before
    assert shares[0] == 0.0
    assert 1.4 * shares[1] < shares[2]


def test_foreign_characters_have_outlines_and_holes(device):
    """Materials without a role are MToon: a texture that is moved opens a hole elsewhere."""
    person = figure()
    pixels = np.full((8, 8, 4), 255, np.uint8)
    pixels[:, :4, 3] = 0
    person.textures.append(Texture("half", pixels))
    face = replace(person.materials[0], role="", base_texture=1, alpha_mode="MASK")
    person.materials = [replace(m, role="") for m in person.materials]
    shifted = replace(face, transforms={"base_texture": UvTransform(offset=(0.5, 0.0))})
    camera = Camera((0.0, 1.55, 1.2), (0.0, 1.5, 0.0), 0.4)
    state = FrameState(camera, LIGHTS["day"], {"a": stand(person)})
    shares = []
    for material in (replace(face, base_texture=None), face, shifted):
        person.materials[0] = material
        with Renderer(RenderScene(None, {"a": person}), SIZE, device=device) as renderer:
            out = draw_aovs(renderer, state)
        shares.append(coverage_of(out["material"], "a/face"))
        assert out["line"].max() > 0.1
    whole, left, right = shares
    assert whole.sum() > 100
    assert left.sum() < 0.9 * whole.sum()
    assert right.sum() < 0.9 * whole.sum()
    # Each hides the half that the other shows.
    shown = np.minimum(left + right, 1.0)
    assert (shown >= whole - 0.3).mean() > 0.98


def test_unknown_names_are_refused(stage):
    with pytest.raises(InputRefused) as caught:
        draw_aovs(stage[0], moment(stage), names=["depht"])
    assert caught.value.code == "aov-unknown"


def test_file_holds_what_was_drawn(stage, tmp_path):
    renderer = stage[0]
    state = moment(stage, 2, NEAR)
    out = draw_aovs(renderer, state, moment(stage, 1, NEAR))
    picture = renderer.draw_rgb(state)
    for name in ("a.exr", "b.exr"):
        write_aovs(tmp_path / name, renderer_scene(stage), state.camera, out, picture)
    assert (tmp_path / "a.exr").read_bytes() == (tmp_path / "b.exr").read_bytes()
    back = read_exr(tmp_path / "a.exr")
    for name in set(NAMES) - {"object", "material"}:
        assert np.array_equal(back.layers[name], out[name]), name
    joined = np.concatenate([back.layers[f"object0{k}"] for k in range(3)], axis=-1)
    assert joined.tobytes() == out["object"].tobytes()
    assert back.layers[""].shape == (*picture.shape[:2], 3)
    assert back.layers[""].dtype == np.float16
    expected = metadata("material", names_of(renderer_scene(stage))["material"])
    assert expected.items() <= back.metadata.items()
