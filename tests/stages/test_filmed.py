"""Lines acted out on film: found beside the script, laid over the performance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from cyberdirector.core.clip import Clip
from cyberdirector.core.rotations import quat_from_axis_angle, quat_rotate
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.time import Rate
from cyberdirector.perform import SceneScore
from cyberdirector.perform.score import Segment
from cyberdirector.stages.filmed import films_of, lay_over

FPS = Rate(24)


def _clip(frames: int, yaw: float, x: float) -> Clip:
    clip = Clip.rest(frames, FPS, 0.9)
    clip.rotations[:, 0] = quat_from_axis_angle([0, 1, 0], yaw)
    clip.root[:, 0] = x
    return clip


def test_films_are_found_by_the_line(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    (tmp_path / "takes" / "1-1-L02.mov").write_bytes(b"film")
    (tmp_path / "takes" / "1-1-A01.mp4").write_bytes(b"no line")
    segments = tuple(
        Segment(name, kind, 24, 0)
        for name, kind in (("1-1-L01", "line"), ("1-1-A01", "action"), ("1-1-L02", "line"))
    )
    score = SceneScore("1-1", FPS, (), segments)
    found = films_of(tmp_path, score)
    assert list(found) == ["1-1-L02"]
    assert len(found["1-1-L02"].sha256) == 64
    assert films_of(None, score) == {}
    assert films_of(tmp_path / "takes", score) == {}


def test_body_comes_from_the_film_and_face_from_the_voice() -> None:
    base = _clip(120, 1.0, 2.0)
    base.weights[:, 24] = 0.7
    film = _clip(60, -0.5, -3.0)
    film.weights[:] = 0.9
    arm = quat_from_axis_angle([0, 0, 1], 1.2)
    film.rotations[:, BONE_INDEX["leftUpperArm"]] = arm
    out = lay_over(base, film, 30, 90)
    np.testing.assert_array_equal(out.weights, base.weights)
    np.testing.assert_array_equal(out.rotations[:30], base.rotations[:30])
    np.testing.assert_array_equal(out.rotations[90:], base.rotations[90:])
    shown = out.rotations[60, BONE_INDEX["leftUpperArm"]]
    assert abs(float(shown @ arm)) > 0.9999
    # The film begins where the performance stands and faces.
    np.testing.assert_allclose(out.root[30:90, [0, 2]], base.root[30:90, [0, 2]], atol=1e-5)
    facing = quat_rotate(out.rotations[60, 0], [0, 0, 1])
    np.testing.assert_allclose(facing, quat_rotate(base.rotations[0, 0], [0, 0, 1]), atol=1e-5)


def test_edges_are_eased_and_a_short_film_goes_back() -> None:
    base = _clip(100, 0.0, 0.0)
    film = _clip(40, 0.0, 0.0)
    bone = BONE_INDEX["rightLowerArm"]
    film = replace(film, rotations=film.rotations.copy())
    film.rotations[:, bone] = quat_from_axis_angle([0, 1, 0], 1.5)
    out = lay_over(base, film, 20, 90)
    angle = 2 * np.arccos(np.clip(np.abs(out.rotations[:, bone, 3]), 0, 1))
    assert angle[:20].max() == 0
    assert angle[60:].max() == 0
    assert np.abs(np.diff(angle)).max() < 0.35
    assert angle[30:50].min() > 1.49
