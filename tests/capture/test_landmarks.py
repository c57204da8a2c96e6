"""Who is followed, where hands and face are looked for, cuts and the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from cyberdirector.capture.crops import Square, hand_square, head_square, own_hand
from cyberdirector.capture.landmarks import Looked, _Pipe, along_ray
from cyberdirector.capture.people import Actor, distinct
from cyberdirector.capture.scenery import Background, CutFinder
from cyberdirector.capture.video import Picture
from cyberdirector.core.errors import InputRefused
from cyberdirector.core.rotations import quat_from_yaw_pitch_roll, quat_to_matrix

BODY = {
    0: (0, -70), 7: (8, -70), 8: (-8, -70), 11: (20, -45), 12: (-20, -45), 13: (30, -15),
    14: (-30, -15), 15: (34, 12), 16: (-34, 12), 17: (37, 20), 19: (35, 21), 18: (-37, 20),
    20: (-35, 21), 23: (12, 10), 24: (-12, 10), 25: (13, 50), 26: (-13, 50), 27: (13, 88),
    28: (-13, 88),
}  # fmt: skip


def body(x: float, y: float, scale: float = 1.0) -> np.ndarray:
    """A standing figure (33, 4) whose middle is at (x, y)."""
    pose = np.zeros((33, 4), np.float32)
    pose[:, 3] = 0.95
    pose[:, :2] = (0, -70)
    for i, point in BODY.items():
        pose[i, :2] = point
    pose[:, :2] = pose[:, :2] * scale + (x, y)
    return pose


def paper(seed: int = 0, size: tuple[int, int] = (240, 320)) -> np.ndarray:
    """A picture with structure everywhere."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (size[0] // 10, size[1] // 10, 3)).astype(np.uint8)
    big = np.kron(small, np.ones((10, 10, 1), np.uint8))
    rows = big.astype(float)
    for _ in range(6):
        rows = (np.roll(rows, 1, 0) + rows + np.roll(rows, -1, 0)) / 3
        rows = (np.roll(rows, 1, 1) + rows + np.roll(rows, -1, 1)) / 3
    return rows.astype(np.uint8)


PIXELS = np.full((240, 640, 3), 128, np.uint8)


def test_same_person_seen_twice_is_one() -> None:
    poses = np.stack([body(100, 120), body(103, 121), body(400, 120)])
    assert sorted(distinct(poses)) in ([0, 2], [1, 2])
    faint = body(200, 120)
    faint[:, 3] = 0.2
    assert distinct(np.stack([faint])) == []


def test_largest_person_is_the_actor_and_stays() -> None:
    actor = Actor()
    for i in range(30):
        near, far = body(400 - 4 * i, 120, 1.2), body(100 + 5 * i, 120, 1.0)
        order = [far, near] if i % 2 else [near, far]
        chosen = actor.choose(np.stack(order), PIXELS, i / 30)
        assert chosen is not None
        assert order[chosen] is near


def test_person_by_number_from_the_left() -> None:
    actor = Actor(2)
    assert actor.choose(np.stack([body(300, 120)]), PIXELS, 0.0) is None
    both = np.stack([body(500, 120), body(300, 120)])
    assert actor.choose(both, PIXELS, 0.1) == 0
    third = Actor(3)
    third.choose(both, PIXELS, 0.0)
    with pytest.raises(InputRefused, match="person-missing"):
        third.check("a.mp4")
    with pytest.raises(InputRefused, match="nobody-seen"):
        Actor().check("a.mp4")


def test_a_jump_to_another_person_is_not_followed() -> None:
    actor = Actor()
    pixels = PIXELS.copy()
    pixels[:, 320:] = (220, 40, 40)
    for i in range(10):
        poses = np.stack([body(100, 120, 1.1), body(500, 120)])
        assert actor.choose(poses, pixels, i / 30) == 0
    # The actor is gone; somebody in other clothes stands far off.
    for i in range(10, 40):
        assert actor.choose(np.stack([body(500, 120)]), pixels, i / 30) is None
    assert actor.choose(np.stack([body(120, 120, 1.1)]), pixels, 1.4) == 0


def test_squares_follow_hands_and_head() -> None:
    pose = body(320, 120)
    left, right = (hand_square(pose, side, (640, 240)) for side in (0, 1))
    assert left is not None
    assert right is not None
    for square, wrist in ((left, pose[15]), (right, pose[16])):
        x, y = square.corner
        assert x < wrist[0] < x + square.side
        assert y < wrist[1] < y + square.side
    assert left.corner[0] > right.corner[0]
    head = head_square(pose, (640, 240))
    assert head is not None
    assert head.corner[1] < 50 < head.corner[1] + head.side
    pose[15, 3] = 0.1
    assert hand_square(pose, 0, (640, 240)) is None
    assert head_square(body(-400, 120), (640, 240)) is None


def test_square_outside_the_picture_is_black_and_maps_back() -> None:
    square = Square((-10, 200), 60)
    cut = square.cut(np.full((240, 320, 3), 9, np.uint8))
    assert cut.shape == (60, 60, 3)
    assert cut[:40, :10].max() == 0
    assert cut[10, 20, 0] == 9
    np.testing.assert_allclose(square.out(np.zeros((1, 3), np.float32)), [[-10, 200, 0]])


def test_a_hand_belongs_to_the_nearer_wrist() -> None:
    pose = body(320, 120)
    assert own_hand(pose[15, :2] + 3, pose, 0)
    assert not own_hand(pose[16, :2], pose, 0)


def test_cuts_are_found_and_movement_is_none() -> None:
    first, second = paper(1), paper(2)
    second = np.clip(second.astype(int) // 2 + np.array([90, 0, 20]), 0, 255).astype(np.uint8)
    finder, found = CutFinder(), []
    for i in range(40):
        picture = np.roll(first if i < 20 else second, 3 * i, axis=1)
        found.append(finder.cut(picture))
    assert [i for i, cut in enumerate(found) if cut] == [20]


def test_a_cut_between_views_of_one_place_is_found() -> None:
    """The same colours at other places, after a still picture."""
    view = np.zeros((180, 240, 3), np.uint8) + 90
    view[40:170, 20:110] = 200
    other = np.roll(view, 120, axis=1)
    finder = CutFinder()
    rng = np.random.default_rng(2)
    frames = [view] * 12 + [other] * 12
    found = [finder.cut(f + rng.integers(0, 3, f.shape, np.uint8)) for f in frames]
    assert [i for i, cut in enumerate(found) if cut] == [12]


def test_a_flash_is_no_cut() -> None:
    finder, base = CutFinder(), paper(3)
    frames = [base] * 5 + [np.clip(base.astype(int) + 25, 0, 255).astype(np.uint8)] + [base] * 5
    assert not any(finder.cut(f) for f in frames)


@pytest.mark.parametrize(("shift", "angle"), [((6, 0), 0.0), ((-4, 8), 0.0), ((3, 2), 0.012)])
def test_background_movement(shift: tuple[int, int], angle: float) -> None:
    """A picture that is moved and turned is measured to a fifth of a pixel of 320."""
    whole = paper(5, (720, 960)).astype(np.float64)
    ys, xs = np.mgrid[0:480, 0:640].astype(float)

    def view(dx: float, dy: float, turn: float) -> np.ndarray:
        c, s = np.cos(turn), np.sin(turn)
        u = c * (xs - 320) - s * (ys - 240) + 480 - dx
        v = s * (xs - 320) + c * (ys - 240) + 360 - dy
        i, j = v.astype(int), u.astype(int)
        a, b = (v - i)[..., None], (u - j)[..., None]
        top = whole[i, j] * (1 - b) + whole[i, j + 1] * b
        low = whole[i + 1, j] * (1 - b) + whole[i + 1, j + 1] * b
        return (top * (1 - a) + low * a).astype(np.uint8)

    background = Background()
    assert np.isnan(background.move(view(0, 0, 0), None)).all()
    person = np.array([[200, 100], [260, 300]], np.float32)
    found = background.move(view(*shift, angle), person)
    # A pixel seen at p before is seen where the turned view shows the same place.
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, s], [-s, c]])
    middle = np.array([320.0, 240.0])
    for point in ([100.0, 100.0], [500.0, 400.0]):
        before = np.array(point)
        expected = turn @ (before - middle + np.array(shift)) + middle
        after = found[:, :2] @ before + found[:, 2]
        np.testing.assert_allclose(after, expected, atol=0.7)


def test_background_without_structure_is_not_measured() -> None:
    background = Background()
    flat = np.full((240, 320, 3), 100, np.uint8)
    background.move(flat, None)
    assert np.isnan(background.move(flat, None)).all()


def test_face_turn_is_told_along_the_viewing_ray() -> None:
    """A face that looks into the lens from the side of the crop is not turned."""
    for place in ([0.0, 0.0, -40.0], [12.0, -7.0, -40.0]):
        ray = np.array(place) / np.linalg.norm(place)
        yaw, pitch = np.arctan2(-ray[0], -ray[2]), np.arctan2(ray[1], np.hypot(ray[0], ray[2]))
        matrix = np.eye(4, dtype=np.float32)
        turn = quat_to_matrix(quat_from_yaw_pitch_roll(yaw, pitch, 0.0))
        matrix[:3, :3], matrix[:3, 3] = turn, place
        facing = along_ray(matrix)[:3, :3] @ np.array([0.0, 0.0, 1.0])
        np.testing.assert_allclose(facing, [0.0, 0.0, 1.0], atol=0.02)


def _looks(count: int) -> Iterator[Looked]:
    for i in range(count):
        yield Looked(i, Picture(i / 30, np.zeros((2, 2, 3), np.uint8)), False)
        if i == 4:
            raise ValueError("broken")


def test_stages_hand_on_errors_and_stop() -> None:
    seen = []
    pipe = _Pipe(_looks(9))
    with pytest.raises(ValueError, match="broken"):
        seen.extend(look.number for look in pipe)
    assert seen == [0, 1, 2, 3, 4]
    # One that nobody reads ends when it is closed.
    idle = _Pipe(_looks(4))
    time.sleep(0.01)
    idle.close()


def test_a_camera_does_not_fall_behind() -> None:
    done = threading.Event()

    def pictures() -> Iterator[Looked]:
        for i in range(40):
            yield Looked(i, Picture(i / 30, np.zeros((2, 2, 3), np.uint8)), i == 7)
        done.set()

    pipe = _Pipe(pictures(), 1, newest=True)
    assert done.wait(20)
    found = list(pipe)
    assert [look.number for look in found] == [39]
    assert found[0].cut  # the cut lies between what was seen before and this
