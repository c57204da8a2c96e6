"""Colours: known values of CIELAB and CIEDE2000, and colours freed from shade."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.perceive.colour import (
    clusters,
    delta_e,
    hex_of,
    lab_from_rgb,
    lit_colour,
    rgb_from_lab,
    rgb_of,
)
from cyberdirector.perceive.palette import tones_of


def test_lab_of_known_colours() -> None:
    assert lab_from_rgb(np.array([255, 255, 255])) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab_from_rgb(np.array([255, 0, 0])) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)


def test_lab_round_trip() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (500, 3))
    assert np.abs(rgb_from_lab(lab_from_rgb(rgb)) - rgb).max() < 0.51


@pytest.mark.parametrize(
    ("one", "two", "known"),
    [  # from the test data of Sharma, Wu and Dalal (2005)
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_ciede2000(one: tuple[float, ...], two: tuple[float, ...], known: float) -> None:
    assert float(delta_e(np.array(one), np.array(two))) == pytest.approx(known, abs=2e-4)
    assert float(delta_e(np.array(two), np.array(one))) == pytest.approx(known, abs=2e-4)


def test_hex_round_trip() -> None:
    assert hex_of(rgb_of("#1a2b3c")) == "#1a2b3c"


def _shaded(colour: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return CIELAB pixels of a toon-shaded colour: two thirds lit, a third in shade."""
    rgb = rgb_of(colour)
    shade = rgb * [0.68, 0.66, 0.74]
    pixels = np.where((np.arange(count) % 3 == 0)[:, None], shade, rgb)
    return lab_from_rgb(np.clip(pixels + rng.normal(0, 1.5, (count, 3)), 0, 255))


@pytest.mark.parametrize("colour", ["#c03a4b", "#3b6ea5", "#e8d9c4", "#27402f", "#222026"])
def test_lit_colour_ignores_shade(colour: str) -> None:
    found = lit_colour(_shaded(colour, 900, np.random.default_rng(2)))
    assert float(delta_e(found, lab_from_rgb(rgb_of(colour)))) < 4.0


def test_tones_join_shade_and_keep_trims() -> None:
    rng = np.random.default_rng(3)
    lab = np.concatenate([_shaded("#3b6ea5", 900, rng), _shaded("#f2e9dc", 240, rng)])
    tones = tones_of(lab)
    assert len(tones) == 2
    assert float(delta_e(tones[0][0], lab_from_rgb(rgb_of("#3b6ea5")))) < 6.0
    assert float(delta_e(tones[1][0], lab_from_rgb(rgb_of("#f2e9dc")))) < 6.0


def test_clusters_are_the_same_every_time() -> None:
    lab = np.random.default_rng(4).normal(50, 20, (3000, 3))
    one, two = clusters(lab, 5), clusters(lab, 5)
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    assert one[1].sum() == pytest.approx(1.0)
