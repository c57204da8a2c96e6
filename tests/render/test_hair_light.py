"""The ribbons of light on hair: where they lie, what moves them, what they are made of."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cyberdirector.core.model import Character
from cyberdirector.core.scene import Camera, LightRig
from cyberdirector.render import Stage
from cyberdirector.render.camera import View

sys.path.insert(0, str(Path(__file__).parent))
from samples import figure, part, sphere

pytestmark = pytest.mark.gl

SIZE = (240, 240)
LIGHT = LightRig("one", (0.0, 0.6, 0.8), (0.9, 0.9, 0.9), ((0.2,) * 3, (0.2,) * 3))
RADIUS = 0.135
ELEVATIONS = np.radians(np.arange(-20.0, 75.0, 1.0))
AROUND = np.radians(np.arange(-24.0, 25.0, 0.5))


def bald_with_wig(color=(0.25, 0.12, 0.06)) -> Character:
    """Return the sample whose hair is one smooth ball around the head."""
    base = figure(hair=color)
    at = base.node_positions()[base.humanoid["head"]] + [0, 0.085, 0.0]
    ball = sphere(at, (RADIUS,) * 3, 64, 96)
    names = [m.name for m in base.materials]
    parts = [p for p in base.parts if base.materials[p.material].role not in ("hair", "brow")]
    wig = part("hair", [ball], names.index("hair"), [base.humanoid["head"]])
    return replace(base, parts=[*parts, wig])


def profile(character: Character, rise: float = 0.0) -> np.ndarray:
    """Return the mean colour of the front of the wig by elevation, (n, 3)."""
    head = character.node_positions()[character.humanoid["head"]] + [0, 0.085, 0.0]
    eye = head + 0.9 * np.array([0.0, np.sin(rise), np.cos(rise)])
    camera = Camera(tuple(eye), tuple(head), 0.36)
    with Stage(SIZE) as stage:
        stage.add(character, "a").stand()
        stage.camera, stage.light = camera, LIGHT
        image = stage.draw()[..., :3].astype(float)
    e, a = np.meshgrid(ELEVATIONS, AROUND, indexing="ij")
    ball = np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], -1)
    points = np.concatenate([head + RADIUS * ball, np.ones((*e.shape, 1))], -1)
    clip = points @ View(camera, SIZE).matrix.T
    place = clip[..., :2] / clip[..., 3:]
    column = ((place[..., 0] * 0.5 + 0.5) * SIZE[0]).astype(int)
    row = ((0.5 - place[..., 1] * 0.5) * SIZE[1]).astype(int)
    return image[row, column].mean(axis=1)


def brightest(colors: np.ndarray) -> float:
    """Return the elevation (degrees) of the brightest band over a smooth ground."""
    grey = colors.mean(axis=1)
    ground = np.convolve(np.pad(grey, 20, mode="edge"), np.ones(41) / 41, mode="valid")
    return float(np.degrees(ELEVATIONS[int(np.argmax(grey - ground))]))


def test_a_bright_ribbon_runs_around_the_crown_with_a_second_below() -> None:
    grey = profile(bald_with_wig()).mean(axis=1)
    peak = int(np.argmax(grey))
    assert 30.0 < np.degrees(ELEVATIONS[peak]) < 62.0
    low = grey[: peak - 18]  # below both
    assert grey[peak] > low.max() + 15.0
    # Downwards: the ribbon falls, rises to a second one, and falls again.
    below = grey[peak - 22 : peak - 3]
    second = int(np.argmax(np.diff(below, n=2) < -0.8))
    assert below[second] < grey[peak] - 6.0
    assert below.max() > below[0] + 2.0


def test_the_ribbon_rises_with_the_eye() -> None:
    character = bald_with_wig()
    low, level, high = (brightest(profile(character, rise)) for rise in (-0.35, 0.0, 0.35))
    assert low < level - 2.0
    assert level < high - 2.0


def test_black_hair_shines_in_its_own_colour() -> None:
    colors = profile(bald_with_wig((0.012, 0.010, 0.030)))
    peak = int(np.argmax(colors.mean(axis=1)))
    shine = colors[peak] - colors[5]
    assert shine.min() > 10.0
    assert shine[2] > shine[0] + 4.0


def test_the_ribbon_is_wavy_and_cut_by_strands() -> None:
    """Columns of the picture have it at different heights; a few have none of it."""
    character = bald_with_wig()
    head = character.node_positions()[character.humanoid["head"]] + [0, 0.085, 0.0]
    with Stage((400, 400)) as stage:
        stage.add(character, "a").stand()
        stage.light = LIGHT
        stage.look(head + np.array([0.0, 0.0, 0.9]), head, 0.3)
        grey = stage.draw()[40:200, 150:250, :3].mean(axis=2)
    bright = grey > np.median(grey) + 0.5 * (grey.max() - np.median(grey))
    top = np.argmax(bright, axis=0)[bright.any(axis=0)]
    assert bright.any(axis=0).mean() > 0.7
    assert np.std(top) > 1.0
