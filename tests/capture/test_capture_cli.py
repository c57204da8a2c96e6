"""``cyberdirector capture``: what is written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from click.testing import CliRunner

from cyberdirector import modelstore
from cyberdirector.capture.landmarks import Looked, Parts
from cyberdirector.capture.live import LiveTake
from cyberdirector.capture.observations import Observations, read_observations
from cyberdirector.capture.video import Picture
from cyberdirector.cli.capture import capture
from cyberdirector.core.errors import CyberDirectorError
from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.core.time import Rate
from cyberdirector.formats import read_vrma
from cyberdirector.motion.check import check_clip

READY = all(
    modelstore.has(n) for n in ("pose-landmarker", "hand-landmarker", "face-landmarker")
)


def _run(*words: str) -> Any:
    return CliRunner().invoke(capture, list(words))


def _film(path: Path, frames: int, seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for _ in range(frames):
            pixels = np.kron(rng.integers(0, 255, (12, 16, 3)), np.ones((10, 10, 1)))
            frame = av.VideoFrame.from_ndarray(pixels.astype(np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def _standing(path: Path, n: int = 40) -> Path:
    """Observations of somebody who stands and lifts an arm."""
    seen = Observations.empty(np.arange(n) / 30.0, (720, 1280), Rate(30))
    points = {
        0: (0, -0.62), 7: (0.06, -0.62), 8: (-0.06, -0.62), 11: (0.17, -0.42),
        12: (-0.17, -0.42), 13: (0.2, -0.14), 14: (-0.2, -0.14), 15: (0.21, 0.1),
        16: (-0.21, 0.1), 23: (0.1, 0.08), 24: (-0.1, 0.08), 25: (0.1, 0.5), 26: (-0.1, 0.5),
        27: (0.1, 0.92), 28: (-0.1, 0.92), 29: (0.1, 0.95), 30: (-0.1, 0.95),
        31: (0.12, 0.97), 32: (-0.12, 0.97),
    }  # fmt: skip
    for i in range(n):
        world = np.zeros((33, 3))
        world[:, 1] = -0.62
        for k, (x, y) in points.items():
            world[k] = (x, y - 0.08, 0.0)
        world[[0], 2], world[[31, 32], 2] = -0.1, -0.12
        lift = 1.2 * np.sin(np.pi * i / n)
        for k, along in ((13, 0.28), (15, 0.52)):
            world[k] = (0.17 + along * np.sin(lift), -0.5 + along * np.cos(lift), 0.0)
        seen.world[i] = world
        seen.pose[i, :, :2] = world[:, :2] / 3.2 * 1108 + (360, 640)
        seen.pose[i, :, 2], seen.pose[i, :, 3] = world[:, 2] * 346, 0.95
        seen.check[i] = seen.pose[i, :, :2] + 1.0
    seen.save(path)
    return path


def test_observations_are_solved_without_the_film(tmp_path: Path) -> None:
    source = _standing(tmp_path / "a.observations.npz")
    target, told = tmp_path / "动作.vrma", tmp_path / "r.json"
    done = _run(
        str(source), "-o", str(target), "--height", "1.7", "--report", str(told), "--json"
    )
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report == json.loads(told.read_text(encoding="utf-8"))
    clip = read_vrma(target)
    assert clip.frames == report["frames"] == 40
    assert clip.contacts.mean() > 0.8
    assert report["confidence"]["trunk"]["mean"] > 0.6
    codes = {n["code"] for n in report["notes"]}
    assert {"face-unseen", "hands-unseen"} <= codes
    again = tmp_path / "again.vrma"
    _run(str(source), "-o", str(again), "--height", "1.7")
    assert again.read_bytes() == target.read_bytes()


def test_a_film_that_cuts_becomes_a_take_of_each_shot(tmp_path: Path) -> None:
    source = _standing(tmp_path / "a.observations.npz")
    seen = read_observations(source)
    object.__setattr__(seen, "cuts", np.array([22, 36], np.int64))
    seen.save(source)
    done = _run(str(source), "-o", str(tmp_path / "t.vrma"), "--height", "1.7", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    # What is left after the second cut is too short to be a take.
    assert [Path(one["output"]).name for one in report["takes"]] == ["t-1.vrma", "t-2.vrma"]
    assert [one["frames"] for one in report["takes"]] == [22, 14]
    assert report["frames"] == 36
    assert [n["code"] for n in report["notes"]] == ["video-cuts"]
    assert read_vrma(tmp_path / "t-2.vrma").frames == 14


def test_a_live_take_stands_on_planted_feet(tmp_path: Path) -> None:
    seen = read_observations(_standing(tmp_path / "a.observations.npz"))
    take = LiveTake(seen.size, 1.7)
    nothing = np.zeros((4, 4, 3), np.uint8)
    for i, time in enumerate(seen.times):
        rows = {"pose": seen.pose[i], "world": seen.world[i]} if i != 20 else {}
        posed = take.add(Looked(i, Picture(float(time), nothing), False, rows))
        assert posed.seen == (i != 20)
    clip, rest = take.clip(seen, Parts())
    assert clip.frames == seen.frames
    assert clip.contacts[10:].mean() > 0.9
    points, _ = rest.forward(clip.root, clip.rotations)
    feet = points[10:, [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]]]
    assert np.ptp(feet, axis=0).max() < 0.005
    assert abs(float(feet[..., 1].mean()) - rest.positions()[BONE_INDEX["leftFoot"], 1]) < 0.04


def test_a_live_take_does_not_tremble(tmp_path: Path) -> None:
    seen = read_observations(_standing(tmp_path / "a.observations.npz"))
    noise = np.random.default_rng(5).normal(0.0, 1.0, seen.world.shape)
    take = LiveTake(seen.size, 1.7)
    nothing = np.zeros((4, 4, 3), np.uint8)
    for i, time in enumerate(seen.times):
        rows = {"pose": seen.pose[i], "world": seen.world[i] + 0.01 * noise[i]}
        take.add(Looked(i, Picture(float(time), nothing), False, rows))
    clip, rest = take.clip(seen, Parts(True, False, False))
    measures = check_clip(clip, rest).measures
    assert measures["jitter"].ok
    assert measures["flips"].value == 0.0


def test_part_of_observations_and_parts_of_the_body(tmp_path: Path) -> None:
    source = _standing(tmp_path / "a.observations.npz")
    target = tmp_path / "a.vrma"
    done = _run(str(source), "-o", str(target), "--hands", "--start", "0.5", "--json")
    assert done.exit_code == 0, done.output
    assert read_vrma(target).frames == 25
    done = _run(str(source), "-o", str(target), "--start", "9")
    assert isinstance(done.exception, CyberDirectorError)
    assert done.exception.code == "video-span"


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [(("a.mp4", "-o", "a.bvh"), 2), (("a.mp4", "--start", "3", "--end", "2"), 2),
     (("a.mp4", "--person", "0"), 2), ((), 2)],
)  # fmt: skip
def test_usage(words: tuple[str, ...], exit_code: int) -> None:
    assert _run(*words).exit_code == exit_code


def test_refusals_have_codes(tmp_path: Path) -> None:
    cases = {"none.mp4": "video-unreadable", "none.npz": "observations-damaged"}
    for name, code in cases.items():
        done = _run(str(tmp_path / name), "-o", str(tmp_path / "a.vrma"))
        assert isinstance(done.exception, CyberDirectorError)
        assert done.exception.code == code
    seen = _standing(tmp_path / "a.observations.npz")
    done = _run(str(seen), "-o", str(tmp_path / "a.vrma"), "--preview", str(tmp_path / "p.mp4"))
    assert isinstance(done.exception, CyberDirectorError)
    assert done.exception.code == "preview-no-video"
    assert not (tmp_path / "a.vrma").exists()


def test_camera_that_is_not_there(tmp_path: Path) -> None:
    done = _run("97", "--live", "-o", str(tmp_path / "a.vrma"))
    assert isinstance(done.exception, CyberDirectorError)
    assert done.exception.code == "camera-missing"


@pytest.mark.skipif(not READY, reason="the models of capture are not here")
def test_nobody_is_told(tmp_path: Path) -> None:
    film = _film(tmp_path / "noise.mp4", 12)
    done = _run(str(film), "-o", str(tmp_path / "a.vrma"))
    assert isinstance(done.exception, CyberDirectorError)
    assert done.exception.code in ("nobody-seen", "capture-nobody")
    assert "光线" in done.exception.zh
