"""Stage, profiles and remarks: what a researcher calls, on the procedural sample."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.clip import Clip
from cyberdirector.core.errors import AdapterUnavailable, InputRefused
from cyberdirector.core.face import ARKIT_INDEX
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.core.time import Rate
from cyberdirector.formats import write_set, write_vrm
from cyberdirector.render import (
    PROFILES,
    PlainMesh,
    Profile,
    Stage,
    camera_from_matrix,
    choose_profile,
    load_model,
    profile_named,
)
from cyberdirector.render.compat_pyrender import PyrenderBackend, pose_matrix
from cyberdirector.render.device import Device
from cyberdirector.render.remarks import STUDIO, Watch, head_ball, is_dark, place_light
from cyberdirector.render.still import stand
from cyberdirector.render.supersample import halve

sys.path.insert(0, str(Path(__file__).parent))
from samples import LIGHTS, figure, room

SIZE = (96, 128)


@pytest.fixture(scope="module")
def person():
    return figure()


@pytest.fixture(scope="module")
def device():
    one = Device()
    yield one
    one.close()


@pytest.fixture
def stage(device):
    with Stage(SIZE, device=device) as one:
        yield one


# Numbers without a driver -----------------------------------------------------------------


class _Probe:
    def __init__(self, software: bool) -> None:
        self.software, self.max_samples = software, 4


def test_the_profile_fits_the_device(monkeypatch) -> None:
    monkeypatch.delenv("CYBERDIRECTOR_PROFILE", raising=False)
    assert choose_profile(_Probe(True)).name == "cpu"
    assert choose_profile(_Probe(False)).name == "gpu"
    assert choose_profile(_Probe(False), "draft") is PROFILES["draft"]
    own = replace(PROFILES["cpu"], samples=0)
    assert choose_profile(_Probe(True), own) is own
    monkeypatch.setenv("CYBERDIRECTOR_PROFILE", "final")
    assert choose_profile(_Probe(True)).name == "final"
    assert choose_profile(_Probe(True), "cpu").name == "cpu"


def test_an_unknown_profile_is_refused_with_the_known() -> None:
    with pytest.raises(InputRefused, match=r"profile-unknown.*draft, cpu, gpu, final"):
        profile_named("ultra")


def test_halving_averages_light_not_bytes() -> None:
    flat = np.repeat(np.arange(256, dtype=np.uint8), 2)[None, :, None].repeat(2, 0).repeat(3, 2)
    np.testing.assert_array_equal(halve(flat), flat[:1, ::2])
    checker = np.zeros((2, 2, 3), np.uint8)
    checker[0, 0] = checker[1, 1] = 255
    # Half the light of white is 188 in sRGB (IEC 61966-2-1), not 128.
    assert abs(int(halve(checker)[0, 0, 0]) - 188) <= 1
    with pytest.raises(ValueError, match="halved"):
        halve(np.zeros((3, 2, 3), np.uint8))


def test_a_camera_survives_the_way_through_its_matrix() -> None:
    camera = Camera((1.0, 1.5, 3.0), (0.2, 1.0, 0.0), 0.6, roll=0.3)
    again = camera_from_matrix(pose_matrix(camera), 0.6)
    np.testing.assert_allclose(again.eye, camera.eye, atol=1e-9)
    np.testing.assert_allclose(pose_matrix(again), pose_matrix(camera), atol=1e-9)


def test_lights_that_are_not_there() -> None:
    place = room()
    assert place_light(place)[0].name == "day"
    assert place_light(place, "night")[0].name == "night"
    with pytest.raises(InputRefused, match=r"light-unknown.*day, dusk"):
        place_light(place, "noon")
    bare = replace(place, lights={})
    light, remarks = place_light(bare)
    assert light is STUDIO
    assert [r.code for r in remarks] == ["light-none"]


def test_darkness_is_named() -> None:
    dark = LightRig("dark", key_color=(0, 0, 0), ambient=((0, 0, 0), (0, 0, 0)))
    assert is_dark(dark)
    assert not any(is_dark(light) for light in LIGHTS.values())


def test_the_head_is_where_the_face_is(person) -> None:
    center, radius = head_ball(person)
    assert 0.07 < radius < 0.2
    assert abs(center[0]) < 0.02
    assert 0.0 < center[1] < 0.2


# Frames -----------------------------------------------------------------------------------


@pytest.mark.gl
def test_a_picture_in_three_lines(device, person, tmp_path) -> None:
    path = tmp_path / "人物.vrm"
    write_vrm(path, person)
    with Stage(SIZE, device=device) as stage:
        stage.add(path).weigh({"jawOpen": 0.5})
        image = stage.draw()
    assert image.shape == (128, 96, 4)
    assert image.dtype == np.uint8
    assert image[..., 3].min() == 255
    assert len(np.unique(image.reshape(-1, 4), axis=0)) > 50


@pytest.mark.gl
def test_pose_weights_and_place_are_arrays(stage, person) -> None:
    actor = stage.add(person)
    stage.look((0.0, 1.2, 3.0), (0.0, 1.0, 0.0))
    still = stage.draw()
    assert stage.draw().tobytes() == still.tobytes()
    turned = actor.rotations.copy()
    turned[0] = [0.0, 1.0, 0.0, 0.0]
    assert (actor.pose(turned) and stage.draw() != still).any()
    actor.stand()
    assert stage.draw().tobytes() == still.tobytes()
    face = np.zeros(52, np.float32)
    face[ARKIT_INDEX["jawOpen"]] = 1.0
    stage.look((0.0, 1.6, 0.6), (0.0, 1.55, 0.0))
    shut = stage.draw()
    by_array = actor.weigh(face) and stage.draw()
    assert (by_array != shut).any()
    assert (actor.weigh({"jawOpen": 1.0}) and stage.draw()).tobytes() == by_array.tobytes()


@pytest.mark.gl
def test_a_clip_plays(stage, person) -> None:
    actor = stage.add(person)
    clip = Clip.rest(3, Rate(24), person.rest().hip_height)
    clip.root[2, 0] = 0.5
    stage.look((0.0, 1.2, 3.0), (0.0, 1.0, 0.0))
    first = actor.play(clip, 0) and stage.draw()
    assert (actor.play(clip, 2) and stage.draw() != first).any()
    with pytest.raises(ValueError, match="frame 3"):
        actor.play(clip, 3)


@pytest.mark.gl
def test_roles_meshes_and_places_come_and_go(stage, person) -> None:
    stage.look((0.0, 1.2, 4.0), (0.0, 0.9, 0.0))
    empty = stage.draw()
    actor = stage.add(person, "lin")
    assert (stage.draw() != empty).any()
    with pytest.raises(InputRefused, match="role-taken"):
        stage.add(person, "lin")
    assert stage.add(person).role == "sample"
    assert stage.add(person).role == "sample-2"
    for role in list(stage.actors):
        stage.remove(role)
    assert stage.draw().tobytes() == empty.tobytes()
    actor.visible = False
    square = [[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1]]
    name = stage.add_mesh(square, [[0, 2, 1], [0, 3, 2]], (0.8, 0.2, 0.1, 1.0))
    with_mesh = stage.draw()
    assert (with_mesh != empty).any()
    stage.add_mesh(np.array(square) * 2.0, [[0, 2, 1], [0, 3, 2]], name=name)
    assert (stage.draw() != with_mesh).any()
    stage.remove(name)
    assert stage.draw().tobytes() == empty.tobytes()
    stage.place = room()
    assert (stage.draw() != empty).any()


@pytest.mark.gl
def test_final_is_smoother_than_draft(device, person) -> None:
    def picture(profile: str, size: tuple[int, int]) -> np.ndarray:
        with Stage(size, profile=profile, device=device) as stage:
            stage.add(person)
            stage.look((0.0, 1.2, 3.0), (0.0, 1.0, 0.0))
            return stage.draw()[..., :3].astype(float)

    width, height = SIZE
    fine = picture("final", (width * 4, height * 4))
    truth = fine.reshape(height, 4, width, 4, 3).mean(axis=(1, 3))
    errors = {name: np.abs(picture(name, SIZE) - truth).mean() for name in ("draft", "final")}
    assert errors["final"] < 0.75 * errors["draft"]


@pytest.mark.gl
def test_a_profile_of_ones_own(device, person) -> None:
    own = Profile("mine", samples=0, shadow_size=512)
    with Stage(SIZE, profile=own, device=device) as stage:
        stage.add(person)
        assert stage.draw().any()
        assert stage.profile is own


@pytest.mark.gl
def test_set_files_have_cameras_and_lights(device, tmp_path) -> None:
    path = tmp_path / "room.glb"
    write_set(path, room())
    with Stage((128, 96), place=path, device=device) as stage:
        assert stage.draw().any()
        assert stage.state().light.name == "day"
        assert stage.remarks == ()
    assert load_model(path).name == "room"


@pytest.mark.gl
def test_a_set_without_light_is_drawn_with_a_remark(device) -> None:
    with Stage((128, 96), place=replace(room(), lights={}), device=device) as stage:
        image = stage.draw()
    assert image[..., :3].mean() > 40
    assert [r.code for r in stage.remarks] == ["light-none"]


@pytest.mark.gl
def test_a_light_without_brightness_is_named(stage, person) -> None:
    stage.add(person)
    stage.light = LightRig("dark", key_color=(0, 0, 0), ambient=((0, 0, 0), (0, 0, 0)))
    stage.draw()
    assert [r.code for r in stage.remarks] == ["light-dark"]


@pytest.mark.gl
def test_a_camera_inside_a_head_shows_what_is_before_it(device, person) -> None:
    """The head's owner is left out, others stay, and the report says so."""
    place = room()
    with Stage((128, 96), place=place, device=device) as stage:
        stage.add(person, "lin").stand()
        eye = (0.0, 1.57, 0.02)
        stage.look(eye, (0.0, 1.4, -2.0))
        inside = stage.draw()
        assert [(r.code, r.where) for r in stage.remarks] == [("camera-in-head", "lin")]
        assert "lin" in stage.remarks[0].zh
        assert "lin" in stage.remarks[0].en
        stage.remove("lin")
        assert stage.draw().tobytes() == inside.tobytes()


def test_who_is_hidden_already_is_no_remark(person) -> None:
    hidden = replace(stand(person), visible=False)
    from cyberdirector.render import FrameState

    state = FrameState(Camera((0, 1.57, 0.02), (0, 1.5, 1)), STUDIO, {"a": hidden})
    assert Watch({"a": person}).settle(state) == (state, [])


# Refusals ---------------------------------------------------------------------------------


@pytest.mark.gl
def test_names_that_are_not_there(stage, person) -> None:
    actor = stage.add(person)
    with pytest.raises(InputRefused, match=r"bone-unknown.*leftUpperArm"):
        actor.pose({"leftUperArm": [0, 0, 0, 1]})
    with pytest.raises(InputRefused, match=r"shape-unknown.*jawOpen"):
        actor.weigh({"jawOpn": 1.0})


@pytest.mark.gl
def test_numbers_that_are_none(stage, person) -> None:
    actor = stage.add(person)
    broken = actor.rotations * np.nan
    with pytest.raises(InputRefused, match="pose-invalid"):
        actor.pose(broken)
    with pytest.raises(InputRefused, match="pose-invalid"):
        actor.pose(np.zeros((55, 4)))
    with pytest.raises(InputRefused, match="pose-invalid"):
        actor.pose(root=(0.0, np.inf, 0.0))
    with pytest.raises(InputRefused, match="weights-invalid"):
        actor.weigh(np.full(52, np.nan))
    stage.light = LightRig("bad", key_color=(float("nan"), 0, 0))
    with pytest.raises(InputRefused, match="light-invalid"):
        stage.draw()


@pytest.mark.gl
@pytest.mark.parametrize("shape", [(54, 4), (55, 3), (1, 55, 4)])
def test_arrays_of_another_shape(stage, person, shape) -> None:
    actor = stage.add(person)
    with pytest.raises(ValueError, match="expected"):
        actor.pose(np.ones(shape))
    with pytest.raises(ValueError, match="expected"):
        actor.weigh(np.zeros(51))


@pytest.mark.gl
def test_meshes_that_cannot_be_drawn(stage) -> None:
    with pytest.raises(ValueError, match="mesh 'm'"):
        stage.add_mesh([[0, 0], [1, 0]], [[0, 1, 2]], name="m")
    stage.add_mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 7]], name="m")
    with pytest.raises(InputRefused, match="mesh-invalid"):
        stage.draw()


def test_files_that_are_no_models(tmp_path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputRefused, match="model-suffix"):
        load_model(tmp_path / "a.txt")
    with pytest.raises(InputRefused, match="model-missing"):
        load_model(tmp_path / "no.vrm")


@pytest.mark.gl
def test_a_set_is_no_actor_and_an_actor_no_set(stage, person, tmp_path) -> None:
    write_set(tmp_path / "room.glb", room())
    write_vrm(tmp_path / "lin.vrm", person)
    with pytest.raises(InputRefused, match="model-no-character"):
        stage.add(tmp_path / "room.glb")
    with pytest.raises(InputRefused, match="model-no-set"):
        stage.place = tmp_path / "lin.vrm"


def test_gl_missing_says_what_to_install(monkeypatch) -> None:
    """One sentence with the command, in both languages."""
    import moderngl

    def fail(*_: object, **__: object) -> None:
        raise ImportError("libEGL.so not loaded")

    monkeypatch.setattr(moderngl, "create_context", fail)
    monkeypatch.setattr(moderngl, "create_standalone_context", fail, raising=False)
    with pytest.raises(AdapterUnavailable, match=r"gl-missing.*apt-get install.*libegl1") as e:
        Stage(SIZE)
    assert "apt-get install" in e.value.zh
    assert e.value.exit_code == 4


def test_pyrender_missing_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrender", None)
    with pytest.raises(AdapterUnavailable, match=r"pyrender-missing.*\[pyrender\]"):
        PyrenderBackend(SIZE)


@pytest.mark.gl
def test_pyrender_sees_the_same_silhouette(stage, person) -> None:
    pytest.importorskip("pyrender")
    stage.add(person)
    stage.look((0.0, 1.2, 3.0), (0.0, 1.0, 0.0))
    ours = stage.draw()
    color, depth = PyrenderBackend(SIZE).draw(stage.meshes(), stage.state().camera)
    assert color.shape == (128, 96, 3)
    stage.actors["sample"].visible = False
    figure_here = (ours != stage.draw()).any(axis=-1)
    assert ((depth > 0.0) & figure_here).sum() > 0.9 * (depth > 0.0).sum()


def test_plain_meshes_have_normals() -> None:
    mesh = PlainMesh(np.eye(3, dtype=np.float32), np.array([[0, 1, 2]], np.uint32)).checked()
    np.testing.assert_allclose(mesh.normals, np.full((3, 3), 3**-0.5), atol=1e-6)
