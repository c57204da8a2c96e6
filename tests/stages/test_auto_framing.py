"""A camera set by hand for one picture format keeps its subjects in another."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.stage.shot import project
from cyberdirector.stages.shot_sight import shot_cameras
from cyberdirector.timeline import CameraItem, FramingItem, ShotItem

SIZES = {"9:16": (720, 1280), "16:9": (1280, 720), "1:1": (720, 720), "2.39:1": (1721, 720)}
PAIR = {"林晚": np.tile([-0.8, 1.5, 0.0], (12, 1)), "沈青": np.tile([0.8, 1.6, 0.2], (12, 1))}


def shot(**more):
    camera = CameraItem(eye=(0.0, 1.5, 3.2), target=(0.0, 1.45, 0.0), fov=34.0)
    return ShotItem(
        id="a", scene="1-1", start=0, end=48, cameras=[camera], light="day",
        subjects=["林晚", "沈青"], **more,
    )  # fmt: skip


def inside(camera, size, heads):
    aspect = size[0] / size[1]
    spots = [project(camera, aspect, place) for rows in heads.values() for place in rows]
    return all(abs(x) < 1.0 and abs(y) < 1.0 for x, y, _ in spots)


@pytest.mark.parametrize("ratio", list(SIZES))
def test_heads_are_in_the_picture_in_every_format(ratio):
    made = shot(made_for="16:9")
    (camera,) = shot_cameras(made, SIZES[ratio], lambda: PAIR)
    assert inside(camera, SIZES[ratio], PAIR)
    (plain,) = shot_cameras(made, SIZES["16:9"], lambda: PAIR)
    if ratio == "9:16":
        assert not inside(plain, SIZES[ratio], PAIR)
        assert camera.fov > plain.fov
    if ratio in ("16:9", "2.39:1"):
        assert camera == plain


def test_one_head_off_the_middle_is_turned_to_without_a_zoom():
    one = {"林晚": PAIR["林晚"]}
    (camera,) = shot_cameras(shot(made_for="16:9"), SIZES["9:16"], lambda: one)
    (plain,) = shot_cameras(shot(), SIZES["9:16"], lambda: one)
    assert inside(camera, SIZES["9:16"], one)
    assert not inside(plain, SIZES["9:16"], one)
    assert camera.fov == plain.fov
    assert camera.target[0] < plain.target[0]


def test_framing_by_hand_goes_before_it_and_the_programs_cameras_stay():
    by_hand = shot(made_for="16:9", framing={"9:16": [FramingItem(x=0.2)]})
    (camera,) = shot_cameras(by_hand, SIZES["9:16"], lambda: PAIR)
    assert camera.target[0] > 0.0
    for made in (shot(), shot(made_for="9:16")):
        assert shot_cameras(made, SIZES["9:16"], lambda: PAIR) == shot_cameras(
            made, SIZES["9:16"]
        )
