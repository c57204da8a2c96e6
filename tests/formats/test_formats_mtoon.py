"""Materials of other programs: MToon 1.0 and 0.x, transforms, unknown and wrong values."""

import numpy as np
import pytest
from format_samples import join_glb, make_character, split_glb
from test_formats_foreign import turn_to_version_0

from cyberdirector.core.errors import InputRefused
from cyberdirector.core.model import Material, Texture, UvTransform
from cyberdirector.formats import parse_vrm, vrm_bytes

MTOON = "VRMC_materials_mtoon"


def picture(value=0):
    pixels = np.full((2, 2, 4), 255, np.uint8)
    pixels[..., 0] = value
    return pixels


def foreign(materials=None, textures=3):
    """Return (JSON, binary) of a VRM 1.0 that no file of ours is recognised in."""
    made = make_character(7)
    made.textures = [Texture(f"t{i}", picture(i)) for i in range(textures)]
    made.materials = materials or [Material("m", base_texture=0)]
    for part in made.parts:
        part.material = 0
    root, binary = split_glb(vrm_bytes(made))
    del root["scenes"][0]["extras"]
    return root, binary


def notes_of(character):
    return "\n".join(character.extras.get("import_notes", []))


def test_values_are_those_of_the_schema_when_nothing_is_said():
    root, binary = foreign()
    root["materials"][0]["extensions"][MTOON] = {"specVersion": "1.0"}
    (material,) = parse_vrm(join_glb(root, binary)).materials
    assert material.shade_color == (0.0, 0.0, 0.0)
    assert material.shading_shift == 0.0
    assert material.shading_toony == 0.9
    assert material.gi_equalization == 0.9
    assert material.matcap_color == (1.0, 1.0, 1.0)
    assert material.rim_color == (0.0, 0.0, 0.0)
    assert material.rim_lighting_mix == 1.0
    assert material.rim_fresnel_power == 5.0
    assert material.outline_mode == "none"
    assert material.outline_color == (0.0, 0.0, 0.0)
    assert material.uv_scroll == (0.0, 0.0)


def test_a_picture_used_as_colour_and_as_numbers_is_held_twice():
    root, binary = foreign()
    extension = root["materials"][0]["extensions"][MTOON]
    extension["shadingShiftTexture"] = {"index": 0, "scale": 0.5}
    extension["outlineWidthMultiplyTexture"] = {"index": 0}
    back = parse_vrm(join_glb(root, binary))
    (material,) = back.materials
    assert material.base_texture != material.shading_shift_texture
    assert material.shading_shift_texture == material.outline_width_texture
    assert not back.textures[material.base_texture].linear
    assert back.textures[material.shading_shift_texture].linear
    assert material.shading_shift_scale == 0.5


def test_values_outside_the_schema_are_moved_inside_and_named():
    root, binary = foreign()
    extension = root["materials"][0]["extensions"][MTOON]
    extension["shadingToonyFactor"] = 1.5
    extension["renderQueueOffsetNumber"] = 40
    extension["somethingNew"] = {"a": 1}
    back = parse_vrm(join_glb(root, binary))
    assert back.materials[0].shading_toony == 1.0
    assert back.materials[0].render_queue_offset == 9
    assert "[mtoon-value] /materials/0" in notes_of(back)
    assert "[mtoon-unknown] /materials/0" in notes_of(back)
    again, _ = split_glb(vrm_bytes(back))
    assert again["materials"][0]["extensions"][MTOON]["somethingNew"] == {"a": 1}


def test_unknown_extensions_are_kept_and_named():
    root, binary = foreign()
    root["materials"][0]["extensions"]["KHR_materials_clearcoat"] = {
        "clearcoatFactor": 0.75,
        "clearcoatTexture": {"index": 1},
    }
    back = parse_vrm(join_glb(root, binary))
    kept = {"KHR_materials_clearcoat": {"clearcoatFactor": 0.75}}
    assert back.materials[0].extensions == kept
    assert "[material-extension] /materials/0" in notes_of(back)
    assert "without its textures" in notes_of(back)
    again, _ = split_glb(vrm_bytes(back))
    assert "KHR_materials_clearcoat" in again["extensionsUsed"]
    assert parse_vrm(vrm_bytes(back)).materials[0].extensions == kept


@pytest.mark.parametrize("index", [99, -1, "x", None])
def test_a_missing_texture_names_its_place(index):
    root, binary = foreign()
    root["materials"][0]["extensions"][MTOON]["matcapTexture"] = {"index": index}
    with pytest.raises(InputRefused, match=r"/materials/0/.*matcapTexture/index"):
        parse_vrm(join_glb(root, binary))


def test_transforms_that_differ_stay_with_their_textures():
    root, binary = foreign()
    before = parse_vrm(join_glb(root, binary)).parts[0].uvs
    material = root["materials"][0]
    moved = {"KHR_texture_transform": {"offset": [0.5, 0.25], "scale": [2, 3]}}
    material["extensions"][MTOON]["matcapTexture"] = {"index": 1, "extensions": moved}
    material["emissiveTexture"] = {"index": 1}
    info = material["pbrMetallicRoughness"]["baseColorTexture"]
    info["extensions"] = moved
    back = parse_vrm(join_glb(root, binary))
    transform = UvTransform((0.5, 0.25), (2.0, 3.0))
    assert back.materials[0].transforms == {
        "base_texture": transform,
        "matcap_texture": transform,
    }
    assert np.array_equal(back.parts[0].uvs, before)
    material["emissiveTexture"]["extensions"] = moved
    back = parse_vrm(join_glb(root, binary))
    assert back.materials[0].transforms == {"matcap_texture": transform}
    np.testing.assert_allclose(back.parts[0].uvs, before * [2, 3] + [0.5, 0.25], atol=1e-6)


def test_animated_coordinates_keep_their_transform():
    root, binary = foreign()
    material = root["materials"][0]
    material["extensions"][MTOON]["uvAnimationScrollXSpeedFactor"] = 0.5
    info = material["pbrMetallicRoughness"]["baseColorTexture"]
    info["extensions"] = {"KHR_texture_transform": {"scale": [2, 2]}}
    back = parse_vrm(join_glb(root, binary)).materials[0]
    assert back.transforms == {"base_texture": UvTransform(scale=(2.0, 2.0))}
    assert back.uv_scroll == (0.5, 0.0)


def test_wrapping_of_samplers():
    root, binary = foreign()
    root["samplers"] = [{"wrapS": 33071, "wrapT": 33648}, {}]
    root["textures"][0]["sampler"] = 0
    root["textures"][1]["sampler"] = 1
    root["materials"][0]["emissiveTexture"] = {"index": 1}
    back = parse_vrm(join_glb(root, binary))
    assert [t.wrap for t in back.textures] == [("clamp", "mirror"), ("repeat", "repeat")]
    assert parse_vrm(vrm_bytes(back)).textures[0].wrap == ("clamp", "mirror")


def test_version_0_brings_all_its_textures():
    made = make_character(2)
    made.textures = [Texture(f"t{i}", picture(i)) for i in range(8)]
    made.materials = [Material(f"m{i}", base_texture=0) for i in range(4)]
    root, binary = split_glb(turn_to_version_0(made))
    listed = [
        {"shader": "VRM/MToon", "floatProperties": {"_BlendMode": mode}, "renderQueue": queue}
        for mode, queue in ((2, 3010), (2, 2990), (3, 2502), (3, 2501))
    ]
    root["extensions"]["VRM"]["materialProperties"] = listed
    listed[0]["textureProperties"] = {
        "_MainTex": 0, "_ShadeTexture": 1, "_BumpMap": 2, "_EmissionMap": 3, "_SphereAdd": 4,
        "_RimTexture": 5, "_OutlineWidthTexture": 6, "_UvAnimMaskTexture": 7,
        "_ShadingGradeTexture": 1,
    }  # fmt: skip
    listed[0]["vectorProperties"] = {"_MainTex": [0.25, 0.5, 2.0, 3.0]}
    listed[0]["floatProperties"] |= {
        "_UvAnimScrollX": 0.5, "_UvAnimScrollY": 0.25, "_UvAnimRotation": 0.5,
        "_RimLightingMix": 0.75, "_BumpScale": 0.5,
    }  # fmt: skip
    back = parse_vrm(join_glb(root, binary))
    toon = back.materials[0]
    names = [back.textures[getattr(toon, slot)].name for slot in (
        "base_texture", "shade_texture", "normal_texture", "emissive_texture",
        "matcap_texture", "rim_multiply_texture", "outline_width_texture",
        "uv_animation_mask_texture",
    )]  # fmt: skip
    assert names == ["t0", "t1", "t2", "t3", "t4", "t5", "t6 (red)", "t7 (red)"]
    assert (back.textures[toon.outline_width_texture].pixels[..., 1] == 6).all()
    assert back.textures[toon.normal_texture].linear
    assert toon.normal_scale == 0.5
    assert toon.rim_lighting_mix == 0.75
    assert toon.uv_scroll == (0.5, -0.25)
    assert toon.uv_rotation == pytest.approx(np.pi)
    assert toon.transforms["shade_texture"] == UvTransform((0.25, -2.5), (2.0, 3.0))
    assert "matcap_texture" not in toon.transforms
    assert [m.render_queue_offset for m in back.materials] == [0, -1, 1, 0]
    assert "_ShadingGradeTexture" in notes_of(back)


def add_influences(root, binary, sets):
    """Give each vertex of the first skinned mesh ``sets`` times four influences."""
    rng = np.random.default_rng(3)
    every = [p for m in root["meshes"] for p in m["primitives"]]
    primitive = next(p for p in every if "JOINTS_0" in p["attributes"])
    count = root["accessors"][primitive["attributes"]["POSITION"]]["count"]
    joints = rng.permuted(np.tile(np.arange(4 * sets), (count, 1)), axis=1).astype("u2")
    weights = rng.random((count, 4 * sets)).astype("f4")
    binary = bytearray(binary)
    for n in range(sets):
        for key, values, kind in (("JOINTS", joints, 5123), ("WEIGHTS", weights, 5126)):
            binary += b"\0" * (-len(binary) % 4)
            data = np.ascontiguousarray(values[:, 4 * n : 4 * n + 4]).tobytes()
            view = {"buffer": 0, "byteOffset": len(binary), "byteLength": len(data)}
            root["bufferViews"].append(view)
            which = len(root["bufferViews"]) - 1
            root["accessors"].append(
                {"bufferView": which, "componentType": kind, "count": count, "type": "VEC4"}
            )
            primitive["attributes"][f"{key}_{n}"] = len(root["accessors"]) - 1
            binary += data
    root["buffers"][0]["byteLength"] = len(binary)
    return join_glb(root, bytes(binary)), weights


def test_of_many_influences_the_eight_largest_are_kept():
    root, binary = foreign()
    data, weights = add_influences(root, binary, 3)
    back = parse_vrm(data)
    part = back.parts[0]
    assert part.joints.shape[1] == 8
    largest = np.sort(weights, axis=1)[:, :-9:-1]
    expected = largest / largest.sum(axis=1, keepdims=True)
    found = np.sort(part.weights, axis=1)[:, ::-1]
    gap = np.abs(found[:, None] - expected[None]).max(axis=-1).min(axis=1)
    assert gap.max() < 1e-5
    assert "[influences-reduced] /meshes/" in notes_of(back)
