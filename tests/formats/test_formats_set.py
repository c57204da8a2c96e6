import dataclasses

import numpy as np
import pytest
from format_samples import assert_parts_equal, join_glb, make_set, split_glb
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.rotations import quat_from_axis_angle, quat_multiply
from cyberdirector.core.scene import Camera, LightRig, Mark, PointLight
from cyberdirector.formats import parse_set, read_set, set_bytes, write_set


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_sets_come_back_as_they_were(seed):
    made = make_set(seed)
    data = set_bytes(made)
    back = parse_set(data)
    for name in ("name", "materials", "marks", "cameras", "lights", "extras"):
        assert getattr(made, name) == getattr(back, name), name
    assert np.array_equal(made.walk_area, back.walk_area)
    for a, b in zip(made.parts, back.parts, strict=True):
        assert_parts_equal(a, b)
    assert set_bytes(back) == data


def test_samples_touch_every_field():
    made = make_set(0)
    for value, kind in (
        (made.marks["a"], Mark("", (0, 0, 0))),
        (made.cameras["establish"], Camera((0, 0, 0), (0, 0, 0))),
        (made.lights["day"], LightRig("")),
        (made.lights["day"].points[0], PointLight((0, 0, 0), (0, 0, 0))),
    ):
        for item in dataclasses.fields(value):  # a new field must be stored as well
            assert getattr(value, item.name) != getattr(kind, item.name), item.name


def test_a_mark_moved_by_hand_is_believed():
    root, binary = split_glb(set_bytes(make_set(1)))
    node = next(n for n in root["nodes"] if n["name"] == "mark:a")
    node["translation"] = [4.0, 0.0, -2.0]
    node["rotation"] = [0.0, float(np.sin(0.5)), 0.0, float(np.cos(0.5))]
    mark = parse_set(join_glb(root, binary)).marks["a"]
    assert mark.position == (4.0, 0.0, -2.0)
    assert mark.yaw == pytest.approx(1.0)
    assert mark.zh == "椅子"


def test_a_camera_moved_by_hand_is_believed():
    made = make_set(2)
    made.cameras["establish"] = Camera((0.0, 1.0, 4.0), (0.0, 1.0, 0.0), 0.7)
    root, binary = split_glb(set_bytes(made))
    node = next(n for n in root["nodes"] if n["name"] == "camera:establish")
    turn = quat_from_axis_angle([0.0, 1.0, 0.0], np.pi / 2)
    roll = quat_from_axis_angle([0.0, 0.0, 1.0], 0.2)
    node["rotation"] = quat_multiply(turn, roll).tolist()
    camera = parse_set(join_glb(root, binary)).cameras["establish"]
    np.testing.assert_allclose(camera.eye, (0.0, 1.0, 4.0), atol=1e-6)
    np.testing.assert_allclose(camera.target, (-4.0, 1.0, 4.0), atol=1e-6)
    assert camera.roll == pytest.approx(0.2)
    assert camera.fov == 0.7


def test_nodes_of_foreign_sets_are_brought_into_world_space(tmp_path):
    made = make_set(3)
    root, binary = split_glb(set_bytes(made))
    root["scenes"][0].pop("extras")
    quarter = [0.0, float(np.sqrt(0.5)), 0.0, float(np.sqrt(0.5))]
    root["nodes"][0].update(translation=[1.0, 2.0, 3.0], rotation=quarter, scale=[2, 2, 2])
    path = tmp_path / "room.glb"
    path.write_bytes(join_glb(root, binary))
    back = read_set(path)
    assert back.name == "room"
    used = np.unique(made.parts[0].triangles)
    x, y, z = made.parts[0].positions[used].T
    expected = np.stack([2 * z + 1, 2 * y + 2, -2 * x + 3], axis=1)
    np.testing.assert_allclose(back.parts[0].positions, expected, atol=1e-5)


def test_sets_are_written_in_one_step(tmp_path):
    path = tmp_path / "a" / "set.glb"
    write_set(path, make_set(4))
    assert read_set(path).name == "茶馆"
