"""Frames: known pictures, properties and refusals on the procedural sample."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused, RenderFailed
from cyberdirector.core.model import Material, Texture
from cyberdirector.core.pose import arms_down
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.render.device import Device
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene, pose_figures
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, box, figure, part, room

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
    states = {
        "a": stand(cast["a"], (-0.35, 0.0, 0.0), 0.3),
        "b": stand(cast["b"], (0.4, 0.0, 0.1), -0.3),
    }
    with Renderer(RenderScene(place, cast), SIZE, device=device) as renderer:
        yield renderer, place, states


def frame(stage, light: str, camera: Camera | None = None, **more) -> np.ndarray:
    renderer, place, states = stage
    state = FrameState(
        camera or place.cameras["establish"], LIGHTS[light], states, more.pop("time", 0.5), 7
    )
    return renderer.draw(replace(state, **more))


@pytest.mark.parametrize("light", list(LIGHTS))
@pytest.mark.parametrize("view", ["wide", "near"])
def test_golden(stage, golden, light: str, view: str) -> None:
    image = frame(stage, light, NEAR if view == "near" else None)
    assert image.shape == (SIZE[1], SIZE[0], 4)
    assert image.dtype == np.uint8
    assert (image[..., 3] == 255).all()
    golden(f"{light}_{view}", image[..., :3])


def test_cached_plate_changes_no_pixel(stage) -> None:
    """The third frame of a locked-off shot comes from the plate."""
    frame(stage, "dusk", NEAR)
    first = frame(stage, "night", time=0.25)
    frame(stage, "night", time=0.5)
    third = frame(stage, "night", time=0.25)
    difference = np.abs(first.astype(int) - third)
    # Where a figure's edge meets the set, samples are written in another order.
    assert difference.max() <= 2
    assert first.tobytes() == third.tobytes()


def test_frame_alone_equals_frame_in_sequence(stage) -> None:
    alone = frame(stage, "rain", NEAR, time=1.0)
    for time in (0.0, 0.5):
        frame(stage, "rain", NEAR, time=time)
    assert frame(stage, "rain", NEAR, time=1.0).tobytes() == alone.tobytes()


def test_rain_moves_and_follows_the_seed(stage) -> None:
    one = frame(stage, "rain", time=1.0)
    assert (one != frame(stage, "rain", time=1.04)).any()
    assert (one != frame(stage, "rain", time=1.0, seed=8)).any()


CODE = """
import hashlib, sys
sys.path.insert(0, {folder!r})
from samples import LIGHTS, figure, room
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.still import stand
cast = {{"a": figure()}}
place = room()
with Renderer(RenderScene(place, cast), (160, 284)) as renderer:
    for i in range({first}, {last}):
        state = FrameState(place.cameras["establish"], LIGHTS["rain"],
                           {{"a": stand(cast["a"], (0.02 * i, 0.0, 0.0))}}, i / 24, 3)
        print(hashlib.sha256(renderer.draw(state)).hexdigest())
"""


def _hashes(first: int, last: int) -> list[str]:
    code = CODE.format(folder=str(Path(__file__).parent), first=first, last=last)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.split()


def test_two_processes_make_the_frames_of_one() -> None:
    assert _hashes(0, 3) + _hashes(3, 6) == _hashes(0, 6)


def test_mouth_opens_with_its_weight(stage) -> None:
    states = stage[2]
    opened = stand(figure(), (-0.35, 0.0, 0.0), 0.3, {"jawOpen": 1.0})
    closed = frame(stage, "day", NEAR)
    assert (frame(stage, "day", NEAR, figures={**states, "a": opened}) != closed).any()


def test_shadow_is_that_of_the_pose_not_of_the_rest(device) -> None:
    """The floor beside a raised arm darkens; in the rest pose it does not."""
    person = figure()
    floor = Set(
        "floor",
        [part("floor", [box((-4, -0.1, -4), (4, 0, 4))], 0)],
        [Material("f", (0.6, 0.6, 0.6, 1))],
    )
    light = LightRig("top", key_direction=(0.0, 1.0, 0.001), sky=((0, 0, 0), (0, 0, 0)))
    above = Camera((0.0, 6.0, 0.01), (0.0, 0.0, 0.0), 0.5)
    down = arms_down(1)
    wide = down.copy()
    wide[:] = 0.0
    wide[..., 3] = 1.0
    root = np.array([[0.0, person.rest().hip_height, 0.0]])
    with Renderer(RenderScene(floor, {"a": person}), (128, 128), device=device) as renderer:
        images = []
        for rotations in (down, wide):
            state = pose_figures(person, root, rotations)[0]
            hidden = replace(state, visible=False)
            lit = renderer.draw(FrameState(above, light, {"a": hidden}))
            images.append(
                lit.astype(int) - renderer.draw(FrameState(above, light, {"a": state}))
            )
    changed = [(np.abs(i[..., :3]).max(axis=-1) > 12) for i in images]
    assert changed[1].any(axis=0).sum() > 1.3 * changed[0].any(axis=0).sum()


def test_outline_is_monotone_in_width(device) -> None:
    """A wider line darkens more pixels around the silhouette."""
    counts = []
    white = LightRig("white", sky=((1, 1, 1), (1, 1, 1)), ambient=((1, 1, 1), (1, 1, 1)))
    camera = Camera((0, 1.2, 2.2), (0, 1.2, 0), 0.5)
    for width in (0.0, 0.002, 0.006):
        person = figure((1.0, 1.0, 1.0), (1.0, 1.0, 1.0))
        for material in person.materials:
            material.base_color = (1.0, 1.0, 1.0, 1.0)
            material.shade_color = (1.0, 1.0, 1.0)
            material.outline_color = (0.0, 0.0, 0.0)
            material.outline_width = width
            material.outline_mode = "worldCoordinates" if width else "none"
        with Renderer(RenderScene(None, {"a": person}), (512, 512), device=device) as renderer:
            image = renderer.draw(FrameState(camera, white, {"a": stand(person)}))
        counts.append(int((image[..., :3].max(axis=-1) < 190).sum()))
    assert counts[0] < counts[1] < counts[2]


def test_night_is_readable(stage) -> None:
    """The bright parts of a face at night keep half of full brightness or more."""
    image = frame(stage, "night", NEAR)
    face = image[120:180, 40:100, :3].max(axis=-1)
    assert float(np.percentile(face, 80)) > 130.0


def test_samples_do_not_change_the_picture_much(device) -> None:
    place, person = room(), figure()
    state = FrameState(place.cameras["establish"], LIGHTS["day"], {"a": stand(person)})
    images = []
    for samples in (0, 4):
        with Renderer(RenderScene(place, {"a": person}), SIZE, "draft", samples, device) as r:
            images.append(r.draw_rgb(state).astype(int))
    assert np.abs(images[0] - images[1]).mean() < 2.0


# Refusals -------------------------------------------------------------------------------


def test_nan_pose_is_refused_with_the_name(stage) -> None:
    renderer, place, states = stage
    bad = replace(states["a"], palette=states["a"].palette * np.float32(np.nan))
    with pytest.raises(RenderFailed, match="figure-invalid"):
        renderer.draw(FrameState(place.cameras["establish"], LIGHTS["day"], {"a": bad}))


def test_unknown_role_is_refused(stage) -> None:
    renderer, place, states = stage
    with pytest.raises(InputRefused, match="role-unknown"):
        renderer.draw(FrameState(place.cameras["establish"], LIGHTS["day"], {"z": states["a"]}))


@pytest.mark.parametrize(
    "camera",
    [
        Camera((0, 1, 0), (0, 1, 0)),
        Camera((0, float("nan"), 1), (0, 1, 0)),
        Camera((0, 1, 2), (0, 1, 0), fov=0.0),
        Camera((0, 1, 2), (0, 1, 0), near=3.0, far=1.0),
    ],
)
def test_bad_camera_is_refused(stage, camera: Camera) -> None:
    renderer = stage[0]
    with pytest.raises(InputRefused, match="camera-invalid"):
        renderer.draw(FrameState(camera, LIGHTS["day"]))


@pytest.mark.parametrize("size", [(8, 100), (100, 9000)])
def test_bad_size_is_refused(device, size: tuple[int, int]) -> None:
    with pytest.raises(InputRefused, match="render-size"):
        Renderer(RenderScene(None, {}), size, device=device)


def test_broken_parts_are_refused_by_name(device) -> None:
    def broken(change) -> None:
        place = room()
        change(place)
        with pytest.raises(InputRefused, match=r"mesh-invalid|texture-"):
            Renderer(RenderScene(place, {}), SIZE, device=device)

    broken(lambda s: setattr(s.parts[0], "uvs", s.parts[0].uvs[:3]))
    broken(lambda s: s.parts[0].positions.__setitem__((0, 0), np.nan))
    broken(lambda s: setattr(s.parts[0], "triangles", s.parts[0].triangles + np.uint32(900)))
    broken(lambda s: setattr(s.parts[0], "material", 99))
    broken(lambda s: setattr(s.materials[0], "base_texture", 4))

    def wrong_texture(s: Set) -> None:
        s.textures.append(Texture("bad", np.zeros((4, 4, 3), np.uint8)))
        s.materials[0].base_texture = 0

    broken(wrong_texture)


def test_missing_normals_are_made(device) -> None:
    place = room()
    place.parts[0].normals = np.zeros((0, 3), np.float32)
    with Renderer(RenderScene(place, {}), SIZE, device=device) as renderer:
        image = renderer.draw(FrameState(place.cameras["establish"], LIGHTS["day"]))
    assert image[-1, SIZE[0] // 2, :3].mean() > 30


def test_other_thread_is_refused(stage) -> None:
    renderer, place, _ = stage
    found: list[BaseException] = []

    def work() -> None:
        try:
            renderer.draw(FrameState(place.cameras["establish"], LIGHTS["day"]))
        except RenderFailed as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found
    assert "gl-wrong-thread" in str(found[0])


def test_two_devices_in_one_thread_take_turns() -> None:
    person = figure()
    state = FrameState(NEAR, LIGHTS["day"], {"a": stand(person)})
    scene = RenderScene(None, {"a": person})
    with Renderer(scene, (64, 64)) as one, Renderer(scene, (64, 64)) as two:
        digests = {hashlib.sha256(r.draw(state)).hexdigest() for r in (one, two, one, two)}
    assert len(digests) == 1


def test_load_swaps_scenes_and_keeps_what_is_known(device) -> None:
    person, place = figure(), room()
    state = FrameState(place.cameras["establish"], LIGHTS["day"], {"a": stand(person)})
    with Renderer(RenderScene(place, {"a": person}), (96, 96), device=device) as renderer:
        before = renderer.draw(state)
        uploaded = renderer.figures["a"]
        renderer.load(RenderScene(None, {"a": person, "b": person}))
        assert (renderer.draw(state) != before).any()
        renderer.load(RenderScene(place, {"a": person}))
        assert renderer.figures["a"] is uploaded
        assert renderer.draw(state).tobytes() == before.tobytes()


def test_only_a_few_scenes_stay_uploaded(device) -> None:
    with Renderer(RenderScene(None, {}), (64, 64), device=device) as renderer:
        for _ in range(5):
            place = room()
            renderer.load(RenderScene(place, {}))
            renderer.draw(FrameState(place.cameras["establish"], LIGHTS["day"]))
        assert len(renderer._uploaded) == 3


def test_a_held_frame_is_not_drawn_again(stage, monkeypatch) -> None:
    """The same state after itself costs nothing; any change draws."""
    renderer, place, states = stage
    state = FrameState(place.cameras["establish"], LIGHTS["day"], states, 0.5, 7)
    renderer.draw(replace(state, light=LIGHTS["night"]))  # whatever was drawn last
    runs = []
    run = renderer.graph.run
    monkeypatch.setattr(
        renderer.graph, "run", lambda *a, **more: (runs.append(a[1]), run(*a, **more))
    )
    first = renderer.draw(state)
    assert renderer.draw(replace(state, figures=dict(states))) is first
    assert runs == [("output",)]
    renderer.draw(replace(state, time=0.6))
    renderer.draw_rgb(replace(state, time=0.6))
    moved = replace(states["a"], palette=states["a"].palette + np.float32(0.01))
    renderer.draw_rgb(replace(state, time=0.6, figures=states | {"a": moved}))
    assert runs.count(("output",)) == 4


def test_a_crowd_of_one_character_shares_its_mesh(stage, device) -> None:
    """Twins are drawn like figures of their own, each in its pose."""
    _, place, states = stage
    one, other = figure(), figure()
    poses = {"a": states["a"], "b": stand(one, (0.4, 0.0, 0.1), -0.3)}
    pictures = []
    for cast in ({"a": one, "b": one}, {"a": one, "b": other}):
        with Renderer(RenderScene(place, cast), SIZE, device=device) as renderer:
            a, b = renderer.figures.values()
            assert (a.mesh is b.mesh) == (cast["a"] is cast["b"])
            state = FrameState(place.cameras["establish"], LIGHTS["day"], poses, 0.5, 7)
            pictures.append(renderer.draw(state))
    assert np.array_equal(*pictures)
    assert pictures[0].std() > 5.0
