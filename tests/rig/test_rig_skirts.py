"""What counts as a skirt, and how it follows the legs."""

import numpy as np

from cyberdirector.core.skeleton import BONE_INDEX
from cyberdirector.rig.weights import _between_legs, _skirt

JOINTS = np.zeros((55, 3))
JOINTS[BONE_INDEX["hips"]] = [0.0, 0.95, 0.0]
for _side, _x in (("left", 0.1), ("right", -0.1)):
    JOINTS[BONE_INDEX[f"{_side}UpperLeg"]] = [_x, 0.9, 0.0]
    JOINTS[BONE_INDEX[f"{_side}LowerLeg"]] = [_x, 0.5, 0.0]
HEIGHT = 1.65


def _column(x, z, facing, low, high):
    """Return points one above the other and their normals."""
    y = np.linspace(low, high, 60)
    return np.stack([0 * y + x, y, 0 * y + z], 1), np.tile(facing, (60, 1))


def _skirts(*columns):
    points, normals = map(np.concatenate, zip(*columns, strict=True))
    rows = len(points)
    return points, _skirt(
        points, normals, np.zeros(rows, np.int64), np.zeros((rows, 55)), JOINTS, HEIGHT
    )


def test_a_ring_around_both_legs_is_a_skirt_as_far_as_its_hem():
    points, found = _skirts(
        _column(0.0, 0.2, [0, 0, 1], 0.4, 0.9), _column(0.2, 0.0, [1, 0, 0], 0.0, 0.9)
    )
    below = points[:, 1] < 0.8
    assert found[below & (points[:, 1] > 0.41)].all()
    assert not found[points[:, 1] < 0.37].any()


def test_feet_that_touch_are_no_hem():
    _, found = _skirts(
        _column(0.1, 0.0, [1, 0, 0], 0.0, 0.9), _column(-0.1, 0.0, [-1, 0, 0], 0.0, 0.9),
        _column(0.0, 0.1, [0, 0, 1], 0.0, 0.1),
    )  # fmt: skip
    assert not found.any()


def test_the_hem_of_a_long_skirt_hangs_from_the_shins():
    points = np.array([[0.2, 0.75, 0.0], [0.2, 0.55, 0.0], [0.2, 0.1, 0.0], [0.0, 0.1, 0.2]])
    table = _between_legs(points, np.zeros((4, 55)), JOINTS)
    upper, lower = (BONE_INDEX[f"left{part}Leg"] for part in ("Upper", "Lower"))
    assert np.allclose(table.sum(axis=1), 1.0)
    assert table[1, upper] > 0.7
    assert table[2, lower] > 0.7
    assert np.isclose(table[3, lower], table[3, BONE_INDEX["rightLowerLeg"]])
