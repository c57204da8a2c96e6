"""Classes by dials, arms that are followed, profiles along limbs, dials of heads."""

from __future__ import annotations

import numpy as np
import pytest

from cyberdirector.character.wardrobe.catalogue import CATALOGUE
from cyberdirector.perceive.arms import follow_arms
from cyberdirector.perceive.heads import head_features, learn, regress
from cyberdirector.perceive.layout import Layout, with_body
from cyberdirector.perceive.parts import CLASSES, PART_INDEX
from cyberdirector.perceive.profiles import arm_profile, colour_relations, leg_profile
from cyberdirector.perceive.worn import lower_class, sleeve_class


def _figure(sleeve: int) -> tuple[np.ndarray, Layout]:
    """Return a figure with arms that hang straight down, bare below row ``sleeve``."""
    labels = np.zeros((400, 240), np.uint8)
    labels[90:220, 80:160] = PART_INDEX["top"]
    labels[220:330, 75:165] = PART_INDEX["bottom"]
    labels[30:92, 95:145] = PART_INDEX["skin"]
    for x in (56, 164):
        labels[98:sleeve, x : x + 20] = PART_INDEX["sleeve"]
        labels[sleeve:250, x + 2 : x + 18] = PART_INDEX["skin"]
    points = {
        "crown": (120.0, 30.0, 1.0), "chin": (120.0, 84.0, 1.0),
        "left_eye": (130.0, 58.0, 1.0), "right_eye": (110.0, 58.0, 1.0),
        "left_shoulder": (168.0, 104.0, 1.0), "right_shoulder": (72.0, 104.0, 1.0),
        "left_elbow": (172.0, 128.0, 0.6), "right_elbow": (66.0, 128.0, 0.6),
        "left_wrist": (172.0, 146.0, 0.6), "right_wrist": (66.0, 146.0, 0.6),
    }  # fmt: skip
    return labels, with_body(Layout(points, "net"), 390.0)


def test_wrists_at_the_end_of_short_sleeves_move_down_the_bare_arm() -> None:
    labels, layout = _figure(145)
    found = follow_arms(layout, labels)
    for side, x in (("left", 174), ("right", 66)):
        wrist, elbow = found.at(f"{side}_wrist"), found.at(f"{side}_elbow")
        assert abs(wrist[0] - x) < 8
        assert 200 < wrist[1] < 235
        assert 145 < elbow[1] < 180
    assert arm_profile(labels, found)[:10].mean() < 0.5


def test_wrists_in_long_sleeves_stay() -> None:
    labels, layout = _figure(235)
    lower = {f"{side}_wrist": (x, 228.0, 0.8) for side, x in (("left", 172.0), ("right", 66.0))}
    layout = Layout({**layout.points, **lower}, "net")
    assert follow_arms(layout, labels).points == layout.points
    assert arm_profile(labels, layout)[:10].mean() > 0.8


def test_colours_tell_a_robe_from_a_skirt() -> None:
    labels, layout = _figure(235)
    paint = np.zeros((10, 3), np.uint8)
    paint[PART_INDEX["top"]] = paint[PART_INDEX["sleeve"]] = paint[PART_INDEX["bottom"]] = 150
    robe = colour_relations(labels, layout, paint[labels])
    paint[PART_INDEX["bottom"]] = (40, 90, 40)
    skirt = colour_relations(labels, layout, paint[labels])
    top_to_side = 1
    assert robe[top_to_side] < -0.4
    assert skirt[top_to_side] > 0.3
    wide = leg_profile(labels, layout)[:12]
    assert wide[4] > 1.0
    assert wide[-1] == 0.0


def test_classes_follow_the_dials() -> None:
    assert sleeve_class("shirt", {}) == "long"
    assert sleeve_class("shirt", {"sleeve": 0.1}) == "short"
    assert sleeve_class("dress", {"sleeve": 0.0}) == "none"
    assert lower_class("school_winter", {"trousers": 1.0}) == "trousers"
    assert lower_class("skirt_pleated", {"length": 1.3}) == "skirt_knee"


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_dials_of_the_catalogue_keep_its_classes(name: str) -> None:
    kind = CATALOGUE[name]
    assert lower_class(name, {}) == kind.lower
    assert sleeve_class(name, {}) == kind.sleeve
    for dial in kind.params:
        for value in (dial.low, dial.high):
            found = sleeve_class(name, {dial.name: value})
            assert not found or found in CLASSES["sleeve"]
            low = lower_class(name, {dial.name: value})
            assert not low or low in CLASSES["lower"]


def test_regressor_finds_dials_through_leaning_landmarks() -> None:
    rng = np.random.default_rng(4)
    mean = rng.normal(0.0, 0.05, (478, 3))
    ways = rng.normal(0.0, 0.004, (5, 478, 3))
    dials = rng.normal(0.0, 1.0, (80, 5))
    used = np.arange(0, 478, 2)

    def features(own: np.ndarray) -> np.ndarray:
        seen = mean + 0.6 * np.tensordot(own, ways, 1)  # the detector leans to the mean
        pixels = (seen * 900.0 + 200.0) * [1.0, -1.0, -1.0]
        return head_features(pixels, {}, mean, {}, used)

    known = learn(
        np.array([features(d) for d in dials[:60]]), dials[:60], tuple("abcde"), used, 0.01
    )
    found = np.array([regress(known, features(d)) for d in dials[60:]])
    assert np.abs(found - dials[60:]).mean() < 0.15
    assert known.left.shape == (5,)
