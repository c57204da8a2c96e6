"""Parts and colours agree: pale cloth stays cloth, boots are one part, skirts fade."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cyberdirector.perceive.colour import delta_e, lab_from_rgb, rgb_of
from cyberdirector.perceive.judge import with_arms
from cyberdirector.perceive.layout import Layout
from cyberdirector.perceive.palette import read_palette
from cyberdirector.perceive.parts import PART_INDEX, PARTS
from cyberdirector.perceive.picture import Picture
from cyberdirector.perceive.regions import Regions
from cyberdirector.perceive.settle import settle

SKIN = (240, 222, 212)
LAYOUT = Layout({
    "left_eye": (110.0, 60.0, 1.0), "right_eye": (90.0, 60.0, 1.0),
    "left_eye_outer": (116.0, 60.0, 1.0), "right_eye_outer": (84.0, 60.0, 1.0),
    "left_eye_inner": (104.0, 60.0, 1.0), "right_eye_inner": (96.0, 60.0, 1.0),
    "nose": (100.0, 70.0, 1.0), "mouth_left": (105.0, 78.0, 1.0),
    "mouth_right": (95.0, 78.0, 1.0), "chin": (100.0, 85.0, 1.0), "crown": (100.0, 25.0, 1.0),
    "neck": (100.0, 95.0, 1.0), "left_shoulder": (140.0, 105.0, 1.0),
    "right_shoulder": (60.0, 105.0, 1.0), "left_hip": (120.0, 190.0, 1.0),
    "right_hip": (80.0, 190.0, 1.0), "left_knee": (118.0, 250.0, 1.0),
    "right_knee": (82.0, 250.0, 1.0), "left_ankle": (118.0, 320.0, 1.0),
    "right_ankle": (82.0, 320.0, 1.0),
}, "net")  # fmt: skip


def _figure(
    blocks: list[tuple[slice, str, tuple[int, int, int]]], sure: float
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.bool_]]:
    """Return pixels, shares and mask of rows of parts 120 pixels wide below a face."""
    pixels = np.full((350, 200, 3), 255, np.uint8)
    share = np.full((350, 200, len(PARTS)), (1.0 - sure) / (len(PARTS) - 1), np.float32)
    for rows, part, colour in [(slice(25, 95), "skin", SKIN), *blocks]:
        pixels[rows, 40:160] = colour
        share[rows, 40:160] = (1.0 - sure) / (len(PARTS) - 1)
        share[rows, 40:160, PART_INDEX[part]] = sure
    mask = np.zeros((350, 200), np.bool_)
    mask[25:345, 40:160] = True
    return pixels, share, mask


@pytest.mark.parametrize("colour", [(232, 228, 221), (235, 221, 225), (240, 232, 214)])
def test_pale_cloth_is_not_taken_for_pale_skin(colour: tuple[int, int, int]) -> None:
    blocks = [(slice(95, 190), "top", colour), (slice(190, 345), "bottom", (60, 80, 120))]
    pixels, share, mask = _figure(blocks, 0.8)
    labels = settle(pixels, share, mask, LAYOUT)
    trunk = labels[110:180, 60:140]
    assert (trunk == PART_INDEX["top"]).mean() > 0.95
    assert (labels[65:82, 90:110] == PART_INDEX["skin"]).mean() > 0.9


def test_shaft_of_a_boot_goes_on_from_its_foot() -> None:
    leather = (70, 50, 60)
    blocks = [
        (slice(95, 190), "top", (160, 40, 40)), (slice(190, 245), "bottom", (40, 30, 70)),
        (slice(245, 262), "skin", SKIN), (slice(262, 300), "legwear", leather),
        (slice(300, 345), "shoes", leather),
    ]  # fmt: skip
    labels = settle(*_figure(blocks, 0.25), LAYOUT)
    assert (labels[266:340, 60:140] == PART_INDEX["shoes"]).mean() > 0.9


@pytest.mark.parametrize(
    ("hat", "part"), [((120, 70, 40), "hair"), ((60, 90, 150), "accessory")]
)
def test_a_hat_has_another_colour_than_the_hair(hat: tuple[int, int, int], part: str) -> None:
    blocks = [(slice(95, 190), "top", (160, 40, 40)), (slice(190, 345), "bottom", (40, 30, 70))]
    pixels, share, mask = _figure(blocks, 0.8)
    for rows, name, colour in (
        (slice(25, 50), "accessory", hat), (slice(50, 54), "hair", (120, 70, 40)),
    ):  # fmt: skip
        pixels[rows, 40:160] = colour
        share[rows, 40:160] = 0.02
        share[rows, 40:160, PART_INDEX[name]] = 0.8
    labels = settle(pixels, share, mask, LAYOUT)
    assert (labels[28:48, 45:155] == PART_INDEX[part]).mean() > 0.9


@pytest.mark.parametrize("fades", [True, False])
def test_hem_takes_the_colour_that_a_skirt_ends_in(fades: bool) -> None:
    start, end = np.array([230.0, 232.0, 240.0]), np.array([60.0, 90.0, 170.0])
    pixels = np.full((300, 200, 3), 255, np.uint8)
    labels = np.zeros((300, 200), np.uint8)
    labels[100:280, 40:160] = PART_INDEX["bottom"]
    v = np.linspace(0.0, 1.0, 180)[:, None, None]
    t = np.clip((v - 0.25) / 0.75, 0.0, 1.0)
    cloth = start + (end - start) * (t * t * (3.0 - 2.0 * t) if fades else 0.0 * t)
    pixels[100:280, 40:160] = cloth
    picture = Picture(pixels, None, "0" * 64)
    found = read_palette(
        Regions(picture, (0, 0), labels > 0, labels, LAYOUT, "drawing")
    ).colours

    def off(name: str, colour: NDArray[np.float64]) -> float:
        return float(delta_e(lab_from_rgb(rgb_of(found[name])), lab_from_rgb(colour)))

    assert off("bottom", start) < 4.0
    assert off("hem", end if fades else start) < 6.0


def test_shade_of_the_neck_is_no_colour_of_a_collar() -> None:
    pixels = np.full((300, 200, 3), 255, np.uint8)
    labels = np.zeros((300, 200), np.uint8)
    shade, cloth = (232, 180, 166), (60, 90, 170)
    for rows, part, colour in (
        (slice(25, 80), "skin", SKIN), (slice(80, 95), "skin", shade),
        (slice(95, 110), "top", shade), (slice(110, 200), "top", cloth),
    ):  # fmt: skip
        pixels[rows, 40:160], labels[rows, 40:160] = colour, PART_INDEX[part]
    picture = Picture(pixels, None, "0" * 64)
    found = read_palette(Regions(picture, (0, 0), labels > 0, labels, LAYOUT, "drawing"))
    near = [float(delta_e(lab_from_rgb(rgb_of(t)), lab_from_rgb(np.array(shade))))
            for t, _ in found.tones["inner"]]  # fmt: skip
    assert min(near) > 8.0


def test_bare_forearms_rule_out_long_sleeves() -> None:
    judged = {"sleeve": {"none": 0.05, "short": 0.2, "long": 0.7, "wide": 0.05}}
    bare = with_arms(judged, 0.9)["sleeve"]
    assert max(bare, key=lambda w: bare[w]) == "short"
    covered = with_arms(judged, 0.0)["sleeve"]
    assert covered["long"] > 0.85
    assert with_arms(judged, None) == judged
    assert with_arms(judged, 0.4) == judged
