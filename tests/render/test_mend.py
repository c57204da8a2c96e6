"""Meshes and textures that cannot be drawn as they are: mended and told, or refused by name."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Material, Morph, Node, Texture
from cyberdirector.render.device import Device
from cyberdirector.render.materials import MaterialTable, check_material
from cyberdirector.render.mend import MOST_INFLUENCES, MOST_NODES, mend_character, mend_parts
from cyberdirector.render.textures import shrink, upload_texture

sys.path.insert(0, str(Path(__file__).parent))
from samples import figure


@pytest.fixture(scope="module")
def sample():
    return figure()


def with_part(character, index=2, **changes):
    parts = list(character.parts)
    parts[index] = replace(parts[index], **changes)
    return replace(character, parts=parts)


def codes(remarks) -> list[str]:
    return [remark.code for remark in remarks]


def test_a_sound_character_stays_as_it_is(sample) -> None:
    mended, remarks = mend_character(sample)
    assert mended is sample
    assert remarks == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 16), st.booleans())
def test_weights_become_sound(seed, columns, broken) -> None:
    rng = np.random.default_rng(seed)
    sample = figure()
    count = len(sample.parts[2].positions)
    joints = rng.integers(0, 55, (count, columns)).astype(np.uint16)
    weights = rng.random((count, columns)).astype(np.float32)
    if broken:
        weights[rng.random(weights.shape) < 0.2] = rng.choice([np.nan, np.inf, -1.0, 0.0])
    character = with_part(sample, joints=joints, weights=weights)
    mended, remarks = mend_character(character)
    part = mended.parts[2]
    assert part.weights.shape == part.joints.shape
    assert part.weights.shape[1] <= MOST_INFLUENCES
    np.testing.assert_allclose(part.weights.sum(axis=1), 1.0, atol=1e-5)
    assert (part.weights >= 0.0).all()
    if columns > MOST_INFLUENCES:
        assert "influences-reduced" in codes(remarks)
    if not np.isfinite(weights).all() or (weights < 0).any():
        assert "weights-invalid" in codes(remarks)
    assert all(r.where == "sample/coat" for r in remarks)
    assert mend_character(mended)[0] is mended


def test_the_largest_influences_stay(sample) -> None:
    count = len(sample.parts[2].positions)
    joints = np.tile(np.arange(12, dtype=np.uint16), (count, 1))
    weights = np.tile(np.arange(1, 13, dtype=np.float32) / 78.0, (count, 1))
    part = mend_character(with_part(sample, joints=joints, weights=weights))[0].parts[2]
    assert sorted(part.joints[0]) == list(range(4, 12))
    np.testing.assert_allclose(sorted(part.weights[0]), np.arange(5, 13) / 68.0, atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"normals": np.nan}, "normals-invalid"),
        ({"uvs": np.inf}, "uvs-invalid"),
        ({"outline_scale": np.nan}, "outline-invalid"),
        ({"weights": 0.0}, "weights-missing"),
        ({"triangles": 3}, "triangles-empty"),
    ],
)
def test_each_trouble_has_its_name(sample, changes, code) -> None:
    (name, value), part = next(iter(changes.items())), sample.parts[2]
    array = getattr(part, name)
    array = np.ones(len(part.positions), np.float32) if array is None else array.copy()
    array[1] = value
    mended, remarks = mend_character(with_part(sample, **{name: array}))
    assert codes(remarks) == [code]
    assert remarks[0].zh
    assert "coat" in remarks[0].en
    for field in ("normals", "uvs", "weights", "outline_scale"):
        held = getattr(mended.parts[2], field)
        assert held is None or np.isfinite(held).all()


def test_a_shape_of_nan_is_left_out(sample) -> None:
    bad = Morph(np.array([1], np.uint32), np.full((1, 3), np.nan, np.float32))
    character = with_part(sample, 0, morphs={**sample.parts[0].morphs, "odd": bad})
    mended, remarks = mend_character(character)
    assert list(mended.parts[0].morphs) == list(sample.parts[0].morphs)
    assert codes(remarks) == ["shape-invalid"]
    assert "odd" in remarks[0].en


def test_what_is_not_there_is_refused_by_name(sample) -> None:
    part = sample.parts[2]
    far = np.full_like(part.joints, 99)
    with pytest.raises(InputRefused, match=r"coat.*99 of 55"):
        mend_character(with_part(sample, joints=far))
    with pytest.raises(InputRefused, match=r"coat.*shape"):
        mend_character(with_part(sample, weights=None))
    away = Morph(np.array([10**6], np.uint32), np.zeros((1, 3), np.float32))
    with pytest.raises(InputRefused, match=r"coat.*'odd'.*1000000"):
        mend_character(with_part(sample, morphs={"odd": away}))
    many = replace(sample, nodes=[Node("n", -1)] * (MOST_NODES + 1))
    with pytest.raises(InputRefused, match="nodes"):
        mend_character(many)


def test_sets_are_mended_too(sample) -> None:
    part = replace(sample.parts[3], joints=None, weights=None)
    part = replace(part, uvs=np.full_like(part.uvs, np.nan))
    (mended,), remarks = mend_parts("room", [part])
    assert (mended.uvs == 0.0).all()
    assert codes(remarks) == ["uvs-invalid"]


@pytest.mark.parametrize(
    "material",
    [
        Material("m", shading_shift=float("nan")),
        Material("m", base_color=(float("inf"), 0.0, 0.0, 1.0)),
        Material("m", uv_rotation=float("nan")),
    ],
)
def test_numbers_of_a_material_are_finite(material) -> None:
    with pytest.raises(InputRefused, match="'m' of 'hat'"):
        check_material("hat", material, 0)


@pytest.mark.parametrize("slot", ["base_texture", "matcap_texture", "normal_texture"])
def test_a_missing_texture_names_its_material(slot) -> None:
    with pytest.raises(InputRefused, match="'m' of 'hat' names texture 3 of 2"):
        check_material("hat", Material("m", **{slot: 3}), 2)


def test_pictures_are_shrunk_by_whole_factors() -> None:
    pixels = np.zeros((40, 100, 4), np.uint8)
    pixels[:, 50:] = 200
    small = shrink(pixels, 30)
    assert small.shape == (20, 25, 4)
    assert small[0, 0, 0] == 0
    assert small[0, -1, 0] == 200
    assert shrink(pixels, 100) is pixels


@pytest.mark.gl
def test_a_texture_beyond_the_driver_is_shrunk_and_told() -> None:
    device = Device("software")
    try:
        wide = Texture("巨图", np.full((4, 16384 + 2, 4), 90, np.uint8))
        most = device.context.info["GL_MAX_TEXTURE_SIZE"]
        held, remarks = upload_texture(device.context, wide)
        assert max(held.size) <= most
        assert (codes(remarks) == ["texture-shrunk"]) == (most < 16386)
        held, remarks = upload_texture(device.context, wide, most=4096)
        assert max(held.size) <= 4096
        assert codes(remarks) == ["texture-shrunk"]
        assert "巨图" in remarks[0].zh
        table = MaterialTable(device.context, "hat", [Material("m", base_texture=0)], [wide])
        assert codes(table.remarks) == (["texture-shrunk"] if most < 16386 else [])
    finally:
        device.close()
