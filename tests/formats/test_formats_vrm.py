import dataclasses

import numpy as np
import pytest
from format_samples import (
    assert_parts_equal,
    influence_matrix,
    join_glb,
    make_character,
    split_glb,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.face import ARKIT_NAMES
from cyberdirector.core.model import (
    TEXTURE_SLOTS,
    Material,
    Morph,
    Node,
    Texture,
    UvTransform,
)
from cyberdirector.formats import parse_vrm, read_vrm, vrm_bytes, write_vrm
from cyberdirector.formats.gltf.mesh_writer import WEIGHT_ONE, quantise_weights


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_characters_come_back_as_they_were(seed):
    made = make_character(seed)
    back = parse_vrm(vrm_bytes(made))
    for name in (
        *("name", "nodes", "humanoid", "expressions", "colliders", "collider_groups"),
        *("springs", "look_at", "meta", "extras"),
    ):
        assert getattr(made, name) == getattr(back, name), name
    assert len(made.textures) == len(back.textures)
    for a, b in zip(made.textures, back.textures, strict=True):
        assert (a.name, a.linear) == (b.name, b.linear)
        assert np.array_equal(a.pixels, b.pixels)
    for a, b in zip(made.materials, back.materials, strict=True):
        assert a == b
    assert len(made.parts) == len(back.parts)
    for a, b in zip(made.parts, back.parts, strict=True):
        assert_parts_equal(a, b)
        nodes = len(made.nodes)
        error = np.abs(influence_matrix(a, nodes) - influence_matrix(b, nodes)).max()
        assert error < 8 / WEIGHT_ONE


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_the_bytes_are_always_the_same(seed):
    first = vrm_bytes(make_character(seed))
    assert vrm_bytes(make_character(seed)) == first
    assert vrm_bytes(parse_vrm(first)) == first


def test_files_are_written_and_read(tmp_path):
    path = tmp_path / "人.vrm"
    write_vrm(path, make_character(1))
    assert read_vrm(path).name == "林晚"
    assert [p.name for p in tmp_path.iterdir()] == ["人.vrm"]


def test_every_material_field_is_stored():
    odd = Material(
        name="x",
        base_color=(0.125, 0.25, 0.5, 0.75),
        base_texture=None,
        shade_color=(0.75, 0.5, 0.25),
        shading_toony=0.125,
        shading_shift=0.25,
        gi_equalization=0.375,
        rim_color=(0.5, 0.625, 0.75),
        rim_fresnel_power=2.0,
        rim_lift=0.5,
        emissive=(3.0, 2.0, 0.1),
        outline_mode="worldCoordinates",
        outline_width=0.25,
        outline_color=(0.5, 0.25, 0.125),
        outline_lighting_mix=0.25,
        alpha_mode="MASK",
        alpha_cutoff=0.25,
        double_sided=True,
        render_queue_offset=3,
        transparent_with_z_write=True,
        unlit=True,
        role="hair",
        extras={"a": 1},
        shading_shift_scale=0.25,
        rim_lighting_mix=0.5,
        matcap_color=(0.5, 0.25, 1.0),
        normal_scale=0.75,
        uv_scroll=(0.5, -0.25),
        uv_rotation=0.125,
        transforms={"normal_texture": UvTransform((0.5, 0.25), (2.0, 3.0), 0.5)},
        extensions={
            "KHR_materials_sheen": {"sheenColorFactor": [0.5, 0.5, 0.5]},
            "VRMC_materials_mtoon": {"later": {"a": [1, 2]}},
        },
    )
    for number, slot in enumerate(TEXTURE_SLOTS):
        setattr(odd, slot, number)
    plain = Material("y")
    for item in dataclasses.fields(Material):  # a new field must be stored as well
        assert getattr(odd, item.name) != getattr(plain, item.name), item.name
    character = make_character(2)
    character.materials[0] = odd
    pixels = np.zeros((2, 2, 4), np.uint8)
    character.textures = [Texture(slot, pixels + i) for i, slot in enumerate(TEXTURE_SLOTS)]
    assert parse_vrm(vrm_bytes(character)).materials[0] == odd


def test_arkit_shapes_become_custom_expressions():
    character = make_character(3)
    character.expressions = {}
    root, _ = split_glb(vrm_bytes(character))
    custom = root["extensions"]["VRMC_vrm"]["expressions"]["custom"]
    assert sorted(custom) == sorted(ARKIT_NAMES[:3])
    faces = [n["mesh"] for n in root["nodes"] if n["name"] in ("face", "brow")]
    binds = custom[ARKIT_NAMES[0]]["morphTargetBinds"]
    assert sorted(root["nodes"][b["node"]]["mesh"] for b in binds) == faces


def test_shapes_are_sparse_and_named():
    root, _ = split_glb(vrm_bytes(make_character(4)))
    mesh = next(m for m in root["meshes"] if m["name"] == "face")
    assert mesh["extras"]["targetNames"] == [*ARKIT_NAMES[:3], "mood"]
    for target in mesh["primitives"][0]["targets"]:
        accessor = root["accessors"][target["POSITION"]]
        assert "bufferView" not in accessor
        assert accessor["sparse"]["count"] <= accessor["count"]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 8))
def test_weights_sum_exactly_and_the_largest_come_first(seed, columns):
    rng = np.random.default_rng(seed)
    joints = rng.integers(0, 6, (30, columns))
    weights = rng.random((30, columns)) * (rng.random((30, columns)) > 0.3)
    index, stored = quantise_weights(joints, weights)
    assert (stored.sum(axis=1, dtype=np.int64) == WEIGHT_ONE).all()
    assert (np.diff(stored.astype(int), axis=1) <= 0).all()
    assert (index[stored == 0] == 0).all()
    for row, weight in zip(index, stored, strict=True):
        used = row[weight > 0]
        assert len(set(used.tolist())) == len(used)


def test_rounding_does_not_upset_the_order():
    weights = np.array([[0.38499, 0.38501, 0.06543, 0.06543, 0.09914]])
    index, stored = quantise_weights(np.arange(5)[None], weights)
    assert (np.diff(stored.astype(int), axis=1) <= 0).all()
    again = quantise_weights(index, stored / WEIGHT_ONE)
    assert np.array_equal(again[0], index)
    assert np.array_equal(again[1], stored)


def test_several_roots_and_unsorted_shapes_are_fine():
    character = make_character(5)
    character.nodes.append(Node("prop", -1, (1.0, 0.0, 0.0)))
    part = character.parts[0]
    part.morphs["odd"] = Morph(
        np.array([2, 0], np.uint32), np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    )
    back = parse_vrm(vrm_bytes(character))
    assert back.nodes == character.nodes
    assert back.parts[0].morphs["odd"].indices.tolist() == [0, 2]
    assert back.parts[0].morphs["odd"].positions.tolist() == [[0, 1, 0], [1, 0, 0]]


def test_a_body_without_a_hand_is_refused():
    character = make_character(6)
    del character.humanoid["leftHand"]
    with pytest.raises(InputRefused, match="leftHand"):
        vrm_bytes(character)


def test_nan_is_refused():
    character = make_character(7)
    character.parts[0].positions[0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        vrm_bytes(character)


def test_a_newer_file_says_so():
    data = vrm_bytes(make_character(8))
    root, binary = split_glb(data)
    root["scenes"][0]["extras"]["cyberdirector"]["version"] = 99
    with pytest.raises(InputRefused, match="newer"):
        parse_vrm(join_glb(root, binary))
