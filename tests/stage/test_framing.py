import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberdirector.core.model import Material, MeshPart
from cyberdirector.core.scene import Camera, Set
from cyberdirector.stage.framing import (
    SIZES,
    Subject,
    frame_over_shoulder,
    frame_pair,
    frame_person,
)
from cyberdirector.stage.shot import CameraKey, camera_at, project
from cyberdirector.stage.sightline import Obstacles, passes_body

ASPECTS = [9 / 16, 16 / 9, 1.0]


def person(x=0.0, z=0.0, yaw=0.0, name="a"):
    facing = np.array([math.sin(yaw), 0.0, math.cos(yaw)])
    return Subject(name, np.array([x, 1.5, z]), facing, np.array([x, 0.0, z]), 1.68)


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("size", SIZES)
@given(yaw=st.floats(-3, 3), angle=st.floats(0, 1.2), side=st.sampled_from([1.0, -1.0]))
def test_a_person_is_framed_with_head_and_lead_room(aspect, size, yaw, angle, side):
    who = person(yaw=yaw)
    camera = frame_person(who, size, side, angle, 0.0, aspect)
    x, y, depth = project(camera, aspect, who.eyes)
    assert depth > 0.5
    assert y == pytest.approx(1 - 2 * SIZES[size].eye_line, abs=0.01)
    _, top, _ = project(camera, aspect, who.eyes + np.array([0, 0.18, 0]))
    assert top < 1.0, "the hair is cut off"
    ahead, _, _ = project(camera, aspect, who.eyes + who.facing * 0.3)
    if abs(ahead - x) > 0.1:
        assert np.sign(ahead - x) != np.sign(x) or abs(x) < 0.02, "no lead room"


@pytest.mark.parametrize("aspect", ASPECTS)
@given(gap=st.floats(0.8, 2.0), turn=st.floats(-0.9, 0.9))
def test_two_people_fit(aspect, gap, turn):
    a, b = person(-gap / 2, 0, math.pi / 2, "a"), person(gap / 2, 0, -math.pi / 2, "b")
    camera = frame_pair(a, b, np.array([0.0, 0.0, 1.0]), turn, 0.05, aspect)
    for who in (a, b):
        x, y, _ = project(camera, aspect, who.eyes)
        assert abs(x) < 0.85
        assert abs(y) < 0.8


@pytest.mark.parametrize("aspect", ASPECTS[:2])
def test_over_shoulder_shows_the_speaker_and_a_part_of_the_listener(aspect):
    speaker, listener = person(0, 0, 0, "s"), person(0, 1.2, math.pi, "l")
    for side in (1.0, -1.0):
        camera = frame_over_shoulder(speaker, listener, np.array([side, 0.0, 0.0]), aspect)
        x, _, far = project(camera, aspect, speaker.eyes)
        lx, _, near = project(camera, aspect, listener.eyes)
        assert near < far
        assert abs(x) < 0.6
        assert 0.6 < abs(lx) < 1.6
        assert np.sign(lx) != np.sign(x)


def test_camera_keys_ease_and_hold():
    a = Camera((0.0, 1.0, 3.0), (0.0, 1.0, 0.0), 0.5)
    b = Camera((0.0, 1.0, 2.0), (0.0, 1.0, 0.0), 0.4)
    keys = (CameraKey(0, a), CameraKey(10, b))
    assert camera_at(keys, -1) == a
    assert camera_at(keys, 99) == b
    assert camera_at(keys, 5).eye[2] == pytest.approx(2.5)
    assert camera_at(keys, 1).eye[2] > 2.95


def wall(z):
    points = np.array([[-2, 0, z], [2, 0, z], [2, 3, z], [-2, 3, z]], np.float32)
    normals = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.uint32)
    part = MeshPart("wall", points, normals, np.zeros((4, 2), np.float32), triangles, 0)
    return Set("room", [part], [Material("m")])


def test_a_wall_hides_and_open_air_does_not():
    obstacles = Obstacles(wall(1.0))
    camera, face = np.array([0.0, 1.5, 3.0]), np.array([0.0, 1.5, 0.0])
    assert not obstacles.clear(camera, face)
    assert obstacles.hit(camera, face) == pytest.approx(2 / 3, abs=1e-6)
    assert obstacles.clear(np.array([5.0, 1.5, 3.0]), np.array([5.0, 1.5, 0.0]))
    assert Obstacles(Set("empty", [], [])).clear(camera, face)


def test_a_body_in_the_way_is_noticed():
    camera, face = np.array([0.0, 1.5, 3.0]), np.array([0.0, 1.5, 0.0])
    assert passes_body(camera, face, np.array([0.1, 0.0, 1.5]), 1.7, 0.26)
    assert not passes_body(camera, face, np.array([0.6, 0.0, 1.5]), 1.7, 0.26)
    assert not passes_body(camera, face, np.array([0.0, 0.0, 1.5]), 1.2, 0.26)
