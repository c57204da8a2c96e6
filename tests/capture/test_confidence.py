"""How far landmarks are believed, and where they lie beside the joints."""

from __future__ import annotations

import numpy as np

from cyberdirector.capture.confidence import FLAGGED, landmark_trust
from cyberdirector.capture.solve_figure import HUMAN, LANDMARK, SEGMENTS, SIZE, joints

PICTURE = (720, 1280)
WRIST = 15


def _standing(n=40):
    one = np.random.default_rng(2).uniform([250, 200], [470, 1000], (33, 2))
    return np.repeat(one[None], n, axis=0)


def _trust(visibility, check):
    pixels = _standing()
    seen = np.ones(pixels.shape[:2])
    seen[:, WRIST] = visibility
    found = landmark_trust(pixels, seen, check, PICTURE, 30.0)
    return found[:, LANDMARK["leftWrist"]]


def test_what_is_hidden_is_believed_where_both_models_see_it_alike():
    alike = _trust(0.02, _standing())
    assert (alike > 0.3).all()
    assert (alike < FLAGGED).all()
    assert (_trust(1.0, _standing()) == 1.0).all()


def test_what_is_hidden_is_not_believed_where_the_models_differ_or_see_nothing():
    other = _standing()
    other[:, WRIST] += 200.0
    assert (_trust(0.02, other) == 0.0).all()
    assert (_trust(0.02, np.full_like(other, np.nan)) == 0.0).all()
    assert (_trust(0.0, _standing()) == 0.0).all()


def test_ankles_are_marked_up_the_shins_and_knees_below_theirs():
    turns = np.tile(np.eye(3), (1, len(SEGMENTS), 1, 1))
    names = ("leftLowerLeg", "leftKnee", "leftFoot", "leftAnkle")
    knee, knee_mark, ankle, ankle_mark = joints(np.zeros((1, 3)), turns, HUMAN * 1.7, names)[0]
    np.testing.assert_allclose(knee - knee_mark, [0, HUMAN[SIZE["kneeDown"]] * 1.7, 0])
    np.testing.assert_allclose(ankle_mark - ankle, [0, HUMAN[SIZE["ankleUp"]] * 1.7, 0])
