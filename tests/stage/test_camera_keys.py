"""Cameras that follow somebody: keys that keep a person in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.stage.camera_keys import keep_in_frame
from cyberdirector.stage.framing import make_camera
from cyberdirector.stage.shot import camera_at, project

ASPECT = 9 / 16
FRAMED = np.array([0.0, 1.5, 0.0])


def _camera():
    return make_camera(np.array([0.3, 1.5, 2.2]), np.array([0.0, 1.38, 0.0]), np.radians(30))


def _swaying(reach):
    t = np.linspace(0.0, 1.0, 60)
    path = np.tile(FRAMED, (60, 1))
    path[:, 0] += reach * np.sin(np.pi * t) ** 2
    return path


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_who_leans_out_of_the_picture_is_followed(side):
    camera, eyes = _camera(), _swaying(0.45 * side)
    still = [abs(project(camera, ASPECT, at)[0]) for at in eyes]
    assert max(still) > 1.0
    keys = keep_in_frame(camera, eyes, FRAMED, ASPECT, 24.0)
    assert keys is not None
    for frame, at in enumerate(eyes):
        x, y, _ = project(camera_at(keys, frame), ASPECT, at)
        assert abs(x) < 0.4
        assert 0.0 < y < 0.5
    assert {k.camera.eye for k in keys} == {camera.eye}


def test_a_camera_does_not_chase_small_sways():
    assert keep_in_frame(_camera(), _swaying(0.1), FRAMED, ASPECT, 24.0) is None


def test_who_rises_is_followed():
    eyes = np.tile(FRAMED, (60, 1))
    eyes[:, 1] += np.linspace(-0.25, 0.25, 60)
    keys = keep_in_frame(_camera(), eyes, FRAMED, ASPECT, 24.0)
    assert keys is not None
    heights = [project(camera_at(keys, i), ASPECT, at)[1] for i, at in enumerate(eyes)]
    assert np.ptp(heights) < 0.12
