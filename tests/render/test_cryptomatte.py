"""Cryptomatte: hashes of the specification, ranking, coverage."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberdirector.render.cryptomatte import (
    coverage_of,
    identity,
    manifest,
    metadata,
    murmur3_32,
    rank_samples,
)


@pytest.mark.parametrize(
    ("text", "seed", "expected"),
    [
        ("", 0, 0x00000000),
        ("", 1, 0x514E28B7),
        ("", 0xFFFFFFFF, 0x81F16F39),
        ("aaaa", 0x9747B28C, 0x5A97808A),
        ("aaa", 0x9747B28C, 0x283E0130),
        ("Hello, world!", 0x9747B28C, 0x24884CBA),
        ("The quick brown fox jumps over the lazy dog", 0x9747B28C, 0x2FA826CD),
    ],
)
def test_murmur3_known_answers(text, seed, expected):
    """Published vectors of MurmurHash3_x86_32."""
    assert murmur3_32(text.encode(), seed) == expected


def test_identities_are_those_of_other_programs():
    """The sample pictures of the specification carry this pair in their manifest."""
    assert manifest(["bunny"]) == {"bunny": "13851a76"}


@given(st.text())
def test_identities_are_usable_floats(name):
    value = np.array([identity(name)], np.uint32).view(np.float32)[0]
    assert np.isfinite(value)
    assert abs(value) >= np.finfo(np.float32).tiny


def test_metadata_names_layer_hash_and_manifest():
    out = metadata("object", ["林晚", "table"])
    keys = {key.rsplit("/", 1)[0] for key in out}
    assert keys == {"cryptomatte/055ec73"}
    assert out["cryptomatte/055ec73/name"] == "object"
    assert json.loads(out["cryptomatte/055ec73/manifest"])["林晚"] == f"{identity('林晚'):08x}"


NAMES = [f"thing {i}" for i in range(12)]
TABLE = np.array([0] + [identity(n) for n in NAMES], np.uint32)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 13))
def test_ranks_hold_the_counts(seed, samples, things):
    hit = np.random.default_rng(seed).integers(0, things, (samples, 5, 7)).astype(np.uint32)
    pairs = rank_samples(hit, TABLE)
    ids, share = pairs[..., 0::2].copy().view(np.uint32), pairs[..., 1::2]
    assert (np.isin(ids, TABLE)).all()
    assert ((ids == 0) == (share == 0)).all()
    assert (np.diff(share, axis=-1) <= 0).all()
    np.testing.assert_allclose(share.sum(-1), (hit != 0).mean(0), atol=1e-3)
    few = len(np.unique(hit)) <= 6
    if few:
        for k, name in enumerate(NAMES, 1):
            np.testing.assert_allclose(coverage_of(pairs, name), (hit == k).mean(0), atol=1e-6)


def test_ranks_of_a_pixel_by_hand():
    hit = np.array([3, 1, 3, 0, 2, 3, 1, 3], np.uint32).reshape(8, 1, 1)
    pairs = rank_samples(hit, TABLE)[0, 0]
    assert list(pairs[0:6:2].view(np.uint32)) == [TABLE[3], TABLE[1], TABLE[2]]
    assert list(pairs[1::2]) == [0.5, 0.25, 0.125, 0, 0, 0]
