"""Texture transforms of foreign files."""

import numpy as np
from format_samples import join_glb, make_character, split_glb

from cyberdirector.core.model import Material, Texture
from cyberdirector.formats import parse_vrm, vrm_bytes


def test_texture_transforms_are_put_into_the_coordinates():
    made = make_character(7)
    made.textures = [Texture("t", np.zeros((2, 2, 4), np.uint8))]
    made.materials = [Material("m", base_texture=0)]
    for part in made.parts:
        part.material = 0
    root, binary = split_glb(vrm_bytes(made))
    del root["scenes"][0]["extras"]
    info = root["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    info["extensions"] = {"KHR_texture_transform": {"offset": [0, 0], "scale": [1, 1]}}
    back = parse_vrm(join_glb(root, binary))
    before = made.parts[0].uvs[made.parts[0].triangles]
    assert np.array_equal(back.parts[0].uvs[back.parts[0].triangles], before)
    info["extensions"]["KHR_texture_transform"] = {
        "offset": [0.5, 0.25],
        "scale": [2, 3],
        "rotation": float(np.pi / 2),
    }
    back = parse_vrm(join_glb(root, binary))
    # A quarter turn counter-clockwise on the picture, where v points down.
    expected = np.stack([0.5 + 3 * before[..., 1], 0.25 - 2 * before[..., 0]], axis=-1)
    after = back.parts[0].uvs[back.parts[0].triangles]
    np.testing.assert_allclose(after, expected, atol=1e-6)
