"""What a body does while it is out of the picture."""

from __future__ import annotations

import numpy as np

from cyberdirector.capture.solve_figure import LANDMARK, LANDMARKS
from cyberdirector.capture.solve_gap import held

RATE = 30.0


def _walk(frames: int) -> np.ndarray:
    """Return points (n, 19, 3) of somebody who strides along x once a second."""
    rng = np.random.default_rng(3)
    still = rng.normal(0.0, 0.3, (len(LANDMARKS), 3))
    phase = 2.0 * np.pi * np.arange(frames) / RATE
    out = np.tile(still, (frames, 1, 1))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for name, reach in (("Hip", 0.0), ("Knee", 0.15), ("Ankle", 0.3), ("Wrist", -0.2)):
            i = LANDMARK[side + name]
            out[:, i] = np.array([0.0, -reach, 0.1 * sign])
            out[:, i, 0] = sign * reach * np.sin(phase)
    return out


def test_who_walks_goes_on_walking() -> None:
    """Steps beyond the picture keep the pace of those within."""
    points = _walk(120)
    trust = np.ones((120, len(LANDMARKS)))
    trust[90:] = 0.0
    seen = points.copy()
    seen[90:] = 7.0
    found = held(seen, trust, RATE)
    assert np.array_equal(found[:90], points[:90])
    gone = np.abs(found[90:] - points[90:]).max()
    usual = np.abs(points[90:] - points[:90].mean(axis=0)).max()
    assert gone < 0.4 * usual


def test_steps_before_the_first_picture_are_those_that_follow() -> None:
    """A body that walks in was walking before."""
    points = _walk(120)
    trust = np.ones((120, len(LANDMARKS)))
    trust[:20] = 0.0
    seen = points.copy()
    seen[:20] = -5.0
    found = held(seen, trust, RATE)
    assert np.abs(found[:20] - points[:20]).max() < 0.1


def test_a_movement_never_seen_eases_into_the_usual_pose() -> None:
    """Nothing is made up where no moment was alike."""
    points = _walk(20) + np.linspace(0.0, 4.0, 20)[:, None, None]
    trust = np.ones((20, len(LANDMARKS)))
    trust[12:] = 0.0
    found = held(points, trust, RATE)
    assert np.isfinite(found).all()
    mean = points[:12].mean(axis=0)
    assert np.abs(found[-1] - mean).max() < 0.2 * np.abs(points[11] - mean).max()


def test_all_or_nothing_seen_changes_nothing() -> None:
    """Takes without gaps, and takes without anybody, stay as they are."""
    points = _walk(30)
    for value in (0.0, 1.0):
        trust = np.full((30, len(LANDMARKS)), value)
        assert np.array_equal(held(points, trust, RATE), points)
