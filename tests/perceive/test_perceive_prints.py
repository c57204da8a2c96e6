"""Prints of clothes: motifs are kept with their fine lines, gradients and shadows are none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cyberdirector.character.wardrobe.prints import decode_print, encode_print
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.parts import PART_INDEX
from cyberdirector.perceive.picture import Picture
from cyberdirector.perceive.prints import read_print
from cyberdirector.perceive.regions import Regions

WIDE, TALL = 320, 360
CLOTH, INK = np.array([232.0, 228.0, 220.0]), np.array([150.0, 40.0, 50.0])


def _regions(cloth: NDArray[np.float64]) -> Regions:
    """Return a trunk (TALL, WIDE) in the middle of a picture."""
    pixels = np.full((TALL + 120, WIDE + 160, 3), 255, np.uint8)
    labels = np.zeros(pixels.shape[:2], np.uint8)
    pixels[60:-60, 80:-80] = np.clip(cloth, 0, 255)
    labels[60:-60, 80:-80] = PART_INDEX["top"]
    points = {
        "left_shoulder": (330.0, 60.0, 1.0), "right_shoulder": (150.0, 60.0, 1.0),
        "left_hip": (300.0, 418.0, 1.0), "right_hip": (180.0, 418.0, 1.0),
        "chin": (240.0, 40.0, 1.0), "crown": (240.0, -140.0, 1.0),
    }  # fmt: skip
    picture = Picture(pixels, None, "0" * 64)
    return Regions(picture, (0, 0), labels > 0, labels, Layout(points, "net"), "drawing")


def _plain() -> NDArray[np.float64]:
    return np.broadcast_to(CLOTH, (TALL, WIDE, 3)).copy()


def _fade(axis: int) -> NDArray[np.float64]:
    t = np.linspace(0.0, 1.0, (TALL, WIDE)[axis])
    t = t[:, None, None] if axis == 0 else t[None, :, None]
    return CLOTH + (np.array([90.0, 120.0, 235.0]) - CLOTH) * t + np.zeros((TALL, WIDE, 1))


def _motif() -> NDArray[np.bool_]:
    """Return a ring and three bars, the thinnest 6 pixels wide."""
    y, x = np.mgrid[0:TALL, 0:WIDE]
    far = np.hypot(x - 160, y - 150)
    out = (far < 70) & (far > 50)
    for k, wide in enumerate((6, 9, 14)):
        out |= (np.abs(x - 160) < 60) & (np.abs(y - 240 - 26 * k) < wide / 2)
    return np.asarray(out)


@pytest.mark.parametrize(
    "cloth", [_plain(), _fade(0), _fade(1)], ids=["flat", "down", "across"]
)
def test_motif_is_read_on_any_cloth(cloth: NDArray[np.float64]) -> None:
    inked = _motif()
    found = read_print(_regions(np.where(inked[..., None], INK, cloth)), "top")
    assert found is not None
    back = decode_print(encode_print(found))
    side = back.shape[0]
    assert side == 256
    rows = (np.arange(side) + 0.5) / side * TALL
    across = (0.04 + 0.92 * (np.arange(side) + 0.5) / side) * WIDE
    truth = inked[rows.astype(int)[:, None], across.astype(int)[None]]
    solid = back[..., 3] > 0.5
    assert (solid & truth).sum() / (solid | truth).sum() > 0.85
    assert np.abs(back[solid & truth][:, :3] * 255.0 - INK).mean() < 8.0


def test_ink_that_was_taken_for_skin_is_read() -> None:
    inked = _motif()
    regions = _regions(np.where(inked[..., None], INK, _plain()))
    regions.labels[60:-60, 80:-80][inked] = PART_INDEX["skin"]
    found = read_print(regions, "top")
    assert found is not None
    assert (found[..., 3] > 127).mean() > 0.8 * inked.mean()


@pytest.mark.parametrize("axis", [0, 1])
def test_gradient_is_no_print(axis: int) -> None:
    assert read_print(_regions(_fade(axis)), "top") is None


def test_soft_shadow_is_no_print() -> None:
    y, x = np.mgrid[0:TALL, 0:WIDE]
    dark = np.exp(-(((x - 60) / 70.0) ** 2 + ((y - 200) / 90.0) ** 2))[..., None]
    shaded = _plain() * (1.0 - dark) + np.array([120.0, 60.0, 140.0]) * dark
    assert read_print(_regions(shaded), "top") is None


def test_thin_drawn_lines_are_no_print() -> None:
    cloth = _plain()
    for k in range(6):
        cloth[:, 40 + 45 * k : 42 + 45 * k] = (40, 30, 30)
    assert read_print(_regions(cloth), "top") is None
