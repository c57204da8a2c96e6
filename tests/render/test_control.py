"""Control passes: skeletons at the joints, flat masks, fixed depth, edges."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Material
from cyberdirector.core.scene import Camera, LightRig, Set
from cyberdirector.render.aov import draw_aovs
from cyberdirector.render.camera import View
from cyberdirector.render.control import CONTROL_AOVS, CONTROLS, ControlCast, control_frame
from cyberdirector.render.device import Device
from cyberdirector.render.openpose import BODY, KEYS, LIMBS, draw_skeletons
from cyberdirector.render.renderer import Renderer
from cyberdirector.render.scene import FrameState, RenderScene
from cyberdirector.render.still import stand

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, box, figure, part, room

SIZE = (160, 284)
WIDE = Camera((0.0, 1.2, 4.2), (0.0, 1.0, 0.0), 0.62)


@pytest.fixture(scope="module")
def person():
    return figure()


def state_of(person, camera=WIDE, yaw: float = 0.0, x: float = 0.0) -> FrameState:
    return FrameState(camera, LIGHTS["day"], {"a": stand(person, (x, 0.0, 0.0), yaw)})


def key(keys: np.ndarray, name: str) -> np.ndarray:
    return keys[BODY.index(name)]


def test_keys_are_where_the_joints_are(person):
    state = state_of(person)
    keys = ControlCast({"a": person}).keys(state, SIZE)["a"]
    assert keys.shape == (KEYS, 4)
    palette = state.figures["a"].palette.astype(np.float64)
    node = person.humanoid["leftLowerArm"]
    world = palette[node, :, :3] @ person.node_positions()[node] + palette[node, :, 3]
    clip = View(state.camera, SIZE).matrix @ [*world, 1.0]
    x = (clip[0] / clip[3] * 0.5 + 0.5) * SIZE[0]
    y = (0.5 - clip[1] / clip[3] * 0.5) * SIZE[1]
    np.testing.assert_allclose(key(keys, "leftElbow"), [x, y, clip[3], 1.0], atol=1e-6)
    # Characters face the camera: their left is on the right of the picture.
    assert key(keys, "leftShoulder")[0] > key(keys, "rightShoulder")[0]
    assert key(keys, "nose")[1] < key(keys, "neck")[1] < key(keys, "leftHip")[1]


@pytest.mark.parametrize(
    ("yaw", "hidden"),
    [
        (0.0, set()),
        (np.pi / 2, {"leftEye", "leftEar"}),
        (-np.pi / 2, {"rightEye", "rightEar"}),
        (np.pi, {"nose", "leftEye", "rightEye"}),
        (0.85, {"leftEar"}),
    ],
)
def test_the_far_side_of_the_head_is_hidden(person, yaw, hidden):
    keys = ControlCast({"a": person}).keys(state_of(person, yaw=yaw), SIZE)["a"]
    assert {name for name in BODY if key(keys, name)[3] == 0} == hidden


def test_nobody_behind_the_camera_and_nobody_invisible(person):
    cast = ControlCast({"a": person})
    behind = state_of(person, Camera((0, 1.2, -3.0), (0, 1.2, -5.0), 0.6))
    assert not cast.keys(behind, SIZE)["a"][:, 3].any()
    state = state_of(person)
    gone = replace(state, figures={"a": replace(state.figures["a"], visible=False)})
    assert cast.keys(gone, SIZE) == {}


def test_colours_are_those_of_openpose(person):
    size = (320, 568)
    state = state_of(person)
    keys = ControlCast({"a": person}).keys(state, size)["a"]
    image = draw_skeletons([keys], size)
    assert image.dtype == np.uint8
    for name, color in (
        ("nose", (255, 0, 0)),
        ("neck", (255, 85, 0)),
        ("leftKnee", (0, 0, 255)),
    ):
        x, y = key(keys, name)[:2].astype(int)
        np.testing.assert_allclose(image[y, x], color, atol=1)
    a, b = LIMBS[6]
    x, y = ((keys[a] + keys[b]) / 2.0)[:2].astype(int)
    np.testing.assert_allclose(image[y, x], np.array((0, 255, 0)) * 0.6, atol=1)


def test_characters_without_fingers_and_eyes_have_a_skeleton_too(person):
    bare = replace(
        person,
        humanoid={
            bone: node
            for bone, node in person.humanoid.items()
            if "Eye" not in bone and not any(f in bone for f in ("Thumb", "Index", "Little"))
        },
    )
    keys = ControlCast({"a": bare}).keys(state_of(person), SIZE)["a"]
    assert np.isfinite(keys).all()
    assert key(keys, "leftEye")[3] == 1
    assert keys[len(BODY) + 4, 3] == 0


def test_projection_alone_is_that_in_a_crowd(person):
    cast = ControlCast({"a": person, "b": person})
    one = state_of(person)
    two = replace(one, figures={**one.figures, "b": stand(person, (1.0, 0.0, 0.0))})
    assert (cast.keys(one, SIZE)["a"] == cast.keys(two, SIZE)["a"]).all()


def test_a_role_keeps_its_colour_from_shot_to_shot(person):
    both = ControlCast({"a": person, "b": person}, ["a", "b"])
    alone = ControlCast({"b": person}, ["a", "b"])
    assert both.color("b") == alone.color("b") != both.color("a")
    assert ControlCast({"b": person}).color("b") == both.color("a")


pytest_gl = pytest.mark.gl


@pytest.fixture(scope="module")
def shot(person):
    """Two people, a low wall before the legs of one, and the AOVs of it."""
    device = Device()
    cast = {"a": person, "b": figure((0.5, 0.08, 0.1))}
    place = room()
    place.parts.append(part("screen", [box((-0.7, 0, 0.5), (0.0, 0.75, 0.55))], 2))
    state = FrameState(
        WIDE,
        LIGHTS["day"],
        {"a": stand(cast["a"], (-0.35, 0, 0)), "b": stand(cast["b"], (0.4, 0, -0.3))},
    )
    with Renderer(RenderScene(place, cast), SIZE, device=device) as renderer:
        aovs = draw_aovs(renderer, state, names=CONTROL_AOVS)
        picture = renderer.draw_rgb(state)
    yield ControlCast(cast), state, aovs, picture
    device.close()


@pytest_gl
def test_every_pass_is_a_picture(shot):
    cast, state, aovs, picture = shot
    span = cast.depth_range([state], SIZE)
    images = control_frame(aovs, state, cast, span, picture=picture)
    assert tuple(images) == CONTROLS
    for name, image in images.items():
        assert image.shape == (SIZE[1], SIZE[0], 3), name
        assert image.dtype == np.uint8
        assert image.any()
    again = control_frame(aovs, state, cast, span, picture=picture)
    assert all((images[n] == again[n]).all() for n in CONTROLS)


@pytest_gl
def test_masks_are_flat_and_one_colour_for_each_role(shot):
    cast, state, aovs, _ = shot
    mask = control_frame(aovs, state, cast, (1.0, 9.0), ["mask"])["mask"]
    colors = {tuple(c) for c in np.unique(mask.reshape(-1, 3), axis=0)}
    assert colors == {(0, 0, 0), cast.color("a"), cast.color("b")}


@pytest_gl
def test_near_is_white_and_the_range_is_fixed(shot):
    cast, state, aovs, _ = shot
    near, far = cast.depth_range([state], SIZE)
    assert 0.1 <= near < 4.2 < far
    image = control_frame(aovs, state, cast, (near, far), ["depth"])["depth"]
    expected = (1.0 / aovs["depth"] - 1.0 / far) / (1.0 / near - 1.0 / far)
    np.testing.assert_allclose(image[..., 0] / 255.0, np.clip(expected, 0, 1), atol=0.002)
    # A person who comes nearer makes the people brighter, not the room darker.
    closer = control_frame(
        {**aovs, "depth": aovs["depth"] * 0.9}, state, cast, (near, far), ["depth"]
    )["depth"]
    assert (closer >= image).all()


@pytest_gl
def test_what_others_hide_is_no_key(shot):
    cast, state, aovs, _ = shot
    pose = control_frame(aovs, state, cast, (1.0, 9.0), ["pose"])["pose"]
    keys = cast.keys(state, SIZE)
    for role, name, drawn in (
        ("a", "leftKnee", False),
        ("a", "leftElbow", True),
        ("b", "leftKnee", True),
    ):
        x, y = key(keys[role], name)[:2].astype(int)
        assert pose[y, x].any() == drawn, (role, name)


@pytest_gl
def test_normals_of_the_floor_are_green_in_the_middle(shot):
    cast, state, aovs, _ = shot
    image = control_frame(aovs, state, cast, (1.0, 9.0), ["normal"])["normal"]
    r, g, b = image[-4, SIZE[0] // 2].astype(int)
    assert abs(r - 128) <= 1
    assert g > 240
    assert b > 128


@pytest_gl
def test_planes_have_no_edges_and_borders_have(shot):
    cast, state, aovs, _ = shot
    edge = control_frame(aovs, state, cast, (1.0, 9.0), ["edge"])["edge"][..., 0]
    assert not edge[-8:-3, 20:-20].any()
    assert 0.02 < (edge > 0).mean() < 0.3


@pytest_gl
def test_depth_of_an_empty_place_has_a_range():
    place = Set("one", [part("floor", [box((-3, -0.5, -3), (3, 0, 3))], 0)], [Material("m")])
    cast = ControlCast({})
    near, far = cast.depth_range([FrameState(WIDE, LightRig("x"))], SIZE)
    assert 0 < near < far
    assert place.parts


def test_unknown_passes_are_refused(person):
    aovs = {"depth": np.ones((4, 4), np.float32)}
    with pytest.raises(InputRefused) as caught:
        control_frame(aovs, state_of(person), ControlCast({}), (1.0, 2.0), ["canny"])
    assert caught.value.code == "control-unknown"
