"""Masks, figures, sheets and points."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cyberdirector.core.errors import InputRefused
from cyberdirector.perceive.layout import NINE, Layout, is_face, read_points, with_body
from cyberdirector.perceive.mask import alpha_mask, box_of, figures, flat_mask, refine
from cyberdirector.perceive.picture import Picture, load_picture
from cyberdirector.perceive.views import read_sheet, same_character

Pixels = NDArray[np.uint8]


def _doll(canvas: Pixels, x: int, top: int, height: int, dress: tuple[int, ...]) -> None:
    """Paint a head and a dress."""
    y, xs = np.mgrid[0 : canvas.shape[0], 0 : canvas.shape[1]]
    head = np.hypot(xs - x, y - top - 0.12 * height) < 0.12 * height
    body = (y > top + 0.24 * height) & (y < top + height)
    body &= np.abs(xs - x) < 0.05 * height + 0.16 * (y - top - 0.24 * height)
    canvas[body] = dress
    canvas[head] = (60, 40, 30)


def _sheet(noise: float = 0.0, count: int = 1) -> tuple[Picture, Pixels]:
    canvas = np.full((240, 160 * count, 3), 250, np.uint8)
    for i in range(count):
        _doll(canvas, 80 + 160 * i, 20, 200, (40, 90, 170))
    truth = (canvas != 250).any(2)
    rng = np.random.default_rng(0)
    noisy = np.clip(canvas + rng.normal(0, noise, canvas.shape), 0, 255).astype(np.uint8)
    return load_picture(noisy), truth


def _iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_flat_background_gives_the_figure(noise: float) -> None:
    picture, truth = _sheet(noise)
    mask = flat_mask(picture)
    assert mask is not None
    assert _iou(mask, truth) > 0.97


def test_a_gradient_is_a_flat_background() -> None:
    picture, truth = _sheet()
    fade = np.linspace(150, 240, 240)[:, None, None] * [1.0, 0.97, 0.9]
    pixels = np.where(truth[..., None], picture.pixels, fade).astype(np.uint8)
    mask = flat_mask(load_picture(pixels))
    assert mask is not None
    assert _iou(mask, truth) > 0.96


def test_a_busy_background_is_not_flat() -> None:
    rng = np.random.default_rng(1)
    assert flat_mask(load_picture(rng.integers(0, 255, (200, 200, 3), np.uint8))) is None


def test_alpha_wins_and_an_empty_one_is_none() -> None:
    rgba = np.full((80, 80, 4), 255, np.uint8)
    rgba[..., 3] = 0
    assert alpha_mask(load_picture(rgba)) is None
    rgba[20:60, 30:50, 3] = 255
    mask = alpha_mask(load_picture(rgba))
    assert mask is not None
    assert box_of(mask) == (30, 20, 50, 60)


def test_refining_follows_edges() -> None:
    picture, truth = _sheet()
    coarse = np.zeros(truth.shape)
    coarse[8:, 8:] = truth[:-8, :-8]  # a mask that is eight pixels off
    soft = refine(picture, coarse, 0.06)
    assert _iou(soft > 0.5, truth) > _iou(coarse > 0.5, truth)


def test_views_of_one_character_are_a_sheet() -> None:
    picture, _ = _sheet(count=3)
    mask = flat_mask(picture)
    assert mask is not None
    found = figures(mask)
    assert len(found) == 3
    assert same_character(picture, found)
    narrow = found[1]
    faces = [0.004 if f is found[2] else 0.0 for f in found]
    sheet = read_sheet(picture, found, faces)
    assert sheet.front is found[2]
    assert {id(sheet.side), id(sheet.back)} == {id(found[0]), id(narrow)}


def test_different_people_are_no_sheet() -> None:
    canvas = np.full((240, 320, 3), 250, np.uint8)
    _doll(canvas, 80, 20, 200, (40, 90, 170))
    _doll(canvas, 240, 20, 200, (190, 60, 40))
    picture = load_picture(canvas)
    mask = flat_mask(picture)
    assert mask is not None
    assert not same_character(picture, figures(mask))


_FACE = {
    "left_eye_outer": [130, 100], "left_eye_inner": [112, 100],
    "right_eye_inner": [88, 100], "right_eye_outer": [70, 100], "nose": [100, 125],
    "mouth_left": [112, 140], "mouth_right": [88, 140], "chin": [100, 160],
    "crown": [100, 40],
}  # fmt: skip


def test_nine_points_from_file_and_mapping(tmp_path: Path) -> None:
    path = tmp_path / "points.json"
    path.write_text(json.dumps(_FACE), encoding="utf-8")
    layout = read_points(path)
    assert layout.points == read_points(_FACE).points
    assert layout.points["left_eye"][:2] == (121.0, 100.0)
    assert layout.head_height == pytest.approx(120.0)
    whole = with_body(layout, 800.0)
    assert 160 < whole.points["neck"][1] < whole.points["left_hip"][1] < 800.0


@pytest.mark.parametrize(
    "change",
    [{"chin": None}, {"nose": ["a", 1]}, {"crown": [float("nan"), 1]}, {"chin": [100, 20]}],
)
def test_wrong_points_are_refused(change: dict[str, object]) -> None:
    points = {**_FACE, **change}
    with pytest.raises(InputRefused, match="points-invalid"):
        read_points(points)
    assert len(NINE) == 9


def test_what_is_no_face() -> None:
    points = {n: (float(v[0]), float(v[1]), 1.0) for n, v in _FACE.items()}
    points |= {"left_eye": (121.0, 100.0, 1.0), "right_eye": (79.0, 100.0, 1.0)}
    assert is_face(Layout(points, "net"))
    assert not is_face(Layout({**points, "left_eye": (100.0, 30.0, 1.0)}, "net"))
    assert not is_face(Layout({**points, "chin": (101.0, 41.0, 1.0)}, "net"))


def test_a_pale_shirt_does_not_part_a_figure() -> None:
    mask = np.zeros((200, 200), np.bool_)
    mask[10:50, 80:120] = True
    mask[110:190, 70:130] = True
    mask[20:190, 160:195] = True
    found = figures(mask)
    assert len(found) == 2
    assert found[0].box == (70, 10, 130, 190)
