import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberdirector.core.rotations import (
    quat_between,
    quat_conjugate,
    quat_continuous,
    quat_exp,
    quat_from_axis_angle,
    quat_from_matrix,
    quat_from_yaw_pitch_roll,
    quat_log,
    quat_multiply,
    quat_normalize,
    quat_rotate,
    quat_slerp,
    quat_to_matrix,
)

numbers = st.floats(-1, 1)
vectors = st.tuples(numbers, numbers, numbers)
quats = (
    st.tuples(numbers, numbers, numbers, numbers)
    .filter(lambda q: np.linalg.norm(q) > 1e-3)
    .map(lambda q: quat_normalize(np.array(q)))
)


def same(a, b):
    return np.allclose(np.abs(np.sum(np.asarray(a) * b, axis=-1)), 1.0, atol=1e-9)


def test_yaw_turns_plus_z_to_plus_x():
    q = quat_from_axis_angle([0, 1, 0], np.pi / 2)
    np.testing.assert_allclose(quat_rotate(q, [0, 0, 1]), [1, 0, 0], atol=1e-12)


def test_positive_pitch_looks_down():
    q = quat_from_yaw_pitch_roll(0.0, 0.3, 0.0)
    assert quat_rotate(q, [0, 0, 1])[1] < 0


@given(quats, quats, vectors)
def test_product_rotates_in_order(a, b, v):
    both = quat_rotate(quat_multiply(a, b), v)
    np.testing.assert_allclose(both, quat_rotate(a, quat_rotate(b, v)), atol=1e-9)


@given(quats)
def test_matrix_round_trip(q):
    assert same(quat_from_matrix(quat_to_matrix(q)), q)


@given(quats)
def test_log_exp_round_trip(q):
    assert same(quat_exp(quat_log(q)), q)


@given(quats)
def test_inverse(q):
    assert same(quat_multiply(q, quat_conjugate(q)), [0, 0, 0, 1])


@given(quats, quats)
def test_slerp_ends(a, b):
    assert same(quat_slerp(a, b, 0.0), a)
    assert same(quat_slerp(a, b, 1.0), b)


@given(vectors, vectors)
def test_between_turns_one_into_the_other(a, b):
    na, nb = np.linalg.norm(a), np.linalg.norm(b)
    if na < 1e-2 or nb < 1e-2:
        return
    turned = quat_rotate(quat_between(a, b), np.array(a) / na)
    np.testing.assert_allclose(turned, np.array(b) / nb, atol=1e-6)


@pytest.mark.parametrize("axis", [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
def test_between_opposite_directions(axis):
    q = quat_between(axis, np.negative(axis))
    np.testing.assert_allclose(quat_rotate(q, axis), np.negative(axis), atol=1e-9)


def test_continuous_removes_sign_flips():
    q = quat_from_axis_angle([0, 1, 0], np.linspace(0, 3, 20))
    flipped = q * np.where(np.arange(20) % 3 == 0, -1, 1)[:, None]
    smooth = quat_continuous(flipped)
    assert (np.sum(smooth[1:] * smooth[:-1], axis=1) > 0.9).all()
