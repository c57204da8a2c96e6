"""Feet that stand are found, whatever the noise; jumps stay free."""

from __future__ import annotations

import numpy as np

from cyberdirector.capture.contacts import foot_contacts, planted_points, settle


def test_settle_closes_blinks_and_drops_noise():
    sure = np.zeros((60, 2))
    sure[10:40, 0] = 0.9
    sure[22, 0] = 0.0
    sure[50, 1] = 0.9
    found = settle(sure, 30.0)
    assert found[10:40, 0].all()
    assert not found[:10].any()
    assert not found[:, 1].any()


def test_step_is_found_and_jump_is_not():
    rng = np.random.default_rng(0)
    feet = np.zeros((90, 4, 3))
    # The left foot swings forwards from frame 30 to 45; both leave the floor from 60 to 72.
    swing = np.clip((np.arange(90) - 30) / 15.0, 0.0, 1.0)
    feet[:, :2, 2] = 0.6 * swing[:, None]
    feet[:, :2, 1] = 0.12 * np.sin(np.pi * swing)[:, None]
    air = np.clip((np.arange(90) - 60) / 12.0, 0.0, 1.0)
    feet[:, :, 1] += 0.35 * np.sin(np.pi * air)[:, None]
    feet += rng.normal(0.0, 0.002, feet.shape)
    planted = planted_points(
        np.stack([feet[..., 2], feet[..., 1]], -1) / 3.0, np.full(90, 3.0), 30.0,
        np.ones((90, 4)), None,
    )  # fmt: skip
    found = foot_contacts(feet, 30.0, planted, 0.0)
    assert found[5:27].all()
    assert not found[33:43, 0].any()
    assert found[30:55, 1].all()
    assert not found[62:70].any()
    assert found[78:].all()
