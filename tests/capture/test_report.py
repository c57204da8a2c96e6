"""The report of a take: doubt, jitter, slide; lanes and panels of the preview."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np

from cyberdirector.capture.attach import Grid, put_face, put_hand
from cyberdirector.capture.observations import Observations
from cyberdirector.capture.online import OneEuro
from cyberdirector.capture.preview import lanes, skeleton_over, write_preview
from cyberdirector.capture.report import capture_report, jitter, slide, spans
from cyberdirector.capture.skeleton_fit import rest_of
from cyberdirector.capture.solve_prior import human
from cyberdirector.capture.take import LANES, Take
from cyberdirector.core.clip import Clip
from cyberdirector.core.time import Rate

RATE = Rate(30)


def _take(n: int = 60) -> Take:
    rest = rest_of(human(1.7))
    clip = Clip.rest(n, RATE, rest.hip_height)
    seen = Observations.empty(np.arange(n) / 30.0, (320, 240), RATE)
    seen.pose[:40] = np.random.default_rng(0).uniform(20, 200, (40, 33, 4))
    sure = np.ones((n, len(LANES)), np.float32)
    sure[30:45, LANES.index("leftArm")] = 0.2
    sure[10:11, LANES.index("face")] = 0.1
    notes = (("height-assumed", "没有给出身高。", "No height was given."),)
    return Take(clip, rest, sure, seen, None, None, {"leftFingers": 3}, notes)


def test_report_tells_where_to_look() -> None:
    report = capture_report(_take())
    assert report["confidence"]["leftArm"]["doubtful"] == [[1.0, 1.5]]
    assert report["confidence"]["face"]["doubtful"] == []
    assert report["unseen"] == [[1.333, 2.0]]
    assert report["seen"]["body"] == 0.667
    assert report["clamped"] == {"leftFingers": 3}
    assert report["footSlide"] == 0.0
    assert report["jitter"] == 0.0
    assert {n["code"] for n in report["notes"]} == {"height-assumed"}
    assert "editable" in report["promise"]["en"]
    json.dumps(report)


def test_measures() -> None:
    times = np.arange(90) / 30
    smooth = np.stack([times**3, times, times], axis=1)[:, None]
    assert abs(jitter(smooth, 30.0) - 6.0) < 1e-6
    feet = np.zeros((90, 2, 3))
    feet[:, 0, 0] = 0.02 * times
    planted = np.ones((90, 2), bool)
    planted[:, 1] = False
    assert abs(slide(feet, planted, 30.0) - 2.0) < 1e-6
    assert spans(np.array([0, 1, 1, 1, 0, 1], bool), 10.0, 0.2) == [[0.1, 0.4]]


def test_lanes_are_red_where_doubtful() -> None:
    take = _take()
    row = LANES.index("leftArm")
    picture = lanes(take, 400, 20).astype(int)
    line = picture[2 + 12 * row + 4, 92:394]
    doubtful = line[:, 0] > line[:, 1]
    at = np.nonzero(doubtful)[0] / len(line)
    assert 0.48 < at.min() < 0.53
    assert 0.72 < at.max() < 0.77


def test_skeleton_is_drawn_only_where_somebody_was_seen() -> None:
    take = _take()
    blank = np.zeros((240, 320, 3), np.uint8)
    assert skeleton_over(blank, take, 3, 1.0).max() > 100
    assert skeleton_over(blank, take, 50, 1.0).max() == 0
    assert blank.max() == 0


def test_preview_is_a_video_of_even_size(tmp_path: Path) -> None:
    pictures = [np.full((121, 203, 3), 10 * i, np.uint8) for i in range(8)]
    path = tmp_path / "预览.mp4"
    assert write_preview(path, RATE, pictures) == 8
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 8
    assert (frames[0].width, frames[0].height) == (202, 120)


def test_unseen_parts_leave_the_body_alone_and_are_told() -> None:
    take = _take()
    grid = Grid.of(take.observations.times, take.clip.frames, RATE)
    sure = np.zeros((take.clip.frames, len(LANES)), np.float32)
    notes: list[tuple[str, str, str]] = []
    out = put_face(take.clip, take.rest, take.observations, grid, None, sure, notes)
    np.testing.assert_array_equal(out.rotations, take.clip.rotations)
    assert [n[0] for n in notes] == ["face-unseen"]
    clamped: dict[str, int] = {}
    out = put_hand(take.clip, take.rest, take.observations, grid, None, 0, sure, clamped)
    assert sure.max() == 0.0
    assert clamped == {"leftFingers": 0}
    assert np.isfinite(out.rotations).all()


def test_grid_follows_true_times() -> None:
    times = np.array([0.0, 0.033, 0.1, 0.133, 0.4])
    grid = Grid.of(times, 13, RATE)
    assert grid.nearest[[0, 1, 2, 3, 4, 12]].tolist()[:2] == [0, 1]
    assert grid.nearest[12] == 4
    assert grid.near[3]
    assert not grid.near[8]


def test_one_euro_calms_tremble_and_follows_leaps() -> None:
    rng = np.random.default_rng(0)
    calm, out = OneEuro(1.5, 4.0), []
    for i in range(120):
        goal = 0.0 if i < 60 else 1.0
        value = calm(np.array([goal + rng.normal(0, 0.004)]), 1 / 30 if i else 0.0)
        out.append(float(value[0]))
    assert np.std(out[20:60]) < 0.003
    assert abs(out[75] - 1.0) < 0.05
